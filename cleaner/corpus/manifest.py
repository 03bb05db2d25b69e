"""What a run over a corpus was given, and which shards are done: from this it goes on after a kill."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from cleaner.corpus.shards import Shard
from cleaner.corpus.storage import told
from cleaner.corpus.totals import Totals
from cleaner.errors import OutputError, ResumeError
from cleaner.files import lock_file, refuse_odd_target

FILE = "manifest.jsonl"
#: The number of the manifest's form.
FORM = 1

# What each field of a head is called where it is another than it was.
_FIELDS: Mapping[str, str] = {
    "manifest": "the form of the manifest",
    "cleaner": "the version of Cleaner",
    "config": "the settings",
    "packs_sha256": "the packs or the model",
    "columns": "the columns, --max-document, --html or the extractor",
    "audit_format": "the audit format",
    "out": "the output folder",
    "records": "the place of audit records",
}


@dataclass(frozen=True, slots=True)
class Head:
    """Everything that the outputs of a run depend on."""

    cleaner: str
    config: str
    packs_sha256: str
    columns: Mapping[str, Any]
    audit_format: str
    out: str
    records: str | None
    shards: tuple[Shard, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        content = asdict(self)
        return {"manifest": FORM, "inputs": list(content.pop("shards")), **content}


@dataclass(frozen=True, slots=True)
class Written:
    """A file that a shard was written to; ``size`` in bytes."""

    place: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Done:
    """A shard that is written whole. ``quarantine`` is the size in bytes of the quarantine with its rows."""

    shard: str
    output: Written
    audit: Written
    quarantine: int
    totals: Totals

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        files = {"output": asdict(self.output), "audit": asdict(self.audit)}
        return {"done": self.shard, **files, "quarantine": self.quarantine, "totals": self.totals.plain()}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> "Done":
        """Read what ``plain`` gave."""
        files = Written(**content["output"]), Written(**content["audit"])
        return cls(content["done"], *files, content["quarantine"], Totals.of(content["totals"]))


class Manifest:
    """The manifest of a run, held open and locked; use it in a ``with`` block.

    A line is on disk when a method that adds it returns. ``done`` holds what earlier runs did. Raises ``ResumeError``
    if there is a manifest and ``resume`` was not asked for, or if it speaks of another run, and ``OutputError`` if it
    cannot be written.
    """

    def __init__(self, folder: Path, head: Head, *, resume: bool) -> None:
        self._path = folder / FILE
        self.done: dict[str, Done] = {}
        refuse_odd_target(self._path)
        self._descriptor = self._open()
        try:
            self._begin(head, resume)
        except BaseException:
            os.close(self._descriptor)
            raise

    def __enter__(self) -> "Manifest":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)

    @property
    def quarantine(self) -> int:
        """How many bytes of the quarantine belong to shards that are done."""
        return max((done.quarantine for done in self.done.values()), default=0)

    def add(self, done: Done) -> None:
        """Note a shard as done."""
        self._append(done.plain())
        self.done[done.shard] = done

    def fail(self, shard: str, error: str) -> None:
        """Note a shard that could not be read; it is tried again by the next run."""
        self._append({"failed": shard, "error": error})

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(self._path, flags, 0o666)
        except OSError as error:
            raise OutputError(f"{self._path}: cannot be written: {told(error)}") from None
        if not lock_file(descriptor):
            os.close(descriptor)
            raise ResumeError(f"{self._path}: another run is at work here; wait for it, or give another --audit folder")
        return descriptor

    def _begin(self, head: Head, resume: bool) -> None:
        data = self._path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]  # A kill may have torn the last line, which then says nothing.
        os.ftruncate(self._descriptor, len(whole))
        if not whole:
            self._append(head.plain())
            return
        if not resume:
            raise ResumeError(
                f"{self._path}: a run has been here; add --resume to go on with it, or give other --out and --audit "
                "folders to start anew"
            )
        try:
            first, *rest = (json.loads(line) for line in whole.splitlines())
            before = {shard["name"]: shard for shard in first.pop("inputs")}
            self.done = {entry["done"]: Done.of(entry) for entry in rest if "done" in entry}
            failed = {entry["failed"] for entry in rest if "failed" in entry} - self.done.keys()
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ResumeError(f"{self._path}: is damaged ({error}); start anew in other folders") from None
        now = head.plain()
        inputs = {shard["name"]: shard for shard in now.pop("inputs")}
        changes = [f"{name} changed" for key, name in _FIELDS.items() if first.get(key) != now[key]]
        changes += _changes(before, inputs, failed)
        if changes:
            raise ResumeError(
                f"{self._path}: cannot go on with this run, since what it would write is not what it wrote so far: "
                f"{'; '.join(changes)}. Undo that, or start anew in other folders"
            )

    def _append(self, entry: Mapping[str, Any]) -> None:
        data = json.dumps(entry, separators=(",", ":")).encode("ascii") + b"\n"
        size = os.fstat(self._descriptor).st_size
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
            os.fsync(self._descriptor)
        except OSError as error:
            os.ftruncate(self._descriptor, size)
            raise OutputError(f"{self._path}: cannot be written: {told(error)}") from None


def _changes(before: Mapping[str, Any], now: Mapping[str, Any], failed: set[str]) -> list[str]:
    """What became of the inputs, but for those that could not be read and may have been repaired."""
    new = [f"{name} is new" for name in now if name not in before]
    gone = [f"{name} is gone" for name in before if name not in now]
    other = [f"{n} changed" for n in now if n in before and now[n] != before[n] and n not in failed]
    return _few([*new, *gone, *other])


def _few(changes: Sequence[str], most: int = 3) -> list[str]:
    rest = [f"and {len(changes) - most} more inputs"] if len(changes) > most else []
    return [*changes[:most], *rest]
