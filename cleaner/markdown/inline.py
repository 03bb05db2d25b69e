"""The marks inside a line of Markdown: emphasis, links, images, code, tags and backslashes.

A reader of Markdown decides some of these by more than the line; where that is unclear a mark counts as text, which
costs no more than a line that is not recognised.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from cleaner.model import Span

_TOKEN = re.compile(
    r"(?P<code>`+)|(?P<escape>\\[!-/:-@\[-`{-~])|(?P<open>!?\[)|(?P<close>\])|(?P<stress>\*+|_+|~~)"
    r"|(?P<address><(?:https?://|mailto:)[^<>\s]{1,2000}>)|(?P<tag></?[A-Za-z][A-Za-z0-9-]{0,30}(?:\s[^<>\n]{0,2000})?/?>)"
)
# Nothing in here can match in two ways, and all of it is bounded.
_TARGET = re.compile(
    r"\(\s{0,9}(?P<to><[^<>\n]{0,2000}>|(?:[^()\s\\]|\\.|\([^()\s]{0,300}\)){0,2000})"
    r"(?:\s{1,9}(?:\"[^\"]{0,500}\"|'[^']{0,500}'|\([^()]{0,500}\)))?\s{0,9}\)"
)
_LABEL = re.compile(r"\[(?P<label>[^\[\]]{0,300})\]")
_NAME = re.compile(r"</?([A-Za-z0-9-]+)")
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two marks that belong together, as offsets into the line; ``target`` is where a link leads."""

    open: Span
    close: Span
    target: str | None = None


@dataclass(slots=True)
class Marks:
    """The marks of a line: ``hidden`` is all that is not shown, sorted; ``pairs`` are those that come in twos."""

    hidden: list[Span] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)


def marks_of(line: str, start: int = 0, labels: Collection[str] = ()) -> Marks:
    """The marks of a line from ``start`` on; ``labels`` are those of the document's link definitions, folded.

    >>> line = "**Ads** and [more](/news)"
    >>> [line[span.start:span.end] for span in marks_of(line).hidden]
    ['**', '**', '[', '](/news)']
    """
    scan = _Scan(line, labels)
    scan.run(start)
    pairs = [Pair(Span(*p.open), Span(*p.close), p.target) for p in scan.pairs]
    singles = [Span(*single) for single in scan.singles]
    hidden = sorted({*singles, *(span for pair in pairs for span in (pair.open, pair.close))})
    return Marks(list(_apart(hidden)), pairs)


def folded(label: str) -> str:
    """A link's label as definitions are looked up."""
    return " ".join(label.split()).casefold()


def _apart(spans: list[Span]) -> Iterator[Span]:
    """Sorted spans without overlaps."""
    end = 0
    for span in spans:
        if span.end > end:
            yield Span(max(span.start, end), span.end)
            end = span.end


@dataclass(slots=True)
class _Found:
    open: tuple[int, int]
    close: tuple[int, int]
    target: str | None = None


class _Scan:
    """One walk along a line."""

    def __init__(self, line: str, labels: Collection[str]) -> None:
        self._line = line
        self._labels = labels
        self._waiting: list[tuple[str, int, int]] = []
        self.pairs: list[_Found] = []
        self.singles: list[tuple[int, int]] = []

    def run(self, at: int) -> None:
        while match := _TOKEN.search(self._line, at):
            kind = match.lastgroup
            assert kind is not None
            at = getattr(self, f"_{kind}")(match.start(), match.end())

    def _code(self, start: int, end: int) -> int:
        ticks = self._line[start:end]
        close = re.compile(rf"(?<!`){ticks}(?!`)").search(self._line, end)
        if close is None:
            return end
        self.pairs.append(_Found((start, end), close.span()))
        return close.end()

    def _escape(self, start: int, end: int) -> int:
        self.singles.append((start, start + 1))
        return end

    def _open(self, start: int, end: int) -> int:
        self._waiting.append((self._line[start:end], start, end))
        return end

    def _close(self, start: int, end: int) -> int:
        opened = self._latest("[", "![")
        if opened is None:
            return end
        _, begin, inner = self._waiting[opened]
        found = self._target(self._line[inner:start], end)
        if found is None:
            del self._waiting[opened]
            return end
        target, after = found
        self.pairs.append(_Found((begin, inner), (start, after), target))
        del self._waiting[opened:]
        return after

    def _target(self, label: str, at: int) -> tuple[str, int] | None:
        """Where a link leads, and where its mark ends."""
        if match := _TARGET.match(self._line, at):
            return match["to"].strip("<>"), match.end()
        if (match := _LABEL.match(self._line, at)) and folded(match["label"] or label) in self._labels:
            return "", match.end()
        return ("", at) if folded(label) in self._labels else None

    def _stress(self, start: int, end: int) -> int:
        mark = self._line[start:end]
        before, after = self._line[start - 1 : start], self._line[end : end + 1]
        inside = before.isalnum() and after.isalnum() and mark[0] == "_"
        opened = self._latest(mark)
        if opened is not None and before and not before.isspace() and not inside:
            _, begin, inner = self._waiting[opened]
            self.pairs.append(_Found((begin, inner), (start, end)))
            del self._waiting[opened:]
        elif after and not after.isspace() and not inside and len(mark) <= 3:
            self._waiting.append((mark, start, end))
        return end

    def _address(self, start: int, end: int) -> int:
        self.pairs.append(_Found((start, start + 1), (end - 1, end), self._line[start + 1 : end - 1]))
        return end

    def _tag(self, start: int, end: int) -> int:
        tag = self._line[start:end]
        match = _NAME.match(tag)
        assert match is not None
        name = match[1].lower()
        if not tag.startswith("</"):
            if name in _VOID or tag.endswith("/>"):
                self.singles.append((start, end))
            else:
                self._waiting.append((f"<{name}", start, end))
        elif (opened := self._latest(f"<{name}")) is not None:
            _, begin, inner = self._waiting[opened]
            self.pairs.append(_Found((begin, inner), (start, end)))
            del self._waiting[opened:]
        return end

    def _latest(self, *marks: str) -> int | None:
        """The place of the latest of such marks that waits for its other half."""
        places = range(len(self._waiting) - 1, max(-1, len(self._waiting) - 1 - _MOST_WAITING), -1)
        return next((i for i in places if self._waiting[i][0] in marks), None)


#: Marks further back than this are not looked for.
_MOST_WAITING = 50
