"""Parquet: a row group at a time, in pieces; every column but the text passes as it is, types included."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaner.corpus.handler import Handler, Writer
from cleaner.corpus.rows import CHUNK_BYTES, CHUNK_ROWS, Chunk, Fate, Gap, Layout, Lost, Outcome, Row, Webpage, made_id
from cleaner.corpus.storage import told
from cleaner.errors import InputError
from cleaner.model import Document

#: The most bytes of a row group that is written; of larger ones in the source, several are made.
GROUP_BYTES = 32 * 1024 * 1024

_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True)
class Piece:
    """Successive rows of one row group, and how the source compresses its columns."""

    batch: Any
    group: int
    compression: dict[str, str] = field(repr=False)


class Parquet(Handler):
    """Reads and writes Parquet."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def read(self, file: io.BufferedReader, name: str) -> Iterator[Chunk]:
        """The first chunk has no rows; it tells the columns. A broken page costs the rest of its row group."""
        try:
            source = pq.ParquetFile(file, pre_buffer=False, buffer_size=_BUFFER, page_checksum_verification=True)
            schema = source.schema_arrow
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{name}: is no Parquet file, or damaged: {told(error)}") from None
        _check_columns(schema, name, self._layout)
        yield Chunk((), Piece(schema.empty_table(), -1, _compression(source.metadata)), 0)
        yield from _Reading(source, name, self._layout).chunks()

    def original(self, chunk: Chunk, index: int) -> bytes:
        """The row as an Arrow IPC stream."""
        stream = io.BytesIO()
        row = chunk.raw.batch.slice(index, 1)
        with pa.ipc.new_stream(stream, row.schema) as writer:
            writer.write_batch(row)
        return stream.getvalue()

    def writer(self, stream: BinaryIO) -> Writer:
        """What writes row groups."""
        return _GroupWriter(stream, self._layout.text)


def _check_columns(schema: pa.Schema, name: str, layout: Layout) -> None:
    default = Layout()
    for option, column in (("text", layout.text), ("id", layout.id), ("url", layout.url), ("title", layout.title)):
        if column not in schema.names and (option == "text" or column != getattr(default, option)):
            columns = ", ".join(map(repr, schema.names)) or "none"
            raise InputError(f"{name}: has no column {column!r}; its columns are {columns}: say with --{option}-column")
    kind = schema.field(layout.text).type
    if not _is_text(kind):
        raise InputError(f"{name}: column {layout.text!r} holds {kind}, not text: say with --text-column which does")


def _is_text(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return any(check(value) for check in (pa.types.is_string, pa.types.is_large_string, pa.types.is_null))


def _compression(metadata: pq.FileMetaData) -> dict[str, str]:
    if not metadata.num_row_groups:
        return {}
    group = metadata.row_group(0)
    columns = [group.column(i) for i in range(group.num_columns)]
    return {c.path_in_schema: "none" if c.compression == "UNCOMPRESSED" else c.compression for c in columns}


@dataclass
class _Reading:
    """A way through a file; ``number`` is that of the next row."""

    source: pq.ParquetFile
    name: str
    layout: Layout
    number: int = 0

    def chunks(self) -> Iterator[Chunk]:
        metadata = self.source.metadata
        compression = _compression(metadata)
        position = 0
        for index in range(metadata.num_row_groups):
            group = metadata.row_group(index)
            end = self.number + group.num_rows
            stored = sum(group.column(i).total_compressed_size for i in range(group.num_columns))
            try:
                for batch in self._batches(index, group):
                    done = 1 - (end - self.number) / max(1, group.num_rows)
                    yield from self._pieces(batch, index, compression, position + int(done * stored))
            except (pa.ArrowException, OSError) as error:
                reason = f"row group {index} is damaged from here on: {told(error)}"
                yield Chunk((), None, position + stored, Gap(self.number, end - self.number, reason))
                self.number = end
            position += stored

    def _batches(self, index: int, group: Any) -> Iterator[Any]:
        """The batches of a row group, so small that what they hold stays within bounds if rows are of a size."""
        average = max(1, group.total_byte_size // max(1, group.num_rows))
        rows = max(1, min(CHUNK_ROWS, CHUNK_BYTES // average))
        yield from self.source.iter_batches(batch_size=rows, row_groups=[index], use_threads=False)

    def _pieces(self, batch: Any, index: int, compression: dict[str, str], position: int) -> Iterator[Chunk]:
        rows = self._rows(batch)
        self.number += len(rows)
        start = size = 0
        for at, row in enumerate(rows, 1):
            size += row.size
            if size >= CHUNK_BYTES or at == len(rows):
                piece = Piece(batch.slice(start, at - start), index, compression)
                yield Chunk(tuple(rows[start:at]), piece, position)
                start, size = at, 0

    def _rows(self, batch: Any) -> list[Row]:
        texts, ids, urls, titles = (
            _values(batch, column) for column in (self.layout.text, self.layout.id, self.layout.url, self.layout.title)
        )
        return [
            self._row(self.number + n, text, "" if ids[n] is None else str(ids[n]), _hint(urls[n]), _hint(titles[n]))
            for n, text in enumerate(texts)
        ]

    def _row(self, number: int, text: Any, id: str, url: str | None, title: str | None) -> Row:
        if text is None:
            return Row(number, 0, id, null=True)
        if isinstance(text, _Broken):
            return Row(number, 0, id, problem=f"column {self.layout.text!r} is not UTF-8")
        size = len(text.encode("utf-8"))
        if size > self.layout.limit:
            return Row(number, size, id, problem=f"its {size} bytes are more than --max-document {self.layout.limit}")
        named = id or made_id(self.name, number)
        if self.layout.html:
            return Row(number, size, id, Webpage(text, named, url, self.layout.extractor))
        return Row(number, size, id, Document(text, named, url, title))


class _Broken:
    """A value that is no text although its column says so."""


def _values(batch: Any, column: str) -> Sequence[Any]:
    if column not in batch.schema.names:
        return [None] * batch.num_rows
    values = batch.column(column)
    try:
        return list(values.to_pylist())
    except UnicodeDecodeError:
        return [_value(value) for value in values]


def _value(value: Any) -> Any:
    try:
        return value.as_py()
    except UnicodeDecodeError:
        return _Broken()


def _hint(value: Any) -> str | None:
    return value if isinstance(value, str) else None


class _GroupWriter(Writer):
    """Collects the rows of a row group, and writes it when the next begins or it has become too large."""

    def __init__(self, stream: BinaryIO, column: str) -> None:
        self._stream = stream
        self._column = column
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[Any] = []
        self._bytes = 0
        self._group = -1

    def write(self, chunk: Chunk, fates: Sequence[Fate]) -> None:
        piece: Piece = chunk.raw
        if self._writer is None:
            self._writer = pq.ParquetWriter(
                self._stream, piece.batch.schema, compression=piece.compression or "snappy", write_page_checksum=True
            )
        if piece.group != self._group:
            self._flush()
            self._group = piece.group
        batch = _changed(piece.batch, fates, self._column)
        if batch.num_rows:
            self._waiting.append(batch)
            self._bytes += batch.nbytes
        if self._bytes >= GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()

    def abandon(self) -> None:
        if self._writer is not None:
            self._writer.is_open = False  # It would write its foot, which fails after a failure.

    def _flush(self) -> None:
        if self._waiting and self._writer is not None:
            self._writer.write_table(pa.Table.from_batches(self._waiting), row_group_size=None)
        self._waiting, self._bytes = [], 0


def _changed(batch: Any, fates: Sequence[Fate], column: str) -> Any:
    """The rows that are not set aside, with their new texts."""
    if any(isinstance(fate, Lost) for fate in fates):
        batch = batch.filter(pa.array([not isinstance(fate, Lost) for fate in fates]))
    staying = [fate for fate in fates if not isinstance(fate, Lost)]
    if not any(isinstance(fate, Outcome) and fate.text is not None for fate in staying):
        return batch
    old = batch.column(column).to_pylist()
    texts = [o if fate is None or fate.text is None else fate.text for o, fate in zip(old, staying, strict=True)]
    index = batch.schema.get_field_index(column)
    arrays = list(batch.columns)
    arrays[index] = _array(texts, batch.schema.field(index).type)
    return pa.RecordBatch.from_arrays(arrays, schema=batch.schema)


def _array(texts: Sequence[str | None], kind: pa.DataType) -> Any:
    if not pa.types.is_dictionary(kind):
        return pa.array(texts, kind)
    return pc.dictionary_encode(pa.array(texts, kind.value_type)).cast(kind)
