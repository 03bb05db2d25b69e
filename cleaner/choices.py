"""Settings that are one of a few names."""

from enum import StrEnum
from typing import Any, TypeVar

from cleaner.errors import ConfigError

E = TypeVar("E", bound=StrEnum)


def one_of(kind: type[E], name: str, value: Any) -> E:
    """The member of ``kind`` that a setting's value names. Raises ``ConfigError`` naming the setting and the members.

    >>> one_of(StrEnum("Tide", ["EBB", "FLOOD"]), "tide", "ebb").value
    'ebb'
    """
    try:
        return kind(value)
    except ValueError:
        raise ConfigError(f"{name}: {value!r} is not one of {', '.join(kind)}") from None
