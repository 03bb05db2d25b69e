"""What one machine of several does: whole shards, each written as one machine alone would write it."""

import json
import os
import platform
import uuid
from contextlib import ExitStack, closing
from dataclasses import dataclass

from cleaner.corpus import storage
from cleaner.corpus.manifest import Written
from cleaner.corpus.notes import Notes, note
from cleaner.corpus.order import Order
from cleaner.corpus.output import Output
from cleaner.corpus.rows import Fate, Outcome
from cleaner.corpus.shards import Shard
from cleaner.corpus.storage import told
from cleaner.corpus.stream import Part, cleaned, handler_of, parts
from cleaner.corpus.totals import Totals
from cleaner.corpus.work import RESCUE, cleaning
from cleaner.errors import CleanerError, ConfigError
from cleaner.workers import Pool


@dataclass(frozen=True, slots=True)
class Job:
    """What a machine has to know: the order, and what each record has to say of the run.

    ``folder`` is where relative paths start, if there are any. ``tag`` is the run's own, and goes into the names of
    everything that is written but not whole yet.
    """

    order: Order
    stamps: tuple[str, str, str]
    folder: str | None
    tag: str


@dataclass(frozen=True, slots=True)
class Finished:
    """A shard that is written, and the notes about it."""

    shard: str
    output: Written
    audit: Written
    notes: Written
    totals: Totals


@dataclass(frozen=True, slots=True)
class Failed:
    """A shard that could not be read."""

    shard: str
    error: str


class ShardCleaner:
    """Cleans shards, one at a time, in worker processes that stay; close it when it is done with.

    The same shard may be cleaned by another machine at the same time, as happens when this one is taken for dead: they
    write the same bytes under names of their own, and each puts its whole files in place.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._pool = Pool(cleaning(job.order.config), job.order.per_shard, RESCUE)

    def close(self) -> None:
        """End the workers."""
        self._pool.close()

    def clean(self, shard: Shard) -> Finished | Failed | CleanerError:
        """Clean a shard and write it; an error that has to end the run is given, so that it arrives as what it is."""
        try:
            self._enter_folder()
            return self._clean(shard)
        except CleanerError as error:
            return error

    def _enter_folder(self) -> None:
        if self._job.folder is None:
            return
        try:
            os.chdir(self._job.folder)
        except OSError as error:
            raise ConfigError(
                f"{self._job.folder}: cannot be entered on {platform.node()}: {told(error)}; have the folder on every "
                "machine, or give every path as a url or from the root"
            ) from None

    def _clean(self, shard: Shard) -> Finished | Failed:
        order = self._job.order
        handler = handler_of(shard, order.layout)
        tag = f"{self._job.tag}-{uuid.uuid4().hex[:8]}"
        with ExitStack() as undo:
            output = Output(order, shard, handler, tag)
            undo.callback(output.abort)
            target = storage.target(order.audit_place, f"{shard.name}.notes", tag)
            undo.callback(target.abort)
            notes = Notes(target.stream, ids=order.duplicates)
            with closing(cleaned(parts([(shard, handler)]), self._pool.run)) as results:
                for part, fates in results:
                    if isinstance(part, Part):
                        self._check(fates)
                        output.write(part.chunk, fates)
                        note(part, fates, output.totals, notes)
                    elif part.error:
                        return Failed(shard.name, part.error)
            output.finish()
            target.finish()
            files = output.commit()
            undo.pop_all()
        return Finished(shard.name, *files, Written(target.waiting, target.size, target.sha256), output.totals)

    def _check(self, fates: tuple[Fate, ...]) -> None:
        """Raise ``ConfigError`` if the records of this machine are not those of the run."""
        record = next((fate.record for fate in fates if isinstance(fate, Outcome)), None)
        if record is None:
            return
        content = json.loads(record)
        if tuple(content[name] for name in _STAMPS) != self._job.stamps:
            raise ConfigError(
                f"{platform.node()} has another version of Cleaner, other packs or another model than the machine that "
                "the run was started on; install the same on every machine"
            )


#: The fields of a record that are the same in all of a run.
_STAMPS = ("cleaner", "config", "packs_sha256")
