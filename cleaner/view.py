"""What detectors are given: a document's lines with the facts and rule hits of each.

Facts and hits depend on a line's text alone (``observer.py``); what depends on a line's place (zones, neighbours) is
asked of the view.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from cleaner.facts import BLANK, PROSE, Facts, Lazy, LineTable, are_sure
from cleaner.model import Document, Guard, GuardScope, Line, Rule, Span
from cleaner.observer import Observer
from cleaner.sites import on_site, site_of


@dataclass(frozen=True)
class View:
    """A document as detectors see it. Offsets are into ``document.text``."""

    document: Document
    table: LineTable = field(repr=False)
    guards: tuple[Guard, ...]
    observer: Observer = field(repr=False, compare=False)
    sites: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, document: Document, observer: Observer, sites: Sequence[str] = ()) -> "View":
        """Segment a document and observe its lines."""
        table = observer.table(document.text)
        # Without a title the first line that no rule knows says what the document is about.
        topic = document.title or _first_unknown(table)
        return cls(document, table, observer.document_guards(topic), observer, (*sites, *site_of(document.url)))

    @cached_property
    def lines(self) -> Sequence[Line]:
        """The lines."""
        return Lazy(len(self.table), self.table.line)

    @cached_property
    def facts(self) -> Sequence[Facts]:
        """The facts of each line."""
        return Lazy(len(self.table), self.table.facts)

    @cached_property
    def filled(self) -> tuple[int, ...]:
        """The numbers of the lines that are not blank."""
        return self.table.lacking(BLANK)

    @cached_property
    def matched(self) -> tuple[int, ...]:
        """The numbers of the lines that rules match, or of which they match a sentence."""
        return tuple(sorted({*self.table.rules, *self.table.parts}))

    def number_at(self, offset: int) -> int:
        """The number of the line that an offset lies in."""
        return bisect_right(self.table.starts, offset) - 1

    def placed(self, span: Span) -> tuple[int, bool]:
        """The number of the line that a span lies in, and whether it is the whole line with its ending."""
        number = self.number_at(span.start)
        return number, self.table.whole(number) == span

    @cached_property
    def prose(self) -> tuple[int, ...]:
        """The numbers of the lines that look like the article's own running text."""
        sure = {number for number, rules in self.table.rules.items() if are_sure(rules)}
        return tuple(number for number in self.table.having(PROSE) if number not in sure)

    @cached_property
    def head_end(self) -> int:
        """The number of the first line of prose; every line before it is in the head."""
        return self.prose[0] if self.prose else 0

    @cached_property
    def tail_start(self) -> int:
        """The number after the last line of prose: from there on is the tail. Without prose there is none."""
        return self.prose[-1] + 1 if self.prose else len(self.table)

    def in_head(self, number: int) -> bool:
        """Whether a line stands before all prose."""
        return number < self.head_end

    def in_tail(self, number: int) -> bool:
        """Whether a line stands after all prose."""
        return number >= self.tail_start

    def guards_on(self, span: Span) -> tuple[Guard, ...]:
        """The guards that match a line (its whole span) or a sentence, also where no rule does."""
        number, whole = self.placed(span)
        text = self.table.text_of(number) if whole else self.document.text[span.start : span.end]
        return self.observer.guards_of(text, GuardScope.LINE if whole else GuardScope.SENTENCE)

    def applies(self, rule: Rule) -> bool:
        """Whether a rule is for this document's site."""
        return not rule.sites or any(on_site(site, self.sites) for site in rule.sites)

    def sparing(self, spans: Sequence[Span]) -> "View":
        """The same document as if no rule had hit the lines, or their sentences, that hold any of the spans.

        The spans are sorted and do not overlap, and none leaves its line.
        """
        numbers = {self.number_at(span.start) for span in spans}
        parts = {
            number: tuple(p for p in own if not _touches(spans, self.table.starts[number], p.span))
            for number in numbers
            if (own := self.table.parts.get(number))
        }
        return replace(self, table=self.table.without_matches(numbers, parts))


def _first_unknown(table: LineTable) -> str:
    """The first line that is not blank and that no rule matches, nor a sentence of it; or nothing."""
    for number, flags in enumerate(table.flags):
        if not flags & BLANK and number not in table.rules and number not in table.parts:
            return table.text_of(number)
    return ""


def _touches(spans: Sequence[Span], start: int, part: Span) -> bool:
    """Whether any of some sorted spans apart from each other overlaps a part of the line that begins at ``start``."""
    last = bisect_left(spans, start + part.end, key=lambda span: span.start) - 1
    return last >= 0 and start + part.start < spans[last].end
