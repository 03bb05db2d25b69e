"""What verdicts change: held against documents, or against what audit logs say of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cleaner.config import Config
from cleaner.datafiles import JSON_LINES, PARQUET
from cleaner.memory import DETECTOR, Memory
from cleaner.model import AuditRecord, Category, Kept, Removal
from cleaner.pipeline import Cleaner
from cleaner.places import excerpt
from cleaner.result import CleanResult
from cleaner.segment import split_lines
from cleaner.sites import site_of
from cleaner.verdicts import NO_VERDICTS

_WITHOUT = "nothing claims it any more, now that a text beside it is known as the author's"
_WITH = "claimed now that a verdict decided on a text beside it"


@dataclass(frozen=True, slots=True)
class Change:
    """A removal that ``stays`` with the verdicts, or a text that goes with them; ``start`` counts code points."""

    start: int
    stays: bool
    category: Category
    rule: str
    text: str
    why: str

    @property
    def row(self) -> str:
        """The change in one row, for people."""
        return f"{'stays' if self.stays else 'goes'} {self.category} {self.rule} {excerpt(self.text)} ({self.why})"


def are_logs(paths: Sequence[str]) -> bool:
    """Whether paths are audit logs rather than documents, by their names and those of the files in folders."""
    endings = (*JSON_LINES, *PARQUET)

    def is_log(path: Path) -> bool:
        return path.name.lower().endswith(endings)

    return all(is_log(p) or (p.is_dir() and any(is_log(below) for below in p.iterdir())) for p in map(Path, paths))


def in_document(cleaner: Cleaner, text: str, id: str = "") -> Iterator[Change]:
    """What the cleaner's verdicts change in a document, in order."""
    with_them = cleaner.clean(text, id=id)
    without = cleaner.with_verdicts(NO_VERDICTS).clean(text, id=id)
    gone, stayed = _worded(without), _worded(with_them)
    changes = [
        *(_change(r, with_them) for r in gone if (r.start, r.end) not in {(s.start, s.end) for s in stayed}),
        *(_gone(r) for r in stayed if (r.start, r.end) not in {(s.start, s.end) for s in gone}),
    ]
    yield from sorted(changes, key=lambda change: (change.start, change.stays))


def _worded(result: CleanResult) -> list[Removal]:
    return [r for r in result.removals if r.text.strip()]


def _change(removal: Removal, after: CleanResult) -> Change:
    """A removal that is none with the verdicts."""
    why = next(
        (k.refusal for k in after.kept if k.detector == DETECTOR and k.start < removal.end and removal.start < k.end),
        _WITHOUT,
    )
    return Change(removal.start, True, removal.category, removal.rule or removal.detector, removal.text, why)


def _gone(removal: Removal) -> Change:
    why = removal.reason if removal.detector == DETECTOR else _WITH
    return Change(removal.start, False, removal.category, removal.rule or removal.detector, removal.text, why)


def in_record(record: AuditRecord, memory: Memory, config: Config) -> Iterator[Change]:
    """What verdicts make of a record's removals and refusals; what else changes then, a record cannot tell."""
    sites = (*config.sites, *site_of(record.page.url if record.page else None))
    changes = [*_staying(record, memory, sites), *_going(record, memory, sites, config)]
    yield from sorted(changes, key=lambda change: (change.start, change.stays))


def _staying(record: AuditRecord, memory: Memory, sites: Sequence[str]) -> Iterator[Change]:
    for removal in record.removals:
        protected = [p for line in split_lines(removal.text) for p in memory.in_line(line, sites)]
        if protected:
            why = f"kept by {protected[0].verdicts[0].signed}"
            rule = removal.rule or removal.detector
            yield Change(removal.start, True, removal.category, rule, removal.text, why)


def _going(record: AuditRecord, memory: Memory, sites: Sequence[str], config: Config) -> Iterator[Change]:
    for kept in record.kept:
        text = claimed_text(kept, record.removals)
        rule = kept.rule or kept.detector
        verdict = memory.accepting(rule, text, sites)
        rejected = any(p for line in split_lines(text) for p in memory.in_line(line, sites))
        if verdict is not None and kept.category in config.remove and not rejected:
            yield Change(kept.start, False, kept.category, rule, text, f"accepted by {verdict.signed}")


def claimed_text(kept: Kept, removals: Sequence[Removal]) -> str:
    """The text that a refused detection was about: without what was removed inside of it."""
    parts: list[str] = []
    start = kept.start
    for removal in removals:
        if start <= removal.start and removal.end <= kept.end:
            parts.append(kept.text[start - kept.start : removal.start - kept.start])
            start = removal.end
    return "".join((*parts, kept.text[start - kept.start :]))
