"""Which blocks of a page are the article's, by a trained model, and which of them to take.

The model is a linear score over words and names (``wording``), and trees over columns (``columns``) of which that score
and what the extractor kept are some. Trained by ``python -m benchmarks.pages``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.detectors.markup import NAME as MARKUP
from cleaner.html.blocks import Blocks
from cleaner.html.columns import Evidence, columns
from cleaner.html.odds import probabilities
from cleaner.html.wording import wording
from cleaner.learned import storage
from cleaner.learned.alphabet import Alphabet
from cleaner.learned.forest import Forest
from cleaner.learned.stack import Array
from cleaner.learned.table import rows
from cleaner.learned.weights import Weights
from cleaner.model import PackStamp

#: Raise it when columns or files change their meaning; a file of another format is refused.
FORMAT = 1
BUILTIN = Path(__file__).parent / "pages.npz"
#: The name of the linear score.
SCORE = "article"


@dataclass(frozen=True)
class PageModel:
    """Everything that training made."""

    alphabet: Alphabet
    weights: Weights
    forest: Forest
    columns: tuple[str, ...]
    card: Mapping[str, Any]
    sha256: str = ""

    @property
    def stamp(self) -> PackStamp:
        """The model's identity for an audit record: that of the detector which speaks for it."""
        return PackStamp(MARKUP, str(self.card.get("version", "0")), self.sha256)

    def scores(self, page: Blocks) -> Array:
        """The linear score of each block, in thousandths of a logit that it is the article's."""
        return self.weights.scores(wording(page, self.alphabet), len(page))[SCORE]

    def judge(self, page: Blocks, plains: Sequence[str], evidence: Evidence) -> NDArray[np.float64]:
        """The probability (0-1) of each block that it is the article's."""
        matrix = rows(columns(page, plains, evidence), self.columns)
        return probabilities(self.forest.scores(matrix, ()))


def best_cut(found: NDArray[np.float64], sizes: Array) -> float:
    """The probability (0-1) from which on blocks are taken so that the expected F1 in words is highest.

    Where a page leaves much in doubt, it pays to take what is less sure (Lewis 1995, "Evaluating and optimizing
    autonomous text classification systems"). ``sizes`` are the blocks' words.

    >>> best_cut(np.array([0.9, 0.45, 0.1]), np.array([10, 10, 10]))
    0.45
    """
    order = np.argsort(-found, kind="stable")
    right = np.cumsum((found * sizes)[order])
    if not len(order) or right[-1] <= 0:
        return 1.0
    f1 = 2 * right / (np.cumsum(sizes[order]) + right[-1])
    return float(found[order[int(np.argmax(np.round(f1, 6)))]])


def save(model: PageModel, path: Path) -> None:
    """Write a model's file; the same model gives the same bytes."""
    weights = {f"weights_{f.name}": np.asarray(getattr(model.weights, f.name)) for f in fields(Weights)[1:]}
    arrays = {**storage.of_alphabet(model.alphabet), **weights, **storage.of_forest(model.forest)}
    storage.write(path, arrays, {"columns": model.columns, "card": dict(model.card)}, FORMAT)


def load(path: Path = BUILTIN) -> PageModel:
    """Read a model's file. Raises ``ModelError`` if it is not there, broken, or of another format."""
    return storage.read(path, FORMAT, _made)


def _made(arrays: storage.Arrays, about: dict[str, Any], digest: str) -> PageModel:
    weights = Weights((SCORE,), **{f.name: arrays[f"weights_{f.name}"] for f in fields(Weights)[1:]})
    columns = tuple(about["columns"])
    return PageModel(storage.alphabet(arrays), weights, storage.forest(arrays), columns, about["card"], digest)


@cache
def builtin_page_model() -> PageModel:
    """The model that comes with Cleaner, read at its first use."""
    return load()
