"""DuckDB, where it is installed: a database in bounded memory, and how its SQL is written."""

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.errors import ConfigError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: What a database may hold in memory unless told otherwise; beyond it, it works on the disk.
MEMORY = "1GB"

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([MGT])B", re.IGNORECASE)
_UNITS = {"M": 10**6, "G": 10**9, "T": 10**12}
_LEAST = 256_000_000
# Every thread holds some buffers of its own; more threads than this a byte would leave nothing for the work.
_A_THREAD = 250_000_000


@dataclass(frozen=True, slots=True)
class Database:
    """An open database, and a folder for files that go when it does."""

    connection: "DuckDBPyConnection"
    folder: Path


@contextmanager
def database(memory: str = MEMORY, *, on_disk: bool = False) -> Iterator[Database]:
    """An empty database that takes at most ``memory`` (such as ``512MB``), and works on the disk beyond that.

    ``on_disk`` is for tables that are larger than the memory: they are kept on the disk from the start.

    Its files lie in a folder of their own below the system's folder for temporary files, and go with it. Raises
    ``ConfigError`` if DuckDB is not installed or ``memory`` is not an amount.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ConfigError(
            f"this command works with DuckDB, which cannot be used here ({error}); pip install 'article-cleaner[query]'"
        ) from None
    threads = max(1, min(os.cpu_count() or 1, amount_of(memory) // _A_THREAD))
    with tempfile.TemporaryDirectory(prefix="cleaner-") as folder:
        connection = duckdb.connect(
            str(Path(folder) / "tables.duckdb") if on_disk else ":memory:",
            config={
                "memory_limit": memory,
                "threads": threads,
                "temp_directory": folder,
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
            },
        )
        try:
            yield Database(connection, Path(folder))
        finally:
            connection.close()


def amount_of(memory: str) -> int:
    """The bytes of an amount of memory. Raises ``ConfigError`` if it is none, or too little to work with.

    >>> amount_of("1.5GB")
    1500000000
    """
    match = _AMOUNT.fullmatch(memory.strip())
    if not match:
        raise ConfigError(f"memory: {memory!r} is not an amount such as 512MB or 4GB")
    amount = int(float(match[1]) * _UNITS[match[2].upper()])
    if amount < _LEAST:
        raise ConfigError(f"memory: {memory} is too little to work with; give 256MB or more")
    return amount


def literal(value: str | Sequence[str]) -> str:
    """A string, or a list of such, as SQL writes it.

    >>> literal(["it's"])
    "['it''s']"
    """
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return "[" + ", ".join(literal(one) for one in value) + "]"


def name(column: str) -> str:
    """The name of a column as SQL writes it.

    >>> name("end")
    '"end"'
    """
    return '"' + column.replace('"', '""') + '"'
