"""What the service says of itself in OpenAPI: bodies and answers that FastAPI cannot see, since bytes pass through."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from cleaner.serve.answers import BatchAnswer, CleanAnswer, State
from cleaner.serve.batch import NDJSON
from cleaner.serve.problems import PROBLEM_TYPE, Kind, Problem
from cleaner.serve.requests import HtmlRequest, TextRequest

SERVICE = (
    "Takes what is not the article out of scraped article text and web pages, and says what went. Every answer has the "
    "header X-Request-ID; a request may bring its own, of letters, digits and ._:/+=-, at most 128."
)

_REQUEST_ID = {
    "name": "X-Request-ID",
    "in": "header",
    "required": False,
    "description": "What the answer and the logs call the request; anything else than an id is replaced.",
    "schema": {"type": "string"},
}
_REF = "#/components/schemas/{model}"
_DOCUMENT = {"oneOf": [{"$ref": _REF.format(model=m.__name__)} for m in (TextRequest, HtmlRequest)]}


def _answer(description: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}


def _of(model: type) -> dict[str, Any]:
    return {"$ref": _REF.format(model=model.__name__)}


def _problems(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The answers for kinds of problems, by status."""
    titles: dict[int, list[str]] = {}
    for kind in kinds:
        titles.setdefault(kind.status, []).append(f"{kind.slug}: {kind.title}.")
    answers: dict[int | str, dict[str, Any]] = {
        status: _answer(" ".join(texts), PROBLEM_TYPE, _of(Problem)) for status, texts in titles.items()
    }
    if 503 in answers:
        answers[503]["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return answers


def _operation(
    answer: dict[str, Any], problems: tuple[Kind, ...], body: tuple[str, dict[str, Any]] | None = None
) -> dict[str, Any]:
    """What FastAPI is told of an operation."""
    extra: dict[str, Any] = {"parameters": [_REQUEST_ID]}
    if body is not None:
        extra["requestBody"] = {"required": True, "content": {body[0]: {"schema": body[1]}}}
    # FastAPI would describe answers as what its own serializer gives; here they are described whole.
    return {"responses": {200: answer, **_problems(*problems)}, "openapi_extra": extra, "response_model": None}


_ARRIVING = (Kind.TOO_LARGE, Kind.TOO_SLOW, Kind.WRONG_TYPE, Kind.BUSY, Kind.FAILED)
CLEAN = _operation(
    _answer("The clean document.", "application/json", _of(CleanAnswer)),
    (Kind.BAD_JSON, Kind.INVALID, Kind.REFUSED, Kind.WORKER_DIED, Kind.TOO_LONG, *_ARRIVING),
    ("application/json", _DOCUMENT),
)
BATCH = _operation(
    _answer(
        "A line for each document: a BatchAnswer with its result or its problem.",
        NDJSON,
        {"type": "string", "x-line": _of(BatchAnswer)},
    ),
    (Kind.WRONG_TYPE, Kind.BUSY, Kind.FAILED),
    (NDJSON, {"type": "string", "description": "A document a line.", "x-line": _DOCUMENT}),
)
HEALTH = _operation(_answer("It answers.", "application/json", _of(State)), ())
READY = _operation(_answer("It can clean.", "application/json", _of(State)), (Kind.NOT_READY, Kind.STOPPING))
METRICS = _operation(_answer("The metrics.", "text/plain", {"type": "string"}), ())


def complete(app: FastAPI) -> None:
    """Have the application's schema name the models of bodies and answers."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            schema.setdefault("components", {}).setdefault("schemas", {}).update(_components())
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _components() -> dict[str, Any]:
    asked = models_json_schema([(m, "validation") for m in (TextRequest, HtmlRequest)], ref_template=_REF)
    answers = (CleanAnswer, BatchAnswer, Problem, State)
    given = models_json_schema([(m, "serialization") for m in answers], ref_template=_REF)
    return {**asked[1]["$defs"], **given[1]["$defs"]}
