"""What readers, workers and writers of a corpus hand each other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cleaner.model import Document, Span

#: The most rows of a chunk, and the most bytes of rows after which it ends: what a worker is given at a time.
CHUNK_ROWS = 256
CHUNK_BYTES = 1 << 20

#: The default of ``Layout.limit``.
MAX_DOCUMENT = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns hold what. A row of more than ``limit`` bytes is set aside.

    ``html`` says that the text column holds web pages, ``extractor`` what takes the text from pages.
    """

    text: str = "text"
    id: str = "id"
    url: str = "url"
    title: str = "title"
    limit: int = MAX_DOCUMENT
    html: bool = False
    extractor: str = "trafilatura"


def made_id(shard: str, number: int) -> str:
    """What a document without an id is called.

    >>> made_id("2024/a.jsonl", 7)
    '2024/a.jsonl#7'
    """
    return f"{shard}#{number}"


@dataclass(frozen=True, slots=True)
class Webpage:
    """A document that is a web page as yet: workers extract its text.

    ``charset`` is what its server said, ``remark`` why it may be no article.
    """

    html: str | bytes
    id: str
    url: str | None
    extractor: str
    charset: str | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a shard, counted from 0: a document, or nothing to clean, or what is wrong with it.

    ``id`` is what its id column holds, empty if nothing; then its document is called by shard and row. ``null`` says
    that the row has a text column and nothing in it. ``size`` is in bytes.
    """

    number: int
    size: int
    id: str = ""
    document: Document | Webpage | None = None
    null: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Rows that cannot be read: so many from ``first`` on, or all the rest where nobody can say how many."""

    first: int
    count: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Successive rows of a shard, with ``raw``, from which the format's writer makes them again; or a gap.

    ``position`` is how many bytes of the shard's file have been read by now.
    """

    rows: tuple[Row, ...]
    raw: Any
    position: int
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What cleaning gave for a document, as far as writing needs it.

    ``text`` is ``None`` if nothing was removed, else the text without ``spans``; of a web page, it is always there, and
    ``spans`` are ``None``, since they are none of what was read. ``record`` is the line of the audit
    log. Sizes are in bytes of UTF-8. ``tally`` counts removals and removed characters by category and rule.
    """

    text: str | None
    spans: tuple[Span, ...] | None
    record: str
    bytes_in: int
    bytes_out: int
    incomplete: bool
    tally: tuple[tuple[tuple[str, str], tuple[int, int]], ...]


@dataclass(frozen=True, slots=True)
class Lost:
    """A row that is set aside, and why."""

    reason: str


#: What becomes of a row: ``None`` means that it passes as it is.
Fate = Outcome | Lost | None


def gathered(rows: Iterable[tuple[Row, Any] | Gap], position: Callable[[], int]) -> Iterator[Chunk]:
    """Rows, each with what it is made from, and gaps, as chunks; ``position`` is called for that of each chunk.

    >>> rows = [(Row(n, 400_000), b"") for n in range(4)]
    >>> [len(chunk.rows) for chunk in gathered(rows, lambda: 0)]
    [3, 1]
    """
    some: list[tuple[Row, Any]] = []
    size = 0
    for item in rows:
        gap = item if isinstance(item, Gap) else None
        if not isinstance(item, Gap):
            some.append(item)
            size += item[0].size
        if some and (gap or len(some) >= CHUNK_ROWS or size >= CHUNK_BYTES):
            yield _chunk(some, position())
            some, size = [], 0
        if gap:
            yield Chunk((), (), position(), gap)
    if some:
        yield _chunk(some, position())


def _chunk(some: Sequence[tuple[Row, Any]], position: int) -> Chunk:
    return Chunk(tuple(row for row, _ in some), tuple(raw for _, raw in some), position)
