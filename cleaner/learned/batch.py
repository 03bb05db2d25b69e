"""The units of several documents in a row, with what is known of each before its words are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cleaner.learned.evidence import noted
from cleaner.learned.stack import Array
from cleaner.learned.units import Unit, units
from cleaner.model import Detection
from cleaner.view import View


@dataclass(frozen=True)
class Batch:
    """Documents that are judged in one go.

    For each document its text, its title, and the number of its units in ``sizes``. For each unit its ``starts`` and
    ``ends`` (code points in its document's text), ``gaps`` and ``indexes`` as in ``Unit``, ``lefts`` for the units
    behind it in its line, and a row of ``claims`` with a column for each of ``evidence.NAMES``.
    """

    texts: list[str]
    titles: list[str | None]
    sizes: Array
    units: tuple[Unit, ...]
    starts: Array
    ends: Array
    gaps: Array
    indexes: Array
    lefts: Array
    claims: Array

    def __len__(self) -> int:
        return len(self.units)

    @property
    def documents(self) -> Array:
        """The number of each unit's document."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @classmethod
    def of(cls, views: Sequence[View], claims: Sequence[Sequence[Detection]]) -> "Batch":
        """Cut documents into units, each document with the claims about it."""
        by_document = [units(view) for view in views]
        found = tuple(unit for own in by_document for unit in own)
        return cls(
            [view.document.text for view in views],
            [view.document.title for view in views],
            np.array([len(own) for own in by_document], dtype=np.int64),
            found,
            *_places(found),
            noted(views, claims, by_document),
        )


def _places(found: Sequence[Unit]) -> tuple[Array, Array, Array, Array, Array]:
    """Where units stand: starts, ends, gaps, indexes and lefts."""
    return (
        np.array([unit.span.start for unit in found], dtype=np.int64),
        np.array([unit.span.end for unit in found], dtype=np.int64),
        np.array([unit.gap for unit in found], dtype=np.int64),
        np.array([unit.index for unit in found], dtype=np.int64),
        np.array([unit.of - 1 - unit.index for unit in found], dtype=np.int64),
    )
