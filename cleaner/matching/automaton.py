"""Finding many literals in one pass: Hyperscan, and a form of its database that can be kept on disk."""

import threading
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import hyperscan

# Hyperscan is imported where it is used: where the native core finds literals, it is not.
Array = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Automaton:
    """Finds the places of ``literals`` in a text; without literals there is no ``database``, and nothing is found."""

    literals: tuple[bytes, ...]
    database: "hyperscan.Database | None"
    _own: threading.local = field(default_factory=threading.local, repr=False, compare=False)

    @classmethod
    def of(cls, literals: Sequence[bytes]) -> "Automaton":
        """Compile the literals, in the order given."""
        if not literals:
            return cls((), None)
        import hyperscan

        database = hyperscan.Database()
        ids = list(range(len(literals)))
        database.compile(expressions=list(literals), ids=ids, flags=[0] * len(ids), literal=True)
        return cls(tuple(literals), database)

    def scan(self, data: bytes) -> tuple[Array, Array]:
        """Every hit: where it ends (in bytes), and the index of the literal. Safe in several threads at once.

        >>> ends, literals = Automaton.of([b"sign up", b"up"]).scan(b"sign up now")
        >>> ends.tolist(), sorted(literals.tolist())
        ([7, 7], [0, 1])
        """
        ends, literals = array("q"), array("q")
        if self.database is not None:
            note_end, note_literal = ends.append, literals.append

            def note(literal: int, _start: int, end: int, _flags: int, _context: object) -> None:
                note_end(end)
                note_literal(literal)

            self.database.scan(data, match_event_handler=note, scratch=self._scratch)
        return np.array(ends, dtype=np.int64), np.array(literals, dtype=np.int64)

    @property
    def _scratch(self) -> "hyperscan.Scratch":
        """The memory that a scan works in, one for each thread."""
        import hyperscan

        scratch = getattr(self._own, "scratch", None)
        if scratch is None:
            scratch = self._own.scratch = hyperscan.Scratch(self.database)
        return scratch

    def dump(self) -> bytes:
        """The compiled form, for ``load`` on a machine of the same kind; empty without literals."""
        import hyperscan

        return b"" if self.database is None else bytes(hyperscan.dumpb(self.database))

    @classmethod
    def load(cls, literals: Sequence[bytes], dumped: bytes) -> "Automaton | None":
        """What ``dump`` gave for these literals; nothing if this machine cannot use it."""
        if not literals:
            return cls((), None)
        import hyperscan

        try:
            return cls(tuple(literals), hyperscan.loadb(dumped, hyperscan.HS_MODE_BLOCK))
        except hyperscan.error:
            return None
