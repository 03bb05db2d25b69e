"""The page as one file that loads nothing: its parts and the data put together."""

import base64
import hashlib
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from cleaner.audit import one_line
from cleaner.model import CATEGORY_MEANING, OPTIONAL_CATEGORIES
from cleaner.report.collect import Collection, Entry, Item
from cleaner.version import __version__

_PLACE = re.compile(r"\{\{(\w+)\}\}")
_IN_SCRIPT = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def page(collection: Collection, title: str, review: Mapping[str, Any] | None = None) -> str:
    """The page of a collection. ``review`` has what a page needs that sends verdicts; nothing for one to read.

    Data stand in it as JSON that no reader of HTML takes for anything else, and reach the page as text alone. Scripts
    and styles other than its own, and connections other than to where a review came from, are forbidden.
    """
    style, script = _part("page.css"), _part("page.js")
    parts = {
        "policy": policy(style, script, review=review is not None),
        "style": style,
        "script": script,
        "data": embedded(_data(collection, title, review)),
    }
    return _PLACE.sub(lambda match: parts[match[1]], _part("page.html"))


def policy(style: str, script: str, *, review: bool) -> str:
    """The content security policy: these very styles and scripts, and nothing else."""
    connect = "'self'" if review else "'none'"
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; connect-src {connect}; "
        "base-uri 'none'; form-action 'none'"
    )


def embedded(value: Any) -> str:
    """Plain values as JSON that can stand in a script element, whatever texts they hold.

    >>> embedded({"text": "</script><!-- \\ud800"})
    '{"text":"\\\\u003c/script\\\\u003e\\\\u003c!-- \\\\ud800"}'
    """
    return one_line(value).translate(_IN_SCRIPT)


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _part(name: str) -> str:
    return files("cleaner.report").joinpath(name).read_text(encoding="utf-8")


def _data(collection: Collection, title: str, review: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the page's script reads. Strings that recur stand in lists, and rows have their numbers there."""
    tables: dict[str, dict[str, int]] = {name: {} for name in ("categories", "sources", "detectors", "reasons")}
    items = [_row(item, tables, keyed=review is not None) for item in collection.items]
    return {
        "title": title,
        "version": __version__,
        "counts": {
            "records": collection.records,
            "unchanged": collection.unchanged,
            "blanks": collection.blanks,
            "left_out": collection.left_out,
            "left_out_documents": collection.left_out_documents,
            "further_problems": collection.further_problems,
        },
        "problems": collection.problems,
        "meanings": {str(category): meaning for category, meaning in CATEGORY_MEANING.items()},
        "optional": sorted(OPTIONAL_CATEGORIES),
        "documents": [_document(entry) for entry in collection.documents],
        **{name: list(table) for name, table in tables.items()},
        "items": items,
        "review": review,
    }


def _document(entry: Entry) -> list[Any]:
    return [entry.id, entry.log, entry.site, entry.removals, entry.characters, list(entry.incomplete), entry.known]


def _row(item: Item, tables: dict[str, dict[str, int]], *, keyed: bool) -> list[Any]:
    def number(table: str, value: str) -> int:
        return tables[table].setdefault(value, len(tables[table]))

    row: list[Any] = [
        item.document,
        item.start,
        item.end,
        number("categories", item.category),
        item.confidence,
        number("sources", item.source),
        number("detectors", item.detector),
        number("reasons", item.reason),
        number("reasons", item.refusal) if item.refusal else -1,
        list(item.others),
        item.text,
        item.before,
        item.after,
    ]
    return [*row, item.key] if keyed else row
