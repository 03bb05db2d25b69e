"""Cleaner as a step of a datatrove pipeline."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from cleaner.audit import to_json
from cleaner.batch import cleaner_for
from cleaner.config import Config
from cleaner.integrations.metadata import RECORD, refuse_second, text_of
from cleaner.model import Document
from cleaner.result import CleanResult

try:
    from datatrove.pipeline.base import PipelineStep
except ImportError as error:
    raise ImportError(
        f"cleaner.integrations.datatrove needs datatrove, which cannot be used here ({error}); "
        "pip install 'article-cleaner[datatrove]'"
    ) from error


class CleanerStep(PipelineStep):  # type: ignore[misc]
    """Cleans the text of each document, and puts its audit record into its metadata.

    The record is the line of the audit log, a string, so that every writer of datatrove can store it; with it and
    ``cleaner.audit.from_json``, ``cleaner.restore`` gives the source back. ``record`` is its key in the metadata;
    ``url`` and ``title`` are those of the hints, if there are any. ``batch`` documents are cleaned at a time.

    Raises ``InputError`` for a document that has such a record already, since that would be lost.

    >>> from datatrove.data import Document
    >>> step = CleanerStep()
    >>> (document,) = step.run([Document("A story.\\n\\nAdvertisement\\n\\nIts end.\\n", id="a")])
    >>> document.text
    'A story.\\n\\nIts end.\\n'
    >>> from cleaner import restore
    >>> from cleaner.audit import from_json
    >>> restore(document.text, from_json(document.metadata["cleaner"]))
    'A story.\\n\\nAdvertisement\\n\\nIts end.\\n'
    """

    name = "Cleaner"
    type = "✂️ - FORMAT"

    def __init__(
        self,
        config: Config | None = None,
        *,
        record: str = RECORD,
        url: str = "url",
        title: str = "title",
        batch: int = 256,
    ) -> None:
        super().__init__()
        self._config = config or Config()
        self._record = record
        self._url = url
        self._title = title
        self._batch = batch

    def run(self, data: Iterable[Any] | None, rank: int = 0, world_size: int = 1) -> Iterator[Any]:  # noqa: ARG002
        """Clean documents, in order; this is what datatrove calls."""
        waiting = iter(data or ())
        while documents := list(islice(waiting, self._batch)):
            with self.track_time(unit="batch"):
                results = tuple(cleaner_for(self._config).clean_documents(map(self._read, documents)))
            for document, result in zip(documents, results, strict=True):
                self._count(result)
                document.text = result.text
                document.metadata[self._record] = to_json(result.record())
                yield document

    def _read(self, document: Any) -> Document:
        metadata = document.metadata
        refuse_second(metadata, self._record, f"document {document.id!r}", "CleanerStep")
        return Document(document.text, document.id, text_of(metadata, self._url), text_of(metadata, self._title))

    def _count(self, result: CleanResult) -> None:
        self.stat_update("total")
        self.stat_update("changed" if result.removals else "unchanged")
        self.stat_update("characters", value=len(result.document.text))
        for removal in result.removals:
            self.stat_update(f"removals/{removal.category}", unit="removal")
            self.stat_update(f"characters_removed/{removal.category}", value=len(removal.text), unit="removal")
