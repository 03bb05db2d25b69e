"""What a trained model says of each line, and of each sentence of very long lines."""

from collections.abc import Iterator, Sequence

from cleaner.detectors.doubts import like_a_heading
from cleaner.detectors.headline import plain_headlines
from cleaner.detectors.linklist import own_lists
from cleaner.learned.scorer import Judged, Model
from cleaner.model import OPTIONAL_CATEGORIES, Adjustment, Category, Detection, PackStamp, Provenance
from cleaner.view import View

#: Units whose probability is at least so much are claimed, so that near misses are recorded as refused.
LEAST = 0.5

# What stands where a heading stands is kept unless a rule is sure by itself: the model knows wording and place, and a
# chapter on contact angles has the wording of "Contact".
_LIKE_A_HEADING = Adjustment("may be a heading", -0.35)
_HEADLINE = Adjustment("may be the headline", -0.35)
_OWN_LIST = Adjustment("may be a list of the article's own", -0.35)
_TABLE_ROW = Adjustment("may be the row of a table", -0.15)
# The labelled lines are of languages in Latin script but for a few dozen.
_LITTLE_EVIDENCE = Adjustment("little was learned from this script", -0.3)
# A paragraph costs most if it is lost by mistake.
_RUNNING_TEXT = Adjustment("running text that no rule claims", -0.12)
_LATIN_END = 0x250
_MOST_FOREIGN = 0.5


class LearnedDetector:
    """Claims what the model takes for something else than the article, all other claims taken into account."""

    name = "model"

    def __init__(self, model: Model, least: float = LEAST) -> None:
        self._model = model
        self._least = least

    @property
    def stamp(self) -> PackStamp:
        """The model's identity for an audit record."""
        return PackStamp(self.name, str(self._model.card.get("version", "0")), self._model.sha256)

    def detect(self, views: Sequence[View], claims: Sequence[Sequence[Detection]]) -> list[tuple[Detection, ...]]:
        """For each document, with the claims about it, one for every unit that is probably not the article."""
        found = self._model.judge(views, claims, self._least)
        return [tuple(self._claims(view, some)) for view, some in zip(views, found, strict=True)]

    def _claims(self, view: View, found: Sequence[Judged]) -> Iterator[Detection]:
        headlines = plain_headlines(view) if found else frozenset[int]()
        lists = own_lists(view) if found else frozenset[int]()
        for judged in found:
            unit = judged.unit
            span = view.table.whole(unit.line) if unit.whole else unit.span
            category = _known_category(view, unit.line) or judged.category
            doubts = tuple(_doubts(view, judged, headlines, lists))
            provenance = Provenance(self.name)
            yield Detection(span, category, judged.probability, judged.reason, provenance, doubts, weighs_all=True)


def _known_category(view: View, number: int) -> Category | None:
    """The kept category that a rule gives a line: what a rule knows as a byline is no teaser."""
    facts = view.facts[number]
    if not facts.known:
        return None
    kept = [r for r in facts.rules if r.category in OPTIONAL_CATEGORIES]
    return max(kept, key=lambda r: (r.confidence, r.id)).category


def _doubts(view: View, judged: Judged, headlines: frozenset[int], lists: frozenset[int]) -> Iterator[Adjustment]:
    if judged.unit.whole and like_a_heading(view, judged.unit.line, judged.category):
        yield _LIKE_A_HEADING
    if view.facts[judged.unit.line].table_row:
        yield _TABLE_ROW
    if not judged.claimed:
        if view.facts[judged.unit.line].prose:
            yield _RUNNING_TEXT
        if _is_foreign(judged.unit.text):
            yield _LITTLE_EVIDENCE
    if judged.unit.line in headlines:
        yield _HEADLINE
    if judged.unit.line in lists and not judged.claimed:
        yield _OWN_LIST


def _is_foreign(text: str) -> bool:
    """Whether most letters are of another script than Latin."""
    if text.isascii():
        return False
    letters = [c for c in text if c.isalpha()]
    return sum(ord(c) >= _LATIN_END for c in letters) > _MOST_FOREIGN * len(letters)
