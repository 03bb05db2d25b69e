"""A cleaner for scoring on the labelled documents: each text is cleaned with the model that never saw its site.

``python ../shared/bench/lines_score.py LABELLED --cleaner benchmarks.out_of_fold:clean`` after a training run. The
folder with the models is ``build/folds``, or what ``CLEANER_FOLDS`` names; ``CLEANER_MODE`` names another mode.
"""

import os
from functools import cache
from pathlib import Path

from benchmarks.training.report import fold_file, read_index
from cleaner.apply import sha256
from cleaner.config import Config
from cleaner.pipeline import Cleaner, CleanResult

FOLDER = Path(os.environ.get("CLEANER_FOLDS", "build/folds"))


@cache
def _index() -> dict[str, int]:
    return read_index(FOLDER)


@cache
def _cleaner(fold: int) -> Cleaner:
    mode = os.environ.get("CLEANER_MODE", "balanced")
    return Cleaner(Config.make(mode=mode, model=str(fold_file(FOLDER, fold))))


def clean(text: str, url: str | None = None, title: str | None = None) -> CleanResult:
    """Clean a labelled text; raises ``KeyError`` for any other."""
    return _cleaner(_index()[sha256(text)]).clean(text, url, title)
