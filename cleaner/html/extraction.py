"""What is taken from a page before it is cleaned: its text, and what it says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cleaner.errors import InputError
from cleaner.html.decode import decode_page
from cleaner.html.extractor import Extractor
from cleaner.html.limits import Limits, refuse_crowded, refuse_hostile, refuse_large
from cleaner.html.state import remarks
from cleaner.html.tree import Tree, parse
from cleaner.model import Hint, Page

if TYPE_CHECKING:
    from cleaner.html.judge import PageModel


@dataclass(frozen=True, slots=True)
class Extraction:
    """The text of a page, and the page; ``incomplete`` says in one sentence each why it may not be the article.

    ``hints`` are what the page's markup says of each line, as in ``Document``.
    """

    text: str
    page: Page
    incomplete: tuple[str, ...] = ()
    hints: tuple[Hint | None, ...] = ()


def extract(
    html: str | bytes,
    url: str | None = None,
    extractor: Extractor = Extractor.TRAFILATURA,
    *,
    charset: str | None = None,
    model: "PageModel | None" = None,
) -> Extraction:
    """Take the text from a page; ``url`` is where it was found, ``charset`` or Content-Type what its server said of it.

    With a ``model``, what trafilatura lost and the model takes for the article's is taken back in, and lines that it
    takes for something else get a hint.

    Raises ``InputError`` for a page on which the extractor would take time or memory without end, and ``ConfigError``
    if it is not installed.

    >>> extract("<html><body><article><p>Ships waited for days at the harbour.</p></article></body></html>").text
    'Ships waited for days at the harbour.'
    """
    refuse_large(len(html))
    decoded = decode_page(html, charset)
    tree = _checked(decoded.text, _LIMITS[extractor])
    if extractor is Extractor.TRAFILATURA:
        found = _with_trafilatura(tree, url, model)
    else:
        found = _with_resiliparse(decoded.text, url)
    page = replace(found.page, encoding=decoded.encoding)
    return replace(found, page=page, incomplete=remarks(tree, found.text))


def _checked(page: str, limits: Limits) -> Tree:
    """The tree of a page that an extractor can be given."""
    refuse_hostile(page, limits)
    tree = parse(page)
    if tree.cut and limits.deep:
        tree = parse(page, huge=True)
        if tree.cut:
            raise InputError(f"the elements of the page are nested too deeply; {limits.advice}")
    refuse_crowded(tree, limits)
    return tree


def quick_text(tree: Tree) -> str:
    """What trafilatura takes from a page without asking other extractors; empty if it finds nothing."""
    found = _trafilatura(tree, None, fast=True)
    return found.text or "" if found else ""


def _trafilatura(tree: Tree, url: str | None, *, fast: bool) -> Any:
    """What trafilatura makes of a page, which is left as it is; ``fast``: without asking other extractors."""
    import trafilatura

    if tree.root is None:
        return None
    return trafilatura.bare_extraction(tree.root, url=url, fast=fast, include_comments=False)


def _with_trafilatura(tree: Tree, url: str | None, model: "PageModel | None") -> Extraction:
    text, hints = "", tuple[Hint | None, ...]()
    if model is not None:
        from cleaner.html.article import article_of

        text, hints = article_of(tree, quick_text(tree), model)
    if not text:
        found = _trafilatura(tree, url, fast=False)
        text, hints = found.text or "" if found else "", ()
    return Extraction(text, _page(tree, url), hints=hints)


def _page(tree: Tree, url: str | None) -> Page:
    """What a page says of itself."""
    import trafilatura
    from trafilatura.metadata import extract_metadata

    name, version = Extractor.TRAFILATURA.value, trafilatura.__version__
    if tree.root is None:
        return Page(name, version, url)
    said = extract_metadata(tree.root, url)
    return Page(name, version, url or said.url, said.title, said.author, said.date)


def _with_resiliparse(html: str, url: str | None) -> Extraction:
    from cleaner.html.fast import text_and_page

    return Extraction(*text_and_page(html, url))


# By measurement (docs/html.md): at these, an extractor takes some fifteen seconds at worst.
_LIMITS: Mapping[Extractor, Limits] = MappingProxyType(
    {
        Extractor.TRAFILATURA: Limits(
            30_000, inline=4_000, advice=f"extract it with {Extractor.RESILIPARSE}, or take its text"
        ),
        Extractor.RESILIPARSE: Limits(500_000, reopened=1_000_000, deep=True),
    }
)
