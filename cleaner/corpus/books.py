"""What is kept of a run: which shards are done, which rows were set aside, which ids were seen."""

from cleaner.corpus import storage
from cleaner.corpus.ids import SeenIds
from cleaner.corpus.manifest import Done, Manifest
from cleaner.corpus.node import Finished
from cleaner.corpus.notes import note, read_notes
from cleaner.corpus.order import Order, Report
from cleaner.corpus.output import Output
from cleaner.corpus.quarantine import Quarantine
from cleaner.corpus.rows import Fate
from cleaner.corpus.stream import End, Part, handler_of
from cleaner.errors import InputError, OutputError


class Books:
    """Keeps account of shards: of one that is written here, chunk by chunk, or of one that was written elsewhere."""

    def __init__(self, order: Order, manifest: Manifest, report: Report) -> None:
        self._order = order
        self._manifest = manifest
        self._report = report
        self._quarantine = Quarantine(order.audit, manifest.quarantine)
        self._ids = SeenIds(order.audit, keep=bool(manifest.done)) if order.duplicates else None
        self._current: Output | None = None

    def write(self, part: Part, fates: tuple[Fate, ...]) -> None:
        """Write a chunk."""
        if self._current is None:
            self._current = Output(self._order, part.shard, part.handler)
        self._current.write(part.chunk, fates)
        note(part, fates, self._current.totals, self)

    def end(self, end: End) -> None:
        """Put the files of a shard in their places, or take back what there is of them if it could not be read."""
        if end.error:
            self._take_back()
            self.fail(end.shard.name, end.error)
            return
        if self._current is None:
            self._current = Output(self._order, end.shard, handler_of(end.shard, self._order.layout))
        output = self._current
        output.finish()
        size = self._keep()
        written, audit = output.commit()
        self._current = None
        self._add(Done(end.shard.name, written, audit, size, output.totals))

    def accept(self, shard: Finished) -> None:
        """Take over a shard that was written elsewhere, with the file of notes about it, which goes."""
        for file in (shard.output, shard.audit, shard.notes):
            if storage.size_of(file.place) != file.size:
                raise OutputError(
                    f"{file.place}: was written on another machine and is not there for this one; outputs and audit "
                    "records have to go to storage that every machine reaches by the same name"
                )
        try:
            for item in read_notes(shard.notes.place):
                if isinstance(item, bytes):
                    self.set_aside(item)
                else:
                    shard.totals.count_duplicate(self.see(shard.shard, *item))
        except InputError as error:
            raise OutputError(str(error)) from None
        self._add(Done(shard.shard, shard.output, shard.audit, self._keep(), shard.totals))
        storage.remove(shard.notes.place)

    def fail(self, shard: str, error: str) -> None:
        """Note a shard that could not be read."""
        self._manifest.fail(shard, error)
        self._report.failures.append(error)

    def set_aside(self, entry: bytes) -> None:
        """Add an entry to the quarantine."""
        self._quarantine.add(entry)

    def see(self, shard: str, row: int, id: str, /) -> str | None:
        """Note the id of a document; if it was seen before, gives where both stand."""
        first = self._ids.first(id, shard, row) if self._ids else None
        return first and f"{id!r}: {first[0]} row {first[1]} and {shard} row {row}"

    def finish(self) -> None:
        """Leave nothing behind that only a further run would need."""
        if self._ids and not self._report.failures:
            self._ids.remove()
            self._ids = None

    def close(self) -> None:
        """Leave no half-written file, whatever happened."""
        self._take_back()
        self._quarantine.close()
        if self._ids:
            self._ids.close()

    def _keep(self) -> int:
        """Have what was noted on disk; gives the size of the quarantine in bytes."""
        size = self._quarantine.sync()
        if self._ids:
            self._ids.commit()
        return size

    def _add(self, done: Done) -> None:
        self._manifest.add(done)
        self._report.done += 1
        self._report.totals.add(done.totals)
        self._report.fresh.add(done.totals)

    def _take_back(self) -> None:
        if self._current is not None:
            current, self._current = self._current, None
            current.abort()
        self._quarantine.take_back()
        if self._ids:
            self._ids.take_back()
