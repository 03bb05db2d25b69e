"""Questions to audit logs of any size: what went, by which rule, from which site.

DuckDB reads the logs itself and answers in bounded memory. The tables that its SQL sees are described in
docs/audit-format.md.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from typing import Any

from cleaner.audit import SCHEMA, read_records
from cleaner.datafiles import JSON_LINES, PARQUET, expand, is_parquet, json_lines, mended, parquet, read_lines, sound
from cleaner.duck import MEMORY, Database, database, literal, name
from cleaner.errors import AuditError, ConfigError, InputError
from cleaner.logreading import NO_LOGS
from cleaner.model import Page

#: What a document's site is called where nothing tells it.
UNKNOWN_SITE = "(unknown)"
#: Characters of an example text.
EXAMPLE = 200

_SPAN = (
    'start BIGINT, "end" BIGINT, "text" VARCHAR, category VARCHAR, confidence DOUBLE, detector VARCHAR, rule VARCHAR'
)
_FIELDS = {
    "schema": "BIGINT",
    "id": "VARCHAR",
    "source_sha256": "VARCHAR",
    "clean_sha256": "VARCHAR",
    "cleaner": "VARCHAR",
    "config": "VARCHAR",
    "packs_sha256": "VARCHAR",
    "packs": 'STRUCT("name" VARCHAR, "version" VARCHAR, sha256 VARCHAR)[]',
    "removals": f"STRUCT({_SPAN}, reason VARCHAR, others VARCHAR[])[]",
    "kept": f"STRUCT({_SPAN}, reason VARCHAR, refusal VARCHAR)[]",
    "incomplete": "VARCHAR[]",
    "encoding": "VARCHAR",
    "page": f"STRUCT({', '.join(f'{f.name} VARCHAR' for f in fields(Page))})",
}

# The host of a url without ``www.``, or, with a second argument of true, of what may be one without a scheme.
_MACROS = r"""
CREATE MACRO host_of(url) AS nullif(regexp_extract(
    lower(url), '^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(?:www\.)?([^/?#:@]+)', 1), '');
CREATE MACRO site_of(url) AS coalesce(host_of(url), nullif(regexp_extract(
    lower(url), '^(?://)?(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[/?#:]|$)', 1), ''));
CREATE MACRO site_of_id(id) AS coalesce(host_of(id), nullif(regexp_extract(
    lower(id), '(?:^|/)(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})/', 1), ''));
"""

_VIEWS = """
CREATE VIEW records AS SELECT file, {fields}, source_sha256 <> clean_sha256 AS changed FROM logs;
CREATE VIEW removals AS
    SELECT file, id, r.start, r."end", r."text", r.category, r.confidence, r.detector, r.rule, r.reason, r.others,
        r."end" - r.start AS characters, coalesce(r.rule, r.detector) AS source
    FROM (SELECT file, id, unnest(removals) AS r FROM logs);
CREATE VIEW kept AS
    SELECT file, id, r.start, r."end", r."text", r.category, r.confidence, r.detector, r.rule, r.reason, r.refusal,
        r."end" - r.start AS characters, coalesce(r.rule, r.detector) AS source
    FROM (SELECT file, id, unnest(kept) AS r FROM logs);
"""

_SUMMARY = """
SELECT count(DISTINCT id) AS documents, count(DISTINCT id) FILTER (changed) AS changed, count(*) AS records,
    coalesce(sum(len(removals)), 0)::BIGINT AS removals,
    coalesce(sum(list_sum(list_transform(removals, lambda r: r."end" - r.start))), 0)::BIGINT AS characters,
    coalesce(sum(len(kept)), 0)::BIGINT AS refused,
    count(DISTINCT id) FILTER (len(incomplete) > 0) AS incomplete
FROM records
"""

_CATEGORIES = """
SELECT category, count(*) AS removals, count(DISTINCT id) AS documents, sum(characters)::BIGINT AS characters,
    sum(characters) / sum(sum(characters)) OVER () AS share
FROM removals GROUP BY category ORDER BY characters DESC, category
"""

_TOP_RULES = """
WITH texts AS (
    SELECT source, category, trim("text", e' \\t\\r\\n')[:{example}] AS example, count(*) AS times,
        sum(characters) AS characters, sum(confidence) AS confidence
    FROM {table} GROUP BY ALL
), rules AS (
    SELECT source, category, sum(times)::BIGINT AS times, sum(characters)::BIGINT AS characters,
        sum(characters) / sum(sum(characters)) OVER () AS share, sum(confidence) / sum(times) AS confidence,
        arg_min(example, (-times, example)) AS example
    FROM texts GROUP BY source, category
), documents AS (
    SELECT source, category, count(DISTINCT id) AS documents FROM {table} GROUP BY source, category
)
SELECT source AS rule, category, times AS {table}, documents, characters, share, round(confidence, 4) AS confidence,
    example
FROM rules JOIN documents USING (source, category)
ORDER BY times DESC, characters DESC, rule, category {limit}
"""

_BY_SITE = """
WITH records_by_site AS (
    SELECT coalesce({site}, {unknown}) AS site, records.id, changed,
        len(removals) AS removals,
        coalesce(list_sum(list_transform(removals, lambda r: r."end" - r.start)), 0) AS characters,
        len(kept) AS refused
    FROM records {join}
), categories AS (
    SELECT site, arg_min(category, (-characters, category)) AS top_category FROM (
        SELECT coalesce({site}, {unknown}) AS site, category, sum(characters) AS characters
        FROM removals AS records {join} WHERE category <> 'tidy' GROUP BY ALL
    ) GROUP BY site
)
SELECT site, count(DISTINCT id) AS documents, count(DISTINCT id) FILTER (changed) AS changed,
    sum(removals)::BIGINT AS removals, sum(characters)::BIGINT AS characters, sum(refused)::BIGINT AS refused,
    any_value(top_category) AS top_category
FROM records_by_site LEFT JOIN categories USING (site) GROUP BY site
ORDER BY characters DESC, site {limit}
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of an answer, which are fetched while they are gone through, and what their columns are called."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]

    def objects(self) -> Iterator[dict[str, Any]]:
        """The rows as mappings from column to value."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


class AuditQuery:
    """Answers questions to audit logs: JSON Lines, also with gzip or zstandard, and Parquet with a column ``record``.

    Made by ``open_logs``. ``limit`` is the most rows; 0 stands for all. Confidences and shares are 0-1, characters are
    Unicode code points. A document counts once, however many records it has. Every method raises ``AuditError`` if a
    log turns out to hold something else than records, and ``ConfigError`` if the memory is too small.
    """

    def __init__(self, database: Database, files: Sequence[str]) -> None:
        self._database = database
        self._files = files
        self._run(f"{_MACROS}; CREATE VIEW logs AS {_logs(files, database)}")
        self._run(_VIEWS.format(fields=", ".join(_FIELDS)))

    def summary(self) -> dict[str, int]:
        """Count documents, those with removals, records, removals and their characters, refusals, incomplete ones."""
        return next(self._ask(_SUMMARY).objects())

    def categories(self) -> Answer:
        """Removals, documents, characters and share of all removed characters by category, the greatest first."""
        return self._ask(_CATEGORIES)

    def top_rules(self, limit: int = 20, *, refused: bool = False) -> Answer:
        """What removed most, rule by rule; a detector without a rule stands for itself.

        With its removals, documents, characters, share of all removed characters, mean confidence, and the start of
        the text that it removed most often. ``refused`` asks the same of detections that were refused.
        """
        table = "kept" if refused else "removals"
        return self._ask(_TOP_RULES.format(table=table, example=EXAMPLE, limit=_limit(limit)))

    def by_site(
        self, limit: int = 20, documents: Sequence[str] = (), id_column: str = "id", url_column: str = "url"
    ) -> Answer:
        """Documents, removals, characters and refused detections by site, and the category that takes the most.

        A document's site is the host of its url in ``documents`` (files, folders or patterns of JSON Lines or Parquet
        with a column of ids and one of urls), else that of its id if this is a url, else a folder in its id that is
        called like a host, else ``(unknown)``. Raises ``InputError`` for documents that cannot be read.
        """
        join, site = "", "site_of_id(records.id)"
        if documents:
            self._read_sites(documents, id_column, url_column)
            join, site = "LEFT JOIN sites ON sites.id = records.id", "coalesce(sites.site, site_of_id(records.id))"
        unknown = literal(UNKNOWN_SITE)
        return self._ask(_BY_SITE.format(site=site, join=join, unknown=unknown, limit=_limit(limit)))

    def sql(self, query: str) -> Answer:
        """What a query of the caller's gives on the tables ``records``, ``removals`` and ``kept``.

        Raises ``ConfigError`` if the query is wrong.
        """
        import duckdb

        try:
            self._database.connection.execute(f"EXPLAIN {query}")
        except duckdb.ProgrammingError as error:
            raise ConfigError(f"the query is refused: {error}") from None
        return self._ask(query)

    def _read_sites(self, documents: Sequence[str], id_column: str, url_column: str) -> None:
        import duckdb

        table = _documents(expand(documents, (*JSON_LINES, *PARQUET)), id_column, url_column, self._database)
        sites = f"SELECT id, min(site_of(url)) AS site FROM {table} WHERE id IS NOT NULL GROUP BY id"
        try:
            self._database.connection.execute(f"CREATE OR REPLACE TEMP TABLE sites AS {sites}")
        except duckdb.Error as error:
            raise InputError(f"{documents[0]}: ids and urls cannot be read: {error}") from None

    def _ask(self, query: str) -> Answer:
        self._run(query)
        columns = tuple(column[0] for column in self._database.connection.description or ())
        return Answer(columns, self._rows())

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        with self._explained():
            while rows := self._database.connection.fetchmany(1000):
                yield from rows

    def _run(self, query: str) -> None:
        with self._explained():
            self._database.connection.execute(query)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn DuckDB's errors into ones that say which line of which log is to blame."""
        import duckdb

        try:
            yield
        except duckdb.OutOfMemoryException as error:
            raise ConfigError(f"this question needs more memory or disk; give it more with --memory: {error}") from None
        except duckdb.Error as error:
            _find_fault(self._files)
            raise AuditError(f"the question cannot be answered: {error}") from None


@contextmanager
def open_logs(paths: Sequence[str], memory: str = MEMORY) -> Iterator[AuditQuery]:
    """Ask the logs that files, folders and patterns stand for, in at most ``memory`` (such as ``512MB``).

    Raises ``AuditError`` for a path that stands for no log or a log that is damaged, and ``ConfigError`` if DuckDB is
    not installed.
    """
    with database(memory) as opened:
        try:
            query = AuditQuery(opened, expand(paths, (*JSON_LINES, *PARQUET), NO_LOGS))
        except InputError as error:
            raise AuditError(str(error)) from None
        yield query


def _documents(files: Sequence[str], id_column: str, url_column: str, database: Database) -> str:
    """The SQL of a table of ids and urls."""
    lines, columnar = _by_form(files)
    parts = []
    if lines:
        fields = ", ".join(f"json ->> {literal(_path(c))} AS {n}" for c, n in ((id_column, "id"), (url_column, "url")))
        parts.append(f"SELECT {fields} FROM {json_lines(sound(lines, database))}")
    if columnar:
        fields = f"{name(id_column)}::VARCHAR AS id, {name(url_column)}::VARCHAR AS url"
        parts.append(f"SELECT {fields} FROM {parquet(columnar)}")
    return f"({' UNION ALL '.join(parts)})"


def _path(column: str) -> str:
    """A field of a JSON object as DuckDB's paths name it."""
    escaped = column.replace('"', '\\"')
    return f'$."{escaped}"'


def _logs(files: Sequence[str], database: Database) -> str:
    """The SQL of a table of all records, whatever form their log has."""
    form = "STRUCT(" + ", ".join(f"{name(field)} {kind}" for field, kind in _FIELDS.items()) + ")"
    lines, columnar = _by_form(files)
    parts = []
    if lines:
        parts.append(f"SELECT file, json::{form} AS record FROM {json_lines(sound(lines, database), lines)}")
    if columnar:
        parts.append(f"SELECT file, {mended('record')}::JSON::{form} AS record FROM {parquet(columnar)}")
    # Records of an older form lack fields, which are null then.
    unknown = "error(format('{}: schema {} is not known to this version', file, schema))"
    known = f"schema BETWEEN 1 AND {SCHEMA} OR {unknown}"
    return f"SELECT * FROM (SELECT file, unnest(record) FROM ({' UNION ALL '.join(parts)})) WHERE {known}"


def _by_form(files: Sequence[str]) -> tuple[list[str], list[str]]:
    """Those with lines, and those with columns."""
    return [f for f in files if not is_parquet(f)], [f for f in files if is_parquet(f)]


def _limit(rows: int) -> str:
    return f"LIMIT {rows}" if rows else ""


def _find_fault(files: Sequence[str]) -> None:
    """Raise ``AuditError`` for the first line of a log that is no record; DuckDB does not say which one it is."""
    for file in _by_form(files)[0]:
        for _ in read_records(read_lines(file), file):
            pass
