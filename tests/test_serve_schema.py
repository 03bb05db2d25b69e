"""The service held against what it says of itself, by requests that schemathesis makes up."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from support_cli import DIRTY
from support_serve import Service, line_of


@schemathesis.serializer("application/x-ndjson")
def _lines(context, value):
    return value.encode("utf-8", "replace") if isinstance(value, str) else repr(value).encode()


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with Service(tmp_path_factory.mktemp("home"), "--workers", 1) as running:
        yield running


POSITIVE, NEGATIVE = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
PATHS = [("/v1/clean", "POST"), ("/v1/batch", "POST"), ("/healthz", "GET"), ("/readyz", "GET"), ("/metrics", "GET")]


def hold(service, path, method, mode, examples):
    """Try so many requests that the schema allows, or does not, and hold the answers against it."""
    schema = schemathesis.openapi.from_url(f"{service.url}/openapi.json")

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(schema[path][method].as_strategy(generation_mode=mode))
    def holds(case):
        case.call_and_validate()

    holds()


@pytest.mark.parametrize(("path", "method"), PATHS)
def test_what_the_schema_allows_is_answered_as_it_says(service, path, method):
    hold(service, path, method, POSITIVE, 25)


# There is nothing that a batch may not be, since each line is judged by itself.
def test_what_the_schema_does_not_allow_is_declined_as_it_says(service):
    hold(service, "/v1/clean", "POST", NEGATIVE, 50)


def test_every_path_is_tried(service):
    paths = service.client.get("/openapi.json").json()["paths"]
    assert [(path, method.upper()) for path, methods in paths.items() for method in methods] == PATHS


def test_the_lines_of_a_batch_are_what_the_schema_says(service):
    content = service.client.get("/openapi.json").json()
    line = content["paths"]["/v1/batch"]["post"]["responses"]["200"]["content"]["application/x-ndjson"]["schema"][
        "x-line"
    ]
    validator = Draft202012Validator({**line, "components": content["components"]})
    for answer in service.batch(line_of(DIRTY), b"{", line_of("a", mode="wild"), b'{"html": "<p>a</p>"}'):
        validator.validate(answer)
    with pytest.raises(Exception, match="is not of type 'integer'"):
        validator.validate({"line": "1"})
