import asyncio
import subprocess
import sys
from dataclasses import replace

import pytest
from support_cli import AD, CLEAN, DIRTY
from support_docs import run_page

from cleaner import Config, restore
from cleaner.audit import from_json
from cleaner.errors import InputError
from cleaner.verdicts import Verdicts, verdict_of

pytest.importorskip(
    "llama_index.core", reason="llama-index-core is not installed; pip install 'article-cleaner[llamaindex]'"
)

from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.ingestion.pipeline import get_transformation_hash
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.schema import Document, ImageNode, MetadataMode, NodeWithScore, TextNode

from cleaner.integrations.llamaindex import CleanPostprocessor, CleanTransform


def documents():
    dirty = Document(text=DIRTY, id_="a", metadata={"url": "https://harbour.example/a", "page": 3})
    return [dirty, Document(text=CLEAN, id_="b")]


def scored(*texts):
    return [NodeWithScore(node=TextNode(text=text, id_=str(n)), score=n / 10) for n, text in enumerate(texts)]


def test_documents_come_back_as_cleaned_copies_in_order():
    given = documents()
    done = CleanTransform()(given)
    assert [(document.node_id, document.text) for document in done] == [("a", CLEAN), ("b", CLEAN)]
    assert given[0].text == DIRTY and "cleaner" not in given[0].metadata
    records = [from_json(document.metadata["cleaner"]) for document in done]
    assert [record.id for record in records] == ["a", "b"] and done[0].metadata["page"] == 3
    assert [restore(d.text, r) for d, r in zip(done, records, strict=True)] == [DIRTY, CLEAN]


def test_a_record_is_neither_embedded_nor_given_to_a_language_model():
    (done, _) = CleanTransform()(documents())
    for mode in (MetadataMode.EMBED, MetadataMode.LLM):
        content = done.get_content(mode)
        assert "removals" not in content and "harbour.example" in content


def test_a_pipeline_splits_what_was_cleaned():
    steps = [CleanTransform(), SentenceSplitter(chunk_size=48, chunk_overlap=0)]
    nodes = IngestionPipeline(transformations=steps).run(documents=documents())
    assert len(nodes) > 2 and not any("Advertisement" in node.text for node in nodes)
    assert all("removals" not in node.get_content(MetadataMode.EMBED) for node in nodes)


def test_both_work_beside_an_event_loop():
    pipeline = IngestionPipeline(transformations=[CleanTransform()])
    done = asyncio.run(pipeline.arun(documents=documents()))
    assert [node.get_content() for node in done] == [CLEAN, CLEAN]
    found = asyncio.run(CleanPostprocessor().apostprocess_nodes(scored(DIRTY)))
    assert [one.node.text for one in found] == [CLEAN]


def test_what_was_retrieved_keeps_its_order_and_score_and_what_is_empty_is_dropped():
    nodes = scored(CLEAN, DIRTY, AD, "")
    done = CleanPostprocessor().postprocess_nodes(nodes, query_str="ships")
    assert [(one.node.node_id, one.node.text, one.score) for one in done] == [
        ("0", CLEAN, 0.0),
        ("1", CLEAN, 0.1),
        ("3", "", 0.3),
    ]
    assert restore(done[1].node.text, from_json(done[1].node.metadata["cleaner"])) == DIRTY
    assert [one.node.text for one in CleanPostprocessor(drop_empty=False).postprocess_nodes(nodes)][2] == ""
    assert nodes[1].node.text == DIRTY


def test_what_was_cleaned_before_passes_as_it_is():
    once = CleanPostprocessor().postprocess_nodes(scored(DIRTY))
    assert CleanPostprocessor().postprocess_nodes(once) == once
    with pytest.raises(InputError, match="node '0' has metadata 'cleaner' already"):
        CleanTransform()([once[0].node])


def test_nodes_without_text_pass_as_they_are():
    image = ImageNode(image_url="https://harbour.example/a.png")
    assert CleanTransform()([image]) == [image]


def test_components_can_be_stored_with_their_config():
    said = {"rule": "model", "text": "Carry me over", "category": "related", "by": "Ann"}
    verdicts = Verdicts.of([verdict_of({**said, "verdict": "reject", "when": "2026-03-01T09:30:00Z"})])
    config = Config.make(mode="safe", keep=["ad"], disable=["en.ad."], packs=["packs"])
    config = replace(config, verdicts=verdicts)
    for component in (CleanTransform(config=config, record="audit"), CleanPostprocessor(config=config)):
        read = type(component).from_json(component.to_json())
        assert read.config == config and read.record == component.record


def test_a_cache_tells_configs_apart_and_knows_the_same_again():
    code = (
        "from llama_index.core.ingestion.pipeline import get_transformation_hash as h\n"
        "from cleaner.integrations.llamaindex import CleanTransform\n"
        "print(h([], CleanTransform()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == get_transformation_hash([], CleanTransform())
    assert get_transformation_hash([], CleanTransform(config=Config.make(mode="safe"))) != done.stdout.strip()


def test_markdown_is_cleaned_as_such_where_it_is_said():
    text = "A *story*.\n\n**[Advertisement](/ads)**\n\nIts end.\n"
    step = CleanTransform.from_json(CleanTransform(form="markdown").to_json())
    assert step([Document(text=text)])[0].text == "A *story*.\n\nIts end.\n"


def test_the_example_of_the_docs_prints_what_the_docs_show(tmp_path):
    run_page("integrations/llamaindex.md", tmp_path)


def test_without_llamaindex_the_import_says_what_to_install():
    code = "import sys; sys.modules['llama_index'] = None; import cleaner.integrations.llamaindex"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"pip install 'article-cleaner[llamaindex]'" in done.stderr
