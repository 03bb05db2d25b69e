"""Cleaner in LlamaIndex: as a transformation of documents, and as a postprocessor of what was retrieved."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from cleaner.audit import to_json
from cleaner.batch import cleaner_for
from cleaner.config import Config
from cleaner.integrations.metadata import RECORD, refuse_second, text_of, url_of
from cleaner.model import Document, Form
from cleaner.result import CleanResult
from cleaner.verdicts import Verdicts, verdict_of

try:
    from llama_index.core.postprocessor.types import BaseNodePostprocessor
    from llama_index.core.schema import BaseNode, MetadataMode, NodeWithScore, QueryBundle, TransformComponent
except ImportError as error:
    raise ImportError(
        f"cleaner.integrations.llamaindex needs llama-index-core, which cannot be used here ({error}); "
        "pip install 'article-cleaner[llamaindex]'"
    ) from error


def _settings(config: Config) -> dict[str, Any]:
    """A config in a form that JSON can hold, the same for the same config: pipelines keep results under its hash."""
    return {field.name: _plain(getattr(config, field.name)) for field in fields(config)}


def _plain(value: Any) -> Any:
    if isinstance(value, Verdicts):
        return [verdict.line for verdict in value.entries]
    if isinstance(value, frozenset):
        return sorted(map(str, value))
    return list(map(str, value)) if isinstance(value, tuple) else value


def _config(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    settings = {name: setting for name, setting in value.items() if name != "verdicts"}
    verdicts = Verdicts.of(verdict_of(json.loads(line)) for line in value.get("verdicts", ()))
    return replace(Config.make(**settings), verdicts=verdicts)


#: A config as a field of a component, which is written to JSON and read from it.
ConfigField = Annotated[Config, BeforeValidator(_config), PlainSerializer(_settings)]


class CleanTransform(TransformComponent):
    """Cleans the text of each document or node, and puts its audit record into the metadata of the copy it gives.

    The record is the line of the audit log, a string, kept from what is embedded and from what a language model gets;
    with it and ``cleaner.audit.from_json``, ``cleaner.restore`` gives the source back. ``record`` is its key in the
    metadata; ``url`` and ``title`` are those of the hints, if there are any; ``form`` is that of the texts, ``text`` or
    ``markdown``. Put it before node parsers: a whole article says more than a piece of it.

    Calling it raises ``InputError`` for a node that has such a record already, since that would be lost.

    >>> from llama_index.core.schema import Document
    >>> (document,) = CleanTransform()([Document(text="A story.\\n\\nAdvertisement\\n\\nIts end.\\n")])
    >>> document.text
    'A story.\\n\\nIts end.\\n'
    """

    config: ConfigField = Field(default_factory=Config)
    record: str = RECORD
    url: str = "url"
    title: str = "title"
    form: Form = Form.TEXT

    @classmethod
    def class_name(cls) -> str:
        """The name under which LlamaIndex stores it."""
        return "CleanTransform"

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:  # noqa: ARG002
        """Cleaned copies of nodes, in order; those without text as they are."""
        for node in nodes:
            refuse_second(node.metadata, self.record, f"node {node.node_id!r}", "CleanTransform")
        return _cleaned(nodes, self)

    async def acall(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:
        """The same in a thread."""
        return await asyncio.to_thread(self.__call__, nodes, **kwargs)


class CleanPostprocessor(BaseNodePostprocessor):
    """Cleans nodes that were retrieved from an index whose documents were not cleaned when it was made.

    It sees pieces of articles, so it finds less than ``CleanTransform`` does in whole ones. Nodes that were cleaned
    before pass as they are; those of which nothing is left are dropped, unless ``drop_empty`` is false. The other
    fields are those of ``CleanTransform``. In asynchronous code it works in a thread.

    >>> from llama_index.core.schema import NodeWithScore, TextNode
    >>> nodes = [NodeWithScore(node=TextNode(text="A story.\\nAdvertisement\\n"), score=0.5)]
    >>> [(found.node.text, found.score) for found in CleanPostprocessor().postprocess_nodes(nodes)]
    [('A story.\\n', 0.5)]
    """

    config: ConfigField = Field(default_factory=Config)
    record: str = RECORD
    url: str = "url"
    title: str = "title"
    form: Form = Form.TEXT
    drop_empty: bool = True

    @classmethod
    def class_name(cls) -> str:
        """The name under which LlamaIndex stores it."""
        return "CleanPostprocessor"

    def _postprocess_nodes(
        self,
        nodes: list[NodeWithScore],
        query_bundle: QueryBundle | None = None,  # noqa: ARG002
    ) -> list[NodeWithScore]:
        cleaned = _cleaned([found.node for found in nodes], self)
        return [
            NodeWithScore(node=node, score=found.score)
            for node, found in zip(cleaned, nodes, strict=True)
            if node is found.node or _text(node) or not self.drop_empty
        ]


def _cleaned(nodes: Sequence[BaseNode], step: CleanTransform | CleanPostprocessor) -> list[BaseNode]:
    """Copies of nodes, cleaned; those without text, or with a record, are given as they are."""
    waiting = [n for n, node in enumerate(nodes) if step.record not in node.metadata and _text(node)]
    documents = (_document(nodes[n], step) for n in waiting)
    cleaned = list(nodes)
    for n, result in zip(waiting, cleaner_for(step.config).clean_documents(documents), strict=True):
        cleaned[n] = _with(nodes[n], result, step.record)
    return cleaned


def _document(node: BaseNode, step: CleanTransform | CleanPostprocessor) -> Document:
    url, title = url_of(node.metadata, step.url), text_of(node.metadata, step.title)
    return Document(_text(node), node.node_id, url, title, form=step.form)


def _text(node: BaseNode) -> str:
    return node.get_content(metadata_mode=MetadataMode.NONE)


def _with(node: BaseNode, result: CleanResult, record: str) -> BaseNode:
    copy = node.model_copy(deep=True)
    copy.set_content(result.text)
    copy.metadata[record] = to_json(result.record())
    # What is embedded, or given to a language model, holds the metadata that is not kept from it.
    for hidden in (copy.excluded_embed_metadata_keys, copy.excluded_llm_metadata_keys):
        if record not in hidden:
            hidden.append(record)
    return copy
