"""``cleaner hook``: the commands that run before a commit."""

from pathlib import Path
from typing import Annotated

import typer

from cleaner.cli.common import EXIT_CODES, Code, Commands, complain, emit, end
from cleaner.cli.settings import UNSAID, Chosen, ConfigOption, with_settings

app = typer.Typer(
    cls=Commands,
    help="Commands that run before a commit.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Files = Annotated[list[Path] | None, typer.Argument(metavar="[FILES]…", help="The staged files.", show_default=False)]


@app.command("clean", epilog=EXIT_CODES)
@with_settings()
def clean(
    files: Files = None,
    audit: Annotated[
        Path | None,
        typer.Option(
            "--audit", metavar="FILE", help="The audit log; .cleaner-audit.jsonl in each file's folder if not given."
        ),
    ] = None,
    chosen: Chosen = UNSAID,
) -> None:
    """Clean staged files in place and add to the audit log; the exit code is 3 if any file was rewritten."""
    from cleaner.batch import cleaner_for
    from cleaner.hook import clean_in_place

    run = chosen.config()
    cleaner_for(run)
    result = clean_in_place(files or [], run, audit)
    for failure in result.failures:
        complain(f"error: {failure}")
    for path in (*result.files, *result.logs):
        emit(f"{path}\n")
    if result.files:
        emit("files rewritten, please stage\n")
    end(Code.FAILED if result.failures else Code.REWRITTEN if result.files else Code.FINE)


@app.command("check", epilog=EXIT_CODES)
@with_settings()
def check(
    files: Files = None,
    chosen: Chosen = UNSAID,
) -> None:
    """List what cleaning would remove from staged files; the exit code is 1 if there is any such thing."""
    from cleaner.batch import clean_files, cleaner_for
    from cleaner.cli.check import listing, tell
    from cleaner.discover import find_inputs

    run = chosen.config()
    cleaner_for(run)
    inputs = find_inputs([str(path) for path in files or []])
    end(tell(clean_files(inputs.found, run, report=listing)))


@app.command("fixtures", epilog=EXIT_CODES)
def fixtures(
    seeds: Annotated[Path, typer.Option("--seeds", metavar="DIR", help="Raw texts, <id>.txt each.")] = Path("seeds"),
    fixtures: Annotated[
        Path, typer.Option("--fixtures", metavar="DIR", help="<id>/clean.txt and <id>/audit.jsonl for each.")
    ] = Path("fixtures"),
    update: Annotated[bool, typer.Option("--update", help="Write what differs as it is made now.")] = False,
    config: ConfigOption = None,
) -> None:
    """Hold every fixture against what cleaning its seed gives now; the exit code is 1 if one differs.

    Unless --config names a file, the settings are the built-in ones, so that every machine gives the same.
    """
    from cleaner.batch import cleaner_for
    from cleaner.config import Config, read_config
    from cleaner.hook import find_drift
    from cleaner.hook import update as write

    cleaner = cleaner_for(read_config(config) if config else Config())
    found = False
    for drift in find_drift(seeds, fixtures, cleaner):
        if update and drift.made is not None:
            write(drift)
            emit(f"{drift.path}: written\n")
        else:
            found = True
            emit(drift.account)
    if found and not update:
        complain("fixtures differ; if the new results are right, run: cleaner hook fixtures --update")
    end(Code.FOUND if found else Code.FINE)
