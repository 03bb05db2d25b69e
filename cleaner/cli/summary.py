"""What a run tells people on stderr while it goes and at its end."""

import sys
from collections import Counter
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
        print_table(removal_table(summary.removals, summary.characters))
    _name("clean text is empty", summary.empty)
    _name("incomplete", summary.incomplete)
    counts = [counted(summary.documents, "document"), f"{summary.changed} with removals"]
    counts += [f"{len(summary.failures)} could not be processed"] if summary.failures else []
    complain(", ".join([*counts, verb]) + ".")


def _name(remark: str, names: list[str]) -> None:
    for name in names[:NAMED]:
        complain(f"{remark}: {name}")
    if len(names) > NAMED:
        complain(f"{remark}: {len(names) - NAMED} more")


def counted(number: int, noun: str) -> str:
    """A number and what it counts.

    >>> counted(1, "document"), counted(2, "stretch")
    ('1 document', '2 stretches')
    """
    ending = "" if number == 1 else "es" if noun.endswith("ch") else "s"
    return f"{number} {noun}{ending}"


def removal_table(removals: Counter[tuple[str, str]], characters: Counter[tuple[str, str]]) -> Any:
    """The table of removals and removed characters by category and rule."""
    from rich.table import Table

    table = Table("Category", "Rule")
    table.add_column("Removals", justify="right")
    table.add_column("Characters", justify="right")
    for category, rule in sorted(removals):
        key = (category, rule)
        table.add_row(category, rule, f"{removals[key]:,}", f"{characters[key]:,}")
    table.add_section()
    table.add_row("all", "", f"{removals.total():,}", f"{characters.total():,}")
    return table


def print_table(table: Any) -> None:
    """Print a table to stderr, its rule ids whole in a pipe too."""
    from rich.console import Console

    console = Console(stderr=True, highlight=False, markup=False)
    if not console.is_terminal:
        console = Console(stderr=True, highlight=False, markup=False, width=200)
    console.print(table)
