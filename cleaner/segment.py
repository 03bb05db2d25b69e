"""From a text to its lines and sentences, as offsets into the text exactly as read."""

import re
from collections.abc import Iterator

from cleaner.model import Line, Span
from cleaner.native import native

# Only these end a line. ``str.splitlines`` also breaks on form feeds, U+0085 and U+2028, which stand inside lines of
# real articles and would be lost as line endings.
LINE_BREAK = re.compile(r"\r\n|\r|\n")

_BOM = "\ufeff"
#: What ends a sentence.
MARKS = ".!?…。！？｡؟۔।"
#: What may stand behind the end of a sentence and still belongs to it.
CLOSERS = "\"'”’»)]}」』）›"
_SENTENCE_END = re.compile(
    rf"(?<=[{MARKS}])[{re.escape(CLOSERS)}]*(?:[ \u00a0\u202f]»)?"
    rf"(?:\s+(?=[^\s])|(?<=[。！？｡])(?=[^\s{re.escape(CLOSERS)}]))"
)
# A period after one of these seldom ends a sentence. Too long a list costs a promo sentence that is not seen alone;
# too short a one costs half a sentence of the author's, which is worse.
_ABBREVIATIONS = (
    "Mr Mrs Ms Mx Dr Drs Prof St Ste Sr Jr Rev Hon Gov Sen Rep Gen Col Maj Capt Lt Sgt Pres Messrs Mmes vs etc "
    "cf al ed eds vol vols no nos pp p fig figs ch sec art Inc Ltd Co Corp Bros Jan Feb Mar Apr Jun Jul Aug "
    "Sep Sept Oct Nov Dec Mt Ft Ave Blvd Rd approx est dept univ assn misc bzw ca d.h evtl ggf Hrsg inkl Nr "
    "Str Tel usw vgl z.B u.a sog Mio Mrd Std Min Abs Bd Jh geb gest zzgl Sra Srta Sres Dña Ud Uds EE UU pág "
    "págs núm tel aprox av M MM Mme Mlle env Sig Dott Ing Avv ecc pag dr nr ok tzn itp itd np ul prof mgr inż "
    "godz min tys mln mld zł bijv blz dhr mevr mw o.a enz "
)
#: Besides numbers of two digits, single letters, and letters with periods between them.
ABBREVIATIONS = tuple(_ABBREVIATIONS.split())
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"“'‘„/-])(?:\d{1,2}|[^\W\d_]|[^\W\d_](?:\.[^\W\d_])+|"
    + "|".join(map(re.escape, ABBREVIATIONS))
    + r")\.$"
)
#: The core's own way to cut lines into sentences, if it was compiled.
SENTENCES = native.Sentences(ABBREVIATIONS) if native else None
_OPENS = re.compile(r"[\"'“‘„«¿¡(\[—–-]*\s*(?:[^\W_a-z]|https?:|[@#])")


def split_lines(text: str) -> tuple[Line, ...]:
    """Return every line of ``text``; their ``whole`` spans cover it without gap or overlap.

    A text that ends in a line break has no further, empty line after it. An empty text has no lines. A byte order
    mark at the start belongs to no line, so that it stays when the first line goes.

    >>> [(line.text, line.end) for line in split_lines("one\\r\\ntwo\\n")]
    [('one', 5), ('two', 9)]
    """
    return tuple(_lines(text))


def _lines(text: str) -> Iterator[Line]:
    number, start = 0, int(text.startswith(_BOM))
    for match in LINE_BREAK.finditer(text):
        end = match.start()
        yield Line(number, Span(start, end), match.end(), text[start:end])
        number, start = number + 1, match.end()
    if start < len(text):
        yield Line(number, Span(start, len(text)), len(text), text[start:])


def sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of one line: together they cover it, each with the blanks that follow it.

    Where it is unclear whether a mark ends a sentence it does not, so a span may hold two.

    >>> line = "Dr. No left. Sign up now!"
    >>> [line[s.start:s.end] for s in sentences(line)]
    ['Dr. No left. ', 'Sign up now!']
    """
    if SENTENCES is not None:
        return tuple(Span(start, end) for start, end in SENTENCES.of(text))
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[Span]:
    """The same in Python."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        end = match.end()
        before = text[max(start, match.start() - 24) : match.start()]
        following = text[end : end + 8]
        if not before.strip() or (before.endswith(".") and _ABBREVIATION.search(before)):
            continue
        if text[match.start() - 1] not in "。！？｡" and not _OPENS.match(following):
            continue
        yield Span(start, end)
        start = end
    if start < len(text):
        yield Span(start, len(text))
