import errno
import gc
import json
import os
import resource
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import fsspec
import pyarrow.parquet as pq
import pytest
from support_cli import make_home, run, tree
from support_corpus import (
    CLEAN,
    DIRTY,
    clean,
    clean_text,
    deadly,
    order,
    parquet_table,
    quarantine,
    records,
    text,
    wet,
    write_jsonl,
    write_parquet,
)

from cleaner.apply import restore
from cleaner.audit import from_json
from cleaner.auditlog import read_log
from cleaner.batch import cleaner_for
from cleaner.corpus import local_engine, storage
from cleaner.corpus.run import clean_corpus
from cleaner.errors import OutputError, ResumeError, RoundTripError


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    return tmp_path


def rows(count, start=0, **more):
    return [{"id": f"d{n}", "text": text(n), **more} for n in range(start, start + count)]


def mixed(folder):
    """A corpus of every format, some of it not right."""
    write_jsonl(folder / "a.jsonl", [*rows(300), b"no JSON\n", b'{"id":"null","text":null}\n', *rows(300, 300)])
    write_jsonl(folder / "sub" / "b.jsonl.gz", rows(200, 600))
    write_jsonl(folder / "sub" / "c.jsonl.zst", rows(200, 800))
    write_parquet(folder / "d.parquet", parquet_table(500), row_group_size=200)
    (folder / "e.wet").write_bytes(b"".join(wet(n, text(n).encode()) for n in range(50)))


def test_the_output_does_not_depend_on_the_workers(home):
    mixed(Path("raw"))
    clean(home, "raw")
    one = tree(Path("out")), tree(Path("audit"))
    assert sorted(one[0]) == ["a.jsonl", "d.parquet", "e.wet", "sub/b.jsonl.gz", "sub/c.jsonl.zst"]
    assert sorted(one[1]) == [
        *(f"{n}.audit.jsonl" for n in ("a.jsonl", "d.parquet", "e.wet")),
        "manifest.jsonl",
        "quarantine.jsonl",
        "sub/b.jsonl.gz.audit.jsonl",
        "sub/c.jsonl.zst.audit.jsonl",
    ]
    for folder in ("out", "audit"):
        shutil.rmtree(folder)
    clean(home, "raw", workers=2)
    assert (tree(Path("out")), tree(Path("audit"))) == one


def documents(place):
    """Ids or row numbers, and texts, of a clean shard, by row of the source where none was set aside."""
    if place.suffix == ".parquet":
        return pq.read_table(place).column("text").to_pylist()
    return [json.loads(line)["text"] for line in place.read_bytes().splitlines()]


def test_every_document_is_restored_from_output_and_audit_shard(home):
    write_jsonl(Path("raw/a.jsonl"), [*rows(60), {"text": None}, *rows(60)])
    write_parquet(Path("raw/b.parquet"), parquet_table(90))
    clean(home, "raw")
    for name, sources in (
        ("a.jsonl", [text(n) for n in [*range(60), *range(60)]]),
        ("b.parquet", map(text, range(90))),
    ):
        cleaned = [t for t in documents(Path("out") / name) if t is not None]
        found = list(read_log(Path("audit") / f"{name}.audit.jsonl"))
        assert [restore(t, r) for t, r in zip(cleaned, found, strict=True)] == list(sources)
    for number in (0, 1, 59):
        result = run(
            "restore", "-", "--audit", "audit/a.jsonl.audit.jsonl", cwd=home, stdin=clean_text(number).encode()
        )
        assert result.stdout.decode() == text(number), result.stderr


def test_the_same_records_are_in_the_audit_as_parquet(home):
    write_jsonl(Path("a.jsonl"), [*rows(5), {"text": None}, {"id": "\ud800", "text": DIRTY}])
    clean(home, "a.jsonl")
    clean(home, "a.jsonl", out="o2", audit="a2", audit_format="parquet")
    table = pq.read_table("a2/a.jsonl.audit.parquet").to_pylist()
    lines = Path("audit/a.jsonl.audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert [r["record"] for r in table] == [line for line in lines if line]
    assert [r["row"] for r in table] == [0, 1, 2, 3, 4, 6]
    for row in table:
        record = from_json(row["record"])
        assert row["id"] == record.id.encode("utf-8", "backslashreplace").decode()
        assert [(r["start"], r["category"], r["rule"]) for r in row["removals"]] == [
            (r.start, r.category, r.rule) for r in record.removals
        ]


def test_duplicate_ids_are_counted_named_and_told_apart_by_row(home):
    write_jsonl(Path("raw/a.jsonl"), [*rows(3), {"id": "d1", "text": CLEAN}])
    write_jsonl(Path("raw/b.jsonl"), rows(2))
    totals = clean(home, "raw").totals
    assert totals.duplicates == 3
    assert totals.duplicate_examples == [
        "'d1': a.jsonl row 1 and a.jsonl row 3",
        "'d0': a.jsonl row 0 and b.jsonl row 0",
        "'d1': a.jsonl row 1 and b.jsonl row 1",
    ]
    assert [r["id"] for r in records("audit/a.jsonl.audit.jsonl")] == ["d0", "d1", "d2", "d1"]
    assert not Path("audit/ids.sqlite").exists()


def test_documents_that_kill_their_worker_are_set_aside(home, monkeypatch):
    monkeypatch.setattr(local_engine, "cleaning", lambda config: partial(deadly, config=config))
    bad = {5: "deadly", 130: "deadly", 131: "greedy"}
    lines = [{"id": f"d{n}", "text": bad.get(n, text(n)), "x": n} for n in range(400)]
    write_jsonl(Path("a.jsonl"), lines)
    report = clean(home, "a.jsonl", workers=2)
    assert [(e["row"], e["id"], json.loads(e["original"])["x"]) for e in quarantine()] == [(n, f"d{n}", n) for n in bad]
    assert [e["reason"].partition(",")[0] for e in quarantine()] == [
        "its worker process died (signal 9)",
        "its worker process died (signal 9)",
        "MemoryError",
    ]
    kept = [json.loads(line) for line in Path("out/a.jsonl").read_bytes().splitlines()]
    assert kept == [{**line, "text": clean_text(line["x"])} for line in lines if line["x"] not in bad]
    assert (report.totals.quarantined, report.totals.documents) == (3, 397)


def test_a_worker_that_is_killed_once_costs_nothing(home, monkeypatch):
    lines = [{"text": "This one is deadly.\n" if n == 77 else text(n)} for n in range(300)]
    write_jsonl(Path("a.jsonl"), lines)
    clean(home, "a.jsonl", out="calm", audit="calm-audit")
    monkeypatch.setattr(local_engine, "cleaning", lambda config: partial(deadly, config=config, once="died"))
    assert clean(home, "a.jsonl", workers=2).totals.quarantined == 0
    assert Path("died").exists()
    assert tree(Path("out")) == tree(Path("calm"))


def test_a_document_that_would_not_restore_is_set_aside(home, monkeypatch):
    import cleaner.corpus.work as work

    def honest_but_once(result, line):
        if result.document.id == "d2":
            raise RoundTripError("no way back")

    monkeypatch.setattr(work, "_prove", honest_but_once)
    write_jsonl(Path("a.jsonl"), rows(5))
    clean(home, "a.jsonl")
    (entry,) = quarantine()
    assert (entry["id"], entry["reason"]) == ("d2", "no way back")
    assert Path("out/a.jsonl").read_bytes().count(b"\n") == 4


# Beginning and going on


def test_a_second_run_has_to_be_asked_for(home):
    write_jsonl(Path("raw/a.jsonl"), rows(3))
    clean(home, "raw")
    before = tree(home)
    with pytest.raises(ResumeError, match="a run has been here; add --resume"):
        clean(home, "raw")
    report = clean(home, "raw", resume=True)
    assert (report.done, report.earlier, report.totals.documents, report.fresh.documents) == (0, 1, 3, 0)
    assert tree(home) == before


def _new_shard():
    write_jsonl(Path("raw/c.jsonl"), rows(1))


def _changed_shard():
    write_jsonl(Path("raw/a.jsonl"), rows(4))


def _changed_pack():
    pack = Path("packs/test.toml")
    pack.write_text(pack.read_text().replace("1.0.0", "1.0.1"))
    cleaner_for.cache_clear()  # Another process would have none.


@pytest.mark.parametrize(
    ("change", "settings", "message"),
    [
        (_new_shard, {}, "c.jsonl is new"),
        (lambda: Path("raw/b.jsonl").unlink(), {}, "b.jsonl is gone"),
        (_changed_shard, {}, "a.jsonl changed"),
        (_changed_pack, {}, "the packs or the model changed"),
        (lambda: None, {"layout": {"text": "body"}}, "the columns, --max-document, --html or the extractor changed"),
        (lambda: None, {"audit_format": "parquet"}, "the audit format changed"),
        (lambda: None, {"out": "elsewhere"}, "the output folder changed"),
        (lambda: Path("out/a.jsonl").unlink(), {}, "out/a.jsonl: was written by the run that is resumed, and is gone"),
    ],
)
def test_another_run_is_not_resumed(home, change, settings, message):
    write_jsonl(Path("raw/a.jsonl"), rows(3))
    write_jsonl(Path("raw/b.jsonl"), rows(3))
    clean(home, "raw")
    change()
    with pytest.raises(ResumeError, match=message):
        clean(home, "raw", resume=True, **settings)


def test_two_runs_cannot_share_a_folder(home):
    write_jsonl(Path("raw/a.jsonl"), rows(3))
    command = order(home, ["raw"])

    def meanwhile(position):
        if position:
            with pytest.raises(ResumeError, match="another run is at work"):
                clean(home, "raw", resume=True)

    clean_corpus(command, meanwhile)


def test_a_shard_that_could_not_be_read_is_tried_again(home):
    write_jsonl(Path("raw/a.jsonl"), rows(3))
    write_parquet(Path("raw/b.parquet"), parquet_table(9))
    good = Path("raw/b.parquet").read_bytes()
    Path("raw/b.parquet").write_bytes(b"nothing")
    assert "b.parquet: is no Parquet file" in clean(home, "raw").failures[0]
    assert Path("audit/ids.sqlite").exists()
    Path("raw/b.parquet").write_bytes(good)
    report = clean(home, "raw", resume=True)
    assert (report.done, report.earlier, report.failures) == (1, 1, [])
    assert documents(Path("out/b.parquet")) == [clean_text(n) for n in range(9)]


def test_a_torn_manifest_counts_as_far_as_it_goes(home):
    for n in range(4):
        write_jsonl(Path(f"raw/{n}.jsonl"), rows(3, 3 * n))
    clean(home, "raw")
    whole = tree(home)
    manifest = Path("audit/manifest.jsonl")
    data = manifest.read_bytes()
    for cut in (10, data.index(b"\n") + 1, len(data) - 5, len(data) - 1):
        manifest.write_bytes(data[:cut])
        clean(home, "raw", resume=True)
        assert tree(home) == whole
    manifest.write_bytes(b"no JSON\n")
    with pytest.raises(ResumeError, match="is damaged"):
        clean(home, "raw", resume=True)


# Storage


@pytest.fixture
def memory():
    fs = fsspec.filesystem("memory")
    yield fs
    fs.store.clear()
    fs.pseudo_dirs[:] = [""]


def test_remote_corpora_are_read_written_and_resumed(home, memory):
    mixed(Path("raw"))
    memory.put("raw", "/bucket/raw", recursive=True)
    clean(home, "raw")
    clean(home, "memory://bucket/raw", out="memory://bucket/clean", audit="remote")
    memory.get("/bucket/clean", "fetched", recursive=True)
    assert tree(Path("fetched")) == tree(Path("out"))
    assert {k: v for k, v in tree(Path("remote")).items() if k != "manifest.jsonl"} == {
        k: v for k, v in tree(Path("audit")).items() if k != "manifest.jsonl"
    }
    report = clean(home, "memory://bucket/raw", out="memory://bucket/clean", audit="remote", resume=True)
    assert (report.done, report.earlier) == (0, 5)
    memory.pipe_file("/bucket/raw/a.jsonl", b"{}\n")
    with pytest.raises(ResumeError, match=r"a\.jsonl changed"):
        clean(home, "memory://bucket/raw", out="memory://bucket/clean", audit="remote", resume=True)


def test_remote_patterns_and_files_keep_their_places(home, memory):
    mixed(Path("raw"))
    memory.put("raw", "/bucket/raw", recursive=True)
    names = [shard.name for shard in order(home, ["memory://bucket/raw/**/*.jsonl.*"]).shards]
    assert names == ["sub/b.jsonl.gz", "sub/c.jsonl.zst"]
    assert [shard.name for shard in order(home, ["memory://bucket/raw/sub/b.jsonl.gz"]).shards] == ["b.jsonl.gz"]


def test_storage_that_fails_is_not_taken_for_damage(home, memory, monkeypatch):
    write_jsonl(Path("raw/a.jsonl.gz"), rows(2000, x=os.urandom(400).hex()))
    write_jsonl(Path("raw/b.jsonl"), rows(2))
    memory.put("raw", "/bucket/raw", recursive=True)
    honest = storage._Guarded.readinto

    class Flaky:
        def __init__(self, raw):
            self.raw = raw

        def read(self, size):
            if self.raw.tell() > 100:
                raise ConnectionResetError("the other side is gone")
            return self.raw.read(100)

        def __getattr__(self, name):
            return getattr(self.raw, name)

    def flaky(self, buffer):
        if self._name.endswith("a.jsonl.gz") and not isinstance(self._raw, Flaky):
            self._raw = Flaky(self._raw)
        return honest(self, buffer)

    monkeypatch.setattr(storage._Guarded, "readinto", flaky)
    report = clean(home, "memory://bucket/raw")
    assert [f.rpartition("/")[2] for f in report.failures] == ["a.jsonl.gz: cannot be read: the other side is gone"]
    assert list(tree(Path("out"))) == ["b.jsonl"]
    monkeypatch.undo()
    os.chdir(home)
    report = clean(home, "memory://bucket/raw", resume=True)
    assert (report.done, report.totals.documents) == (1, 2002)


def _limited(limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


@pytest.mark.parametrize("audit_format", ["jsonl", "parquet"])
def test_a_write_that_fails_leaves_nothing_half_written_and_can_be_resumed(home, audit_format):
    write_jsonl(Path("raw/a.jsonl"), rows(20))
    write_parquet(Path("raw/b.parquet"), parquet_table(20), row_group_size=10)
    write_jsonl(Path("raw/c.jsonl.gz"), rows(3000, x=os.urandom(20).hex()))
    form = ("--audit-format", audit_format)
    command = ["clean", "raw", "--out", "out", "--audit", "audit", *form]
    limited = subprocess.run(
        [sys.executable, "-m", "cleaner", *command], cwd=home, capture_output=True, preexec_fn=partial(_limited, 60_000)
    )
    errors = limited.stderr.decode()
    assert limited.returncode == 4, errors
    assert "cannot be written: File too large" in errors and "--resume goes on from there" in errors
    assert "Traceback" not in errors
    assert not [name for name in tree(home) if ".tmp" in name]
    assert "c.jsonl.gz" not in tree(Path("out"))
    assert run(*command, "--resume", cwd=home).returncode == 0
    assert run("clean", "raw", "--out", "o2", "--audit", "a2", *form, cwd=home).returncode == 0
    assert tree(Path("out")) == tree(Path("o2"))


@pytest.mark.parametrize("victim", ["a.jsonl", "a.jsonl.audit.jsonl", "quarantine.jsonl", "manifest.jsonl"])
def test_a_full_disk_is_told_by_the_file(home, victim, monkeypatch):
    write_jsonl(Path("raw/a.jsonl"), [*rows(20), b"no JSON\n"])
    clean(home, "raw", out="calm", audit="calm-audit")
    fsync = os.fsync

    def full(descriptor):
        name = Path(f"/proc/self/fd/{descriptor}").readlink().name
        if name in (victim, storage.waiting_name(Path(victim))):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=rf"{victim}: cannot be written: No space left on device"):
        clean(home, "raw")
    monkeypatch.undo()
    os.chdir(home)
    assert not [name for name in tree(home) if ".tmp" in name]
    clean(home, "raw", resume=True)
    assert tree(Path("out")) == tree(Path("calm"))
    assert {k: v for k, v in tree(Path("audit")).items() if k != "manifest.jsonl"} == {
        k: v for k, v in tree(Path("calm-audit")).items() if k != "manifest.jsonl"
    }
    gc.collect()


# The command line


def test_the_command_says_what_came_of_it(home):
    mixed(Path("raw"))
    done = run("clean", "raw", "--out", "out", "--audit", "audit", "--stats", "stats.json", "--workers", "2", cwd=home)
    errors = done.stderr.decode()
    assert done.returncode == 4, errors
    assert "1 row set aside and 0 stretches unreadable; see audit/quarantine.jsonl" in errors
    assert "1550 documents" in errors and "5 shards written to out" in errors
    stats = json.loads(Path("stats.json").read_bytes())
    assert stats["documents"] == 1550 and stats["quarantined"] == 1 and stats["nulls"] == 1
    assert stats["removed"]["ad"]["removals"] == stats["changed"]
    assert stats["seconds"] > 0 and stats["bytes_per_second"] > 0 and stats["bytes_in"] > stats["bytes_out"]
    again = run("clean", "raw", "--out", "out", "--audit", "audit", cwd=home)
    assert again.returncode == 2 and b"add --resume" in again.stderr
    resumed = run("clean", "raw", "--out", "out", "--audit", "audit", "--resume", cwd=home)
    assert resumed.returncode == 4 and b"0 shards written" in resumed.stderr and b"5 by earlier runs" in resumed.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["raw", "--out", "out"], "a corpus needs --out DIR and --audit DIR"),
        (["raw", "--audit", "audit"], "a corpus needs --out DIR and --audit DIR"),
        (["raw", "--out", "out", "--audit", "s3://bucket/audit"], "has to be a folder of this machine"),
        (["raw", "--in-place", "--audit", "audit"], "--in-place is for texts"),
        (["raw", "--out", "out", "--audit", "audit", "--dry-run"], "--dry-run is for texts"),
        (["raw", "text.txt", "--out", "out", "--audit", "audit"], "clean them in two runs"),
        (["text.txt", "--out", "out", "--audit", "audit", "--resume"], "the options for corpora do nothing here"),
        (["raw", "--out", "raw", "--audit", "audit"], "would overwrite the input"),
        (["raw", "--out", "out", "--audit", "out"], "is the output folder too"),
        (["raw/a.jsonl", "more/a.jsonl", "--out", "out", "--audit", "audit"], "would both be written to a.jsonl"),
        (["raw", "--out", "nowhere://x", "--audit", "audit"], "Protocol not known: nowhere"),
    ],
)
def test_wrong_usage_is_refused_before_anything_is_written(home, arguments, message):
    write_jsonl(Path("raw/a.jsonl"), rows(1))
    write_jsonl(Path("more/a.jsonl"), rows(1))
    Path("text.txt").write_text(DIRTY)
    before = tree(home)
    done = run("clean", *arguments, cwd=home)
    words = " ".join(done.stderr.decode().replace("│", " ").split())
    assert done.returncode == 2 and message in words
    assert tree(home) == before


def test_a_folder_with_any_text_in_it_is_one_of_texts(home):
    write_jsonl(Path("raw/a.jsonl"), rows(1))
    Path("raw/text.txt").write_text(DIRTY)
    done = run("clean", "raw", "--out", "out", "--audit", "audit.jsonl", cwd=home)
    assert done.returncode == 0, done.stderr
    assert tree(Path("out")) == {"text.txt": CLEAN.encode()}


def test_a_missing_input_is_named_and_the_rest_is_cleaned(home):
    write_jsonl(Path("raw/a.jsonl"), rows(1))
    done = run("clean", "raw/a.jsonl", "raw/b.jsonl", "--out", "out", "--audit", "audit", cwd=home)
    assert done.returncode == 4 and b"raw/b.jsonl: cannot be read: No such file" in done.stderr
    assert list(tree(Path("out"))) == ["a.jsonl"]
    done = run("clean", "raw/b.jsonl", "--out", "o2", "--audit", "a2", cwd=home)
    assert done.returncode == 4 and done.stderr == b"error: raw/b.jsonl: cannot be read: No such file or directory\n"
    assert not Path("a2").exists()


def test_a_missing_library_is_named_with_what_installs_it(home, monkeypatch):
    from cleaner.errors import ConfigError

    write_parquet(Path("a.parquet"), parquet_table(1))
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(ConfigError, match=r"needs pyarrow.parquet.*pip install 'article-cleaner\[corpus\]'"):
        clean(home, "a.parquet")
