"""What reviewers said about texts that Cleaner removed, or nearly removed, and which of their words is the last.

A verdict is about a rule (or a detector, where there is no rule) and a text, never about a place, so it outlives edits
and new crawls. Texts are compared as rules see them, folded and with blanks squeezed, but with their capitals: what a
crawl changes is blanks, quotes and dashes, while capitals may be all that tells a button from an author's heading.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cleaner.audit import one_line
from cleaner.fold import fold
from cleaner.model import Category
from cleaner.segment import LINE_BREAK

_NEEDED = ("verdict", "rule", "text", "category", "by", "when")
_KNOWN = (*_NEEDED, "note", "site")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)")
_SITE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


class Ruling(StrEnum):
    """What a reviewer says to a claim: it is right, or the text is the author's."""

    ACCEPT = "accept"
    REJECT = "reject"


def normalised(text: str) -> str:
    """The form in which texts of verdicts are compared: folded, every run of blanks one space, capitals kept.

    >>> normalised("  “Read\\u00a0 more”\\n")
    '"Read more"'
    """
    return " ".join(fold(text).split())


@dataclass(frozen=True, slots=True)
class Verdict:
    """One reviewer's word on one text; made by ``verdict_of``, which checks the values.

    ``rule`` is the id of the rule that claimed the text, or the name of the detector if it has none. ``text`` is in
    normal form. ``when`` is a time by RFC 3339. ``site`` restricts the verdict to documents of a host and those below
    it; empty means everywhere.
    """

    ruling: Ruling
    rule: str
    text: str
    category: Category
    by: str
    when: str
    note: str = ""
    site: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is about; the last verdict on a key holds."""
        return self.rule, self.text, self.site

    @property
    def instant(self) -> datetime:
        """When it was given, in UTC."""
        return _instant(self.when)

    @property
    def order(self) -> tuple[datetime, str]:
        """Verdicts are ordered by time, those of one time by what they say: the same however files were merged."""
        return self.instant, self.line

    @property
    def line(self) -> str:
        """The verdict as a line of JSON without its ending; the same verdict gives the same line."""
        content = {
            "verdict": self.ruling,
            "rule": self.rule,
            "text": self.text,
            "category": self.category,
            "by": self.by,
            "when": self.when,
            "note": self.note,
        }
        return one_line(content | ({"site": self.site} if self.site else {}))

    @property
    def signed(self) -> str:
        """Whose verdict of which day it is.

        >>> verdict_of({"verdict": "reject", "rule": "model", "text": "Oh, carry me over", "category": "related",
        ...     "by": "Ann", "when": "2026-03-01T09:30:00Z"}).signed
        'the verdict of Ann of 2026-03-01'
        """
        return f"the verdict of {self.by} of {self.when[:10]}"


def verdict_of(content: Any) -> Verdict:
    """The verdict that a JSON object holds, its text put into normal form. Raises ``ValueError`` with what is wrong."""
    if not isinstance(content, dict):
        raise ValueError(f"is not a verdict; expected an object with {', '.join(_NEEDED)}")  # noqa: TRY004
    if unknown := [name for name in content if name not in _KNOWN]:
        raise ValueError(f"field {unknown[0]!r} is not known; known are {', '.join(_KNOWN)}")
    if missing := [name for name in _NEEDED if name not in content]:
        raise ValueError(f"field {missing[0]!r} is missing; a verdict needs {', '.join(_NEEDED)}")
    for name, value in content.items():
        if not isinstance(value, str):
            raise ValueError(f"{name}: {value!r} is not a string")  # noqa: TRY004
    return Verdict(
        ruling=_one_of(Ruling, "verdict", content["verdict"]),
        rule=_filled("rule", content["rule"]),
        text=_text(content["text"]),
        category=_one_of(Category, "category", content["category"]),
        by=_filled("by", content["by"]),
        when=_when(content["when"]),
        note=content.get("note", ""),
        site=_site(content.get("site", "")),
    )


def _one_of(kind: Any, name: str, value: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"{name}: {value!r} is not one of {', '.join(kind)}") from None


def _filled(name: str, value: str) -> str:
    if not (value := value.strip()):
        raise ValueError(f"{name}: is empty")
    return value


def _text(value: str) -> str:
    if LINE_BREAK.search(value.strip()):
        raise ValueError("text: holds a line break; a verdict is about one line or a part of it, so give each its own")
    if not (text := normalised(value)):
        raise ValueError("text: holds nothing but blanks; a verdict needs words to know the text by")
    return text


def _when(value: str) -> str:
    try:
        _instant(value)
    except (ValueError, OverflowError):
        raise ValueError(f"when: {value!r} is not a time by RFC 3339, such as 2026-03-01T09:30:00Z") from None
    return value


def _instant(value: str) -> datetime:
    if not _RFC_3339.fullmatch(value):
        raise ValueError(f"{value!r} is not a time by RFC 3339")
    return datetime.fromisoformat(value.upper()).astimezone(UTC)


def _site(value: str) -> str:
    site = value.strip().lower().removeprefix("www.")
    if site and not _SITE.fullmatch(site):
        raise ValueError(f"site: {value!r} is not the name of a host, such as news.example")
    return site


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The last verdict on every key, in order. Two are equal if they say the same, which ``digest`` stands for."""

    digest: str = ""
    entries: tuple[Verdict, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> "Verdicts":
        """The last words among verdicts in any order.

        >>> one = {"rule": "model", "text": "Oh, carry me over", "category": "related", "by": "Ann"}
        >>> first = verdict_of({**one, "verdict": "accept", "when": "2026-03-01T09:30:00Z"})
        >>> second = verdict_of({**one, "verdict": "reject", "when": "2026-03-01T12:00:00+02:00"})
        >>> [verdict.ruling.value for verdict in Verdicts.of([second, first]).entries]
        ['reject']
        """
        last: dict[tuple[str, str, str], Verdict] = {}
        ordered = sorted(verdicts, key=lambda verdict: verdict.order)
        for verdict in ordered:
            last[verdict.key] = verdict
        entries = tuple(verdict for verdict in ordered if last[verdict.key] is verdict)
        content = "".join(f"{verdict.line}\n" for verdict in entries)
        return cls(hashlib.sha256(content.encode()).hexdigest() if entries else "", entries)

    def __or__(self, other: "Verdicts") -> "Verdicts":
        """The last words of both."""
        return Verdicts.of((*self.entries, *other.entries)) if self and other else self if self else other

    def __bool__(self) -> bool:
        return bool(self.entries)


#: What holds where nobody said anything.
NO_VERDICTS = Verdicts()
