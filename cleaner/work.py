"""A document on its way through the passes of the pipeline."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cleaner.apply import Draft
from cleaner.detectors.markup import NAME as MARKUP
from cleaner.facts import TOO_LONG
from cleaner.matching.squeezed import MAX_UNIT
from cleaner.model import Decision, Document, Form, Kept, Outcome, Removal, Span
from cleaner.result import CleanResult, Run
from cleaner.view import View

if TYPE_CHECKING:
    from cleaner.markdown.shown import Shown


class Work:
    """A document on its way through the passes: what has been removed, and what is left."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.draft = Draft.of(document.text)
        self.removals: tuple[Removal, ...] = ()
        #: What was refused although the hints of its page spoke against it.
        self.kept: tuple[Kept, ...] = ()
        self.result: CleanResult | None = None
        #: Whether the hints of its page are still to be looked at: once, since the clean text has none.
        self.hinted = bool(document.hints)
        self._too_long: set[str] = set()
        self._shown: Shown | None = None

    @property
    def current(self) -> Document:
        """The document as it is by now, without the marks of Markdown; spans are of this text."""
        if self.document.form is not Form.MARKDOWN:
            if self.hinted or not (self.removals or self.document.hints):
                return self.document
            return replace(self.document, text=self.draft.text, hints=())
        from cleaner.markdown.shown import shown

        self._shown = shown(self.draft.text)
        return replace(self.document, text=self._shown.text, markup=self._shown.markup)

    def to_source(self, spans: Sequence[Span]) -> list[list[Span]]:
        """For each of sorted spans the source spans that it stands for."""
        if self._shown is None:
            return [self.draft.to_source(span) for span in spans]
        return [self.draft.to_source(span) if span else [] for span in self._shown.to_text(spans)]

    def pieces_of(self, span: Span) -> list[Span]:
        """The source spans that a span which stays stands for."""
        return self.draft.to_source(self._shown.roughly(span) if self._shown else span)

    def heeded(self, decisions: tuple[Decision, ...]) -> tuple[Decision, ...]:
        """The decisions, without the removals that the form of the text forbids."""
        if self._shown is None:
            return decisions
        refusals = [self._shown.refusal(d.span) if d.outcome is Outcome.REMOVE else None for d in decisions]
        return tuple(
            replace(decision, outcome=Outcome.KEEP, reason=reason) if reason else decision
            for decision, reason in zip(decisions, refusals, strict=True)
        )

    def may_tidy(self, span: Span) -> bool:
        """Whether blanks mean nothing here; in Markdown, those at the end of a line and those in code do."""
        return self._shown is None or (self._shown.is_whole(span) and self._shown.refusal(span) is None)

    def forget_hints(self, kept: Iterable[Kept]) -> None:
        """Go on without the hints, and remember what was refused although they spoke against it."""
        self.hinted = False
        self.kept = tuple(one for one in kept if one.detector == MARKUP)

    def settle(self, kept: Iterable[Kept], run: Run) -> None:
        """There is nothing more to remove: this is the result, with what was refused in the last pass."""
        every = sorted((*self._kept_by_hints(), *kept), key=lambda k: k.start) if self.kept else kept
        self.result = CleanResult(self.document, self.draft.text, self.removals, tuple(every), self.incomplete, run)

    def _kept_by_hints(self) -> Iterator[Kept]:
        """What was refused while there were hints, and did not go afterwards."""
        starts = [removal.start for removal in self.removals]
        for one in self.kept:
            before = bisect_right(starts, one.start) - 1
            if before < 0 or one.end > self.removals[before].end:
                yield one

    def remove(self, found: Iterable[Removal]) -> None:
        """Take further removals out."""
        self.removals = tuple(sorted((*self.removals, *found), key=lambda r: r.start))
        self.draft = Draft.of(self.document.text, [Span(r.start, r.end) for r in self.removals])

    def note_long_lines(self, view: View) -> None:
        """Remember the lines that were too long to be looked at as such."""
        self._too_long.update(view.table.text_of(number) for number in view.table.having(TOO_LONG))

    @property
    def incomplete(self) -> tuple[str, ...]:
        """What could not be looked at."""
        if not self._too_long:
            return ()
        count = len(self._too_long)
        lines = "line is" if count == 1 else "lines are"
        return (f"{count} {lines} longer than {MAX_UNIT} characters; only their sentences were looked at",)
