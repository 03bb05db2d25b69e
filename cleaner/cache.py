"""Files that keep what was made of packs and models between runs.

An accelerator only: where a file cannot be read, does not fit its checksum, or cannot be written, everything is made
anew.
"""

import contextlib
import hashlib
import os
import platform
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from cleaner.matching.programformat import FORMAT as PROGRAM_FORMAT
from cleaner.packfiles import pack_files
from cleaner.version import __version__

#: Raise it when what is kept changes its meaning.
_FORMAT = 22
#: Of what is kept, so many bytes at most stay: what was used last.
MOST_BYTES = 128_000_000
_PREFIXES = ("packs-", "model-")
_DAY = 86_400  # seconds
#: Names another folder for the cache; empty means that nothing is cached.
CACHE_VARIABLE = "CLEANER_CACHE_DIR"


@dataclass(frozen=True, slots=True)
class Cache:
    """What is kept of some packs or of a model, in files of one name; without a ``path`` nothing is kept.

    A file that another run removed meanwhile is made again, so runs need not know of each other.
    """

    path: Path | None

    @classmethod
    def of(cls, folders: Sequence[Path]) -> "Cache":
        """The cache for the very files below some folders: a changed rule is never missed."""
        folder = _folder()
        if folder is None:
            return cls(None)
        made_by = (
            _FORMAT,
            PROGRAM_FORMAT,
            __version__,
            *sys.version_info[:2],
            platform.machine(),
        )
        digest = hashlib.sha256(" ".join(map(str, made_by)).encode())
        try:
            for file in pack_files(folders):
                digest.update(f"{file}\n".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
        except OSError:
            return cls(None)
        return cls(folder / f"packs-{digest.hexdigest()[:32]}.json")

    @classmethod
    def of_model(cls, digest: str) -> "Cache":
        """The cache for the model whose file has a sha256."""
        folder = _folder()
        return cls(folder / f"model-{digest[:32]}.npz" if folder else None)

    def kept(self, suffix: str, make: Callable[[], bytes]) -> bytes:
        """What was kept under a suffix, or else what is made now, which is kept."""
        path = self.path.with_suffix(suffix) if self.path else None
        body = _read(path) if path else None
        if body is None:
            body = make()
            if path:
                _write(path, body)
        return body


def _folder() -> Path | None:
    """Where things are kept, unless nothing is to be."""
    folder = os.environ.get(CACHE_VARIABLE, platformdirs.user_cache_dir("article-cleaner", appauthor=False))
    return Path(folder) if folder else None


def _checksum(body: bytes) -> bytes:
    """What takes a quarter of the time of a digest; it guards against damage, not against anybody."""
    return b"%08x" % zlib.crc32(body)


def _read(path: Path) -> bytes | None:
    """What was written to a cache file, if it is there and whole."""
    try:
        with path.open("rb") as file:
            used = os.fstat(file.fileno()).st_mtime
            checksum, body = file.readline(), file.read()
    except OSError:
        return None
    if _checksum(body) + b"\n" != checksum:
        return None
    if time.time() - used > _DAY:
        with contextlib.suppress(OSError):
            os.utime(path)
    return body


def _write(path: Path, body: bytes) -> None:
    """Write whole or not at all: a run beside this one sees the old file, none, or the new one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_checksum(body) + b"\n" + body)
            Path(temporary).replace(path)
            _make_room(path.parent)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
    except OSError:
        return  # a read-only or full disk costs time, not results


def _make_room(folder: Path) -> None:
    """Remove what was used longest ago, to the day, until what stays is no larger than it may be."""
    files = [(file.stat(), file) for file in folder.iterdir() if file.name.startswith(_PREFIXES)]
    size = 0
    for status, file in sorted(files, key=lambda one: one[0].st_mtime, reverse=True):
        size += status.st_size
        if size > MOST_BYTES:
            file.unlink(missing_ok=True)
