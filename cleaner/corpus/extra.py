"""Libraries that only corpora need."""

from importlib import import_module
from typing import Any

from cleaner.errors import ConfigError


def extra(module: str) -> Any:
    """Import a module of the extra ``corpus``. Raises ``ConfigError`` that says what to install."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigError(
            f"this corpus needs {module}, which cannot be used here ({error}); pip install 'article-cleaner[corpus]'"
        ) from None
