import pytest
import re2
from conftest import texts
from hypothesis import given
from hypothesis import strategies as st
from support_rules import rule

from cleaner.matching.inpython import PythonFinder
from cleaner.matching.literals import leading_literals, required_literals, without_edges
from cleaner.matching.matcher import Compiled, Matcher, Unit, grouped, with_plain_letters
from cleaner.matching.squeezed import MAX_UNIT, count_words
from cleaner.model import At, Scope
from cleaner.segment import sentences, split_lines


def candidates(matcher, texts):
    """Number of a text -> the patterns that may match it as a whole."""
    found = grouped(*matcher.pairs(texts))
    fitting = {n: [i for i in own if matcher.compiled[i].fits(count_words(texts[n]))] for n, own in found.items()}
    return {number: own for number, own in fitting.items() if own}


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("Read More", {"read more"}),
        (r"^(?:foo|bar) \d+ baz$", {" baz"}),
        (r"colou?r", {"color", "colour"}),
        (r"[ab]c", {"ac", "bc"}),
        (r"(?:a|b)+ tail", {" tail"}),
        (r"x{3}yes", {"yes"}),
        (r"\pL+", set()),
        (r"(?:needed)?", set()),
        (r"(?:one|two.*)", {"one", "two"}),
    ],
)
def test_required_literals(pattern, literals):
    assert next(map(without_edges, required_literals(pattern)), frozenset()) == literals


PARTS = st.sampled_from(
    ["sign up", "read", " ", r"\d+", "(?:a|bc)", "x?", "(?:news)+", ".{0,5}", "[ab]", "letter", "$|"]
)


@given(st.lists(PARTS, max_size=6).map("".join), st.text("sign upread0abcx newsletter", max_size=40))
def test_no_match_without_a_literal(pattern, text):
    if re2.search(pattern, text):
        assert all(
            any(literal in text for literal in literals) for literals in map(without_edges, required_literals(pattern))
        )
    match = re2.match(pattern, text)
    leading = leading_literals(pattern)
    assert not match or not leading or match[0].startswith(tuple(leading))


def test_every_example_is_a_candidate_in_the_middle_of_a_text(packs):
    rules = [r for p in packs for r in p.rules]
    matcher = Matcher(rules)
    for index, one in enumerate(rules):
        found = candidates(matcher, ["First line.", *one.examples, "Last line."])
        missing = [e for n, e in enumerate(one.examples, 1) if index not in found.get(n, ())]
        assert not missing, one.id


@given(texts)
def test_candidates_find_what_the_patterns_find(text):
    rules = [rule("sign up", id="t.a"), rule(r"follow .{0,20}twitter", id="t.b"), rule("advertisement", at=At.WHOLE)]
    matcher = Matcher(rules)
    lines = split_lines(text.removeprefix("\ufeff"))
    found = candidates(matcher, [line.text for line in lines])
    for line in lines:
        unit = Unit.of(line.text)
        expected = {i for i, c in enumerate(matcher.compiled) if c.matches(unit)}
        assert expected <= set(found.get(line.number, ()))


@pytest.mark.parametrize(
    ("at", "yes", "no"),
    [
        (At.WHOLE, ">> Read more…", "Read more of it"),
        (At.START, "• Read more: the harbour", "You can read more"),
        (At.END, "Here you can read more »", "Read more here"),
        (At.ANYWHERE, "You can read more here", "You can reread most"),
    ],
)
def test_where_a_pattern_has_to_match(at, yes, no):
    compiled = Compiled.alone(rule(r"\bread more\b", at=at))
    assert compiled.matches(Unit.of(yes))
    assert not compiled.matches(Unit.of(no))


def test_length_and_case():
    assert not Compiled.alone(rule("a", max_words=2)).matches(Unit.of("a a a"))
    assert not Compiled.alone(rule("a", min_words=2)).matches(Unit.of("a"))
    assert not Compiled.alone(rule("Bay", case=True)).matches(Unit.of("the bay"))
    assert not Compiled.alone(rule("a", max_words=10**6)).matches(Unit.of("a" * (MAX_UNIT + 1)))


def test_words_of_scripts_without_spaces():
    assert count_words("風暴過後港口重新開放") == 5
    assert count_words("") == 0


@given(st.lists(PARTS, min_size=1, max_size=5).map("".join), st.text("sign upread0abcx news-letter:_é版", max_size=40))
def test_the_automaton_misses_nothing(pattern, text):
    for at in At:
        matcher = Matcher([rule(pattern, at=at, max_words=1000)])
        if matcher.compiled[0].matches(Unit.of(text)):
            assert candidates(matcher, [text]) == {0: [0]}


@pytest.mark.parametrize("text", ["请app下载", "x:app", "(App)", "app", "the app."])
def test_words_have_edges_where_the_script_changes(text):
    assert candidates(Matcher([rule(r"\bapp\b")]), [text]) == {0: [0]}
    assert candidates(Matcher([rule(r"\bapp\b")]), ["an apple, an happ"]) == {}


@pytest.mark.parametrize("text", ["Follow us", ">> follow us", "© Follow us", "€ £ • Follow us", "Wait. Follow us"])
def test_a_line_has_its_beginning_behind_symbols(text):
    inside = ("Wait and follow us.", "They follow us.")  # so that looking for beginnings pays
    matcher = Matcher([rule(r"follow us\b", at=At.START, counterexamples=inside, id="t.a"), rule("© follow", id="t.b")])
    assert (0 in candidates(matcher, [text]).get(0, ())) == ("Wait" not in text)
    assert (1 in candidates(matcher, [text]).get(0, ())) == ("© F" in text)


def test_rules_for_sentences_are_looked_for_inside_lines():
    matcher = Matcher([rule(r"follow us\b", at=At.START, scope=Scope.SENTENCE, max_words=3)])
    line = "The harbour reopened on Monday. Follow us today."
    assert [a.tolist() for a in matcher.pairs([line])] == [[0], [0]]
    parts = [line[span.start : span.end] for span in sentences(line)]
    assert (candidates(matcher, [line]), candidates(matcher, parts)) == ({}, {1: [0]})


def test_texts_with_line_breaks_count_as_one_each():
    assert candidates(Matcher([rule("sign up")]), ["One\r\nline.", "Sign\nup", "Sign up"]) == {1: [0], 2: [0]}


@pytest.mark.parametrize(
    "pattern", [r"\pL{2,3}", r"[\pL.'-]{2,40}", r"[]\pL]+", r"[^\pL]+", r"\Q\pL\E|\\pL", r"[\]\p{L}]"]
)
@pytest.mark.parametrize("text", ["ab", "Жук", "日本語", "é", "a.b-c", "]x", "...", r"\pL", "§ €", "😀😀"])
def test_letters_written_as_ranges_match_the_same(pattern, text):
    assert bool(re2.search(with_plain_letters(pattern), text)) == bool(re2.search(pattern, text))


def test_lines_that_are_forgotten_while_a_text_is_looked_at_are_not_missed():
    finder = PythonFinder(Matcher([rule("sign up")]))
    text = "Sign up now\nThe harbour reopened."
    expected = finder.observe(text)
    fresh = finder._look_at

    def while_another_thread_forgets(lines):
        finder._known = {}
        return fresh(lines)

    finder._look_at = while_another_thread_forgets
    assert finder.observe(f"{text}\nShips waited.").matches == expected.matches
