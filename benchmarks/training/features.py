"""Training documents as the trees will see them: units, columns, n-grams and labels, side by side."""

import re
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.training.augment import JoinedDocument
from benchmarks.training.documents import CORE, TrainingDocument, fold_of
from cleaner.config import Config
from cleaner.detectors import claims_on
from cleaner.evaluate import KEEP
from cleaner.learned.alphabet import Alphabet
from cleaner.learned.batch import Batch
from cleaner.learned.table import observe, rows
from cleaner.learned.weights import Buckets
from cleaner.model import Document
from cleaner.observer import Observer
from cleaner.pipeline import Cleaner
from cleaner.view import View

#: A sentence counts as one kind if so much of its characters is of it.
_MOST = 0.9

AnyDocument = TrainingDocument | JoinedDocument


def source_of(document: AnyDocument) -> str:
    """Where a document comes from."""
    return "joined" if isinstance(document, JoinedDocument) else document.source


@dataclass(frozen=True)
class Examples:
    """All units of all documents in a row.

    ``target`` is 1 for boilerplate, 0 for content, -1 for neither. ``line`` numbers the lines through all documents,
    ``words`` counts a unit's words as ``cleaner.evaluate`` does.
    """

    documents: tuple[AnyDocument, ...]
    names: tuple[str, ...]
    columns: NDArray[np.int32]
    buckets: NDArray[np.int32]
    counts: NDArray[np.int64]
    document: NDArray[np.int64]
    line: NDArray[np.int64]
    words: NDArray[np.int64]
    labels: NDArray[np.str_]
    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.document)

    @property
    def target(self) -> NDArray[np.int8]:
        """1 for a core category, 0 for content, -1 for the optional, the doubtful and the unknown."""
        result = np.full(len(self), -1, dtype=np.int8)
        result[self.labels == KEEP] = 0
        result[np.isin(self.labels, sorted(CORE))] = 1
        return result

    @property
    def folds(self) -> NDArray[np.int64]:
        """The fold of each unit's site."""
        return np.array([fold_of(d.site) for d in self.documents], dtype=np.int64)[self.document]

    @property
    def sources(self) -> NDArray[np.str_]:
        """Where each unit's document comes from."""
        return np.array([source_of(d) for d in self.documents])[self.document]


def examples(documents: Sequence[AnyDocument], workers: int = 2) -> Examples:
    """Read documents with the rules and structure that the program has now."""
    with ProcessPoolExecutor(workers) as pool:
        found = list(pool.map(_read, documents, chunksize=24))
    kept = [(d, f) for d, f in zip(documents, found, strict=True) if f is not None]
    parts = [f for _, f in kept]
    lines, number = [], 0
    for part in parts:
        lines.append(part.line + number)
        number += int(part.line.max()) + 1
    return Examples(
        tuple(d for d, _ in kept),
        parts[0].names,
        np.concatenate([p.columns for p in parts]),
        np.concatenate([p.buckets for p in parts]),
        np.concatenate([p.counts for p in parts]),
        np.repeat(np.arange(len(parts)), [len(p.counts) for p in parts]),
        np.concatenate(lines),
        np.array([w for p in parts for w in p.words], dtype=np.int64),
        np.array([label for p in parts for label in p.labels]),
        tuple(text for p in parts for text in p.texts),
    )


@dataclass(frozen=True)
class _Part:
    names: tuple[str, ...]
    columns: NDArray[np.int32]
    buckets: NDArray[np.int32]
    counts: NDArray[np.int64]
    line: NDArray[np.int64]
    words: list[int]
    labels: list[str]
    texts: list[str]


@cache
def _tools() -> tuple[Cleaner, Alphabet]:
    return Cleaner(Config.make(model="none")), Alphabet.of_this_python()


def _read(document: AnyDocument) -> _Part | None:
    cleaner, alphabet = _tools()
    pieces = [line if isinstance(document, JoinedDocument) else (line,) for line in document.lines]
    text = "\n".join(" ".join(piece for piece, _ in line) for line in pieces)
    view = View.of(Document(text, "", document.url, document.title), Observer(cleaner.knowledge), ())
    grams: list[Buckets] = []
    sizes: list[int] = []

    def take(kinds: list[Buckets], size: int) -> None:
        grams.extend((buckets, sum(sizes) + owners) for buckets, owners in kinds)
        sizes.append(size)

    batch = Batch.of([view], [claims_on(view)])
    observed, units = observe(batch, alphabet, take), tuple(batch.units)
    if not observed:
        return None
    buckets, owners = (np.concatenate(arrays) for arrays in zip(*grams, strict=True))
    label_of, line_of = [""] * len(text), np.zeros(len(text) + 1, dtype=np.int64)
    start = 0
    for number, line in enumerate(pieces):
        for piece, label in line:
            label_of[start : start + len(piece)] = [label] * len(piece)
            line_of[start : start + len(piece) + 1] = number
            start += len(piece) + 1
    labels = [_label(label_of[u.span.start : u.span.end], text[u.span.start : u.span.end]) for u in units]
    names = tuple(observed.columns)
    return _Part(
        names,
        rows(observed.columns, names),
        buckets[np.argsort(owners, kind="stable")].astype(np.int32),
        np.bincount(owners, minlength=len(observed)),
        np.array([line_of[u.span.start] for u in units]),
        [len(re.findall(r"\w+", u.text)) for u in units],
        labels,
        [u.text for u in units],
    )


def _label(labels: Sequence[str], text: str) -> str:
    """The label of a unit that may hold pieces of several: the one of nearly all its characters, or content."""
    found: dict[str, int] = {}
    for label, character in zip(labels, text, strict=True):
        if not character.isspace():
            found[label] = found.get(label, 0) + 1
    if not found:
        return ""
    best = max(found, key=lambda label: (found[label], label))
    if found[best] >= _MOST * sum(found.values()):
        return best
    return KEEP if found.get(KEEP, 0) > (1 - _MOST) * sum(found.values()) else ""
