"""Train the learned detector: ``python -m benchmarks.training LABELLED… [--weak FILE]``.

Needs ``pip install -e '.[train]'``. Writes the model, and beside it the models of the folds, each of which never saw a
fifth of the sites; scores these through the whole program and prints the figures before and after.
"""

import argparse
import gzip
import json
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.training import fit, report
from benchmarks.training.augment import join, splice
from benchmarks.training.documents import FOLDS, read_labelled
from benchmarks.training.features import Examples, examples
from benchmarks.training.own import read_own
from benchmarks.training.pages import read_pages
from benchmarks.training.written import read_written
from cleaner.errors import ModelError
from cleaner.learned.alphabet import Alphabet
from cleaner.learned.evidence import PREFIX
from cleaner.learned.scorer import BUILTIN, Model, load, save
from cleaner.learned.table import MAIN

HERE = Path(__file__).parent
VERSION = "1.1.0"


def main() -> None:
    """Read the command line, train, score, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", nargs="+", type=Path, help="hand-labelled documents, .jsonl or .jsonl.gz")
    parser.add_argument("--weak", type=Path, help="pages through several extractors, with gold text (weak.jsonl.gz)")
    parser.add_argument("--out", type=Path, default=BUILTIN)
    parser.add_argument("--folds", type=Path, default=Path("build/folds"))
    parser.add_argument("--figures", type=Path, help="write the figures as JSON")
    parser.add_argument("--blind", action="store_true", help="without the columns of rules and structure")
    arguments = parser.parse_args()
    clock = time.monotonic()

    def say(message: str) -> None:
        print(f"{time.monotonic() - clock:6.0f} s  {message}", file=sys.stderr, flush=True)

    data = _examples(arguments.labelled, arguments.weak)
    target, folds = data.target, data.folds
    chosen = fit.distinct(data)
    grams = fit.Grams(data, chosen)
    say(f"{len(data)} units, {int(chosen.sum())} distinct, {int((target[chosen] == 1).sum())} of them boilerplate")
    scores, fitted = fit.linear_scores(data, grams, chosen)
    say("linear scores")
    names, table = fit.tree_table(data, scores)
    trained = fit.blanked(data, names, table)
    if arguments.blind:
        keep = [i for i, name in enumerate(names) if not name.startswith(PREFIX)]
        names, table, trained = tuple(names[i] for i in keep), table[:, keep], trained[:, keep]
    weights = fit.tree_weights(data)
    forests, raw = fit.fit_forests(trained, target, weights, folds), np.zeros(len(data), dtype=np.int64)
    for fold in range(FOLDS):
        rows = np.flatnonzero(folds == fold)
        raw[rows] = forests[fold].scores(table[rows])
    say("trees")
    judged = (data.sources == "labelled") & (data.words > 0)
    steps, probabilities = fit.calibration(raw[judged], target[judged], weights[judged])
    naming = fit.fit_naming(data, grams, chosen)
    say("names of categories")
    arguments.folds.mkdir(parents=True, exist_ok=True)
    alphabet = Alphabet.of_this_python()
    models = {}
    for fold, forest in forests.items():
        linear = [fitted[name, fold] for name in (MAIN, *fit.GROUPS)]
        models[fold] = Model(
            alphabet,
            fit.packed((MAIN, *fit.GROUPS), linear, grams.squares),
            fit.packed(*naming, grams.squares),
            forest,
            names,
            steps,
            probabilities,
            {"version": VERSION},
            "",
        )
        if fold >= 0:
            save(models[fold], report.fold_file(arguments.folds, fold))
    documents = [pair for path in arguments.labelled for pair in report.labelled(_rows(path), str(path))]
    report.write_index(arguments.folds, report.index_of(documents))
    configs = report.modes()
    found = report.out_of_fold(documents, arguments.folds, configs)
    after = {c.mode.value: report.figures(e) for c, e in zip(configs, found, strict=True)}
    try:
        before = load(arguments.out).card.get("out_of_fold", {})
    except ModelError:
        before = {}
    card = {"version": VERSION, "out_of_fold": after, "units": len(data), "documents": len(data.documents)}
    save(replace(models[-1], card=card), arguments.out)
    say(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB")
    print(report.comparison(before, after), report.by_group(after["balanced"]), sep="\n\n")
    if arguments.figures:
        arguments.figures.write_text(json.dumps(after, indent=1), encoding="utf-8")


def _examples(labelled: list[Path], weak: Path | None) -> Examples:
    documents = [document for path in labelled for document in read_labelled(path)]
    written = read_written(HERE / "written")
    pages = read_pages(weak, documents) if weak else []
    everything = [
        *documents,
        *pages,
        *written.documents(),
        *read_own(),
        *splice(documents, written, seed=fit.SEED, copies=2),
        *join(documents, seed=fit.SEED),
    ]
    return examples(everything)


def _rows(path: Path) -> list[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as rows:
        return [row for row in rows if row.strip()]


if __name__ == "__main__":
    main()
