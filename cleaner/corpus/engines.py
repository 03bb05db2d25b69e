"""The engines that can do the work of a run."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaner.corpus.books import Books
    from cleaner.corpus.manifest import Head
    from cleaner.corpus.order import Order, Progress
    from cleaner.corpus.shards import Shard


class Engine(StrEnum):
    """What does the work of a run: processes of this machine, or a Ray cluster."""

    LOCAL = "local"
    RAY = "ray"


#: Cleans shards, and enters what becomes of each into the books.
Work = Callable[["Order", "Head", "Sequence[Shard]", "Books", "Progress"], None]


def work_of(engine: Engine) -> Work:
    """What an engine does. Raises ``ConfigError`` if it takes something that is not installed."""
    if engine is Engine.RAY:
        from cleaner.corpus.ray_engine import clean_on_ray, load_ray

        load_ray()
        return clean_on_ray
    from cleaner.corpus.local_engine import clean_here

    return clean_here
