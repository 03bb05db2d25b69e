"""Runs the examples of a docs page as a reader would: its blocks of Python, one after the other, as one script."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

DOCS = Path(__file__).parent.parent / "docs"

_BLOCK = re.compile(r"^```(python|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """The blocks of a language on a page, which is named below ``docs/``."""
    content = (DOCS / page).read_text(encoding="utf-8")
    return [body for found, body in _BLOCK.findall(content) if found == language]


def run_page(page: str, folder: Path, replaced: Mapping[str, str] | None = None) -> str:
    """Run a page's Python in a folder; what it prints must be what the page shows in its blocks of text.

    ``replaced`` puts addresses that exist in place of those on the page.
    """
    code = "\n".join(blocks(page, "python"))
    for shown, real in (replaced or {}).items():
        assert shown in code, shown
        code = code.replace(shown, real)
    (folder / "example.py").write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, "example.py"], cwd=folder, capture_output=True, check=False)
    printed = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert printed == "".join(blocks(page, "text")), f"{page} shows something else than it prints:\n{printed}"
    return done.stderr.decode()
