"""What a block is made of, as hashed features for a linear score: its words, and the names of the elements around it.

The names are those that page makers give in class and id, whole and by their parts, of the block's element, of the
one around it, and of any up to four levels up; and the tags of up to four levels.
"""

import re
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cleaner.html.blocks import Blocks
from cleaner.learned.alphabet import Alphabet
from cleaner.learned.grams import Grams, blocks
from cleaner.learned.stack import Array
from cleaner.learned.weights import BITS, Buckets

_LEVELS = 4
_PARTS = re.compile(r"[-_]+")
_LONGEST = 40
_MIX = np.uint64(0xD6E8FEB86659FD93)
_ANYWHERE = np.uint64(0xA0761D6478BD642F)
_AT_LEVEL = tuple(map(np.uint64, (0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3, 0x589965CC75374CC3, 0x589965CC75374CC3)))
_TAGS = np.uint64(0x1D8E4E27C47D124F)
_SIZE = np.uint64(0x2D358DCCAA6C78A5)
_MOST_REMEMBERED = 100_000
_remembered: dict[str, tuple[int, ...]] = {}


def wording(page: Blocks, alphabet: Alphabet) -> list[Buckets]:
    """All features of a page's blocks: of each kind the buckets, and the block of each; blocks rise."""
    return [*_text(page, alphabet), *_names(page), _sizes(page)]


def _text(page: Blocks, alphabet: Alphabet) -> Iterator[Buckets]:
    for block in blocks(page.texts, alphabet):
        for buckets, lines in Grams(block).words(BITS):
            yield buckets, lines + block.first


def _names(page: Blocks) -> Iterator[Buckets]:
    """Every name at its level, every name at any level, and the chain of tags up to each level."""
    elements = page.elements
    hashes = [_hashes(names) for names in elements.names]
    counts = np.array([len(some) for some in hashes], dtype=np.int64)
    flat = np.array([h for some in hashes for h in some], dtype=np.uint64) * _MIX
    firsts = np.cumsum(counts) - counts
    tags = np.array(elements.tags, dtype=np.uint64)
    parents = np.array(elements.parents, dtype=np.int64)
    at = np.array(page.owners, dtype=np.int64)
    chain = np.full(len(page), _TAGS)
    for level in range(_LEVELS):
        there = np.flatnonzero(at >= 0)
        number = at[there]
        owners = np.repeat(there, counts[number])
        within = np.arange(len(owners)) - np.repeat(np.cumsum(counts[number]) - counts[number], counts[number])
        found = flat[np.repeat(firsts[number], counts[number]) + within]
        yield _bucketed(found ^ _AT_LEVEL[level]), owners
        yield _bucketed(found ^ _ANYWHERE), owners
        chain[there] = (chain[there] ^ tags[number]) * _MIX + np.uint64(level)
        yield _bucketed(chain[there]), there
        at = np.where(at >= 0, parents[at], -1)


def _sizes(page: Blocks) -> Buckets:
    words = np.array([len(text.split()) for text in page.texts], dtype=np.int64)
    steps = np.minimum(np.where(words < 8, words, 8 + words // 8), 20)
    return _bucketed(steps.astype(np.uint64) * _MIX ^ _SIZE), np.arange(len(page))


def _bucketed(hashes: NDArray[np.uint64]) -> Array:
    mixed = (hashes ^ (hashes >> np.uint64(32))) * _MIX
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)


def _hashes(names: str) -> tuple[int, ...]:
    """Numbers for the names of an element and their parts, each once."""
    known = _remembered.get(names)
    if known is None:
        whole = [name for name in names.split() if 1 < len(name) <= _LONGEST]
        parts = {f"-{part}" for name in whole for part in _PARTS.split(name) if len(part) > 2}
        known = tuple(zlib.crc32(name.encode("utf-8", "replace")) for name in sorted({*whole, *parts}))
        if len(_remembered) < _MOST_REMEMBERED:
            _remembered[names] = known
    return known
