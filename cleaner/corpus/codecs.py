"""The compression of shards: bytes as they lie in a file to bytes of rows, and back, as streams."""

import gzip
import io
import sys
import zlib
from enum import Enum
from typing import IO, Any, BinaryIO, cast

from cleaner.extras import ZSTD, for_corpus

_GZIP_LEVEL = 6


class Codec(Enum):
    """How a shard's bytes are compressed."""

    NONE = "none"
    GZIP = "gzip"
    ZSTD = "zstd"


def decoded(file: io.BufferedReader, codec: Codec) -> io.BufferedIOBase:
    """What a file holds, as a stream that raises one of ``damage()`` where it is broken or ends too early."""
    if codec is Codec.GZIP:
        return gzip.GzipFile(fileobj=file, mode="rb")
    if codec is Codec.ZSTD:
        return io.BufferedReader(_zstd().ZstdFile(file, "rb"))
    return file


def encoded(file: BinaryIO, codec: Codec) -> BinaryIO:
    """A stream that writes to a file; closing it leaves the file open. The same bytes in give the same bytes out."""
    if codec is Codec.GZIP:
        return cast(BinaryIO, gzip.GzipFile("", "wb", _GZIP_LEVEL, file, mtime=0))
    if codec is Codec.ZSTD:
        zstd = _zstd()
        return cast(BinaryIO, zstd.ZstdFile(file, "wb", options={zstd.CompressionParameter.checksum_flag: 1}))
    return cast(BinaryIO, _Open(file))


def damage() -> tuple[type[Exception], ...]:
    """What reading a broken compressed stream raises."""
    errors: tuple[type[Exception], ...] = (EOFError, zlib.error, gzip.BadGzipFile)
    zstd = sys.modules.get(ZSTD)
    return (*errors, zstd.ZstdError) if zstd else errors


def account(error: Exception) -> str:
    """What is wrong with a stream, and how far what it gave can be trusted."""
    if isinstance(error, EOFError):
        return "from here on the file is missing: it was cut off"
    return f"from here on the file is damaged, and rows shortly before may be: {error}"


def _zstd() -> Any:
    return for_corpus(ZSTD)


class _Open(io.BufferedIOBase):
    """Passes on what is written, and leaves the file open when it is closed."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Write to the file."""
        return self._file.write(data)
