"""The page title repeated with a site suffix."""

import re
from collections.abc import Iterator

from cleaner.detectors.base import line_claim
from cleaner.matching.squeezed import squeeze
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
        if not _has_separator(view):
            return
        keys = _first_keys(view)
        headlines = {*keys.values(), *_titles(view)}
        for number, key in keys.items():
            if _may_separate(key) and any(_is_suffixed(key, headline) for headline in headlines):
                reason = "The headline stands here again, with a site's name behind it."
                yield line_claim(view, number, Category.HEADLINE, 0.96, reason, self.name)


def plain_headlines(view: View) -> frozenset[int]:
    """The numbers of lines that are the headline: the title itself, or what another line gives a site's name."""
    titles = _titles(view)
    if not titles and not _has_separator(view):
        return frozenset()
    keys = _first_keys(view)
    repeats = titles.union(filter(_may_separate, keys.values()))
    return frozenset(n for n, key in keys.items() if key in titles or any(_is_suffixed(r, key) for r in repeats))


def _has_separator(view: View) -> bool:
    """Whether one of the first lines may have a site's name behind a separator; in most documents none has."""
    first = view.filled[:_LOOK]
    if not first:
        return False
    return _may_separate(squeeze(view.document.text[view.table.starts[first[0]] : view.table.ends[first[-1]]]))


def _may_separate(squeezed: str) -> bool:
    """Whether a text has the beginning of a separator; much faster than to look for a whole one."""
    return "|" in squeezed or " -" in squeezed or " :" in squeezed or " >" in squeezed


def _first_keys(view: View) -> dict[int, str]:
    return {number: _key(view.table.text_of(number)) for number in view.filled[:_LOOK]}


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
