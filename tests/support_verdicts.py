"""Verdicts for the tests, with as little said as a test needs."""

import json
from pathlib import Path

from cleaner.config import Config
from cleaner.verdicts import Verdict, Verdicts, verdict_of


def plain(ruling: str, text: str, rule: str = "test.ad.label", **more: str) -> dict[str, str]:
    """The fields of a verdict."""
    content = {"verdict": ruling, "rule": rule, "text": text, "category": "ad", "by": "Ann"}
    return {**content, "when": "2026-03-01T09:30:00Z", **more}


def verdict(ruling: str, text: str, rule: str = "test.ad.label", **more: str) -> Verdict:
    return verdict_of(plain(ruling, text, rule, **more))


def reject(text: str, rule: str = "test.ad.label", **more: str) -> Verdict:
    return verdict("reject", text, rule, **more)


def accept(text: str, rule: str = "test.ad.label", **more: str) -> Verdict:
    return verdict("accept", text, rule, **more)


def config_with(*verdicts: Verdict, **settings: object) -> Config:
    return Config.make(verdicts=Verdicts.of(verdicts), **settings)


def write_verdicts(path: Path, *verdicts: Verdict | dict[str, str]) -> Path:
    """Write verdicts, or the fields of some, as a file."""
    lines = [one.line if isinstance(one, Verdict) else json.dumps(one) for one in verdicts]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
