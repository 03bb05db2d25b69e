"""The template of a line: what stays of it when numbers, dates, addresses and names are left open."""

import hashlib
import re
from dataclasses import dataclass

from cleaner.matching.squeezed import core, squeeze

#: A template needs so many words, and letters in them, outside its slots: less would match the author's words too.
LEAST_WORDS = 3
LEAST_LETTERS = 10
#: Scripts without spaces say as much in fewer characters.
LEAST_DENSE_LETTERS = 6
#: Words and characters of the longest line that is looked at.
MOST_WORDS = 120
MOST_CHARACTERS = 1000

# Month names of eight languages, folded.
_MONTH_NAMES = """
january february march april may june july august september october november december jan feb mar apr jun jul aug sep
sept oct nov dec januar februar marz mai juni juli oktober dezember janvier fevrier mars avril juin juillet aout
septembre octobre novembre decembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre
diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro marco maio junho
julho setembro outubro novembro dezembro januari februari maart mei augustus stycznia lutego marca kwietnia maja czerwca
lipca sierpnia wrzesnia pazdziernika listopada grudnia
"""
_MONTHS = frozenset(_MONTH_NAMES.split())
_VERBS = frozenset({"may", "march"})
_ADDRESS = re.compile(r"(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)|(?P<url>https?://\S+|www\.\S+)")
_PLAIN_DATE = re.compile(r"\b(?:\d{4}-\d\d?-\d\d?|\d\d?([./-])\d\d?\1\d{2,4})\b")
# A date with a word for its month, or so it looks: the word decides.
_DAY_MONTH = re.compile(
    r"\b\d{1,2}(?:st|nd|rd|th|er|\.)? (?:de |of )?([A-Za-z]{3,10})\b\.?(?:(?:,| de| del)? \d{4}\b)?"
)
_MONTH_DAY = re.compile(r"\b([A-Za-z]{3,10})\.? \d{1,2}(?:st|nd|rd|th)?\b(?:,? \d{4}\b)?")
_NUMBER = re.compile(r"\d(?:[\d.,:']*\d)?")
_DIGIT = re.compile(r"\d")
# Capitalised words that do not open the line or a sentence in it.
_NAME = re.compile(r"(?<=[^\s.!?:|-] )[A-Z][\w'’&-]*(?: (?:(?:of|de|von|van|der|del|di|da|la|le) )?[A-Z][\w'’&-]*)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_HOLE = re.compile(r"\{(mail|url|date|number|name)\}")
_DENSE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_MOST_NAMES = 0.5
# Names in a paragraph are the story's; its characters are too many for a slogan.
_MOST_NAMED = 240

#: What stands in a slot, as RE2 sees folded text.
SLOTS = {
    "mail": r"\S{3,80}",
    "url": r"\S{4,200}",
    "date": r"[^.!?]{4,40}",
    "number": r"\d[\d.,:']{0,15}",
    "name": r"[^.!?]{1,60}",
}


@dataclass(frozen=True, slots=True)
class Template:
    """A line with its slots left open, as ``{number}`` and the like, folded and in lower case."""

    text: str

    @property
    def key(self) -> int:
        """64 bits that stand for the template."""
        return int.from_bytes(hashlib.blake2b(self.text.encode(), digest_size=8).digest(), "big")

    @property
    def words(self) -> tuple[str, ...]:
        """The words outside the slots."""
        return tuple(_WORD.findall(_HOLE.sub(" ", self.text)))

    @property
    def parts(self) -> tuple[str, ...]:
        """The text around the slots, and the slots' names, in turn: text, slot, text, …, text."""
        return tuple(_HOLE.split(self.text))

    @property
    def telling(self) -> bool:
        """Whether enough of it is fixed for a rule."""
        words = self.words
        letters = sum(map(len, words))
        if not self.text.isascii() and _DENSE.search(self.text):
            return letters >= LEAST_DENSE_LETTERS
        return len(words) >= LEAST_WORDS and letters >= LEAST_LETTERS


def template_of(line: str) -> Template:
    """The template of a line. Braces of the line's own are dropped; bullets and marks around it are left out.

    >>> template_of("• Join 4,200 readers of The Harbour Ledger by 3 May 2026!").text
    'join {number} readers of {name} by {date}'
    """
    text = core(squeeze(line)).replace("{", "").replace("}", "")
    masked = _masked(text)
    if len(text) > _MOST_NAMED or text.isupper():
        return Template(masked.lower())
    named = _NAME.sub("{name}", masked)
    return Template((named if _worth_naming(named, text) else masked).lower())


def _masked(text: str) -> str:
    """A folded text with its addresses, dates and numbers left open."""
    if "@" in text or "://" in text or "www." in text:
        text = _ADDRESS.sub(lambda match: f"{{{match.lastgroup}}}", text)
    if not _DIGIT.search(text):
        return text
    text = _PLAIN_DATE.sub("{date}", text)
    text = _DAY_MONTH.sub(_dated, text)
    text = _MONTH_DAY.sub(_dated, text)
    return _NUMBER.sub("{number}", text)


def _dated(match: re.Match[str]) -> str:
    word = match[1]
    return "{date}" if word.lower() in _MONTHS and word not in _VERBS else match[0]


def _worth_naming(named: str, text: str) -> bool:
    """Whether enough is left when names are left open, as it is not where every noun has a capital."""
    left = len(_WORD.findall(_HOLE.sub(" ", named)))
    return left >= LEAST_WORDS and left >= _MOST_NAMES * len(_WORD.findall(text))
