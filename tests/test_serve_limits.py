"""Clients and documents that take their time, and services that are to stop."""

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support_cli import CLEAN, DIRTY, STORY
from support_serve import JSON, Service, head, line_of, read_all, until

# Takes a worker many seconds.
SLOW = (STORY + "Advertisement\n") * 40_000
CHUNKED = "Transfer-Encoding: chunked"
BATCH = head("/v1/batch", "Content-Type: application/x-ndjson", CHUNKED)


def chunk(*lines):
    data = b"".join(line + b"\n" for line in lines)
    return b"%x\r\n%s\r\n" % (len(data), data)


@pytest.fixture
def start(tmp_path):
    running = []

    def start(*flags, **environment):
        running.append(Service(tmp_path, *flags, environment=environment))
        return running[-1]

    yield start
    for service in running:
        service.__exit__()


def test_a_document_that_takes_too_long_is_given_up(start):
    service = start("--workers", 1, "--max-seconds", 1)
    response = service.clean(SLOW)
    assert (response.status_code, response.json()["type"]) == (504, "too-long")
    assert service.clean(DIRTY).json()["text"] == CLEAN
    assert service.metric("cleaner_workers_replaced") == 1


def test_a_document_that_takes_too_long_costs_its_line_of_a_batch_alone(start):
    service = start("--workers", 2, "--max-seconds", 1)
    got = service.batch(line_of(DIRTY), line_of(SLOW), line_of(DIRTY))
    assert [answer.get("problem", {}).get("type", "ok") for answer in got] == ["ok", "too-long", "ok"]


def test_a_worker_that_dies_costs_its_document_alone(start):
    service = start("--workers", 1)
    with ThreadPoolExecutor(1) as client:
        answer = client.submit(service.batch, line_of(DIRTY), line_of(SLOW), line_of(DIRTY))
        until(lambda: service.metric('cleaner_documents_total{outcome="ok"}') == 1)
        until(lambda: service.metric("cleaner_workers_idle") == 0)
        os.kill(service.workers()[0], signal.SIGKILL)
        got = answer.result()
    assert [answer.get("problem", {}).get("type", "ok") for answer in got] == ["ok", "worker-died", "ok"]
    assert got[1]["problem"]["status"] == 500
    assert service.logged("worker-replaced")["how"] == "signal 9"


def test_the_service_answers_while_its_workers_are_busy(start):
    service = start("--workers", 1, "--max-seconds", 2, "--max-requests", 2)
    with ThreadPoolExecutor(2) as clients:
        slow = [clients.submit(service.clean, SLOW) for _ in range(2)]
        until(lambda: service.metric("cleaner_requests_at_work") == 2)
        assert service.client.get("/healthz").status_code == service.client.get("/readyz").status_code == 200
        refused = service.clean(DIRTY)
        assert (refused.status_code, refused.json()["type"]) == (503, "busy")
        assert int(refused.headers["retry-after"]) >= 1
        assert {answer.result().status_code for answer in slow} <= {503, 504}
    assert service.clean(DIRTY).status_code == 200


def test_a_client_that_goes_away_frees_its_place_and_its_worker(start):
    service = start("--workers", 1, "--max-requests", 1)
    bare = service.connect()
    body = line_of(SLOW)
    bare.sendall(head("/v1/clean", "Content-Type: application/json", f"Content-Length: {len(body)}") + body)
    until(lambda: service.metric("cleaner_workers_idle") == 0)
    bare.close()
    until(lambda: service.metric("cleaner_requests_at_work") == 0)
    assert service.clean(DIRTY).status_code == 200
    assert service.logged("request", status=499)


def test_a_batch_whose_client_goes_away_is_given_up(start):
    service = start("--workers", 1, "--max-requests", 1)
    bare = service.connect()
    bare.sendall(BATCH + chunk(*[line_of(SLOW)] * 2, *[line_of(DIRTY)] * 50))
    until(lambda: service.metric("cleaner_workers_idle") == 0)
    bare.close()
    until(lambda: service.metric("cleaner_requests_at_work") == 0)
    assert service.clean(DIRTY).status_code == 200
    assert service.metric('cleaner_documents_total{outcome="ok"}') < 20


def test_a_batch_is_read_no_faster_than_its_answer(start):
    service = start("--workers", 1, "--write-seconds", 600, "--shutdown-seconds", 1)
    line = line_of(DIRTY * 500)
    bare = service.connect(receives=4096)
    bare.sendall(BATCH)
    bare.settimeout(1)
    sent = 0
    with pytest.raises(TimeoutError):
        while True:
            bare.sendall(chunk(line))
            sent += 1
    # What was sent and is not answered fills the buffers of the system, and no memory of the service.
    done = service.metric('cleaner_documents_total{outcome="ok"}')
    assert sent < 500
    assert service.metric("cleaner_requests_at_work") == 1
    assert service.clean(DIRTY).status_code == 200
    time.sleep(0.5)
    assert service.metric('cleaner_documents_total{outcome="ok"}') <= done + 2


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/clean"])
def test_a_client_that_does_not_read_is_left(start, path):
    service = start("--workers", 1, "--write-seconds", 1, "--max-requests", 1)
    bare = service.connect(receives=4096)
    body = line_of(DIRTY * 5000)
    kind = "x-ndjson" if path == "/v1/batch" else "json"
    head_of_it = head(path, f"Content-Type: application/{kind}", f"Content-Length: {len(body)}")
    bare.sendall(head_of_it + body)
    service.logged("request", route=path)
    assert service.clean(DIRTY).status_code == 200
    with pytest.raises(ConnectionResetError):
        until(lambda: time.sleep(0.5) or not bare.recv(1 << 16))


def test_a_client_that_does_not_ask_is_left(start):
    service = start("--workers", 1, "--read-seconds", 1)
    silent, hesitant, second = (service.connect() for _ in range(3))
    hesitant.sendall(b"POST /v1/clean HTT")
    second.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert second.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
    second.sendall(b"GET /hea")
    for bare in (silent, hesitant, second):
        with pytest.raises(ConnectionResetError):
            read_all(bare)
            raise ConnectionResetError


def test_a_document_that_does_not_arrive_in_time_is_declined(start):
    service = start("--workers", 1, "--read-seconds", 1)
    bare = service.connect()
    bare.sendall(head("/v1/clean", "Content-Type: application/json", "Content-Length: 100") + b"{")
    assert read_all(bare).startswith(b"HTTP/1.1 408 ")
    bare = service.connect()
    bare.sendall(BATCH + chunk(line_of(DIRTY)) + b"5\r\n{")
    *_, result, last = [line for line in read_all(bare).splitlines() if line.startswith(b"{")]
    assert json.loads(result)["result"]["text"] == CLEAN
    assert json.loads(last)["line"] == 2 and json.loads(last)["problem"]["type"] == "too-slow"


def test_a_service_that_is_to_stop_finishes_what_it_has(start):
    service = start("--workers", 1)
    body = line_of(SLOW[: len(SLOW) // 4])
    bare, batch = service.connect(), service.connect()
    batch.sendall(BATCH + chunk(line_of(DIRTY)))
    until(lambda: service.metric('cleaner_documents_total{outcome="ok"}') == 1)
    bare.sendall(head("/v1/clean", "Content-Type: application/json", f"Content-Length: {len(body)}") + body)
    until(lambda: service.metric("cleaner_workers_idle") == 0)
    service.process.send_signal(signal.SIGTERM)
    assert read_all(bare).startswith(b"HTTP/1.1 200 ")
    answers = [json.loads(line) for line in read_all(batch).splitlines() if line.startswith(b"{")]
    assert answers[0]["result"]["text"] == CLEAN
    assert (answers[1]["line"], answers[1]["problem"]["type"]) == (2, "stopping")
    assert service.stop() == 0
    assert service.logs[-1]["event"] == "stopped"


def test_a_service_that_is_to_stop_waits_only_so_long(start):
    service = start("--workers", 1, "--shutdown-seconds", 1)
    with ThreadPoolExecutor(1) as clients:
        answer = clients.submit(service.client.post, "/v1/clean", content=line_of(SLOW), headers=JSON)
        until(lambda: service.metric("cleaner_workers_idle") == 0)
        workers = service.workers()
        assert workers and service.stop() == 0
        assert answer.exception() is not None
    assert not any(_lives(pid) for pid in workers)


def test_settings_come_from_the_environment_and_the_file(start, tmp_path):
    service = start(CLEANER_SERVE_WORKERS="1", CLEANER_SERVE_LOG_LEVEL="debug")
    assert len(service.workers()) == service.metric("cleaner_workers") == 1
    assert service.logged("request", route="/metrics")["level"] == "debug"


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
