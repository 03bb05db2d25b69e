"""WARC and WET: texts are cleaned, web pages become conversion records of their text, all other records pass."""

import base64
import gzip
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, BinaryIO
from uuid import NAMESPACE_URL, uuid5

from fastwarc.warc import ArchiveIterator, WarcRecordType

from cleaner.corpus.codecs import Codec, account, damage
from cleaner.corpus.handler import StreamHandler, Writer
from cleaner.corpus.rows import Chunk, Fate, Gap, Layout, Lost, Outcome, Row, Webpage, made_id
from cleaner.corpus.storage import told
from cleaner.errors import InputError
from cleaner.html.limits import MAX_PAGE
from cleaner.model import Document

_HEAD_END = b"\r\n\r\n"
_RECORD_END = b"\r\n\r\n"
_DIGEST = re.compile(rb"(?im)^(WARC-(?:Block|Payload)-Digest:[ \t]*)([\w-]+):([^\r\n]*)(\r\n|$)")
_LENGTH = re.compile(rb"(?im)^(Content-Length:[ \t]*)\d+")


class Warc(StreamHandler):
    """Reads and writes WARC files, where compressed with one gzip member a record."""

    def rows(self, stream: io.BufferedIOBase, name: str) -> Iterator[tuple[Row, bytes] | Gap]:
        """Documents are conversion records, resource records of plain text, and pages that a server sent.

        Ids and urls stand in their heads.
        """
        return _rows(stream, name, self.layout)

    def writer(self, stream: BinaryIO) -> Writer:
        """What writes records."""
        return _RecordWriter(stream, self.codec)


class _Quiet(io.RawIOBase):
    """A stream that ends where reading it fails, and keeps the error, since fastwarc panics at one."""

    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream
        self._errors: tuple[type[Exception], ...] = (InputError, *damage())
        self._read = 0
        self.error: Exception | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True  # As far as fastwarc knows: it asks for the position, and does not move it.

    def tell(self) -> int:
        return self._read

    def readinto(self, buffer: Any) -> int:
        if self.error is not None:
            return 0
        try:
            data = self._stream.read1(len(buffer))
        except self._errors as error:
            self.error = error
            return 0
        buffer[: len(data)] = data
        self._read += len(data)
        return len(data)


def _rows(stream: io.BufferedIOBase, name: str, layout: Layout) -> Iterator[tuple[Row, bytes] | Gap]:
    quiet = _Quiet(stream)
    number = 0
    reason = ""
    expected: int | None = 0
    try:
        for record in ArchiveIterator(quiet, parse_http=False):
            if expected is not None and record.stream_pos - expected > len(_RECORD_END):
                yield Gap(number, 0, f"{record.stream_pos - expected} bytes before this record belong to none")
            position, row, raw = record.stream_pos, *_row(record, number, name, layout)
            if row is None:
                reason = "from here on the file is missing: the record is cut off"
                break
            expected = position + len(raw) if raw else None
            yield row, raw
            number += 1
    except OSError as error:
        reason = f"from here on the file is damaged: {told(error)}"
    if isinstance(quiet.error, InputError):
        raise quiet.error
    if quiet.error is not None:
        reason = account(quiet.error)
    if reason:
        yield Gap(number, None, reason)


def _row(record: Any, number: int, name: str, layout: Layout) -> tuple[Row | None, bytes]:
    """A record as a row and as bytes, which are empty where it is too large; no row where it is not whole."""
    id, size = record.record_id or "", record.content_length
    if record.headers.get("Content-Length") is None:
        return None, b""
    if size > layout.limit:
        return Row(number, size, id, problem=f"its {size} bytes are more than --max-document {layout.limit}"), b""
    url = record.headers.get("WARC-Target-URI")
    textual, response = _is_text(record), record.record_type == WarcRecordType.response
    buffer = io.BytesIO()
    record.write(buffer)
    raw = buffer.getvalue()
    body = _parts(raw)[1]
    if len(body) != size:
        return None, b""
    if response:
        return _response(raw, Row(number, len(raw), id), url, name, layout), raw
    if not textual:
        return Row(number, len(raw), id), raw
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        return Row(number, len(raw), id, problem=f"is not UTF-8: {error.reason} at byte {error.start}"), raw
    return Row(number, len(raw), id, Document(text, id or made_id(name, number), url)), raw


def _response(raw: bytes, row: Row, url: str | None, name: str, layout: Layout) -> Row:
    """The row of a server's answer: a page if it is HTML, else nothing to clean."""
    head = _http(raw, "none").http_headers
    if head is None or not _is_html(head.get("Content-Type") or ""):
        return row
    try:
        body = _http(raw, "all").reader.read(MAX_PAGE + 1)
    except (OSError, ValueError) as error:
        # Some crawlers decode a body and leave in the head how it was encoded.
        body = _http(raw, "none").reader.read(MAX_PAGE + 1)
        if not body.lstrip().startswith((b"<", b"\xef\xbb\xbf")):
            return replace(row, problem=f"its HTTP body cannot be decoded: {told(error)}")
    status = head.status_code or 0
    remark = "" if 200 <= status < 300 else f"the server answered with status {status}"
    named = row.id or made_id(name, row.number)
    return replace(row, document=Webpage(body, named, url, layout.extractor, head.get("Content-Type"), remark))


def _http(raw: bytes, decoding: str) -> Any:
    """A record with its HTTP head parsed, at the start of its body."""
    record: Any = next(iter(ArchiveIterator(io.BytesIO(raw), parse_http=False)))
    record.parse_http(auto_decode=decoding)
    return record


def _is_html(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")


def _is_text(record: Any) -> bool:
    kind = (record.headers.get("Content-Type") or "text/plain").lower()
    extracted = record.record_type in (WarcRecordType.conversion, WarcRecordType.resource)
    return extracted and kind.partition(";")[0].strip() == "text/plain"


def _parts(record: bytes) -> tuple[bytes, bytes]:
    """The head of a record with its end, and what stands below it."""
    head, _, rest = record.partition(_HEAD_END)
    return head + _HEAD_END, rest.removesuffix(_RECORD_END)


class _RecordWriter(Writer):
    def __init__(self, stream: BinaryIO, codec: Codec) -> None:
        self._stream = stream
        self._codec = codec

    def write(self, chunk: Chunk, fates: Sequence[Fate]) -> None:
        for raw, fate in zip(chunk.raw, fates, strict=True):
            if not isinstance(fate, Lost):
                self._put(_written(raw, fate))

    def _put(self, record: bytes) -> None:
        self._stream.write(gzip.compress(record, 6, mtime=0) if self._codec is Codec.GZIP else record)

    def close(self) -> None:
        pass


def _written(record: bytes, fate: Outcome | None) -> bytes:
    if fate is None or fate.text is None:
        return record
    return _conversion(record, fate.text) if fate.spans is None else _changed(record, fate.text)


def _conversion(record: bytes, text: str) -> bytes:
    """The record of a page's text: it refers to that of the page, and has an id that is made from the page's."""
    head = next(iter(ArchiveIterator(io.BytesIO(record), parse_http=False))).headers
    body = text.encode("utf-8")
    digest = base64.b32encode(hashlib.sha1(body).digest()).decode()
    fields = {
        "WARC-Type": "conversion",
        "WARC-Target-URI": head.get("WARC-Target-URI"),
        "WARC-Date": head.get("WARC-Date"),
        "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, head.get('WARC-Record-ID') or digest)}>",
        "WARC-Refers-To": head.get("WARC-Record-ID"),
        "WARC-Block-Digest": f"sha1:{digest}",
        "Content-Type": "text/plain",
        "Content-Length": str(len(body)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value)
    return f"{head.status_line}\r\n{lines}\r\n".encode() + body + _RECORD_END


def _changed(record: bytes, text: str) -> bytes:
    """A record with another text; length and digests fit it, the rest of its head is as it was."""
    body = text.encode("utf-8")
    head = _LENGTH.sub(rb"\g<1>%d" % len(body), _parts(record)[0])
    head = _DIGEST.sub(lambda match: _digest_line(match, body), head)
    return head + body + _RECORD_END


def _digest_line(match: re.Match[bytes], body: bytes) -> bytes:
    """The line of a digest for another body, spelled as the old one; without it where the digest is not known."""
    algorithm = match[2].decode("ascii").lower().replace("-", "")
    if algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
        return b""
    digest = hashlib.new(algorithm, body).digest()
    spelled = digest.hex().encode() if len(match[3].strip()) == 2 * len(digest) else base64.b32encode(digest)
    return match[1] + match[2] + b":" + spelled + match[4]
