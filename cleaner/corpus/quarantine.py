"""Rows that are set aside: where they stood, why they went, and what they were."""

import base64
import json
import os
from pathlib import Path
from typing import BinaryIO

from cleaner.corpus.rows import Gap, Row, made_id
from cleaner.corpus.storage import told
from cleaner.errors import OutputError
from cleaner.files import refuse_odd_target

FILE = "quarantine.jsonl"


def row_entry(shard: str, row: Row, reason: str, original: bytes) -> bytes:
    """The entry of a row that is set aside; ``original`` is empty if it was too large to be read.

    >>> row_entry("a.jsonl", Row(3, 8), "is not valid JSON", b"no JSON")
    b'{"shard":"a.jsonl","row":3,"id":"a.jsonl#3","reason":"is not valid JSON","original":"no JSON"}'
    """
    place = {"shard": shard, "row": row.number, "id": row.id or made_id(shard, row.number), "reason": reason}
    return _json({**place, **_spelled(original)})


def gap_entry(shard: str, gap: Gap) -> bytes:
    """The entry of rows that could not be read."""
    return _json({"shard": shard, "row": gap.first, "rows": gap.count, "id": None, "reason": gap.reason})


class Quarantine:
    """Adds to the file of rows set aside, which is made with the first of them.

    ``size`` bytes of what there is are kept, the rest comes from a run that was killed. Everything raises
    ``OutputError`` that names the file.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self._path = folder / FILE
        self._size = size
        self._file: BinaryIO | None = None
        refuse_odd_target(self._path)
        if self._path.exists():
            self.take_back()

    def add(self, entry: bytes) -> None:
        """Add an entry."""
        try:
            if self._file is None:
                self._file = self._path.open("ab")
            self._file.write(entry + b"\n")
        except OSError as error:
            raise self._error(error) from None

    def sync(self) -> int:
        """Have all of it on disk; gives the size in bytes."""
        if self._file is not None:
            try:
                self._file.flush()
                os.fsync(self._file.fileno())
                self._size = self._file.tell()
            except OSError as error:
                raise self._error(error) from None
        return self._size

    def take_back(self) -> None:
        """Forget what was added since the last ``sync``."""
        self.close()
        try:
            if self._size:
                os.truncate(self._path, self._size)
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise self._error(error) from None

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            file, self._file = self._file, None
            try:
                file.close()
            except OSError as error:
                raise self._error(error) from None

    def _error(self, error: OSError) -> OutputError:
        return OutputError(f"{self._path}: cannot be written: {told(error)}")


def _spelled(original: bytes) -> dict[str, object]:
    """A row as text if it is that, else as base64."""
    if not original:
        return {"original": None}
    try:
        return {"original": original.decode("utf-8")}
    except UnicodeDecodeError:
        return {"original_base64": base64.b64encode(original).decode("ascii")}


def _json(entry: dict[str, object]) -> bytes:
    return json.dumps(entry, separators=(",", ":")).encode("ascii")
