"""What rules and structure say about each unit, as integer columns: confidences per thousand, counts, distances."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np

from cleaner.facts import SURE
from cleaner.learned.stack import FAR, Array, Stack
from cleaner.learned.units import Units
from cleaner.model import OPTIONAL_CATEGORIES, Category, Detection, Span
from cleaner.view import View

#: The columns that are noted of each unit; further ones are computed from them.
NAMES = ("rule", "run", "company", "other", "count", "kept", "part", "part_share", "guard", "category")
_RULE, _RUN, _COMPANY, _OTHER, _COUNT, _KEPT, _PART, _PART_SHARE, _GUARD, CATEGORY = range(len(NAMES))
_FIRM = _OTHER + 1  # so many columns hold the confidences of claims about a whole unit
_COLUMN = {"phrase": _RULE, "run": _RUN, "tail": _COMPANY, "between": _COMPANY, "support": _COMPANY}
# Their order is part of what the model learned: a new category comes last, or the model is trained again.
_CATEGORIES = {category: number for number, category in enumerate(Category, 1)}
#: The columns of this module begin so, the others don't.
PREFIX = "claim_"


def noted(views: Sequence[View], claims: Sequence[Sequence[Detection]], units: Sequence[Units]) -> Array:
    """What is claimed about the units of several documents in a row: a row a unit, a column for each of ``NAMES``."""
    result = np.zeros((sum(map(len, units)), len(NAMES)), dtype=np.int64)
    start = 0
    for view, some, own in zip(views, claims, units, strict=True):
        _note(view, some, own, result[start : start + len(own)])
        start += len(own)
    return result


def evidence(claims: Array, stack: Stack) -> dict[str, Array]:
    """Every column about claims: those that were noted, and how far sure ones are."""
    found = {name: claims[:, place] for place, name in enumerate(NAMES)}
    sure = (np.maximum(np.maximum(found["rule"], found["run"]), found["other"]) >= SURE * 1000).astype(np.int64)
    found["sure_before"] = stack.before(sure)
    found["sure_after"] = stack.total(sure) - found["sure_before"] - sure
    found["since_sure"] = stack.distance_back(sure, FAR)
    found["until_sure"] = stack.distance_ahead(sure, FAR)
    return {PREFIX + name: column for name, column in found.items()}


def _note(view: View, claims: Sequence[Detection], units: Units, rows: Array) -> None:
    """Write one document's guards and claims into the rows of its units."""
    guarded = [(number, guards) for number, guards in view.table.guards.items() if guards]
    if not (guarded or claims):
        return
    lines, starts, ends = units.lines.tolist(), units.starts.tolist(), units.ends.tolist()
    noted: dict[int, list[int]] = {}  # rows of the units that anything is known about
    for line, guards in guarded:
        weight = round(1000 * min(g.weight for g in guards))
        for number in range(bisect_left(lines, line), bisect_right(lines, line)):
            noted.setdefault(number, [0] * len(NAMES))[_GUARD] = weight
    for claim in claims:
        line, whole = view.placed(claim.span)
        for number in range(bisect_left(lines, line), bisect_right(lines, line)):
            span = Span(starts[number], ends[number])
            if whole or (claim.span.start < span.end and span.start < claim.span.end):
                _note_claim(claim, span, noted.setdefault(number, [0] * len(NAMES)), whole=whole)
    if noted:
        rows[list(noted)] = list(noted.values())


def _note_claim(claim: Detection, span: Span, row: list[int], *, whole: bool) -> None:
    """Write a claim about a line (its ``whole``) or about a part of it into the row of one of the line's units."""
    confidence = round(1000 * claim.confidence)
    if claim.category in OPTIONAL_CATEGORIES:
        if not whole:
            return
        place = _KEPT
    elif whole or claim.span == span:
        place = _COLUMN.get(claim.provenance.detector, _OTHER)
        row[_COUNT] += 1
        if confidence > max(row[:_FIRM]):
            row[CATEGORY] = _CATEGORIES[claim.category]
    else:
        place = _PART
        row[_PART_SHARE] += 1000 * len(claim.span) // max(len(span), 1)
    row[place] = max(row[place], confidence)
