"""The command line: it parses, calls and prints; the work is done elsewhere.

Each command has a module. The module of the command that is called is imported, and no other.
"""

from collections.abc import Iterable
from importlib import import_module
from typing import Annotated, Any

import typer

from cleaner.cli.common import EXIT_CODES, Commands
from cleaner.version import __version__

#: The functions behind the commands, in the order of the help: ``module`` and ``function`` by the command's name.
_FUNCTIONS = {
    "clean": ("clean", "clean"),
    "check": ("check", "check"),
    "explain": ("explain", "explain"),
    "restore": ("restore", "restore"),
    "verify": ("verify", "verify"),
    "report": ("report", "report"),
    "review": ("review", "review"),
    "eval": ("eval", "evaluate"),
    "learn": ("learn", "learn"),
    "serve": ("serve", "serve"),
}
#: Commands that have commands of their own, each the ``app`` of the module with its name.
_GROUPS = ("audit", "packs", "verdicts", "hook")
#: The names of all commands, in the order of the help.
NAMES = (*_FUNCTIONS, *_GROUPS)

#: The command line with all commands, made when it is first asked for.
app: typer.Typer


def app_for(arguments: list[str]) -> typer.Typer:
    """The command line that some arguments need: the command that they begin with, or else all of them.

    >>> [command.name for command in app_for(["check", "--help"]).registered_commands]
    ['check']
    >>> len(app_for(["--help"]).registered_commands) == len(app_for(["chekc"]).registered_commands) == len(_FUNCTIONS)
    True
    """
    return app_of(arguments[:1]) if arguments and arguments[0] in NAMES else app_of(NAMES)


def app_of(names: Iterable[str]) -> typer.Typer:
    """The command line with some of the commands."""
    made = typer.Typer(
        name="cleaner",
        cls=Commands,
        help="Take what is not the article out of scraped article text, with an audit log that restores it exactly.",
        epilog=EXIT_CODES,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    made.callback()(_main)
    for name in names:
        if name in _GROUPS:
            made.add_typer(_from_module(name, "app"), name=name)
        else:
            made.command(name, epilog=EXIT_CODES)(_from_module(*_FUNCTIONS[name]))
    return made


def _from_module(module: str, name: str) -> Any:
    return getattr(import_module(f"{__name__}.{module}"), name)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cleaner {__version__}")
        raise typer.Exit


def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


def __getattr__(name: str) -> Any:
    """Make the whole command line where it is asked for."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = app_of(NAMES)
    return globals()[name]
