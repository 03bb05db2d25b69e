"""Cleaner: take what is not the article out of scraped article text, with proof.

>>> import cleaner
>>> result = cleaner.clean("The harbour reopened on Monday.\\nAdvertisement\\nShips waited for days.\\n")
>>> print(result.text, end="")
The harbour reopened on Monday.
Ships waited for days.
>>> result.removals[0].reason
'The line is nothing but the label of an ad slot.'
>>> result.restore().count("Advertisement")
1
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cleaner.version import __version__

if TYPE_CHECKING:
    from cleaner.apply import restore
    from cleaner.config import Config, Mode
    from cleaner.errors import CleanerError
    from cleaner.model import AuditRecord, Category, Document, Form, Kept, Page, Removal
    from cleaner.pipeline import Cleaner
    from cleaner.result import CleanResult

__all__ = [
    "AuditRecord",
    "Category",
    "CleanResult",
    "Cleaner",
    "CleanerError",
    "Config",
    "Document",
    "Form",
    "Kept",
    "Mode",
    "Page",
    "Removal",
    "__version__",
    "clean",
    "clean_html",
    "clean_many",
    "restore",
]

_HOMES = {
    "AuditRecord": "model",
    "Category": "model",
    "CleanResult": "result",
    "Cleaner": "pipeline",
    "CleanerError": "errors",
    "Config": "config",
    "Document": "model",
    "Form": "model",
    "Kept": "model",
    "Mode": "config",
    "Page": "model",
    "Removal": "model",
    "restore": "apply",
}


def clean(text: str, url: str | None = None, title: str | None = None, *, form: str = "text") -> "CleanResult":
    """Clean one text with the default settings; ``url`` and ``title`` are hints that nothing needs.

    ``form`` is ``text`` or ``markdown``.

    Raises ``ConfigError`` for another form, and no error for anything that a text can hold: any ``str`` is cleaned or
    passes through.
    """
    from cleaner.pipeline import default_cleaner

    return default_cleaner().clean(text, url=url, title=title, form=form)


def clean_many(texts: Iterable[str]) -> "Iterator[CleanResult]":
    """Clean texts with the default settings, lazily and in order.

    >>> [r.text for r in clean_many(["One.\\nAdvertisement\\n", "Two.\\n"])]
    ['One.\\n', 'Two.\\n']
    """
    from cleaner.pipeline import default_cleaner

    return default_cleaner().clean_many(texts)


def clean_html(html: str | bytes, url: str | None = None, *, extractor: str = "trafilatura") -> "CleanResult":
    """Extract the text of a web page and clean it with the default settings; ``url`` is where it was found.

    ``extractor`` is trafilatura or resiliparse. Raises ``InputError`` for a page on which it would take time or memory
    without end, and ``ConfigError`` if there is no such extractor, or it is not installed.

    >>> page = "<html><body><article><p>A story.</p><p>Advertisement</p><p>Its end.</p></article></body></html>"
    >>> print(clean_html(page).text)
    A story.
    Its end.
    """
    from cleaner.pipeline import default_cleaner

    return default_cleaner().clean_html(html, url, extractor=extractor)


def __getattr__(name: str) -> Any:
    """Import the public names at their first use, so that ``cleaner --version`` starts at once."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
