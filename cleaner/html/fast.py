"""A page's text and what it says of itself by resiliparse, which is many times as fast as trafilatura."""

import re
from typing import Any

from cleaner.extras import needed
from cleaner.model import Page

_WHO = "--extractor resiliparse needs"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
# Where pages say something of themselves: selectors, and the attributes that hold it, the best first.
_AUTHOR = (("meta[name='author']", "content"), ("meta[property='article:author']", "content"))
_DATE = (
    ("meta[property='article:published_time']", "content"),
    ("meta[name='date']", "content"),
    ("meta[itemprop='datePublished']", "content"),
    ("time[datetime]", "datetime"),
)
_TITLE = (("meta[property='og:title']", "content"),)
_URL = (("link[rel~='canonical']", "href"), ("meta[property='og:url']", "content"))


def text_and_page(html: str, url: str | None) -> tuple[str, Page]:
    """The main text of a page, and the page. Raises ``ConfigError`` if resiliparse is not installed."""
    from importlib.metadata import version

    parser: Any = needed("resiliparse.parse.html", "fast", _WHO)
    extractor: Any = needed("resiliparse.extract.html2text", "fast", _WHO)
    tree = parser.HTMLTree.parse(html)
    text = extractor.extract_plain_text(tree, main_content=True, alt_texts=False)
    day = _DAY.match(_first(tree, _DATE) or "")
    title = _first(tree, _TITLE) or (tree.title or "").strip() or None
    page = Page(
        "resiliparse", version("resiliparse"), url or _address(tree), title, _first(tree, _AUTHOR), day and day[0]
    )
    return text, page


def _address(tree: Any) -> str | None:
    found = _first(tree, _URL)
    return found if found and found.startswith(("http://", "https://")) else None


def _first(tree: Any, places: tuple[tuple[str, str], ...]) -> str | None:
    """What stands in the first of the places that are there."""
    for selector, attribute in places:
        element = tree.document.query_selector(selector)
        value = (element.getattr(attribute) or "").strip() if element is not None else ""
        if value:
            return str(value)
    return None
