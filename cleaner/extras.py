"""Libraries that come with an extra of the package, imported where they are needed."""

import sys
from importlib import import_module
from typing import Any

from cleaner.errors import ConfigError

#: The module that reads and writes zstandard; Python has it from 3.14 on.
ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


def needed(module: str, extra: str, who: str) -> Any:
    """Import a module of an extra. Raises ``ConfigError`` that says ``who`` needs it, and what to install.

    >>> needed("json", "corpus", "this corpus needs").loads("[1]")
    [1]
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ConfigError(
            f"{who} {module}, which cannot be used here ({error}); pip install 'article-cleaner[{extra}]'"
        ) from None


def for_corpus(module: str) -> Any:
    """Import a module that corpora need. Raises ``ConfigError`` as ``needed``."""
    return needed(module, "corpus", "this corpus needs")
