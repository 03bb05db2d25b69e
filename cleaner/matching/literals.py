"""Which literal strings a text must hold for a pattern to match it.

The method is the one of RE2's FilteredRE2 (Cox, 2010, "Regular Expression Matching in the Wild"): walk the parsed
pattern, keep the exact strings of parts that have few, and pick the part whose shortest literal is longest.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

_MOST = 40  # literals one part may have before it is closed; more would make the automaton, not the filter, work
_MOST_LEADING = 300
_MOST_WAYS = 24  # that an expression is taken apart into
_UNICODE_CLASS = re.compile(r"\\[pP](?:\{\^?\w+\}|\w)")

#: Stands in a literal for the edge of a word: only something that is no letter or digit, or the unit's end, is there.
EDGE = "\0"

Literals = frozenset[str]


def required_literals(pattern: str) -> tuple[Literals, ...]:
    """Return sets of lower-case literals: of each set, one is in every text that ``pattern`` matches.

    The most selective set comes first; there may be none. ``EDGE`` in a literal stands for the edge of a word.
    ``pattern`` is in RE2 syntax, case is not looked at. Raises ``re.error`` if it cannot be read.

    >>> [sorted(s) for s in required_literals(r"sign(?:ing)? up .{0,20} (?:newsletter|alerts)")]
    [['sign up ', 'signing up '], [' alerts', ' newsletter']]
    >>> required_literals(r"\\d+\\w+")
    ()
    """
    exact, needed = _sequence(parse(pattern))
    return _usable([*needed, exact])


def literals_by_way(pattern: str) -> list[tuple[Literals, ...]]:
    """Return what ``required_literals`` would of each way to match: whatever matches, does so in one of these ways.

    Ways come from the largest choices between parts, and are few. Raises ``re.error`` as it does.

    >>> ways = literals_by_way(r"sign up.*now|read .*(?:more|next)")
    >>> sorted([sorted(one) for one in way] for way in ways)
    [[['read '], ['more', 'next']], [['sign up'], ['now']]]
    """
    return [_usable([*needed, exact]) for exact, needed in map(_sequence, _ways(parse(pattern), _MOST_WAYS))]


def _ways(nodes: Iterable[Any], most: int) -> list[list[Any]]:
    """A sequence with its choices made, in each way; a choice that has few exact strings, or too many, is left open."""
    nodes = _without_groups(nodes)
    open_ = [i for i, (kind, value) in enumerate(nodes) if kind is op.BRANCH and len(value[1]) <= most]
    open_ = [i for i in open_ if _node(nodes[i])[0] is None]
    if not open_:
        return [nodes]
    at = max(open_, key=lambda i: len(nodes[i][1][1]))
    choices = nodes[at][1][1]
    left = most // len(choices)
    return [way for choice in choices for way in _ways([*nodes[:at], *choice, *nodes[at + 1 :]], left)]


def _without_groups(nodes: Iterable[Any]) -> list[Any]:
    plain: list[Any] = []
    for kind, value in nodes:
        plain += _without_groups(value[-1]) if kind is op.SUBPATTERN else [(kind, value)]
    return plain


def leading_literals(pattern: str) -> Literals:
    """Return lower-case first words, or beginnings of them, with one of which every match of ``pattern`` begins.

    One that ends in a space is a whole word. Empty if nothing is known of the beginning, or there are too many.

    >>> sorted(leading_literals(r"(?:sign|log) (?:up|in) \\w+"))
    ['log ', 'sign ']
    >>> sorted(leading_literals(r"read.*|see \\d"))
    ['read', 'see ']
    """
    leading = frozenset(word.replace(EDGE, "") for word in _leading(parse(pattern)))
    return frozenset() if "" in leading or len(leading) > _MOST_LEADING else leading


def _leading(nodes: Any) -> Literals:
    """The first words that a sequence can begin with, cut off behind their space; at worst the empty string."""
    done: Literals = frozenset()
    unfinished: Literals = frozenset({""})
    for kind, value in nodes:
        exact, _ = _node((kind, value))
        optional = exact is None and kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] == 0
        part = _leading_of_node(kind, value) if exact is None else exact
        words = frozenset(_first_word(a + b) for a, b in product(unfinished, part))
        if len(done | words) > _MOST_LEADING:
            break  # What is known of the beginning by now holds as well.
        finished = frozenset(word for word in words if word.endswith(" "))
        if optional:  # what it begins with may come, and may not
            done |= words
            continue
        done |= finished
        unfinished = words - finished
        if exact is None or not unfinished:
            break
    return done | unfinished


def _first_word(text: str) -> str:
    word, space, _ = text.partition(" ")
    return word + space


def _leading_of_node(kind: Any, value: Any) -> Literals:
    if kind is op.SUBPATTERN:
        return _leading(value[-1])
    if kind is op.BRANCH:
        return frozenset().union(*(_leading(branch) for branch in value[1]))
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        return _leading(value[2])
    return frozenset({""})


@lru_cache(maxsize=64)  # an expression is asked about several times in a row
def parse(pattern: str) -> Any:
    """Return what Python's parser makes of a pattern in RE2 syntax. Raises ``re.error`` if it cannot be read."""
    readable = _UNICODE_CLASS.sub(r"\\w", pattern).replace(r"\z", r"\Z")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of sets whose meaning Python may change, and RE2 will not
        return _parser.parse(readable)


def _rank(literals: Literals) -> tuple[int, int, list[str]]:
    """Longer is rarer; blanks at the ends make no word rarer."""
    return min(len(literal.strip(f" {EDGE}")) for literal in literals), -len(literals), sorted(literals)


def _usable(parts: Iterable[Literals | None]) -> tuple[Literals, ...]:
    """The given sets, the most selective first; a set with an empty string selects nothing."""
    return tuple(sorted((p for p in parts if p and all(x.strip(EDGE) for x in p)), key=_rank, reverse=True))


def without_edges(literals: Literals) -> Literals:
    """The literals as they stand in a text: of each the longest part between edges.

    >>> sorted(without_edges(frozenset({EDGE + "sign up" + EDGE})))
    ['sign up']
    """
    return frozenset(max(literal.split(EDGE), key=len) for literal in literals)


Needed = tuple[Literals, ...]


def _sequence(nodes: Any) -> tuple[Literals | None, Needed]:
    """(every string the nodes match, or None if there are too many; the literals they need besides)."""
    found: list[Literals | None] = []
    exact: Literals = frozenset({""})
    closed = False
    for part, needed in _parts(nodes):
        if part is not None:
            joined = frozenset(a + b for a, b in product(exact, part))
            if len(joined) <= _MOST:
                exact = joined
                continue
            # Too many to write out together, but where one side is a blank, the other knows its edge.
            before = EDGE if all(part) and not any(b[0].isalnum() for b in part) else ""
            after = EDGE if all(exact) and not any(a[-1].isalnum() for a in exact) else ""
            exact, part = frozenset(a + before for a in exact), frozenset(after + b for b in part)
        found += [exact, *needed]
        closed = True
        exact = part if part is not None else frozenset({""})
    if closed:
        return None, _usable([*found, exact])
    return exact, ()


def _parts(nodes: Any) -> Iterator[tuple[Literals | None, Needed]]:
    """What is known of each node; characters in a row, as most nodes are, come as one string."""
    run = ""
    for node in nodes:
        if node[0] is op.LITERAL:
            run += chr(node[1]).lower()
            continue
        if run:
            yield frozenset({run}), ()
            run = ""
        yield _node(node)
    if run:
        yield frozenset({run}), ()


def _node(node: tuple[Any, Any]) -> tuple[Literals | None, Needed]:
    kind, value = node
    if kind is op.LITERAL:
        return frozenset({chr(value).lower()}), ()
    if kind is op.AT:
        return frozenset({"" if value is op.AT_NON_BOUNDARY else EDGE}), ()
    if kind is op.IN and len(value) <= 4 and all(k is op.LITERAL for k, _ in value):
        return frozenset(chr(v).lower() for _, v in value), ()
    if kind is op.SUBPATTERN:
        return _sequence(value[-1])
    if kind is op.BRANCH:
        return _branch([_sequence(branch) for branch in value[1]])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
        low, high, inner = value
        exact, needed = _sequence(inner)
        if low == 0:
            return (exact | {""}, ()) if high == 1 and exact is not None else (None, ())
        return (exact, needed) if high == 1 else (None, _usable([*needed, exact]))
    return None, ()


def _branch(parts: list[tuple[Literals | None, Needed]]) -> tuple[Literals | None, Needed]:
    exacts = [exact for exact, _ in parts if exact is not None]
    if len(exacts) == len(parts):
        union: Literals = frozenset().union(*exacts)
        if len(union) <= _MOST:
            return union, ()
    best = [_usable([exact, *needed]) for exact, needed in parts]
    if all(best):
        return None, (frozenset().union(*(b[0] for b in best)),)
    return None, ()
