"""Verdicts on the command line: heeded by clean, check, explain and the hook; listed, applied, promoted, as labels."""

import gzip
import json

import pytest
from support_cli import DIRTY, END, STORY, make_home, run
from support_verdicts import accept, plain, reject, write_verdicts
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.packs import load_packs

LINE = "Follow the harbour pilots on their round with {n} others today"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_text(DIRTY)
    write_verdicts(tmp_path / "v.jsonl", reject("Advertisement", by="Ann", when="2026-04-02T08:00:00Z"))
    return tmp_path


def cli(*args):
    return CliRunner().invoke(app, [str(a) for a in args], prog_name="cleaner")


def test_clean_check_explain_and_the_hook_heed_verdicts(home):
    heed = ("--verdicts", "v.jsonl")
    assert cli("check", "raw").exit_code == 1
    assert cli("check", "raw", *heed).exit_code == 0
    assert cli("hook", "check", "raw/a.txt", *heed).exit_code == 0
    assert "kept by the verdict of Ann" in " ".join(cli("explain", "raw/a.txt", *heed).stdout.split())
    assert cli("hook", "clean", "raw/a.txt", *heed).exit_code == 0
    assert cli("clean", "raw", "--out", "out", "--audit", "audit.jsonl", *heed).exit_code == 0
    assert (home / "out" / "a.txt").read_text() == (home / "raw" / "a.txt").read_text() == DIRTY
    (kept,) = json.loads((home / "audit.jsonl").read_text())["kept"]
    assert kept["refusal"] == "kept by the verdict of Ann of 2026-04-02"


def test_settings_name_verdicts_and_the_command_line_adds_to_them(home):
    (home / "cleaner.toml").write_text((home / "cleaner.toml").read_text() + 'verdicts = ["v.jsonl"]\n')
    (home / "raw" / "a.txt").write_text(f"{DIRTY}Sign up for our newsletter\n")
    assert cli("check", "raw").stdout == "raw/a.txt:6: newsletter test.newsletter.sign-up Sign up for our newsletter\n"
    write_verdicts(home / "more.jsonl", reject("Sign up for our newsletter"))
    assert cli("check", "raw", "--verdicts", "more.jsonl").exit_code == 0


def test_corpora_and_workers_heed_verdicts(home):
    rows = [{"id": str(n), "text": DIRTY} for n in range(3)]
    (home / "shard.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (home / "raw" / "b.txt").write_text(DIRTY)
    heed = ("--verdicts", "v.jsonl", "--workers", "2")
    assert run("clean", "shard.jsonl", "--out", "out", "--audit", "audit", *heed, cwd=home).returncode == 0
    assert [json.loads(row)["text"] for row in (home / "out" / "shard.jsonl").read_text().splitlines()] == [DIRTY] * 3
    assert run("clean", "raw", "--out", "texts", "--audit", "a.jsonl", *heed, cwd=home).returncode == 0
    assert {path.read_text() for path in (home / "texts").iterdir()} == {DIRTY}


def test_damaged_verdicts_stop_a_run_with_2_before_anything_is_written(home):
    with (home / "v.jsonl").open("a") as file:
        file.write('{"verdict"\n')
    for command in (["clean", "raw", "--out", "o", "--audit", "a"], ["check", "raw"], ["hook", "clean", "raw/a.txt"]):
        result = cli(*command, "--verdicts", "v.jsonl")
        assert result.exit_code == 2
        assert "v.jsonl, line 2: is not JSON" in result.stderr
    assert not (home / "o").exists()
    assert (home / "raw" / "a.txt").read_text() == DIRTY


# list


def test_list_shows_what_holds_and_names_what_is_wrong(home):
    write_verdicts(
        home / "v.jsonl",
        accept("Advertisement", by="Ben", when="2026-04-01T08:00:00Z"),
        reject("Advertisement", by="Ann", when="2026-04-02T08:00:00Z", note="A heading."),
        accept("Read \x1b[31mmore", "model", category="related", site="news.example"),
        reject("Gone", "test.retired.rule"),
        plain("maybe", "Advertisement"),
    )
    result = cli("verdicts", "list", "v.jsonl")
    assert result.exit_code == 1
    for part in ("Ann", "A heading.", "Read \\x1b[31mmore (on news.example)", "3 verdicts."):
        assert part in result.stdout
    assert "Ben" not in result.stdout and "\x1b" not in result.stdout
    assert "v.jsonl, line 5: verdict: 'maybe' is not one of" in result.stderr
    assert "v.jsonl, line 4: test.retired.rule is no rule of the packs in use" in result.stderr
    assert "model is no rule" not in result.stderr


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        ([], ["One", "Two", "Three"]),
        (["--rule", "test."], ["One", "Three"]),
        (["--verdict", "accept"], ["Three"]),
        (["--by", "Ben"], ["Two"]),
        (["--category", "related"], ["Two"]),
        (["--text", "w"], ["Two"]),
        (["--all"], ["Three", "One", "Two", "Three"]),
    ],
)
def test_list_filters_and_prints_json(home, options, texts):
    write_verdicts(
        home / "v.jsonl",
        reject("One"),
        reject("Two", "model", by="Ben", category="related", when="2026-03-02T00:00:00Z"),
        reject("Three", when="2026-01-01T00:00:00Z"),
        accept("Three", when="2026-03-03T00:00:00Z"),
    )
    result = cli("verdicts", "list", "v.jsonl", "--json", *options)
    assert result.exit_code == 0
    listed = json.loads(result.stdout)
    assert [row["text"] for row in listed["verdicts"]] == texts
    assert (
        [row["holds"] for row in listed["verdicts"]] == [True] * len(texts) if options != ["--all"] else [False, True]
    )
    assert listed["problems"] == listed["unknown_rules"] == []


# apply


def test_apply_shows_what_stays_and_what_goes_in_documents(home):
    (home / "raw" / "a.txt").write_text(f"{DIRTY}Leave a Reply, all of you\n")
    write_verdicts(home / "v.jsonl", reject("Advertisement"), accept("Get lost"))
    result = cli("verdicts", "apply", "raw", "--verdicts", "v.jsonl")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "raw/a.txt:3: stays ad test.ad.label Advertisement (kept by the verdict of Ann of 2026-03-01)",
        "1 removals stay, 0 refused detections go.",
    ]


def test_apply_shows_accepted_refusals_as_going(home):
    (home / "raw" / "a.txt").write_text(f"{STORY}\nLeave a Reply\n\n{END}")
    write_verdicts(home / "v.jsonl", accept("Leave a Reply", "test.comments.prompt", category="comments"))
    assert cli("check", "raw").exit_code == 0
    row = "goes comments test.comments.prompt Leave a Reply"
    assert (
        f"raw/a.txt:3: {row} (Accepted by the verdict"
        in cli("verdicts", "apply", "raw", "--verdicts", "v.jsonl").stdout
    )
    cli("clean", "raw", "--out", "o", "--audit", "a.jsonl")
    result = cli("verdicts", "apply", "a.jsonl", "--verdicts", "v.jsonl")
    assert f"raw/a.txt:{len(STORY) + 1}: {row} (accepted by the verdict of Ann of 2026-03-01)" in result.stdout
    assert cli("check", "raw", "--verdicts", "v.jsonl").exit_code == 1


def test_apply_reads_logs_of_every_form_and_passes_over_damage(home):
    cli("clean", "raw", "--out", "o", "--audit", "a.jsonl")
    line = (home / "a.jsonl").read_bytes()
    (home / "logs").mkdir()
    (home / "logs" / "a.jsonl.gz").write_bytes(gzip.compress(b"{}\n" + line + b"\xff\n"))
    (home / "logs" / "b.jsonl").write_bytes(line + line[:40])
    result = cli("verdicts", "apply", "logs", "--verdicts", "v.jsonl")
    assert result.exit_code == 4
    assert result.stdout.count("stays ad test.ad.label Advertisement") == 2
    for part in ("a.jsonl.gz, line 1: not an audit record", "a.jsonl.gz, line 3: is not UTF-8", "b.jsonl, line 2: "):
        assert part in result.stderr


def test_apply_without_verdicts_is_wrong_usage(home):
    result = cli("verdicts", "apply", "raw")
    assert result.exit_code == 2
    assert "--verdicts FILE" in result.stderr


# promote


def test_what_was_accepted_again_and_again_becomes_a_rule_that_lint_passes(home):
    when = ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")
    write_verdicts(
        home / "v.jsonl",
        *(accept(LINE.format(n=n), category="social", when=w) for n, w in zip((1200, 40), when, strict=True)),
        *(reject("Oh, carry me over the wide grey water", "model", by=by) for by in ("Ann", "Ben")),
        accept("Seen just once, by nobody else at all"),
        *(reject("Only on one site of ours", site="news.example", by=by) for by in ("Ann", "Ben")),
        accept("Reviewers differ on this line here", by="Ann"),
        reject("Reviewers differ on this line here", "model", by="Ben"),
    )
    result = cli("verdicts", "promote", "v.jsonl", "--out", "packs/verdicts.toml")
    assert result.exit_code == 0, result.output
    assert result.stdout == "1 rules and 2 guards written to packs/verdicts.toml.\n"
    assert "'Reviewers differ on this line here': reviewers differ on it" in result.stderr
    assert "was rejected on news.example alone" in result.stderr
    assert cli("packs", "lint", "packs/verdicts.toml").exit_code == 0
    (pack,) = load_packs([home / "packs" / "verdicts.toml"])
    (rule,) = pack.rules
    assert (rule.category, rule.examples) == ("social", (LINE.format(n=40), LINE.format(n=1200)))
    (home / "raw" / "a.txt").write_text(f"{STORY}\n{LINE.format(n=777)}\n\n{END}")
    assert cli("check", "raw").stdout.startswith("raw/a.txt:3: social verdicts.rule.follow-the-harbour-pilots.")


def test_promoted_guards_veto_what_rules_claim(home):
    text = "Sign up for our newsletter, wrote the poet"
    (home / "raw" / "a.txt").write_text(f"{STORY}\n{text}\n\n{END}")
    assert run("check", "raw", cwd=home).returncode == 1
    write_verdicts(home / "v.jsonl", *(reject(text, "test.newsletter.sign-up", by=by) for by in ("Ann", "Ben")))
    assert cli("verdicts", "promote", "v.jsonl", "--out", "packs/g.toml").exit_code == 0
    assert run("check", "raw", cwd=home).returncode == 0


def test_promoting_again_keeps_entries_and_replaces_what_it_made(home):
    write_verdicts(home / "v.jsonl", *(accept("Buy the harbour mug today", by=by) for by in ("Ann", "Ben")))
    for _ in range(2):
        assert cli("verdicts", "promote", "v.jsonl", "--out", "packs/test.toml").exit_code == 0
    (pack,) = load_packs([home / "packs" / "test.toml"])
    assert len(pack.rules) == 5 and len(pack.guards) == 1
    assert cli("packs", "lint", "packs/test.toml").exit_code == 0


def test_nothing_to_promote_writes_nothing_and_damage_is_refused(home):
    result = cli("verdicts", "promote", "v.jsonl", "--out", "p.toml")
    assert (result.exit_code, (home / "p.toml").exists()) == (0, False)
    assert "No text has 2 verdicts that agree" in result.stdout
    (home / "v.jsonl").write_text("{\n")
    assert cli("verdicts", "promote", "v.jsonl", "--out", "p.toml").exit_code == 2


# eval


def test_eval_takes_verdicts_as_labels(home):
    lines = [[STORY.strip(), "keep"], ["Advertisement", "ad"], [END.strip(), "keep"]]
    (home / "l.jsonl").write_text(json.dumps({"id": "a", "lines": lines}) + "\n")
    assert "lost 0.00% of words" in cli("eval", "l.jsonl").stdout
    result = cli("eval", "l.jsonl", "--verdicts", "v.jsonl", "--show", "1")
    assert "LOST a [ad test.ad.label]: Advertisement" in result.stdout
    write_verdicts(home / "v.jsonl", accept(END.strip(), "model", category="promo"))
    assert (
        f"LEFT a [promo]: {END.strip()[:40]}" in cli("eval", "l.jsonl", "--verdicts", "v.jsonl", "--show", "1").stdout
    )
