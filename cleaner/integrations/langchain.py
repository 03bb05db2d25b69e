"""Cleaner as a document transformer of LangChain."""

from collections.abc import Sequence
from typing import Any

from cleaner import model
from cleaner.audit import to_json
from cleaner.batch import cleaner_for
from cleaner.config import Config
from cleaner.integrations.metadata import RECORD, refuse_second, text_of, url_of

try:
    from langchain_core.documents import BaseDocumentTransformer, Document
except ImportError as error:
    raise ImportError(
        f"cleaner.integrations.langchain needs langchain-core, which cannot be used here ({error}); "
        "pip install 'article-cleaner[langchain]'"
    ) from error


class CleanTransformer(BaseDocumentTransformer):
    """Cleans the content of each document, and puts its audit record into the metadata of the copy it gives.

    The record is the line of the audit log, a string; with it and ``cleaner.audit.from_json``, ``cleaner.restore``
    gives the source back. ``record`` is its key in the metadata; ``url`` and ``title`` are those of the hints, if
    there are any; ``form`` says whether the content is ``text`` or ``markdown``. Put it before text splitters: a whole
    article says more than a piece of it.

    ``transform_documents`` raises ``InputError`` for a document that has such a record already, since that would be
    lost.

    >>> from langchain_core.documents import Document
    >>> (document,) = CleanTransformer().transform_documents([Document("A story.\\n\\nAdvertisement\\n\\nIts end.\\n")])
    >>> document.page_content
    'A story.\\n\\nIts end.\\n'
    >>> from cleaner import restore
    >>> from cleaner.audit import from_json
    >>> restore(document.page_content, from_json(document.metadata["cleaner"]))
    'A story.\\n\\nAdvertisement\\n\\nIts end.\\n'
    """

    def __init__(
        self,
        config: Config | None = None,
        *,
        record: str = RECORD,
        url: str = "source",
        title: str = "title",
        form: str = model.Form.TEXT,
    ) -> None:
        self._config = config or Config()
        self._form = model.Form.named(form)
        self._record = record
        self._url = url
        self._title = title

    def transform_documents(self, documents: Sequence[Document], **kwargs: Any) -> Sequence[Document]:  # noqa: ARG002
        """Cleaned copies of documents, in order. ``atransform_documents`` does the same in a thread."""
        results = cleaner_for(self._config).clean_documents(map(self._read, documents))
        return [
            document.model_copy(
                update={
                    "page_content": result.text,
                    "metadata": {**document.metadata, self._record: to_json(result.record())},
                }
            )
            for document, result in zip(documents, results, strict=True)
        ]

    def _read(self, document: Document) -> model.Document:
        name = document.id or document.metadata.get(self._url)
        refuse_second(document.metadata, self._record, f"document {name!r}", "CleanTransformer")
        url = url_of(document.metadata, self._url)
        title = text_of(document.metadata, self._title)
        return model.Document(document.page_content, document.id or url or "", url, title, form=self._form)
