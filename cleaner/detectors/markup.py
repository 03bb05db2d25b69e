"""Lines of a web page that its markup says are not the article."""

from collections.abc import Iterator

from cleaner.detectors.base import line_claim
from cleaner.model import Detection
from cleaner.view import View

NAME = "markup"


class MarkupDetector:
    """Claims the lines that the hints of a page's document speak against."""

    name = NAME

    def detect(self, view: View) -> Iterator[Detection]:
        """A claim for every hint; a document without hints, or with hints for other lines than it has, gets none."""
        hints = view.document.hints
        if len(hints) != len(view.lines):
            return
        for number, hint in enumerate(hints):
            if hint is not None:
                yield line_claim(view, number, hint.category, hint.doubt, hint.reason, self.name)
