"""What a line looks like, where it stands, and how it fits its document: integer columns for the trees.

Shares are per thousand. Only lines that are not blank have a row. All of it is integer arithmetic, so that the same
text gives the same columns on every machine; trees don't mind the scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.learned.alphabet import Kind
from cleaner.learned.grams import Array, Block, Hashes, Tokens

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


def columns(lines: Lines, title: Hashes) -> _Columns:
    """Every column, by name; ``title`` holds the hashes of the title's words, or nothing."""
    shape = _shape(lines)
    return {**shape, **_place(lines, shape), **_fit(lines, shape, title)}


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


def _running(values: Array) -> Array:
    """For every place, the sum of the values before it."""
    total = np.cumsum(values)
    return np.concatenate((np.zeros(1, np.int64), total[:-1]))


def _distance_back(flags: Array) -> Array:
    """How many lines above the last flagged one stands; 99 if there is none."""
    places = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags > 0, places, -1))
    before = np.concatenate(([-1], last[:-1]))
    return np.where(before < 0, 99, np.minimum(places - before, 98))


def _place(lines: Lines, shape: _Columns) -> _Columns:
    size = len(lines)
    places = np.arange(size)
    words, prose, gaps = shape["words"], shape["prose"], lines.gaps
    short = 1 - prose
    total = int(words.sum())
    before = _running(words)
    prose_words = prose * words
    after_prose = int(prose_words.sum()) - _running(prose_words) - prose_words
    run = np.cumsum(np.concatenate(([1], np.diff(short) != 0)))
    lengths = np.bincount(run)[run]
    starts = np.concatenate(([0], np.cumsum(np.bincount(run)[1:])))[run - 1]
    result = {
        "lines": np.full(size, size),
        "document_words": np.full(size, total),
        "document_prose": np.full(size, int(prose.sum())),
        "document_prose_share": np.full(size, int(prose_words.sum()) * 1000 // max(total, 1)),
        "from_start": places,
        "from_end": size - 1 - places,
        "place": _per_thousand(before, np.full(size, total)),
        "words_before": before,
        "words_after": total - before - words,
        "prose_before": _running(prose),
        "prose_after": int(prose.sum()) - _running(prose) - prose,
        "prose_words_after": after_prose,
        "since_prose": _distance_back(prose),
        "until_prose": _distance_back(prose[::-1])[::-1],
        "run": lengths * np.where(short > 0, 1, -1),
        "in_run": places - starts,
        "gap": gaps,
        "gap_after": np.concatenate((gaps[1:], [9])),
    }
    for name in ("words", "final", "first", "last", "digits", "upper_words", "prose"):
        for near in _NEAR if name in ("words", "prose") else _NEAR[:1]:
            result[f"{name}-{near}"] = _shifted(shape[name], near)
            result[f"{name}+{near}"] = _shifted(shape[name], -near)
    return result


def _shifted(values: Array, by: int) -> Array:
    """Each line's value of the line ``by`` above it; -1 outside the document."""
    result = np.full(len(values), -1, dtype=np.int64)
    if by > 0:
        result[by:] = values[:-by]
    else:
        result[:by] = values[-by:]
    return result


def _fit(lines: Lines, shape: _Columns, title: Hashes) -> _Columns:
    """How far a line shares the document's words: the long ones, the capitalised ones, the title's."""
    size, tokens = len(lines), lines.tokens
    long = (tokens.lengths >= _LONG_WORD) & ~tokens.single
    hashes, inverse = np.unique(tokens.hashes, return_inverse=True)
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

    in_title = np.isin(tokens.hashes, title)
    # A line's words in any order, so that the same line again is known.
    sums = np.zeros(size, dtype=np.uint64)
    np.add.at(sums, tokens.lines, tokens.hashes)
    _, same, times = np.unique(sums, return_inverse=True, return_counts=True)
    places = np.arange(size)
    first = np.full(int(same.max()) + 1 if size else 0, size)
    np.minimum.at(first, same, places)
    return {
        "shared": share(long, elsewhere),
        "shared_prose": share(long, elsewhere_prose),
        "names": _sum_by_line(tokens.lines, names, size),
        "names_shared": share(names, elsewhere),
        "names_shared_prose": share(names, elsewhere_prose),
        "longs": _sum_by_line(tokens.lines, long, size),
        "in_title": share(long, in_title),
        "title_words": np.full(size, len(title)),
        "times": np.where(shape["words"] > 0, times[same], 0),
        "again": (first[same] < places).astype(np.int64),
    }
