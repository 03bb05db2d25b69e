"""``trafilatura.extract`` with its options and output formats, cleaned."""

from collections.abc import Mapping
from configparser import ConfigParser
from dataclasses import replace
from inspect import signature
from types import MappingProxyType
from typing import Any

import trafilatura
from trafilatura.core import TXT_FORMATS, bare_extraction, determine_returnstring
from trafilatura.deduplication import content_fingerprint
from trafilatura.settings import DEFAULT_CONFIG, Document, Extractor, use_config

from cleaner import model
from cleaner.integrations.trafilatura_tree import cut, rendered
from cleaner.model import Page, Span
from cleaner.pipeline import Cleaner, default_cleaner
from cleaner.result import CleanResult

#: What a result says if a page's body cannot be followed through trafilatura.
UNMAPPED = "nothing was cleaned: the lines of the text cannot be traced to the elements of the page"

#: What the options are called that ``trafilatura.extract`` hands on as they are.
_OPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "output_format": "output_format",
        "precision": "favor_precision",
        "recall": "favor_recall",
        "comments": "include_comments",
        "formatting": "include_formatting",
        "links": "include_links",
        "images": "include_images",
        "tables": "include_tables",
        "dedup": "deduplicate",
        "lang": "target_language",
        "url": "url",
        "with_metadata": "with_metadata",
        "only_with_metadata": "only_with_metadata",
        "tei_validation": "tei_validation",
        "author_blacklist": "author_blacklist",
        "url_blacklist": "url_blacklist",
        "date_params": "date_extraction_params",
    }
)


def extract(
    filecontent: Any,
    url: str | None = None,
    record_id: str | None = None,
    fast: bool = False,
    no_fallback: bool = False,
    favor_precision: bool = False,
    favor_recall: bool = False,
    include_comments: bool = True,
    output_format: str = "txt",
    tei_validation: bool = False,
    target_language: str | None = None,
    include_tables: bool = True,
    include_images: bool = False,
    include_formatting: bool | None = None,
    include_links: bool = False,
    deduplicate: Any = False,
    date_extraction_params: dict[str, Any] | None = None,
    with_metadata: bool = False,
    only_with_metadata: bool = False,
    max_tree_size: int | None = None,
    url_blacklist: set[str] | None = None,
    author_blacklist: set[str] | None = None,
    settingsfile: str | None = None,
    prune_xpath: Any = None,
    config: ConfigParser = DEFAULT_CONFIG,
    options: Extractor | None = None,
    *,
    cleaner: Cleaner | None = None,
) -> str | None:
    """``trafilatura.extract`` without what is not the article; ``cleaner`` says what that is.

    All other parameters are trafilatura's own and mean what they mean there. Where nothing is removed, the result is
    trafilatura's, byte for byte. Readers' comments that are asked for stay as they are.

    >>> page = "<html><body><article><p>A story.</p><p>Advertisement</p><p>Its end.</p></article></body></html>"
    >>> extract(page, output_format="xml", include_comments=False).split("\\n")[2:4]
    ['    <p>A story.</p>', '    <p>Its end.</p>']
    """
    # first of all, while there is nothing but the parameters
    return _extracted(locals())[0]


def extract_with_audit(
    filecontent: Any, *args: Any, cleaner: Cleaner | None = None, **options: Any
) -> tuple[str | None, CleanResult | None]:
    """As ``extract``, with the same parameters, and the result of cleaning: its source is the text of the page's body.

    Both are ``None`` where trafilatura finds nothing.

    >>> page = "<html><body><article><p>A story.</p><p>Advertisement</p><p>Its end.</p></article></body></html>"
    >>> output, result = extract_with_audit(page, url="https://example.com/story")
    >>> output, [removal.text for removal in result.removals]
    ('A story.\\nIts end.', ['Advertisement\\n'])
    """
    given = signature(extract).bind(filecontent, *args, cleaner=cleaner, **options)
    given.apply_defaults()
    return _extracted(given.arguments)


def _extracted(given: Mapping[str, Any]) -> tuple[str | None, CleanResult | None]:
    options = given["options"] if isinstance(given["options"], Extractor) else _options(given)
    if options.format == "python":
        raise ValueError("output_format 'python' is for trafilatura.bare_extraction alone; name another")
    others = {name: given[name] for name in ("no_fallback", "max_tree_size", "prune_xpath")}
    found = bare_extraction(given["filecontent"], options=options, **others)
    if not isinstance(found, Document):
        return None, None
    result = _clean(found, options.url, given["record_id"] or "", given["cleaner"] or default_cleaner())
    return _written(found, options, given["record_id"]), result


def _options(given: Mapping[str, Any]) -> Extractor:
    """What ``trafilatura.extract`` makes of its parameters."""
    settings = given["settingsfile"]
    return Extractor(
        config=use_config(settings) if settings else given["config"],
        fast=given["fast"] or given["no_fallback"],
        **{name: given[parameter] for name, parameter in _OPTIONS.items()},
    )


def _clean(found: Document, url: str | None, id: str, cleaner: Cleaner) -> CleanResult:
    """Clean the body in place."""
    page = Page("trafilatura", trafilatura.__version__, url or found.url, found.title, found.author, found.date)
    body = rendered(found.body)
    document = model.Document(body.text if body else "", id, page.url, page.title, page)
    (result,) = cleaner.clean_documents([document])
    if body is None:
        return replace(result, incomplete=(UNMAPPED,))
    if result.removals:
        cut(body, [Span(removal.start, removal.end) for removal in result.removals])
        found.raw_text = " ".join(found.body.itertext()).strip()
    return result


def _written(found: Document, options: Extractor, record_id: str | None) -> str:
    """A document in its output format, as ``trafilatura.extract`` writes it."""
    if options.format not in TXT_FORMATS or options.with_metadata:
        found.id = record_id
        if found.raw_text is not None:
            found.fingerprint = content_fingerprint(f"{found.title} {found.raw_text}")
    return determine_returnstring(found, options)
