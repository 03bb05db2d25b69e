"""What the commands share: options, exit codes, settings, printing."""

import sys
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cleaner.errors import CleanerError, ConfigError, ModelError, PackError

EXIT_CODES = (
    "Exit codes: 0 fine; 1 something was found (check, verify, fixtures that differ); 2 wrong usage, settings or "
    "packs; 3 files were rewritten, please stage them (hook); 4 some inputs could not be processed; 130 interrupted."
)


#: Columns of tables and texts where there is no terminal to fit.
PIPE_WIDTH = 160


class Code(IntEnum):
    """What the exit code of a command says."""

    FINE = 0
    FOUND = 1
    USAGE = 2
    REWRITTEN = 3
    FAILED = 4
    INTERRUPTED = 130


class Commands(TyperGroup):
    """A command group that ends with a message and an exit code where an error is one for the user."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except CleanerError as error:
            complain(f"error: {error}")
            raise typer.Exit(
                Code.USAGE if isinstance(error, ConfigError | ModelError | PackError) else Code.FAILED
            ) from None
        except KeyboardInterrupt:
            complain("interrupted; what is written so far is whole, so the same command can be run again")
            raise typer.Exit(Code.INTERRUPTED) from None


def complain(message: str) -> None:
    """Print a message to stderr, whatever characters it holds."""
    from cleaner.places import printable

    _write(sys.stderr, printable(message) + "\n")


def emit(text: str) -> None:
    """Print text to stdout as it is; what the terminal has no character for becomes an escape."""
    _write(sys.stdout, text)


def emit_rich(*pieces: Any) -> None:
    """Print tables and texts of Rich to stdout, in a pipe with columns of ``PIPE_WIDTH`` characters in all."""
    from rich.console import Console

    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(highlight=False, markup=False, width=PIPE_WIDTH)
    with console.capture() as printed:
        for piece in pieces:
            console.print(piece)
    emit(printed.get())


def _write(stream: Any, text: str) -> None:
    stream.flush()
    stream.buffer.write(text.encode(stream.encoding or "utf-8", "backslashreplace"))
    stream.flush()


def end(code: Code) -> None:
    """Leave the command with a code."""
    if code:
        raise typer.Exit(code)


def refused(error: CleanerError) -> typer.Exit:
    """Say why nothing is done, before anything was."""
    complain(f"error: {error}")
    return typer.Exit(Code.USAGE)


def usage_error(message: str) -> typer.BadParameter:
    """An error in how the command was called."""
    return typer.BadParameter(message)


Paths = Annotated[
    list[str],
    typer.Argument(
        help="Files, folders, or patterns such as 'raw/**/*.txt'. In folders, *.txt and *.md files and web pages "
        "(*.html, *.htm, *.xhtml, *.mhtml, *.mht) are taken, but no hidden ones and none that a .cleanerignore file "
        "(gitignore syntax) names; a file that is named is always taken. - is standard input.",
        show_default=False,
    ),
]
AuditOption = Annotated[Path | None, typer.Option("--audit", metavar="FILE", help="The audit log.")]
LogOption = Annotated[Path, typer.Option("--audit", metavar="FILE", help="The audit log of the run.")]
WorkersOption = Annotated[
    int, typer.Option("--workers", min=1, metavar="N", help="Processes; the results are the same for any number.")
]
HtmlOption = Annotated[
    bool, typer.Option("--html", help="Standard input is a web page, or the text column of a corpus holds such.")
]
ExtractorOption = Annotated[
    str,
    typer.Option(
        "--extractor", metavar="NAME", help="What takes the text from web pages: trafilatura, or resiliparse (faster)."
    ),
]
#: The extractor if none is named.
EXTRACTOR = "trafilatura"


def refuse_html(paths: Iterable[str], html: bool, extractor: str) -> None:
    """Raise a usage error if ``--html`` is given where names say what is a page, or there is no such extractor."""
    from cleaner.html.extractor import Extractor

    Extractor.named(extractor)
    if html and "-" not in paths:
        raise usage_error("--html is for standard input and for corpora; files that end in .html are pages by that")
