"""What reviewers' verdicts say about a document: which of its texts are protected, and which claims were accepted.

A rejected text is found wherever it stands between the ends of sentences or of its line, so it stays protected when
what stands beside it on the line goes. That is asked of each text anew, and of nothing else, so cleaning twice still
changes nothing.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from cleaner.fold import fold
from cleaner.model import Category, Decision, Detection, Line, Outcome, Provenance, Span
from cleaner.segment import CLOSERS, MARKS
from cleaner.sites import on_site
from cleaner.verdicts import Ruling, Verdict, Verdicts, normalised
from cleaner.view import View

#: What the record names as the detector where a verdict decided; the rule is the one that the verdict is about.
DETECTOR = "verdict"

_MARKS, _CLOSERS = (re.escape("".join(sorted(set(fold(marks))))) for marks in (MARKS, CLOSERS))
# Wherever a sentence can end, and some places more: every end that ``segment.sentences`` knows has to be among them.
# Of a quote that stands between blanks behind such an end, folding no longer tells which sentence it belongs to.
_END = re.compile(rf"[{_MARKS}][{_CLOSERS}]*(?= |$)( \"(?= |$))?|[。!?](?=[^ {_CLOSERS}{_MARKS}])")


@dataclass(frozen=True, slots=True)
class Protected:
    """A piece of a document that verdicts say is the author's."""

    span: Span
    verdicts: tuple[Verdict, ...]


class Memory:
    """Looks verdicts up in documents; keeps no state but the verdicts."""

    def __init__(self, verdicts: Verdicts) -> None:
        self._rejected: dict[str, list[Verdict]] = defaultdict(list)
        self._accepted: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
        for verdict in reversed(verdicts.entries):
            if verdict.ruling is Ruling.REJECT:
                self._rejected[verdict.text].append(verdict)
            else:
                self._accepted[verdict.rule, verdict.text].append(verdict)
        self._lengths = sorted(set(map(len, self._rejected)))

    def of(self, view: View) -> "Recollection":
        """What the verdicts say about a document."""
        protected = [p for line in view.lines for p in self.in_line(line, view.sites)]
        return Recollection(view, self, _disjoint(protected))

    def in_line(self, line: Line, sites: Sequence[str]) -> Iterator[Protected]:
        """The protected pieces of a line of a document of these sites, in order; they may overlap."""
        if not self._rejected:
            return
        text = normalised(line.text)
        places: list[int] = []
        for start, end in self._found(text, _edges(text)):
            if said := _here(self._rejected[text[start:end]], sites):
                places = places or _places(line.text)
                yield Protected(
                    Span(line.span.start + places[start], line.span.start + places[end - 1] + 1),
                    said,
                )

    def _found(self, text: str, edges: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Where rejected texts stand between two edges of a text in normal form.

        Of each edge, either the edges that are near enough are tried or the lengths that there are, whichever are less.
        """
        known = frozenset(edges)
        for number, edge in enumerate(edges):
            start = edge + text.startswith(" ", edge)
            near = bisect_right(edges, start + self._lengths[-1])
            if near - number - 1 <= len(self._lengths):
                ends = (edges[n] for n in range(number + 1, near))
            else:
                ends = (start + length for length in self._lengths if start + length in known)
            for end in ends:
                if text[start:end] in self._rejected:
                    yield start, end

    def accepting(self, name: str, text: str, sites: Sequence[str]) -> Verdict | None:
        """The verdict that accepts a claim of a rule or detector about a text, if there is one."""
        if not self._accepted:
            return None
        return next(iter(_here(self._accepted.get((name, normalised(text)), ()), sites)), None)


@dataclass(frozen=True, slots=True)
class Recollection:
    """What verdicts say about one document."""

    view: View
    memory: Memory = field(repr=False)
    #: In order, and apart from each other.
    protected: tuple[Protected, ...]

    @property
    def spared(self) -> View:
        """The document as detectors should see it: rules did not hit what reviewers say is the author's."""
        return self.view.sparing([p.span for p in self.protected]) if self.protected else self.view

    def spoken_of(self, claims: Iterable[Detection]) -> Iterator[Detection]:
        """Those of the claims that a verdict speaks of."""
        return (claim for claim in claims if self._protecting(claim.span) or self._accepting(claim))

    def overruled(self, decision: Decision, wanted: frozenset[Category]) -> Decision:
        """The decision as the verdicts have it; ``wanted`` are the categories that may be removed at all.

        A rejected text stays whoever claims it. An accepted claim holds, whatever its confidence, if there is such a
        claim and its category is wanted.
        """
        if protecting := self._protecting(decision.span):
            return _kept(decision, protecting) if decision.outcome is Outcome.REMOVE else decision
        if decision.outcome is Outcome.KEEP:
            for claim in decision.detections:
                if claim.category in wanted and (verdict := self._accepting(claim)):
                    return _removed(decision, claim, verdict)
        return decision

    def _protecting(self, span: Span) -> tuple[Verdict, ...]:
        last = bisect_left(self.protected, span.end, key=lambda p: p.span.start) - 1
        return self.protected[last].verdicts if last >= 0 and span.start < self.protected[last].span.end else ()

    def _accepting(self, claim: Detection) -> Verdict | None:
        text = self.view.document.text[claim.span.start : claim.span.end]
        return self.memory.accepting(str(claim.provenance), text, self.view.sites)


def _disjoint(protected: Iterable[Protected]) -> tuple[Protected, ...]:
    """The same pieces with those that overlap as one."""
    result: list[Protected] = []
    for piece in protected:
        if result and piece.span.start < result[-1].span.end:
            last = result[-1]
            span = Span(last.span.start, max(last.span.end, piece.span.end))
            result[-1] = Protected(span, tuple(dict.fromkeys((*last.verdicts, *piece.verdicts))))
        else:
            result.append(piece)
    return tuple(result)


def _here(verdicts: Iterable[Verdict], sites: Sequence[str]) -> tuple[Verdict, ...]:
    return tuple(v for v in verdicts if not v.site or on_site(v.site, sites))


def _kept(decision: Decision, verdicts: Sequence[Verdict]) -> Decision:
    claimants = [str(claim.provenance) for claim in decision.detections]
    verdict = next((v for v in verdicts if v.rule in claimants), verdicts[0])
    reason = f"kept by {verdict.signed}"
    if verdict.rule not in claimants:
        reason += f" on {verdict.rule}; claimed by {claimants[0]}"
    return _led_by(verdict, decision, decision.leading, decision.confidence, Outcome.KEEP, reason)


def _removed(decision: Decision, claim: Detection, verdict: Verdict) -> Decision:
    reason = f"Accepted by {verdict.signed}: {claim.reason}"
    return _led_by(verdict, decision, claim, 1.0, Outcome.REMOVE, reason)


def _led_by(
    verdict: Verdict, decision: Decision, claim: Detection, confidence: float, outcome: Outcome, reason: str
) -> Decision:
    """A decision that names the verdict before the claims that it is about."""
    said = Detection(claim.span, claim.category, confidence, claim.reason, Provenance(DETECTOR, verdict.rule))
    return replace(
        decision,
        category=claim.category,
        confidence=confidence,
        outcome=outcome,
        reason=reason,
        detections=(said, *decision.detections),
    )


def _edges(text: str) -> list[int]:
    """Where a text in normal form may be cut: its start, its end, and the ends of sentences in it.

    >>> from itertools import pairwise
    >>> text = 'No. 5 left! "Go on." Sign up'
    >>> [text[a:b] for a, b in pairwise(_edges(text))]
    ['No.', ' 5 left!', ' "Go on."', ' Sign up']
    """
    inner = {edge for match in _END.finditer(text) for edge in (match.end(), match.start(1)) if edge > 0}
    return sorted({0, len(text)} | inner)


def _places(text: str) -> list[int]:
    """For each character of the normal form of a text, the index of the one that it comes from.

    >>> _places(" a\\u200b\\u00a0 …")
    [1, 4, 5, 5, 5]
    """
    sources = [number for number, character in enumerate(text) for _ in fold(character)]
    places: list[int] = []
    for word in re.finditer(r"\S+", fold(text)):
        if places:
            places.append(sources[word.start() - 1])
        places += sources[word.start() : word.end()]
    return places
