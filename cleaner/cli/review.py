"""``cleaner review``."""

import getpass
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleaner.cli.common import complain, emit, refused, usage_error
from cleaner.cli.report import LimitOption, Logs, TextsOption, TitleOption, title_of
from cleaner.errors import AuditError, InputError, OutputError

if TYPE_CHECKING:
    from cleaner.report.collect import Collection

_LEAST_TOKEN = 16


def review(
    logs: Logs,
    verdicts: Annotated[Path, typer.Option("--verdicts", metavar="FILE", help="Where verdicts are added.")],
    by: Annotated[
        str | None, typer.Option("--by", metavar="NAME", help="Who reviews; your login if not given.")
    ] = None,
    pack: Annotated[
        Path | None,
        typer.Option(
            "--pack", metavar="FILE", help="Where rules and guards go; FILE.toml beside the verdicts if not given."
        ),
    ] = None,
    texts: TextsOption = None,
    limit: LimitOption = 50_000,
    title: TitleOption = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, metavar="N", help="The port; 0 for any.")] = 0,
    token: Annotated[
        str | None, typer.Option("--token", metavar="TEXT", help="The token of the address, to go on after an end.")
    ] = None,
    browser: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Serve the report to this machine, for deciding on each removal and refusal with a key.

    Each decision is a line in the file of verdicts, on disk before the page hears of it. The address holds a token:
    whoever has it may decide. Ctrl-C ends it.
    """
    from cleaner.report.reviewing import Reviewing
    from cleaner.report.server import ReviewServer

    if token is not None and (len(token) < _LEAST_TOKEN or not token.replace("-", "").replace("_", "").isalnum()):
        raise usage_error(
            f"--token has at least {_LEAST_TOKEN} letters, digits, - and _; leave it out for a random one"
        )
    name = (by if by is not None else getpass.getuser()).strip()
    if not name:
        raise usage_error("--by is empty; say who reviews")
    found = _collected(logs, verdicts, texts, limit)
    reviewing = Reviewing(found, verdicts, name, pack or verdicts.with_suffix(".toml"))
    with ReviewServer(reviewing, title or title_of(logs), token or secrets.token_urlsafe(24), port) as server:
        emit(f"{server.address}\n")
        if browser:
            import webbrowser

            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            complain(f"{reviewing.taken:,} verdicts were added to {verdicts}.")


def _collected(logs: list[str], verdicts: Path, texts: Path | None, limit: int) -> "Collection":
    """What is reviewed; what is wrong with logs and verdicts is named, and the rest served."""
    from cleaner.files import refuse_odd_target
    from cleaner.logreading import find_logs, read_logs
    from cleaner.report.collect import collect
    from cleaner.report.texts import Texts
    from cleaner.verdictfile import read_verdicts

    if not verdicts.parent.is_dir():
        raise usage_error(f"--verdicts {verdicts}: its folder is not there; make it, or name another file")
    try:
        refuse_odd_target(verdicts)
        files = find_logs(logs)
        folder = Texts(texts) if texts else None
    except (AuditError, InputError, OutputError) as error:
        raise refused(error) from None
    found = collect(read_logs(files), limit, folder)
    damaged = read_verdicts([verdicts]).problems if verdicts.exists() else ()
    for problem in (*found.problems, *damaged):
        complain(f"error: {problem}")
    return found
