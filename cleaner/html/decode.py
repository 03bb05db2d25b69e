"""A page's bytes as characters that a parser takes."""

import codecs
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.files import UTF_8, guessed_encodings
from cleaner.html.limits import MAX_PAGE

#: A page's own words on its charset are looked for in so many bytes at its start.
HEAD_BYTES = 4096
#: An encoding is the wrong one if more than this share (0-1) of what is no ASCII cannot be decoded with it.
BROKEN_SHARE = 0.1

# UTF-32's mark starts with UTF-16's; browsers know only the latter, but a page that has the former is decoded too.
_MARKS = (
    (codecs.BOM_UTF8, UTF_8),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Pages in UTF-16 without a mark: the bytes of "<" are all that is needed.
_BARE_UTF_16 = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))
_GZIP = b"\x1f\x8b\x08"
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_DECLARED = re.compile(
    rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']?\s*([\w.:-]+)|<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE
)
_PARAMETER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]*>|[\x00-\x7f]{200,}")
_GUESSED_FROM = 1 << 16
# So many bytes more than characters; text in another encoding that is UTF-8 all the same does not get that far.
_NO_ACCIDENT = 32
_REPLACED = "\ufffd".encode()
# What XML, and so lxml, cannot hold; a page has no use for a form feed either.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")
# Pictures within a page; with many of them, lxml takes the page for too large and gives up.
_EMBEDDED = re.compile(r"(?<=;base64,)[A-Za-z0-9+/]{1000,}={0,2}")
# An empty element in XHTML, which parsers of HTML take for the start of one that holds the rest of the page.
_EMPTY = re.compile(r"<(script|style|title|textarea|iframe|noscript)((?:\s[^<>]*)?(?:[\s\"']))?/>", re.IGNORECASE)
_XHTML = "http://www.w3.org/1999/xhtml"
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A page as characters, and the encoding its bytes had, by Python's name; ``None`` if it came as characters."""

    text: str
    encoding: str | None


def decode_page(page: str | bytes, charset: str | None = None) -> Decoded:
    r"""Decode a page; ``charset`` is what the server said: a label, or the whole Content-Type.

    A byte order mark decides; then the server's charset counts, then the page's own, then what its bytes look like. One
    with which much cannot be decoded is passed over, and so is any other where the bytes are plainly UTF-8. What
    is broken becomes U+FFFD; characters that no parser takes, and files within the page, are left out. Never raises for
    what a page holds.

    >>> decode_page(b"<meta charset=latin1><p>caf\xe9 \x96 bar")
    Decoded(text='<meta charset=latin1><p>café – bar', encoding='cp1252')
    >>> decode_page(b"<p>\xef\xf0\xe8\xe2\xe5\xf2", "text/html; charset=windows-1251").text
    '<p>привет'
    """
    if isinstance(page, str):
        return Decoded(_possible(page), None)
    data = _inflated(page)
    text, encoding = _decoded(data, charset)
    return Decoded(_possible(text), encoding)


def charset_of(content_type: str | None) -> str | None:
    """The label of the charset that a Content-Type names.

    >>> charset_of('text/html; charset="ISO-8859-1"')
    'ISO-8859-1'
    """
    match = _PARAMETER.search(content_type or "")
    return match[1] if match else None


def _decoded(data: bytes, charset: str | None) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace"), encoding
    for encoding in _candidates(data, charset):
        text = _read(data, encoding)
        if _fits(text, data):
            return text, encoding
    return data.decode("cp1252", "replace"), "cp1252"


def _candidates(data: bytes, charset: str | None) -> Iterator[str]:
    declared = [name for name in (_known(charset_of(charset) or charset), _own(data)) if name]
    if declared and _is_utf_8(data, declared[0]):
        yield UTF_8
    yield from declared
    yield from (encoding for start, encoding in _BARE_UTF_16 if data.lstrip()[:2] == start)
    yield UTF_8
    sample = _TAG.sub(b" ", data[: 8 * _GUESSED_FROM])[:_GUESSED_FROM]
    yield from guessed_encodings(sample)


def _own(data: bytes) -> str | None:
    """What the page says of itself; in UTF-16 it could not be read there, so that means UTF-8."""
    match = _DECLARED.search(_COMMENT.sub(b"", data[:HEAD_BYTES]))
    name = _known((match[1] or match[2]).decode("ascii", "replace")) if match else None
    return UTF_8 if name and name.startswith("utf-16") else name


def _known(label: str | None) -> str | None:
    """Python's codec for a label of the web, where ISO-8859-1 means Windows-1252, and GB2312 a part of GB18030."""
    import webencodings

    found = webencodings.lookup(label) if label else None
    if found is None or found.name in ("replacement", "x-user-defined"):
        return None
    return "gb18030" if found.name == "gbk" else codecs.lookup(found.codec_info.name).name


def _is_utf_8(data: bytes, declared: str) -> bool:
    """Whether the bytes are UTF-8 whatever was declared, since text in another encoding is that by no accident.

    Some characters of East Asian encodings could be, so a single one says nothing there.
    """
    try:
        text = codecs.getincrementaldecoder(UTF_8)().decode(data)
    except UnicodeDecodeError:
        return False
    others = len(data) - len(text) if not text.isascii() else 0
    return others >= (1 if _is_single_byte(declared) else _NO_ACCIDENT)


def _is_single_byte(encoding: str) -> bool:
    return encoding.startswith(("cp125", "cp874", "cp866", "iso8859", "koi8", "mac"))


def _read(data: bytes, encoding: str) -> str:
    """The text without a last character that is cut off."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(data)


def _fits(text: str, data: bytes) -> bool:
    broken = text.count("\ufffd") - data.count(_REPLACED)
    return broken <= 0 or broken <= BROKEN_SHARE * sum(1 for c in text if c > "\x7f")


def _inflated(data: bytes) -> bytes:
    """What was saved as it came over the wire, without its compression, as far as that goes."""
    if not data.startswith(_GZIP):
        return data
    try:
        return zlib.decompressobj(wbits=31).decompress(data, MAX_PAGE + 1)
    except zlib.error:
        return data


def _possible(text: str) -> str:
    if ";base64," in text:
        text = _EMBEDDED.sub("", text)
    if _XHTML in text[:HEAD_BYTES]:
        text = _EMPTY.sub(lambda match: f"<{match[1]}{match[2] or ''}></{match[1]}>", text)
    text = text.removeprefix("\ufeff").replace("\x0c", " ")
    return _SURROGATE.sub("\ufffd", _IMPOSSIBLE.sub("", text))
