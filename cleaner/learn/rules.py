"""From a template with its evidence to the entry of a pack."""

from cleaner.learn.evidence import Evidence
from cleaner.learn.judge import Verdict
from cleaner.learn.patterns import pattern_of, slug
from cleaner.matching.squeezed import core, count_words, squeeze
from cleaner.model import At, Category
from cleaner.packs import Context, Header, RuleEntry, lint_entry, rule_of
from cleaner.packs import Evidence as EvidenceEntry

#: The most sites that a rule is restricted to; what recurs on more goes everywhere.
MOST_SITES = 2
#: How many examples a rule has.
EXAMPLES = 3

_DEFAULT_MAX_WORDS = 60
_SHOWN = 160


def rule_entry(evidence: Evidence, verdict: Verdict, header: Header) -> RuleEntry | None:
    """The rule that a template makes; nothing if no pattern can tell its lines from others."""
    template = evidence.template
    regex = pattern_of(template, evidence.variants)
    sites = sorted(evidence.recurrence.sites)
    examples = sorted(evidence.variants, key=lambda v: (len(v), v))[:EXAMPLES]
    words = max(count_words(variant) for variant in evidence.variants)
    entry = RuleEntry(
        id=f"learned.{slug(template)}.{template.key:016x}",
        category=evidence.category or Category.OTHER,
        phrases=[] if regex else [core(squeeze(examples[0]))],
        regex=regex or [],
        at=At.WHOLE,
        max_words=max(_DEFAULT_MAX_WORDS, words + words // 2),
        confidence=verdict.confidence,
        sites=[] if evidence.recurrence.wide or len(sites) > MOST_SITES else sites,
        why="The line recurs in articles that have nothing else in common.",
        examples=examples,
        counterexamples=[f"She read it out, “{examples[0]}”, and went on with her story."],
        evidence=_evidence(evidence, verdict),
    )
    return None if any(lint_entry(rule_of(header, entry))) else entry


def _evidence(evidence: Evidence, verdict: Verdict) -> EvidenceEntry:
    found = evidence.recurrence
    return EvidenceEntry(
        documents=found.documents,
        sites=found.spread,
        looked_into=evidence.looked_into,
        texts=evidence.texts,
        share=round(evidence.share, 4),
        head=round(evidence.head, 4),
        tail=round(evidence.tail, 4),
        last=evidence.last,
        fit=evidence.fit,
        claimed=evidence.claimed,
        points=verdict.points,
        first_seen=found.first,
        last_seen=found.last,
        contexts=[
            Context(before=_short(c.before), line=c.line[:_SHOWN], after=_short(c.after)) for c in evidence.contexts
        ],
    )


def _short(lines: tuple[str, ...]) -> list[str]:
    return [line[:_SHOWN] for line in lines]
