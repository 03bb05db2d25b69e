import gzip
import json
import subprocess
import sys
from itertools import islice

import pytest
from conftest import ROOT
from support_cli import END, STORY, make_home
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.config import Config
from cleaner.errors import InputError
from cleaner.evaluate import (
    CORE_CATEGORIES,
    LADDER,
    CurvePoint,
    LabelledDocument,
    LabelledLine,
    Shares,
    add_up,
    draw_curve,
    parse_document,
    read_labelled,
    score,
    score_all,
)
from cleaner.model import OPTIONAL_CATEGORIES, Category, Removal
from cleaner.pipeline import Cleaner

BENCH = ROOT.parent / "shared" / "bench"
STORY_LINE, END_LINE = STORY.rstrip(), END.rstrip()


def document(*lines, id="a", **hints):
    """A document from (text, label) pairs."""
    return parse_document(json.dumps({"id": id, "lines": lines, **hints}), "test:1")


def removals(doc, *pieces):
    """A removal a piece: a part of the text that stands in it once, or (start, end)."""
    spans = []
    for piece in pieces:
        if isinstance(piece, str):
            assert doc.text.count(piece) == 1
            piece = (doc.text.index(piece), doc.text.index(piece) + len(piece))
        spans.append(piece)
    return [Removal(a, b, doc.text[a:b], Category.AD, 0.9, "phrase", "test.rule", "Because.") for a, b in spans]


def figures(doc, *pieces):
    return score(doc, removals(doc, *pieces)).figures


# scoring


def test_whole_lines():
    doc = document(
        ("The ferry was late again.", "keep"),
        ("Buy a boat today", "promo"),
        ("Ask us for a quote", "promo"),
        ("Nobody on the quay minded.", "keep"),
    )
    found = figures(doc, "Buy a boat today\n", "\nNobody on the quay minded.")
    assert (found.core_lines, found.core_words, found.gone_lines, found.gone_words) == (2, 9, 1, 4.0)
    assert (found.content_lines, found.content_words, found.lost_lines, found.lost_words) == (2, 10, 1, 5.0)
    assert (found.documents, found.harmed, found.exact) == (1, 1, 0)
    assert found.shares == Shares(1 / 2, 4 / 9, 5 / 10, 1 / 2, 1.0, 0.0)


def test_nothing_removed_and_everything_that_should_be():
    doc = document(("The ferry was late.", "keep"), ("Buy a boat", "ad"))
    assert figures(doc).shares == Shares(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert figures(doc, "\nBuy a boat").shares == Shares(1.0, 1.0, 0.0, 0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("piece", "words", "lines"),
    [
        (" Three four.", 2.0, 0),
        ("One two. Three", 3.0, 1),
        ("One two. Three four.", 4.0, 1),
        (" ", 0.0, 0),
        ("r.", 0.25, 0),
        ("two. Three fo", 2.5, 1),
    ],
)
def test_a_line_is_gone_when_under_half_of_its_words_stay(piece, words, lines):
    """Of a word that is cut in two, the share of its letters counts."""
    doc = document(("One two. Three four.", "keep"), ("Shop", "ad"))
    start = doc.text.index(piece)
    found = figures(doc, (start, start + len(piece)))
    assert (found.lost_words, found.lost_lines, found.harmed) == (words, lines, lines)


def test_doubtful_and_optional_labels_count_on_neither_side():
    optional = [(f"Line number {n}", category.value) for n, category in enumerate(sorted(OPTIONAL_CATEGORIES))]
    doc = document(
        ("The ferry was late.", "keep"),
        ("Was it?", "keep?"),
        ("Buy a boat", "promo?"),
        ("Ferry late - Harbour Ledger", "headline"),
        *optional,
    )
    for pieces in ([], ["\nWas it?"], [(len("The ferry was late."), len(doc.text))]):
        found = figures(doc, *pieces)
        assert (found.core_lines, found.content_lines, found.lost_lines, found.exact) == (0, 1, 0, 1)
    labels = dict(score(doc, removals(doc, "\nWas it?", "\nLine number 1")).labels)
    assert (labels["keep"].lines, labels["keep"].gone) == (1, 0)
    assert (labels["keep"].doubtful_lines, labels["keep"].doubtful_gone) == (1, 1)
    assert (labels["promo"].lines, labels["promo"].words, labels["promo"].doubtful_lines) == (0, 0, 1)
    gone = {name: n.gone for name, n in labels.items() if n.gone}
    assert gone == {sorted(OPTIONAL_CATEGORIES)[1].value: 1}


def test_core_categories_are_those_of_the_benchmark():
    core = "ad promo newsletter social related comments paywall nav legal ticker credit"
    assert sorted(CORE_CATEGORIES) == sorted(core.split())


def test_lines_that_stand_twice_are_told_apart():
    """The second went, which an alignment of the clean text with the lines would not see."""
    doc = document(("Harbour news", "keep"), ("The ferry was late.", "keep"), ("Harbour news", "related"))
    second = (doc.text.rindex("\n"), len(doc.text))
    assert figures(doc, second).shares == Shares(1.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    found = figures(doc, (0, len("Harbour news\n")))
    assert (found.gone_lines, found.lost_lines, found.harmed, found.exact) == (0, 1, 1, 0)


def test_line_breaks_inside_a_line_and_letters_of_any_script():
    doc = document(
        ("One two.\rAdvertisement\r\nThree\nfour.", "keep"), ("Ещё одна Straße", "ad"), ("港口重新开放。", "keep")
    )
    found = figures(doc, "Advertisement\r\n", "Ещё одна", "开放")
    assert (found.lost_words, found.lost_lines, found.content_words) == (1 + 2 / 6, 0, 6)
    assert (found.gone_words, found.gone_lines) == (2.0, 1)


def test_lines_without_words_do_not_count():
    doc = document(("", "keep"), ("* * *", "ad"), ("  ", "other"))
    found = score(doc, removals(doc, (0, len(doc.text))))
    assert (found.figures.core_lines, found.figures.content_lines, found.figures.exact) == (0, 0, 1)
    assert found.labels == ()


@pytest.mark.parametrize("lines", [[], [("", "keep")]])
def test_an_empty_document(lines):
    found = score(document(*lines), [])
    assert (found.figures.documents, found.figures.exact) == (1, 1)
    assert add_up([found]).total.summary == (
        "docs 1: boilerplate removed 0.0% of lines, 0.0% of words; content lost 0.00% of words, 0.00% of lines; "
        "harmed docs 0.0%; exact docs 100.0%"
    )


def test_figures_add_up_by_label_language_and_upstream():
    one = document(("The ferry was late.", "keep"), ("Buy a boat", "ad"), lang="en", upstream="reader", id="one")
    two = document(("Die Fähre kam spät.", "keep"), ("Boot kaufen", "ad"), lang="de", upstream="reader", id="two")
    three = document(("Nobody minded.", "keep"), id="three")
    scores = [
        score(one, removals(one, "Buy a boat")),
        score(two, removals(two, "Die Fähre kam spät.")),
        score(three, []),
    ]
    found = add_up(scores, show=1)
    assert (found.total.documents, found.total.harmed, found.total.exact) == (3, 1, 2)
    assert found.total.shares == Shares(1 / 2, 3 / 5, 4 / 10, 1 / 3, 1 / 3, 2 / 3)
    assert {name: n.documents for name, n in found.by_language.items()} == {"de": 1, "en": 1, "unknown": 1}
    assert {name: n.documents for name, n in found.by_upstream.items()} == {"reader": 2, "unknown": 1}
    assert found.by_language["de"].shares == Shares(0.0, 0.0, 1.0, 1.0, 1.0, 0.0)
    assert (found.by_label["keep"].lines, found.by_label["keep"].gone, found.by_label["ad"].gone) == (3, 1, 1)
    assert [(w.document, w.why, w.text) for w in found.lost] == [("two", "ad test.rule", "Die Fähre kam spät.")]
    assert [(w.document, w.why, w.text) for w in found.left] == [("two", "ad", "Boot kaufen")]
    assert add_up(scores).lost == ()


def test_the_removal_that_took_most_of_a_lost_line_is_named():
    doc = document(("Sales fell. The market stayed quiet all week.", "keep"))
    first, second = removals(doc, "Sales fell.", " The market stayed quiet all week.")
    second = Removal(second.start, second.end, second.text, Category.TICKER, 0.9, "ticker", None, "Because.")
    assert score(doc, [first, second]).lost[0].why == "ticker ticker"


# reading


def test_documents_are_read_lazily_gzipped_or_not(tmp_path):
    rows = [
        '{"id": "a", "url": null, "title": "A", "lang": "en", "upstream": "u", "lines": [["A\\rb", "promo?"]]}\r\n',
        "\n",
        '{"id": "b", "lines": []}',
    ]
    plain, packed = tmp_path / "a.jsonl", tmp_path / "b"
    plain.write_bytes(b"\xef\xbb\xbf" + "".join(rows).encode())
    packed.write_bytes(gzip.compress("".join(rows).encode()))
    expected = [
        LabelledDocument("a", (LabelledLine("A\rb", Category.PROMO, False),), None, "A", "u", "en"),
        LabelledDocument("b", ()),
    ]
    assert list(read_labelled(plain)) == list(read_labelled(packed)) == expected
    plain.write_text(rows[0] + "broken")
    documents = read_labelled(plain)
    assert next(documents).id == "a"
    with pytest.raises(InputError, match=r"a\.jsonl:2: is not JSON"):
        next(documents)


GOOD = b'{"id": "a", "lines": [["The ferry was late.", "keep"]]}\n'
BAD = [
    (GOOD + b"{", ":2: is not JSON"),
    (GOOD + b"[" * 100_000, ":2: is not JSON"),
    (GOOD + b"[]", ":2: is not a document"),
    (b'{"lines": []}', ":1: 'id' is missing"),
    (GOOD + GOOD + b'{"id": "a"}', ":3: 'lines' is missing"),
    (b'{"id": 7, "lines": []}', ":1: 'id' is not a string"),
    (b'{"id": "a", "lang": 7, "lines": []}', ":1: 'lang' is not a string"),
    (b'{"id": "a", "lines": "keep"}', ":1: 'lines' is not a list"),
    (b'{"id": "a", "lines": [["One", "keep"], ["Two"]]}', ":1: item 2 of 'lines': is not [text, label]"),
    (b'{"id": "a", "lines": [["One", null]]}', ":1: item 1 of 'lines': is not [text, label]"),
    (
        b'{"id": "a", "lines": [["One", "advert"]]}',
        ":1: item 1 of 'lines': label 'advert' is not known; known are keep",
    ),
    (b'{"id": "a", "lines": [["One", "keep??"]]}', ":1: item 1 of 'lines': label 'keep??' is not known"),
    (GOOD + b'{"id": "\xe9"}', ":2: is not UTF-8 (byte 9 of the line)"),
    (b"", ":1: holds no document"),
    (b"\n\n", ":2: holds no document"),
    (gzip.compress(GOOD)[:-9], ": cannot be read: "),
    (gzip.compress(GOOD)[:12] + b"\xff" * 20, ": cannot be read: "),
]


@pytest.mark.parametrize(("data", "problem"), BAD, ids=[problem for _, problem in BAD])
def test_malformed_input_is_named_with_its_line_and_nothing_is_written(home, data, problem):
    (home / "bad.jsonl").write_bytes(data)
    result = cli("bad.jsonl", "--json", "out.json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("error: bad.jsonl:")
    assert problem in result.stderr
    assert not (home / "out.json").exists()


@pytest.mark.parametrize(("name", "problem"), [("none.jsonl", "no such file"), (".", "is not a regular file")])
def test_what_is_no_file(home, name, problem):
    result = cli(name)
    assert (result.exit_code, problem in result.stderr) == (2, True)


# the command


ROWS = [
    {
        "id": "en/one",
        "lang": "en",
        "upstream": "reader",
        "lines": [
            [STORY_LINE, "keep"],
            ["", "keep"],
            ["Leave a Reply", "comments"],
            ["Written by the staff", "meta"],
            [END_LINE, "keep"],
        ],
    },
    {
        "id": "en/two",
        "lang": "en",
        "lines": [
            [STORY_LINE, "keep"],
            ["Advertisement", "ad"],
            [END_LINE, "keep"],
            ["Sign up for our newsletter, the old poster on the quay said in faded paint.", "keep"],
            ["Sign up for our newsletter", "newsletter"],
        ],
    },
    {"id": "none", "lines": []},
]
SUMMARY = (
    "docs 3: boilerplate removed 66.7% of lines, 66.7% of words; content lost 17.24% of words, 20.00% of lines; "
    "harmed docs 33.3%; exact docs 33.3%\n"
)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    (tmp_path / "labelled.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


def cli(*args):
    return CliRunner().invoke(app, ["eval", *(str(a) for a in args)], prog_name="cleaner")


def row(output, name):
    """The cells of a table's row."""
    lines = [line for line in output.splitlines() if line.strip("│ ").startswith(name)]
    return [cell.strip() for cell in lines[0].strip("│").split("│")]


def test_the_tables_and_the_summary(home):
    result = cli("labelled.jsonl")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert result.stdout.endswith(SUMMARY)
    assert row(result.stdout, "keep") == ["keep", "content", "5", "1", "20.00%", "87", "15", "17.24%", "0", "0"]
    assert row(result.stdout, "comments")[1:5] == ["boilerplate", "1", "0", "0.00%"]
    assert row(result.stdout, "meta")[1:5] == ["neither", "1", "0", "0.00%"]
    assert row(result.stdout, "en ")[:6] == ["en", "2", "50.0%", "0.0%", "3", "66.7%"]
    assert row(result.stdout, "unknown")[4:] == ["0", "-", "-", "0", "-", "-"]
    assert row(result.stdout, "all")[1] == "3"
    assert "Upstream" not in result.stdout and "LOST" not in result.stdout


def test_what_the_figures_are_split_by(home):
    result = cli("labelled.jsonl", "--by", "upstream", "--by", "upstream")
    assert result.stdout.count("Upstream") == 1
    assert row(result.stdout, "reader")[1] == "1"
    assert "Category" not in result.stdout and "Language" not in result.stdout
    assert cli("labelled.jsonl", "--by", "site").exit_code == 2


def test_lines_that_went_wrong_are_shown_with_their_document(home):
    result = cli("labelled.jsonl", "--show", "1")
    assert result.stdout.endswith(
        "LOST en/two [newsletter test.newsletter.sign-up]: Sign up for our newsletter, the old poster on the quay "
        "said in faded paint.\nLEFT en/one [comments]: Leave a Reply\n" + SUMMARY
    )


def test_figures_as_data(home):
    result = cli("labelled.jsonl", "--json", "new/out.json", "--show", "5", "--workers", "2")
    assert result.exit_code == 0, result.output
    content = json.loads((home / "new" / "out.json").read_text())
    assert content["settings"]["mode"] == "balanced" and content["settings"]["threshold"] == 0.8
    assert (content["docs"], content["removed_lines"], content["lost_lines"]) == (3, 2 / 3, 1 / 5)
    assert (content["counts"]["gone_lines"], content["counts"]["core_lines"]) == (2, 3)
    assert content["by_category"]["newsletter"]["gone"] == 1
    assert content["by_language"]["en"]["docs"] == 2 and content["by_upstream"]["reader"]["docs"] == 1
    assert [line["document"] for line in content["lost"] + content["left"]] == ["en/two", "en/one"]
    assert content["curve"] == []
    again = cli("labelled.jsonl", "--json", "again.json", "--show", "5")
    assert (home / "again.json").read_bytes() == (home / "new" / "out.json").read_bytes()
    assert again.stdout == result.stdout


def test_settings_hold(home):
    assert "removed 100.0% of lines" in cli("labelled.jsonl", "--config", with_threshold(home, 0.5)).stdout
    safe = cli("labelled.jsonl", "--mode", "safe").stdout
    assert "removed 33.3% of lines" in safe and "content lost 0.00% of words" in safe
    assert row(cli("labelled.jsonl", "--also", "meta").stdout, "meta")[2:5] == ["1", "1", "100.00%"]
    assert row(cli("labelled.jsonl", "--keep", "ad").stdout, "ad ")[2:5] == ["1", "0", "0.00%"]
    assert row(cli("labelled.jsonl", "--language", "de").stdout, "ad ")[2:5] == ["1", "0", "0.00%"]


def with_threshold(home, threshold):
    file = home / f"{threshold}.toml"
    file.write_text(f'builtin = false\npacks = ["packs"]\nthreshold = {threshold}\n')
    return file


def test_the_curve_is_what_each_threshold_gives_and_the_picture_is_the_same_every_time(home):
    result = cli("labelled.jsonl", "--curve", "out/one.svg", "--json", "one.json")
    assert result.exit_code == 0, result.output
    assert result.stdout.endswith(SUMMARY)
    curve = json.loads((home / "one.json").read_text())["curve"]
    assert [point["threshold"] for point in curve] == list(LADDER)
    assert [(point["threshold"], point["name"]) for point in curve if point["name"]] == [(0.8, "balanced")]
    for point in curve:
        cleaner = Cleaner(Config.make(builtin=False, packs=[home / "packs"], threshold=point["threshold"]))
        documents = read_labelled(home / "labelled.jsonl")
        shares = add_up(score(d, cleaner.clean(d.text).removals) for d in documents).total.shares
        assert (point["removed_lines"], point["lost_words"]) == (shares.removed_lines, shares.lost_words)
    assert len({(point["removed_lines"], point["lost_words"]) for point in curve}) == 4
    assert cli("labelled.jsonl", "--curve", "two.svg", "--workers", "2").exit_code == 0
    picture = (home / "out" / "one.svg").read_text()
    assert picture == (home / "two.svg").read_text()
    assert picture.startswith("<?xml") and "dc:date" not in picture


def test_a_threshold_of_ones_own_has_its_point(home):
    result = cli("labelled.jsonl", "--curve", "a.PNG", "--json", "a.json", "--config", with_threshold(home, 0.75))
    assert result.exit_code == 0, result.output
    points = [(p["threshold"], p["name"]) for p in json.loads((home / "a.json").read_text())["curve"]]
    assert points[2:5] == [(0.7, ""), (0.75, "threshold"), (0.8, "")]
    assert (home / "a.PNG").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("losses", [[0.0, 0.0, 0.0], [0.001, 0.0002, 0.0], [0.5, 0.00001, 0.00001], [1.0, 1.0, 1.0]])
def test_curves_of_any_loss_can_be_drawn(losses):
    points = [CurvePoint(0.5 + n / 10, Shares(1 - n / 2, 0, x, 0, 0, 0)) for n, x in enumerate(losses)]
    picture = draw_curve(points, ".svg")
    assert picture == draw_curve(points[::-1], ".svg")
    assert len(draw_curve(points[:1], ".png")) > 1000


def test_without_matplotlib_the_error_says_what_to_install(home, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    result = cli("labelled.jsonl", "--curve", "a.svg", "--json", "a.json")
    assert result.exit_code == 2
    assert "pip install 'article-cleaner[eval]'" in result.stderr
    assert result.stdout == "" and not (home / "a.json").exists()
    assert cli("labelled.jsonl").exit_code == 0


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["--curve", "a.gif"], "take .svg or .png"),
        (["--curve", "a.svg", "--json", "a.svg"], "name the same file"),
        (["--json", "labelled.jsonl"], "labelled.jsonl: is one of the documents too"),
        (["--json", "packs"], "packs: exists and is not a regular file"),
        (["--packs", "missing"], "missing: no such folder"),
        (["--workers", "0"], "--workers"),
    ],
)
def test_wrong_usage_ends_with_2(home, args, hint):
    before = (home / "labelled.jsonl").read_bytes()
    result = cli("labelled.jsonl", *args)
    assert result.exit_code == 2
    assert hint in " ".join(result.stderr.replace("│", " ").split())
    assert (home / "labelled.jsonl").read_bytes() == before


# against the benchmark's own script


@pytest.mark.skipif(
    not (BENCH / "lines_score.py").is_file() or not (BENCH / "dev" / "lines.jsonl.gz").is_file(),
    reason="the development data (../shared/bench) is not here",
)
def test_figures_are_those_of_the_benchmark(tmp_path):
    """Equal where whole lines went; near where only parts did, which the script has to guess from the clean text."""
    labelled = tmp_path / "all.jsonl"
    with gzip.open(BENCH / "dev" / "lines.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = list(islice(file, 150))
    labelled.write_text("".join(rows), encoding="utf-8")
    cleaner = Cleaner()
    results = [cleaner.clean(d.text, d.url, d.title) for d in read_labelled(labelled)]
    (tmp_path / "known.json").write_text(json.dumps({r.document.text: r.text for r in results}))
    (tmp_path / "known.py").write_text(
        "import json\nTEXTS = json.load(open('known.json'))\ndef clean(text): return TEXTS[text]\n"
    )
    whole = [n for n, r in enumerate(results) if _only_lines(r)]
    assert len(whole) > 75
    exact = _both(tmp_path, [rows[n] for n in whole], [results[n] for n in whole])
    assert exact[0] == pytest.approx(exact[1], abs=1e-9)
    near = _both(tmp_path, rows, results)
    for name in Shares.__slots__:
        assert near[0][name] == pytest.approx(near[1][name], abs=0.002 if name.startswith("lost") else 0.04)


def _only_lines(result):
    """Whether every removed stretch is one of whole lines."""
    text = result.document.text
    return all(
        (r.start == 0 or text[r.start - 1] == "\n") and (r.end == len(text) or text[r.end - 1] == "\n")
        for r in result.removals
    )


def _both(folder, rows, results):
    """Our figures and the script's, by name."""
    (folder / "some.jsonl").write_text("".join(rows), encoding="utf-8")
    script = [
        sys.executable,
        str(BENCH / "lines_score.py"),
        "some.jsonl",
        "--cleaner",
        "known:clean",
        "--json",
        "s.json",
    ]
    subprocess.run(script, cwd=folder, check=True, capture_output=True)
    theirs = json.loads((folder / "s.json").read_text())
    documents = read_labelled(folder / "some.jsonl")
    found = add_up(score(d, r.removals) for d, r in zip(documents, results, strict=True))
    ours = {name: getattr(found.total.shares, name) for name in Shares.__slots__}
    totals = {name: float(theirs[name]) for name in ours}
    for name, (gone, lines) in theirs["by_category"].items():
        n = found.by_label[name]
        assert n.lines + n.doubtful_lines == lines
        ours[name], totals[name] = (n.gone + n.doubtful_gone) / lines, gone / lines
    return ours, totals


def test_score_all_goes_through_the_file_once_a_config(home):
    configs = [Config.make(builtin=False, packs=[home / "packs"], mode=mode) for mode in ("safe", "thorough")]
    found = [(config, one.id) for config, one in score_all(home / "labelled.jsonl", configs)]
    assert found == [(config, row["id"]) for config in configs for row in ROWS]
