"""Where packs lie; apart from what reads them, so that a run that finds them in its cache need not import that."""

from collections.abc import Sequence
from pathlib import Path


def builtin_packs_dir() -> Path:
    """The folder of the packs that come with Cleaner, in a wheel as in the source tree."""
    inside = Path(__file__).parent / "patterns"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "patterns"


def pack_files(folders: Sequence[Path]) -> list[Path]:
    """Every ``*.toml`` below the folders, and the files among them, in a fixed order."""
    return [f for folder in folders for f in ([folder] if folder.is_file() else sorted(folder.rglob("*.toml")))]
