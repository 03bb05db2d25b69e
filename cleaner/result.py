"""What cleaning a document gives, and its audit record."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from cleaner.apply import restore, sha256
from cleaner.audit import SCHEMA
from cleaner.detectors.markup import NAME as MARKUP
from cleaner.model import AuditRecord, Document, Kept, Pack, PackStamp, Removal
from cleaner.version import __version__


@dataclass(frozen=True)
class Run:
    """What a record says of the run it comes from."""

    config: str
    packs_sha256: str
    packs: tuple[Pack, ...] = field(repr=False)
    model: PackStamp | None = None

    @cached_property
    def _pack_of(self) -> dict[str | None, int]:
        """The place of the pack of each rule."""
        return {rule.id: place for place, pack in enumerate(self.packs) for rule in pack.rules}

    def stamps(self, rules: Iterable[str | None], detectors: Iterable[str]) -> tuple[PackStamp, ...]:
        """The packs that hold any of the rules, by name, and the models that are among the detectors."""
        named = set(rules)
        places = {self._pack_of[rule] for rule in named if rule in self._pack_of}
        stamps = [self.packs[place].stamp for place in sorted(places)]
        if self.model and self.model.name in {*detectors, *named}:  # A verdict names it as a rule.
            stamps.append(self.model)
        if MARKUP in {*detectors, *named}:
            from cleaner.html.judge import builtin_page_model

            stamps.append(builtin_page_model().stamp)
        return tuple(stamps)


@dataclass(frozen=True, slots=True)
class CleanResult:
    """What cleaning gave: the clean text, and every removal and refused detection, in source offsets.

    ``incomplete`` says in one sentence each what could not be looked at.
    """

    document: Document
    text: str
    removals: tuple[Removal, ...]
    kept: tuple[Kept, ...]
    incomplete: tuple[str, ...]
    run: Run

    def record(self, encoding: str | None = None) -> AuditRecord:
        """The audit record of this result; ``encoding`` names the one the source file had."""
        rules = [*(r.rule for r in self.removals), *(k.rule for k in self.kept)]
        detectors = [*(r.detector for r in self.removals), *(k.detector for k in self.kept)]
        return AuditRecord(
            schema=SCHEMA,
            id=self.document.id,
            source_sha256=sha256(self.document.text),
            clean_sha256=sha256(self.text),
            cleaner=__version__,
            config=self.run.config,
            packs_sha256=self.run.packs_sha256,
            packs=self.run.stamps(rules, detectors),
            removals=self.removals,
            kept=self.kept,
            incomplete=self.incomplete,
            encoding=encoding,
            page=self.document.page,
        )

    def restore(self) -> str:
        """The source text, rebuilt from the clean text and the record, not remembered."""
        return restore(self.text, self.record())
