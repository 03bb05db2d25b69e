"""Changing one text in a row of JSON and nothing else in it."""

import json
import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cleaner.apply import cut
from cleaner.model import Span

_BLANK = re.compile(r"[ \t\r\n]*")
_START = re.compile("\ufeff?[ \t\r\n]*")
# Everything that stands for one character but is written as more: also two \\u escapes that make one together.
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)


class Number(str):
    """A number as it is spelled; long ones would take long to convert, or be refused."""

    __slots__ = ()


_DECODER = json.JSONDecoder(parse_int=Number, parse_float=Number)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a JSON object; its value stands at ``start`` to ``end`` of the row, in characters."""

    key: str
    value: Any
    start: int
    end: int


def members(row: str) -> Iterator[Member]:
    """The members of the JSON object that a row is. Raises ``ValueError`` where it is none.

    >>> [(m.key, m.value, m.start) for m in members('{"id": 1.50, "text": "Hello"}')]
    [('id', '1.50', 7), ('text', 'Hello', 21)]
    """
    at = _skip(row, 0, _START)
    _expect(row, at, "{")
    at = _skip(row, at + 1)
    while not row.startswith("}", at):
        _expect(row, at, '"')
        key, at = _value(row, at)
        at = _skip(row, at)
        _expect(row, at, ":")
        start = _skip(row, at + 1)
        value, end = _value(row, start)
        yield Member(key, value, start, end)
        at = _skip(row, end)
        if not row.startswith("}", at):
            _expect(row, at, ",")
            at = _skip(row, at + 1)
            _expect(row, at, '"')
    rest = _skip(row, at + 1)
    if rest != len(row):
        raise ValueError(f"there is more after the object (character {rest})")


def _value(row: str, start: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(row, start)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _skip(row: str, at: int, blank: re.Pattern[str] = _BLANK) -> int:
    match = blank.match(row, at)
    return match.end() if match else at


def _expect(row: str, at: int, character: str) -> None:
    if not row.startswith(character, at):
        raise ValueError(f"{character} expected at character {at}")


def spliced(row: str, member: Member, text: str, spans: Sequence[Span]) -> str:
    r"""The row with ``spans`` cut out of the string that a member holds, so that it holds ``text``.

    What stays of the string keeps its spelling, escapes included.

    >>> row = '{"n":1.0, "text":"caf\\u00e9 \\/ bar, open"}'
    >>> [member] = [m for m in members(row) if m.key == "text"]
    >>> spliced(row, member, "caf\u00e9 / bar", [Span(10, 16)])
    '{"n":1.0, "text":"caf\\u00e9 \\/ bar"}'
    """
    literal = row[member.start : member.end]
    starts: list[int] = []
    shifts = [1]  # for the opening quote
    for escape in _ESCAPE.finditer(literal, 1, len(literal) - 1):
        starts.append(escape.start() - shifts[-1])
        shifts.append(shifts[-1] + len(escape[0]) - 1)

    def place(edge: int) -> int:
        return edge + shifts[bisect_left(starts, edge)]

    shorter = cut(literal, [Span(place(span.start), place(span.end)) for span in spans])
    if json.loads(shorter) != text:
        raise AssertionError("a row's text was cut elsewhere than its document")
    return row[: member.start] + shorter + row[member.end :]


def replaced(row: str, member: Member, text: str) -> str:
    r"""The row with another string in a member, in ASCII if the one before was.

    >>> row = '{"n":1.0, "text":"<p>caf\\u00e9"}'
    >>> [member] = [m for m in members(row) if m.key == "text"]
    >>> replaced(row, member, "café")
    '{"n":1.0, "text":"caf\\u00e9"}'
    """
    literal = json.dumps(text, ensure_ascii=row[member.start : member.end].isascii())
    return row[: member.start] + literal + row[member.end :]
