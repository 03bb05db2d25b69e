"""Cleaning many documents: each read, cleaned and proved by itself, then written in order.

A document that cannot be read, proved or written is reported and the rest go on; a bug stops the run.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.apply import restore
from cleaner.audit import from_json, to_json
from cleaner.auditlog import AuditLog
from cleaner.config import Config
from cleaner.discover import Input, is_page
from cleaner.errors import AuditError, InputError, OutputError, RestoreError, RoundTripError
from cleaner.files import UTF_8, Source, read_bytes, read_source, refuse_odd_target, staged
from cleaner.html.extractor import Extractor
from cleaner.model import Form
from cleaner.outputs import make_folder, refuse_leaving
from cleaner.pipeline import Cleaner
from cleaner.result import CleanResult
from cleaner.workers import ordered_map

if TYPE_CHECKING:
    from cleaner.html.extraction import Extraction

#: Makes an account of a result for people; runs in the worker, so it must be picklable.
Report = Callable[[Input, CleanResult], str]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned document, ready to be written: ``data`` in the encoding of its source, ``line`` of the audit log.

    ``digest`` is the sha256 of the source's bytes; the source of a page is its extracted text. ``tally`` counts
    removals and removed characters by category and rule.
    """

    input: Input
    data: bytes
    line: str
    digest: str
    source_sha256: str
    clean_sha256: str
    changed: bool
    empty: bool
    incomplete: tuple[str, ...]
    tally: tuple[tuple[tuple[str, str], tuple[int, int]], ...]
    report: str = ""


@dataclass(frozen=True, slots=True)
class Failed:
    """A document that could not be processed, and why."""

    input: Input
    error: str


@dataclass
class Summary:
    """Counts over a run, for people."""

    documents: int = 0
    changed: int = 0
    written: int = 0
    empty: list[str] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    removals: Counter[tuple[str, str]] = field(default_factory=Counter)
    characters: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, done: Cleaned) -> None:
        """Add a cleaned document."""
        self.documents += 1
        self.changed += done.changed
        if done.empty:
            self.empty.append(done.input.id)
        self.incomplete += [f"{done.input.id}: {sentence}" for sentence in done.incomplete]
        for key, (removals, characters) in done.tally:
            self.removals[key] += removals
            self.characters[key] += characters


@lru_cache(maxsize=1)
def cleaner_for(config: Config) -> Cleaner:
    """The cleaner of a config, built once a process."""
    return Cleaner(config)


def clean_source(cleaner: Cleaner, item: Input, source: Source, report: Report | None = None) -> Cleaned:
    """Clean one document as read. Raises ``RoundTripError`` if the result would not give its source back."""
    return _cleaned(item, source, cleaner.clean(source.text, id=item.id, form=Form.of(item.path)), report)


def clean_page(cleaner: Cleaner, item: Input, found: "Extraction", report: Report | None = None) -> Cleaned:
    """Clean the text that was extracted from a page; raises as ``clean_source``. It is written in UTF-8."""
    source = Source(found.text.encode(UTF_8), found.text, UTF_8)
    return _cleaned(item, source, cleaner.clean_extraction(found, item.id), report)


def _cleaned(item: Input, source: Source, result: CleanResult, report: Report | None) -> Cleaned:
    data = result.text.encode(source.encoding)
    record = result.record(encoding=source.encoding)
    line = to_json(record)
    _prove(item, source, data, line)
    return Cleaned(
        input=item,
        data=data,
        line=line,
        digest=source.digest,
        source_sha256=record.source_sha256,
        clean_sha256=record.clean_sha256,
        changed=bool(result.removals),
        empty=not result.text and bool(source.text),
        incomplete=result.incomplete,
        tally=tally(result),
        report=report(item, result) if report else "",
    )


def _prove(item: Input, source: Source, data: bytes, line: str) -> None:
    """Rebuild the source from just what is about to be written."""
    try:
        exact = restore(data.decode(source.encoding), from_json(line)).encode(source.encoding) == source.data
    except (RestoreError, AuditError, UnicodeError):
        exact = False
    if not exact:
        raise RoundTripError(
            f"{item.path}: its record would not restore it, so nothing was written; please report this as a bug"
        )


def tally(result: CleanResult) -> tuple[tuple[tuple[str, str], tuple[int, int]], ...]:
    """How many removals and removed characters there are, by category and rule."""
    counts: dict[tuple[str, str], tuple[int, int]] = {}
    for removal in result.removals:
        key = (removal.category.value, removal.rule or removal.detector)
        removals, characters = counts.get(key, (0, 0))
        counts[key] = (removals + 1, characters + len(removal.text))
    return tuple(sorted(counts.items()))


def clean_file(
    item: Input, config: Config, report: Report | None = None, extractor: str = Extractor.TRAFILATURA
) -> Cleaned | Failed:
    """Read and clean one file, text or page; nothing is written."""
    try:
        if is_page(item.path):
            from cleaner.html.reading import read_page

            cleaner = cleaner_for(config)
            return clean_page(cleaner, item, read_page(item.path, cleaner, extractor), report)
        return clean_source(cleaner_for(config), item, read_source(item.path), report)
    except (InputError, RoundTripError) as error:
        return Failed(item, str(error))


def clean_files(
    inputs: Sequence[Input],
    config: Config,
    workers: int = 1,
    report: Report | None = None,
    extractor: str = Extractor.TRAFILATURA,
) -> Generator[Cleaned | Failed, None, None]:
    """Clean files in so many processes, in order; the results don't depend on how many."""
    work = partial(clean_file, config=config, report=report, extractor=extractor)
    return ordered_map(work, inputs, min(workers, len(inputs)))


def write_out(done: Cleaned, targets: Mapping[Input, Path], out: Path, log: AuditLog) -> None:
    """Write a clean text below the output folder, and its record. Raises ``OutputError``."""
    target = targets[done.input]
    make_folder(target.parent)
    refuse_leaving(target, out)
    with staged(target, done.data) as commit:
        log.add(done.line, done.input.id, done.source_sha256, done.clean_sha256)
        commit()


def write_in_place(done: Cleaned, log: AuditLog) -> None:
    """Replace a source by its clean text, after its record is on disk: at no time can anything be lost.

    Raises ``OutputError``, also if the file was changed since it was read, or is a link.
    """
    path = done.input.path
    refuse_odd_target(path)
    record = (done.line, done.input.id, done.source_sha256, done.clean_sha256)
    if not done.changed:
        log.add(*record)
        return
    try:
        permissions = path.stat().st_mode & 0o7777
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from None
    with staged(path, done.data, permissions) as commit:
        log.add(*record)
        if hashlib.sha256(read_bytes(path)).hexdigest() != done.digest:
            raise OutputError(f"{path}: was changed while it was cleaned, so it is left as it is; run again")
        commit()


def write_all(
    results: Iterator[Cleaned | Failed], write: Callable[[Cleaned], None] | None, summary: Summary
) -> Iterator[Cleaned | Failed]:
    """Write results as they come, pass them on, and keep count; without ``write``, just the latter."""
    for done in results:
        if isinstance(done, Failed):
            summary.failures.append(done.error)
            yield done
            continue
        try:
            if write is not None:
                write(done)
                summary.written += 1
        except (InputError, OutputError) as error:
            summary.failures.append(str(error))
            yield Failed(done.input, str(error))
            continue
        summary.count(done)
        yield done
