"""Which patterns match the lines of a text and their sentences, from Hyperscan and RE2."""

from collections.abc import Sequence
from dataclasses import dataclass

from cleaner.facts import TOO_LONG, line_flags
from cleaner.matching.finder import Columns, Match, Seen
from cleaner.matching.matcher import Matcher, Unit, grouped
from cleaner.matching.plan import Pattern
from cleaner.matching.squeezed import MAX_UNIT, count_words
from cleaner.segment import sentences, split_lines


@dataclass(frozen=True, slots=True)
class _Looked:
    """What is known of a line by its text."""

    words: int
    flags: int
    matches: list[int]
    parts: list[tuple[int, int, list[int]]]


class PythonFinder:
    """Answers with Hyperscan and RE2."""

    _MOST_KNOWN = 20_000

    def __init__(self, matcher: Matcher[Pattern]) -> None:
        self._matcher = matcher
        self._by_sentence = [not c.source.scanned_by_unit for c in matcher.compiled]
        self._known: dict[str, _Looked] = {}  # Passes see most lines again.

    def observe(self, text: str) -> Seen:  # noqa: D102
        lines = split_lines(text)
        texts = dict.fromkeys(line.text for line in lines)
        # Another thread may forget lines meanwhile, so what this text needs is held apart from what is remembered.
        known = {text: looked for text in texts if (looked := self._known.get(text)) is not None}
        fresh = [text for text in texts if text not in known]
        known.update(zip(fresh, self._look_at(fresh), strict=True))
        if len(self._known) + len(fresh) > self._MOST_KNOWN:
            self._known = known
        else:
            self._known.update(known)
        own = [known[line.text] for line in lines]
        return Columns(
            [line.span.start for line in lines],
            [line.span.end for line in lines],
            [line.end for line in lines],
            [one.words for one in own],
            bytes(one.flags for one in own),
            [(n.number, n.span.start, n.span.end, o.matches) for n, o in zip(lines, own, strict=True) if o.matches],
            [(line.number, *part) for line, one in zip(lines, own, strict=True) for part in one.parts],
        )

    def _look_at(self, lines: Sequence[str]) -> list[_Looked]:
        by_line = grouped(*self._matcher.pairs(lines))
        return [self._look(line, by_line.get(number, ())) for number, line in enumerate(lines)]

    def _look(self, line: str, candidates: Sequence[int]) -> _Looked:
        words = count_words(line)
        flags = line_flags(line, words)
        compiled = self._matcher.compiled
        own = [i for i in candidates if not self._by_sentence[i] and compiled[i].fits(words)]
        for_parts = any(self._by_sentence[i] and compiled[i].source.min_words <= words for i in candidates)
        if len(line) > MAX_UNIT and (own or for_parts):
            flags |= TOO_LONG
        found = self._confirmed(line, own) if own else []
        return _Looked(words, flags, found, self._parts(line) if for_parts else [])

    def _parts(self, line: str) -> list[tuple[int, int, list[int]]]:
        found = []
        for span in sentences(line):
            sentence = line[span.start : span.end]
            own = [i for i in self._matcher.candidates_in(sentence) if self._by_sentence[i]]
            if own and (matching := self._confirmed(sentence, own)):
                found.append((span.start, span.end, matching))
        return found

    def matching(self, unit: str) -> list[int]:  # noqa: D102
        return self._confirmed(unit, self._matcher.candidates_in(unit))

    def by_sentence(self, line: str, words: int) -> list[Match]:  # noqa: D102
        compiled = self._matcher.compiled
        found: list[Match] = []
        for span in sentences(line):
            sentence = line[span.start : span.end]
            candidates = self._matcher.candidates_in(sentence)
            own = [i for i in candidates if self._by_sentence[i] or compiled[i].fits(words)]
            found.append((0, span.start, span.end, self._confirmed(sentence, own)))
        return found

    def _confirmed(self, text: str, candidates: Sequence[int]) -> list[int]:
        if not candidates:
            return []
        unit = Unit.of(text)
        return [i for i in candidates if self._matcher.compiled[i].matches(unit)]
