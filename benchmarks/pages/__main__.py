"""Train what tells a page's article from the rest: ``python -m benchmarks.pages FOLDER``.

FOLDER holds ``html/ID.html.gz`` and ``html_gold.jsonl.gz`` (id, url, gold, without). Needs ``pip install -e
'.[train]'``. Writes the model, and beside it those of the folds, each of which never saw a fifth of the sites; prints
how well these tell the articles of the pages they never saw.
"""

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import lightgbm
import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from sklearn.linear_model import SGDClassifier

from benchmarks.pages.examples import Example, read_examples
from benchmarks.training import fit
from benchmarks.training.documents import FOLDS, fold_of
from benchmarks.training.fit import Linear, packed
from cleaner.html.article import chosen
from cleaner.html.columns import Evidence, columns
from cleaner.html.judge import BUILTIN, SCORE, PageModel, save
from cleaner.html.odds import probabilities
from cleaner.learned.alphabet import Alphabet
from cleaner.learned.forest import Forest
from cleaner.learned.table import rows
from cleaner.learned.weights import BITS

VERSION = "1.0.0"
ROUNDS = 220
TREES = {
    **fit.TREES,
    "objective": "cross_entropy",
    "learning_rate": 0.06,
    "max_depth": 10,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "lambda_l2": 2,
}
#: A page counts as if its article had at least so many words.
_LEAST_ARTICLE = 50
_MOST_WEIGHT = 30
_WORD = re.compile(r"\w+")


def main() -> None:
    """Read the command line, train, score, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=BUILTIN)
    parser.add_argument("--folds", type=Path, default=Path("build/folds"))
    parser.add_argument("--limit", type=int)
    arguments = parser.parse_args()
    clock = time.monotonic()

    def say(message: str) -> None:
        print(f"{time.monotonic() - clock:6.0f} s  {message}", file=sys.stderr, flush=True)

    pages = read_examples(arguments.folder, arguments.limit)
    labels = np.concatenate([page.labels for page in pages])
    folds = np.repeat([fold_of(page.site) for page in pages], [len(page.labels) for page in pages])
    weights = _weights(pages)
    say(f"{len(pages)} pages, {len(labels)} blocks")
    matrix, squares = _matrix(pages)
    linear = {fold: _linear(matrix, labels, weights, folds != fold) for fold in (*range(FOLDS), -1)}
    scores = np.zeros(len(labels), dtype=np.int64)
    for fold in range(FOLDS):
        own = folds == fold
        scores[own] = np.rint(1000 * (matrix[own] @ linear[fold].weights + linear[fold].bias))
    say("linear scores")
    names, table = _table(pages, scores)
    rarity = np.sqrt(squares.astype(np.float32))
    found = np.zeros(len(labels))
    arguments.folds.mkdir(parents=True, exist_ok=True)
    models = {}
    for fold in (*range(FOLDS), -1):
        forest = _forest(table, labels, weights, folds != fold)
        stored = Linear(linear[fold].weights * rarity, linear[fold].bias)
        models[fold] = PageModel(
            Alphabet.of_this_python(), packed((SCORE,), [stored], squares), forest, names, {"version": VERSION}
        )
        if fold >= 0:
            found[folds == fold] = probabilities(forest.scores(table[folds == fold], ()))
            save(models[fold], arguments.folds / f"pages-{fold}.npz")
        say(f"trees without fold {fold}")
    figures = _figures(pages, found)
    print(figures)
    card = {"version": VERSION, "pages": len(pages), "blocks": len(labels), "out_of_fold": figures}
    save(PageModel(models[-1].alphabet, models[-1].weights, models[-1].forest, names, card), arguments.out)
    say(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB")


def _weights(pages: Sequence[Example]) -> NDArray[np.float64]:
    """Every page counts the same, and every word of it."""
    found = np.concatenate([(p.read.sizes + 2) / max(_LEAST_ARTICLE, len(_WORD.findall(p.gold))) for p in pages])
    return np.minimum(found / found.mean(), _MOST_WEIGHT)


def _matrix(pages: Sequence[Example]) -> tuple[scipy.sparse.csr_matrix, NDArray[np.uint8]]:
    """The wording of all blocks in tf-idf's cosine form, and the squares of the rarities."""
    buckets = np.concatenate([page.buckets for page in pages])
    counts = np.concatenate([page.counts for page in pages])
    starts = np.concatenate(([0], np.cumsum(counts)))
    owners = np.repeat(np.arange(len(counts)), counts)
    pairs = np.unique(owners.astype(np.int64) << BITS | buckets)
    present = np.bincount(pairs & ((1 << BITS) - 1), minlength=1 << BITS)
    squares = np.clip(np.rint(np.log((1 + len(counts)) / (1 + present)) ** 2), 0, 255).astype(np.uint8)
    rarity = np.sqrt(squares.astype(np.float32))
    values = rarity[buckets]
    norms = np.sqrt(np.maximum(np.bincount(owners, values**2, len(counts)), 1)).astype(np.float32)
    shape = (len(counts), 1 << BITS)
    return scipy.sparse.csr_matrix((values / norms[owners], buckets, starts), shape=shape), squares


def _linear(
    matrix: scipy.sparse.csr_matrix, labels: NDArray[np.float64], weights: NDArray[np.float64], used: NDArray[np.bool_]
) -> Linear:
    model = SGDClassifier(loss="log_loss", alpha=3e-6, max_iter=6, tol=None, random_state=fit.SEED, average=True)
    model.fit(matrix[used], labels[used] > 0.5, sample_weight=weights[used])
    return Linear(model.coef_[0].astype(np.float32), float(model.intercept_[0]))


def _table(pages: Sequence[Example], scores: NDArray[np.int64]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    names: tuple[str, ...] = ()
    parts, start = [], 0
    for page in pages:
        end = start + len(page.labels)
        evidence = page.read.evidence
        given = Evidence(evidence.kept, evidence.title, evidence.headings, scores[start:end])
        found = columns(page.read.blocks, page.read.plains, given)
        names = names or tuple(found)
        parts.append(rows(found, names))
        start = end
    return names, np.concatenate(parts)


def _forest(
    table: NDArray[np.int32], labels: NDArray[np.float64], weights: NDArray[np.float64], used: NDArray[np.bool_]
) -> Forest:
    data = lightgbm.Dataset(table[used].astype(np.float32), label=labels[used], weight=weights[used])
    booster = lightgbm.train({**TREES, "num_threads": 2}, data, ROUNDS)
    return Forest.of_trees(booster.dump_model()["tree_info"])


def _figures(pages: Sequence[Example], found: NDArray[np.float64]) -> dict[str, float]:
    """Mean precision, recall and F1 in words, and the share of forbidden pieces that stand in the text (0-1)."""
    sums, forbidden, start = np.zeros(3), [0, 0], 0
    for page in pages:
        end = start + len(page.labels)
        taken = chosen(page.read, found[start:end])
        text = "\n".join(t for t, wanted in zip(page.read.blocks.texts, taken.tolist(), strict=True) if wanted)
        sums += _agreement(text, page.gold)
        forbidden[0] += sum(piece.lower() in text.lower() for piece in page.forbidden)
        forbidden[1] += len(page.forbidden)
        start = end
    precision, recall, f1 = (sums / len(pages)).round(4).tolist()
    share = round(forbidden[0] / max(1, forbidden[1]), 4)
    return {"precision": precision, "recall": recall, "f1": f1, "forbidden": share}


def _agreement(text: str, gold: str) -> tuple[float, float, float]:
    mine, right = Counter(_WORD.findall(text.lower())), Counter(_WORD.findall(gold.lower()))
    both = sum((mine & right).values())
    if not mine or not right or not both:
        return (float(not mine and not right),) * 3
    precision, recall = both / mine.total(), both / right.total()
    return precision, recall, 2 * precision * recall / (precision + recall)


if __name__ == "__main__":
    main()
