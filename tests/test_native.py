"""The native core gives what the code in Python gives."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from conftest import texts
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.fold import fold
from cleaner.matching import plan
from cleaner.matching.inpython import PythonFinder
from cleaner.matching.matcher import Matcher
from cleaner.matching.native import NativeFinder, prepare
from cleaner.matching.plan import count_literals, make_plans
from cleaner.matching.squeezed import MAX_UNIT, squeeze_in_python
from cleaner.native import VARIABLE, build, native
from cleaner.packfiles import builtin_packs_dir
from cleaner.packs import load_packs
from cleaner.segment import ABBREVIATIONS, _sentences

pytestmark = pytest.mark.skipif(native is None, reason="the native core is not compiled, or switched off")

SEEDS = Path(__file__).parent.parent / "seeds"
PACKS = load_packs([builtin_packs_dir()])
RULES = [rule for pack in PACKS for rule in pack.rules]
GUARDS = [guard for pack in PACKS for guard in pack.guards]
EXAMPLES = [text for rule in RULES for text in (*rule.examples, *rule.counterexamples)]

# What lines of rules are made of, with what stands around them on pages.
PIECES = st.sampled_from(EXAMPLES) | st.sampled_from(
    [
        "\n",
        "\r\n",
        " ",
        ". ",
        "! ",
        "» ",
        "。",
        "…",
        "© ",
        "- ",
        "12) ",
        "\ufeff",
        "\u2028",
        "Dr. ",
        "z. B. ",
        "(",
        "”",
        "•",
    ]
)
PAGES = st.lists(PIECES, max_size=12).map("".join)
WORDS = ("A", "b", "Ä", "1", "12", "Mr", "z.B", "e.g", "d.h", "中", "http://a", "@", "#", "_", "\u0301", "\ud800", "😀")
MARKS = (*".!?…。？", *"\"'”’»)]}」—“¿", " ", "\u00a0", "\u202f»", "  ", "\x1c", "\x85")
SENTENCE_PARTS = st.sampled_from((*WORDS, *MARKS))


def finders(patterns):
    plans = make_plans(patterns)
    prepared = prepare(patterns, plans)
    assert prepared is not None
    return PythonFinder(Matcher(patterns, plans)), NativeFinder(prepared)


PLAIN, CORE = finders(RULES)
PLAIN_GUARDS, CORE_GUARDS = finders(GUARDS)


def columns(seen):
    return (
        list(seen.starts),
        list(seen.ends),
        list(seen.wholes),
        list(seen.words),
        list(seen.flags),
        [tuple(match) for match in seen.matches],
        [tuple(part) for part in seen.parts],
    )


@given(PAGES | texts)
@example("$5: 3 %\n| a | b: | c |\n  ")
@example("Sign up!" + " word" * MAX_UNIT + " Sign up for our newsletter!")
@example("© 2026 Example. All rights reserved.\n© Follow us")
@example("ΠΕΡΙΣΣΟΤΕΡΑ ΝΕΑ ΣΤΟΣ\nΣς")
def test_the_same_is_seen_of_a_text(text):
    assert columns(CORE.observe(text)) == columns(PLAIN.observe(text))


def test_the_same_is_seen_of_all_examples():
    text = "\n".join(example.replace("\n", " ").replace("\r", " ") for example in EXAMPLES)
    assert columns(CORE.observe(text)) == columns(PLAIN.observe(text))


@given(PAGES, st.integers(0, 60))
def test_the_same_sentences_match(text, words):
    line = text.replace("\n", " ").replace("\r", " ")
    assert [tuple(match) for match in CORE.by_sentence(line, words)] == PLAIN.by_sentence(line, words)


@given(PAGES | texts)
def test_the_same_guards_match_a_unit(text):
    assert CORE_GUARDS.matching(text) == PLAIN_GUARDS.matching(text)


@given(st.lists(SENTENCE_PARTS, max_size=30).map("".join))
@example('End."  Next one. »x . »  Y')
def test_lines_have_the_same_sentences(line):
    found = native.Sentences(ABBREVIATIONS).of(line)
    assert found == [(span.start, span.end) for span in _sentences(line)]


@given(texts | st.text("aÄß\u00a0\u200b \t\x1c\x85“•ﬁ\ud800😀"))
def test_texts_are_squeezed_to_the_same(text):
    assert native.Folder(fold).squeeze(text) == squeeze_in_python(text)


def test_more_lines_than_are_remembered_change_nothing():
    page = "Read more\nThe ferry left at noon.\nFollow us on social media\n"
    before = columns(CORE.observe(page))
    for start in range(0, 40_000, 1000):
        CORE.observe("\n".join(f"Line {number} of a long list." for number in range(start, start + 1000)))
    assert columns(CORE.observe(page)) == before


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"PK\x03\x04"])
def test_what_was_not_prepared_is_refused(damage):
    with pytest.raises(ValueError, match="prepared"):
        NativeFinder(damage)


def test_cleaning_without_the_core_gives_the_same_bytes(tmp_path):
    def cleaned(name, switch):
        out = tmp_path / name
        command = [sys.executable, "-m", "cleaner", "clean", SEEDS, "--out", out, "--audit", out / "audit.jsonl"]
        subprocess.run(command, check=True, env={**os.environ, VARIABLE: switch}, capture_output=True)
        return {path.name: path.read_bytes() for path in sorted(out.iterdir())}

    assert cleaned("core", "1") == cleaned("plain", "0")


LETTERS = st.text("ab ", min_size=1, max_size=12)


@given(st.sets(LETTERS, max_size=12), st.lists(LETTERS, max_size=8))
def test_literals_are_counted_as_the_automaton_counts_them(literals, lines):
    rows = sorted(literal.encode() for literal in literals)
    with pytest.MonkeyPatch.context() as patch:
        found = count_literals(rows, lines)
        patch.setattr(plan, "native", None)
        assert +found == count_literals(rows, lines)


def test_the_core_is_compiled_again_only_if_something_changed(tmp_path, monkeypatch):
    made = []

    def compile_into(folder):
        made.append(folder)
        module = folder / f"_native{sysconfig.get_config_var('EXT_SUFFIX')}"
        module.write_bytes(b"compiled")
        return module

    monkeypatch.setattr(build, "compile_into", compile_into)
    module = build.compile_where_changed(tmp_path)
    assert build.compile_where_changed(tmp_path) == module and len(made) == 1
    monkeypatch.setenv("CXXFLAGS", "-fsanitize=address")
    build.compile_where_changed(tmp_path)
    assert len(made) == 2
    module.write_bytes(b"another")
    build.compile_where_changed(tmp_path)
    assert len(made) == 3
