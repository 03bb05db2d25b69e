"""A page as blocks: pieces of text that stand by themselves, with what the page's elements say of each.

One walk over the tree. A block ends where an element begins or ends that starts a line of its own in a browser, and at
a line break; the cells of a row are one block. Elements within a line only add to the links and the bold text of their
block, and their names to those around it.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from cleaner.html.tree import SILENT, Tree


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(word for line in lines for word in line.split())


# Elements that stand within a line.
_INLINE = frozenset(
    _words(
        "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark nobr picture q rp rt",
        "ruby s samp small span strike strong sub sup time tt u var wbr",
    )
)
_SKIPPED = SILENT | frozenset(
    _words(
        "area audio canvas datalist embed iframe link map math meta object optgroup option select source svg textarea",
        "track video",
    )
)
_STRONG = frozenset(("b", "strong"))
_CELLS = frozenset(("td", "th"))
#: The elements that are told apart, by their number; what is not among them has the number behind the last.
TAGS = _words(
    "p div li h1 h2 h3 h4 h5 h6 blockquote figcaption pre dd dt section article button ul ol body header footer center",
    "summary details aside nav main form table tr figure",
)
_TAG_NUMBER = {tag: number for number, tag in enumerate(TAGS)}
#: Elements that speak for everything in them.
AROUND = _words(
    "article main aside nav footer header figure table form ul ol blockquote li button dl details section dialog"
)
_AROUND_BIT = {tag: 1 << number for number, tag in enumerate(AROUND)}
#: What the names of classes and ids speak of: the words that page makers use.
NAMES = (
    ("nav", r"nav|menu|crumb|pagination|pager|toolbar|skip"),
    ("foot", r"foot|copyright|legal|colophon"),
    ("head", r"header|masthead|topbar|logo|hero"),
    ("side", r"side|rail|widget|secondary"),
    ("comment", r"comment|disqus|respond|reply|discuss|replies"),
    ("share", r"share|sharing|social|follow|facebook|twitter|addtoany|whatsapp"),
    (
        "related",
        r"relat|recommend|recirc|more-|read-?more|also|popular|trending|latest|recent|similar|suggest|outbrain|"
        r"taboola|teaser|next|prev|most-?read",
    ),
    ("ad", r"^(?:ad|ads|adv)(?:[-_]|$)|[-_](?:ad|ads|adv)(?:[-_]|$)|advert|sponsor|promo|dfp|gpt|banner|cta|offer"),
    ("letter", r"newsletter|subscri|sign-?up|opt-?in|mailchimp|convertkit|email-form|paywall|donat|member"),
    ("author", r"author|byline|bio|contributor|profile|writer"),
    ("meta", r"meta|date|time|posted|publish|tags?$|tag[-_]|categor|info|topics|label|kicker|eyebrow"),
    ("picture", r"caption|credit|figure|gallery|photo|image|media|img|thumb"),
    ("content", r"content|article|body|entry|post|story|text|blog|main|single|prose|rich"),
    ("card", r"card|grid|list|item|tile|slider|carousel|swiper|slick|feed|loop"),
    ("modal", r"modal|popup|pop-up|overlay|cookie|consent|gdpr|lightbox|dialog|tooltip|toast|alert|notice|login"),
    ("hidden", r"hidden|sr-only|screen-reader|visually|d-none|print|invisible"),
    ("contents", r"toc|table-of-contents|jump|anchor"),
    ("faq", r"faq|accordion|collapse|panel|question|toggle|answer"),
    ("quote", r"quote|pull|callout|highlight|takeaway|summary|key-|note|box|tip"),
    ("form", r"form|input|search|field|button|btn"),
)
_NAME_PATTERNS = tuple(re.compile(pattern) for _, pattern in NAMES)
#: What an element says of itself by its attributes.
HIDDEN, SPONSORED = 1 << len(NAMES), 1 << len(NAMES) + 1
MARKS = (*(name for name, _ in NAMES), "unseen", "sponsored")
MARK_BITS = {name: 1 << number for number, name in enumerate(MARKS)}
_DIGITS = re.compile(r"\d+")
_MOST_REMEMBERED = 100_000
_remembered: dict[str, int] = {}


@dataclass
class Elements:
    """The elements that start lines of their own, in the order of the page; of each its parent among them (-1: none).

    ``marks`` are bits by the order of ``MARKS``, of the element itself and of those within its lines; ``around`` bits
    by the order of ``AROUND``, of the element and all around it. ``names`` are its class and id as they stand.
    """

    tags: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    depths: list[int] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    around: list[int] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, tag: str, parent: int, marks: int, names: str) -> int:
        """Add an element, and give its number."""
        self.tags.append(_TAG_NUMBER.get(tag, len(TAGS)))
        self.parents.append(parent)
        self.depths.append(self.depths[parent] + 1 if parent >= 0 else 0)
        self.marks.append(marks)
        self.around.append((self.around[parent] if parent >= 0 else 0) | _AROUND_BIT.get(tag, 0))
        self.names.append(names)
        return len(self.tags) - 1


@dataclass
class Blocks:
    """The blocks of a page in order: text (blanks squeezed), number of its element, characters in links and in bold."""

    elements: Elements = field(default_factory=Elements)
    texts: list[str] = field(default_factory=list)
    owners: list[int] = field(default_factory=list)
    links: list[int] = field(default_factory=list)
    linked: list[int] = field(default_factory=list)
    strong: list[int] = field(default_factory=list)
    #: Marks of the elements within the block's line.
    inner: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)


def read_blocks(tree: Tree) -> Blocks:
    """The blocks of a page.

    >>> from cleaner.html.tree import parse
    >>> read_blocks(parse("<div>One<p>Two <a href=/>three</a></p>four<br>five</div>")).texts
    ['One', 'Two three', 'four', 'five']
    """
    blocks = Blocks()
    if tree.root is not None:
        _Reader(blocks).read(tree.root)
    return blocks


class _Reader:
    """Collects the pieces of a block until it ends."""

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._owner = -1
        self._pieces: list[str] = []
        self._in_link = self._in_strong = 0
        self._links = self._linked = self._strong = self._inner = 0

    def read(self, root: Any) -> None:
        """Walk through a page."""
        from lxml import etree

        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            tag = node.tag
            if event == "start":
                if tag in _SKIPPED:
                    walk.skip_subtree()
                    continue
                self._open(node, tag)
                self._take(node.text)
            else:
                if tag not in _SKIPPED:
                    self._close(tag)
                if node is not root:
                    self._take(node.tail)

    def _open(self, node: Any, tag: str) -> None:
        if tag in _CELLS:
            if self._pieces:
                self._pieces.append(" | ")
        elif tag in _INLINE:
            self._links += tag == "a"
            self._in_link += tag == "a"
            self._in_strong += tag in _STRONG
            self._inner |= _marks(node, _names(node))
        elif tag == "br":
            self._end_block()
        else:
            self._end_block()
            names = _names(node)
            self._owner = self._blocks.elements.add(tag, self._owner, _marks(node, names), names)

    def _close(self, tag: str) -> None:
        if tag in _INLINE:
            self._in_link -= tag == "a"
            self._in_strong -= tag in _STRONG
        elif tag != "br" and tag not in _CELLS:
            self._end_block()
            self._owner = self._blocks.elements.parents[self._owner]

    def _take(self, text: str | None) -> None:
        if not text:
            return
        self._pieces.append(text)
        if self._in_link:
            self._linked += len(text.strip())
        if self._in_strong:
            self._strong += len(text.strip())

    def _end_block(self) -> None:
        text = " ".join("".join(self._pieces).split())
        if text.strip("| "):
            blocks = self._blocks
            blocks.texts.append(text)
            blocks.owners.append(self._owner)
            blocks.links.append(self._links)
            blocks.linked.append(min(self._linked, len(text)))
            blocks.strong.append(min(self._strong, len(text)))
            blocks.inner.append(self._inner)
        self._pieces.clear()
        self._links = self._linked = self._strong = self._inner = 0


def _names(node: Any) -> str:
    """The class and id of an element, in lower case and without digits, which number rather than name."""
    names = f"{node.get('class', '')} {node.get('id', '')}"
    return _DIGITS.sub("", names.lower()).strip() if len(names) > 1 else ""


def _marks(node: Any, names: str) -> int:
    marks = _marks_of(names) if names else 0
    if node.get("hidden") is not None or node.get("aria-hidden") == "true" or _is_invisible(node.get("style")):
        marks |= HIDDEN
    if "sponsored" in node.get("rel", ""):
        marks |= SPONSORED
    return marks


def _is_invisible(style: str | None) -> bool:
    return bool(style) and "display:none" in str(style).replace(" ", "").lower()


def _marks_of(names: str) -> int:
    """The bits of all that class and id speak of, word by word."""
    marks = 0
    for name in names.split():
        known = _remembered.get(name)
        if known is None:
            known = sum(1 << bit for bit, pattern in enumerate(_NAME_PATTERNS) if pattern.search(name))
            if len(_remembered) < _MOST_REMEMBERED:
                _remembered[name] = known
        marks |= known
    return marks
