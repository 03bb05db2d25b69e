"""How well texts that lost line breaks are cleaned: ``python -m benchmarks.joined LABELLED [--no-model]``.

Joins the lines of labelled documents as training does, with another seed, and cleans each with the model that never
saw its site (``build/folds``, after a training run). Counts words, since the lines of a joined text are no units.
"""

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.out_of_fold import FOLDER
from benchmarks.training.augment import JoinedDocument, join
from benchmarks.training.documents import CORE, fold_of, read_labelled
from benchmarks.training.report import fold_file
from cleaner.batch import cleaner_for
from cleaner.config import NO_MODEL, Config, Mode
from cleaner.evaluate import KEEP
from cleaner.model import Removal
from cleaner.workers import ordered_map

_SEED = 101


def main() -> None:
    """Read the command line, clean, count, print a line a mode."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--no-model", action="store_true")
    arguments = parser.parse_args()
    documents = join(read_labelled(arguments.labelled), _SEED)
    for mode in Mode:
        base = Config(mode=mode)
        jobs = [
            (document, replace(base, model=NO_MODEL if arguments.no_model else _model(document)))
            for document in sorted(documents, key=lambda d: fold_of(d.site))
        ]
        total: Counter[str] = Counter()
        for counts in ordered_map(_count, jobs, 2):
            total.update(counts)
        print(
            f"{mode}: {total['documents']} documents, boilerplate words removed {total['gone'] / total['core']:.1%}, "
            f"content words lost {total['lost'] / total['keep']:.2%}, documents that lost five words or more "
            f"{total['harmed'] / total['documents']:.1%}"
        )


def _model(document: JoinedDocument) -> str:
    return str(fold_file(FOLDER, fold_of(document.site)))


def _count(job: tuple[JoinedDocument, Config]) -> Counter[str]:
    document, config = job
    text = "\n".join(document.texts)
    removals = cleaner_for(config).clean(text, document.url, document.title).removals
    counts: Counter[str] = Counter(documents=1)
    lost = 0
    start = 0
    for line in document.lines:
        for piece, label in line:
            if label == KEEP or label in CORE:
                words = [(start + m.start(), start + m.end()) for m in re.finditer(r"\w+", piece)]
                gone = _inside(words, removals)
                counts["keep" if label == KEEP else "core"] += len(words)
                counts["lost" if label == KEEP else "gone"] += gone
                lost += gone if label == KEEP else 0
            start += len(piece) + 1
    counts["harmed"] = int(lost >= 5)
    return counts


def _inside(words: Sequence[tuple[int, int]], removals: Sequence[Removal]) -> int:
    """How many of the words lie in a removal; both come in order."""
    gone = place = 0
    for start, end in words:
        while place < len(removals) and removals[place].end <= start:
            place += 1
        gone += place < len(removals) and removals[place].start <= start and end <= removals[place].end
    return gone


if __name__ == "__main__":
    main()
