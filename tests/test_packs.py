import pytest

from cleaner.errors import PackError
from cleaner.packs import lint_entry, load_packs

GOOD = """
[pack]
name = "t.pack"
version = "1.0.0"
description = "A test."

[[rule]]
id = "t.pack.one"
category = "promo"
regex = '''buy \\w+ now'''
confidence = 0.9
why = "It sells."
examples = ["Buy boats now"]
counterexamples = ["He bought a boat"]
"""


def test_every_rule_agrees_with_its_examples(packs):
    assert [p for pack in packs for e in (*pack.rules, *pack.guards) for p in lint_entry(e)] == []


def test_native_packs_for_the_promised_languages(packs):
    languages = {r.language for p in packs for r in p.rules}
    assert languages >= {"en", "de", "fr", "es", "pt", "it", "nl", "pl"}


def test_a_pack_loads(tmp_path):
    (tmp_path / "a.toml").write_text(GOOD)
    (pack,) = load_packs([tmp_path])
    assert (pack.name, pack.rules[0].id, pack.rules[0].language) == ("t.pack", "t.pack.one", "any")
    assert list(lint_entry(pack.rules[0])) == []


def test_line_endings_of_a_checkout_do_not_change_a_pack(tmp_path):
    (tmp_path / "a.toml").write_bytes(GOOD.encode())
    (here,) = load_packs([tmp_path])
    (tmp_path / "a.toml").write_bytes(GOOD.replace("\n", "\r\n").encode())
    (there,) = load_packs([tmp_path])
    assert here.sha256 == there.sha256


def test_all_errors_at_once_with_file_rule_and_field(tmp_path):
    (tmp_path / "a.toml").write_text(GOOD.replace("0.9", "1.9").replace('"promo"', '"spam"'))
    (tmp_path / "b.toml").write_text(GOOD.replace("'''buy \\w+ now'''", "'(?=x)y'").replace("t.pack", "t.other"))
    (tmp_path / "c.toml").write_text("[pack\n")
    (tmp_path / "d.toml").write_text(GOOD + "\n[[rule]]\nid='t.pack.two'\nscope='line'\ntakes='rest'\ncolour='red'\n")
    with pytest.raises(PackError) as caught:
        load_packs([tmp_path, tmp_path / "nowhere"])
    text = str(caught.value)
    for part in (
        "a.toml: t.pack.one: category: ",
        "a.toml: t.pack.one: confidence: ",
        "b.toml: t.other.one: regex: is not linear",
        "c.toml: cannot be read",
        "d.toml: t.pack.two: colour: ",
        "d.toml: t.pack.two: confidence: ",
        "nowhere: no such folder",
    ):
        assert part in text


def test_ids_and_names_are_used_once(tmp_path):
    (tmp_path / "a.toml").write_text(GOOD)
    (tmp_path / "b.toml").write_text(GOOD)
    with pytest.raises(PackError, match=r"t\.pack\.one: id: also used in"):
        load_packs([tmp_path])


def test_lint_refuses_examples_that_do_not_match(tmp_path):
    (tmp_path / "a.toml").write_text(
        GOOD.replace("Buy boats now", "Sell boats").replace("He bought a boat", "buy it now")
    )
    (pack,) = load_packs([tmp_path])
    assert [p.split(":")[1].strip() for p in lint_entry(pack.rules[0])] == ["examples", "counterexamples"]


def test_lint_refuses_a_pattern_without_fixed_text(tmp_path):
    (tmp_path / "a.toml").write_text(GOOD.replace("buy \\w+ now", "\\w+"))
    (pack,) = load_packs([tmp_path])
    assert any("has no fixed text" in p for p in lint_entry(pack.rules[0]))
