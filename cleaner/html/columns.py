"""A page's blocks as columns of integers for the trees: shape, place, what stands around, and the linear score's say.

Shares are in thousandths. Where blocks are grouped, it is by the element they lie in (0), by those around that one
(1 to 3), and by kind: tag and names of the element and its parent, as the cards of a list have in common.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.html.blocks import AROUND, MARKS, Blocks
from cleaner.html.odds import thousandths
from cleaner.learned.stack import Array, running

_WORD = re.compile(r"\w+")
_NEAR = (1, 2, 3)
_WINDOWS = (3, 8, 20)
_LEVELS = 4
_PROSE_WORDS = 12
_FAR = 999
_LOOKED_AT = 200  # characters
_ENDS = frozenset('.!?…。！？”"’')


@dataclass(frozen=True)
class Evidence:
    """What else is known of a page: which blocks the extractor kept, its title and headings, scores of the blocks.

    ``scores`` are the linear ones in thousandths of a logit that a block is the article's.
    """

    kept: NDArray[np.bool_]
    title: str
    headings: Sequence[str]
    scores: Array


def plain(text: str) -> str:
    """The words of a text in lower case with one space between them: what texts are compared by.

    >>> plain("– The Harbour, again!")
    'the harbour again'
    """
    return " ".join(_WORD.findall(text.lower()))


def columns(page: Blocks, plains: Sequence[str], evidence: Evidence) -> dict[str, Array]:
    """Every column of a page's blocks; ``plains`` are the blocks' texts as ``plain`` gives them."""
    shape = _shape(page, plains)
    result = dict(shape)
    result |= _marks(page)
    result |= _extracted(shape, evidence.kept)
    result |= _titled(page, plains, evidence)
    result["score"] = evidence.scores
    likely = thousandths(evidence.scores)
    groups = _groups(page)
    for name, group in groups.items():
        result |= _shared(name, group, shape, evidence.kept, likely)
    result |= _around(shape, evidence.kept, evidence.scores, likely)
    return result


def _shape(page: Blocks, plains: Sequence[str]) -> dict[str, Array]:
    texts, size = page.texts, len(page)
    elements = page.elements
    owners = np.array(page.owners, dtype=np.int64)
    length = _ints(len(text) for text in texts)
    words = _ints(text.count(" ") + 1 if text else 0 for text in plains)
    ends = _ints(text[-1] in _ENDS for text in texts)
    colon = _ints(text[-1] in ":：" for text in texts)
    looked = np.minimum(length, _LOOKED_AT)
    linked = np.array(page.linked, dtype=np.int64)
    times = Counter(plains)
    prose = ((words >= _PROSE_WORDS) & (ends | colon).astype(bool)).astype(np.int64)
    return {
        "length": length,
        "words": words,
        "ends": ends,
        "colon": colon,
        "linked": _share(linked, length),
        "links": np.array(page.links, dtype=np.int64),
        "strong": _share(np.array(page.strong, dtype=np.int64), length),
        "tag": np.array(elements.tags, dtype=np.int64)[owners],
        "depth": np.array(elements.depths, dtype=np.int64)[owners],
        "commas": _ints(text.count(",") for text in texts),
        "digits": _share(_ints(sum(map(str.isdigit, text[:_LOOKED_AT])) for text in texts), looked),
        "capitals": _share(_ints(sum(map(str.isupper, text[:_LOOKED_AT])) for text in texts), looked),
        "bars": _ints(sum(map(text.count, "|•›»")) for text in texts),
        "copyright": _ints("©" in text for text in texts),
        "times": _ints(times[text] for text in plains),
        "prose": prose,
        "place": np.arange(size),
        "left": size - np.arange(size),
        "share_before": _share(running(length)[:-1], np.full(size, length.sum())),
        "prose_before": _share(running(prose * length)[:-1], np.full(size, max(1, (prose * length).sum()))),
        "total": np.full(size, length.sum()),
    }


def _marks(page: Blocks) -> dict[str, Array]:
    """For each word that names speak of: in how near an element (1: the block's own, 9: none), and elements around."""
    elements = page.elements
    own = np.array(elements.marks, dtype=np.int64)
    parents = np.array(elements.parents, dtype=np.int64)
    at = np.array(page.owners, dtype=np.int64)
    around = np.array(elements.around, dtype=np.int64)[at]
    inner = np.array(page.inner, dtype=np.int64)
    nearest = np.full((len(MARKS), len(page)), 9, dtype=np.int64)
    bits = np.arange(len(MARKS))[:, None]
    nearest[(inner[None, :] >> bits) & 1 > 0] = 0
    level = 1
    while (at >= 0).any():
        marks = np.where(at >= 0, own[at], 0)
        nearest = np.minimum(nearest, np.where((marks[None, :] >> bits) & 1 > 0, min(level, 8), 9))
        at = np.where(at >= 0, parents[at], -1)
        level += 1
    result = {f"name_{name}": nearest[number] for number, name in enumerate(MARKS)}
    return result | {f"in_{name}": (around >> number) & 1 for number, name in enumerate(AROUND)}


def _extracted(shape: Mapping[str, Array], kept: NDArray[np.bool_]) -> dict[str, Array]:
    """What the extractor did."""
    size = len(kept)
    length = shape["length"]
    flags = kept.astype(np.int64)
    solid = np.flatnonzero(kept & (shape["words"] >= _PROSE_WORDS))
    first, last = (int(solid[0]), int(solid[-1])) if len(solid) else (0, size - 1)
    total = (flags * length).sum()
    return {
        "kept": flags,
        "kept_before": _share(running(flags * length)[:-1], np.full(size, max(1, total))),
        "since_first_kept": np.arange(size) - first,
        "since_last_kept": np.arange(size) - last,
        "kept_share": _share(np.full(size, total), np.full(size, length.sum())),
    }


def _titled(page: Blocks, plains: Sequence[str], evidence: Evidence) -> dict[str, Array]:
    """How a block fits the page's title, and where the headline stands."""
    headings = [plain(heading) for heading in evidence.headings]
    title = set(plain(evidence.title).split()).union(*(heading.split() for heading in headings))
    is_headline = _ints(bool(text) and text in headings for text in plains)
    found = np.flatnonzero(is_headline)
    places = np.arange(len(page))
    own = [set(text.split()) for text in plains]
    return {
        "in_title": _ints(1000 * len(words & title) // max(1, len(words)) for words in own),
        "headline": is_headline,
        "since_headline": places - found[0] if len(found) else np.full(len(page), -_FAR),
    }


def _groups(page: Blocks) -> dict[str, Array]:
    """By name of the grouping, the number of each block's group, from 0."""
    elements = page.elements
    parents = np.array(elements.parents, dtype=np.int64)
    at = np.array(page.owners, dtype=np.int64)
    result = {}
    for level in range(_LEVELS):
        result[f"around{level}"] = np.unique(at, return_inverse=True)[1]
        at = np.where(at >= 0, parents[at], -1)
    kinds: dict[tuple[int, str, int, str], int] = {}
    numbers = []
    for owner in page.owners:
        parent = elements.parents[owner]
        above = (elements.tags[parent], elements.names[parent]) if parent >= 0 else (-1, "")
        numbers.append(kinds.setdefault((elements.tags[owner], elements.names[owner], *above), len(kinds)))
    return {**result, "kind": np.array(numbers, dtype=np.int64)}


def _shared(
    name: str, group: Array, shape: Mapping[str, Array], kept: NDArray[np.bool_], likely: Array
) -> dict[str, Array]:
    """What the blocks of a group have together."""
    length = shape["length"]

    def total(values: Array) -> Array:
        return np.bincount(group, weights=values).astype(np.int64)[group]

    whole = np.maximum(total(length), 1)
    probable = total(likely * length // 1000)
    return {
        f"{name}_blocks": total(np.ones_like(length)),
        f"{name}_length": whole,
        f"{name}_share": _share(whole, np.full(len(length), length.sum())),
        f"{name}_linked": total(shape["linked"] * length // 1000) * 1000 // whole,
        f"{name}_prose": total(shape["prose"] * length) * 1000 // whole,
        f"{name}_kept": total(kept * length) * 1000 // whole,
        f"{name}_likely": probable * 1000 // whole,
        f"{name}_likely_share": _share(probable, np.full(len(length), max(1, int((likely * length // 1000).sum())))),
    }


def _around(shape: Mapping[str, Array], kept: NDArray[np.bool_], scores: Array, likely: Array) -> dict[str, Array]:
    """The blocks before and behind."""
    result = {}
    flags, length = kept.astype(np.int64), shape["length"]
    near = {"kept": flags, "length": length, "linked": shape["linked"], "score": scores}
    for name, values in near.items():
        for by in _NEAR:
            result[f"{name}-{by}"], result[f"{name}+{by}"] = _shifted(values, by), _shifted(values, -by)
    for name in ("prose", "words", "tag"):
        result[f"{name}-1"], result[f"{name}+1"] = _shifted(shape[name], 1), _shifted(shape[name], -1)
    places, size = np.arange(len(length)), len(length)
    for width in _WINDOWS:
        first, end = np.maximum(places - width, 0), np.minimum(places + width + 1, size)
        for name, values in (("kept", flags * 1000), ("prose", shape["prose"] * length), ("likely", likely)):
            sums = running(values)
            result[f"{name}_within{width}"] = (sums[end] - sums[first]) // np.maximum(end - first, 1)
        weighed, lengths = running(likely * length // 1000), running(length)
        for side, (a, b) in {"above": (first, places), "below": (np.minimum(places + 1, size), end)}.items():
            result[f"likely_{side}{width}"] = _share(weighed[b] - weighed[a], lengths[b] - lengths[a])
    sums = running(likely * length // 1000)
    result["likely_before"] = _share(sums[:-1], np.full(size, max(1, sums[-1])))
    result["likely_in_all"] = _share(np.full(size, sums[-1]), np.full(size, length.sum()))
    result["likely_length"] = np.full(size, sums[-1])
    runs = running((likely - 500) * length // 1000)
    above = runs[1:] - np.minimum.accumulate(runs)[:-1]
    below = np.maximum.accumulate(runs[::-1])[::-1][1:] - runs[:-1]
    best = max(1, int(above.max(initial=0)))
    result["run"] = above + below - (runs[1:] - runs[:-1])
    result["run_of_best"] = result["run"] * 1000 // best
    return result


def _shifted(values: Array, by: int) -> Array:
    """The value ``by`` blocks before, or behind if negative; -1 beyond the page."""
    result = np.full(len(values), -1, dtype=np.int64)
    if abs(by) < len(values):
        if by > 0:
            result[by:] = values[:-by]
        else:
            result[:by] = values[-by:]
    return result


def _ints(values: Iterable[int]) -> Array:
    return np.fromiter(values, dtype=np.int64)


def _share(part: Array, whole: Array) -> Array:
    """Thousandths, 0 of nothing."""
    return part * 1000 // np.maximum(whole, 1)
