"""What is taken from a page before it is cleaned: its text, and what it says of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from cleaner.errors import ConfigError, InputError
from cleaner.html.decode import decode_page
from cleaner.html.limits import Limits, refuse_crowded, refuse_hostile, refuse_large
from cleaner.html.state import EMPTY, remarks
from cleaner.html.tree import Tree, parse
from cleaner.model import Page


class Extractor(StrEnum):
    """The library that takes the text from a page."""

    TRAFILATURA = "trafilatura"
    RESILIPARSE = "resiliparse"

    @classmethod
    def named(cls, name: str) -> "Extractor":
        """The extractor of a name. Raises ``ConfigError`` if there is none."""
        try:
            return cls(name)
        except ValueError:
            raise ConfigError(f"extractor: {name!r} is not one of {', '.join(cls)}") from None


@dataclass(frozen=True, slots=True)
class Extraction:
    """The text of a page, and the page; ``incomplete`` says in one sentence each why it may not be the article."""

    text: str
    page: Page
    incomplete: tuple[str, ...] = ()


def extract(
    html: str | bytes,
    url: str | None = None,
    extractor: Extractor = Extractor.TRAFILATURA,
    *,
    charset: str | None = None,
) -> Extraction:
    """Take the text from a page; ``url`` is where it was found, ``charset`` or Content-Type what its server said of it.

    Raises ``InputError`` for a page on which the extractor would take time or memory without end, and ``ConfigError``
    if it is not installed.

    >>> extract("<html><body><article><p>Ships waited for days at the harbour.</p></article></body></html>").text
    'Ships waited for days at the harbour.'
    """
    refuse_large(len(html))
    decoded = decode_page(html, charset)
    tree = _checked(decoded.text, _LIMITS[extractor])
    found = _EXTRACTORS[extractor](decoded.text, url)
    page = replace(found.page, encoding=decoded.encoding)
    said = (*(sentence for sentence in found.incomplete if sentence != EMPTY), *remarks(tree, found.text))
    return Extraction(found.text, page, said)


def version_of(extractor: str) -> str | None:
    """The version of an extractor, ``None`` if it is not installed, without importing it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(extractor)
    except PackageNotFoundError:
        return None


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


def _with_trafilatura(html: str | bytes, url: str | None) -> Extraction:
    import trafilatura

    found = trafilatura.bare_extraction(html, url=url, include_comments=False, with_metadata=True)
    name, version = Extractor.TRAFILATURA.value, trafilatura.__version__
    if found is None or isinstance(found, dict):
        return Extraction("", Page(name, version, url), ("nothing was found in the page that looks like an article",))
    page = Page(name, version, url or found.url, found.title, found.author, found.date)
    return Extraction(found.text or "", page)


def _with_resiliparse(html: str | bytes, url: str | None) -> Extraction:
    from cleaner.html.fast import text_and_page

    return Extraction(*text_and_page(decode_page(html).text, url))


_EXTRACTORS: Mapping[Extractor, Callable[[str | bytes, str | None], Extraction]] = MappingProxyType(
    {Extractor.TRAFILATURA: _with_trafilatura, Extractor.RESILIPARSE: _with_resiliparse}
)
# By measurement (docs/html.md): at these, an extractor takes some fifteen seconds at worst.
_LIMITS: Mapping[Extractor, Limits] = MappingProxyType(
    {
        Extractor.TRAFILATURA: Limits(
            30_000, inline=4_000, advice=f"extract it with {Extractor.RESILIPARSE}, or take its text"
        ),
        Extractor.RESILIPARSE: Limits(500_000, reopened=1_000_000, deep=True),
    }
)
