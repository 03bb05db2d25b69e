"""The native core as a finder of patterns: what it is told of them, in a form that can be kept on disk."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from types import ModuleType
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from cleaner.fold import fold
from cleaner.matching.finder import Finder, Match, Seen
from cleaner.model import At
from cleaner.native import native
from cleaner.segment import ABBREVIATIONS

if TYPE_CHECKING:
    from cleaner.matching.plan import Pattern, Plan

_BEGINNING = 3  # characters of a match that the core looks at first
_LEAST_BEGINNING = 2
_SIGMAS = ("ς".encode(), "σ".encode())  # the core knows one small sigma


def finder_of(patterns: "Sequence[Pattern]") -> Finder:
    """What finds some patterns: the native core, or Python where that is missing or does not know an expression."""
    from cleaner.matching.inpython import PythonFinder
    from cleaner.matching.matcher import Matcher
    from cleaner.matching.plan import make_plans

    plans = make_plans(patterns)
    prepared = prepare(patterns, plans) if native else None
    return PythonFinder(Matcher(patterns, plans)) if prepared is None else NativeFinder(prepared)


def prepare(patterns: "Sequence[Pattern]", plans: "Sequence[Plan]") -> bytes | None:
    """What the native core needs to know of patterns; nothing if it does not know one of their expressions."""
    # What was prepared is kept, so most runs need none of this.
    from cleaner.matching.conditions import Conditions, as_rows
    from cleaner.matching.matcher import expression_of
    from cleaner.matching.program import dump, program

    programs = [program(expression_of(pattern), case=pattern.case) for pattern in patterns]
    if not all(programs):
        return None
    owners: dict[bytes, list[int]] = {}
    always = [index for index, plan in enumerate(plans) if not plan.literals]
    for index, plan in enumerate(plans):
        for literal in plan.literals:
            owners.setdefault(literal.replace(*_SIGMAS), []).append(index)
    # The core tells literals apart by two bytes at least.
    always += {index for literal, some in owners.items() if len(literal) < 2 for index in some}
    literals = sorted(literal for literal in owners if len(literal) > 1)
    conditions = Conditions(patterns)
    choices, ways = as_rows([conditions.of(pattern, plan) for pattern, plan in zip(patterns, plans, strict=True)])
    limits = [(p.min_words, p.max_words, not p.scanned_by_unit, p.at is not At.ANYWHERE) for p in patterns]
    return _packed(
        literals=np.frombuffer(b"\n".join(literals), dtype=np.uint8),
        counts=np.array([len(owners[literal]) for literal in literals], dtype=np.int32),
        owners=np.array([index for literal in literals for index in owners[literal]], dtype=np.int32),
        limits=np.array(limits, dtype=np.int32).reshape(-1, 4),
        always=np.array(sorted(set(always)), dtype=np.int32),
        beginnings=np.array(list(_beginnings(plans)), dtype=np.int32).reshape(-1, 1 + _BEGINNING),
        choices=choices,
        ways=ways,
        programs=np.frombuffer(dump(programs), dtype=np.int32),
    )


def _beginnings(plans: "Sequence[Plan]") -> Iterator[list[int]]:
    """The number of each pattern of whose matches the first characters are known, and how they may begin.

    These are as many as are known of all its matches; 0 stands for the others.
    """
    for index, plan in enumerate(plans):
        known = min(map(len, plan.leading), default=0)
        if known >= _LEAST_BEGINNING:
            for word in sorted({word[: min(known, _BEGINNING)] for word in plan.leading}):
                yield [index, *map(ord, word.ljust(_BEGINNING, "\0"))]


def _packed(**arrays: NDArray[Any]) -> bytes:
    body = BytesIO()
    np.savez(body, **arrays)  # type: ignore[arg-type]
    return body.getvalue()


class NativeFinder:
    """Answers from the native core, prepared with ``prepare``. Raises ``ValueError`` for anything else."""

    def __init__(self, prepared: bytes) -> None:
        try:
            with np.load(BytesIO(prepared), allow_pickle=False) as arrays:
                self._core = _core().Matcher(fold=fold, abbreviations=ABBREVIATIONS, **arrays)
        except (BadZipFile, EOFError, KeyError, OSError, TypeError, ValueError) as error:
            raise ValueError(f"these are no prepared patterns: {error}") from error

    def observe(self, text: str) -> Seen:  # noqa: D102
        seen: Seen = self._core.observe(text)
        return seen

    def matching(self, unit: str) -> list[int]:  # noqa: D102
        found: list[int] = self._core.match(unit)
        return found

    def by_sentence(self, line: str, words: int) -> list[Match]:  # noqa: D102
        found: list[Match] = self._core.match_sentences(line, words)
        return found


def _core() -> ModuleType:
    if native is None:
        raise ValueError("the native core is not there")
    return native
