"""Finding some of the patterns that a finder knows."""

from collections.abc import Sequence

from cleaner.matching.finder import Columns, Finder, Match, Seen


def chosen(finder: Finder, known: Sequence[str], wanted: Sequence[str]) -> Finder:
    """A finder of the wanted patterns, ids among the known ones and in their order; indexes are those of ``wanted``."""
    if len(known) == len(wanted):
        return finder
    places = {name: place for place, name in enumerate(wanted)}
    return _Chosen(finder, {index: places[name] for index, name in enumerate(known) if name in places})


class _Chosen:
    def __init__(self, finder: Finder, places: dict[int, int]) -> None:
        self._finder = finder
        self._places = places

    def observe(self, text: str) -> Seen:
        seen = self._finder.observe(text)
        matches, parts = ([m for m in self._filtered(found) if m[3]] for found in (seen.matches, seen.parts))
        return Columns(seen.starts, seen.ends, seen.wholes, seen.words, seen.flags, matches, parts)

    def matching(self, unit: str) -> list[int]:
        return self._own(self._finder.matching(unit))

    def by_sentence(self, line: str, words: int) -> list[Match]:
        return self._filtered(self._finder.by_sentence(line, words))

    def _filtered(self, found: Sequence[Match]) -> list[Match]:
        return [(line, start, end, self._own(indexes)) for line, start, end, indexes in found]

    def _own(self, indexes: Sequence[int]) -> list[int]:
        return [self._places[index] for index in indexes if index in self._places]
