"""HTTP as uvicorn speaks it, for clients that may take their time with the head of a request, but not forever."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


def patient_protocol(seconds: float) -> type[asyncio.Protocol]:
    """A protocol that drops a connection on which the head of a request is not there after so many seconds.

    uvicorn limits only how long a connection may be idle after a request; one that never asks, or asks a letter at a
    time, would stay for as long as it likes. The state of a request has ``closed``, which tells whether its connection
    is, since uvicorn takes what is sent after that without a word.
    """

    class PatientProtocol(H11Protocol):
        _waiting: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.app_state = {**self.app_state, "closed": transport.is_closing}
            self._wait()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self._asked():
                self._stop_waiting()
            elif self._waiting is None:
                self._wait()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def _asked(self) -> bool:
            """Whether there is a request that is not answered yet, or nothing of the next one is there."""
            at_work = self.cycle is not None and not self.cycle.response_complete
            return at_work or not self.conn.trailing_data[0]

        def _wait(self) -> None:
            self._waiting = self.loop.call_later(seconds, self.transport.abort)

        def _stop_waiting(self) -> None:
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None

    return PatientProtocol
