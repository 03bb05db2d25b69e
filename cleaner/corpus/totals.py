"""Counts over shards."""

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from cleaner.corpus.rows import Fate, Gap, Lost, Outcome, Row

#: How many examples of a thing are kept.
EXAMPLES = 10


@dataclass
class Totals:
    """What was counted, in a shard or in all. Sizes are in bytes of the texts in UTF-8.

    ``rows`` are all that were read, ``documents`` those that were cleaned, ``nulls`` those whose text is null,
    ``quarantined`` those that were set aside; ``gaps`` are stretches that could not be read. ``removals`` and
    ``characters`` are by category and rule.
    """

    rows: int = 0
    documents: int = 0
    changed: int = 0
    empty: int = 0
    incomplete: int = 0
    nulls: int = 0
    quarantined: int = 0
    gaps: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    duplicates: int = 0
    duplicate_examples: list[str] = field(default_factory=list)
    removals: Counter[tuple[str, str]] = field(default_factory=Counter)
    characters: Counter[tuple[str, str]] = field(default_factory=Counter)

    def count(self, row: Row, fate: Fate) -> None:
        """Add a row and what became of it."""
        self.rows += 1
        self.nulls += row.null
        if isinstance(fate, Lost):
            self.quarantined += 1
        elif isinstance(fate, Outcome):
            self._add_outcome(fate)

    def _add_outcome(self, outcome: Outcome) -> None:
        self.documents += 1
        self.changed += bool(outcome.tally)
        self.empty += outcome.text == ""
        self.incomplete += outcome.incomplete
        self.bytes_in += outcome.bytes_in
        self.bytes_out += outcome.bytes_out
        for key, (removals, characters) in outcome.tally:
            self.removals[key] += removals
            self.characters[key] += characters

    def count_gap(self, gap: Gap) -> None:
        """Add a stretch that could not be read."""
        self.gaps += 1
        self.rows += gap.count or 0

    def count_duplicate(self, example: str | None) -> None:
        """Add a document that has the id of another, if it is one."""
        if example is None:
            return
        self.duplicates += 1
        if len(self.duplicate_examples) < EXAMPLES:
            self.duplicate_examples.append(example)

    def add(self, other: "Totals") -> None:
        """Add the counts of a shard."""
        for f in fields(self):
            mine, theirs = getattr(self, f.name), getattr(other, f.name)
            if isinstance(mine, Counter):
                mine.update(theirs)
            elif isinstance(mine, list):
                mine += theirs[: EXAMPLES - len(mine)]
            else:
                setattr(self, f.name, mine + theirs)

    def plain(self) -> dict[str, Any]:
        """The same as JSON has it.

        >>> Totals.of(Totals(rows=3, removals=Counter({("ad", "en.ad.label"): 2})).plain()).rows
        3
        """
        content = asdict(self)
        counts = [[*key, self.removals[key], self.characters[key]] for key in sorted(self.removals)]
        return {**{k: v for k, v in content.items() if k != "characters"}, "removals": counts}

    @classmethod
    def of(cls, content: dict[str, Any]) -> "Totals":
        """Read what ``plain`` gave."""
        counts = content["removals"]
        removals = Counter({(category, rule): number for category, rule, number, _ in counts})
        characters = Counter({(category, rule): number for category, rule, _, number in counts})
        return cls(**{**content, "removals": removals, "characters": characters})

    def by_category(self) -> dict[str, dict[str, int]]:
        """Removals and removed characters by category."""
        table: dict[str, dict[str, int]] = {}
        for key in sorted(self.removals):
            row = table.setdefault(key[0], {"removals": 0, "characters": 0})
            row["removals"] += self.removals[key]
            row["characters"] += self.characters[key]
        return table
