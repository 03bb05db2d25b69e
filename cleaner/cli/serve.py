"""``cleaner serve``."""

import os
from typing import Annotated

import typer

from cleaner.cli.settings import UNSAID, Chosen, settings_file, with_settings
from cleaner.config import read_serve_table


@with_settings("verdicts")
def serve(
    host: Annotated[
        str | None, typer.Option("--host", help="The address to listen on; 127.0.0.1 if nothing else is set.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="The port, 8080 if nothing else is set; 0 for any.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", metavar="N", help="Processes that clean; as many as there are cores.")
    ] = None,
    max_bytes: Annotated[int | None, typer.Option("--max-bytes", metavar="N", help="The most of a document.")] = None,
    max_seconds: Annotated[
        float | None, typer.Option("--max-seconds", metavar="S", help="The most that cleaning one may take.")
    ] = None,
    max_requests: Annotated[
        int | None, typer.Option("--max-requests", metavar="N", help="The most requests at work at a time.")
    ] = None,
    read_seconds: Annotated[
        float | None, typer.Option("--read-seconds", metavar="S", help="How long a document may take to arrive.")
    ] = None,
    write_seconds: Annotated[
        float | None, typer.Option("--write-seconds", metavar="S", help="How long an answer may be left unread.")
    ] = None,
    shutdown_seconds: Annotated[
        int | None, typer.Option("--shutdown-seconds", metavar="S", help="How long requests may go on after a stop.")
    ] = None,
    log_level: Annotated[
        str | None, typer.Option("--log-level", help="debug, info, warning or error: the least that is logged.")
    ] = None,
    log_text: Annotated[
        bool | None, typer.Option("--log-text/--no-log-text", help="Let logs hold the text of documents.")
    ] = None,
    chosen: Chosen = UNSAID,
) -> None:
    """Clean over HTTP, until a signal says to stop. Needs the extra 'serve'.

    There is no log-in: whoever reaches the address can use it. Environment variables such as CLEANER_SERVE_PORT and a
    table [serve] of the settings file stand for the options. Logs go to stderr as JSON.
    """
    flags = {
        "host": host,
        "port": port,
        "workers": workers,
        "max_bytes": max_bytes,
        "max_seconds": max_seconds,
        "max_requests": max_requests,
        "read_seconds": read_seconds,
        "write_seconds": write_seconds,
        "shutdown_seconds": shutdown_seconds,
        "log_level": log_level,
        "log_text": log_text,
    }
    cleaning = chosen.config()
    from cleaner.extras import needed

    for module in ("fastapi", "prometheus_client", "uvicorn"):
        needed(module, "serve", "cleaner serve needs")
    from cleaner.serve.server import serve
    from cleaner.serve.settings import serve_settings

    file = settings_file(chosen.options["config"])
    table = read_serve_table(file) if file else {}
    serve(serve_settings(flags, os.environ, table, str(file)), cleaning)
