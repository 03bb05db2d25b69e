"""What is asked of a unit before a search never refuses one that matches."""

import gzip
import json
from functools import partial
from io import BytesIO
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import re2
from hypothesis import assume, given
from hypothesis import strategies as st
from support_rules import rule as a_rule

from cleaner.fold import fold
from cleaner.library import load_library
from cleaner.matching.conditions import Conditions, as_rows, traits
from cleaner.matching.literals import EDGE
from cleaner.matching.matcher import Compiled, Unit
from cleaner.matching.native import finder_of, prepare
from cleaner.matching.plan import make_plans
from cleaner.model import At
from cleaner.native import native
from cleaner.packfiles import builtin_packs_dir
from cleaner.segment import ABBREVIATIONS

TEXTS = Path(__file__).parent.parent.parent / "shared" / "bench" / "dev" / "weak.jsonl.gz"

words = st.sampled_from(["read", "sign up", "Now", "us", "100", "off", "I", "news", "жук", "é", "版", "k"])
parts = st.one_of(
    words,
    st.sampled_from(
        [" ", " ", r"\b", r"\b", "^", "$", "@", "% ", "_", "-", r"\.", r"\d{2}", ".{0,9}", r"[:>-]", "[ab]"]
    ),
    st.sampled_from([r"(?:\w+ ){0,2}", r"[^.!?]{0,20}", r"\pL{2}", "(?i:k)", " ?", "(?: also)*", r"[A-Z]\w+"]),
)
expressions = st.recursive(
    st.lists(parts, min_size=1, max_size=5).map("".join),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(lambda some: f"(?:{'|'.join(some)})"),
        st.lists(inner, min_size=1, max_size=3).map("".join),
        inner.map(lambda some: f"(?:{some})?"),
        inner.map(lambda some: f"(?:{some})+"),
        inner.map(lambda some: rf"\b(?:{some})\b"),
    ),
    max_leaves=8,
)
around = st.text("ab rews-_@%.:>1ж版éſK", max_size=8)


rule = partial(a_rule, max_words=1000, examples=("Read the news now, or sign up for 100% off.",))


@given(expressions, st.sampled_from(list(At)), st.booleans(), st.data())
def test_what_matches_is_found(expression, at, case, data):
    entry = rule(expression, at=at, case=case)
    try:
        compiled = Compiled.alone(entry)
        compiled.matches(Unit.of("x"))
    except re2.error:
        assume(False)
    finder = finder_of([entry])
    inside = st.from_regex(expression.replace(r"\pL", r"[^\W\d_]"), alphabet=st.characters(codec="utf-8"))
    for _ in range(3):
        text = data.draw(around) + data.draw(inside) + data.draw(around)
        assert finder.matching(text) == [0] * compiled.matches(Unit.of(text)), text


def test_every_example_is_found_in_its_unit(packs):
    library = load_library([builtin_packs_dir()])
    for finder, entries in (
        (library.rules, [rule for pack in packs for rule in pack.rules]),
        (library.guards, [guard for pack in packs for guard in pack.guards]),
    ):
        for index, entry in enumerate(entries):
            missing = [text for text in entry.examples if index not in finder.matching(text)]
            assert not missing, entry.id


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ("us", set()),
        (EDGE + "us", {" us"}),
        ("us" + EDGE, {"us "}),
        (EDGE + "a" + EDGE, {" a "}),
        (EDGE + " a", set()),  # what comes before a blank is not known
        ("a%", {"%"}),
        ("50%", {"%", "50 "}),
        ("Read", {"rea", "ead"}),
        ("abжcd", set()),
        (f"off{EDGE}, now", {",", "off", "ff ", "  n", " no", "now"}),
    ],
)
def test_traits_of_a_literal(literal, expected):
    assert traits(literal) == expected


def test_each_way_to_match_has_conditions_of_its_own():
    entry = rule(r"\bread .{0,20}\bnews\b|\bsign up .{0,20}\btoday\b")
    ways = Conditions([entry]).of(entry, make_plans([entry])[0])
    assert [len(way) for way in ways] == [2, 2]
    finder = finder_of([entry])
    assert finder.matching("read all the news") == finder.matching("sign up here today") == [0]
    assert finder.matching("read all of it today, and sign up for news") == []


def test_a_way_of_which_nothing_is_known_leaves_the_pattern_open():
    entry = rule(r"read .{0,20}\bnews\b|\d+ \w+")
    assert Conditions([entry]).of(entry, make_plans([entry])[0]) == []
    assert finder_of([entry]).matching("12 boats") == [0]


def test_conditions_are_written_once():
    shared, other = (("abc",), ("!", "def")), (("xyz",),)
    choices, ways = as_rows([[], [(shared,), (other, shared)]])
    assert choices[:, 0].tolist() == [0, 0, 1]
    assert ways.tolist() == [[1, 0, 0], [1, 1, 1], [1, 1, 0]]
    assert choices[1].tolist() == [0, ord("!"), int.from_bytes(b"def", "big"), 0]


@pytest.mark.skipif(native is None, reason="the native core is not compiled, or switched off")
@pytest.mark.parametrize(
    ("choices", "ways"),
    [
        ([[0, 1, 2, 3]], [[1, 0, 0]]),  # no such pattern
        ([[0, 1, 2, 3]], [[0, 0, 1]]),  # no such condition
        ([[0, 1, 2, 3]], [[0, 0, -1]]),
        ([[0, 1, 2]], [[0, 0, 0]]),
        ([[0, 1, 2, 3]], [[0, 0]]),
    ],
)
def test_damaged_conditions_are_refused(choices, ways):
    entry = rule("read")
    arrays = _prepared([entry]) | {"choices": np.array(choices, np.int32), "ways": np.array(ways, np.int32)}
    with pytest.raises(ValueError, match=r"no such|has a condition"):
        _core(arrays)


@pytest.mark.skipif(native is None, reason="the native core is not compiled, or switched off")
def test_ways_of_a_pattern_that_are_apart_are_refused():
    arrays = _prepared([rule("read", id="t.a"), rule("news", id="t.b")])
    arrays["choices"] = np.array([[0, 1, 2, 3]], np.int32)
    arrays["ways"] = np.array([[0, 0, 0], [1, 1, 0], [0, 2, 0]], np.int32)
    with pytest.raises(ValueError, match="apart"):
        _core(arrays)


@pytest.mark.skipif(native is None, reason="the native core is not compiled, or switched off")
@pytest.mark.skipif(not TEXTS.exists(), reason="the development data (../shared/bench) is not here")
def test_conditions_change_nothing_in_real_texts(packs):
    arrays = _prepared([rule for pack in packs for rule in pack.rules][::6])
    assert len(arrays["ways"])
    with_conditions = _core(arrays)
    without = _core(arrays | {"ways": arrays["ways"][:0]})
    with gzip.open(TEXTS, "rt", encoding="utf-8") as rows:
        for row in islice(rows, 0, None, 20):
            text = json.loads(row)["raw"]
            one, other = with_conditions.observe(text), without.observe(text)
            assert (one.matches, one.parts) == (other.matches, other.parts)


def _prepared(entries):
    with np.load(BytesIO(prepare(entries, make_plans(entries)))) as arrays:
        return dict(arrays)


def _core(arrays):
    return native.Matcher(fold=fold, abbreviations=ABBREVIATIONS, **arrays)
