"""From the paths on a command line to the documents they stand for."""

import fnmatch
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath
from typing import TYPE_CHECKING

from cleaner.errors import ConfigError
from cleaner.files import reason

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

#: What is taken as a text in folders; a file that is named is always taken.
SUFFIXES = frozenset({".txt", ".md"})
#: What holds a web page with everything that it shows.
ARCHIVE_SUFFIXES = frozenset({".mhtml", ".mht"})
#: What is a web page, in folders or named: its text is extracted before it is cleaned.
PAGE_SUFFIXES = frozenset({".html", ".htm", ".xhtml"}) | ARCHIVE_SUFFIXES
#: Names what to leave out, in gitignore syntax, in the folder it stands in and below.
IGNORE_FILE = ".cleanerignore"

_MAGIC = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Input:
    """A document to read. ``id`` is its name in audit records, ``relative`` its place below an output folder.

    The place of a page is that of its text, ``page.txt`` for ``page.html``.
    """

    path: Path
    id: str
    relative: PurePosixPath


@dataclass(frozen=True, slots=True)
class Inputs:
    """What paths stand for: documents in order, each once, and what could not be looked at."""

    found: tuple[Input, ...]
    problems: tuple[str, ...]


def is_text(path: PurePath) -> bool:
    """Whether a file in a folder is taken for a text."""
    return path.suffix.lower() in SUFFIXES


def is_page(path: PurePath) -> bool:
    """Whether a file is taken for a web page, by its name."""
    return path.suffix.lower() in PAGE_SUFFIXES


def is_document(path: PurePath) -> bool:
    """Whether a file in a folder is taken for a text or a web page."""
    return is_text(path) or is_page(path)


def text_place(place: PurePosixPath) -> PurePosixPath:
    """Where the text of a document goes: its own place, unless it is a page.

    >>> text_place(PurePosixPath("a/page.html")), text_place(PurePosixPath("a/notes.md"))
    (PurePosixPath('a/page.txt'), PurePosixPath('a/notes.md'))
    """
    return place.with_suffix(".txt") if is_page(place) else place


def find_inputs(
    paths: Sequence[str], exclude: Path | None = None, wanted: Callable[[PurePosixPath], bool] = is_document
) -> Inputs:
    """Expand files, folders and patterns such as ``raw/**/*.txt``; ``exclude`` is a folder to pass over in folders.

    ``wanted`` says by their places which files of a folder are taken.

    In folders and patterns, hidden names are left out, and so is what an ignore file names. Links are followed only
    to what lies inside the folder, and each real file is taken once. Raises ``ConfigError`` for an unreadable ignore
    file, since what it names must not be touched.
    """
    problems: list[str] = []
    found: dict[Path, Input] = {}
    passed_over = exclude.resolve() if exclude else None
    for path in paths:
        for item in _expand(path, passed_over, problems, wanted):
            found.setdefault(item.path.parent.resolve() / item.path.name, item)
    return Inputs(tuple(found.values()), tuple(problems))


def _expand(
    given: str, exclude: Path | None, problems: list[str], wanted: Callable[[PurePosixPath], bool]
) -> Iterator[Input]:
    path = Path(given)
    if path.is_dir():
        name = path.name if path.name not in ("", "..") else path.resolve().name
        for relative in _walk(path, exclude, problems, wanted):
            yield Input(path / relative, (PurePosixPath(name) / relative).as_posix(), text_place(relative))
    elif os.path.lexists(path) or not _MAGIC & set(given):
        # A path to nothing is found out when it is read, like one that vanishes in between.
        yield Input(path, path.as_posix(), text_place(PurePosixPath(path.name)))
    else:
        yield from _matching(path, exclude, problems)


def _matching(pattern: Path, exclude: Path | None, problems: list[str]) -> Iterator[Input]:
    """Files below the part of a pattern without wildcards; their place is kept from there on."""
    first = next(i for i, part in enumerate(pattern.parts) if _MAGIC & set(part))
    base, rest = Path(*pattern.parts[:first]), pattern.parts[first:]
    none = True
    if base.is_dir():
        for relative in _walk(base, exclude, problems, lambda p: _matches(p.parts, rest)):
            none = False
            yield Input(base / relative, (base / relative).as_posix(), text_place(relative))
    if none:
        problems.append(f"{pattern}: no file matches this pattern")


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path matches a pattern part by part; ``**`` stands for any number of folders.

    >>> _matches(("a", "b", "c.txt"), ("**", "*.txt"))
    True
    """
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_matches(parts[i:], pattern[1:]) for i in range(len(parts) + 1))
    return bool(parts) and fnmatch.fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


@dataclass(frozen=True, slots=True)
class _Ignores:
    """The ignore files that hold in a folder, outermost first."""

    specs: tuple[tuple[Path, "GitIgnoreSpec"], ...] = ()

    @classmethod
    def above(cls, folder: Path) -> "_Ignores":
        """Those from the working directory down to the folder, if it lies inside."""
        ignores, here = cls(), Path.cwd()
        between = [p for p in reversed(folder.parents) if p == here or here in p.parents]
        for parent in between:
            ignores = ignores.entering(parent)
        return ignores

    def entering(self, folder: Path) -> "_Ignores":
        """These and the folder's own."""
        file = folder / IGNORE_FILE
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return self
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{file}: cannot be read: {reason(error)}") from None
        from pathspec import GitIgnoreSpec  # most runs meet no such file

        try:
            return _Ignores((*self.specs, (folder, GitIgnoreSpec.from_lines(lines))))
        except ValueError as error:
            raise ConfigError(f"{file}: has a line that is no gitignore pattern: {error}") from None

    def hide(self, path: Path, *, folder: bool) -> bool:
        """Whether a path is to be left out: the last ignore file that speaks of it decides."""
        for where, spec in reversed(self.specs):
            include = spec.check_file(path.relative_to(where).as_posix() + ("/" if folder else "")).include
            if include is not None:
                return include
        return False


def _walk(
    root: Path, exclude: Path | None, problems: list[str], wanted: Callable[[PurePosixPath], bool]
) -> list[PurePosixPath]:
    """The wanted files below a folder, sorted, relative to it."""
    walk = _Walk(root.resolve(), exclude, wanted)
    walk.run()
    problems += walk.problems
    return sorted(walk.taken.values(), key=lambda p: p.parts)


class _Walk:
    """One walk through a folder: first what is really there, then what links inside it lead to."""

    def __init__(self, top: Path, exclude: Path | None, wanted: Callable[[PurePosixPath], bool]) -> None:
        self.problems: list[str] = []
        self.taken: dict[Path, PurePosixPath] = {}
        self._top = top
        self._wanted = wanted
        self._visited: set[Path] = {exclude} if exclude and exclude != top else set()
        self._folders = [(top, _Ignores.above(top))]
        self._links: list[tuple[Path, _Ignores]] = []

    def run(self) -> None:
        """Look into every folder; a link waits until no real folder is left, so that real names come first."""
        while self._folders or self._links:
            if self._folders:
                self._enter(*self._folders.pop())
            else:
                self._links.sort(key=lambda link: link[0].parts, reverse=True)
                self._follow(*self._links.pop())

    def _enter(self, folder: Path, ignores: _Ignores) -> None:
        real = folder.resolve()
        if real in self._visited:
            return
        self._visited.add(real)
        try:
            with os.scandir(folder) as entries:
                content = list(entries)
        except OSError as error:
            self.problems.append(f"{folder}: cannot be read: {reason(error)}")
            return
        ignores = ignores.entering(folder)
        for entry in content:
            path = folder / entry.name
            if entry.name.startswith("."):
                continue
            if entry.is_symlink():
                self._links.append((path, ignores))
            else:
                self._take(path, path, ignores)

    def _follow(self, link: Path, ignores: _Ignores) -> None:
        try:
            target = link.resolve(strict=True)
        except (OSError, RuntimeError):  # It leads nowhere, or in a circle.
            return
        if target.is_relative_to(self._top):
            self._take(link, target, ignores)

    def _take(self, path: Path, target: Path, ignores: _Ignores) -> None:
        folder = target.is_dir()
        if ignores.hide(path, folder=folder):
            return
        if folder:
            self._folders.append((path, ignores))
        elif target.is_file():
            relative = PurePosixPath(path.relative_to(self._top).as_posix())
            if self._wanted(relative):
                self.taken.setdefault(target if path != target else path.parent.resolve() / path.name, relative)
