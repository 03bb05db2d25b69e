"""JSON Lines: one document a line. Of a row, nothing but its text changes, and that only where something is removed."""

import io
import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from cleaner.corpus.codecs import account, damage, encoded
from cleaner.corpus.handler import StreamHandler, Writer
from cleaner.corpus.rows import Chunk, Fate, Gap, Layout, Lost, Outcome, Row, Webpage, made_id
from cleaner.corpus.splice import Member, Number, members, replaced, spliced
from cleaner.errors import InputError
from cleaner.model import Document

#: If none of so many rows at the start of a shard has the text column, its name is taken for wrong.
TRIED = 100

_SKIP = 1 << 20
# Halves of surrogate pairs which could become neighbours, and then another character in any JSON.
_HALVES = re.compile("[\ud800-\udbff].*[\udc00-\udfff]", re.DOTALL)


class JsonLines(StreamHandler):
    """Reads and writes JSON Lines in a compression."""

    def rows(self, stream: io.BufferedIOBase, name: str) -> Iterator[tuple[Row, bytes] | Gap]:
        """A blank line is a row that passes."""
        return _rows(stream, name, self.layout)

    def writer(self, stream: BinaryIO) -> Writer:
        """What writes lines."""
        return _LinesWriter(encoded(stream, self.codec), self.layout.text)


def _rows(stream: io.BufferedIOBase, name: str, layout: Layout) -> Iterator[tuple[Row, bytes] | Gap]:
    number = 0
    named_text = False
    try:
        for line, size in _lines(stream, layout.limit):
            row, keys = _row(line, size, number, name, layout)
            named_text = named_text or layout.text in keys
            if keys and not named_text and number + 1 >= TRIED:
                raise _misnamed(name, layout, keys)
            yield row, line
            number += 1
    except damage() as error:
        yield Gap(number, None, account(error))


def _lines(stream: io.BufferedIOBase, limit: int) -> Iterator[tuple[bytes, int]]:
    """Lines with their endings and sizes in bytes; of one beyond the limit, just the size."""
    while line := stream.readline(limit + 1):
        size = len(line)
        if size <= limit:
            yield line, size
            continue
        while not line.endswith(b"\n") and (line := stream.readline(_SKIP)):
            size += len(line)
        yield b"", size


def _misnamed(name: str, layout: Layout, keys: Sequence[str]) -> InputError:
    return InputError(
        f"{name}: none of its first {TRIED} rows has the column {layout.text!r}; row {TRIED - 1} has "
        f"{', '.join(map(repr, keys))}: say with --text-column which one holds the text"
    )


def _row(line: bytes, size: int, number: int, name: str, layout: Layout) -> tuple[Row, tuple[str, ...]]:
    """A row and the names of its columns."""
    if not line:
        return Row(number, size, problem=f"its {size} bytes are more than --max-document {layout.limit}"), ()
    if not line.strip():
        return Row(number, size), ()
    try:
        found = {member.key: member for member in members(line.decode("utf-8"))}
    except UnicodeDecodeError as error:
        return Row(number, size, problem=f"is not UTF-8: {error.reason} at byte {error.start}"), ()
    except ValueError as error:
        return Row(number, size, problem=f"is not a JSON object: {error}"), ()
    return _document(found, size, number, name, layout), tuple(found)


def _document(found: dict[str, Member], size: int, number: int, name: str, layout: Layout) -> Row:
    id = _string(found, layout.id, Number) or _string(found, layout.id) or ""
    if layout.text not in found:
        return Row(number, size, id, problem=f"has no column {layout.text!r}")
    if found[layout.text].value is None:
        return Row(number, size, id, null=True)
    text = _string(found, layout.text)
    if text is None:
        return Row(number, size, id, problem=f"column {layout.text!r} holds no text")
    if _HALVES.search(text):
        return Row(number, size, id, problem=f"column {layout.text!r} holds halves of characters (lone surrogates)")
    url, title = (_string(found, column) for column in (layout.url, layout.title))
    named = id or made_id(name, number)
    if layout.html:
        return Row(number, size, id, Webpage(text, named, url, layout.extractor))
    return Row(number, size, id, Document(text, named, url, title))


def _string(found: dict[str, Member], column: str, kind: type[str] = str) -> str | None:
    """The value of a column if it is of this very kind."""
    value = found[column].value if column in found else None
    return value if type(value) is kind else None


class _LinesWriter(Writer):
    def __init__(self, stream: BinaryIO, column: str) -> None:
        self._stream = stream
        self._column = column

    def write(self, chunk: Chunk, fates: Sequence[Fate]) -> None:
        kept = zip(chunk.raw, fates, strict=True)
        self._stream.write(b"".join(self._line(line, fate) for line, fate in kept if not isinstance(fate, Lost)))

    def _line(self, line: bytes, outcome: Outcome | None) -> bytes:
        if outcome is None or outcome.text is None:
            return line
        row = line.decode("utf-8")
        member = [m for m in members(row) if m.key == self._column][-1]
        if outcome.spans is None:
            return replaced(row, member, outcome.text).encode("utf-8")
        return spliced(row, member, outcome.text, outcome.spans).encode("utf-8")

    def close(self) -> None:
        self._stream.close()
