"""Files of JSON Lines and Parquet: found on disk, held against damage, and named as tables of DuckDB."""

import glob
import gzip
import io
import json
import os
import re
import zlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from cleaner.duck import Database, literal, name
from cleaner.errors import InputError
from cleaner.extras import ZSTD, needed
from cleaner.files import reason

#: The endings of files that hold a JSON object a line.
JSON_LINES = tuple(f"{kind}{packed}" for kind in (".jsonl", ".ndjson") for packed in ("", ".gz", ".zst"))
#: The endings of files that hold columns.
PARQUET = (".parquet",)
#: Bytes of the longest line that is read for certain; DuckDB holds twice as much for each thread.
MAX_LINE = 16 << 20

_MAGIC = frozenset("*?[")
# Escaped halves of a character without their other half.
_HIGH = r"\\u[dD][89abAB][0-9a-fA-F]{2}"
_LOW = r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
_LONE = re.compile(rf"{_HIGH}(?!{_LOW})|(?<!\\u[dD][89abAB][0-9a-fA-F][0-9a-fA-F]){_LOW}")


def expand(paths: Sequence[str], endings: Sequence[str], passed_over: Collection[str] = ()) -> list[str]:
    """The files that paths, folders and patterns stand for, each once, sorted by path.

    A file that is named is always taken; of a folder, what ends in one of ``endings``, is not hidden, and has
    none of the names ``passed_over``. Raises ``InputError`` for a path that stands for nothing.
    """
    found: set[str] = set()
    for path in paths:
        if Path(path).is_dir():
            files = [f for f in _below(Path(path), endings) if f.name not in passed_over]
            problem = f"{path}: holds no file that ends in {', '.join(endings)}"
        elif Path(path).exists() or not _MAGIC & set(path):
            files = [Path(path)] if Path(path).is_file() else []
            problem = f"{path}: no such file or folder"
        else:
            files = [Path(f) for f in glob.glob(path, recursive=True) if Path(f).is_file()]  # noqa: PTH207
            problem = f"{path}: no file matches this pattern"
        if not files:
            raise InputError(problem)
        found.update(os.fspath(f) for f in files)
    return sorted(found)


def _below(folder: Path, endings: Sequence[str]) -> Iterator[Path]:
    for file in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if not hidden and file.name.lower().endswith(tuple(endings)) and file.is_file():
            yield file


def is_parquet(file: str) -> bool:
    """Whether a file's name says that it holds columns; every other one is read line by line."""
    return file.lower().endswith(PARQUET)


def read_lines(file: str) -> Iterator[str]:
    """The lines of a UTF-8 text, which may be compressed with gzip or zstandard. Raises ``InputError`` naming it."""
    try:
        with open_lines(file) as stream, io.TextIOWrapper(stream, encoding="utf-8", newline="\n") as text:
            yield from text
    except (EOFError, UnicodeDecodeError, zlib.error) as error:
        raise InputError(f"{file}: cannot be read: {error}") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {reason(error)}") from None


def open_lines(file: str) -> BinaryIO:
    """A file of lines for reading, which may be compressed with gzip or zstandard. Raises ``OSError``."""
    ending = Path(file).suffix.lower()
    if ending == ".gz":
        return cast(BinaryIO, gzip.open(file))
    if ending == ".zst":
        return cast(BinaryIO, needed(ZSTD, "query", f"{file}: is read with").open(file))
    return Path(file).open("rb")


def json_lines(files: Sequence[str], names: Sequence[str] = ()) -> str:
    """The SQL of a table with a row for each line of JSON: ``json`` and ``file``.

    The files have to be ``sound``; ``names`` are what they are called in ``file``, if not what they are.
    """
    form = f"format = 'newline_delimited', maximum_object_size = {MAX_LINE}, filename = 'file'"
    file = f"{literal(names)}[list_position({literal(files)}, file)] AS file" if names else "file"
    return f"(SELECT json, {file} FROM read_json_objects({literal(files)}, {form}))"


def parquet(files: Sequence[str]) -> str:
    """The SQL of a table with the columns of Parquet files, by name, and ``file``."""
    return f"read_parquet({literal(files)}, union_by_name = true, filename = 'file')"


def mended(column: str) -> str:
    """The SQL of a column of JSON in which lone surrogates, if there are any, are U+FFFD.

    >>> mended("record")[:47]
    'CASE WHEN json_valid("record") THEN "record" EL'
    """
    column = name(column)
    surrogate = literal(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
    return (
        f"CASE WHEN json_valid({column}) THEN {column} ELSE regexp_replace({column}, {surrogate}, '\\ufffd', 'g') END"
    )


def sound(files: Sequence[str], database: Database) -> list[str]:
    """The same files if DuckDB can read all their lines, or copies without lone surrogates if these are the trouble.

    JSON may hold escaped halves of a character, which DuckDB takes for damage; in the copies they are U+FFFD. Raises
    ``InputError`` naming file and line for a line that is not JSON.
    """
    import duckdb

    def check(files: Sequence[str]) -> None:
        database.connection.execute(f"SELECT count(*) FROM {json_lines(files)}")

    try:
        check(files)
    except duckdb.Error:
        copies = [_mended(file, database.folder / f"{number}.jsonl") for number, file in enumerate(files)]
        try:
            check(copies)
        except duckdb.Error as error:
            raise InputError(f"{files[0]} and what is read with it: {error}") from None
        return copies
    return list(files)


def _mended(file: str, copy: Path) -> str:
    with copy.open("w", encoding="utf-8") as mended:
        for number, line in enumerate(read_lines(file), 1):
            if not line.strip():
                continue
            try:
                json.loads(line)
            except ValueError as error:
                raise InputError(f"{file}, line {number}: is not JSON: {error}") from None
            mended.write(_LONE.sub(r"\\ufffd", line))
    return os.fspath(copy)
