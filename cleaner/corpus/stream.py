"""Shards as one stream of chunks, and the same stream with what became of its rows."""

import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass

from cleaner.corpus import storage
from cleaner.corpus.formats import format_of
from cleaner.corpus.handler import Handler
from cleaner.corpus.rows import Chunk, Fate, Layout, Lost, Row
from cleaner.corpus.shards import Shard
from cleaner.corpus.work import Documents, Results
from cleaner.errors import InputError

#: Cleans the documents of chunks, in order.
Mapper = Callable[[Iterable[Documents]], Generator[Results, None, None]]


@dataclass(frozen=True, slots=True)
class Part:
    """A chunk of a shard."""

    shard: Shard
    handler: Handler
    chunk: Chunk


@dataclass(frozen=True, slots=True)
class End:
    """No more comes from a shard; ``error`` says why if it could not be read."""

    shard: Shard
    error: str = ""


def handler_of(shard: Shard, layout: Layout) -> Handler:
    """What reads and writes a shard. Raises ``ConfigError`` if what it takes is not installed."""
    form = format_of(shard.name)
    assert form is not None, "only files of a known format become shards"
    return form.handler(layout)


def parts(shards: Iterable[tuple[Shard, Handler]]) -> Iterator[Part | End]:
    """All chunks of all shards in order, with an end after those of each."""
    for shard, handler in shards:
        error = ""
        try:
            with storage.open_source(shard.path) as file:
                for chunk in handler.read(file, shard.name):
                    yield Part(shard, handler, chunk)
        except InputError as problem:
            error = str(problem)
        yield End(shard, error)


def cleaned(stream: Iterable[Part | End], clean: Mapper) -> Generator[tuple[Part | End, tuple[Fate, ...]], None, None]:
    """Parts with the fates of their rows, in order; only documents go through ``clean``."""
    waiting: deque[Part | End] = deque()

    def documents() -> Iterator[Documents]:
        for part in stream:
            waiting.append(part)
            rows = () if isinstance(part, End) else part.chunk.rows
            yield tuple(row.document for row in rows if row.document is not None)

    with contextlib.closing(clean(documents())) as results:
        for result in results:
            part = waiting.popleft()
            yield part, () if isinstance(part, End) else _fates(part.chunk.rows, result)


def _fates(rows: Sequence[Row], results: Results) -> tuple[Fate, ...]:
    done = iter(results)
    return tuple(Lost(row.problem) if row.problem else next(done) if row.document is not None else None for row in rows)
