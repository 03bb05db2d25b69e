"""What speaks for and against a recurring line: where it stands, what stands around it, what Cleaner makes of it."""

import re
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import mean

from cleaner.config import THRESHOLDS, Mode
from cleaner.learn.store import PageLine, Recurrence, Store
from cleaner.learn.template import Template, template_of
from cleaner.matching.squeezed import count_words, squeeze
from cleaner.model import Category, Decision, Document, Span
from cleaner.pipeline import Cleaner
from cleaner.segment import split_lines

#: How many of a template's documents Cleaner is asked about.
JUDGED = 6
#: How many documents are kept as examples, the line with so many lines above and below.
CONTEXTS = 3
AROUND = 2
#: Two documents that have more of the shorter one's phrases in common are one text (0-1).
ONE_TEXT = 0.3
#: Words of a phrase: two articles on one subject, or in one manner, share words, but few phrases.
PHRASE = 5
#: Words of a document that are compared with others.
COMPARED = 4000
#: A document of which a smaller share (0-1) is left without what stands everywhere on its site tells no text.
LEAST_LEFT = 0.3
#: A line of more words, or with a final mark, heads nothing.
HEADING_WORDS = 10
#: Shorter words stand in every text.
TELLING_WORD = 5

# Templates of one site stand in the same documents, and come one after the other.
_CACHED = 100
_FINAL = re.compile(r"[.!…。！]['\")\]]*$")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Context:
    """A line as it stands in a document, with the lines around it."""

    before: tuple[str, ...]
    line: str
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a template. Shares and confidences are 0-1.

    ``looked_into`` documents were read whole: ``texts`` of these are different texts, ``fit`` is the share of the
    template's long words that their articles have too, ``last`` the share in which nothing of the article's own comes
    below the line, and ``heads`` the share in which it stands right above something of the article's own, as a heading
    does. ``claimed`` is how sure Cleaner is on average that it is not the article, ``removed`` the share in which it
    removes the line already, ``category`` what it takes it for, if for anything. ``variants`` are the different lines.
    """

    template: Template
    recurrence: Recurrence
    looked_into: int
    texts: int
    fit: float
    last: float
    heads: float
    variants: tuple[str, ...]
    contexts: tuple[Context, ...]
    claimed: float = 0.0
    removed: float = 0.0
    category: Category | None = None

    @property
    def share(self) -> float:
        """The largest share of a site's documents that have it, among the sites on which it recurs."""
        return max((found / total for found, total in self.recurrence.sites.values()), default=0.0)

    @property
    def short(self) -> bool:
        """Whether it is short and without a final mark, as headings are."""
        return all(is_short(line) for line in self.variants)

    @property
    def tail(self) -> float:
        """The share of documents in which it stands after all of the article's prose."""
        return self.recurrence.tail / self.recurrence.documents

    @property
    def head(self) -> float:
        """The share of documents in which it stands before all of the article's prose."""
        return self.recurrence.head / self.recurrence.documents


#: Successive words, folded and in lower case.
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Page:
    """A document that is looked into: its lines, the phrases that tell it from others, and its own long words."""

    lines: tuple[PageLine, ...]
    phrases: frozenset[Phrase] = field(repr=False)
    words: frozenset[str] = field(repr=False)

    @classmethod
    def of(cls, lines: tuple[PageLine, ...], candidates: Collection[int]) -> "_Page":
        """What is known of a document by its lines; without phrases if too little of it is its own."""
        telling = [line for line in lines if not line.everywhere]
        left = sum(len(line.text) for line in telling) >= LEAST_LEFT * sum(len(line.text) for line in lines)
        own = (_words(line.text) for line in lines if not line.frequent and line.key not in candidates)
        return cls(
            lines,
            frozenset(_phrases(telling)) if left else frozenset(),
            frozenset(word for words in own for word in words if len(word) >= TELLING_WORD),
        )


@dataclass(frozen=True, slots=True)
class _Opinion:
    """How sure Cleaner is that a line is not the article, and what it takes it for."""

    confidence: float
    category: Category | None


class Observer:
    """Gathers the evidence on templates from the documents of a store."""

    def __init__(self, store: Store, cleaner: Cleaner, candidates: Collection[int]) -> None:
        self._store = store
        self._cleaner = cleaner
        self._candidates = candidates
        self._pages: OrderedDict[int, _Page] = OrderedDict()
        self._opinions: OrderedDict[int, dict[int, _Opinion]] = OrderedDict()

    def observe(self, recurrence: Recurrence, places: Sequence[tuple[int, int]]) -> Evidence:
        """The evidence on a template that stands at these places: documents and numbers of lines in them.

        Cleaner is not asked yet, as that takes longest.
        """
        pages = [(self._page(doc), n) for doc, n in places]
        lines = [next(line for line in page.lines if line.n == n) for page, n in pages]
        template = template_of(lines[0].text)
        return Evidence(
            template=template,
            recurrence=recurrence,
            looked_into=len(pages),
            texts=_different(
                [page.phrases.difference(_phrases([line])) for (page, _), line in zip(pages, lines, strict=True)]
            ),
            fit=round(mean(_fit(template, page.words) for page, _ in pages), 4),
            last=round(mean(self._is_last(page, n) for page, n in pages), 4),
            heads=round(mean(self._is_heading(page, n) for page, n in pages), 4),
            variants=tuple(sorted({line.text for line in lines})),
            contexts=tuple(_context(page, n) for page, n in pages[:CONTEXTS]),
        )

    def ask(self, evidence: Evidence, places: Sequence[tuple[int, int]]) -> Evidence:
        """The evidence with what Cleaner makes of the template's lines at the first of these places."""
        opinions = [self._opinions_on(doc).get(n, _Opinion(0.0, None)) for doc, n in places[:JUDGED]]
        return replace(
            evidence,
            claimed=round(mean(o.confidence for o in opinions), 4),
            removed=round(mean(o.confidence >= THRESHOLDS[Mode.BALANCED] for o in opinions), 4),
            category=_category(opinions),
        )

    def _page(self, doc: int) -> _Page:
        if doc not in self._pages:
            self._pages[doc] = _Page.of(self._store.page(doc), self._candidates)
            if len(self._pages) > _CACHED:
                self._pages.popitem(last=False)
        self._pages.move_to_end(doc)
        return self._pages[doc]

    def _opinions_on(self, doc: int) -> dict[int, _Opinion]:
        """What Cleaner makes of each line of a document, by the lines' numbers."""
        if doc not in self._opinions:
            self._opinions[doc] = _opinions(self._cleaner, self._page(doc).lines)
            if len(self._opinions) > _CACHED:
                self._opinions.popitem(last=False)
        self._opinions.move_to_end(doc)
        return self._opinions[doc]

    def _is_own(self, line: PageLine) -> bool:
        return not line.frequent and line.key not in self._candidates

    def _is_last(self, page: _Page, n: int) -> bool:
        return not any(self._is_own(line) for line in page.lines if line.n > n)

    def _is_heading(self, page: _Page, n: int) -> bool:
        line, *below = [line for line in page.lines if line.n >= n][:2]
        return is_short(line.text) and bool(below) and self._is_own(below[0])


def is_short(line: str) -> bool:
    """Whether a line is short and without a final mark, as headings are.

    >>> is_short("What happened next"), is_short("Nothing happened.")
    (True, False)
    """
    return count_words(line) <= HEADING_WORDS and not _FINAL.search(line)


def _opinions(cleaner: Cleaner, page: Sequence[PageLine]) -> dict[int, _Opinion]:
    texts: dict[int, str] = {line.n: line.text for line in page}
    text = "\n".join(texts.get(n, "") for n in range(max(texts) + 1))
    lines = split_lines(text)
    starts = [line.span.start for line in lines]
    opinions: dict[int, _Opinion] = {}
    for decision in sorted(cleaner.decisions(Document(text)), key=lambda d: (d.confidence, d.category)):
        first, last = (bisect_right(starts, at) - 1 for at in (decision.span.start, decision.span.end - 1))
        for line in lines[first : last + 1]:
            if _covers(decision, line.span):
                opinions[line.number] = _Opinion(decision.confidence, decision.category)
    return opinions


def _covers(decision: Decision, line: Span) -> bool:
    """Whether a decision is about most of a line."""
    return 2 * (min(decision.span.end, line.end) - max(decision.span.start, line.start)) > len(line)


def _category(opinions: Iterable[_Opinion]) -> Category | None:
    """What the lines were taken for, weighed by how surely."""
    weights: dict[Category, float] = {}
    for opinion in opinions:
        if opinion.category is not None:
            weights[opinion.category] = weights.get(opinion.category, 0.0) + opinion.confidence
    return max(weights, key=lambda c: (weights[c], c)) if weights else None


def _words(text: str) -> list[str]:
    return _WORD.findall(squeeze(text).lower())


def _phrases(lines: Iterable[PageLine]) -> Iterator[Phrase]:
    """The phrases of the first lines, none across two of them."""
    left = COMPARED
    for line in lines:
        words = _words(line.text)[:left]
        left -= len(words)
        yield from zip(*(words[i:] for i in range(PHRASE)), strict=False)


def _different(texts: Sequence[frozenset[Phrase]]) -> int:
    """How many different texts there are among documents, given as their phrases.

    A wire story that many sites print is one text, whatever each adds to it; so are all those without phrases.
    """
    firsts: list[frozenset[Phrase]] = []
    for text in texts:
        if text and not any(len(text & first) > ONE_TEXT * min(len(text), len(first)) for first in firsts):
            firsts.append(text)
    return len(firsts) + any(not text for text in texts)


def _fit(template: Template, words: frozenset[str]) -> float:
    """The share of the template's long words that the article has too."""
    telling = {word for word in template.words if len(word) >= TELLING_WORD}
    return len(telling & words) / len(telling) if telling else 0.0


def _context(page: _Page, n: int) -> Context:
    at = next(i for i, line in enumerate(page.lines) if line.n == n)
    texts = [line.text for line in page.lines]
    return Context(tuple(texts[max(0, at - AROUND) : at]), texts[at], tuple(texts[at + 1 : at + 1 + AROUND]))
