"""Gradient-boosted trees over integer columns, scored with numpy in integer arithmetic.

The trees are trained with LightGBM; here they are a few arrays. A row goes left where ``column <= threshold``. Values
are integers in thousandths of a logit, so that a sum of them is the same on every machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.learned.grams import Array


@dataclass(frozen=True)
class Forest:
    """Nodes of all trees in one row of arrays; a leaf's children are the leaf itself.

    ``values`` holds a node's mean output in thousandths of a logit: the leaves add up to the score, and the steps
    on the way down tell which column moved it (Saabas's path attribution).
    """

    roots: NDArray[np.int32]
    columns: NDArray[np.int16]
    thresholds: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    values: NDArray[np.int32]
    depth: int

    @classmethod
    def of_trees(cls, trees: Sequence[Mapping[str, Any]]) -> "Forest":
        """Flatten the trees of LightGBM's ``dump_model()["tree_info"]``."""
        nodes: list[list[int]] = []
        deepest = 0

        def add(node: Mapping[str, Any], depth: int) -> int:
            nonlocal deepest
            deepest = max(deepest, depth)
            place = len(nodes)
            if "split_feature" not in node:
                nodes.append([0, 0, place, place, round(1000 * float(node["leaf_value"]))])
                return place
            threshold = int(np.floor(float(node["threshold"])))
            nodes.append([int(node["split_feature"]), threshold, 0, 0, round(1000 * float(node["internal_value"]))])
            nodes[place][2] = add(node["left_child"], depth + 1)
            nodes[place][3] = add(node["right_child"], depth + 1)
            return place

        roots = [add(tree["tree_structure"], 0) for tree in trees]
        table = np.array(nodes, dtype=np.int64)
        return cls(
            np.array(roots, dtype=np.int32),
            table[:, 0].astype(np.int16),
            table[:, 1].astype(np.int32),
            table[:, 2].astype(np.int32),
            table[:, 3].astype(np.int32),
            table[:, 4].astype(np.int32),
            deepest,
        )

    def scores(self, rows: NDArray[np.int32]) -> Array:
        """The score of every row, in thousandths of a logit."""
        flat = np.ascontiguousarray(rows).ravel()
        offsets = (np.arange(len(rows)) * rows.shape[1])[:, None]
        nodes = np.broadcast_to(self.roots, (len(rows), len(self.roots)))
        for _ in range(self.depth):
            goes_left = flat[offsets + self.columns[nodes]] <= self.thresholds[nodes]
            nodes = np.where(goes_left, self.left[nodes], self.right[nodes])
        total: Array = self.values[nodes].sum(axis=1, dtype=np.int64)
        return total

    def shares(self, row: NDArray[np.int32]) -> Array:
        """How far each column moved the score of one row, in thousandths of a logit."""
        result = np.zeros(len(row), dtype=np.int64)
        nodes = self.roots
        for _ in range(self.depth):
            columns = self.columns[nodes]
            following = np.where(row[columns] <= self.thresholds[nodes], self.left[nodes], self.right[nodes])
            steps = self.values[following] - self.values[nodes]
            result += np.bincount(columns, weights=steps, minlength=len(row)).astype(np.int64)
            nodes = following
        return result
