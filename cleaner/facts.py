"""What a line is by its text alone: numbers in a table for all lines, and an object for those that are asked for.

Most lines of an article say nothing to any detector, so nothing is made of them but a few numbers.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from typing import Generic, TypeVar, overload

from cleaner.model import OPTIONAL_CATEGORIES, Guard, Line, Rule, Scope, Span

_CELLS = 3
_BULLET = re.compile(r"\s*(?:[-–—*•·▪●◦‣►▶»>+✓✔☑→]|\d{1,3}[.)])(?:\s|$)")
_FINAL = re.compile(r"[.!?…。！？｡؟۔।][\"'”’»)\]」』）›*]*\s*$")
_LONGEST_QUOTE = 160
_QUOTE_MARKS = frozenset(":$%")

#: A line of this many words is running text even without a final mark; with one, half as many are enough.
PROSE_WORDS = 24
PROSE_WORDS_WITH_FINAL_MARK = 10

#: A rule this sure of a line by itself keeps the line from counting as the article's prose.
SURE = 0.8
#: A rule this sure that a line is a byline, date or bio keeps it from being judged by its neighbours.
KNOWN = 0.5

# Bits of a line's flags; ``segment.hpp`` has the same.
BLANK = 1
BULLET = 2
FINAL = 4
TOO_LONG = 8
PROSE = 16
QUOTING = 32
_FLAGS = (BLANK, BULLET, FINAL, TOO_LONG, PROSE, QUOTING)
# For each flag, whether all of a line's flags together have it: one byte for each of their values.
_HAVING = {flag: bytes(bool(flags & flag) for flags in range(256)) for flag in _FLAGS}
_LACKING = {flag: bytes(not flags & flag for flags in range(256)) for flag in _FLAGS}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of a line (offsets into the line's text) with the rules and guards that match it."""

    span: Span
    rules: tuple[Rule, ...]
    guards: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a line is by its text alone."""

    text: str
    words: int
    blank: bool
    bullet: bool
    final: bool
    prose: bool
    rules: tuple[Rule, ...] = ()
    guards: tuple[Guard, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def known(self) -> bool:
        """Whether a rule says that the line belongs to the article's furniture which is kept: byline, date, bio."""
        return any(r.category in OPTIONAL_CATEGORIES and r.confidence >= KNOWN for r in self.rules)

    @property
    def table_row(self) -> bool:
        """Whether the line looks like the row of a table."""
        return self.text.count("|") >= _CELLS

    @property
    def own_prose(self) -> bool:
        """Whether the line looks like the article's own running text."""
        return self.prose and not self.sure

    @property
    def sure(self) -> bool:
        """Whether a rule is sure by itself that the line is not the article."""
        return are_sure(self.rules)


def are_sure(rules: Sequence[Rule]) -> bool:
    """Whether one of the rules that match a line is sure by itself that it is not the article."""
    return any(
        r.confidence >= SURE
        and r.category not in OPTIONAL_CATEGORIES
        and r.scope in (Scope.LINE, Scope.HEADING, Scope.BLOCK)
        for r in rules
    )


@dataclass(frozen=True)
class LineTable:
    """The lines of a text, a number or a bit for each fact, and what matches them by the numbers of the lines.

    A line begins at ``starts``, ends at ``ends``, and with its ending at ``wholes``, in characters.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]
    wholes: Sequence[int]
    words: Sequence[int]
    flags: bytes
    rules: Mapping[int, tuple[Rule, ...]] = field(default_factory=dict)
    guards: Mapping[int, tuple[Guard, ...]] = field(default_factory=dict)
    parts: Mapping[int, tuple[Part, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.starts)

    def text_of(self, number: int) -> str:
        """The text of a line, without its ending."""
        return self.text[self.starts[number] : self.ends[number]]

    def whole(self, number: int) -> Span:
        """The span of a line and its ending."""
        return Span(self.starts[number], self.wholes[number])

    def line(self, number: int) -> Line:
        """A line."""
        start, end = self.starts[number], self.ends[number]
        return Line(number, Span(start, end), self.wholes[number], self.text[start:end])

    def facts(self, number: int) -> Facts:
        """The facts of a line."""
        flags = self.flags[number]
        return Facts(
            self.text_of(number),
            self.words[number],
            bool(flags & BLANK),
            bool(flags & BULLET),
            bool(flags & FINAL),
            bool(flags & PROSE),
            self.rules.get(number, ()),
            self.guards.get(number, ()),
            self.parts.get(number, ()),
        )

    def having(self, flag: int) -> tuple[int, ...]:
        """The numbers of the lines that have a flag.

        >>> LineTable("a\\n\\n", [0, 2], [1, 2], [2, 3], [1, 0], bytes([0, BLANK])).having(BLANK)
        (1,)
        """
        return tuple(compress(range(len(self)), self.flags.translate(_HAVING[flag])))

    def lacking(self, flag: int) -> tuple[int, ...]:
        """The numbers of the lines that don't have a flag."""
        return tuple(compress(range(len(self)), self.flags.translate(_LACKING[flag])))

    def without_matches(self, numbers: Collection[int], parts: Mapping[int, tuple[Part, ...]]) -> "LineTable":
        """The same lines, some of which no rule matches but in these ``parts``."""
        rules = {number: own for number, own in self.rules.items() if number not in numbers}
        return replace(self, rules=rules, parts={**self.parts, **parts})


class Lazy(Sequence[T], Generic[T]):
    """A row of things that are made when they are first asked for."""

    def __init__(self, count: int, make: Callable[[int], T]) -> None:
        self._made: list[T | None] = [None] * count
        self._make = make

    def __len__(self) -> int:
        return len(self._made)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        made = self._made[index]
        if made is None:
            made = self._made[index] = self._make(index % len(self._made))
        return made

    def __iter__(self) -> Iterator[T]:
        return (self[i] for i in range(len(self)))


def line_flags(line: str, words: int) -> int:
    """The flags of a line of so many words, all but ``TOO_LONG``.

    >>> line_flags("- One.", 2) == BULLET | FINAL
    True
    """
    stripped = line.strip()
    if not stripped:
        return BLANK
    final = is_final(line)
    quoting = len(stripped) <= _LONGEST_QUOTE and stripped[0] != "|" and not _QUOTE_MARKS.isdisjoint(stripped)
    return BULLET * bool(_BULLET.match(line)) | FINAL * final | PROSE * is_prose(words, final=final) | QUOTING * quoting


def is_prose(words: int, *, final: bool) -> bool:
    """Whether a line of so many words, with a final mark or without, looks like running text.

    >>> is_prose(10, final=True), is_prose(10, final=False)
    (True, False)
    """
    return words >= PROSE_WORDS or (final and words >= PROSE_WORDS_WITH_FINAL_MARK)


def is_final(text: str) -> bool:
    """Whether a line ends in a mark that ends sentences.

    >>> is_final("The harbour reopened (on Monday.)")
    True
    """
    return bool(_FINAL.search(text[-12:]))
