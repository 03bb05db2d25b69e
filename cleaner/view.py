"""What detectors are given: a document's lines with the facts and rule hits of each.

Facts and hits depend on a line's text alone, so they are computed once a text and serve every detector; what depends
on a line's place (zones, neighbours) is asked of the view.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import urlsplit

import numpy as np

from cleaner.matching.matcher import MAX_UNIT, Matcher, Unit, count_words, grouped
from cleaner.model import OPTIONAL_CATEGORIES, Category, Document, Guard, GuardScope, Line, Rule, Scope, Span
from cleaner.segment import sentences, split_lines

_BULLET = re.compile(r"\s*(?:[-–—*•·▪●◦‣►▶»>+✓✔☑→]|\d{1,3}[.)])(?:\s|$)")
_FINAL = re.compile(r"[.!?…。！？｡؟۔।][\"'”’»)\]」』）›*]*\s*$")

# Words by which a text speaks to its reader, or of its publisher, in folded form.
_ADDRESS = re.compile(
    r"\b(?:you|your|yours|we|our|ours|us|please|click|sie|ihre?[nrms]?|wir|unser\w*|uns|du|dein\w*|dir|dich|euch|eure\w*|"
    r"bitte|vous|votre|vos|nous|notre|nos|cliquez|usted(?:es)?|nuestr[oa]s?|tu|tus|ti|voces?|seu|sua|seus|suas|noss[oa]s?|"
    r"vostr[oaie]|nostr[oaie]|tuo|tua|jij|jou|jouw|uw|ons|onze|twoj\w*|nasz\w*|panstw\w*|wasz\w*|cookies?|disclaimer|"
    r"copyright|affiliate|newsletter|advice|liability|licen[sc]e\w*)\b|[^\x00-\x7f]"
)
_CELLS = 3
_LEAST_MIXED = 14
_LEAST_OTHERS = 8
_LEAST_OTHERS_LEGAL = 25  # disclaimers come in dry sentences, and seldom before the article

#: A line of this many words is running text even without a final mark; with one, half as many are enough.
PROSE_WORDS = 24
PROSE_WORDS_WITH_FINAL_MARK = 10
#: A rule this sure of a line by itself keeps the line from counting as the article's prose.
SURE = 0.8
#: A rule this sure that a line is a byline, date or bio keeps it from being judged by its neighbours.
KNOWN = 0.5


@dataclass(frozen=True, slots=True)
class Facts:
    """What a line is by its text alone."""

    text: str
    words: int
    blank: bool
    bullet: bool
    final: bool
    prose: bool
    rules: tuple[Rule, ...] = ()
    guards: tuple[Guard, ...] = ()
    parts: tuple["Part", ...] = ()
    #: Rules had to leave the line out, and looked at its sentences alone.
    too_long: bool = False

    @property
    def known(self) -> bool:
        """Whether a rule says that the line belongs to the article's furniture which is kept: byline, date, bio."""
        return any(r.category in OPTIONAL_CATEGORIES and r.confidence >= KNOWN for r in self.rules)

    @property
    def table_row(self) -> bool:
        """Whether the line looks like the row of a table."""
        return self.text.count("|") >= _CELLS

    @property
    def own_prose(self) -> bool:
        """Whether the line looks like the article's own running text."""
        return self.prose and not self.sure

    @property
    def sure(self) -> bool:
        """Whether a rule is sure by itself that the line is not the article."""
        return any(
            r.confidence >= SURE
            and r.category not in OPTIONAL_CATEGORIES
            and r.scope in (Scope.LINE, Scope.HEADING, Scope.BLOCK)
            for r in self.rules
        )


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence of a line (offsets into the line's text) with the rules and guards that match it."""

    span: Span
    rules: tuple[Rule, ...]
    guards: tuple[Guard, ...]


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The rules and guards of a run, compiled."""

    rules: Matcher[Rule]
    guards: Matcher[Guard]


@dataclass
class _Draft:
    """A line that is being looked at."""

    text: str
    words: int
    by_line: Sequence[int]
    rules: tuple[Rule, ...] = ()
    parts: list["Part"] = field(default_factory=list)
    guards: tuple[Guard, ...] = ()
    too_long: bool = False


class Observer:
    """Turns the texts of lines into facts, each text once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._by_sentence = np.array([c.source.scope is Scope.SENTENCE for c in knowledge.rules.compiled], dtype=bool)
        self._seen: dict[str, Facts] = {}
        self._guarded: dict[tuple[str, GuardScope], tuple[Guard, ...]] = {}

    def scan(self, texts: Iterable[str]) -> None:
        """Look at the texts of lines not met before, all in one go; they hold no line breaks."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._seen]
        if not fresh:
            return
        drafts = self._drafts(fresh)
        matched = [draft for draft in drafts if draft.rules or draft.parts]
        found = self._guards_of([draft.text for draft in matched], GuardScope.LINE)
        for draft, guards in zip(matched, found, strict=True):
            draft.guards = guards
        self._seen |= {draft.text: _facts(draft) for draft in drafts}

    def facts_of(self, lines: Sequence[Line]) -> tuple[Facts, ...]:
        """The facts of lines whose texts were scanned."""
        return tuple(self._seen[line.text] for line in lines)

    def _drafts(self, texts: Sequence[str]) -> list[_Draft]:
        """The lines with the rules that match them and their sentences."""
        rules = self._knowledge.rules
        words = [count_words(text) for text in texts]
        numbers, patterns = rules.pairs(texts)
        by_sentence = self._by_sentence[patterns]
        counts = np.array(words, dtype=np.int64)[numbers]
        long_enough = counts >= rules.least_words[patterns]
        by_line = grouped(numbers, patterns, long_enough & ~by_sentence & (counts <= rules.most_words[patterns]))
        drafts = [
            _Draft(text, count, by_line.get(n, ())) for n, (text, count) in enumerate(zip(texts, words, strict=True))
        ]
        wanted: list[tuple[_Draft, Span, bool]] = []
        in_parts = set(np.unique(numbers[long_enough & by_sentence]).tolist())
        for number in sorted({*in_parts, *by_line}):
            draft = drafts[number]
            narrow = self._whole(draft)
            if narrow or number in in_parts:
                wanted += ((draft, span, narrow) for span in sentences(draft.text))
        self._add_parts(wanted)
        return drafts

    def _whole(self, draft: _Draft) -> bool:
        """Find the rules that match the line as a whole; whether its sentences are to be looked at instead."""
        draft.too_long = len(draft.text) > MAX_UNIT
        if not draft.by_line:
            return False
        draft.rules = self._knowledge.rules.confirm(Unit.of(draft.text), draft.by_line)
        narrow = bool(draft.rules) and self._is_mixed(draft)
        if narrow:
            draft.rules = ()
        return narrow

    def _is_mixed(self, draft: _Draft) -> bool:
        """Whether a line that rules match goes on with sentences which no rule matches and which address nobody.

        A pitch of several sentences speaks to its reader in all of them. Where a line break was lost, a paragraph of
        the article follows the pitch on its line; then only the sentences that match go.
        """
        if draft.words < _LEAST_MIXED or len(spans := sentences(draft.text)) < 2:
            return False
        texts = [draft.text[span.start : span.end] for span in spans]
        rules = self._knowledge.rules
        candidates = rules.candidates(texts)
        units = [Unit.of(text) for text in texts]
        others = [
            unit
            for number, unit in enumerate(units)
            if not rules.confirm(unit, [i for i in candidates.get(number, ()) if self._is_for(i, draft)])
        ]
        legal = all(r.category is Category.LEGAL for r in draft.rules)
        least = _LEAST_OTHERS_LEGAL if legal else _LEAST_OTHERS
        if len(others) == len(units) or sum(unit.words for unit in others) < least:
            return False
        return not any(_ADDRESS.search(unit.lower) for unit in others)

    def _is_for(self, index: int, draft: _Draft) -> bool:
        """Whether a rule looks at whole lines, and at lines as long as this one."""
        rule = self._knowledge.rules.compiled[index]
        return not self._by_sentence[index] and rule.fits(draft.words)

    def _add_parts(self, wanted: Sequence[tuple[_Draft, Span, bool]]) -> None:
        """Give lines the sentences that rules match; if a line is ``narrow``, the rules for lines have their say."""
        texts = [draft.text[span.start : span.end] for draft, span, _ in wanted]
        candidates = self._knowledge.rules.candidates(texts)
        found: list[tuple[_Draft, Part]] = []
        for number, (draft, span, narrow) in enumerate(wanted):
            own = candidates.get(number, ())
            indexes = [i for i in own if self._by_sentence[i] or (narrow and self._is_for(i, draft))]
            if indexes and (rules := self._knowledge.rules.confirm(Unit.of(texts[number]), indexes)):
                found.append((draft, Part(span, rules, ())))
        guards = self._guards_of([d.text[p.span.start : p.span.end] for d, p in found], GuardScope.SENTENCE)
        for (draft, part), some in zip(found, guards, strict=True):
            draft.parts.append(replace(part, guards=some))

    def _guards_of(self, texts: Sequence[str], scope: GuardScope) -> list[tuple[Guard, ...]]:
        """The guards of a scope that match each text."""
        matcher = self._knowledge.guards
        if not texts:
            return []
        candidates = matcher.candidates(texts)
        compiled = matcher.compiled
        own = ([i for i in candidates.get(n, ()) if compiled[i].source.scope is scope] for n in range(len(texts)))
        return [matcher.confirm(Unit.of(text), some) if some else () for text, some in zip(texts, own, strict=True)]

    def guards_of(self, text: str, scope: GuardScope) -> tuple[Guard, ...]:
        """The guards of a scope that match a text."""
        known = self._guarded.get((text, scope))
        if known is None:
            matcher = self._knowledge.guards
            own = [i for i in matcher.candidates_in(text) if matcher.compiled[i].source.scope is scope]
            known = self._guarded[text, scope] = matcher.confirm(Unit.of(text), own) if own else ()
        return known

    def document_guards(self, topic: str) -> tuple[Guard, ...]:
        """The guards that a document's title, or its first line, calls for."""
        return self.guards_of(topic, GuardScope.DOCUMENT) if topic else ()


def _facts(draft: _Draft) -> Facts:
    text, words = draft.text, draft.words
    final = is_final(text)
    return Facts(
        text,
        words,
        not text.strip(),
        bool(_BULLET.match(text)),
        final,
        is_prose(words, final=final),
        draft.rules,
        draft.guards,
        tuple(draft.parts),
        draft.too_long,
    )


@dataclass(frozen=True)
class View:
    """A document as detectors see it. Offsets are into ``document.text``."""

    document: Document
    lines: tuple[Line, ...]
    facts: tuple[Facts, ...]
    guards: tuple[Guard, ...]
    observer: Observer = field(repr=False, compare=False)
    sites: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, document: Document, observer: Observer, sites: Sequence[str] = ()) -> "View":
        """Segment a document and observe its lines."""
        (view,) = cls.of_all([document], observer, sites)
        return view

    @classmethod
    def of_all(cls, documents: Sequence[Document], observer: Observer, sites: Sequence[str] = ()) -> list["View"]:
        """Segment documents and observe their lines, all in one go."""
        lines = [split_lines(document.text) for document in documents]
        observer.scan(line.text for some in lines for line in some)
        return [cls._of_lines(d, some, observer, sites) for d, some in zip(documents, lines, strict=True)]

    @classmethod
    def _of_lines(cls, document: Document, lines: tuple[Line, ...], observer: Observer, sites: Sequence[str]) -> "View":
        facts = observer.facts_of(lines)
        # Without a title the first line that no rule knows says what the document is about.
        topic = document.title or next((f.text for f in facts if not (f.blank or f.rules or f.parts)), "")
        guards = observer.document_guards(topic)
        return cls(document, lines, facts, guards, observer, (*sites, *site_of(document.url)))

    @cached_property
    def filled(self) -> tuple[int, ...]:
        """The numbers of the lines that are not blank."""
        return tuple(i for i, f in enumerate(self.facts) if not f.blank)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(line.span.start for line in self.lines)

    def line_at(self, offset: int) -> Line:
        """The line that an offset lies in."""
        return self.lines[bisect_right(self._starts, offset) - 1]

    @cached_property
    def prose(self) -> tuple[int, ...]:
        """The numbers of the lines that look like the article's own running text."""
        return tuple(i for i, f in enumerate(self.facts) if f.own_prose)

    @cached_property
    def head_end(self) -> int:
        """The number of the first line of prose; every line before it is in the head."""
        return self.prose[0] if self.prose else 0

    @cached_property
    def tail_start(self) -> int:
        """The number after the last line of prose: from there on is the tail. Without prose there is none."""
        return self.prose[-1] + 1 if self.prose else len(self.lines)

    def in_head(self, number: int) -> bool:
        """Whether a line stands before all prose."""
        return number < self.head_end

    def in_tail(self, number: int) -> bool:
        """Whether a line stands after all prose."""
        return number >= self.tail_start

    def guards_on(self, span: Span) -> tuple[Guard, ...]:
        """The guards that match a line (its whole span) or a sentence, also where no rule does."""
        line = self.line_at(span.start)
        whole = line.whole == span
        text = line.text if whole else self.document.text[span.start : span.end]
        return self.observer.guards_of(text, GuardScope.LINE if whole else GuardScope.SENTENCE)

    def applies(self, rule: Rule) -> bool:
        """Whether a rule is for this document's site."""
        return not rule.sites or any(on_site(site, self.sites) for site in rule.sites)

    def sparing(self, spans: Sequence[Span]) -> "View":
        """The same document as if no rule had hit the lines, or their sentences, that hold any of the spans.

        The spans are sorted and do not overlap, and none leaves its line.
        """
        facts = list(self.facts)
        for number in {self.line_at(span.start).number for span in spans}:
            start, old = self.lines[number].span.start, facts[number]
            parts = (p for p in old.parts if not _touches(spans, start + p.span.start, start + p.span.end))
            facts[number] = replace(old, rules=(), parts=tuple(parts))
        return replace(self, facts=tuple(facts))


def _touches(spans: Sequence[Span], start: int, end: int) -> bool:
    """Whether any of some sorted spans apart from each other overlaps a range."""
    last = bisect_left(spans, end, key=lambda span: span.start) - 1
    return last >= 0 and start < spans[last].end


def on_site(host: str, sites: Iterable[str]) -> bool:
    """Whether one of a document's sites is a host or lies below it.

    >>> on_site("news.example", ["m.news.example"]), on_site("news.example", ["old-news.example"])
    (True, False)
    """
    return any(site == host or site.endswith("." + host) for site in sites)


def is_prose(words: int, *, final: bool) -> bool:
    """Whether a line of so many words, with a final mark or without, looks like running text.

    >>> is_prose(10, final=True), is_prose(10, final=False)
    (True, False)
    """
    return words >= PROSE_WORDS or (final and words >= PROSE_WORDS_WITH_FINAL_MARK)


def is_final(text: str) -> bool:
    """Whether a line ends in a mark that ends sentences.

    >>> is_final("The harbour reopened (on Monday.)")
    True
    """
    return bool(_FINAL.search(text[-12:]))


def site_of(url: str | None) -> tuple[str, ...]:
    """The host of a url, without ``www.``, or nothing.

    >>> site_of("https://www.example.com/a")
    ('example.com',)
    """
    if not url:
        return ()
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname
    except ValueError:
        return ()
    return (host.removeprefix("www."),) if host else ()
