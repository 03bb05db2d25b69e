import json

import pytest
from support_cli import AD, DIRTY, END, STORY, make_home
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.config import Config
from cleaner.explain import explain_svg, marked_lines
from cleaner.model import Category, Removal
from cleaner.pipeline import Cleaner
from cleaner.places import LineIndex, excerpt, findings, printable, unified_diff

QUOTED = "Sign up for our newsletter, she said.\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    (tmp_path / "a.txt").write_text(f"{DIRTY}\n{QUOTED}\n{END}")
    return tmp_path


def cli(*args, stdin=None):
    return CliRunner().invoke(app, ["explain", *(str(a) for a in args)], input=stdin, prog_name="cleaner")


def removal(text, piece, category=Category.AD):
    start = text.index(piece)
    return Removal(start, start + len(piece), piece, category, 0.9, "phrase", "test.rule", "Because.")


def test_the_text_is_shown_with_numbers_marks_and_reasons(home):
    result = cli("a.txt")
    assert result.exit_code == 0
    for part in (
        f"1   {STORY}",
        f"3 - {AD}",
        f"7   {QUOTED}",
        "test.ad.label",
        "0.97",
        "The line is the label of an ad slot.",
        "Kept after all",
        "test.guard.said",
    ):
        assert part in result.stdout


def test_removed_text_is_struck_out_in_its_colour():
    text = "Kept. Gone. Kept.\nAll gone.\n"
    lines = list(marked_lines(text, [removal(text, "Gone. "), removal(text, "All gone.\n", Category.NAV)]))
    assert [line.plain for line in lines] == ["1   Kept. Gone. Kept.", "2 - All gone."]
    spans = [(line.plain[s.start : s.end], s.style) for line in lines for s in line.spans if "strike" in str(s.style)]
    assert spans == [("Gone. ", "not dim strike red"), ("All gone.", "not dim strike yellow")]


def test_a_removal_over_several_lines():
    text = "One.\nTwo.\nThree.\n"
    lines = [line.plain for line in marked_lines(text, [removal(text, "Two.\nThr")])]
    assert lines == ["1   One.", "2 - Two.", "3   Three."]
    assert list(marked_lines("", [])) == []


def test_nothing_removed_says_so(home):
    (home / "b.txt").write_text(STORY)
    assert "Nothing was removed." in cli("b.txt").stdout


def test_json_has_what_the_record_has_and_line_numbers(home):
    account = json.loads(cli("a.txt", "--json").stdout)
    result = Cleaner(Config(builtin=False, packs=(home / "packs",))).clean((home / "a.txt").read_text(), id="a.txt")
    record = result.record()
    assert (account["id"], account["encoding"], account["clean_sha256"]) == ("a.txt", "utf-8", record.clean_sha256)
    assert [r["text"] for r in account["removals"]] == [r.text for r in record.removals]
    assert (account["removals"][0]["first_line"], account["removals"][0]["rule"]) == (3, "test.ad.label")
    assert account["kept"][0]["first_line"] == 7
    assert account["kept"][0]["refusal"] == record.kept[0].refusal


def test_svg_is_saved_and_the_same_every_time(home):
    (home / "x[b].txt").write_text(DIRTY)
    for _ in range(2):
        result = cli("x[b].txt", "--svg", "out/a.svg")
        assert (result.exit_code, result.stdout) == (0, "")
    picture = (home / "out" / "a.svg").read_text()
    assert picture.startswith("<svg") and "line-through" in picture and "x[b].txt" in picture
    document = Cleaner(Config(builtin=False, packs=(home / "packs",))).clean(DIRTY)
    assert explain_svg(document, "x[b].txt") == picture


def test_svg_does_not_overwrite_the_document(home):
    before = (home / "a.txt").read_bytes()
    (home / "link.svg").symlink_to("a.txt")
    for svg in ("a.txt", "link.svg"):
        assert cli("a.txt", "--svg", svg).exit_code == 2
    assert cli("a.txt", "--svg", "x.svg", "--json").exit_code == 2
    assert (home / "a.txt").read_bytes() == before


def test_standard_input_and_unreadable_files(home):
    assert "test.ad.label" in cli("-", stdin=DIRTY).stdout
    result = cli("missing.txt")
    assert result.exit_code == 4
    assert "missing.txt: cannot be read" in result.stderr


def test_markup_in_a_text_is_text(home):
    (home / "b.txt").write_text(f"[bold]{STORY}[/nonsense]\n\n{AD}\n:smile: \x1b[31m {END}")
    shown = cli("b.txt").stdout
    for part in ("[bold]The harbour", "[/nonsense]", ":smile: \\x1b[31m"):
        assert part in shown
    assert "\x1b" not in shown


def test_a_library_text_may_hold_what_no_file_can(home):
    text = f"\ud800 {STORY}\n{AD}\n\0{END}"
    result = Cleaner(Config(builtin=False, packs=(home / "packs",))).clean(text)
    assert result.restore() == text
    assert "\\ud800" in next(marked_lines(text, result.removals)).plain
    assert findings("a", text, result.removals) == "a:3: ad test.ad.label Advertisement\n"


def test_lines_are_counted_as_they_are_split():
    index = LineIndex("a\r\nb\rc\nd\x0ce\u2028f")
    assert [index.number(n) for n in range(8)] == [1, 1, 1, 2, 2, 3, 3, 4]
    assert LineIndex("").number(0) == 1
    assert LineIndex("a\n").numbers(0, 2) == (1, 1)


def test_excerpts_and_printable_text():
    assert excerpt("a\n b") == "a b"
    assert len(excerpt("word " * 100)) <= 80
    assert excerpt("word " * 100).endswith("…")
    assert excerpt(" " * 1000 + "x") == "…"
    assert printable("a\tb\x07\u202e\n") == "a\tb\\x07\\u202e\n"


@pytest.mark.parametrize(
    ("text", "pieces", "body"),
    [
        ("a\nb\n", [], ""),
        ("a\nb\nc", ["b\n"], "@@ -1,3 +1,2 @@\n a\n-b\n c\n\\ No newline at end of file\n"),
        ("a\nb", ["\nb"], "@@ -1,2 +1 @@\n-a\n-b\n\\ No newline at end of file\n+a\n\\ No newline at end of file\n"),
        ("a b\n", [" b"], "@@ -1 +1 @@\n-a b\n+a\n"),
        ("a\n", ["a\n"], "@@ -1 +0,0 @@\n-a\n"),
    ],
)
def test_diffs(text, pieces, body):
    diff = unified_diff("x", text, [removal(text, piece) for piece in pieces])
    assert diff == (f"--- x\n+++ x\n{body}" if body else "")


def test_a_diff_far_apart_has_several_hunks_with_right_numbers():
    lines = [f"line {n}\n" for n in range(1, 41)]
    text = "".join(lines)
    diff = unified_diff("x", text, [removal(text, "line 5\n"), removal(text, "line 30\n")])
    assert [row for row in diff.splitlines() if row.startswith("@@")] == ["@@ -2,7 +2,6 @@", "@@ -27,7 +26,6 @@"]
