"""What a report collects from logs, and the page it makes of that."""

import gzip
import json
import re

import pytest
from support_cli import run
from support_report import kept, record, removal, write_log

from cleaner.audit import to_json
from cleaner.logreading import find_logs, read_logs
from cleaner.report import collect as collecting
from cleaner.report.collect import Context, collect, site_of_record
from cleaner.report.page import page
from cleaner.report.texts import Texts

SOURCE = "One line.\nAdvertisement\nTwo lines.\nBuy it\nThree.\n"
HOSTILE = '</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> & \u2028 \u202e \x00 \ud800 "\n'


def of_log(*paths, limit=1000, texts=None):
    return collect(read_logs(find_logs([str(path) for path in paths])), limit, texts)


def data_of(text: str):
    (content,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    return json.loads(content)


def test_removals_and_refusals_are_collected_in_the_order_of_the_text(tmp_path):
    log = write_log(
        tmp_path / "a.jsonl",
        record("raw/a.txt", removal(10, "Advertisement\n"), kept(0, "One line."), removal(24, "\n", "tidy", None)),
        record("raw/b.txt"),
    )
    found = of_log(log)
    assert [(item.text, bool(item.refusal)) for item in found.items] == [
        ("One line.", True),
        ("Advertisement\n", False),
    ]
    assert (found.records, found.unchanged, found.blanks, found.left_out) == (2, 1, 1, 0)
    assert [(d.id, d.removals, d.characters) for d in found.documents] == [("raw/a.txt", 1, 15)]


def test_the_text_of_a_refusal_leaves_out_what_was_removed_inside(tmp_path):
    log = write_log(tmp_path / "a.jsonl", record("a", kept(0, "One. Ad. Two."), removal(5, "Ad. ")))
    assert [item.claimed for item in of_log(log).items] == ["One. Two.", "Ad."]


def test_what_is_beyond_the_limit_is_counted(tmp_path):
    log = write_log(tmp_path / "a.jsonl", *(record(str(n), removal(0, "Ad"), removal(2, "Ad")) for n in range(4)))
    found = of_log(log, limit=3)
    assert len(found.items) == 3 and len(found.documents) == 2
    assert (found.left_out, found.left_out_documents, found.records) == (5, 2, 4)


def test_long_texts_are_cut_and_their_sum_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_CHARACTERS", 50_000)
    log = write_log(tmp_path / "a.jsonl", *(record(str(n), removal(0, "x" * 30_000)) for n in range(5)))
    found = of_log(log)
    assert len(found.items) == 1 and len(found.items[0].text) == 20_000
    assert found.left_out == 4


def test_damage_is_named_and_the_rest_is_shown(tmp_path):
    good = to_json(record("a", removal(0, "Ad"))).encode() + b"\n"
    wrong = good.replace(b'"confidence":0.9', b'"confidence":"much"')
    nan = good.replace(b'"confidence":0.9', b'"confidence":NaN')
    (tmp_path / "a.jsonl").write_bytes(good + b"{\n" + wrong + nan + b"\xff\n" + b"[" * 99_999 + b"\n" + good[:50])
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(good * 500)[:-40])
    (tmp_path / "c.jsonl").write_bytes(good)
    found = of_log(tmp_path)
    assert len(found.items) >= 2 and found.items[-1].text == "Ad"
    for number in (2, 3, 4, 5, 6, 7):
        assert any(p.startswith(f"{tmp_path}/a.jsonl, line {number}: ") for p in found.problems), number
    assert any(p.startswith(f"{tmp_path}/b.jsonl.gz: cannot be read to its end") for p in found.problems)
    shown = data_of(page(found, "x"))
    assert shown["problems"] == found.problems


def test_logs_in_parquet_and_zstandard_are_read(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    from cleaner.extras import ZSTD, needed

    line = to_json(record("a", removal(0, "Ad")))
    pq.write_table(pa.table({"record": [line, None, "{"]}), tmp_path / "a.parquet")
    (tmp_path / "b.jsonl.zst").write_bytes(needed(ZSTD, "query", "").compress(line.encode() + b"\n"))
    (tmp_path / "c.jsonl.zst").write_bytes(b"no zstandard")
    (tmp_path / "d.parquet").write_bytes(b"no parquet")
    found = of_log(tmp_path)
    assert len(found.items) == 2
    assert [problem.split(":")[0].rsplit("/", 1)[1] for problem in found.problems] == [
        "a.parquet, line 3",
        "c.jsonl.zst",
        "d.parquet",
    ]


@pytest.mark.parametrize(
    ("id", "url", "site"),
    [
        ("a.txt", "https://www.news.example/a", "news.example"),
        ("https://user@www.News.example:80/x", None, "news.example"),
        ("raw/news.example/a.txt", None, "news.example"),
        ("raw/a.txt", None, ""),
    ],
)
def test_a_site_is_the_host_of_the_page_or_of_the_id(id, url, site):
    assert site_of_record(record(id, url=url)) == site


def test_context_comes_from_clean_texts_or_from_sources(tmp_path):
    entry = record("raw/a.txt", removal(10, "Advertisement\n"), removal(35, "Buy it\n"), source=SOURCE)
    log = write_log(tmp_path / "a.jsonl", entry)
    for name, text in (("clean", "One line.\nTwo lines.\nThree.\n"), ("raw", SOURCE)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(text)
        first, second = of_log(log, texts=Texts(tmp_path / name)).items
        assert first.before == (("One line.\n", False),)
        assert first.after == (("Two lines.\n", False), ("Buy it\n", True), ("Three.\n", False))
        assert second.before[-2:] == (("Advertisement\n", True), ("Two lines.\n", False))
    (tmp_path / "clean" / "a.txt").write_text("Changed.\n")
    assert of_log(log, texts=Texts(tmp_path / "clean")).items[0].before == ()


def test_context_is_cut_at_lines():
    source = "x" * 300 + "\n" + "y" * 300 + "\nAd\n" + "z" * 300 + "\n" + "w" * 300
    context = Context(source, [removal(602, "Ad\n")])
    assert context.before(602) == (("y" * 300 + "\n", False),)
    assert context.after(605) == (("z" * 300 + "\n", False),)


def test_hostile_texts_stay_data():
    found = collect([*read_logs([])])
    log = record("<b>&a</script>", removal(0, HOSTILE, reason=HOSTILE, rule="<i>"), kept(5, HOSTILE, refusal=HOSTILE))
    from cleaner.logreading import Logged

    found = collect([Logged(log, "</title>", 1), "damaged </script><script>"])
    text = page(found, "</title><script>alert(2)</script>")
    assert text.count("<script") == text.count("</script>") == 2
    assert "alert(1)</script>" not in text and "onerror=alert(1)>" not in text
    shown = data_of(text)
    assert shown["items"][0][10] == HOSTILE
    assert shown["title"] == "</title><script>alert(2)</script>"
    text.encode("utf-8")


def test_the_page_loads_nothing_and_says_so():
    text = page(collect([]), "x")
    assert not re.search(r"https?://(?!www\.w3\.org)", text)
    assert "default-src 'none'" in text and "unsafe" not in text and "connect-src 'none'" in text
    assert "{{" not in text.split("</style>")[0].split("<style>")[0]


def test_the_command_writes_a_page(tmp_path):
    write_log(tmp_path / "a.jsonl", record("a", removal(0, "Ad"), kept(3, "Bd")))
    done = run("report", "a.jsonl", "--out", "pages/r.html", "--title", "Ours", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"2 removals and refusals in 1 documents: pages/r.html\n")
    assert data_of((tmp_path / "pages" / "r.html").read_text())["title"] == "Ours"


def test_the_command_names_damage_and_ends_with_4(tmp_path):
    log = write_log(tmp_path / "a.jsonl", record("a", removal(0, "Ad")))
    with log.open("a") as file:
        file.write('{"torn')
    done = run("report", "a.jsonl", "--out", "r.html", "--limit", "1", cwd=tmp_path)
    assert done.returncode == 4
    assert b"error: a.jsonl, line 2: not a line of JSON" in done.stderr
    assert len(data_of((tmp_path / "r.html").read_text())["items"]) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.jsonl", "--out", "r.html"], b"none.jsonl: no such file"),
        (["a.jsonl", "--out", "a.jsonl"], b"a.jsonl: is one of the documents too"),
        (["a.jsonl", "--out", "r.html", "--texts", "none"], b"none: no such folder"),
    ],
)
def test_the_command_refuses_before_it_writes(tmp_path, arguments, message):
    log = write_log(tmp_path / "a.jsonl", record("a", removal(0, "Ad")))
    before = log.read_bytes()
    done = run("report", *arguments, cwd=tmp_path)
    assert done.returncode == 2 and message in done.stderr
    assert log.read_bytes() == before and not (tmp_path / "r.html").exists()
