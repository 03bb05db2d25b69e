"""``cleaner clean`` where its inputs are shards of a corpus."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleaner.cli.common import Code, complain, end, refused, usage_error
from cleaner.corpus.audits import AuditFormat
from cleaner.corpus.engines import Engine
from cleaner.corpus.rows import Layout
from cleaner.errors import InputError, OutputError, ResumeError

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.corpus.order import Order, Report

_GO_ON = "what is written so far is whole; the same command with --resume goes on from there"

TextColumn = Annotated[str, typer.Option("--text-column", metavar="NAME", help="Corpora: the column that is cleaned.")]
IdColumn = Annotated[str, typer.Option("--id-column", metavar="NAME", help="Corpora: the column of documents' ids.")]
UrlColumn = Annotated[str, typer.Option("--url-column", metavar="NAME", help="Corpora: the column of urls, as hints.")]
TitleColumn = Annotated[
    str, typer.Option("--title-column", metavar="NAME", help="Corpora: the column of titles, as hints.")
]
AuditFormatOption = Annotated[
    AuditFormat, typer.Option("--audit-format", help="Corpora: what audit records are written as.")
]
MaxDocument = Annotated[
    int,
    typer.Option(
        "--max-document", min=1, metavar="BYTES", help="Corpora: set larger documents aside.", show_default=True
    ),
]
ResumeOption = Annotated[bool, typer.Option("--resume", help="Corpora: go on with a run that was killed.")]
StatsOption = Annotated[
    Path | None, typer.Option("--stats", metavar="FILE", help="Corpora: save counts and rates as JSON.")
]
RecordsOption = Annotated[
    str | None,
    typer.Option(
        "--records", metavar="DIR", help="Corpora: write audit records below this folder or URL, not --audit."
    ),
]
IgnoreDuplicates = Annotated[
    bool, typer.Option("--ignore-duplicates", help="Corpora: don't look for documents with the id of another.")
]
EngineOption = Annotated[
    Engine, typer.Option("--engine", help="Corpora: do the work with processes of this machine, or on a Ray cluster.")
]
AddressOption = Annotated[
    str | None,
    typer.Option("--address", metavar="HOST:PORT", help="Ray: the cluster; if none is named, one of this machine."),
]
PerShard = Annotated[
    int, typer.Option("--per-shard", min=1, metavar="N", help="Ray: the workers that share a shard, on one machine.")
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        metavar="N",
        help="Processes: one, or with Ray as many as the cluster has cores. The results are the same for any number.",
    ),
]


@dataclass(frozen=True, slots=True)
class CorpusOptions:
    """The options that only corpora have."""

    layout: Layout = field(default_factory=Layout)
    audit_format: AuditFormat = AuditFormat.JSONL
    resume: bool = False
    stats: Path | None = None
    records: str | None = None
    duplicates: bool = True
    engine: Engine = Engine.LOCAL
    address: str | None = None
    per_shard: int = 1


def are_corpus(paths: Sequence[str]) -> bool:
    """Whether paths are shards; some of them and some texts are a usage error."""
    from cleaner.corpus.shards import is_corpus

    shards = [path for path in paths if is_corpus(path)]
    if shards and len(shards) < len(paths):
        text = next(path for path in paths if path not in shards)
        raise usage_error(f"{shards[0]} is a corpus and {text} is not; clean them in two runs")
    return bool(shards)


def clean_corpora(
    paths: Sequence[str],
    out: str | None,
    audit: Path | None,
    config: "Config",
    workers: int | None,
    options: CorpusOptions,
) -> None:
    """Clean shards and say what came of it."""
    from cleaner.corpus.run import clean_corpus
    from cleaner.workers import WorkerError

    if out is None or audit is None:
        raise usage_error("a corpus needs --out DIR and --audit DIR, the folder for audit records and the manifest")
    if audit.parts and audit.parts[0].endswith(":"):
        raise usage_error(
            f"--audit {audit}: has to be a folder of this machine; only --out and --records can be elsewhere"
        )
    if options.engine is Engine.LOCAL and (options.address or options.per_shard > 1):
        raise usage_error("--address and --per-shard are for clusters; add --engine ray")
    order, problems = _order(paths, out, audit, config, workers, options)
    for problem in problems:
        complain(f"error: {problem}")
    if not order.shards:
        raise typer.Exit(Code.FAILED)
    start = time.monotonic()
    try:
        with _progress(sum(shard.size for shard in order.shards)) as advance:
            report = clean_corpus(order, advance)
    except ResumeError as error:
        raise refused(error) from None
    except (OutputError, WorkerError) as error:
        complain(f"error: {error}")
        complain(_GO_ON)
        raise typer.Exit(Code.FAILED) from None
    except KeyboardInterrupt:
        complain(f"interrupted; {_GO_ON}")
        raise typer.Exit(Code.INTERRUPTED) from None
    seconds = time.monotonic() - start
    if options.stats is not None:
        _save_stats(options.stats, report, problems, seconds, workers)
    _show(report, seconds, order)
    wrong = problems or report.failures or report.totals.quarantined or report.totals.gaps
    end(Code.FAILED if wrong else Code.FINE)


def _order(
    paths: Sequence[str], out: str, audit: Path, config: "Config", workers: int | None, options: CorpusOptions
) -> "tuple[Order, tuple[str, ...]]":
    """What to do, and which inputs cannot be looked at; whatever can be refused is refused here."""
    from cleaner.corpus.order import Order
    from cleaner.corpus.shards import find_shards, refuse_overwriting
    from cleaner.corpus.storage import is_url

    try:
        places = [place for place in (out, options.records) if place is not None]
        shards, problems = find_shards(paths, [audit, *(Path(place) for place in places if not is_url(place))])
        refuse_overwriting(shards, out, options.records or str(audit))
    except (InputError, OutputError) as error:
        raise refused(error) from None
    if not shards and not problems:
        raise usage_error(f"{', '.join(paths)}: holds no shards besides what lies in the output folders")
    settings = {f.name: getattr(options, f.name) for f in fields(options) if f.name != "stats"}
    return Order(shards, out, audit, config, workers=workers, **settings), problems


@contextmanager
def _progress(total: int) -> "Iterator[Callable[[int], None]]":
    """A progress bar with rate and time left on a terminal, nothing in a pipe; gives what tells it how far it is."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("Cleaning"), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, start=False)

        def advance(position: int) -> None:
            if bar.tasks[0].started:
                bar.update(task, completed=position)
            else:  # What an earlier run did says nothing about the rate of this one.
                bar.reset(task, completed=position)

        yield advance


def _show(report: "Report", seconds: float, order: "Order") -> None:
    from cleaner.cli.summary import counted, print_table, removal_table

    totals = report.totals
    if totals.removals:
        print_table(removal_table(totals.removals, totals.characters))
    for failure in report.failures:
        complain(f"error: {failure}")
    if totals.duplicates:
        complain(f"{counted(totals.duplicates, 'document')} with the id of another, such as:")
        for example in totals.duplicate_examples:
            complain(f"  {example}")
    if totals.quarantined or totals.gaps:
        complain(
            f"{counted(totals.quarantined, 'row')} set aside and {counted(totals.gaps, 'stretch')} unreadable; see "
            f"{order.audit / 'quarantine.jsonl'}"
        )
    notes = {"with removals": totals.changed, "empty now": totals.empty, "incomplete": totals.incomplete}
    notes |= {"null texts": totals.nulls}
    parts = [f"{number} {what}" for what, number in notes.items() if number]
    complain(", ".join([counted(totals.documents, "document"), *parts]) + ".")
    shards = f"{counted(report.done, 'shard')} written to {order.out} in {seconds:.0f} s"
    earlier = f", {report.earlier} by earlier runs" if report.earlier else ""
    failed = f", {len(report.failures)} not" if report.failures else ""
    complain(f"{shards}{earlier}{failed}; {report.fresh.bytes_in / 1e6 / seconds:.2f} MB of text a second.")


def _save_stats(file: Path, report: "Report", problems: Sequence[str], seconds: float, workers: int | None) -> None:
    from cleaner.files import write_atomic
    from cleaner.outputs import make_folder

    content = report.totals.plain()
    content["removed"] = report.totals.by_category()
    content["removals"] = report.totals.removals.total()
    content["shards"] = {"done": report.done, "earlier": report.earlier, "failures": [*problems, *report.failures]}
    content["workers"] = workers
    content["seconds"] = round(seconds, 3)
    content["documents_per_second"] = round(report.fresh.documents / seconds, 3)
    content["bytes_per_second"] = round(report.fresh.bytes_in / seconds, 3)
    make_folder(file.parent)
    write_atomic(file, json.dumps(content, indent=2, ensure_ascii=True).encode() + b"\n")
