"""Every column of a document's units, in one fixed order: what training and cleaning both feed the trees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.learned.alphabet import Alphabet
from cleaner.learned.columns import Lines, columns
from cleaner.learned.context import narrow_context, wide_context
from cleaner.learned.evidence import evidence
from cleaner.learned.grams import Array, Grams, Hashes, blocks
from cleaner.learned.units import Unit, units
from cleaner.model import Detection
from cleaner.view import View

#: n-grams fall into so many buckets, as a power of two.
BITS = 18
#: The name of the score that tells boilerplate from content; the others are named after groups of categories.
MAIN = "text"


@dataclass(frozen=True)
class Observed:
    """A document's units, their columns without scores, and their n-grams as (bucket, unit) pairs, units rising."""

    units: tuple[Unit, ...]
    columns: dict[str, Array]
    buckets: Array
    starts: Array

    def __len__(self) -> int:
        return len(self.units)


def observe(view: View, claims: Sequence[Detection], alphabet: Alphabet) -> Observed:
    """Read a document: everything but the scores of its n-grams."""
    found = units(view)
    if not found:
        return Observed((), {}, np.zeros(0, np.int64), np.zeros(0, np.int64))
    parts, buckets, owners = [], [], []
    for block in blocks([unit.text for unit in found], alphabet):
        grams = Grams(block)
        parts.append((block, grams.tokens))
        indexes, lines = grams.features(BITS)
        buckets.append(indexes)
        owners.append(lines + block.first)
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    table = columns(Lines.of(parts, [unit.gap for unit in found]), _words(view.document.title, alphabet))
    table["unit_index"] = np.array([unit.index for unit in found], dtype=np.int64)
    table["unit_left"] = np.array([unit.of - 1 - unit.index for unit in found], dtype=np.int64)
    table |= evidence(view, claims, found)
    return Observed(
        found, table, np.concatenate(buckets)[order], np.searchsorted(owner[order], np.arange(len(found) + 1))
    )


def with_scores(observed: Observed, scores: Mapping[str, Array]) -> dict[str, Array]:
    """The columns, the scores (thousandths of a logit, the main one under ``MAIN``), and what surrounds them."""
    result = dict(observed.columns)
    for name, values in scores.items():
        result[name] = values
        around = wide_context(values) if name == MAIN else narrow_context(values)
        result |= {name + place: column for place, column in around.items()}
    return result


def rows(table: Mapping[str, Array], names: Sequence[str]) -> NDArray[np.int32]:
    """The columns as one array, a row a unit."""
    return np.stack([table[name] for name in names], axis=1).clip(-(1 << 30), 1 << 30).astype(np.int32)


def _words(title: str | None, alphabet: Alphabet) -> Hashes:
    if not title:
        return np.zeros(0, np.uint64)
    return np.unique(np.concatenate([Grams(block).tokens.hashes for block in blocks([title], alphabet)]))
