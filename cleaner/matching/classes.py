"""Sets of characters as RE2 understands them, as sorted ranges of code points."""

import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

#: Ranges of code points, both ends in them: sorted, apart from one another.
Ranges = tuple[tuple[int, int], ...]

_LAST = sys.maxunicode
_SURROGATES = (0xD800, 0xDFFF)
_BLOCK = 256

ANY: Ranges = ((0, _LAST),)
DIGITS: Ranges = ((0x30, 0x39),)
_SPACES: Ranges = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
#: What ``\\b`` and ``\\w`` take for the characters of a word.
WORDS: Ranges = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))

#: The classes of one letter behind a backslash; in upper case they stand for all other characters.
PERL: Mapping[str, Ranges] = {"d": DIGITS, "s": _SPACES, "w": WORDS}

#: The classes that are written ``[:name:]`` within brackets.
POSIX: Mapping[str, Ranges] = {
    "alnum": ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)),
    "alpha": ((0x41, 0x5A), (0x61, 0x7A)),
    "ascii": ((0x00, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0x00, 0x1F), (0x7F, 0x7F)),
    "digit": DIGITS,
    "graph": ((0x21, 0x7E),),
    "lower": ((0x61, 0x7A),),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": ((0x41, 0x5A),),
    "word": WORDS,
    "xdigit": ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
}


def union(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The ranges in order, those that touch or overlap as one.

    >>> union([(5, 9), (1, 2), (3, 6)])
    ((1, 9),)
    """
    joined: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if joined and low <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(joined[-1][1], high)
        else:
            joined.append((low, high))
    return tuple(joined)


def complement(ranges: Ranges) -> Ranges:
    """All other code points.

    >>> complement(((0, 64), (91, 0x10FFFF)))
    ((65, 90),)
    """
    starts = [0, *(high + 1 for _, high in ranges)]
    ends = [*(low - 1 for low, _ in ranges), _LAST]
    return tuple((low, high) for low, high in zip(starts, ends, strict=True) if low <= high)


@lru_cache(maxsize=4096)
def folded(ranges: Ranges) -> Ranges:
    """The ranges with every character that differs from one of theirs in case alone.

    >>> [hex(low) for low, _ in folded(((ord("k"), ord("k")),))]  # the third form is the sign for Kelvin
    ['0x4b', '0x6b', '0x212a']
    """
    orbits, members = _orbits()
    more = [
        (other, other)
        for low, high in ranges
        for member in members[bisect_left(members, low) : bisect_left(members, high + 1)]
        for other in orbits[member]
    ]
    return union([*ranges, *more])


@cache
def _orbits() -> tuple[dict[int, tuple[int, ...]], list[int]]:
    """For each character that has other forms of case, all its forms; and these characters, sorted."""
    forms: defaultdict[str, list[int]] = defaultdict(list)
    for start in range(0, _LAST, _BLOCK):
        block = "".join(map(chr, range(start, start + _BLOCK)))
        if block.lower() != block or block.upper() != block or block.casefold() != block:
            for character in block:
                forms[character.casefold()].append(ord(character))
    orbits = {member: tuple(orbit) for orbit in forms.values() if len(orbit) > 1 for member in orbit}
    return orbits, sorted(orbits)


@lru_cache(maxsize=256)
def unicode_class(name: str) -> Ranges:
    """The characters of ``\\p{name}``: a category or a script. Raises ``ValueError`` if there is none of that
    name.

    RE2 is asked, so that both have the same version of Unicode.

    >>> unicode_class("Zs")[0]
    (32, 32)
    """
    import re2  # nothing that is cached needs it

    options = re2.Options()
    options.log_errors = False
    try:
        runs = re2.compile(rf"\p{{{name}}}+", options).finditer(_all_characters())
    except re2.error as error:
        raise ValueError(f"Unicode has no class {name}") from error
    return union((ord(run[0]), ord(run[-1])) for run in (match[0].decode() for match in runs))


@cache
def _all_characters() -> bytes:
    first, last = _SURROGATES
    return "".join(map(chr, (*range(first), *range(last + 1, _LAST + 1)))).encode()
