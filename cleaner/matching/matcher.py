"""From a text to the rules that match its units: one automaton pass, then RE2 on what it points to.

Both parts are linear in the text whatever the patterns are: Hyperscan looks for fixed literals, RE2 does not
backtrack, and a unit longer than ``MAX_UNIT`` characters is not matched at all.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import hyperscan
import re2

from cleaner.fold import fold
from cleaner.matching.literals import leading_literals, required_literals
from cleaner.model import At

MAX_UNIT = 4000  # characters; the longest labelled boilerplate line has under 3 000

_BLANKS = re.compile(r"[ \t\f\v\x1c-\x1f]+")
_ODD_BLANKS = "\t\f\v\x1c\x1d\x1e\x1f"
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


class Pattern(Protocol):
    """What the matcher needs to know of a rule or a guard."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def pattern(self) -> str: ...  # noqa: D102
    @property
    def at(self) -> At: ...  # noqa: D102
    @property
    def case(self) -> bool: ...  # noqa: D102
    @property
    def min_words(self) -> int: ...  # noqa: D102
    @property
    def max_words(self) -> int: ...  # noqa: D102


P = TypeVar("P", bound=Pattern)


def squeeze(text: str) -> str:
    """Return ``text`` folded, with every run of blanks as one space and none at the ends.

    >>> squeeze("  Sign\\u00a0 up\\tnow ")
    'Sign up now'
    """
    return _BLANKS.sub(" ", fold(text)).strip(" ")


def core(squeezed: str) -> str:
    """Return a squeezed unit without the bullets, emoji and punctuation around it.

    >>> core(">> Read more...")
    'Read more'
    """
    return _EDGE.sub("", squeezed)


def count_words(text: str) -> int:
    """The number of words; in scripts written without spaces two characters count as one.

    >>> count_words("three short words"), count_words("続きを読む")
    (3, 2)
    """
    spaced = len(text.split())
    if text.isascii():
        return spaced
    return max(spaced, len(_NO_SPACES.findall(text)) // 2)


def phrase_pattern(phrases: Iterable[str]) -> str:
    """The RE2 pattern that finds any of the phrases as whole words.

    >>> phrase_pattern(["Read more"])
    '(?:\\\\bRead more\\\\b)'
    """
    return "(?:" + "|".join(_bounded(squeeze(p)) for p in phrases) + ")"


def _bounded(phrase: str) -> str:
    escaped = re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", phrase)
    start = r"\b" if re.match(r"[A-Za-z0-9_]", phrase) else ""
    end = r"\b" if re.search(r"[A-Za-z0-9_]$", phrase) else ""
    return f"{start}{escaped}{end}"


def fold_pattern(pattern: str) -> str:
    """A pattern with its non-ASCII characters folded as the text will be; escapes are left alone."""
    return "".join(c if c.isascii() else fold(c) for c in pattern)


@dataclass(frozen=True, slots=True)
class Unit:
    """A line or sentence as patterns see it."""

    squeezed: str
    core: str
    lower: str
    lower_core: str
    words: int
    too_long: bool = False

    @classmethod
    def of(cls, text: str) -> "Unit":
        """Fold a line or sentence of the source."""
        if len(text) > MAX_UNIT:
            return cls("", "", "", "", count_words(text), too_long=True)
        squeezed = squeeze(text)
        inner = core(squeezed)
        return cls(squeezed, inner, squeezed.lower(), inner.lower(), count_words(text))


class Compiled(Generic[P]):
    """One rule or guard, ready to be confirmed on a unit."""

    __slots__ = ("_expression", "_leading", "_needed", "_on_core", "literals", "source")

    def __init__(self, source: P) -> None:
        body = fold_pattern(source.pattern)
        if source.at is At.START:
            body = f"^(?:{body})"
        elif source.at is At.END:
            body = f"(?:{body})$"
        elif source.at is At.WHOLE:
            body = f"^(?:{body})$"
        options = re2.Options()
        options.case_sensitive = source.case
        options.log_errors = False
        self.source = source
        needed = required_literals(body)
        #: Literals for the automaton; empty where the pattern has none, so that every unit has to be tried.
        self.literals = needed[0] if needed else frozenset()
        self._needed = needed[1:]
        self._leading = tuple(sorted(leading_literals(body))) if source.at in (At.START, At.WHOLE) else ()
        self._expression = re2.compile(body, options)
        self._on_core = source.at is not At.ANYWHERE

    def fits(self, words: int) -> bool:
        """Whether a unit of so many words may be matched."""
        return self.source.min_words <= words <= self.source.max_words

    def matches(self, unit: Unit) -> bool:
        """Whether the pattern matches a unit of an allowed length."""
        if unit.too_long or not self.fits(unit.words):
            return False
        if self._leading and not unit.lower_core.startswith(self._leading):
            return False
        for literals in self._needed:
            if not any(literal in unit.lower for literal in literals):
                return False
        return self._expression.search(unit.core if self._on_core else unit.squeezed) is not None


class Matcher(Generic[P]):
    """All patterns of a run, compiled once.

    Not picklable (it holds native code); build it again from its patterns. Safe to share between threads after
    construction: a scan takes its own scratch space.
    """

    def __init__(self, patterns: Sequence[P]) -> None:
        self.compiled = [Compiled(p) for p in patterns]
        self._always = [i for i, c in enumerate(self.compiled) if not c.literals]
        owners: dict[bytes, list[int]] = {}
        for index, compiled in enumerate(self.compiled):
            for literal in compiled.literals:
                owners.setdefault(literal.encode(), []).append(index)
        self._owners = [tuple(owners[literal]) for literal in sorted(owners)]
        self._database = None
        if owners:
            self._database = hyperscan.Database()
            self._database.compile(
                expressions=sorted(owners), ids=list(range(len(owners))), flags=[0] * len(owners), literal=True
            )

    def candidates(self, text: str) -> dict[int, set[int]]:
        """Line number (from 0, in ``text``) -> indexes of patterns whose literals stand in that line."""
        # Before folding: it drops zero-width characters, and one between \r and \n keeps two line ends apart.
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        scanned = fold(text).lower()
        if "  " in scanned or any(blank in scanned for blank in _ODD_BLANKS):
            scanned = _BLANKS.sub(" ", scanned)
        data = scanned.encode()
        ends: list[int] = []
        hits: dict[int, set[int]] = {}
        pairs: set[tuple[int, int]] = set()
        if self._database is not None:
            found: list[tuple[int, int]] = []

            def note(literal: int, _start: int, end: int, _flags: int, _context: object) -> None:
                found.append((literal, end))

            self._database.scan(data, match_event_handler=note, scratch=hyperscan.Scratch(self._database))
            if found:
                ends = [m.start() for m in re.finditer(b"\n", data)]
                pairs = {(bisect_left(ends, end), literal) for literal, end in found}
        for line, literal in pairs:
            hits.setdefault(line, set()).update(self._owners[literal])
        if self._always:
            for line in range(data.count(b"\n") + 1):
                hits.setdefault(line, set()).update(self._always)
        return hits

    def confirm(self, unit: Unit, candidates: Iterable[int]) -> tuple[P, ...]:
        """The patterns among ``candidates`` that match the unit, in the order they were given."""
        return tuple(self.compiled[i].source for i in sorted(candidates) if self.compiled[i].matches(unit))
