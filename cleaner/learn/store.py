"""The lines of a corpus in a database on disk, and what recurs among them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cleaner.duck import Database
from cleaner.errors import ConfigError
from cleaner.facts import is_final, is_prose
from cleaner.fold import fold
from cleaner.learn.corpus import Story
from cleaner.learn.template import MOST_CHARACTERS, MOST_WORDS, template_of
from cleaner.matching.squeezed import count_words
from cleaner.segment import split_lines

#: A line that stands in this share (0-1) of a site's documents is no mark of one text among them.
EVERYWHERE = 0.2
#: How many documents are looked into for each template.
SAMPLE = 24

_BATCH = 50_000

_TABLES = """
CREATE TABLE copies (row UINTEGER, doc UBIGINT, version UBIGINT, site VARCHAR, day DATE);
CREATE TABLE lines (row UINTEGER, doc UBIGINT, site VARCHAR, n INTEGER, key UBIGINT, telling BOOLEAN, prose BOOLEAN,
    text VARCHAR);
"""

# A page counts once, and so does a text that a site has twice; of its versions, one stays, whatever the order.
_ONCE = """
CREATE TABLE documents AS
    SELECT doc, arg_min(row, version) AS row, any_value(site) AS site, min(day) AS day FROM copies GROUP BY doc;
CREATE TABLE superfluous AS SELECT row FROM copies EXCEPT SELECT row FROM documents;
DELETE FROM lines WHERE row IN (SELECT row FROM superfluous);
CREATE TABLE sites AS SELECT site, count(*) AS documents, min(day) AS first, max(day) AS last
    FROM documents GROUP BY site;
"""

_RECURRING = """
CREATE TABLE counts AS
    SELECT key, site, count(*) AS documents FROM lines WHERE telling AND site <> '' GROUP BY key, site;
CREATE TABLE frequent AS SELECT key, site, counts.documents FROM counts JOIN sites USING (site)
    WHERE counts.documents >= {least} AND counts.documents >= {share} * sites.documents;
CREATE TABLE candidates AS
    WITH wide AS (
        SELECT key, sum(documents) AS documents FROM counts GROUP BY key
        HAVING count(*) >= {sites} AND sum(documents) >= {least}
    ), local AS (SELECT key, sum(documents) AS documents FROM frequent GROUP BY key)
    SELECT key, coalesce(wide.documents, local.documents) AS documents, wide.key IS NOT NULL AS wide
    FROM wide FULL JOIN local USING (key) ORDER BY documents DESC, key LIMIT {limit};
DROP TABLE counts;
"""

# Where the article's own prose begins and ends; no line is its own that recurs.
_PLACES = """
CREATE TABLE extents AS SELECT doc, min(n) AS first, max(n) AS last
    FROM lines ANTI JOIN frequent USING (key, site) ANTI JOIN candidates USING (key)
    WHERE prose GROUP BY doc;
CREATE TABLE found AS SELECT key, lines.site, lines.doc, n, day,
        CASE WHEN n < first THEN 'head' WHEN n > last THEN 'tail' ELSE 'inside' END AS place
    FROM lines SEMI JOIN candidates USING (key) JOIN documents USING (doc) LEFT JOIN extents ON extents.doc = lines.doc
    WHERE lines.site <> '';
CREATE TABLE sample AS
    WITH by_site AS (
        SELECT key, site, doc, n, row_number() OVER (PARTITION BY key, site ORDER BY doc) AS turn FROM found
    )
    SELECT key, site, doc, n FROM by_site QUALIFY row_number() OVER (PARTITION BY key ORDER BY turn, doc) <= {sample};
CREATE TABLE pages AS SELECT doc, n, key, text, prose, frequent.key IS NOT NULL AS frequent,
        coalesce(frequent.documents >= {everywhere} * sites.documents, false) AS everywhere
    FROM lines SEMI JOIN sample USING (doc) JOIN sites USING (site) LEFT JOIN frequent USING (key, site)
    ORDER BY doc, n;
"""

_SPREAD = """
WITH weeks AS (
    SELECT key, max(documents) AS most FROM (
        SELECT key, date_trunc('week', day) AS week, count(*) AS documents FROM found WHERE day IS NOT NULL GROUP BY ALL
    ) GROUP BY key
)
SELECT key, count(*) AS documents, count(DISTINCT site) AS sites, count(*) FILTER (place = 'head') AS head,
    count(*) FILTER (place = 'tail') AS tail, count(day) AS dated, count(DISTINCT day) AS days, min(day) AS first,
    max(day) AS last, any_value(most) AS most_in_a_week, any_value(wide) AS wide
FROM found JOIN candidates USING (key) LEFT JOIN weeks USING (key) GROUP BY key ORDER BY key
"""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often a template recurs, where, and when.

    ``head`` and ``tail`` count the documents in which it stands before or after all of the article's own prose, and
    ``dated`` those of which the day is known. ``spread`` is the number of sites that have it at all, ``wide`` says
    whether these are enough, and ``sites`` maps each site on which it recurs to how many documents have it there, and
    how many there are.
    """

    key: int
    documents: int
    spread: int
    head: int
    tail: int
    dated: int
    days: int
    first: date | None
    last: date | None
    most_in_a_week: int
    wide: bool
    sites: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of a document that is looked into.

    ``frequent`` says that its template recurs on this site, ``everywhere`` that it does in so many documents that it
    says nothing about which of them are one text.
    """

    n: int
    key: int
    text: str
    prose: bool
    frequent: bool
    everywhere: bool


class Store:
    """The lines of a corpus. Fill it with ``add``, then ``settle`` it, then ask; it holds little in memory."""

    def __init__(self, database: Database) -> None:
        self._connection = database.connection
        self._connection.execute(_TABLES)
        self._rows = 0

    def add(self, stories: Iterable[Story]) -> int:
        """Take in documents; how many they were."""
        lines: list[tuple[Any, ...]] = []
        copies: list[tuple[Any, ...]] = []
        before = self._rows
        for story in stories:
            doc = _digest(f"{story.site}\n{story.page or story.text}")
            copies.append((self._rows, doc, _digest(story.text), story.site, story.day))
            lines += _lines(self._rows, doc, story)
            self._rows += 1
            if len(lines) >= _BATCH:
                self._insert(copies, lines)
                copies, lines = [], []
        self._insert(copies, lines)
        return self._rows - before

    def _insert(self, copies: Sequence[tuple[Any, ...]], lines: Sequence[tuple[Any, ...]]) -> None:
        for name, rows in (("copies", copies), ("lines", lines)):
            if rows:
                self._connection.register("batch", _arrow(name, rows))
                self._connection.execute(f"INSERT INTO {name} SELECT * FROM batch")
                self._connection.unregister("batch")

    def settle(self, *, least: int, share: float, sites: int, limit: int) -> None:
        """Find what recurs: in ``least`` documents of a site and a ``share`` (0-1) of them, or on ``sites`` sites.

        At most ``limit`` templates are kept, those with the most documents. Raises ``ConfigError`` if the memory is too
        small.
        """
        import duckdb

        try:
            self._connection.execute(_ONCE)
            self._connection.execute(_RECURRING.format(least=least, share=share, sites=sites, limit=limit))
            self._connection.execute(_PLACES.format(sample=SAMPLE, everywhere=EVERYWHERE))
        except duckdb.OutOfMemoryException as error:
            raise ConfigError(f"this corpus needs more memory or disk; give it more with --memory: {error}") from None

    def recurrences(self) -> list[Recurrence]:
        """What recurs, in a fixed order."""
        sites: dict[int, dict[str, tuple[int, int]]] = {}
        query = """SELECT key, site, frequent.documents, sites.documents FROM frequent SEMI JOIN candidates USING (key)
            JOIN sites USING (site) ORDER BY key, site"""
        for key, site, documents, total in self._connection.execute(query).fetchall():
            sites.setdefault(key, {})[site] = (documents, total)
        rows = self._connection.execute(_SPREAD).fetchall()
        return [
            Recurrence(
                key, documents, spread, head, tail, dated, days, first, last, most or 0, wide, sites.get(key, {})
            )
            for key, documents, spread, head, tail, dated, days, first, last, most, wide in rows
        ]

    def span(self) -> tuple[date | None, date | None]:
        """The first and the last day of the corpus."""
        row = self._connection.execute("SELECT min(first), max(last) FROM sites").fetchone()
        return row if row else (None, None)

    def samples(self) -> Iterator[tuple[int, tuple[tuple[int, int], ...]]]:
        """For each template some documents that have it, and the number of its line in them; site after site."""
        rows = self._connection.execute(
            "SELECT key, list((doc, n) ORDER BY doc) FROM sample GROUP BY key ORDER BY min(site), key"
        ).fetchall()
        for key, places in rows:
            yield key, tuple((doc, n) for doc, n in places)

    def page(self, doc: int) -> tuple[PageLine, ...]:
        """The lines of a document that some sample names."""
        rows = self._connection.execute(
            "SELECT n, key, text, prose, frequent, everywhere FROM pages WHERE doc = $doc ORDER BY n", {"doc": doc}
        ).fetchall()
        return tuple(PageLine(*row) for row in rows)

    def summary(self) -> tuple[int, int, int]:
        """How many different documents there are, how many of no known site, and how many sites."""
        row = self._connection.execute(
            "SELECT count(*), count(*) FILTER (site = ''), count(DISTINCT site) FILTER (site <> '') FROM documents"
        ).fetchone()
        assert row is not None
        return row


def _arrow(table: str, rows: Sequence[tuple[Any, ...]]) -> Any:
    """Rows of a table as Arrow has them."""
    import pyarrow as pa

    u4, u8, text, truth = pa.uint32(), pa.uint64(), pa.string(), pa.bool_()
    kinds = {"copies": (u4, u8, u8, text, pa.date32()), "lines": (u4, u8, text, pa.int32(), u8, truth, truth, text)}[
        table
    ]
    columns = [pa.array(column, kind) for column, kind in zip(zip(*rows, strict=True), kinds, strict=True)]
    return pa.table(columns, names=[str(i) for i in range(len(kinds))])


def _lines(row: int, doc: int, story: Story) -> Iterator[tuple[Any, ...]]:
    """The lines of a document for the database; one that stands in it twice is there once, where it stands first."""
    seen: set[int] = set()
    for line in split_lines(story.text):
        text = line.text.strip().encode("utf-8", "replace").decode()
        if not text:
            continue
        words = count_words(text)
        if words <= MOST_WORDS and len(text) <= MOST_CHARACTERS:
            template = template_of(text)
            key, telling = template.key, template.telling
        else:
            key, telling = _digest(fold(text)), False
        if key not in seen:
            seen.add(key)
            yield row, doc, story.site, line.number, key, telling, is_prose(words, final=is_final(text)), text


def _digest(text: str) -> int:
    """64 bits that stand for a text."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
