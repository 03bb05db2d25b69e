"""What a worker does with the documents of a chunk."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from cleaner.apply import restore
from cleaner.audit import from_json, to_json
from cleaner.batch import cleaner_for, tally
from cleaner.config import Config
from cleaner.corpus.rows import Lost, Outcome, Webpage
from cleaner.errors import AuditError, InputError, RestoreError, RoundTripError
from cleaner.model import Document, Span
from cleaner.pipeline import Cleaner
from cleaner.result import CleanResult
from cleaner.workers import Rescue

Documents = tuple[Document | Webpage, ...]
Results = tuple[Outcome | Lost, ...]


def clean_chunk(documents: Documents, config: Config) -> Results:
    """Clean the documents of a chunk. Raises ``RoundTripError`` if one would not give its source back."""
    cleaner = cleaner_for(config)
    read = [_extracted(one, cleaner) if isinstance(one, Webpage) else (one, ()) for one in documents]
    results = cleaner.clean_documents(one[0] for one in read if not isinstance(one, Lost))
    return tuple(one if isinstance(one, Lost) else _outcome(next(results), one[1]) for one in read)


def _extracted(page: Webpage, cleaner: Cleaner) -> tuple[Document, tuple[str, ...]] | Lost:
    """The text of a page as a document, with what is incomplete about it."""
    try:
        found = cleaner.extract(page.html, page.url, extractor=page.extractor, charset=page.charset)
    except InputError as error:
        return Lost(str(error))
    document = Document(found.text, page.id, found.page.url, found.page.title, found.page, found.hints)
    return document, (*((page.remark,) if page.remark else ()), *found.incomplete)


def _outcome(result: CleanResult, incomplete: tuple[str, ...]) -> Outcome:
    result = replace(result, incomplete=(*incomplete, *result.incomplete)) if incomplete else result
    page = result.document.page is not None
    line = to_json(result.record())
    _prove(result, line)
    return Outcome(
        text=result.text if result.removals or page else None,
        spans=None if page else tuple(Span(r.start, r.end) for r in result.removals),
        record=line,
        bytes_in=_bytes(result.document.text),
        bytes_out=_bytes(result.text),
        incomplete=bool(result.incomplete),
        tally=tally(result),
    )


def _prove(result: CleanResult, line: str) -> None:
    """Rebuild the source from just what is about to be written."""
    try:
        exact = restore(result.text, from_json(line)) == result.document.text
    except (RestoreError, AuditError):
        exact = False
    if not exact:
        raise RoundTripError(f"the record of document {result.document.id!r} would not restore it")


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _split(documents: Documents) -> Sequence[Documents]:
    return [(document,) for document in documents]


def _join(results: Sequence[Results]) -> Results:
    return tuple(one for result in results for one in result)


def _lost(documents: Documents, reason: str) -> Results:
    return tuple(Lost(reason) for _ in documents)


#: How to go on when a chunk ends its worker: its documents one by one, and without those that do it again.
RESCUE: Rescue[Documents, Results] = Rescue(_split, _join, _lost, (MemoryError, RoundTripError))


def stamps(config: Config) -> tuple[str, str]:
    """The digests of a config, and of the packs and the model that it uses. Raises ``PackError`` or ``ModelError``."""
    record = cleaner_for(config).clean("").record()
    return record.config, record.packs_sha256


def cleaning(config: Config) -> partial[Results]:
    """The work of a worker."""
    return partial(clean_chunk, config=config)
