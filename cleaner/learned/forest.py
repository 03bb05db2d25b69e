"""Gradient-boosted trees over integer columns, scored with numpy in integer arithmetic.

The trees are trained with LightGBM; here they are a few arrays. A row goes left where ``column <= threshold``. Values
are integers in thousandths of a logit, so that a sum of them is the same on every machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.learned.stack import Array

_NEVER_RIGHT = np.iinfo(np.int32).max
# After so many trees, a row whose score is at most so low (thousandths of a logit) is given up. Of the labelled units,
# out of fold, that gives up seven in ten and then four in five, and one in a thousand of those that end in a claim.
STAGES = ((8, -2400), (60, -2500))
# So many rows go through the trees at a time; more would leave the processor's caches, and fill the memory.
_ROWS = 512


@dataclass(frozen=True)
class Forest:
    """Nodes of all trees in one row of arrays; a node's right child follows its left one, a leaf is its own child.

    ``values`` holds a node's mean output in thousandths of a logit: the leaves add up to the score, and the steps
    on the way down tell which column moved it (Saabas's path attribution).
    """

    roots: NDArray[np.int32]
    columns: NDArray[np.int16]
    thresholds: NDArray[np.int32]
    left: NDArray[np.int32]
    values: NDArray[np.int32]
    depth: int

    @classmethod
    def of_trees(cls, trees: Sequence[Mapping[str, Any]]) -> "Forest":
        """Flatten the trees of LightGBM's ``dump_model()["tree_info"]``."""
        nodes: list[list[int]] = []
        deepest = 0

        def fill(place: int, node: Mapping[str, Any], depth: int) -> None:
            nonlocal deepest
            deepest = max(deepest, depth)
            if "split_feature" not in node:
                nodes[place] = [0, _NEVER_RIGHT, place, round(1000 * float(node["leaf_value"]))]
                return
            threshold = int(np.floor(float(node["threshold"])))
            value = round(1000 * float(node["internal_value"]))
            nodes[place] = [int(node["split_feature"]), threshold, len(nodes), value]
            left = len(nodes)
            nodes.extend([[], []])
            fill(left, node["left_child"], depth + 1)
            fill(left + 1, node["right_child"], depth + 1)

        roots = []
        for tree in trees:
            roots.append(len(nodes))
            nodes.append([])
            fill(roots[-1], tree["tree_structure"], 0)
        columns, thresholds, left, values = np.array(nodes, dtype=np.int32).T
        return cls(np.array(roots, dtype=np.int32), columns.astype(np.int16), thresholds, left, values, deepest)

    def scores(self, rows: NDArray[np.int32], stages: Sequence[tuple[int, int]] = STAGES) -> Array:
        """The score of every row, in thousandths of a logit.

        A row that the first trees give up is not shown to the others: its score is what it has by then. Each of the
        ``stages`` is a number of trees, and the score at which a row is given up after them.
        """
        result = np.zeros(len(rows), dtype=np.int64)
        for start in range(0, len(rows), _ROWS):
            some = rows[start : start + _ROWS]
            open_rows, done = np.arange(len(some)), 0
            for trees, hopeless in stages:
                result[start + open_rows] += self._sums(some[open_rows], self.roots[done:trees])
                open_rows, done = open_rows[result[start + open_rows] > hopeless], trees
            result[start + open_rows] += self._sums(some[open_rows], self.roots[done:])
        return result

    def _sums(self, rows: NDArray[np.int32], roots: NDArray[np.int32]) -> Array:
        flat = np.ascontiguousarray(rows).ravel()
        offsets = (np.arange(len(rows), dtype=np.int32) * np.int32(rows.shape[1]))[:, None]
        nodes = np.broadcast_to(roots, (len(rows), len(roots)))
        for _ in range(self.depth):
            right = flat.take(offsets + self.columns.take(nodes)) > self.thresholds.take(nodes)
            nodes = self.left.take(nodes) + right
        total: Array = self.values.take(nodes).sum(axis=1, dtype=np.int64)
        return total

    def shares(self, rows: NDArray[np.int32], kind_of: Array, kinds: int) -> Array:
        """How far each kind of column moved each row's score, in thousandths of a logit.

        ``kind_of`` tells every column's kind, a number below ``kinds``.
        """
        result = np.zeros((len(rows), kinds), dtype=np.int64)
        numbers = np.arange(len(rows))[:, None]
        nodes = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        for _ in range(self.depth):
            columns = self.columns[nodes]
            following = self.left[nodes] + (rows[numbers, columns] > self.thresholds[nodes])
            steps = (self.values[following] - self.values[nodes]).astype(np.int64)
            places = numbers * kinds + kind_of[columns]
            found = np.bincount(places.ravel(), weights=steps.ravel(), minlength=result.size)
            result += found.astype(np.int64).reshape(result.shape)
            nodes = following
        return result
