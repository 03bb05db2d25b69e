"""Work beside an event loop: in a thread, or in processes of which one may die without the others' work."""

import multiprocessing
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Generic, TypeVar

from cleaner.workers import ATTEMPTS, WorkerError, start_worker

T = TypeVar("T")
R = TypeVar("R")


class Backstage(Generic[T, R]):
    """Does ``work`` on items away from the caller's thread; close it when it is done with.

    With no ``processes``, in one thread of this process: more would only wait for each other. Otherwise in so many
    processes; ``work``, items and results must be picklable. Each process has a thread that waits for it, so that the
    death of one costs no more than the item it had.

    >>> backstage = Backstage(len)
    >>> backstage.submit("four").result()
    4
    >>> backstage.close()
    """

    def __init__(self, work: Callable[[T], R], processes: int = 0) -> None:
        self._work = work
        self._in_processes = processes > 0
        self._threads = ThreadPoolExecutor(max(processes, 1), thread_name_prefix="cleaner")
        self._own = threading.local()
        self._started: set[ProcessPoolExecutor] = set()

    def submit(self, item: T) -> "Future[R]":
        """Have an item done. The future raises ``WorkerError`` if its process died, and then a second one as well."""
        return self._threads.submit(self._do, item)

    def close(self) -> None:
        """Wait for what was submitted, and end the threads and processes."""
        self._threads.shutdown()
        for process in self._started:
            process.shutdown()

    def _do(self, item: T) -> R:
        if not self._in_processes:
            return self._work(item)
        for _ in range(ATTEMPTS):
            process = self._process()
            try:
                return process.submit(self._work, item).result()
            except BrokenProcessPool:
                self._drop(process)
        raise WorkerError(f"the process that worked on it died, {ATTEMPTS} times; perhaps for want of memory")

    def _process(self) -> ProcessPoolExecutor:
        """The process of this thread, started at its first use."""
        process: ProcessPoolExecutor | None = getattr(self._own, "process", None)
        if process is None:
            process = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), start_worker)
            self._own.process = process
            self._started.add(process)
        return process

    def _drop(self, process: ProcessPoolExecutor) -> None:
        process.shutdown()
        self._started.discard(process)
        self._own.process = None
