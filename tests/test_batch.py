import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support_cli import AD, CLEAN, DIRTY, END, STORY, make_home, run, tree

import cleaner.batch as batch
from cleaner.audit import from_json
from cleaner.auditlog import AuditLog, read_log
from cleaner.config import Config
from cleaner.discover import Input, find_inputs
from cleaner.errors import AuditError, InputError, OutputError, RestoreError, RoundTripError
from cleaner.files import decode
from cleaner.lookup import Records, record_for, restore_bytes
from cleaner.pipeline import Cleaner
from cleaner.workers import WorkerError, ordered_map


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    return tmp_path


@pytest.fixture
def config(home):
    return Config(builtin=False, packs=(home / "packs",))


def write(home, **texts):
    (home / "raw").mkdir(exist_ok=True)
    for name, text in texts.items():
        (home / "raw" / f"{name}.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    return find_inputs(["raw"]).found


def many(home, count):
    return write(home, **{f"d{n:03}": f"{DIRTY}Number {n} of the stories is this one.\n" for n in range(count)})


def test_results_come_in_order_and_do_not_depend_on_the_workers(home, config):
    inputs = many(home, 9)
    inputs = (*inputs[:4], dataclasses.replace(inputs[0], path=Path("raw/missing.txt")), *inputs[4:])
    one = list(batch.clean_files(inputs, config))
    assert [done.input for done in one] == list(inputs)
    assert list(batch.clean_files(inputs, config, workers=3)) == one


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(home, config):
    inputs = write(home, a=DIRTY, b=b"a\0b", c=DIRTY, d="")
    (home / "raw" / "c.txt").unlink()
    a, b, c, d = batch.clean_files(inputs, config)
    assert a.data == CLEAN.encode()
    assert "raw/b.txt: is binary" in b.error
    assert "raw/c.txt: cannot be read: No such file" in c.error
    assert (d.data, d.changed, d.empty) == (b"", False, False)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_encoding_and_line_ending_comes_back(home, config, codec, ending):
    data = f"Déjà vu at the café.\n\n{AD}\nThe end was near, dit-on à Paris.".replace("\n", ending).encode(codec)
    source = decode(data, "a.txt")
    done = batch.clean_source(Cleaner(config), Input(Path("a.txt"), "a.txt", Path("a.txt")), source)
    assert done.changed
    assert AD.strip().encode("utf-8") not in done.data.replace(b"\0", b"")
    assert restore_bytes(from_json(done.line), done.data) == data


def test_nothing_is_written_that_does_not_restore(home, config, monkeypatch):
    inputs = write(home, a=DIRTY, b=DIRTY)
    honest = batch.to_json
    monkeypatch.setattr(batch, "to_json", lambda r: honest(r).replace("Advertisement", "Advertisemend"))
    failed = list(batch.clean_files(inputs, config))
    assert all("raw/" in f.error and "would not restore it" in f.error for f in failed)
    source = decode(DIRTY.encode(), "a.txt")
    with pytest.raises(RoundTripError):
        batch.clean_source(Cleaner(config), inputs[0], source)


def test_a_bug_stops_the_run(home, config, monkeypatch):
    inputs = write(home, a=DIRTY)
    monkeypatch.setattr(Cleaner, "clean", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        list(batch.clean_files(inputs, config))


def cleaned(home, config, text=DIRTY, name="a"):
    (item,) = [i for i in write(home, **{name: text}) if i.path.stem == name]
    return batch.clean_file(item, config)


def test_the_record_is_on_disk_before_the_file_is_replaced(home, config, monkeypatch):
    done = cleaned(home, config)
    order = []
    sync, replace = os.fsync, Path.replace

    def note_sync(descriptor):
        order.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        sync(descriptor)

    def note_replace(path, target):
        order.append(f"replace {Path(target).name}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    with AuditLog(home / "audit.jsonl", durable=True) as log:
        batch.write_in_place(done, log)
    assert order.index(str(home / "audit.jsonl")) < order.index("replace a.txt")
    assert order[-1] == str(home / "raw")


def test_in_place_keeps_the_permissions(home, config):
    done = cleaned(home, config)
    (home / "raw" / "a.txt").chmod(0o604)
    with AuditLog(home / "audit.jsonl", durable=True) as log:
        batch.write_in_place(done, log)
    assert (home / "raw" / "a.txt").stat().st_mode & 0o777 == 0o604
    assert (home / "raw" / "a.txt").read_bytes() == CLEAN.encode()


def test_a_file_that_changed_meanwhile_is_left_alone(home, config):
    done = cleaned(home, config)
    (home / "raw" / "a.txt").write_text("edited")
    with AuditLog(home / "audit.jsonl", durable=True) as log, pytest.raises(OutputError, match="was changed while"):
        batch.write_in_place(done, log)
    (home / "raw" / "a.txt").unlink()
    with AuditLog(home / "b.jsonl", durable=True) as log, pytest.raises(OutputError, match=r"a\.txt: cannot be"):
        batch.write_in_place(done, log)
    assert not (home / "b.jsonl").exists()


def test_a_link_that_came_meanwhile_is_not_written_through(home, config):
    done = cleaned(home, config)
    (home / "raw" / "a.txt").rename(home / "real.txt")
    (home / "raw" / "a.txt").symlink_to(home / "real.txt")
    with AuditLog(home / "audit.jsonl", durable=True) as log, pytest.raises(OutputError, match="is a symlink"):
        batch.write_in_place(done, log)
    assert (home / "real.txt").read_bytes() == DIRTY.encode()


def add(log, done):
    log.add(done.line, done.input.id, done.source_sha256, done.clean_sha256)


def test_a_log_that_is_not_durable_appears_at_the_end_or_never(home, config):
    done, path = cleaned(home, config), home / "audit.jsonl"
    with pytest.raises(KeyboardInterrupt), AuditLog(path) as log:
        add(log, done)
        raise KeyboardInterrupt
    assert not [p for p in home.iterdir() if "audit" in p.name]
    with AuditLog(path) as log:
        add(log, done)
        assert not path.exists()
    assert path.read_text() == done.line + "\n"
    assert [p.name for p in home.iterdir() if "audit" in p.name] == ["audit.jsonl"]


def test_an_existing_log_needs_append(home, config):
    path = home / "audit.jsonl"
    for durable in (True, False):
        path.write_text("")
        with pytest.raises(OutputError, match="--append"):
            AuditLog(path, durable=durable)
        with AuditLog(path, append=True, durable=durable) as log:
            add(log, cleaned(home, config))
        assert len(list(read_log(path))) == 1


def test_appending_adds_only_what_the_log_does_not_account_for(home, config):
    path = home / "audit.jsonl"
    first = cleaned(home, config)
    again = cleaned(home, config, CLEAN)
    other = cleaned(home, config, CLEAN + AD)
    for _ in range(2):
        with AuditLog(path, append=True, durable=True) as log:
            for done in (first, again, other):
                add(log, done)
    assert [r.source_sha256 for r in read_log(path)] == [first.source_sha256, other.source_sha256]


@pytest.mark.parametrize("damage", [b'{"schema":1,"id":"raw/a', b"not json\n", b"\xff\n", b"{}\n"])
def test_a_damaged_log_is_not_appended_to(home, config, damage):
    path = home / "audit.jsonl"
    path.write_bytes(cleaned(home, config).line.encode() + b"\n" + damage)
    with pytest.raises(AuditError, match=r"audit\.jsonl, line 2: "):
        AuditLog(path, append=True)
    if not damage.endswith(b"\n"):
        with pytest.raises(AuditError, match="delete this line and run again with --append"):
            list(read_log(path))


def test_a_record_that_does_not_fit_on_the_disk_leaves_no_half_line(home, config):
    path = home / "audit.jsonl"
    add_script = (
        "import resource, sys\nfrom pathlib import Path\nfrom cleaner.auditlog import AuditLog\n"
        "from cleaner.errors import OutputError\n"
        "with AuditLog(Path(sys.argv[1]), durable=True) as log:\n"
        "    log.add('{}', 'a', '0', '0')\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "    try:\n        log.add('{' + ' ' * 99 + '}', 'b', '0', '0')\n"
        "    except OutputError as error:\n        print(error)\n"
    )
    done = subprocess.run([sys.executable, "-B", "-c", add_script, path], capture_output=True, check=True)
    assert b"audit.jsonl: cannot be written" in done.stdout
    assert path.read_bytes() == b"{}\n"


@pytest.mark.parametrize("durable", [True, False])
def test_two_runs_do_not_share_a_log(home, config, durable):
    done = cleaned(home, config)
    with AuditLog(home / "a.jsonl", durable=durable) as log:
        add(log, done)
        second = AuditLog(home / "a.jsonl", append=True, durable=durable)
        with pytest.raises(OutputError, match="another run"), second:
            pass


def test_a_log_is_not_written_through_a_link_or_to_a_device(home):
    (home / "link.jsonl").symlink_to("real.jsonl")
    for name in ("link.jsonl", "/dev/full", "/dev/null"):
        with pytest.raises(OutputError, match=r"is a symlink|not a regular file"):
            AuditLog(home / name, append=True)


def test_records_are_found_by_id_by_place_and_by_text(home, config):
    inputs = write(home, a=DIRTY, b=f"{STORY}{AD}{END}")
    lines = [done.line for done in batch.clean_files(inputs, config)]
    records = Records(map(from_json, lines))
    for path, data in (("raw/a.txt", CLEAN), ("out/a.txt", CLEAN), ("renamed.txt", CLEAN)):
        item = Input(Path(path), path, Path(Path(path).name))
        assert record_for(records, item, data.encode()).id == "raw/a.txt"
    with pytest.raises(RestoreError, match="was changed after it was cleaned"):
        record_for(records, Input(Path("out/a.txt"), "out/a.txt", Path("a.txt")), b"edited")
    with pytest.raises(RestoreError, match="no record has its name or its text"):
        record_for(records, Input(Path("x.txt"), "x.txt", Path("x.txt")), b"edited")


def test_one_clean_text_of_several_sources_is_told_apart_by_name_only(home, config):
    inputs = write(home, a=DIRTY, b=f"{STORY}\n{AD}\n{AD}\n{END}")
    done = list(batch.clean_files(inputs, config))
    records = Records(from_json(d.line) for d in done)
    assert done[0].data == done[1].data
    for name in ("a", "b"):
        item = Input(Path(f"out/{name}.txt"), f"out/{name}.txt", Path(f"{name}.txt"))
        assert record_for(records, item, done[0].data).id == f"raw/{name}.txt"
    with pytest.raises(RestoreError, match=r"could be any of 'raw/a.txt', 'raw/b.txt'"):
        record_for(records, Input(Path("c.txt"), "c.txt", Path("c.txt")), done[0].data)


def test_a_file_cleaned_twice_goes_back_one_step_at_a_time(home, config):
    thorough = dataclasses.replace(config, remove=config.remove | {"meta"})
    first = cleaned(home, config, f"{DIRTY}Written by the staff\n")
    second = cleaned(home, thorough, first.data.decode())
    assert first.changed and second.changed
    records = Records(from_json(d.line) for d in (first, second))
    once = restore_bytes(record_for(records, first.input, second.data), second.data)
    assert once == first.data
    assert restore_bytes(record_for(records, first.input, once), once).decode() == f"{DIRTY}Written by the staff\n"


def _double(number):
    return number * 2


def _fail_at_three(number):
    if number == 3:
        raise InputError("three")
    return number


def _die(number):
    os.kill(os.getpid(), signal.SIGKILL)


def test_ordered_map_is_map():
    assert list(ordered_map(_double, range(50), 3)) == list(map(_double, range(50)))


def test_an_exception_ends_ordered_map():
    with pytest.raises(InputError, match="three"):
        list(ordered_map(_fail_at_three, range(50), 2))


def test_a_dead_worker_is_reported():
    with pytest.raises(WorkerError, match="fewer --workers"):
        list(ordered_map(_die, range(5), 2))


def _start(home, *args):
    # A process started in the background may have been told to ignore SIGINT, and would hand that down.
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        command = [sys.executable, "-m", "cleaner", "clean", *args]
        return subprocess.Popen(command, cwd=home, stderr=subprocess.PIPE, start_new_session=True)
    finally:
        signal.signal(signal.SIGINT, ignored)


def _wait_for(condition, process):
    while not condition():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.005)


def _lines(path):
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _descendants(group):
    """Processes of a session that are still running."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == group and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return found


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_killed_run_in_place_is_completed_by_the_next(home, workers):
    many(home, 120)
    originals = tree(home / "raw")
    process = _start(home, "raw", "--in-place", "--audit", "audit.jsonl", "--workers", workers)
    _wait_for(lambda: _lines(home / "audit.jsonl") > 20, process)
    process.kill()
    process.wait()
    process.stderr.close()
    _wait_for_end(process.pid)
    done = run("clean", "raw", "--in-place", "--audit", "audit.jsonl", "--append", cwd=home)
    assert done.returncode == 0, done.stderr
    assert all(AD.encode() not in data for data in tree(home / "raw").values())
    assert _lines(home / "audit.jsonl") == 120
    assert run("verify", "raw", "--audit", "audit.jsonl", cwd=home).returncode == 0
    assert run("restore", "raw", "--audit", "audit.jsonl", "--out", "back", cwd=home).returncode == 0
    assert tree(home / "back") == originals


def _wait_for_end(group):
    """Workers notice by themselves that their run is gone."""
    for _ in range(1000):
        if not _descendants(group):
            return
        time.sleep(0.01)
    raise AssertionError("workers outlive the run that started them")


def test_a_killed_run_to_a_folder_is_completed_by_the_same_command(home):
    many(home, 120)
    command = ("raw", "--out", "clean", "--audit", "audit.jsonl")
    process = _start(home, *command)
    _wait_for(lambda: len(list((home / "clean").glob("*.txt"))) > 20, process)
    process.kill()
    process.wait()
    process.stderr.close()
    assert not (home / "audit.jsonl").exists()
    assert run("clean", *command, cwd=home).returncode == 0
    assert run("clean", "raw", "--out", "fresh", "--audit", "fresh.jsonl", cwd=home).returncode == 0
    assert tree(home / "clean") == tree(home / "fresh")
    assert (home / "audit.jsonl").read_bytes() == (home / "fresh.jsonl").read_bytes()
    assert not list(home.glob(".cleaner-*"))


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("whole_group", [True, False])
def test_an_interrupt_ends_with_130_and_no_half_file(home, workers, whole_group):
    many(home, 150)
    process = _start(home, "raw", "--out", "clean", "--audit", "audit.jsonl", "--workers", workers)
    _wait_for(lambda: len(list((home / "clean").glob("*.txt"))) > 5, process)
    (os.killpg if whole_group else os.kill)(process.pid, signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert errors.decode().startswith("interrupted") and "Traceback" not in errors.decode()
    _wait_for_end(process.pid)
    assert not (home / "audit.jsonl").exists()
    assert not list(home.rglob(".cleaner-*.tmp"))
    expected = f"{CLEAN}Number".encode()
    assert all(data.startswith(expected) for data in tree(home / "clean").values())
