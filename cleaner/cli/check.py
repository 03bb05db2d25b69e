"""``cleaner check``."""

import contextlib
import sys
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cleaner.cli.common import (
    AlsoOption,
    Code,
    ConfigOption,
    KeepOption,
    LanguageOption,
    ModelOption,
    ModeOption,
    NoModelOption,
    PacksOption,
    Paths,
    SiteOption,
    VerdictsOption,
    WorkersOption,
    complain,
    emit,
    end,
    settings,
    usage_error,
)
from cleaner.config import Config

if TYPE_CHECKING:
    from cleaner.batch import Cleaned, Failed
    from cleaner.discover import Input
    from cleaner.pipeline import CleanResult


def check(
    paths: Paths,
    workers: WorkersOption = 1,
    mode: ModeOption = None,
    also: AlsoOption = [],  # noqa: B006
    keep: KeepOption = [],  # noqa: B006
    packs: PacksOption = [],  # noqa: B006
    config: ConfigOption = None,
    site: SiteOption = [],  # noqa: B006
    language: LanguageOption = [],  # noqa: B006
    model: ModelOption = None,
    no_model: NoModelOption = False,
    verdicts: VerdictsOption = [],  # noqa: B006
) -> None:
    """List what cleaning would remove, as file:line: category rule text, and write nothing.

    The exit code is 1 if there is any such thing.
    """
    from cleaner.batch import clean_files, cleaner_for
    from cleaner.discover import find_inputs

    run = settings(mode, also, keep, packs, config, site, language, model, no_model, verdicts)
    cleaner_for(run)
    if "-" in paths:
        if len(paths) > 1:
            raise usage_error("- stands for standard input and cannot be combined with other paths")
        end(tell([_stdin(run)]))
        return
    inputs = find_inputs(paths)
    for problem in inputs.problems:
        complain(f"error: {problem}")
    with contextlib.closing(clean_files(inputs.found, run, workers, listing)) as results:
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


def _stdin(config: Config) -> "Cleaned":
    from cleaner.batch import clean_source, cleaner_for
    from cleaner.discover import Input
    from cleaner.files import decode

    source = decode(sys.stdin.buffer.read(), "standard input")
    return clean_source(cleaner_for(config), Input(Path("-"), "-", PurePosixPath("-")), source, listing)
