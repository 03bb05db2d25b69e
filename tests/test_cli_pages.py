import json
from email.message import EmailMessage
from pathlib import Path

import pytest
from support_cli import CLEAN, DIRTY, STORY, make_home, run, tree
from support_html import ARTICLE, PARAGRAPHS, article

from cleaner.html.extractor import Extractor

DIRTY_PAGE = article(f"{ARTICLE}<p>Advertisement</p><p>{PARAGRAPHS[0]} Again.</p>")
CANONICAL = "<title>Harbour</title><link rel=canonical href='https://ledger.example/harbour'>"


@pytest.fixture
def home(tmp_path, monkeypatch):
    make_home(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw" / "sub").mkdir(parents=True)
    (tmp_path / "raw" / "page.html").write_text(DIRTY_PAGE, encoding="utf-8")
    (tmp_path / "raw" / "sub" / "Old.HTM").write_bytes(
        article(f"<p>L'été à Paris.</p>{ARTICLE}", CANONICAL).encode("cp1252").replace(b"charset=utf-8", b"")
    )
    (tmp_path / "raw" / "text.txt").write_text(DIRTY, encoding="utf-8")
    return tmp_path


def cli(*args, stdin=b""):
    return run(*args, cwd=Path.cwd(), stdin=stdin)


def records(path="audit.jsonl"):
    return {record["id"]: record for record in map(json.loads, Path(path).read_bytes().splitlines())}


def mhtml(html=DIRTY_PAGE, charset="utf-8", location="https://ledger.example/saved"):
    message = EmailMessage()
    message["Subject"] = "Harbour open again"
    message.set_content("not this", subtype="css")
    message.make_related()
    part = EmailMessage()
    part.set_content(html, subtype="html", charset=charset, cte="quoted-printable")
    part["Content-Location"] = location
    message.attach(part)
    return message.as_bytes()


def test_a_folder_with_pages_gives_texts_and_the_log_says_what_extracted_them(home):
    done = cli("clean", "raw", "--out", "out", "--audit", "audit.jsonl")
    assert done.returncode == 0, done.stderr
    out = tree(home / "out")
    assert list(out) == ["page.txt", "sub/Old.txt", "text.txt"]
    assert out["text.txt"].decode() == CLEAN
    assert b"Advertisement" not in out["page.txt"]
    assert PARAGRAPHS[4].encode() in out["page.txt"]
    assert "L'été à Paris." in out["sub/Old.txt"].decode("utf-8")
    found = records()
    assert list(found) == ["raw/page.html", "raw/sub/Old.HTM", "raw/text.txt"]
    assert found["raw/text.txt"]["page"] is None
    assert found["raw/page.html"]["encoding"] == "utf-8"
    page = found["raw/sub/Old.HTM"]["page"]
    assert (page["extractor"], page["url"], page["encoding"]) == (
        "trafilatura",
        "https://ledger.example/harbour",
        "cp1252",
    )


def test_texts_of_pages_verify_and_restore_to_what_was_extracted(home):
    cli("clean", "raw", "--out", "out", "--audit", "audit.jsonl")
    assert cli("verify", "out", "--audit", "audit.jsonl").returncode == 0
    one = cli("restore", "out/page.txt", "--audit", "audit.jsonl")
    assert b"\nAdvertisement\n" in one.stdout
    assert b"extracted from the page raw/page.html, not the page" in one.stderr
    all_of_them = cli("restore", "out", "--audit", "audit.jsonl", "--out", "back")
    assert all_of_them.returncode == 0
    assert (home / "back" / "page.txt").read_bytes() == one.stdout
    assert (home / "back" / "text.txt").read_text() == DIRTY
    (home / "out" / "page.txt").write_text("changed")
    changed = cli("verify", "out", "--audit", "audit.jsonl")
    assert changed.returncode == 1
    assert b"page.txt" in changed.stdout


def test_cleaning_the_texts_of_pages_again_changes_nothing(home):
    cli("clean", "raw", "--out", "out", "--audit", "audit.jsonl")
    cli("clean", "out", "--out", "again", "--audit", "again.jsonl")
    assert tree(home / "again") == tree(home / "out")


def test_workers_and_extractors(home):
    one = cli("clean", "raw", "--out", "one", "--audit", "one.jsonl", "--extractor", "resiliparse")
    two = cli("clean", "raw", "--out", "two", "--audit", "two.jsonl", "--extractor", "resiliparse", "--workers", 2)
    assert (one.returncode, two.returncode) == (0, 0)
    assert tree(home / "one") == tree(home / "two")
    assert (home / "one.jsonl").read_bytes() == (home / "two.jsonl").read_bytes()
    assert records("one.jsonl")["raw/page.html"]["page"]["extractor"] == "resiliparse"


@pytest.mark.parametrize("command", ["clean", "check", "explain"])
def test_an_extractor_that_there_is_not_is_wrong_usage(home, command):
    out = ["--out", "out", "--audit", "audit.jsonl"] if command == "clean" else []
    done = cli(command, "raw/page.html", *out, "--extractor", "magic")
    assert done.returncode == 2
    assert b"'magic' is not one of trafilatura, resiliparse" in done.stderr


def test_a_saved_page_in_an_archive(home):
    (home / "saved.mhtml").write_bytes(mhtml(article(f"<p>L'été à Paris.</p>{ARTICLE}"), "iso-8859-1"))
    done = cli("clean", "saved.mhtml", "--out", "out", "--audit", "audit.jsonl")
    assert done.returncode == 0, done.stderr
    assert "L'été à Paris." in (home / "out" / "saved.txt").read_text("utf-8")
    assert records()["saved.mhtml"]["page"]["url"] == "https://ledger.example/saved"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"Content-Type: image/png\n\nx", b"holds no page"),
        (b"", b"holds no page"),
        (b"\0\xff" * 100, b"holds no page"),
        (b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(5000)), b"odd.mht: "),
    ],
)
def test_an_archive_without_a_page_is_named(home, data, told):
    (home / "odd.mht").write_bytes(data)
    done = cli("clean", "odd.mht", "raw/page.html", "--out", "out", "--audit", "audit.jsonl")
    assert done.returncode == 4
    assert told in done.stderr
    assert list(tree(home / "out")) == ["page.txt"]


def test_a_page_and_a_text_that_would_give_one_output_are_refused_both_named(home):
    (home / "raw" / "page.txt").write_text(STORY)
    done = cli("clean", "raw", "--out", "out", "--audit", "audit.jsonl")
    assert done.returncode == 2
    assert b"raw/page.html and raw/page.txt would both be written to out/page.txt" in done.stderr
    assert not (home / "out").exists()


def test_in_place_refuses_pages_by_name_and_passes_over_those_in_folders(home):
    done = cli("clean", "raw/page.html", "raw/text.txt", "--in-place", "--audit", "audit.jsonl")
    assert done.returncode == 2
    assert b"raw/page.html: is a web page" in done.stderr
    assert (home / "raw" / "text.txt").read_text() == DIRTY
    done = cli("clean", "raw", "--in-place", "--audit", "audit.jsonl")
    assert done.returncode == 0
    assert (home / "raw" / "text.txt").read_text() == CLEAN
    assert (home / "raw" / "page.html").read_text() == DIRTY_PAGE


def test_the_hook_refuses_pages_by_name_and_does_the_rest(home):
    done = cli("hook", "clean", "raw/page.html", "raw/text.txt")
    assert done.returncode == 4
    assert b"raw/page.html: is a web page" in done.stderr
    assert (home / "raw" / "text.txt").read_text() == CLEAN
    assert (home / "raw" / "page.html").read_text() == DIRTY_PAGE


def test_check_and_explain_and_a_diff_show_the_extracted_text(home):
    done = cli("check", "raw/page.html")
    assert done.returncode == 1
    line, _, rest = done.stdout.decode().removeprefix("raw/page.html:").partition(":")
    assert int(line) > 15
    assert "test.ad.label Advertisement" in rest
    shown = cli("explain", "raw/page.html", "--json")
    assert json.loads(shown.stdout)["page"]["extractor"] == "trafilatura"
    diff = cli("clean", "raw/page.html", "--diff")
    assert b"\n-Advertisement\n" in diff.stdout


@pytest.mark.parametrize("extractor", Extractor)
def test_a_page_on_standard_input(home, extractor):
    given = DIRTY_PAGE.encode()
    options = ("--html", "--extractor", extractor)
    done = cli("clean", "-", "--audit", "audit.jsonl", *options, stdin=given)
    assert done.returncode == 0, done.stderr
    assert b"Advertisement" not in done.stdout
    assert b"<p>" not in done.stdout
    assert records()["-"]["page"]["extractor"] == extractor
    assert b"Advertisement" in cli("check", "-", *options, stdin=given).stdout
    assert json.loads(cli("explain", "-", "--json", *options, stdin=given).stdout)["page"]["extractor"] == extractor
    assert b"<html>" in cli("clean", "-", stdin=given).stdout


def test_html_is_for_standard_input_and_corpora(home):
    done = cli("clean", "raw", "--html", "--dry-run")
    assert done.returncode == 2
    assert b"--html is for standard input and for corpora" in done.stderr.replace(b"\n", b" ")


def test_a_page_that_is_no_article_is_said_to_be_in_the_summary_and_the_log(home):
    (home / "gone.html").write_text(
        "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>"
    )
    done = cli("clean", "gone.html", "--out", "out", "--audit", "audit.jsonl")
    assert done.returncode == 0
    assert b"incomplete: gone.html: the page is a server's error message, not an article" in done.stderr
    assert records()["gone.html"]["incomplete"] == ["the page is a server's error message, not an article"]


def test_a_hostile_page_is_named_and_the_rest_is_done(home):
    (home / "raw" / "bad.html").write_text("<div>" * 100_000)
    (home / "raw" / "large.html").write_bytes(b" " * (33 << 20))
    done = cli("clean", "raw", "--out", "out", "--audit", "audit.jsonl")
    assert done.returncode == 4
    assert b"raw/bad.html: the page has more than 30000 elements; extract it with resiliparse" in done.stderr
    assert b"raw/large.html: the page's 34603008 bytes are more than 33554432" in done.stderr
    assert list(tree(home / "out")) == ["page.txt", "sub/Old.txt", "text.txt"]
    missing = cli("clean", "no.html", "--out", "out2", "--audit", "audit2.jsonl")
    assert b"no.html: cannot be read: No such file" in missing.stderr


def test_a_folder_of_nothing_but_pages_is_no_corpus(home):
    (home / "pages").mkdir()
    (home / "pages" / "a.html").write_text(DIRTY_PAGE)
    (home / "pages" / "b.jsonl").write_text("{}")
    assert cli("clean", "pages", "--out", "out", "--audit", "audit.jsonl").returncode == 0
    assert list(tree(home / "out")) == ["a.txt"]


def test_the_examples_of_the_documentation_run(tmp_path, monkeypatch):
    text = (Path(__file__).parent.parent / "docs" / "html.md").read_text(encoding="utf-8")
    lines = text.partition("<!-- example -->\n```sh\n")[2].partition("```")[0].splitlines()
    monkeypatch.chdir(tmp_path)
    Path("pages").mkdir()
    Path("pages/harbour.html").write_text(DIRTY_PAGE, encoding="utf-8")
    assert len(lines) > 5
    for line in lines:
        command, _, stdin = line.partition(" < ")
        done = cli(*command.split()[1:], stdin=Path(stdin).read_bytes() if stdin else b"")
        assert done.returncode == (1 if " check " in line else 0), (line, done.stderr)
