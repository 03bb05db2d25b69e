"""Where shards lie: files here, and whatever fsspec reaches; read as streams, written whole or not at all."""

import contextlib
import hashlib
import io
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from cleaner.errors import InputError, OutputError
from cleaner.extras import for_corpus
from cleaner.files import reason, refuse_odd_target, sync, waiting_name, waiting_pattern
from cleaner.outputs import make_folder, refuse_leaving

_BUFFER = 1 << 18


def is_url(path: str) -> bool:
    """Whether a path is one that fsspec opens, such as ``s3://bucket/key``.

    >>> is_url("s3://bucket/a.jsonl"), is_url("raw/a.jsonl")
    (True, False)
    """
    return "://" in path


def filesystem(url: str) -> tuple[Any, str]:
    """The file system of a url and the path in it. Raises ``ConfigError`` if what it takes is not installed."""
    fsspec = for_corpus("fsspec.core")
    try:
        fs, path = fsspec.url_to_fs(url)
    except ImportError as error:
        raise InputError(f"{url}: cannot be opened here: {error}") from None
    except ValueError as error:
        raise InputError(f"{url}: {error}") from None
    return fs, str(path)


def told(error: Exception) -> str:
    """What went wrong, in the system's words if it has any."""
    return reason(error) if isinstance(error, OSError | ValueError) else f"{type(error).__name__}: {error}"


def open_source(path: str) -> io.BufferedReader:
    """The bytes of a shard, to be read and sought in. Raises ``InputError`` naming it, as reading from it does."""
    try:
        if is_url(path):
            fs, inside = filesystem(path)
            raw = fs.open(inside, "rb")
        else:
            raw = io.FileIO(path)
    except InputError:
        raise
    except Exception as error:  # The errors of remote file systems have no common base.
        raise InputError(f"{path}: cannot be read: {told(error)}") from None
    return io.BufferedReader(_Guarded(raw, path), _BUFFER)


class _Guarded(io.RawIOBase):
    """A file that tells errors of the storage, which may pass, from those of what is stored, which don't."""

    def __init__(self, raw: Any, name: str) -> None:
        self._raw = raw
        self._name = name

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._raw.read(len(buffer))
        except Exception as error:  # The errors of remote file systems have no common base.
            raise InputError(f"{self._name}: cannot be read: {told(error)}") from None
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._raw.seek(offset, whence))

    def tell(self) -> int:
        return int(self._raw.tell())

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class Target(ABC):
    """An output that comes into being when it is committed; until then it lies under another name.

    ``stream`` is written to, ``waiting`` is the place of that other name. Everything raises ``OutputError`` that names
    the output.
    """

    def __init__(self, name: str, waiting: str) -> None:
        self._name = name
        self.waiting = waiting
        with self._named():
            self._raw: Any = self._open()
        self._sink = _Sink(self._raw, name)
        self.stream = cast(BinaryIO, io.BufferedWriter(self._sink, _BUFFER))

    @property
    def sha256(self) -> str:
        """Of what was written and flushed so far."""
        return self._sink.digest.hexdigest()

    @property
    def size(self) -> int:
        """The bytes written and flushed so far."""
        return self._sink.size

    def finish(self) -> None:
        """Have everything stored under the waiting name."""
        self.stream.flush()
        with self._named():
            self._store(self._raw)

    def commit(self) -> None:
        """Give the finished output its name."""
        with self._named():
            self._rename()

    def discard(self) -> None:
        """Let go nowhere what is written from now on."""
        self._sink.discarding = True

    def abort(self) -> None:
        """Leave no trace."""
        self.discard()
        with contextlib.suppress(Exception):  # There is an error already that is to be told.
            self.stream.close()
            self._raw.close()
            self._remove()

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except OutputError:
            raise
        except Exception as error:  # The errors of remote file systems have no common base.
            raise OutputError(f"{self._name}: cannot be written: {told(error)}") from None

    @abstractmethod
    def _open(self) -> Any: ...

    @abstractmethod
    def _store(self, raw: Any) -> None: ...

    @abstractmethod
    def _rename(self) -> None: ...

    @abstractmethod
    def _remove(self) -> None: ...


class _Sink(io.RawIOBase):
    """Keeps count of what goes into an output, and names it when it cannot be written."""

    def __init__(self, raw: Any, name: str) -> None:
        self.digest = hashlib.sha256()
        self.size = 0
        self.discarding = False
        self._raw = raw
        self._name = name

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self.discarding:
            return len(data)
        try:
            written = self._raw.write(data)
        except Exception as error:  # The errors of remote file systems have no common base.
            raise OutputError(f"{self._name}: cannot be written: {told(error)}") from None
        written = len(data) if written is None else int(written)
        self.digest.update(data[:written])
        self.size += written
        return written


class _LocalTarget(Target):
    def __init__(self, path: Path, root: Path, tag: str) -> None:
        make_folder(path.parent)
        refuse_leaving(path, root)
        refuse_odd_target(path)
        self._path = path
        self._waiting = path.parent / waiting_name(path, tag)
        super().__init__(str(path), str(self._waiting))

    def _open(self) -> BinaryIO:
        self._waiting.unlink(missing_ok=True)
        return self._waiting.open("xb", buffering=0)

    def _store(self, raw: BinaryIO) -> None:
        os.fsync(raw.fileno())
        raw.close()

    def _rename(self) -> None:
        refuse_odd_target(self._path)
        self._waiting.replace(self._path)
        if os.name != "nt":
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                sync(folder)
            finally:
                os.close(folder)

    def _remove(self) -> None:
        self._waiting.unlink(missing_ok=True)


class _RemoteTarget(Target):
    def __init__(self, url: str, tag: str) -> None:
        self._fs, self._path = filesystem(url)
        folder, _, name = self._path.rpartition("/")
        self._folder = folder
        waiting = waiting_name(PurePosixPath(name), tag)
        self._waiting = f"{folder}/{waiting}"
        super().__init__(url, f"{url.rpartition('/')[0]}/{waiting}")

    def _open(self) -> Any:
        self._fs.makedirs(self._folder, exist_ok=True)
        return self._fs.open(self._waiting, "wb")

    def _store(self, raw: Any) -> None:
        raw.close()

    def _rename(self) -> None:
        self._fs.mv(self._waiting, self._path)

    def _remove(self) -> None:
        self._fs.rm(self._waiting)


def join(root: str, relative: str) -> str:
    """A place below a folder or url.

    >>> join("s3://bucket/clean/", "a/b.jsonl")
    's3://bucket/clean/a/b.jsonl'
    """
    return f"{root.rstrip('/')}/{relative}" if is_url(root) else str(Path(root, relative))


def target(root: str, relative: str, tag: str = "") -> Target:
    """An output at a place below a folder or url; ``tag`` goes into its other name. Raises ``OutputError``."""
    place = join(root, relative)
    return _RemoteTarget(place, tag) if is_url(root) else _LocalTarget(Path(place), Path(root), tag)


def sweep(root: str, tag: str) -> None:
    """Delete what still waits below a folder or url under names with this tag. Raises ``OutputError``."""
    pattern = waiting_pattern(tag)
    try:
        if not is_url(root):
            for file in Path(root).rglob(pattern):
                file.unlink(missing_ok=True)
            return
        fs, path = filesystem(root)
        for name in fs.find(path):
            if fnmatchcase(name.rpartition("/")[2], pattern):
                remove(fs.unstrip_protocol(name))
    except OutputError:
        raise
    except Exception as error:  # The errors of remote file systems have no common base.
        raise OutputError(f"{root}: cannot be tidied up: {told(error)}") from None


def remove(place: str) -> None:
    """Delete a file if it is there. Raises ``OutputError``."""
    try:
        if is_url(place):
            fs, path = filesystem(place)
            fs.rm_file(path)
        else:
            Path(place).unlink()
    except FileNotFoundError:
        return
    except Exception as error:  # The errors of remote file systems have no common base.
        raise OutputError(f"{place}: cannot be deleted: {told(error)}") from None


def size_of(place: str) -> int | None:
    """The size in bytes of what lies somewhere, if anything does."""
    try:
        if not is_url(place):
            return Path(place).stat().st_size
        fs, path = filesystem(place)
        fs.invalidate_cache(path)  # Others may have written it since its folder was listed.
        return int(fs.info(path)["size"])
    except (FileNotFoundError, NotADirectoryError):
        return None
