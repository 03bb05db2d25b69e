"""More documents from the labelled ones: with other boilerplate, and with line breaks lost."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.training.documents import CORE, DOUBT, OPTIONAL, UNKNOWN, Line, TrainingDocument, fold_of
from benchmarks.training.written import Block, Written
from cleaner.evaluate import KEEP

#: The languages with labelled documents enough to lend boilerplate among themselves; all others lend as one.
LENDING = ("en", "de")
#: The fewest content lines that a document needs to be given other boilerplate.
FEWEST_CONTENT_LINES = 4
#: The most lines that boilerplate taken from a document may have.
LONGEST_RUN = 40
#: The fewest lines, blank ones not counted, that a document needs to have its line breaks taken.
FEWEST_LINES_TO_JOIN = 4
#: The most lines that a document is left with where all its lines are glued.
MOST_GLUED_LINES = 4

#: The places that boilerplate is put in, and how often (shares, 0-1).
_PLACES = ("tail", "inside", "head"), (0.5, 0.38, 0.12)
#: How many pieces of boilerplate a document is given, and how often (shares, 0-1).
_COUNTS = (0, 1, 2, 3), (0.3, 0.3, 0.25, 0.15)
#: The share (0-1) of boilerplate that is taken from the written blocks, where there are any in the language.
_WRITTEN_SHARE = 0.45
#: The fewest documents that are made of a language's written content.
_FEWEST_DOCUMENTS = 6

_Bank = Mapping[tuple[int, str, str], Sequence[tuple[Line, ...]]]
#: A line of a joined document: the lines that it was glued from.
_Glued = tuple[Line, ...]


def splice(labelled: Sequence[TrainingDocument], written: Written, seed: int, copies: int) -> list[TrainingDocument]:
    """Put other documents' boilerplate, and written one, into the labelled documents' content, ``copies`` times each.

    What a document is given comes from documents of its own fold, so that no fold is learnt from another's text. The
    languages that are not in ``LENDING`` are given documents of written content and boilerplate besides.

    >>> host = TrainingDocument("labelled", "a", "a.example", "en", None, None, (("A story.", "keep"),) * 4)
    >>> pitch = Block("en-1", "en", "any", "boilerplate", (("Shop now", "promo"),))
    >>> for document in splice([host], Written((pitch,)), seed=6, copies=3):
    ...     print(" ".join(label for _, label in document.lines))
    keep keep keep keep promo
    keep keep promo keep keep promo
    keep keep keep keep
    """
    rng = random.Random(seed)
    bank = _bank(labelled)
    pitches = written.by_language("boilerplate")
    spliced = []
    for host in labelled:
        content = tuple((text, label) for text, label in host.lines if text.strip() and _may_stay(label))
        if sum(label == KEEP for _, label in content) < FEWEST_CONTENT_LINES:
            continue
        for _ in range(copies):
            lines = _with_boilerplate(content, host, bank, pitches.get(host.language, ()), rng)
            spliced.append(TrainingDocument("spliced", host.id, host.site, host.language, host.title, host.url, lines))
    for language, blocks in written.by_language("content").items():
        if language not in LENDING:
            spliced += _written_documents(language, blocks, pitches.get(language, ()), rng)
    return spliced


def boilerplate_runs(document: TrainingDocument) -> list[tuple[str, tuple[Line, ...]]]:
    """Neighbouring boilerplate lines of a document, each run behind its place; ``OPTIONAL`` lines may stand in a run.

    >>> lines = (("Menu", "nav"), ("A story.", "keep"), ("Read next", "related"), ("May", "meta"), ("Ships", "related"))
    >>> for place, run in boilerplate_runs(TrainingDocument("labelled", "a", "a", "en", None, None, lines)):
    ...     print(place, [text for text, _ in run])
    head ['Menu']
    tail ['Read next', 'May', 'Ships']
    """
    lines = [line for line in document.lines if line[0].strip()]
    labels = [label for _, label in lines]
    content = [index for index, label in enumerate(labels) if label == KEEP]
    runs = []
    start = 0
    while start < len(lines):
        end = start + 1
        if labels[start] in CORE:
            while end < len(lines) and (labels[end] in CORE or labels[end] in OPTIONAL):
                end += 1
            while labels[end - 1] in OPTIONAL:
                end -= 1
            if end - start <= LONGEST_RUN:
                runs.append((_place(start, end, content), tuple(lines[start:end])))
        start = end
    return runs


def _place(start: int, end: int, content: Sequence[int]) -> str:
    if not content or start > content[-1]:
        return "tail"
    return "head" if end <= content[0] else "inside"


def _may_stay(label: str) -> bool:
    return label not in CORE and label != UNKNOWN and not label.endswith(DOUBT)


def _lender(language: str) -> str:
    return language if language in LENDING else ""


def _bank(labelled: Iterable[TrainingDocument]) -> _Bank:
    """The boilerplate of the documents by fold, place and lending language."""
    bank: dict[tuple[int, str, str], list[tuple[Line, ...]]] = defaultdict(list)
    for document in labelled:
        for place, run in boilerplate_runs(document):
            bank[fold_of(document.site), place, _lender(document.language)].append(run)
    return dict(bank)


def _with_boilerplate(
    content: tuple[Line, ...], host: TrainingDocument, bank: _Bank, pitches: Sequence[Block], rng: random.Random
) -> tuple[Line, ...]:
    lines = content
    for _ in range(rng.choices(*_COUNTS)[0]):
        place = rng.choices(*_PLACES)[0]
        lent = bank.get((fold_of(host.site), place, _lender(host.language)), ())
        if rng.random() < _WRITTEN_SHARE and pitches:
            block = rng.choice(pitches)
            lines = _put(block.lines, lines, place if block.place == "any" else block.place, rng)
        elif lent:
            lines = _put(rng.choice(lent), lines, place, rng)
    return lines


def _put(run: tuple[Line, ...], lines: tuple[Line, ...], place: str, rng: random.Random) -> tuple[Line, ...]:
    if place == "tail":
        return lines + run
    inner = 0 if place == "any" else 1
    at = 0 if place == "head" else rng.randint(inner, max(inner, len(lines) - inner))
    return lines[:at] + run + lines[at:]


def _written_documents(
    language: str, content: Sequence[Block], pitches: Sequence[Block], rng: random.Random
) -> list[TrainingDocument]:
    documents = []
    for number in range(1, max(_FEWEST_DOCUMENTS, len(content) // 2) + 1):
        blocks = rng.sample(content, min(len(content), rng.randint(3, 6)))
        lines = tuple(line for block in blocks for line in block.lines)
        for _ in range(rng.randint(0, 2) if pitches else 0):
            block = rng.choice(pitches)
            lines = _put(block.lines, lines, block.place, rng)
        name = f"spliced/{language}-{number}"
        documents.append(TrainingDocument("spliced", name, name, language, None, None, lines))
    return documents


@dataclass(frozen=True, slots=True)
class JoinedDocument:
    """A document that lost line breaks: each of its lines is one or several pieces (text, label), one blank between.

    >>> JoinedDocument("a", "en", None, None, "a", ((("A story.", "keep"), ("Shop now", "promo")),)).texts
    ('A story. Shop now',)
    """

    site: str
    language: str
    title: str | None
    url: str | None
    id: str
    lines: tuple[tuple[Line, ...], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The lines' texts."""
        return tuple(" ".join(text for text, _ in pieces) for pieces in self.lines)


def join(labelled: Sequence[TrainingDocument], seed: int) -> list[JoinedDocument]:
    """Take line breaks from each document that has ``FEWEST_LINES_TO_JOIN`` lines; blank lines go first.

    In one of three ways, by chance: all lines are glued into one to four; every boilerplate line is glued to the
    content line that it stands behind, if there is such a pair; or some pairs of neighbouring lines are glued. Blanks
    at either end of a piece go.

    >>> lines = (("One.", "keep"), ("Two.", "keep"), ("Shop now", "promo"), ("Three.", "keep"))
    >>> document = TrainingDocument("labelled", "a", "a", "en", None, None, lines)
    >>> for seed in range(3):
    ...     print(join([document], seed)[0].texts)
    ('One.', 'Two. Shop now', 'Three.')
    ('One. Two. Shop now', 'Three.')
    ('One. Two.', 'Shop now', 'Three.')
    """
    rng = random.Random(seed)
    joined = []
    for document in labelled:
        lines = [(text.strip(), label) for text, label in document.lines if text.strip()]
        if len(lines) >= FEWEST_LINES_TO_JOIN:
            glued = _glued(lines, rng)
            joined.append(
                JoinedDocument(document.site, document.language, document.title, document.url, document.id, glued)
            )
    return joined


def _glued(lines: Sequence[Line], rng: random.Random) -> tuple[_Glued, ...]:
    appended = _boilerplate_appended(lines)
    ways = [_run_on(lines, rng), _paired(lines, rng)]
    return rng.choice([*ways, appended] if len(appended) < len(lines) else ways)


def _run_on(lines: Sequence[Line], rng: random.Random) -> tuple[_Glued, ...]:
    """All lines glued into a few."""
    cuts = sorted(rng.sample(range(1, len(lines)), rng.randint(0, MOST_GLUED_LINES - 1)))
    return tuple(tuple(lines[start:end]) for start, end in pairwise([0, *cuts, len(lines)]))


def _boilerplate_appended(lines: Sequence[Line]) -> tuple[_Glued, ...]:
    """Boilerplate lines glued to the content line before them, several in a row to the same."""
    glued: list[_Glued] = []
    for line in lines:
        if line[1] in CORE and glued and glued[-1][0][1] == KEEP:
            glued[-1] += (line,)
        else:
            glued.append((line,))
    return tuple(glued)


def _paired(lines: Sequence[Line], rng: random.Random) -> tuple[_Glued, ...]:
    """Some pairs of neighbouring lines glued, up to a third of the lines being a pair's first; at least one."""
    firsts = set(rng.sample(range(len(lines) - 1), rng.randint(1, len(lines) // 3)))
    glued: list[_Glued] = []
    at = 0
    while at < len(lines):
        size = 2 if at in firsts else 1
        glued.append(tuple(lines[at : at + size]))
        at += size
    return tuple(glued)
