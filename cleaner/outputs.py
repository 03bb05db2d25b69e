"""Where clean texts go, and the refusals that come before anything is written."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cleaner.discover import Input, is_page
from cleaner.errors import OutputError
from cleaner.files import refuse_odd_target


def plan_outputs(inputs: Sequence[Input], out: Path) -> Mapping[Input, Path]:
    """The output path of every input, below ``out``.

    Raises ``OutputError`` where two inputs have one output, an output would overwrite an input, or a link stands in
    the way.
    """
    targets: dict[Input, Path] = {}
    owners: dict[Path, Input] = {}
    sources = {Path(os.path.realpath(item.path)): item for item in inputs}
    for item in inputs:
        target = out / item.relative
        refuse_leaving(target, out)
        refuse_odd_target(target)
        real = Path(os.path.realpath(target))
        if real in owners:
            raise OutputError(
                f"{owners[real].path} and {item.path} would both be written to {target}; clean them into two folders, "
                "or give the folder that holds both"
            )
        if real in sources:
            raise OutputError(
                f"{target}: would overwrite the input {sources[real].path}; give another folder, or clean --in-place"
            )
        owners[real] = item
        targets[item] = target
    return targets


def refuse_leaving(target: Path, out: Path) -> None:
    """Raise ``OutputError`` if a link below ``out`` leads the target out of it."""
    if not Path(os.path.realpath(target.parent)).is_relative_to(os.path.realpath(out)):
        raise OutputError(f"{target}: a link in this path leads out of {out}; remove the link")


def refuse_links(inputs: Iterable[Input]) -> None:
    """Raise ``OutputError`` for an input that cannot be replaced in place because it is a link."""
    for item in inputs:
        if item.path.is_symlink():
            raise OutputError(
                f"{item.path}: is a symlink, and nothing is written through those; name the file it points to"
            )


def refuse_pages(inputs: Iterable[Input]) -> None:
    """Raise ``OutputError`` for an input that cannot be replaced in place because it is a web page."""
    for item in inputs:
        if is_page(item.path):
            raise OutputError(f"{item.path}: is a web page, which its text cannot replace; clean it with --out DIR")


def refuse_same(target: Path, paths: Iterable[Path]) -> None:
    """Raise ``OutputError`` if an audit log or other output is also one of the documents or clean texts."""
    refuse_odd_target(target)
    real = os.path.realpath(target)
    for path in paths:
        if os.path.realpath(path) == real:
            raise OutputError(f"{target}: is one of the documents too; give it a name of its own")


def make_folder(folder: Path) -> None:
    """Make the folder of an output with those above it. Raises ``OutputError`` naming it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: cannot be made: {error.strerror or error}") from None
