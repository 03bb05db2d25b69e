import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support_cli import CLEAN, DIRTY, make_home, tree
from typer.testing import CliRunner

from cleaner.cli import app
from cleaner.hook import AUDIT_NAME
from cleaner.native import VARIABLE

ROOT = Path(__file__).parent.parent


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "a.txt").write_text(DIRTY)
    (tmp_path / "seeds" / "b.txt").write_text(CLEAN)
    return tmp_path


def cli(*args):
    return CliRunner().invoke(app, ["hook", *(str(a) for a in args)], prog_name="cleaner")


def test_clean_rewrites_and_keeps_the_audit_beside_the_files(home):
    result = cli("clean", "seeds/a.txt", "seeds/b.txt")
    assert result.exit_code == 3
    assert result.stdout.splitlines() == ["seeds/a.txt", f"seeds/{AUDIT_NAME}", "files rewritten, please stage"]
    assert (home / "seeds" / "a.txt").read_text() == CLEAN
    before = tree(home)
    assert cli("clean", "seeds/a.txt", "seeds/b.txt").exit_code == 0
    assert tree(home) == before
    restored = CliRunner().invoke(app, ["restore", "seeds/a.txt", "--audit", f"seeds/{AUDIT_NAME}"])
    assert restored.stdout == DIRTY


def test_clean_appends_to_the_log_of_each_folder_or_to_one(home):
    (home / "more").mkdir()
    (home / "more" / "c.txt").write_text(DIRTY)
    assert cli("clean", "seeds/a.txt", "more/c.txt").exit_code == 3
    (home / "seeds" / "b.txt").write_text(DIRTY + "New.\n")
    assert cli("clean", "seeds/b.txt").exit_code == 3
    assert len((home / "seeds" / AUDIT_NAME).read_text().splitlines()) == 2
    assert len((home / "more" / AUDIT_NAME).read_text().splitlines()) == 1
    (home / "more" / "c.txt").write_text(DIRTY)
    assert cli("clean", "more/c.txt", "--audit", "logs/one.jsonl").exit_code == 3
    assert len((home / "logs" / "one.jsonl").read_text().splitlines()) == 1


def test_clean_names_what_it_cannot_do(home):
    (home / "seeds" / "binary.txt").write_bytes(b"a\0b")
    (home / "seeds" / "link.txt").symlink_to("a.txt")
    result = cli("clean", "seeds/binary.txt", "seeds/link.txt")
    assert result.exit_code == 4
    assert "seeds/binary.txt: is binary" in result.stderr and "seeds/link.txt: is a symlink" in result.stderr
    assert (home / "seeds" / "a.txt").read_text() == DIRTY
    assert not (home / "seeds" / AUDIT_NAME).exists()


def test_check_lists_and_writes_nothing(home):
    before = tree(home)
    result = cli("check", "seeds/a.txt", "seeds/b.txt")
    assert (result.exit_code, result.stdout) == (1, "seeds/a.txt:3: ad test.ad.label Advertisement\n")
    assert cli("check", "seeds/b.txt").exit_code == 0
    assert cli("check").exit_code == cli("clean").exit_code == 0
    assert tree(home) == before


def test_fixtures_are_made_and_then_held_against_the_seeds(home):
    (home / "seeds" / "c.txt").write_bytes("Déjà vu, l’été à Paris où ça va.\r\n".encode("utf-16"))
    settings = ("--config", "cleaner.toml")
    missing = cli("fixtures", *settings)
    assert missing.exit_code == 1
    assert "fixtures/a/clean.txt: is missing" in missing.stdout and "--update" in missing.stderr
    assert not (home / "fixtures").exists()
    assert cli("fixtures", "--update", *settings).exit_code == 0
    assert cli("fixtures", *settings).exit_code == 0
    assert (home / "fixtures" / "a" / "clean.txt").read_text() == CLEAN
    assert '"id":"seeds/a.txt"' in (home / "fixtures" / "a" / "audit.jsonl").read_text()
    assert (home / "fixtures" / "c" / "clean.txt").read_bytes() == (home / "seeds" / "c.txt").read_bytes()


def test_fixtures_are_the_same_from_every_folder(home, monkeypatch):
    cli("fixtures", "--update", "--config", "cleaner.toml")
    elsewhere = home / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    args = ("--seeds", home / "seeds", "--fixtures", "../fixtures", "--config", home / "cleaner.toml")
    assert cli("fixtures", *args).exit_code == 0


def test_drift_is_shown_as_a_diff_and_ends_with_1(home):
    settings = ("--config", "cleaner.toml")
    cli("fixtures", "--update", *settings)
    good = tree(home / "fixtures")
    (home / "fixtures" / "a" / "clean.txt").write_text(DIRTY)
    (home / "fixtures" / "b" / "clean.txt").write_bytes(CLEAN.replace("\n", "\r\n").encode())
    (home / "fixtures" / "b" / "audit.jsonl").write_text("{}")
    result = cli("fixtures", *settings)
    assert result.exit_code == 1
    for part in ("--- fixtures/a/clean.txt (as it is)", "\n-Advertisement\n", "b/audit.jsonl (as made now)", "b/clean"):
        assert part in result.stdout
    assert cli("fixtures", "--update", *settings).exit_code == 0
    assert tree(home / "fixtures") == good


def test_a_fixture_without_a_seed_is_drift_that_no_update_removes(home):
    settings = ("--config", "cleaner.toml")
    cli("fixtures", "--update", *settings)
    (home / "seeds" / "b.txt").unlink()
    for args in (settings, ("--update", *settings)):
        result = cli("fixtures", *args)
        assert result.exit_code == 1
        assert "fixtures/b: has no seed" in result.stdout
    assert (home / "fixtures" / "b" / "clean.txt").exists()


def test_no_seeds_is_an_error(home):
    result = cli("fixtures", "--seeds", "nowhere")
    assert result.exit_code == 4
    assert "nowhere: has no seeds" in result.stderr


# With the real pre-commit, against the working tree as it is.

needs_programs = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder, *args):
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    command = ["git", *identity, *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture(scope="session")
def hooks(tmp_path_factory):
    """The working tree as a commit that pre-commit can install from, and the folder it installs to."""
    folder = tmp_path_factory.mktemp("hooks")
    snapshot = folder / "snapshot"
    for name in git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (snapshot / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, snapshot / name)
    git(snapshot, "init", "--quiet")
    git(snapshot, "add", "--all")
    git(snapshot, "commit", "--quiet", "--message", "Snapshot", "--no-verify")
    return snapshot, git(snapshot, "rev-parse", "HEAD"), folder / "home"


@pytest.fixture
def repository(home, hooks):
    """A repository with a staged dirty text and a staged clean one."""
    git(home, "init", "--quiet")
    (home / "notes.py").write_text("# Advertisement\n")
    return home


def pre_commit(repository, hooks, hook, *lines):
    snapshot, commit, installed = hooks
    extra = "".join(f"        {line}\n" for line in lines)
    (repository / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {snapshot}\n    rev: {commit}\n    hooks:\n      - id: {hook}\n{extra}"
    )
    git(repository, "add", "--all")
    # Hooks as they are where there is no compiler; compiling takes a minute, and other tests have the native core.
    environment = {**os.environ, "PRE_COMMIT_HOME": str(installed), VARIABLE: "0"}
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--verbose"],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@needs_programs
def test_the_clean_hook_rewrites_and_passes_once_staged(repository, hooks):
    done = pre_commit(repository, hooks, "cleaner-clean", "files: ^seeds/")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "exit code: 3" in done.stdout
    assert "files rewritten, please stage" in done.stdout
    assert (repository / "seeds" / "a.txt").read_text() == CLEAN
    assert len((repository / "seeds" / AUDIT_NAME).read_text().splitlines()) == 1
    before = tree(repository / "seeds")
    assert pre_commit(repository, hooks, "cleaner-clean", "files: ^seeds/").returncode == 0
    assert tree(repository / "seeds") == before


@needs_programs
def test_the_check_hook_finds_and_writes_nothing(repository, hooks):
    before = tree(repository / "seeds")
    done = pre_commit(repository, hooks, "cleaner-check")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "exit code: 1" in done.stdout
    assert "seeds/a.txt:3: ad test.ad.label Advertisement" in done.stdout
    assert tree(repository / "seeds") == before
    (repository / "seeds" / "a.txt").write_text(CLEAN)
    assert pre_commit(repository, hooks, "cleaner-check").returncode == 0


@needs_programs
def test_the_hooks_are_well_formed():
    for manifest, kind in ((".pre-commit-hooks.yaml", "manifest"), (".pre-commit-config.yaml", "config")):
        command = [sys.executable, "-m", "pre_commit", f"validate-{kind}", manifest]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout
