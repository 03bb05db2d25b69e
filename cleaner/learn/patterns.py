"""From a template to the pattern that matches its lines, and to a name for it."""

import re
import unicodedata

from cleaner.learn.template import SLOTS, Template
from cleaner.matching.squeezed import core, squeeze

_ID_WORDS = 4


def pattern_of(template: Template, variants: tuple[str, ...]) -> str:
    """The pattern of a template that varies; a slot in which all variants have the same holds just that."""
    fixed, slots = template.parts[::2], template.parts[1::2]
    if not slots:
        return ""
    capture = re.compile("(.+?)".join(map(re.escape, fixed)))
    found = [match.groups() for v in variants if (match := capture.fullmatch(core(squeeze(v)).lower()))]
    open_slots = 0
    pattern = _escaped(fixed[0])
    for i, (slot, text) in enumerate(zip(slots, fixed[1:], strict=True)):
        values = {groups[i] for groups in found}
        same = len(values) == 1
        open_slots += not same
        pattern += (_escaped(values.pop()) if same else SLOTS[slot]) + _escaped(text)
    return pattern if open_slots else ""


def _escaped(text: str) -> str:
    """A text as RE2 matches it literally, readable where it can be."""
    return re.sub(r"([.^$*+?()\[\]{}|\\])", r"\\\1", text)


def slug(template: Template) -> str:
    """The first words of a template, as ids are written."""
    words = [unicodedata.normalize("NFKD", word).encode("ascii", "ignore").decode() for word in template.words]
    kept = [re.sub(r"[^a-z0-9]+", "", word) for word in words]
    return "-".join([word for word in kept if word][:_ID_WORDS]) or "line"
