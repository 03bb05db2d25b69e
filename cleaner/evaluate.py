"""How well documents with hand-labelled lines are cleaned: what went, what was lost, and the curve between the two.

A labelled document is a line of JSON: ``{"id", "url", "title", "upstream", "lang", "lines": [[text, label], ...]}``, of
which ``id`` and ``lines`` are needed. Its text is the lines joined by line feeds. A label is ``keep`` for the author's
own words, or a category. A ``?`` after it marks one that its annotator doubted; such lines count on neither side, nor
do those of the categories that are no part of ``CORE_CATEGORIES``.

What went is read off the removals, character by character, so that nothing is guessed where a line stands twice or
lost only a part. A word is a run of letters, digits and underscores. A line counts as gone when under half of its words
stay; one without words does not count.
"""

import gzip
import io
import json
import math
import re
import zlib
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from itertools import islice
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.errors import InputError, OutputError
from cleaner.files import reason
from cleaner.model import DEFAULT_CATEGORIES, Category, Removal

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from cleaner.config import Config
    from cleaner.verdicts import Verdicts

#: The label of the author's own words.
KEEP = "keep"
#: The categories whose lines should go: those removed by default, but not the page title, which may as well stay.
CORE_CATEGORIES = DEFAULT_CATEGORIES - {Category.HEADLINE}
#: The thresholds (0-1) that the curve is drawn over, besides that of the settings.
LADDER = (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.99)
#: What a document without a language or upstream is counted under.
UNKNOWN = "unknown"
#: The formats of the curve's image, by the ending of its file's name.
IMAGE_SUFFIXES = (".svg", ".png")

_WORD = re.compile(r"\w+")
_GZIP = b"\x1f\x8b"
_LABEL = (26, 12)  # width and height of a threshold in the image, in its hundredths of an inch


@dataclass(frozen=True, slots=True)
class LabelledLine:
    """A line and what it is: the author's own words if it has no category, and not ``certain`` if in doubt."""

    text: str
    category: Category | None = None
    certain: bool = True

    @property
    def label(self) -> str:
        """The label without the mark of doubt."""
        return self.category.value if self.category else KEEP


@dataclass(frozen=True, slots=True)
class LabelledDocument:
    """A document whose lines were labelled by hand.

    >>> LabelledDocument("a", (LabelledLine("A story."), LabelledLine("Advertisement", Category.AD))).text
    'A story.\\nAdvertisement'
    """

    id: str
    lines: tuple[LabelledLine, ...]
    url: str | None = None
    title: str | None = None
    upstream: str | None = None
    language: str | None = None

    @property
    def text(self) -> str:
        """The raw text."""
        return "\n".join(line.text for line in self.lines)


def parse_document(row: str, place: str) -> LabelledDocument:
    """Read a document from its line of JSON.

    Raises ``InputError`` that starts with ``place`` (file and line) if it is not JSON, lacks something or has a label
    that is not known.

    >>> parse_document('{"id": "a", "lines": [["A story.", "keep"], ["Shop now", "promo?"]]}', "a.jsonl:1").lines[1]
    LabelledLine(text='Shop now', category=<Category.PROMO: 'promo'>, certain=False)
    """
    try:
        content = json.loads(row)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise InputError(f'{place}: is not a document; expected {{"id": …, "lines": [[text, label], …]}}')
    for name in ("id", "lines"):
        if name not in content:
            raise InputError(f"{place}: {name!r} is missing; a document needs 'id' and 'lines'")
    if not isinstance(content["id"], str):
        raise InputError(f"{place}: 'id' is not a string")
    hints = [_hint(content, name, place) for name in ("url", "title", "upstream", "lang")]
    if not isinstance(content["lines"], list):
        raise InputError(f"{place}: 'lines' is not a list of [text, label]")
    lines = tuple(_line(entry, f"{place}: item {n} of 'lines'") for n, entry in enumerate(content["lines"], 1))
    return LabelledDocument(content["id"], lines, *hints)


def _hint(content: dict[str, Any], name: str, place: str) -> str | None:
    value = content.get(name)
    if value is None or isinstance(value, str):
        return value
    raise InputError(f"{place}: {name!r} is not a string")


def _line(entry: Any, place: str) -> LabelledLine:
    if not (isinstance(entry, list) and len(entry) == 2 and all(isinstance(part, str) for part in entry)):
        raise InputError(f"{place}: is not [text, label], two strings")
    text, label = entry
    name = label.removesuffix("?")
    if name != KEEP and name not in list(Category):
        known = ", ".join([KEEP, *Category])
        raise InputError(f"{place}: label {label!r} is not known; known are {known}, with a ? behind if in doubt")
    return LabelledLine(text, None if name == KEEP else Category(name), not label.endswith("?"))


def read_labelled(path: Path) -> Iterator[LabelledDocument]:
    """Read the documents of a file of JSON Lines, gzipped or not, one at a time; blank lines are passed over.

    Raises ``InputError`` with file and line number where it cannot be read, is not UTF-8 or holds no document.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.jsonl"
    ...     _ = file.write_text('{"id": "a", "lines": []}')
    ...     [document.id for document in read_labelled(file)]
    ['a']
    """
    number, empty = 0, True
    try:
        if not path.is_file():
            problem = "is not a regular file" if path.exists() else "no such file"
            raise InputError(f"{path}: {problem}; name a file of labelled documents, .jsonl or .jsonl.gz")
        with path.open("rb") as raw:
            packed = raw.peek(len(_GZIP)).startswith(_GZIP)
            rows: Iterable[bytes] = gzip.GzipFile(fileobj=raw) if packed else raw
            for number, row in enumerate(rows, 1):
                if row.strip():
                    place = f"{path}:{number}"
                    yield parse_document(_decoded(row, place), place)
                    empty = False
    except (OSError, EOFError, zlib.error) as error:
        problem = reason(error) if isinstance(error, OSError) else str(error)
        raise InputError(f"{path}:{number + 1}: cannot be read: {problem}") from None
    if empty:
        raise InputError(f"{path}:{max(1, number)}: holds no document; there is nothing to evaluate")


def _decoded(row: bytes, place: str) -> str:
    try:
        return row.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{place}: is not UTF-8 (byte {error.start + 1} of the line); save the file as UTF-8"
        ) from None


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over documents; words that were cut in two count by the share of their characters.

    Core lines are boilerplate that should go, content lines the author's own. A document is ``harmed`` if it lost a
    content line, and ``exact`` if it lost none and every core line went.
    """

    documents: int = 0
    harmed: int = 0
    exact: int = 0
    core_lines: int = 0
    core_words: int = 0
    gone_lines: int = 0
    gone_words: float = 0.0
    content_lines: int = 0
    content_words: int = 0
    lost_lines: int = 0
    lost_words: float = 0.0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*map(add, astuple(self), astuple(other)))

    @property
    def shares(self) -> "Shares":
        """The shares that the counts give; 0 where there is nothing to have a share of.

        >>> Figures(documents=4, harmed=1, core_lines=10, gone_lines=8).shares.removed_lines
        0.8
        """
        return Shares(
            removed_lines=self.gone_lines / max(1, self.core_lines),
            removed_words=self.gone_words / max(1, self.core_words),
            lost_words=self.lost_words / max(1, self.content_words),
            lost_lines=self.lost_lines / max(1, self.content_lines),
            harmed_docs=self.harmed / max(1, self.documents),
            exact_docs=self.exact / max(1, self.documents),
        )

    @property
    def summary(self) -> str:
        """The figures in one line."""
        return (
            "docs {docs}: boilerplate removed {removed_lines:.1%} of lines, {removed_words:.1%} of words; content lost "
            "{lost_words:.2%} of words, {lost_lines:.2%} of lines; harmed docs {harmed_docs:.1%}; exact docs "
            "{exact_docs:.1%}"
        ).format(docs=self.documents, **asdict(self.shares))


@dataclass(frozen=True, slots=True)
class Shares:
    """What became of a set of documents, each as a share from 0 to 1.

    Of boilerplate lines and words how many were removed, of content words and lines how many were lost, of documents
    how many lost a content line, and how many lost none and no boilerplate line stayed.
    """

    removed_lines: float
    removed_words: float
    lost_words: float
    lost_lines: float
    harmed_docs: float
    exact_docs: float


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """Counts over the lines of one label; doubtful ones are counted apart."""

    lines: int = 0
    gone: int = 0
    words: int = 0
    gone_words: float = 0.0
    doubtful_lines: int = 0
    doubtful_gone: int = 0

    def __add__(self, other: "LabelFigures") -> "LabelFigures":
        return LabelFigures(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line that went or stayed and should not have; ``why`` says what took it, or what it is."""

    document: str
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """What cleaning did to one labelled document: ``lost`` content lines, and boilerplate lines ``left`` over."""

    id: str
    language: str
    upstream: str
    figures: Figures
    labels: tuple[tuple[str, LabelFigures], ...]
    lost: tuple[Wrong, ...]
    left: tuple[Wrong, ...]


@dataclass(frozen=True, slots=True)
class _LineScore:
    line: LabelledLine
    start: int
    words: int
    gone_words: float

    @property
    def gone(self) -> bool:
        return 2 * (self.words - self.gone_words) < self.words


def score(document: LabelledDocument, removals: Sequence[Removal]) -> DocumentScore:
    """Hold the removals from a document's text against its labels.

    >>> from cleaner.pipeline import Cleaner
    >>> lines = LabelledLine("A story."), LabelledLine("Advertisement", Category.AD)
    >>> document = LabelledDocument("a", lines)
    >>> score(document, Cleaner().clean(document.text).removals).figures.shares.removed_lines
    1.0
    """
    scores = [s for s in _line_scores(document, removals) if s.words]
    certain = [s for s in scores if s.line.certain]
    content = [s for s in certain if s.line.category is None]
    core = [s for s in certain if s.line.category in CORE_CATEGORIES]
    lost = tuple(Wrong(document.id, _taker(s, removals), s.line.text) for s in content if s.gone)
    left = tuple(Wrong(document.id, s.line.label, s.line.text) for s in core if not s.gone)
    figures = Figures(
        documents=1,
        harmed=int(bool(lost)),
        exact=int(not lost and not left),
        core_lines=len(core),
        core_words=sum(s.words for s in core),
        gone_lines=len(core) - len(left),
        gone_words=sum((s.gone_words for s in core), 0.0),
        content_lines=len(content),
        content_words=sum(s.words for s in content),
        lost_lines=len(lost),
        lost_words=sum((s.gone_words for s in content), 0.0),
    )
    labels: dict[str, LabelFigures] = defaultdict(LabelFigures)
    for s in scores:
        labels[s.line.label] += _label_figures(s)
    language, upstream = document.language or UNKNOWN, document.upstream or UNKNOWN
    return DocumentScore(document.id, language, upstream, figures, tuple(sorted(labels.items())), lost, left)


def _line_scores(document: LabelledDocument, removals: Sequence[Removal]) -> Iterator[_LineScore]:
    """Of every line how many words it has, and how many of them went."""
    taken = bytearray(len(document.text))  # 1 where a character was removed
    for removal in removals:
        taken[removal.start : removal.end] = b"\1" * (removal.end - removal.start)
    start = 0
    for line in document.lines:
        words, gone = 0, 0.0
        for match in _WORD.finditer(line.text):
            words += 1
            cut = taken.count(1, start + match.start(), start + match.end())
            gone += cut / (match.end() - match.start())
        yield _LineScore(line, start, words, gone)
        start += len(line.text) + 1


def _taker(lost: _LineScore, removals: Sequence[Removal]) -> str:
    """Category and rule of the removal that took most of a line."""
    end = lost.start + len(lost.line.text)
    most = max(removals, key=lambda r: min(r.end, end) - max(r.start, lost.start))
    return f"{most.category} {most.rule or most.detector}"


def _label_figures(s: _LineScore) -> LabelFigures:
    if not s.line.certain:
        return LabelFigures(doubtful_lines=1, doubtful_gone=int(s.gone))
    return LabelFigures(lines=1, gone=int(s.gone), words=s.words, gone_words=s.gone_words)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of a set of documents, and the first of their lines that went wrong, in the set's order."""

    total: Figures
    by_label: Mapping[str, LabelFigures]
    by_language: Mapping[str, Figures]
    by_upstream: Mapping[str, Figures]
    lost: tuple[Wrong, ...]
    left: tuple[Wrong, ...]


def add_up(scores: Iterable[DocumentScore], show: int = 0) -> Evaluation:
    """The figures over all documents, with up to ``show`` lost and ``show`` left lines.

    >>> document = LabelledDocument("a", (LabelledLine("Shop now", Category.PROMO),), language="en")
    >>> found = add_up([score(document, [])], show=1)
    >>> found.left
    (Wrong(document='a', why='promo', text='Shop now'),)
    >>> found.by_language["en"] == found.total
    True
    """
    labels: dict[str, LabelFigures] = defaultdict(LabelFigures)
    languages: dict[str, Figures] = defaultdict(Figures)
    upstreams: dict[str, Figures] = defaultdict(Figures)
    total = Figures()
    lost: list[Wrong] = []
    left: list[Wrong] = []
    for one in scores:
        total += one.figures
        languages[one.language] += one.figures
        upstreams[one.upstream] += one.figures
        for label, figures in one.labels:
            labels[label] += figures
        lost += islice(one.lost, show - len(lost))
        left += islice(one.left, show - len(left))
    return Evaluation(
        total=total,
        by_label=dict(sorted(labels.items())),
        by_language=dict(sorted(languages.items())),
        by_upstream=dict(sorted(upstreams.items())),
        lost=tuple(lost),
        left=tuple(left),
    )


def relabelled(document: LabelledDocument, verdicts: "Verdicts") -> LabelledDocument:
    """The document with the labels that reviewers gave whole lines: ``keep`` where they rejected that a line goes.

    >>> from cleaner.verdicts import Verdicts, verdict_of
    >>> verdict = {"verdict": "reject", "rule": "model", "text": "Shop now", "category": "promo", "by": "Ann"}
    >>> verdicts = Verdicts.of([verdict_of({**verdict, "when": "2026-03-01T09:30:00Z"})])
    >>> document = LabelledDocument("a", (LabelledLine("Buy!", Category.AD), LabelledLine("Shop  now", Category.AD)))
    >>> [line.label for line in relabelled(document, verdicts).lines]
    ['ad', 'keep']
    """
    from cleaner.verdicts import Ruling, normalised

    labels: dict[str, Category | None] = {v.text: v.category for v in verdicts.entries if v.ruling is Ruling.ACCEPT}
    labels |= {v.text: None for v in verdicts.entries if v.ruling is Ruling.REJECT}
    if not labels:
        return document
    texts = [normalised(line.text) for line in document.lines]
    return replace(
        document,
        lines=tuple(
            LabelledLine(line.text, labels[text]) if text in labels else line
            for line, text in zip(document.lines, texts, strict=True)
        ),
    )


def score_all(
    path: Path, configs: Sequence["Config"], workers: int = 1, labels: "Verdicts | None" = None
) -> Generator[tuple["Config", DocumentScore], None, None]:
    """Clean and score a file's documents in so many processes: all with the first config, then all with the next.

    Verdicts given as ``labels`` stand in the place of the file's own, as ``relabelled`` has it.

    Raises ``InputError`` as ``read_labelled`` does, ``RoundTripError`` as ``Cleaner.clean`` does and ``WorkerError``
    if a worker dies.
    """
    jobs = ((c, relabelled(d, labels) if labels else d) for c in configs for d in read_labelled(path))
    return score_jobs(jobs, workers)


def score_jobs(
    jobs: Iterable[tuple["Config", LabelledDocument]], workers: int = 1
) -> Generator[tuple["Config", DocumentScore], None, None]:
    """Clean and score each document with its config in so many processes, in order; raises as ``score_all`` does."""
    from cleaner.workers import ordered_map

    return ordered_map(_score_job, jobs, workers)


def _score_job(job: tuple["Config", LabelledDocument]) -> tuple["Config", DocumentScore]:
    from cleaner.batch import cleaner_for

    config, document = job
    result = cleaner_for(config).clean(document.text, document.url, document.title, id=document.id)
    return config, score(document, result.removals)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What a threshold (0-1) gives. ``name`` is that of the settings' own point, empty for the others."""

    threshold: float
    shares: Shares
    name: str = ""


def figures_json(evaluation: Evaluation, config: "Config", curve: Sequence[CurvePoint] = ()) -> str:
    """All figures as JSON: shares from 0 to 1, and the counts that they come from.

    >>> from cleaner.config import Config
    >>> content = json.loads(figures_json(add_up([score(LabelledDocument("a", ()), [])]), Config()))
    >>> content["docs"], content["exact_docs"], content["counts"]["core_lines"]
    (1, 1.0, 0)
    """
    content = {
        "settings": {"mode": config.mode.value, "threshold": config.limit, "config": config.digest},
        **_plain(evaluation.total),
        "by_category": {name: asdict(figures) for name, figures in evaluation.by_label.items()},
        "by_language": {name: _plain(figures) for name, figures in evaluation.by_language.items()},
        "by_upstream": {name: _plain(figures) for name, figures in evaluation.by_upstream.items()},
        "lost": [asdict(wrong) for wrong in evaluation.lost],
        "left": [asdict(wrong) for wrong in evaluation.left],
        "curve": [{"threshold": p.threshold, "name": p.name, **asdict(p.shares)} for p in curve],
    }
    return json.dumps(content, indent=2, ensure_ascii=True)


def _plain(figures: Figures) -> dict[str, Any]:
    return {"docs": figures.documents, **asdict(figures.shares), "counts": asdict(figures)}


def require_matplotlib() -> None:
    """Raise ``OutputError`` that says what to install if the curve cannot be drawn."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise OutputError(
            f"the curve is drawn with matplotlib, which cannot be used here ({error}); "
            "pip install 'article-cleaner[eval]'"
        ) from None


def draw_curve(points: Sequence[CurvePoint], suffix: str) -> bytes:
    """The curve of removal over loss as an image, one of ``IMAGE_SUFFIXES``; the same for the same points.

    Across is the share of content words lost, on a logarithmic scale that ends in a stretch down to 0 if a point lies
    there, and up the share of boilerplate lines removed, both in percent. Raises ``OutputError`` without matplotlib.

    >>> shares = Shares(0.9, 0.9, 0.001, 0.001, 0.05, 0.8)
    >>> draw_curve([CurvePoint(0.8, shares, "balanced")], ".svg").startswith(b"<?xml")
    True
    """
    require_matplotlib()
    from matplotlib import style
    from matplotlib.figure import Figure

    image = io.BytesIO()
    # Not the user's own style, and no random ids, dates or versions.
    with style.context(["default", {"svg.hashsalt": "article-cleaner", "svg.fonttype": "path"}]):
        figure = Figure(figsize=(7.2, 4.8), layout="constrained")
        _draw(figure.add_subplot(), sorted(points, key=lambda p: p.threshold))
        if suffix == ".svg":
            figure.savefig(image, format="svg", metadata={"Date": None, "Creator": None})
        else:
            figure.savefig(image, format="png", dpi=150, metadata={"Software": None})
    return image.getvalue()


def _draw(axes: "Axes", points: Sequence[CurvePoint]) -> None:
    places = [(100 * p.shares.lost_words, 100 * p.shares.removed_lines) for p in points]
    _scale(axes, [x for x, _ in places])
    axes.set_ylim(0, 100)
    axes.plot(*zip(*places, strict=True), color="#4477aa", marker="o", markersize=4, clip_on=False, zorder=3)
    for point, (x, y) in zip(points, places, strict=True):
        if point.name:
            name = f"{point.name} ({point.threshold:g})"
            axes.plot([x], [y], "o", color="#cc3311", markersize=9, clip_on=False, zorder=4, label=name)
    for place, thresholds in _labels(axes, points, places):
        below = 4 if place[1] < 5 else -11
        axes.annotate(thresholds, place, (7, below), textcoords="offset points", fontsize=8, color="#555555")
    axes.set_xlabel("content words lost (%)")
    axes.set_ylabel("boilerplate lines removed (%)")
    axes.set_title("Removal and loss by threshold")
    axes.grid(color="#dddddd", linewidth=0.6)
    if any(p.name for p in points):
        axes.legend(loc="best")


def _scale(axes: "Axes", across: Sequence[float]) -> None:
    """Whole decades with plain numbers, and before them, where a point lies there, a short stretch down to 0."""
    some = [x for x in across if x > 0] or [1.0]
    low = math.floor(math.log10(min(some)))
    high = max(low + 1, math.ceil(math.log10(max(some))))
    if min(across) > 0:
        axes.set_xscale("log")
        axes.set_xlim(10.0**low, 10.0**high)
    else:
        axes.set_xscale("symlog", linthresh=10.0**low, linscale=0.3)
        axes.set_xlim(0, 10.0**high)
    steps = (1, 2, 5) if high - low < 3 else (1,)
    ticks = [step * 10.0**power for power in range(low, high) for step in steps]
    axes.set_xticks([*([] if min(across) > 0 else [0.0]), *ticks, 10.0**high])
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:g}")


def _labels(
    axes: "Axes", points: Sequence[CurvePoint], places: Sequence[tuple[float, float]]
) -> Iterator[tuple[tuple[float, float], str]]:
    """Thresholds with where to write them; points too near each other for two labels share one."""
    groups: list[list[int]] = []
    dots = [axes.transData.transform(place) for place in places]
    for n, (x, y) in enumerate(dots):
        if groups and abs(x - dots[groups[-1][0]][0]) < _LABEL[0] and abs(y - dots[groups[-1][0]][1]) < _LABEL[1]:
            groups[-1].append(n)
        else:
            groups.append([n])
    for group in groups:
        first, last = points[group[0]].threshold, points[group[-1]].threshold
        yield places[group[0]], f"{first:g}" if first == last else f"{first:g}–{last:g}"
