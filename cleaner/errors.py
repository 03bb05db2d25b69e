"""The errors a caller can catch: each message says what happened, where, and what to try."""


class CleanerError(Exception):
    """Base of every error that Cleaner raises on purpose."""


class ConfigError(CleanerError):
    """A setting has a name or value that Cleaner does not know."""


class PackError(CleanerError):
    """One or more rule packs cannot be used.

    ``problems`` holds every problem found, one string each: ``file: rule: field: what is wrong``.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        noun = "problem" if len(problems) == 1 else "problems"
        super().__init__(f"{len(problems)} {noun} in the rule packs:\n" + "\n".join(f"  {p}" for p in problems))

    def __reduce__(self) -> tuple[type, tuple[list[str]]]:
        return type(self), (list(self.problems),)


class RestoreError(CleanerError):
    """A clean text and an audit record do not belong together, or one of them was changed."""


class AuditError(CleanerError):
    """An audit log cannot be read: not JSON Lines, an unknown schema, or a record with missing fields."""


class InputError(CleanerError):
    """An input cannot be cleaned: unreadable, binary, or in no encoding that decodes it losslessly."""


class OutputError(CleanerError):
    """A result cannot be written: the target exists, is read-only, or would overwrite an input."""


class ResumeError(OutputError):
    """A run over a corpus cannot be begun or gone on with: one was here before, or is at work, or was another one."""


class RoundTripError(CleanerError):
    """Internal: the record about to be written does not restore the source, so nothing was written."""


class ModelError(CleanerError):
    """The file of the learned detector cannot be used: not there, broken, or of another version."""
