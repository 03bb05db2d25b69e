"""``cleaner explain``."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cleaner.cli.common import EXTRACTOR, ExtractorOption, HtmlOption, emit, refuse_html, refused, usage_error
from cleaner.cli.settings import UNSAID, Chosen, with_settings
from cleaner.cli.stdin import NAME
from cleaner.errors import OutputError

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner
    from cleaner.result import CleanResult


@with_settings()
def explain(
    file: Annotated[str, typer.Argument(help="The document; - is standard input.", show_default=False)],
    json: Annotated[bool, typer.Option("--json", help="Print the account as JSON.")] = False,
    svg: Annotated[Path | None, typer.Option("--svg", metavar="OUT", help="Save the account as a picture.")] = None,
    chosen: Chosen = UNSAID,
    html: HtmlOption = False,
    extractor: ExtractorOption = EXTRACTOR,
) -> None:
    """Show a document with its removals struck out, why each went, and why others stayed."""
    from rich.console import Console

    from cleaner import explain as account
    from cleaner.batch import cleaner_for
    from cleaner.discover import is_page

    if json and svg is not None:
        raise usage_error("--json and --svg exclude each other; leave one of them out")
    refuse_html([file], html, extractor)
    cleaner = cleaner_for(chosen.config())
    result, encoding = _read_page(cleaner, file, extractor) if html or is_page(Path(file)) else _read(cleaner, file)
    if json:
        emit(account.explain_json(result, encoding) + "\n")
    elif svg is not None:
        _save(svg, Path(file), account.explain_svg(result, file))
    else:
        console = Console(highlight=False)
        if not console.is_terminal:
            console = Console(highlight=False, width=account.PIPE_WIDTH)
        for piece in account.explain(result):
            console.print(piece)


def _read(cleaner: "Cleaner", file: str) -> "tuple[CleanResult, str]":
    from cleaner.files import decode, read_source
    from cleaner.model import Form

    source = decode(sys.stdin.buffer.read(), NAME) if file == "-" else read_source(Path(file))
    return cleaner.clean(source.text, id=Path(file).as_posix(), form=Form.of(Path(file))), source.encoding


def _read_page(cleaner: "Cleaner", file: str, extractor: str) -> "tuple[CleanResult, str]":
    from cleaner.files import UTF_8
    from cleaner.html.reading import extracted, read_page

    if file == "-":
        found = extracted(sys.stdin.buffer.read(), NAME, cleaner, extractor)
    else:
        found = read_page(Path(file), cleaner, extractor)
    return cleaner.clean_extraction(found, Path(file).as_posix()), UTF_8


def _save(svg: Path, document: Path, picture: str) -> None:
    from cleaner.files import write_atomic
    from cleaner.outputs import make_folder, refuse_same

    try:
        refuse_same(svg, [document])
    except OutputError as error:
        raise refused(error) from None
    make_folder(svg.parent)
    write_atomic(svg, picture.encode("utf-8"))
