"""Lines that are boilerplate by the company they keep.

In 1 800 hand-labelled documents four in five boilerplate lines stand beside another, and two in three after the last
line of the article. So a line that says little by itself is claimed where what surrounds it is sure.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from cleaner.detectors.base import line_claim
from cleaner.facts import SURE
from cleaner.model import OPTIONAL_CATEGORIES, Detection
from cleaner.view import View

# Shares of boilerplate among the lines of the development set that stand so and say nothing themselves, rounded down.
_TAIL_ENCLOSED = 0.93  # 86 of 86
_TAIL_DENSE = 0.84  # 15 of 15, too few to be surer
_TAIL_SPARSE = 0.7  # 36 of 51: sign-offs and reference lists stand there as well
_TAIL_SENTENCE = 0.75  # a short last sentence of the article, below an ad in the middle of its end
_DENSE = 0.6
_BETWEEN_KINDS = 0.92  # 112 of 113
_BETWEEN = 0.7
_MOST_BETWEEN = 8

_WEAK = 0.4
_BESIDE_SURE = 0.6
_IN_ROW = 0.6
_ROW = 3
_ROW_OUTSIDE = 2
_OUTSIDE = 0.5
_REPEATED = 0.25


class TailDetector:
    """Claims short lines in the tail below a line that is surely boilerplate."""

    name = "tail"

    def detect(self, view: View, claims: Sequence[Detection]) -> Iterator[Detection]:
        """Surest where boilerplate stands above and below; after the last of it, a sign-off or a source may follow."""
        sure = _sure_lines(view, claims)
        tail = view.filled[bisect_left(view.filled, view.tail_start) :]
        marks = [n for n in tail if n in sure]
        if not marks:
            return
        below = [n for n in tail if n > marks[0] and not view.facts[n].known]
        dense = len(marks) >= _DENSE * (len(below) + 1)
        above = sure[marks[0]]
        for number in below:
            if number in sure:
                above = sure[number]
                continue
            if number < marks[-1]:
                base, place = _TAIL_ENCLOSED, "between lines that are surely not the article"
            else:
                base, place = _TAIL_DENSE if dense else _TAIL_SPARSE, f"below a line of category {above.category}"
            if view.facts[number].final:
                base = min(base, _TAIL_SENTENCE)
            reason = f"Stands after the article's last paragraph, {place}."
            yield line_claim(view, number, above.category, base, reason, self.name)


class BetweenDetector:
    """Claims a few short lines that sure boilerplate encloses among the article's paragraphs."""

    name = "between"

    def detect(self, view: View, claims: Sequence[Detection]) -> Iterator[Detection]:
        """Surest between two kinds, one in several lines: a box. One label again and again is a page's layout."""
        sure = _sure_lines(view, claims)
        # Before the first paragraph the headline, byline and date stand among menus and share buttons.
        first, last = (bisect_left(view.filled, end) for end in (view.head_end, view.tail_start))
        filled = view.filled[first:last]
        marks = [i for i, n in enumerate(filled) if n in sure]
        for above, below in pairwise(marks):
            inside = filled[above + 1 : below]
            if not 0 < len(inside) <= _MOST_BETWEEN or any(view.facts[n].prose for n in inside):
                continue
            upper, lower = sure[filled[above]].category, sure[filled[below]].category
            around = (*filled[max(0, above - 1) : above], *filled[below + 1 : below + 2])
            box = any(n in sure for n in around)
            base = _BETWEEN_KINDS if box and upper != lower else _BETWEEN
            reason = f"Stands between a line of category {upper} and one of category {lower}."
            for number in inside:
                yield line_claim(view, number, upper, base, reason, self.name)


class SupportDetector:
    """Supports weak claims by where they stand: beside sure ones, several in a row, or outside the prose."""

    name = "support"

    def detect(self, view: View, claims: Sequence[Detection]) -> Iterator[Detection]:
        """One claim for each line that a rule weakly claims and whose place speaks for it."""
        sure = _sure_lines(view, claims)
        weak = _lines(view, [c for c in claims if c.provenance.detector == "phrase" and not c.adjustments], _WEAK)
        if not weak:
            return
        filled = view.filled
        repeated: Counter[str] | None = None  # counted when it is first asked for
        rows = _rows([n in weak or n in sure for n in filled])
        for index, number in enumerate(filled):
            if number not in weak or number in sure:
                continue
            outside = view.in_head(number) or view.in_tail(number)
            beside = any(n in sure for n in (*filled[max(0, index - 1) : index], *filled[index + 1 : index + 2]))
            if beside:
                base, place = _BESIDE_SURE, "stands beside a line that surely is"
            elif rows[index] >= (_ROW_OUTSIDE if outside else _ROW):
                base, place = _IN_ROW, f"stands among {rows[index]} such lines in a row"
            elif outside:
                base, place = _OUTSIDE, "stands outside the article's paragraphs"
            else:
                if repeated is None:
                    repeated = Counter(view.table.text_of(n).strip() for n in filled)
                if repeated[view.table.text_of(number).strip()] < 2:
                    continue
                base, place = _REPEATED, "stands here more than once"
            reason = f"Says something that boilerplate says, and {place}."
            yield line_claim(view, number, weak[number].category, base, reason, self.name)


def _rows(marked: Sequence[bool]) -> list[int]:
    """For every place, how many marked places in a row it stands among."""
    lengths: list[int] = []
    for mark, group in groupby(marked):
        count = len(list(group))
        lengths += [count if mark else 0] * count
    return lengths


def _sure_lines(view: View, claims: Sequence[Detection]) -> dict[int, Detection]:
    return _lines(view, claims, SURE)


def _lines(view: View, claims: Sequence[Detection], least: float) -> dict[int, Detection]:
    """The strongest whole-line claim of at least ``least`` on each line that has one."""
    found: dict[int, Detection] = {}
    for claim in claims:
        if claim.confidence < least or claim.category in OPTIONAL_CATEGORIES:
            continue
        number, whole = view.placed(claim.span)
        if not whole:
            continue
        best = found.get(number)
        if best is None or (claim.confidence, best.category, best.reason) > (
            best.confidence,
            claim.category,
            claim.reason,
        ):
            found[number] = claim
    return found
