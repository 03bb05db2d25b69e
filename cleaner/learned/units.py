"""The units that the learned detector judges: lines, and the sentences of some.

Stored texts have often lost their line breaks, so that a whole article stands in three lines; there the sentence is
the unit. So it is where a rule speaks of one sentence among others: a pitch at the end of a paragraph goes alone. Any
other line is judged whole.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from cleaner.facts import BLANK, LineTable
from cleaner.learned.stack import Array
from cleaner.model import Span
from cleaner.native import native
from cleaner.segment import SENTENCES, sentences

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


@dataclass(frozen=True)
class Units(Sequence[Unit]):
    """The units of a document, in order, as columns of ``Unit``; blank lines have none.

    >>> table = LineTable("One.\\n\\nTwo.", [0, 5, 6], [4, 5, 10], [5, 6, 10], [1, 0, 1], bytes([0, BLANK, 0]))
    >>> [(unit.line, unit.text, unit.gap) for unit in Units.of(table)]
    [(0, 'One.', 0), (2, 'Two.', 1)]
    """

    text: str
    lines: Array
    starts: Array
    ends: Array
    gaps: Array
    indexes: Array
    of_line: Array

    @classmethod
    def of(cls, table: LineTable) -> "Units":
        """Cut the lines of a text into units."""
        if native is not None and SENTENCES is not None:
            cut = _mixed(table)
            columns = native.units(
                SENTENCES, table.text, table.starts, table.ends, table.flags, cut, MOST_SENTENCES, MOST_GAP
            )
            return cls(table.text, *columns)
        return cls.in_numpy(table)

    @classmethod
    def in_numpy(cls, table: LineTable) -> "Units":
        """The same without the compiled core."""
        filled = np.flatnonzero((np.frombuffer(table.flags, dtype=np.uint8) & BLANK) == 0)
        starts = np.array(table.starts, dtype=np.int64)[filled]
        ends = np.array(table.ends, dtype=np.int64)[filled]
        gaps = np.minimum(np.diff(filled, prepend=-1) - 1, MOST_GAP)
        whole = cls(table.text, filled, starts, ends, gaps, np.zeros_like(filled), np.ones_like(filled))
        return whole._cut({number: spans for number in _mixed(table) if (spans := _sentences(table, number))})

    def _cut(self, spans: dict[int, Sequence[Span]]) -> "Units":
        """The same with some lines, by their numbers, cut into spans of their text."""
        if not spans:
            return self
        places = np.searchsorted(self.lines, list(spans))
        counts = np.ones_like(self.lines)
        counts[places] = [len(some) for some in spans.values()]
        firsts = np.cumsum(counts) - counts
        indexes = np.arange(int(counts.sum())) - np.repeat(firsts, counts)
        starts, ends = np.repeat(self.starts, counts), np.repeat(self.ends, counts)
        for place, some in zip(places.tolist(), spans.values(), strict=True):
            first = int(firsts[place])
            offset = int(self.starts[place])
            starts[first : first + len(some)] = [offset + span.start for span in some]
            ends[first : first + len(some)] = [offset + span.end for span in some]
        gaps = np.where(indexes == 0, np.repeat(self.gaps, counts), 0)
        return Units(self.text, np.repeat(self.lines, counts), starts, ends, gaps, indexes, np.repeat(counts, counts))

    def __len__(self) -> int:
        return len(self.lines)

    @overload
    def __getitem__(self, number: int) -> Unit: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[Unit]: ...

    def __getitem__(self, number: int | slice) -> Unit | Sequence[Unit]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        start, end = int(self.starts[number]), int(self.ends[number])
        return Unit(
            int(self.lines[number]),
            Span(start, end),
            self.text[start:end],
            int(self.gaps[number]),
            int(self.indexes[number]),
            int(self.of_line[number]),
        )

    def __iter__(self) -> Iterator[Unit]:
        return (self[number] for number in range(len(self)))


def _mixed(table: LineTable) -> list[int]:
    """The numbers of the lines that are looked at sentence by sentence, if they have several."""
    lengths = ((number, table.ends[number] - table.starts[number]) for number in table.parts)
    in_part = {number for number, length in lengths if any(len(part.span) < length for part in table.parts[number])}
    return sorted(in_part.union(number for number, words in enumerate(table.words) if words >= LONG_LINE))


def _sentences(table: LineTable, number: int) -> Sequence[Span]:
    """The sentences of a line, if they are several and not too many."""
    spans = sentences(table.text_of(number))
    return spans if 1 < len(spans) <= MOST_SENTENCES else ()
