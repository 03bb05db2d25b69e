"""The learned model in the compiled core: what it computes is what numpy computes, for any text."""

import gzip
import json
import pickle
from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT, texts
from hypothesis import given
from hypothesis import strategies as st

from cleaner.config import Config
from cleaner.detectors import claims_on
from cleaner.learned.arithmetic import fastest, in_core
from cleaner.learned.batch import Batch
from cleaner.learned.innumpy import InNumpy
from cleaner.learned.scorer import builtin_model
from cleaner.learned.units import Units
from cleaner.model import Document
from cleaner.native import native
from cleaner.pipeline import Cleaner
from cleaner.segment import SENTENCES
from cleaner.view import Observer, View

pytestmark = pytest.mark.skipif(native is None, reason="the core was not compiled")

MODEL = builtin_model()
PLAIN = MODEL.in_numpy
CORE = in_core(PLAIN)
KNOWLEDGE = Cleaner(Config.make(model="none")).knowledge
REAL = next((p for parent in ROOT.parents if (p := parent / "shared/bench/dev/weak.jsonl.gz").exists()), None)

STORY = "Marta Lind repaired the tide mill, and the council of Ostby paid for the wheel in May."
ODD_LINES = {
    "one line": "Shop now",
    "nothing": "",
    "blanks alone": " \t\n\u3000\n",
    "one character": "x\n.\n\u00e9",
    "marks alone": "---\n***\n...\n",
    "several scripts": "港口在风暴过后重新开放。\nГавань снова открыта.\nالميناء مفتوح\nท่าเรือเปิดแล้ว\nπλοία\n",
    "letters beyond the plane": "🚢 ships 🚢🚢\n\U00010400\U00010428 \U0001f4a9",
    "lone surrogates": "a\ud800b\n\udfff\n\ud83d\n",
    "nulls and controls": "a\x00b\x1c\x85c\n\x00\n\x0b\x0c d\n",
    "odd blanks": "a\u00a0b\u2003\u2003c\u2028d\u200be\n\u00a0x\u00a0\n",
    "a long line": "The harbour " * 70 + "\n",
    "as long as lines may be": "w" * 900 + "\n" + "w" * 901 + "\n" + "w " * 1800 + "\n" + "w " * 1801,
    "a very long line": "word \t" * 5000,
    "a long line without blanks": "".join(chr(0x4E00 + n % 997) for n in range(5000)),
    "sentences of a long line": f"{STORY} " * 12,
    "the same again": f"Shop now\n{STORY}\nnow shop\n{STORY}\n!!\n??\n",
}


def batch_of(documents):
    """Documents, each a text and a title, with the claims of all other detectors."""
    observer = Observer(KNOWLEDGE)
    views = [View.of(Document(text, title=title), observer) for text, title in documents]
    return Batch.of(views, [claims_on(view) for view in views])


def assert_same(batch):
    scores, rows = CORE.read(batch)
    assert scores.dtype == np.int64
    assert rows.dtype == np.int32
    assert rows.shape == (len(batch), len(MODEL.columns))
    if not len(batch):
        return
    expected_scores, expected_rows = PLAIN.read(batch)
    for name, column, expected in zip(MODEL.columns, rows.T.tolist(), expected_rows.T.tolist(), strict=True):
        assert column == expected, name
    assert scores.tolist() == expected_scores.tolist()
    assert CORE.shares(rows).tolist() == PLAIN.shares(rows).tolist()
    units = [unit.text for unit in batch.units]
    assert CORE.named(units) == PLAIN.named(units)


titles = st.one_of(
    st.none(), st.just(""), st.just(" "), st.text(max_size=30), st.sampled_from(list(ODD_LINES.values()))
)


@given(st.lists(st.tuples(texts, titles), max_size=4))
def test_any_documents_get_the_same_from_both(documents):
    assert_same(batch_of(documents))


@given(st.lists(st.text(st.characters(exclude_categories=()), max_size=1200), min_size=1, max_size=8))
def test_any_lines_get_the_same_from_both(lines):
    assert_same(batch_of([("\n".join(lines), lines[0])]))


@pytest.mark.parametrize("text", ODD_LINES.values(), ids=ODD_LINES)
def test_odd_documents_get_the_same_from_both(text):
    assert_same(batch_of([(text, text), (f"{STORY}\n{text}\nShop now\n", STORY)]))


def test_real_texts_get_the_same_from_both():
    if REAL is None:
        pytest.skip("needs shared/bench/dev/weak.jsonl.gz above the repository")
    with gzip.open(REAL, "rt", encoding="utf-8") as file:
        found = [json.loads(line) for line, _ in zip(file, range(200), strict=False)]
    for start in range(0, len(found), 20):
        assert_same(batch_of([(each["raw"], each.get("title")) for each in found[start : start + 20]]))


def test_what_is_said_of_units_is_the_same_from_both():
    plain = replace(MODEL)
    plain.__dict__["_arithmetic"] = PLAIN
    observer = Observer(KNOWLEDGE)
    views = [View.of(Document(f"{STORY}\n{text}\n{STORY}\n"), observer) for text in ODD_LINES.values()]
    claims = [claims_on(view) for view in views]
    assert MODEL.judge(views, claims, 0.0) == plain.judge(views, claims, 0.0)


def test_documents_do_not_see_each_other():
    documents = [(f"{text}\n{STORY}\n", STORY) for text in ODD_LINES.values()]
    scores, rows = CORE.read(batch_of(documents))
    alone = [CORE.read(batch_of([document])) for document in documents]
    assert scores.tolist() == [score for some, _ in alone for score in some.tolist()]
    assert rows.tolist() == [row for _, some in alone for row in some.tolist()]


def test_a_huge_document_leaves_nothing_to_the_next():
    small, huge = batch_of([(STORY, None)]), batch_of([("\n".join(f"w{n} x{n} y{n}" for n in range(20_000)), None)])
    before = CORE.read(small)[1].tolist()
    assert_same(huge)
    assert CORE.read(small)[1].tolist() == before


@given(st.lists(st.tuples(texts, titles), min_size=1, max_size=3))
def test_documents_that_are_read_again_get_the_same(documents):
    batch = batch_of(documents)
    once, again = CORE.read(batch), CORE.read(batch)
    assert once[0].tolist() == again[0].tolist()
    assert once[1].tolist() == again[1].tolist()


def test_units_are_forgotten_when_they_are_too_many():
    numbered = [(f"{STORY}\n" + "\n".join(f"{STORY} {n} {m}" for m in range(300)), None) for n in range(40)]
    first = [CORE.read(batch_of([document]))[0].tolist() for document in numbered]
    assert [CORE.read(batch_of([document]))[0].tolist() for document in numbered] == first
    assert_same(batch_of(numbered[:1]))


def test_the_same_words_in_wider_strings_are_units_of_their_own():
    assert_same(batch_of([(STORY, None), (f"{STORY}\n\u2014", None), (f"{STORY}\n\U0001f4a9", None)]))


def assert_same_units(text):
    table = View.of(Document(text), Observer(KNOWLEDGE)).table
    found, expected = Units.of(table), Units.in_numpy(table)
    for name in ("lines", "starts", "ends", "gaps", "indexes", "of_line"):
        assert getattr(found, name).tolist() == getattr(expected, name).tolist(), name
        assert getattr(found, name).dtype == np.int64


@given(texts)
def test_any_text_has_the_same_units_from_both(text):
    assert_same_units(text)


@pytest.mark.parametrize("text", ODD_LINES.values(), ids=ODD_LINES)
def test_odd_texts_have_the_same_units_from_both(text):
    assert_same_units(text)
    assert_same_units(f"{STORY}\n{text}\n" + "\n" * 12 + f"{STORY} " * 500)


@pytest.mark.parametrize(
    ("starts", "ends", "flags", "cut", "message"),
    [
        ([0], [4, 9], b"\0\0", [], "as many"),
        ([0, 5], [4, 9], b"\0", [], "as many"),
        ([0, 5], [4, 99], b"\0\0", [], "line 1 does not lie"),
        ([-1, 5], [4, 9], b"\0\0", [], "line 0 does not lie"),
        ([0, 5], [4, 3], b"\0\0", [], "line 1 does not lie"),
        ([0, 5], [4, 9], b"\0\0", [2], "no such line"),
        ([0, 5], [4, 9], b"\0\0", [1, 0], "not in order"),
    ],
)
def test_lines_that_are_none_are_refused(starts, ends, flags, cut, message):
    with pytest.raises(ValueError, match=message):
        native.units(SENTENCES, "One. Two.", starts, ends, flags, cut, 400, 9)


def test_the_builtin_model_is_judged_in_the_core():
    assert CORE is not None
    assert type(fastest(PLAIN)) is type(CORE)


def test_a_judge_that_was_used_can_be_pickled():
    view = View.of(Document(f"{STORY}\nShop now\n"), Observer(KNOWLEDGE))
    judged = MODEL.judge([view], [[]], 0.0)
    again = pickle.loads(pickle.dumps(MODEL))
    assert again.judge([view], [[]], 0.0) == judged


def odd_alphabet():
    kinds = MODEL.alphabet.kinds.copy()
    kinds[ord("x")] = kinds[ord("\n")]
    return replace(PLAIN, alphabet=replace(MODEL.alphabet, kinds=kinds))


def odd_forest(**changes):
    return replace(PLAIN, forest=replace(MODEL.forest, **changes))


def first(values, value):
    return np.concatenate((np.array([value], dtype=values.dtype), values[1:]))


@pytest.mark.parametrize(
    "plain",
    [
        replace(PLAIN, columns=("unheard of", *MODEL.columns[1:])),
        replace(PLAIN, columns=("words-4", *MODEL.columns[1:])),
        replace(PLAIN, columns=MODEL.columns[1:]),
        replace(PLAIN, weights=replace(MODEL.weights, scales=MODEL.weights.scales * np.nan)),
        replace(PLAIN, weights=replace(MODEL.weights, table=MODEL.weights.table[:1000])),
        odd_alphabet(),
        odd_forest(roots=first(MODEL.forest.roots, 10**6)),
        odd_forest(roots=first(MODEL.forest.roots, MODEL.forest.left[0])),
        odd_forest(columns=first(MODEL.forest.columns, -1)),
        odd_forest(left=first(MODEL.forest.left, -5)),
        odd_forest(left=first(MODEL.forest.left, len(MODEL.forest.left))),
        odd_forest(values=MODEL.forest.values[1:]),
        odd_forest(depth=-1),
    ],
)
def test_a_model_of_another_form_is_left_to_numpy(plain):
    assert isinstance(fastest(plain), InNumpy)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"titles": [None]}, "titles"),
        ({"texts": ["a", 5]}, "no string"),
        ({"titles": [None, 5]}, "no string"),
        ({"sizes": np.array([1])}, "sizes"),
        ({"sizes": np.array([1, -1])}, "less than no"),
        ({"sizes": np.array([1, 0])}, "more units"),
        ({"sizes": np.array([1, 2])}, "fewer units"),
        ({"starts": np.array([0, -1])}, "unit 1 does not lie"),
        ({"ends": np.array([99, 8])}, "unit 0 does not lie"),
        ({"starts": np.array([5, 0]), "ends": np.array([4, 8])}, "unit 0 does not lie"),
        ({"gaps": np.array([0])}, "gaps"),
        ({"lefts": np.array([[0, 0]])}, "lefts"),
        ({"claims": np.zeros((2, 9))}, "claims"),
        ({"claims": np.zeros((3, 10))}, "claims"),
    ],
)
def test_wrong_arrays_are_named(changes, message):
    batch = batch_of([("Shop now", None), ("A story.", None)])
    with pytest.raises(ValueError, match=message):
        CORE.read(replace(batch, **changes))


def test_rows_of_another_width_are_refused():
    with pytest.raises(ValueError, match="columns"):
        CORE.shares(np.zeros((2, 3), dtype=np.int32))
