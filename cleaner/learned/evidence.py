"""What rules and structure say about each unit, as integer columns: confidences per thousand, counts, distances."""

from collections.abc import Sequence

import numpy as np

from cleaner.facts import SURE
from cleaner.learned.stack import FAR, Array, Stack
from cleaner.learned.units import Unit
from cleaner.model import OPTIONAL_CATEGORIES, Category, Detection
from cleaner.view import View

_COLUMN = {"phrase": "rule", "run": "run", "tail": "company", "between": "company", "support": "company"}
_NAMES = ("rule", "run", "company", "other", "count", "kept", "part", "part_share", "guard", "category")
# Their order is part of what the model learned: a new category comes last, or the model is trained again.
_CATEGORIES = {category: number for number, category in enumerate(Category, 1)}
#: The columns of this module begin so, the others don't.
PREFIX = "claim_"


def evidence(
    views: Sequence[View], claims: Sequence[Sequence[Detection]], units: Sequence[Sequence[Unit]], stack: Stack
) -> dict[str, Array]:
    """Every column about the claims of the other detectors, for the units of several documents in a row."""
    found = {name: np.zeros(len(stack), dtype=np.int64) for name in _NAMES}
    best = np.zeros(len(stack), dtype=np.int64)
    start = 0
    for view, some, own in zip(views, claims, units, strict=True):
        _note(view, some, own, {name: column[start : start + len(own)] for name, column in found.items()}, best[start:])
        start += len(own)
    sure = (np.maximum(np.maximum(found["rule"], found["run"]), found["other"]) >= SURE * 1000).astype(np.int64)
    found["sure_before"] = stack.before(sure)
    found["sure_after"] = stack.total(sure) - found["sure_before"] - sure
    found["since_sure"] = stack.distance_back(sure, FAR)
    found["until_sure"] = stack.distance_ahead(sure, FAR)
    return {PREFIX + name: column for name, column in found.items()}


def _note(view: View, claims: Sequence[Detection], units: Sequence[Unit], found: dict[str, Array], best: Array) -> None:
    """Write one document's claims into its rows; ``best`` holds the strongest confidence of each unit so far."""
    by_line: dict[int, list[int]] = {}
    for number, unit in enumerate(units):
        by_line.setdefault(unit.line, []).append(number)
        if guards := view.facts[unit.line].guards:
            found["guard"][number] = round(1000 * min(g.weight for g in guards))
    for claim in claims:
        line = view.line_at(claim.span.start)
        confidence = round(1000 * claim.confidence)
        optional = claim.category in OPTIONAL_CATEGORIES
        whole = claim.span == line.whole
        for number in by_line.get(line.number, ()):
            unit = units[number]
            if not whole and not (claim.span.start < unit.span.end and unit.span.start < claim.span.end):
                continue
            if optional:
                name = "kept" if whole else None
            elif whole or claim.span == unit.span:
                name = _COLUMN.get(claim.provenance.detector, "other")
                found["count"][number] += 1
                if confidence > best[number]:
                    best[number] = confidence
                    found["category"][number] = _CATEGORIES[claim.category]
            else:
                name = "part"
                found["part_share"][number] += 1000 * len(claim.span) // max(len(unit.span), 1)
            if name:
                found[name][number] = max(found[name][number], confidence)
