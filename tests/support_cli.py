"""A working folder with a small pack of its own, so that the tests of the command line depend on no other rules."""

import subprocess
import sys
from pathlib import Path

PACK = """
[pack]
name = "test"
version = "1.0.0"
language = "en"
description = "What the tests need."

[[rule]]
id = "test.ad.label"
category = "ad"
phrases = ["Advertisement"]
at = "whole"
confidence = 0.97
why = "The line is the label of an ad slot."
examples = ["Advertisement"]
counterexamples = ["The advertisement ran for a week."]

[[rule]]
id = "test.newsletter.sign-up"
category = "newsletter"
phrases = ["Sign up for our newsletter"]
at = "start"
confidence = 0.86
why = "An order to sign up opens the line."
examples = ["Sign up for our newsletter"]
counterexamples = ["He did not sign up for our newsletter."]

[[rule]]
id = "test.comments.prompt"
category = "comments"
phrases = ["Leave a Reply"]
at = "whole"
confidence = 0.5
why = "The line opens a comment form."
examples = ["Leave a Reply"]
counterexamples = ["She had to leave a reply on the desk."]

[[rule]]
id = "test.meta.byline"
category = "meta"
phrases = ["Written by the staff"]
at = "whole"
confidence = 0.85
why = "The line names the authors."
examples = ["Written by the staff"]
counterexamples = ["It was written by the staff in one night."]

[[guard]]
id = "test.guard.said"
against = ["any"]
phrases = ["she said"]
weight = -0.5
why = "The line is reported speech."
examples = ["Go on, she said."]
counterexamples = ["She is said to go."]
"""

SETTINGS = 'builtin = false\npacks = ["packs"]\n'

STORY = "The harbour reopened on Monday after the storm had kept every ship in the bay for three days.\n"
END = "Crews had waited outside the breakwater and were glad to come home, said the harbour master on Tuesday.\n"
AD = "Advertisement\n"
DIRTY = f"{STORY}\n{AD}\n{END}"
CLEAN = f"{STORY}\n{END}"


def make_home(folder: Path) -> Path:
    """Put settings and the pack into a folder."""
    (folder / "packs").mkdir(parents=True)
    (folder / "packs" / "test.toml").write_text(PACK, encoding="utf-8")
    (folder / "cleaner.toml").write_text(SETTINGS, encoding="utf-8")
    return folder


def run(*args: object, cwd: Path, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    """Run the command line in a process of its own."""
    command = [sys.executable, "-m", "cleaner", *map(str, args)]
    return subprocess.run(command, cwd=cwd, input=stdin, capture_output=True, check=False)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
