import json
import shutil
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import fsspec
import pytest
from support_cli import make_home, tree
from support_corpus import clean, deadly, order, quarantine, text, write_jsonl, write_parquet

from cleaner.corpus import node, storage
from cleaner.corpus.node import Failed, Finished, Job, ShardCleaner
from cleaner.corpus.notes import read_notes
from cleaner.corpus.work import stamps
from cleaner.errors import ConfigError, OutputError
from cleaner.files import waiting_name
from cleaner.version import __version__


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    return tmp_path


def job(home, folder=None, **settings):
    command = order(home, ["raw"], **settings)
    return Job(replace(command, shards=()), (__version__, *stamps(command.config)), folder, "-run"), command.shards


def cleaned(work, *shards):
    cleaner = ShardCleaner(work)
    try:
        return [cleaner.clean(shard) for shard in shards]
    finally:
        cleaner.close()


def rows(count):
    return [{"id": f"d{n % 5}", "text": text(n)} for n in range(count)]


def test_shards_are_written_as_one_machine_writes_them_and_the_rest_is_noted(home):
    write_jsonl(Path("raw/a.jsonl"), [*rows(7), b"no JSON\n", {"text": text(8)}])
    write_jsonl(Path("raw/sub/b.jsonl.gz"), rows(300))
    report = clean(home, "raw")
    work, shards = job(home, out="o2", audit="a2")
    first, second = cleaned(work, *shards)
    assert tree(Path("o2")) == tree(Path("out"))
    for name in ("a.jsonl.audit.jsonl", "sub/b.jsonl.gz.audit.jsonl"):
        assert (Path("a2") / name).read_bytes() == (Path("audit") / name).read_bytes()
    assert isinstance(first, Finished) and isinstance(second, Finished)
    assert [(f.place, f.size) for f in (first.output, first.audit)] == [
        (place, Path(place).stat().st_size) for place in ("o2/a.jsonl", "a2/a.jsonl.audit.jsonl")
    ]
    first.totals.add(second.totals)
    assert replace(first.totals, duplicates=0, duplicate_examples=[]) == replace(
        report.totals, duplicates=0, duplicate_examples=[]
    )
    *ids, entry = sorted(read_notes(first.notes.place), key=lambda item: isinstance(item, bytes))
    assert ids == [(n, f"d{n % 5}") for n in range(7)]
    assert [json.loads(entry)] == quarantine()
    shutil.rmtree("a2")
    (first, _) = cleaned(replace(work, order=replace(work.order, duplicates=False)), *shards)
    assert [json.loads(entry) for entry in read_notes(first.notes.place)] == quarantine()


def test_two_that_write_one_shard_at_the_same_time_do_not_disturb_each_other(home):
    write_parquet_and_jsonl(Path("raw"))
    clean(home, "raw")
    work, shards = job(home, out="o2", audit="a2")
    results = []
    threads = [threading.Thread(target=lambda: results.append(cleaned(work, *shards * 3))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(isinstance(result, Finished) for some in results for result in some)
    assert len({result.notes.place for some in results for result in some}) == 2 * 3 * len(shards)
    assert tree(Path("o2")) == tree(Path("out"))


def write_parquet_and_jsonl(folder):
    from support_corpus import parquet_table

    write_parquet(folder / "a.parquet", parquet_table(60), row_group_size=20)
    write_jsonl(folder / "b.jsonl.zst", rows(60))


def test_a_document_that_ends_its_worker_is_set_aside_and_the_shard_goes_on(home, monkeypatch):
    monkeypatch.setattr(node, "cleaning", lambda config: partial(deadly, config=config))
    write_jsonl(Path("raw/a.jsonl"), [*rows(3), {"id": "bad", "text": "deadly"}, *rows(3)])
    work, shards = job(home)
    (result,) = cleaned(work, *shards)
    assert (result.totals.documents, result.totals.quarantined) == (6, 1)
    entries = [json.loads(item) for item in read_notes(result.notes.place) if isinstance(item, bytes)]
    assert [(entry["id"], entry["reason"]) for entry in entries] == [
        ("bad", "its worker process died (signal 9), 2 times")
    ]


def test_a_shard_that_cannot_be_read_leaves_nothing(home):
    write_jsonl(Path("raw/b.jsonl"), rows(3))
    Path("raw/a.parquet").write_bytes(b"nothing")
    work, shards = job(home)
    failed, fine = cleaned(work, *shards)
    assert isinstance(failed, Failed) and "a.parquet: is no Parquet file" in failed.error
    assert isinstance(fine, Finished)
    assert list(tree(Path("out"))) == ["b.jsonl"]
    assert [name for name in tree(Path("audit")) if not name.startswith(".")] == ["b.jsonl.audit.jsonl"]


def test_what_ends_the_run_is_given_as_it_is(home):
    write_jsonl(Path("raw/a.jsonl"), rows(3))
    work, shards = job(home)
    Path("out/a.jsonl").mkdir(parents=True)
    (error,) = cleaned(work, *shards)
    assert isinstance(error, OutputError) and "out/a.jsonl" in str(error)
    assert tree(Path("out")) == tree(Path("audit")) == {}


def test_a_machine_with_other_packs_or_without_the_folder_is_refused(home):
    write_jsonl(Path("raw/a.jsonl"), rows(3))
    work, shards = job(home)
    (error,) = cleaned(replace(work, stamps=(__version__, "other", "other")), *shards)
    assert isinstance(error, ConfigError) and "has another version of Cleaner, other packs or another model" in str(
        error
    )
    (error,) = cleaned(replace(work, folder="/nowhere"), *shards)
    assert isinstance(error, ConfigError) and str(error).startswith("/nowhere: cannot be entered on ")
    assert not Path("out").exists() or tree(Path("out")) == {}


@pytest.mark.parametrize("root", ["out", "memory://bucket/out"])
def test_only_what_waits_of_the_same_run_is_swept_away(home, root):
    names = [waiting_name(Path("a.jsonl"), tag) for tag in ("", "-run-1", "-run-2", "-other-1")]
    fs, path = fsspec.url_to_fs(root)
    try:
        for name in ("a.jsonl", *names):
            fs.makedirs(f"{path}/sub", exist_ok=True)
            fs.pipe_file(f"{path}/sub/{name}", b"")
        storage.sweep(root, "-run")
        left = {name.rpartition("/")[2] for name in fs.find(path)}
        assert left == {"a.jsonl", names[0], names[3]}
        storage.sweep(f"{root}/nowhere", "-run")
    finally:
        fs.rm(path, recursive=True)
