"""Two ways from units to the same scores: the compiled core, and numpy where that is missing.

All of it is integer arithmetic but for a root and a division, so that both agree to the bit.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from cleaner.learned.alphabet import Alphabet
from cleaner.learned.batch import Batch
from cleaner.learned.forest import STAGES, Forest
from cleaner.learned.reasons import kinds_of
from cleaner.learned.stack import Array
from cleaner.learned.weights import Weights
from cleaner.native import native

if TYPE_CHECKING:
    from cleaner.learned.innumpy import InNumpy
    from cleaner.native._native import Judge

#: Columns in the order of a model's, a row a unit.
Rows = NDArray[np.int32]


class Arithmetic(Protocol):
    """What is computed with a model's tables."""

    def read(self, batch: Batch) -> tuple[Array, Rows]:
        """The score of each unit, in thousandths of a logit, and its row; the batch has units."""

    def shares(self, rows: Rows) -> Array:
        """How far each kind of evidence moved the score of each row, in thousandths of a logit: a column a kind."""

    def named(self, texts: Sequence[str]) -> list[str]:
        """The category that the words of each of some units speak for."""


class InCore:
    """The same from the compiled core."""

    def __init__(self, judge: "Judge") -> None:
        self._judge = judge

    def read(self, batch: Batch) -> tuple[Array, Rows]:
        """As ``Arithmetic``."""
        return self._judge.read(
            texts=batch.texts,
            titles=batch.titles,
            sizes=batch.sizes,
            starts=batch.starts,
            ends=batch.ends,
            gaps=batch.gaps,
            indexes=batch.indexes,
            lefts=batch.lefts,
            claims=batch.claims,
        )

    def shares(self, rows: Rows) -> Array:
        """As ``Arithmetic``."""
        return self._judge.shares(rows)

    def named(self, texts: Sequence[str]) -> list[str]:
        """As ``Arithmetic``."""
        return self._judge.named(list(texts))


class Tables(Protocol):
    """What arithmetic is done with."""

    @property
    def alphabet(self) -> Alphabet: ...  # noqa: D102
    @property
    def weights(self) -> Weights: ...  # noqa: D102
    @property
    def naming(self) -> Weights: ...  # noqa: D102
    @property
    def forest(self) -> Forest: ...  # noqa: D102
    @property
    def columns(self) -> tuple[str, ...]: ...  # noqa: D102


def fastest(tables: Tables) -> Arithmetic:
    """The core, if it was compiled and knows every table and column of the model; else numpy."""
    return in_core(tables) or in_numpy(tables)


def in_numpy(tables: Tables) -> "InNumpy":
    """The reference with a model's tables."""
    from cleaner.learned.innumpy import InNumpy  # the core does without all that it needs

    return InNumpy(tables.alphabet, tables.weights, tables.naming, tables.forest, tables.columns)


def in_core(tables: Tables) -> InCore | None:
    """The core with a model's tables; nothing if it is missing, or does not know one of them."""
    if native is None:
        return None
    kinds, kind_of = kinds_of(tables.columns)
    forest = tables.forest
    try:
        judge = native.Judge(
            folded=tables.alphabet.folded,
            kinds=tables.alphabet.kinds,
            weights=_tables(tables.weights),
            naming=_tables(tables.naming),
            forest=(forest.roots, forest.columns, forest.thresholds, forest.left, forest.values, forest.depth),
            stages=STAGES,
            columns=tables.columns,
            kind_of=kind_of,
            evidence_kinds=len(kinds),
        )
    except ValueError:  # of another form than the models that the core was written for
        return None
    return InCore(judge)


def _tables(weights: Weights) -> tuple[object, ...]:
    return weights.names, weights.table, weights.scales, weights.biases, weights.squares
