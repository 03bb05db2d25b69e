"""Logs of the service: a line of JSON for each event, without the text of any document."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime

from cleaner.serve.settings import ServeSettings

# Of a document, if it is to be logged at all.
_MOST_TEXT = 20_000


class JsonFormatter(logging.Formatter):
    """Makes a line of JSON of a record: time, level, event, and the fields that were given with it.

    Of an exception, type and places are logged; its message, which may quote a document, only ``with_text``.
    """

    def __init__(self, with_text: bool) -> None:
        super().__init__()
        self._with_text = with_text

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        content = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage().strip(),
            **getattr(record, "fields", {}),
        }
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            content["error"] = type(error).__name__
            content["places"] = places(error)
            if self._with_text:
                content["message"] = str(error)
        return json.dumps(content, default=str)


def places(error: BaseException) -> list[str]:
    """Where in the code an error went through."""
    return [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]


def shown(body: bytes) -> str:
    """The beginning of a document as it came, for logs that may hold text."""
    return body[:_MOST_TEXT].decode("utf-8", "replace")


def start_logging(settings: ServeSettings) -> None:
    """Send what the service and its libraries have to say to stderr, as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(settings.log_text))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    for name in ("asyncio", "uvicorn"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # At debug level, these log what they parse.
    for name in ("htmldate", "trafilatura", "charset_normalizer"):
        logging.getLogger(name).setLevel(logging.WARNING)
