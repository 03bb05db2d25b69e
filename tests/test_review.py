"""The review server: what it takes, what it refuses, and that no decision is lost when it is killed."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from support_cli import run
from support_report import kept, record, removal, write_log
from support_verdicts import accept, reject, write_verdicts

from cleaner.packs import load_packs
from cleaner.verdictfile import read_verdicts

TOKEN = "a-token-for-the-tests-of-reviews"
PLACES = [
    removal(0, "Advertisement\n"),
    removal(20, "Read next:\n", "related", None, detector="model"),
    kept(40, "Buy the harbour mug today\n"),
    kept(80, "By Jane Doe\n", "meta", "test.meta.byline"),
]


@pytest.fixture
def home(tmp_path):
    write_log(tmp_path / "a.jsonl", record("raw/news.example/a.txt", *PLACES))
    return tmp_path


@contextmanager
def served(home, *options, port=0, name="Ann"):
    command = [sys.executable, "-m", "cleaner", "review", "a.jsonl", "--verdicts", "v.jsonl", "--by", name]
    command += ["--port", str(port), "--token", TOKEN, *options]
    with subprocess.Popen(command, cwd=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            address = process.stdout.readline().decode().strip()
            assert address, process.stderr.read().decode()
            yield process, urlsplit(address)
        finally:
            process.kill()
            process.communicate()


def ask(address, method="GET", path="", body=None, **headers):
    host = f"127.0.0.1:{address.port}"
    sent = {"Host": host, "Origin": f"http://{host}", "Content-Type": "application/json"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=20)
    try:
        data = json.dumps(body) if body is not None and not isinstance(body, bytes) else body
        connection.request(method, path or address.path, data, {k: v for k, v in sent.items() if v is not None})
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        connection.close()


def items_of(address):
    """The page's items by their text, each its row."""
    status, _, page = ask(address)
    assert status == 200
    (content,) = re.findall(rb'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    return {row[10].strip(): row for row in json.loads(content)["items"]}


def decision(row, verdict="reject", **more):
    return {"key": row[13], "verdict": verdict, "when": "2026-03-01T09:30:00.123Z", **more}


def decide(address, row, verdict="reject", **more):
    status, _, body = ask(address, "POST", f"{address.path}verdict", decision(row, verdict, **more))
    return status, json.loads(body)


def written(home):
    reading = read_verdicts([home / "v.jsonl"])
    assert reading.problems == ()
    return [placed.verdict for placed in reading.placed]


def test_a_decision_becomes_a_verdict(home):
    with served(home) as (_, address):
        items = items_of(address)
        assert decide(address, items["Advertisement"], note="It is a heading.", site="news.example") == (
            200,
            {"message": ""},
        )
        assert decide(address, items["Buy the harbour mug today"], "accept")[0] == 200
    first, second = written(home)
    assert first == reject(
        "Advertisement", note="It is a heading.", site="news.example", when="2026-03-01T09:30:00.123Z"
    )
    assert (second.ruling, second.rule, second.category, second.by) == ("accept", "model", "promo", "Ann")


def test_the_same_decision_sent_again_is_written_once(home):
    with served(home) as (_, address):
        row = items_of(address)["Advertisement"]
        for _ in range(3):
            assert decide(address, row)[0] == 200
    assert len(written(home)) == 1


def test_what_an_acceptance_does_not_do_is_said(home):
    write_verdicts(home / "v.jsonl", reject("Read next:", "test.other.rule"))
    with served(home) as (_, address):
        items = items_of(address)
        assert "rejected on test.other.rule" in decide(address, items["Read next:"], "accept")[1]["message"]
        assert "category meta is asked for" in decide(address, items["By Jane Doe"], "accept")[1]["message"]


def test_decisions_become_rules_and_guards_on_request(home):
    with served(home) as (_, address):
        items = items_of(address)
        status, answer = decide(address, items["Buy the harbour mug today"], "accept", promote=True)
        assert status == 200 and "verdicts.rule.buy-the-harbour-mug" in answer["message"]
        decide(address, items["Read next:"], promote=True)
        decide(address, items["Read next:"], promote=True, when="2026-03-02T00:00:00Z")
    (pack,) = load_packs([home / "v.toml"])
    assert len(pack.rules) == 1 and len(pack.guards) == 2
    assert run("packs", "lint", "v.toml", cwd=home).returncode == 0


def test_pages_show_what_other_reviewers_decided(home):
    write_verdicts(home / "v.jsonl", accept("Advertisement", by="Ben"))
    with served(home, name="Ann") as (_, ann), served(home, name="Ben") as (_, ben):
        row = items_of(ann)["Advertisement"]
        _, _, body = ask(ann, path=f"{ann.path}state?tag=")
        state = json.loads(body)
        assert state["rulings"] == {row[13]: ["accept", "Ben", "2026-03-01T09:30:00Z"]}
        assert ask(ann, path=f"{ann.path}state?tag={state['tag']}")[0] == 204
        decide(ben, row, "reject")
        rulings = json.loads(ask(ann, path=f"{ann.path}state?tag={state['tag']}")[2])["rulings"]
        assert rulings[row[13]][:2] == ["reject", "Ben"]


def test_two_reviewers_at_once_lose_nothing(home):
    write_log(home / "a.jsonl", record("a", *(removal(20 * n, f"Advertisement {n}\n") for n in range(40))))
    with served(home, name="Ann") as (_, ann), served(home, name="Ben") as (_, ben):
        rows = items_of(ann)

        def work(address):
            for row in rows.values():
                assert decide(address, row)[0] == 200

        threads = [threading.Thread(target=work, args=(address,)) for address in (ann, ben, ann)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(written(home)) == 80


def test_no_decision_is_lost_when_the_server_is_killed(home):
    write_log(home / "a.jsonl", record("a", *(removal(20 * n, f"Advertisement {n}\n") for n in range(60))))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outbox = []

    def work(address):
        while outbox:
            try:
                if decide(address, outbox[0])[0] == 200:
                    outbox.pop(0)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.05)

    for kills in range(4):
        with served(home, port=port) as (process, address):
            if not kills:
                outbox += items_of(address).values()
                thread = threading.Thread(target=work, args=(address,))
                thread.start()
            before = len(outbox)
            while outbox and len(outbox) > before - 12 and kills < 3:
                time.sleep(0.001)
            if kills == 3:
                thread.join()
            process.send_signal(signal.SIGKILL)
    assert outbox == []
    assert sorted({v.text for v in written(home)}) == sorted(f"Advertisement {n}" for n in range(60))


def test_an_answered_decision_is_in_the_file_at_once(home):
    with served(home) as (process, address):
        decide(address, items_of(address)["Advertisement"])
        process.send_signal(signal.SIGKILL)
    assert [v.text for v in written(home)] == ["Advertisement"]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": None}, 403),
        ({"Origin": "null"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"path": "/wrong-token/verdict"}, 403),
        ({"path": "/verdict"}, 403),
        ({"path": f"/{TOKEN}/nothing"}, 404),
        ({"body": b"{"}, 400),
        ({"body": b"[" * 50_000}, 400),
        ({"body": b"x" * 70_000}, 413),
        ({"body": []}, 409),
        ({"body": {"key": "no such key", "verdict": "reject", "when": "2026-03-01T09:30:00Z"}}, 409),
        ({"body": {"key": 3}}, 409),
    ],
)
def test_what_is_no_decision_from_the_page_is_refused(home, change, status):
    with served(home) as (_, address):
        row = items_of(address)["Advertisement"]
        request = {"method": "POST", "path": f"{address.path}verdict", "body": decision(row)} | change
        answer, headers, body = ask(address, **request)
        assert answer == status
        assert json.loads(body)["error"]
        assert not any(name.lower().startswith("access-control") for name in headers)
    assert not (home / "v.jsonl").exists()


@pytest.mark.parametrize("change", [{"verdict": "maybe"}, {"when": "now"}, {"site": "no host"}, {"by": "Mallory"}])
def test_a_decision_that_says_something_else_is_refused(home, change):
    with served(home) as (_, address):
        row = items_of(address)["Advertisement"]
        status, _, body = ask(address, "POST", f"{address.path}verdict", decision(row) | change)
        assert status == 409 and json.loads(body)["error"]
    assert not (home / "v.jsonl").exists()


def test_nothing_is_told_without_the_token_or_to_another_host(home):
    with served(home) as (_, address):
        for request in ({"path": "/"}, {"path": f"/{TOKEN}"}, {"Host": f"evil.example:{address.port}"}):
            status, _, body = ask(address, **request)
            assert status == 403 and b"Advertisement" not in body
        status, headers, _ = ask(address, "GET", Host=f"localhost:{address.port}")
        assert status == 200
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_only_this_machine_is_served(home):
    with served(home) as (_, address):
        others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        for other in others - {"127.0.0.1"}:
            if other.startswith("127."):
                continue
            with pytest.raises(OSError), socket.create_connection((other, address.port), timeout=2):
                pass


def test_a_file_that_cannot_be_written_is_said_and_may_be_tried_again(home):
    with served(home) as (_, address):
        row = items_of(address)["Advertisement"]
        (home / "v.jsonl").mkdir()
        status, answer = decide(address, row)
        assert status == 500 and "v.jsonl: " in answer["error"]
        (home / "v.jsonl").rmdir()
        assert decide(address, row)[0] == 200
    assert len(written(home)) == 1


def test_an_interrupt_ends_it_and_says_how_much_was_decided(home):
    with served(home) as (process, address):
        decide(address, items_of(address)["Advertisement"])
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 0
        assert b"1 verdicts were added to v.jsonl." in said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--verdicts", "none/v.jsonl"], b"its folder is not there"),
        (["--verdicts", "v.jsonl", "--token", "short"], b"--token has at least 16"),
        (["--verdicts", "v.jsonl", "--by", " "], b"--by is empty"),
        (["--verdicts", "a.jsonl.link"], b"is a symlink"),
    ],
)
def test_wrong_usage_is_refused(home, options, message):
    (home / "a.jsonl.link").symlink_to("a.jsonl")
    done = run("review", "a.jsonl", *options, cwd=home)
    assert done.returncode == 2
    assert message in b" ".join(done.stderr.replace("│".encode(), b" ").split())


def test_damage_in_logs_and_verdicts_is_named_and_the_rest_reviewed(home):
    with (home / "a.jsonl").open("a") as file:
        file.write("{\n")
    (home / "v.jsonl").write_text("{\n")
    with served(home) as (process, address):
        assert "Advertisement" in items_of(address)
        process.kill()
        said = process.stderr.read()
    assert b"a.jsonl, line 2" in said and b"v.jsonl, line 1" in said
