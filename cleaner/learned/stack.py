"""Rows of several documents in one array: sums, neighbours and running extremes that stop where a document does.

Documents are judged many at a time, because numpy's cost for a small array is that of a call. Every function gives a
document's rows what it would give them if the document stood alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.int64]

#: The distance to a flagged row where there is none.
FAR = 99

#: Values that running extremes are taken of are smaller than this, so that documents can be told apart by adding it.
_APART = 1 << 44
_ODD = np.uint64(0x9FB21C651E98DF25)


@dataclass(frozen=True)
class Stack:
    """Where the documents lie in the rows.

    For every row: the ``number`` of its document, and the ``first`` row and the row behind the last (``end``) of it.
    """

    number: Array
    first: Array
    end: Array

    @classmethod
    def of(cls, sizes: Sequence[int]) -> "Stack":
        """Documents of so many rows each, one after the other.

        >>> Stack.of([2, 1]).first.tolist()
        [0, 0, 2]
        """
        ends = np.cumsum(np.asarray(sizes, dtype=np.int64))
        number = np.repeat(np.arange(len(sizes)), sizes)
        return cls(number, (ends - np.asarray(sizes, dtype=np.int64))[number], ends[number])

    def __len__(self) -> int:
        return len(self.number)

    @property
    def places(self) -> Array:
        """The number of each row in its document, from 0."""
        return np.arange(len(self)) - self.first

    @property
    def sizes(self) -> Array:
        """How many rows each row's document has."""
        return self.end - self.first

    def total(self, values: Array) -> Array:
        """The sum over the document, for each of its rows."""
        sums = running(values)
        return sums[self.end] - sums[self.first]

    def before(self, values: Array) -> Array:
        """The sum over the document's rows above each row.

        >>> Stack.of([2, 2]).before(np.array([1, 2, 3, 4])).tolist()
        [0, 1, 0, 3]
        """
        sums = running(values)
        return sums[:-1] - sums[self.first]

    def shifted(self, values: Array, by: int, outside: int) -> Array:
        """The value of the row ``by`` rows above (below, if negative); ``outside`` where the document has none.

        >>> Stack.of([2, 2]).shifted(np.array([1, 2, 3, 4]), 1, -1).tolist()
        [-1, 1, -1, 3]
        """
        result = np.full(len(self), outside, dtype=np.int64)
        places = np.arange(len(self)) - by
        inside = (places >= self.first) & (places < self.end)
        result[inside] = values[places[inside]]
        return result

    def highest_above(self, values: Array) -> Array:
        """The highest value from the document's first row to each row, itself included.

        >>> Stack.of([2, 2]).highest_above(np.array([5, 2, 3, 4])).tolist()
        [5, 5, 3, 4]
        """
        apart = self.number * _APART
        return np.maximum.accumulate(values + apart) - apart

    def highest_below(self, values: Array) -> Array:
        """The highest value from each row, itself included, to the document's last.

        >>> Stack.of([2, 2]).highest_below(np.array([5, 7, 3, 4])).tolist()
        [7, 7, 4, 4]
        """
        apart = -self.number * _APART
        return np.maximum.accumulate((values + apart)[::-1])[::-1] - apart

    def distance_back(self, flags: Array, farthest: int) -> Array:
        """How many rows above the last flagged one stands; ``farthest`` if there is none, or none nearer.

        >>> Stack.of([3, 2]).distance_back(np.array([1, 0, 0, 0, 0]), 9).tolist()
        [9, 1, 2, 9, 9]
        """
        places = np.arange(len(self))
        last = np.maximum.accumulate(np.where(flags > 0, places, -1))
        before = np.concatenate((np.full(1, -1), last[:-1]))[: len(self)]
        return np.where(before < self.first, farthest, np.minimum(places - before, farthest - 1))

    def distance_ahead(self, flags: Array, farthest: int) -> Array:
        """How many rows below the next flagged one stands; as ``distance_back``."""
        return self._reversed.distance_back(flags[::-1], farthest)[::-1]

    @property
    def _reversed(self) -> "Stack":
        size = len(self)
        return Stack(self.number[::-1], size - self.end[::-1], size - self.first[::-1])


def apart(hashes: NDArray[np.uint64], numbers: Array) -> NDArray[np.uint64]:
    """Hashes that differ between documents, whose ``numbers`` stand beside them, and agree within one."""
    return hashes + numbers.astype(np.uint64) * _ODD


def running(values: Array) -> Array:
    """Sums of the values before each place, with the sum of all at the end.

    >>> running(np.array([1, 2])).tolist()
    [0, 1, 3]
    """
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(values, dtype=np.int64)))
