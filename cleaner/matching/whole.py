"""Whether an expression matches all of a text: for detectors that have expressions of their own.

The syntax is RE2's, as in packs: a line is a stranger's text, and its length has to be all that a search depends on.
"""

from collections.abc import Callable
from functools import cache

from cleaner.native import native


@cache
def whole(expression: str) -> Callable[[str], bool]:
    """What tells whether all of a text matches an expression; compiled at its first use.

    >>> [whole(r"\\$[A-Z]{1,5}")(text) for text in ("$ABC", "$ABC falls")]
    [True, False]
    """
    from cleaner.matching.program import program  # few texts have a line that calls for it

    translated = program(f"^(?:{expression})$", case=True) if native else None
    if native and translated:
        search: Callable[[str], bool] = native.Expression(translated.data).search
        return search
    import re2  # the native core does without

    compiled = re2.compile(expression)
    return lambda text: compiled.fullmatch(text) is not None
