"""Cutting removals out of a text, and its inverse: the only place that builds new text."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from cleaner.errors import RestoreError
from cleaner.model import AuditRecord, Removal, Span


def sha256(text: str) -> str:
    """The sha256 of a text's UTF-8 form; lone surrogates are encoded as they are, so that every text has one."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def cut(source: str, spans: Sequence[Span]) -> str:
    """``source`` without ``spans``, which are sorted and do not overlap.

    >>> cut("keep, drop, keep", [Span(6, 12)])
    'keep, keep'
    """
    parts: list[str] = []
    start = 0
    for span in spans:
        parts.append(source[start : span.start])
        start = span.end
    parts.append(source[start:])
    return "".join(parts)


def join(clean: str, removals: Iterable[Removal]) -> str:
    """Put removed texts back where they were, in source offsets; the inverse of ``cut``.

    Raises ``RestoreError`` where the removals cannot have come from one source.
    """
    parts: list[str] = []
    taken = length = 0
    for removal in removals:
        kept = removal.start - length
        if kept < 0 or taken + kept > len(clean) or len(removal.text) != removal.end - removal.start:
            raise RestoreError(
                f"the removal at {removal.start}-{removal.end} does not fit the clean text; "
                "restore needs the text and the record of the same run, both unchanged"
            )
        parts += [clean[taken : taken + kept], removal.text]
        taken += kept
        length = removal.end
    parts.append(clean[taken:])
    return "".join(parts)


def restore(clean_text: str, record: AuditRecord) -> str:
    """Return the source text that ``record`` was made from.

    Raises ``RestoreError`` if the text and the record do not belong together, or one of them was changed.

    >>> import cleaner
    >>> result = cleaner.clean("A story.\\n\\nAdvertisement\\n\\nIts end.\\n")
    >>> restore(result.text, result.record()) == "A story.\\n\\nAdvertisement\\n\\nIts end.\\n"
    True
    """
    if sha256(clean_text) != record.clean_sha256:
        raise RestoreError(
            f"this is not the clean text of record {record.id or record.source_sha256[:12]!r}: its sha256 is "
            f"{sha256(clean_text)[:12]}…, the record says {record.clean_sha256[:12]}…"
        )
    source = join(clean_text, record.removals)
    if sha256(source) != record.source_sha256:
        raise RestoreError(
            f"record {record.id or record.source_sha256[:12]!r} was changed: what it restores has another sha256 than "
            "its source"
        )
    return source


@dataclass(frozen=True, slots=True)
class Draft:
    """A source with some spans already cut out, which still knows where each of its characters came from."""

    text: str
    _kept: tuple[Span, ...]
    _starts: tuple[int, ...]

    @classmethod
    def of(cls, source: str, removed: Sequence[Span] = ()) -> "Draft":
        """The source without ``removed``, which are sorted and do not overlap."""
        edges = [0, *(edge for span in removed for edge in (span.start, span.end)), len(source)]
        kept = tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a)
        starts = tuple(accumulate((len(span) for span in kept), initial=0))[: len(kept)]
        return cls(cut(source, removed), kept, starts)

    def to_source(self, span: Span) -> list[Span]:
        """The source spans that a span of the draft stands for; several where something between was cut out."""
        result: list[Span] = []
        index = max(0, bisect_right(self._starts, span.start) - 1)
        while index < len(self._kept) and self._starts[index] < span.end:
            kept, start = self._kept[index], self._starts[index]
            low, high = max(span.start, start), min(span.end, start + len(kept))
            if high > low:
                result.append(Span(kept.start + low - start, kept.start + high - start))
            index += 1
        return result
