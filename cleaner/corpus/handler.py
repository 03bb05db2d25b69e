"""What a format of corpora has to do."""

import io
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from cleaner.corpus.codecs import Codec, decoded
from cleaner.corpus.rows import Chunk, Fate, Gap, Layout, Row, gathered


class Writer(ABC):
    """Writes the shard that was read, with new texts and without the rows that are set aside."""

    @abstractmethod
    def write(self, chunk: Chunk, fates: Sequence[Fate]) -> None:
        """Write a chunk that is no gap; there is a fate for each of its rows."""

    @abstractmethod
    def close(self) -> None:
        """Write what is still to be written, and leave the stream open."""

    def abandon(self) -> None:
        """Let go of everything; what is written for that goes nowhere."""
        self.close()


class Handler(ABC):
    """Reads and writes one format, with its columns laid out in one way."""

    @abstractmethod
    def read(self, file: io.BufferedReader, name: str) -> Iterator[Chunk]:
        """The rows of a shard in order, as chunks of bounded size; ``name`` is the shard's.

        A row that cannot be cleaned says so, and a stretch that cannot be read is a gap; what stands before and behind
        is read. Raises ``InputError`` if the shard as a whole is of no use, or its storage fails.
        """

    @abstractmethod
    def original(self, chunk: Chunk, index: int) -> bytes:
        """A row of a chunk as it was read; empty if it was too large to be."""

    @abstractmethod
    def writer(self, stream: BinaryIO) -> Writer:
        """What writes a shard of this format to a stream."""


class StreamHandler(Handler):
    """Reads and writes a format whose rows are stretches of bytes, one after the other, in a compression."""

    def __init__(self, codec: Codec, layout: Layout) -> None:
        self.codec = codec
        self.layout = layout

    @abstractmethod
    def rows(self, stream: io.BufferedIOBase, name: str) -> Iterator[tuple[Row, bytes] | Gap]:
        """The rows of a decoded stream, each with its bytes."""

    def read(self, file: io.BufferedReader, name: str) -> Iterator[Chunk]:
        """The rows as ``rows`` tells them apart."""
        return gathered(self.rows(decoded(file, self.codec), name), file.tell)

    def original(self, chunk: Chunk, index: int) -> bytes:
        """The row's bytes."""
        row: bytes = chunk.raw[index]
        return row
