"""Pack phrases and regexes: most rules run here."""

from collections.abc import Iterator
from dataclasses import replace

from cleaner.detectors.base import line_claim, part_claim
from cleaner.detectors.doubts import like_a_heading, like_a_title
from cleaner.model import Adjustment, Detection, Rule, Scope
from cleaner.view import View

_LIKE_A_HEADING = Adjustment("may be a heading", -0.14)
# What a story is called may be "All Rights Reserved"; of 1 800 labelled documents one opens with such a line of a page.
# But for an ad label, which stands there as well, that is too much doubt.
_LIKE_A_TITLE = Adjustment("may be the title", -0.3)
_TABLE_ROW = Adjustment("may be the row of a table", -0.15)

_BLOCK_LINES = 12
_BLOCK_WORDS = 16


class PhraseDetector:
    """Claims what the rules of the packs match, each in its scope."""

    name = "phrase"

    def detect(self, view: View) -> Iterator[Detection]:
        """A claim for every rule that matches a line or a sentence where its scope allows it."""
        for number in view.matched:
            facts = view.facts[number]
            for rule in facts.rules:
                if view.applies(rule):
                    yield from self._line(view, number, rule)
            for part in facts.parts:
                for rule in part.rules:
                    if view.applies(rule):
                        claim = part_claim(view, number, part.span, rule, self.name)
                        alone = len(part.span) == len(facts.text)
                        yield self._adjusted(view, number, claim) if alone else claim

    def _adjusted(self, view: View, number: int, claim: Detection) -> Detection:
        """The claim, weakened by what the line may be instead."""
        if like_a_heading(view, number, claim.category):
            doubt = _LIKE_A_TITLE if like_a_title(view, number, claim.category) else _LIKE_A_HEADING
            return replace(claim, adjustments=(*claim.adjustments, doubt))
        if view.facts[number].table_row:
            return replace(claim, adjustments=(*claim.adjustments, _TABLE_ROW))
        return claim

    def _line(self, view: View, number: int, rule: Rule) -> Iterator[Detection]:
        if rule.scope is Scope.HEAD and not view.in_head(number):
            return
        if rule.scope is Scope.TAIL and not view.in_tail(number):
            return
        claim = line_claim(view, number, rule.category, rule.confidence, rule.why, self.name, rule)
        yield self._adjusted(view, number, claim)
        if rule.scope is Scope.BLOCK:
            for other in range(number + 1, min(number + 1 + _BLOCK_LINES, len(view.lines))):
                facts = view.facts[other]
                if facts.blank or facts.prose or facts.words > _BLOCK_WORDS:
                    return
                yield line_claim(view, other, rule.category, rule.confidence, rule.why, self.name, rule)
