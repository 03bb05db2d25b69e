"""What the command line imports, and that it says the same as when all of it is imported."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from cleaner.cli import NAMES, app, app_for
from cleaner.native import native


def said(made, *arguments):
    result = CliRunner().invoke(made, arguments, prog_name="cleaner")
    return result.exit_code, result.output


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rest", [["--help"], ["--nonsense"]])
def test_one_command_alone_says_what_it_says_among_all(name, rest):
    assert said(app_for([name, *rest]), name, *rest) == said(app, name, *rest)


def test_a_command_that_is_not_there_is_told_from_all_that_are():
    code, output = said(app_for(["chekc"]), "chekc")
    assert code == 2
    assert "Did you mean 'check'?" in output


def imported(program):
    """The modules that a program leaves imported."""
    told = f"{program}\nimport sys\nprint(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.split())


def test_a_command_imports_no_other():
    modules = {name for name in imported("from cleaner.cli import app_for\napp_for(['check'])") if ".cli." in name}
    assert modules == {"cleaner.cli.common", "cleaner.cli.settings", "cleaner.cli.check"}


@pytest.mark.skipif(native is None, reason="without the native core, everything is looked for in Python")
def test_a_run_that_finds_its_packs_kept_imports_nothing_of_what_the_core_stands_for():
    program = "import cleaner\ncleaner.clean('A story.\\nAdvertisement\\nIts end.\\n')"
    imported(program)  # keeps the packs
    spared = (
        "matching.matcher",
        "matching.inpython",
        "matching.plan",
        "matching.syntax",
        "learned.innumpy",
        "learned.grams",
    )
    assert not imported(program) & {"re2", "hyperscan", "pathspec", *(f"cleaner.{name}" for name in spared)}
