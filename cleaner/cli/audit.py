"""``cleaner audit``: questions to audit logs."""

from typing import Annotated

import typer

from cleaner.cli.answers import Form, form_of, print_answer, print_json
from cleaner.cli.common import EXIT_CODES, Commands, complain, emit
from cleaner.duck import MEMORY

app = typer.Typer(
    cls=Commands,
    help="Ask audit logs what went, by which rule, and from which site. Needs the extra 'query' (DuckDB).",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode=None,
)

_NOUNS = {
    "documents": "documents",
    "changed": "with removals",
    "records": "records",
    "removals": "removals",
    "characters": "characters removed",
    "refused": "detections refused",
    "incomplete": "documents incomplete",
}

Logs = Annotated[
    list[str],
    typer.Argument(
        metavar="AUDIT…",
        help="Audit logs: .jsonl, .jsonl.gz, .jsonl.zst or .parquet files, folders of such, or patterns.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print the answer as CSV.")]
LimitOption = Annotated[int, typer.Option("--limit", min=0, metavar="N", help="The most rows; 0 for all.")]
MemoryOption = Annotated[
    str,
    typer.Option("--memory", metavar="SIZE", help="What may be held in memory; the rest is on disk."),
]


@app.command("summary", epilog=EXIT_CODES)
def summary(logs: Logs, json: JsonOption = False, csv: CsvOption = False, memory: MemoryOption = MEMORY) -> None:
    """Count documents, removals, refused detections and incomplete documents, and what went by category.

    --csv prints the table by category alone.
    """
    from cleaner.auditquery import open_logs

    form = form_of(json, csv)
    with open_logs(logs, memory) as query:
        counts = query.summary()
        categories = query.categories()
        if form is Form.JSON:
            print_json({**counts, "categories": list(categories.objects())})
            return
        print_answer(categories, form)
    if form is Form.TABLE:
        emit(", ".join(f"{count:,} {_NOUNS[name]}" for name, count in counts.items()) + ".\n")


@app.command("top-rules", epilog=EXIT_CODES)
def top_rules(
    logs: Logs,
    refused: Annotated[bool, typer.Option("--refused", help="Ask it of detections that were refused.")] = False,
    limit: LimitOption = 20,
    json: JsonOption = False,
    csv: CsvOption = False,
    memory: MemoryOption = MEMORY,
) -> None:
    """List the rules, or detectors without one, that removed most, with the text that each removed most often."""
    from cleaner.auditquery import open_logs

    form = form_of(json, csv)
    with open_logs(logs, memory) as query:
        print_answer(query.top_rules(limit, refused=refused), form)


@app.command("by-site", epilog=EXIT_CODES)
def by_site(
    logs: Logs,
    documents: Annotated[
        list[str],
        typer.Option(
            "--documents",
            metavar="FILE",
            help="The corpus that was cleaned (JSON Lines or Parquet), for the url of each id. Can be repeated.",
        ),
    ] = [],  # noqa: B006
    id_column: Annotated[str, typer.Option("--id-column", metavar="NAME", help="Its column of ids.")] = "id",
    url_column: Annotated[str, typer.Option("--url-column", metavar="NAME", help="Its column of urls.")] = "url",
    limit: LimitOption = 20,
    json: JsonOption = False,
    csv: CsvOption = False,
    memory: MemoryOption = MEMORY,
) -> None:
    """List the sites of which most went.

    A document's site is the host of its url. Logs do not hold urls: where the ids are urls, or paths with a folder
    that is called like the site, nothing more is needed; else name the corpus with --documents.
    """
    from cleaner.auditquery import UNKNOWN_SITE, Answer, open_logs

    form = form_of(json, csv)
    with open_logs(logs, memory) as query:
        answer = query.by_site(limit, documents, id_column, url_column)
        rows = list(answer.rows)
    print_answer(Answer(answer.columns, iter(rows)), form)
    if not documents and any(row[0] == UNKNOWN_SITE for row in rows):
        complain("Some ids tell no site; name the corpus with --documents FILE, which has the url of each id.")


@app.command("sql", epilog=EXIT_CODES)
def sql(
    logs: Logs,
    query: Annotated[str, typer.Argument(help="A query on records, removals and kept.", show_default=False)],
    json: JsonOption = False,
    csv: CsvOption = False,
    memory: MemoryOption = MEMORY,
) -> None:
    """Ask a question of your own, in DuckDB's SQL; docs/audit-format.md describes the tables."""
    from cleaner.auditquery import open_logs

    form = form_of(json, csv)
    with open_logs(logs, memory) as opened:
        print_answer(opened.sql(query), form)
