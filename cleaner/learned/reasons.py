"""Why the model takes a unit for something else than the article, in words.

The columns' shares in a score are added up by the kind of evidence they stand for; the kinds that moved the score most
are named, each only if what it says is true of the unit.
"""

from collections.abc import Mapping, Sequence
from itertools import islice

from cleaner.learned.evidence import PREFIX
from cleaner.model import Category

#: A kind of evidence is named if it moved the score by at least so much (thousandths of a logit).
_LEAST_SHARE = 150
_MOST_NAMED = 4

_KIND: Mapping[Category, str] = {
    Category.AD: "an advertisement",
    Category.PROMO: "a call to action or a pitch",
    Category.NEWSLETTER: "a newsletter pitch",
    Category.SOCIAL: "a prompt to follow or share",
    Category.RELATED: "a teaser of another article",
    Category.COMMENTS: "part of a comments section",
    Category.PAYWALL: "an appeal to subscribe or donate",
    Category.NAV: "navigation",
    Category.LEGAL: "a legal note",
    Category.TICKER: "a widget of figures",
    Category.CREDIT: "a credit",
    Category.META: "a byline, date or tag",
    Category.BIO: "a note on the author",
    Category.CAPTION: "a caption",
    Category.TITLE: "a title",
    Category.OTHER: "page furniture",
}
_WORDING = ("text", "comments", "related", "nav", "promo", "legal", "optional")
_FIT = ("shared", "shared_prose", "names", "names_shared", "names_shared_prose", "longs", "in_title", "title_words")
_AGAIN = ("times", "again")
_PLACE = (
    "lines",
    "document_words",
    "document_prose",
    "document_prose_share",
    "from_start",
    "from_end",
    "place",
    "words_before",
    "words_after",
    "prose_before",
    "prose_after",
    "prose_words_after",
    "since_prose",
    "until_prose",
    "run",
    "in_run",
    "gap",
    "gap_after",
    "unit_index",
    "unit_left",
)
_MARKS = (
    ("copyrights", "a copyright sign"),
    ("moneys", "a price or a share"),
    ("exclamations", "an exclamation mark"),
    ("ats", "a handle or tag"),
    ("bars", "bars"),
    ("questions", "a question"),
    ("digits", "figures"),
)
# What is asked before a kind of evidence is named.
_ASKED: Mapping[str, tuple[str, ...]] = {
    "wording": ("text",),
    "claims": tuple(PREFIX + name for name in ("rule", "run", "company")),
    "fit": ("longs", "shared_prose", "names", "names_shared"),
    "again": ("times",),
    "place": ("document_prose", "prose_after", "prose_before", "prose"),
    "company": ("text-1", "text+1"),
    "shape": (*(column for column, _ in _MARKS), "final"),
}


def group_of(column: str) -> str:
    """The kind of evidence that a column stands for.

    >>> group_of("claim_rule"), group_of("text"), group_of("text-1"), group_of("exclamations")
    ('claims', 'wording', 'company', 'shape')
    """
    if column.startswith(PREFIX):
        return "claims"
    if column in _WORDING:
        return "wording"
    if column in _FIT:
        return "fit"
    if column in _AGAIN:
        return "again"
    if column in _PLACE:
        return "place"
    return "company" if any(mark in column for mark in "-+") or column.startswith(_WORDING) else "shape"


def kinds_of(columns: Sequence[str]) -> tuple[tuple[str, ...], list[int]]:
    """The kinds of evidence that columns stand for, and the place among them of each column's.

    >>> kinds_of(["words", "text", "digits"])
    (('shape', 'wording'), [0, 1, 0])
    """
    groups = [group_of(name) for name in columns]
    kinds = tuple(sorted(set(groups)))
    return kinds, [kinds.index(group) for group in groups]


def missing(columns: Sequence[str]) -> list[str]:
    """The columns that reasons need of a model with these columns, and that it lacks.

    >>> missing(["words", "text", *(column for column, _ in _MARKS)])
    ['final']
    """
    asked = {name for group in set(map(group_of, columns)) for name in _ASKED[group]}
    return sorted(asked.difference(columns))


def explain(category: Category, probability: float, shares: Mapping[str, int], facts: Mapping[str, int]) -> str:
    """One sentence: what the unit looks like, how sure that is, and the evidence, the strongest first.

    ``shares`` are by kind of evidence, in thousandths of a logit; ``facts`` are the unit's columns.
    """
    ranked = sorted((-share, group) for group, share in shares.items() if share >= _LEAST_SHARE)
    phrases = (phrase for _, group in ranked if (phrase := _phrase(group, facts)))
    because = ", ".join(islice(phrases, _MOST_NAMED)) or "all evidence together"
    return f"Looks like {_KIND.get(category, 'page furniture')} ({probability:.2f}): {because}."


def _phrase(group: str, facts: Mapping[str, int]) -> str:
    if group == "wording":
        return "worded like one" if facts["text"] > 0 else ""
    if group == "claims":
        return "a rule or its neighbours say so" if any(facts[PREFIX + c] for c in ("rule", "run", "company")) else ""
    if group == "fit":
        if facts["longs"] and not facts["shared_prose"]:
            return "shares no word with the article's paragraphs"
        return "names nobody whom the article names" if facts["names"] and not facts["names_shared"] else ""
    if group == "again":
        return "stands here more than once" if facts["times"] > 1 else ""
    if group == "place":
        return _place(facts)
    if group == "company":
        return "in the company of such lines" if max(facts["text-1"], facts["text+1"]) > 0 else ""
    return _shape(facts)


def _place(facts: Mapping[str, int]) -> str:
    if not facts["document_prose"]:
        return "in a document without paragraphs"
    if not facts["prose_after"] and not facts["prose"]:
        return "after the last paragraph"
    if not facts["prose_before"] and not facts["prose"]:
        return "before the first paragraph"
    return "among the paragraphs"


def _shape(facts: Mapping[str, int]) -> str:
    for column, phrase in _MARKS:
        if facts[column]:
            return phrase
    return "" if facts["final"] else "no full stop"
