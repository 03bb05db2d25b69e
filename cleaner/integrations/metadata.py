"""The metadata of other libraries' documents: hints for a cleaner, and the place of audit records."""

from collections.abc import Mapping
from typing import Any

from cleaner.errors import InputError

#: Where a document's audit record is put in its metadata, unless another name is given.
RECORD = "cleaner"


def text_of(metadata: Mapping[Any, Any], name: str) -> str | None:
    """The text under a name, if there is one.

    >>> text_of({"title": "Harbour", "tags": ["sea"]}, "title"), text_of({"title": 3}, "title")
    ('Harbour', None)
    """
    value = metadata.get(name)
    return value if isinstance(value, str) and value else None


def url_of(metadata: Mapping[Any, Any], name: str) -> str | None:
    """The url under a name; what may as well be the path of a file is none.

    >>> url_of({"source": "https://example.com/a"}, "source"), url_of({"source": "pages/a.txt"}, "source")
    ('https://example.com/a', None)
    """
    value = text_of(metadata, name)
    return value if value and "://" in value else None


def refuse_second(metadata: Mapping[Any, Any], record: str, document: str, step: str) -> None:
    """Raise ``InputError`` if a document has an audit record already: it would be lost."""
    if record in metadata:
        raise InputError(
            f"{document} has metadata {record!r} already, as after an earlier step of Cleaner; leave one of them out, "
            f"or give this one another name with {step}(record=...)"
        )
