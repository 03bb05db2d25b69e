"""Answers to requests that cannot be served."""

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from cleaner.serve.body import linger
from cleaner.serve.exchange import exchange_of
from cleaner.serve.problems import PROBLEM_TYPE, Mishap

#: A client that finds the service busy does well to wait so many seconds.
RETRY_AFTER = "1"


class DeclinedResponse(Response):
    """A problem object. If the body was not read, the connection is closed after it."""

    def __init__(self, mishap: Mishap, request_id: str, headers: dict[str, str] | None = None) -> None:
        if mishap.kind.status == 503:
            headers = {"Retry-After": RETRY_AFTER, **(headers or {})}
        super().__init__(mishap.to_json(request_id), mishap.kind.status, headers, PROBLEM_TYPE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and let the client get to the point of reading it."""
        if exchange_of(scope).read_whole:
            await super().__call__(scope, receive, send)
            return
        head = {"type": "http.response.start", "status": self.status_code}
        await send({**head, "headers": [*self.raw_headers, (b"connection", b"close")]})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        await linger(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})
