"""A page as the tree of its elements, and whether the parser read all of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

#: What holds no text of the page, whatever stands in it.
SILENT = frozenset({"head", "noscript", "script", "style", "template", "title"})


@dataclass(frozen=True, slots=True)
class Tree:
    """A parsed page; ``root`` is its html element of lxml, ``None`` if it has none.

    ``cut`` says that the parser gave up before the end, because of nesting or of a single piece that is too large.
    """

    root: Any
    cut: bool = False

    def elements(self) -> Iterator[Any]:
        """Every element in order, without recursion."""
        return iter(()) if self.root is None else self.root.iter()


def parse(page: str, *, huge: bool = False) -> Tree:
    """Parse a page; with ``huge``, up to 2048 elements deep rather than 255, and pieces of any size.

    >>> [element.tag for element in parse("<p>One<p>Two").elements()]
    ['html', 'body', 'p', 'p']
    >>> parse("<b>" * 300).cut, parse("<b>" * 300, huge=True).cut
    (True, False)
    """
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=huge)
    root = etree.fromstring(page.encode("utf-8", "replace"), parser) if page.strip() else None
    return Tree(root, any(_is_limit(entry) for entry in parser.error_log))


def _is_limit(entry: Any) -> bool:
    return entry.type_name == "ERR_RESOURCE_LIMIT" or "XML_PARSE_HUGE" in entry.message


def text_of(element: Any) -> str:
    """The text of an element and of what it holds, in one row.

    >>> text_of(parse("<p>One <b>and</b><script>x</script> two").root)
    'One and two'
    """
    parts: list[str] = []
    skipping = None
    for event, node in _walk(element):
        if skipping is None and event == "start":
            if node.tag in SILENT and node is not element:
                skipping = node
            else:
                parts.append(node.text or "")
        elif event == "end":
            if skipping is node:
                skipping = None
            if skipping is None and node is not element:
                parts.append(node.tail or "")
    return " ".join(" ".join(parts).split())


def _walk(element: Any) -> Any:
    from lxml import etree

    return etree.iterwalk(element, events=("start", "end"))
