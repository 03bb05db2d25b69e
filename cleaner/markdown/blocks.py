"""The blocks of a Markdown text that matter here: code, comments, front matter, definitions, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cleaner.markdown.inline import folded
from cleaner.segment import LINE_BREAK

_FRONT = re.compile(r"(?P<mark>---|\+\+\+)[ \t]*$")
_KEY = re.compile(r"[A-Za-z_][\w-]*\s*[:=]|[#\[]")
_MOST_FRONT_LINES = 200
_VERBATIM = re.compile(r"\s*<(?:!|\?|(?:pre|script|style|textarea)\b)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(slots=True)
class Blocks:
    """By the numbers of lines.

    ``verbatim`` and ``firm`` lines stay, and are part of what is said there; marks in verbatim lines are none.
    ``underlines`` belong to the heading above them.
    """

    verbatim: dict[int, str] = field(default_factory=dict)
    firm: dict[int, str] = field(default_factory=dict)
    underlines: set[int] = field(default_factory=set)
    headings: set[int] = field(default_factory=set)
    labels: frozenset[str] = frozenset()


def blocks_of(text: str) -> Blocks:
    """The blocks of a text.

    >>> blocks_of("Title\\n=====\\n\\n```sh\\nls\\n```\\n").verbatim
    {3: 'a block of code', 4: 'a block of code', 5: 'a block of code'}
    """
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    lines = LINE_BREAK.split(text)
    blocks = Blocks()
    front = _front_matter(lines)
    for number in range(front):
        blocks.verbatim[number] = "the front matter"
    found: dict[str, dict[str, dict[str, list[int]]]] = {}
    for token in parser.parse("\n".join([*[""] * front, *lines[front:]]), found):
        if token.map:
            _note(blocks, token.type, range(*token.map), token.content)
    references = found.get("references", {})
    for definition in references.values():
        blocks.verbatim.update(dict.fromkeys(range(*definition["map"]), "the definition of a link"))
    blocks.labels = frozenset(map(folded, references))
    for number in _comments(text):
        blocks.verbatim.setdefault(number, "a comment")
    return blocks


def _note(blocks: Blocks, kind: str, lines: range, content: str) -> None:
    if kind in ("fence", "code_block"):
        blocks.verbatim.update(dict.fromkeys(lines, "a block of code"))
    elif kind == "html_block" and _VERBATIM.match(content):
        blocks.verbatim.update(dict.fromkeys(lines, "a block of HTML"))
    elif kind == "thead_open":
        blocks.firm.update(dict.fromkeys(lines, "the head of a table"))
    elif kind == "heading_open" and len(lines) == 1:
        blocks.headings.update(lines)
    elif kind == "heading_open" and len(lines) == 2:
        blocks.headings.add(lines[0])
        blocks.underlines.add(lines[1])
    elif kind == "heading_open":
        blocks.firm.update(dict.fromkeys(lines, "a heading of several lines"))


def _front_matter(lines: list[str]) -> int:
    """How many lines the front matter takes, its marks included."""
    match = _FRONT.match(lines[0])
    if match is None or len(lines) < 2 or not _KEY.match(lines[1]):
        return 0
    ends = {match["mark"], "..."}
    within = range(1, min(len(lines), _MOST_FRONT_LINES))
    return next((n + 1 for n in within if lines[n].rstrip() in ends), 0)


def _comments(text: str) -> Iterator[int]:
    """The numbers of the lines that a comment stands on."""
    breaks = [match.end() for match in LINE_BREAK.finditer(text)]
    number = 0
    for match in _COMMENT.finditer(text):
        while number < len(breaks) and breaks[number] <= match.start():
            number += 1
        yield number
        last = number
        while last < len(breaks) and breaks[last] < match.end():
            last += 1
            yield last
