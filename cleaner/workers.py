"""Work spread over processes, with the results in the order of the work, and what to do when a process dies."""

import contextlib
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext
from multiprocessing.reduction import ForkingPickler
from typing import Generic, TypeVar

from cleaner.errors import CleanerError

T = TypeVar("T")
R = TypeVar("R")

#: How many pieces of work a worker may be ahead of the reader of the results; bounds the results held in memory.
AHEAD = 4
#: How often one piece of work may end its worker before it is given up.
ATTEMPTS = 2

_READY = b"ready"


class WorkerError(CleanerError):
    """A worker process died, so its results are missing."""


@dataclass(frozen=True, slots=True)
class Rescue(Generic[T, R]):
    """How to go on when an item ends its worker, or fails with one of ``errors``.

    ``split`` cuts it into the smallest pieces, each of which is tried by itself, twice if need be. ``lost`` makes the
    result of one that failed both times, from the piece and the reason. ``join`` makes the item's result from those
    of its pieces.
    """

    split: Callable[[T], Sequence[T]]
    join: Callable[[Sequence[R]], R]
    lost: Callable[[T, str], R]
    errors: tuple[type[Exception], ...] = (MemoryError,)


def ordered_map(
    work: Callable[[T], R], items: Iterable[T], workers: int, rescue: Rescue[T, R] | None = None
) -> Generator[R, None, None]:
    """``map(work, items)`` in so many processes; ``work`` and everything it takes and gives must be picklable.

    With one worker, all of it happens in this process. Items are taken no further than ``AHEAD`` times the workers
    beyond the result that is given. An exception in ``work`` ends the iteration, and so does a worker that dies, with
    ``WorkerError``; with ``rescue``, another takes its place. Closing the iterator, as an interrupt does, ends the
    workers at once.
    """
    if workers <= 1:
        for item in items:
            yield _do(work, item, rescue)
        return
    with contextlib.closing(Pool(work, workers, rescue)) as pool:
        yield from pool.run(items)


def _do(work: Callable[[T], R], item: T, rescue: Rescue[T, R] | None) -> R:
    """The work on an item in this process; here a piece that fails would fail again."""
    if rescue is None:
        return work(item)
    try:
        return work(item)
    except rescue.errors as error:
        pieces = rescue.split(item)
        if len(pieces) == 1:
            return rescue.lost(item, _told(error))
    return rescue.join([_do(work, piece, rescue) for piece in pieces])


@dataclass(slots=True)
class _Slot(Generic[R]):
    """The place of an item's result among the others: one part, or as many as the item was split into."""

    parts: list[R | None]
    missing: int = 1

    def fill(self, part: int, result: R) -> None:
        self.parts[part] = result
        self.missing -= 1


@dataclass(slots=True)
class _Job(Generic[T, R]):
    """An item, or a piece of one, on its way through a worker."""

    item: T
    slot: _Slot[R]
    part: int = 0
    failures: int = 0


class _Worker(Generic[T, R]):
    """A process and the job that it has."""

    def __init__(self, context: SpawnContext, work: Callable[[T], R]) -> None:
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, work), daemon=True)
        with no_interrupts():
            self.process.start()
        theirs.close()
        self.ready = False
        self.job: _Job[T, R] | None = None

    @property
    def idle(self) -> bool:
        return self.ready and self.job is None

    def give(self, job: _Job[T, R]) -> None:
        """Have it do a job; if it died meanwhile, the next look at its pipe tells."""
        self.job = job
        data = ForkingPickler.dumps(job.item)
        with contextlib.suppress(OSError):
            self.pipe.send_bytes(data)

    def end(self) -> None:
        self.process.terminate()
        self.process.join()
        self.process.close()
        self.pipe.close()


@dataclass
class Pool(Generic[T, R]):
    """Worker processes, each with one job at a time, that stay for any number of runs; close it when it is done with.

    ``work`` and ``rescue`` are as for ``ordered_map``.
    """

    work: Callable[[T], R]
    size: int
    rescue: Rescue[T, R] | None
    _workers: list[_Worker[T, R]] = field(default_factory=list)
    _jobs: deque[_Job[T, R]] = field(default_factory=deque)
    _slots: deque[_Slot[R]] = field(default_factory=deque)  # of the items that were taken but not given yet

    def run(self, items: Iterable[T]) -> Generator[R, None, None]:
        """The results of items, in order, as ``ordered_map`` gives them; one run at a time."""
        source = iter(items)
        more = True
        try:
            while more or self._slots:
                room = more and len(self._slots) < self.size * AHEAD
                if room:
                    more = self._take(source)
                self._start_jobs()
                self._collect(None if self._slots and not room else 0)
                while self._slots and not self._slots[0].missing:
                    yield self._result(self._slots.popleft())
        finally:
            if self._slots or more:  # Not all was given, so workers may still be at it.
                self.close()

    def close(self) -> None:
        """End the workers at once."""
        while self._workers:
            self._workers.pop().end()
        self._jobs.clear()
        self._slots.clear()

    def _take(self, source: Iterable[T]) -> bool:
        for item in source:
            slot: _Slot[R] = _Slot([None])
            self._slots.append(slot)
            self._jobs.append(_Job(item, slot))
            return True
        return False

    def _start_jobs(self) -> None:
        idle = [worker for worker in self._workers if worker.idle]
        while self._jobs and idle:
            idle.pop().give(self._jobs.popleft())
        starting = sum(not worker.ready for worker in self._workers)
        for _ in range(min(len(self._jobs) - starting, self.size - len(self._workers))):
            self._workers.append(_Worker(multiprocessing.get_context("spawn"), self.work))

    def _collect(self, timeout: int | None) -> None:
        workers = {worker.pipe: worker for worker in self._workers}
        for pipe in wait(list(workers), timeout):
            assert isinstance(pipe, Connection)
            worker = workers[pipe]
            try:
                data = pipe.recv_bytes()
            except (EOFError, OSError):
                self._bury(worker)
                continue
            if data == _READY:
                worker.ready = True
            else:
                self._note(worker, *pickle.loads(data))

    def _note(self, worker: _Worker[T, R], result: R | None, error: Exception | None) -> None:
        job, worker.job = worker.job, None
        assert job is not None
        if error is None:
            job.slot.fill(job.part, result)  # type: ignore[arg-type]
        elif self.rescue is not None and isinstance(error, self.rescue.errors):
            self._retry(job, self.rescue, _told(error))
        else:
            raise error

    def _bury(self, worker: _Worker[T, R]) -> None:
        """Take a dead worker out and see to its job."""
        worker.process.join()
        code = worker.process.exitcode or 0
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        self._workers.remove(worker)
        worker.end()
        if not worker.ready:
            raise WorkerError(f"a worker process ended before it could start ({how}); what it said stands above")
        if worker.job is None:
            return
        if self.rescue is None:
            raise WorkerError(
                "a worker process died, perhaps for want of memory; what is written so far is whole, so run again with "
                "fewer --workers"
            )
        self._retry(worker.job, self.rescue, f"its worker process died ({how})")

    def _retry(self, job: _Job[T, R], rescue: Rescue[T, R], reason: str) -> None:
        pieces = rescue.split(job.item)
        job.failures += 1
        if len(pieces) > 1:
            job.slot.parts, job.slot.missing = [None] * len(pieces), len(pieces)
            self._jobs.extendleft(_Job(pieces[i], job.slot, i) for i in reversed(range(len(pieces))))
        elif job.failures < ATTEMPTS:
            self._jobs.appendleft(job)
        else:
            job.slot.fill(job.part, rescue.lost(job.item, f"{reason}, {ATTEMPTS} times"))

    def _result(self, slot: _Slot[R]) -> R:
        parts: list[R] = slot.parts  # type: ignore[assignment]
        if len(parts) == 1:
            return parts[0]
        assert self.rescue is not None
        return self.rescue.join(parts)


@contextlib.contextmanager
def no_interrupts() -> Iterator[None]:
    """Hold interrupts back; a process that is started in here never gets one, not even before it runs our code."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # It would let interrupts in again when it is started together with a process.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _told(error: Exception) -> str:
    return str(error) or type(error).__name__


def _serve(pipe: Connection, work: Callable[[T], R]) -> None:
    """Do jobs as they come, until the pipe closes."""
    start_worker()
    pipe.send_bytes(_READY)
    while True:
        try:
            item: T = pipe.recv()
        except EOFError:
            return
        pipe.send_bytes(_answer(work, item))


def _answer(work: Callable[[T], R], item: T) -> bytes | memoryview:
    """The result and no error, or the reverse, pickled."""
    try:
        return ForkingPickler.dumps((work(item), None))
    except Exception as error:
        error.add_note(f"in a worker process:\n{traceback.format_exc()}")
        return ForkingPickler.dumps((None, error))


def start_worker() -> None:
    """Leave interrupts to the main process, and don't outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_exit_with, args=(parent.sentinel,), daemon=True).start()


def _exit_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
