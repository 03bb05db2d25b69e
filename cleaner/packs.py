"""Rule packs: find, validate and read the TOML files that hold rules and guards.

Every problem in every file is reported at once, each with file, rule and field.
"""

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import re2
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from cleaner.config import THRESHOLDS, Mode
from cleaner.errors import PackError
from cleaner.matching.literals import parse
from cleaner.matching.matcher import Compiled, Unit, phrase_pattern
from cleaner.matching.plan import fold_pattern
from cleaner.model import At, Category, Guard, GuardScope, Pack, Rule, Scope, Takes
from cleaner.packfiles import pack_files

_MAX_RULE_WORDS = 60
_ANY_LENGTH = 100_000

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Site = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
Language = Annotated[str, StringConstraints(pattern=r"^(any|[a-z]{2,3})$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Entry(_Strict):
    id: Id
    phrases: list[Text] = []
    regex: Text | list[Text] = []
    at: At = At.ANYWHERE
    case: bool = False
    min_words: int = Field(default=0, ge=0)
    why: Text
    examples: list[Text] = Field(min_length=1)
    counterexamples: list[Text] = Field(min_length=1)
    language: Language | None = None

    @model_validator(mode="after")
    def _has_one_pattern(self) -> "_Entry":
        if bool(self.phrases) == bool(self.regex):
            raise ValueError("give either phrases or regex")
        return self

    @property
    def pattern(self) -> str:
        """Phrases or regexes as one RE2 pattern."""
        if self.phrases:
            return phrase_pattern(self.phrases)
        regexes = [self.regex] if isinstance(self.regex, str) else self.regex
        return regexes[0] if len(regexes) == 1 else "|".join(f"(?:{r})" for r in regexes)


class Context(_Strict):
    """A line as it stood in a document, with the lines around it."""

    before: list[str] = []
    line: Text
    after: list[str] = []


class Evidence(_Strict):
    """What a rule was learned from; shares and ``claimed``, Cleaner's mean confidence, are 0-1."""

    documents: int = Field(ge=1)
    sites: int = Field(ge=1)
    looked_into: int = Field(ge=1)
    texts: int = Field(ge=1)
    share: float = Field(ge=0, le=1)
    head: float = Field(ge=0, le=1)
    tail: float = Field(ge=0, le=1)
    last: float = Field(ge=0, le=1)
    fit: float = Field(ge=0, le=1)
    claimed: float = Field(ge=0, le=1)
    points: int
    first_seen: date | None = None
    last_seen: date | None = None
    contexts: list[Context] = []


class RuleEntry(_Entry):
    """A rule as its file has it."""

    category: Category
    confidence: float = Field(gt=0, lt=1)
    scope: Scope = Scope.LINE
    takes: Takes | None = None
    max_words: int = Field(_MAX_RULE_WORDS, ge=1)
    sites: list[Site] = []
    reviewed: Literal["accepted", "rejected"] | None = None
    evidence: Evidence | None = None

    @model_validator(mode="after")
    def _takes_needs_heading(self) -> "RuleEntry":
        if self.takes is not None and self.scope is not Scope.HEADING:
            raise ValueError('takes is for rules with scope = "heading"')
        return self

    @model_validator(mode="after")
    def _learned_waits_for_review(self) -> "RuleEntry":
        if self.evidence is not None and self.reviewed is None and self.confidence >= THRESHOLDS[Mode.BALANCED]:
            raise ValueError(
                f"a learned rule that nobody has reviewed has a confidence below {THRESHOLDS[Mode.BALANCED]:.2f}, so "
                "that only mode thorough removes what it matches; lower it, or accept it with cleaner learn --review"
            )
        return self


class GuardEntry(_Entry):
    """A guard as its file has it."""

    against: list[Category | Literal["any"]] = Field(min_length=1)
    weight: float = Field(lt=0, ge=-1)
    scope: GuardScope = GuardScope.LINE
    max_words: int = Field(_ANY_LENGTH, ge=1)


class Header(_Strict):
    """What a pack's file says of the pack."""

    name: Text
    version: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]
    language: Language = "any"
    description: Text


class PackFile(_Strict):
    """A pack's file."""

    pack: Header
    rule: list[RuleEntry] = []
    guard: list[GuardEntry] = []


def load_packs(folders: Sequence[Path]) -> tuple[Pack, ...]:
    """Read every ``*.toml`` below the folders (or the files themselves), sorted by pack name.

    Raises ``PackError`` with every problem of every file.

    >>> from cleaner.packfiles import builtin_packs_dir
    >>> [p.name for p in load_packs([builtin_packs_dir()]) if p.name == "en.newsletter"]
    ['en.newsletter']
    """
    advice = "no such folder or file; give a folder that holds .toml packs"
    problems = [f"{folder}: {advice}" for folder in folders if not folder.exists()]
    packs: list[Pack] = []
    for path in pack_files(folders):
        pack = _read(path, problems)
        if pack is not None:
            packs.append(pack)
    problems += _repeats(packs)
    if problems:
        raise PackError(problems)
    return tuple(sorted(packs, key=lambda p: p.name))


def _read(path: Path, problems: list[str]) -> Pack | None:
    content = _content(path, problems)
    if content is None:
        return None
    data, file = content
    # The line endings of a checkout must not change a pack's identity.
    digest = hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()
    return Pack(
        name=file.pack.name,
        version=file.pack.version,
        description=file.pack.description,
        sha256=digest,
        path=str(path),
        rules=tuple(rule_of(file.pack, e) for e in file.rule if e.reviewed != "rejected"),
        guards=tuple(guard_of(file.pack, e) for e in file.guard),
    )


def read_pack_file(path: Path) -> PackFile:
    """A pack's file with what a ``Pack`` leaves out: evidence and rejected rules.

    Raises ``PackError`` with every problem of the file.
    """
    problems: list[str] = []
    content = _content(path, problems)
    if content is None:
        raise PackError(problems)
    return content[1]


def _content(path: Path, problems: list[str]) -> tuple[bytes, PackFile] | None:
    """The bytes of a file and what they say, if nothing is wrong with it."""
    try:
        data = path.read_bytes()
        content = tomllib.loads(data.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path}: cannot be read: {error}")
        return None
    try:
        file = PackFile.model_validate(content)
    except ValidationError as error:
        problems += [_describe(path, content, e) for e in error.errors()]
        return None
    wrong = [
        f"{path}: {entry.id}: regex: {p}"
        for entry in (*file.rule, *file.guard)
        for p in pattern_problems(entry.pattern)
    ]
    problems += wrong
    return None if wrong else (data, file)


def pattern_problems(pattern: str) -> list[str]:
    """Why a pattern cannot be matched in linear time; empty if it can.

    >>> pattern_problems(r"(a)\\1")
    ['is not linear: RE2 refuses it (invalid escape sequence: \\\\1)']
    """
    try:
        options = re2.Options()
        options.log_errors = False
        re2.compile(fold_pattern(pattern), options)
    except re2.error as error:
        detail = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        return [f"is not linear: RE2 refuses it ({detail})"]
    try:
        parse(fold_pattern(pattern))
    except re.error as error:
        return [f"cannot be read: {error}"]
    return []


def _describe(path: Path, content: dict[str, Any], error: Any) -> str:
    """One pydantic error as ``file: rule: field: what is wrong``."""
    where = list(error["loc"])
    rule = "[pack]"
    if where and where[0] in ("rule", "guard"):
        kind, *where = where
        rule = f"[[{kind}]]"
        if where and isinstance(where[0], int):
            index = where.pop(0)
            entry = content[kind][index]
            rule = str(entry.get("id", "")) if isinstance(entry, dict) else ""
            rule = rule or f"[[{kind}]] number {index + 1}"
    elif where and where[0] == "pack":
        where = where[1:]
    field = ".".join(str(w) for w in where) or "entry"
    message = error["msg"].removeprefix("Value error, ")
    return f"{path}: {rule}: {field}: {message}"


def _repeats(packs: Iterable[Pack]) -> Iterator[str]:
    names: dict[str, str] = {}
    ids: dict[str, str] = {}
    for pack in packs:
        if pack.name in names:
            yield f"{pack.path}: [pack]: name: {pack.name!r} is also the name of {names[pack.name]}"
        names.setdefault(pack.name, pack.path)
        for entry in pack.entries:
            if entry.id in ids:
                yield f"{pack.path}: {entry.id}: id: also used in {ids[entry.id]}"
            ids.setdefault(entry.id, pack.path)


def rule_of(header: Header, entry: RuleEntry) -> Rule:
    """The rule that an entry of a pack stands for."""
    takes = entry.takes or (Takes.ITEMS if entry.scope is Scope.HEADING else None)
    return Rule(
        id=entry.id,
        category=entry.category,
        pattern=entry.pattern,
        confidence=entry.confidence,
        scope=entry.scope,
        at=entry.at,
        why=entry.why,
        examples=tuple(entry.examples),
        counterexamples=tuple(entry.counterexamples),
        pack=header.name,
        takes=takes,
        case=entry.case,
        min_words=entry.min_words,
        max_words=entry.max_words,
        sites=tuple(entry.sites),
        language=entry.language or header.language,
    )


def guard_of(header: Header, entry: GuardEntry) -> Guard:
    """The guard that an entry of a pack stands for."""
    against = frozenset(Category) if "any" in entry.against else frozenset(Category(c) for c in entry.against)
    return Guard(
        id=entry.id,
        against=against,
        pattern=entry.pattern,
        weight=entry.weight,
        scope=entry.scope,
        at=entry.at,
        why=entry.why,
        examples=tuple(entry.examples),
        counterexamples=tuple(entry.counterexamples),
        pack=header.name,
        case=entry.case,
        min_words=entry.min_words,
        max_words=entry.max_words,
        language=entry.language or header.language,
    )


def lint_entry(entry: Rule | Guard) -> Iterator[str]:
    """Every way in which a rule or guard disagrees with its own examples."""
    compiled: Compiled[Rule | Guard] = Compiled.alone(entry)
    literals = compiled.plan.literals
    scanned_for = isinstance(entry, Rule)  # guards are only tried where a rule has matched
    if scanned_for and (not literals or min(len(literal.strip()) for literal in literals) < 2):
        yield f"{entry.id}: pattern: has no fixed text of two characters, so every line would be tried; add one"
    for example in entry.examples:
        if not compiled.matches(Unit.of(example)):
            yield f"{entry.id}: examples: does not match {example!r}"
    for counterexample in entry.counterexamples:
        if compiled.matches(Unit.of(counterexample)):
            yield f"{entry.id}: counterexamples: matches {counterexample!r}"
