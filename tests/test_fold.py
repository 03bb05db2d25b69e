import pytest
from conftest import texts
from hypothesis import given

from cleaner.fold import fold


@given(texts)
def test_line_breaks_are_never_touched(text):
    folded = fold(text)
    assert [c for c in folded if c in "\r\n"] == [c for c in text if c in "\r\n"]


@given(texts)
def test_folded_text_can_be_encoded_and_folding_again_changes_nothing(text):
    folded = fold(text)
    folded.encode("utf-8")
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Abonnez‑vous à l’infolettre", "Abonnez-vous a l'infolettre"),
        ("straße ÆON Łódź", "strasse AEON Lodz"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "Full width"),
        ("news\u00ad\u200b\u2060letter", "newsletter"),
        ("e\u0301te\u0301", "ete"),
        ("Ёлка й", "Елка и"),
        ("関連記事：が", "関連記事:が"),
        ("\ud800", "\ufffd"),
    ],
)
def test_one_phrase_in_many_ways(written, folded):
    assert fold(written) == folded
