"""Audit records as JSON Lines, one record a document, and back."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any

from cleaner.errors import AuditError
from cleaner.model import AuditRecord, Category, Kept, PackStamp, Page, Removal

#: The number of the record's form. Raise it with every change, and add the change to ``_UPGRADES``.
SCHEMA = 2

#: One function a change: from a record of schema N to one of schema N+1.
_UPGRADES: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = MappingProxyType(
    {1: lambda content: {**content, "schema": 2, "page": None}}
)

_FIELDS = {kind: tuple(f.name for f in fields(kind)) for kind in (AuditRecord, Removal, Kept, PackStamp, Page)}
_WITH_PARTS = frozenset({tuple, *_FIELDS})

# Characters that are legal in JSON but end a line for some readers, or have no UTF-8 form.
_AWKWARD = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


def to_json(record: AuditRecord) -> str:
    """Return the record as one line of JSON without its line ending; the same record always gives the same bytes.

    >>> record = AuditRecord(2, "a", "00", "00", "0.1.0", "00", "00", (), (), ())
    >>> from_json(to_json(record)) == record
    True
    """
    return one_line(plain(record))


def one_line(value: Any) -> str:
    """Plain values as one line of JSON that every reader takes for one, whatever characters it holds.

    >>> one_line({"text": "one\u2028two"})
    '{"text":"one\\\\u2028two"}'
    """
    line = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _AWKWARD.sub(lambda m: f"\\u{ord(m[0]):04x}", line)


def plain(value: Any) -> Any:
    """A record, or a part of one, as objects in the order of their fields, lists and values that JSON has.

    ``dataclasses.asdict`` copies more and is slower.
    """
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    names = _FIELDS.get(type(value))
    if names is None:
        return value
    parts = [(name, getattr(value, name)) for name in names]
    return {name: plain(part) if type(part) in _WITH_PARTS else part for name, part in parts}


def from_json(line: str) -> AuditRecord:
    """Read one record, of this schema or an older one. Raises ``AuditError`` saying what is wrong with it."""
    try:
        content = json.loads(line)
    except ValueError as error:
        raise AuditError(f"not a line of JSON: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get("schema"), int):
        raise AuditError("not an audit record: it has no schema number")
    while content["schema"] < SCHEMA:
        upgrade = _UPGRADES.get(content["schema"])
        if upgrade is None:
            break
        content = upgrade(content)
    if content["schema"] != SCHEMA:
        raise AuditError(f"schema {content['schema']} is not known to this version, which reads up to {SCHEMA}")
    try:
        return AuditRecord(
            **{
                **content,
                "packs": tuple(PackStamp(**p) for p in content["packs"]),
                "removals": tuple(Removal(**_spanned(r, "others")) for r in content["removals"]),
                "kept": tuple(Kept(**_spanned(k)) for k in content["kept"]),
                "incomplete": tuple(content["incomplete"]),
                "page": Page(**content["page"]) if content["page"] is not None else None,
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise AuditError(f"not a complete audit record: {error}") from None


def _spanned(content: dict[str, Any], *lists: str) -> dict[str, Any]:
    """Fields of a removal or refusal with their types; raises on offsets that are no numbers."""
    start, end, text = content["start"], content["end"], content["text"]
    if type(start) is not int or type(end) is not int or not isinstance(text, str) or end - start != len(text):
        raise ValueError(f"span {start!r}-{end!r} does not fit its text")
    return {**content, "category": Category(content["category"]), **{name: tuple(content[name]) for name in lists}}


def read_records(lines: Iterable[str], name: str) -> Iterator[AuditRecord]:
    """Read an audit log, a record a line. Raises ``AuditError`` naming the log and the line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield from_json(line)
            except AuditError as error:
                raise AuditError(f"{name}, line {number}: {error}") from None
