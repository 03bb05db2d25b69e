"""One request and what is sent in answer to it."""

import asyncio
import re
import time
import uuid
from collections.abc import Callable, Collection

from starlette.types import Message, Receive, Scope, Send

from cleaner.serve.problems import ClientGone

#: Logged instead of a status where the client went away.
GONE = 499
_HEADER = b"x-request-id"
_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=-]{0,127}")
# Answers are sent in pieces of so many bytes, each of which has to be taken in time.
_PIECE = 1 << 16


def request_id_of(headers: Collection[tuple[bytes, bytes]]) -> str:
    """The id that a request came with, if it is one to be repeated in headers and logs; otherwise a new one.

    >>> request_id_of([(b"x-request-id", b"job-7")]), len(request_id_of([(b"x-request-id", b"job 7")]))
    ('job-7', 32)
    """
    given = [value.decode("latin-1") for name, value in headers if name == _HEADER]
    return given[0] if len(given) == 1 and _SANE.fullmatch(given[0]) else uuid.uuid4().hex


class Exchange:
    """A request on its way: its id, how much of it was read, and the answer, which has to be taken in time.

    ``read_whole`` says that nothing of the request is left to read, ``status`` and ``bytes`` what was answered.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, seconds: float) -> None:
        headers = scope["headers"]
        self.request_id = request_id_of(headers)
        self.started = time.perf_counter()
        self.status = GONE
        self.bytes = 0
        self.read_whole = not any(
            name == b"transfer-encoding" or (name == b"content-length" and value != b"0") for name, value in headers
        )
        self._receive = receive
        self._send = send
        self._seconds = seconds
        state = scope.setdefault("state", {})
        state["exchange"] = self
        self._closed: Callable[[], bool] = state.get("closed", lambda: False)

    async def receive(self) -> Message:
        """The next message from the client."""
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            self.read_whole = True
        return message

    async def send(self, message: Message) -> None:
        """Send a message in pieces, as the client takes them. Raises ``ClientGone`` if it does not."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", []), (_HEADER, self.request_id.encode())]
            await self._sent({**message, "headers": headers})
            return
        body = memoryview(message.get("body", b""))
        more = message.get("more_body", False)
        for start in range(0, len(body) or 1, _PIECE):
            piece = bytes(body[start : start + _PIECE])
            last = start + _PIECE >= len(body)
            await self._sent({**message, "body": piece, "more_body": more or not last})
            self.bytes += len(piece)

    async def _sent(self, message: Message) -> None:
        if self._closed():
            raise ClientGone
        try:
            async with asyncio.timeout(self._seconds):
                await self._send(message)
        except TimeoutError:
            raise ClientGone from None


def exchange_of(scope: Scope) -> Exchange:
    """What the request of a scope is about."""
    found: Exchange = scope["state"]["exchange"]
    return found
