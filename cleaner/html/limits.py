"""What a page may be like at most to be given to an extractor, so that none of them takes time or memory without end.

The numbers come from measurements (docs/html.md): libraries for pages take time that grows with the square of some of
these. They are far above what articles have.
"""

import re
from dataclasses import dataclass

from cleaner.errors import InputError
from cleaner.html.tree import Tree

#: The most bytes of a page, or characters where it comes as such.
MAX_PAGE = 32 * 1024 * 1024
#: The most attributes of one element.
MAX_ATTRIBUTES = 5_000

# Comments and scripts are passed over whole, so that what looks like an element in them is not counted. A comment, a
# script or a value without its end takes the rest of the page, as for a parser, so each character is looked at once.
_MARKUP = re.compile(
    r"<!--(?:.*?-->|.*+)"
    r"|<(script|style)\b(?:.*?</\1|.*+)"
    r"|</(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b"
    r"|<[a-z][^\s/>]*+(?:[\s/]++|[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?+|'[^']*+'?+|[^\s>]*+))?+)*+",
    re.IGNORECASE | re.DOTALL,
)
_FORMATTING = re.compile(r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"?+|'[^']*+'?+|[^\s>]*+))?+")


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that an extractor is given.

    ``elements`` of the page; ``inline``: children of one element that have text behind them, other than line breaks;
    ``reopened``: elements for bold and the like that are never closed, times the elements of the page, since HTML 5 has
    them opened again in paragraph after paragraph. ``deep`` says that it takes pages on which lxml gives up because of
    their depth. ``None`` is no limit, and ``advice`` what to do about a page that is refused.
    """

    elements: int
    inline: int | None = None
    reopened: int | None = None
    deep: bool = False
    advice: str = "take its text"


def refuse_large(size: int, limit: int = MAX_PAGE) -> None:
    """Raise ``InputError`` for a page of more bytes than the limit."""
    if size > limit:
        raise InputError(
            f"the page's {size} bytes are more than {limit}; save it without embedded images, or take its text"
        )


def refuse_hostile(page: str, limits: Limits) -> None:
    """Raise ``InputError`` for a page that is too large, or has too many elements, or one with too many attributes.

    One pass over the page, before any parser sees it.

    >>> refuse_hostile("<p a b c>x</p>" * 100, Limits(elements=50))
    Traceback (most recent call last):
        ...
    cleaner.errors.InputError: the page has more than 50 elements; take its text
    """
    refuse_large(len(page))
    elements = unclosed = most = 0
    for match in _MARKUP.finditer(page):
        kind = page[match.start() + 1]
        if kind in "!/":
            unclosed -= kind == "/" and unclosed > 0
            continue
        elements += 1
        unclosed += bool(_FORMATTING.match(page, match.start()))
        most = max(most, unclosed)
        if elements > limits.elements:
            raise InputError(f"the page has more than {limits.elements} elements; {limits.advice}")
        if match.end() - match.start() > MAX_ATTRIBUTES and not match[1]:
            _refuse_attributes(match[0], limits.advice)
    if limits.reopened is not None and elements * most > limits.reopened:
        raise InputError(f"the page leaves too many elements such as <b> open; {limits.advice}")


def _refuse_attributes(element: str, advice: str) -> None:
    if sum(1 for _ in _ATTRIBUTE.finditer(element)) > MAX_ATTRIBUTES:
        raise InputError(f"an element of the page has more than {MAX_ATTRIBUTES} attributes; {advice}")


def refuse_crowded(tree: Tree, limits: Limits) -> None:
    """Raise ``InputError`` for a page in which one element has too many others within its text."""
    if limits.inline is None:
        return
    counts: dict[object, int] = {}
    for element in tree.elements():
        if element.tag == "br" or not element.tail or not element.tail.strip():
            continue
        parent = element.getparent()
        counts[parent] = counts.get(parent, 0) + 1
        if counts[parent] > limits.inline:
            raise InputError(
                f"an element of the page has more than {limits.inline} others within its text; {limits.advice}"
            )
