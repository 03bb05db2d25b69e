import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_verdicts import accept, plain, reject, write_verdicts

from cleaner.config import Config, read_config
from cleaner.errors import ConfigError, OutputError
from cleaner.verdictfile import append_verdict, load_verdicts, read_verdicts
from cleaner.verdicts import NO_VERDICTS, Verdicts, normalised, verdict_of


def test_a_verdict_is_written_as_it_is_read():
    verdict = reject("  “Read\u00a0 more” \u2028", note="A \u2028 heading\x7f", site="www.News.example")
    assert (verdict.text, verdict.site) == ('"Read more"', "news.example")
    assert verdict_of(json.loads(verdict.line)) == verdict
    assert "\u2028" not in verdict.line and "\x7f" not in verdict.line


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_the_normal_form_is_its_own(text):
    assert normalised(normalised(text)) == normalised(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"verdict": "maybe"}, "verdict: 'maybe' is not one of accept, reject"),
        ({"category": "spam"}, "category: 'spam' is not one of ad, promo"),
        ({"rule": " "}, "rule: is empty"),
        ({"by": ""}, "by: is empty"),
        ({"text": "\u200b \n"}, "text: holds nothing but blanks"),
        ({"text": "one\ntwo"}, "text: holds a line break"),
        ({"when": "yesterday"}, "when: 'yesterday' is not a time by RFC 3339"),
        ({"when": "2026-03-01T09:30:00"}, "is not a time by RFC 3339"),
        ({"when": "2026-02-30T09:30:00Z"}, "is not a time by RFC 3339"),
        ({"when": "0001-01-01T00:00:00+14:00"}, "is not a time by RFC 3339"),
        ({"site": "not a host"}, "site: 'not a host' is not the name of a host"),
        ({"note": 3}, "note: 3 is not a string"),
        ({"colour": "red"}, "field 'colour' is not known; known are verdict, rule"),
    ],
)
def test_what_a_verdict_cannot_say_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        verdict_of(plain("reject", "Advertisement") | change)


def test_what_is_missing_is_named():
    for name in ("verdict", "rule", "text", "category", "by", "when"):
        content = plain("reject", "Advertisement")
        del content[name]
        with pytest.raises(ValueError, match=f"field '{name}' is missing"):
            verdict_of(content)
    with pytest.raises(ValueError, match="is not a verdict"):
        verdict_of(["reject"])


def test_the_last_verdict_on_a_key_holds_in_whatever_order_they_come():
    first = accept("Advertisement", when="2026-03-01T09:30:00Z")
    second = reject("Advertisement", when="2026-03-01T11:31:00+02:00")
    third = accept("Advertisement", when="2026-03-01T09:30:30.5Z", by="Ben")
    other = accept("Advertisement", "test.other.rule")
    for order in itertools.permutations([first, second, third, other]):
        assert set(Verdicts.of(order).entries) == {second, other}
        assert Verdicts.of(order) == Verdicts.of([second, other])


def test_joining_verdicts_gives_the_last_words_of_both():
    first, second = accept("Advertisement"), reject("Advertisement", when="2026-03-02T00:00:00Z")
    third = reject("Read more")
    joined = Verdicts.of([second]) | Verdicts.of([first, third])
    assert joined == Verdicts.of([first, second, third])
    assert (joined | NO_VERDICTS, NO_VERDICTS | joined) == (joined, joined)
    assert not NO_VERDICTS and joined


def test_the_order_at_one_time_is_by_content():
    one, other = reject("Advertisement", by="Ann"), reject("Advertisement", by="Ben")
    assert Verdicts.of([one, other]).entries == Verdicts.of([other, one]).entries == (other,)


# Files.


def test_files_are_read_with_blank_lines_marks_and_either_line_ending(tmp_path):
    path = tmp_path / "verdicts.jsonl"
    lines = [reject("Advertisement").line, "", accept("Read more").line]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    reading = read_verdicts([path])
    assert reading.problems == ()
    assert [placed.place for placed in reading.placed] == [f"{path}, line 1", f"{path}, line 3"]
    assert len(reading.verdicts.entries) == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"verdict": "reject"', "is not JSON"),
        (b'"reject"', "is not a verdict; expected an object with verdict, rule"),
        (b"[" * 100_000, "is not JSON"),
        (reject("Café au lait").line.replace("e", "é").encode("cp1252"), "is not UTF-8"),
        (reject("Advertisement").line.encode("utf-16"), "is not UTF-8"),
        (b"<<<<<<< ours", "is the mark of a merge conflict; keep the lines of both sides"),
        (b"=======", "is the mark of a merge conflict"),
    ],
)
def test_damaged_lines_are_named_and_the_others_read(tmp_path, line, message):
    path = tmp_path / "verdicts.jsonl"
    path.write_bytes(reject("One").line.encode() + b"\n" + line + b"\n" + reject("Two").line.encode() + b"\n")
    reading = read_verdicts([path])
    assert len(reading.problems) >= 1
    assert reading.problems[0].startswith(f"{path}, line 2: ") and message in reading.problems[0]
    assert {p.verdict.text for p in reading.placed} >= {"One"}
    with pytest.raises(ConfigError, match=r"in the verdicts:\n.*line 2"):
        load_verdicts([path])


def test_a_torn_last_line_is_named_and_the_next_verdict_gets_a_line_of_its_own(tmp_path):
    path = tmp_path / "verdicts.jsonl"
    path.write_bytes(reject("One").line.encode() + b"\n" + reject("Two").line.encode()[:20])
    (problem,) = read_verdicts([path]).problems
    assert "line 2: is not JSON" in problem and problem.endswith("killed while it wrote it: delete it")
    assert append_verdict(path, reject("Three"))
    reading = read_verdicts([path])
    assert [p.verdict.text for p in reading.placed] == ["One", "Three"]
    assert len(reading.problems) == 1


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.jsonl: cannot be read: No such file"):
        load_verdicts([tmp_path / "none.jsonl"])
    with pytest.raises(ConfigError, match="cannot be read"):
        load_verdicts([tmp_path])


def test_two_last_words_are_a_conflict_until_there_is_a_later_one(tmp_path):
    one = write_verdicts(tmp_path / "one.jsonl", reject("Advertisement"))
    two = write_verdicts(tmp_path / "two.jsonl", accept("Advertisement", by="Ben", when="2026-03-01T10:30:00+01:00"))
    (problem,) = read_verdicts([one, two]).problems
    assert problem.startswith(f"{one}, line 1 and {two}, line 1: Ann says reject and Ben accept of the same text")
    append_verdict(two, reject("Advertisement", when="2026-03-02T00:00:00Z"))
    assert read_verdicts([one, two]).problems == ()


def test_a_line_is_added_once(tmp_path):
    path = tmp_path / "verdicts.jsonl"
    assert append_verdict(path, reject("One"))
    assert append_verdict(path, reject("Two"))
    assert not append_verdict(path, reject("One"))
    assert [p.verdict.text for p in read_verdicts([path]).placed] == ["One", "Two"]


def test_nothing_is_written_through_links(tmp_path):
    target = write_verdicts(tmp_path / "target.jsonl")
    (tmp_path / "link.jsonl").symlink_to(target)
    with pytest.raises(OutputError, match="is a symlink"):
        append_verdict(tmp_path / "link.jsonl", reject("One"))
    with pytest.raises(OutputError, match="cannot be written"):
        append_verdict(tmp_path / "none" / "verdicts.jsonl", reject("One"))


_WRITER = """
import sys
from pathlib import Path
from cleaner.verdictfile import append_verdict
from cleaner.verdicts import verdict_of
for n in range(60):
    append_verdict(Path(sys.argv[1]), verdict_of({"verdict": "reject", "rule": "model", "text": f"{sys.argv[2]} {n}",
        "category": "ad", "by": sys.argv[2], "when": "2026-03-01T09:30:00Z"}))
"""


def test_several_programs_at_once_lose_no_verdict(tmp_path):
    path = tmp_path / "verdicts.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", _WRITER, str(path), name]) for name in ("Ann", "Ben", "Cem")]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    reading = read_verdicts([path])
    assert reading.problems == ()
    assert len({p.verdict.text for p in reading.placed}) == len(reading.placed) == 180


def test_a_union_merge_of_two_branches_is_read_whole(tmp_path):
    def git(*args):
        identity = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *args], cwd=tmp_path, check=True, capture_output=True)

    path = tmp_path / "verdicts.jsonl"
    git("init", "--quiet", "--initial-branch", "main")
    (tmp_path / ".gitattributes").write_text("verdicts.jsonl merge=union\n")
    append_verdict(path, accept("One"))
    git("add", "--all")
    git("commit", "--quiet", "--message", "a")
    git("checkout", "--quiet", "-b", "other")
    append_verdict(path, reject("One", when="2026-03-03T00:00:00Z"))
    git("commit", "--quiet", "--all", "--message", "b")
    git("checkout", "--quiet", "main")
    append_verdict(path, accept("One", when="2026-03-02T00:00:00Z"))
    append_verdict(path, reject("Two"))
    git("commit", "--quiet", "--all", "--message", "c")
    git("merge", "--quiet", "other")
    reading = read_verdicts([path])
    assert reading.problems == ()
    assert len(reading.placed) == 4
    assert {(v.ruling.value, v.text) for v in reading.verdicts.entries} == {("reject", "One"), ("reject", "Two")}


# Settings.


def test_settings_name_files_of_verdicts(tmp_path):
    write_verdicts(tmp_path / "one.jsonl", reject("One"))
    write_verdicts(tmp_path / "two.jsonl", reject("Two"))
    (tmp_path / "cleaner.toml").write_text('verdicts = ["one.jsonl"]\n')
    config = read_config(tmp_path / "cleaner.toml")
    assert [v.text for v in config.verdicts.entries] == ["One"]
    more = Config.make(base=config, verdicts=[tmp_path / "two.jsonl"])
    assert [v.text for v in more.verdicts.entries] == ["One", "Two"]
    assert Config.make(base=more).verdicts == more.verdicts


def test_the_digest_changes_with_what_verdicts_say_and_not_with_where_they_stand(tmp_path):
    one = write_verdicts(tmp_path / "one.jsonl", reject("One"), reject("Two"))
    two = write_verdicts(tmp_path / "two.jsonl", reject("Two"), reject("One"), reject("One"))
    three = write_verdicts(tmp_path / "three.jsonl", reject("One"), accept("Two"))
    digests = [Config.make(verdicts=[path]).digest for path in (one, two, three)]
    assert digests[0] == digests[1]
    assert len({*digests, Config().digest}) == 3
    empty = write_verdicts(tmp_path / "empty.jsonl")
    assert Config.make(verdicts=[empty]) == Config()
    assert Config.make(verdicts=[empty]).digest == Config().digest


@pytest.mark.parametrize("value", ['"one.jsonl"', "[3]", "3", '["none.jsonl"]'])
def test_wrong_settings_are_named_with_their_file(tmp_path, value):
    (tmp_path / "cleaner.toml").write_text(f"verdicts = {value}\n")
    with pytest.raises(ConfigError, match=r"cleaner\.toml: .*(verdicts|none\.jsonl|iterable)"):
        read_config(tmp_path / "cleaner.toml")


def test_a_conflict_of_verdicts_stops_a_run(tmp_path: Path):
    path = write_verdicts(tmp_path / "v.jsonl", reject("One"), accept("One"))
    with pytest.raises(ConfigError, match="add a later verdict, or delete one of them"):
        Config.make(verdicts=[path])
