"""One shard after the other, its chunks spread over processes of this machine."""

import contextlib
from collections.abc import Sequence
from functools import partial

from cleaner.corpus.books import Books
from cleaner.corpus.manifest import Head
from cleaner.corpus.order import Order, Progress
from cleaner.corpus.shards import Shard
from cleaner.corpus.stream import End, cleaned, handler_of, parts
from cleaner.corpus.work import RESCUE, cleaning
from cleaner.workers import ordered_map


def clean_here(order: Order, _: Head, shards: Sequence[Shard], books: Books, progress: Progress) -> None:
    """Clean shards in order, and write each chunk as it comes; raises as ``clean_corpus`` does."""
    position = 0
    stream = parts((shard, handler_of(shard, order.layout)) for shard in shards)
    clean = partial(ordered_map, cleaning(order.config), workers=order.workers or 1, rescue=RESCUE)
    with contextlib.closing(cleaned(stream, clean)) as results:
        for part, fates in results:
            if isinstance(part, End):
                books.end(part)
                position += part.shard.size
                progress(position)
            else:
                books.write(part, fates)
                progress(position + part.chunk.position)
