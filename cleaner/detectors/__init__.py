"""The registry: one line a detector. Their order never changes a result."""

from cleaner.detectors.base import ContextDetector, Detector
from cleaner.detectors.context import BetweenDetector, SupportDetector, TailDetector
from cleaner.detectors.headline import HeadlineDetector
from cleaner.detectors.phrase import PhraseDetector
from cleaner.detectors.run import RunDetector
from cleaner.detectors.ticker import TickerDetector
from cleaner.detectors.vendor import VendorDetector

#: Look at the document alone.
DETECTORS: tuple[Detector, ...] = (
    PhraseDetector(),
    RunDetector(),
    HeadlineDetector(),
    TickerDetector(),
)

#: Look at the claims of the others as well.
CONTEXT_DETECTORS: tuple[ContextDetector, ...] = (
    TailDetector(),
    BetweenDetector(),
    SupportDetector(),
    VendorDetector(),
)
