"""Files that keep what was made of packs between runs.

An accelerator only: where a file cannot be read, does not fit its checksum, or cannot be written, everything is made
anew.
"""

import hashlib
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from cleaner.matching.programformat import FORMAT as PROGRAM_FORMAT
from cleaner.packfiles import pack_files
from cleaner.version import __version__

#: Raise it when what is kept changes its meaning.
_FORMAT = 14
#: Names another folder for the cache; empty means that nothing is cached.
CACHE_VARIABLE = "CLEANER_CACHE_DIR"


@dataclass(frozen=True, slots=True)
class PackCache:
    """What is kept of some packs, in files of one name; without a ``path`` nothing is kept."""

    path: Path | None

    @classmethod
    def of(cls, folders: Sequence[Path]) -> "PackCache":
        """The cache for the very files below some folders: a changed rule is never missed."""
        folder = os.environ.get(CACHE_VARIABLE, platformdirs.user_cache_dir("article-cleaner", appauthor=False))
        if not folder:
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
        return cls(Path(folder) / f"packs-{digest.hexdigest()[:32]}.json")

    def kept(self, suffix: str, make: Callable[[], bytes]) -> bytes:
        """What was kept under a suffix, or else what is made now, which is kept."""
        path = self.path.with_suffix(suffix) if self.path else None
        body = _read(path) if path else None
        if body is None:
            body = make()
            if path:
                _write(path, body)
        return body


def _checksum(body: bytes) -> bytes:
    """A digest that takes less time than sha256; it guards against damage, not against anybody."""
    return hashlib.blake2b(body, digest_size=16).hexdigest().encode()


def _read(path: Path) -> bytes | None:
    """What was written to a cache file, if it is there and whole."""
    try:
        checksum, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return body if _checksum(body) == checksum else None


def _write(path: Path, body: bytes) -> None:
    """Write whole or not at all: a run beside this one sees the old file, none, or the new one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(_checksum(body) + b"\n" + body)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
    except OSError:
        return  # a read-only or full disk costs time, not results
