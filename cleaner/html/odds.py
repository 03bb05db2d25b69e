"""Logits in thousandths as probabilities, by tables, so that every machine gives the same."""

import numpy as np
from numpy.typing import NDArray

from cleaner.learned.stack import Array

_STEP = 20
_TOP = 8000
_GRID = 1 / (1 + np.exp(-np.arange(-_TOP, _TOP + 1, _STEP) / 1000))
_PROBABILITIES = np.round(_GRID, 4)
_THOUSANDTHS = np.rint(1000 * _GRID).astype(np.int64)


def probabilities(scores: Array) -> NDArray[np.float64]:
    """Probabilities (0-1) with four decimals.

    >>> probabilities(np.array([-9000, 0, 1000])).tolist()
    [0.0003, 0.5, 0.7311]
    """
    return _PROBABILITIES[_places(scores)]


def thousandths(scores: Array) -> Array:
    """Probabilities in thousandths.

    >>> thousandths(np.array([-9000, 0, 1000])).tolist()
    [0, 500, 731]
    """
    return _THOUSANDTHS[_places(scores)]


def _places(scores: Array) -> Array:
    return np.clip(scores + _TOP, 0, 2 * _TOP) // _STEP
