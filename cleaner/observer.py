"""From the text of a document to a table of its lines, with the rules and guards that match each."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cleaner.facts import LineTable, Part
from cleaner.matching.finder import Finder, Match
from cleaner.matching.native import finder_of
from cleaner.matching.squeezed import count_words, squeeze
from cleaner.model import Category, Guard, GuardScope, Rule, Scope, Span

# Words by which a text speaks to its reader, or of its publisher, in folded form.
_ADDRESS = re.compile(
    r"\b(?:you|your|yours|we|our|ours|us|please|click|sie|ihre?[nrms]?|wir|unser\w*|uns|du|dein\w*|dir|dich|euch|eure\w*|"
    r"bitte|vous|votre|vos|nous|notre|nos|cliquez|usted(?:es)?|nuestr[oa]s?|tu|tus|ti|voces?|seu|sua|seus|suas|noss[oa]s?|"
    r"vostr[oaie]|nostr[oaie]|tuo|tua|jij|jou|jouw|uw|ons|onze|twoj\w*|nasz\w*|panstw\w*|wasz\w*|cookies?|disclaimer|"
    r"copyright|affiliate|newsletter|advice|liability|licen[sc]e\w*)\b|[^\x00-\x7f]"
)
_LEAST_MIXED = 14
_LEAST_OTHERS = 8
_LEAST_OTHERS_LEGAL = 25  # disclaimers come in dry sentences, and seldom before the article


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The rules and guards of a run, and what finds them."""

    rules: tuple[Rule, ...]
    guards: tuple[Guard, ...]
    rule_finder: Finder
    guard_finder: Finder

    @classmethod
    def of(cls, rules: Sequence[Rule], guards: Sequence[Guard] = ()) -> "Knowledge":
        """Prepare some rules and guards; ``library.load_library`` does so for whole packs, and faster."""
        return cls(tuple(rules), tuple(guards), finder_of(rules), finder_of(guards))


class Observer:
    """Looks at the lines of documents; remembers the guards of texts that it met."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._guarded: dict[tuple[str, GuardScope], tuple[Guard, ...]] = {}

    def table(self, text: str) -> LineTable:
        """The lines of a text, with what matches them.

        Where a line that rules match goes on with other sentences, the rules have their say about its sentences alone.
        """
        seen = self._knowledge.rule_finder.observe(text)
        table = LineTable(text, seen.starts, seen.ends, seen.wholes, seen.words, seen.flags)
        rules: dict[int, tuple[Rule, ...]] = {}
        parts: dict[int, tuple[Part, ...]] = {}
        for number, found in _by_line(seen.parts).items():
            parts[number] = self._parts(table.text_of(number), found)
        for number, _, _, indexes in seen.matches:
            own = self._rules(indexes)
            line, words = table.text_of(number), table.words[number]
            if words >= _LEAST_MIXED and (narrow := self._mixed(line, words, own)):
                parts[number] = self._parts(line, narrow)
            else:
                rules[number] = own
        parts = {number: some for number, some in parts.items() if some}
        guards = {number: self.guards_of(table.text_of(number), GuardScope.LINE) for number in {*rules, *parts}}
        return replace(table, rules=rules, guards=guards, parts=parts)

    def _rules(self, indexes: Sequence[int]) -> tuple[Rule, ...]:
        return tuple(self._knowledge.rules[index] for index in indexes)

    def _parts(self, line: str, found: Sequence[Match]) -> tuple[Part, ...]:
        """The sentences of a line that rules match."""
        return tuple(
            Part(Span(start, end), self._rules(indexes), self.guards_of(line[start:end], GuardScope.SENTENCE))
            for _, start, end, indexes in found
            if indexes
        )

    def _mixed(self, line: str, words: int, matching: Sequence[Rule]) -> list[Match]:
        """The sentences of a line that rules match, if some of them match none and address nobody; or nothing.

        A pitch of several sentences speaks to its reader in all of them. Where a line break was lost, a paragraph of
        the article follows the pitch on its line; then only the sentences that match go.
        """
        found = self._knowledge.rule_finder.by_sentence(line, words)
        if len(found) < 2:
            return []
        others = [
            line[start:end]
            for _, start, end, indexes in found
            if all(self._knowledge.rules[index].scope is Scope.SENTENCE for index in indexes)
        ]
        legal = all(r.category is Category.LEGAL for r in matching)
        least = _LEAST_OTHERS_LEGAL if legal else _LEAST_OTHERS
        if len(others) == len(found) or sum(map(count_words, others)) < least:
            return []
        return [] if any(_ADDRESS.search(squeeze(text).lower()) for text in others) else found

    def guards_of(self, text: str, scope: GuardScope) -> tuple[Guard, ...]:
        """The guards of a scope that match a text."""
        known = self._guarded.get((text, scope))
        if known is None:
            guards = (self._knowledge.guards[index] for index in self._knowledge.guard_finder.matching(text))
            known = self._guarded[text, scope] = tuple(guard for guard in guards if guard.scope is scope)
        return known

    def document_guards(self, topic: str) -> tuple[Guard, ...]:
        """The guards that a document's title, or its first line, calls for."""
        return self.guards_of(topic, GuardScope.DOCUMENT) if topic else ()


def _by_line(matches: Sequence[Match]) -> Mapping[int, list[Match]]:
    found: dict[int, list[Match]] = {}
    for match in matches:
        found.setdefault(match[0], []).append(match)
    return found
