"""The settings of the service: from flags, the environment and a file, in that order of weight."""

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cleaner.errors import ConfigError

#: What the names of settings start with in the environment.
PREFIX = "CLEANER_SERVE_"


class LogLevel(StrEnum):
    """The least that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def usable_cores() -> int:
    """The cores that this process may use; a container's share of time is not counted."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class ServeSettings(BaseModel):
    """Where the service listens, and what it takes at most."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    host: str = Field("127.0.0.1", min_length=1, description="the address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="the port, 0 for any free one")
    workers: int = Field(default_factory=usable_cores, ge=1, le=256, description="processes that clean")
    max_bytes: int = Field(
        8 * 1024 * 1024, ge=1024, le=1 << 30, description="the most bytes of a document's JSON, escapes included"
    )
    max_seconds: float = Field(60, gt=0, description="the most seconds that cleaning one document may take")
    max_requests: int = Field(64, ge=1, description="the most requests at work at a time; a batch is one")
    read_seconds: float = Field(30, gt=0, description="how long a document may take to arrive")
    write_seconds: float = Field(30, gt=0, description="how long a client may leave an answer unread")
    shutdown_seconds: int = Field(30, ge=0, description="how long requests at work may go on after a stop")
    log_level: LogLevel = Field(LogLevel.INFO, description="the least that is logged")
    log_text: bool = Field(False, description="whether logs may hold the text of documents")


def serve_settings(
    flags: Mapping[str, Any], environment: Mapping[str, str], table: Mapping[str, Any], file: str
) -> ServeSettings:
    """The settings: those of ``flags`` that are not ``None``, else the environment's, else those of a file's table.

    Raises ``ConfigError`` that says where a name or value stands that is not known.

    >>> found = serve_settings({"port": None}, {"CLEANER_SERVE_PORT": "81"}, {"port": 82, "max_requests": 3}, "file")
    >>> found.port, found.max_requests, found.host
    (81, 3, '127.0.0.1')
    """
    named = {k.removeprefix(PREFIX).lower(): v for k, v in environment.items() if k.startswith(PREFIX)}
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return ServeSettings(**{**table, **named, **given})
    except ValidationError as error:
        raise ConfigError("\n".join(_told(problem, named, given, file) for problem in error.errors())) from None


def _told(problem: Any, named: Mapping[str, str], given: Mapping[str, Any], file: str) -> str:
    """What is wrong with one setting, and where it stands."""
    name = str(problem["loc"][0])
    if name in given:
        where = f"--{name.replace('_', '-')}"
    else:
        where = PREFIX + name.upper() if name in named else f"{file}: serve: {name}"
    if problem["type"] == "extra_forbidden":
        return f"{where}: there is no such setting; known are {', '.join(ServeSettings.model_fields)}"
    return f"{where}: {problem['input']!r}: {problem['msg'][:1].lower()}{problem['msg'][1:]}"
