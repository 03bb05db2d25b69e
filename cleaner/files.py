"""Documents on disk: bytes to text without loss, and results that replace a file whole or not at all."""

import codecs
import contextlib
import errno
import hashlib
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath

from cleaner.errors import InputError, OutputError

if sys.platform != "win32":
    import fcntl

#: The encoding that needs no guess.
UTF_8 = "utf-8"
#: A text with a greater share (0-1) of control characters is taken for binary data; of random bytes, a tenth are.
CONTROL_SHARE = 0.05

# UTF-32's mark starts with UTF-16's, so it is tried first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f]")
# Where a guess is a tie between one-byte encodings, the one that the web uses most.
_LIKELIEST = "cp1252"


@dataclass(frozen=True, slots=True)
class Source:
    """A document as read: ``text.encode(encoding) == data``, byte order mark and line endings included."""

    data: bytes
    text: str
    encoding: str

    @property
    def digest(self) -> str:
        """The sha256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


def decode(data: bytes, name: str) -> Source:
    r"""Decode bytes such that encoding the text gives the same bytes again.

    A byte order mark decides and stays in the text as U+FEFF; then strict UTF-8 is tried, then the best guess. Raises
    ``InputError`` naming ``name`` if nothing fits or the content is not text.

    >>> decode(b"caf\xc3\xa9\r\n", "a.txt").text
    'café\r\n'
    """
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
            exact = text.encode(encoding) == data
        except (UnicodeError, LookupError):
            continue
        if exact:
            return _checked(Source(data, text, encoding), name)
    if b"\0" in data:
        raise InputError(f"{name}: is binary (it holds NUL bytes); if it is UTF-16 text, save it as UTF-8")
    raise InputError(f"{name}: is binary, damaged, or in an encoding that its bytes don't tell; save it as UTF-8")


def _encodings(data: bytes) -> Iterator[str]:
    marked = [encoding for mark, encoding in _MARKS if data.startswith(mark)]
    yield from marked or [UTF_8]
    if not marked and b"\0" not in data:
        yield from guessed_encodings(data)


def guessed_encodings(data: bytes) -> list[str]:
    """Encodings from the best guess down, by Python's names for them."""
    from charset_normalizer import from_bytes

    matches = list(from_bytes(data))
    if not matches:
        return []
    best = (matches[0].chaos, matches[0].coherence)
    ties = [m for m in matches if (m.chaos, m.coherence) == best and _LIKELIEST in m.could_be_from_charset]
    names = [_LIKELIEST] if ties else []
    return [codecs.lookup(name).name for name in (*names, *(m.encoding for m in matches))]


def _checked(source: Source, name: str) -> Source:
    if "\0" in source.text:
        raise InputError(f"{name}: is binary (it holds NUL characters); remove them if it is text")
    controls = sum(1 for _ in _CONTROL.finditer(source.text))
    if controls > CONTROL_SHARE * len(source.text):
        raise InputError(f"{name}: is binary ({controls} of {len(source.text)} characters are control characters)")
    return source


def read_source(path: Path) -> Source:
    """Read and decode one file. Raises ``InputError`` naming it."""
    return decode(read_bytes(path), str(path))


def read_bytes(path: Path) -> bytes:
    """The bytes of a regular file. Raises ``InputError`` naming it."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError(f"{path}: is not a regular file; pass - and pipe it in to clean a stream")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read: {reason(error)}") from None


def reason(error: OSError | ValueError) -> str:
    """What the system says went wrong, without the path that the message has already."""
    return getattr(error, "strerror", None) or str(error)


def refuse_odd_target(path: Path) -> None:
    """Raise ``OutputError`` if ``path`` is a symlink, or anything but a regular file or nothing."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {reason(error)}") from None
    if stat.S_ISLNK(mode):
        raise OutputError(f"{path}: is a symlink, and nothing is written through those; name the file it points to")
    if not stat.S_ISREG(mode):
        raise OutputError(f"{path}: exists and is not a regular file; name another")


def waiting_name(path: PurePath, tag: str = "") -> str:
    """What the file is called in which the new content of ``path`` waits; the same in every run with the same tag."""
    return f".cleaner-{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}{tag}.tmp"


def waiting_pattern(tag: str) -> str:
    """What all names that begin with this tag after the digest look like, as a pattern for files.

    >>> import fnmatch
    >>> fnmatch.fnmatch(waiting_name(PurePath("a.jsonl"), "-run1-9"), waiting_pattern("-run1"))
    True
    """
    return f".cleaner-{'[0-9a-f]' * 16}{tag}*.tmp"


@contextmanager
def staged(path: Path, data: bytes, permissions: int | None = None) -> Iterator[Callable[[], None]]:
    """Write ``data`` to a file beside ``path`` and give a function that puts it in its place, whole and on disk.

    Left without calling it, nothing has changed. The waiting file has the same name in every run, so that a run that
    was killed leaves nothing behind once it is repeated; a lock on the folder keeps two runs from sharing it.
    Raises ``OutputError`` naming ``path``.
    """
    refuse_odd_target(path)
    waiting = path.parent / waiting_name(path)
    try:
        with _locked(path.parent) as folder:
            try:
                _write(waiting, data, permissions)
                yield lambda: _replace(waiting, path, folder)
            finally:
                waiting.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {reason(error)}") from None


def write_atomic(path: Path, data: bytes, permissions: int | None = None) -> None:
    """Write a file such that at any time it has all of its old or all of its new content.

    Raises ``OutputError`` naming it.
    """
    with staged(path, data, permissions) as commit:
        commit()


def _write(path: Path, data: bytes, permissions: int | None) -> None:
    path.unlink(missing_ok=True)
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if permissions is not None:
        path.chmod(permissions)


def _replace(waiting: Path, path: Path, folder: int | None) -> None:
    refuse_odd_target(path)
    waiting.replace(path)
    if folder is not None:
        sync(folder)


def sync(descriptor: int) -> None:
    """Have a file or folder on disk; some file systems cannot do that for folders, which is no reason to stop."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise


@contextmanager
def _locked(folder: Path) -> Iterator[int | None]:
    """Hold a folder's lock where the system has such, and give its descriptor."""
    if sys.platform == "win32":
        yield None
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with contextlib.suppress(OSError):  # Network file systems may have no locks on folders.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def lock_file(descriptor: int) -> bool:
    """Take a file's lock for as long as it is open; False if another program holds it."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK)
    return True


def wait_for_lock(descriptor: int) -> None:
    """Take a file's lock for as long as it is open, once no other program holds it; for what is written in a moment."""
    if sys.platform != "win32":
        with contextlib.suppress(OSError):  # Network file systems may have no locks.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
