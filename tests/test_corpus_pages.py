import gzip
import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from support_cli import make_home, run
from support_corpus import clean, quarantine, read_rows, record, records, wet, write_jsonl, write_parquet
from support_html import ARTICLE, PARAGRAPHS, article

from cleaner.apply import restore
from cleaner.audit import from_json
from cleaner.corpus.rows import Webpage
from cleaner.errors import ResumeError

PAGE = article(f"{ARTICLE}<p>Advertisement</p><p>L'été à Paris, {PARAGRAPHS[0]}</p>")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    return tmp_path


def response(number, body, status="200 OK", kind="response", **headers):
    """A record of what a server answered."""
    fields = {"Content-Type": "text/html; charset=utf-8", **{k.replace("_", "-"): v for k, v in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    mime = f"application/http; msgtype={kind}"
    return record(number, f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body, kind=kind, mime=mime)


def chunked(data):
    return b"%x\r\n" % len(data) + data + b"\r\n0\r\n\r\n"


def write(path, *raw):
    Path(path).write_bytes(b"".join(map(gzip.compress, raw)) if path.endswith(".gz") else b"".join(raw))


def test_pages_become_conversion_records_and_all_else_passes(home):
    request = response(1, b"", kind="request")
    image = response(3, b"\x89PNG", Content_Type="image/png")
    text = wet(4, b"A text.\n")
    write("a.warc.gz", request, response(2, PAGE.encode()), image, text)
    report = clean(home, "a.warc.gz")
    assert (report.totals.documents, report.totals.changed) == (2, 1)
    out = gzip.decompress(Path("out/a.warc.gz").read_bytes())
    assert out.startswith(request)
    assert out.endswith(image + text)
    head, _, body = out[len(request) : -len(image + text)].partition(b"\r\n\r\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    body = body.removesuffix(b"\r\n\r\n")
    assert fields["WARC-Type"] == "conversion"
    assert fields["WARC-Refers-To"] == "<urn:uuid:00000002>"
    assert fields["WARC-Target-URI"] == "http://harbour.example/2"
    assert fields["WARC-Record-ID"] not in out[: len(request)].decode()
    assert int(fields["Content-Length"]) == len(body)
    assert "L'été à Paris" in body.decode()
    assert b"Advertisement" not in body
    line = records("audit/a.warc.gz.audit.jsonl")[1]
    assert (line["id"], line["page"]["url"]) == ("<urn:uuid:00000002>", "http://harbour.example/2")
    assert hashlib.sha256(body).hexdigest() == line["clean_sha256"]
    assert "\nAdvertisement\n" in restore(body.decode(), from_json(json.dumps(line)))


def test_the_output_is_read_as_texts_and_cleaning_it_changes_nothing(home):
    write("a.warc", response(1, PAGE.encode()), response(2, article(ARTICLE).encode()))
    clean(home, "a.warc")
    report = clean(home, "out/a.warc", out="again", audit="audit2")
    assert (report.totals.documents, report.totals.changed) == (2, 0)
    assert Path("again/a.warc").read_bytes() == Path("out/a.warc").read_bytes()


@pytest.mark.parametrize(
    ("encode", "headers"),
    [
        (gzip.compress, {"Content_Encoding": "gzip"}),
        (chunked, {"Transfer_Encoding": "chunked"}),
        (lambda data: chunked(gzip.compress(data)), {"Transfer_Encoding": "chunked", "Content_Encoding": "gzip"}),
        (bytes, {"Transfer_Encoding": "chunked", "Content_Encoding": "br"}),  # as crawlers leave it
    ],
)
def test_bodies_are_decoded(encode, headers):
    (row,) = read_rows(response(1, encode(PAGE.encode()), **headers), "a.warc")
    assert isinstance(row.document, Webpage)
    assert row.document.html == PAGE.encode()


def test_a_body_that_cannot_be_decoded_is_set_aside_with_the_record(home):
    broken = response(1, b"\x1f\x8b\x08 no gzip", Content_Encoding="gzip")
    write("a.warc", broken, response(2, PAGE.encode()))
    report = clean(home, "a.warc")
    assert (report.totals.documents, report.totals.quarantined) == (1, 1)
    assert "HTTP body cannot be decoded" in quarantine()[0]["reason"]


def test_the_charset_of_the_server_counts(home):
    page = PAGE.replace("<meta charset=utf-8>", "").encode("cp1250", "xmlcharrefreplace")
    write("a.warc", response(1, page, Content_Type="text/html; charset=windows-1250"))
    clean(home, "a.warc")
    assert "L'été à Paris" in Path("out/a.warc").read_text("utf-8")
    assert records("audit/a.warc.audit.jsonl")[0]["page"]["encoding"] == "cp1250"


def test_what_is_no_article_says_so_and_what_is_hostile_is_set_aside(home):
    hostile = "<div>" * 100_000
    write("a.warc", response(1, PAGE.encode(), "404 Not Found"), response(2, hostile.encode()), response(3, b""))
    report = clean(home, "a.warc")
    assert (report.totals.incomplete, report.totals.quarantined) == (2, 1)
    assert "more than 30000 elements" in quarantine()[0]["reason"]
    first, second, third = records("audit/a.warc.audit.jsonl")
    assert first["incomplete"] == ["the server answered with status 404"]
    assert second is None
    assert third["incomplete"] == ["nothing was found in the page that looks like an article"]


def test_columns_of_pages_become_columns_of_texts(home):
    rows = [{"id": "a", "text": PAGE, "n": 1.50}, {"id": "b", "text": None}, {"id": "c", "text": "<div>" * 100_000}]
    write_jsonl(Path("a.jsonl"), rows)
    write_parquet(Path("b.parquet"), pa.table({"id": ["a"], "text": [PAGE], "n": [1]}))
    report = clean(home, "a.jsonl", "b.parquet", layout={"html": True, "extractor": "resiliparse"})
    assert (report.totals.documents, report.totals.quarantined, report.totals.nulls) == (2, 1, 1)
    first, second = Path("out/a.jsonl").read_text().splitlines()
    text = json.loads(first)["text"]
    assert first == json.dumps({**rows[0], "text": text})
    assert second == '{"id": "b", "text": null}'
    assert "été à Paris" in text
    assert "Advertisement" not in text
    assert pq.read_table("out/b.parquet").to_pylist() == [{"id": "a", "text": text, "n": 1}]
    assert records("audit/a.jsonl.audit.jsonl")[0]["page"]["extractor"] == "resiliparse"


def test_workers_give_the_same_bytes(home):
    write("a.warc.gz", *(response(n, article(f"<p>Number {n}.</p>{ARTICLE}").encode()) for n in range(12)))
    clean(home, "a.warc.gz")
    clean(home, "a.warc.gz", out="out2", audit="audit2", workers=2)
    for place in ("out/a.warc.gz", "audit/a.warc.gz.audit.jsonl"):
        assert Path(place).read_bytes() == Path(place.replace("/", "2/", 1)).read_bytes()


def test_a_run_with_another_extractor_is_another_run(home):
    write("a.warc", response(1, PAGE.encode()))
    clean(home, "a.warc")
    with pytest.raises(ResumeError, match="extractor"):
        clean(home, "a.warc", layout={"extractor": "resiliparse"}, resume=True)


def test_the_command_line_takes_both_flags(home):
    write_jsonl(Path("a.jsonl"), [{"text": PAGE}])
    done = run("clean", "a.jsonl", "--html", "--extractor", "resiliparse", "--out", "out", "--audit", "audit", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "<p>" not in json.loads(Path("out/a.jsonl").read_text())["text"]
