from dataclasses import replace

import pytest

import cleaner
from cleaner.apply import Draft, cut, join
from cleaner.errors import RestoreError
from cleaner.model import Category, Removal, Span

TEXT = "One.\nAdvertisement\nTwo.\n"


def removal(start, end, text):
    return Removal(start, end, text, Category.AD, 1.0, "t", None, "A test.")


def test_cut_and_join_are_inverse():
    removals = [removal(0, 2, "ab"), removal(2, 3, "c"), removal(5, 6, "f")]
    assert cut("abcdef", [Span(r.start, r.end) for r in removals]) == "de"
    assert join("de", removals) == "abcdef"


@pytest.mark.parametrize(
    "removals",
    [[removal(3, 4, "x"), removal(1, 2, "y")], [removal(9, 10, "x")], [removal(0, 2, "x")]],
    ids=["unsorted", "past the end", "wrong length"],
)
def test_join_refuses_what_cannot_have_been_cut(removals):
    with pytest.raises(RestoreError, match="does not fit"):
        join("ab", removals)


def test_a_draft_knows_where_its_characters_came_from():
    draft = Draft.of("0123456789", [Span(2, 4), Span(6, 7)])
    assert draft.text == "0145789"
    assert draft.to_source(Span(0, 2)) == [Span(0, 2)]
    assert draft.to_source(Span(1, 5)) == [Span(1, 2), Span(4, 6), Span(7, 8)]
    assert draft.to_source(Span(6, 7)) == [Span(9, 10)]


def test_restore_refuses_another_text():
    result = cleaner.clean(TEXT)
    with pytest.raises(RestoreError, match="not the clean text of record"):
        cleaner.restore(result.text + "x", result.record())


def test_restore_refuses_a_changed_record():
    result = cleaner.clean(TEXT)
    record = result.record()
    first = record.removals[0]
    changed = replace(record, removals=(replace(first, text="X" * len(first.text)), *record.removals[1:]))
    with pytest.raises(RestoreError, match="was changed"):
        cleaner.restore(result.text, changed)
