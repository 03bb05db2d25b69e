import inspect
import json
from itertools import product

import pytest
import trafilatura
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from support_docs import run_page
from trafilatura.settings import Extractor
from trafilatura.xml import validate_tei

from cleaner import Cleaner, Config
from cleaner.integrations import trafilatura_tree
from cleaner.integrations.trafilatura import UNMAPPED, extract, extract_with_audit

FORMATS = ("txt", "markdown", "json", "csv", "html", "xml", "xmltei")
NOTHING = Cleaner(Config(remove=frozenset()))
RULES = Cleaner(Config(model="none"))

STORY = "The harbour reopened on Monday after the storm had kept every ship in the bay for three days."
END = "Crews had <a href='/crew'>waited outside</a> the breakwater, said the <i>harbour master</i> on Tuesday."
PROSE = (
    STORY,
    END,
    "Officials said the bridge would cost 4.2 million, up 3.1% on last year &amp; <b>more</b> than planned.",
)
PITCHES = (
    "Advertisement",
    "<b>Advertisement</b>",
    "Sign up for our free newsletter.",
    "<a href='/n'>Sign up for our free newsletter.</a>",
    "Share this article",
    "Read Next: <a href='/x'>Five ships that never came back</a>",
)


def page(*blocks: str) -> str:
    head = "<head><title>Harbour open again</title></head>"
    return f"<html>{head}<body><article><p>{STORY}</p>{''.join(blocks)}<p>{END}</p></article></body></html>"


def body(blocks: str, **options: object) -> str:
    """The lines of the body in XML, without the story's first and last paragraph."""
    output = extract(page(blocks), output_format="xml", include_comments=False, cleaner=RULES, **options)
    inner = output.split("<main>")[1].split("</main>")[0]
    return "\n".join(line.strip() for line in inner.strip().split("\n")[1:-1])


def joined(a: object, b: object, between: str = " ") -> str:
    return f"{a}{between}{b}"


prose, pitches = st.sampled_from(PROSE), st.sampled_from(PITCHES)
texts = st.one_of(
    prose,
    pitches,
    st.builds(joined, prose, pitches),
    st.builds(joined, pitches, prose),
    st.builds(lambda *some: "<br>".join(some), prose | pitches, pitches, prose | pitches),
)
rows = st.lists(st.tuples(texts, texts), min_size=1, max_size=3)
blocks = st.one_of(
    texts.map("<p>{}</p>".format),
    texts.map("<p>\n  {}\n</p>\n".format),
    texts.map("<div>{}</div>".format),
    texts.map("<blockquote><p>{}</p></blockquote>".format),
    texts.map("<p><img src='/a.png' alt='A ship'>{}</p>".format),
    pitches.map("<h2>{}</h2>".format),
    st.lists(texts, min_size=1, max_size=3).map(lambda some: "<ul>" + "".join(f"<li>{t}</li>" for t in some) + "</ul>"),
    texts.map("<ol><li>{0}<ul><li>{0}</li></ul></li></ol>".format),
    rows.map(lambda some: "<table>" + "".join(f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in some) + "</table>"),
)
pages = st.lists(blocks, max_size=7).map(lambda some: page(*some))
names = ("include_formatting", "include_links", "include_images", "include_tables", "include_comments", "with_metadata")
options = st.fixed_dictionaries({name: st.booleans() for name in names})


@settings(max_examples=70)
@given(pages, options, st.sampled_from(FORMATS))
def test_where_nothing_is_removed_the_output_is_trafilaturas_byte_for_byte(html, some, output_format):
    expected = trafilatura.extract(html, output_format=output_format, **some)
    assert extract(html, output_format=output_format, cleaner=NOTHING, **some) == expected


def letters(text: str) -> str:
    """A text without blanks and the marks of lists and tables."""
    return "".join(text.replace("|", " ").replace("- ", " ").split())


@settings(max_examples=70)
@given(pages)
def test_the_output_says_what_the_clean_text_of_the_record_says(html):
    output, result = extract_with_audit(html, include_comments=False, cleaner=RULES)
    assert not result.incomplete
    assert letters(output) == letters(result.text)


@settings(max_examples=40)
@given(pages, options)
def test_what_is_valid_tei_stays_valid_tei(html, some):
    before = trafilatura.extract(html, output_format="xmltei", **some)
    after = extract(html, output_format="xmltei", cleaner=RULES, **some)
    assert validate_tei(etree.fromstring(after)) >= validate_tei(etree.fromstring(before))


@pytest.mark.parametrize(("output_format", "formatting"), [*product(FORMATS, (False, True))])
def test_every_format_loses_the_pitch_and_keeps_the_story(output_format, formatting):
    pitch = "<p>Advertisement</p><p>Sign up for our free newsletter.</p>"
    html = page(pitch)
    given = {"output_format": output_format, "include_formatting": formatting, "with_metadata": True}
    output = extract(html, url="https://harbour.example/open", **given)
    assert STORY in output and "breakwater" in output
    assert "Advertisement" not in output and "newsletter" not in output
    assert output != trafilatura.extract(html, url="https://harbour.example/open", **given)


@pytest.mark.parametrize(
    ("blocks", "left"),
    [
        ("<p>Advertisement</p>", ""),
        ("<p><b>Advertisement</b></p>", ""),
        ("<h2>Advertisement</h2>", ""),
        ("<ul><li>Advertisement</li><li>Share this article</li></ul>", ""),
        (f"<p>{STORY} Sign up for our free newsletter.</p>", f"<p>{STORY}</p>"),
        ("<p>Tides turn.<br>Advertisement<br>Ships wait.</p>", "<p>Tides turn.<lb/>Ships wait.</p>"),
        ("<p>Advertisement<br>Ships wait.</p>", "<p>Ships wait.</p>"),
        ("<p>Ships wait.<br>Advertisement</p>", "<p>Ships wait.</p>"),
        ("<blockquote><p>Advertisement</p></blockquote>", ""),
    ],
)
def test_what_is_removed_takes_its_elements_along_and_no_others(blocks, left):
    assert body(blocks) == left


def test_a_sentence_goes_and_links_and_marks_beside_it_stay():
    blocks = f"<p>{END} <a href='/n'>Sign up for our free newsletter.</a> {END}</p>"
    kept = '<ref target="/crew">waited outside</ref> the breakwater, said the <hi rend="#i">harbour master</hi> on'
    found = body(blocks, include_links=True, include_formatting=True)
    assert found.count(kept) == 2 and "newsletter" not in found and "Tuesday. Crews" in found


def test_a_row_goes_whole_and_a_cell_is_only_emptied():
    table = "<table><tr><td>Ship</td><td>Tons</td></tr><tr><td>Advertisement</td></tr></table>"
    assert "Advertisement" not in body(table) and body(table).count("<row") == 1


def test_an_image_is_never_removed():
    found = body("<p><img src='/a.png' alt='A ship'>Advertisement</p>", include_images=True)
    assert 'src="/a.png"' in found and "Advertisement" not in found


def test_the_record_names_the_page_and_restores_the_extracted_text():
    html = page("<p>Advertisement</p>")
    output, result = extract_with_audit(html, "https://harbour.example/open", "7", with_metadata=True)
    record = result.record()
    assert record.id == "7" and record.page.extractor == "trafilatura"
    assert (record.page.url, record.page.title) == ("https://harbour.example/open", "Harbour open again")
    assert result.restore() == trafilatura.extract(html, include_comments=False)
    assert "Advertisement" not in output


def test_nothing_of_what_was_removed_is_left_in_the_metadata():
    found = json.loads(extract(page("<p>Advertisement</p>"), output_format="json", with_metadata=True))
    assert "Advertisement" not in found["raw_text"]
    plain = json.loads(extract(page(), output_format="json", with_metadata=True))
    assert found["fingerprint"] == plain["fingerprint"]


def test_a_whole_extractor_is_taken_as_options():
    options = Extractor(output_format="xml", url="https://harbour.example/a", comments=False)
    output, result = extract_with_audit(page("<p>Advertisement</p>"), options=options)
    assert output.startswith("<doc") and result.document.url == "https://harbour.example/a"


@pytest.mark.parametrize("html", ["", "<html></html>", "no page"])
def test_a_page_without_text_gives_nothing_as_with_trafilatura(html):
    assert extract_with_audit(html) == (None, None) and trafilatura.extract(html) is None


def test_parameters_are_those_of_trafilatura():
    ours, theirs = inspect.signature(extract).parameters, inspect.signature(trafilatura.extract).parameters
    assert list(ours) == [*theirs, "cleaner"]
    assert all(ours[name].default == theirs[name].default and ours[name].kind == theirs[name].kind for name in theirs)


def test_what_trafilatura_refuses_is_refused():
    with pytest.raises(ValueError, match="output_format 'python' is for"):
        extract(page(), output_format="python")
    with pytest.raises(ValueError, match="max_tree_size"):
        extract(page(), max_tree_size=3)
    with pytest.warns(DeprecationWarning, match="no_fallback"):
        assert extract(page(), no_fallback=True)


def test_a_body_that_cannot_be_followed_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(trafilatura_tree, "_CODES", range(0x20000, 0x20002))
    html = page("<p>Advertisement</p>")
    output, result = extract_with_audit(html)
    assert output == trafilatura.extract(html) and result.incomplete == (UNMAPPED,)


def test_signs_that_stand_in_the_page_are_not_mistaken():
    html = page("<p>\U00020000\U00020001 is the name of a ship that waited in the bay.</p><p>Advertisement</p>")
    assert "\U00020000\U00020001 is the name" in extract(html) and "Advertisement" not in extract(html)


def test_the_example_of_the_docs_prints_what_the_docs_show(tmp_path):
    run_page("integrations/trafilatura.md", tmp_path)
