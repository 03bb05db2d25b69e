"""What a commit hook does: keep texts clean in place, and hold seeds against their fixtures."""

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cleaner.auditlog import AuditLog
from cleaner.batch import Cleaned, Failed, clean_file, clean_source, write_in_place
from cleaner.config import Config
from cleaner.discover import Input, is_page
from cleaner.errors import CleanerError, InputError, OutputError
from cleaner.files import read_bytes, read_source, write_atomic
from cleaner.outputs import make_folder
from cleaner.pipeline import Cleaner

#: Where records go, beside the files they are about.
AUDIT_NAME = ".cleaner-audit.jsonl"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Which files were rewritten, the audit logs that were added to, and what failed."""

    files: tuple[Path, ...]
    logs: tuple[Path, ...]
    failures: tuple[str, ...]


def clean_in_place(paths: Sequence[Path], config: Config, audit: Path | None = None) -> Rewritten:
    """Clean files in place; records of those that change are added to ``audit`` or the log in the file's folder.

    A file with nothing to remove leaves no trace, so that a second run changes nothing.
    """
    files: list[Path] = []
    logs: dict[Path, None] = {}
    failures: list[str] = []
    for path in paths:
        item = Input(path, path.as_posix(), PurePosixPath(path.name))
        if is_page(path):
            failures.append(f"{path}: is a web page, which its text cannot replace; leave it out of the hook's files")
            continue
        log = audit or path.parent / AUDIT_NAME
        done = clean_file(item, config)
        if isinstance(done, Failed):
            failures.append(done.error)
        elif done.changed:
            try:
                _rewrite(done, log)
            except CleanerError as error:
                failures.append(str(error))
            else:
                files.append(path)
                logs[log] = None
    return Rewritten(tuple(files), tuple(logs), tuple(failures))


def _rewrite(done: Cleaned, audit: Path) -> None:
    make_folder(audit.parent)
    with AuditLog(audit, append=True, durable=True) as log:
        write_in_place(done, log)


@dataclass(frozen=True, slots=True)
class Drift:
    """A fixture file that is not what the cleaner makes now: ``made`` is what it should hold, if anything."""

    path: Path
    made: bytes | None
    account: str


def find_drift(seeds: Path, fixtures: Path, cleaner: Cleaner) -> Iterator[Drift]:
    """Every fixture file that differs from what cleaning its seed gives now, is missing, or has no seed.

    Raises ``InputError`` for a seed that cannot be read, and if there are no seeds.
    """
    ids = sorted(path.stem for path in seeds.glob("*.txt"))
    if not ids:
        raise InputError(f"{seeds}: has no seeds; a seed is a .txt file in this folder")
    for seed_id in ids:
        for path, made in _made(seeds, fixtures, seed_id, cleaner):
            account = compare(path, made)
            if account:
                yield Drift(path, made, account)
    for folder in sorted(fixtures.iterdir()) if fixtures.is_dir() else ():
        if folder.is_dir() and folder.name not in ids:
            yield Drift(folder, None, f"{folder}: has no seed {seeds / folder.name}.txt; delete it or add the seed\n")


def _made(seeds: Path, fixtures: Path, seed_id: str, cleaner: Cleaner) -> Iterable[tuple[Path, bytes]]:
    """What the fixture of a seed should be. The id is the same on every machine and from every folder."""
    path = seeds / f"{seed_id}.txt"
    item = Input(path, f"{seeds.resolve().name}/{path.name}", PurePosixPath(path.name))
    done = clean_source(cleaner, item, read_source(path))
    folder = fixtures / seed_id
    return ((folder / "clean.txt", done.data), (folder / "audit.jsonl", done.line.encode("utf-8") + b"\n"))


def compare(path: Path, made: bytes) -> str:
    """What is different in a fixture file, as a unified diff; empty if nothing is."""
    if not path.exists():
        return f"{path}: is missing\n"
    there = read_bytes(path)
    if there == made:
        return ""
    old, new = _lines(there), _lines(made)
    diff = "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(old, new, f"{path} (as it is)", f"{path} (as made now)")
    )
    return diff or f"{path}: differs in its bytes\n"


def _lines(data: bytes) -> list[str]:
    """Lines for a diff; what is no UTF-8 is shown as escapes."""
    return data.decode("utf-8", "backslashreplace").splitlines(keepends=True)


def update(drift: Drift) -> None:
    """Write what a fixture file should hold. Raises ``OutputError`` naming it."""
    if drift.made is None:
        raise OutputError(drift.account.strip())
    make_folder(drift.path.parent)
    write_atomic(drift.path, drift.made)
