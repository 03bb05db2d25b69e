"""The model's file, and the probability that each unit of a document is not the article."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.learned import storage
from cleaner.learned.alphabet import Alphabet
from cleaner.learned.evidence import PREFIX
from cleaner.learned.forest import Forest
from cleaner.learned.grams import Grams, blocks
from cleaner.learned.reasons import explain, group_of
from cleaner.learned.stack import Array
from cleaner.learned.table import BITS, Buckets, Observed, observe, rows, with_scores
from cleaner.learned.units import Unit
from cleaner.model import Category, Detection
from cleaner.view import View

#: Raise it when columns or files change their meaning; a file of another format is refused.
FORMAT = 1
_CLAIMED = f"{PREFIX}category"
BUILTIN = Path(__file__).parent / "model.npz"


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


@dataclass(frozen=True)
class Judged:
    """What the model says of one unit: the probability (0-1) that it is not the article, its category, and why.

    ``claimed``: a rule or structure claims it as well.
    """

    unit: Unit
    probability: float
    category: Category
    reason: str
    claimed: bool


@dataclass(frozen=True)
class Model:
    """Everything that training made. Immutable; one is shared by all cleaners of a process."""

    alphabet: Alphabet
    weights: Weights
    naming: Weights
    forest: Forest
    columns: tuple[str, ...]
    steps: NDArray[np.int32]
    probabilities: NDArray[np.float64]
    card: Mapping[str, Any]
    sha256: str

    @cached_property
    def _kinds(self) -> tuple[tuple[str, ...], Array]:
        """The kinds of evidence, and the place among them of each column's."""
        groups = [group_of(name) for name in self.columns]
        kinds = tuple(sorted(set(groups)))
        return kinds, np.array([kinds.index(group) for group in groups], dtype=np.int64)

    def judge(
        self, views: Sequence[View], claims: Sequence[Sequence[Detection]], least: float
    ) -> list[tuple[Judged, ...]]:
        """For each document, with the claims about it, its units whose probability is at least ``least``, in order.

        What is said of a document does not depend on the others; several at a time are judged much faster.
        """
        parts: list[dict[str, Array]] = []
        observed = observe(
            views, claims, self.alphabet, lambda grams, size: parts.append(self.weights.scores(grams, size))
        )
        by_document: list[list[Judged]] = [[] for _ in views]
        if observed:
            table = with_scores(observed.columns, _joined(parts), observed.stack)
            matrix = rows(table, self.columns)
            probabilities = self.calibrated(self.forest.scores(matrix))
            found = np.flatnonzero(probabilities >= least)
            named = self._named(observed, table, found)
            kinds, kind_of = self._kinds
            shares = self.forest.shares(matrix[found], kind_of, len(kinds))
            for number, category, share in zip(found.tolist(), named, shares.tolist(), strict=True):
                facts = _Row(table, number)
                probability = float(probabilities[number])
                reason = explain(category, probability, dict(zip(kinds, share, strict=True)), facts)
                judged = Judged(observed.units[number], probability, category, reason, facts[_CLAIMED] > 0)
                by_document[int(observed.stack.number[number])].append(judged)
        return [tuple(some) for some in by_document]

    def _named(self, observed: Observed, table: Mapping[str, Array], found: Array) -> list[Category]:
        """The category of each unit in ``found``: a claim's, where there is one."""
        categories = list(Category)
        claimed = table[_CLAIMED][found]
        result = [categories[number - 1] for number in claimed.tolist()]
        unclaimed = np.flatnonzero(claimed == 0)
        if not len(unclaimed):
            return result
        texts = [observed.units[number].text for number in found[unclaimed].tolist()]
        scores = _joined([self.naming.scores(Grams(b).features(BITS), b.count) for b in blocks(texts, self.alphabet)])
        names = sorted(scores, reverse=True)  # of equal scores the last name's in the alphabet wins
        best = np.argmax(np.stack([scores[name] for name in names]), axis=0)
        for place, name in zip(unclaimed.tolist(), best.tolist(), strict=True):
            result[place] = Category(names[name])
        return result

    def calibrated(self, scores: Array) -> NDArray[np.float64]:
        """Probabilities (0-1) of scores in thousandths of a logit."""
        return self.probabilities[np.searchsorted(self.steps, scores, side="right")]


def _joined(parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


class _Row(Mapping[str, int]):
    """One unit's columns by name."""

    def __init__(self, table: Mapping[str, Array], number: int) -> None:
        self._table = table
        self._number = number

    def __getitem__(self, name: str) -> int:
        return int(self._table[name][self._number])

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)


def save(model: Model, path: Path) -> None:
    """Write a model's file; the same model gives the same bytes."""
    arrays: dict[str, NDArray[Any]] = {
        **storage.of_alphabet(model.alphabet),
        "steps": model.steps,
        "probabilities": model.probabilities,
        "squares": model.weights.squares,
        **storage.of_forest(model.forest),
    }
    for prefix, weights in (("weights", model.weights), ("naming", model.naming)):
        arrays |= {f"{prefix}_table": weights.table, f"{prefix}_scales": weights.scales}
        arrays |= {f"{prefix}_biases": weights.biases}
    about = {
        "columns": model.columns,
        "weights": model.weights.names,
        "naming": model.naming.names,
        "card": dict(model.card),
    }
    storage.write(path, arrays, about, FORMAT)


def load(path: Path = BUILTIN) -> Model:
    """Read a model's file. Raises ``ModelError`` if it is not there, broken, or of another format."""
    return storage.read(path, FORMAT, _made)


def _made(arrays: storage.Arrays, about: dict[str, Any], digest: str) -> Model:
    weights, naming = (
        Weights(
            tuple(about[prefix]),
            arrays[f"{prefix}_table"],
            arrays[f"{prefix}_scales"],
            arrays[f"{prefix}_biases"],
            arrays["squares"],
        )
        for prefix in ("weights", "naming")
    )
    return Model(
        storage.alphabet(arrays),
        weights,
        naming,
        storage.forest(arrays),
        tuple(about["columns"]),
        arrays["steps"],
        arrays["probabilities"],
        about["card"],
        digest,
    )


@cache
def builtin_model() -> Model:
    """The model that comes with Cleaner, read at its first use."""
    return load()
