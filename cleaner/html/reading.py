"""Web pages on disk, as they are or as MHTML archives, and the text that is extracted from them."""

from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.discover import ARCHIVE_SUFFIXES
from cleaner.errors import InputError
from cleaner.files import read_bytes
from cleaner.html.extraction import Extraction
from cleaner.html.extractor import Extractor
from cleaner.html.limits import MAX_PAGE, refuse_large

if TYPE_CHECKING:
    from cleaner.pipeline import Cleaner

#: The most bytes of an archive: a page with its images.
MAX_ARCHIVE = 8 * MAX_PAGE

_HTML = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class PageBytes:
    """A page as it was found: its bytes, and what is known of its encoding and its url."""

    data: bytes
    charset: str | None = None
    url: str | None = None


def read_page(path: Path, cleaner: "Cleaner", extractor: str = Extractor.TRAFILATURA) -> Extraction:
    """Read a page or an archive of one and extract its text as a cleaner does.

    Raises ``InputError`` naming the file, and ``ConfigError`` if the extractor is not known or not installed.
    """
    archive = path.suffix.lower() in ARCHIVE_SUFFIXES
    try:
        size = path.stat().st_size if path.exists() else 0
        refuse_large(size, MAX_ARCHIVE if archive else MAX_PAGE)
        data = read_bytes(path)
    except InputError as error:
        raise _named(path, error) from None
    return extracted(data, str(path), cleaner, extractor, archive=archive)


def extracted(
    data: bytes, name: str, cleaner: "Cleaner", extractor: str = Extractor.TRAFILATURA, *, archive: bool = False
) -> Extraction:
    """Extract the text of a page that was read, as a cleaner does; ``archive`` says that the bytes are MHTML.

    Raises ``InputError`` naming ``name``, and ``ConfigError`` if the extractor is not known or not installed.
    """
    try:
        page = in_archive(data) if archive else PageBytes(data)
        return cleaner.extract(page.data, page.url, extractor=extractor, charset=page.charset)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def in_archive(data: bytes) -> PageBytes:
    r"""The page of an MHTML archive: its first part that is HTML. Raises ``InputError`` if there is none.

    >>> in_archive(b"Content-Type: text/html; charset=koi8-r\nContent-Location: https://example.com/a\n\n<p>A story")
    PageBytes(data=b'<p>A story', charset='koi8-r', url='https://example.com/a')
    """
    from email import message_from_bytes

    try:
        part = next((part for part in message_from_bytes(data).walk() if part.get_content_type() in _HTML), None)
    except RecursionError:
        raise InputError("its parts are nested too deeply; save the page as HTML") from None
    if part is None:
        raise InputError("holds no page (no part of it is HTML); save the page as HTML")
    payload = part.get_payload(decode=True)
    return PageBytes(payload if isinstance(payload, bytes) else b"", part.get_content_charset(), _url(part))


def _url(part: Message) -> str | None:
    url = str(part.get("Content-Location", "")).strip()
    return url if url.startswith(("http://", "https://")) else None


def _named(path: Path, error: InputError) -> InputError:
    told = str(error)
    return error if told.startswith(str(path)) else InputError(f"{path}: {told}")
