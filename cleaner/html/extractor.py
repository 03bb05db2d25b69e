"""Which libraries take the text from pages; apart from what does it, so that runs on texts need not import that."""

from enum import StrEnum

from cleaner.choices import one_of


class Extractor(StrEnum):
    """The library that takes the text from a page."""

    TRAFILATURA = "trafilatura"
    RESILIPARSE = "resiliparse"

    @classmethod
    def named(cls, name: str) -> "Extractor":
        """The extractor of a name. Raises ``ConfigError`` if there is none."""
        return one_of(cls, "extractor", name)


def version_of(extractor: str) -> str | None:
    """The version of an extractor, ``None`` if it is not installed, without importing it."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(extractor)
    except PackageNotFoundError:
        return None
