import gzip
import json

import pytest
from support_cli import AD, CLEAN, DIRTY, END, STORY
from support_serve import JSON, NDJSON, Service, head, line_of, read_all

LIMIT = 20_000


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with Service(tmp_path_factory.mktemp("home"), "--workers", 2, "--max-bytes", LIMIT) as running:
        yield running


def test_a_text_is_cleaned(service):
    response = service.clean(DIRTY, id="a")
    assert response.status_code == 200 and response.headers["content-type"] == "application/json"
    assert response.json()["text"] == CLEAN
    assert [r["text"] for r in response.json()["removals"]] == [AD, "\n"]


def test_a_page_is_cleaned(service):
    page = f"<html><body><article><p>{STORY}</p><p>Advertisement</p><p>{END}</p></article></body></html>"
    response = service.client.post("/v1/clean", json={"html": page, "url": "https://example.com/a"})
    assert response.json()["text"].split("\n") == [STORY.strip(), END.strip()]
    assert response.json()["page"]["url"] == "https://example.com/a"


def test_a_request_keeps_its_id(service):
    assert service.client.get("/healthz", headers={"x-request-id": "job-7"}).headers["x-request-id"] == "job-7"
    declined = service.client.post("/v1/clean", content=b"{", headers={**JSON, "x-request-id": "job-8"})
    assert declined.headers["x-request-id"] == declined.json()["request_id"] == "job-8"
    assert service.logged("request", request_id="job-8")["status"] == 400


@pytest.mark.parametrize("given", ["", "a b", "a\tb", "<script>", "x" * 129, "é".encode(), '{"a":1}', "-a"])
def test_an_id_that_is_none_is_replaced(service, given):
    got = service.client.get("/healthz", headers={"x-request-id": given}).headers["x-request-id"]
    assert len(got) == 32 and got.isalnum()


def test_what_is_said_of_the_service(service):
    assert service.client.get("/healthz").json() == {"status": "ok"}
    assert service.client.get("/readyz").json() == {"status": "ready"}
    assert service.client.get("/docs").status_code == 200
    assert "/v1/batch" in service.client.get("/openapi.json").json()["paths"]
    before = service.metric('cleaner_removals_total{category="ad"}')
    service.clean(DIRTY)
    assert service.metric('cleaner_removals_total{category="ad"}') == before + 1
    assert service.metric("cleaner_workers") == 2


def problem(response, slug):
    content = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (content["type"], content["status"]) == (slug, response.status_code)
    assert response.status_code < 500 and content["detail"]
    return response


def test_what_is_not_there_is_told(service):
    problem(service.client.get("/etc/passwd"), "not-found")
    assert problem(service.client.put("/v1/clean", json={}), "not-allowed").headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/clean", {}),
        ("/v1/clean", {"content-type": "text/plain"}),
        ("/v1/clean", {"content-type": "application/x-www-form-urlencoded"}),
        ("/v1/clean", {"content-type": "application/json; charset=utf-16"}),
        ("/v1/clean", {"content-type": "é".encode()}),
        ("/v1/batch", {"content-type": "application/json"}),
    ],
)
def test_a_body_of_the_wrong_type_is_refused(service, path, headers):
    response = problem(service.client.post(path, content=line_of("a"), headers=headers), "wrong-type")
    assert response.headers["accept"] in ("application/json", "application/x-ndjson")


def test_a_body_of_the_right_type_may_say_so_in_other_words(service):
    headers = {"content-type": 'Application/JSON; charset="UTF-8"', "content-encoding": "identity"}
    assert service.client.post("/v1/clean", content=line_of("a"), headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/v1/clean", "/v1/batch"])
def test_a_compressed_body_is_refused_unread(service, path):
    headers = {**(JSON if path == "/v1/clean" else NDJSON), "content-encoding": "gzip"}
    bomb = gzip.compress(bytes(30_000_000))
    response = problem(service.client.post(path, content=bomb, headers=headers), "wrong-type")
    assert response.headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("body", [b"", b"{", b"\0", b"\xff\xfe", rb'{"text": "\ud800"}', b"[" * 10_000])
def test_what_is_no_json_is_told(service, body):
    problem(service.client.post("/v1/clean", content=body, headers=JSON), "bad-json")


def test_what_a_request_lacks_is_told_by_field(service):
    response = problem(service.client.post("/v1/clean", json={"text": "a", "mode": "wild"}), "invalid")
    assert response.json()["errors"][0]["field"] == "mode"


def test_a_document_that_is_too_large_is_refused_before_it_is_sent(service):
    bare = service.connect()
    bare.sendall(head("/v1/clean", "Content-Type: application/json", "Content-Length: 200000000"))
    answer = read_all(bare)
    assert answer.startswith(b"HTTP/1.1 413 ") and b"connection: close" in answer and b'"too-large"' in answer


def test_a_client_that_asks_first_need_not_send_what_is_too_large(service):
    bare = service.connect()
    fields = ("Content-Type: application/json", "Content-Length: 200000000", "Expect: 100-continue")
    bare.sendall(head("/v1/clean", *fields))
    assert read_all(bare).startswith(b"HTTP/1.1 413 ")


def test_a_document_that_turns_out_too_large_is_refused(service):
    bodies = (bytes(1000) for _ in range(300))
    problem(service.client.post("/v1/clean", content=bodies, headers=JSON), "too-large")


@pytest.mark.parametrize("length", ["1e9", "-1", "9" * 5000, "5, 6", "٣".encode()])
def test_lengths_that_are_none_are_refused(service, length):
    bare = service.connect()
    field = b"Content-Length: " + (length.encode() if isinstance(length, str) else length)
    bare.sendall(head("/v1/clean", "Content-Type: application/json")[:-2] + field + b"\r\n\r\n")
    assert read_all(bare).split()[1] in (b"400", b"413")


def test_a_batch_is_answered_line_by_line_in_order(service):
    got = service.batch(
        *(line_of(f"Ship {n}.\n\nAdvertisement\n" * (50 if n % 7 == 0 else 1), id=str(n)) for n in range(60))
    )
    assert [answer["line"] for answer in got] == list(range(1, 61))
    assert [answer["result"]["id"] for answer in got] == [str(n) for n in range(60)]
    assert all("Advertisement" not in answer["result"]["text"] for answer in got)


def test_poisoned_documents_get_their_own_answers_and_harm_no_other(service):
    lines = [line_of(DIRTY), b"{", b"", b"\xff", line_of("x" * LIMIT), b"[]", b'{"text": 3}', b"   ", line_of(DIRTY)]
    got = service.batch(*lines)
    told = [(answer["line"], answer.get("problem", {}).get("type", "ok")) for answer in got]
    assert told == [
        (1, "ok"),
        (2, "bad-json"),
        (4, "bad-json"),
        (5, "too-large"),
        (6, "invalid"),
        (7, "invalid"),
        (9, "ok"),
    ]
    assert got[0]["result"] == got[-1]["result"] and got[0]["result"]["text"] == CLEAN


def test_an_empty_batch_has_an_empty_answer(service):
    assert service.batch() == service.batch(b"", b" \t", b"\r") == []


def test_an_answer_of_a_batch_comes_before_its_next_line_is_sent(service):
    bare = service.connect()
    bare.sendall(head("/v1/batch", "Content-Type: application/x-ndjson", "Transfer-Encoding: chunked"))
    for n in range(3):
        line = line_of(DIRTY, id=f"document-{n}") + b"\n"
        bare.sendall(b"%x\r\n%s\r\n" % (len(line), line))
        received = b""
        while b'"encoding":null' not in received:
            received += bare.recv(1 << 16)
        assert f'"id":"document-{n}"'.encode() in received
    bare.sendall(b"0\r\n\r\n")
    assert read_all(bare).endswith(b"0\r\n\r\n")


def test_logs_hold_no_text_of_documents(service):
    service.client.post("/v1/clean", json={"text": "secret words", "mode": "secret words"})
    service.client.post("/v1/clean", content=b'{"text": "secret words', headers=JSON)
    service.client.get("/secret/words?secret=words")
    service.batch(line_of("secret words\nAdvertisement\n"), b"secret words")
    service.clean("The last one.", id="last")
    service.client.get("/nowhere", headers={"x-request-id": "the-end"})
    assert service.client.get("/openapi.json").status_code == 200
    service.client.post("/v1/clean", content=b"", headers={**JSON, "x-request-id": "the-end"})
    service.logged("request", request_id="the-end")
    assert "secret" not in json.dumps(service.logs)


def test_logs_may_hold_text_where_that_is_asked_for(tmp_path):
    with Service(tmp_path, "--workers", 1, "--log-text") as service:
        service.clean("secret words")
        assert service.logged("document")["body"] == '{"text":"secret words"}'
