"""A line or sentence in the form in which patterns see it, and how long it is."""

import re

from cleaner.fold import fold
from cleaner.native import native

#: Characters; a longer line or sentence is not matched. The longest labelled boilerplate line has under 3 000.
MAX_UNIT = 4000

_BLANKS = re.compile(r"[ \t\f\v\x1c-\x1f]+")
_FOLDER = native.Folder(fold) if native else None
_NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def squeeze(text: str) -> str:
    """Return ``text`` folded, with every run of blanks as one space and none at the ends.

    >>> squeeze("  Sign\\u00a0 up\\tnow ")
    'Sign up now'
    """
    return squeeze_in_python(text) if _FOLDER is None else str(_FOLDER.squeeze(text))


def squeeze_in_python(text: str) -> str:
    """The same without the native core."""
    folded = fold(text)
    if "  " in folded or not folded.isprintable():
        folded = _BLANKS.sub(" ", folded)
    return folded.strip(" ")


def core(squeezed: str) -> str:
    """Return a squeezed unit without the bullets, emoji and punctuation around it.

    >>> core(">> Read more...")
    'Read more'
    """
    start, end = 0, len(squeezed)
    while start < end and not squeezed[start].isalnum():
        start += 1
    while end > start and not squeezed[end - 1].isalnum():
        end -= 1
    return squeezed[start:end]


def count_words(text: str) -> int:
    """The number of words; in scripts written without spaces two characters count as one.

    >>> count_words("three short words"), count_words("続きを読む")
    (3, 2)
    """
    spaced = len(text.split())
    if text.isascii():
        return spaced
    return max(spaced, len(_NO_SPACES.findall(text)) // 2)
