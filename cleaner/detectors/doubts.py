"""What a line may be instead of boilerplate: named adjustments that lower a claim."""

from bisect import bisect_left

from cleaner.model import Category
from cleaner.view import View

_HEADING_WORDS = 3
_STAND_ALONE = frozenset({Category.AD, Category.CREDIT, Category.TICKER})


def like_a_heading(view: View, number: int, category: Category) -> bool:
    """Whether a line stands where a heading would: a few words, prose right below, prose or nothing above.

    Of the first line, it is enough that a sentence stands below: stories may begin with short ones.

    "Contact Us" between two paragraphs may be a button, and the heading of a chapter on how to write such pages. Ad
    labels and credits do stand alone between paragraphs, but as its first line they may be what the article is called.
    """
    facts = view.facts[number]
    if facts.words > _HEADING_WORDS or facts.final or facts.bullet:
        return False
    place = bisect_left(view.filled, number)
    if place + 1 == len(view.filled):
        return False
    below = view.facts[view.filled[place + 1]]
    if place == 0:
        return below.own_prose or (below.final and not below.sure)
    if not below.own_prose:
        return False
    return category not in _STAND_ALONE and view.facts[view.filled[place - 1]].own_prose


def like_a_title(view: View, number: int, category: Category) -> bool:
    """Whether a line that is like a heading may be the title: the first one, unless it is what stands alone as well."""
    return number == view.filled[0] and category not in _STAND_ALONE
