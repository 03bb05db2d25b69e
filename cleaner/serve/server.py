"""The service from its start to its end."""

import asyncio
import logging
import signal
import socket
from functools import partial
from types import FrameType

import uvicorn

from cleaner.config import Config
from cleaner.errors import ConfigError
from cleaner.serve.app import make_app
from cleaner.serve.desk import Desk
from cleaner.serve.job import Work
from cleaner.serve.logs import start_logging
from cleaner.serve.metrics import Metrics
from cleaner.serve.pool import Pool
from cleaner.serve.protocol import patient_protocol
from cleaner.serve.settings import ServeSettings

_log = logging.getLogger(__name__)


def serve(settings: ServeSettings, config: Config) -> None:
    """Serve until a signal says to stop, then finish what is at work.

    Raises ``ConfigError`` if the address cannot be listened on, ``PackError`` or ``ModelError`` if the settings of
    cleaning cannot be used.
    """
    start_logging(settings)
    with _bound(settings) as listener:
        asyncio.run(_serve(settings, config, listener))


async def _serve(settings: ServeSettings, config: Config, listener: socket.socket) -> None:
    pool = Pool(partial(Work, config), settings.workers, settings.max_seconds)
    try:
        await pool.open()
        desk = Desk(settings, pool, Metrics())
        host, port = listener.getsockname()[:2]
        server = _Server(_uvicorn(settings, desk), desk.stopping)
        _log.info("listening", extra={"fields": {"host": host, "port": port, "workers": settings.workers}})
        await server.serve([listener])
        _log.info("stopped")
    finally:
        await pool.close()


def _bound(settings: ServeSettings) -> socket.socket:
    """A socket at the address, before anything that takes long."""
    try:
        address = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.create_server(address[4][:2], family=address[0], backlog=2048)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror or error}; choose others with "
            "--host and --port"
        ) from None
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Connections have it from their listener: one that takes nothing of what is sent for so long is broken off,
        # also when all of it was given to the system already.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(settings.write_seconds * 1000))
    return listener


def _uvicorn(settings: ServeSettings, desk: Desk) -> uvicorn.Config:
    return uvicorn.Config(
        make_app(desk),
        http=patient_protocol(settings.read_seconds),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )


class _Server(uvicorn.Server):
    """Tells the application when it is to stop, and takes having stopped for no failure."""

    def __init__(self, config: uvicorn.Config, stopping: asyncio.Event) -> None:
        super().__init__(config)
        self._stopping = stopping
        self._loop = asyncio.get_running_loop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Stop gracefully, at the second interrupt at once."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
