"""The article of a page, block by block: what the extractor kept, and what it lost that belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from cleaner.html.blocks import MARK_BITS, TAGS, Blocks, read_blocks
from cleaner.html.columns import Evidence, plain
from cleaner.html.judge import PageModel, best_cut
from cleaner.html.tree import Tree, text_of
from cleaner.model import Category, Hint


@dataclass(frozen=True)
class Read:
    """A page with all that the model is told of it."""

    blocks: Blocks
    plains: tuple[str, ...]
    evidence: Evidence

    @property
    def sizes(self) -> NDArray[np.int64]:
        """The number of words of each block."""
        return np.array([len(text.split()) for text in self.plains], dtype=np.int64)


def evidence_of(tree: Tree, blocks: Blocks, extracted: str, model: PageModel | None = None) -> Read:
    """What is known of a page's blocks; without a model the linear scores are zero."""
    plains = tuple(map(plain, blocks.texts))
    titles = [text_of(element) for element in tree.elements() if element.tag == "title"]
    headings = tuple(text_of(element) for element in tree.elements() if element.tag == "h1")
    scores = model.scores(blocks) if model and len(blocks) else np.zeros(len(blocks), dtype=np.int64)
    return Read(blocks, plains, Evidence(kept_blocks(plains, extracted), titles[0] if titles else "", headings, scores))


def kept_blocks(plains: Sequence[str], extracted: str) -> NDArray[np.bool_]:
    """Which blocks stand in an extractor's text, words alone compared.

    >>> kept_blocks(["one two", "three", ""], "One two. Thirty-three.").tolist()
    [True, True, False]
    """
    text = f" {plain(extracted)} "
    return np.array([bool(words) and f" {words} " in text for words in plains], dtype=np.bool_)


def chosen(page: Read, found: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The blocks to take, by the probability (0-1) of each."""
    return found >= best_cut(found, page.sizes)


def article_of(tree: Tree, extracted: str, model: PageModel) -> tuple[str, tuple[Hint | None, ...]]:
    """The text of a page's article, a line a block, and a hint for each line that may not belong to it.

    It has the blocks that the extractor kept, those the model doubts with a hint, and those that the extractor lost
    and the model takes. Where the extractor's text is not made of the page's blocks, it is given as it is.
    """
    page = evidence_of(tree, read_blocks(tree), extracted, model)
    kept = page.evidence.kept
    if not len(kept) or page.sizes[kept].sum() < _RECOGNISED * len(plain(extracted).split()):
        return extracted, ()
    found = model.judge(page.blocks, page.plains, page.evidence)
    taken = chosen(page, found)
    lines, hints = [], []
    for number in np.flatnonzero(kept | taken).tolist():
        lines.append(_line(page.blocks, number))
        doubt = round(1 - float(found[number]), 4)
        doubted = not taken[number] and doubt >= _LEAST_DOUBT
        hints.append(_hint(page.blocks, number, doubt) if doubted else None)
    return "\n".join(lines), tuple(hints)


def _line(blocks: Blocks, number: int) -> str:
    text = blocks.texts[number]
    return f"- {text}" if blocks.elements.tags[blocks.owners[number]] == _ITEM else text


def _hint(blocks: Blocks, number: int, doubt: float) -> Hint:
    """What speaks against a block: the nearest element with a telling name, links, or no more than its place."""
    name, category = _named(blocks, number)
    length = len(blocks.texts[number])
    said = [f"an element around it is named as {_MEANINGS[name]}"] if name else []
    if blocks.linked[number] * 2 > length:
        said.append("most of it is links")
        category = category or Category.NAV
    if not said:
        said.append("neither its place nor its elements are those of the article")
    reason = f"By the page's markup it does not belong to the article ({doubt:.2f}): {', '.join(said)}."
    return Hint(doubt, category or (Category.PROMO if length > _LONG else Category.NAV), reason)


def _named(blocks: Blocks, number: int) -> tuple[str, Category | None]:
    """The most telling name of the nearest element that has one."""
    at, marks = blocks.owners[number], blocks.inner[number]
    while at >= 0:
        marks |= blocks.elements.marks[at]
        for name, (category, _) in _KINDS.items():
            if marks & MARK_BITS[name]:
                return name, category
        at, marks = blocks.elements.parents[at], 0
    return "", None


#: The extractor's text has to be made of the page's blocks by so much (0-1 of its words).
_RECOGNISED = 0.6
_LEAST_DOUBT = 0.5
_LONG = 160  # characters
_ITEM = TAGS.index("li")
# The names that tell what a piece of a page is, the most telling first, and how a sentence says so.
_KINDS: Mapping[str, tuple[Category, str]] = MappingProxyType(
    {
        "sponsored": (Category.AD, "sponsored"),
        "comment": (Category.COMMENTS, "comments"),
        "related": (Category.RELATED, "teasers of other articles"),
        "share": (Category.SOCIAL, "share buttons"),
        "letter": (Category.NEWSLETTER, "a sign-up or an appeal"),
        "ad": (Category.AD, "an advertisement"),
        "contents": (Category.NAV, "a table of contents"),
        "nav": (Category.NAV, "navigation"),
        "modal": (Category.NAV, "a dialog or notice"),
        "form": (Category.NAV, "a form"),
        "foot": (Category.LEGAL, "a footer"),
        "side": (Category.RELATED, "a sidebar"),
        "card": (Category.RELATED, "a list or a card"),
        "unseen": (Category.NAV, "invisible"),
        "hidden": (Category.NAV, "hidden"),
    }
)
_MEANINGS = {name: meaning for name, (_, meaning) in _KINDS.items()}
