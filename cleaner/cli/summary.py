"""What a run tells people on stderr while it goes and at its end."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cleaner.batch import Summary
from cleaner.cli.common import complain

#: How many documents a remark names before it only counts.
NAMED = 20


@contextmanager
def progress(total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on a terminal, nothing in a pipe; gives the function that moves it on."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Cleaning"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


def show_summary(summary: Summary, verb: str) -> None:
    """The table of removals by category and rule, and what else there is to know."""
    if summary.removals:
        print_table(_table(summary))
    _name("clean text is empty", summary.empty)
    _name("incomplete", summary.incomplete)
    counts = [_counted(summary.documents, "document"), f"{summary.changed} with removals"]
    counts += [f"{len(summary.failures)} could not be processed"] if summary.failures else []
    complain(", ".join([*counts, verb]) + ".")


def _name(remark: str, names: list[str]) -> None:
    for name in names[:NAMED]:
        complain(f"{remark}: {name}")
    if len(names) > NAMED:
        complain(f"{remark}: {len(names) - NAMED} more")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _table(summary: Summary) -> Any:
    from rich.table import Table

    table = Table("Category", "Rule")
    table.add_column("Removals", justify="right")
    table.add_column("Characters", justify="right")
    for category, rule in sorted(summary.removals):
        key = (category, rule)
        table.add_row(category, rule, f"{summary.removals[key]:,}", f"{summary.characters[key]:,}")
    table.add_section()
    table.add_row("all", "", f"{summary.removals.total():,}", f"{summary.characters.total():,}")
    return table


def print_table(table: Any) -> None:
    """Print a table to stderr, its rule ids whole in a pipe too."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(stderr=True, highlight=False, markup=False, width=200)
    console.print(table)
