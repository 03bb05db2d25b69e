"""The model's file, and the probability that each unit of a document is not the article."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cleaner.learned import storage
from cleaner.learned.alphabet import Alphabet
from cleaner.learned.arithmetic import Arithmetic, Rows, fastest, in_numpy
from cleaner.learned.batch import Batch
from cleaner.learned.evidence import CATEGORY
from cleaner.learned.forest import Forest
from cleaner.learned.reasons import explain, kinds_of, missing
from cleaner.learned.stack import Array
from cleaner.learned.units import Unit
from cleaner.learned.weights import Weights
from cleaner.model import Category, Detection
from cleaner.view import View

if TYPE_CHECKING:
    from cleaner.learned.innumpy import InNumpy

#: Raise it when columns or files change their meaning; a file of another format is refused.
FORMAT = 1
BUILTIN = Path(__file__).parent / "model.npz"
_CATEGORIES = tuple(Category)


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
    def _kinds(self) -> tuple[str, ...]:
        return kinds_of(self.columns)[0]

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """The place of each column in a row."""
        return {name: place for place, name in enumerate(self.columns)}

    @cached_property
    def _arithmetic(self) -> Arithmetic:
        return fastest(self)

    @property
    def in_numpy(self) -> "InNumpy":
        """The tables, for the arithmetic that needs no compiled core."""
        return in_numpy(self)

    def __getstate__(self) -> dict[str, Any]:
        """Without what can be made again: compiled parts cannot be pickled."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def judge(
        self, views: Sequence[View], claims: Sequence[Sequence[Detection]], least: float
    ) -> list[tuple[Judged, ...]]:
        """For each document, with the claims about it, its units whose probability is at least ``least``, in order.

        What is said of a document does not depend on the others.
        """
        by_document: list[list[Judged]] = [[] for _ in views]
        batch = Batch.of(views, claims)
        if len(batch):
            scores, rows = self._arithmetic.read(batch)
            probabilities = self.calibrated(scores)
            found = np.flatnonzero(probabilities >= least)
            if len(found):
                owners, units = zip(*batch.units_at(found), strict=True)
                claimed = batch.claims[found, CATEGORY].tolist()
                said = self._judged(units, claimed, probabilities[found], rows[found])
                for owner, judged in zip(owners, said, strict=True):
                    by_document[owner].append(judged)
        return [tuple(some) for some in by_document]

    def _judged(
        self, units: Sequence[Unit], claimed: Sequence[int], probabilities: NDArray[np.float64], rows: Rows
    ) -> Iterator[Judged]:
        """What is said of some units; ``claimed`` are the numbers of the categories that others claim of them, or 0."""
        categories = self._categories(units, claimed)
        shares = self._arithmetic.shares(rows).tolist()
        columns = zip(units, claimed, categories, probabilities.tolist(), rows.tolist(), shares, strict=True)
        for unit, by, category, probability, row, share in columns:
            facts = _Row(self._places, row)
            reason = explain(category, probability, dict(zip(self._kinds, share, strict=True)), facts)
            yield Judged(unit, probability, category, reason, by > 0)

    def _categories(self, units: Sequence[Unit], claimed: Sequence[int]) -> list[Category]:
        """The category of each unit: a claim's, where there is one."""
        texts = [unit.text for unit, by in zip(units, claimed, strict=True) if not by]
        names = iter(self._arithmetic.named(texts) if texts else ())
        return [_CATEGORIES[by - 1] if by else Category(next(names)) for by in claimed]

    def calibrated(self, scores: Array) -> NDArray[np.float64]:
        """Probabilities (0-1) of scores in thousandths of a logit."""
        return self.probabilities[np.searchsorted(self.steps, scores, side="right")]


class _Row(Mapping[str, int]):
    """One unit's columns by name."""

    def __init__(self, places: Mapping[str, int], row: Sequence[int]) -> None:
        self._places = places
        self._row = row

    def __getitem__(self, name: str) -> int:
        return self._row[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


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
    if lacking := missing(about["columns"]):
        raise ValueError(f"reasons need the columns {', '.join(lacking)}")
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
