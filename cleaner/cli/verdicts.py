"""``cleaner verdicts``: look at what reviewers said, at what it changes, and make rules of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cleaner.cli.common import EXIT_CODES, Code, Commands, complain, emit, emit_rich, end, usage_error
from cleaner.cli.settings import UNSAID, Chosen, ConfigOption, PacksOption, settings, with_settings
from cleaner.model import Category
from cleaner.verdicts import Ruling

if TYPE_CHECKING:
    from cleaner.config import Config
    from cleaner.verdictfile import Placed, Reading

app = typer.Typer(
    cls=Commands,
    help="Look at reviewers' verdicts, at what they change, and make rules of them.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Files = Annotated[list[Path], typer.Argument(metavar="VERDICTS…", help="Files of verdicts.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]

#: How much of a text a table shows.
SHOWN = 70


@app.command("list", epilog=EXIT_CODES)
def list_verdicts(
    files: Files,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="ID", help="Only this rule or detector, or all whose id starts so.")
    ] = None,
    verdict: Annotated[Ruling | None, typer.Option("--verdict", help="Only such verdicts.")] = None,
    category: Annotated[Category | None, typer.Option("--category", help="Only this category.")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Only this reviewer's.")] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="WORDS", help="Only texts that hold this.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Also verdicts that a later one overrules.")] = False,
    packs: PacksOption = [],  # noqa: B006
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """List the verdicts that hold, by time; what is wrong with the files is named, and the rest is read all the same.

    The exit code is 1 if anything is wrong. A rule that is in no pack is named too, but is no fault: a rejected text
    stays protected when its rule is gone.
    """
    from cleaner.verdictfile import read_verdicts
    from cleaner.verdicts import normalised

    reading = read_verdicts(files)
    holding = set(reading.verdicts.entries)
    words = normalised(text or "")
    rows = [
        (placed, placed.verdict in holding)
        for placed in sorted(reading.placed, key=lambda placed: placed.verdict.order)
        if (every or placed.verdict in holding)
        and (rule is None or placed.verdict.rule.startswith(rule))
        and verdict in (None, placed.verdict.ruling)
        and category in (None, placed.verdict.category)
        and by in (None, placed.verdict.by)
        and words in placed.verdict.text
    ]
    unknown = _unknown(reading, packs, config)
    if json:
        _print_json(rows, reading.problems, unknown)
    else:
        _print_table(rows)
    for problem in (*reading.problems, *unknown):
        complain(problem)
    end(Code.FOUND if reading.problems else Code.FINE)


def _unknown(reading: "Reading", packs: Sequence[Path], config: Path | None) -> list[str]:
    from cleaner.detectors import NAMES
    from cleaner.library import load_library, pack_folders

    library = load_library(pack_folders(settings(packs=packs, config=config)))
    known = {entry.id for pack in library.packs for entry in pack.entries} | NAMES
    found: dict[str, str] = {}
    for placed in reading.placed:
        if placed.verdict.rule not in known:
            found.setdefault(placed.verdict.rule, placed.place)
    return [f"{place}: {rule} is no rule of the packs in use, and no detector" for rule, place in found.items()]


def _print_json(rows: "Sequence[tuple[Placed, bool]]", problems: Sequence[str], unknown: Sequence[str]) -> None:
    from json import loads

    from cleaner.cli.answers import print_json

    listed = [{**loads(p.verdict.line), "place": p.place, "holds": holds} for p, holds in rows]
    print_json({"verdicts": listed, "problems": list(problems), "unknown_rules": list(unknown)})


def _print_table(rows: "Sequence[tuple[Placed, bool]]") -> None:
    from rich.table import Table

    from cleaner.places import excerpt, printable

    table = Table("When", "By", "Verdict")
    table.add_column("Rule", overflow="fold")
    for column in ("Category", "Text", "Note"):
        table.add_column(column)
    for placed, holds in rows:
        v = placed.verdict
        ruling = v.ruling if holds else f"{v.ruling} (overruled)"
        site = f" (on {v.site})" if v.site else ""
        cells = (v.when, printable(v.by), ruling, printable(v.rule), v.category, excerpt(v.text, SHOWN) + site)
        table.add_row(*cells, excerpt(v.note, SHOWN))
    emit_rich(table)
    emit(f"{len(rows):,} verdicts.\n")


@app.command("apply", epilog=EXIT_CODES)
@with_settings("verdicts")
def apply(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATHS…",
            help="Documents, as for cleaner clean, or audit logs (.jsonl, .parquet).",
            show_default=False,
        ),
    ],
    verdicts: Annotated[
        list[Path], typer.Option("--verdicts", metavar="FILE", help="The verdicts. Can be repeated.")
    ] = [],  # noqa: B006
    chosen: Chosen = UNSAID,
) -> None:
    """Show what verdicts change: which removals stay and which refused detections go, and write nothing.

    Documents are cleaned with and without the verdicts. An audit log tells what its own removals and refusals come
    to, but not what else changes when they do.
    """
    run = chosen.config(verdicts=verdicts)
    if not run.verdicts:
        raise usage_error("there are no verdicts; name a file of them with --verdicts FILE")
    from cleaner.applied import are_logs

    changes, failures = _of_logs(paths, run) if are_logs(paths) else _of_documents(paths, run)
    stays = goes = 0
    for place, change in changes:
        stays, goes = stays + change.stays, goes + (not change.stays)
        emit(f"{place}: {change.row}\n")
    for failure in failures:
        complain(f"error: {failure}")
    emit(f"{stays:,} removals stay, {goes:,} refused detections go.\n")
    end(Code.FAILED if failures else Code.FINE)


def _of_documents(paths: Sequence[str], run: "Config") -> tuple[Iterator[tuple[str, Any]], list[str]]:
    from cleaner.applied import in_document
    from cleaner.batch import cleaner_for
    from cleaner.discover import find_inputs
    from cleaner.errors import InputError
    from cleaner.files import read_source
    from cleaner.places import LineIndex, printable

    inputs = find_inputs(paths)
    failures = list(inputs.problems)

    def changes() -> Iterator[tuple[str, Any]]:
        for item in inputs.found:
            try:
                text = read_source(item.path).text
            except InputError as error:
                failures.append(str(error))
                continue
            index = LineIndex(text)
            for change in in_document(cleaner_for(run), text, item.id):
                yield f"{printable(str(item.path))}:{index.number(change.start)}", change

    return changes(), failures


def _of_logs(paths: Sequence[str], run: "Config") -> tuple[Iterator[tuple[str, Any]], list[str]]:
    from cleaner.applied import in_record
    from cleaner.logreading import Logged, find_logs, read_logs
    from cleaner.memory import Memory
    from cleaner.places import printable

    failures: list[str] = []
    memory = Memory(run.verdicts)

    def changes() -> Iterator[tuple[str, Any]]:
        for found in read_logs(find_logs(paths)):
            if not isinstance(found, Logged):
                failures.append(found)
                continue
            for change in in_record(found.record, memory, run):
                yield f"{printable(found.record.id)}:{change.start}", change

    return changes(), failures


@app.command("promote", epilog=EXIT_CODES)
def promote(
    files: Files,
    out: Annotated[Path, typer.Option("--out", metavar="PACK", help="The pack; entries in one that exists stay.")],
    least: Annotated[
        int, typer.Option("--least", min=1, metavar="N", help="So many verdicts make a rule or a guard.")
    ] = 2,
) -> None:
    """Make a pack of verdicts that were given again and again: rules of accepted texts, guards of rejected ones.

    Each has its examples and counterexamples, and passes cleaner packs lint. Needs the extra 'query'.
    """
    from cleaner.errors import ConfigError
    from cleaner.promote import joined, promoted, read_promoted, write_promoted
    from cleaner.verdictfile import read_verdicts

    reading = read_verdicts(files)
    if reading.problems:
        raise ConfigError("the verdicts have to be sound first:" + "".join(f"\n  {p}" for p in reading.problems))
    file = read_promoted(out)
    made = promoted([placed.verdict for placed in reading.placed], least, file.pack)
    for sentence in made.left:
        complain(f"left out: {sentence}")
    if made.rules or made.guards:
        write_promoted(out, joined(file, made))
        emit(f"{len(made.rules)} rules and {len(made.guards)} guards written to {out}.\n")
    else:
        emit(f"No text has {least} verdicts that agree; nothing is written.\n")
