"""What rules and structure say about each unit, as integer columns: confidences per thousand, counts, distances."""

from collections.abc import Sequence

import numpy as np

from cleaner.learned.grams import Array
from cleaner.learned.units import Unit
from cleaner.model import OPTIONAL_CATEGORIES, Category, Detection
from cleaner.view import SURE, View

_COLUMN = {"phrase": "rule", "run": "run", "tail": "company", "between": "company", "support": "company"}
_FAR = 99
# Their order is part of what the model learned: a new category comes last, or the model is trained again.
_CATEGORIES = {category: number for number, category in enumerate(Category, 1)}
#: The columns of this module begin so, the others don't.
PREFIX = "claim_"


def evidence(view: View, claims: Sequence[Detection], units: Sequence[Unit]) -> dict[str, Array]:
    """Every column about the claims of the other detectors."""
    size = len(units)
    names = ("rule", "run", "company", "other", "count", "kept", "part", "part_share", "guard", "category")
    found = {name: np.zeros(size, dtype=np.int64) for name in names}
    best = np.zeros(size, dtype=np.int64)
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
    sure = (np.maximum(np.maximum(found["rule"], found["run"]), found["other"]) >= SURE * 1000).astype(np.int64)
    total = np.cumsum(sure)
    found["sure_before"] = total - sure
    found["sure_after"] = (int(total[-1]) if size else 0) - total
    found["since_sure"] = _since(sure)
    found["until_sure"] = _since(sure[::-1])[::-1]
    return {PREFIX + name: column for name, column in found.items()}


def _since(flags: Array) -> Array:
    """How many units above the last flagged one stands."""
    places = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags > 0, places, -_FAR))
    before = np.concatenate(([-_FAR], last[:-1]))[: len(flags)]
    return np.minimum(places - before, _FAR)
