"""Audit logs on disk: a record a line, written such that a run can be killed at any time."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from cleaner.audit import from_json
from cleaner.errors import AuditError, OutputError
from cleaner.files import lock_file, reason, refuse_odd_target, sync
from cleaner.model import AuditRecord


def read_log(path: Path) -> Iterator[AuditRecord]:
    """The records of a log in order. Raises ``AuditError`` naming the log and the line.

    In the log of a shard of a corpus, the line of a row without a record is empty.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line != b"\n":
                    yield _record(line, f"{path}, line {number}")
    except OSError as error:
        raise AuditError(f"{path}: cannot be read: {reason(error)}") from None


def _record(line: bytes, where: str) -> AuditRecord:
    if not line.endswith(b"\n"):
        raise AuditError(
            f"{where}: is not complete, as a killed run or a full disk leaves it; the document it speaks of was not "
            "touched, so delete this line and run again with --append"
        )
    try:
        return from_json(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise AuditError(f"{where}: is not UTF-8: {error}") from None
    except AuditError as error:
        raise AuditError(f"{where}: {error}") from None


class AuditLog:
    """Writes an audit log; use it in a ``with`` block.

    With ``durable``, every record is on disk when ``add`` returns, for runs that replace their sources; the file is
    made with its first record. Without, the log comes into being whole at the end of the block, or not at all.
    Raises ``OutputError`` if the log exists and ``append`` was not asked for, and ``AuditError`` if it cannot be
    appended to because it is damaged.
    """

    def __init__(self, path: Path, *, append: bool = False, durable: bool = False) -> None:
        refuse_odd_target(path)
        self._exists = path.exists()
        if self._exists and not append:
            raise OutputError(f"{path}: exists; add --append to add to it, or name another file")
        self._path = path
        self._durable = durable
        self._texts: set[tuple[str, str]] = set()
        self._runs: set[tuple[str, str, str]] = set()
        self._descriptor: int | None = None
        if self._exists:
            for record in read_log(path):
                self._note(record.id, record.source_sha256, record.clean_sha256)

    def __enter__(self) -> "AuditLog":
        if not self._durable or self._exists:
            self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is None:
            return
        try:
            if not self._durable and kind is None:
                os.fsync(self._descriptor)
                self._waiting.replace(self._path)
                self._sync_folder()
        except OSError as problem:
            raise OutputError(f"{self._path}: cannot be written: {reason(problem)}") from None
        finally:
            if not self._durable:
                self._waiting.unlink(missing_ok=True)
            os.close(self._descriptor)

    def add(self, line: str, id: str, source_sha256: str, clean_sha256: str) -> None:
        """Add a record, unless the log accounts for this text already.

        It does if it has the same document with the same source and clean text, or if nothing was removed from a text
        that is a clean text of this document. So a run repeated after a kill adds just what is missing.
        """
        if (id, source_sha256, clean_sha256) in self._runs:
            return
        if source_sha256 == clean_sha256 and (id, clean_sha256) in self._texts:
            return
        if self._descriptor is None:
            self._open()
        self._append(line.encode("utf-8") + b"\n")
        self._note(id, source_sha256, clean_sha256)

    def _note(self, id: str, source_sha256: str, clean_sha256: str) -> None:
        self._runs.add((id, source_sha256, clean_sha256))
        self._texts.add((id, clean_sha256))

    @property
    def _waiting(self) -> Path:
        """Where a log waits that comes into being at the end; the same name in every run, so none is left behind."""
        name = hashlib.sha256(os.fsencode(self._path.name)).hexdigest()[:16]
        return self._path.parent / f".cleaner-audit-{name}.tmp"

    def _open(self) -> None:
        path = self._path if self._durable else self._waiting
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        if self._durable and not self._exists:
            flags |= os.O_EXCL
        try:
            descriptor = os.open(path, flags, 0o666)
            # Between opening it and locking it, another run may have put the file in its place.
            if not lock_file(descriptor) or not os.path.samestat(os.fstat(descriptor), path.stat()):
                os.close(descriptor)
                raise OutputError(f"{self._path}: another run is writing it; wait for that, or name another file")
            self._descriptor = descriptor
            if self._durable:
                self._sync_folder()
            else:
                os.ftruncate(descriptor, 0)
                if self._exists:
                    self._append(self._path.read_bytes())
        except OSError as error:
            raise OutputError(f"{self._path}: cannot be written: {reason(error)}") from None

    def _append(self, data: bytes) -> None:
        """Write all of ``data`` or, whatever comes in between, nothing."""
        assert self._descriptor is not None
        size = os.fstat(self._descriptor).st_size
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            if self._durable:
                os.fsync(self._descriptor)
        except BaseException as error:
            os.ftruncate(self._descriptor, size)
            if isinstance(error, OSError):
                raise OutputError(f"{self._path}: cannot be written: {reason(error)}") from None
            raise

    def _sync_folder(self) -> None:
        if os.name == "nt":
            return
        folder = os.open(self._path.parent, os.O_RDONLY)
        try:
            sync(folder)
        finally:
            os.close(folder)
