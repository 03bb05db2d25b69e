"""Which audit record belongs to a clean file."""

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from cleaner.apply import restore, sha256
from cleaner.discover import Input, text_place
from cleaner.errors import RestoreError
from cleaner.model import AuditRecord


class Records:
    """The records of an audit log, found by id or by the clean text they speak of."""

    def __init__(self, records: Iterable[AuditRecord]) -> None:
        self._by_name: dict[str, list[AuditRecord]] = {}
        self._by_clean: dict[str, list[AuditRecord]] = {}
        self._encodings: dict[str, None] = {}
        for record in records:
            self._by_name.setdefault(_place(record).name, []).append(record)
            self._by_clean.setdefault(record.clean_sha256, []).append(record)
            self._encodings[record.encoding or "utf-8"] = None

    @property
    def ids(self) -> list[str]:
        """The id of every document, in order."""
        return list(dict.fromkeys(r.id for records in self._by_clean.values() for r in records))

    def named(self, item: Input) -> list[AuditRecord]:
        """The records of the document with a file's place: its id, or the id that shares most of its path's end.

        A file found in a folder has to share all of its path below that folder.
        """
        names = {item.id, str(item.path)}
        exact = [r for r in self._by_name.get(item.path.name, ()) if {r.id, str(_place(r))} & names]
        if exact:
            return exact
        path = PurePosixPath(item.path.as_posix()).parts
        ids = dict.fromkeys(_place(r) for r in self._by_name.get(item.path.name, ()))
        shared = {id: shared_end(id.parts, path) for id in ids}
        best = max(shared.values(), default=0)
        if best < len(item.relative.parts):
            return []
        nearest = [id for id in ids if shared[id] == best]
        # Of a folder raw, out/a.txt is raw/a.txt rather than raw/sub/a.txt.
        direct = [id for id in nearest if id.parts[1:] == item.relative.parts]
        chosen = direct if len(direct) == 1 else nearest
        if len(chosen) > 1:
            return []
        return [r for r in self._by_name[item.path.name] if _place(r) == chosen[0]]

    def of_text(self, data: bytes) -> list[AuditRecord]:
        """The records whose clean text ``data`` is, in the encoding they name."""
        found: list[AuditRecord] = []
        for encoding in self._encodings:
            digest = _digest(data, encoding)
            found += [r for r in self._by_clean.get(digest, ()) if (r.encoding or "utf-8") == encoding]
        return found


def _place(record: AuditRecord) -> PurePosixPath:
    """The path that a record's id is, of a page that of its text."""
    place = PurePosixPath(record.id)
    return text_place(place) if record.page else place


def shared_end(left: Sequence[str], right: Sequence[str]) -> int:
    """How many parts two paths have in common at their ends."""
    count = 0
    for a, b in zip(reversed(left), reversed(right), strict=False):
        if a != b:
            break
        count += 1
    return count


def _digest(data: bytes, encoding: str) -> str:
    try:
        return sha256(data.decode(encoding))
    except (UnicodeError, LookupError):
        return ""


def record_for(records: Records, item: Input, data: bytes) -> AuditRecord:
    """The record to restore a clean file from. Raises ``RestoreError`` saying why there is none, or no single one."""
    named = records.named(item)
    by_text = records.of_text(data)
    fitting = [r for r in named if r in by_text] or by_text
    if not fitting and named:
        raise RestoreError(
            f"{item.path}: was changed after it was cleaned: it is not the clean text of {named[0].id!r}"
        )
    if not fitting:
        raise RestoreError(f"{item.path}: no record has its name or its text; is this the audit log of that run?")
    return _one(fitting, item)


def _one(records: Sequence[AuditRecord], item: Input) -> AuditRecord:
    """The record that removed something goes before one that found nothing more to remove."""
    telling = [r for r in records if r.removals] or list(records)
    if len({(r.source_sha256, r.encoding) for r in telling}) > 1:
        if len({r.id for r in telling}) == 1:
            return telling[-1]
        names = ", ".join(repr(r.id) for r in telling[:3])
        raise RestoreError(
            f"{item.path}: could be any of {names}, which have the same clean text; name it as one of them"
        )
    return telling[-1]


def restore_bytes(record: AuditRecord, data: bytes) -> bytes:
    """The source's bytes from a clean file's. Raises ``RestoreError`` if they do not belong together."""
    encoding = record.encoding or "utf-8"
    try:
        return restore(data.decode(encoding), record).encode(encoding)
    except (UnicodeError, LookupError):
        raise RestoreError(f"this is not the clean text of record {record.id!r}: it is no {encoding} text") from None


def mismatch(records: Records, item: Input, data: bytes) -> tuple[str, str | None]:
    """What is wrong with a clean file, empty if nothing, and the id of its record if it has one."""
    named = records.named(item)
    by_text = records.of_text(data)
    if not named and not by_text:
        return f"{item.path}: no record has its name or its text", None
    if not named and len({(r.source_sha256, r.encoding) for r in by_text}) > 1:
        names = ", ".join(repr(r.id) for r in by_text[:3])
        return f"{item.path}: no record has its name, and several have its text: {names}", None
    record = ([r for r in named if r in by_text] or named or by_text)[-1]
    try:
        restore_bytes(record, data)
    except RestoreError as error:
        return f"{item.path}: {error}", record.id
    return "", record.id
