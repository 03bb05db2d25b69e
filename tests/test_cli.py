import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from support_cli import AD, CLEAN, DIRTY, END, PACK, STORY, make_home, run, tree
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.version import __version__

BYLINE = "Written by the staff\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    (tmp_path / "raw" / "sub").mkdir(parents=True)
    (tmp_path / "raw" / "a.txt").write_text(DIRTY)
    (tmp_path / "raw" / "sub" / "b.md").write_text(CLEAN)
    return tmp_path


def cli(*args, stdin=None):
    return CliRunner().invoke(app, [str(a) for a in args], input=stdin, prog_name="cleaner")


def clean(*args):
    result = cli("clean", *args)
    assert result.exit_code == 0, result.output
    return result


# clean


def test_a_folder_to_a_folder(home):
    before = tree(home / "raw")
    result = clean("raw", "--out", "clean", "--audit", "logs/audit.jsonl")
    assert tree(home / "clean") == {"a.txt": CLEAN.encode(), "sub/b.md": CLEAN.encode()}
    assert tree(home / "raw") == before
    ids = [json.loads(line)["id"] for line in (home / "logs" / "audit.jsonl").read_text().splitlines()]
    assert ids == ["raw/a.txt", "raw/sub/b.md"]
    assert result.stdout == ""
    assert "2 documents, 1 with removals, 2 written to clean." in result.stderr
    for column in ("Category", "Rule", "ad", "test.ad.label", "tidy", "blanks", "14"):
        assert column in result.stderr


def test_files_and_patterns_that_the_shell_left_alone(home):
    clean("raw/a.txt", "raw/**/*.md", "--out", "clean", "--audit", "audit.jsonl")
    assert sorted(tree(home / "clean")) == ["a.txt", "sub/b.md"]


def test_workers_give_the_same_bytes(home):
    for n in range(8):
        (home / "raw" / f"{n}.txt").write_text(DIRTY * n)
    clean("raw", "--out", "one", "--audit", "one.jsonl")
    done = run("clean", "raw", "--out", "three", "--audit", "three.jsonl", "--workers", "3", cwd=home)
    assert done.returncode == 0, done.stderr
    assert tree(home / "one") == tree(home / "three")
    assert (home / "one.jsonl").read_bytes() == (home / "three.jsonl").read_bytes()


def test_in_place_and_back(home):
    (home / "raw" / "a.txt").chmod(0o640)
    result = clean("raw", "--in-place", "--audit", "audit.jsonl")
    assert "1 rewritten" in result.stderr
    assert (home / "raw" / "a.txt").read_text() == CLEAN
    assert (home / "raw" / "a.txt").stat().st_mode & 0o777 == 0o640
    restored = cli("restore", "raw/a.txt", "--audit", "audit.jsonl")
    assert (restored.exit_code, restored.stdout_bytes) == (0, DIRTY.encode())


def test_a_second_run_in_place_changes_nothing(home):
    clean("raw", "--in-place", "--audit", "audit.jsonl")
    before = tree(home)
    clean("raw", "--in-place", "--audit", "audit.jsonl", "--append")
    assert tree(home) == before


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        ([], "add --out DIR or --in-place"),
        (["--audit", "a.jsonl"], "add --out DIR or --in-place"),
        (["--in-place"], "--in-place needs --audit FILE"),
        (["--out", "clean"], "--out needs --audit FILE"),
        (["--out", "clean", "--in-place", "--audit", "a.jsonl"], "exclude each other"),
        (["--workers", "0", "--dry-run"], "--workers"),
        (["--mode", "brave", "--dry-run"], "balanced"),
        (["--also", "adverts", "--dry-run"], "'adverts' is not one of"),
        (["--config", "missing.toml", "--dry-run"], "missing.toml: cannot be read"),
        (["--packs", "missing", "--dry-run"], "missing: no such folder"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_to_add(home, args, hint):
    before = tree(home)
    result = cli("clean", "raw", *args)
    assert result.exit_code == 2
    assert hint in " ".join(result.stderr.replace("│", " ").split())
    assert "Traceback" not in result.output
    assert tree(home) == before


def test_a_bad_setting_in_a_file_names_the_file(home):
    (home / "cleaner.toml").write_text('mode = "brave"\n')
    result = cli("check", "raw")
    assert result.exit_code == 2
    assert "cleaner.toml: mode: 'brave' is not one of" in result.stderr


def test_bad_packs_are_reported_at_once_before_anything_is_written(home):
    (home / "packs" / "bad.toml").write_text("[pack]\nname = 1\n")
    (home / "packs" / "worse.toml").write_text("[")
    for workers in ("1", "2"):
        result = run("clean", "raw", "--out", "c", "--audit", "a.jsonl", "--workers", workers, cwd=home)
        assert result.returncode == 2
        assert b"bad.toml" in result.stderr and b"worse.toml" in result.stderr
        assert b"Traceback" not in result.stderr
        assert not (home / "c").exists() and not (home / "a.jsonl").exists()


def test_the_nearest_settings_hold_and_arguments_go_on_top(home, monkeypatch):
    (home / "raw" / "a.txt").write_text(DIRTY + BYLINE)
    assert "meta" not in cli("check", "raw").stdout
    assert "meta" in cli("check", "raw", "--also", "bio,meta").stdout
    (home / "deep").mkdir()
    (home / "deep" / "pyproject.toml").write_text(
        '[tool.cleaner]\nbuiltin = false\npacks = ["../packs"]\nalso = ["meta"]\nmode = "safe"\n'
    )
    monkeypatch.chdir(home / "deep")
    assert "meta" not in cli("check", "../raw").stdout
    assert "meta" in cli("check", "../raw", "--mode", "balanced").stdout
    assert cli("check", "../raw", "--mode", "balanced", "--keep", "meta,ad").exit_code == 0
    assert "meta" not in cli("check", "../raw", "--config", "../cleaner.toml").stdout
    (home / "deep" / "pyproject.toml").write_text("[tool.other]\n")
    assert "test.ad.label" in cli("check", "../raw").stdout


def test_packs_site_and_language(home):
    more = PACK.replace('"test"', '"more"').replace("test.", "more.").replace("Advertisement", "Reklame")
    more = more.replace('why = "The line is the label', 'sites = ["ads.example"]\nwhy = "The line is the label')
    (home / "more").mkdir()
    (home / "more" / "more.toml").write_text(more.replace('"en"', '"da"'))
    (home / "raw" / "a.txt").write_text(f"{STORY}\nReklame\n\n{END}")
    assert cli("check", "raw", "--packs", "more").exit_code == 0
    assert cli("check", "raw", "--packs", "more", "--site", "ads.example").exit_code == 1
    assert cli("check", "raw", "--packs", "more", "--site", "ads.example", "--language", "en").exit_code == 0
    assert cli("check", "raw", "--packs", "more", "--site", "ads.example", "--language", "da").exit_code == 1


def test_dry_run_writes_nothing(home):
    before = tree(home)
    for args in (
        ["--dry-run"],
        ["--dry-run", "--out", "c", "--audit", "a"],
        ["--dry-run", "--in-place", "--audit", "a"],
    ):
        assert "1 with removals, nothing written" in clean("raw", *args).stderr
    assert tree(home) == before


DIFF = f"--- raw/a.txt\n+++ raw/a.txt\n@@ -1,5 +1,3 @@\n {STORY} \n-{AD}-\n {END}"


def test_diff_alone_writes_nothing_and_applies(home):
    before = tree(home)
    assert clean("raw", "--diff").stdout == DIFF
    assert tree(home) == before
    done = clean("raw", "--diff", "--out", "clean", "--audit", "audit.jsonl")
    assert done.stdout == DIFF
    assert sorted(tree(home / "clean")) == ["a.txt", "sub/b.md"]


def test_standard_input_to_standard_output_byte_for_byte(home):
    for data, expected in (
        (DIRTY.encode(), CLEAN.encode()),
        (DIRTY.replace("\n", "\r\n").encode("utf-16"), CLEAN.replace("\n", "\r\n").encode("utf-16")),
        (b"", b""),
        (b"caf\xe9 d\xe9j\xe0 vu\r", b"caf\xe9 d\xe9j\xe0 vu\r"),
    ):
        done = run("clean", "-", cwd=home, stdin=data)
        assert (done.returncode, done.stdout) == (0, expected)
    done = run("clean", "-", "--audit", "audit.jsonl", cwd=home, stdin=DIRTY.encode())
    (home / "clean.txt").write_bytes(done.stdout)
    assert run("restore", "clean.txt", "--audit", "audit.jsonl", cwd=home).stdout == DIRTY.encode()
    assert run("restore", "-", "--audit", "audit.jsonl", cwd=home, stdin=done.stdout).stdout == DIRTY.encode()
    assert run("clean", "-", "--audit", "audit.jsonl", cwd=home, stdin=b"x").returncode == 2


def test_standard_input_shows_a_diff_or_just_a_summary(home):
    assert cli("clean", "-", "--diff", stdin=DIRTY).stdout == DIFF.replace("raw/a.txt", "-")
    shown = cli("clean", "-", "--dry-run", "--audit", "audit.jsonl", stdin=DIRTY)
    assert (shown.exit_code, shown.stdout) == (0, "")
    assert not (home / "audit.jsonl").exists()


def test_standard_input_stands_alone(home):
    for args in (["-", "raw"], ["-", "--out", "c", "--audit", "a"], ["-", "--in-place", "--audit", "a"]):
        assert cli("clean", *args, stdin="x").exit_code == 2
    assert cli("clean", "-", stdin=b"a\0b").exit_code == 4
    assert cli("check", "-", "raw", stdin="x").exit_code == 2


def test_an_unreadable_input_is_named_and_the_rest_is_done(home):
    (home / "raw" / "binary.txt").write_bytes(b"a\0b")
    (home / "raw" / "gone.txt").symlink_to("nowhere.txt")
    result = cli("clean", "raw", "missing.txt", "no/*.txt", "--out", "clean", "--audit", "audit.jsonl")
    assert result.exit_code == 4
    for name in ("raw/binary.txt: is binary", "missing.txt: cannot be read", "no/*.txt: no file matches"):
        assert name in result.stderr
    assert "3 could not be processed" in result.stderr
    assert sorted(tree(home / "clean")) == ["a.txt", "sub/b.md"]
    assert cli("verify", "clean", "--audit", "audit.jsonl").exit_code == 0


def test_an_output_that_cannot_be_written_is_named_and_the_rest_is_done(home):
    (home / "clean").mkdir()
    (home / "clean" / "sub").write_text("in the way")
    result = cli("clean", "raw", "--out", "clean", "--audit", "audit.jsonl")
    assert result.exit_code == 4
    assert "clean/sub: cannot be made" in result.stderr
    assert (home / "clean" / "a.txt").read_text() == CLEAN
    assert len((home / "audit.jsonl").read_text().splitlines()) == 1


def test_an_audit_log_that_cannot_be_written_stops_before_the_texts(home):
    (home / "file").write_text("in the way")
    for audit in ("file/audit.jsonl", "raw", "raw/a.txt", "clean/a.txt", "/dev/full"):
        before = tree(home)
        for how in (["--out", "clean"], ["--in-place"]) if audit != "clean/a.txt" else (["--out", "clean"],):
            result = cli("clean", "raw", *how, "--audit", audit, "--append")
            assert result.exit_code == 2, result.output
            assert audit.split("/")[-1] in result.stderr or audit.split("/")[0] in result.stderr
        assert tree(home) == before


def test_refusals_come_before_anything_is_written(home):
    (home / "other").mkdir()
    (home / "other" / "a.txt").write_text(DIRTY)
    (home / "link.txt").symlink_to("raw/a.txt")
    (home / "old.jsonl").write_text("")
    before = tree(home)
    for args, message in (
        (["raw", "other", "--out", "c", "--audit", "a.jsonl"], "raw/a.txt and other/a.txt would both be written"),
        (["raw", "--out", "raw", "--audit", "a.jsonl"], "would overwrite the input raw/a.txt"),
        (["raw", "--out", "c", "--audit", "old.jsonl"], "old.jsonl: exists; add --append"),
        (["raw", "--in-place", "--audit", "old.jsonl"], "old.jsonl: exists; add --append"),
        (["raw/sub", "link.txt", "--in-place", "--audit", "a.jsonl"], "link.txt: is a symlink"),
    ):
        result = cli("clean", *args)
        assert result.exit_code == 2, result.output
        assert message in result.stderr
        assert tree(home) == before


def test_a_torn_log_says_what_to_do(home):
    clean("raw", "--in-place", "--audit", "audit.jsonl")
    with (home / "audit.jsonl").open("ab") as file:
        file.write(b'{"schema":1')
    result = cli("clean", "raw", "--in-place", "--audit", "audit.jsonl", "--append")
    assert result.exit_code == 2
    assert "audit.jsonl, line 3: is not complete" in result.stderr and "delete this line" in result.stderr


def test_append_continues_a_log(home):
    clean("raw/a.txt", "--out", "clean", "--audit", "audit.jsonl")
    first = (home / "audit.jsonl").read_bytes()
    clean("raw", "--out", "clean", "--audit", "audit.jsonl", "--append")
    assert (home / "audit.jsonl").read_bytes().startswith(first)
    assert cli("verify", "clean", "--audit", "audit.jsonl").exit_code == 0


def test_an_output_folder_inside_the_input_folder(home):
    for _ in range(2):
        clean("raw", "--out", "raw/clean", "--audit", "audit.jsonl", "--append")
    assert sorted(tree(home / "raw")) == ["a.txt", "clean/a.txt", "clean/sub/b.md", "sub/b.md"]


def test_an_empty_clean_text_is_mentioned_and_an_empty_file_is_fine(home):
    (home / "raw" / "ads.txt").write_text(f"{AD}\n{AD}")
    (home / "raw" / "empty.txt").write_bytes(b"")
    result = clean("raw", "--out", "clean", "--audit", "audit.jsonl")
    assert "clean text is empty: raw/ads.txt" in result.stderr
    assert "empty.txt" not in result.stderr
    assert (home / "clean" / "ads.txt").read_bytes() == (home / "clean" / "empty.txt").read_bytes() == b""
    assert cli("restore", "clean", "--audit", "audit.jsonl", "--out", "back").exit_code == 0
    assert tree(home / "back") == tree(home / "raw")


def test_no_progress_bar_in_a_pipe_and_one_on_a_terminal(home):
    assert b"Cleaning" not in run("clean", "raw", "--dry-run", cwd=home).stderr
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "cleaner", "clean", "raw", "--dry-run"]
    with subprocess.Popen(command, cwd=home, stderr=child, stdout=subprocess.PIPE, env={**os.environ, "TERM": "xterm"}):
        os.close(child)
        shown = b""
        while True:
            try:
                shown += os.read(parent, 65536)
            except OSError:
                break
            if b"nothing written" in shown:
                break
    os.close(parent)
    assert b"Cleaning" in shown


def test_a_long_line_and_many_lines(home):
    (home / "raw" / "long.txt").write_text("A harbour is a place where ships wait. " * 50_000)
    (home / "raw" / "many.txt").write_text((STORY + AD) * 20_000)
    clean("raw", "--out", "clean", "--audit", "audit.jsonl")
    assert cli("restore", "clean", "--audit", "audit.jsonl", "--out", "back").exit_code == 0
    assert tree(home / "back") == tree(home / "raw")
    assert len(clean("raw/many.txt", "--diff").stdout.splitlines()) == 40_003


# check


def test_check_lists_and_writes_nothing(home):
    before = tree(home)
    result = cli("check", "raw")
    assert (result.exit_code, result.stdout) == (1, "raw/a.txt:3: ad test.ad.label Advertisement\n")
    assert tree(home) == before
    assert (cli("check", "raw/sub").exit_code, cli("check", "raw/sub").stdout) == (0, "")


def test_check_of_standard_input_and_of_what_cannot_be_read(home):
    assert cli("check", "-", stdin=DIRTY).stdout == "-:3: ad test.ad.label Advertisement\n"
    result = cli("check", "raw", "missing.txt", "x*")
    assert result.exit_code == 4
    assert "raw/a.txt:3:" in result.stdout
    assert "missing.txt: cannot be read" in result.stderr and "x*: no file matches" in result.stderr


def test_text_cannot_steer_the_terminal(home):
    name = "raw/\x1b[31m.txt"
    (home / name).write_text(f"{STORY}\nSign up for our newsletter \x1b[31m now\n\n{END}")
    result = cli("check", name)
    assert "\x1b" not in result.stdout
    assert result.stdout.startswith("raw/\\x1b[31m.txt:3: newsletter")


def test_names_that_are_no_unicode(home):
    name = os.fsdecode(b"raw/\xff.txt")
    Path(name).write_text(DIRTY)
    clean("raw", "--out", "clean", "--audit", "audit.jsonl")
    assert b"raw/\\udcff.txt:3: ad" in run("check", "raw", cwd=home).stdout
    assert cli("verify", "clean", "--audit", "audit.jsonl").exit_code == 0


# restore, verify


def test_restore_by_name_and_by_text(home):
    (home / "raw" / "sub" / "a.txt").write_text(f"{STORY}\n{AD}\n{AD}\n{END}")
    clean("raw", "--out", "clean", "--audit", "audit.jsonl")
    result = cli("restore", "clean", "--audit", "audit.jsonl", "--out", "back")
    assert result.exit_code == 0
    assert "3 restored to back, 0 not." in result.stderr
    assert tree(home / "back") == tree(home / "raw")


def test_restore_writes_the_encoding_it_found(home):
    text = (
        "L’été dernier, les élèves ont été reçus à Paris, où ça va toujours, dit-on.\r\n\r\nAdvertisement\r\n\r\n"
        "Les travaux reprendront au printemps, selon la mairie, qui promet un pont ouvert à tous.\r\n"
    )
    for codec in ("cp1252", "utf-16", "utf-8-sig", "utf-32-be"):
        mark = "\ufeff" if codec == "utf-32-be" else ""
        (home / "raw" / f"{codec}.txt").write_bytes((mark + text).encode(codec))
    clean("raw", "--out", "clean", "--audit", "audit.jsonl")
    encodings = {r["id"]: r["encoding"] for r in map(json.loads, (home / "audit.jsonl").read_text().splitlines())}
    assert encodings["raw/a.txt"] == encodings["raw/utf-8-sig.txt"] == "utf-8"
    assert (encodings["raw/cp1252.txt"], encodings["raw/utf-32-be.txt"]) == ("cp1252", "utf-32-be")
    assert cli("verify", "clean", "--audit", "audit.jsonl").exit_code == 0
    assert cli("restore", "clean", "--audit", "audit.jsonl", "--out", "back").exit_code == 0
    assert tree(home / "back") == tree(home / "raw")


def test_restore_names_what_it_cannot_do_and_goes_on(home):
    clean("raw", "--out", "clean", "--audit", "audit.jsonl")
    (home / "clean" / "a.txt").write_text("edited")
    result = cli("restore", "clean", "--audit", "audit.jsonl", "--out", "back")
    assert result.exit_code == 4
    assert "clean/a.txt: was changed after it was cleaned" in result.stderr
    assert sorted(tree(home / "back")) == ["sub/b.md"]


def test_restore_refuses_to_overwrite_and_to_mix_files_on_stdout(home):
    clean("raw", "--out", "clean", "--audit", "audit.jsonl")
    before = tree(home)
    assert cli("restore", "clean", "--audit", "audit.jsonl").exit_code == 2
    assert cli("restore", "clean", "--audit", "audit.jsonl", "--out", "clean").exit_code == 2
    assert cli("restore", "clean/a.txt", "--audit", "clean", "--out", "b").exit_code == 4
    assert cli("restore", "clean/a.txt", "--audit", "missing.jsonl").exit_code == 4
    assert tree(home) == before


def test_verify_lists_every_mismatch(home):
    for name in ("c", "d", "e"):
        (home / "raw" / f"{name}.txt").write_text(f"{DIRTY}Story {name}.\n")
    clean("raw", "--out", "clean", "--audit", "audit.jsonl")
    assert cli("verify", "clean", "--audit", "audit.jsonl").exit_code == 0
    (home / "clean" / "a.txt").write_text("edited")
    (home / "clean" / "c.txt").unlink()
    (home / "clean" / "new.txt").write_text("new")
    d, e = (home / "clean" / "d.txt"), (home / "clean" / "e.txt")
    one, other = d.read_bytes(), e.read_bytes()
    d.write_bytes(other), e.write_bytes(one)
    result = cli("verify", "clean", "--audit", "audit.jsonl")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 5
    for name in ("clean/a.txt: ", "raw/c.txt: has a record, but no file", "clean/d.txt: ", "clean/e.txt: "):
        assert name in result.stdout
    assert "clean/new.txt: no record" in result.stdout


def test_verify_finds_a_changed_record(home):
    clean("raw", "--out", "clean", "--audit", "audit.jsonl")
    log = home / "audit.jsonl"
    log.write_text(log.read_text().replace('"Advertisement\\n"', '"Advertisemend\\n"'))
    result = cli("verify", "clean/a.txt", "--audit", "audit.jsonl")
    assert result.exit_code == 1
    assert "was changed" in result.stdout


# packs


def test_packs_list_and_show(home):
    result = cli("packs", "list")
    assert result.exit_code == 0
    for part in ("test", "1.0.0", "4", "1", "What the tests need."):
        assert part in result.stdout
    (pack,) = json.loads(cli("packs", "list", "--json").stdout)
    assert pack["guards"][0]["against"] == sorted(pack["guards"][0]["against"])
    shown = cli("packs", "show", "test.ad.label").stdout
    for part in ("test 1.0.0", "packs/test.toml", "category: ad", "The advertisement ran for a week."):
        assert part in shown
    assert json.loads(cli("packs", "show", "test.guard.said", "--json").stdout)["pack"]["name"] == "test"
    unknown = cli("packs", "show", "test.ad.lable")
    assert unknown.exit_code == 2
    assert "did you mean test.ad.label" in unknown.stderr


def test_packs_lint_and_test_report_everything_at_once(home):
    for command in ("lint", "test"):
        assert cli("packs", command, "packs").exit_code == 0
    bad = PACK.replace('"test"', '"bad"').replace("test.", "bad.")
    bad = bad.replace('examples = ["Advertisement"]', 'examples = ["Ad"]')
    bad = bad.replace('["The advertisement ran for a week."]', '["Advertisement"]')
    (home / "packs" / "bad.toml").write_text(bad)
    (home / "packs" / "broken.toml").write_text("[")
    (home / "packs" / "slow.toml").write_text(
        PACK.replace('"test"', '"slow"')
        .replace("test.", "slow.")
        .replace('phrases = ["Leave a Reply"]', "regex = '(a)\\1'")
    )
    lint = cli("packs", "lint", "packs")
    assert lint.exit_code == 2
    for part in ("does not match 'Ad'", "matches 'Advertisement'", "broken.toml: cannot be read", "is not linear"):
        assert part in lint.stdout
    test = cli("packs", "test", "packs")
    assert test.exit_code == 2
    assert "test: 5 of 5 examples match, 5 of 5 counterexamples don't" in test.stdout
    assert "bad: 4 of 5 examples match, 4 of 5 counterexamples don't" in test.stdout
    assert cli("packs", "lint", "missing").exit_code == 2


# the program


@pytest.mark.parametrize("args", [["--version"], ["--help"]])
def test_the_program_starts_without_heavy_imports(args):
    script = (
        "import sys\nfrom cleaner.__main__ import main\nsys.argv[1:] = sys.argv[1:]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(sorted({'re2', 'hyperscan', 'pydantic', 'typer'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *args], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == ("[]" if args == ["--version"] else "['typer']")


def test_version_and_help(home):
    assert run("--version", cwd=home).stdout.decode().strip() == f"cleaner {__version__}"
    assert cli("--version").stdout.strip() == f"cleaner {__version__}"
    for command in ([], ["clean"], ["check"], ["restore"], ["verify"], ["packs"], ["packs", "lint"], ["hook"]):
        shown = " ".join(cli(*command, "--help").stdout.split())
        assert "Exit codes: 0 fine; 1 something was found" in shown
        assert "130 interrupted" in shown


def test_help_says_which_files_are_taken():
    shown = " ".join(cli("clean", "--help").stdout.split())
    for part in ("*.txt and *.md", ".cleanerignore", "hidden"):
        assert part in shown


def test_completion_is_offered():
    assert "--show-completion" in cli("--help").stdout
