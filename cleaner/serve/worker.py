"""One worker process: it is given an item at a time, and may be ended while it works on it."""

import contextlib
import multiprocessing
import pickle
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic, TypeVar

from cleaner.errors import CleanerError
from cleaner.workers import WorkerError, no_interrupts, start_worker

T = TypeVar("T")
R = TypeVar("R")

# A process that was killed is there for a moment yet.
_SECONDS_TO_END = 5


class Worker(Generic[T, R]):
    """A process that calls ``start`` once, and then what that returned on each item that it is given.

    ``start``, items and results have to be picklable. Its methods wait, so they are for threads; ``kill`` may be called
    from any, which ends what the others wait for. ``broken`` says that it cannot be used any more.
    """

    def __init__(self, start: Callable[[], Callable[[T], R]]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, start), daemon=True)
        with no_interrupts():
            self._process.start()
        theirs.close()
        self.broken = False

    @property
    def pid(self) -> int | None:
        """The id of the process."""
        return self._process.pid

    @property
    def usable(self) -> bool:
        """Whether it can be given an item."""
        return not self.broken and self._process.is_alive()

    def wait_until_ready(self) -> None:
        """Wait for ``start``. Raises its ``CleanerError``, and ``WorkerError`` if the process ended."""
        error = self._received()
        if error is not None:
            raise error

    def ask(self, item: T) -> R:
        """What the process makes of an item. Raises ``WorkerError`` if it died meanwhile."""
        data = ForkingPickler.dumps(item)
        with contextlib.suppress(OSError):  # If it is dead, there is nothing to receive either.
            self._pipe.send_bytes(data)
        result: R = self._received()
        return result

    def kill(self) -> None:
        """End the process at once."""
        self.broken = True
        self._process.kill()

    def end(self) -> str:
        """End the process and give back what it has; says how it ended."""
        self.kill()
        self._process.join(_SECONDS_TO_END)
        code = self._process.exitcode
        self._pipe.close()
        return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"

    def _received(self) -> Any:
        try:
            return pickle.loads(self._pipe.recv_bytes())
        except (EOFError, OSError):
            self.broken = True
            raise WorkerError("the worker process died") from None


def _serve(pipe: Connection, start: Callable[[], Callable[[T], R]]) -> None:
    """Say whether starting went well, then answer items until the pipe closes."""
    start_worker()
    # Who stops the service may well send this to all of its processes, but what is at work is to be finished.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        work = start()
    except CleanerError as error:
        pipe.send(error)
        return
    pipe.send(None)
    while True:
        try:
            item: T = pipe.recv()
        except EOFError:
            return
        pipe.send_bytes(ForkingPickler.dumps(work(item)))
