"""``cleaner packs``: look at rule packs, and check them."""

import json as json_module
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cleaner.cli.common import EXIT_CODES, Code, Commands, complain, emit, end
from cleaner.cli.settings import ConfigOption, PacksOption, settings

if TYPE_CHECKING:
    from cleaner.model import Guard, Pack, Rule

app = typer.Typer(
    cls=Commands,
    help="Look at rule packs, and check them.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Folders = Annotated[
    list[Path],
    typer.Argument(metavar="[DIR]…", help="Folders or files of packs; the built-in ones if none.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


@app.command("list", epilog=EXIT_CODES)
def list_packs(
    packs: PacksOption = [],  # noqa: B006
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """List the packs in use: name, version, rules, guards, sha256, description."""
    loaded = _in_use(packs, config)
    if json:
        emit(json_module.dumps([_plain(pack) for pack in loaded], indent=2) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Pack", "Version", "Rules", "Guards", "sha256", "Description")
    for pack in loaded:
        counts = (str(len(pack.rules)), str(len(pack.guards)))
        table.add_row(pack.name, pack.version, *counts, pack.sha256[:12], pack.description)
    console = Console(highlight=False, markup=False)
    console.print(table, width=None if console.is_terminal else 160)


@app.command("show", epilog=EXIT_CODES)
def show(
    id: Annotated[str, typer.Argument(help="The id of a rule or guard.", show_default=False)],
    packs: PacksOption = [],  # noqa: B006
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Print one rule or guard whole, with its pack."""
    entries = {entry.id: (pack, entry) for pack in _in_use(packs, config) for entry in pack.entries}
    if id not in entries:
        raise _unknown(id, list(entries))
    pack, entry = entries[id]
    content = _plain(entry) | {"pack": {"name": pack.name, "version": pack.version, "file": pack.path}}
    emit(json_module.dumps(content, indent=2) + "\n" if json else _sheet(pack, entry))


@app.command("lint", epilog=EXIT_CODES)
def lint(folders: Folders = []) -> None:  # noqa: B006
    """Report everything that is wrong with packs, all at once.

    Files that cannot be loaded, patterns that could take more than linear time, examples that do not match and
    counterexamples that do. The exit code is 2 if there is any such thing.
    """
    loaded, problems = _load_each(folders)
    from cleaner.packs import lint_entry

    for pack in loaded:
        problems += [f"{pack.path}: {problem}" for entry in pack.entries for problem in lint_entry(entry)]
    emit("".join(f"{problem}\n" for problem in problems))
    complain(f"{len(loaded)} packs could be read, {len(problems)} problems.")
    end(Code.USAGE if problems else Code.FINE)


@app.command("test", epilog=EXIT_CODES)
def test(folders: Folders = []) -> None:  # noqa: B006
    """Hold every rule and guard against its own examples and counterexamples, and count by pack.

    The exit code is 2 if one fails.
    """
    loaded, problems = _load_each(folders)
    scores = [_score(pack) for pack in loaded]
    problems += [failure for score in scores for failure in score.failures]
    for pack, score in zip(loaded, scores, strict=True):
        emit(
            f"{pack.name}: {score.matched} of {score.examples} examples match, "
            f"{score.spared} of {score.counterexamples} counterexamples don't\n"
        )
    emit("".join(f"{problem}\n" for problem in problems))
    end(Code.USAGE if problems else Code.FINE)


@dataclass(frozen=True, slots=True)
class _Score:
    examples: int
    matched: int
    counterexamples: int
    spared: int
    failures: tuple[str, ...]


def _score(pack: "Pack") -> _Score:
    from cleaner.packs import lint_entry

    entries = pack.entries
    failures = [problem for entry in entries for problem in lint_entry(entry)]
    examples = sum(len(entry.examples) for entry in entries)
    counterexamples = sum(len(entry.counterexamples) for entry in entries)
    missed = sum(": examples: " in failure for failure in failures)
    caught = sum(": counterexamples: " in failure for failure in failures)
    told = tuple(f"{pack.path}: {failure}" for failure in failures)
    return _Score(examples, examples - missed, counterexamples, counterexamples - caught, told)


def _in_use(packs: Sequence[Path], config: Path | None) -> "tuple[Pack, ...]":
    from cleaner.library import load_library, pack_folders

    return load_library(pack_folders(settings(packs=packs, config=config))).packs


def _load_each(folders: Sequence[Path]) -> "tuple[list[Pack], list[str]]":
    """Every pack that can be read by itself, and every problem of the others and between them."""
    from cleaner.errors import PackError
    from cleaner.packfiles import builtin_packs_dir, pack_files
    from cleaner.packs import load_packs

    given = list(folders) or [builtin_packs_dir()]
    try:
        return list(load_packs(given)), []
    except PackError as error:
        problems = list(error.problems)
    loaded: list[Pack] = []
    for file in pack_files(given):
        try:
            loaded += load_packs([file])
        except PackError:
            continue  # Its problems are among those of the whole.
    return loaded, problems


def _unknown(id: str, known: Sequence[str]) -> typer.Exit:
    from difflib import get_close_matches

    near = get_close_matches(id, known, 3, 0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "see cleaner packs list --json for all ids"
    complain(f"error: no rule or guard has the id {id!r}; {hint}")
    return typer.Exit(Code.USAGE)


def _plain(value: Any) -> Any:
    content = asdict(value)
    return {k: sorted(v) if isinstance(v, frozenset) else v for k, v in _sorted(content).items()}


def _sorted(content: dict[str, Any]) -> dict[str, Any]:
    """Sets inside as sorted lists, since JSON has none."""
    for key in ("rules", "guards"):
        for entry in content.get(key, ()):
            entry.update({k: sorted(v) for k, v in entry.items() if isinstance(v, frozenset)})
    return content


def _sheet(pack: "Pack", entry: "Rule | Guard") -> str:
    """An entry as ``name: value`` rows, its lists a row an item."""
    from cleaner.places import printable

    rows = [f"{entry.id} ({type(entry).__name__.lower()})", f"pack: {pack.name} {pack.version} ({pack.path})"]
    for name, value in _plain(entry).items():
        if name in ("id", "pack"):
            continue
        if isinstance(value, list | tuple):
            rows += [f"{name}:", *(f"  {item}" for item in value)] if value else []
        elif value is not None:
            rows.append(f"{name}: {value}")
    return "".join(f"{printable(row)}\n" for row in rows)
