import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.audit import from_json, to_json
from cleaner.config import Config
from cleaner.html.article import article_of, evidence_of, kept_blocks
from cleaner.html.blocks import AROUND, HIDDEN, MARK_BITS, TAGS, read_blocks
from cleaner.html.columns import columns, plain
from cleaner.html.judge import best_cut, builtin_page_model, load, save
from cleaner.html.tree import parse
from cleaner.html.wording import wording
from cleaner.model import Category, Document, Hint
from cleaner.pipeline import Cleaner, default_cleaner

PARAGRAPHS = [
    "The harbour of Altenau reopened on Monday after the storm had kept it closed for nine days, the port said.",
    "More than forty ships had waited outside the breakwater, among them two ferries and a tanker from Kessel.",
    "Divers inspected the pier on Sunday and found that its foundations had held, although the lamps were gone.",
    "“We were lucky with the tide,” said the harbour master, Ines Brandt, who has worked there for thirty years.",
    "The town now wants to raise the wall by a metre, which the council is to decide upon before the summer.",
]
LIST = ["a crane for small boats", "two pumps for the lower basin", "a lamp on the northern pier"]
TEASERS = ["Fishermen fear for the season", "Ten beaches for a long weekend", "What the new ferry costs"]


def page(body: str, title: str = "Harbour reopens") -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


def story() -> str:
    return "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


FULL = page(
    "<nav class='main-menu'><ul><li><a href='/'>Home</a></li><li><a href='/news'>News</a></li></ul></nav>"
    f"<main><article class='entry-content'><h1>Harbour reopens</h1>{story()}"
    f"<h2>What is to be repaired</h2><ul>{''.join(f'<li>{item}</li>' for item in LIST)}</ul>"
    "<div class='related-posts'><h3>Related articles</h3><ul>"
    f"{''.join(f'<li class=card><a href=/x>{item}</a></li>' for item in TEASERS)}</ul></div></article></main>"
    "<footer class='site-footer'><p>Copyright 2026 Altenau Observer. All rights reserved.</p></footer>"
)


def test_blocks_end_where_lines_do():
    blocks = read_blocks(parse("<div>One <b>two</b><p>three<br>four</p>five<script>no</script> six</div>"))
    assert blocks.texts == ["One two", "three", "four", "five six"]
    assert [TAGS[blocks.elements.tags[owner]] for owner in blocks.owners] == ["div", "p", "p", "div"]
    assert blocks.strong == [3, 0, 0, 0]


def test_the_cells_of_a_row_are_one_block():
    blocks = read_blocks(parse("<table><tr><th>Ship<th>Days</tr><tr><td>Ina<td>9</tr><tr><td><td></tr></table>"))
    assert blocks.texts == ["Ship | Days", "Ina | 9"]


def test_links_names_and_elements_around_are_known():
    blocks = read_blocks(
        parse("<aside><div class='related-box x12'><p>See <a href='/'>the harbour</a> <span hidden>x</span></p></div>")
    )
    (owner,) = blocks.owners
    assert (blocks.links, blocks.linked) == ([1], [len("the harbour")])
    assert blocks.inner[0] & HIDDEN
    parent = blocks.elements.parents[owner]
    assert blocks.elements.marks[parent] & MARK_BITS["related"]
    assert blocks.elements.names[parent] == "related-box x"
    assert blocks.elements.around[owner] >> AROUND.index("aside") & 1


@given(st.text("<>/abp diu'\" =&;\n", max_size=80))
def test_any_page_has_blocks_columns_and_wording_of_one_length(html):
    tree = parse(html)
    blocks = read_blocks(tree)
    read = evidence_of(tree, blocks, "")
    if len(blocks):
        found = columns(blocks, read.plains, read.evidence)
        assert {len(values) for values in found.values()} == {len(blocks)}
        assert {values.dtype.kind for values in found.values()} == {"i"}
        for buckets, owners in wording(blocks, builtin_page_model().alphabet):
            assert len(buckets) == len(owners)
            assert not len(owners) or (np.diff(owners).min(initial=0) >= 0 and owners.max() < len(blocks))


def test_what_an_extractor_kept_is_found_by_words():
    assert kept_blocks([plain("The harbour, again"), plain("»Ships«"), ""], "the Harbour again!").tolist() == [
        True,
        False,
        False,
    ]


def test_the_cut_takes_what_is_unsure_where_little_is_sure():
    assert best_cut(np.array([0.9, 0.9, 0.3]), np.array([100, 100, 10])) == 0.9
    assert best_cut(np.array([0.5, 0.45, 0.4]), np.array([10, 10, 10])) == 0.4
    assert best_cut(np.array([]), np.array([])) == 1.0


def test_a_page_model_comes_back_from_its_file(tmp_path):
    model = builtin_page_model()
    save(model, tmp_path / "model.npz")
    again = load(tmp_path / "model.npz")
    text, hints = article_of(parse(FULL), PARAGRAPHS[0], model)
    assert article_of(parse(FULL), PARAGRAPHS[0], again) == (text, hints)
    assert (again.columns, dict(again.card)) == (model.columns, dict(model.card))


def test_an_article_with_its_list_and_without_its_surroundings():
    result = cleaner.clean_html(FULL)
    for text in (*PARAGRAPHS, *LIST):
        assert text in result.text
    for text in (*TEASERS, "Home", "Copyright"):
        assert text not in result.text
    assert result.restore() == result.document.text
    assert from_json(to_json(result.record())) == result.record()


def test_a_page_gives_the_same_every_time_and_its_clean_text_stays():
    first, second = cleaner.clean_html(FULL), cleaner.clean_html(FULL.encode())
    assert to_json(first.record()) == to_json(replace_encoding(second.record(), first.record()))
    assert cleaner.clean(first.text).removals == ()


def replace_encoding(record, other):
    from dataclasses import replace

    return replace(record, page=other.page)


def document(*hints: Hint | None) -> Document:
    return Document("\n".join(PARAGRAPHS[: len(hints)]), hints=hints)


DOUBT = Hint(0.7, Category.RELATED, "By the page's markup it does not belong to the article (0.70): a list.")


def test_a_hint_removes_a_line_that_no_text_would():
    (result,) = Cleaner().clean_documents([document(None, DOUBT, None)])
    (removal,) = result.removals
    assert (removal.detector, removal.confidence, removal.reason) == ("markup", 0.7, DOUBT.reason)
    assert removal.text == PARAGRAPHS[1] + "\n"
    assert result.restore() == result.document.text
    assert result.record().packs[-1] == builtin_page_model().stamp


def test_in_safe_mode_the_same_hint_is_refused_and_recorded():
    (result,) = Cleaner(Config.make(mode="safe")).clean_documents([document(None, DOUBT, None)])
    assert result.removals == ()
    assert [(k.detector, k.text) for k in result.kept] == [("markup", PARAGRAPHS[1] + "\n")]


def test_a_category_that_is_kept_is_kept_against_hints():
    (result,) = Cleaner(Config.make(keep=["related"])).clean_documents([document(None, DOUBT, None)])
    assert result.removals == ()
    assert result.kept[0].refusal == "category related is kept unless it is asked for"


def test_hints_for_other_lines_than_the_text_has_are_not_used():
    text = "\n".join(PARAGRAPHS)
    (result,) = Cleaner().clean_documents([Document(text, hints=(DOUBT,))])
    assert result.text == text


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from([*PARAGRAPHS, *LIST, *TEASERS, "Advertisement", "Read more:"]), max_size=9), st.data())
def test_the_clean_text_of_a_page_is_clean(lines, data):
    hints = tuple(data.draw(st.sampled_from([None, DOUBT])) for _ in lines)
    (result,) = default_cleaner().clean_documents([Document("\n".join(lines), hints=hints)])
    assert result.restore() == "\n".join(lines)
    assert cleaner.clean(result.text).text == result.text


@pytest.mark.parametrize("html", ["", "<p>", page(""), page("<p>x</p>"), "<table>", "\ud800<p>\ud800"])
def test_pages_with_nothing_in_them_pass(html):
    result = cleaner.clean_html(html)
    assert result.restore() == result.document.text
