"""The registry: one line a detector. Their order never changes a result."""

from cleaner.detectors.base import ContextDetector, Detector
from cleaner.detectors.context import BetweenDetector, SupportDetector, TailDetector
from cleaner.detectors.headline import HeadlineDetector
from cleaner.detectors.learned import LearnedDetector
from cleaner.detectors.linklist import LinkListDetector
from cleaner.detectors.markup import MarkupDetector
from cleaner.detectors.phrase import PhraseDetector
from cleaner.detectors.run import RunDetector
from cleaner.detectors.ticker import TickerDetector
from cleaner.detectors.vendor import VendorDetector
from cleaner.model import Detection
from cleaner.view import View

#: Look at the document alone.
DETECTORS: tuple[Detector, ...] = (
    PhraseDetector(),
    RunDetector(),
    HeadlineDetector(),
    TickerDetector(),
    MarkupDetector(),
    LinkListDetector(),
)

#: Look at the claims of the others as well.
CONTEXT_DETECTORS: tuple[ContextDetector, ...] = (
    TailDetector(),
    BetweenDetector(),
    SupportDetector(),
    VendorDetector(),
)

#: What detectors are called in records, the model's among them.
NAMES = frozenset({*(d.name for d in DETECTORS), *(d.name for d in CONTEXT_DETECTORS), LearnedDetector.name})


def claims_on(view: View) -> list[Detection]:
    """Every claim of the detectors about a document, without the model's."""
    claims = [claim for detector in DETECTORS for claim in detector.detect(view)]
    return claims + [claim for context in CONTEXT_DETECTORS for claim in context.detect(view, claims)]
