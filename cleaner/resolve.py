"""From detections to decisions: guards, thresholds, overlaps, in one total order."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cleaner.config import Config
from cleaner.detectors.markup import NAME as MARKUP
from cleaner.model import Adjustment, Category, Decision, Detection, Guard, Outcome, Span
from cleaner.view import View

if TYPE_CHECKING:
    from cleaner.memory import Recollection

_CATEGORY_ORDER = {category: number for number, category in enumerate(Category)}


def resolve(
    view: View, detections: Iterable[Detection], config: Config, said: "Recollection | None" = None
) -> tuple[Decision, ...]:
    """Decide on every span that is claimed; decisions come sorted by span and do not overlap where they remove.

    Detections on one span are combined: those of different detectors are taken as independent evidence
    (``1 - (1-a)(1-b)``), of those of one detector only the strongest counts. One that weighs all the evidence stands
    beside their sum: the higher of the two holds. The category is the leading detection's. What verdicts ``said``
    overrules all of that. The result does not depend on the order of ``detections``.
    """
    spans: dict[Span, list[Detection]] = defaultdict(list)
    guards = _GuardIndex(view, config.limit)
    for detection in detections:
        spans[detection.span].append(guards.adjust(detection))
    decisions = [_decide(span, claims, config) for span, claims in spans.items()]
    if said is not None:
        decisions = [said.overruled(decision, config.remove) for decision in decisions]
    return _without_overlaps(sorted(decisions, key=_order))


def _rank(detection: Detection, limit: float) -> tuple[bool, float, int, str, str, str, tuple[Adjustment, ...]]:
    """Strongest first; every tie is broken by what the detection says, never by where it came in the list.

    One that removes by itself and names its own evidence comes before one that weighs all of it: a rule's id and
    reason tell more.
    """
    provenance = detection.provenance
    return (
        detection.weighs_all or detection.confidence < limit,
        -detection.confidence,
        _CATEGORY_ORDER[detection.category],
        provenance.detector,
        provenance.rule or "",
        detection.reason,
        detection.adjustments,
    )


def _order(decision: Decision) -> tuple[int, int, float, int]:
    span = decision.span
    return span.start, -span.end, -decision.confidence, _CATEGORY_ORDER[decision.category]


def _decide(span: Span, claims: Sequence[Detection], config: Config) -> Decision:
    ranked = tuple(sorted(claims, key=lambda claim: _rank(claim, config.limit)) if len(claims) > 1 else claims)
    wanted = tuple(d for d in ranked if d.category in config.remove)
    if not wanted:
        leading = ranked[0]
        reason = f"category {leading.category} is kept unless it is asked for"
        return Decision(span, leading.category, leading.confidence, Outcome.KEEP, reason, ranked)
    confidence = combined(wanted)
    ordered = (*wanted, *(d for d in ranked if d.category not in config.remove))
    if confidence >= config.limit or any(
        d.provenance.detector == MARKUP and d.confidence >= config.page_limit for d in wanted
    ):
        return Decision(span, wanted[0].category, confidence, Outcome.REMOVE, wanted[0].reason, ordered)
    reason = f"confidence {confidence:.2f} is below {config.limit:.2f}"
    lowering = sorted({a.name for d in wanted for a in d.adjustments if a.delta < 0})
    if lowering:
        reason += f" (lowered by {', '.join(lowering)})"
    return Decision(span, wanted[0].category, confidence, Outcome.KEEP, reason, ordered)


def combined(detections: Iterable[Detection]) -> float:
    """The confidence (0-1) that several detections give together."""
    strongest: dict[str, float] = {}
    weighed = 0.0
    for detection in detections:
        if detection.weighs_all:  # counts the others already; added to them it would count them twice
            weighed = max(weighed, detection.confidence)
            continue
        name = detection.provenance.detector
        strongest[name] = max(strongest.get(name, 0.0), detection.confidence)
    doubt = 1.0
    for name in sorted(strongest):
        doubt *= 1.0 - strongest[name]
    return round(max(weighed, 1.0 - doubt), 4)


class _GuardIndex:
    """Which guards speak about which span."""

    def __init__(self, view: View, limit: float) -> None:
        self._view = view
        self._limit = limit
        self._spans: dict[Span, tuple[Guard, ...]] = {}
        table = view.table
        for number, guards in table.guards.items():
            if guards:
                self._spans[table.whole(number)] = guards
        for number, parts in table.parts.items():
            start = table.starts[number]
            for part in parts:
                here = Span(start + part.span.start, start + part.span.end)
                # A sentence that is its whole line is guarded as a line as well.
                alone = here.end == table.ends[number] and part.span.start == 0
                self._spans[here] = (*part.guards, *(table.guards.get(number, ()) if alone else ()))

    def adjust(self, detection: Detection) -> Detection:
        """Lower a detection by the strongest guard of its unit and the strongest of the document.

        Several packs may guard against the same thing in many languages; that makes it no truer.
        """
        guards = self._spans.get(detection.span)
        # Where a rule matched they are known already; a claim that is refused anyway needs none.
        if guards is None and detection.weighs_all and detection.confidence >= self._limit:
            guards = self._spans[detection.span] = self._view.guards_on(detection.span)
        if not (guards or self._view.guards):
            return detection
        groups = (guards or (), self._view.guards)
        strongest = [
            min(group, key=lambda g: (g.weight, g.id))
            for group in ([g for g in guards if detection.category in g.against] for guards in groups)
            if group
        ]
        if not strongest:
            return detection
        adjustments = tuple(Adjustment(g.id, g.weight) for g in strongest)
        return replace(detection, adjustments=(*detection.adjustments, *adjustments))


def _without_overlaps(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """Removals keep out of each other: one inside another adds its detections to it, a partial one is cut short."""
    result: list[Decision] = []
    last: int | None = None
    for decision in decisions:
        if decision.outcome is Outcome.KEEP:
            result.append(decision)
            continue
        if last is not None and decision.span.start < result[last].span.end:
            outer = result[last]
            if decision.span.end <= outer.span.end:
                result[last] = replace(outer, detections=(*outer.detections, *decision.detections))
                continue
            decision = replace(decision, span=Span(outer.span.end, decision.span.end))
        last = len(result)
        result.append(decision)
    removed = [d.span for d in result if d.outcome is Outcome.REMOVE]
    return tuple(d for d in result if d.outcome is Outcome.REMOVE or not _inside(d.span, removed))


def _inside(span: Span, removed: Sequence[Span]) -> bool:
    """Whether a refused claim is moot, because its span goes anyway."""
    index = bisect_right(removed, span.start, key=lambda r: r.start) - 1
    return index >= 0 and span.end <= removed[index].end
