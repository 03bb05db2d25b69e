"""The page title repeated with a site suffix."""

import re
from collections.abc import Iterator

from cleaner.detectors.base import line_claim
from cleaner.matching.matcher import squeeze
from cleaner.model import Category, Detection
from cleaner.view import View

_SEPARATOR = re.compile(r"\s+(?:-+|\||::?|>>?)\s+|\s*\|\s*")
_SUFFIX_WORDS = 6
_SUFFIX_CHARACTERS = 60
_HEADLINE_WORDS = 3
_LOOK = 12


class HeadlineDetector:
    """Claims a line that is the headline again, followed by a site's name."""

    name = "headline"

    def detect(self, view: View) -> Iterator[Detection]:
        """Claims among the first lines; the plain headline itself is never claimed."""
        first = view.filled[:_LOOK]
        titles = {_key(view.document.title)} if view.document.title else set()
        for number in first:
            key = _key(view.facts[number].text)
            headline = self._headline(key, titles)
            if headline:
                reason = "The headline stands here again, with a site's name behind it."
                yield line_claim(view, number, Category.HEADLINE, 0.96, reason, self.name)
            titles.add(key)

    def _headline(self, key: str, titles: set[str]) -> str | None:
        """The known headline that ``key`` repeats with a suffix."""
        for title in titles:
            suffix = key[len(title) :]
            if (
                key.startswith(title)
                and len(title.split()) >= _HEADLINE_WORDS
                and _SEPARATOR.match(suffix)
                and len(suffix.split()) <= _SUFFIX_WORDS + 1
                and len(suffix) <= _SUFFIX_CHARACTERS
            ):
                return title
        return None


def _key(text: str) -> str:
    return squeeze(text).casefold()
