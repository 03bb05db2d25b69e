"""The page title repeated with a site suffix."""

import re
from collections import Counter
from collections.abc import Collection, Iterator

from cleaner.detectors.base import line_claim
from cleaner.matching.squeezed import squeeze
from cleaner.model import Category, Detection
from cleaner.view import View

_SEPARATOR = re.compile(r"\s+(?:-+|\||::?|>>?)\s+|\s*\|\s*")
_SUFFIX_WORDS = 6
_SUFFIX_CHARACTERS = 60
_HEADLINE_WORDS = 3
_LOOK = 12
_BEGINNING = 5  # characters; what has three words has as many


class HeadlineDetector:
    """Claims a line that is the headline again, followed by a site's name."""

    name = "headline"

    def detect(self, view: View) -> Iterator[Detection]:
        """Claims among the first lines; the plain headline itself is never claimed."""
        titles = _titles(view)
        keys = _alike(view, titles)
        headlines = titles.union(keys.values())
        for number, key in keys.items():
            if any(_is_suffixed(key, headline) for headline in headlines):
                reason = "The headline stands here again, with a site's name behind it."
                yield line_claim(view, number, Category.HEADLINE, 0.96, reason, self.name)


def plain_headlines(view: View) -> frozenset[int]:
    """The numbers of lines that are the headline: the title itself, or what another line gives a site's name."""
    titles = _titles(view)
    keys = _alike(view, titles)
    repeats = titles.union(keys.values())
    return frozenset(n for n, key in keys.items() if key in titles or any(_is_suffixed(r, key) for r in repeats))


def _alike(view: View, titles: Collection[str]) -> dict[int, str]:
    """The keys of those of the first lines that begin as another of them, or a title, does; mostly there are none."""
    texts = {number: view.table.text_of(number) for number in view.filled[:_LOOK]}
    beginnings = {number: _beginning(text) for number, text in texts.items()}
    times = Counter([*beginnings.values(), *(title[:_BEGINNING] for title in titles)])
    return {number: _key(texts[number]) for number, beginning in beginnings.items() if times[beginning] > 1}


def _beginning(text: str) -> str:
    """The first characters of a line's key."""
    key = _key(text[: 4 * _BEGINNING])
    return (key if len(key) >= _BEGINNING else _key(text))[:_BEGINNING]


def _titles(view: View) -> set[str]:
    return {_key(view.document.title)} if view.document.title else set()


def _is_suffixed(key: str, headline: str) -> bool:
    """Whether ``key`` is the headline with a separator and a few words behind it."""
    suffix = key[len(headline) :]
    return (
        key.startswith(headline)
        and len(headline.split()) >= _HEADLINE_WORDS
        and bool(_SEPARATOR.match(suffix))
        and len(suffix.split()) <= _SUFFIX_WORDS + 1
        and len(suffix) <= _SUFFIX_CHARACTERS
    )


def _key(text: str) -> str:
    return squeeze(text).casefold()
