"""``cleaner check``."""

import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from cleaner.cli.common import (
    EXTRACTOR,
    Code,
    ExtractorOption,
    HtmlOption,
    Paths,
    WorkersOption,
    complain,
    emit,
    end,
    refuse_html,
    usage_error,
)
from cleaner.cli.settings import UNSAID, Chosen, with_settings

if TYPE_CHECKING:
    from cleaner.batch import Cleaned, Failed
    from cleaner.discover import Input
    from cleaner.result import CleanResult


@with_settings()
def check(
    paths: Paths,
    workers: WorkersOption = 1,
    chosen: Chosen = UNSAID,
    html: HtmlOption = False,
    extractor: ExtractorOption = EXTRACTOR,
) -> None:
    """List what cleaning would remove, as file:line: category rule text, and write nothing.

    Lines of a web page are those of its extracted text.
    The exit code is 1 if there is any such thing.
    """
    from cleaner.batch import clean_files, cleaner_for
    from cleaner.cli.stdin import clean_stdin
    from cleaner.discover import find_inputs

    refuse_html(paths, html, extractor)
    run = chosen.config()
    cleaner_for(run)
    if "-" in paths:
        if len(paths) > 1:
            raise usage_error("- stands for standard input and cannot be combined with other paths")
        end(tell([clean_stdin(cleaner_for(run), listing, html=html, extractor=extractor)]))
        return
    inputs = find_inputs(paths)
    for problem in inputs.problems:
        complain(f"error: {problem}")
    with contextlib.closing(clean_files(inputs.found, run, workers, listing, extractor)) as results:
        code = tell(results)
    end(Code.FAILED if inputs.problems else code)


def listing(item: "Input", result: "CleanResult") -> str:
    """The removals of a result, a row each."""
    from cleaner.places import findings

    return findings(str(item.path), result.document.text, result.removals)


def tell(results: "Iterable[Cleaned | Failed]") -> Code:
    """Print what was found, and give the exit code that says it."""
    from cleaner.batch import Failed

    found = failed = False
    for done in results:
        if isinstance(done, Failed):
            failed = True
            complain(f"error: {done.error}")
        elif done.changed:
            found = True
            emit(done.report)
    return Code.FAILED if failed else Code.FOUND if found else Code.FINE
