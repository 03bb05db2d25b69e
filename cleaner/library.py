"""The packs of a run with their plans, kept on disk between runs.

Reading, validating and planning a thousand rules takes seconds; reading the outcome back takes milliseconds. The
cache is keyed by the bytes of every pack file and by the versions of what made it, so a changed rule is never missed.
It is an accelerator only: where it cannot be read, does not fit its checksum, or cannot be written, everything is made
anew.
"""

import hashlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from cleaner.config import Config
from cleaner.matching.automaton import Automaton
from cleaner.matching.matcher import translated
from cleaner.matching.plan import Pattern, Plan, make_plans
from cleaner.matching.program import FORMAT, dump
from cleaner.model import At, Category, Guard, GuardScope, Pack, Rule, Scope, Takes
from cleaner.native import native
from cleaner.packfiles import builtin_packs_dir, pack_files
from cleaner.version import __version__

if TYPE_CHECKING:
    from cleaner.native._native import Expression

#: Raise it when plans change their meaning.
_FORMAT = 9
#: Names another folder for the cache; empty means that nothing is cached.
CACHE_VARIABLE = "CLEANER_CACHE_DIR"

# A look into a dictionary takes a fifth of the time of ``Category(value)``, and there are thousands to be read.
_CATEGORIES = {category.value: category for category in Category}
_SCOPES = {scope.value: scope for scope in Scope}
_PLACES = {place.value: place for place in At}


@dataclass(frozen=True, slots=True)
class Library:
    """Packs, how to look for each of their rules and guards by id, and the automata for the literals of either.

    ``expressions`` are what the native core has made of the rules and guards, by id: empty where there is no such core,
    or no cache, since translating all of them takes seconds.
    """

    packs: tuple[Pack, ...]
    plans: Mapping[str, Plan]
    rules: Automaton
    guards: Automaton
    expressions: "Mapping[str, Expression | None]"


def pack_folders(config: Config) -> list[Path]:
    """Where the packs of a config lie."""
    return [*([builtin_packs_dir()] if config.builtin else []), *config.packs]


def load_library(folders: Sequence[Path]) -> Library:
    """The packs below the folders with their plans. Raises ``PackError`` as ``load_packs`` does."""
    path = _cache_path(folders)
    body = _read(path) if path else None
    packs, plans = _make(folders) if body is None else _from_json(body)
    if path and body is None:
        _write(path, _to_json(packs, plans))
    # Apart from one another: lines are scanned for rules, and only where a rule matches is a guard looked for.
    rules = [plans[rule.id] for pack in packs for rule in pack.rules]
    guards = [plans[guard.id] for pack in packs for guard in pack.guards]
    return Library(
        packs,
        plans,
        _automaton(path.with_suffix(".rules") if path else None, rules),
        _automaton(path.with_suffix(".guards") if path else None, guards),
        _expressions(path.with_suffix(".programs"), [e for pack in packs for e in pack.entries]) if path else {},
    )


def _make(folders: Sequence[Path]) -> tuple[tuple[Pack, ...], dict[str, Plan]]:
    from cleaner.packs import load_packs

    packs = load_packs(folders)
    entries = [e for pack in packs for e in pack.entries]
    return packs, dict(zip((e.id for e in entries), make_plans(entries), strict=True))


def _automaton(path: Path | None, plans: Iterable[Plan]) -> Automaton:
    literals = sorted({literal for plan in plans for literal in plan.literals})
    dumped = _read(path) if path else None
    automaton = Automaton.load(literals, dumped) if dumped is not None else None
    if automaton is None:
        automaton = Automaton.of(literals)
        if path:
            _write(path, automaton.dump())
    return automaton


def _expressions(path: Path, entries: Sequence[Pattern]) -> dict[str, "Expression | None"]:
    if native is None:
        return {}
    dumped = _read(path)
    if dumped is None:
        dumped = dump([translated(entry) for entry in entries])
        _write(path, dumped)
    return dict(zip((entry.id for entry in entries), native.expressions(dumped), strict=True))


def _cache_path(folders: Sequence[Path]) -> Path | None:
    """Where the outcome for these very files would lie; nothing if they cannot all be read."""
    folder = os.environ.get(CACHE_VARIABLE, platformdirs.user_cache_dir("article-cleaner", appauthor=False))
    if not folder:
        return None
    engines = f"{version('hyperscan')} {version('google-re2')} {FORMAT}"
    made_by = f"{_FORMAT} {__version__} {sys.version_info[:2]} {engines} {platform.machine()}"
    digest = hashlib.sha256(made_by.encode())
    try:
        for file in pack_files(folders):
            digest.update(f"{file}\n".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    except OSError:
        return None
    return Path(folder) / f"packs-{digest.hexdigest()[:32]}.json"


def _read(path: Path) -> bytes | None:
    """What was written to a cache file, if it is there and whole."""
    try:
        checksum, _, body = path.read_bytes().partition(b"\n")
    except OSError:
        return None
    return body if hashlib.sha256(body).hexdigest().encode() == checksum else None


def _write(path: Path, body: bytes) -> None:
    """Write whole or not at all: a run beside this one sees the old file, none, or the new one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
            Path(temporary).replace(path)
        except OSError:
            Path(temporary).unlink(missing_ok=True)
    except OSError:
        return  # a read-only or full disk costs time, not results


def _from_json(body: bytes) -> tuple[tuple[Pack, ...], dict[str, Plan]]:
    content = json.loads(body)
    packs = tuple(
        Pack(**{**p, "rules": tuple(map(_rule, p["rules"])), "guards": tuple(map(_guard, p["guards"]))})
        for p in content["packs"]
    )
    return packs, {name: _plan(plan) for name, plan in content["plans"].items()}


def _to_json(packs: Sequence[Pack], plans: Mapping[str, Plan]) -> bytes:
    content = {
        "packs": [asdict(pack) for pack in packs],
        "plans": {name: asdict(plan) for name, plan in plans.items()},
    }
    return json.dumps(content, ensure_ascii=True, separators=(",", ":"), default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, bytes):
        return value.decode()
    raise TypeError(f"{value!r} has no JSON form")


def _rule(content: dict[str, Any]) -> Rule:
    takes = content["takes"]
    return Rule(
        **{
            **content,
            "category": _CATEGORIES[content["category"]],
            "scope": _SCOPES[content["scope"]],
            "at": _PLACES[content["at"]],
            "takes": Takes(takes) if takes else None,
            "examples": tuple(content["examples"]),
            "counterexamples": tuple(content["counterexamples"]),
            "sites": tuple(content["sites"]),
        }
    )


def _guard(content: dict[str, Any]) -> Guard:
    return Guard(
        **{
            **content,
            "against": frozenset(_CATEGORIES[name] for name in content["against"]),
            "scope": GuardScope(content["scope"]),
            "at": _PLACES[content["at"]],
            "examples": tuple(content["examples"]),
            "counterexamples": tuple(content["counterexamples"]),
        }
    )


def _plan(content: dict[str, Any]) -> Plan:
    return Plan(
        tuple(literal.encode() for literal in content["literals"]),
        tuple(content["leading"]),
        tuple(tuple(one) for one in content["needed"]),
    )
