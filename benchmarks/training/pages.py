"""Documents made of extractors' texts of pages, their lines labelled through what is known of the page.

One page gives a different text with each extractor. The lines that they share are labelled once, under the page and the
line's key, and looked up in every text.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.training.documents import DOUBT, LABELS, UNKNOWN, Line, Source, TrainingDocument, read_rows, site_of
from cleaner.errors import InputError
from cleaner.evaluate import KEEP
from cleaner.model import Category

#: The line labels that come with the project; ``labels/README.md`` has their format.
PAGE_LABELS = Path(__file__).with_name("labels") / "pages.tsv.gz"
#: The length (hex digits) of a line's key.
KEY_DIGITS = 12
#: A text of a labelled page with more unlabelled lines than this is left out.
MOST_UNKNOWN_LINES = 60
#: A text of any other page is left out if more than this share (0-1) of its lines, blank ones included, is unlabelled.
MOST_UNKNOWN_SHARE = 0.6
#: Normalised lines shorter than this (characters) may stand in the page's gold text by chance.
SHORTEST_IN_GOLD = 9

_GAP = re.compile(r"\W+")
#: The extractor that is read on pages which are no articles: it leaves out least.
_FULLEST = "trafilatura-recall"


def normalised(text: str) -> str:
    """The words of a text in lower case, single blanks between them.

    >>> normalised("  Sign up: it's FREE!")
    'sign up it s free'
    """
    return _GAP.sub(" ", text.lower()).strip()


def line_key(line: str) -> str:
    """What a line is found again by; "" for a line without words.

    >>> line_key("Sign up!") == line_key("sign  UP"), line_key("* * *")
    (True, '')
    """
    words = normalised(line)
    return hashlib.sha256(words.encode()).hexdigest()[:KEY_DIGITS] if words else ""


def read_page_labels(path: Path = PAGE_LABELS) -> dict[str, dict[str, str]]:
    """Read line labels: page id → line key → label. Raises ``InputError`` with file and line where a row is none.

    >>> sorted({label.rstrip("?") for labels in read_page_labels().values() for label in labels.values()})[:3]
    ['ad', 'bio', 'caption']
    """
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    for place, row in read_rows(path):
        fields = row.split("\t")
        if len(fields) != 3 or len(fields[1]) != KEY_DIGITS or fields[2].removesuffix(DOUBT) not in LABELS:
            raise InputError(f"{place}: is not a page id, a key of {KEY_DIGITS} hex digits and a label, tabs between")
        page, key, label = fields
        labels[page][key] = label
    return dict(labels)


def read_pages(
    weak_path: Path, labelled: Sequence[TrainingDocument], labels_path: Path = PAGE_LABELS
) -> list[TrainingDocument]:
    r"""Documents from extractors' texts of pages: first those of labelled pages ("extraction"), then others ("page").

    ``weak_path`` is a file of JSON Lines: ``{"id", "page_type", "url", "upstream", "raw", "gold", "title"}``, one
    extractor's text of one page each. A line has the label that the labelled documents give it on that page, else that
    of ``labels_path``; on a labelled page a line that stands in the gold text is content besides.

    >>> import tempfile
    >>> seen = TrainingDocument("labelled", "a", "tide.example", "en", None, None, (("Shop now", "promo"),), "plain")
    >>> record = {"id": "a", "page_type": "article", "url": None, "upstream": "other", "title": None}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.jsonl"
    ...     _ = file.write_text(json.dumps(record | {"raw": "Ships left.\nShop now", "gold": "Ships left."}))
    ...     [(document.source, document.lines) for document in read_pages(file, [seen])]
    [('extraction', (('Ships left.', 'keep'), ('Shop now', 'promo')))]
    """
    known = _Known.of(labelled, read_page_labels(labels_path))
    extractions: dict[tuple[str, str], TrainingDocument] = {}  # a text that two extractors agree on counts once
    pages: list[TrainingDocument] = []
    for _, row in read_rows(weak_path):
        record = json.loads(row)
        page = record["id"]
        if page in known.sites:
            if known.wants_extraction(record) and (document := known.extraction(record)):
                extractions.setdefault((page, record["raw"]), document)
        elif known.wants_page(record) and (document := known.page(record)):
            pages.append(document)
    return [*extractions.values(), *pages]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of pages: of the labelled ones their site, language and texts, and of all the lines' labels."""

    sites: Mapping[str, str]
    languages: Mapping[str, str]
    texts: frozenset[tuple[str, str]]  # page id and upstream
    labels: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, labelled: Iterable[TrainingDocument], table: Mapping[str, Mapping[str, str]]) -> "_Known":
        documents = list(labelled)
        labels = {page: dict(lines) for page, lines in table.items()}
        for document in documents:
            lines = ((line_key(text), label) for text, label in document.lines)
            labels.setdefault(document.id, {}).update((key, label) for key, label in lines if key)
        return cls(
            sites={document.id: document.site for document in documents},
            languages={document.id: document.language for document in documents},
            texts=frozenset((document.id, document.upstream) for document in documents),
            labels=labels,
        )

    def wants_extraction(self, record: Mapping[str, Any]) -> bool:
        """Whether the record is an article's text from an extractor, and not one that was labelled by hand."""
        upstream = record["upstream"]
        return record["page_type"] == "article" and upstream != "bs4" and (record["id"], upstream) not in self.texts

    def wants_page(self, record: Mapping[str, Any]) -> bool:
        """Whether the record is of a page in the table; of pages that are no articles one extractor's text will do."""
        upstream = record["upstream"]
        if record["id"] not in self.labels or upstream in ("bs4", "resiliparse"):
            return False
        return bool(record["page_type"] == "article" or upstream == _FULLEST)

    def extraction(self, record: Mapping[str, Any]) -> TrainingDocument | None:
        """The text with what the hand labels, the table and the gold text say; none if they leave too much open."""
        page = record["id"]
        labels, gold = self.labels[page], f" {normalised(record['gold'])} "

        def label_of(text: str) -> str:
            words = normalised(text)
            in_gold = len(words) >= SHORTEST_IN_GOLD and f" {words} " in gold
            return labels.get(line_key(text)) or (KEEP if in_gold else UNKNOWN)

        lines = _labelled_lines(record["raw"], label_of)
        if sum(label == UNKNOWN for _, label in lines) > MOST_UNKNOWN_LINES:
            return None
        return _document("extraction", record, self.sites[page], self.languages[page], lines)

    def page(self, record: Mapping[str, Any]) -> TrainingDocument | None:
        """The text with what the table says; none if it leaves too much open."""
        labels = self.labels[record["id"]]
        lines = _labelled_lines(record["raw"], lambda text: labels.get(line_key(text), UNKNOWN))
        if sum(label == UNKNOWN for _, label in lines) > MOST_UNKNOWN_SHARE * len(lines):
            return None
        return _document("page", record, site_of(record["url"], record["id"]), "", lines)


def _document(
    source: Source, record: Mapping[str, Any], site: str, language: str, lines: tuple[Line, ...]
) -> TrainingDocument:
    title, url, upstream = record["title"], record["url"], record["upstream"]
    return TrainingDocument(source, record["id"], site, language, title, url, lines, upstream)


def _labelled_lines(raw: str, label_of: Callable[[str], str]) -> tuple[Line, ...]:
    return tuple((text, _wordless(text) or label_of(text)) for text in raw.split("\n"))


def _wordless(text: str) -> str | None:
    """The label of a line without words."""
    if not text.strip():
        return KEEP
    return None if normalised(text) else Category.OTHER.value
