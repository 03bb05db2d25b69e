"""What the models of a training run give, each on the sites that it never saw, through the whole program."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks.training.documents import fold_of
from cleaner.apply import sha256
from cleaner.config import BUILTIN_MODEL, Config, Mode
from cleaner.evaluate import Evaluation, LabelledDocument, add_up, parse_document, score_jobs

INDEX = "folds.json"


def fold_file(folder: Path, fold: int) -> Path:
    """Where the model lies that never saw a fold."""
    return folder / f"fold{fold}.npz"


def write_index(folder: Path, folds: Mapping[str, int]) -> None:
    """Note which fold each labelled text is in, by its sha256."""
    (folder / INDEX).write_text(json.dumps(dict(sorted(folds.items()))), encoding="utf-8")


def read_index(folder: Path) -> dict[str, int]:
    """The fold of each labelled text, by its sha256."""
    content: dict[str, int] = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    return content


def out_of_fold(
    documents: Sequence[tuple[int, LabelledDocument]], folder: Path, configs: Sequence[Config], workers: int = 2
) -> list[Evaluation]:
    """Score (fold, document) pairs under each config, each document with the model that never saw its fold."""
    ordered = sorted(documents, key=lambda pair: pair[0])

    def unseen(config: Config, fold: int) -> Config:
        return replace(config, model=str(fold_file(folder, fold))) if config.model == BUILTIN_MODEL else config

    jobs = [(unseen(config, fold), document) for config in configs for fold, document in ordered]
    scores = [score for _, score in score_jobs(jobs, workers)]
    size = len(ordered)
    return [add_up(scores[i * size : (i + 1) * size]) for i in range(len(configs))]


def labelled(rows: Iterable[str], name: str) -> list[tuple[int, LabelledDocument]]:
    """Labelled documents with the folds of their sites, from the lines of a labelled file."""
    found = []
    for number, row in enumerate(rows, 1):
        content = json.loads(row)
        site = content.get("site") or content.get("id") or ""
        found.append((fold_of(str(site)), parse_document(row, f"{name}:{number}")))
    return found


def index_of(documents: Iterable[tuple[int, LabelledDocument]]) -> dict[str, int]:
    """The fold of each document's text, by its sha256."""
    return {sha256(document.text): fold for fold, document in documents}


def modes() -> list[Config]:
    """A config for each mode."""
    return [Config(mode=mode) for mode in Mode]


def figures(evaluation: Evaluation) -> dict[str, Any]:
    """An evaluation's figures as a model card holds them: shares from 0 to 1, in all, by category and by language."""
    return {
        **{k: round(v, 5) for k, v in asdict(evaluation.total.shares).items()},
        "by_category": {name: [f.gone, f.lines] for name, f in evaluation.by_label.items()},
        "by_language": {
            name: {
                "documents": f.documents,
                **{k: round(v, 5) for k, v in asdict(f.shares).items()},
            }
            for name, f in evaluation.by_language.items()
        },
    }


def comparison(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """A table of two sets of figures by mode, as Markdown."""
    rows = ["| mode | | removed lines | lost words | harmed documents | exact documents |", "|---|---|---|---|---|---|"]
    for mode in after:
        for name, values in (("before", before.get(mode)), ("after", after[mode])):
            if values:
                rows.append(
                    f"| {mode} | {name} | {values['removed_lines']:.1%} | {values['lost_words']:.2%} | "
                    f"{values['harmed_docs']:.1%} | {values['exact_docs']:.1%} |"
                )
    return "\n".join(rows)


def by_group(found: Mapping[str, Any], fewest: int = 3) -> str:
    """Tables by category and by language (those of at least ``fewest`` documents), as Markdown."""
    rows = ["| category | lines | removed |", "|---|---|---|"]
    for name, (gone, lines) in sorted(found["by_category"].items(), key=lambda item: (-item[1][1], item[0])):
        rows.append(f"| {name} | {lines} | {gone / max(1, lines):.1%} |")
    rows += ["", "| language | documents | removed lines | lost words | harmed documents | exact documents |"]
    rows.append("|---|---|---|---|---|---|")
    for name, v in sorted(found["by_language"].items(), key=lambda item: (-item[1]["documents"], item[0])):
        if v["documents"] >= fewest:
            rows.append(
                f"| {name} | {v['documents']} | {v['removed_lines']:.1%} | {v['lost_words']:.2%} | "
                f"{v['harmed_docs']:.1%} | {v['exact_docs']:.1%} |"
            )
    return "\n".join(rows)
