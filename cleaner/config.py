"""The settings of a run: one frozen value, made from arguments or read from a file, passed down."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cleaner.choices import one_of
from cleaner.errors import ConfigError
from cleaner.model import DEFAULT_CATEGORIES, Category
from cleaner.verdicts import NO_VERDICTS, Verdicts


class Mode(StrEnum):
    """How sure Cleaner has to be before a span goes."""

    SAFE = "safe"
    BALANCED = "balanced"
    THOROUGH = "thorough"


#: The model that comes with Cleaner, and none at all, as values of ``Config.model``.
BUILTIN_MODEL = "builtin"
NO_MODEL = "none"
#: The table of a settings file that is the service's own.
SERVE_TABLE = "serve"

#: The least confidence (0-1) at which a span is removed, by mode. Set by what each loses on sites that the model never
#: saw: at most 0.05 % of the content's words, a line in at most 5 % of documents, at most 1 % of the words
#: (docs/model.md has the curve).
THRESHOLDS: Mapping[Mode, float] = MappingProxyType({Mode.SAFE: 0.88, Mode.BALANCED: 0.8, Mode.THOROUGH: 0.35})

#: The least confidence (0-1) at which a line of a page goes by its markup, by mode. An extractor has to take a side
#: for every piece of a page, so the balance is at a half; docs/html.md has what each loses.
PAGE_THRESHOLDS: Mapping[Mode, float] = MappingProxyType({Mode.SAFE: 0.88, Mode.BALANCED: 0.5, Mode.THOROUGH: 0.35})


@dataclass(frozen=True, slots=True)
class Config:
    """What to remove, how sure to be, and which packs to use.

    ``threshold`` (0-1) overrides the mode's. ``remove`` names every category to remove; ``Config.make`` has ``also``
    and ``keep`` to change the default set. ``packs`` are folders or files of rule packs used besides the built-in
    ones. ``sites`` are host names whose site rules apply to every document, besides the one in a document's url.
    ``languages`` (ISO 639-1) restricts rules to those languages and the language-blind ones; empty means all.
    ``disable`` names rules or guards (or prefixes that end in ``.``) that are not used. ``tidy`` also removes trailing
    blanks and superfluous blank lines everywhere; without it, nothing but removed spans and the blank lines they
    leave over is changed. ``builtin`` says whether the packs and the model that come with Cleaner are used. ``model``
    is ``builtin``, ``none`` (rules and structure alone decide), or the path of a model's file. ``verdicts`` are what
    reviewers said; ``Config.make`` takes the paths of their files, or ``Verdicts``.
    """

    mode: Mode = Mode.BALANCED
    threshold: float | None = None
    remove: frozenset[Category] = DEFAULT_CATEGORIES
    packs: tuple[Path, ...] = ()
    builtin: bool = True
    sites: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    tidy: bool = False
    model: str = BUILTIN_MODEL
    verdicts: Verdicts = NO_VERDICTS

    def __reduce__(self) -> tuple[Any, ...]:
        # Sets have no certain order; sorted, a config is always pickled to the same bytes, by which caches of other
        # libraries know it again.
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return _unpickled, ({**values, "remove": sorted(self.remove)},)

    @property
    def limit(self) -> float:
        """The least confidence (0-1) at which a span is removed."""
        return THRESHOLDS[self.mode] if self.threshold is None else self.threshold

    @property
    def page_limit(self) -> float:
        """The least confidence (0-1) at which a line of a page goes by its markup."""
        return PAGE_THRESHOLDS[self.mode] if self.threshold is None else self.threshold

    @property
    def digest(self) -> str:
        """A sha256 over every setting that can change a result; where packs and models lie on disk does not."""
        values: dict[str, Any] = {
            **{f.name: getattr(self, f.name) for f in fields(self)},
            "packs": None,
            "model": self.model != NO_MODEL,
            "remove": sorted(self.remove),
            "threshold": self.limit,
            "mode": None,
            "verdicts": self.verdicts.digest,
        }
        if not self.verdicts:
            del values["verdicts"]
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()

    @classmethod
    def make(
        cls, *, also: Sequence[str] = (), keep: Sequence[str] = (), base: "Config | None" = None, **settings: Any
    ) -> "Config":
        """Return a config from loosely typed settings, as they come from a file or a command line.

        ``also`` adds to the removed categories, ``keep`` takes away from them. ``verdicts`` join those of the base,
        since it is their dates that tell which one is the last. Raises ``ConfigError`` for a name or a value that is
        not known, and for verdicts that cannot be read.

        >>> Config.make(mode="safe", also=["meta"]).limit
        0.88
        """
        config = base or cls()
        known = {f.name: f for f in fields(cls)}
        changes: dict[str, Any] = {}
        for name, value in settings.items():
            if name not in known:
                raise ConfigError(f"unknown setting {name!r}; known are {', '.join(sorted([*known, 'also', 'keep']))}")
            if value is not None:
                changes[name] = _convert(name, value)
        if "verdicts" in changes:
            changes["verdicts"] = config.verdicts | changes["verdicts"]
        removed = changes.get("remove", config.remove) | _categories("also", also)
        changes["remove"] = removed - _categories("keep", keep)
        return replace(config, **changes)


def _unpickled(values: dict[str, Any]) -> Config:
    return Config(**{**values, "remove": frozenset(values["remove"])})


def _convert(name: str, value: Any) -> Any:
    if name == "mode":
        return one_of(Mode, name, value)
    if name == "threshold":
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
            raise ConfigError(f"threshold: {value!r} is not a number above 0 and at most 1")
        return float(value)
    if name == "remove":
        return _categories(name, value)
    if name in ("builtin", "tidy"):
        if not isinstance(value, bool):
            raise ConfigError(f"{name}: {value!r} is neither true nor false")
        return value
    if name == "model":
        if not isinstance(value, str | Path) or not str(value):
            raise ConfigError(f"model: {value!r} is neither {BUILTIN_MODEL!r}, {NO_MODEL!r} nor the path of a model")
        return str(value)
    if isinstance(value, Verdicts):
        return value
    if isinstance(value, str | Path) or not all(isinstance(v, str | Path) for v in value):
        raise ConfigError(f"{name}: {value!r} is not a list of strings")
    if name == "verdicts":
        from cleaner.verdictfile import load_verdicts  # most runs have none

        return load_verdicts([Path(v) for v in value])
    return tuple(Path(v) if name == "packs" else str(v) for v in value)


def _categories(name: str, values: Any) -> frozenset[Category]:
    if isinstance(values, str):
        raise ConfigError(f"{name}: {values!r} is not a list of categories")
    return frozenset(one_of(Category, name, v) for v in values)


def find_config_file(start: Path) -> Path | None:
    """The nearest ``cleaner.toml``, or ``pyproject.toml`` with ``[tool.cleaner]``, in ``start`` or a folder above."""
    for folder in (start, *start.parents):
        for name in ("cleaner.toml", "pyproject.toml"):
            path = folder / name
            if path.is_file() and (name == "cleaner.toml" or "cleaner" in _toml(path).get("tool", {})):
                return path
    return None


def read_config(path: Path, base: Config | None = None) -> Config:
    """Read settings from ``cleaner.toml`` or from ``[tool.cleaner]`` of a ``pyproject.toml``.

    Packs, models and verdicts are looked for beside the file; the table of the service is passed over. Raises
    ``ConfigError`` naming the file.
    """
    settings = _table(path)
    settings.pop(SERVE_TABLE, None)
    if isinstance(files := settings.get("verdicts"), list):
        settings["verdicts"] = [path.parent / v if isinstance(v, str) else v for v in files]
    try:
        config = Config.make(base=base, **settings)
    except (ConfigError, TypeError) as error:
        raise ConfigError(f"{path}: {error}") from None
    model = config.model if config.model in (BUILTIN_MODEL, NO_MODEL) else str(path.parent / config.model)
    return replace(config, packs=tuple(path.parent / p for p in config.packs), model=model)


def read_serve_table(path: Path) -> dict[str, Any]:
    """The settings of the service in a file: ``[serve]``, or ``[tool.cleaner.serve]``, empty if there are none.

    Raises ``ConfigError`` naming the file.
    """
    table = _table(path).get(SERVE_TABLE, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: {SERVE_TABLE}: {table!r} is not a table; write [{SERVE_TABLE}] above its settings")
    return _named(table)


def _table(path: Path) -> dict[str, Any]:
    content = _toml(path)
    return _named(content.get("tool", {}).get("cleaner", {}) if path.name == "pyproject.toml" else content)


def _named(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings by the names they have in Python."""
    return {key.replace("-", "_"): value for key, value in settings.items()}


def _toml(path: Path) -> dict[str, Any]:
    import tomllib  # many runs have no file of settings

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
