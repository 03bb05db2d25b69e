"""The project's own articles as training documents: seeds with what became of them, and look-alikes."""

from collections.abc import Mapping
from pathlib import Path

from benchmarks.training.documents import TrainingDocument
from cleaner.auditlog import read_log
from cleaner.evaluate import KEEP
from cleaner.model import OPTIONAL_CATEGORIES, Category
from cleaner.segment import split_lines

ROOT = Path(__file__).parent.parent.parent


def read_own(root: Path = ROOT) -> list[TrainingDocument]:
    """Every seed, labelled by its fixture's audit log, and every look-alike, all of it content."""
    found = []
    for path in sorted((root / "seeds").glob("*.txt")):
        (record,) = read_log(root / "fixtures" / path.stem / "audit.jsonl")
        named = {r.start: r.category for r in record.removals if r.category is not Category.TIDY}
        named |= {k.start: k.category for k in record.kept if k.category in OPTIONAL_CATEGORIES}
        found.append(_document(path, named))
    return [*found, *(_document(path, {}) for path in sorted((root / "tests" / "lookalikes").glob("*.txt")))]


def _document(path: Path, named: Mapping[int, Category]) -> TrainingDocument:
    """The file's lines; ``named`` are the categories of those that are not content, by where they start."""
    lines = tuple(
        (line.text, named[line.span.start].value if line.span.start in named else KEEP)
        for line in split_lines(path.read_bytes().decode("utf-8"))
    )
    return TrainingDocument("written", f"own/{path.stem}", path.stem, path.stem[:2], None, None, lines)
