import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_html import ARTICLE, article, page

from cleaner.errors import InputError
from cleaner.html.extraction import extract
from cleaner.html.extractor import Extractor
from cleaner.html.limits import MAX_ATTRIBUTES, MAX_PAGE, Limits, refuse_crowded, refuse_hostile
from cleaner.html.tree import parse, text_of

BOTH = pytest.mark.parametrize("extractor", Extractor)
LIMITS = Limits(elements=100, inline=10, reopened=500)


def test_a_page_that_is_too_large_is_refused_before_it_is_decoded():
    with pytest.raises(InputError, match=f"{MAX_PAGE + 1} bytes are more than {MAX_PAGE}"):
        extract(b" " * (MAX_PAGE + 1))


def test_elements_in_scripts_and_comments_do_not_count():
    refuse_hostile("<script>'<p>'</script><!-- <p> --><style><p></style>" * 20 + "<p>" * 40, LIMITS)
    refuse_hostile("<script>" + "<p>" * 200, LIMITS)
    refuse_hostile("<!-- " + "<p>" * 200, LIMITS)
    refuse_hostile("a < b <<<< " * 200 + "</p>" * 200, LIMITS)


def test_elements_in_values_of_attributes_do_not_count_and_do_not_hide_others():
    refuse_hostile(f'<p title="{"<p>" * 200}">', LIMITS)
    with pytest.raises(InputError, match="more than 100 elements"):
        refuse_hostile('<p title="<!--"><p>' * 60, LIMITS)


@pytest.mark.parametrize("attribute", ["a", "a=1", "a='>'", 'a = "<"', "a=b'"])
def test_an_element_of_many_attributes_is_refused(attribute):
    refuse_hostile(f"<p {' '.join([attribute] * 500)}>", LIMITS)
    with pytest.raises(InputError, match="attributes"):
        refuse_hostile(f"<p {' '.join([attribute] * (MAX_ATTRIBUTES + 1))}>", LIMITS)


def test_a_long_value_is_one_attribute():
    refuse_hostile(f'<img src="data:{"x y " * MAX_ATTRIBUTES}">', LIMITS)


def test_a_long_script_has_no_attributes():
    refuse_hostile(f"<script>{'if (a <b && c) { d = e } ' * MAX_ATTRIBUTES}</script>", LIMITS)


def test_bold_that_is_never_closed_in_many_paragraphs_is_refused():
    refuse_hostile("<b>x</b><p>" * 30, LIMITS)
    refuse_hostile("<b>" * 10 + "<p>" * 20, LIMITS)
    with pytest.raises(InputError, match="open"):
        refuse_hostile("</b>" * 20 + "<b>" * 20 + "<p>" * 20, LIMITS)


def test_many_links_in_one_paragraph_are_refused_and_many_lines_are_not():
    refuse_crowded(parse("<p>" + "a line<br>" * 50), LIMITS)
    refuse_crowded(parse("<p>" + "<b>x</b>" * 50), LIMITS)
    refuse_crowded(parse("<p>" + ("<b>x</b> y" * 9 + "<p>") * 9), LIMITS)
    with pytest.raises(InputError, match="more than 10 others within its text"):
        refuse_crowded(parse("<p>" + "<b>x</b> y" * 11), LIMITS)


@BOTH
@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 1_000_000,
        "<b>x" * 1_000_000,
        "<p></p>" * 600_000,
        "<p " + " ".join(f"a{n}" for n in range(20_000)) + ">",
    ],
    ids=["depth", "bold", "elements", "attributes"],
)
def test_a_page_made_to_take_forever_is_refused_in_so_many_words(body, extractor):
    with pytest.raises(InputError, match="page"):
        extract(page(ARTICLE + body), extractor=extractor)


@BOTH
@pytest.mark.parametrize(
    "body",
    [
        "<!--" + "x" * 1_000_000,
        "<" * 20_000,
        "&" * 20_000,
        "<p>" + "&nbsp;&#0;&#xd800;&#x110000;&lt;" * 2_000,
        '<p class="' + "a " * 200_000 + '">',
        "<table><tr><td>" * 80,
        "<ul><li>a" * 100,
        "<select>" * 200 + "<svg><math><p>" * 20,
        "<p>\0\x01\x1b\ufffe</p>",
        "<script>" * 1000,
        "<plaintext>" + "<p>" * 100,
    ],
)
def test_an_odd_page_gives_a_result(body, extractor):
    text = extract(page(ARTICLE + body), extractor=extractor).text
    assert not set(text) & {"\0", "\x01", "\x1b", "\ufffe"}
    text.encode("utf-8")


@BOTH
def test_entities_of_a_document_type_are_not_expanded(extractor):
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    html = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "boom">{bomb}]>{article(f"<p>&e9;</p>{ARTICLE}")}'
    assert len(extract(html, extractor=extractor).text) < 5_000


def test_a_page_is_nested_deeper_than_lxml_goes():
    html = page("<div>" * 500 + ARTICLE)
    assert "Harbour" not in extract(html).text
    found = extract(html, extractor=Extractor.RESILIPARSE)
    assert "harbour reopened" in found.text
    assert found.incomplete == ()


def test_the_text_of_an_element_is_what_a_reader_sees():
    tree = parse("<p>One<style>x</style> two<noscript>three <b>four</b></noscript> five<br>six</p>seven")
    assert text_of(next(e for e in tree.elements() if e.tag == "p")) == "One two five six"


_TAGS = (
    "p",
    "div",
    "a",
    "b",
    "table",
    "td",
    "li",
    "ul",
    "br",
    "script",
    "svg",
    "template",
    "title",
    "article",
    "x-y",
    "body",
)
_SOUP = st.one_of(
    st.sampled_from(
        [*(f"<{tag}>" for tag in _TAGS), *(f"</{tag}>" for tag in _TAGS), "<!--", "-->", "<![CDATA[", "<?", "&#", "\0"]
    ),
    st.sampled_from(["<meta charset=utf-16>", '<script type="application/ld+json">[{"@graph":[0]}]</script>', ARTICLE]),
    st.sampled_from(
        ['<time datetime="x">', "<link rel=canonical href='//[x'>", '<meta name=author content="\U0001f600">']
    ),
    st.text(max_size=12),
)


@BOTH
@settings(max_examples=60)
@given(soup=st.lists(_SOUP, max_size=30).map("".join))
def test_any_soup_of_tags_gives_a_result(extractor, soup):
    extract(soup, extractor=extractor).text.encode("utf-8")


@BOTH
@settings(max_examples=60)
@given(data=st.binary(max_size=200), cut=st.integers(0, 2000))
def test_any_bytes_give_a_result(extractor, data, cut):
    page = article(ARTICLE).encode()
    extract(page[:cut] + data + page[cut:], extractor=extractor).text.encode("utf-8")
