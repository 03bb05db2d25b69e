"""A vendor's further lines: what an advertiser who has nothing to do with the article says elsewhere in it.

Planted claims come several to an article. Where one of them is surely an advertisement and opens with a name that the
article never speaks of otherwise, other paragraphs that open with this name are its as well, whatever they say.
"""

import re
from collections.abc import Iterator, Sequence

from cleaner.detectors.base import line_claim
from cleaner.facts import SURE
from cleaner.model import Category, Detection
from cleaner.view import View

# A name of two words or more: one alone may open many a sentence. The first may be an article's "The".
_NAME = re.compile(r"[\"'“‘]?((?:[A-ZÀ-ÞА-Я][\w&.'’-]*)(?: (?:&|of|de|for|und|and)? ?[A-ZÀ-ÞА-Я][\w&.'’-]*){1,4})(?= )")
_ADVERTISING = frozenset({Category.AD, Category.PROMO})
_LEAST_OTHERS = 3
_CONFIDENCE = 0.86


class VendorDetector:
    """Claims paragraphs that open with the name of an advertiser in the same document."""

    name = "vendor"

    def detect(self, view: View, claims: Sequence[Detection]) -> Iterator[Detection]:
        """Only where three paragraphs or more, and the title, don't know the name."""
        advertising = (c for c in claims if c.category in _ADVERTISING and c.confidence >= SURE)
        sure = {number for number, whole in (view.placed(c.span) for c in advertising) if whole}
        names = sorted({name for number in sure if (name := _opening_name(view.facts[number].text))})
        for name in names:
            mentions = [n for n in view.filled if name in view.facts[n].text]
            further = [n for n in mentions if n not in sure]
            others = sum(view.facts[n].prose for n in view.filled if n not in mentions)
            spoken_of = name in (view.document.title or "") or any(
                _opening_name(view.facts[n].text) != name or not view.facts[n].prose for n in further
            )
            if spoken_of or others < _LEAST_OTHERS or others <= len(mentions):
                continue
            reason = f"Opens with {name}, whom an advertisement here praises and the article never mentions."
            for number in further:
                yield line_claim(view, number, Category.PROMO, _CONFIDENCE, reason, self.name)


def _opening_name(text: str) -> str:
    """The name of several words that a line opens with, or nothing.

    >>> _opening_name("Brenholt Office Systems makes label printers.")
    'Brenholt Office Systems'
    """
    match = _NAME.match(text.lstrip())
    return match[1] if match else ""
