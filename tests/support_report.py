"""Audit records made up for the tests of reports."""

from pathlib import Path

from cleaner.apply import cut, sha256
from cleaner.audit import SCHEMA, to_json
from cleaner.model import AuditRecord, Category, Kept, Page, Removal, Span


def removal(start: int, text: str, category: str = "ad", rule: str | None = "test.ad.label", **more: object) -> Removal:
    fields: dict[str, object] = {"confidence": 0.9, "detector": "phrase", "reason": "A label.", **more}
    return Removal(start, start + len(text), text, Category(category), rule=rule, **fields)  # type: ignore[arg-type]


def kept(start: int, text: str, category: str = "promo", rule: str | None = None, **more: object) -> Kept:
    fields: dict[str, object] = {"confidence": 0.6, "detector": "model", "reason": "Looks so.", **more}
    fields.setdefault("refusal", "confidence 0.60 is below 0.80")
    return Kept(start, start + len(text), text, Category(category), rule=rule, **fields)  # type: ignore[arg-type]


def record(id: str, *entries: Removal | Kept, source: str = "", url: str | None = None) -> AuditRecord:
    """A record with these removals and refusals; with its ``source``, one that restores it."""
    removals = tuple(e for e in entries if isinstance(e, Removal))
    clean = cut(source, [Span(r.start, r.end) for r in removals]) if source else ""
    return AuditRecord(
        schema=SCHEMA,
        id=id,
        source_sha256=sha256(source),
        clean_sha256=sha256(clean),
        cleaner="0.1.0",
        config="00",
        packs_sha256="00",
        packs=(),
        removals=removals,
        kept=tuple(e for e in entries if isinstance(e, Kept)),
        encoding="utf-8",
        page=Page("test", "1", url) if url else None,
    )


def write_log(path: Path, *records: AuditRecord) -> Path:
    path.write_text("".join(f"{to_json(r)}\n" for r in records), encoding="utf-8")
    return path


def of(source: str, text: str, number: int = 0) -> int:
    """Where a text stands in a source for the nth time."""
    start = -1
    for _ in range(number + 1):
        start = source.index(text, start + 1)
    return start
