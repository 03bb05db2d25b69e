"""The lines of a document as numbers: tokens, and hashed words, word pairs, word triples and character n-grams.

Everything is integer arithmetic modulo 2^64, so that a text gives the same numbers on every machine. A hash of any
stretch of text comes from one running sum (Karp and Rabin's rolling hash with an odd base, whose inverse exists).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cleaner.learned.alphabet import Alphabet, Kind
from cleaner.learned.stack import Array

#: Of a longer line only so many characters of its beginning and end are looked at.
LONGEST_BEGINNING = 700
LONGEST_END = 200
#: Blocks of whole lines of about so many characters are hashed at a time.
_BLOCK = 1 << 15

_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_MIX = np.uint64(0xD6E8FEB86659FD93)
_WORD = np.uint64(0xA0761D6478BD642F)
_SECOND = np.uint64(0xE7037ED1A0B428DB)
_THIRD = np.uint64(0x8EBC6AF09C88C6E3)
_FIRST_OF_LINE = np.uint64(0x589965CC75374CC3)
_LAST_OF_LINE = np.uint64(0x1D8E4E27C47D124F)
_CHARACTERS = {3: np.uint64(0x2D358DCCAA6C78A5), 4: np.uint64(0x8BB84B93962EACC9), 5: np.uint64(0x4B33A62ED433D4A3)}

Hashes = NDArray[np.uint64]


@cache
def _powers(length: int) -> tuple[Hashes, Hashes]:
    base = np.full(length, _BASE, dtype=np.uint64)
    inverse = np.full(length, _INVERSE, dtype=np.uint64)
    base[0] = inverse[0] = 1
    return np.cumprod(base, dtype=np.uint64), np.cumprod(inverse, dtype=np.uint64)


@dataclass(frozen=True)
class Tokens:
    """The words of some lines: ``hashes`` of their folded form, the ``lines`` they stand in (from 0, rising),
    their ``lengths`` in characters, and whether their first character is ``upper`` case."""

    hashes: Hashes
    lines: Array
    lengths: Array
    upper: NDArray[np.bool_]
    single: NDArray[np.bool_]


@dataclass(frozen=True)
class Block:
    """Some lines in a row as one array of code points, each line between two breaks."""

    first: int
    count: int
    folded: NDArray[np.uint16]
    kinds: NDArray[np.uint8]
    line_of: Array

    @classmethod
    def of(cls, lines: Sequence[str], first: int, alphabet: Alphabet) -> "Block":
        """Read lines, blanks squeezed; ``first`` is the number of the first of them in the document."""
        codes = alphabet.codes("\n" + "\n".join(lines) + "\n")
        folded = alphabet.folded[codes]
        kinds = alphabet.kinds[codes]
        line_of = np.cumsum(kinds == Kind.BREAK) - 1
        return cls(first, len(lines), folded, kinds, line_of)


def shown(line: str) -> str:
    """What is looked at of a line: blanks squeezed, the middle of a very long one left out."""
    if len(line) > 4 * (LONGEST_BEGINNING + LONGEST_END):
        line = line[: 2 * LONGEST_BEGINNING] + " " + line[-2 * LONGEST_END :]
    squeezed = " ".join(line.split())
    if len(squeezed) <= LONGEST_BEGINNING + LONGEST_END:
        return squeezed
    return squeezed[:LONGEST_BEGINNING] + squeezed[-LONGEST_END:]


def blocks(lines: Sequence[str], alphabet: Alphabet) -> Iterator[Block]:
    """Cut a document's lines into blocks of bounded size."""
    start, size, texts = 0, 0, list[str]()
    for number, line in enumerate(lines):
        text = shown(line)
        if texts and size + len(text) > _BLOCK:
            yield Block.of(texts, start, alphabet)
            start, size, texts = number, 0, []
        texts.append(text)
        size += len(text) + 1
    if texts:
        yield Block.of(texts, start, alphabet)


class Grams:
    """The hashed n-grams of one block."""

    def __init__(self, block: Block) -> None:
        self._block = block
        codes = block.folded.astype(np.uint64)
        powers, self._inverse = _powers(_BLOCK + LONGEST_BEGINNING + LONGEST_END + 8)
        self._sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(codes * powers[: len(codes)], dtype=np.uint64)))
        self.tokens = self._tokens()

    def _tokens(self) -> Tokens:
        kinds = self._block.kinds
        word = ((kinds >= Kind.LOWER) & (kinds <= Kind.LETTER)) | (kinds == Kind.MARK) | (kinds == Kind.DIGIT)
        single = kinds == Kind.SINGLE
        before = np.concatenate((np.zeros(1, np.bool_), word[:-1]))
        after = np.concatenate((word[1:], np.zeros(1, np.bool_)))
        starts = np.flatnonzero((word & ~before) | single)
        ends = np.flatnonzero((word & ~after) | single) + 1
        hashes = (self._sums[ends] - self._sums[starts]) * self._inverse[starts] * _WORD
        hashes ^= hashes >> np.uint64(29)
        return Tokens(
            hashes,
            self._block.line_of[starts],
            ends - starts,
            kinds[starts] == Kind.UPPER,
            kinds[starts] == Kind.SINGLE,
        )

    def features(self, bits: int) -> list[tuple[Array, Array]]:
        """(indexes, lines) of every kind of n-gram: indexes below ``1 << bits``, lines counted in the block, rising."""
        return _bucketed([*self._words(), *map(self._characters, _CHARACTERS)], bits)

    def words(self, bits: int) -> list[tuple[Array, Array]]:
        """As ``features``, without the n-grams of characters."""
        return _bucketed(self._words(), bits)

    def _words(self) -> list[tuple[Hashes, Array]]:
        """Words, pairs and triples of them, and the first and last of each line."""
        tokens = self.tokens
        found = [(tokens.hashes * _MIX, tokens.lines)]
        for distance, multiplier in ((1, _SECOND), (2, _THIRD)):
            if len(tokens.hashes) > distance:
                same = tokens.lines[distance:] == tokens.lines[:-distance]
                chain = tokens.hashes[:-distance] * multiplier
                for step in range(1, distance + 1):
                    end = len(tokens.hashes) - distance + step
                    chain = (chain ^ (chain >> np.uint64(31))) * _MIX + tokens.hashes[step:end]
                found.append(((chain * multiplier)[same], tokens.lines[:-distance][same]))
        if len(tokens.lines):
            change = np.flatnonzero(np.diff(tokens.lines))
            firsts, lasts = np.concatenate(([0], change + 1)), np.concatenate((change, [len(tokens.lines) - 1]))
            found.append((tokens.hashes[firsts] * _FIRST_OF_LINE, tokens.lines[firsts]))
            found.append((tokens.hashes[lasts] * _LAST_OF_LINE, tokens.lines[lasts]))
        return found

    def _characters(self, size: int) -> tuple[Hashes, Array]:
        """N-grams of characters; one that begins or ends a line holds the break there."""
        line_of, kinds = self._block.line_of, self._block.kinds
        last = len(kinds) - size
        if last < 0:
            return np.zeros(0, np.uint64), np.zeros(0, np.int64)
        starts = np.arange(last + 1)
        # A break opens the line it counts to; one as the last character of a gram closes the line before it.
        inside = line_of[starts] == line_of[starts + size - 2]
        starts = starts[inside]
        hashes = (self._sums[starts + size] - self._sums[starts]) * self._inverse[starts] * _CHARACTERS[size]
        return hashes, line_of[starts]


def _bucketed(found: Sequence[tuple[Hashes, Array]], bits: int) -> list[tuple[Array, Array]]:
    shift = np.uint64(64 - bits)
    return [(((h ^ (h >> np.uint64(32))) * _MIX >> shift).astype(np.int64), lines) for h, lines in found]
