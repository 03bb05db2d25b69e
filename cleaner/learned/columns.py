"""What a line looks like, where it stands, and how it fits its document: integer columns for the trees.

Shares are per thousand. Only lines that are not blank have a row. All of it is integer arithmetic, so that the same
text gives the same columns on every machine; trees don't mind the scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.learned.alphabet import Kind
from cleaner.learned.grams import Block, Hashes, Tokens
from cleaner.learned.stack import FAR, Array, Stack, apart
from cleaner.learned.units import MOST_GAP

#: A line of so many words, or half as many with a final mark, looks like running text.
_PROSE_WORDS = 24
_LONG_WORD = 4
_NEAR = (1, 2, 3)

_LETTERS = (Kind.LOWER, Kind.UPPER, Kind.LETTER, Kind.SINGLE)
_COUNTED = (
    Kind.FINAL,
    Kind.COMMA,
    Kind.QUESTION,
    Kind.EXCLAMATION,
    Kind.COLON,
    Kind.QUOTE,
    Kind.BRACKET,
    Kind.BAR,
    Kind.DASH,
    Kind.MONEY,
    Kind.AT,
    Kind.BULLET,
    Kind.SYMBOL,
    Kind.ELLIPSIS,
    Kind.COPYRIGHT,
    Kind.DIGIT,
)
_KINDS = len(Kind)
_Columns = dict[str, Array]


@dataclass(frozen=True)
class Lines:
    """The lines of a document that are not blank, as numbers; ``gaps`` counts the blank lines before each."""

    counts: Array  # one row a line, one column a ``Kind``
    first: Array
    last: Array
    second: Array
    tokens: Tokens
    gaps: Array

    def __len__(self) -> int:
        return len(self.first)

    @classmethod
    def of(cls, parts: Sequence[tuple[Block, Tokens]], gaps: Sequence[int]) -> "Lines":
        """Put the blocks of a document together."""
        counts, edges, tokens = [], [], []
        for block, found in parts:
            counts.append(np.bincount(block.line_of[:-1] * _KINDS + block.kinds[:-1], minlength=block.count * _KINDS))
            breaks = np.flatnonzero(block.kinds == Kind.BREAK)
            starts, ends = breaks[:-1] + 1, breaks[1:]
            kinds = block.kinds
            edges.append((kinds[starts], kinds[ends - 1], kinds[np.minimum(starts + 1, ends)]))
            tokens.append(found)
        offsets = [block.first for block, _ in parts]
        first, last, second = (np.concatenate([e[i] for e in edges]).astype(np.int64) for i in range(3))
        return cls(
            np.concatenate(counts).reshape(-1, _KINDS).astype(np.int64),
            first,
            last,
            second,
            Tokens(
                np.concatenate([t.hashes for t in tokens]),
                np.concatenate([t.lines + o for t, o in zip(tokens, offsets, strict=True)]),
                np.concatenate([t.lengths for t in tokens]),
                np.concatenate([t.upper for t in tokens]),
                np.concatenate([t.single for t in tokens]),
            ),
            np.asarray(gaps, dtype=np.int64),
        )


def columns(lines: Lines, stack: Stack, titles: Sequence[Hashes]) -> _Columns:
    """Every column, by name; ``titles`` holds the hashes of the words of each document's title, or nothing."""
    shape = _shape(lines)
    return {**shape, **_place(lines, stack, shape), **_fit(lines, stack, shape, titles)}


def _per_thousand(part: Array, whole: Array) -> Array:
    return part * 1000 // np.maximum(whole, 1)


def _sum_by_line(lines: Array, values: NDArray[np.int64] | NDArray[np.bool_], count: int) -> Array:
    return np.bincount(lines, weights=values, minlength=count).astype(np.int64)


def _shape(lines: Lines) -> _Columns:
    counts, tokens, size = lines.counts, lines.tokens, len(lines)
    letters = counts[:, _LETTERS].sum(axis=1)
    characters = counts.sum(axis=1) - counts[:, Kind.BREAK]
    ones = np.ones(len(tokens.lines), dtype=np.int64)
    singles = _sum_by_line(tokens.lines, tokens.single, size)
    words = _sum_by_line(tokens.lines, ones, size) - singles + singles // 2
    upper_words = _sum_by_line(tokens.lines, tokens.upper, size)
    final = np.isin(lines.last, (Kind.FINAL, Kind.QUESTION, Kind.EXCLAMATION)) | (
        np.isin(lines.last, (Kind.QUOTE, Kind.BRACKET)) & (counts[:, Kind.FINAL] > 0)
    )
    prose = (words >= _PROSE_WORDS) | (final & (words * 2 >= _PROSE_WORDS))
    result = {
        "characters": characters,
        "words": words,
        "word_length": _per_thousand(letters, words),
        "upper": _per_thousand(counts[:, Kind.UPPER], letters),
        "upper_words": _per_thousand(upper_words, words),
        "unspaced": _per_thousand(counts[:, Kind.SINGLE], characters),
        "caseless": _per_thousand(counts[:, Kind.LETTER], characters),
        "letters": _per_thousand(letters, characters),
        "short_words": _per_thousand(_sum_by_line(tokens.lines, tokens.lengths <= 3, size), words),
        "first": lines.first,
        "second": lines.second,
        "last": lines.last,
        "final": final.astype(np.int64),
        "prose": prose.astype(np.int64),
    }
    for kind in _COUNTED:
        result[f"{kind.name.lower()}s"] = counts[:, kind]
    return result


def _place(lines: Lines, stack: Stack, shape: _Columns) -> _Columns:
    words, prose, gaps = shape["words"], shape["prose"], lines.gaps
    places, short, prose_words = stack.places, 1 - prose, prose * words
    total, before = stack.total(words), stack.before(words)
    starts = stack.highest_above(np.where(stack.shifted(short, 1, -1) != short, np.arange(len(stack)), -1))
    ends = -stack.highest_below(-np.where(stack.shifted(short, -1, -1) != short, np.arange(len(stack)), len(stack)))
    result = {
        "lines": stack.sizes,
        "document_words": total,
        "document_prose": stack.total(prose),
        "document_prose_share": _per_thousand(stack.total(prose_words), total),
        "from_start": places,
        "from_end": stack.sizes - 1 - places,
        "place": _per_thousand(before, total),
        "words_before": before,
        "words_after": total - before - words,
        "prose_before": stack.before(prose),
        "prose_after": stack.total(prose) - stack.before(prose) - prose,
        "prose_words_after": stack.total(prose_words) - stack.before(prose_words) - prose_words,
        "since_prose": stack.distance_back(prose, FAR),
        "until_prose": stack.distance_ahead(prose, FAR),
        "run": (ends - starts + 1) * np.where(short > 0, 1, -1),
        "in_run": np.arange(len(stack)) - starts,
        "gap": gaps,
        "gap_after": stack.shifted(gaps, -1, MOST_GAP),
    }
    for name in ("words", "final", "first", "last", "digits", "upper_words", "prose"):
        for near in _NEAR if name in ("words", "prose") else _NEAR[:1]:
            result[f"{name}-{near}"] = stack.shifted(shape[name], near, -1)
            result[f"{name}+{near}"] = stack.shifted(shape[name], -near, -1)
    return result


def _fit(lines: Lines, stack: Stack, shape: _Columns, titles: Sequence[Hashes]) -> _Columns:
    """How far a line shares the document's words: the long ones, the capitalised ones, the title's."""
    size, tokens = len(lines), lines.tokens
    own = apart(tokens.hashes, stack.number[tokens.lines])
    long = (tokens.lengths >= _LONG_WORD) & ~tokens.single
    hashes, inverse = np.unique(own, return_inverse=True)
    pairs = np.unique(inverse * size + tokens.lines)
    pair_word, pair_line = pairs // size, pairs % size
    everywhere = np.bincount(pair_word, minlength=len(hashes))
    in_prose = np.bincount(pair_word, weights=shape["prose"][pair_line], minlength=len(hashes)).astype(np.int64)
    own_prose = shape["prose"][tokens.lines]
    elsewhere = everywhere[inverse] > 1
    elsewhere_prose = in_prose[inverse] > own_prose
    line_start = np.concatenate((np.ones(1, np.bool_), np.diff(tokens.lines) > 0))[: len(tokens.lines)]
    names = tokens.upper & ~line_start

    def share(of: NDArray[np.bool_], having: NDArray[np.bool_]) -> Array:
        whole = _sum_by_line(tokens.lines, of, size)
        part = _sum_by_line(tokens.lines, of & having, size)
        return np.where(whole > 0, _per_thousand(part, whole), -1)

    title_sizes = np.array([len(title) for title in titles], dtype=np.int64)
    title_words = apart(np.concatenate(titles), np.repeat(np.arange(len(titles)), title_sizes))
    # A line's words in any order, so that the same line again is known.
    sums = np.zeros(size, dtype=np.uint64)
    np.add.at(sums, tokens.lines, tokens.hashes)
    _, same, times = np.unique(apart(sums, stack.number), return_inverse=True, return_counts=True)
    first = np.full(len(times), size)
    np.minimum.at(first, same, np.arange(size))
    return {
        "shared": share(long, elsewhere),
        "shared_prose": share(long, elsewhere_prose),
        "names": _sum_by_line(tokens.lines, names, size),
        "names_shared": share(names, elsewhere),
        "names_shared_prose": share(names, elsewhere_prose),
        "longs": _sum_by_line(tokens.lines, long, size),
        "in_title": share(long, np.isin(own, title_words)),
        "title_words": title_sizes[stack.number],
        "times": np.where(shape["words"] > 0, times[same], 0),
        "again": (first[same] < np.arange(size)).astype(np.int64),
    }
