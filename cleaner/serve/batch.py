"""A batch: lines of JSON in, lines of JSON out, in order, with only some documents in memory at a time."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cleaner.serve.answers import batch_line
from cleaner.serve.body import Line, Lines, linger, too_large, until_gone
from cleaner.serve.desk import Desk
from cleaner.serve.exchange import exchange_of
from cleaner.serve.problems import ClientGone, Declined, Kind, Mishap

T = TypeVar("T")

NDJSON = "application/x-ndjson"
#: A batch has so many documents at work for each worker at most: the next line is read when an answer was taken.
AHEAD = 2


class BatchResponse(Response):
    """The answer to a batch, which begins before the batch has been read."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(media_type=NDJSON)
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read and answer, line by line; if the client goes away, so does the work."""
        # The connection cannot be used again where the body was not read to its end.
        headers = [(b"content-type", NDJSON.encode()), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        exchange = exchange_of(scope)
        batch = _Batch(self._desk, exchange.request_id, receive, send)
        try:
            await batch.run()
        except* ClientGone:
            raise ClientGone from None
        if not exchange.read_whole:
            await linger(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


class _Batch:
    """The state of one batch: documents at work, in the order of their lines."""

    def __init__(self, desk: Desk, request_id: str, receive: Receive, send: Send) -> None:
        settings = desk.settings
        self._desk = desk
        self._request_id = request_id
        self._receive = receive
        self._send = send
        self._lines = Lines(receive, settings.max_bytes, settings.read_seconds)
        self._room = asyncio.Semaphore(AHEAD * settings.workers)
        self._answers: asyncio.Queue[asyncio.Task[bytes] | None] = asyncio.Queue()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            reader = group.create_task(self._read(group))
            while (answer := await self._answers.get()) is not None:
                await self._send({"type": "http.response.body", "body": await answer, "more_body": True})
                self._room.release()
            reader.cancel()

    async def _read(self, group: asyncio.TaskGroup) -> None:
        """Have documents cleaned as there is room for them, then see whether the client stays."""
        try:
            while True:
                await self._room.acquire()
                line = await self._unless_stopping(self._lines.next())
                if line is None:
                    break
                self._answers.put_nowait(group.create_task(self._answer(line)))
        except Declined as declined:
            last = self._problem(self._lines.number + 1, declined.mishap)
            self._answers.put_nowait(group.create_task(last))
            self._answers.put_nowait(None)
        else:
            self._answers.put_nowait(None)
            await until_gone(self._receive)
            raise ClientGone

    async def _unless_stopping(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work gives. Raises ``Declined`` if the service is to stop before that."""
        task = asyncio.create_task(work)
        stop = asyncio.create_task(self._desk.stopping.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
        finally:
            task.cancel()
            stop.cancel()
        raise Declined(Mishap(Kind.STOPPING, "send the batch again from this line on"))

    async def _answer(self, line: Line) -> bytes:
        if line.data is None:
            return await self._problem(line.number, too_large(self._desk.settings.max_bytes))
        done = await self._desk.clean(line.data, self._request_id, line.number)
        if done.mishap is not None:
            return await self._problem(line.number, done.mishap)
        return batch_line(line.number, "result", done.result)

    async def _problem(self, number: int, mishap: Mishap) -> bytes:
        return batch_line(number, "problem", mishap.to_json(self._request_id))
