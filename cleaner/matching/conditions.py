"""What a unit has to hold for a pattern to match, in traits that the native core notes of a unit before it searches.

A pattern may match in one of several ways, each with conditions of its own; a condition is that one of some literals is
in the unit.

A trait is a special character, or three characters in a row. In rows, a letter or digit of ASCII stands for itself, in
lower case, and a blank for anything else and for what is around the unit. So a literal's traits are in every unit that
holds the literal, whatever else is there, and the edge of a word is as good as a character.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import fold
from cleaner.matching.literals import EDGE, Literals, literals_by_way
from cleaner.matching.plan import Pattern, Plan, anchored, scan_form

MOST_TRAITS = 3  #: of one literal that are looked for
_LENGTH = 3  # characters in a row
_SPECIAL = re.compile(r"[!-~](?<![A-Za-z0-9])")

#: Some traits that are in a unit together.
Traits = tuple[str, ...]
#: Of one of these all traits are in a unit.
Condition = tuple[Traits, ...]
#: The conditions that a unit fulfils which matches in one way, the rarest first.
Way = tuple[Condition, ...]


class Conditions:
    """Chooses conditions for patterns by how rare traits are in the examples and counterexamples of all of them."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self._patterns = list(patterns)
        texts = [fold(text) for p in self._patterns for text in (*p.examples, *p.counterexamples)]
        self._counts = _counts(texts)
        # The ways of a pattern, and many patterns, share sets of literals.
        self._condition = cache(self._condition_of)

    def of(self, pattern: Pattern, plan: Plan) -> list[Way]:
        """The ways to match a pattern, of which a unit has to fulfil one. None, if nothing is known of one of them."""
        ways = literals_by_way(anchored(pattern))
        if len(ways) == 1:  # a unit is only looked at where the automaton has found what the plan says
            ways = [tuple(one for one in ways[0] if not _is_planned(one, plan))]
        found = {self._way(way) for way in ways}
        return [] if () in found else sorted(found)

    def _way(self, sets: Iterable[Literals]) -> Way:
        found = {condition for one in sets if (condition := self._condition(one))}
        return tuple(sorted(found, key=lambda condition: (self._count(condition), condition)))

    def _condition_of(self, literals: Literals) -> Condition | None:
        choices = {self._rarest(literal) for literal in literals}
        if () in choices:
            return None
        # Where some traits are enough, others beside them say nothing.
        needless = {one for one in choices for other in choices if set(other) < set(one)}
        return tuple(sorted(choices - needless))

    def _rarest(self, literal: str) -> Traits:
        return tuple(sorted(traits(literal), key=lambda trait: (self._counts[trait], trait))[:MOST_TRAITS])

    def _count(self, condition: Condition) -> int:
        """How many texts hold one of the traits that are looked for first, at most."""
        return sum(self._counts[one[0]] for one in condition)


def traits(literal: str) -> set[str]:
    """The traits of every unit that holds a literal, in which ``EDGE`` stands for the edge of a word.

    >>> sorted(traits(EDGE + "100% off"))
    ['  o', ' 10', ' of', '%', '0  ', '00 ', '100', 'off']
    """
    found = set(_SPECIAL.findall(literal))
    parts = literal.split(EDGE)
    for number, part in enumerate(parts):
        before = " " if number and _is_plain(part[:1]) else ""
        after = " " if number + 1 < len(parts) and _is_plain(part[-1:]) else ""
        # Another character may be a letter's other form: what stands in the unit there is not known.
        for piece in re.split(r"[^\x01-\x7f]", before + part + after):
            found.update(_rows(_plain(piece)))
    return found


def _is_plain(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", " ", text.lower())


def _rows(text: str) -> set[str]:
    return {row for i in range(len(text) - _LENGTH + 1) if (row := text[i : i + _LENGTH]).strip()}


def _is_planned(literals: Literals, plan: Plan) -> bool:
    """Whether the plan's literals say the same."""
    return frozenset(map(scan_form, literals)) == frozenset(plan.literals) and not any(map(_SPECIAL.search, literals))


def _counts(texts: Sequence[str]) -> Counter[str]:
    """In how many texts each trait is."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(_rows(f" {_plain(text)} "))
        counts.update(set(_SPECIAL.findall(text)))
    return counts


def as_rows(ways: Sequence[Sequence[Way]]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The ways to match patterns in the form that the native core takes.

    First the choices of all conditions, with a row for each: the condition's number and ``MOST_TRAITS`` traits. A
    trait's characters are its bytes, the last one the lowest; 0 stands for none. Then the ways: the pattern's number,
    the way's number, the number of a condition.
    """
    numbers: dict[Condition, int] = {}
    rows = [
        [pattern, number, numbers.setdefault(condition, len(numbers))]
        for number, (pattern, way) in enumerate((n, way) for n, own in enumerate(ways) for way in own)
        for condition in way
    ]
    choices = [[number, *_codes(choice)] for condition, number in numbers.items() for choice in condition]
    return (
        np.array(choices, dtype=np.int32).reshape(-1, 1 + MOST_TRAITS),
        np.array(rows, dtype=np.int32).reshape(-1, 3),
    )


def _codes(choice: Traits) -> list[int]:
    codes = [int.from_bytes(trait.encode(), "big") for trait in choice]
    return codes + [0] * (MOST_TRAITS - len(codes))
