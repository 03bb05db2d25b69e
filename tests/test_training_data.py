"""What the line model is trained on: readers, labels by line, and documents made of other documents."""

import doctest
import gzip
import importlib
import json
import re
import sys
from pathlib import Path

import pytest

from cleaner.errors import InputError

sys.path.insert(0, str(Path(__file__).parent.parent))  # benchmarks/ is no part of the package

from benchmarks.training import pages
from benchmarks.training.augment import LONGEST_RUN, boilerplate_runs, join, splice
from benchmarks.training.documents import CORE, LABELS, OPTIONAL, TrainingDocument, fold_of, read_labelled
from benchmarks.training.written import WRITTEN, Block, Written, read_written

MODULES = ("documents", "written", "augment", "pages")
STORY = tuple((f"Sentence {n} of the story.", "keep") for n in range(6))


def document(id, *lines, site=None, language="en", upstream="plain"):
    return TrainingDocument("labelled", id, site or f"{id}.example", language, None, None, lines, upstream)


def store(path, *records):
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def text(id="a", raw="", gold="", upstream="other", page_type="article", url="https://www.tide.example/a"):
    """An extractor's text of a page."""
    return {
        "id": id, "page_type": page_type, "url": url, "upstream": upstream, "raw": raw, "gold": gold, "title": None,
    }  # fmt: skip


def table(path, *rows):
    """A file of line labels: page id, line, label."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{page}\t{pages.line_key(line)}\t{label}\n" for page, line, label in rows)
    return path


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_docstrings_hold(name):
    result = doctest.testmod(importlib.import_module(f"benchmarks.training.{name}"))
    assert result.attempted and not result.failed


# --- labelled documents


def test_the_site_falls_back_to_the_host_and_then_to_the_id(tmp_path):
    lines = [["A story.", "keep"], ["", "keep"], ["Shop now", "promo?"]]
    url = "https://www.ledger.example/a"
    file = store(
        tmp_path / "a.jsonl",
        {"id": "a", "lines": lines, "url": url, "site": "harbour.example", "lang": "de", "upstream": "plain"},
        {"id": "b", "lines": lines, "url": url},
        {"id": "c", "lines": lines, "site": ""},
    )
    documents = read_labelled(file)
    assert [d.site for d in documents] == ["harbour.example", "ledger.example", "c"]
    assert [(d.language, d.upstream) for d in documents] == [("de", "plain"), ("", ""), ("", "")]
    assert documents[0].lines == (("A story.", "keep"), ("", "keep"), ("Shop now", "promo?"))


def test_gzipped_documents_are_read(tmp_path):
    file = tmp_path / "a.jsonl.gz"
    file.write_bytes(gzip.compress(b'{"id": "a", "lines": [["A story.", "keep"]]}\n'))
    assert [d.text for d in read_labelled(file)] == ["A story."]


@pytest.mark.parametrize("row", ['{"id": "a"}', '{"id": "a", "lines": [["Shop now", "pitch"]]}', "[]"])
def test_a_row_that_is_no_document_is_named(tmp_path, row):
    (tmp_path / "a.jsonl").write_text("\n" + row)
    with pytest.raises(InputError, match=r"a\.jsonl:2"):
        read_labelled(tmp_path / "a.jsonl")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"a\.jsonl\.gz"):
        read_labelled(tmp_path / "a.jsonl.gz")


# --- pages


def test_lines_of_another_text_of_a_labelled_page(tmp_path):
    labelled = document("a", ("Ships left.", "keep"), ("Shop now!", "promo"), ("Unsure", "related?"))
    known = table(tmp_path / "t.tsv.gz", ("a", "shop NOW", "nav"), ("a", "Read next", "related"))
    raw = "Ships left.\n\nshop now\nRead next\nUnsure\nThe bay was calm that day.\nCalm\n* * *\nWho knows"
    file = store(tmp_path / "w.jsonl", text(raw=raw, gold="Ships left. The bay was calm that day."))
    (other,) = pages.read_pages(file, [labelled], known)
    assert (other.source, other.site, other.language, other.upstream) == ("extraction", "a.example", "en", "other")
    # The hand label counts before the table's; a short line may stand in the gold text by chance.
    labels = ["keep", "keep", "promo", "related", "related?", "keep", "", "other", ""]
    assert [label for _, label in other.lines] == labels
    assert other.text == raw


def test_texts_of_labelled_pages_that_are_left_out(tmp_path):
    labelled = document("a", *STORY)
    few, many = ("\n".join(f"unknown {n}" for n in range(count)) for count in (60, 61))
    file = store(
        tmp_path / "w.jsonl",
        text(raw=few),
        text(raw=few, upstream="same again"),
        text(raw=many, upstream="too little known"),
        text(raw="Ships", upstream="plain"),
        text(raw="Ships", upstream="bs4"),
        text(raw="Ships", upstream="no article", page_type="forum"),
    )
    assert [d.upstream for d in pages.read_pages(file, [labelled], table(tmp_path / "t.tsv.gz"))] == ["other"]


def test_pages_without_hand_labels(tmp_path):
    known = table(tmp_path / "t.tsv.gz", ("b", "Ships left.", "keep"), ("b", "Menu", "nav?"))
    raw = "Menu\nShips left.\n\nWho knows"
    file = store(
        tmp_path / "w.jsonl",
        text("b", raw, gold="Who knows but the gold"),
        text("b", raw, upstream="a second text", url=None),
        text("b", "Menu\n1 x\n2 x", upstream="too little known"),
        text("b", raw, upstream="resiliparse"),
        text("b", raw, upstream="other service", page_type="service"),
        text("b", raw, upstream="trafilatura-recall", page_type="service"),
        text("c", raw, upstream="not in the table"),
    )
    found = pages.read_pages(file, [document("a", *STORY)], known)
    assert [d.upstream for d in found] == ["other", "a second text", "trafilatura-recall"]
    assert [d.site for d in found] == ["tide.example", "b", "tide.example"]
    assert {d.source for d in found} == {"page"}
    assert [label for _, label in found[0].lines] == ["nav?", "keep", "keep", ""]


def test_a_table_row_that_is_none_is_named(tmp_path):
    (tmp_path / "t.tsv").write_text(f"a\t{pages.line_key('Menu')}\tmenu\n")
    with pytest.raises(InputError, match=r"t\.tsv:1"):
        pages.read_page_labels(tmp_path / "t.tsv")


def test_the_table_is_sorted_names_no_line_twice_and_always_gives_the_same_bytes():
    packed = pages.PAGE_LABELS.read_bytes()
    rows = gzip.decompress(packed).decode().splitlines()
    assert rows == sorted(rows)
    assert len({row.rsplit("\t", 1)[0] for row in rows}) == len(rows)
    assert all(re.fullmatch(r"wcxb-dev/\d{4}\t[0-9a-f]{12}\t[a-z]+\??", row) for row in rows)
    assert packed[4:8] == b"\0\0\0\0"  # no time


# --- written text


def test_every_written_block_is_read():
    blocks = read_written().blocks
    headers = sum(file.read_text(encoding="utf-8").count("# lang=") for file in WRITTEN.glob("*.txt"))
    assert len(blocks) == headers
    assert len({block.name for block in blocks}) == len(blocks)
    assert {label.removesuffix("?") for block in blocks for _, label in block.lines} <= LABELS
    for block in blocks:
        labels = {label for _, label in block.lines}
        assert block.kind != "content" or labels == {"keep"}, block.name
        assert block.kind != "boilerplate" or "keep" not in labels, block.name
        assert not [text for text, _ in block.lines if text != text.strip() or "\t" in text], block.name


def test_no_written_address_is_real():
    for block in read_written().blocks:
        for text, _ in block.lines:
            assert not re.search(r"@[\w-]+\.(?!example\b)\w", text), text
            assert not re.search(r"(https?://|www\.)(?!\S+\.example\b)\S", text), text


@pytest.mark.parametrize(
    "content, place",
    [
        ("k\tA story.", r"a\.txt:1"),
        ("# lang=en place=tail kind=doc\nx\tA story.", r"a\.txt:2"),
        ("# lang=en place=tail kind=doc\nk A story.", r"a\.txt:2"),
        ("# lang=en place=above kind=doc\nk\tA story.", r"a\.txt:1"),
        ("# lang=en place=tail kind=doc\n\n# lang=en place=tail kind=doc\nk\tA story.", r"a\.txt: block 1"),
    ],
)
def test_a_written_row_that_is_wrong_is_named(tmp_path, content, place):
    (tmp_path / "a.txt").write_text(content)
    with pytest.raises(InputError, match=place):
        read_written(tmp_path)


# --- other boilerplate


def sites_of_two_folds():
    sites = {fold_of(f"{n}.example"): f"{n}.example" for n in range(20)}
    return sites[0], sites[1]


def test_spliced_boilerplate_comes_from_the_fold():
    one, two = sites_of_two_folds()
    labelled = [
        document("a", *STORY, ("Pitch of fold 0", "promo"), site=one),
        document("b", *STORY, ("Pitch of fold 1", "promo"), site=two),
    ]
    spliced = splice(labelled, Written(()), seed=1, copies=40)
    assert len(spliced) == 80
    given = {(d.site, text) for d in spliced for text, label in d.lines if label == "promo"}
    assert given == {(one, "Pitch of fold 0"), (two, "Pitch of fold 1")}


def test_splicing_keeps_the_content_and_every_label():
    doubtful = (("Odd one", "promo?"), ("Unknown", ""), ("", "keep"), ("May 4", "meta"))
    lent = (("Menu", "nav"), *STORY[:3], ("Read next", "related"), *doubtful, *STORY[3:], ("Shop now", "promo"))
    pitch = Block("en-1", "en", "any", "boilerplate", (("Join us", "paywall"), ("By Jo", "meta")))
    labels = dict((*lent, *pitch.lines))
    for spliced in splice([document("a", *lent)], Written((pitch,)), seed=2, copies=50):
        assert spliced.source == "spliced"
        assert all(labels[text] == label for text, label in spliced.lines)
        assert [line for line in spliced.lines if line[1] == "keep"] == list(STORY)
        assert not {text for text, _ in spliced.lines} & {"Odd one", "Unknown", ""}


def test_documents_with_little_content_are_not_spliced():
    assert splice([document("a", *STORY[:3], ("Shop now", "promo"))], Written(()), seed=1, copies=2) == []


def test_only_languages_without_enough_documents_are_given_written_ones():
    blocks = [Block(f"{lang}-1", lang, "inside", "content", STORY) for lang in ("en", "de", "fi")]
    blocks.append(Block("fi-2", "fi", "tail", "boilerplate", (("Osta nyt", "promo"),)))
    spliced = splice([], Written(tuple(blocks)), seed=1, copies=2)
    assert {d.language for d in spliced} == {"fi"}
    assert len({d.id for d in spliced}) == len(spliced) == 6
    assert any(("Osta nyt", "promo") in d.lines for d in spliced)


def test_a_run_ends_with_core_and_may_not_be_long():
    lines = (*STORY, ("A", "nav"), ("B", "meta"), ("C", "nav"), ("D", "bio"), ("E", "nav?"))
    assert boilerplate_runs(document("a", *lines)) == [("tail", lines[6:9])]
    assert boilerplate_runs(document("a", *STORY, *[("A", "nav")] * LONGEST_RUN))
    assert not boilerplate_runs(document("a", *STORY, *[("A", "nav")] * (LONGEST_RUN + 1)))


# --- lost line breaks


LONG = document("a", ("Menu", "nav"), *STORY, ("  Shop now ", "promo"), ("", "keep"), ("Join us", "social"), *STORY)


def test_pieces_give_the_text():
    wanted = [(text.strip(), label) for text, label in LONG.lines if text.strip()]
    for joined in join([LONG] * 50, seed=1):
        assert [piece for pieces in joined.lines for piece in pieces] == wanted
        assert " ".join(joined.texts) == " ".join(text for text, _ in wanted)
        assert len(joined.lines) < len(wanted)
        assert (joined.id, joined.site, joined.language) == ("a", "a.example", "en")


def test_each_way_to_lose_line_breaks_is_met():
    shapes = {tuple(map(len, joined.lines)) for joined in join([LONG] * 100, seed=1)}
    assert (1, 1, 1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 1) in shapes  # boilerplate at the end of the content before it
    assert any(len(shape) <= 4 for shape in shapes)
    assert any(len(shape) > 4 and set(shape) == {1, 2} for shape in shapes)


def test_documents_without_boilerplate_lose_line_breaks_too():
    assert all(len(joined.lines) < len(STORY) for joined in join([document("a", *STORY)] * 50, seed=1))


def test_short_documents_keep_their_line_breaks():
    assert join([document("a", *STORY[:3], ("", "keep"))], seed=1) == []


def test_a_seed_gives_the_same_documents_and_another_others():
    written = read_written()
    labelled = [LONG, document("b", *STORY, ("Shop now", "promo"), language="fr")]
    assert splice(labelled, written, 1, 5) == splice(labelled, written, 1, 5) != splice(labelled, written, 2, 5)
    assert join(labelled * 5, 1) == join(labelled * 5, 1) != join(labelled * 5, 2)


def test_core_and_optional_labels_do_not_overlap():
    assert not CORE & OPTIONAL
    assert len(LABELS) == len(CORE) + len(OPTIONAL) + 2
