"""Lines that are boilerplate by the company they keep.

In 1 800 hand-labelled documents four in five boilerplate lines stand beside another, and two in three after the last line
of the article. So a line that says little by itself is claimed where what surrounds it is sure.
"""

from collections.abc import Iterator, Sequence

from cleaner.detectors.base import line_claim
from cleaner.model import Category, Detection
from cleaner.view import SURE, View

# What was seen on unlabelled lines of the development set, by place (share that was boilerplate, rounded down).
_BELOW = 0.9
_BETWEEN = 0.88
_WEAK_BESIDE = 0.6
_WEAK_IN_TAIL = 0.5
_WEAK = 0.4
_MOST_WORDS_BETWEEN = 12
_REPEATED = 0.5


class TailDetector:
    """Claims short lines in the tail below a line that is surely boilerplate."""

    name = "tail"

    def detect(self, view: View, claims: Sequence[Detection]) -> Iterator[Detection]:
        """After the article's last paragraph, nothing of it comes back below a sign-up box or a share prompt."""
        sure = _sure_lines(view, claims)
        above: Detection | None = None
        for number in range(view.tail_start, len(view.lines)):
            if view.facts[number].blank:
                continue
            if above is not None and number not in sure:
                reason = f"Stands after the article's last paragraph, below a line of category {above.category}."
                yield line_claim(view, number, above.category, _BELOW, reason, self.name)
            above = sure.get(number, above)


class BetweenDetector:
    """Claims a short line with sure boilerplate right above and right below it."""

    name = "between"

    def detect(self, view: View, claims: Sequence[Detection]) -> Iterator[Detection]:
        """Claims about single lines; two in a row are no longer enclosed."""
        sure = _sure_lines(view, claims)
        filled = view.filled
        for before, number, after in zip(filled, filled[1:], filled[2:], strict=False):
            facts = view.facts[number]
            if before in sure and after in sure and number not in sure and not facts.prose:
                if facts.words > _MOST_WORDS_BETWEEN or facts.bullet:
                    continue
                category = sure[before].category
                reason = f"Stands between two lines that are surely not the article, the upper of category {category}."
                yield line_claim(view, number, category, _BETWEEN, reason, self.name)


class SupportDetector:
    """Supports weak claims where they stand beside sure ones, in the tail, or again and again."""

    name = "support"

    def detect(self, view: View, claims: Sequence[Detection]) -> Iterator[Detection]:
        """One claim for each line that has a weak claim and something that speaks for it."""
        sure = _sure_lines(view, claims)
        weak = _lines(view, claims, _WEAK)
        filled = view.filled
        counts: dict[str, int] = {}
        for number in filled:
            text = view.facts[number].text.strip()
            counts[text] = counts.get(text, 0) + 1
        for index, number in enumerate(filled):
            if number not in weak or number in sure:
                continue
            category = weak[number].category
            beside = {n for n in (*filled[max(0, index - 1) : index], *filled[index + 1 : index + 2]) if n in sure}
            if beside:
                reason = "Says something that boilerplate says, and stands beside a line that surely is."
                yield line_claim(view, number, category, _WEAK_BESIDE, reason, self.name)
            elif view.in_tail(number):
                reason = "Says something that boilerplate says, and stands after the article's last paragraph."
                yield line_claim(view, number, category, _WEAK_IN_TAIL, reason, self.name)
            elif counts[view.facts[number].text.strip()] > 1:
                reason = "Says something that boilerplate says, and stands here more than once."
                yield line_claim(view, number, category, _REPEATED, reason, self.name)


def _sure_lines(view: View, claims: Sequence[Detection]) -> dict[int, Detection]:
    return _lines(view, claims, SURE)


def _lines(view: View, claims: Sequence[Detection], least: float) -> dict[int, Detection]:
    """The strongest whole-line claim of at least ``least`` on each line that has one."""
    numbers = {line.whole: line.number for line in view.lines}
    found: dict[int, Detection] = {}
    for claim in claims:
        number = numbers.get(claim.span)
        if number is None or claim.confidence < least or claim.category in (Category.META, Category.TITLE):
            continue
        best = found.get(number)
        if best is None or (claim.confidence, best.category, best.reason) > (
            best.confidence,
            claim.category,
            claim.reason,
        ):
            found[number] = claim
    return found
