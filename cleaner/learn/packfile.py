"""The pack of learned rules on disk: read, merged with what is learned anew, decided upon, written."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from cleaner.config import THRESHOLDS, Mode
from cleaner.errors import ConfigError
from cleaner.files import write_atomic
from cleaner.model import Category
from cleaner.outputs import make_folder
from cleaner.packs import Header, PackFile, RuleEntry, read_pack_file

_HEADING = """\
# Learned by `cleaner learn`; nothing here goes in mode balanced before it is accepted: cleaner learn --review {name}
# Rejected rules stay, so that they are not proposed again. The file is written anew each time; comments are not kept.

"""
#: What an accepted rule is given: mode ``balanced`` removes at it.
ACCEPTED = THRESHOLDS[Mode.BALANCED]


def read_learned(path: Path) -> PackFile:
    """The pack at a path, or an empty one if there is none. Raises ``PackError``."""
    if path.exists():
        return read_pack_file(path)
    name = "learned" if path.stem == "learned" else f"learned.{path.stem}"
    return PackFile(pack=Header(name=name, version="1.0.0", description="Lines that recur in a corpus."))


def merged(file: PackFile, learned: Iterable[RuleEntry]) -> PackFile:
    """A pack with what was learned: known rules keep what was decided and edited, and get the new evidence."""
    rules = {rule.id: rule for rule in file.rule}
    for new in learned:
        old = rules.get(new.id)
        if old is None:
            rules[new.id] = new
        else:
            confidence = old.confidence if old.reviewed else new.confidence
            rules[new.id] = old.model_copy(update={"evidence": new.evidence, "confidence": confidence})
    return file.model_copy(update={"rule": [rules[id] for id in sorted(rules)]})


def accepted(rule: RuleEntry) -> RuleEntry:
    """The rule once a person has accepted it."""
    return rule.model_copy(update={"reviewed": "accepted", "confidence": max(rule.confidence, ACCEPTED)})


def rejected(rule: RuleEntry) -> RuleEntry:
    """The rule once a person has rejected it."""
    return rule.model_copy(update={"reviewed": "rejected"})


def recategorised(rule: RuleEntry, category: Category) -> RuleEntry:
    """The rule with another category."""
    return rule.model_copy(update={"category": category})


def replaced(file: PackFile, rule: RuleEntry) -> PackFile:
    """The pack with a rule in place of the one that has its id."""
    return file.model_copy(update={"rule": [rule if old.id == rule.id else old for old in file.rule]})


def decided(file: PackFile, accept: Sequence[str], reject: Sequence[str]) -> PackFile:
    """The pack with decisions on rules by id. Raises ``ConfigError`` for ids it has not, or has in both lists."""
    known = {rule.id for rule in file.rule}
    unknown = sorted({*accept, *reject} - known)
    if unknown:
        raise ConfigError(f"no rule of this pack has the id {', '.join(unknown)}")
    if both := sorted({*accept} & {*reject}):
        raise ConfigError(f"{', '.join(both)}: both accepted and rejected; leave one of them out")
    rules = [accepted(r) if r.id in accept else rejected(r) if r.id in reject else r for r in file.rule]
    return file.model_copy(update={"rule": rules})


def write_learned(path: Path, file: PackFile) -> None:
    """Write a pack whole or not at all. Raises ``OutputError``."""
    import tomli_w

    content = file.model_dump(exclude_defaults=True, exclude_none=True)
    content["pack"]["version"] = file.pack.version
    for rule in content.get("rule", ()):
        rule["category"] = str(rule["category"])
        if "at" in rule:
            rule["at"] = str(rule["at"])
    make_folder(path.parent)
    text = _HEADING.format(name=path.name) + tomli_w.dumps(content)
    write_atomic(path, text.encode("utf-8"))
