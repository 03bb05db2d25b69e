"""Removals and refusals as people refer to them: by line, in one row, as a diff."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from cleaner.model import Category, Removal
from cleaner.segment import LINE_BREAK

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BLANKS = re.compile(r"\s+")

#: How much of a removed text a row shows.
EXCERPT = 80
#: How many unchanged lines a diff shows around a change.
CONTEXT = 3


class LineIndex:
    """Line numbers, from 1, of offsets into a text.

    >>> LineIndex("one\\ntwo\\n").number(4)
    2
    """

    def __init__(self, text: str) -> None:
        self.starts = [0, *(m.end() for m in LINE_BREAK.finditer(text))]
        if len(self.starts) > 1 and self.starts[-1] == len(text):
            self.starts.pop()

    def number(self, offset: int) -> int:
        """The line that an offset lies in."""
        return bisect_right(self.starts, offset)

    def numbers(self, start: int, end: int) -> tuple[int, int]:
        """The first and last line of a span."""
        return self.number(start), self.number(max(start, end - 1))


def printable(text: str) -> str:
    r"""The text with control characters as escapes, so that it cannot steer a terminal.

    >>> printable("a\x1b[31mb")
    'a\\x1b[31mb'
    """
    return _UNPRINTABLE.sub(lambda m: m[0].encode("unicode_escape").decode(), text)


def excerpt(text: str, length: int = EXCERPT) -> str:
    """A text in one row, cut short with an ellipsis.

    >>> excerpt("Sign up\\n  for our newsletter", 12)
    'Sign up for…'
    """
    row = printable(_BLANKS.sub(" ", text[: 4 * length]).strip())
    return row if len(row) < length and len(text) <= 4 * length else row[: length - 1].rstrip() + "…"


def shown(removals: Sequence[Removal]) -> list[Removal]:
    """Removals worth a row: without the blank lines that others leave over, unless only such were removed."""
    words = [r for r in removals if r.category is not Category.TIDY]
    return words or list(removals)


def findings(name: str, text: str, removals: Sequence[Removal]) -> str:
    """One row a removal: ``file:line: category rule text``."""
    index = LineIndex(text)
    return "".join(
        f"{printable(name)}:{index.number(r.start)}: {r.category} {r.rule or r.detector} {excerpt(r.text)}\n"
        for r in shown(removals)
    )


def unified_diff(name: str, text: str, removals: Sequence[Removal]) -> str:
    """What cleaning changes as a unified diff, made from the removals and so in linear time; empty if nothing."""
    if not removals:
        return ""
    starts = [*LineIndex(text).starts, len(text)]
    parts = [f"--- {printable(name)}\n+++ {printable(name)}\n"]
    shift = 0
    for hunk in _hunks(_touched(text, removals), len(starts) - 1):
        body, removed, added = _hunk_body(text, starts, hunk)
        first, last = hunk[0][0], hunk[-1][1]
        new = last - first - removed + added
        parts += [f"@@ -{_range(first, last - first)} +{_range(first + shift, new)} @@\n", *body]
        shift += added - removed
    return "".join(parts)


_Block = tuple[int, int, str | None]  # lines from, to, and what they become; None if they stay


def _touched(text: str, removals: Sequence[Removal]) -> Iterator[_Block]:
    """Stretches of neighbouring changed lines, each with what is left of it."""
    index = LineIndex(text)
    starts = [*index.starts, len(text)]
    group: list[Removal] = []
    first = last = -1
    for removal in removals:
        low, high = index.numbers(removal.start, removal.end)
        if group and low > last:
            yield first, last, _rest(text, starts[first], starts[last], group)
            group = []
        if not group:
            first = low - 1
        last = high
        group.append(removal)
    if group:
        yield first, last, _rest(text, starts[first], starts[last], group)


def _rest(text: str, start: int, end: int, removals: Sequence[Removal]) -> str:
    parts = []
    for removal in removals:
        parts.append(text[start : removal.start])
        start = removal.end
    return "".join((*parts, text[start:end]))


def _hunks(blocks: Iterator[_Block], lines: int) -> Iterator[list[_Block]]:
    """Changed blocks with unchanged ones between and around them, those that are near each other together."""
    hunk: list[_Block] = []
    for first, last, rest in blocks:
        if hunk and first - hunk[-1][1] > 2 * CONTEXT:
            end = hunk[-1][1]
            yield [*hunk, (end, end + CONTEXT, None)]
            hunk = []
        hunk.append((hunk[-1][1] if hunk else max(0, first - CONTEXT), first, None))
        hunk.append((first, last, rest))
    if hunk:
        end = hunk[-1][1]
        yield [*hunk, (end, min(lines, end + CONTEXT), None)]


def _hunk_body(text: str, starts: Sequence[int], hunk: Sequence[_Block]) -> tuple[list[str], int, int]:
    body: list[str] = []
    removed = added = 0
    for first, last, rest in hunk:
        old = _lines(text[starts[first] : starts[last]])
        if rest is None:
            body += [_row(" ", line) for line in old]
            continue
        new = _lines(rest)
        body += [*(_row("-", line) for line in old), *(_row("+", line) for line in new)]
        removed, added = removed + len(old), added + len(new)
    return body, removed, added


def _lines(text: str) -> list[str]:
    starts = [*LineIndex(text).starts, len(text)] if text else []
    return [text[a:b] for a, b in pairwise(starts)]


def _row(mark: str, line: str) -> str:
    return f"{mark}{line}" if line.endswith(("\n", "\r")) else f"{mark}{line}\n\\ No newline at end of file\n"


def _range(first: int, count: int) -> str:
    return f"{first + 1 if count else first},{count}" if count != 1 else f"{first + 1}"
