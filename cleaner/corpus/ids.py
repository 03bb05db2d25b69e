"""Whether an id was seen before, for any number of documents in little memory."""

import contextlib
import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cleaner.errors import OutputError

FILE = "ids.sqlite"

# Kept small: what does not fit is on disk. A kill loses nothing that was committed, only a power failure may.
_SETTINGS = ("PRAGMA cache_size = -16384", "PRAGMA synchronous = OFF")
_TABLE = "CREATE TABLE IF NOT EXISTS seen (digest BLOB PRIMARY KEY, shard TEXT, row INTEGER) WITHOUT ROWID"


class SeenIds:
    """Remembers in a file where each id stood first; ``keep`` says whether to go on with a file that is there.

    Everything raises ``OutputError`` that names the file.
    """

    def __init__(self, folder: Path, *, keep: bool) -> None:
        self._path = folder / FILE
        if not keep:
            self._path.unlink(missing_ok=True)
        with self._named():
            self._database = sqlite3.connect(self._path, isolation_level=None)
            for statement in (*_SETTINGS, _TABLE, "BEGIN"):
                self._database.execute(statement)

    def first(self, id: str, shard: str, row: int) -> tuple[str, int] | None:
        """Where an id stood before, if not at this very place."""
        digest = hashlib.sha256(id.encode("utf-8", "surrogatepass")).digest()[:16]
        with self._named():
            new = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (digest, shard, row))
            if new.rowcount:
                return None
            found = self._database.execute("SELECT shard, row FROM seen WHERE digest = ?", (digest,)).fetchone()
        return None if found == (shard, row) else (str(found[0]), int(found[1]))

    def commit(self) -> None:
        """Keep what was noted, also if the run is killed later."""
        with self._named():
            self._database.execute("COMMIT")
            self._database.execute("BEGIN")

    def take_back(self) -> None:
        """Forget what was noted since the last ``commit``."""
        with self._named():
            self._database.execute("ROLLBACK")
            self._database.execute("BEGIN")

    def close(self) -> None:
        """Close the file, without what was not committed."""
        with contextlib.suppress(sqlite3.Error):
            self._database.close()

    def remove(self) -> None:
        """Delete the file, once no more ids will come."""
        self.close()
        self._path.unlink(missing_ok=True)

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OutputError(f"{self._path}: cannot be used: {error}") from None
