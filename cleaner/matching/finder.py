"""Which patterns match the lines of a text and their sentences: what is asked.

``native.py`` answers from the native core, ``inpython.py`` gives the same answers without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

#: The number of a line, a stretch of the text, and the indexes, rising, of the patterns that match it.
Match = tuple[int, int, int, list[int]]


class Seen(Protocol):
    """The lines of a text as columns, as ``facts.LineTable`` has them, and what matches."""

    @property
    def starts(self) -> Sequence[int]: ...  # noqa: D102
    @property
    def ends(self) -> Sequence[int]: ...  # noqa: D102
    @property
    def wholes(self) -> Sequence[int]: ...  # noqa: D102
    @property
    def words(self) -> Sequence[int]: ...  # noqa: D102
    @property
    def flags(self) -> bytes: ...  # noqa: D102
    @property
    def matches(self) -> Sequence[Match]:
        """What matches lines as a whole."""
        ...

    @property
    def parts(self) -> Sequence[Match]:
        """What patterns for sentences match; stretches in offsets into the line."""
        ...


@dataclass(frozen=True, slots=True)
class Columns:
    """What was seen, as it is kept in Python."""

    starts: Sequence[int]
    ends: Sequence[int]
    wholes: Sequence[int]
    words: Sequence[int]
    flags: bytes
    matches: Sequence[Match]
    parts: Sequence[Match]


class Finder(Protocol):
    """Finds the patterns that match. The same text always gives the same answer."""

    def observe(self, text: str) -> Seen:
        """Look at all lines of a text."""
        ...

    def matching(self, unit: str) -> list[int]:
        """The indexes, rising, of the patterns that match a line or sentence as a whole."""
        ...

    def by_sentence(self, line: str, words: int) -> list[Match]:
        """Every sentence of a line with the patterns that match it; those for lines if they are for so many words."""
        ...
