"""Which literal strings a text must hold for a pattern to match it.

The method is the one of RE2's FilteredRE2 (Cox, 2010, "Regular Expression Matching in the Wild"): walk the parsed
pattern, keep the exact strings of parts that have few, and pick the part whose shortest literal is longest.
"""

import re
from collections.abc import Iterable
from itertools import product
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_MOST = 24  # literals one part may have before it is closed; more would make the automaton, not the filter, work
_UNICODE_CLASS = re.compile(r"\\[pP](?:\{\^?\w+\}|\w)")

Literals = frozenset[str]


def required_literals(pattern: str) -> Literals:
    """Return lower-case literals one of which is in every text that ``pattern`` matches; empty if there are none.

    ``pattern`` is in RE2 syntax, case is not looked at. Raises ``re.error`` if it cannot be read.

    >>> sorted(required_literals(r"sign(?:ing)? up .{0,20} (?:newsletter|alerts)"))
    ['sign up ', 'signing up ']
    >>> required_literals(r"\\d+ \\w+")
    frozenset({' '})
    """
    readable = _UNICODE_CLASS.sub(r"\\w", pattern).replace(r"\z", r"\Z")
    exact, found = _sequence(_parser.parse(readable))
    return _best([found, exact]) or frozenset()


def _rank(literals: Literals) -> tuple[int, int]:
    return min(map(len, literals)), -len(literals)


def _best(parts: Iterable[Literals | None]) -> Literals | None:
    """The most selective of the given sets; a set with an empty string selects nothing."""
    usable = [p for p in parts if p and "" not in p]
    return max(usable, key=lambda p: (_rank(p), sorted(p)), default=None)


def _sequence(nodes: Any) -> tuple[Literals | None, Literals | None]:
    """(every string the nodes match or None if too many, literals one of which they need or None)."""
    found: list[Literals | None] = []
    exact: Literals = frozenset({""})
    closed = False
    for node in nodes:
        part, needed = _node(node)
        if part is not None:
            joined = frozenset(a + b for a, b in product(exact, part))
            if len(joined) <= _MOST:
                exact = joined
                continue
        found += [exact, needed]
        closed = True
        exact = part if part is not None else frozenset({""})
    if closed:
        return None, _best([*found, exact])
    return exact, None


def _node(node: tuple[Any, Any]) -> tuple[Literals | None, Literals | None]:
    kind, value = node
    if kind is op.LITERAL:
        return frozenset({chr(value).lower()}), None
    if kind is op.AT:
        return frozenset({""}), None
    if kind is op.IN and len(value) <= 4 and all(k is op.LITERAL for k, _ in value):
        return frozenset(chr(v).lower() for _, v in value), None
    if kind is op.SUBPATTERN:
        return _sequence(value[-1])
    if kind is op.BRANCH:
        parts = [_sequence(branch) for branch in value[1]]
        exacts = [e for e, _ in parts]
        if all(e is not None for e in exacts):
            union: Literals = frozenset().union(*(e for e in exacts if e is not None))
            if len(union) <= _MOST:
                return union, None
        needed = [_best([e, n]) for e, n in parts]
        if all(n is not None for n in needed):
            return None, frozenset().union(*(n for n in needed if n is not None))
        return None, None
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        low, high, inner = value
        exact, needed = _sequence(inner)
        if low == 0:
            return (exact | {""}, None) if high == 1 and exact is not None else (None, None)
        return (exact, needed) if high == 1 else (None, _best([exact, needed]))
    return None, None
