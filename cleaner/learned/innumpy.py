"""From units to scores with numpy: the reference, and what is used where the compiled core is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cleaner.learned.alphabet import Alphabet
from cleaner.learned.arithmetic import Rows
from cleaner.learned.batch import Batch
from cleaner.learned.forest import Forest
from cleaner.learned.grams import Grams, blocks
from cleaner.learned.reasons import kinds_of
from cleaner.learned.stack import Array
from cleaner.learned.table import observe, rows, with_scores
from cleaner.learned.weights import BITS, Weights


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
