"""Whether the text of a page is its article: what is known to be something else, or only a part, is said in a sentence.

Rather a page is passed over than a whole article reported.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from cleaner.html.notices import CONSENT, ERROR_TITLE, PAYWALL, ROBOT, ROBOT_TITLE, SCRIPTS, WE
from cleaner.html.tree import Tree, text_of

CUT = "the page is nested too deeply, or has too large a piece, so only what stands before that was read"
EMPTY = "nothing was found in the page that looks like an article"
SCRIPT_ONLY = "the page is made by scripts, and holds hardly any text itself"
ROBOT_CHECK = "the page is a check for robots, not an article"
ERROR_PAGE = "the page is a server's error message, not an article"
CONSENT_WALL = "the text is a notice about cookies and consent, not an article"
PAID = "the article has to be paid for, and the page holds only its beginning"

# In characters: a longer text is an article, whatever else the page says, unless it gives a number of words.
_SHORT = 1500
# What stands before a paywall, and what servers say instead of a page, is shorter than that.
_STUB = 700
# A page that asks for scripts where there are none, in its noscript, may do so for the sake of something in it.
_NOTHING = 150
# What is said to be paid for is there, if it is longer than that.
_PART = 200
# A page without scripts that has more text than this is not made by them.
_HARDLY_ANY = 400
# The share (0-1) of a text that has to be consent notice.
_MOSTLY = 0.6
# An article has so many of the words (0-1) that its page announces if it is whole.
_WHOLE = 0.6

_ROOTS = re.compile(r"(?:__next|__nuxt|___gatsby|app|root|app-root|react-root|svelte|ember-application)", re.IGNORECASE)
_PAYWALL_NAME = re.compile(
    r"(?:^|[\s_-])(?:paywall|pay-wall|regwall|subscriber-only|subscribers-only|premium-wall|piano-offer|tp-(?:modal|container))",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"(?:cf-challenge|challenge-(?:form|running|platform)|px-captcha|g-recaptcha|h-captcha|sec-if-cpt)"
)
_TITLE_PARTS = re.compile(r"\s+[|–—·•»:-]\s+|\s*[|»]\s*")
_SENTENCES = re.compile(r"(?<=[.!?…])\s+|\n+")


def remarks(tree: Tree, text: str) -> tuple[str, ...]:
    """Why the text that was extracted from a page is not its whole article; empty if nothing speaks for that.

    >>> from cleaner.html.tree import parse
    >>> remarks(parse("<title>404 Not Found</title><h1>Not Found</h1>"), "Not Found")
    ("the page is a server's error message, not an article",)
    """
    found = (CUT,) if tree.cut else ()
    sentence = _remark(tree, text.strip())
    return (*found, sentence) if sentence else found


def _remark(tree: Tree, text: str) -> str:
    if len(text) > _SHORT:
        return PAID if _is_cut_short(tree, text) else ""
    titles = [text_of(element) for element in tree.elements() if element.tag in ("title", "h1")]
    if len(text) < _HARDLY_ANY and _is_titled(titles, ROBOT_TITLE) and _tests_people(tree):
        return ROBOT_CHECK
    if len(text) < _STUB and _is_titled(titles, ERROR_TITLE):
        return ERROR_PAGE
    if len(text) < _HARDLY_ANY and _is_made_by_scripts(tree):
        return SCRIPT_ONLY
    if _is_consent(text):
        return CONSENT_WALL
    if _is_cut_short(tree, text) or (len(text) < _STUB and _is_behind_wall(tree)):
        return PAID
    return "" if text else EMPTY


def _is_titled(titles: Sequence[str], pattern: re.Pattern[str]) -> bool:
    """Whether a title is of a kind, the name of the site aside."""
    return any(pattern.fullmatch(part.strip()) for title in titles[:2] for part in (title, *_TITLE_PARTS.split(title)))


def _names(element: Any) -> str:
    return f"{element.get('id', '')} {element.get('class', '')}"


def _tests_people(tree: Tree) -> bool:
    """Whether the page holds a test, or speaks of one."""
    return any(_CHALLENGE.search(_names(e)) for e in tree.elements()) or bool(ROBOT.search(_shown(tree)))


def _shown(tree: Tree) -> str:
    return text_of(tree.root) if tree.root is not None else ""


def _is_made_by_scripts(tree: Tree) -> bool:
    shown = _shown(tree)
    if len(shown) > _HARDLY_ANY:
        return False
    if SCRIPTS.search(shown) or any(map(_is_empty_root, tree.elements())):
        return True
    asks = (SCRIPTS.search("".join(e.itertext())) for e in tree.elements() if e.tag == "noscript")
    return len(shown) <= _NOTHING and any(asks)


def _is_empty_root(element: Any) -> bool:
    """Whether scripts put the page into an element: it is there, and has nothing in it."""
    return bool(_ROOTS.fullmatch(element.get("id", ""))) and not text_of(element)


def _is_consent(text: str) -> bool:
    sentences = [sentence for sentence in _SENTENCES.split(text) if sentence.strip()]
    notice = [sentence for sentence in sentences if CONSENT.search(sentence)]
    mostly = sum(map(len, notice)) >= _MOSTLY * sum(map(len, sentences))
    return len(notice) > 1 and mostly and any(map(WE.search, notice))


def _is_behind_wall(tree: Tree) -> bool:
    """Whether an element is named as a paywall and asks for a subscription where the text is short."""
    return any(
        _PAYWALL_NAME.search(_names(e)) and e.get("hidden") is None and PAYWALL.search(text_of(e))
        for e in tree.elements()
    )


def _is_cut_short(tree: Tree, text: str) -> bool:
    """Whether the page says that its article is not free, and there is less text than it has."""
    for item in _articles(tree):
        if str(item.get("isAccessibleForFree")).lower() not in ("false", "no", "http://schema.org/false"):
            continue
        if _is_there(tree, item.get("hasPart")):
            return False
        words = _number(item.get("wordCount"))
        if words:
            return len(text.split()) < _WHOLE * words
        body = item.get("articleBody")
        return len(text) < _STUB and not (isinstance(body, str) and len(body) <= 1.1 * len(text))
    return False


def _is_there(tree: Tree, parts: object) -> bool:
    """Whether an element that is said to be the paid part, by its class or id, holds text."""
    listed = parts if isinstance(parts, list) else [parts]
    selectors = [str(part.get("cssSelector", "")) for part in listed if isinstance(part, dict)]
    names = {selector[1:] for selector in selectors if selector.startswith((".", "#"))}
    return any(names & set(_names(e).split()) and len(text_of(e)) > _PART for e in tree.elements()) if names else False


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else 0


def _articles(tree: Tree) -> Iterator[dict[str, Any]]:
    """What the page says in JSON-LD about articles; what is no JSON is passed over."""
    for element in tree.elements():
        if element.tag == "script" and element.get("type", "").lower() == "application/ld+json":
            try:
                content = json.loads(element.text or "")
            except (ValueError, RecursionError):
                continue
            yield from _objects(content)


def _objects(content: Any) -> Iterator[dict[str, Any]]:
    waiting = content if isinstance(content, list) else [content]
    for item in waiting:
        if isinstance(item, dict):
            graph = item.get("@graph")
            yield from (one for one in (graph if isinstance(graph, list) else [item]) if isinstance(one, dict))
