import pytest
from conftest import texts
from hypothesis import given

from cleaner.segment import sentences, split_lines


@given(texts)
def test_lines_cover_the_text(text):
    lines = split_lines(text)
    bom = int(text.startswith("\ufeff"))
    assert text[:bom] + "".join(text[line.span.start : line.end] for line in lines) == text
    assert all(line.text == text[line.span.start : line.span.end] for line in lines)
    assert not any(c in line.text for line in lines for c in "\r\n")


@given(texts)
def test_sentences_cover_their_line(text):
    for line in split_lines(text):
        spans = sentences(line.text)
        assert "".join(line.text[s.start : s.end] for s in spans) == line.text


def test_only_line_feeds_and_carriage_returns_end_a_line():
    assert [line.text for line in split_lines("a\u2028b\x0cc\x85d\re\r\nf\n\n")] == ["a\u2028b\x0cc\x85d", "e", "f", ""]


@pytest.mark.parametrize(
    "parts",
    [
        ["It was over. ", "Sign up for our newsletter."],
        ["He said: “It is over.” ", "She left."],
        ["Mr. Smith of St. Mary’s met Dr. J. R. Jones on Jan. 3 in the U.S. Senate."],
        ["Prices rose 3.5 percent. ", "Then they fell!"],
        ["Das war es. ", "Mehr dazu lesen Sie hier."],
        ["Er kam z. B. am 3. Mai, ca. 5 Std. später."],
        ["風暴過後港口重新開放。", "請訂閱我們的電子報。"],
        ["No end here: e.g. this, i.e. that"],
        ["« C’est fini. » ", "Abonnez-vous."],
        ["Really?! ", "Yes… ", "Maybe."],
    ],
)
def test_sentences(parts):
    line = "".join(parts)
    assert [line[s.start : s.end] for s in sentences(line)] == parts
