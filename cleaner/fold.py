"""Folding: the form of a text that rules are matched against.

Publishers write one phrase in many ways: curly or straight quotes, accents or none, no-break spaces, full-width
letters, zero-width characters hidden inside words. Rules see none of that. Folding never adds or removes a line
break, so a hit in the folded text belongs to the same line of the source; the source itself is never changed.
"""

import unicodedata

_SAME = {
    **dict.fromkeys("‘’‚‛′`´ʼ＇", "'"),
    **dict.fromkeys("“”„‟″«»‹›＂「」『』", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    **dict.fromkeys("•‣▪●◦∙·", "-"),
    "ß": "ss",
    "ẞ": "SS",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ı": "i",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
}
_ALPHABETS = ("LATIN", "GREEK", "CYRILLIC")


def _fold_character(character: str) -> str:
    """The folded form of one character outside ASCII; may be empty, never a line break."""
    if character in _SAME:
        return _SAME[character]
    kind = unicodedata.category(character)
    if kind in ("Zs", "Zl", "Zp"):
        return " "
    if kind in ("Cf", "Mn", "Me"):  # zero-width characters, direction marks, soft hyphens, combining accents
        return ""
    if kind in ("Cs", "Cc", "Co", "Cn"):
        return "\ufffd"  # a lone surrogate has no UTF-8 form
    has_accents = unicodedata.name(character, "").startswith(_ALPHABETS)
    plain = unicodedata.normalize("NFKD" if has_accents else "NFKC", character)
    return plain if plain == character else "".join(c if c.isascii() else _fold_character(c) for c in plain)


class _Table(dict[int, str]):
    """Translation table that folds each character the first time it is met."""

    def __missing__(self, codepoint: int) -> str:
        character = chr(codepoint)
        folded = character if codepoint < 128 else _fold_character(character)
        self[codepoint] = folded
        return folded


_TABLE = _Table()  # only ever grows towards one fixed mapping, so sharing it between threads is safe


def fold(text: str) -> str:
    """Return ``text`` as rules see it: accents, quotes, dashes, bullets and spaces made plain, case kept.

    Lone surrogates become U+FFFD. The number and order of ``\\n`` and ``\\r`` never change.

    >>> fold("“Abonnieren Sie” für\\u00a0News\\u200bletter")
    '"Abonnieren Sie" fur Newsletter'
    """
    return text if text.isascii() else text.translate(_TABLE)
