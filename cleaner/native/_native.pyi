"""Types of the compiled module."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

class Judge:
    """The learned model: the scores of units, and what they come from. Raises ``ValueError`` for unknown forms."""

    def __init__(
        self,
        *,
        folded: NDArray[np.uint16],
        kinds: NDArray[np.uint8],
        weights: tuple[object, ...],
        naming: tuple[object, ...],
        forest: tuple[object, ...],
        stages: Sequence[tuple[int, int]],
        columns: Sequence[str],
        kind_of: Sequence[int],
        evidence_kinds: int,
    ) -> None: ...
    def read(
        self,
        *,
        texts: list[str],
        titles: list[str | None],
        sizes: NDArray[np.int64],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        gaps: NDArray[np.int64],
        indexes: NDArray[np.int64],
        lefts: NDArray[np.int64],
        claims: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The score of every unit in thousandths of a logit, and the rows of columns."""

    def shares(self, rows: NDArray[np.int32]) -> NDArray[np.int64]:
        """How far each kind of evidence moved the scores of some rows."""

    def named(self, texts: list[str]) -> list[str]:
        """The categories that the words of some units speak for."""

class Expression:
    """An expression, translated by ``matching/program.py``. Raises ``ValueError`` for what is no program."""

    def __init__(self, program: bytes, most_bytes: int = ...) -> None: ...
    def search(self, text: str) -> bool: ...
    @property
    def memory(self) -> int: ...
    @property
    def work(self) -> int: ...

def expressions(programs: bytes) -> list[Expression | None]: ...

class Observation:
    """The lines of a text with what matches them, as ``matching.finder.Seen``."""

    @property
    def starts(self) -> list[int]: ...
    @property
    def ends(self) -> list[int]: ...
    @property
    def wholes(self) -> list[int]: ...
    @property
    def words(self) -> list[int]: ...
    @property
    def flags(self) -> bytes: ...
    @property
    def matches(self) -> list[tuple[int, int, int, list[int]]]: ...
    @property
    def parts(self) -> list[tuple[int, int, int, list[int]]]: ...

class Matcher:
    """Patterns, prepared by ``matching/native.py``. Raises ``ValueError`` for parts that do not fit each other."""

    def __init__(
        self,
        *,
        literals: NDArray[np.uint8],
        counts: NDArray[np.int32],
        owners: NDArray[np.int32],
        limits: NDArray[np.int32],
        always: NDArray[np.int32],
        beginnings: NDArray[np.int32],
        choices: NDArray[np.int32],
        ways: NDArray[np.int32],
        programs: NDArray[np.int32],
        fold: Callable[[str], str],
        abbreviations: Sequence[str],
    ) -> None: ...
    def observe(self, text: str) -> Observation:
        """Look at all lines of a text."""
    def match(self, text: str) -> list[int]:
        """The patterns that match a unit as a whole."""
    def match_sentences(self, text: str, words: int) -> list[tuple[int, int, int, list[int]]]:
        """Every sentence of a line with the patterns that match it; those for lines if they are for so many words."""

class Sentences:
    """Cuts lines into sentences."""

    def __init__(self, abbreviations: Sequence[str]) -> None: ...
    def of(self, line: str) -> list[tuple[int, int]]:
        """The sentences of a line, as ``segment.sentences``."""

class Folder:
    """Folds texts by a function from a character to its folded form."""

    def __init__(self, fold: Callable[[str], str]) -> None: ...
    def squeeze(self, text: str) -> str:
        """A text as patterns see it, as ``matching.matcher.squeeze``."""

def count_literals(literals: Sequence[bytes], text: bytes) -> list[int]:
    """How often each literal is in a text. Raises ``ValueError`` for literals of fewer than two bytes."""

def units(
    sentences: Sentences,
    text: str,
    starts: Sequence[int],
    ends: Sequence[int],
    flags: bytes,
    cut: Sequence[int],
    most_sentences: int,
    most_gap: int,
) -> NDArray[np.int64]:
    """The units of a text, as ``learned.units.Units``: a row for each of their columns; ``cut`` is in order."""
