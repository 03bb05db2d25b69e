"""The formats of corpus files, by the endings of their names."""

from collections.abc import Callable
from dataclasses import dataclass

from cleaner.corpus.codecs import Codec
from cleaner.corpus.handler import Handler
from cleaner.corpus.rows import Layout


@dataclass(frozen=True, slots=True)
class Format:
    """The endings of a format's files, and what makes its handler; only then are its libraries needed."""

    endings: tuple[str, ...]
    handler: Callable[[Layout], Handler]


def _jsonl(codec: Codec) -> Callable[[Layout], Handler]:
    def make(layout: Layout) -> Handler:
        from cleaner.corpus.jsonl import JsonLines

        return JsonLines(codec, layout)

    return make


def _parquet(layout: Layout) -> Handler:
    from cleaner.extras import for_corpus

    for_corpus("pyarrow.parquet")
    from cleaner.corpus.parquet import Parquet

    return Parquet(layout)


def _warc(codec: Codec) -> Callable[[Layout], Handler]:
    def make(layout: Layout) -> Handler:
        from cleaner.extras import for_corpus

        for_corpus("fastwarc.warc")
        from cleaner.corpus.warc import Warc

        return Warc(codec, layout)

    return make


#: All formats, one a line.
FORMATS = (
    Format((".jsonl", ".ndjson"), _jsonl(Codec.NONE)),
    Format((".jsonl.gz", ".ndjson.gz", ".json.gz"), _jsonl(Codec.GZIP)),
    Format((".jsonl.zst", ".ndjson.zst", ".json.zst"), _jsonl(Codec.ZSTD)),
    Format((".parquet",), _parquet),
    Format((".wet", ".warc"), _warc(Codec.NONE)),
    Format((".wet.gz", ".warc.gz"), _warc(Codec.GZIP)),
)


def format_of(name: str) -> Format | None:
    """The format of a file by its name, if it is one of a corpus.

    >>> format_of("CC-MAIN-0001.warc.WET.gz").endings
    ('.wet.gz', '.warc.gz')
    >>> format_of("notes.txt")
    """
    lower = name.lower()
    return next((f for f in FORMATS if lower.endswith(f.endings)), None)
