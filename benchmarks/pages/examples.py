"""Pages with the gold text of their articles, as blocks with the share of each that stands in the gold text."""

import gzip
import json
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaner.html.article import Read, evidence_of
from cleaner.html.blocks import read_blocks
from cleaner.html.decode import decode_page
from cleaner.html.extraction import quick_text
from cleaner.html.tree import parse
from cleaner.html.wording import wording
from cleaner.learned.alphabet import Alphabet
from cleaner.sites import site_of

_WORD = re.compile(r"\w+")
#: A block of fewer words is compared as a whole, or by pairs of words.
_LONG = 6
_RUN = 4
_PAIRS_COUNT = 0.8
_ONE_WORD_COUNTS = 0.3


@dataclass(frozen=True)
class Example:
    """A page: its blocks, the buckets of their wording (``counts`` of each block), and the labels (0-1)."""

    id: str
    site: str
    read: Read
    buckets: NDArray[np.int32]
    counts: NDArray[np.int64]
    labels: NDArray[np.float64]
    gold: str
    forbidden: tuple[str, ...]


def read_examples(folder: Path, limit: int | None = None, workers: int = 2) -> list[Example]:
    """The pages of ``folder/html`` whose gold texts are in ``folder/html_gold.jsonl.gz``."""
    with gzip.open(folder / "html_gold.jsonl.gz", "rt", encoding="utf-8") as file:
        pages = [(folder, json.loads(row)) for row in file][:limit]
    with ProcessPoolExecutor(workers) as pool:
        return [example for example in pool.map(_example, pages, chunksize=16) if len(example.labels)]


def _example(task: tuple[Path, dict[str, Any]]) -> Example:
    folder, page = task
    html = gzip.decompress((folder / "html" / f"{page['id']}.html.gz").read_bytes())
    tree = parse(decode_page(html, None).text)
    blocks = read_blocks(tree)
    read = evidence_of(tree, blocks, quick_text(tree))
    kinds = wording(blocks, Alphabet.of_this_python()) if len(blocks) else []
    owners = np.concatenate([units for _, units in kinds]) if kinds else np.zeros(0, dtype=np.int64)
    buckets = np.concatenate([some for some, _ in kinds]) if kinds else owners
    return Example(
        page["id"],
        (site_of(page["url"]) or ("",))[0],
        read,
        buckets[np.argsort(owners, kind="stable")].astype(np.int32),
        np.bincount(owners, minlength=len(blocks)),
        np.array([*_labels(blocks.texts, page["gold"])], dtype=np.float64),
        page["gold"],
        tuple(page["without"]),
    )


def _labels(texts: list[str], gold: str) -> Iterator[float]:
    """The share of each block that stands in the gold text: of its runs of words, for a short one as a whole."""
    words = _WORD.findall(gold.lower())
    runs, pairs, single = set(_grams(words, _RUN)), set(_grams(words, 2)), set(words)
    lines = {tuple(_WORD.findall(line.lower())) for line in gold.split("\n")}
    for text in texts:
        own = _WORD.findall(text.lower())
        if len(own) >= _LONG:
            found = set(_grams(own, _RUN))
            yield len(found & runs) / len(found)
        elif tuple(own) in lines:
            yield 1.0
        elif len(own) > 1:
            found = set(_grams(own, 2))
            yield _PAIRS_COUNT * len(found & pairs) / len(found)
        else:
            yield _ONE_WORD_COUNTS * (bool(own) and own[0] in single)


def _grams(words: list[str], size: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[i : i + size]) for i in range(len(words) - size + 1))
