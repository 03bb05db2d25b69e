"""Blocks of text written for the training; ``written/README.md`` has their format."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

from benchmarks.training.documents import DOUBT, Line, TrainingDocument, read_rows
from cleaner.errors import InputError

#: The blocks that come with the project.
WRITTEN = Path(__file__).with_name("written")
#: The label that each letter stands for.
CODES: Mapping[str, str] = MappingProxyType(
    {
        "k": "keep",
        "a": "ad",
        "p": "promo",
        "n": "newsletter",
        "s": "social",
        "r": "related",
        "c": "comments",
        "w": "paywall",
        "v": "nav",
        "l": "legal",
        "t": "ticker",
        "d": "credit",
        "m": "meta",
        "b": "bio",
        "h": "title",
        "i": "caption",
        "o": "other",
    }
)

#: Where a block stands in an article.
Place = Literal["head", "inside", "tail", "any"]
#: Boilerplate, content that looks like it, or a whole document.
Kind = Literal["boilerplate", "content", "doc"]

_HEADER = re.compile(r"# lang=(\w+) place=(head|inside|tail|any) kind=(boilerplate|content|doc)")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that stand together on a page. ``name`` is that of its file and its number there, from 1."""

    name: str
    language: str
    place: Place
    kind: Kind
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """All blocks, in the order of the files' names, then of the files."""

    blocks: tuple[Block, ...]

    def documents(self) -> list[TrainingDocument]:
        """The blocks that are whole documents; each is a site of its own.

        >>> block = Block("en-1", "en", "any", "doc", (("A story.", "keep"),))
        >>> [(document.id, document.site) for document in Written((block,)).documents()]
        [('written/en-1', 'written/en-1')]
        """
        docs = [block for block in self.blocks if block.kind == "doc"]
        ids = [f"written/{block.name}" for block in docs]
        return [
            TrainingDocument("written", id, id, block.language, None, None, block.lines)
            for id, block in zip(ids, docs, strict=True)
        ]

    def by_language(self, kind: Kind) -> dict[str, list[Block]]:
        """The blocks of a kind, by language.

        >>> block = Block("en-1", "en", "tail", "boilerplate", (("Shop now", "promo"),))
        >>> Written((block,)).by_language("boilerplate") == {"en": [block]}
        True
        """
        languages: dict[str, list[Block]] = {}
        for block in self.blocks:
            if block.kind == kind:
                languages.setdefault(block.language, []).append(block)
        return languages


def read_written(folder: Path = WRITTEN) -> Written:
    """Read the blocks of every ``.txt`` of a folder. Raises ``InputError`` with file and line where a row is wrong.

    >>> len(read_written().documents())
    1945
    """
    return Written(tuple(block for file in sorted(folder.glob("*.txt")) for block in _blocks(file)))


def _blocks(file: Path) -> list[Block]:
    headers: list[tuple[str, Place, Kind]] = []
    lines: list[list[Line]] = []
    for place, row in read_rows(file):
        if header := _HEADER.fullmatch(row):
            language, where, kind = header.groups()
            headers.append((language, cast(Place, where), cast(Kind, kind)))
            lines.append([])
        elif lines:
            lines[-1].append(_line(place, row))
        else:
            raise InputError(f"{place}: stands before the first header, # lang=en place=tail kind=boilerplate")
    if not all(lines):
        raise InputError(f"{file}: block {lines.index([]) + 1} has no lines")
    return [
        Block(f"{file.stem}-{number}", *header, tuple(rows))
        for number, (header, rows) in enumerate(zip(headers, lines, strict=True), 1)
    ]


def _line(place: str, row: str) -> Line:
    code, tab, text = row.partition("\t")
    label = CODES.get(code.removesuffix(DOUBT))
    if not (label and tab and text.strip()):
        raise InputError(f"{place}: is neither a header nor a label ({', '.join(CODES)}), a tab and text")
    return text, label + (DOUBT if code.endswith(DOUBT) else "")
