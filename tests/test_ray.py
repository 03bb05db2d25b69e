import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from support_cli import make_home, run, tree
from support_corpus import clean, order, parquet_table, quarantine, text, wet, write_jsonl, write_parquet

from cleaner.corpus.order import Engine
from cleaner.corpus.ray_engine import ATTEMPTS
from cleaner.corpus.run import clean_corpus
from cleaner.corpus.shards import Shard
from cleaner.errors import ConfigError, OutputError

ray = pytest.importorskip(
    "ray", reason="ray is not installed; pip install 'article-cleaner[ray]'", exc_type=ImportError
)
cluster_utils = pytest.importorskip("ray.cluster_utils", exc_type=ImportError)

# Ray leaves sockets open, and warns of what will be deprecated in it.
pytestmark = pytest.mark.filterwarnings("ignore")

MEMORY = 100_000_000
#: The nodes that work; the head only keeps account.
NODES = 2
#: The files of the audit folder that tell in which order shards were done.
NOTED = ("manifest.jsonl", "quarantine.jsonl", "ids.sqlite")


class Cluster:
    """A head without cores, and nodes of one core each, all of them real processes of this machine."""

    def __init__(self):
        health = {"health_check_initial_delay_ms": 1000, "health_check_period_ms": 500}
        head = {"num_cpus": 0, "object_store_memory": MEMORY, "include_dashboard": False, "_system_config": health}
        self._cluster = cluster_utils.Cluster(initialize_head=True, head_node_args=head)
        self._nodes = []
        self.address = self._cluster.address

    def complete(self):
        while len(self._nodes) < NODES:
            self._nodes.append(self._cluster.add_node(num_cpus=1, object_store_memory=MEMORY))
        self._cluster.wait_for_nodes()

    def kill_node(self):
        self._cluster.remove_node(self._nodes.pop(0), allow_graceful=False)

    def close(self):
        self._cluster.shutdown()


@pytest.fixture(scope="module")
def nodes():
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture
def cluster(nodes):
    nodes.complete()
    return nodes


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    return tmp_path


def on_ray(cluster, **settings):
    return {"engine": Engine.RAY, "address": cluster.address, **settings}


def mixed(folder):
    """A corpus of every format, some of it not right."""
    lines = [{"id": f"d{n}", "text": text(n)} for n in range(300)]
    write_jsonl(folder / "a.jsonl", [*lines, b"no JSON\n", b'{"id":"null","text":null}\n'])
    write_jsonl(folder / "sub" / "b.jsonl.gz", lines[:50])
    write_jsonl(folder / "sub" / "c.jsonl.zst", lines[40:60])
    write_parquet(folder / "d.parquet", parquet_table(500), row_group_size=200)
    (folder / "e.wet").write_bytes(b"".join(wet(n, text(n).encode()) for n in range(50)))
    (folder / "f.parquet").write_bytes(b"nothing")


def many(folder, shards, rows):
    """Shards that take a while, and enough of them that any moment falls into some."""
    for n in range(shards):
        lines = [{"id": f"d{n % 5}-{m}", "text": text(m)} for m in range(rows)]
        write_jsonl(folder / f"{n:02}.jsonl{['', '.gz', '.zst'][n % 3]}", [*lines, b"no JSON\n"])


def files(folder):
    """What has the same bytes wherever it was made."""
    return {
        name: data
        for name, data in tree(Path(folder)).items()
        if name not in NOTED and not name.rpartition("/")[2].startswith(".")
    }


def same_run(out, audit, expected_out="out", expected_audit="audit"):
    """Whether two runs gave the same, but for the order in which their shards were done."""
    assert files(out) == files(expected_out)
    assert files(audit) == files(expected_audit)
    assert in_order(quarantine(audit)) == in_order(quarantine(expected_audit))


def in_order(entries):
    return sorted(entries, key=lambda entry: (entry["shard"], entry["row"]))


def waiting(folder="out"):
    return list(Path(folder).rglob(".cleaner-*.tmp"))


def counts(totals):
    """Totals without what depends on which of several documents with one id came first."""
    return asdict(replace(totals, duplicate_examples=[]))


def test_a_cluster_gives_the_same_bytes_as_one_machine(home, cluster):
    mixed(Path("raw"))
    one = clean(home, "raw")
    assert one.totals.duplicates == 70
    report = clean(home, "raw", out="o2", audit="a2", **on_ray(cluster))
    same_run("o2", "a2")
    assert counts(report.totals) == counts(one.totals)
    assert (report.done, report.failures) == (5, one.failures)
    again = clean(home, "raw", out="o2", audit="a2", resume=True, **on_ray(cluster, workers=1))
    assert (again.done, again.earlier, again.failures) == (0, 5, one.failures)
    assert counts(again.totals) == counts(one.totals)
    # The engines go on with each other's runs.
    write_parquet(Path("raw/f.parquet"), parquet_table(5))
    last = clean(home, "raw", out="o2", audit="a2", resume=True)
    assert (last.done, last.earlier, last.failures) == (1, 5, [])
    assert "ids.sqlite" not in tree(Path("a2"))


def test_outputs_and_records_go_to_urls_and_a_shard_is_shared_by_workers(home, cluster):
    many(Path("raw"), 2, 700)
    clean(home, "raw")
    url = f"file://{home}"
    places = {"out": f"{url}/o2", "records": f"{url}/r2"}
    clean(home, f"{url}/raw", audit="a2", audit_format="jsonl", duplicates=False, **places, **on_ray(cluster))
    assert files("o2") == files("out")
    assert files("r2") == files("audit")
    assert sorted(tree(Path("a2"))) == ["manifest.jsonl", "quarantine.jsonl"]


def test_a_node_that_dies_takes_nothing_with_it(home, cluster):
    many(Path("raw"), 12, 1500)
    one = clean(home, "raw", workers=2)
    place = ("--out", "o2", "--audit", "a2", "--engine", "ray", "--address", cluster.address, "--workers", str(NODES))
    process = subprocess.Popen([sys.executable, "-m", "cleaner", "clean", "raw", *place], stderr=subprocess.PIPE)
    while len(files("o2")) < 4 or len(waiting("o2")) < NODES:
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.02)
    cluster.kill_node()
    begun = len(files("o2"))
    assert begun < 12, "the node died too late to tell anything"
    errors = process.communicate()[1].decode()
    assert process.returncode == 4, errors
    same_run("o2", "a2")
    assert not waiting("o2") and not waiting("a2")
    done = [json.loads(line).get("done") for line in Path("a2/manifest.jsonl").read_bytes().splitlines()[1:]]
    assert sorted(done) == sorted(files("out"))
    assert f"{one.totals.documents} documents" in errors and "12 shards written" in errors


def test_a_driver_that_is_killed_is_gone_on_with(home, cluster):
    many(Path("raw"), 10, 1000)
    clean(home, "raw", workers=2)
    command = ("clean", "raw", "--out", "o2", "--audit", "a2", "--engine", "ray", "--address", cluster.address)
    process = subprocess.Popen(
        [sys.executable, "-m", "cleaner", *command], stderr=subprocess.DEVNULL, start_new_session=True
    )
    while len(files("o2")) < 3 or not waiting("o2"):
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert 0 < len(files("o2")) < 10 + NODES
    resumed = run(*command, "--resume", cwd=home)
    errors = resumed.stderr.decode()
    assert resumed.returncode == 4, errors
    assert "by earlier runs" in errors
    same_run("o2", "a2")
    assert not waiting("o2") and not waiting("a2")


class Deadly(Shard):
    """A shard that ends whoever takes it out of its parcel."""

    __slots__ = ()

    def __reduce__(self):
        return os._exit, (1,)


def test_a_shard_that_keeps_ending_its_actor_is_given_up_and_the_rest_goes_on(home, cluster):
    many(Path("raw"), 3, 20)
    command = order(home, ["raw"], **on_ray(cluster))
    first, *others = command.shards
    report = clean_corpus(replace(command, shards=(Deadly(**asdict(first)), *others)))
    assert report.failures == [f"{first.name}: was given up, since it ended its actor or its machine {ATTEMPTS} times"]
    assert report.done == 2
    report = clean(home, "raw", resume=True, **on_ray(cluster))
    assert (report.done, report.earlier, report.failures) == (1, 2, [])


def test_what_cannot_be_written_ends_the_run_which_can_be_gone_on_with(home, cluster):
    many(Path("raw"), 4, 20)
    Path("out/02.jsonl.zst").mkdir(parents=True)
    with pytest.raises(OutputError, match=r"out/02.jsonl.zst"):
        clean(home, "raw", **on_ray(cluster))
    Path("out/02.jsonl.zst").rmdir()
    report = clean(home, "raw", resume=True, **on_ray(cluster))
    assert report.done + report.earlier == 4
    clean(home, "raw", out="o2", audit="a2")
    same_run("out", "audit", "o2", "a2")


def test_a_cluster_that_is_not_there_is_named(home):
    many(Path("raw"), 1, 3)
    with pytest.raises(ConfigError, match=r"no Ray cluster can be reached at 127\.0\.0\.1:1: "):
        clean(home, "raw", engine=Engine.RAY, address="127.0.0.1:1")
