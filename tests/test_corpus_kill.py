"""Runs over a corpus that are killed at any moment lose nothing and do nothing twice."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time

import pytest
from support_cli import make_home, run, tree
from support_corpus import parquet_table, text, wet, write_jsonl, write_parquet

from cleaner.pipeline import default_cleaner

#: For each number of workers.
KILLS = 10
SEED = 7


@pytest.fixture
def home(tmp_path):
    home = make_home(tmp_path)
    for n in range(30):
        lines = [{"id": f"d{n % 7}-{m}", "text": text(m)} for m in range(60)]
        write_jsonl(home / "raw" / f"{n:02}.jsonl{['', '.gz', '.zst'][n % 3]}", [*lines, b"no JSON\n"])
    write_parquet(home / "raw" / "z.parquet", parquet_table(600), row_group_size=100)
    (home / "raw" / "z.wet").write_bytes(b"".join(wet(n, text(n).encode()) for n in range(200)))
    return home


def kill_after(home, command, seconds):
    """Start the command, and kill it with all its workers after so long; False if it ended before."""
    process = subprocess.Popen(
        [sys.executable, "-m", "cleaner", *command],
        cwd=home,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    return False


def written(home):
    return {name: data for name, data in tree(home).items() if name.startswith(("out/", "audit/"))}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_killed_at_any_moment_and_resumed_it_ends_the_same(home, workers):
    command = ("clean", "raw", "--out", "out", "--audit", "audit", "--no-model", "--workers", workers)
    default_cleaner()  # keeps the packs prepared, so that no run takes longer than the others
    start = time.monotonic()
    assert run(*command, cwd=home).returncode == 4
    usual = time.monotonic() - start
    expected = written(home)
    shutil.rmtree(home / "out")
    shutil.rmtree(home / "audit")
    moments = random.Random(SEED)
    kills = inside = 0
    while kills < KILLS:
        if kill_after(home, (*command, "--resume"), moments.uniform(0.3, 1) * usual):
            kills += 1
            inside += 0 < len(written(home)) != len(expected)
        else:
            assert written(home) == expected
            shutil.rmtree(home / "out")
            shutil.rmtree(home / "audit")
    assert inside > KILLS // 4, "the kills came too early or too late to tell anything"
    assert run(*command, "--resume", cwd=home).returncode == 4
    assert written(home) == expected


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupt_leaves_nothing_half_written_and_says_how_to_go_on(home, workers):
    # A process started in the background may have been told to ignore SIGINT, and would hand that down.
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
    arguments = ("clean", "raw", "--out", "out", "--audit", "audit", "--workers", workers)
    command = [sys.executable, "-m", "cleaner", *arguments]
    try:
        process = subprocess.Popen(command, cwd=home, stderr=subprocess.PIPE, start_new_session=True)
    finally:
        signal.signal(signal.SIGINT, ignored)
    # Their names alone: a file that is being written may be gone before it can be read.
    while sum(len(list((home / folder).glob("[!.]*"))) for folder in ("out", "audit")) < 6:
        assert process.poll() is None
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    errors = process.communicate()[1].decode()
    assert process.returncode == 130
    assert errors.startswith("interrupted; what is written so far is whole; the same command with --resume"), errors
    assert "Traceback" not in errors
    assert not [name for name in written(home) if name.endswith(".tmp")]
