"""A result as an account for people: what went and why, what stayed although something spoke against it."""

import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from cleaner.model import Category, Kept, Removal
from cleaner.places import LineIndex, excerpt, printable, shown
from cleaner.result import CleanResult

#: The colour of each category's removals.
COLOURS: Mapping[Category, str] = MappingProxyType(
    {
        Category.AD: "red",
        Category.PROMO: "bright_red",
        Category.NEWSLETTER: "magenta",
        Category.SOCIAL: "blue",
        Category.RELATED: "cyan",
        Category.COMMENTS: "bright_cyan",
        Category.PAYWALL: "bright_magenta",
        Category.NAV: "yellow",
        Category.LEGAL: "bright_yellow",
        Category.TICKER: "green",
        Category.CREDIT: "bright_green",
        Category.HEADLINE: "bright_blue",
        Category.META: "bright_blue",
        Category.BIO: "bright_green",
        Category.CAPTION: "green",
        Category.TITLE: "bright_blue",
        Category.OTHER: "bright_black",
        Category.TIDY: "bright_black",
    }
)
_FONT_FACE = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)  # fetches fonts from a host; the system's own will do
#: Columns of a saved picture.
SVG_WIDTH = 120
#: Columns where there is no terminal to fit.
PIPE_WIDTH = 160


def explain_json(result: CleanResult, encoding: str | None = None) -> str:
    """The account as JSON: the audit record's content, with line numbers from 1."""
    index = LineIndex(result.document.text)
    record = result.record(encoding=encoding)
    account = {
        "id": record.id,
        "encoding": record.encoding,
        "page": asdict(record.page) if record.page else None,
        "source_sha256": record.source_sha256,
        "clean_sha256": record.clean_sha256,
        "removals": [_numbered(index, r) for r in result.removals],
        "kept": [_numbered(index, k) for k in result.kept],
        "incomplete": list(result.incomplete),
    }
    return json.dumps(account, indent=2, ensure_ascii=True)


def _numbered(index: LineIndex, entry: Removal | Kept) -> dict[str, Any]:
    first, last = index.numbers(entry.start, entry.end)
    return {"first_line": first, "last_line": last} | {f.name: getattr(entry, f.name) for f in fields(entry)}


def explain(result: CleanResult) -> Iterator[RenderableType]:
    """The account piece by piece: the text with removals struck out, then a table of each kind of decision."""
    yield from marked_lines(result.document.text, result.removals)
    index = LineIndex(result.document.text)
    yield Text()
    if result.removals:
        yield _removed_table(index, result.removals)
    else:
        yield Text("Nothing was removed.")
    if result.kept:
        yield _kept_table(index, result.kept)
    for sentence in result.incomplete:
        yield Text(f"Incomplete: {sentence}", style="yellow")


def marked_lines(text: str, removals: Sequence[Removal]) -> Iterator[Text]:
    """Every line with its number; removed text is struck out in its category's colour, removed lines have a minus."""
    starts = [*LineIndex(text).starts, len(text)] if text else []
    width = len(str(len(starts)))
    at = 0
    for number, (start, end) in enumerate(pairwise(starts), 1):
        while at < len(removals) and removals[at].end <= start:
            at += 1
        line = Text(f"{number:>{width}} ", style="dim")
        line.append("- " if _gone(removals, at, start, end) else "  ", style="red")
        for piece, removal in _pieces(text, start, end, removals, at):
            line.append(printable(piece.rstrip("\r\n")), style=_style(removal))
        yield line


def _gone(removals: Sequence[Removal], at: int, start: int, end: int) -> bool:
    """Whether removals from number ``at`` on take all of a line."""
    while at < len(removals) and removals[at].start <= start:
        start = max(start, removals[at].end)
        if start >= end:
            return True
        at += 1
    return False


def _pieces(
    text: str, start: int, end: int, removals: Sequence[Removal], at: int
) -> Iterator[tuple[str, Removal | None]]:
    while at < len(removals) and removals[at].start < end:
        removal = removals[at]
        if removal.start > start:
            yield text[start : removal.start], None
        yield text[max(start, removal.start) : min(end, removal.end)], removal
        start = min(end, removal.end)
        at += 1
    if start < end:
        yield text[start:end], None


def _style(removal: Removal | None) -> str:
    return "not dim" if removal is None else f"not dim strike {COLOURS[removal.category]}"


def _removed_table(index: LineIndex, removals: Sequence[Removal]) -> Table:
    rows = shown(removals)
    blanks = len(removals) - len(rows)
    caption = f"blank lines and blanks that went with them: {blanks}" if blanks else None
    table = _table("Removed", "Why it went", caption=caption)
    for r in rows:
        why = Text(printable(r.reason))
        if r.others:
            why.append(f" Also: {', '.join(r.others)}.", style="dim")
        category = Text(r.category, style=COLOURS[r.category])
        table.add_row(_span(index, r), category, r.rule or r.detector, f"{r.confidence:.2f}", why)
    return table


def _table(title: str, *columns: str, caption: str | None = None) -> Table:
    """A table of decisions; rule ids are broken rather than cut short."""
    table = Table("Line", "Category", title=title, caption=caption)
    table.add_column("Rule", overflow="fold")
    for column in ("Confidence", *columns):
        table.add_column(column)
    return table


def _kept_table(index: LineIndex, kept: Sequence[Kept]) -> Table:
    table = _table("Kept after all", "Text", "Why it stayed")
    for k in kept:
        text, why = Text(excerpt(k.text, 60)), Text(printable(k.refusal))
        table.add_row(_span(index, k), k.category, k.rule or k.detector, f"{k.confidence:.2f}", text, why)
    return table


def _span(index: LineIndex, entry: Removal | Kept) -> str:
    first, last = index.numbers(entry.start, entry.end)
    return str(first) if first == last else f"{first}-{last}"


def explain_svg(result: CleanResult, title: str) -> str:
    """The account as a picture, the same for the same result; nothing in it is loaded from elsewhere."""
    console = Console(record=True, width=SVG_WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for piece in explain(result):
        console.print(piece, highlight=False)
    return _FONT_FACE.sub("", console.export_svg(title=printable(title)))
