"""Files of verdicts: JSON Lines that are only ever added to, kept under version control.

Files that were merged line by line (``merge=union``) hold what both had: order and repetition of lines say nothing.
"""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cleaner.errors import ConfigError, OutputError
from cleaner.files import reason, refuse_odd_target, sync, wait_for_lock
from cleaner.verdicts import Verdict, Verdicts, verdict_of

_BOM = b"\xef\xbb\xbf"
_MERGE_MARKS = (b"<<<<<<<", b"=======", b">>>>>>>", b"|||||||")


@dataclass(frozen=True, slots=True)
class Placed:
    """A verdict and the file and line that it stands in, for people."""

    verdict: Verdict
    place: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What files hold: every verdict in the order of lines, and what is wrong, one sentence each with file and line."""

    placed: tuple[Placed, ...]
    problems: tuple[str, ...]

    @property
    def verdicts(self) -> Verdicts:
        """The last words."""
        return Verdicts.of(placed.verdict for placed in self.placed)


def read_verdicts(paths: Iterable[Path]) -> Reading:
    """Read files as far as they are sound; what is not is named among the problems."""
    placed: list[Placed] = []
    problems: list[str] = []
    for path in paths:
        for found in _lines(path):
            if isinstance(found, Placed):
                placed.append(found)
            else:
                problems.append(found)
    return Reading(tuple(placed), (*problems, *_conflicts(placed)))


def load_verdicts(paths: Sequence[Path]) -> Verdicts:
    """The last words of files. Raises ``ConfigError`` with everything that is wrong with them."""
    reading = read_verdicts(paths)
    if reading.problems:
        noun = "problem" if len(reading.problems) == 1 else "problems"
        listed = "".join(f"\n  {problem}" for problem in reading.problems)
        raise ConfigError(f"{len(reading.problems)} {noun} in the verdicts:{listed}")
    return reading.verdicts


def _lines(path: Path) -> Iterator[Placed | str]:
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        yield f"{path}: cannot be read: {reason(error)}"
        return
    for number, line in enumerate(data.removeprefix(_BOM).split(b"\n"), 1):
        if line.strip():
            place = f"{path}, line {number}"
            try:
                yield Placed(_verdict(line), place)
            except ValueError as error:
                last = number == data.count(b"\n") + 1
                torn = "; nothing ends the line, so a program was killed while it wrote it: delete it" if last else ""
                yield f"{place}: {error}{torn}"


def _verdict(line: bytes) -> Verdict:
    if line.startswith(_MERGE_MARKS):
        raise ValueError("is the mark of a merge conflict; keep the lines of both sides and delete the marks")
    try:
        content = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start + 1} of the line); save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not JSON: {error}") from None
    return verdict_of(content)


def _conflicts(placed: Iterable[Placed]) -> Iterator[str]:
    """Keys on which the last word is two: given at one time, and not the same."""
    by_key: dict[tuple[str, str, str], list[Placed]] = defaultdict(list)
    for one in placed:
        by_key[one.verdict.key].append(one)
    for same in by_key.values():
        latest = max(one.verdict.instant for one in same)
        last = {one.verdict.ruling: one for one in same if one.verdict.instant == latest}
        if len(last) > 1:
            one, other = last.values()
            yield (
                f"{one.place} and {other.place}: {one.verdict.by} says {one.verdict.ruling} and {other.verdict.by} "
                f"{other.verdict.ruling} of the same text at the same time; add a later verdict, or delete one of them"
            )


def append_verdict(path: Path, verdict: Verdict) -> bool:
    """Add a verdict to a file, which is made if there is none; it is on disk when this returns.

    A verdict whose very line the file has already is not added again; returns whether it was. Several programs may
    add to one file at once. Raises ``OutputError`` naming it.
    """
    refuse_odd_target(path)
    line = verdict.line.encode() + b"\n"
    try:
        new = not path.exists()
        with locked(path) as descriptor:
            added = _append(descriptor, line)
        if new:
            _sync_folder(path.parent)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {reason(error)}") from None
    return added


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """Hold the lock of a file of verdicts, which is made if there is none, and give its descriptor.

    Raises ``OSError``.
    """
    descriptor = _locked(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _locked(path: Path) -> int:
    """The file, open and locked, and still the one of this name: a merge may put another in its place meanwhile."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    while True:
        descriptor = os.open(path, flags, 0o666)
        try:
            wait_for_lock(descriptor)
            if path.exists() and os.path.samestat(os.fstat(descriptor), path.stat()):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _append(descriptor: int, line: bytes) -> bool:
    """Write the line, all of it or nothing, after whatever stands there; a torn last line stays a line by itself."""
    content = _content(descriptor)
    if content.startswith(line) or b"\n" + line in content:
        os.fsync(descriptor)  # It may have been written by a program that was killed before it was on disk.
        return False
    rest = memoryview(line if not content or content.endswith(b"\n") else b"\n" + line)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    except BaseException:
        os.ftruncate(descriptor, len(content))
        raise
    return True


def _content(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    parts = []
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)
