import os
import shutil
import time
from importlib.metadata import version

import pytest

from cleaner.cache import CACHE_VARIABLE
from cleaner.library import load_library
from cleaner.native import native
from cleaner.packfiles import builtin_packs_dir

SOURCE = builtin_packs_dir() / "vendors"
SCANNED = f"-scan-{version('hyperscan')}"
FINDERS = [".rules", ".guards"] if native else [f".rules{SCANNED}", f".guards{SCANNED}"]


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv(CACHE_VARIABLE, str(folder))
    return folder


def test_what_comes_from_the_cache_is_what_went_in(cache):
    first = load_library([SOURCE])
    before = {file.name: file.stat().st_mtime_ns for file in cache.iterdir()}
    assert {name.partition(".")[2] for name in before} == {"json", "plans", *(s.removeprefix(".") for s in FINDERS)}
    same(load_library([SOURCE]), first)
    assert {file.name: file.stat().st_mtime_ns for file in cache.iterdir()} == before


def same(one, other):
    assert one.packs == other.packs
    examples = [example for pack in one.packs for rule in pack.rules for example in rule.examples]
    here, there = ([library.rules.matching(text) for text in examples] for library in (one, other))
    assert here == there
    assert all(here)


@pytest.mark.parametrize("suffix", [".json", *FINDERS])
@pytest.mark.parametrize("damage", [b"", b"nonsense", b"0" * 64 + b"\n{}"])
def test_a_damaged_cache_is_made_anew(cache, damage, suffix):
    first = load_library([SOURCE])
    (file,) = cache.glob(f"*{suffix}")
    sound = file.read_bytes()
    file.write_bytes(damage)
    same(load_library([SOURCE]), first)
    assert file.read_bytes() == sound


@pytest.mark.parametrize("suffix", [".json", *FINDERS])
def test_one_changed_byte_is_noticed(cache, suffix):
    first = load_library([SOURCE])
    (file,) = cache.glob(f"*{suffix}")
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)
    same(load_library([SOURCE]), first)


def test_what_was_used_longest_ago_makes_room(cache, monkeypatch):
    load_library([SOURCE])
    known = set(cache.iterdir())
    (packs,) = cache.glob("*.json")
    others = [cache / f"packs-{name}.json" for name in ("older", "newer")]
    for place, file in enumerate(others):
        file.write_bytes(b"x" * 1_000)
        os.utime(file, (place, place))
    foreign = cache / "notes.txt"
    foreign.write_bytes(b"x" * 1_000)
    os.utime(foreign, (0, 0))
    os.utime(packs, (0, 0))
    load_library([SOURCE])
    assert packs.stat().st_mtime > time.time() - 3_600  # it was used just now
    monkeypatch.setattr("cleaner.cache.MOST_BYTES", sum(file.stat().st_size for file in known) + 1_500)
    packs.write_bytes(b"damaged")
    load_library([SOURCE])
    assert set(cache.iterdir()) == {*known, others[1], foreign}


def test_a_cache_that_cannot_be_written_changes_nothing(tmp_path, monkeypatch, cache):
    first = load_library([SOURCE])
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file" / "below"))
    same(load_library([SOURCE]), first)
    monkeypatch.setenv(CACHE_VARIABLE, "")
    same(load_library([SOURCE]), first)


def test_a_changed_pack_is_read_anew(tmp_path, cache):
    mine = tmp_path / "mine"
    shutil.copytree(SOURCE, mine)
    first = load_library([mine])
    path = next(iter(sorted(mine.iterdir())))
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    second = load_library([mine])
    assert [p.sha256 for p in first.packs] != [p.sha256 for p in second.packs]
    assert len(list(cache.iterdir())) == 8
