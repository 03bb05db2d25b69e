"""The units of several documents in a row, with what is known of each before its words are looked at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cleaner.learned.evidence import noted
from cleaner.learned.stack import Array
from cleaner.learned.units import Unit, Units
from cleaner.model import Detection, Span
from cleaner.view import View


@dataclass(frozen=True)
class Batch:
    """Documents that are judged in one go.

    For each document its text, its title, and the number of its units in ``sizes``. For each unit its ``lines``,
    ``starts`` and ``ends`` (code points in its document's text), ``gaps`` and ``indexes`` as in ``Unit``, ``lefts``
    for the units behind it in its line, and a row of ``claims`` with a column for each of ``evidence.NAMES``.
    """

    texts: list[str]
    titles: list[str | None]
    sizes: Array
    lines: Array
    starts: Array
    ends: Array
    gaps: Array
    indexes: Array
    lefts: Array
    claims: Array

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def units(self) -> Iterator[Unit]:
        """All units."""
        return (unit for _, unit in self.units_at(np.arange(len(self))))

    def units_at(self, numbers: Array) -> list[tuple[int, Unit]]:
        """The units of some numbers in the batch, each with the number of its document."""
        documents = np.searchsorted(np.cumsum(self.sizes), numbers, side="right").tolist()
        columns = (self.lines, self.starts, self.ends, self.gaps, self.indexes, self.lefts)
        rows = zip(documents, *(column[numbers].tolist() for column in columns), strict=True)
        return [
            (document, Unit(line, Span(start, end), self.texts[document][start:end], gap, index, index + 1 + left))
            for document, line, start, end, gap, index, left in rows
        ]

    @classmethod
    def of(cls, views: Sequence[View], claims: Sequence[Sequence[Detection]]) -> "Batch":
        """Cut documents into units, each document with the claims about it."""
        found = [Units.of(view.table) for view in views]
        return cls(
            [view.document.text for view in views],
            [view.document.title for view in views],
            np.array([len(own) for own in found], dtype=np.int64),
            _joined([own.lines for own in found]),
            _joined([own.starts for own in found]),
            _joined([own.ends for own in found]),
            _joined([own.gaps for own in found]),
            _joined([own.indexes for own in found]),
            _joined([own.of_line - 1 - own.indexes for own in found]),
            noted(views, claims, found),
        )


def _joined(columns: Sequence[Array]) -> Array:
    return columns[0] if len(columns) == 1 else np.concatenate([np.zeros(0, dtype=np.int64), *columns])
