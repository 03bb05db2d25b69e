"""Linear scores over hashed n-grams."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.learned.stack import Array

#: n-grams fall into so many buckets, as a power of two.
BITS = 18
#: n-grams of one kind: the bucket of each, and the unit that it stands in; units rise.
Buckets = tuple[Array, Array]


@dataclass(frozen=True)
class Weights:
    """Linear scores over hashed n-grams: for each bucket a weight a score, and the square of its rarity.

    A unit's score is the sum of its buckets' weights over the root of the sum of their squares: the cosine form of
    tf-idf, without a pass over the distinct n-grams. Sums are integers, root and division are exact by IEEE 754.
    """

    names: tuple[str, ...]
    table: NDArray[np.int8]
    scales: NDArray[np.float64]
    biases: NDArray[np.float64]
    squares: NDArray[np.uint8]

    def scores(self, grams: Sequence[Buckets], size: int) -> dict[str, Array]:
        """Every score of each of ``size`` units, in thousandths of a logit."""
        shift = BITS + 1 - len(self.table).bit_length()
        sums = np.zeros((size, len(self.names)), dtype=np.int64)
        squares = np.zeros((size, 1), dtype=np.int64)
        for buckets, units in grams:
            if len(units):
                starts = np.flatnonzero(np.diff(units, prepend=-1))
                present = units[starts]
                sums[present] += _sums(self.table.take(buckets >> shift, axis=0), starts)
                squares[present] += _sums(self.squares.take(buckets)[:, None], starts)
        lengths = np.sqrt(np.maximum(squares, 1).astype(np.float64))
        values = np.rint(sums * self.scales / lengths + self.biases).astype(np.int64)
        return {name: values[:, number] for number, name in enumerate(self.names)}


def _sums(values: NDArray[Any], starts: Array) -> Array:
    """Sums of the rows from each start to the next; starts rise."""
    return np.add.reduceat(values, starts, axis=0, dtype=np.int64)
