"""The service as an ASGI application: what stands where."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive

from cleaner.serve import describe
from cleaner.serve.batch import NDJSON, BatchResponse
from cleaner.serve.body import read_body, too_large, until_gone
from cleaner.serve.declined import DeclinedResponse
from cleaner.serve.desk import Desk
from cleaner.serve.exchange import exchange_of
from cleaner.serve.gate import Gate
from cleaner.serve.problems import ClientGone, Declined, Kind, Mishap
from cleaner.version import __version__

T = TypeVar("T")

JSON = "application/json"
_BATCH_TYPES = (NDJSON, "application/jsonl", "application/ndjson")
# What starlette itself answers with, and what is made of it.
_KINDS = {404: Kind.NOT_FOUND, 405: Kind.NOT_ALLOWED}


def make_app(desk: Desk) -> ASGIApp:
    """The application; the pool of ``desk`` has to be open before a request comes."""
    app = FastAPI(title="Cleaner", version=__version__, description=describe.SERVICE, redoc_url=None)
    _add_cleaning(app, desk)
    _add_questions(app, desk)
    app.add_exception_handler(Declined, _declined)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _bug)
    describe.complete(app)
    desk.metrics.watch("cleaner_workers", "Workers that are there.", lambda: desk.pool.ready)
    desk.metrics.watch("cleaner_workers_idle", "Workers with nothing to do.", lambda: desk.pool.idle)
    desk.metrics.watch("cleaner_workers_replaced", "Workers that were replaced.", lambda: desk.pool.replaced)
    routes = [route for route in (getattr(r, "path", "") for r in app.routes) if route]
    return Gate(app, desk.settings, desk.metrics, routes)


def _add_cleaning(app: FastAPI, desk: Desk) -> None:
    @app.post("/v1/clean", **describe.CLEAN)
    async def clean(request: Request) -> Response:
        """Clean a text, or the text of a web page."""
        settings = desk.settings
        _refuse_type(request, (JSON,))
        if int(request.headers.get("content-length", "0")) > settings.max_bytes:
            raise Declined(too_large(settings.max_bytes))
        body = await read_body(request.receive, settings.max_bytes, settings.read_seconds)
        work = desk.clean(body, exchange_of(request.scope).request_id, patience=settings.max_seconds)
        done = await _unless_gone(work, request.receive)
        if done.mishap is not None:
            raise Declined(done.mishap)
        return Response(done.result, media_type=JSON)

    @app.post("/v1/batch", **describe.BATCH)
    async def batch(request: Request) -> Response:
        """Clean many documents: a JSON object a line in, one a line out, in the same order, as they come."""
        _refuse_type(request, _BATCH_TYPES)
        return BatchResponse(desk)


def _add_questions(app: FastAPI, desk: Desk) -> None:
    @app.get("/healthz", **describe.HEALTH)
    async def healthz() -> dict[str, str]:
        """Whether the service answers at all."""
        return {"status": "ok"}

    @app.get("/readyz", **describe.READY)
    async def readyz() -> dict[str, str]:
        """Whether the service can clean: it has a worker, and is not about to stop."""
        if desk.stopping.is_set():
            raise Declined(Mishap(Kind.STOPPING, "ask another one"))
        if not desk.pool.ready:
            raise Declined(Mishap(Kind.NOT_READY, "no worker is there; one is being started"))
        return {"status": "ready"}

    @app.get("/metrics", **describe.METRICS)
    async def metrics() -> Response:
        """What the service counted, in Prometheus' text format."""
        return Response(desk.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _refuse_type(request: Request, types: tuple[str, ...]) -> None:
    """Raise ``Declined`` for a body that is of none of the types, in another charset than UTF-8, or compressed."""
    given, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if given.strip().lower() not in types or charset not in ("", "charset=utf-8"):
        raise Declined(Mishap(Kind.WRONG_TYPE, f"send it as {types[0]}, in UTF-8"), {"Accept": types[0]})
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        detail = "compressed bodies are not taken; send it as it is"
        raise Declined(Mishap(Kind.WRONG_TYPE, detail), {"Accept-Encoding": "identity"})


async def _unless_gone(work: Coroutine[Any, Any, T], receive: Receive) -> T:
    """What the work gives. Raises ``ClientGone``, and cancels the work, if the client goes away before that."""
    task = asyncio.create_task(work)
    gone = asyncio.create_task(until_gone(receive))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
    finally:
        task.cancel()
        gone.cancel()
    raise ClientGone


async def _declined(request: Request, error: Exception) -> Response:
    assert isinstance(error, Declined)
    return DeclinedResponse(error.mishap, exchange_of(request.scope).request_id, error.headers)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    mishap = Mishap(_KINDS.get(error.status_code, Kind.INVALID), "what there is stands in /docs")
    return DeclinedResponse(mishap, exchange_of(request.scope).request_id, dict(error.headers or {}))


async def _bug(request: Request, error: Exception) -> Response:
    mishap = Mishap(Kind.FAILED, f"{type(error).__name__} was raised, which is a bug; the log has the place")
    return DeclinedResponse(mishap, exchange_of(request.scope).request_id)
