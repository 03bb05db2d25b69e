"""The frozen types that every step shares.

All offsets are half-open and count code points of ``Document.text`` exactly as read. Confidences are probabilities
from 0 to 1 that a span is not the article's own text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from types import MappingProxyType

from cleaner.choices import one_of


class Category(StrEnum):
    """What a span is, if it is not the article."""

    AD = "ad"
    PROMO = "promo"
    NEWSLETTER = "newsletter"
    SOCIAL = "social"
    RELATED = "related"
    COMMENTS = "comments"
    PAYWALL = "paywall"
    NAV = "nav"
    LEGAL = "legal"
    TICKER = "ticker"
    CREDIT = "credit"
    HEADLINE = "headline"
    META = "meta"
    BIO = "bio"
    CAPTION = "caption"
    TITLE = "title"
    OTHER = "other"
    TIDY = "tidy"


#: One line on each category, for people.
CATEGORY_MEANING: Mapping[Category, str] = MappingProxyType(
    {
        Category.AD: "third-party advertisement, sponsored line or ad-slot label",
        Category.PROMO: "pitch of the publisher or a vendor: product, course, event, app, call to action",
        Category.NEWSLETTER: "newsletter, alert or podcast sign-up",
        Category.SOCIAL: "prompt to follow or share, share count",
        Category.RELATED: "teaser, headline or link list of other articles",
        Category.COMMENTS: "comment prompt, form, count, or a reader's comment",
        Category.PAYWALL: "subscribe, donate or log-in appeal",
        Category.NAV: "menu, table of contents, breadcrumb, interface word, consent or embed placeholder",
        Category.LEGAL: "copyright, disclaimer, affiliate disclosure, terms, correction or contact footer",
        Category.TICKER: "price, weather or score widget",
        Category.CREDIT: "standalone photo or source credit",
        Category.HEADLINE: "page title repeated with a site suffix",
        Category.META: "byline, date, tags, reading time",
        Category.BIO: "about the author or company",
        Category.CAPTION: "image caption",
        Category.TITLE: "the headline as a line",
        Category.OTHER: "junk, code remnants, repeated text, separators",
        Category.TIDY: "blank lines or blanks that a removal left over, or that tidying was asked to take",
    }
)

#: Categories kept unless they are named (``--also``).
OPTIONAL_CATEGORIES = frozenset({Category.META, Category.BIO, Category.CAPTION, Category.TITLE, Category.OTHER})
#: Categories removed by default.
DEFAULT_CATEGORIES = frozenset(Category) - OPTIONAL_CATEGORIES - {Category.TIDY}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of code points: ``text[start:end]``."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Page:
    """The web page that a document's text was extracted from, and what extracted it.

    ``encoding`` is the one that its bytes had, by Python's name; ``None`` if it came as characters.
    """

    extractor: str
    extractor_version: str
    url: str | None = None
    title: str | None = None
    author: str | None = None
    date: str | None = None
    encoding: str | None = None


class Form(StrEnum):
    """How a text is written."""

    TEXT = "text"
    MARKDOWN = "markdown"

    @classmethod
    def named(cls, name: str) -> "Form":
        """The form of a name. Raises ``ConfigError`` if there is none."""
        return one_of(cls, "form", name)

    @classmethod
    def of(cls, path: PurePath) -> "Form":
        """The form of a file, by its name.

        >>> Form.of(PurePath("notes/Harbour.MD")).value
        'markdown'
        """
        return cls.MARKDOWN if path.suffix.lower() in (".md", ".markdown") else cls.TEXT


@dataclass(frozen=True, slots=True)
class LineMarkup:
    """What the marks of a line of Markdown say: how many of the letters that it shows are links', and where to."""

    heading: bool = False
    letters: int = 0
    linked: int = 0
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """What the markup of a page says of a line that was extracted from it.

    ``doubt`` is the probability (0-1) that the line is not the article's, ``category`` what it may be, and ``reason``
    one sentence for people.
    """

    doubt: float
    category: Category
    reason: str


@dataclass(frozen=True, slots=True)
class Document:
    """One article as read, with what the caller knows about it; ``page`` if its text was extracted from one.

    ``hints`` has one for each line of such a text, or ``None`` where nothing speaks against it; it may be empty.
    A text in Markdown is looked at without its marks; ``markup`` then says of each line what they were. Nobody else
    gives it.
    """

    text: str
    id: str = ""
    url: str | None = None
    title: str | None = None
    page: Page | None = None
    hints: tuple[Hint | None, ...] = field(default=(), repr=False)
    form: Form = Form.TEXT
    markup: tuple[LineMarkup, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document: ``span`` leaves out its ending (``\\n``, ``\\r\\n``, ``\\r`` or nothing)."""

    number: int
    span: Span
    end: int
    text: str

    @property
    def whole(self) -> Span:
        """The span of the line and its ending."""
        return Span(self.span.start, self.end)


@dataclass(frozen=True, slots=True, order=True)
class Provenance:
    """Where a claim comes from: a detector, and the rule and pack if it used one."""

    detector: str
    rule: str | None = None
    pack: str | None = None

    def __str__(self) -> str:
        return self.rule or self.detector


@dataclass(frozen=True, slots=True, order=True)
class Adjustment:
    """A named change of a detection's confidence, such as ``("guard:en.guard.quoted", -0.5)``."""

    name: str
    delta: float


@dataclass(frozen=True, slots=True)
class Detection:
    """A detector's claim that a span is not the article; ``reason`` is one sentence for people.

    ``weighs_all``: the confidence already accounts for what the other detectors claim about the span.
    """

    span: Span
    category: Category
    base: float
    reason: str
    provenance: Provenance
    adjustments: tuple[Adjustment, ...] = ()
    weighs_all: bool = False
    #: The base confidence with every adjustment, held between 0 and 1.
    confidence: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        confidence = self.base + sum(a.delta for a in self.adjustments) if self.adjustments else self.base
        object.__setattr__(self, "confidence", min(1.0, max(0.0, confidence)))


class Outcome(StrEnum):
    """What was decided about a span."""

    REMOVE = "remove"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Decision:
    """What ``resolve`` made of all the detections on one span."""

    span: Span
    category: Category
    confidence: float
    outcome: Outcome
    reason: str
    detections: tuple[Detection, ...]

    @property
    def leading(self) -> Detection:
        """The detection that named the category."""
        return self.detections[0]


@dataclass(frozen=True, slots=True)
class Removal:
    """A piece of the source that is not in the clean text: ``source[start:end] == text``."""

    start: int
    end: int
    text: str
    category: Category
    confidence: float
    detector: str
    rule: str | None
    reason: str
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A refused detection: its span stays in the clean text, and ``refusal`` says why."""

    start: int
    end: int
    text: str
    category: Category
    confidence: float
    detector: str
    rule: str | None
    reason: str
    refusal: str


@dataclass(frozen=True, slots=True)
class PackStamp:
    """Which pack a run used: enough to know whether another run used the same."""

    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """The account of one run on one document, from which the source can be restored.

    ``start`` and ``end`` of removals and refusals count code points of the source. It holds removed text, so it is
    as sensitive as the source. ``packs`` names the packs that had a say in this document, ``packs_sha256`` stands for
    all that were loaded. For a web page, ``page`` says what extracted the source text from it.
    """

    schema: int
    id: str
    source_sha256: str
    clean_sha256: str
    cleaner: str
    config: str
    packs_sha256: str
    packs: tuple[PackStamp, ...]
    removals: tuple[Removal, ...]
    kept: tuple[Kept, ...]
    incomplete: tuple[str, ...] = ()
    encoding: str | None = None
    page: Page | None = None


class Scope(StrEnum):
    """Which unit a rule looks at, and what goes when it matches."""

    LINE = "line"
    SENTENCE = "sentence"
    BLOCK = "block"
    HEAD = "head"
    TAIL = "tail"
    HEADING = "heading"


class Takes(StrEnum):
    """What a heading takes with it."""

    ITEMS = "items"
    FORM = "form"
    REST = "rest"


class At(StrEnum):
    """Where in its unit a pattern has to match."""

    ANYWHERE = "anywhere"
    START = "start"
    END = "end"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of a pack: a claim about every unit that its pattern matches."""

    id: str
    category: Category
    pattern: str
    confidence: float
    scope: Scope
    at: At
    why: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]
    pack: str
    takes: Takes | None = None
    case: bool = False
    min_words: int = 0
    max_words: int = 60
    sites: tuple[str, ...] = ()
    language: str = "any"

    @property
    def scanned_by_unit(self) -> bool:
        """Whether its units are what literals are looked for in: lines are scanned, not their sentences."""
        return self.scope is not Scope.SENTENCE


class GuardScope(StrEnum):
    """Which unit a guard looks at."""

    LINE = "line"
    SENTENCE = "sentence"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Guard:
    """Negative evidence: lowers the confidence of detections where its pattern matches."""

    id: str
    against: frozenset[Category]
    pattern: str
    weight: float
    scope: GuardScope
    at: At
    why: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]
    pack: str
    case: bool = False
    min_words: int = 0
    max_words: int = 100_000
    language: str = "any"

    @property
    def scanned_by_unit(self) -> bool:
        """Guards are looked for in single units."""
        return True


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules and guards that one file holds."""

    name: str
    version: str
    description: str
    sha256: str
    path: str
    rules: tuple[Rule, ...] = ()
    guards: tuple[Guard, ...] = field(default=())

    @property
    def entries(self) -> tuple[Rule | Guard, ...]:
        """Its rules, then its guards."""
        return (*self.rules, *self.guards)

    @property
    def stamp(self) -> PackStamp:
        """The pack's identity for an audit record."""
        return PackStamp(self.name, self.version, self.sha256)
