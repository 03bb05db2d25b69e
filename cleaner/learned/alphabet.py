"""What the learned detector knows of characters: a folded form and a class for each, the same on every machine.

The tables cover the Basic Multilingual Plane and travel in the model's file, so that they don't depend on the Unicode
version of the Python that runs; characters beyond it count as symbols.
"""

import unicodedata
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

PLANE = 1 << 16
_BEYOND = 0x2603  # stands for every character outside the plane: emoji, mostly
_SCRIPTS_WITHOUT_SPACES = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x9FFF),
    (0xF900, 0xFAFF),
)


class Kind(IntEnum):
    """The class of a character."""

    OTHER = 0
    LOWER = 1
    UPPER = 2
    LETTER = 3  # of a script without case
    SINGLE = 4  # of a script without spaces
    MARK = 5
    DIGIT = 6
    BLANK = 7
    FINAL = 8
    COMMA = 9
    QUESTION = 10
    EXCLAMATION = 11
    COLON = 12
    QUOTE = 13
    BRACKET = 14
    BAR = 15
    DASH = 16
    MONEY = 17
    AT = 18
    BULLET = 19
    SYMBOL = 20
    ELLIPSIS = 21
    COPYRIGHT = 22
    BREAK = 23


_BY_CHARACTER = {
    Kind.FINAL: ".。．｡۔।",
    Kind.COMMA: ",;，、；،؛",
    Kind.QUESTION: "?？؟¿",
    Kind.EXCLAMATION: "!！¡",
    Kind.COLON: ":：",
    Kind.QUOTE: "\"'“”„‟‘’‚‛«»‹›「」『』`´",
    Kind.BRACKET: "()[]{}（）【】［］",
    Kind.BAR: "|/\\｜",
    Kind.DASH: "-‐‑‒–—―−",
    Kind.MONEY: "$€£¥%₹₽₴₩₺",
    Kind.AT: "@#",
    Kind.BULLET: "•‣▪●◦·*▶►→>+✓✔☑»※★☆",
    Kind.ELLIPSIS: "…",
    Kind.COPYRIGHT: "©®™",
    Kind.BREAK: "\n",
}
_SAME = {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-", "…": "."}


@dataclass(frozen=True)
class Alphabet:
    """Folded code point and ``Kind`` of every code point of the plane."""

    folded: NDArray[np.uint16]
    kinds: NDArray[np.uint8]

    @classmethod
    def of_this_python(cls) -> "Alphabet":
        """Make the tables from the running Python's Unicode data; only training needs this."""
        folded = np.arange(PLANE, dtype=np.uint16)
        kinds = np.zeros(PLANE, dtype=np.uint8)
        named = {c: kind for kind, characters in _BY_CHARACTER.items() for c in characters}
        for code in range(PLANE):
            character = chr(code)
            lower = _SAME.get(character) or character.lower()
            if character.isdigit():
                lower = "0"
            if len(lower) == 1 and ord(lower) < PLANE:
                folded[code] = ord(lower)
            kinds[code] = named[character] if character in named else _kind(character)
        return cls(folded, kinds)

    def codes(self, text: str) -> NDArray[np.uint32]:
        """The code points of a text; those outside the plane as one symbol, lone surrogates as they are."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
        return np.where(codes < PLANE, codes, _BEYOND).astype(np.uint32)


def _kind(character: str) -> Kind:
    code = ord(character)
    category = unicodedata.category(character)
    if any(low <= code <= high for low, high in _SCRIPTS_WITHOUT_SPACES) and category[0] in "LMN":
        return Kind.SINGLE
    if category in ("Lu", "Lt"):
        return Kind.UPPER
    if category == "Ll":
        return Kind.LOWER
    if category[0] == "L":
        return Kind.LETTER
    if category[0] == "M":
        return Kind.MARK
    if category[0] == "N":
        return Kind.DIGIT
    if category[0] == "Z" or character.isspace():
        return Kind.BLANK
    if category[0] == "S":
        return Kind.SYMBOL
    return Kind.OTHER
