"""Blank lines: those a removal leaves over, and tidying where it is asked for."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from cleaner.facts import BLANK
from cleaner.model import Category, Removal, Span
from cleaner.view import View

_TRAILING = " \t\u00a0"
DETECTOR = "blanks"


def leftover_blanks(view: View, removed: Sequence[Span]) -> Iterator[Span]:
    """The blank lines that whole-line removals leave over.

    Where lines between two runs of blank lines go, the second run goes with them; at the start or end of the text,
    where there is nothing to keep apart, every run beside a removed line goes. Blank lines that no removal touches
    stay as they are.
    """
    if not removed:
        return
    gone = _gone(view, removed)
    number, count = 0, len(view.table)
    flags = view.table.flags
    while number < count:
        if not gone[number] and not flags[number] & BLANK:
            number += 1
            continue
        first = number
        while number < count and (gone[number] or flags[number] & BLANK):
            number += 1
        yield from _group(view, range(first, number), gone, at_edge=first == 0 or number == count)


def _gone(view: View, removed: Sequence[Span]) -> list[bool]:
    """Of each line, whether sorted removals leave nothing of it; several that touch may do so together."""
    starts: list[int] = []
    ends: list[int] = []
    for span in removed:
        if ends and span.start <= ends[-1]:
            ends[-1] = span.end
        else:
            starts.append(span.start)
            ends.append(span.end)
    gone = [False] * len(view.table)
    lines, wholes = view.table.starts, view.table.wholes
    for start, end in zip(starts, ends, strict=True):
        for number in range(bisect_left(lines, start), bisect_left(lines, end)):
            gone[number] = wholes[number] <= end
    return gone


def _group(view: View, numbers: range, gone: Sequence[bool], *, at_edge: bool) -> Iterator[Span]:
    """Blank lines to remove from a stretch of blank and removed lines between two lines that stay."""
    if not any(gone[n] for n in numbers):
        return
    blank_before = spend = at_edge
    for n in numbers:
        if gone[n]:
            spend = blank_before
        elif spend:
            yield view.lines[n].whole
        else:
            blank_before = True


def tidied(view: View) -> Iterator[Span]:
    """Trailing blanks and blank lines beyond the first of each run."""
    blank_before = True
    for line, facts in zip(view.lines, view.facts, strict=True):
        if facts.blank:
            if blank_before:
                yield line.whole
                continue
        elif (kept := len(line.text.rstrip(_TRAILING))) < len(line.text):
            yield Span(line.span.start + kept, line.span.end)
        blank_before = facts.blank


def blank_removal(source: str, span: Span, reason: str) -> Removal:
    """A removal of the kind that takes no words."""
    text = source[span.start : span.end]
    return Removal(span.start, span.end, text, Category.TIDY, 1.0, DETECTOR, None, reason)
