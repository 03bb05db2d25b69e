"""The steps in order: segment, detect, resolve, apply, audit."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.apply import join, sha256
from cleaner.blanks import blank_removal, leftover_blanks, tidied
from cleaner.config import BUILTIN_MODEL, NO_MODEL, Config
from cleaner.detectors import claims_on
from cleaner.detectors.learned import LEAST, LearnedDetector
from cleaner.errors import RestoreError, RoundTripError
from cleaner.html.extractor import Extractor
from cleaner.learned.scorer import builtin_model, load
from cleaner.library import load_library, pack_folders
from cleaner.model import (
    Decision,
    Detection,
    Document,
    Form,
    Kept,
    Line,
    Outcome,
    Pack,
    Removal,
    Span,
)
from cleaner.observer import Observer
from cleaner.resolve import resolve
from cleaner.result import CleanResult, Run
from cleaner.verdicts import Verdicts
from cleaner.view import View
from cleaner.work import Work

if TYPE_CHECKING:
    from cleaner.html.extraction import Extraction
    from cleaner.memory import Memory

#: A document that still changes after this many passes is left as it was. Real ones need two or three.
MAX_PASSES = 24
#: ``clean_documents`` works on so many documents at a time at most, fewer where they are long.
BATCH_DOCUMENTS = 64
_BATCH_CHARACTERS = 1 << 18


class Cleaner:
    """Cleans documents with one config: immutable, picklable, safe to share between threads.

    Raises ``PackError`` if a pack cannot be used.

    >>> result = Cleaner().clean("A story.\\n\\nAdvertisement\\n\\nIts end.\\n")
    >>> result.text
    'A story.\\n\\nIts end.\\n'
    >>> [(r.category.value, r.text) for r in result.removals]
    [('ad', 'Advertisement\\n'), ('tidy', '\\n')]
    """

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()
        library = load_library(pack_folders(self.config))
        self.packs = _select(library.packs, self.config)
        self.knowledge = library.knowledge(self.packs)
        self._memory = _memory(self.config.verdicts)
        self._learned = _learned(self.config)
        model = self._learned.stamp if self._learned else None
        stamps = [*(p.stamp for p in self.packs), *([model] if model else [])]
        listed = "".join(f"{s.name} {s.version} {s.sha256}\n" for s in stamps)
        self._run = Run(self.config.digest, hashlib.sha256(listed.encode()).hexdigest(), self.packs, model)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.config,)

    def with_verdicts(self, verdicts: Verdicts) -> "Cleaner":
        """A cleaner that differs in the verdicts alone; packs and model are not loaded again."""
        other = Cleaner.__new__(Cleaner)
        other.__dict__.update(self.__dict__)
        other.config = replace(self.config, verdicts=verdicts)
        other._memory = _memory(verdicts)
        other.__dict__.pop("_marked_memory", None)
        other._run = replace(self._run, config=other.config.digest)
        return other

    def clean(
        self, text: str, url: str | None = None, title: str | None = None, *, id: str = "", form: str = Form.TEXT
    ) -> CleanResult:
        """Clean one text. ``url`` and ``title`` are hints, ``id`` is what the record calls the document.

        ``form`` is ``text`` or ``markdown``; in Markdown, what a line shows is looked at without its marks, the marks
        go with it, and code is left alone. Raises ``ConfigError`` for another form, and ``RoundTripError`` if the
        source could not be rebuilt from the result, which would be a bug.

        >>> Cleaner().clean("A *story*.\\n\\n**Advertisement**\\n\\nIts end.\\n", form="markdown").text
        'A *story*.\\n\\nIts end.\\n'
        """
        (result,) = self._clean([Document(text, id, url, title, form=Form.named(form))])
        return result

    def clean_html(
        self,
        html: str | bytes,
        url: str | None = None,
        *,
        extractor: str = Extractor.TRAFILATURA,
        charset: str | None = None,
        id: str = "",
    ) -> CleanResult:
        """Extract the text of a web page and clean it; the source in the result is the extracted text.

        ``url`` is where the page was found, ``charset`` what its server said of its encoding, a label or the whole
        Content-Type. Raises ``InputError`` for a page on which the extractor would take time or memory without end,
        and ``ConfigError`` if there is no such extractor, or it is not installed.

        >>> page = "<html><body><article><p>A story.</p><p>Advertisement</p><p>Its end.</p></article></body></html>"
        >>> result = Cleaner().clean_html(page, url="https://example.com/story")
        >>> result.text.split("\\n"), result.document.page.extractor
        (['A story.', 'Its end.'], 'trafilatura')
        """
        return self.clean_extraction(self.extract(html, url, extractor=extractor, charset=charset), id)

    def extract(
        self,
        html: str | bytes,
        url: str | None = None,
        *,
        extractor: str = Extractor.TRAFILATURA,
        charset: str | None = None,
    ) -> "Extraction":
        """The text of a web page as ``clean_html`` cleans it; parameters and errors are the same."""
        # Runs on texts need none of this.
        from cleaner.html.extraction import extract
        from cleaner.html.judge import builtin_page_model

        model = None if self._learned is None else builtin_page_model()
        return extract(html, url, Extractor.named(extractor), charset=charset, model=model)

    def clean_extraction(self, found: "Extraction", id: str = "", title: str | None = None) -> CleanResult:
        """Clean the text that was extracted from a page; what is known to be incomplete about it stays known.

        ``title`` is a hint that stands instead of the page's own.
        """
        document = Document(found.text, id, found.page.url, title or found.page.title, found.page, found.hints)
        (result,) = self._clean([document])
        return replace(result, incomplete=(*found.incomplete, *result.incomplete))

    def clean_many(self, texts: Iterable[str]) -> Iterator[CleanResult]:
        """Clean texts in order; as ``clean_documents``."""
        return self.clean_documents(Document(text) for text in texts)

    def clean_documents(self, documents: Iterable[Document]) -> Iterator[CleanResult]:
        """Clean documents in order; at most ``BATCH_DOCUMENTS`` are taken ahead of the results that are asked for.

        The results are those that ``clean`` gives; many documents at a time take less time each. Raises
        ``RoundTripError`` as ``clean`` does.

        >>> documents = [Document("One.\\nAdvertisement\\n", "a"), Document("Two.\\n", "b")]
        >>> [(result.document.id, result.text) for result in Cleaner().clean_documents(documents)]
        [('a', 'One.\\n'), ('b', 'Two.\\n')]
        """
        for batch in _batches(documents):
            yield from self._clean(batch)

    def decisions(self, document: Document) -> tuple[Decision, ...]:
        """What the first pass over a document decides on every span that a detector claims; nothing is removed."""
        (decisions,) = self._decide([View.of(document, Observer(self.knowledge), self.config.sites)])
        return decisions

    def _clean(self, documents: Sequence[Document]) -> list[CleanResult]:
        results = self._settled(documents)
        for result in results:
            document = result.document
            if not _restores(result, document.text):
                raise RoundTripError(
                    f"document {document.id or sha256(document.text)[:12]!r}: the removals do not restore the source, "
                    "so the result is withheld and the source untouched; please report this as a bug"
                )
        return results

    def _settled(self, documents: Sequence[Document]) -> list[CleanResult]:
        """Pass after pass until nothing more is found, so that cleaning the clean text changes nothing."""
        observer = Observer(self.knowledge)
        works = [Work(document) for document in documents]
        waiting = works
        for _ in range(MAX_PASSES):
            views = [View.of(work.current, observer, self.config.sites) for work in waiting]
            for work, view, claimed in zip(waiting, views, self._decide(views), strict=True):
                work.note_long_lines(view)
                decisions = work.heeded(claimed)
                found = tuple(self._removals(view, work, decisions))
                kept = (_kept(work, decision) for decision in decisions if decision.outcome is Outcome.KEEP)
                if work.hinted:
                    work.forget_hints(kept)
                elif not found:
                    work.settle(kept, self._run)
                if found:
                    work.remove(found)
            waiting = [work for work in waiting if work.result is None]
            if not waiting:
                break
        unsettled = f"nothing was removed: after {MAX_PASSES} passes there was still more to remove"
        return [w.result or CleanResult(w.document, w.document.text, (), (), (unsettled,), self._run) for w in works]

    def _decide(self, views: Sequence[View]) -> list[tuple[Decision, ...]]:
        if self._memory is None:
            return [resolve(v, claims, self.config) for v, claims in zip(views, self._claims(views), strict=True)]
        said = [(self._marked_memory if v.document.markup else self._memory).of(v) for v in views]
        views = [one.spared for one in said]
        claims = self._claims(views)
        for one, some in zip(said, claims, strict=True):
            if one.protected:  # What would be claimed without the verdicts is recorded as refused.
                known = set(some)
                some += [claim for claim in one.spoken_of(claims_on(one.view)) if claim not in known]
        every = zip(views, claims, said, strict=True)
        return [resolve(view, some, self.config, one) for view, some, one in every]

    @cached_property
    def _marked_memory(self) -> "Memory":
        """The memory for Markdown, made where it is needed."""
        from cleaner.markdown.verdicts import as_shown
        from cleaner.memory import Memory

        return Memory(as_shown(self.config.verdicts))

    def _claims(self, views: Sequence[View]) -> list[list[Detection]]:
        claims = [claims_on(view) for view in views]
        if self._learned:
            learned = self._learned.detect(views, claims)
            claims = [[*some, *further] for some, further in zip(claims, learned, strict=True)]
        return claims

    def _removals(self, view: View, work: "Work", decisions: tuple[Decision, ...]) -> Iterator[Removal]:
        decided = [d for d in decisions if d.outcome is Outcome.REMOVE]
        spans = fit_to_lines(view, [d.span for d in decided])
        for decision, pieces in zip(decided, work.to_source(spans), strict=True):
            for piece in pieces:
                yield _removal(decision, piece, work.document.text)
        if spans:
            blanks, reason = leftover_blanks(view, spans), "A removal left this blank line over."
        else:  # tidying comes last, when nothing else is left to remove
            blanks, reason = tidied(view) if self.config.tidy else iter(()), "Tidying was asked for."
        for pieces in work.to_source([span for span in blanks if work.may_tidy(span)]):
            for piece in pieces:
                yield blank_removal(work.document.text, piece, reason)


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents in lists of bounded size."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text)
        if len(batch) == BATCH_DOCUMENTS or size >= _BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _learned(config: Config) -> LearnedDetector | None:
    if config.model == NO_MODEL or (config.model == BUILTIN_MODEL and not config.builtin):
        return None
    model = builtin_model() if config.model == BUILTIN_MODEL else load(Path(config.model))
    return LearnedDetector(model, min(config.limit, LEAST))


def _memory(verdicts: Verdicts) -> "Memory | None":
    """What looks verdicts up, if there are any."""
    if not verdicts:
        return None
    from cleaner.memory import Memory

    return Memory(verdicts)


def _restores(result: CleanResult, source: str) -> bool:
    try:
        return join(result.text, result.removals) == source
    except RestoreError:
        return False


def fit_to_lines(view: View, spans: list[Span]) -> list[Span]:
    """Widen sorted spans so that no blanks are left where they stood.

    A line of which only blanks would stay goes whole, with its ending. Sentences at the end of a line take the
    blanks before them.
    """
    fitted: list[Span] = []
    for number, group in groupby(spans, key=lambda span: view.number_at(span.start)):
        fitted += _fit(view.document.text, view.lines[number], list(group))
    return fitted


def _fit(text: str, line: Line, spans: list[Span]) -> list[Span]:
    """The same for the spans of one line."""
    if spans[0] == line.whole or spans[-1].end > line.end:
        return spans
    edges = [line.span.start, *(edge for span in spans for edge in (span.start, span.end)), line.span.end]
    staying = "".join(text[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))
    if not staying.strip():
        starts = [line.span.start, *(span.end for span in spans[:-1])]
        ends = [*(span.end for span in spans[:-1]), line.end]
        return [Span(a, b) for a, b in zip(starts, ends, strict=True)]
    if spans[-1].end < line.span.end:
        return spans
    first = len(spans) - 1  # of the sentences that end the line without one that stays between them
    while first and spans[first - 1].end == spans[first].start:
        first -= 1
    before = text[line.span.start : spans[first].start].rstrip()
    start = line.span.start + len(before)
    return [*spans[:first], Span(start, spans[first].end), *spans[first + 1 :]]


def _removal(decision: Decision, span: Span, source: str) -> Removal:
    leading = decision.leading
    others = sorted({str(d.provenance) for d in decision.detections} - {str(leading.provenance)})
    return Removal(
        start=span.start,
        end=span.end,
        text=source[span.start : span.end],
        category=decision.category,
        confidence=round(decision.confidence, 4),
        detector=leading.provenance.detector,
        rule=leading.provenance.rule,
        reason=decision.reason,
        others=tuple(others),
    )


def _kept(work: Work, decision: Decision) -> Kept:
    """A refusal in source offsets; where something inside was cut out, from the first piece to the last."""
    pieces = work.pieces_of(decision.span)
    source, start, end = work.document.text, pieces[0].start, pieces[-1].end
    leading = decision.leading
    return Kept(
        start=start,
        end=end,
        text=source[start:end],
        category=decision.category,
        confidence=round(decision.confidence, 4),
        detector=leading.provenance.detector,
        rule=leading.provenance.rule,
        reason=leading.reason,
        refusal=decision.reason,
    )


def _select(packs: tuple[Pack, ...], config: Config) -> tuple[Pack, ...]:
    """The packs without the rules of other languages and those the config disables."""

    def wanted(entry_id: str, language: str) -> bool:
        disabled = any(entry_id == d or (d.endswith(".") and entry_id.startswith(d)) for d in config.disable)
        return not disabled and (not config.languages or language in ("any", *config.languages))

    return tuple(
        replace(
            pack,
            rules=tuple(r for r in pack.rules if wanted(r.id, r.language)),
            guards=tuple(g for g in pack.guards if wanted(g.id, g.language)),
        )
        for pack in packs
    )


@cache
def default_cleaner() -> Cleaner:
    """The cleaner behind ``cleaner.clean``, built at its first use."""
    return Cleaner()
