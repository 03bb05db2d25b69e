"""What is taken from a page before it is cleaned: its text, and what it says of itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from cleaner.errors import ConfigError
from cleaner.model import Page


class Extractor(StrEnum):
    """The library that takes the text from a page."""

    TRAFILATURA = "trafilatura"

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


def extract(html: str | bytes, url: str | None = None, extractor: Extractor = Extractor.TRAFILATURA) -> Extraction:
    """Take the text from a page; ``url`` is where it was found.

    >>> extract("<html><body><article><p>Ships waited for days at the harbour.</p></article></body></html>").text
    'Ships waited for days at the harbour.'
    """
    return _EXTRACTORS[extractor](html, url)


def _with_trafilatura(html: str | bytes, url: str | None) -> Extraction:
    import trafilatura

    found = trafilatura.bare_extraction(html, url=url, include_comments=False, with_metadata=True)
    name, version = Extractor.TRAFILATURA.value, trafilatura.__version__
    if found is None or isinstance(found, dict):
        return Extraction("", Page(name, version, url), ("nothing was found in the page that looks like an article",))
    page = Page(name, version, url or found.url, found.title, found.author, found.date)
    return Extraction(found.text or "", page)


_EXTRACTORS: Mapping[Extractor, Callable[[str | bytes, str | None], Extraction]] = MappingProxyType(
    {Extractor.TRAFILATURA: _with_trafilatura}
)
