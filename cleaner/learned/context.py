"""What the lines around one say: neighbours' scores, sums over a few lines, stretches, the rest of the document.

Scores are integers in thousandths of a logit, columns integers as well.
"""

import numpy as np

from cleaner.learned.stack import Array, Stack, running

_NEAR = (1, 2, 3)
_WINDOWS = (2, 4, 8)
_OUTSIDE = -9000
_BARS = (1000, 2000, 3000)


def wide_context(scores: Array, stack: Stack) -> dict[str, Array]:
    """Every column about the scores around each line."""
    sums = running(scores)
    result = _near(scores, sums, stack, _NEAR, _WINDOWS)
    result["mean"] = (sums[stack.end] - sums[stack.first]) // stack.sizes
    result["least_below"] = stack.shifted(-stack.highest_below(-scores), -1, -_OUTSIDE)
    result["most_below"] = stack.shifted(stack.highest_below(scores), -1, _OUTSIDE)
    result["most_above"] = stack.shifted(stack.highest_above(scores), 1, _OUTSIDE)
    return result


def narrow_context(scores: Array, stack: Stack) -> dict[str, Array]:
    """A few columns, for the scores of one category."""
    return _near(scores, running(scores), stack, _NEAR[:1], _WINDOWS[1:2])


def _near(
    scores: Array, sums: Array, stack: Stack, near: tuple[int, ...], windows: tuple[int, ...]
) -> dict[str, Array]:
    places = np.arange(len(stack))
    result: dict[str, Array] = {}
    for by in near:
        result[f"-{by}"] = stack.shifted(scores, by, _OUTSIDE)
        result[f"+{by}"] = stack.shifted(scores, -by, _OUTSIDE)
    for width in windows:
        result[f"above{width}"] = sums[places] - sums[np.maximum(places - width, stack.first)]
        result[f"below{width}"] = sums[np.minimum(places + 1 + width, stack.end)] - sums[places + 1]
    result["rest"] = (sums[stack.end] - sums[places + 1]) // np.maximum(stack.end - places - 1, 1)
    result["before"] = (sums[places] - sums[stack.first]) // np.maximum(places - stack.first, 1)
    return result


def regions(scores: Array, stack: Stack) -> dict[str, Array]:
    """What the scores say of stretches: the best run that holds a line, and whether the article ends above it.

    A comment thread or a list of teasers has many lines that say little each. With a bar added to every score, so that
    a line counts as boilerplate from minus the bar on, ``run`` is the largest sum of any run of lines that holds the
    line (Kadane's algorithm, Bentley 1984, from both sides), and ``cut`` is how much more the lines below the best end
    of the article sum up to if it stands above the line than if it stands below (a change point, as in Page's CUSUM,
    1954).
    """
    result: dict[str, Array] = {}
    for bar in _BARS:
        sums = running(scores + bar)
        above, below = sums[:-1], sums[1:]  # without the line itself, and with it
        lowest_above = -stack.highest_above(-above)
        result[f"run{bar}"] = (below - lowest_above) + (stack.highest_below(below) - above) - scores - bar
        result[f"cut{bar}"] = -stack.highest_below(-below) - lowest_above
    return result
