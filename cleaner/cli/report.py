"""``cleaner report``."""

from pathlib import Path
from typing import Annotated

import typer

from cleaner.cli.common import Code, complain, emit, end, refused
from cleaner.errors import AuditError, InputError, OutputError

Logs = Annotated[
    list[str],
    typer.Argument(
        metavar="AUDIT…",
        help="Audit logs: .jsonl, .jsonl.gz, .jsonl.zst or .parquet files, folders of such, or patterns.",
        show_default=False,
    ),
]
TextsOption = Annotated[
    Path | None,
    typer.Option("--texts", metavar="DIR", help="The clean texts, or the sources, to show what stands around."),
]
LimitOption = Annotated[
    int,
    typer.Option("--limit", min=1, max=500_000, metavar="N", help="The most removals and refused detections shown."),
]
TitleOption = Annotated[str | None, typer.Option("--title", metavar="TEXT", help="The page's title.")]


def report(
    logs: Logs,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page to write.")],
    texts: TextsOption = None,
    limit: LimitOption = 50_000,
    title: TitleOption = None,
) -> None:
    """Write a page that shows what went and what stayed, and why: one file, which loads nothing and sends nothing.

    It holds removed text, so it is as sensitive as the sources. What is damaged in the logs is named, here and in the
    page, and the exit code is 4 then.
    """
    from cleaner.files import write_atomic
    from cleaner.logreading import find_logs, read_logs
    from cleaner.outputs import make_folder, refuse_same
    from cleaner.report.collect import collect
    from cleaner.report.page import page
    from cleaner.report.texts import Texts

    try:
        files = find_logs(logs)
        refuse_same(out, [Path(file) for file in files])
        folder = Texts(texts) if texts else None
    except (AuditError, InputError, OutputError) as error:
        raise refused(error) from None
    found = collect(read_logs(files), limit, folder)
    make_folder(out.parent)
    write_atomic(out, page(found, title or title_of(logs)).encode("utf-8"))
    for problem in found.problems:
        complain(f"error: {problem}")
    if found.further_problems:
        complain(f"error: {found.further_problems:,} further problems")
    left = f", {found.left_out:,} left out" if found.left_out else ""
    emit(f"{len(found.items):,} removals and refusals in {len(found.documents):,} documents{left}: {out}\n")
    end(Code.FAILED if found.problems else Code.FINE)


def title_of(logs: list[str]) -> str:
    """What a page about logs is called."""
    more = f" and {len(logs) - 1} more" if len(logs) > 1 else ""
    return f"What Cleaner did: {logs[0]}{more}"
