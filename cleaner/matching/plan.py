"""Which literals stand for a pattern in the automaton, and which cheap tests come before RE2.

A pattern may offer several sets of literals of which each match holds one. The set whose literals turn up least in
ordinary text is chosen, so that few candidates have to be confirmed. Ordinary text is what the rules themselves bring
along as examples and counterexamples: it has every language the rules have, and makes the choice a function of the
packs alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cleaner.fold import fold
from cleaner.matching.literals import Literals, leading_literals, required_literals, without_edges
from cleaner.model import At
from cleaner.native import native

_MOST_NEEDED = 24  # to look for more literals than that takes as long as asking RE2
_TELLING = "©€£¥"  # symbols that rules can ask for by themselves
_SYMBOLS = re.compile(rf"[^\w\s\x00-\x7f{_TELLING}]")
_SCRIPT_CHANGE = re.compile(r"(?<=[a-z0-9])(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])(?=[a-z0-9])")
_BLANKS = re.compile(rb" {2,}")
#: Stands before a line in what the automaton scans, so that a literal can ask for the beginning of one.
START = b"\x01 "
_BEHIND_SYMBOLS = re.compile(rb"(\x01 (?:(?:%s) )+)([^\n]*)" % b"|".join(symbol.encode() for symbol in _TELLING))
_WORDS_ONLY = bytes(c if c >= 128 or chr(c).isalnum() or c == 10 else 32 for c in range(256))


class Pattern(Protocol):
    """What has to be known of a rule or a guard to match it."""

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
    @property
    def examples(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def counterexamples(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def scanned_by_unit(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Plan:
    """How to look for one pattern.

    ``literals`` go into the automaton, in the form of ``scan_form`` (none: every unit has to be tried); ``leading``
    are what the unit's core has to begin with (none: anything), and of each set in ``needed`` one has to be in the
    unit, both folded and in lower case.
    """

    literals: tuple[bytes, ...]
    leading: tuple[str, ...]
    needed: tuple[tuple[str, ...], ...]


def anchored(pattern: Pattern) -> str:
    """The pattern's expression with its place in the unit written as anchors, folded as the text will be."""
    body = fold_pattern(pattern.pattern)
    if pattern.at is At.START:
        return f"^(?:{body})"
    if pattern.at is At.END:
        return f"(?:{body})$"
    return f"^(?:{body})$" if pattern.at is At.WHOLE else body


def fold_pattern(pattern: str) -> str:
    """A pattern with its non-ASCII characters folded as the text will be; escapes are left alone."""
    return pattern if pattern.isascii() else "".join(c if c.isascii() else fold(c) for c in pattern)


def scan_form(text: str) -> bytes:
    """A text as the automaton sees it: words and a few symbols, folded, in lower case, with one space between them.

    Line feeds are kept. If a text holds a literal, its scan form holds the literal's. A word at the start of a line or
    after punctuation has a space before it, so that a literal can ask for the beginning of a word.

    >>> scan_form("»Lesen Sie – auch")
    b' lesen sie auch'
    """
    return _BLANKS.sub(b" ", _words_only(text))


def padded(text: str) -> bytes:
    """The scan form of a text whose only line ends are ``\\n``: ``START`` before every line, a space behind it.

    A line that begins with a symbol stands there twice, the second time without it: what a pattern calls the beginning
    of a unit comes after its symbols.

    >>> padded("One.\\nTwo")
    b'\\x01 one \\n\\x01 two '
    """
    lines = _BLANKS.sub(b" ", START + _words_only(text).replace(b"\n", b" \n" + START) + b" ")
    return lines if text.isascii() else _BEHIND_SYMBOLS.sub(rb"\1\2" + START + rb"\2", lines)


def _words_only(text: str) -> bytes:
    lower = fold(text).lower()
    if not lower.isascii():
        lower = _SYMBOLS.sub(" ", lower)
        for symbol in _TELLING:
            lower = lower.replace(symbol, f" {symbol} ")
        lower = _SCRIPT_CHANGE.sub(" ", lower)  # RE2 sees the edge of a word there as well
    return lower.encode().translate(_WORDS_ONLY)


def make_plans(patterns: Sequence[Pattern]) -> list[Plan]:
    """One plan for each pattern, in their order; the same patterns always give the same plans."""
    offers = [_offers(p) for p in patterns]
    counts = count_literals(
        sorted({literal for offer in offers for one in offer.forms for literal in one}),
        (text for p in patterns for text in (*p.examples, *p.counterexamples)),
    )
    return [offer.plan(counts) for offer in offers]


@dataclass(frozen=True, slots=True)
class _Offer:
    """The sets a pattern offers: of ``sets`` one literal each is in a match, with one of ``leading`` a match begins."""

    sets: tuple[Literals, ...]
    leading: Literals
    scanned_by_unit: bool

    @property
    def forms(self) -> list[frozenset[bytes]]:
        """The sets that can go into the automaton, in scan form; those of the beginning as the beginning of a word.

        If what is scanned are the units themselves, it is the beginning of one.
        """
        forms = [frozenset(map(scan_form, one)) for one in self.sets]
        before = START if self.scanned_by_unit else b" "
        begins = frozenset(scan_form(literal).lstrip(b" ") for literal in self.leading)
        forms.append(frozenset(before + literal for literal in begins) if all(begins) else frozenset())
        return [form if form and all(literal.strip() for literal in form) else frozenset() for form in forms]

    def plan(self, counts: Counter[bytes]) -> Plan:
        """Choose the set that is found least in ordinary text, sparing the automaton sets of hundreds of literals."""
        forms = self.forms
        choices = [i for i, form in enumerate(forms) if form]
        best = min(choices, key=lambda i: _cost(forms[i], counts), default=None)
        order = sorted(range(len(self.sets)), key=lambda i: (i != best, _cost(forms[i] or _NOTHING, counts)))
        small = [i for i in order if len(self.sets[i]) <= _MOST_NEEDED]
        needed = tuple(tuple(sorted(without_edges(self.sets[i]))) for i in small)
        chosen = forms[best] if best is not None else frozenset()
        return Plan(tuple(sorted(chosen)), tuple(sorted(self.leading)), needed)


_NOTHING = frozenset({b""})


def _cost(form: frozenset[bytes], counts: Counter[bytes]) -> tuple[bool, int, int, list[bytes]]:
    """What a set costs in the automaton: hits in ordinary text, and its size; single letters are a last resort."""
    shortest = min(len(literal.strip()) for literal in form)
    hits = sum(counts[literal] for literal in form)
    return shortest < 2, hits + len(form) // 8, -shortest, sorted(form)


def _offers(pattern: Pattern) -> _Offer:
    expression = anchored(pattern)
    leading = leading_literals(expression) if pattern.at in (At.START, At.WHOLE) else frozenset()
    return _Offer(required_literals(expression), leading, pattern.scanned_by_unit)


def count_literals(literals: Sequence[bytes], texts: Iterable[str]) -> Counter[bytes]:
    """How often each literal stands in the texts, all in scan form."""
    text = padded("\n".join(texts))
    if native is None:
        from cleaner.matching.automaton import Automaton

        _, found = Automaton.of(literals).scan(text)
        return Counter({literals[index]: count for index, count in Counter(found.tolist()).items()})
    counts = Counter({literal: text.count(literal) for literal in literals if len(literal) < 2})
    longer = [literal for literal in literals if len(literal) > 1]
    counts.update(dict(zip(longer, native.count_literals(longer, text), strict=True)))
    return counts
