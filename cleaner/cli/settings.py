"""The options that say how to clean: one list of them for all commands that have them, and the settings they make."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from cleaner.config import NO_MODEL, Config, Mode, find_config_file, read_config

ModeOption = Annotated[
    Mode | None,
    typer.Option("--mode", help="How sure to be before something goes; balanced if nothing else is set."),
]
AlsoOption = Annotated[
    list[str],
    typer.Option("--also", metavar="CATEGORY,…", help="Remove these categories too, such as meta, bio or caption."),
]
KeepOption = Annotated[list[str], typer.Option("--keep", metavar="CATEGORY,…", help="Don't remove these categories.")]
PacksOption = Annotated[
    list[Path],
    typer.Option("--packs", metavar="DIR", help="Use the rule packs in this folder too. Can be repeated."),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings, instead of the nearest cleaner.toml or pyproject.toml with a [tool.cleaner] table.",
    ),
]
SiteOption = Annotated[
    list[str],
    typer.Option("--site", metavar="HOST", help="Use the rules for this site as well. Can be repeated."),
]
LanguageOption = Annotated[
    list[str],
    typer.Option(
        "--language",
        metavar="XX",
        help="Use only the rules for this language, besides those for any. Can be repeated.",
    ),
]
ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", metavar="FILE", help="Use this model instead of the one that comes with Cleaner; 'none' for none."
    ),
]
NoModelOption = Annotated[bool, typer.Option("--no-model", help="Let rules and structure alone decide.")]
VerdictsOption = Annotated[
    list[Path],
    typer.Option(
        "--verdicts", metavar="FILE", help="Heed the verdicts of reviewers in this file too. Can be repeated."
    ),
]


def _options(
    mode: ModeOption = None,
    also: AlsoOption = [],  # noqa: B006
    keep: KeepOption = [],  # noqa: B006
    packs: PacksOption = [],  # noqa: B006
    config: ConfigOption = None,
    site: SiteOption = [],  # noqa: B006
    language: LanguageOption = [],  # noqa: B006
    model: ModelOption = None,
    no_model: NoModelOption = False,
    verdicts: VerdictsOption = [],  # noqa: B006
) -> None:
    """The options, in the order in which commands list them."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a command line says of how to clean: the value of each option by its name."""

    options: Mapping[str, Any]

    def config(self, **more: Any) -> Config:
        """The settings, as ``settings`` makes them, with further values. Raises ``ConfigError``."""
        return settings(**self.options, **more)


#: What stands for the options in a command, so that others with defaults can come before it.
UNSAID = Chosen({})


def settings(
    mode: Mode | None = None,
    also: Iterable[str] = (),
    keep: Iterable[str] = (),
    packs: Iterable[Path] = (),
    config: Path | None = None,
    site: Iterable[str] = (),
    language: Iterable[str] = (),
    model: str | None = None,
    no_model: bool = False,
    verdicts: Iterable[Path] = (),
) -> Config:
    """The settings of a command: those of the config file, with what the command line says on top.

    ``packs``, ``site`` and ``verdicts`` add to the file's; ``mode``, ``language`` and ``model`` stand instead of it,
    and ``no_model`` instead of any model. Raises ``ConfigError``.
    """
    file = settings_file(config)
    base = read_config(file) if file else Config()
    return Config.make(
        base=base,
        mode=mode,
        also=split_list(also),
        keep=split_list(keep),
        packs=[*base.packs, *packs],
        sites=[*base.sites, *split_list(site)],
        languages=split_list(language) or None,
        model=NO_MODEL if no_model else model,
        verdicts=list(verdicts),
    )


def settings_file(config: Path | None) -> Path | None:
    """The file that is named, or else the nearest one. Raises ``ConfigError``."""
    return config or find_config_file(Path.cwd())


def with_settings(*without: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options, but for some, in the place of its parameter ``chosen``."""
    options = [p for p in inspect.signature(_options).parameters.values() if p.name not in without]

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**values: Any) -> None:
            chosen = Chosen({option.name: values.pop(option.name) for option in options})
            command(**values, chosen=chosen)

        parameters: list[inspect.Parameter] = []
        for parameter in inspect.signature(command).parameters.values():
            parameters += options if parameter.name == "chosen" else [parameter]
        # Typer reads both.
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return run

    return decorated


def split_list(values: Iterable[str]) -> list[str]:
    """The values of an option that can be repeated or hold a list.

    >>> split_list(["meta,bio", "title"])
    ['meta', 'bio', 'title']
    """
    return [part.strip() for value in values for part in value.split(",") if part.strip()]
