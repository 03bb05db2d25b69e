"""What there is to note about the rows of a shard besides its output: rows set aside, and ids."""

import json
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from cleaner.corpus.quarantine import gap_entry, row_entry
from cleaner.corpus.rows import Fate, Lost
from cleaner.corpus.storage import open_source
from cleaner.corpus.stream import Part
from cleaner.corpus.totals import Totals


class Ledger(Protocol):
    """Takes notes."""

    def set_aside(self, entry: bytes) -> None:
        """Note an entry of the quarantine."""

    def see(self, shard: str, row: int, id: str, /) -> str | None:
        """Note the id of a document; if it is known to be another's too, gives where both stand."""


def note(part: Part, fates: tuple[Fate, ...], totals: Totals, ledger: Ledger) -> None:
    """Count a chunk, and note what there is to note about its rows."""
    name, chunk = part.shard.name, part.chunk
    if chunk.gap is not None:
        totals.count_gap(chunk.gap)
        ledger.set_aside(gap_entry(name, chunk.gap))
    for index, (row, fate) in enumerate(zip(chunk.rows, fates, strict=True)):
        totals.count(row, fate)
        if isinstance(fate, Lost):
            ledger.set_aside(row_entry(name, row, fate.reason, part.handler.original(chunk, index)))
        if row.id and row.document is not None:
            totals.count_duplicate(ledger.see(name, row.number, row.id))


class Notes:
    """A ledger on a stream, to be read by whoever keeps the one of the whole run.

    An entry of the quarantine is a line with that entry, a JSON object; an id is a line with a JSON array.
    """

    def __init__(self, stream: BinaryIO, *, ids: bool) -> None:
        self._stream = stream
        self._ids = ids

    def set_aside(self, entry: bytes) -> None:
        """Note an entry of the quarantine."""
        self._stream.write(entry + b"\n")

    def see(self, _: str, row: int, id: str) -> None:
        """Note the id of a document; nobody knows here whether it is another's."""
        if self._ids:
            self._stream.write(json.dumps([row, id]).encode("ascii") + b"\n")


def read_notes(place: str) -> Iterator[bytes | tuple[int, str]]:
    """Entries of the quarantine, and rows with their ids, in order. Raises ``InputError``."""
    with open_source(place) as file:
        for line in file:
            if line.startswith(b"["):
                row, id = json.loads(line)
                yield row, id
            else:
                yield line.removesuffix(b"\n")
