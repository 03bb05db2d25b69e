"""Answers of a database on stdout: as a table for people, as JSON or CSV for programs."""

import csv
import io
import json
from collections.abc import Iterator
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Any

from cleaner.cli.common import complain, emit, emit_rich, usage_error

if TYPE_CHECKING:
    from cleaner.auditquery import Answer

#: The most rows of a table; JSON and CSV have all.
TABLE_ROWS = 1000
#: How much of a text a table shows.
SHOWN = 80

_SHARES = frozenset({"share"})


class Form(Enum):
    """How an answer is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def form_of(json: bool, csv: bool) -> Form:
    """The form that two flags ask for. Raises a usage error if both are given."""
    if json and csv:
        raise usage_error("--json and --csv exclude each other; leave one of them out")
    return Form.JSON if json else Form.CSV if csv else Form.TABLE


def print_answer(answer: "Answer", form: Form) -> None:
    """Print the rows as they come; only a table is held as a whole, and then at most ``TABLE_ROWS`` of it."""
    if form is Form.TABLE:
        _print_table(answer)
        return
    for chunk in _json(answer) if form is Form.JSON else _csv(answer):
        emit(chunk)


def print_json(value: Any) -> None:
    """Print a value as JSON."""
    emit(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def _json(answer: "Answer") -> Iterator[str]:
    """An array, an object a line."""
    opening = "["
    for row in answer.objects():
        yield f"{opening}\n{json.dumps(row, ensure_ascii=False, default=str)}"
        opening = ","
    yield "[]\n" if opening == "[" else "\n]\n"


def _csv(answer: "Answer") -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(answer.columns)
    for row in answer.rows:
        writer.writerow(row)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _print_table(answer: "Answer") -> None:
    from rich.table import Table

    rows = list(islice(answer.rows, TABLE_ROWS + 1))
    table = Table()
    for i, column in enumerate(answer.columns):
        numbers = any(isinstance(row[i], int | float) for row in rows)
        table.add_column(column.replace("_", " ").capitalize(), justify="right" if numbers else "left")
    for row in rows[:TABLE_ROWS]:
        table.add_row(*(_cell(column, value) for column, value in zip(answer.columns, row, strict=True)))
    emit_rich(table)
    if len(rows) > TABLE_ROWS:
        complain(f"These are the first {TABLE_ROWS:,} rows; --csv and --json print all.")


def _cell(column: str, value: Any) -> str:
    from cleaner.places import excerpt

    if value is None:
        return ""
    if column in _SHARES and isinstance(value, int | float):
        return f"{value:.1%}"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return excerpt(str(value), SHOWN)
