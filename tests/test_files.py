import codecs
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from support_cli import tree

from cleaner.discover import find_inputs
from cleaner.errors import ConfigError, InputError, OutputError
from cleaner.files import decode, read_source, staged, write_atomic
from cleaner.outputs import plan_outputs

POLISH = "Zażółć gęślą jaźń, mówi stary rybak. Świat się zmienia, a port został zamknięty.\r\n"
FRENCH = "Inscrivez-vous à notre lettre. L’été dernier, les élèves ont été reçus à Paris où ça va.\n"


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        ("", "utf-8", "utf-8"),
        ("a\r\nb\rc\n", "utf-8", "utf-8"),
        ("\ufeffa\n", "utf-8", "utf-8"),
        ("no end of line", "utf-8", "utf-8"),
        ("form\x0cfeed\u2028separator\x85\n", "utf-8", "utf-8"),
        ("\ufeffÄpfel\r\n\U0001f600", "utf-16-le", "utf-16-le"),
        ("\ufeffÄpfel\r\n\U0001f600", "utf-16-be", "utf-16-be"),
        ("\ufeffÄpfel\r\n\U0001f600", "utf-32-le", "utf-32-le"),
        ("\ufeffÄpfel\r\n\U0001f600", "utf-32-be", "utf-32-be"),
        (FRENCH, "cp1252", "cp1252"),
        ("caf\xe9 d\xe9j\xe0 vu\r\n", "latin-1", "cp1252"),
    ],
)
def test_bytes_come_back_and_the_encoding_is_named(text, codec, expected):
    source = decode(text.encode(codec), "a.txt")
    assert (source.text, source.encoding) == (text, expected)
    assert source.text.encode(source.encoding) == source.data


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (POLISH * 3, "cp1250"),
        ("今日のニュースです。続きを読む。港は月曜日に再開した。\n" * 3, "shift_jis"),
        ("Гавань открылась в понедельник после шторма. Корабли ждали несколько дней.\n" * 3, "cp1251"),
        ("港口星期一重新开放，船只等了好几天。\n" * 5, "gb18030"),
    ],
)
def test_guessed_encodings_are_exact(text, codec):
    source = decode(text.encode(codec), "a.txt")
    assert source.text.encode(source.encoding) == text.encode(codec)
    assert source.text == text


@pytest.mark.parametrize(
    "data",
    [
        b"a\0b",
        "text".encode("utf-16-le"),
        codecs.BOM_UTF16_LE + "a\0b".encode("utf-16-le"),
        codecs.BOM_UTF16_LE + b"a",
        codecs.BOM_UTF16_LE + b"\x00\xd8a\0",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        bytes(range(1, 256)),
        b"\x01\x02\x03\x04",
    ],
)
def test_what_is_no_text_is_refused_by_name(data):
    with pytest.raises(InputError, match=r"^some/file\.txt: "):
        decode(data, "some/file.txt")


def test_reading_names_what_is_wrong(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    for name, reason in (("missing.txt", "No such file"), ("pipe.txt", "not a regular file"), ("a\0b", "null")):
        with pytest.raises(InputError, match=reason):
            read_source(tmp_path / name)


def test_writing_replaces_whole_and_leaves_nothing_else(tmp_path):
    target = tmp_path / "a.txt"
    write_atomic(target, b"one")
    target.chmod(0o640)
    write_atomic(target, b"two\r\n", permissions=0o640)
    assert tree(tmp_path) == {"a.txt": b"two\r\n"}
    assert target.stat().st_mode & 0o777 == 0o640


def test_writing_that_is_not_committed_changes_nothing(tmp_path):
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")
    with staged(target, b"new"):
        assert target.read_bytes() == b"old"
    with pytest.raises(KeyboardInterrupt), staged(target, b"new"):
        raise KeyboardInterrupt
    assert tree(tmp_path) == {"a.txt": b"old"}


def test_a_killed_write_is_no_obstacle(tmp_path):
    target = tmp_path / "a.txt"
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom cleaner.files import staged\n"
        "with staged(Path(sys.argv[1]), b'half'):\n    os.kill(os.getpid(), 9)\n"
    )
    subprocess.run([sys.executable, "-c", script, target], check=False)
    assert not target.exists()
    assert len(tree(tmp_path)) == 1
    write_atomic(target, b"whole")
    assert tree(tmp_path) == {"a.txt": b"whole"}


def test_links_and_odd_files_are_not_written(tmp_path):
    (tmp_path / "real.txt").write_bytes(b"real")
    (tmp_path / "link.txt").symlink_to("real.txt")
    (tmp_path / "dangling.txt").symlink_to("nowhere.txt")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name in ("link.txt", "dangling.txt", "folder", "pipe", "real.txt/below.txt", "missing/below.txt"):
        with pytest.raises(OutputError, match=name):
            write_atomic(tmp_path / name, b"new")
    with pytest.raises(OutputError, match="not a regular file"):
        write_atomic(Path("/dev/full"), b"new")
    assert (tmp_path / "real.txt").read_bytes() == b"real"


def _no_room():
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, 4))


def test_a_full_disk_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")
    script = (
        "import sys\nfrom pathlib import Path\nfrom cleaner.errors import OutputError\n"
        "from cleaner.files import write_atomic\n"
        "try:\n    write_atomic(Path(sys.argv[1]), b'far too much')\nexcept OutputError as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", script, target], preexec_fn=_no_room, capture_output=True, check=True
    )
    assert b"a.txt: cannot be written: File too large" in done.stdout
    assert tree(tmp_path) == {"a.txt": b"old"}


@pytest.fixture
def raw(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "b.md", "sub/c.TXT", "sub/deep/d.txt", "e.csv", ".hidden.txt", ".git/f.txt"):
        path = tmp_path / "raw" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "raw"


def ids(*paths, exclude=None):
    return [item.id for item in find_inputs([str(p) for p in paths], exclude).found]


def test_folders_hold_text_files_sorted_by_path(raw):
    assert ids("raw") == ["raw/a.txt", "raw/b.md", "raw/sub/c.TXT", "raw/sub/deep/d.txt"]
    assert [str(i.relative) for i in find_inputs(["raw"]).found] == ["a.txt", "b.md", "sub/c.TXT", "sub/deep/d.txt"]


def test_ids_do_not_depend_on_how_the_folder_is_written(raw, monkeypatch):
    expected = ids("raw")
    assert ids(raw) == ids("./raw/") == ids("raw/../raw") == expected
    monkeypatch.chdir(raw)
    assert ids(".") == expected
    monkeypatch.chdir(raw / "sub")
    assert ids("..") == expected


def test_named_files_are_always_taken(raw):
    assert ids("raw/e.csv", "./raw/.hidden.txt", "raw/missing.txt") == [
        "raw/e.csv",
        "raw/.hidden.txt",
        "raw/missing.txt",
    ]


def test_each_file_is_taken_once(raw):
    assert ids("raw/b.md", "raw", raw / "a.txt") == ["raw/b.md", "raw/a.txt", "raw/sub/c.TXT", "raw/sub/deep/d.txt"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("raw/**/*.txt", ["raw/a.txt", "raw/sub/deep/d.txt"]),
        ("raw/*.*", ["raw/a.txt", "raw/b.md", "raw/e.csv"]),
        ("**/?.txt", ["raw/a.txt", "raw/sub/deep/d.txt"]),
        ("raw/[ab].*", ["raw/a.txt", "raw/b.md"]),
        ("raw/*/*/d.txt", ["raw/sub/deep/d.txt"]),
        ("raw/s*/**", ["raw/sub/c.TXT", "raw/sub/deep/d.txt"]),
    ],
)
def test_patterns_are_expanded(raw, pattern, expected):
    assert ids(pattern) == expected


def test_patterns_keep_the_path_below_their_fixed_part(raw):
    assert [str(i.relative) for i in find_inputs(["raw/**/d.txt"]).found] == ["sub/deep/d.txt"]


def test_a_pattern_without_files_is_a_problem_and_a_name_with_brackets_is_none(raw):
    assert find_inputs(["raw/*.pdf"]).problems == ("raw/*.pdf: no file matches this pattern",)
    (raw / "[1].txt").write_text("x")
    assert ids("raw/[1].txt") == ["raw/[1].txt"]


def test_ignore_files_hold_from_the_working_directory_down(raw):
    (raw.parent / ".cleanerignore").write_text("# drafts\n/raw/sub/deep/\n*.md\n")
    (raw / "sub" / ".cleanerignore").write_text("*.TXT\n!keep.txt\n")
    (raw / "sub" / "keep.txt").write_text("x")
    assert ids("raw") == ids("raw/**/*.*[!v]") == ["raw/a.txt", "raw/sub/keep.txt"]
    assert ids("raw/b.md") == ["raw/b.md"]


def test_an_unreadable_ignore_file_stops_everything(raw):
    (raw / ".cleanerignore").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="cleanerignore: cannot be read"):
        ids("raw")


def test_the_output_folder_is_no_input(raw):
    assert ids("raw", exclude=raw / "sub") == ["raw/a.txt", "raw/b.md"]
    assert len(ids("raw", exclude=raw)) == 4


def test_links_stay_inside_and_end(raw, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "o.txt").write_text("outside")
    (raw / "loop").symlink_to(".")
    (raw / "sub" / "up").symlink_to("../..")
    (raw / "sub" / "self").symlink_to("self")
    (raw / "out").symlink_to(outside)
    (raw / "o.txt").symlink_to(outside / "o.txt")
    (raw / "0.txt").symlink_to("sub/deep/d.txt")
    (raw / "0").symlink_to("sub")
    (raw / "gone.txt").symlink_to("nowhere.txt")
    assert ids("raw") == ["raw/a.txt", "raw/b.md", "raw/sub/c.TXT", "raw/sub/deep/d.txt"]


def test_links_to_what_has_no_other_name_are_followed_once(raw):
    (raw / "one").symlink_to(".git")
    (raw / "two").symlink_to(".git")
    (raw / "page.txt").symlink_to("e.csv")
    assert [i for i in ids("raw") if "sub" not in i] == ["raw/a.txt", "raw/b.md", "raw/one/f.txt", "raw/page.txt"]


def test_an_unreadable_folder_is_a_problem(raw, monkeypatch):
    scan = os.scandir

    def refuse(path):
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    inputs = find_inputs(["raw"])
    assert [i.id for i in inputs.found] == ["raw/a.txt", "raw/b.md", "raw/sub/c.TXT"]
    assert "deep: cannot be read: Permission denied" in inputs.problems[0]


def test_outputs_keep_their_place(raw):
    inputs = find_inputs(["raw", "raw/e.csv"]).found
    targets = plan_outputs(inputs, Path("out"))
    assert [t.as_posix() for t in targets.values()] == [
        "out/a.txt",
        "out/b.md",
        "out/sub/c.TXT",
        "out/sub/deep/d.txt",
        "out/e.csv",
    ]


def test_two_inputs_with_one_output_are_refused_naming_both(raw, tmp_path):
    other = tmp_path / "more" / "a.txt"
    other.parent.mkdir()
    other.write_text("x")
    with pytest.raises(OutputError, match=r"raw/a\.txt and more/a\.txt would both be written to out/a\.txt"):
        plan_outputs(find_inputs(["raw", "more"]).found, Path("out"))


def test_an_output_over_an_input_is_refused(raw, tmp_path):
    (tmp_path / "alias").symlink_to("raw")
    for out in ("raw", "alias", "raw/sub/.."):
        with pytest.raises(OutputError, match=r"would overwrite the input raw/a\.txt"):
            plan_outputs(find_inputs(["raw"]).found, Path(out))


def test_outputs_through_links_are_refused(raw, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "sub").symlink_to("../elsewhere")
    with pytest.raises(OutputError, match="leads out of out"):
        plan_outputs(find_inputs(["raw"]).found, Path("out"))
    (tmp_path / "out" / "sub").unlink()
    (tmp_path / "out" / "a.txt").symlink_to("../elsewhere/a.txt")
    with pytest.raises(OutputError, match="is a symlink"):
        plan_outputs(find_inputs(["raw"]).found, Path("out"))
