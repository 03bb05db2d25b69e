"""Whether a recurring line may become a rule, and how sure one can be of it before a person has looked."""

from dataclasses import dataclass

from cleaner.config import THRESHOLDS, Mode
from cleaner.learn.evidence import Evidence

#: A candidate is proposed with so many points or more.
ENOUGH = 4
#: Of the documents looked into, so many have to be different texts, and at least this share (0-1).
LEAST_TEXTS = 3
LEAST_TEXTS_SHARE = 0.3
#: Lines that come and go within a week are news; they have to recur on so many days, over so many.
LEAST_DAYS = 3
LEAST_SPAN = 14
MOST_IN_A_WEEK = 0.8
#: Where Cleaner removes a line in this share of documents already, a rule would add nothing.
KNOWN = 0.95
#: What stands on so many sites is hardly of one author's.
MANY_SITES = 10
#: Most of the documents (0-1).
MOST = 0.7
#: How sure Cleaner has to be on average for three points, two, and one; and below which it is sure of the contrary.
CLAIMED = (0.5, 0.25, 0.1)
DENIED = 0.03

#: What is said where the points are too few.
TOO_LITTLE = "too little speaks for it"

_LOWEST = 0.40
_STEP = 0.05
_HIGHEST = THRESHOLDS[Mode.BALANCED] - 0.02
_QUOTES = ('"', "“", "„", "«", "»", "‘", "「", "『")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a candidate is proposed, with its points, or what speaks against it."""

    points: int
    against: str = ""

    @property
    def proposed(self) -> bool:
        """Whether it may become a rule."""
        return not self.against

    @property
    def confidence(self) -> float:
        """What its rule is given until a person accepts it: mode ``thorough`` removes at it, ``balanced`` does not."""
        return round(min(_HIGHEST, _LOWEST + _STEP * (self.points - ENOUGH)), 2)


def hopeless(evidence: Evidence) -> str:
    """What rules a template out whatever Cleaner makes of it; empty if nothing does."""
    against = _is_one_text(evidence) or _is_a_burst(evidence)
    return against or ("" if _points(evidence) + len(CLAIMED) >= ENOUGH else TOO_LITTLE)


def judge(evidence: Evidence) -> Verdict:
    """Weigh the evidence on a template.

    Some evidence rules it out: one text printed many times, a burst of news, what Cleaner removes anyway. The rest adds
    up, each kind a few points.
    """
    against = hopeless(evidence) or _is_known(evidence)
    if against:
        return Verdict(0, against)
    points = _points(evidence) + _claims(evidence)
    return Verdict(points, "" if points >= ENOUGH else TOO_LITTLE)


def _points(evidence: Evidence) -> int:
    """The points for everything but what Cleaner makes of it."""
    return _place(evidence) + _fit(evidence) + _spread(evidence) + _shape(evidence)


def _is_one_text(evidence: Evidence) -> str:
    least = max(LEAST_TEXTS, LEAST_TEXTS_SHARE * evidence.looked_into)
    return "" if evidence.texts >= least else "it recurs with the text around it"


def _is_a_burst(evidence: Evidence) -> str:
    found = evidence.recurrence
    if found.first is None or found.last is None or found.dated < MOST * found.documents:
        return ""  # The days are not known.
    spread = found.days >= LEAST_DAYS and (found.last - found.first).days >= LEAST_SPAN
    return "" if spread and found.most_in_a_week <= MOST_IN_A_WEEK * found.dated else "it came and went within days"


def _is_known(evidence: Evidence) -> str:
    return "Cleaner removes it already" if evidence.removed >= KNOWN else ""


def _claims(evidence: Evidence) -> int:
    if evidence.claimed < DENIED:
        return -1
    return next((3 - i for i, least in enumerate(CLAIMED) if evidence.claimed >= least), 0)


def _place(evidence: Evidence) -> int:
    """Below everything of the article's own is the strongest place, above its prose the weakest."""
    if evidence.last >= MOST:
        return 2
    return 1 if evidence.tail >= MOST or evidence.head >= MOST else 0


def _fit(evidence: Evidence) -> int:
    """What fits the articles around it is more likely theirs: a law that they all quote, a step of every recipe."""
    return 1 if evidence.fit <= 0.25 else -1 if evidence.fit >= 0.5 else 0


def _spread(evidence: Evidence) -> int:
    found = evidence.recurrence
    sites = found.wide + (found.wide and found.spread >= MANY_SITES)
    return (evidence.share >= 0.2) + (evidence.share >= 0.5) + sites


def _shape(evidence: Evidence) -> int:
    """Headings and questions have the article below them, quotations are somebody's words; links lead away."""
    line = evidence.variants[0].strip()
    points = 0
    if evidence.heads >= 0.5:
        points -= 4
    elif evidence.short and max(evidence.last, evidence.tail, evidence.head) < MOST:
        points -= 3
    if line.endswith(("?", "？")) and evidence.last < MOST:
        points -= 3
    if line.startswith(_QUOTES):
        points -= 3
    return points + ("{url}" in evidence.template.text or "{mail}" in evidence.template.text or "©" in line)
