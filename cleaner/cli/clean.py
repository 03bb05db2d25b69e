"""``cleaner clean``."""

import contextlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleaner.cli.common import (
    EXTRACTOR,
    AuditOption,
    Code,
    ExtractorOption,
    HtmlOption,
    Paths,
    complain,
    emit,
    end,
    refuse_html,
    refused,
    usage_error,
)
from cleaner.cli.corpus import (
    AddressOption,
    AuditFormatOption,
    CorpusOptions,
    EngineOption,
    IdColumn,
    IgnoreDuplicates,
    MaxDocument,
    PerShard,
    RecordsOption,
    ResumeOption,
    StatsOption,
    TextColumn,
    TitleColumn,
    UrlColumn,
    WorkersOption,
    are_corpus,
    clean_corpora,
)
from cleaner.cli.settings import UNSAID, Chosen, with_settings
from cleaner.config import Config
from cleaner.corpus.audits import AuditFormat
from cleaner.corpus.engines import Engine
from cleaner.corpus.rows import Layout
from cleaner.errors import AuditError, OutputError

if TYPE_CHECKING:
    from cleaner.auditlog import AuditLog
    from cleaner.batch import Cleaned, Failed, Summary
    from cleaner.discover import Input
    from cleaner.result import CleanResult


_LAYOUT = Layout()


@dataclass(frozen=True, slots=True)
class _Order:
    """What to do with the results."""

    out: Path | None
    audit: Path | None
    in_place: bool
    append: bool
    diff: bool
    dry_run: bool
    html: bool
    extractor: str

    @property
    def writes(self) -> bool:
        return not self.dry_run and (self.in_place or self.out is not None)


@with_settings()
def clean(
    paths: Paths,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Write below this folder, by the inputs' places in theirs; corpora also to a URL.",
        ),
    ] = None,
    audit: AuditOption = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="Replace the files themselves; each one's record is on disk first.")
    ] = False,
    workers: WorkersOption = None,
    chosen: Chosen = UNSAID,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; show the summary.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show what changes as a unified diff on stdout.")] = False,
    append: Annotated[bool, typer.Option("--append", help="Add to an audit log that exists.")] = False,
    text_column: TextColumn = _LAYOUT.text,
    id_column: IdColumn = _LAYOUT.id,
    url_column: UrlColumn = _LAYOUT.url,
    title_column: TitleColumn = _LAYOUT.title,
    max_document: MaxDocument = _LAYOUT.limit,
    audit_format: AuditFormatOption = AuditFormat.JSONL,
    resume: ResumeOption = False,
    stats: StatsOption = None,
    records: RecordsOption = None,
    ignore_duplicates: IgnoreDuplicates = False,
    engine: EngineOption = Engine.LOCAL,
    address: AddressOption = None,
    per_shard: PerShard = 1,
    html: HtmlOption = False,
    extractor: ExtractorOption = EXTRACTOR,
) -> None:
    """Clean documents and keep an audit log.

    The log restores every source exactly; of a web page, the source is the text that was extracted from it. It holds
    the text that was removed, so it is as sensitive as the sources.
    Corpora are .jsonl, .jsonl.gz, .jsonl.zst, .parquet, .wet and .warc files, and folders of nothing else; for them,
    --audit names a folder.
    """
    order = _Order(Path(out) if out is not None else None, audit, in_place, append, diff, dry_run, html, extractor)
    layout = Layout(text_column, id_column, url_column, title_column, max_document, html, extractor)
    cluster = (engine, address, per_shard)
    options = CorpusOptions(layout, audit_format, resume, stats, records, not ignore_duplicates, *cluster)
    if are_corpus(paths):
        _refuse_with_corpus(order)
        refuse_html("-", html, extractor)
        clean_corpora(paths, out, audit, chosen.config(), workers, options)
        return
    refuse_html(paths, html, extractor)
    if options != CorpusOptions(Layout(html=html, extractor=extractor)):
        raise usage_error(f"the options for corpora do nothing here, since {paths[0]} is none; leave them out")
    if "-" in paths:
        _refuse_with_stdin(paths, order)
        _clean_stdin(chosen.config(), order)
        return
    _refuse_bad_usage(order)
    _clean_files(paths, chosen.config(), order, workers or 1)


def _refuse_bad_usage(order: _Order) -> None:
    if order.out is not None and order.in_place:
        raise usage_error("--out and --in-place exclude each other; leave one of them out")
    if order.writes and order.audit is None:
        what = "--out" if order.out is not None else "--in-place"
        raise usage_error(f"{what} needs --audit FILE, the log from which the sources can be restored; add it")
    if not (order.writes or order.dry_run or order.diff):
        raise usage_error("nothing says where to write; add --out DIR or --in-place, or --dry-run or --diff to look")


def _refuse_with_corpus(order: _Order) -> None:
    given = {"--in-place": order.in_place, "--append": order.append, "--diff": order.diff, "--dry-run": order.dry_run}
    for name in (name for name, wanted in given.items() if wanted):
        raise usage_error(f"{name} is for texts, not for corpora; leave it out")


def _refuse_with_stdin(paths: Sequence[str], order: _Order) -> None:
    if len(paths) > 1:
        raise usage_error("- stands for standard input and cannot be combined with other paths")
    if order.out is not None or order.in_place:
        raise usage_error("- writes to standard output; leave --out and --in-place out")


def _clean_stdin(config: Config, order: _Order) -> None:
    from cleaner.batch import Summary, cleaner_for
    from cleaner.cli.stdin import clean_stdin
    from cleaner.cli.summary import show_summary

    cleaner = cleaner_for(config)
    log = _stdin_log(order)
    report = _diff if order.diff else None
    done = clean_stdin(cleaner, report, html=order.html, extractor=order.extractor)
    if log is not None:
        with log:
            log.add(done.line, done.input.id, done.source_sha256, done.clean_sha256)
    if order.diff:
        emit(done.report)
    elif not order.dry_run:
        sys.stdout.buffer.write(done.data)
        sys.stdout.flush()
    summary = Summary()
    summary.count(done)
    show_summary(summary, "nothing written" if order.diff or order.dry_run else "written to standard output")


def _stdin_log(order: _Order) -> "AuditLog | None":
    from cleaner.auditlog import AuditLog
    from cleaner.outputs import make_folder

    if order.audit is None or order.dry_run:
        return None
    try:
        log = AuditLog(order.audit, append=order.append)
        make_folder(order.audit.parent)
    except (OutputError, AuditError) as error:
        raise refused(error) from None
    return log


def _clean_files(paths: Sequence[str], config: Config, order: _Order, workers: int) -> None:
    from cleaner.batch import Summary, clean_files, cleaner_for, write_all
    from cleaner.cli.summary import progress, show_summary
    from cleaner.discover import find_inputs, is_document, is_text

    # In place, pages in a folder are nothing that can be cleaned; one that is named is refused.
    inputs = find_inputs(paths, exclude=order.out, wanted=is_text if order.in_place else is_document)
    if workers == 1 or len(inputs.found) < 2:
        cleaner_for(config)  # Unusable packs are found out before anything else; else the first worker finds out.
    write, log = _plan(inputs.found, order)
    summary = Summary(failures=list(inputs.problems))
    for problem in inputs.problems:
        complain(f"error: {problem}")
    with log, progress(len(inputs.found)) as advance:
        results = clean_files(inputs.found, config, workers, _diff if order.diff else None, order.extractor)
        with contextlib.closing(results):
            for done in write_all(results, write, summary):
                _show(done)
                advance()
    show_summary(summary, _verb(order, summary))
    end(Code.FAILED if summary.failures else Code.FINE)


def _plan(
    inputs: "Sequence[Input]", order: _Order
) -> "tuple[Callable[[Cleaned], None] | None, contextlib.AbstractContextManager[object]]":
    """What writes a result, and the audit log to open around it; whatever can be refused is refused here."""
    from cleaner.auditlog import AuditLog
    from cleaner.batch import write_in_place, write_out
    from cleaner.outputs import make_folder, plan_outputs, refuse_links, refuse_pages, refuse_same

    if order.audit is None or not order.writes:
        return None, contextlib.nullcontext()
    try:
        sources = [item.path for item in inputs]
        if order.out is None:
            refuse_links(inputs)
            refuse_pages(inputs)
            refuse_same(order.audit, sources)
            log = AuditLog(order.audit, append=order.append, durable=True)
            write = partial(write_in_place, log=log)
        else:
            targets = plan_outputs(inputs, order.out)
            refuse_same(order.audit, [*sources, *targets.values()])
            log = AuditLog(order.audit, append=order.append)
            write = partial(write_out, targets=targets, out=order.out, log=log)
        make_folder(order.audit.parent)
    except (OutputError, AuditError) as error:
        raise refused(error) from None
    return write, log


def _diff(item: "Input", result: "CleanResult") -> str:
    from cleaner.places import unified_diff

    return unified_diff(str(item.path), result.document.text, result.removals)


def _show(done: "Cleaned | Failed") -> None:
    from cleaner.batch import Failed

    if isinstance(done, Failed):
        complain(f"error: {done.error}")
    elif done.report:
        emit(done.report)


def _verb(order: _Order, summary: "Summary") -> str:
    if not order.writes:
        return "nothing written"
    if order.in_place:
        return f"{summary.changed} rewritten"
    return f"{summary.written} written to {order.out}"
