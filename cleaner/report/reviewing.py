"""A review: what reviewers decide on a page becomes verdicts in a file, and entries of a pack where they ask for it."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaner.errors import CleanerError, OutputError
from cleaner.files import reason
from cleaner.model import OPTIONAL_CATEGORIES
from cleaner.promote import joined, promoted, read_promoted, write_promoted
from cleaner.report.collect import Collection, Item, key_of
from cleaner.verdictfile import Placed, append_verdict, locked, read_verdicts
from cleaner.verdicts import Ruling, Verdict, Verdicts, verdict_of

_FIELDS = frozenset({"key", "verdict", "promote", "note", "site", "when"})


class DecisionError(CleanerError):
    """A decision that cannot be taken, however often it is sent."""


@dataclass
class Reviewing:
    """Takes decisions on the items of a collection: each is a line of ``verdicts`` on disk before it is answered."""

    collection: Collection
    verdicts: Path
    by: str
    pack: Path
    taken: int = 0
    _items: dict[str, Item] = field(init=False)
    _packing: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._items = {item.key: item for item in self.collection.items if item.key}

    @property
    def tag(self) -> str:
        """Changes whenever the file of verdicts does."""
        try:
            found = self.verdicts.stat()
        except OSError:
            return "none"
        return f"{found.st_ino}-{found.st_size}-{found.st_mtime_ns}"

    def rulings(self) -> dict[str, tuple[str, str, str]]:
        """The last verdict on each item that has one, by the item's key: what, by whom, and when."""
        last: dict[str, Verdict] = {}
        for placed in sorted(self._placed(), key=lambda placed: placed.verdict.order):
            key = key_of(placed.verdict.rule, placed.verdict.text)
            if key in self._items:
                last[key] = placed.verdict
        return {key: (v.ruling.value, v.by, v.when) for key, v in last.items()}

    def take(self, entry: Any) -> str:
        """Write a decision down; returns what the reviewer should know about it, mostly nothing.

        The same decision sent again is written once. Raises ``DecisionError`` if it is none, and ``OutputError`` if it
        cannot be written.
        """
        verdict = self._verdict(entry)
        if append_verdict(self.verdicts, verdict):
            self.taken += 1
        messages = list(self._remarks(verdict))
        if entry.get("promote"):
            messages.append(self._promote(verdict))
        return " ".join(messages)

    def _verdict(self, entry: Any) -> Verdict:
        if not isinstance(entry, Mapping) or not _FIELDS.issuperset(entry):
            raise DecisionError(f"a decision is an object with {', '.join(sorted(_FIELDS))}")
        item = self._items.get(entry.get("key", "")) if isinstance(entry.get("key"), str) else None
        if item is None:
            raise DecisionError("this review does not show what the decision is about; load the page again")
        content = {name: entry[name] for name in ("verdict", "when", "note", "site") if name in entry}
        about = {"rule": item.source, "text": item.claimed, "category": item.category.value, "by": self.by}
        try:
            return verdict_of({**content, **about})
        except ValueError as error:
            raise DecisionError(str(error)) from None

    def _placed(self) -> tuple[Placed, ...]:
        return read_verdicts([self.verdicts]).placed if self.verdicts.exists() else ()

    def _remarks(self, verdict: Verdict) -> list[str]:
        """Why an accepted text may stay all the same."""
        if verdict.ruling is Ruling.REJECT:
            return []
        remarks = []
        others = [p.verdict for p in self._placed() if p.verdict.text == verdict.text]
        rules = sorted(
            {v.rule for v in Verdicts.of(others).entries if v.ruling is Ruling.REJECT and v.rule != verdict.rule}
        )
        if rules:
            remarks.append(f"The text stays all the same, since it was rejected on {', '.join(rules)}.")
        if verdict.category in OPTIONAL_CATEGORIES:
            remarks.append(f"It goes where category {verdict.category} is asked for.")
        return remarks

    def _promote(self, verdict: Verdict) -> str:
        """Put what reviewers said of the text into the pack, and say what came of it."""
        same = [
            p.verdict for p in self._placed() if (p.verdict.text, p.verdict.ruling) == (verdict.text, verdict.ruling)
        ]
        try:
            with self._packing, locked(self.verdicts):
                file = read_promoted(self.pack)
                made = promoted(same, 1, file.pack)
                if made.rules or made.guards:
                    write_promoted(self.pack, joined(file, made))
        except OSError as error:
            raise OutputError(f"{self.verdicts}: cannot be locked: {reason(error)}") from None
        except CleanerError as error:
            return f"The verdict is written, but the pack is not: {error}"
        ids = [entry.id for entry in (*made.rules, *made.guards)]
        if not ids:
            return f"The verdict is written, but makes no entry of a pack: {' '.join(made.left)}"
        return f"In {self.pack}: {', '.join(ids)}."
