"""The units that the learned detector judges: lines, and the sentences of some.

Stored texts have often lost their line breaks, so that a whole article stands in three lines; there the sentence is
the unit. So it is where a rule speaks of one sentence among others: a pitch at the end of a paragraph goes alone. Any
other line is judged whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.model import Span
from cleaner.segment import sentences
from cleaner.view import View

#: A line of so many words is judged sentence by sentence.
LONG_LINE = 90
#: A line with more sentences is not looked into.
MOST_SENTENCES = 400
#: Blank lines above a line count up to this.
MOST_GAP = 9


@dataclass(frozen=True, slots=True)
class Unit:
    """A line or a sentence: its place in the document, its text, and how many units its line has.

    ``span`` leaves out the line's ending. ``gap`` counts the blank lines above, at most ``MOST_GAP``. ``index`` is the
    place among the units of its line.
    """

    line: int
    span: Span
    text: str
    gap: int = 0
    index: int = 0
    of: int = 1

    @property
    def whole(self) -> bool:
        """Whether the unit is its whole line."""
        return self.of == 1


def units(view: View) -> tuple[Unit, ...]:
    """The units of a document, in order; blank lines have none."""
    return tuple(_units(view))


def _units(view: View) -> Iterator[Unit]:
    last = -1
    for number in view.filled:
        line, facts = view.lines[number], view.facts[number]
        gap = min(number - last - 1, MOST_GAP)
        last = number
        mixed = facts.words >= LONG_LINE or any(len(part.span) < len(facts.text) for part in facts.parts)
        parts = sentences(facts.text) if mixed else ()
        if len(parts) < 2 or len(parts) > MOST_SENTENCES:
            yield Unit(number, line.span, facts.text, gap)
            continue
        for index, part in enumerate(parts):
            span = Span(line.span.start + part.start, line.span.start + part.end)
            yield Unit(number, span, facts.text[part.start : part.end], gap if index == 0 else 0, index, len(parts))
