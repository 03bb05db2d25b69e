"""An expression as a program for the native core: what to look for next, and where to go on (Thompson, 1968).

A program is a row of 32-bit integers in the machine's byte order:

- ``FORMAT``, and the numbers of: instructions, the first instruction, cuts, kinds, sets;
- two integers for each instruction: ``operation + 8 * argument``, and ``next + 65536 * times``;
- the cuts: code points, rising from 0, at which a stretch of characters begins that no set tells apart;
- the kind of each stretch: characters of one kind are in the same sets;
- the sets, as bits by kind, each filled up to 32: first the characters of words, then those that the instructions name.

The argument of ``CHARS`` and ``UP_TO`` is a set, of ``EITHER`` another instruction to go on with, of ``EDGE`` an
``Edge``. ``UP_TO`` stands for no character of the set, or for one up to so many ``times``; the native core writes it
out when it needs it.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from cleaner.matching.classes import ANY, WORDS, Ranges
from cleaner.matching.programformat import FORMAT
from cleaner.matching.syntax import At, Chain, Chars, Choice, Edge, Node, Repeat, UnsupportedError, parse

_MOST_INSTRUCTIONS = 10_000
_MOST_KINDS = 255
_WORD_BITS = 32

# What an instruction does, numbered as in ``cleaner/native/expression_program.hpp``. No enumeration: its
# members are slow to hash.
_MATCH, _CHARS, _EITHER, _EDGE, _UP_TO = range(5)
_Instruction = tuple[int, int, int, int]  # operation, argument, the next instruction, times


@dataclass(frozen=True, slots=True)
class Program:
    """An expression, translated; ``data`` is what the native core takes."""

    data: bytes


def program(expression: str, *, case: bool) -> Program | None:
    """Translate an expression in RE2's syntax, which RE2 accepts; nothing if it holds what the native core has not.

    That is: lines within a text (the flag ``m``), single bytes, more than 10 000 instructions or 255 kinds of
    characters, and matches inside a character, of which RE2 finds some with ``\\B``.

    >>> program(r"(?m)^a", case=True) is None
    True
    >>> len(program(r"read more", case=False).data)
    336
    """
    try:
        code = _Code()
        code.start = code.add(parse(expression, case=case), code.emit(_MATCH, 0, 0))
        if code.matches_inside_a_character():
            return None
        return Program(code.data())
    except (UnsupportedError, RecursionError):
        return None


def dump(programs: Sequence[Program | None]) -> bytes:
    """Many programs in one piece, for ``expressions`` of the native core: their number, where each ends, and they.

    Where one is missing, nothing stands.

    >>> array("i", dump([None, None])).tolist()
    [2, 0, 0]
    """
    bodies = [one.data if one else b"" for one in programs]
    size = array("i").itemsize
    ends = accumulate(len(body) // size for body in bodies)
    return array("i", [len(bodies), *ends]).tobytes() + b"".join(bodies)


class _Code:
    """Instructions, written from the end of the expression to its beginning; equal ones are written once."""

    def __init__(self) -> None:
        self.start = 0
        self._instructions: list[_Instruction] = []
        self._known: dict[_Instruction, int] = {}
        self._sets: dict[Ranges, int] = {}  # numbered from 1; 0 is the set of words
        self._size = 0

    def emit(self, operation: int, argument: int, following: int, times: int = 0) -> int:
        """The index of an instruction. Raises ``UnsupportedError`` if there are too many."""
        instruction = operation, argument, following, times
        index = self._known.get(instruction)
        if index is None:
            index = self._known[instruction] = self._append(instruction)
        return index

    def _append(self, instruction: _Instruction) -> int:
        self._size += instruction[3] or 1
        if self._size > _MOST_INSTRUCTIONS:
            raise UnsupportedError("too many instructions")
        self._instructions.append(instruction)
        return len(self._instructions) - 1

    def add(self, node: Node, following: int) -> int:
        """Write the instructions of a node that go on with ``following``; where they begin."""
        if isinstance(node, Chars):
            return self.emit(_CHARS, self._number(node), following)
        if isinstance(node, Chain):
            for part in reversed(node.parts):
                following = self.add(part, following)
            return following
        if isinstance(node, Choice):
            return self._either(self.add(branch, following) for branch in node.branches)
        if isinstance(node, At):
            return self.emit(_EDGE, int(node.edge), following)
        return self._repeated(node, following)

    def _number(self, node: Chars) -> int:
        return self._sets.setdefault(node.ranges, len(self._sets) + 1)

    def _either(self, beginnings: Iterable[int]) -> int:
        first, *others = dict.fromkeys(beginnings)
        for other in others:
            first = self.emit(_EITHER, first, other)
        return first

    def _repeated(self, node: Repeat, following: int) -> int:
        if node.most is None:
            loop = self._append((_EITHER, following, following, 0))
            inner = self.add(node.part, loop)
            self._instructions[loop] = _EITHER, inner, following, 0
            return self._copied(node.part, node.least - 1, inner) if node.least else loop
        begin = following
        if isinstance(node.part, Chars) and node.most > node.least:
            begin = self.emit(_UP_TO, self._number(node.part), following, node.most - node.least)
            return self._copied(node.part, node.least, begin)
        for _ in range(node.most - node.least):
            longer = self._either((self.add(node.part, begin), following))
            if longer == begin:  # the part is empty
                break
            begin = longer
        return self._copied(node.part, node.least, begin)

    def _copied(self, part: Node, times: int, following: int) -> int:
        for _ in range(times):
            begin = self.add(part, following)
            if begin == following:
                break
            following = begin
        return following

    def matches_inside_a_character(self) -> bool:
        """Whether RE2, which works on bytes, may find an empty match between two bytes of one character."""
        return self._reaches_match(Edge.NOT_WORD) and not self._reaches_match()

    def _reaches_match(self, *edges: Edge) -> bool:
        """Whether the end can be reached from the beginning without a character, at such edges alone."""
        waiting, seen = [self.start], {self.start}
        while waiting:
            operation, argument, following, _ = self._instructions[waiting.pop()]
            if operation == _MATCH:
                return True
            goes_on = {argument, following} if operation == _EITHER else set()
            if operation == _UP_TO or (operation == _EDGE and argument in edges):
                goes_on = {following}
            waiting += goes_on - seen
            seen |= goes_on
        return False

    def data(self) -> bytes:
        """The program, as the module's docstring has it. Raises ``UnsupportedError`` if there are too many kinds."""
        uses_words = any(
            operation == _EDGE and argument in (Edge.WORD, Edge.NOT_WORD)
            for operation, argument, *_ in self._instructions
        )
        sets = [WORDS if uses_words else (), *self._sets]
        cuts, kinds, members = _kinds(sets)
        words = [FORMAT, len(self._instructions), self.start, len(cuts), len(members), len(sets)]
        for operation, argument, following, times in self._instructions:
            words += operation + 8 * argument, following + 65536 * times
        return array("i", words + cuts + kinds).tobytes() + b"".join(_bits(sets, members))


def _kinds(sets: Sequence[Ranges]) -> tuple[list[int], list[int], list[int]]:
    """Cuts; the kind of the stretch behind each; of each kind the sets that it is in, as bits by set."""
    changes: defaultdict[int, int] = defaultdict(int, {0: 0})
    for number, ranges in enumerate(sets):
        for low, high in ranges:
            changes[low] ^= 1 << number
            changes[high + 1] ^= 1 << number
    cuts: list[int] = []
    kinds: list[int] = []
    known: dict[int, int] = {}
    within = 0
    for place in sorted(changes):
        if place > ANY[0][1]:
            break
        within ^= changes[place]
        kind = known.setdefault(within, len(known))
        if not kinds or kinds[-1] != kind:
            cuts.append(place)
            kinds.append(kind)
    if len(known) > _MOST_KINDS:
        raise UnsupportedError("too many kinds of characters")
    return cuts, kinds, list(known)


def _bits(sets: Sequence[Ranges], members: Sequence[int]) -> Iterable[bytes]:
    """Of each set, which kinds are in it."""
    size = -(-len(members) // _WORD_BITS) * _WORD_BITS // 8
    rows = [0] * len(sets)
    for kind, within in enumerate(members):
        while within:
            lowest = within & -within
            rows[lowest.bit_length() - 1] |= 1 << kind
            within ^= lowest
    return (_in_words(row, size) for row in rows)


def _in_words(bits: int, size: int) -> bytes:
    words = [bits >> shift & 0xFFFFFFFF for shift in range(0, size * 8, _WORD_BITS)]
    return array("I", words).tobytes()
