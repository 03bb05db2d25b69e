"""The texts that records speak of, found in a folder of clean texts or of sources."""

from collections import defaultdict
from pathlib import Path, PurePosixPath

from cleaner.apply import restore, sha256
from cleaner.errors import InputError, RestoreError
from cleaner.files import read_bytes
from cleaner.lookup import shared_end
from cleaner.model import AuditRecord


class Texts:
    """Finds the source text of a record: the file whose path ends most like its id and whose hash is the record's.

    Raises ``InputError`` if the folder is not there.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InputError(f"{folder}: no such folder; name the folder of clean texts or of sources")
        self._files: dict[str, list[Path]] = defaultdict(list)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self._files[path.name].append(path)

    def source_of(self, record: AuditRecord) -> str | None:
        """The text that was cleaned, read or restored; nothing if no file fits the record's hashes."""
        wanted = PurePosixPath(record.id).parts
        found = self._files.get(wanted[-1], []) if wanted else []
        for path in sorted(found, key=lambda path: -shared_end(path.parts, wanted)):
            try:
                text = read_bytes(path).decode(record.encoding or "utf-8")
                if sha256(text) == record.source_sha256:
                    return text
                return restore(text, record)
            except (InputError, UnicodeError, LookupError, RestoreError):
                continue
        return None
