"""The native core finds what RE2 finds."""

import gzip
import json
import random
from array import array
from itertools import islice
from pathlib import Path

import pytest
import re2
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cleaner.matching.classes import ANY, complement, folded, union
from cleaner.matching.matcher import Unit, _compile, with_plain_letters
from cleaner.matching.plan import anchored
from cleaner.matching.program import dump, program
from cleaner.model import At
from cleaner.native import native

TEXTS = Path(__file__).parent.parent.parent / "shared" / "bench" / "dev" / "weak.jsonl.gz"

pytestmark = pytest.mark.skipif(native is None, reason="the native core is not compiled, or switched off")


def by_re2(expression, *, case):
    options = re2.Options()
    options.case_sensitive = case
    options.log_errors = False
    options.never_capture = True
    return re2.compile(expression, options)


def by_core(expression, *, case=True, **settings):
    return native.Expression(program(expression, case=case).data, **settings)


LETTERS = "abAB1_ -\n" + "жЖσςΣıİißẞſkKKéЀ中文عَ́😀\u0345\u00b5\u03bc\ufffd"
literals = st.sampled_from(LETTERS).map(lambda c: rf"\x{{{ord(c):x}}}" if c.isspace() else c)
classes = st.sampled_from(
    [".", r"\d", r"\w", r"\s", r"\S", r"\W", r"\D", r"\pL", r"\PL", r"\p{Lu}", r"\pM", r"\p{^Ll}", r"\p{Greek}", "[^a]",
     "[a-zß-ÿ]", r"[^\w-]", "[]a]", "[^]a-]", r"[\d\pL]", r"[^\p{Lu}]", r"[^\W]", "[[:alpha:]_]", "[[:^punct:]]",
     r"[\x{400}-\x{4ff}]", "[А-я]", "[Σ-ω]", "[^ſ]", r"[\--a]", "[A-]", r"(?s:.)", "(?i:k)", "(?-i:[kσ])"]
)  # fmt: skip
edges = st.sampled_from(["^", "$", r"\b", r"\b", r"\A", r"\z", r"\B"])
others = st.sampled_from(["", "(?i)", "(?-i)", "(?s)", r"\Qa.b\E", r"\.", r"\x41", r"\101", "{", "{,2}", "a{01}", "]"])
repeats = st.sampled_from(
    ["*", "+", "?", "*?", "+?", "??", "{0,3}", "{2}", "{1,}", "{0,40}", "{3,12}?", "{0}", "{0,0}"]
)
expressions = st.recursive(
    st.one_of(literals, literals, classes, edges, others),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=4).map(lambda some: f"(?:{'|'.join(some)})"),
        st.builds(lambda some, repeat: f"(?:{some}){repeat}", inner, repeats),
        st.builds(lambda letter, repeat: letter + repeat, st.one_of(literals, classes), repeats),
        inner.map(lambda some: f"({some})"),
        inner.map(lambda some: f"(?i:{some})"),
    ),
    max_leaves=14,
)
texts = st.lists(st.text(LETTERS, max_size=24), min_size=1, max_size=8)


@given(expressions, st.booleans(), texts)
@example(r"(?i)\w", True, ["ſ"])
@example(r"(?i)\W", True, ["ſ", "K"])
@example(r"[^\W]", False, ["ſ"])
@example(r"(?i:[[:alpha:]])", True, ["K"])
@example(r"a(?i)b|c", True, ["aB", "C"])
@example("a{01}", False, ["A", "A{01}"])
@example(r"a?\B", True, ["é", "a"])
def test_the_core_finds_what_re2_finds(expression, case, texts):
    try:
        expected = by_re2(expression, case=case)
    except re2.error:
        assume(False)
    translated = program(expression, case=case)
    if translated is None:
        assert r"\B" in expression or expression.count("{") > 2  # the latter may have too many instructions
        return
    found = native.Expression(translated.data)
    narrow = native.Expression(translated.data, most_bytes=0)
    for text in texts:
        matches = expected.search(text) is not None
        assert found.search(text) is matches
        assert narrow.search(text * 20) is found.search(text * 20)


def test_every_character_folds_as_in_re2():
    codes = [code for code in range(ANY[0][1] + 1) if len({*forms(chr(code))}) > 1]
    everyone = "".join(map(chr, codes))
    for code in codes:
        same = {chr(other) for low, high in folded(((code, code),)) for other in range(low, high + 1)}
        assert set(by_re2(f"(?i){chr(code)}", case=True).findall(everyone)) | {chr(code)} == same
    single = complement(union((code, code) for code in codes))
    written = "".join(rf"\x{{{low:x}}}-\x{{{high:x}}}" for low, high in single)
    assert folded(single) == single
    assert by_re2(f"(?i)[{written}]", case=True).search(everyone) is None


def forms(character):
    return character, character.lower(), character.upper(), character.casefold()


def entries_of(packs):
    return [entry for pack in packs for entry in pack.entries]


def differences(entry, units):
    """The texts about which the core and RE2 disagree."""
    expected = _compile(entry)
    found = by_core(with_plain_letters(anchored(entry)), case=entry.case)
    read = [unit.squeezed if entry.at is At.ANYWHERE else unit.core for unit in units if not unit.too_long]
    return [text for text in read if found.search(text.decode()) is not (expected.search(text) is not None)]


def test_every_rule_and_guard_matches_what_it_matches_in_re2(packs):
    entries = entries_of(packs)
    chosen = random.Random(7)
    pool = [Unit.of(text) for entry in entries for text in (*entry.examples, *entry.counterexamples)]
    for entry in entries:
        own = [Unit.of(text) for text in (*entry.examples, *entry.counterexamples)]
        assert not differences(entry, own + chosen.sample(pool, 20)), entry.id


@pytest.mark.skipif(not TEXTS.exists(), reason="the development data (../shared/bench) is not here")
def test_rules_and_guards_match_in_real_texts_what_they_match_in_re2(packs):
    chosen = random.Random(7)
    with gzip.open(TEXTS, "rt") as file:
        lines = [line for row in islice(file, 200) for line in json.loads(row)["raw"].splitlines()]
    units = [Unit.of(line) for line in lines]
    for entry in chosen.sample(entries_of(packs), 500):
        assert not differences(entry, chosen.sample(units, 60)), entry.id


def test_the_programs_of_all_packs_are_read_in_one_piece(packs):
    entries = entries_of(packs)
    translated = [program(with_plain_letters(anchored(entry)), case=entry.case) for entry in entries[:300]]
    assert all(translated)
    found = native.expressions(dump([None, *translated]))
    assert found[0] is None
    for expression, entry in zip(found[1:], entries, strict=False):
        texts = [Unit.of(text) for text in entry.examples]
        assert all(expression.search((u.squeezed if entry.at is At.ANYWHERE else u.core).decode()) for u in texts)


def test_texts_may_hold_anything():
    found = by_core("b$")
    assert found.search("\ud800\x00b")
    assert found.search("\U0010ffffb")
    assert not found.search("")
    assert by_core("[^a]").search("\udfff")
    assert by_core("").search("")


def test_each_text_is_searched_by_itself():
    assert sum(map(by_core("a+").search, ["a", "b", "ba", ""])) == 2


@pytest.mark.parametrize(
    "expression", ["(a|a)*b", "(a*)*b", "(?:a|aa|aaa)+b", "(?:x{1,50}){1,50}y", "(?:a?){30}a{30}b"]
)
@pytest.mark.parametrize("most_bytes", [0, 1 << 20])
def test_hostile_expressions_take_steps_in_proportion_to_the_text(expression, most_bytes):
    def steps(length):
        searched = by_core(expression, most_bytes=most_bytes)
        assert not searched.search(("x" if "x" in expression else "a") * length)
        return searched.work

    assert steps(4000) <= 2.2 * steps(2000) + 1000  # a share of it does not grow with the text


def test_states_that_double_with_each_character_take_bounded_memory():
    searched = by_core("(?:a|b)*a(?:a|b){40}c")
    chosen = random.Random(3)
    text = "".join(chosen.choices("ab", k=200_000))
    assert not searched.search(text)
    assert searched.search(text + "a" * 41 + "c")
    assert searched.memory < 3 << 20


def test_a_known_text_is_searched_without_a_step():
    searched = by_core(r"\bread (?:more|on)\b", case=False)
    assert searched.search("To Read More, go on.")
    before = searched.work
    assert searched.search("To Read More, go on.")
    assert searched.work == before


def test_many_expressions_together_take_bounded_memory():
    chosen = random.Random(5)
    text = "".join(chosen.choices("ab", k=30_000))
    searched = [by_core(f"(?:a|b)*a(?:a|b){{{20 + n}}}c", most_bytes=8 << 20) for n in range(12)]
    for one in searched:
        assert not one.search(text)
    assert sum(one.memory for one in searched) <= 65 << 20
    assert all(one.search("a" * 40 + "c") for one in searched)


def damaged(change):
    words = array("i", program(r"\ba[b-d]{0,9}", case=True).data)
    change(words)
    return words.tobytes()


@pytest.mark.parametrize("place", range(40))
@pytest.mark.parametrize("value", [-1, 5, 1 << 16, 0x7FFFFFFF, -0x80000000])
def test_damaged_programs_are_refused_or_do_no_harm(place, value):
    def change(words):
        words[place % len(words)] = value

    try:
        native.Expression(damaged(change)).search("abcd abcd ж")
    except ValueError as error:
        assert "program" in str(error)


@pytest.mark.parametrize("data", [b"", b"abc", b"\0" * 24, array("i", [1, 5, 0, 1, 1, 1]).tobytes()])
def test_what_is_no_program_is_refused(data):
    with pytest.raises(ValueError, match="program"):
        native.Expression(data)


@pytest.mark.parametrize("words", [[], [3], [-1], [1, 7], [2, 4, 1], [1, -5], [0x7FFFFFFF, 0]])
def test_what_are_no_programs_is_refused(words):
    with pytest.raises(ValueError, match="program"):
        native.expressions(array("i", words).tobytes())


def test_texts_and_programs_of_other_types_are_refused():
    with pytest.raises(TypeError):
        by_core("a").search(b"a")
    with pytest.raises(TypeError):
        native.Expression("a")
