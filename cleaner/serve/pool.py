"""Worker processes for an event loop: items wait for a free one, and those that take too long are ended with theirs."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from cleaner.serve.worker import Worker
from cleaner.workers import WorkerError

T = TypeVar("T")
R = TypeVar("R")

#: How long an item that nobody waits for any more may go on (seconds); most are done sooner than a worker starts.
GRACE = 2.0
# A worker that cannot be started is tried again after so many seconds.
_AGAIN = 1.0

_log = logging.getLogger(__name__)


class TookTooLong(Exception):  # noqa: N818
    """An item took more than its time; its worker was ended."""


class NoneFree(Exception):  # noqa: N818
    """No worker became free in time."""


class Pool(Generic[T, R]):
    """So many workers, each with one item at a time; one that dies is replaced.

    ``start`` is what each of them calls first, ``seconds`` how long an item may take once a worker has it. All methods
    are for one event loop.
    """

    def __init__(self, start: Callable[[], Callable[[T], R]], size: int, seconds: float) -> None:
        self._start = start
        self._size = size
        self._seconds = seconds
        self._idle: asyncio.Queue[Worker[T, R]] = asyncio.Queue()
        self._workers: set[Worker[T, R]] = set()
        self._ready = 0
        self._replaced = 0
        self._closing = False
        self._tasks: set[asyncio.Task[Any]] = set()
        # Starting one and working with another may fall together, and so may seeing dead ones off.
        self._threads = ThreadPoolExecutor(3 * size, "pool")

    @property
    def ready(self) -> int:
        """How many workers there are, at work or not."""
        return self._ready

    @property
    def idle(self) -> int:
        """How many workers have nothing to do."""
        return self._idle.qsize()

    @property
    def replaced(self) -> int:
        """How many workers have been replaced so far."""
        return self._replaced

    async def open(self) -> None:
        """Start the workers; the first is there on return, since the others start faster once it was.

        Raises its ``CleanerError``, and ``WorkerError`` if it ended.
        """
        await self._add()
        for _ in range(self._size - 1):
            self._task(self._add_at_last())

    async def do(self, item: T, patience: float | None = None) -> R:
        """What a worker makes of an item, once one is free; it may wait for that so many seconds.

        Raises ``NoneFree``, ``TookTooLong``, and ``WorkerError`` if the worker died over it. Cancelled, an item that
        waits is given up, and one that is at work has ``GRACE`` to end.
        """
        try:
            async with asyncio.timeout(patience):
                worker = await self._free()
        except TimeoutError:
            raise NoneFree from None
        job = self._task(self._watched(worker, item))
        try:
            result: R = await asyncio.shield(job)
        except asyncio.CancelledError:
            asyncio.get_running_loop().call_later(GRACE, _end_if_busy, worker, job)
            raise
        return result

    async def close(self) -> None:
        """End the workers at once."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        for worker in list(self._workers):
            worker.kill()
        # Threads that wait for workers now see that these are dead.
        await asyncio.to_thread(self._threads.shutdown)
        for worker in list(self._workers):
            await asyncio.to_thread(worker.end)

    async def _free(self) -> Worker[T, R]:
        while True:
            worker = await self._idle.get()
            if worker.usable:
                return worker
            self._replace(worker)

    async def _watched(self, worker: Worker[T, R], item: T) -> R:
        """The work on an item, with its limit of time."""
        out_of_time = asyncio.Event()
        timer = asyncio.get_running_loop().call_later(self._seconds, _end, worker, out_of_time)
        try:
            result: R = await self._threaded(worker.ask, item)
        except WorkerError:
            if out_of_time.is_set():
                raise TookTooLong from None
            raise
        else:
            return result
        finally:
            timer.cancel()
            if worker.usable:
                self._idle.put_nowait(worker)
            else:
                self._replace(worker)

    def _replace(self, worker: Worker[T, R]) -> None:
        self._ready -= 1
        if not self._closing:
            self._replaced += 1
            self._task(self._replacement(worker))

    async def _replacement(self, worker: Worker[T, R]) -> None:
        how = await self._threaded(worker.end)
        self._workers.discard(worker)
        _log.warning("worker-replaced", extra={"fields": {"pid": worker.pid, "how": how}})
        await self._add_at_last()

    async def _add_at_last(self) -> None:
        """Add a worker, however often it takes."""
        while True:
            try:
                return await self._add()
            except Exception as error:
                _log.exception("worker-not-started", extra={"fields": {"error": type(error).__name__}})
                await asyncio.sleep(_AGAIN)

    async def _add(self) -> None:
        worker = await self._threaded(self._started)
        self._ready += 1
        self._idle.put_nowait(worker)
        _log.info("worker-started", extra={"fields": {"pid": worker.pid}})

    def _started(self) -> Worker[T, R]:
        worker = Worker(self._start)
        self._workers.add(worker)
        if self._closing:
            worker.kill()
        try:
            worker.wait_until_ready()
        except BaseException:
            self._workers.discard(worker)
            worker.end()
            raise
        return worker

    async def _threaded(self, work: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)

    def _task(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Have it done; what it raises is for those who wait for it, if there are any."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        return task


def _end_if_busy(worker: Worker[Any, Any], job: asyncio.Task[Any]) -> None:
    if not job.done():
        worker.kill()


def _end(worker: Worker[Any, Any], out_of_time: asyncio.Event) -> None:
    out_of_time.set()
    worker.kill()
