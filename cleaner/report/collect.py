"""From audit logs to what a page shows: removals and refused detections in order, in bounded memory."""

import hashlib
import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cleaner.applied import claimed_text
from cleaner.logreading import Logged
from cleaner.model import AuditRecord, Category, Kept, Removal
from cleaner.report.texts import Texts
from cleaner.sites import site_of
from cleaner.verdicts import normalised

#: The most removals and refused detections on a page unless told otherwise.
LIMIT = 50_000
#: Characters of text that a page holds at most, contexts included; what comes after is left out.
MOST_CHARACTERS = 48_000_000
#: Characters of one text that are shown.
MOST_SHOWN = 20_000
#: How many problems are listed; the others are counted.
MOST_PROBLEMS = 200

_HOST = re.compile(r"^[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?(?:www\.)?([^/?#:@]+)", re.IGNORECASE)
_FOLDER = re.compile(r"(?:^|/)(?:www\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})/", re.IGNORECASE)

Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Item:
    """A removal, or a refused detection (then with a ``refusal``), as a page shows it.

    ``claimed`` is the text that a verdict on it is about, in normal form. ``before`` and ``after`` are what stands
    around it where the text is known, in pieces that say whether they were removed too.
    """

    document: int
    start: int
    end: int
    category: Category
    confidence: float
    detector: str
    rule: str | None
    reason: str
    others: tuple[str, ...]
    refusal: str
    text: str
    claimed: str
    before: tuple[Piece, ...] = ()
    after: tuple[Piece, ...] = ()

    @property
    def source(self) -> str:
        """The rule, or the detector where there is none: what a verdict on it is about."""
        return self.rule or self.detector

    @property
    def key(self) -> str:
        """Stands for rule and text, so that a verdict finds its item again; empty if there is no text to speak of."""
        return key_of(self.source, self.claimed) if self.claimed and self.source.strip() else ""


def key_of(rule: str, text: str) -> str:
    """What stands for a rule or detector and a text in normal form, in every page that shows them."""
    return hashlib.sha256(f"{rule.strip()}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Entry:
    """A document with something to show: ``characters`` is how many were removed from it."""

    id: str
    log: str
    site: str
    removals: int
    characters: int
    incomplete: tuple[str, ...]
    known: bool


@dataclass
class Collection:
    """What a page shows, and counts of what it does not."""

    items: list[Item] = field(default_factory=list)
    documents: list[Entry] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    further_problems: int = 0
    records: int = 0
    unchanged: int = 0
    blanks: int = 0
    left_out: int = 0
    left_out_documents: int = 0


def collect(records: Iterable[Logged | str], limit: int = LIMIT, texts: Texts | None = None) -> Collection:
    """Take what logs hold up to ``limit`` removals and refused detections; of the rest, count.

    Blank lines that other removals left over are counted alone.
    """
    found = Collection()
    room = MOST_CHARACTERS
    for logged in records:
        problem = logged if isinstance(logged, str) else _problem(logged)
        if problem:
            _note(found, problem)
        elif isinstance(logged, Logged):
            room -= _take(found, logged.file, logged.record, limit if room > 0 else 0, texts)
    return found


def _note(found: Collection, problem: str) -> None:
    if len(found.problems) < MOST_PROBLEMS:
        found.problems.append(problem)
    else:
        found.further_problems += 1


def _take(found: Collection, file: str, record: AuditRecord, limit: int, texts: Texts | None) -> int:
    """Add a record as far as there is room for it; returns how many characters it took."""
    found.records += 1
    removals = [r for r in record.removals if r.category is not Category.TIDY]
    found.blanks += len(record.removals) - len(removals)
    decided: list[Removal | Kept] = [*removals, *record.kept]
    wanted = sorted(decided, key=lambda entry: (entry.start, entry.end))
    if not wanted:
        found.unchanged += 1
        return 0
    room = max(0, limit - len(found.items))
    found.left_out += max(0, len(wanted) - room)
    if not room:
        found.left_out_documents += 1
        return 0
    source = texts.source_of(record) if texts else None
    items = list(_items(record, wanted[:room], len(found.documents), source))
    found.items += items
    characters = sum(len(r.text) for r in record.removals)
    entry = Entry(
        record.id, file, site_of_record(record), len(removals), characters, record.incomplete, source is not None
    )
    found.documents.append(entry)
    return sum(len(i.text) + len(i.claimed) + sum(len(piece) for piece, _ in (*i.before, *i.after)) for i in items)


def _items(record: AuditRecord, wanted: Sequence[Removal | Kept], document: int, source: str | None) -> Iterator[Item]:
    context = Context(source, record.removals) if source is not None else None
    for entry in wanted:
        yield Item(
            document=document,
            start=entry.start,
            end=entry.end,
            category=entry.category,
            confidence=entry.confidence,
            detector=entry.detector,
            rule=entry.rule,
            reason=entry.reason,
            others=() if isinstance(entry, Kept) else entry.others,
            refusal=entry.refusal if isinstance(entry, Kept) else "",
            text=entry.text[:MOST_SHOWN],
            claimed=normalised(claimed_text(entry, record.removals) if isinstance(entry, Kept) else entry.text),
            before=context.before(entry.start) if context else (),
            after=context.after(entry.end) if context else (),
        )


def site_of_record(record: AuditRecord) -> str:
    """The host of a document: of its page's url, of its id, or a folder in its id that is called like one; or nothing.

    >>> from cleaner.model import AuditRecord
    >>> site_of_record(AuditRecord(2, "raw/www.news.example/a.txt", "", "", "", "", "", (), (), ()))
    'news.example'
    """
    if record.page and (sites := site_of(record.page.url)):
        return sites[0]
    match = _HOST.search(record.id) or _FOLDER.search(record.id)
    return match[1].lower() if match else ""


class Context:
    """What stands around a place in a source, in pieces that tell what was removed."""

    #: Characters on each side, cut at a line where there is one.
    SIDE = 400

    def __init__(self, source: str, removals: Sequence[Removal]) -> None:
        self._source = source
        self._removals = removals
        self._ends = [removal.end for removal in removals]

    def before(self, start: int) -> tuple[Piece, ...]:
        """The pieces that end where a text starts."""
        low = max(0, start - self.SIDE)
        if low:
            line = self._source.find("\n", low, start)
            low = line + 1 if line >= 0 and line + 1 < start else low
        return tuple(self._pieces(low, start))

    def after(self, end: int) -> tuple[Piece, ...]:
        """The pieces that start where a text ends."""
        high = min(len(self._source), end + self.SIDE)
        if high < len(self._source):
            line = self._source.rfind("\n", end, high)
            high = line + 1 if line >= 0 else high
        return tuple(self._pieces(end, high))

    def _pieces(self, start: int, end: int) -> Iterator[Piece]:
        for number in range(bisect_right(self._ends, start), len(self._removals)):
            removal = self._removals[number]
            if removal.start >= end:
                break
            if removal.start > start:
                yield self._source[start : removal.start], False
            yield self._source[max(start, removal.start) : min(end, removal.end)], True
            start = min(end, removal.end)
        if start < end:
            yield self._source[start:end], False


def _problem(logged: Logged) -> str:
    """What is wrong with the values that a page shows of a record; empty if each is of its kind."""
    record = logged.record
    strings: list[object] = [record.id, *record.incomplete]
    fits = True
    for removal in record.removals:
        strings += [removal.detector, removal.reason, removal.rule or "", *removal.others]
    for kept in record.kept:
        strings += [kept.detector, kept.reason, kept.rule or "", kept.refusal]
    for confidence in (entry.confidence for entries in (record.removals, record.kept) for entry in entries):
        fits = fits and isinstance(confidence, int | float) and math.isfinite(confidence)
    if fits and all(isinstance(value, str) for value in strings):
        return ""
    return f"{logged.file}, line {logged.line}: not an audit record: a value is of the wrong kind"
