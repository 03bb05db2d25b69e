"""What the lines around one say: neighbours' scores, sums over a few lines, the rest of the document.

Scores are integers in thousandths of a logit, columns integers as well.
"""

import numpy as np

from cleaner.learned.grams import Array

_NEAR = (1, 2, 3)
_WINDOWS = (2, 4, 8)
_OUTSIDE = -9000


def wide_context(scores: Array) -> dict[str, Array]:
    """Every column about the scores around each line."""
    sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(scores)))
    result = _near(scores, sums, _NEAR, _WINDOWS)
    size = len(scores)
    result["mean"] = np.full(size, int(sums[-1]) // max(size, 1))
    lowest = np.minimum.accumulate(scores[::-1])[::-1]
    highest = np.maximum.accumulate(scores[::-1])[::-1]
    so_far = np.maximum.accumulate(scores)
    result["least_below"] = np.concatenate((lowest[1:], [-_OUTSIDE]))
    result["most_below"] = np.concatenate((highest[1:], [_OUTSIDE]))
    result["most_above"] = np.concatenate(([_OUTSIDE], so_far[:-1]))
    return result


def narrow_context(scores: Array) -> dict[str, Array]:
    """A few columns, for the scores of one category."""
    sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(scores)))
    return _near(scores, sums, _NEAR[:1], _WINDOWS[1:2])


def _near(scores: Array, sums: Array, near: tuple[int, ...], windows: tuple[int, ...]) -> dict[str, Array]:
    size = len(scores)
    places = np.arange(size)
    result: dict[str, Array] = {}
    for by in near:
        above = np.full(size, _OUTSIDE, dtype=np.int64)
        above[by:] = scores[:-by]
        below = np.full(size, _OUTSIDE, dtype=np.int64)
        below[:-by] = scores[by:]
        result[f"-{by}"], result[f"+{by}"] = above, below
    for width in windows:
        result[f"above{width}"] = sums[places] - sums[np.maximum(places - width, 0)]
        result[f"below{width}"] = sums[np.minimum(places + 1 + width, size)] - sums[places + 1]
    result["rest"] = (sums[-1] - sums[places + 1]) // np.maximum(size - places - 1, 1)
    result["before"] = sums[places] // np.maximum(places, 1)
    return result
