"""Lines of Markdown with nothing but links to pages of one site: menus above the article, teasers below it.

Authors list links as well: sources, further reading, a table of contents. Their lists have a heading or an opening
line, lead to other sites or to places on the page, or stand among the paragraphs; such lists are not claimed at all.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from urllib.parse import urlsplit

from cleaner.detectors.base import line_claim
from cleaner.model import Category, Detection
from cleaner.sites import site_of
from cleaner.view import View

# No labelled Markdown was at hand: these are set by hand, just above what the default mode removes, and below what the
# safe mode asks for.
_HEAD = 0.85
_TAIL = 0.82
_LEAST_LINKS = 4
_LEAST_PROSE = 2
_LINKED = 0.9
_HEADLINE_LETTERS = 24
_LABEL_ENDS = (":", "：")


class LinkListDetector:
    """Claims runs of link-only lines before the first and after the last paragraph."""

    name = "linklist"

    def detect(self, view: View) -> Iterator[Detection]:
        """Claims about whole lines of Markdown; other texts have none."""
        if not view.document.markup or len(view.prose) < _LEAST_PROSE:
            return
        for run in _runs(view):
            targets = [target for n in run for target in view.document.markup[n].targets]
            head, tail = view.in_head(run[-1]), view.in_tail(run[0])
            if not (head or tail) or len(targets) < _LEAST_LINKS or _introduced(view, run[0]):
                continue
            if not _own_site(targets, view.document.url):
                continue
            letters = sum(view.document.markup[n].linked for n in run)
            related = tail and letters >= _HEADLINE_LETTERS * len(targets)
            category = Category.RELATED if related else Category.NAV
            place = "before the first paragraph" if head else "after the last paragraph"
            reason = f"Nothing but links to pages of the same site stands here, {place}."
            for n in run:
                yield line_claim(view, n, category, _HEAD if head else _TAIL, reason, self.name)


def own_lists(view: View) -> frozenset[int]:
    """The numbers of link-only lines below a heading or an opening line that no rule takes for boilerplate."""
    if not view.document.markup:
        return frozenset()
    return frozenset(n for run in _runs(view) if _introduced(view, run[0], sure=False) for n in run)


def _runs(view: View) -> Iterator[Sequence[int]]:
    """The numbers of neighbouring lines that are links alone, blank lines between them allowed."""
    for alone, group in groupby(view.filled, key=lambda n: _only_links(view, n)):
        if alone:
            yield list(group)


def _only_links(view: View, number: int) -> bool:
    marks = view.document.markup[number]
    linked = bool(marks.targets) and marks.linked >= _LINKED * marks.letters
    return linked and not marks.heading and not view.facts[number].prose and not view.facts[number].table_row


def _introduced(view: View, number: int, *, sure: bool = True) -> bool:
    """Whether the line above is a heading, or opens a list: then the list belongs to what it says.

    Where a rule is sure of that line, what stands below it is the run detector's business; ``sure`` counts such lines.
    """
    above = [n for n in view.filled if n < number]
    if not above:
        return False
    last = above[-1]
    if view.facts[last].sure and not sure:
        return False
    return view.document.markup[last].heading or view.facts[last].text.rstrip().endswith(_LABEL_ENDS)


def _own_site(targets: Sequence[str], url: str | None) -> bool:
    """Whether all links lead to pages of one site, which is the document's if that is known."""
    hosts: set[str] = set()
    pages = 0
    for target in targets:
        try:
            parts = urlsplit(target)
        except ValueError:
            return False
        if parts.scheme not in ("", "http", "https"):
            return False
        if parts.netloc or parts.path:
            pages += 1
        hosts.update(site_of(target) if parts.netloc else ())
    known = set(site_of(url))
    one_site = hosts <= known if known else len(hosts) <= 1
    return one_site and pages == len(targets)
