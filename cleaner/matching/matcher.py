"""From a text to the rules that match its units: one automaton pass, then RE2 on what it points to.

Both parts are linear in the text whatever the patterns are: Hyperscan looks for fixed literals, RE2 does not
backtrack, and a unit longer than ``MAX_UNIT`` characters is not matched at all.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from cleaner.matching.automaton import Array, Automaton
from cleaner.matching.plan import Pattern, Plan, anchored, make_plans, padded
from cleaner.matching.squeezed import MAX_UNIT, core, count_words, squeeze
from cleaner.model import At

_BREAK = re.compile(r"[\r\n]")


# An escape; the beginning of a class, with a bracket that stands in it for itself; any other character.
_TOKEN = re.compile(r"\\p\{\^?\w+\}|\\p\w|\\Q.*?(?:\\E|$)|\\.|\[\^?\]?|.", re.DOTALL)
#: The scripts' ranges, for a class.
LETTERS = (
    r"A-Za-z\x{aa}\x{b5}\x{ba}\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{2c1}\x{370}-\x{1fff}"
    r"\x{2c00}-\x{2dff}\x{3005}-\x{3007}\x{3031}-\x{d7ff}\x{f900}-\x{fdff}\x{fe70}-\x{fefc}\x{ff10}-\x{ff5a}\x{ff66}-\x{ffdc}"
    r"\x{10000}-\x{1cfff}\x{1e000}-\x{1efff}\x{20000}-\x{3ffff}"
)

P = TypeVar("P", bound=Pattern)


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


@dataclass(frozen=True, slots=True)
class Unit:
    """A line or sentence as patterns see it: folded, blanks squeezed; in UTF-8, as RE2 works on it."""

    squeezed: bytes
    core: bytes
    lower: str
    lower_core: str
    words: int
    too_long: bool = False

    @classmethod
    def of(cls, text: str) -> "Unit":
        """Fold a line or sentence of the source."""
        if len(text) > MAX_UNIT:
            return cls(b"", b"", "", "", count_words(text), too_long=True)
        squeezed = squeeze(text)
        inner = core(squeezed)
        return cls(squeezed.encode(), inner.encode(), squeezed.lower(), inner.lower(), count_words(text))


class Compiled(Generic[P]):
    """One rule or guard, ready to be confirmed on a unit. RE2 compiles it when it is first needed."""

    __slots__ = ("_expression", "_on_core", "plan", "source")

    def __init__(self, source: P, plan: Plan) -> None:
        self.source = source
        self.plan = plan
        self._on_core = source.at is not At.ANYWHERE
        self._expression: Any = None

    @classmethod
    def alone(cls, source: P) -> "Compiled[P]":
        """Compile one rule or guard without the others, to try it."""
        return cls(source, make_plans([source])[0])

    def fits(self, words: int) -> bool:
        """Whether a unit of so many words may be matched."""
        return self.source.min_words <= words <= self.source.max_words

    def possible(self, lower: str) -> bool:
        """Whether a text, folded and in lower case, holds all the literals that a match in it would need."""
        for literals in self.plan.needed:
            for literal in literals:
                if literal in lower:
                    break
            else:
                return False
        return True

    def matches(self, unit: Unit) -> bool:
        """Whether the pattern matches a unit of an allowed length."""
        if unit.too_long or not self.fits(unit.words):
            return False
        if self.plan.leading and not unit.lower_core.startswith(self.plan.leading):
            return False
        if not self.possible(unit.lower):
            return False
        if self._expression is None:
            self._expression = _compile(self.source)
        return self._expression.search(unit.core if self._on_core else unit.squeezed) is not None


def _compile(source: Pattern) -> Any:
    import re2  # the native core does without

    options = re2.Options()
    options.case_sensitive = source.case
    options.log_errors = False
    options.never_capture = True
    return re2.compile(expression_of(source), options)


def expression_of(source: Pattern) -> str:
    """The expression that a unit is searched for."""
    return with_plain_letters(anchored(source))


def with_plain_letters(expression: str) -> str:
    """The expression with ``\\pL`` written as a few ranges.

    RE2 spells the hundreds of ranges of Unicode's letters out in bytes, and does so for every repetition:
    ``\\pL{3,250}`` takes a quarter of a second to compile. The ranges are those of the scripts, with their marks and
    digits.

    >>> with_plain_letters(r"[^\\pL-]\\\\pL").replace(LETTERS, "...")
    '[^...-]\\\\\\\\pL'
    """
    if "\\p" not in expression:
        return expression
    inside = False

    def plain(token: re.Match[str]) -> str:
        nonlocal inside
        text = token[0]
        if text in ("\\pL", "\\p{L}"):
            return LETTERS if inside else f"[{LETTERS}]"
        if not inside and text.startswith("["):
            inside = True
        elif text == "]":
            inside = False
        return text

    return _TOKEN.sub(plain, expression)


class Matcher(Generic[P]):
    """All patterns of a run, compiled once.

    Not picklable (it holds native code); build it again from its patterns. Safe to share between threads. An
    ``automaton`` that is given may know the literals of other patterns as well.
    """

    def __init__(
        self, patterns: Sequence[P], plans: Sequence[Plan] | None = None, automaton: Automaton | None = None
    ) -> None:
        plans = make_plans(patterns) if plans is None else plans
        self.compiled = [Compiled(p, plan) for p, plan in zip(patterns, plans, strict=True)]
        self._always = [i for i, plan in enumerate(plans) if not plan.literals]
        owners: dict[bytes, list[int]] = {}
        for index, plan in enumerate(plans):
            for literal in plan.literals:
                owners.setdefault(literal, []).append(index)
        self._automaton = automaton or Automaton.of(sorted(owners))
        owned = [owners.get(literal, ()) for literal in self._automaton.literals]
        self._owners = np.array([index for some in owned for index in some], dtype=np.int64)
        self._owner_ends = np.cumsum([len(some) for some in owned], dtype=np.int64)

    def pairs(self, texts: Sequence[str]) -> tuple[Array, Array]:
        """Which patterns may match in which of the texts, or in a part of one: numbers of texts, and of patterns.

        A pattern that is ``scanned_by_unit`` may match a text as a whole. Both arrays are sorted by text, then pattern.
        """
        joined = "\n".join(texts)
        if "\r" in joined or joined.count("\n") >= max(1, len(texts)):
            joined = "\n".join(_BREAK.sub(" ", text) for text in texts)
        data = padded(joined)
        breaks = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
        ends, literals = self._automaton.scan(data)
        numbers, patterns = self._owned(np.searchsorted(breaks, ends), literals)
        if self._always:
            everywhere = np.arange(len(texts))
            numbers = np.concatenate((numbers, np.repeat(everywhere, len(self._always))))
            patterns = np.concatenate((patterns, np.tile(np.array(self._always), len(everywhere))))
        return np.divmod(np.unique(numbers * len(self.compiled) + patterns), max(1, len(self.compiled)))

    def candidates_in(self, text: str) -> list[int]:
        """The indexes, rising, of patterns that may match a text as a whole, without numpy's cost for small arrays."""
        _, literals = self._automaton.scan(padded(_BREAK.sub(" ", text)))
        found = set(self._always)
        for literal in set(literals.tolist()):
            start = int(self._owner_ends[literal - 1]) if literal else 0
            found.update(self._owners[start : int(self._owner_ends[literal])].tolist())
        words = count_words(text)
        return [index for index in sorted(found) if self.compiled[index].fits(words)]

    def _owned(self, lines: Array, literals: Array) -> tuple[Array, Array]:
        """For each hit of a literal in a line, the line and a pattern, once for every pattern that has the literal."""
        if not len(literals):
            return lines, literals
        ends = self._owner_ends[literals]
        counts = ends - np.where(literals > 0, self._owner_ends[literals - 1], 0)
        firsts = np.repeat(ends - counts, counts)
        within = np.arange(len(firsts)) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(lines, counts), self._owners[firsts + within]


def grouped(keys: Array, values: Array) -> dict[int, list[int]]:
    """The values of every key, in their order; equal keys stand together.

    >>> grouped(np.array([0, 0, 2]), np.array([5, 6, 7]))
    {0: [5, 6], 2: [7]}
    """
    found = values.tolist()
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    ends = [*starts[1:].tolist(), len(found)]
    return {k: found[a:b] for k, a, b in zip(keys[starts].tolist(), starts.tolist(), ends, strict=False)}
