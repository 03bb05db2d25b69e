"""Documents whose lines carry labels."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cleaner.errors import InputError
from cleaner.evaluate import CORE_CATEGORIES, KEEP, parse_document
from cleaner.model import OPTIONAL_CATEGORIES

#: Labels of lines that must go.
CORE = frozenset(category.value for category in CORE_CATEGORIES)
#: Labels of lines that may stay or go.
OPTIONAL = frozenset(category.value for category in OPTIONAL_CATEGORIES)
#: The label of a line of which nothing is known.
UNKNOWN = ""
#: What follows a label that was doubted.
DOUBT = "?"
#: Every label there is, doubted ones without their mark.
LABELS = CORE | OPTIONAL | {KEEP, UNKNOWN}
#: How many folds the sites fall into.
FOLDS = 5

#: A line's text and its label.
Line = tuple[str, str]
#: Where a document comes from: labelled by hand; another extractor's text of such a page; a page whose lines were
#: labelled without their order (``labels/``); written for the training (``written/``); put together from the others.
Source = Literal["labelled", "extraction", "page", "written", "spliced"]


@dataclass(frozen=True, slots=True)
class TrainingDocument:
    """A document to train on. Several may share an ``id``: a page as different extractors (``upstream``) give it.

    ``site`` is never empty; documents of a site belong to one fold. ``language`` and ``upstream`` are "" if unknown.

    >>> TrainingDocument("written", "a", "a", "en", None, None, (("A story.", "keep"), ("Shop now", "promo"))).text
    'A story.\\nShop now'
    """

    source: Source
    id: str
    site: str
    language: str
    title: str | None
    url: str | None
    lines: tuple[Line, ...]
    upstream: str = ""

    @property
    def text(self) -> str:
        """The raw text."""
        return "\n".join(text for text, _ in self.lines)


def fold_of(site: str) -> int:
    """The fold (0-4) of a site. It is the same in every run and on every machine.

    >>> [fold_of(site) for site in ("harbour.example", "ledger.example", "tide.example")]
    [2, 0, 4]
    """
    return int(hashlib.md5(site.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def site_of(url: str | None, fallback: str) -> str:
    """The host of an address, without a leading ``www.``; ``fallback`` where it has none.

    >>> site_of("https://www.harbour.example/a", "a"), site_of(None, "a")
    ('harbour.example', 'a')
    """
    return (urlsplit(url or "").hostname or "").removeprefix("www.") or fallback


def read_rows(path: Path) -> Iterator[tuple[str, str]]:
    r"""The rows of a UTF-8 file, gzipped if it is named ``.gz``, each behind its place (file and line); no blank ones.

    Raises ``InputError`` where the file cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "a.txt").write_text("one\n\ntwo\n")
    ...     [row for _, row in read_rows(Path(folder) / "a.txt")]
    ['one', 'two']
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as rows:
            for number, row in enumerate(rows, 1):
                if row.strip():
                    yield f"{path}:{number}", row.rstrip("\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from None


def read_labelled(path: Path) -> list[TrainingDocument]:
    r"""Read documents labelled by hand: JSON Lines of ``id``, ``lines`` and, if known, the other fields.

    The fields are ``{"id", "url", "site", "lang", "title", "upstream", "lines": [[text, label], ...]}``. The site falls
    back to the host of ``url``, then to ``id``. Raises ``InputError`` with file and line for a row that is not such a
    document.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.jsonl"
    ...     _ = file.write_text('{"id": "a", "url": "https://www.tide.example/a", "lines": [["A story.", "keep"]]}\n')
    ...     [(document.id, document.site, document.lines) for document in read_labelled(file)]
    [('a', 'tide.example', (('A story.', 'keep'),))]
    """
    return [_labelled(place, row) for place, row in read_rows(path)]


def _labelled(place: str, row: str) -> TrainingDocument:
    document = parse_document(row, place)
    return TrainingDocument(
        source="labelled",
        id=document.id,
        site=json.loads(row).get("site") or site_of(document.url, document.id),
        language=document.language or "",
        title=document.title,
        url=document.url,
        lines=tuple((line.text, line.label + ("" if line.certain else DOUBT)) for line in document.lines),
        upstream=document.upstream or "",
    )
