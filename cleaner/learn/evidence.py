"""What speaks for and against a recurring line: where it stands, what stands around it, what Cleaner makes of it."""

import re
from collections import OrderedDict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import mean

from cleaner.config import THRESHOLDS, Mode
from cleaner.learn.store import PageLine, Recurrence, Store
from cleaner.learn.template import Template, template_of
from cleaner.matching.matcher import count_words, squeeze
from cleaner.model import Category, Decision, Document
from cleaner.pipeline import Cleaner
from cleaner.segment import split_lines

#: How many of a template's documents Cleaner is asked about.
JUDGED = 6
#: How many documents are kept as examples, the line with so many lines above and below.
CONTEXTS = 3
AROUND = 2
#: Two documents that have more of the shorter one's characters in common are one text (0-1).
ONE_TEXT = 0.5
#: A document of which less is left without what recurs on its site says nothing about its text.
LEAST_TEXT = 80
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
    claimed: float
    removed: float
    category: Category | None
    variants: tuple[str, ...]
    contexts: tuple[Context, ...]

    @property
    def share(self) -> float:
        """The largest share of a site's documents that have it, among the sites on which it recurs."""
        return max((found / total for found, total in self.recurrence.sites.values()), default=0.0)

    @property
    def tail(self) -> float:
        """The share of documents in which it stands after all of the article's prose."""
        return self.recurrence.tail / self.recurrence.documents

    @property
    def head(self) -> float:
        """The share of documents in which it stands before all of the article's prose."""
        return self.recurrence.head / self.recurrence.documents


@dataclass(frozen=True, slots=True)
class _Page:
    """A document that is looked into, with what Cleaner decides on each of its lines."""

    lines: tuple[PageLine, ...]
    own: dict[int, int] = field(repr=False)
    words: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Opinion:
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
        """The evidence on a template that stands at these places: documents and numbers of lines in them."""
        pages = [(self._page(doc), n) for doc, n in places]
        lines = [next(line for line in page.lines if line.n == n) for page, n in pages]
        template = template_of(lines[0].text)
        opinions = [self._opinions_on(doc).get(n, _Opinion(0.0, None)) for doc, n in places[:JUDGED]]
        sure = THRESHOLDS[Mode.BALANCED]
        return Evidence(
            template=template,
            recurrence=recurrence,
            looked_into=len(pages),
            texts=_different([{k: v for k, v in page.own.items() if k != recurrence.key} for page, _ in pages]),
            fit=round(mean(_fit(template, page.words) for page, _ in pages), 4),
            last=round(mean(self._is_last(page, n) for page, n in pages), 4),
            heads=round(mean(self._is_heading(page, n) for page, n in pages), 4),
            claimed=round(mean(o.confidence for o in opinions), 4),
            removed=round(mean(o.confidence >= sure for o in opinions), 4),
            category=_category(opinions),
            variants=tuple(sorted({line.text for line in lines})),
            contexts=tuple(_context(page, n) for page, n in pages[:CONTEXTS]),
        )

    def _page(self, doc: int) -> _Page:
        if doc not in self._pages:
            lines = self._store.page(doc)
            own = [line for line in lines if not line.frequent]
            words = (_WORD.findall(squeeze(line.text).lower()) for line in own if line.key not in self._candidates)
            known = frozenset(word for some in words for word in some if len(word) >= TELLING_WORD)
            self._pages[doc] = _Page(lines, {line.key: len(line.text) for line in own}, known)
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
        short = count_words(line.text) <= HEADING_WORDS and not _FINAL.search(line.text)
        return short and bool(below) and self._is_own(below[0])


def _opinions(cleaner: Cleaner, lines: Sequence[PageLine]) -> dict[int, _Opinion]:
    rows: dict[int, str] = {line.n: line.text for line in lines}
    text = "\n".join(rows.get(n, "") for n in range(max(rows) + 1))
    decisions = cleaner.decisions(Document(text))
    return {
        line.number: opinion
        for line in split_lines(text)
        if line.text and (opinion := _opinion([d for d in decisions if _covers(d, line.span.start, line.span.end)]))
    }


def _covers(decision: Decision, start: int, end: int) -> bool:
    """Whether a decision is about most of a line."""
    return 2 * (min(decision.span.end, end) - max(decision.span.start, start)) > end - start


def _opinion(decisions: Sequence[Decision]) -> _Opinion | None:
    if not decisions:
        return None
    surest = max(decisions, key=lambda d: (d.confidence, d.category))
    return _Opinion(surest.confidence, surest.category)


def _category(opinions: Iterable[_Opinion]) -> Category | None:
    """What the lines were taken for, weighed by how surely."""
    weights: dict[Category, float] = {}
    for opinion in opinions:
        if opinion.category is not None:
            weights[opinion.category] = weights.get(opinion.category, 0.0) + opinion.confidence
    return max(weights, key=lambda c: (weights[c], c)) if weights else None


def _different(texts: Sequence[dict[int, int]]) -> int:
    """How many different texts there are among documents, given as their lines' lengths by template.

    A wire story that many sites print is one text, whatever each adds to it; so is all of which too little is left.
    """
    firsts: list[dict[int, int]] = []
    little = False
    for text in texts:
        if sum(text.values()) < LEAST_TEXT:
            little = True
        elif not any(_same(text, first) for first in firsts):
            firsts.append(text)
    return len(firsts) + little


def _same(one: dict[int, int], other: dict[int, int]) -> bool:
    shared = sum(length for key, length in one.items() if key in other)
    return shared > ONE_TEXT * min(sum(one.values()), sum(other.values()))


def _fit(template: Template, words: frozenset[str]) -> float:
    """The share of the template's long words that the article has too."""
    telling = {word for word in template.words if len(word) >= TELLING_WORD}
    return len(telling & words) / len(telling) if telling else 0.0


def _context(page: _Page, n: int) -> Context:
    at = next(i for i, line in enumerate(page.lines) if line.n == n)
    texts = [line.text for line in page.lines]
    return Context(tuple(texts[max(0, at - AROUND) : at]), texts[at], tuple(texts[at + 1 : at + 1 + AROUND]))
