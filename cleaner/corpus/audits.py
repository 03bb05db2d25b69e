"""Audit records of a shard, as JSON Lines or as Parquet, found by the number of their row."""

import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, BinaryIO

from cleaner.corpus.rows import Chunk, Fate, Outcome


class AuditFormat(StrEnum):
    """What audit records are written as."""

    JSONL = "jsonl"
    PARQUET = "parquet"


def audit_name(shard: str, form: AuditFormat) -> str:
    """The place of a shard's audit records below the audit folder.

    >>> audit_name("2024/a.parquet", AuditFormat.JSONL)
    '2024/a.parquet.audit.jsonl'
    """
    return f"{shard}.audit.{form}"


class Audit(ABC):
    """Writes the records of a shard."""

    @abstractmethod
    def write(self, chunk: Chunk, fates: Sequence[Fate]) -> None:
        """Write the records of a chunk, or account for a gap."""

    @abstractmethod
    def close(self) -> None:
        """Write what is still to be written, and leave the stream open."""

    @abstractmethod
    def abandon(self) -> None:
        """Let go of everything."""


class JsonLinesAudit(Audit):
    """The record of row N is line N + 1; the line of a row without one is empty."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, chunk: Chunk, fates: Sequence[Fate]) -> None:
        """Write a line for each row."""
        lines = [fate.record if isinstance(fate, Outcome) else "" for fate in fates]
        missing = chunk.gap.count or 0 if chunk.gap else 0
        self._stream.write("".join(f"{line}\n" for line in [*lines, *[""] * missing]).encode("utf-8"))

    def close(self) -> None:
        """Nothing is left to write."""

    def abandon(self) -> None:
        """Nothing is held."""


class ParquetAudit(Audit):
    """A row for each record, with its row number, columns to query, and the record itself as JSON."""

    def __init__(self, stream: BinaryIO) -> None:
        from cleaner.extras import for_corpus

        self._pa = for_corpus("pyarrow")
        self._schema = _schema(self._pa)
        self._writer = for_corpus("pyarrow.parquet").ParquetWriter(stream, self._schema, compression="zstd")
        self._waiting: list[dict[str, Any]] = []
        self._size = 0

    def write(self, chunk: Chunk, fates: Sequence[Fate]) -> None:
        """Collect the records of a chunk; a row group is written when there is enough for one."""
        for row, fate in zip(chunk.rows, fates, strict=True):
            if isinstance(fate, Outcome):
                self._waiting.append(_columns(row.number, fate.record))
                self._size += len(fate.record)
        if self._size >= _GROUP:
            self._flush()

    def close(self) -> None:
        """Write the last row group and the foot."""
        self._flush()
        self._writer.close()

    def abandon(self) -> None:
        """Have no foot written, which fails after a failure."""
        self._writer.is_open = False

    def _flush(self) -> None:
        if self._waiting:
            self._writer.write_batch(self._pa.RecordBatch.from_pylist(self._waiting, self._schema))
        self._waiting, self._size = [], 0


#: After so many characters of records, a row group of theirs is written.
_GROUP = 8 * 1024 * 1024


def audit_writer(form: AuditFormat, stream: BinaryIO) -> Audit:
    """What writes the audit records of a shard to a stream."""
    return ParquetAudit(stream) if form is AuditFormat.PARQUET else JsonLinesAudit(stream)


def _schema(pa: Any) -> Any:
    removal = [
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("category", pa.string()),
        ("confidence", pa.float64()),
        ("detector", pa.string()),
        ("rule", pa.string()),
        ("reason", pa.string()),
    ]
    return pa.schema(
        [
            ("row", pa.int64()),
            ("id", pa.string()),
            ("source_sha256", pa.string()),
            ("clean_sha256", pa.string()),
            ("removals", pa.list_(pa.struct(removal))),
            ("record", pa.string()),
        ]
    )


def _columns(number: int, record: str) -> dict[str, Any]:
    content = json.loads(record)
    id = content["id"].encode("utf-8", "backslashreplace").decode("utf-8")
    names = ("source_sha256", "clean_sha256", "removals")
    return {"row": number, "id": id, **{name: content[name] for name in names}, "record": record}
