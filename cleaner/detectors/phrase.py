"""Pack phrases and regexes: most rules run here."""

from collections.abc import Iterator

from cleaner.detectors.base import line_claim, part_claim
from cleaner.model import Detection, Rule, Scope
from cleaner.view import View

_BLOCK_LINES = 12
_BLOCK_WORDS = 16


class PhraseDetector:
    """Claims what the rules of the packs match, each in its scope."""

    name = "phrase"

    def detect(self, view: View) -> Iterator[Detection]:
        """A claim for every rule that matches a line or a sentence where its scope allows it."""
        for number in view.filled:
            facts = view.facts[number]
            for rule in facts.rules:
                if view.applies(rule):
                    yield from self._line(view, number, rule)
            for part in facts.parts:
                for rule in part.rules:
                    if view.applies(rule):
                        yield part_claim(view, number, part.span, rule, self.name)

    def _line(self, view: View, number: int, rule: Rule) -> Iterator[Detection]:
        if rule.scope is Scope.HEAD and not view.in_head(number):
            return
        if rule.scope is Scope.TAIL and not view.in_tail(number):
            return
        yield line_claim(view, number, rule.category, rule.confidence, rule.why, self.name, rule)
        if rule.scope is Scope.BLOCK:
            for other in range(number + 1, min(number + 1 + _BLOCK_LINES, len(view.lines))):
                facts = view.facts[other]
                if facts.blank or facts.prose or facts.words > _BLOCK_WORDS:
                    return
                yield line_claim(view, other, rule.category, rule.confidence, rule.why, self.name, rule)
