"""What a detector promises, and what it is given."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from cleaner.model import Category, Detection, Provenance, Rule, Span
from cleaner.view import View


class Detector(Protocol):
    """Finds spans by one kind of evidence, from the document alone.

    ``detect`` is a pure function of the view: no state, no clock, no randomness. It points at whole lines (their
    ending included) or at sentences, and decides nothing.
    """

    name: str

    def detect(self, view: View) -> Iterable[Detection]:
        """Every claim about the document, in any order."""
        ...


class ContextDetector(Protocol):
    """Finds spans by what other detectors claim around them; otherwise as ``Detector``."""

    name: str

    def detect(self, view: View, claims: Sequence[Detection]) -> Iterable[Detection]:
        """Every further claim, given the claims of all the independent detectors."""
        ...


def line_claim(
    view: View, number: int, category: Category, base: float, reason: str, detector: str, rule: Rule | None = None
) -> Detection:
    """A claim about a whole line."""
    provenance = Provenance(detector, rule.id, rule.pack) if rule else Provenance(detector)
    return Detection(view.table.whole(number), category, base, reason, provenance)


def part_claim(view: View, number: int, part: Span, rule: Rule, detector: str) -> Detection:
    """A claim about a sentence; ``part`` is relative to the line's text."""
    start = view.table.starts[number]
    span = Span(start + part.start, start + part.end)
    return Detection(span, rule.category, rule.confidence, rule.why, Provenance(detector, rule.id, rule.pack))
