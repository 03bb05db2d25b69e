"""What clients get: the models that describe it, and the JSON itself."""

from typing import Literal

from pydantic import BaseModel, Field

from cleaner.audit import one_line, plain
from cleaner.model import AuditRecord, Kept, Page, Removal
from cleaner.result import CleanResult
from cleaner.serve.problems import Problem


class CleanAnswer(BaseModel):
    """A clean document, and the account of what was done to it."""

    id: str = Field(description="The id of the request.")
    text: str = Field(description="The clean text.")
    removals: list[Removal] = Field(description="What went, in offsets of the source (code points).")
    kept: list[Kept] = Field(description="What nearly went, and why it stayed.")
    incomplete: list[str] = Field(description="What could not be looked at, or why a page may be no whole article.")
    page: Page | None = Field(description="The page that the text was extracted from, if it was one.")
    record: AuditRecord = Field(description="The audit record; with the clean text, it gives the source back.")


class BatchAnswer(BaseModel):
    """A line of the answer to a batch: a result, or a problem."""

    line: int = Field(ge=1, description="The line of the request, blank ones counted.")
    result: CleanAnswer | None = Field(None, description="The clean document; not there if there was a problem.")
    problem: Problem | None = Field(None, description="The problem; not there if there is a result.")


class State(BaseModel):
    """How the service is."""

    status: Literal["ok", "ready"]


def result_json(result: CleanResult) -> bytes:
    """The answer for a result, on one line."""
    content = {
        "id": result.document.id,
        "text": result.text,
        "removals": plain(result.removals),
        "kept": plain(result.kept),
        "incomplete": list(result.incomplete),
        "page": plain(result.document.page),
    }
    # The record repeats most of it; it stands whole, so that it can go into a log as it is.
    return one_line({**content, "record": plain(result.record())}).encode()


def batch_line(number: int, name: Literal["result", "problem"], content: bytes) -> bytes:
    """A line of the answer to a batch.

    >>> batch_line(3, "result", b"{}")
    b'{"line":3,"result":{}}\\n'
    """
    return b'{"line":%d,"%s":%s}\n' % (number, name.encode(), content)
