"""From the paths on a command line to the shards of a corpus."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from cleaner.corpus.formats import format_of
from cleaner.corpus.storage import filesystem, is_url, join, told
from cleaner.discover import Input, find_inputs, is_document
from cleaner.errors import InputError, OutputError

_MAGIC = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Shard:
    """A file of a corpus.

    ``name`` is its place below the output folder, and what it is called everywhere. ``size`` is in bytes, ``stamp``
    changes when the file does.
    """

    path: str
    name: str
    size: int
    stamp: str


def is_corpus(path: str) -> bool:
    """Whether a path on the command line stands for shards: by its scheme or name, or as a folder of nothing else.

    A folder that holds any text or page is one of documents, whatever else lies in it.
    """
    if is_url(path) or (format_of(path) and not Path(path).is_dir()):
        return True
    if not Path(path).is_dir():
        return False
    found = find_inputs([path], wanted=lambda place: is_document(place) or _is_shard(place)).found
    return bool(found) and not any(is_document(item.relative) for item in found)


def _is_shard(place: PurePosixPath) -> bool:
    return format_of(place.name) is not None


def find_shards(paths: Sequence[str], outputs: Sequence[Path]) -> tuple[tuple[Shard, ...], tuple[str, ...]]:
    """The shards that paths stand for, sorted by name, and what is wrong with the others.

    Folders and patterns are looked into as for texts, and what lies in one of ``outputs`` is passed over. Raises
    ``OutputError`` where two shards have one name.
    """
    found: list[Shard] = []
    problems: list[str] = []
    for path in paths:
        try:
            found += _remote(path) if is_url(path) else _local(path, outputs, problems)
        except InputError as error:
            problems.append(str(error))
    shards = {shard.path: shard for shard in found}
    owners: dict[str, Shard] = {}
    for shard in shards.values():
        other = owners.setdefault(shard.name, shard)
        if other is not shard:
            raise OutputError(
                f"{other.path} and {shard.path} would both be written to {shard.name}; clean them into two folders, or "
                "give the folder that holds both"
            )
    return tuple(sorted(owners.values(), key=lambda shard: shard.name)), tuple(problems)


def _local(path: str, outputs: Sequence[Path], problems: list[str]) -> Iterator[Shard]:
    inputs = find_inputs([path], wanted=_is_shard)
    problems += inputs.problems
    for item in inputs.found:
        if any(_lies_in(item, output.resolve()) for output in outputs):
            continue
        try:
            status = item.path.stat()
        except OSError as error:
            problems.append(f"{item.path}: cannot be read: {told(error)}")
            continue
        if format_of(item.path.name) is None:
            problems.append(f"{item.path}: is in no format of corpora; its name has to end in one of theirs")
            continue
        stamp = f"mtime {status.st_mtime_ns}"
        yield Shard(str(item.path), item.relative.as_posix(), status.st_size, stamp)


def _lies_in(item: Input, output: Path) -> bool:
    """Whether an input was found in an output folder that lies in the folder which was given."""
    file = item.path.resolve()
    given = file.parents[min(len(item.relative.parts), len(file.parents)) - 1]
    return file.is_relative_to(output) and given != output and given in output.parents


def _remote(url: str) -> Iterator[Shard]:
    fs, path = filesystem(url)
    try:
        base, files = _listed(fs, path)
        for file in sorted(files):
            if format_of(file) is not None:
                info = fs.info(file)
                yield Shard(fs.unstrip_protocol(file), _below(base, file), int(info["size"]), _stamp(fs, file, info))
    except Exception as error:  # The errors of remote file systems have no common base.
        raise InputError(f"{url}: cannot be listed: {told(error)}") from None
    if not any(map(format_of, files)):
        raise InputError(f"{url}: holds no file of a corpus, or does not exist")


def _listed(fs: Any, path: str) -> tuple[str, list[str]]:
    """The files that a remote path stands for, and the folder from which their places count."""
    if _MAGIC & set(path):
        parts = path.split("/")
        first = next(i for i, part in enumerate(parts) if _MAGIC & set(part))
        return "/".join(parts[:first]), [file for file in fs.glob(path) if fs.isfile(file)]
    if fs.isfile(path):
        return path.rpartition("/")[0], [path]
    return path, fs.find(path)


def _below(base: str, file: str) -> str:
    return file.removeprefix(base).lstrip("/")


def _stamp(fs: Any, file: str, info: dict[str, Any]) -> str:
    for key in ("ETag", "etag", "md5Hash", "mtime"):
        if info.get(key):
            return f"{key} {info[key]}"
    return f"key {fs.ukey(file)}"


def refuse_overwriting(shards: Sequence[Shard], out: str, records: str) -> None:
    """Raise ``OutputError`` if an output would overwrite a shard, or outputs and audit records share a place.

    Raises ``InputError`` or ``ConfigError`` if a url is one that cannot be written to here.
    """
    for url in filter(is_url, (out, records)):
        filesystem(url)
    sources = {_real(shard.path): shard for shard in shards}
    for shard in shards:
        source = sources.get(_real(join(out, shard.name)))
        if source is not None:
            raise OutputError(f"{join(out, shard.name)}: would overwrite the input {source.path}; give another folder")
    if _real(out).rstrip("/") == _real(records).rstrip("/"):
        raise OutputError(f"{records}: is the output folder too; give audit records a folder of their own")


def _real(path: str) -> str:
    return path if is_url(path) else os.path.realpath(path)
