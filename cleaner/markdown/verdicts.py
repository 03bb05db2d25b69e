"""Verdicts on texts of Markdown: records, and so reviewers, have them with their marks, detectors see them without."""

from dataclasses import replace

from cleaner.markdown.shown import shown
from cleaner.verdicts import Verdict, Verdicts, normalised


def as_shown(verdicts: Verdicts) -> Verdicts:
    """The same verdicts, on texts with their marks and on what these show.

    >>> from cleaner.verdicts import verdict_of
    >>> one = {"rule": "model", "text": "**[Carry](/me) over**", "category": "related", "by": "Ann"}
    >>> verdicts = Verdicts.of([verdict_of({**one, "verdict": "reject", "when": "2026-03-01T09:30:00Z"})])
    >>> [verdict.text for verdict in as_shown(verdicts).entries]
    ['Carry over', '**[Carry](/me) over**']
    """
    entries: list[Verdict] = []
    for verdict in verdicts.entries:  # in order of time: where two show the same, the last word holds
        text = normalised(shown(verdict.text).text)
        entries += [replace(verdict, text=text), verdict] if text != verdict.text else [verdict]
    return replace(verdicts, entries=tuple(entries))
