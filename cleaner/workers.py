"""Work spread over processes, with the results in the order of the work."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import TypeVar

from cleaner.errors import CleanerError

T = TypeVar("T")
R = TypeVar("R")

#: How many pieces of work a worker may be ahead of the reader of the results; bounds the results held in memory.
AHEAD = 4


class WorkerError(CleanerError):
    """A worker process died, so its results are missing."""


def ordered_map(work: Callable[[T], R], items: Iterable[T], workers: int) -> Generator[R, None, None]:
    """``map(work, items)`` in so many processes; ``work`` and everything it takes and gives must be picklable.

    An exception in ``work`` ends the iteration. Raises ``WorkerError`` if a worker dies. Closing the iterator, as an
    interrupt does, ends the workers at once.
    """
    if workers <= 1:
        yield from map(work, items)
        return
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start_worker)
    try:
        yield from _in_order(pool, work, items, workers * AHEAD)
    except BrokenProcessPool:
        raise WorkerError(
            "a worker process died, perhaps for want of memory; what is written so far is whole, so run again with "
            "fewer --workers"
        ) from None
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(pool: ProcessPoolExecutor, work: Callable[[T], R], items: Iterable[T], ahead: int) -> Iterator[R]:
    waiting: deque[Future[R]] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _start_worker() -> None:
    """Leave interrupts to the main process, and don't outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_with, args=(parent.sentinel,), daemon=True).start()


def _exit_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
