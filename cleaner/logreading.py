"""Audit logs as far as they are sound: every record that can be read, and a sentence for everything that cannot."""

import io
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaner.audit import from_json
from cleaner.datafiles import JSON_LINES, PARQUET, expand, is_parquet, open_lines
from cleaner.errors import AuditError, CleanerError, InputError
from cleaner.extras import ZSTD, needed
from cleaner.files import reason
from cleaner.model import AuditRecord

#: What lies beside the logs of a corpus and is none.
NO_LOGS = frozenset({"manifest.jsonl", "quarantine.jsonl"})
#: Bytes of the longest line that is read.
MAX_LINE = 64 << 20

_ROWS = 256


@dataclass(frozen=True, slots=True)
class Logged:
    """A record, and the file and line (or row of a Parquet file) that it stands in."""

    record: AuditRecord
    file: str
    line: int


def find_logs(paths: Sequence[str]) -> list[str]:
    """The logs that files, folders and patterns stand for. Raises ``AuditError`` for a path that stands for none."""
    try:
        return expand(paths, (*JSON_LINES, *PARQUET), NO_LOGS)
    except InputError as error:
        raise AuditError(str(error)) from None


def read_logs(files: Sequence[str]) -> Iterator[Logged | str]:
    """The records of logs in order; in the place of what is damaged, a sentence that names it.

    After damage in compression or in a Parquet file the rest of that file is left out.
    """
    for file in files:
        rows = _rows(file) if is_parquet(file) else _lines(file)
        try:
            for number, row in rows:
                yield _logged(row, file, number)
        except CleanerError as error:
            yield str(error)
        except Exception as error:
            if not isinstance(error, (OSError, EOFError, zlib.error, *_zstd_errors())):
                raise
            yield f"{file}: cannot be read to its end: {reason(error) if isinstance(error, OSError) else error}"


def _zstd_errors() -> tuple[type[Exception], ...]:
    """What damaged zstandard raises, where its module was needed."""
    module = sys.modules.get(ZSTD)
    return (module.ZstdError,) if module else ()


def _logged(row: bytes | str | None, file: str, number: int) -> Logged | str:
    where = f"{file}, line {number}"
    if row is None:
        return f"{where}: is longer than {MAX_LINE >> 20} MiB, so it is passed over"
    try:
        return Logged(from_json(row if isinstance(row, str) else row.decode("utf-8")), file, number)
    except UnicodeDecodeError:
        return f"{where}: is not UTF-8"
    except RecursionError:
        return f"{where}: not an audit record: it is nested too deeply"
    except AuditError as error:
        return f"{where}: {error}"


def _lines(file: str) -> Iterator[tuple[int, bytes | None]]:
    """The lines that are not empty, numbered from 1; nothing in the place of one that is too long."""
    with open_lines(file) as raw, io.BufferedReader(raw) as stream:  # type: ignore[type-var]
        number = 0
        while line := stream.readline(MAX_LINE + 1):
            number += 1
            if len(line) > MAX_LINE:
                while line and not line.endswith(b"\n"):
                    line = stream.readline(MAX_LINE)
                yield number, None
            elif line.strip():
                yield number, line


def _rows(file: str) -> Iterator[tuple[int, str]]:
    """The column ``record`` of a Parquet file."""
    parquet = needed("pyarrow.parquet", "query", f"{file}: is read with")
    error = needed("pyarrow", "query", f"{file}: is read with").ArrowException
    try:
        with parquet.ParquetFile(Path(file)) as opened:
            number = 0
            for batch in opened.iter_batches(_ROWS, columns=["record"]):
                for value in batch.column(0).to_pylist():
                    number += 1
                    if value:
                        yield number, value
    except (error, KeyError, IndexError) as problem:
        raise AuditError(f"{file}: cannot be read to its end: {problem}") from None
