"""A Markdown text as its readers see it, line by line, and the way back to the marks around what is seen."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from cleaner.apply import Draft
from cleaner.markdown.blocks import Blocks, blocks_of
from cleaner.markdown.inline import Marks, Pair, marks_of
from cleaner.model import Line, LineMarkup, Span
from cleaner.segment import split_lines

_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_HASHES = re.compile(r"[ \t]*#{1,6}[ \t]+")
_CLOSING_HASHES = re.compile(r"[ \t]+#+[ \t]*$")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")

CROSSED = "a mark of Markdown would lose its other half"
HELD = "the lines below are indented under it, and would be read as code"
_CODE_INDENT = 4


@dataclass(frozen=True, slots=True)
class _Place:
    """What belongs to a line that is shown: its stretch of the text, and what is not to go with a sentence of it.

    ``start`` to ``end`` is the whole stretch, ``stop`` leaves out the line's ending, and ``inside`` begins behind marks
    of lists, quotes and headings.
    """

    start: int
    stop: int
    end: int
    inside: int
    pairs: tuple[Pair, ...] = ()
    protected: str = ""

    def near(self, start: int, end: int) -> Sequence[Pair]:
        """The pairs that a stretch of the line may lie in or beside; ``pairs`` are sorted."""
        return [p for p in self.pairs[: bisect_right(self.pairs, end, key=_opening)] if p.close.end >= start]


def _opening(pair: Pair) -> int:
    return pair.open.start


class Shown:
    """A Markdown text without its marks. Spans are of what is shown (``text``), unless said otherwise."""

    def __init__(
        self, source: str, hidden: Sequence[Span], places: Sequence[_Place], markup: Sequence[LineMarkup]
    ) -> None:
        self._draft = Draft.of(source, hidden)
        self._places = tuple(places)
        self.text = self._draft.text
        self.markup = tuple(markup)
        self._lines = split_lines(self.text)
        self._starts = [line.span.start for line in self._lines]
        if not len(self._lines) == len(self._places) == len(self.markup):
            raise AssertionError("lines of a Markdown text were lost")

    def refusal(self, span: Span) -> str | None:
        """Why a line or sentence must stay, if there is a reason."""
        number = self._number(span)
        if reason := self._places[number].protected:
            return reason
        whole = span.start == self._lines[number].span.start and span.end >= self._lines[number].span.end
        return CROSSED if not whole and self._fitted(number, span) is None else None

    def is_whole(self, span: Span) -> bool:
        """Whether a span is a line with its ending."""
        return self._lines[self._number(span)].whole == span

    def to_text(self, spans: Sequence[Span]) -> list[Span | None]:
        """Where sorted spans stand in the text with its marks, each with the marks that go with it.

        ``None`` stands for one that would tear marks apart.
        """
        found: list[Span | None] = []
        for number, group in groupby(spans, key=self._number):
            some = list(group)
            line = self._lines[number]
            if some[-1].end > line.end:
                raise AssertionError("a span goes over the end of its line")
            joined = all(a.end == b.start for a, b in pairwise(some))
            if joined and some[0].start == line.span.start and some[-1].end >= line.span.end:
                place = self._places[number]
                end = place.end if some[-1].end == line.end else place.stop
                found += self._split(Span(place.start, end), some)
            else:
                for region in _regions(some):
                    found += self._split(self._fitted(number, Span(region[0].start, region[-1].end)), region)
        return found

    def roughly(self, span: Span) -> Span:
        """Where a span stands in the text with its marks, even if it tears some apart."""
        (exact,) = self.to_text([span])
        pieces = self._draft.to_source(span)
        return exact or Span(pieces[0].start, pieces[-1].end)

    def _number(self, span: Span) -> int:
        return bisect_right(self._starts, span.start) - 1

    def _at(self, offset: int) -> int:
        return self._draft.to_source(Span(offset, offset + 1))[0].start

    def _split(self, whole: Span | None, spans: Sequence[Span]) -> list[Span | None]:
        """A stretch of the text, divided where the spans that it stands for are."""
        if whole is None:
            return [None] * len(spans)
        edges = [whole.start, *(max(whole.start, self._at(span.start)) for span in spans[1:]), whole.end]
        return [Span(a, b) for a, b in pairwise(edges)]

    def _fitted(self, number: int, span: Span) -> Span | None:
        """As ``_region``; where a mark ends before the blanks behind a sentence, those before it go instead.

        So ``**It rains. Sign up!** They say`` becomes ``**It rains.** They say``.
        """
        text, first = self.text, self._lines[number].span.start
        words = text[span.start : span.end]
        start = span.start + len(words) - len(words.lstrip())
        end = span.end - (len(words) - len(words.rstrip()))
        before = first + len(text[first:start].rstrip())
        tries = (span, Span(before, end), Span(start, end)) if start < end else (span,)
        return next((region for one in tries if (region := self._region(number, one))), None)

    def _region(self, number: int, span: Span) -> Span | None:
        """A part of a line with the marks around it, or nothing if it has one half of a pair alone."""
        place = self._places[number]
        pieces = self._draft.to_source(span)
        start, end = max(pieces[0].start, place.inside), pieces[-1].end
        near = place.near(start, end)
        growing = start < end
        while growing:
            growing = False
            for pair in near:
                opens, closes = pair.open.end == start, pair.close.start == end
                if (closes and (opens or pair.open.start >= start)) or (opens and pair.close.end <= end):
                    start, end = min(start, pair.open.start), max(end, pair.close.end)
                    growing = True
        return Span(start, end) if start < end and all(_stays_paired(p, start, end) for p in near) else None


def _stays_paired(pair: Pair, start: int, end: int) -> bool:
    inside = start <= pair.open.start and pair.close.end <= end
    outside = pair.close.end <= start or end <= pair.open.start
    around = pair.open.end <= start and end <= pair.close.start
    return inside or outside or around


def _regions(spans: Sequence[Span]) -> list[list[Span]]:
    """Sorted spans, those together that touch."""
    regions: list[list[Span]] = []
    for span in spans:
        if regions and regions[-1][-1].end == span.start:
            regions[-1].append(span)
        else:
            regions.append([span])
    return regions


def shown(source: str) -> Shown:
    """What a Markdown text shows.

    >>> shown("## More\\n\\n- **[Ships](/ships)** wait\\n").text
    'More\\n\\n- Ships wait\\n'
    """
    lines = split_lines(source)
    blocks = blocks_of(source.removeprefix("\ufeff")) if lines else Blocks()
    held = _held(lines, blocks)
    hidden: list[Span] = []
    places: list[_Place] = []
    markup: list[LineMarkup] = []
    for line in lines:
        if line.number in blocks.underlines and places:
            hidden.append(Span(places[-1].stop, line.span.end))
            before = places.pop()
            places.append(_Place(before.start, line.span.end, line.end, before.inside, before.pairs, before.protected))
            continue
        place, marks, facts = _read(line, blocks, held=line.number in held)
        hidden += marks
        places.append(place)
        markup.append(facts)
    return Shown(source, hidden, places, markup)


def _held(lines: Sequence[Line], blocks: Blocks) -> set[int]:
    """The numbers of lines without which the next one, indented below it, would become code, or other code."""
    filled = [line for line in lines if line.text.strip()]
    held = set()
    for line, below in pairwise(filled):
        depth = _indent(below.text)
        own = below.number not in blocks.verbatim or _ITEM.match(line.text)
        if own and depth >= _CODE_INDENT and depth > _indent(line.text):
            held.add(line.number)
    return held


def _indent(text: str) -> int:
    wide = text.expandtabs(_CODE_INDENT)
    return len(wide) - len(wide.lstrip())


def _read(line: Line, blocks: Blocks, *, held: bool) -> tuple[_Place, list[Span], LineMarkup]:
    """A line's place, what of it is hidden, and what its marks say."""
    start, stop, end = line.span.start, line.span.end, line.end
    heading = line.number in blocks.headings
    block = blocks.verbatim.get(line.number, "")
    if not block and line.text.strip():
        marks, inside = _marks(line.text, blocks, heading=heading)
        seen = "".join(line.text[a:b] for a, b in _gaps(marks.hidden, len(line.text)))
        if any(character.isalnum() for character in seen):
            moved = (Pair(_moved(p.open, start), _moved(p.close, start), p.target) for p in marks.pairs)
            pairs = tuple(sorted(moved, key=_opening))
            block = blocks.firm.get(line.number, "")
            place = _Place(start, stop, end, start + inside, pairs, HELD if held else _part_of(block))
            return place, [_moved(span, start) for span in marks.hidden], _facts(line.text, marks, heading=heading)
        block = "what the page shows without words"
    return _Place(start, stop, end, start, protected=_part_of(block)), [], LineMarkup(heading)


def _part_of(block: str) -> str:
    return f"it is part of {block}" if block else ""


def _marks(text: str, blocks: Blocks, *, heading: bool) -> tuple[Marks, int]:
    """The marks of a line, and where its content begins."""
    hidden: list[Span] = []
    inside = 0
    if match := _QUOTE.match(text):
        inside = match.end()
    if heading and (match := _HASHES.match(text, inside)):
        inside = match.end()
    if inside:
        hidden.append(Span(0, inside))
    if match := _ITEM.match(text, inside):
        inside = match.end()
    marks = marks_of(text, inside, blocks.labels)
    if heading and hidden and (match := _CLOSING_HASHES.search(text, inside)):
        marks.hidden.append(Span(*match.span()))
    return Marks([*hidden, *marks.hidden], marks.pairs), inside


def _facts(text: str, marks: Marks, *, heading: bool) -> LineMarkup:
    """How many letters a line shows, and how many of them are links'."""
    links = [pair for pair in marks.pairs if pair.target is not None]
    starts = sorted(pair.open.end for pair in links)
    ends = sorted(pair.close.start for pair in links)
    letters = linked = 0
    for a, b in _gaps(marks.hidden, len(text)):
        count = sum(map(str.isalnum, text[a:b]))
        letters += count
        if bisect_right(starts, a) > bisect_right(ends, a):  # more links were opened than closed by here
            linked += count
    return LineMarkup(heading, letters, linked, tuple(pair.target or "" for pair in links))


def _gaps(hidden: Sequence[Span], length: int) -> list[tuple[int, int]]:
    """What lies between sorted spans."""
    edges = [0, *(edge for span in hidden for edge in (span.start, span.end)), length]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
