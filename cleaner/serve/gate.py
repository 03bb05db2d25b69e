"""What every request passes: the limit on requests at work, the counters, its line in the log."""

import logging
import time
from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from cleaner.serve.declined import DeclinedResponse
from cleaner.serve.exchange import GONE, Exchange
from cleaner.serve.metrics import Metrics
from cleaner.serve.problems import ClientGone, Kind, Mishap
from cleaner.serve.settings import ServeSettings

#: Requests below this take part in the limit; questions about the service itself are always answered.
LIMITED = "/v1/"

_log = logging.getLogger(__name__)


class Gate:
    """An ASGI application around the one that does the work."""

    def __init__(self, app: ASGIApp, settings: ServeSettings, metrics: Metrics, routes: Collection[str]) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._routes = frozenset(routes)
        self._at_work = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send, self._settings.write_seconds)
        try:
            await self._limited(scope, exchange)
        except ClientGone:
            exchange.status = GONE
        finally:
            self._note(scope, exchange)

    async def _limited(self, scope: Scope, exchange: Exchange) -> None:
        if not scope["path"].startswith(LIMITED):
            await self._app(scope, exchange.receive, exchange.send)
            return
        if self._at_work >= self._settings.max_requests:
            detail = f"{self._at_work} requests are at work; send it again in a moment"
            await DeclinedResponse(Mishap(Kind.BUSY, detail), exchange.request_id)(
                scope, exchange.receive, exchange.send
            )
            return
        self._at_work += 1
        self._metrics.at_work.set(self._at_work)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        finally:
            self._at_work -= 1
            self._metrics.at_work.set(self._at_work)

    def _note(self, scope: Scope, exchange: Exchange) -> None:
        """Count it and log it; paths that nothing stands at could hold anything, so they are not named."""
        route = scope["path"] if scope["path"] in self._routes else "other"
        seconds = time.perf_counter() - exchange.started
        self._metrics.requests.labels(route, str(exchange.status)).inc()
        self._metrics.request_seconds.labels(route).observe(seconds)
        fields = {
            "request_id": exchange.request_id,
            "method": scope["method"],
            "route": route,
            "status": exchange.status,
            "seconds": round(seconds, 4),
            "bytes": exchange.bytes,
        }
        _log.log(logging.INFO if route.startswith(LIMITED) else logging.DEBUG, "request", extra={"fields": fields})
