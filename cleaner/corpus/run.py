"""A run over a corpus: shards are read, cleaned in chunks and written, each whole or not at all."""

import contextlib
from collections.abc import Iterable
from dataclasses import asdict

from cleaner.corpus import storage
from cleaner.corpus.books import Books
from cleaner.corpus.engines import work_of
from cleaner.corpus.manifest import Done, Head, Manifest
from cleaner.corpus.order import Order, Progress, Report
from cleaner.corpus.stream import handler_of
from cleaner.corpus.work import stamps
from cleaner.errors import ResumeError
from cleaner.html.extractor import version_of
from cleaner.outputs import make_folder
from cleaner.version import __version__


def clean_corpus(order: Order, progress: Progress = lambda _: None) -> Report:
    """Clean the shards of a corpus and write them, their audit records, what was set aside, and the manifest.

    A shard that cannot be read, and rows that cannot be cleaned, are noted and the rest go on. Raises ``OutputError``
    if something cannot be written, ``ResumeError`` if the run cannot be begun or gone on with, ``ConfigError``,
    ``PackError`` or ``ModelError`` if the settings or what they name cannot be used, and ``WorkerError`` if no worker
    can be started.
    """
    for shard in order.shards:
        handler_of(shard, order.layout)  # What is not installed is found out before anything is written.
    work = work_of(order.engine)
    make_folder(order.audit)
    head = _head(order)
    with Manifest(order.audit, head, resume=order.resume) as manifest:
        _refuse_missing(manifest.done.values())
        report = Report()
        for done in manifest.done.values():
            report.totals.add(done.totals)
        report.earlier = len(manifest.done)
        waiting = [shard for shard in order.shards if shard.name not in manifest.done]
        before = sum(shard.size for shard in order.shards if shard.name in manifest.done)
        progress(before)
        with contextlib.closing(Books(order, manifest, report)) as books:
            work(order, head, waiting, books, lambda position: progress(before + position))
            books.finish()
    return report


def _head(order: Order) -> Head:
    config, packs = stamps(order.config)
    places = order.out, order.records
    columns = {**asdict(order.layout), "extractor_version": version_of(order.layout.extractor)}
    return Head(__version__, config, packs, columns, order.audit_format, *places, order.shards)


def _refuse_missing(done: Iterable[Done]) -> None:
    for shard in done:
        for file in (shard.output, shard.audit):
            if storage.size_of(file.place) != file.size:
                raise ResumeError(
                    f"{file.place}: was written by the run that is resumed, and is gone or another now; put it back, "
                    "or start anew in other folders"
                )
