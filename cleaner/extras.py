"""Libraries that only corpora need."""

from importlib import import_module
from typing import Any

from cleaner.errors import ConfigError


def extra(module: str, name: str = "corpus") -> Any:
    """Import a module of an extra. Raises ``ConfigError`` that says what to install."""
    try:
        return import_module(module)
    except ImportError as error:
        who = "this corpus" if name == "corpus" else f"--engine {name}"
        raise ConfigError(
            f"{who} needs {module}, which cannot be used here ({error}); pip install 'article-cleaner[{name}]'"
        ) from None
