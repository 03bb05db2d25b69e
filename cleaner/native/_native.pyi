"""Types of the compiled module."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

class Judge:
    """The learned model: the scores of units, and what they come from. Raises ``ValueError`` for unknown forms."""

    def __init__(
        self,
        *,
        folded: NDArray[np.uint16],
        kinds: NDArray[np.uint8],
        weights: tuple[object, ...],
        naming: tuple[object, ...],
        forest: tuple[object, ...],
        stages: Sequence[tuple[int, int]],
        columns: Sequence[str],
        kind_of: Sequence[int],
        evidence_kinds: int,
    ) -> None: ...
    def read(
        self,
        *,
        texts: list[str],
        titles: list[str | None],
        sizes: NDArray[np.int64],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        gaps: NDArray[np.int64],
        indexes: NDArray[np.int64],
        lefts: NDArray[np.int64],
        claims: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The score of every unit in thousandths of a logit, and the rows of columns."""

    def shares(self, rows: NDArray[np.int32]) -> NDArray[np.int64]:
        """How far each kind of evidence moved the scores of some rows."""

    def named(self, texts: list[str]) -> list[str]:
        """The categories that the words of some units speak for."""
