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

from cleaner.matching.matcher import Compiled, Matcher, Unit, count_words
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
    guards: tuple[Compiled[Guard], ...]


class Observer:
    """Turns the texts of lines into facts, each text once."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._guards_by_scope = {
            scope: tuple(c for c in knowledge.guards if c.source.scope is scope) for scope in GuardScope
        }
        self._seen: dict[str, Facts] = {}

    def scan(self, texts: Iterable[str]) -> None:
        """Look at the texts of lines not met before, all in one go; they hold no line breaks."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._seen]
        if fresh:
            candidates = self._knowledge.rules.candidates("\n".join(fresh))
            for number, text in enumerate(fresh):
                self._seen[text] = self._facts(text, candidates.get(number, ()))

    def facts_of(self, lines: Sequence[Line]) -> tuple[Facts, ...]:
        """The facts of lines whose texts were scanned."""
        return tuple(self._seen[line.text] for line in lines)

    def _facts(self, text: str, candidates: Iterable[int]) -> Facts:
        words = count_words(text)
        final = is_final(text)
        prose = is_prose(words, final=final)
        rules: tuple[Rule, ...] = ()
        guards: tuple[Guard, ...] = ()
        parts: tuple[Part, ...] = ()
        compiled = self._knowledge.rules.compiled
        by_sentence: list[int] = []
        by_line: list[int] = []
        for index in candidates:
            one = compiled[index].source
            if one.scope is Scope.SENTENCE:
                by_sentence.append(index)
            elif one.min_words <= words <= one.max_words:
                by_line.append(index)
        too_long = False
        if by_line or by_sentence:
            unit = Unit.of(text)
            too_long = unit.too_long
            if not unit.too_long:
                by_sentence = [i for i in by_sentence if compiled[i].possible(unit.lower)]
            rules = self._knowledge.rules.confirm(unit, by_line)
            narrow = set(by_line) if rules and self._is_mixed(text, words, rules, by_line) else set()
            if narrow:
                rules = ()
            parts = tuple(self._parts(text, [*by_sentence, *narrow])) if by_sentence or narrow else ()
            if rules or parts:
                guards = self._guards(unit, GuardScope.LINE)
        blank, bullet = not text.strip(), bool(_BULLET.match(text))
        return Facts(text, words, blank, bullet, final, prose, rules, guards, parts, too_long)

    def _is_mixed(self, text: str, words: int, rules: Sequence[Rule], candidates: Sequence[int]) -> bool:
        """Whether a line that rules match goes on with sentences which no rule matches and which address nobody.

        A pitch of several sentences speaks to its reader in all of them. Where a line break was lost, a paragraph of
        the article follows the pitch on its line; then only the sentences that match go.
        """
        if words < _LEAST_MIXED or len(spans := sentences(text)) < 2:
            return False
        others = []
        matched = False
        for span in spans:
            unit = Unit.of(text[span.start : span.end])
            if self._knowledge.rules.confirm(unit, candidates):
                matched = True
            else:
                others.append(unit)
        least = _LEAST_OTHERS_LEGAL if all(r.category is Category.LEGAL for r in rules) else _LEAST_OTHERS
        if not matched or sum(unit.words for unit in others) < least:
            return False
        return not any(_ADDRESS.search(unit.lower) for unit in others)

    def _parts(self, text: str, candidates: Sequence[int]) -> Iterable[Part]:
        for span in sentences(text):
            unit = Unit.of(text[span.start : span.end])
            rules = self._knowledge.rules.confirm(unit, candidates)
            if rules:
                yield Part(span, rules, self._guards(unit, GuardScope.SENTENCE))

    def _guards(self, unit: Unit, scope: GuardScope) -> tuple[Guard, ...]:
        return tuple(c.source for c in self._guards_by_scope[scope] if c.matches(unit))

    def guards_of(self, text: str, scope: GuardScope) -> tuple[Guard, ...]:
        """The guards of a scope that match a text."""
        return self._guards(Unit.of(text), scope)

    def document_guards(self, topic: str) -> tuple[Guard, ...]:
        """The guards that a document's title, or its first line, calls for."""
        return self.guards_of(topic, GuardScope.DOCUMENT) if topic else ()


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
