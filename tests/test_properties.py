"""The promises, over generated texts. ``--hypothesis-profile=long`` or ``longest`` tries more of them."""

import pickle

from conftest import texts
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner.apply import cut
from cleaner.audit import from_json, to_json
from cleaner.model import Span

THOROUGH = cleaner.Cleaner(cleaner.Config.make(mode="thorough", also=["meta", "bio", "caption", "title", "other"]))
TIDY = cleaner.Cleaner(cleaner.Config.make(tidy=True))
COPY = pickle.loads(pickle.dumps(cleaner.Cleaner()))
CLEANERS = st.sampled_from([cleaner.Cleaner(), THOROUGH, TIDY])


@given(texts, CLEANERS)
def test_restore_gives_the_source_from_what_was_stored(text, instance):
    result = instance.clean(text)
    record = from_json(to_json(result.record()))
    assert cleaner.restore(result.text, record) == text
    assert result.restore() == text


@given(texts, CLEANERS)
def test_removals_are_exactly_what_is_missing(text, instance):
    result = instance.clean(text)
    assert all(text[r.start : r.end] == r.text and r.text for r in result.removals)
    assert cut(text, [Span(r.start, r.end) for r in result.removals]) == result.text


@given(texts, CLEANERS)
def test_cleaning_twice_changes_nothing(text, instance):
    once = instance.clean(text)
    twice = instance.clean(once.text)
    assert twice.text == once.text
    assert twice.removals == ()


@given(texts, st.sampled_from([cleaner.Cleaner(), THOROUGH]))
def test_a_document_without_removals_is_identical(text, instance):
    result = instance.clean(text)
    assert (result.text == text) == (not result.removals)


@given(texts)
def test_same_input_gives_the_same_bytes(text):
    here = cleaner.clean(text).record()
    there = COPY.clean(text).record()
    assert to_json(here) == to_json(there)


@given(texts, CLEANERS)
def test_refusals_stay_in_the_text(text, instance):
    result = instance.clean(text)
    assert all(text[k.start : k.end] == k.text and k.refusal for k in result.kept)


@given(st.lists(texts, max_size=4))
def test_many_gives_what_one_by_one_gives(batch):
    assert [r.record() for r in cleaner.clean_many(batch)] == [cleaner.clean(t).record() for t in batch]
