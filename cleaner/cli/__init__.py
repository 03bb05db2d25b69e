"""The command line: it parses, calls and prints; the work is done elsewhere."""

from typing import Annotated

import typer

from cleaner.cli import (
    audit,
    check,
    clean,
    explain,
    hook,
    learn,
    packs,
    report,
    restore,
    review,
    serve,
    verdicts,
    verify,
)
from cleaner.cli import eval as evaluate
from cleaner.cli.common import EXIT_CODES, Commands
from cleaner.version import __version__

app = typer.Typer(
    name="cleaner",
    cls=Commands,
    help="Take what is not the article out of scraped article text, with an audit log that restores it exactly.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cleaner {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


app.command("clean", epilog=EXIT_CODES)(clean.clean)
app.command("check", epilog=EXIT_CODES)(check.check)
app.command("explain", epilog=EXIT_CODES)(explain.explain)
app.command("restore", epilog=EXIT_CODES)(restore.restore)
app.command("verify", epilog=EXIT_CODES)(verify.verify)
app.command("report", epilog=EXIT_CODES)(report.report)
app.command("review", epilog=EXIT_CODES)(review.review)
app.command("eval", epilog=EXIT_CODES)(evaluate.evaluate)
app.command("learn", epilog=EXIT_CODES)(learn.learn)
app.command("serve", epilog=EXIT_CODES)(serve.serve)
app.add_typer(audit.app, name="audit")
app.add_typer(packs.app, name="packs")
app.add_typer(verdicts.app, name="verdicts")
app.add_typer(hook.app, name="hook")
