"""Neighbouring lines that only mean something together: a heading with its items, a form, a comments section."""

from collections.abc import Iterator, Sequence

from cleaner.detectors.base import line_claim
from cleaner.facts import Facts
from cleaner.model import Category, Detection, Rule, Scope, Takes
from cleaner.view import View

_MOST_ITEMS = 12
_MOST_TAIL_ITEMS = 24
_ITEM_WORDS = 22
_STATEMENT_WORDS = 6
_FORM_WORDS = 10
_MOST_FORM_LINES = 14
_HEADING_WORDS = 12
_MARK_SOON = 4

# How much of the heading's confidence an item inherits. A bullet right below "Read next:" is as sure as the heading;
# a bare line there may be the next sub-heading of the article.
_BULLETED = 1.0
_BARE_IN_TAIL = 0.97
_BARE = 0.94


class RunDetector:
    """Claims what stands below a heading rule's match, as far as it looks like belonging to it."""

    name = "run"

    def detect(self, view: View) -> Iterator[Detection]:
        """Claims about the lines below every heading; the heading itself is claimed by its rule."""
        for number in view.matched:
            for rule in view.facts[number].rules:
                if rule.scope is Scope.HEADING and view.applies(rule):
                    yield from self._below(view, number, rule)

    def _below(self, view: View, number: int, rule: Rule) -> Iterator[Detection]:
        if rule.takes is Takes.FORM:
            lines, share = _form(view, number), _BULLETED
        elif rule.takes is Takes.REST:
            lines, share = _rest(view, number), _BULLETED
        else:
            lines, share = _items(view, number)
        reason = f"Stands below a heading of its kind: {rule.why}"
        for line in lines:
            yield line_claim(view, line, rule.category, rule.confidence * share, reason, self.name, rule)


def _next_filled(view: View, number: int) -> int | None:
    """The line after ``number`` that is not blank, over at most two blank ones."""
    for other in range(number + 1, min(number + 4, len(view.lines))):
        if not view.facts[other].blank:
            return other
    return None


def _items(view: View, heading: int) -> tuple[Sequence[int], float]:
    first = _next_filled(view, heading)
    if first is None or view.facts[first].words > _ITEM_WORDS:
        return (), 0.0
    if view.facts[first].bullet:
        return _bulleted(view, first), _BULLETED
    in_tail = view.in_tail(heading)
    return _bare(view, heading, first, in_tail=in_tail), _BARE_IN_TAIL if in_tail else _BARE


def _bulleted(view: View, first: int) -> Sequence[int]:
    """The bulleted lines from ``first`` on, blank lines between them allowed."""
    found: list[int] = []
    number: int | None = first
    while number is not None and view.facts[number].bullet and _item_like(view.facts[number]):
        found.append(number)
        number = _next_filled(view, number)
    return found if len(found) <= _MOST_TAIL_ITEMS else ()


def _bare(view: View, heading: int, first: int, *, in_tail: bool) -> Sequence[int]:
    """Lines below a heading that read like headlines, until prose or a change of spacing."""
    spaced = first > heading + 1
    found: list[int] = []
    number = first
    while number < len(view.lines) and len(found) < (_MOST_TAIL_ITEMS if in_tail else _MOST_ITEMS):
        facts = view.facts[number]
        if facts.blank:
            following = _next_filled(view, number)
            if following is None or not (spaced or in_tail) or not _headline_like(view.facts[following]):
                break
            number = following
            continue
        if not _headline_like(facts):
            break
        found.append(number)
        number += 1
    stopping = view.facts[number] if number < len(view.lines) else None
    stopped_by_prose = stopping is not None and stopping.prose and not stopping.known
    if stopped_by_prose and not in_tail:
        # The last headline before prose may be the article's next sub-heading; keep it in doubt.
        colon = view.facts[heading].text.rstrip().endswith((":", "："))
        if len(found) > 1 or not colon:
            found = found[:-1]
    return found


def _headline_like(facts: Facts) -> bool:
    return not facts.prose and _item_like(facts)


def _item_like(facts: Facts) -> bool:
    """A teaser is a headline: short, no statement with its full stop, no row of a table."""
    statement = facts.words >= _STATEMENT_WORDS and facts.text.rstrip().endswith((".", "。"))
    return not facts.blank and facts.words <= _ITEM_WORDS and not statement and not facts.table_row


def _form(view: View, heading: int) -> Sequence[int]:
    """Short lines below a form's heading, until prose."""
    found: list[int] = []
    for number in range(heading + 1, len(view.lines)):
        facts = view.facts[number]
        if facts.blank:
            continue
        if facts.own_prose or facts.words > _FORM_WORDS or len(found) >= _MOST_FORM_LINES:
            break
        found.append(number)
    following = found[-1] + 1 if found else len(view.lines)
    at_end = all(view.facts[n].blank for n in range(following, len(view.lines)))
    return found if at_end else [n for n in found if view.facts[n].rules]


def _rest(view: View, heading: int) -> Sequence[int]:
    """Everything below a comments heading, if what is there speaks like comments.

    Without prose below it, it is a form or an empty section. With prose, the other marks of a comments section
    have to be there: one among the first lines, at least two in all, and one in every ten lines.
    """
    rest = [n for n in view.filled if n > heading]
    if not rest or heading < view.head_end or view.facts[heading].words > _HEADING_WORDS:
        return ()
    if not any(view.facts[n].own_prose for n in rest):
        return rest
    marks = [any(r.category is Category.COMMENTS for r in view.facts[n].rules) for n in rest]
    return rest if any(marks[:_MARK_SOON]) and sum(marks) >= 2 and sum(marks) * 10 >= len(rest) else ()
