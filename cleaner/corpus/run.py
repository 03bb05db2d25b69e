"""A run over a corpus: shards are read, cleaned in chunks and written, each whole or not at all."""

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cleaner.config import Config
from cleaner.corpus import storage
from cleaner.corpus.audits import AuditFormat, audit_name, audit_writer
from cleaner.corpus.formats import format_of
from cleaner.corpus.handler import Handler
from cleaner.corpus.ids import SeenIds
from cleaner.corpus.manifest import Done, Head, Manifest, Written
from cleaner.corpus.quarantine import Quarantine
from cleaner.corpus.rows import Chunk, Fate, Layout, Lost, Row
from cleaner.corpus.shards import Shard
from cleaner.corpus.totals import Totals
from cleaner.corpus.work import RESCUE, Documents, Results, cleaning, stamps
from cleaner.errors import InputError, OutputError, ResumeError
from cleaner.outputs import make_folder
from cleaner.version import __version__
from cleaner.workers import ordered_map


@dataclass(frozen=True, slots=True)
class Order:
    """What to clean, how, and where to. ``out`` is a folder or a url, ``audit`` a folder."""

    shards: tuple[Shard, ...]
    out: str
    audit: Path
    config: Config = field(default_factory=Config)
    layout: Layout = field(default_factory=Layout)
    audit_format: AuditFormat = AuditFormat.JSONL
    workers: int = 1
    resume: bool = False


@dataclass
class Report:
    """What became of a run. ``totals`` count all shards, ``fresh`` those of this run, ``earlier`` is their number."""

    totals: Totals = field(default_factory=Totals)
    fresh: Totals = field(default_factory=Totals)
    done: int = 0
    earlier: int = 0
    failures: list[str] = field(default_factory=list)


#: Is told how many bytes of the inputs have been dealt with.
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _End:
    """No more comes from a shard; ``error`` says why if it could not be read."""

    shard: Shard
    error: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """A chunk of a shard."""

    shard: Shard
    handler: Handler
    chunk: Chunk


def clean_corpus(order: Order, progress: Progress = lambda _: None) -> Report:
    """Clean the shards of a corpus and write them, their audit records, what was set aside, and the manifest.

    A shard that cannot be read, and rows that cannot be cleaned, are noted and the rest go on. Raises ``OutputError``
    if something cannot be written, ``ResumeError`` if the run cannot be begun or gone on with, ``ConfigError``,
    ``PackError`` or ``ModelError`` if the settings or what they name cannot be used, and ``WorkerError`` if no worker
    can be started.
    """
    handlers = {shard: _handler(shard, order.layout) for shard in order.shards}
    make_folder(order.audit)
    with Manifest(order.audit, _head(order), resume=order.resume) as manifest:
        _refuse_missing(manifest.done.values())
        report = Report()
        for done in manifest.done.values():
            report.totals.add(done.totals)
        report.earlier = len(manifest.done)
        waiting = [shard for shard in order.shards if shard.name not in manifest.done]
        position = sum(shard.size for shard in order.shards if shard.name in manifest.done)
        progress(position)
        with contextlib.closing(_Books(order, manifest, report)) as books:
            parts = _parts((shard, handlers[shard]) for shard in waiting)
            with contextlib.closing(_cleaned(parts, order)) as cleaned:
                for part, fates in cleaned:
                    if isinstance(part, _End):
                        books.end(part)
                        position += part.shard.size
                        progress(position)
                    else:
                        books.write(part, fates)
                        progress(position + part.chunk.position)
            books.finish()
    return report


def _handler(shard: Shard, layout: Layout) -> Handler:
    form = format_of(shard.name)
    assert form is not None, "only files of a known format become shards"
    return form.handler(layout)


def _head(order: Order) -> Head:
    config, packs = stamps(order.config)
    columns = asdict(order.layout)
    return Head(__version__, config, packs, columns, order.audit_format, order.out, order.shards)


def _refuse_missing(done: Iterable[Done]) -> None:
    for shard in done:
        for file in (shard.output, shard.audit):
            if storage.size_of(file.place) != file.size:
                raise ResumeError(
                    f"{file.place}: was written by the run that is resumed, and is gone or another now; put it back, "
                    "or start anew in other folders"
                )


def _parts(shards: Iterable[tuple[Shard, Handler]]) -> Iterator[_Part | _End]:
    """All chunks of all shards in order, with an end after those of each."""
    for shard, handler in shards:
        error = ""
        try:
            with storage.open_source(shard.path) as file:
                for chunk in handler.read(file, shard.name):
                    yield _Part(shard, handler, chunk)
        except InputError as problem:
            error = str(problem)
        yield _End(shard, error)


def _cleaned(
    parts: Iterable[_Part | _End], order: Order
) -> Generator[tuple[_Part | _End, tuple[Fate, ...]], None, None]:
    """Parts with the fates of their rows, in order; only documents go to the workers."""
    waiting: deque[_Part | _End] = deque()

    def documents() -> Iterator[Documents]:
        for part in parts:
            waiting.append(part)
            rows = () if isinstance(part, _End) else part.chunk.rows
            yield tuple(row.document for row in rows if row.document is not None)

    with contextlib.closing(ordered_map(cleaning(order.config), documents(), order.workers, RESCUE)) as results:
        for result in results:
            part = waiting.popleft()
            yield part, () if isinstance(part, _End) else _fates(part.chunk.rows, result)


def _fates(rows: Sequence[Row], results: Results) -> tuple[Fate, ...]:
    cleaned = iter(results)
    return tuple(
        Lost(row.problem) if row.problem else next(cleaned) if row.document is not None else None for row in rows
    )


class _Books:
    """Writes what comes of a run: one shard at a time, and what is noted about all."""

    def __init__(self, order: Order, manifest: Manifest, report: Report) -> None:
        self._order = order
        self._manifest = manifest
        self._report = report
        self._quarantine = Quarantine(order.audit, manifest.quarantine)
        self._ids = SeenIds(order.audit, keep=bool(manifest.done))
        self._current: _Output | None = None

    def write(self, part: _Part, fates: tuple[Fate, ...]) -> None:
        """Write a chunk."""
        if self._current is None:
            self._current = _Output(self._order, part.shard, part.handler)
        self._current.write(part.chunk, fates)
        self._note(part, fates, self._current.totals)

    def _note(self, part: _Part, fates: tuple[Fate, ...], totals: Totals) -> None:
        name, chunk = part.shard.name, part.chunk
        if chunk.gap is not None:
            totals.count_gap(chunk.gap)
            self._quarantine.add_gap(name, chunk.gap)
        for index, (row, fate) in enumerate(zip(chunk.rows, fates, strict=True)):
            totals.count(row, fate)
            if isinstance(fate, Lost):
                self._quarantine.add(name, row, fate.reason, part.handler.original(chunk, index))
            if row.id and row.document is not None:
                first = self._ids.first(row.id, name, row.number)
                if first is not None:
                    totals.duplicate(f"{row.id!r}: {first[0]} row {first[1]} and {name} row {row.number}")

    def end(self, end: _End) -> None:
        """Put the files of a shard in their places, or take back what there is of them if it could not be read."""
        name = end.shard.name
        if end.error:
            self._take_back()
            self._manifest.fail(name, end.error)
            self._report.failures.append(end.error)
            return
        if self._current is None:
            self._current = _Output(self._order, end.shard, _handler(end.shard, self._order.layout))
        output = self._current
        output.finish()
        size = self._quarantine.sync()
        self._ids.commit()
        written, audit = output.commit()
        self._current = None
        self._manifest.add(Done(name, written, audit, size, output.totals))
        self._report.done += 1
        self._report.totals.add(output.totals)
        self._report.fresh.add(output.totals)

    def finish(self) -> None:
        """Leave nothing behind that only a further run would need."""
        if not self._report.failures:
            self._ids.remove()

    def close(self) -> None:
        """Leave no half-written file, whatever happened."""
        self._take_back()
        self._quarantine.close()
        self._ids.close()

    def _take_back(self) -> None:
        if self._current is None:
            return
        current, self._current = self._current, None
        current.abort()
        self._quarantine.take_back()
        self._ids.take_back()


class _Output:
    """The files that a shard is written to, and what was counted in it."""

    def __init__(self, order: Order, shard: Shard, handler: Handler) -> None:
        self.totals = Totals()
        name = audit_name(shard.name, order.audit_format)
        self._places = storage.join(order.out, shard.name), storage.join(str(order.audit), name)
        self._output = storage.target(order.out, shard.name)
        try:
            self._audit = storage.target(str(order.audit), name)
        except OutputError:
            self._output.abort()
            raise
        self._writer = handler.writer(self._output.stream)
        self._records = audit_writer(order.audit_format, self._audit.stream)

    def write(self, chunk: Chunk, fates: tuple[Fate, ...]) -> None:
        """Write the rows of a chunk and their records."""
        if chunk.gap is None:
            self._writer.write(chunk, fates)
        self._records.write(chunk, fates)

    def finish(self) -> None:
        """Have everything on disk under other names."""
        self._writer.close()
        self._records.close()
        self._output.finish()
        self._audit.finish()

    def commit(self) -> tuple[Written, Written]:
        """Give the files their names: the records first, so that there is no output without them."""
        self._audit.commit()
        self._output.commit()
        files = zip(self._places, (self._output, self._audit), strict=True)
        output, audit = (Written(place, file.size, file.sha256) for place, file in files)
        return output, audit

    def abort(self) -> None:
        """Leave no trace of them."""
        for file in (self._output, self._audit):
            file.discard()
        self._writer.abandon()
        self._records.abandon()
        for file in (self._output, self._audit):
            file.abort()
