"""Cleaners for scoring on development data: each text or page is cleaned with the models that never saw its site.

``python ../shared/bench/lines_score.py LABELLED --cleaner benchmarks.out_of_fold:clean`` after ``benchmarks.training``;
``python ../shared/bench/html_score.py --cleaner benchmarks.out_of_fold:clean_html`` after ``benchmarks.pages`` as well,
and ``:extract_html`` and ``:clean_extracted`` for its parts. The folder with the models is ``build/folds``, or what
``CLEANER_FOLDS`` names; ``CLEANER_MODE`` names another mode.
"""

import os
from functools import cache
from pathlib import Path

from benchmarks.training.documents import fold_of
from benchmarks.training.report import fold_file, read_index
from cleaner.apply import sha256
from cleaner.config import Config
from cleaner.html import judge
from cleaner.html.extraction import extract
from cleaner.pipeline import Cleaner
from cleaner.result import CleanResult
from cleaner.sites import site_of

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


@cache
def _page_model(fold: int) -> judge.PageModel:
    return judge.load(FOLDER / f"pages-{fold}.npz")


def clean_html(html: bytes, url: str) -> CleanResult:
    """Clean a page with the models that never saw its site."""
    fold = fold_of(_site(url))
    return _cleaner(fold).clean_extraction(extract(html, url, model=_page_model(fold)))


def extract_html(html: bytes, url: str) -> str:
    """What the extraction alone gives: the blocks of which the page model has no doubt."""
    found = extract(html, url, model=_page_model(fold_of(_site(url))))
    lines = found.text.split("\n")
    hints = found.hints or (None,) * len(lines)
    return "\n".join(line for line, hint in zip(lines, hints, strict=True) if hint is None)


def clean_extracted(html: bytes, url: str) -> CleanResult:
    """What trafilatura gives by itself, cleaned as a text."""
    return _cleaner(fold_of(_site(url))).clean_extraction(extract(html, url))


def _site(url: str) -> str:
    return (site_of(url) or ("",))[0]
