"""The model's file, and the probability that each unit of a document is not the article."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cleaner.errors import ModelError
from cleaner.learned.alphabet import Alphabet
from cleaner.learned.evidence import PREFIX
from cleaner.learned.forest import Forest
from cleaner.learned.grams import Array
from cleaner.learned.reasons import explain, group_of
from cleaner.learned.table import BITS, Observed, observe, rows, with_scores
from cleaner.learned.units import Unit
from cleaner.model import Category, Detection
from cleaner.view import View

#: Raise it when columns or files change their meaning; a file of another format is refused.
FORMAT = 1
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

    def scores(self, buckets: Array, starts: Array) -> dict[str, Array]:
        """Every score of every unit, in thousandths of a logit; ``starts`` are the units' places in ``buckets``."""
        place = buckets >> (BITS + 1 - len(self.table).bit_length())
        sums = _sums(self.table.take(place, axis=0), starts)
        size = np.sqrt(np.maximum(_sums(self.squares.take(buckets)[:, None], starts), 1).astype(np.float64))
        values = np.rint(sums * self.scales / size + self.biases).astype(np.int64)
        return {name: values[:, number] for number, name in enumerate(self.names)}


def _sums(values: NDArray[Any], starts: Array) -> Array:
    """Sums of rows between one start and the next."""
    filled = starts[1:] > starts[:-1]
    result = np.zeros((len(starts) - 1, values.shape[1]), dtype=np.int64)
    result[filled] = np.add.reduceat(values, starts[:-1][filled], axis=0, dtype=np.int64)
    return result


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
    def _groups(self) -> tuple[str, ...]:
        return tuple(group_of(name) for name in self.columns)

    def judge(self, view: View, claims: Sequence[Detection], least: float) -> tuple[Judged, ...]:
        """The units of a document whose probability is at least ``least``, in order."""
        observed = observe(view, claims, self.alphabet)
        if not observed:
            return ()
        table = with_scores(observed, self.weights.scores(observed.buckets, observed.starts))
        matrix = rows(table, self.columns)
        probabilities = self.calibrated(self.forest.scores(matrix))
        found = np.flatnonzero(probabilities >= least)
        if not len(found):
            return ()
        return tuple(self._judged(observed, table, matrix, int(n), float(probabilities[n])) for n in found)

    def calibrated(self, scores: Array) -> NDArray[np.float64]:
        """Probabilities (0-1) of scores in thousandths of a logit."""
        return self.probabilities[np.searchsorted(self.steps, scores, side="right")]

    def _judged(
        self,
        observed: Observed,
        table: Mapping[str, Array],
        matrix: NDArray[np.int32],
        number: int,
        probability: float,
    ) -> Judged:
        categories = list(Category)
        claimed = int(table[f"{PREFIX}category"][number])
        if claimed:
            category = categories[claimed - 1]
        else:
            start, end = observed.starts[number], observed.starts[number + 1]
            named = self.naming.scores(observed.buckets[start:end], np.array([0, end - start]))
            category = Category(max(named, key=lambda name: (int(named[name][0]), name)))
        shares: dict[str, int] = {}
        for group, share in zip(self._groups, self.forest.shares(matrix[number]).tolist(), strict=True):
            shares[group] = shares.get(group, 0) + share
        facts = {name: int(column[number]) for name, column in table.items()}
        return Judged(
            observed.units[number], probability, category, explain(category, probability, shares, facts), claimed > 0
        )


def save(model: Model, path: Path) -> None:
    """Write a model's file; the same model gives the same bytes."""
    arrays: dict[str, NDArray[Any]] = {
        "folded": np.diff(model.alphabet.folded.astype(np.int64), prepend=0).astype(np.int32),
        "kinds": model.alphabet.kinds,
        "steps": model.steps,
        "probabilities": model.probabilities,
    }
    for prefix, weights in (("weights", model.weights), ("naming", model.naming)):
        arrays |= {f"{prefix}_table": weights.table, f"{prefix}_scales": weights.scales}
        arrays |= {f"{prefix}_biases": weights.biases}
    arrays["squares"] = model.weights.squares
    arrays |= {f"forest_{f.name}": np.asarray(getattr(model.forest, f.name)) for f in fields(Forest)}
    text = {
        "format": FORMAT,
        "columns": model.columns,
        "weights": model.weights.names,
        "naming": model.naming.names,
        "card": dict(model.card),
    }
    arrays["about"] = np.frombuffer(json.dumps(text, sort_keys=True).encode(), dtype=np.uint8)
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]  # numpy's stub takes the flag's type for all


def load(path: Path = BUILTIN) -> Model:
    """Read a model's file. Raises ``ModelError`` if it is not there, broken, or of another format."""
    try:
        body = path.read_bytes()
        with np.load(BytesIO(body), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        about = json.loads(arrays["about"].tobytes())
        if about["format"] != FORMAT:
            raise ModelError(f"{path}: has format {about['format']}, this version reads {FORMAT}; train it again")
        squares = arrays["squares"]
        weights, naming = (
            Weights(
                tuple(about[prefix]),
                arrays[f"{prefix}_table"],
                arrays[f"{prefix}_scales"],
                arrays[f"{prefix}_biases"],
                squares,
            )
            for prefix in ("weights", "naming")
        )
        forest = {f.name: arrays[f"forest_{f.name}"] for f in fields(Forest)}
        return Model(
            Alphabet(np.cumsum(arrays["folded"], dtype=np.int64).astype(np.uint16), arrays["kinds"]),
            weights,
            naming,
            Forest(**{**forest, "depth": int(forest["depth"])}),
            tuple(about["columns"]),
            arrays["steps"],
            arrays["probabilities"],
            about["card"],
            hashlib.sha256(body).hexdigest(),
        )
    except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile) as error:
        raise ModelError(f"{path}: cannot be read as a model: {error}; install Cleaner again or train one") from error


@cache
def builtin_model() -> Model:
    """The model that comes with Cleaner, read at its first use."""
    return load()
