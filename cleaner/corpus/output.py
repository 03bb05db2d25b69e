"""The files that a shard is written to."""

import contextlib

from cleaner.corpus import storage
from cleaner.corpus.audits import audit_name, audit_writer
from cleaner.corpus.handler import Handler
from cleaner.corpus.manifest import Written
from cleaner.corpus.order import Order
from cleaner.corpus.rows import Chunk, Fate
from cleaner.corpus.shards import Shard
from cleaner.corpus.totals import Totals


class Output:
    """The clean shard and its audit records, neither there before both are whole, and what was counted in them.

    ``tag`` tells the names under which they wait from those of others who write the same shard at the same time.
    """

    def __init__(self, order: Order, shard: Shard, handler: Handler, tag: str = "") -> None:
        self.totals = Totals()
        name = audit_name(shard.name, order.audit_format)
        self._places = storage.join(order.out, shard.name), storage.join(order.audit_place, name)
        with contextlib.ExitStack() as made:  # What ends this early, an interrupt too, leaves no file behind.
            self._output = storage.target(order.out, shard.name, tag)
            made.callback(self._output.abort)
            self._audit = storage.target(order.audit_place, name, tag)
            made.callback(self._audit.abort)
            self._writer = handler.writer(self._output.stream)
            self._records = audit_writer(order.audit_format, self._audit.stream)
            made.pop_all()

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
