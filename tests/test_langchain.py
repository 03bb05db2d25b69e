import asyncio
import pickle
import subprocess
import sys

import pytest
from support_cli import CLEAN, DIRTY
from support_docs import run_page

from cleaner import Config, clean, restore
from cleaner.audit import from_json
from cleaner.errors import InputError

pytest.importorskip(
    "langchain_core", reason="langchain-core is not installed; pip install 'article-cleaner[langchain]'"
)

from langchain_core.documents import Document

from cleaner.integrations.langchain import CleanTransformer

DOCUMENTS = [
    Document(DIRTY, metadata={"source": "https://harbour.example/a", "title": "Harbour", "page": 3}),
    Document(CLEAN, id="b"),
    Document(""),
]


def test_documents_come_back_as_cleaned_copies_in_order():
    done = CleanTransformer().transform_documents(DOCUMENTS)
    assert [document.page_content for document in done] == [CLEAN, CLEAN, ""]
    assert [document.id for document in done] == [None, "b", None]
    assert done[0].metadata["page"] == 3
    assert DOCUMENTS[0].page_content == DIRTY and "cleaner" not in DOCUMENTS[0].metadata
    records = [from_json(document.metadata["cleaner"]) for document in done]
    assert [record.id for record in records] == ["https://harbour.example/a", "b", ""]
    sources = [restore(document.page_content, record) for document, record in zip(done, records, strict=True)]
    assert sources == [DIRTY, CLEAN, ""]


def test_the_results_are_those_of_clean_with_the_hints():
    (done,) = CleanTransformer().transform_documents(DOCUMENTS[:1])
    assert done.page_content == clean(DIRTY, url="https://harbour.example/a", title="Harbour").text


def test_it_works_beside_an_event_loop():
    done = asyncio.run(CleanTransformer().atransform_documents(DOCUMENTS))
    assert done == CleanTransformer().transform_documents(DOCUMENTS)


def test_config_and_names_can_be_chosen():
    transformer = CleanTransformer(Config.make(keep=["ad"]), record="audit", url="link", title="head")
    (done,) = transformer.transform_documents([Document(DIRTY, metadata={"link": "https://harbour.example/b"})])
    assert done.page_content == DIRTY and from_json(done.metadata["audit"]).id == "https://harbour.example/b"


def test_a_record_is_never_overwritten():
    done = CleanTransformer().transform_documents(DOCUMENTS[1:2])
    with pytest.raises(InputError, match="document 'b' has metadata 'cleaner' already"):
        CleanTransformer().transform_documents(done)


def test_a_transformer_can_be_pickled_and_its_documents_stored():
    (done,) = pickle.loads(pickle.dumps(CleanTransformer())).transform_documents(DOCUMENTS[:1])
    assert Document.model_validate_json(done.model_dump_json()) == done


def test_markdown_is_cleaned_as_such_where_it_is_said():
    text = "A *story*.\n\n**[Advertisement](/ads)**\n\nIts end.\n"
    (done,) = CleanTransformer(form="markdown").transform_documents([Document(text)])
    assert done.page_content == "A *story*.\n\nIts end.\n"


def test_the_example_of_the_docs_prints_what_the_docs_show(tmp_path):
    run_page("integrations/langchain.md", tmp_path)


def test_without_langchain_the_import_says_what_to_install():
    code = "import sys; sys.modules['langchain_core'] = None; import cleaner.integrations.langchain"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"pip install 'article-cleaner[langchain]'" in done.stderr
