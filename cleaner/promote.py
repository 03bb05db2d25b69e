"""Verdicts that were given again and again, as rules and guards of a pack.

A verdict serves its text alone. What reviewers accepted several times, with other numbers or names in it perhaps,
becomes a rule; what they rejected several times becomes a guard that speaks against every claim on it.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cleaner.config import THRESHOLDS, Mode
from cleaner.extras import needed
from cleaner.files import write_atomic
from cleaner.learn.patterns import pattern_of, slug
from cleaner.learn.template import Template, template_of
from cleaner.matching.squeezed import core, count_words, squeeze
from cleaner.model import At, GuardScope, Scope
from cleaner.outputs import make_folder
from cleaner.packs import GuardEntry, Header, PackFile, RuleEntry, guard_of, lint_entry, read_pack_file, rule_of
from cleaner.segment import sentences
from cleaner.verdicts import Ruling, Verdict, Verdicts

#: How many verdicts make a rule or guard, unless told otherwise.
LEAST = 2
#: What a rule is given: mode ``balanced`` removes at it, as with a learned rule that was accepted.
CONFIDENCE = THRESHOLDS[Mode.BALANCED]

_VETO = -1.0
_EXAMPLES = 3
_MAX_WORDS = 60
_HEADING = """\
# Made of reviewers' verdicts by `cleaner verdicts promote`.
# The file is written anew each time: its entries stay, comments do not.

"""


@dataclass(frozen=True, slots=True)
class Promoted:
    """Entries for a pack, and for each text that became none a sentence that says why."""

    rules: tuple[RuleEntry, ...] = ()
    guards: tuple[GuardEntry, ...] = ()
    left: tuple[str, ...] = ()


@dataclass
class _Group:
    """The verdicts on texts of one template."""

    template: Template
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(sorted({v.text for v in self.verdicts}, key=lambda text: (len(text), text)))

    @property
    def name(self) -> str:
        digest = hashlib.sha256("\n".join([self.template.text, *self.sites]).encode()).hexdigest()[:12]
        return f"{slug(Template(self.template.text.lower()))}.{digest}"

    @property
    def sites(self) -> tuple[str, ...]:
        sites = {v.site for v in self.verdicts}
        return () if "" in sites else tuple(sorted(sites))


def promoted(verdicts: Iterable[Verdict], least: int = LEAST, header: Header | None = None) -> Promoted:
    """Rules and guards from every verdict that was ever given, each line once; ``least`` of them make an entry.

    Texts that differ in numbers, dates, addresses or names alone count together, if enough else is left of them.
    Where reviewers differ on a text, nothing is made of it.
    """
    header = header or _header("verdicts")
    given = list(dict.fromkeys(verdicts))
    last = Verdicts.of(given).entries
    opposing = {ruling: sorted({v.text for v in last if v.ruling is not ruling}) for ruling in Ruling}
    rules: list[RuleEntry] = []
    guards: list[GuardEntry] = []
    left: list[str] = []
    for group in _groups(given):
        if len(group.verdicts) < least:
            continue
        rulings = {v.ruling for v in last if v.text in group.texts}
        if len(rulings) > 1:
            left.append(f"{group.texts[0]!r}: reviewers differ on it")
            continue
        (ruling,) = rulings
        made, problems = _entries(group, ruling, opposing[ruling], header)
        rules += [entry for entry in made if isinstance(entry, RuleEntry)]
        guards += [entry for entry in made if isinstance(entry, GuardEntry)]
        left += problems
    return Promoted(tuple(rules), tuple(guards), tuple(left))


def _groups(verdicts: Iterable[Verdict]) -> Iterator[_Group]:
    """Verdicts by template; where a template says too little, by text."""
    by_template: dict[Template, _Group] = {}
    for verdict in verdicts:
        template = template_of(verdict.text)
        if not template.telling:
            template = Template(verdict.text.replace("{", "").replace("}", ""))
        by_template.setdefault(template, _Group(template)).verdicts.append(verdict)
    return iter(sorted(by_template.values(), key=lambda group: group.template.text))


def _entries(
    group: _Group, ruling: Ruling, opposing: Sequence[str], header: Header
) -> tuple[list[RuleEntry | GuardEntry], list[str]]:
    """The entries for a group that agree with their examples, and what is wrong with the others."""
    if ruling is Ruling.REJECT and group.sites:
        return [], [f"{group.texts[0]!r}: was rejected on {', '.join(group.sites)} alone, and a guard holds everywhere"]
    made: list[RuleEntry | GuardEntry] = []
    problems: list[str] = []
    sentence = all(len(sentences(text)) == 1 for text in group.texts)
    scopes = (GuardScope.LINE, GuardScope.SENTENCE) if sentence else (GuardScope.LINE,)
    wanted: list[RuleEntry | GuardEntry] = []
    if ruling is Ruling.ACCEPT:
        wanted.append(_rule(group, Scope.SENTENCE if sentence else Scope.LINE, opposing))
    else:
        wanted += [_guard(group, scope, opposing) for scope in scopes]
    for entry in wanted:
        compiled = rule_of(header, entry) if isinstance(entry, RuleEntry) else guard_of(header, entry)
        if wrong := list(lint_entry(compiled)):
            problems.append(f"{group.texts[0]!r}: {wrong[0]}")
        else:
            made.append(entry)
    return made, problems


def _rule(group: _Group, scope: Scope, opposing: Sequence[str]) -> RuleEntry:
    regex = pattern_of(group.template, group.texts)
    count = len(group.verdicts)
    return RuleEntry(
        id=f"verdicts.rule.{group.name}",
        category=Counter(v.category for v in group.verdicts).most_common(1)[0][0],
        phrases=[] if regex else [core(squeeze(text)) for text in group.texts],
        regex=regex or [],
        at=At.WHOLE,
        case=not regex,
        scope=scope,
        max_words=_words(group),
        confidence=CONFIDENCE,
        sites=list(group.sites),
        why=f"Reviewers said {_times(count)} that such a text is not the article.",
        examples=list(group.texts[:_EXAMPLES]),
        counterexamples=_counterexamples(group, opposing),
    )


def _guard(group: _Group, scope: GuardScope, opposing: Sequence[str]) -> GuardEntry:
    regex = pattern_of(group.template, group.texts)
    return GuardEntry(
        id=f"verdicts.guard.{group.name}.{scope}",
        against=["any"],
        weight=_VETO,
        phrases=[] if regex else [core(squeeze(text)) for text in group.texts],
        regex=regex or [],
        at=At.WHOLE,
        scope=scope,
        max_words=_words(group),
        why=f"Reviewers said {_times(len(group.verdicts))} that such a text is the author's.",
        examples=list(group.texts[:_EXAMPLES]),
        counterexamples=_counterexamples(group, opposing),
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _words(group: _Group) -> int:
    words = max(count_words(text) for text in group.texts)
    return max(_MAX_WORDS, words + words // 2)


def _counterexamples(group: _Group, opposing: Sequence[str]) -> list[str]:
    """A mention of the text, and the text most like it that reviewers said the opposite of."""
    words = set(group.template.words)
    shared = [(len(words & set(template_of(text).words)), text) for text in opposing]
    near = max(shared, default=(0, ""))
    mention = f"She read it out, “{group.texts[0]}”, and went on with her story."
    return [mention, near[1]] if near[0] else [mention]


def _header(name: str) -> Header:
    return Header(name=name, version="1.0.0", description="What reviewers said again and again.")


def read_promoted(path: Path) -> PackFile:
    """The pack at a path, or an empty one if there is none. Raises ``PackError``."""
    name = "verdicts" if path.stem == "verdicts" else f"verdicts.{path.stem}"
    return read_pack_file(path) if path.exists() else PackFile(pack=_header(name))


def joined(file: PackFile, made: Promoted) -> PackFile:
    """The pack with what was made: an entry takes the place of the one with its id, all others stay."""
    rules = {entry.id: entry for entry in (*file.rule, *made.rules)}
    guards = {entry.id: entry for entry in (*file.guard, *made.guards)}
    return file.model_copy(update={"rule": list(rules.values()), "guard": list(guards.values())})


def write_promoted(path: Path, file: PackFile) -> None:
    """Write a pack whole or not at all. Raises ``OutputError``, and ``ConfigError`` without tomli-w."""
    toml = needed("tomli_w", "query", f"{path}: is written with")
    content = file.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    make_folder(path.parent)
    write_atomic(path, (_HEADING + toml.dumps(content)).encode("utf-8"))
