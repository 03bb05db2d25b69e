"""Two ways from units to the same scores: the compiled core, and numpy where that is missing.

All of it is integer arithmetic but for a root and a division, so that both agree to the bit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from cleaner.learned.alphabet import Alphabet
from cleaner.learned.batch import Batch
from cleaner.learned.forest import STAGES, Forest
from cleaner.learned.grams import Grams, blocks
from cleaner.learned.reasons import kinds_of
from cleaner.learned.stack import Array
from cleaner.learned.table import BITS, observe, rows, with_scores
from cleaner.learned.weights import Weights
from cleaner.native import native

if TYPE_CHECKING:
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


@dataclass(frozen=True)
class InNumpy:
    """The reference: what the core computes, it computes as this."""

    alphabet: Alphabet
    weights: Weights
    naming: Weights
    forest: Forest
    columns: tuple[str, ...]

    def read(self, batch: Batch) -> tuple[Array, Rows]:
        """As ``Arithmetic``."""
        parts: list[Mapping[str, Array]] = []
        observed = observe(batch, self.alphabet, lambda grams, size: parts.append(self.weights.scores(grams, size)))
        matrix = rows(with_scores(observed.columns, _joined(parts), observed.stack), self.columns)
        return self.forest.scores(matrix), matrix

    def shares(self, rows: Rows) -> Array:
        """As ``Arithmetic``."""
        kinds, kind_of = self._kinds
        return self.forest.shares(rows, kind_of, len(kinds))

    @cached_property
    def _kinds(self) -> tuple[tuple[str, ...], Array]:
        kinds, kind_of = kinds_of(self.columns)
        return kinds, np.array(kind_of, dtype=np.int64)

    def named(self, texts: Sequence[str]) -> list[str]:
        """As ``Arithmetic``."""
        scores = _joined([self.naming.scores(Grams(b).features(BITS), b.count) for b in blocks(texts, self.alphabet)])
        names = sorted(scores, reverse=True)  # of equal scores the last name's in the alphabet wins
        best = np.argmax(np.stack([scores[name] for name in names]), axis=0)
        return [names[place] for place in best.tolist()]


def _joined(parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


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


def fastest(plain: InNumpy) -> Arithmetic:
    """The core, if it was compiled and knows every table and column of the model; else numpy."""
    return in_core(plain) or plain


def in_core(plain: InNumpy) -> InCore | None:
    """The core with a model's tables; nothing if it is missing, or does not know one of them."""
    if native is None:
        return None
    kinds, kind_of = kinds_of(plain.columns)
    forest = plain.forest
    try:
        judge = native.Judge(
            folded=plain.alphabet.folded,
            kinds=plain.alphabet.kinds,
            weights=_tables(plain.weights),
            naming=_tables(plain.naming),
            forest=(forest.roots, forest.columns, forest.thresholds, forest.left, forest.values, forest.depth),
            stages=STAGES,
            columns=plain.columns,
            kind_of=kind_of,
            evidence_kinds=len(kinds),
        )
    except ValueError:  # of another form than the models that the core was written for
        return None
    return InCore(judge)


def _tables(weights: Weights) -> tuple[object, ...]:
    return weights.names, weights.table, weights.scales, weights.biases, weights.squares
