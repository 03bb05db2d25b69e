"""Documents on standard input."""

import sys
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaner.batch import Cleaned, Report
    from cleaner.pipeline import Cleaner

#: What messages call it.
NAME = "standard input"


def clean_stdin(cleaner: "Cleaner", report: "Report | None", *, html: bool, extractor: str) -> "Cleaned":
    """Clean the text or, with ``html``, the page on standard input. Raises ``InputError`` as for files."""
    from cleaner.batch import clean_page, clean_source
    from cleaner.discover import Input
    from cleaner.files import decode

    item = Input(Path("-"), "-", PurePosixPath("-"))
    data = sys.stdin.buffer.read()
    if not html:
        return clean_source(cleaner, item, decode(data, NAME), report)
    from cleaner.html.reading import extracted

    return clean_page(cleaner, item, extracted(data, NAME, extractor), report)
