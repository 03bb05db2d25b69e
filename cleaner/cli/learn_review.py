"""The review of learned rules in a terminal: one after the other, with its evidence, a key for each decision."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cleaner.cli.common import PIPE_WIDTH, emit, emit_rich

if TYPE_CHECKING:
    from cleaner.packs import PackFile, RuleEntry

_KEYS = "a accept, r reject, s skip, e edit the category, q quit"


def review(path: Path, file: "PackFile") -> None:
    """Show every rule that nobody has decided on, and write each decision before the next is asked for."""
    from cleaner.learn.packfile import replaced, write_learned

    def save(decision: "RuleEntry") -> None:
        nonlocal file
        file = replaced(file, decision)
        write_learned(path, file)

    waiting = [rule for rule in file.rule if rule.evidence is not None and rule.reviewed is None]
    left = len(waiting)
    for number, rule in enumerate(waiting, 1):
        decision = _decide(rule, f"{number} of {len(waiting)}", save)
        if decision is None:
            break
        left -= decision.reviewed is not None
    emit(f"{len(waiting) - left:,} decided, {left:,} left in {path}.\n")


def _decide(rule: "RuleEntry", place: str, save: "Callable[[RuleEntry], None]") -> "RuleEntry | None":
    """The rule as a person decides on it, saved; nothing if they want to stop."""
    from cleaner.learn.packfile import accepted, rejected

    while True:
        _show(rule, place)
        key = _key()
        emit(f"{key}\n")
        if key in ("a", "r"):
            rule = accepted(rule) if key == "a" else rejected(rule)
            save(rule)
            return rule
        if key == "s":
            return rule
        if key == "e":
            rule = _edited(rule)
            save(rule)
        elif key in ("q", "\x04", "\x1b"):
            return None


def _key() -> str:
    """The key that is pressed; without a terminal, the first character of the next line, and q after the last."""
    if sys.stdin.isatty():
        return typer.getchar().lower()
    line = sys.stdin.readline()
    return line.strip()[:1].lower() if line else "q"


def _edited(rule: "RuleEntry") -> "RuleEntry":
    from cleaner.learn.packfile import recategorised
    from cleaner.model import CATEGORY_MEANING, Category

    known = [category for category in Category if category is not Category.TIDY]
    emit("".join(f"  {category:10} {CATEGORY_MEANING[category]}\n" for category in known))
    answer = typer.prompt("Category", default=str(rule.category)).strip()
    if answer not in known:
        emit(f"{answer!r} is no category; it stays {rule.category}.\n")
        return rule
    return recategorised(rule, Category(answer))


def _show(rule: "RuleEntry", place: str) -> None:
    emit_rich(*_sheet(rule, place))


def _sheet(rule: "RuleEntry", place: str) -> Iterator[Any]:
    """The rule, its evidence, the line in its documents, and the keys."""
    from rich.text import Text

    from cleaner.model import OPTIONAL_CATEGORIES

    yield Text()
    yield Text(f"[{place}] {rule.id}", style="bold")
    kept = " (kept unless asked for)" if rule.category in OPTIONAL_CATEGORIES else ""
    yield Text(f"{rule.category}{kept}, confidence {rule.confidence:.2f}, {', '.join(rule.sites) or 'any site'}")
    yield Text(f"matches: {rule.phrases[0] if rule.phrases else rule.pattern}")
    for row in _evidence(rule):
        yield Text(f"  {row}")
    for context in rule.evidence.contexts if rule.evidence else []:
        yield Text()
        for line in context.before:
            yield Text(f"    {_cut(line)}", style="dim")
        yield Text("  - ").append(_cut(context.line), style="strike red")
        for line in context.after:
            yield Text(f"    {_cut(line)}", style="dim")
    yield Text()
    yield Text(_KEYS, style="bold")


def _evidence(rule: "RuleEntry") -> Iterator[str]:
    found = rule.evidence
    if found is None:
        return
    sites = "1 site" if found.sites == 1 else f"{found.sites:,} sites"
    share = f", up to {found.share:.0%} of a site's" if found.share else ""
    yield f"in {found.documents:,} documents of {sites}{share}"
    if found.first_seen and found.last_seen:
        yield f"from {found.first_seen} to {found.last_seen}"
    yield f"{found.texts} different texts in the {found.looked_into} documents that were looked into"
    yield (
        f"above the article in {found.head:.0%}, below it in {found.tail:.0%}, last of all in {found.last:.0%}; "
        f"{found.fit:.0%} of its long words are the articles' too"
    )
    yield f"Cleaner takes it for something else than the article with {found.claimed:.2f} on average"


def _cut(line: str) -> str:
    from cleaner.places import excerpt

    return excerpt(line, PIPE_WIDTH - 10)
