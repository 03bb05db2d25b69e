"""Every column of a document's units, in one fixed order: what training and cleaning both feed the trees."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cleaner.learned.alphabet import Alphabet
from cleaner.learned.batch import Batch
from cleaner.learned.columns import Lines, columns
from cleaner.learned.context import narrow_context, regions, wide_context
from cleaner.learned.evidence import evidence
from cleaner.learned.grams import Block, Grams, Hashes, Tokens, blocks
from cleaner.learned.stack import Array, Stack
from cleaner.learned.weights import BITS, Buckets

#: The name of the score that tells boilerplate from content; the others are named after groups of categories.
MAIN = "text"
#: The name of the score of the categories that are kept by default; they come line by line, not in stretches.
OPTIONAL = "optional"


@dataclass(frozen=True)
class Observed:
    """The units of several documents, and their columns without scores."""

    stack: Stack
    columns: dict[str, Array]

    def __len__(self) -> int:
        return len(self.stack)


def observe(batch: Batch, alphabet: Alphabet, take: Callable[[list[Buckets], int], None]) -> Observed:
    """Read units: everything but the scores of the n-grams.

    The n-grams are given to ``take`` block by block, kind by kind, with the number of units in the block; the blocks'
    units come in order. What a document's units get does not depend on the documents beside it.
    """
    stack = Stack.of(batch.sizes.tolist())
    if not len(batch):
        return Observed(stack, {})
    parts: list[tuple[Block, Tokens]] = []
    for block in blocks([unit.text for unit in batch.units], alphabet):
        grams = Grams(block)
        parts.append((block, grams.tokens))
        take(grams.features(BITS), block.count)
    titles = [_words(title, alphabet) for title in batch.titles]
    table = columns(Lines.of(parts, batch.gaps.tolist()), stack, titles)
    table |= {"unit_index": batch.indexes, "unit_left": batch.lefts, **evidence(batch.claims, stack)}
    return Observed(stack, table)


def with_scores(columns: Mapping[str, Array], scores: Mapping[str, Array], stack: Stack) -> dict[str, Array]:
    """The columns, the scores (thousandths of a logit, the main one under ``MAIN``), and what surrounds them."""
    result = dict(columns)
    for name, values in scores.items():
        result[name] = values
        around = wide_context(values, stack) if name == MAIN else narrow_context(values, stack)
        if name != OPTIONAL:
            around |= regions(values, stack)
        result |= {name + place: column for place, column in around.items()}
    return result


def rows(table: Mapping[str, Array], names: Sequence[str]) -> NDArray[np.int32]:
    """The columns as one array, a row a unit."""
    return np.stack([table[name] for name in names], axis=1).clip(-(1 << 30), 1 << 30).astype(np.int32)


def _words(title: str | None, alphabet: Alphabet) -> Hashes:
    if not title:
        return np.zeros(0, np.uint64)
    return np.unique(np.concatenate([Grams(block).tokens.hashes for block in blocks([title], alphabet)]))
