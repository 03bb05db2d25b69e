"""Reading an expression in RE2's syntax into a tree.

Only whether a text holds a match matters here, so groups capture nothing, lazy repeats are like greedy ones, and the
branches of a choice have no order.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from cleaner.matching.classes import ANY, PERL, POSIX, Ranges, complement, folded, unicode_class, union

_MOST_COPIES = 1000  # RE2's own limit on a repeat
_MOST_DEPTH = 100  # groups within groups

_PLAIN = re.compile(r"[^\\.^$*+?{}()\[\]|]+")
_BOUNDS = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAMED = re.compile(r"\(\?P?<\w+>")
_POSIX = re.compile(r"\[:(\^?)(\w+):\]")
_UNICODE = re.compile(r"\\([pP])(?:\{(\^?)(\w+)\}|([A-Z]))")
_HEXADECIMAL = re.compile(r"\\x(?:\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2}))")
_OCTAL = re.compile(r"\\(0[0-7]{0,2}|[1-7][0-7]{1,2})")
_CONTROLS = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}


class UnsupportedError(Exception):
    """The expression holds something that is not read here, or that RE2 refuses as well."""


class Edge(IntEnum):
    """A place between two characters."""

    BEGIN = 0
    END = 1
    WORD = 2
    NOT_WORD = 3


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of a set."""

    ranges: Ranges


@dataclass(frozen=True, slots=True)
class At:
    """Nothing, at such an edge."""

    edge: Edge


@dataclass(frozen=True, slots=True)
class Chain:
    """One part after the other; without parts, nothing."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Choice:
    """Any of the branches."""

    branches: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part again and again: ``least`` times, and up to ``most`` times (``None``: without end)."""

    part: "Node"
    least: int
    most: int | None


Node = Chars | At | Chain | Choice | Repeat

_EDGES = {"A": Edge.BEGIN, "z": Edge.END, "b": Edge.WORD, "B": Edge.NOT_WORD}


def parse(expression: str, *, case: bool) -> Node:
    """The tree of an expression; without ``case``, its sets hold all forms of their letters.

    Raises ``UnsupportedError``.

    >>> parse("a+", case=True)
    Repeat(part=Chars(ranges=((97, 97),)), least=1, most=None)
    """
    return _Parser(expression, fold=not case).tree()


def chain(parts: Iterable[Node]) -> Node:
    """The parts one after the other, without chains in chains."""
    flat: list[Node] = []
    for part in parts:
        if isinstance(part, Chain):
            flat += part.parts
        else:
            flat.append(part)
    return flat[0] if len(flat) == 1 else Chain(tuple(flat))


def choice(branches: Iterable[Node]) -> Node:
    """Any of the branches; beginnings that they share are written once, and single characters as one set."""
    flat: list[Node] = []
    for branch in branches:
        flat += branch.branches if isinstance(branch, Choice) else (branch,)
    sets = [branch.ranges for branch in flat if isinstance(branch, Chars)]
    if len(sets) > 1:
        one = Chars(union(pair for ranges in sets for pair in ranges))
        flat = [one, *(branch for branch in flat if not isinstance(branch, Chars))]
    factored = _factored(flat)
    return factored[0] if len(factored) == 1 else Choice(tuple(factored))


def _factored(branches: Sequence[Node]) -> list[Node]:
    """The branches, those with the same beginning as one."""
    groups: dict[Node | None, list[tuple[Node, ...]]] = {}
    for branch in branches:
        parts = branch.parts if isinstance(branch, Chain) else (branch,)
        groups.setdefault(parts[0] if parts else None, []).append(parts)
    return [Chain(()) if beginning is None else _joined(group) for beginning, group in groups.items()]


def _joined(group: list[tuple[Node, ...]]) -> Node:
    """Chains that begin alike, as one node."""
    if len(group) == 1:
        return chain(group[0])
    shared = 1
    while all(len(parts) > shared and parts[shared] == group[0][shared] for parts in group):
        shared += 1
    return chain([*group[0][:shared], choice(chain(parts[shared:]) for parts in group)])


@lru_cache(maxsize=4096)
def _character(code: int, fold: bool) -> Chars:
    ranges = ((code, code),)
    return Chars(folded(ranges) if fold else ranges)


class _Parser:
    """One pass over the expression; flags hold from where they stand to the end of their group."""

    def __init__(self, expression: str, *, fold: bool) -> None:
        self._text = expression
        self._at = 0
        self._depth = 0
        self._fold = fold
        self._dot_all = False

    def tree(self) -> Node:
        tree = self._choice()
        if self._at < len(self._text):
            raise UnsupportedError("a bracket that was not opened")
        return tree

    def _ahead(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self, wanted: str) -> bool:
        found = self._text.startswith(wanted, self._at)
        self._at += len(wanted) * found
        return found

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found:
            self._at = found.end()
        return found

    def _choice(self) -> Node:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        return choice(branches)

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._ahead() not in ("", "|", ")"):
            atoms = self._atoms()
            bounds = self._bounds()
            if bounds:
                if not atoms or self._bounds():
                    raise UnsupportedError("a repeat of nothing, or of a repeat")
                atoms[-1] = Repeat(atoms[-1], *bounds)
            parts += atoms
        return chain(parts)

    def _bounds(self) -> tuple[int, int | None] | None:
        """How often the part before is repeated, if a repeat stands here."""
        if self._ahead() not in ("*", "+", "?", "{"):
            return None
        for sign, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(sign):
                self._take("?")
                return bounds
        found = self._match(_BOUNDS)
        if not found:
            return None
        self._take("?")
        least = int(found[1])
        most = int(found[3]) if found[3] else None if found[2] else least
        if max(least, most or 0) > _MOST_COPIES or (most is not None and most < least):
            raise UnsupportedError("bounds of a repeat")
        return least, most

    def _atoms(self) -> list[Node]:
        """What comes next, of which a repeat repeats the last: several characters of plain text, nothing for flags."""
        ahead = self._ahead()
        if ahead == "(":
            return self._group()
        if ahead == "[":
            return [Chars(self._set())]
        if ahead == "\\":
            return self._escaped()
        if ahead in ("*", "+", "?") or (ahead == "{" and _BOUNDS.match(self._text, self._at)):
            raise UnsupportedError("a repeat of nothing")
        plain = self._match(_PLAIN)
        if plain:
            return [_character(ord(character), self._fold) for character in plain[0]]
        self._at += 1
        if ahead == ".":
            return [Chars(ANY if self._dot_all else complement(((10, 10),)))]
        if ahead in ("^", "$"):
            return [At(Edge.BEGIN if ahead == "^" else Edge.END)]
        return [_character(ord(ahead), self._fold)]

    def _group(self) -> list[Node]:
        before = self._fold, self._dot_all
        flags = self._match(_FLAGS)
        if flags:
            self._set_flags(flags[1], flags[2] or "")
            if flags[3] == ")":
                return []
        elif not self._match(_NAMED):
            self._at += 1
            if self._ahead() == "?":
                raise UnsupportedError("a group of a kind that RE2 has not")
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise UnsupportedError("too many groups within groups")
        inner = self._choice()
        if not self._take(")"):
            raise UnsupportedError("a bracket that is not closed")
        self._depth -= 1
        self._fold, self._dot_all = before
        return [inner]

    def _set_flags(self, on: str, off: str) -> None:
        if "m" in on:
            raise UnsupportedError("the flag m")
        self._fold = ("i" in on or self._fold) and "i" not in off
        self._dot_all = ("s" in on or self._dot_all) and "s" not in off

    def _escaped(self) -> list[Node]:
        if self._take("\\Q"):
            end = self._text.find("\\E", self._at)
            quoted = self._text[self._at :] if end < 0 else self._text[self._at : end]
            self._at += len(quoted) + 2 * (end >= 0)
            return [_character(ord(character), self._fold) for character in quoted]
        edge = _EDGES.get(self._text[self._at + 1 : self._at + 2])
        if edge is not None:
            self._at += 2
            return [At(edge)]
        ranges = self._class()
        return [_character(self._code(), self._fold) if ranges is None else Chars(ranges)]

    def _class(self) -> Ranges | None:
        r"""A class that is written with a backslash, as ``\d`` and ``\pL``, if one stands here."""
        found = self._match(_UNICODE)
        if found:
            try:
                ranges = unicode_class(found[3] or found[4])
            except ValueError:
                raise UnsupportedError(f"no class of Unicode: {found[0]}") from None
            return self._group_of(ranges, negated=(found[1] == "P") != (found[2] == "^"))
        letter = self._text[self._at + 1 : self._at + 2] if self._ahead() == "\\" else ""
        if letter.lower() not in PERL:
            return None
        self._at += 2
        return self._group_of(PERL[letter.lower()], negated=letter.isupper())

    def _group_of(self, ranges: Ranges, *, negated: bool) -> Ranges:
        """A class of many characters: with all forms of its letters, and only then negated, as RE2 does it."""
        whole = folded(ranges) if self._fold else ranges
        return complement(whole) if negated else whole

    def _set(self) -> Ranges:
        """What stands between brackets."""
        self._at += 1
        negated = self._take("^")
        ranges: list[tuple[int, int]] = []
        first = True
        while first or self._ahead() != "]":
            first = False
            ranges += self._member()
        self._at += 1
        return complement(union(ranges)) if negated else union(ranges)

    def _member(self) -> Ranges:
        posix = self._match(_POSIX)
        if posix:
            if posix[2] not in POSIX:
                raise UnsupportedError(f"no such class: {posix[0]}")
            return self._group_of(POSIX[posix[2]], negated=posix[1] == "^")
        ranges = self._class()
        if ranges is not None:
            return ranges
        low = high = self._code()
        if self._ahead() == "-" and self._text[self._at + 1 : self._at + 2] not in ("", "]"):
            self._at += 1
            high = self._code()
        if high < low:
            raise UnsupportedError("a range that ends before it begins")
        return folded(((low, high),)) if self._fold else ((low, high),)

    def _code(self) -> int:
        """The code point of a character, or of an escape that stands for one."""
        if self._ahead() == "":
            raise UnsupportedError("an end where a character should be")
        if self._ahead() != "\\":
            self._at += 1
            return ord(self._text[self._at - 1])
        number = self._match(_HEXADECIMAL)
        octal = None if number else self._match(_OCTAL)
        if number or octal:
            code = int(number[1] or number[2], 16) if number else int(octal[1], 8) if octal else 0
            if code > ANY[0][1]:
                raise UnsupportedError("a code point beyond Unicode")
            return code
        escaped = self._text[self._at + 1 : self._at + 2]
        self._at += 2
        if escaped in _CONTROLS:
            return _CONTROLS[escaped]
        if not escaped or not escaped.isascii() or escaped.isalnum():
            raise UnsupportedError(f"an escape that RE2 has not: \\{escaped}")
        return ord(escaped)
