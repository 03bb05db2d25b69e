"""The body that trafilatura extracts, as text of which each letter knows its element, and what is cut out of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trafilatura.xml import delete_element, xmltotxt

from cleaner.model import Span

if TYPE_CHECKING:
    from lxml.etree import _Element

# Ideographs that pages hardly use: letters to every function of trafilatura that looks at text.
_CODES = (*range(0x20000, 0x2A6D0), *range(0x2A700, 0x2B730))
#: Elements that are part of a frame: they stay, emptied, as long as their parent does.
_FRAME = frozenset({"cell"})
_NOTHING = -1


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """A text of an element: the one it begins with, or its tail, the one that follows its end."""

    element: "_Element"
    tail: bool
    text: str

    @property
    def parent(self) -> "_Element | None":
        """The element that the text is in."""
        return self.element.getparent() if self.tail else self.element

    @property
    def now(self) -> str:
        """What the text is by now."""
        return (self.element.tail if self.tail else self.element.text) or ""

    def put(self, text: str) -> None:
        """Change the text."""
        if self.tail:
            self.element.tail = text or None
        else:
            self.element.text = text or None


@dataclass(frozen=True, slots=True)
class Rendered:
    """A body as text.

    ``slots`` and ``places`` say of every character which text it is from and where it stands in there; the slot of one
    that trafilatura put in (line breaks, marks of lists and tables) is -1.
    """

    text: str
    sources: tuple[Slot, ...]
    slots: Sequence[int]
    places: Sequence[int]


def rendered(body: "_Element") -> Rendered | None:
    """A body in trafilatura's own plain text, without images and the targets of links; nothing if that can't be done.

    A copy is rendered in which each letter of a text is replaced by the sign of this text, so that every letter that
    comes out tells where it came from, however lines and blanks were arranged.
    """
    sources = tuple(_slots(body))
    used = set("".join(slot.text for slot in sources))
    codes = [chr(code) for code in _CODES if chr(code) not in used][: len(sources)]
    if len(codes) < len(sources):
        return None
    places = [[i for i, c in enumerate(slot.text) if _is_letter(c)] for slot in sources]
    signs = xmltotxt(_signed(body, codes), include_formatting=False)
    return _read(signs, sources, {code: number for number, code in enumerate(codes)}, places)


def _read(
    signs: str, sources: tuple[Slot, ...], codes: dict[str, int], places: Sequence[Sequence[int]]
) -> Rendered | None:
    """Put letters in the place of their signs."""
    seen = [0] * len(sources)
    text, slots, positions = [], [], []
    for sign in signs:
        slot = codes.get(sign, _NOTHING)
        if slot == _NOTHING:
            text.append(sign)
            slots.append(_NOTHING)
            positions.append(_NOTHING)
            continue
        if seen[slot] == len(places[slot]):
            return None  # a text that comes out twice cannot be told apart
        place = places[slot][seen[slot]]
        seen[slot] += 1
        text.append(sources[slot].text[place])
        slots.append(slot)
        positions.append(place)
    if any(0 < count < len(here) for count, here in zip(seen, places, strict=True)):
        return None
    return Rendered("".join(text), sources, slots, positions)


def _slots(body: "_Element") -> Iterator[Slot]:
    """The texts of a body, in no certain order but the same for a copy."""
    for element in body.iter():
        if isinstance(element.tag, str) and element.text:
            yield Slot(element, False, element.text)
        if element is not body and element.tail:
            yield Slot(element, True, element.tail)


def _is_letter(character: str) -> bool:
    """Whether trafilatura carries a character over: it drops control characters, and arranges blanks anew."""
    return character.isprintable() and not character.isspace()


def _signed(body: "_Element", codes: Sequence[str]) -> "_Element":
    copy = deepcopy(body)
    for slot, code in zip(tuple(_slots(copy)), codes, strict=True):
        slot.put("".join(code if _is_letter(c) else c for c in slot.text))
    for element in list(copy.iter("ref", "graphic")):
        if element.tag == "graphic":
            delete_element(element)
        else:
            element.tag = "hi"  # a link is shown without its target, as marked words are
    return copy


def cut(source: Rendered, spans: Sequence[Span]) -> None:
    """Take spans of the text out of the body it was rendered from, and the elements that nothing is left of.

    An element with an image stays, and so does a cell of a table beside others.
    """
    gone = _gone(source, spans)
    for number, places in gone.items():
        slot = source.sources[number]
        slot.put("".join(c for i, c in enumerate(slot.text) if i not in places))
    changed = [source.sources[number] for number in gone]
    touched = {e for slot in changed if slot.parent is not None for e in (slot.parent, *slot.parent.iterancestors())}
    for parent in touched:
        _drop_breaks(parent, {(slot.element, slot.tail) for slot in changed})
    _drop_empty(touched)


def _gone(source: Rendered, spans: Sequence[Span]) -> dict[int, set[int]]:
    """Of every text that loses something, which of its characters."""
    gone: dict[int, set[int]] = defaultdict(set)
    for span in spans:
        for i in range(span.start, span.end):
            if source.slots[i] != _NOTHING:
                gone[source.slots[i]].add(source.places[i])
            elif source.text[i].isspace():
                for slot, blanks in _blanks(source, i):
                    gone[slot].update(blanks)
    return {slot: places for slot, places in gone.items() if places}


def _blanks(source: Rendered, i: int) -> Iterator[tuple[int, range]]:
    """The blanks in the texts that a blank of the rendered text may stand for: those beside its neighbours."""
    if i and (slot := source.slots[i - 1]) != _NOTHING:
        text, end = source.sources[slot].text, source.places[i - 1] + 1
        yield slot, range(end, end + _run(text[end:]))
    if i + 1 < len(source.slots) and (slot := source.slots[i + 1]) != _NOTHING:
        text, end = source.sources[slot].text, source.places[i + 1]
        yield slot, range(end - _run(text[:end][::-1]), end)


def _run(text: str) -> int:
    """How many characters at the start are none that is shown."""
    return next((i for i, c in enumerate(text) if _is_letter(c)), len(text))


def _drop_breaks(parent: "_Element", changed: "set[tuple[_Element, bool]]") -> None:
    """Of each line of an element that became empty, take away the line break that ended it, or the one before."""
    breaks: list[_Element] = [child for child in parent if child.tag == "lb"]
    if not breaks:
        return
    lines: list[list[tuple[_Element, bool]]] = [[(parent, False)]]
    for child in parent:
        if child.tag == "lb":
            lines.append([])
        else:
            lines[-1] += [(e, tail) for e in child.iter() for tail in (False, True) if e is not child or not tail]
        lines[-1].append((child, True))
    idle = set()
    for number, line in enumerate(lines):
        if changed.intersection(line) and not any(_shows(e.tail if tail else e.text) for e, tail in line):
            ends = [b for b in (*breaks[number : number + 1], *breaks[max(0, number - 1) : number]) if b not in idle]
            idle.update(ends[:1])
    for one in idle:
        delete_element(one)


def _shows(text: str | None) -> bool:
    return bool(text and text.strip())


def _drop_empty(touched: "set[_Element]") -> None:
    """Delete, from the inside out, elements that lost all they showed."""
    depth = {element: sum(1 for _ in element.iterancestors()) for element in touched}
    for element in sorted(touched, key=lambda e: -depth[e]):
        shown = any(_shows(text) for text in element.itertext()) or next(element.iter("graphic"), None) is not None
        if not shown and element.tag not in _FRAME and element.getparent() is not None:
            delete_element(element)
