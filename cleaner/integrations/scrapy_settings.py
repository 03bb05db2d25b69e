"""The settings of a Scrapy project that speak to Cleaner."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cleaner.config import Config, read_config
from cleaner.errors import ConfigError
from cleaner.model import Form

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_PREFIX = "CLEANER_"
#: Names of fields, with what they are unless they are set; an empty name stands for no such field.
_FIELDS: Mapping[str, str] = MappingProxyType(
    {"text": "text", "html": "", "url": "url", "title": "title", "id": "", "output": "", "audit": ""}
)
#: Each setting of ``Config``, with how Scrapy reads it from a command line, where all is text.
_READERS: Mapping[str, Callable[["BaseSettings", str], Any]] = MappingProxyType(
    {
        "mode": lambda settings, name: settings.get(name),
        "model": lambda settings, name: settings.get(name),
        "threshold": lambda settings, name: _number(settings, name),
        "builtin": lambda settings, name: settings.getbool(name),
        "tidy": lambda settings, name: settings.getbool(name),
        **{
            setting: lambda settings, name: settings.getlist(name)
            for setting in ("also", "keep", "remove", "packs", "sites", "languages", "disable", "verdicts")
        },
    }
)
_OTHERS = ("AUDIT_LOG", "CONFIG", "FORM", "WORKERS")


@dataclass(frozen=True, slots=True)
class Fields:
    """What the fields of an item are called; an empty name stands for no such field."""

    text: str
    html: str
    url: str
    title: str
    id: str
    output: str
    audit: str


@dataclass(frozen=True, slots=True)
class CleanerSettings:
    """What ``CLEANER_…`` settings say: the fields, the form of texts, the audit log, so many processes, the config."""

    fields: Fields
    form: Form
    log: Path | None
    workers: int
    config: Config

    @classmethod
    def of(cls, settings: "BaseSettings") -> "CleanerSettings":
        """Read them. Raises ``ConfigError`` for one that is not known or has no usable value.

        >>> from scrapy.settings import Settings
        >>> read = CleanerSettings.of(Settings({"CLEANER_MODE": "safe", "CLEANER_AUDIT_FIELD": "audit"}))
        >>> read.config.limit, read.fields.text, read.fields.output
        (0.88, 'text', 'text')
        """
        _refuse_unknown(settings)
        names = {kind: settings.get(_field(kind), usual) or "" for kind, usual in _FIELDS.items()}
        fields = Fields(**{**names, "output": names["output"] or names["text"]})
        log = settings.get(f"{_PREFIX}AUDIT_LOG")
        if not (log or fields.audit) and fields.output == fields.text:
            raise ConfigError(
                f"what is removed from {_field('text')} {fields.text!r} would be lost: name a field for audit records "
                f"in {_field('audit')}, a file in {_PREFIX}AUDIT_LOG, or another field for clean text in "
                f"{_field('output')}"
            )
        form = Form.named(settings.get(f"{_PREFIX}FORM") or Form.TEXT)
        workers = settings.getint(f"{_PREFIX}WORKERS")
        return cls(fields, form, Path(log) if log else None, workers, _config(settings))


def _field(kind: str) -> str:
    return f"{_PREFIX}{kind.upper()}_FIELD"


def _refuse_unknown(settings: "BaseSettings") -> None:
    known = {*map(_field, _FIELDS), *(f"{_PREFIX}{name.upper()}" for name in (*_READERS, *_OTHERS))}
    unknown = sorted(name for name in settings if str(name).startswith(_PREFIX) and name not in known)
    if unknown:
        raise ConfigError(f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(known))}")


def _config(settings: "BaseSettings") -> Config:
    path = settings.get(f"{_PREFIX}CONFIG")
    names = {setting: f"{_PREFIX}{setting.upper()}" for setting in _READERS}
    given = {s: _READERS[s](settings, name) for s, name in names.items() if settings.get(name) is not None}
    try:
        return Config.make(base=read_config(Path(path)) if path else None, **given)
    except ConfigError as error:
        raise ConfigError(f"{_PREFIX}… settings: {error}") from None


def _number(settings: "BaseSettings", name: str) -> Any:
    """A number where there is one; ``Config`` says what is wrong with anything else."""
    try:
        return settings.getfloat(name)
    except ValueError:
        return settings.get(name)
