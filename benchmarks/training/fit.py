"""Fitting: linear scores over n-grams, trees over all columns, out of fold and on everything.

Scores that go into the trees as columns are out of fold, by site, so that the trees meet in training what they will
meet on a site that was never seen.
"""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any

import lightgbm
import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from benchmarks.training.documents import FOLDS
from benchmarks.training.features import Examples, source_of
from cleaner.learned.evidence import PREFIX
from cleaner.learned.forest import Forest
from cleaner.learned.stack import FAR, Stack
from cleaner.learned.table import MAIN, OPTIONAL, rows, with_scores
from cleaner.learned.weights import BITS, Weights
from cleaner.model import Category

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

#: Scores besides the main one: is it of these categories?
GROUPS: dict[str, tuple[str, ...]] = {
    "comments": ("comments",),
    "related": ("related",),
    "nav": ("nav", "social", "ticker"),
    "promo": ("promo", "ad", "newsletter", "paywall"),
    "legal": ("legal", "credit"),
    OPTIONAL: ("meta", "bio", "title", "caption"),
}
#: How much a document counts, by where it comes from: for the linear scores, and for the trees.
LINEAR_WEIGHT = {"labelled": 1.0, "extraction": 0.5, "page": 0.5, "written": 0.7, "spliced": 0.7, "joined": 0.0}
TREE_WEIGHT = {"labelled": 1.0, "extraction": 0.35, "page": 0.4, "written": 0.5, "spliced": 0.35, "joined": 0.35}
#: The share of hand-labelled and spliced documents whose claim columns are blanked in training: the packs were
#: written while looking at labelled documents, where they are surer than on other sites.
BLANKED = 0.4
ROUNDS = 350
NAMING_BITS = 14
#: How far the calibration looks to each side, in steps of 20 thousandths of a logit.
_NEARBY = 30
SEED = 7
TREES: dict[str, Any] = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 31,
    "max_depth": 9,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "max_bin": 127,
    "use_missing": False,
    "deterministic": True,
    "force_col_wise": True,
    "seed": SEED,
    "verbose": -1,
}


@dataclass(frozen=True)
class Linear:
    """One fitted score: a weight a bucket (rarity included), and a bias."""

    weights: Floats
    bias: float


class Grams:
    """The n-grams of all examples as a sparse matrix in tf-idf's cosine form."""

    def __init__(self, data: Examples, chosen: NDArray[np.bool_]) -> None:
        starts = np.concatenate(([0], np.cumsum(data.counts)))
        present = np.zeros(1 << BITS, dtype=np.int64)
        for number in np.flatnonzero(chosen):
            present[np.unique(data.buckets[starts[number] : starts[number + 1]])] += 1
        # Rarity is stored as its square in a byte.
        rarity = np.log((1 + chosen.sum()) / (1 + present))
        self.squares = np.clip(np.rint(rarity**2), 0, 255).astype(np.uint8)
        self.rarity = np.sqrt(self.squares.astype(np.float32))
        values = self.rarity[data.buckets]
        sums = np.concatenate(([0.0], np.cumsum(values.astype(np.float64) ** 2)))
        norms = np.sqrt(np.maximum(sums[starts[1:]] - sums[starts[:-1]], 1)).astype(np.float32)
        self.matrix = scipy.sparse.csr_matrix(
            (values / np.repeat(norms, data.counts), data.buckets, starts), shape=(len(data), 1 << BITS)
        )


def distinct(data: Examples) -> NDArray[np.bool_]:
    """One unit of each text on a site; a spliced document's only where its text is new."""
    sites = [document.site for document in data.documents]
    seen: set[tuple[str, str]] = set()
    texts: set[str] = set()
    result = np.zeros(len(data), dtype=np.bool_)
    sources = data.sources
    late = np.isin(sources, ("spliced", "joined"))
    for number in np.argsort(late, kind="stable"):
        text = data.texts[number]
        key = (sites[data.document[number]], text)
        if key in seen or (late[number] and text in texts):
            continue
        seen.add(key)
        texts.add(text)
        result[number] = True
    return result


_SHARED: dict[str, Any] = {}


def linear_scores(
    data: Examples, grams: Grams, chosen: NDArray[np.bool_], workers: int = 2
) -> tuple[dict[str, Floats], dict[tuple[str, int], Linear]]:
    """Out-of-fold scores by name, and every fitted score by name and left-out fold (-1: none left out)."""
    weights = np.array([LINEAR_WEIGHT[s] for s in data.sources], dtype=np.float32)
    folds, target = data.folds, data.target
    tasks = []
    for name in (MAIN, *GROUPS):
        if name == MAIN:
            usable, wanted = target >= 0, target == 1
        else:
            usable, wanted = (
                (target >= 0) | np.isin(data.labels, GROUPS[OPTIONAL]),
                np.isin(data.labels, GROUPS[name]),
            )
        for fold in (*range(FOLDS), -1):
            rows = np.flatnonzero(usable & chosen & (folds != fold) & (weights > 0))
            tasks.append((name, fold, rows, wanted[rows], weights[rows]))
    _SHARED["matrix"] = grams.matrix
    with ProcessPoolExecutor(workers, get_context("fork")) as pool:  # forked workers share the matrix
        fitted = dict(zip([(t[0], t[1]) for t in tasks], pool.map(_fit_linear, tasks), strict=True))
    scores = {}
    for name in (MAIN, *GROUPS):
        values = np.zeros(len(data), dtype=np.float32)
        for fold in range(FOLDS):
            rows = np.flatnonzero(folds == fold)
            one = fitted[name, fold]
            values[rows] = grams.matrix[rows] @ one.weights + one.bias
        scores[name] = values
    # What a fold's model gives units is the raw product; stored weights carry the rarity.
    return scores, {key: Linear(one.weights * grams.rarity, one.bias) for key, one in fitted.items()}


def _fit_linear(task: tuple[str, int, Integers, NDArray[np.bool_], Floats]) -> Linear:
    _, _, rows, wanted, weights = task
    model = LogisticRegression(solver="liblinear", dual=True, C=3, tol=1e-2, random_state=SEED)
    model.fit(_SHARED["matrix"][rows], wanted, sample_weight=weights)
    return Linear(model.coef_[0].astype(np.float32), float(model.intercept_[0]))


def packed(names: Sequence[str], fitted: Sequence[Linear], squares: NDArray[np.uint8]) -> Weights:
    """Fitted scores in bytes."""
    table = np.zeros((len(fitted[0].weights), len(fitted)), dtype=np.int8)
    scales = np.zeros(len(fitted))
    for number, one in enumerate(fitted):
        nonzero = np.abs(one.weights[one.weights != 0])
        top = float(np.quantile(nonzero, 0.9995)) if len(nonzero) else 1.0
        table[:, number] = np.clip(np.rint(one.weights * 127 / top), -127, 127)
        scales[number] = 1000 * top / 127
    return Weights(tuple(names), table, scales, np.array([1000 * one.bias for one in fitted]), squares)


def tree_table(data: Examples, scores: dict[str, Floats]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """All columns with the scores and what surrounds them, a row a unit."""
    whole = {name: np.rint(1000 * values).astype(np.int64) for name, values in scores.items()}
    sizes = np.bincount(data.document, minlength=len(data.documents))
    names: tuple[str, ...] = ()
    result = np.zeros((0, 0), dtype=np.int32)
    start = 0
    for some in np.array_split(sizes, max(1, len(sizes) // 256)):
        end = start + int(some.sum())
        columns = {name: data.columns[start:end, i].astype(np.int64) for i, name in enumerate(data.names)}
        table = with_scores(columns, {n: v[start:end] for n, v in whole.items()}, Stack.of(some.tolist()))
        if not names:
            names = tuple(table)
            result = np.zeros((len(data), len(names)), dtype=np.int32)
        result[start:end] = rows(table, names)
        start = end
    return names, result


def tree_weights(data: Examples) -> Floats:
    """How much each unit counts: by its source; the sentences of one line share the weight of two units."""
    lines = np.bincount(data.line)[data.line]
    return np.array([TREE_WEIGHT[s] for s in data.sources], dtype=np.float32) * np.minimum(1, 2 / lines)


def blanked(data: Examples, names: Sequence[str], table: NDArray[np.int32]) -> NDArray[np.int32]:
    """The table with the claim columns of some documents set to what they are where no rule matches."""
    generator = np.random.default_rng(SEED)
    chosen = generator.random(len(data.documents)) < BLANKED
    sources = np.array([source_of(d) for d in data.documents])
    chosen &= np.isin(sources, ("labelled", "spliced", "joined"))
    rows = chosen[data.document]
    result = table.copy()
    for place, name in enumerate(names):
        if name.startswith(PREFIX):
            result[rows, place] = FAR if name in (f"{PREFIX}since_sure", f"{PREFIX}until_sure") else 0
    return result


def fit_forests(
    table: NDArray[np.int32], target: NDArray[np.int8], weights: Floats, folds: Integers, workers: int = 2
) -> dict[int, Forest]:
    """Boost trees over everything but one fold, for every fold, and over everything (-1), each in a process."""
    _SHARED["trees"] = table, target, weights
    numbers = (-1, *range(FOLDS))  # the longest first
    with ProcessPoolExecutor(workers, get_context("fork")) as pool:
        return dict(zip(numbers, pool.map(_fit_trees, [np.flatnonzero(folds != n) for n in numbers]), strict=True))


def _fit_trees(rows: Integers) -> Forest:
    table, target, weights = _SHARED["trees"]
    rows = rows[(target[rows] >= 0) & (weights[rows] > 0)]
    data = lightgbm.Dataset(table[rows].astype(np.float32), label=target[rows], weight=weights[rows])
    # One thread: the sums of several come in any order, and they wait for each other where the machine is busy.
    booster = lightgbm.train({**TREES, "num_threads": 1}, data, ROUNDS)
    return Forest.of_trees(booster.dump_model()["tree_info"])


def calibration(scores: Integers, target: NDArray[np.int8], weights: Floats) -> tuple[NDArray[np.int32], Any]:
    """Steps (thousandths of a logit) and the probability from each on, never falling.

    The share of boilerplate among the scores nearby (a triangle to half a logit and more to each side), made
    monotonic: isotonic regression alone gives a few wide steps, and nothing between them to set a threshold at.
    """
    known = target >= 0
    grid = np.arange(-8000, 8001, 20)
    total = np.zeros(len(grid))
    found = np.zeros(len(grid))
    place = np.clip((scores[known] + 8000) // 20, 0, len(grid) - 1)
    np.add.at(total, place, weights[known])
    np.add.at(found, place, weights[known] * target[known])
    triangle = np.concatenate((np.arange(1, _NEARBY), np.arange(_NEARBY, 0, -1))) / _NEARBY
    near = np.convolve(total, triangle, "same")
    share = np.divide(np.convolve(found, triangle, "same"), near, out=np.zeros(len(grid)), where=near > 0)
    fitted = IsotonicRegression(y_min=0.0005, y_max=0.9995).fit(grid[near > 0], share[near > 0], near[near > 0])
    values = np.round(fitted.predict(np.clip(grid, grid[near > 0].min(), grid[near > 0].max())), 4)
    changes = np.flatnonzero(np.diff(values)) + 1
    return grid[changes].astype(np.int32), values[np.concatenate(([0], changes))]


def fit_naming(data: Examples, grams: Grams, chosen: NDArray[np.bool_]) -> tuple[tuple[str, ...], list[Linear]]:
    """One score a category, over the units that are of some category: which is it?"""
    shift = BITS - NAMING_BITS
    known = [c.value for c in Category if c not in (Category.HEADLINE, Category.TIDY, Category.OTHER)]
    rows = np.flatnonzero(np.isin(data.labels, known) & chosen)
    coarse = scipy.sparse.csr_matrix(
        (grams.matrix.data, grams.matrix.indices >> shift, grams.matrix.indptr), shape=(len(data), 1 << NAMING_BITS)
    )
    model = LogisticRegression(solver="lbfgs", C=10, max_iter=300).fit(coarse[rows], data.labels[rows])
    # The coarse buckets have no rarity of their own, so their weights take the mean of those that fall together.
    rarity = grams.rarity.reshape(-1, 1 << shift).mean(axis=1)
    fitted = [
        Linear((w * rarity).astype(np.float32), float(b)) for w, b in zip(model.coef_, model.intercept_, strict=True)
    ]
    return tuple(map(str, model.classes_)), fitted
