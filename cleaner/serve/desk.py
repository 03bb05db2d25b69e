"""Where a document is handed in: it goes to a worker, and what comes of it is counted and logged."""

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import Any

from cleaner.serve.job import Done
from cleaner.serve.logs import shown
from cleaner.serve.metrics import Metrics
from cleaner.serve.pool import NoneFree, Pool, TookTooLong
from cleaner.serve.problems import Kind, Mishap
from cleaner.serve.settings import ServeSettings
from cleaner.workers import WorkerError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Desk:
    """Hands documents to workers. ``stopping`` is set when the service is about to end."""

    settings: ServeSettings
    pool: Pool[bytes, Done]
    metrics: Metrics
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def clean(self, body: bytes, request_id: str, line: int | None = None, patience: float | None = None) -> Done:
        """What comes of a document, given as the JSON of a request; ``patience`` as for ``Pool.do``."""
        started = time.perf_counter()
        try:
            done = await self.pool.do(body, patience)
        except NoneFree:
            done = Done(mishap=Mishap(Kind.BUSY, "no worker became free in time; send it again in a moment"))
        except TookTooLong:
            limit = self.settings.max_seconds
            detail = (
                f"it was given up after {limit:g} seconds; send a shorter text, or raise max_seconds of the service"
            )
            done = Done(mishap=Mishap(Kind.TOO_LONG, detail))
        except WorkerError:
            detail = "perhaps for want of memory; send a shorter text, or give the service more memory"
            done = Done(mishap=Mishap(Kind.WORKER_DIED, detail))
        self._note(body, done, request_id, line, time.perf_counter() - started)
        return done

    def _note(self, body: bytes, done: Done, request_id: str, line: int | None, seconds: float) -> None:
        outcome = done.mishap.kind.slug if done.mishap else "ok"
        self.metrics.documents.labels(outcome).inc()
        self.metrics.document_seconds.observe(seconds)
        self.metrics.characters.inc(done.characters)
        for category, count in done.removals:
            self.metrics.removals.labels(category).inc(count)
        fields: dict[str, Any] = {
            "request_id": request_id,
            "line": line,
            "outcome": outcome,
            "seconds": round(seconds, 4),
        }
        fields |= {"characters": done.characters, "removals": dict(done.removals)}
        if done.trouble:
            fields |= {"error": done.trouble[0], "places": done.trouble[1:]}
        if self.settings.log_text:
            fields |= {"body": shown(body), "message": done.said}
        level = logging.INFO if self.settings.log_text or done.mishap else logging.DEBUG
        _log.log(logging.ERROR if done.trouble else level, "document", extra={"fields": fields})
