"""Bodies of requests as they arrive, with limits on size and time; nothing is read before it is asked for."""

import asyncio
import contextlib
from dataclasses import dataclass

from starlette.types import Receive

from cleaner.serve.problems import ClientGone, Declined, Kind, Mishap

# How long a client that was declined may go on sending before its connection is closed, in seconds. Closed at once, it
# would often see a broken connection instead of the answer.
_LINGER = 2.0


async def read_body(receive: Receive, limit: int, seconds: float) -> bytes:
    """A whole body. Raises ``Declined`` if it is larger than the limit or slower, ``ClientGone`` if it breaks off."""
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            more = True
            while more:
                piece, more = await _piece(receive)
                body += piece
                if len(body) > limit:
                    raise Declined(too_large(limit))
    except TimeoutError:
        raise Declined(too_slow(seconds)) from None
    return bytes(body)


async def until_gone(receive: Receive) -> None:
    """Wait, once a body is read, until the client goes away."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def linger(receive: Receive) -> None:
    """Read what a client still sends, for a while, and throw it away."""
    with contextlib.suppress(TimeoutError, ClientGone):
        async with asyncio.timeout(_LINGER):
            while (await _piece(receive))[1]:
                pass


def too_large(limit: int) -> Mishap:
    """What is said of a document beyond the limit of bytes."""
    return Mishap(Kind.TOO_LARGE, f"its JSON has more than {limit} bytes; send less, or raise max_bytes of the service")


def too_slow(seconds: float) -> Mishap:
    """What is said of a document that did not arrive in so many seconds."""
    return Mishap(Kind.TOO_SLOW, f"it was not there after {seconds:g} seconds; send it again, in one go")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a body with its number, counted from 1; ``None`` in place of one that was too long to be kept."""

    number: int
    data: bytes | None


class Lines:
    """The lines of a body, one at a time; of what was not asked for, no more than a piece is held."""

    def __init__(self, receive: Receive, limit: int, seconds: float) -> None:
        self._receive = receive
        self._limit = limit
        self._seconds = seconds
        self._held = bytearray()
        self._looked = 0  # So much of what is held has no end of a line.
        self._too_long = False
        self._more = True
        self.number = 0

    async def next(self) -> Line | None:
        """The next line that is not blank, ``None`` after the last.

        Raises ``Declined`` if it does not arrive in time, ``ClientGone`` if the body breaks off.
        """
        try:
            async with asyncio.timeout(self._seconds):
                while True:
                    line = self._held_line()
                    if line is not None and (line.data is None or line.data.strip()):
                        return line
                    if line is None and not self._more:
                        return None
                    if line is None:
                        await self._read()
        except TimeoutError:
            raise Declined(too_slow(self._seconds)) from None

    async def _read(self) -> None:
        piece, self._more = await _piece(self._receive)
        self._held += piece

    def _held_line(self) -> Line | None:
        end = self._held.find(b"\n", self._looked)
        if end < 0 and (self._more or not (self._held or self._too_long)):
            self._looked = len(self._held)
            if len(self._held) > self._limit:
                self._too_long = True
                self._drop(len(self._held))
            return None
        end = end if end >= 0 else len(self._held)
        kept = None if self._too_long or end > self._limit else bytes(self._held[:end])
        self._drop(end + 1)
        self._too_long = False
        self.number += 1
        return Line(self.number, kept)

    def _drop(self, count: int) -> None:
        del self._held[:count]
        self._looked = 0


async def _piece(receive: Receive) -> tuple[bytes, bool]:
    """The next piece of a body, and whether there are more."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientGone
    return message.get("body", b""), message.get("more_body", False)
