"""The packs of a run with what finds their rules and guards, kept on disk between runs.

Reading, validating and preparing a thousand rules takes seconds; reading the outcome back takes milliseconds
(``cache.py``).
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.cache import Cache
from cleaner.config import Config
from cleaner.matching.finder import Finder
from cleaner.matching.native import NativeFinder, prepare
from cleaner.matching.selection import chosen
from cleaner.model import At, Category, Guard, GuardScope, Pack, Rule, Scope, Takes
from cleaner.native import native
from cleaner.observer import Knowledge
from cleaner.packfiles import builtin_packs_dir

if TYPE_CHECKING:
    from cleaner.matching.plan import Pattern, Plan

# A look into a dictionary takes a fifth of the time of ``Category(value)``, and there are thousands to be read.
_CATEGORIES = {category.value: category for category in Category}
_SCOPES = {scope.value: scope for scope in Scope}
_PLACES = {place.value: place for place in At}


@dataclass(frozen=True, slots=True)
class Library:
    """Packs, and what finds their rules and guards: those of all packs, in their order."""

    packs: tuple[Pack, ...]
    rules: Finder
    guards: Finder

    def knowledge(self, packs: Sequence[Pack]) -> Knowledge:
        """The rules and guards of some packs, which are the library's but for entries that they leave out."""
        rules = [rule for pack in packs for rule in pack.rules]
        guards = [guard for pack in packs for guard in pack.guards]
        return Knowledge(
            tuple(rules),
            tuple(guards),
            chosen(self.rules, [r.id for p in self.packs for r in p.rules], [rule.id for rule in rules]),
            chosen(self.guards, [g.id for p in self.packs for g in p.guards], [guard.id for guard in guards]),
        )


def pack_folders(config: Config) -> list[Path]:
    """Where the packs of a config lie."""
    return [*([builtin_packs_dir()] if config.builtin else []), *config.packs]


def load_library(folders: Sequence[Path]) -> Library:
    """The packs below the folders with what finds their rules. Raises ``PackError`` as ``load_packs`` does."""
    kept = Cache.of(folders)
    packs = _from_json(kept.kept(".json", lambda: _to_json(_read_packs(folders))))
    entries = [entry for pack in packs for entry in pack.entries]

    @cache
    def plans() -> "dict[str, Plan]":
        return _plans(kept.kept(".plans", lambda: _plans_to_json(entries)))

    # Apart from one another: lines are scanned for rules, and only where a rule matches is a guard looked for.
    rules = _finder([rule for pack in packs for rule in pack.rules], ".rules", kept, plans)
    guards = _finder([guard for pack in packs for guard in pack.guards], ".guards", kept, plans)
    return Library(packs, rules, guards)


def _finder(patterns: "Sequence[Pattern]", suffix: str, kept: Cache, plans: "Callable[[], dict[str, Plan]]") -> Finder:
    def own_plans() -> "list[Plan]":
        return [plans()[pattern.id] for pattern in patterns]

    if native:
        prepared = kept.kept(suffix, lambda: prepare(patterns, own_plans()) or b"")
        if prepared:
            return NativeFinder(prepared)
    # Hyperscan and RE2 are loaded by those alone who need them.
    from importlib.metadata import version

    from cleaner.matching.automaton import Automaton
    from cleaner.matching.inpython import PythonFinder
    from cleaner.matching.matcher import Matcher

    literals = sorted({literal for plan in own_plans() for literal in plan.literals})
    dumped = kept.kept(f"{suffix}-scan-{version('hyperscan')}", lambda: Automaton.of(literals).dump())
    return PythonFinder(Matcher(patterns, own_plans(), Automaton.load(literals, dumped)))


def _read_packs(folders: Sequence[Path]) -> tuple[Pack, ...]:
    from cleaner.packs import load_packs

    return load_packs(folders)


def _to_json(packs: Sequence[Pack]) -> bytes:
    """Packs, rules and guards as rows of their fields' values, which takes half the time of objects with names."""
    rows = [[*_row(p)[:-2], list(map(_row, p.rules)), list(map(_row, p.guards))] for p in packs]
    return json.dumps(rows, separators=(",", ":"), default=_plain, ensure_ascii=False).encode()


def _row(value: Pack | Rule | Guard) -> list[Any]:
    return [getattr(value, field.name) for field in fields(value)]


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, bytes):
        return value.decode()
    raise TypeError(f"{value!r} has no JSON form")


def _from_json(body: bytes) -> tuple[Pack, ...]:
    return tuple(map(_pack, json.loads(body)))


def _pack(row: list[Any]) -> Pack:
    name, version, description, sha256, path, rules, guards = row
    return Pack(name, version, description, sha256, path, tuple(map(_rule, rules)), tuple(map(_guard, guards)))


def _rule(row: list[Any]) -> Rule:
    id, category, pattern, confidence, scope, at, why, examples, counterexamples, pack, takes, *others = row
    case, min_words, max_words, sites, language = others
    return Rule(
        id,
        _CATEGORIES[category],
        pattern,
        confidence,
        _SCOPES[scope],
        _PLACES[at],
        why,
        tuple(examples),
        tuple(counterexamples),
        pack,
        Takes(takes) if takes else None,
        case,
        min_words,
        max_words,
        tuple(sites),
        language,
    )


def _guard(row: list[Any]) -> Guard:
    id, against, pattern, weight, scope, at, why, examples, counterexamples, *others = row
    return Guard(
        id,
        frozenset(_CATEGORIES[name] for name in against),
        pattern,
        weight,
        GuardScope(scope),
        _PLACES[at],
        why,
        tuple(examples),
        tuple(counterexamples),
        *others,
    )


def _plans_to_json(entries: "Sequence[Pattern]") -> bytes:
    from cleaner.matching.plan import make_plans

    content = {entry.id: asdict(plan) for entry, plan in zip(entries, make_plans(entries), strict=True)}
    return json.dumps(content, separators=(",", ":"), default=_plain).encode()


def _plans(body: bytes) -> "dict[str, Plan]":
    return {name: _plan(content) for name, content in json.loads(body).items()}


def _plan(content: dict[str, Any]) -> "Plan":
    from cleaner.matching.plan import Plan

    return Plan(
        tuple(literal.encode() for literal in content["literals"]),
        tuple(content["leading"]),
        tuple(tuple(one) for one in content["needed"]),
    )
