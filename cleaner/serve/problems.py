"""What the service says when it cannot do what it was asked: problem objects (RFC 9457)."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel, Field

from cleaner.audit import one_line

PROBLEM_TYPE = "application/problem+json"


class Kind(Enum):
    """Every kind of problem: its name, its HTTP status, and what it is for people."""

    BAD_JSON = ("bad-json", 400, "This is not JSON")
    NOT_FOUND = ("not-found", 404, "There is nothing here")
    NOT_ALLOWED = ("not-allowed", 405, "This cannot be done here")
    TOO_SLOW = ("too-slow", 408, "The document did not arrive in time")
    TOO_LARGE = ("too-large", 413, "The document is too large")
    WRONG_TYPE = ("wrong-type", 415, "The body is of the wrong type")
    INVALID = ("invalid", 422, "The request does not say what it has to")
    REFUSED = ("refused", 422, "The document cannot be cleaned")
    FAILED = ("failed", 500, "Cleaning this document failed")
    WORKER_DIED = ("worker-died", 500, "The process that cleaned this document died")
    BUSY = ("busy", 503, "The service is at work on as much as it takes")
    NOT_READY = ("not-ready", 503, "The service cannot clean at the moment")
    STOPPING = ("stopping", 503, "The service is stopping")
    TOO_LONG = ("too-long", 504, "Cleaning this document took too long")

    def __init__(self, slug: str, status: int, title: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title


class Mistake(BaseModel):
    """One thing that is wrong with a request: the field, and what about it."""

    field: str
    message: str


class Problem(BaseModel):
    """Why something was not done."""

    type: str = Field(description="A name for the kind of problem, which never changes.", examples=[Kind.BUSY.slug])
    title: str = Field(description="What this kind of problem is.")
    status: int = Field(description="The HTTP status; in a batch, the one this document would have had by itself.")
    detail: str = Field(description="What happened this time, and what to do about it.")
    request_id: str = Field(description="The request's id, as in the header X-Request-ID and in the logs.")
    errors: list[Mistake] = Field(default=[], description="What is wrong with which fields.")


@dataclass(frozen=True, slots=True)
class Mishap:
    """A problem before it is known whose request it belongs to; ``errors`` has fields, and what is wrong with them."""

    kind: Kind
    detail: str
    errors: tuple[tuple[str, str], ...] = ()

    def to_json(self, request_id: str) -> bytes:
        """The problem object.

        >>> Mishap(Kind.BUSY, "try again").to_json("r1").decode()[:68]
        '{"type":"busy","title":"The service is at work on as much as it take'
        """
        content: dict[str, Any] = {
            "type": self.kind.slug,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
            "request_id": request_id,
            "errors": [{"field": field, "message": message} for field, message in self.errors],
        }
        return one_line(content).encode()


class Declined(Exception):  # noqa: N818
    """Raised where a request cannot be served; becomes the answer to it. ``headers`` go with it."""

    def __init__(self, mishap: Mishap, headers: dict[str, str] | None = None) -> None:
        super().__init__(mishap.detail)
        self.mishap = mishap
        self.headers = headers or {}


class ClientGone(Exception):  # noqa: N818
    """The client is not there any more, or does not read what it is sent."""
