"""The documents of a corpus, as far as learning needs them: text, site and day.

The one place where a corpus is read: text files, JSON Lines and Parquet.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cleaner.datafiles import JSON_LINES, PARQUET, expand, is_parquet, read_lines
from cleaner.discover import SUFFIXES
from cleaner.errors import InputError
from cleaner.files import read_source
from cleaner.sites import site_of

_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?!\d)")
_HOST = re.compile(r"(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})")
_SCHEME = re.compile(r"^(?:[a-z]+:)?//(?:www\.)?", re.IGNORECASE)
_BATCH = 256


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a corpus hold what; ``date`` is one of ISO 8601."""

    text: str = "text"
    id: str = "id"
    url: str = "url"
    date: str = "date"


@dataclass(frozen=True, slots=True)
class Story:
    """A document of a corpus. ``site`` is the host that it comes from, empty if nothing tells.

    ``page`` is its url without what makes no difference, or empty: documents of one page are versions of each other.
    """

    text: str
    site: str
    day: date | None
    page: str = ""


def find_corpus(paths: Sequence[str]) -> list[str]:
    """The files of a corpus, each once. Raises ``InputError`` for a path that stands for nothing."""
    return expand(paths, (*JSON_LINES, *PARQUET, *sorted(SUFFIXES)))


def stories(files: Iterable[str], columns: Columns, site: str | None = None) -> Iterator[Story]:
    """The documents of files that have a text, as a stream; ``site`` is that of every document of none known.

    A site is the host of the url, or of the id if that is one, or a folder of the file called like a host. Raises
    ``InputError`` naming file and line for what cannot be read.
    """
    for file in files:
        for row in _rows(file, columns):
            text = row.get(columns.text)
            if isinstance(text, str) and text.strip():
                url = _url(row, columns)
                found = next(iter(site_of(url)), "") or _site_of_path(file) or site or ""
                yield Story(text, found, _day(row.get(columns.date)), page_of(url))


def _url(row: dict[str, Any], columns: Columns) -> str:
    """A row's url, or its id if that is one."""
    url, id = row.get(columns.url), row.get(columns.id)
    if isinstance(url, str) and url:
        return url
    return id if isinstance(id, str) and "://" in id else ""


def page_of(url: str) -> str:
    """A url without scheme, ``www.``, fragment and final slash.

    >>> page_of("https://www.one.example/a/#top")
    'one.example/a'
    """
    return _SCHEME.sub("", url.partition("#")[0]).rstrip("/")


def _site_of_path(file: str) -> str:
    hosts = [match[1] for part in Path(file).parts[:-1] if (match := _HOST.fullmatch(part.lower()))]
    return hosts[-1] if hosts else ""


def _rows(file: str, columns: Columns) -> Iterator[dict[str, Any]]:
    if is_parquet(file):
        yield from _columnar(file, columns)
    elif file.lower().endswith(JSON_LINES):
        yield from _objects(file, columns)
    else:
        yield {columns.text: read_source(Path(file)).text}


def _objects(file: str, columns: Columns) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(read_lines(file), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{file}, line {number}: is not JSON: {error}") from None
        if not isinstance(row, dict) or columns.text not in row:
            raise InputError(f"{file}, line {number}: has no field {columns.text!r}; name the one with --text-column")
        yield row


def _columnar(file: str, columns: Columns) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(file) as source:
            names = set(source.schema_arrow.names)
            if columns.text not in names:
                raise InputError(f"{file}: has no column {columns.text!r}; name the one with --text-column")
            wanted = [c for c in (columns.text, columns.id, columns.url, columns.date) if c in names]
            for batch in source.iter_batches(_BATCH, columns=list(dict.fromkeys(wanted)), use_threads=False):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{file}: cannot be read: {error}") from None


def _day(value: Any) -> date | None:
    """The day of an ISO date, with or without a time behind it, or of a date of the file format's own.

    >>> _day("2026-05-12T08:00:00Z")
    datetime.date(2026, 5, 12)
    """
    match = _DATE.match(str(value)) if value is not None else None
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
