import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from support_cli import make_home
from support_corpus import clean_text, text

from cleaner import restore
from cleaner.audit import from_json
from cleaner.config import Config
from cleaner.errors import InputError

pytest.importorskip(
    "datatrove", reason="datatrove is not installed; pip install 'article-cleaner[datatrove]'", exc_type=ImportError
)

from datatrove.data import Document

from cleaner.integrations.datatrove import CleanerStep

PIPELINE = """
from pathlib import Path
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from cleaner.config import Config
from cleaner.integrations.datatrove import CleanerStep

if __name__ == "__main__":
    config = Config(builtin=False, packs=(Path("packs").absolute(),))
    steps = [JsonlReader("raw"), CleanerStep(config, batch=7), JsonlWriter("out", output_filename="${rank}.jsonl.gz")]
    LocalPipelineExecutor(steps, tasks=3, workers=2, logging_dir="logs").run()
"""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    return tmp_path


@pytest.fixture
def config(home):
    return Config(builtin=False, packs=(home / "packs",))


def test_a_pipeline_cleans_documents_and_carries_what_restores_them(home):
    Path("raw").mkdir()
    for shard in range(3):
        rows = [{"id": f"{shard}-{n}", "text": text(n), "lang": "en"} for n in range(20)]
        Path(f"raw/{shard}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    Path("pipeline.py").write_text(PIPELINE)
    done = subprocess.run([sys.executable, "pipeline.py"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    for shard in range(3):
        rows = [
            json.loads(line) for line in gzip.decompress(Path(f"out/0000{shard}.jsonl.gz").read_bytes()).splitlines()
        ]
        assert [row["text"] for row in rows] == [clean_text(n) for n in range(20)]
        assert [(row["id"], row["metadata"]["lang"]) for row in rows] == [(f"{shard}-{n}", "en") for n in range(20)]
        records = [from_json(row["metadata"]["cleaner"]) for row in rows]
        assert [record.id for record in records] == [row["id"] for row in rows]
        sources = [restore(row["text"], record) for row, record in zip(rows, records, strict=True)]
        assert sources == [text(n) for n in range(20)]
    stats = json.loads(Path("logs/stats.json").read_text())[1]["stats"]
    assert stats["total"] == 60 and stats["changed"] == 39 and stats["unchanged"] == 21
    assert stats["removals/ad"]["total"] == 39


def test_hints_come_from_the_metadata_and_names_can_be_chosen(config):
    step = CleanerStep(config, record="audit", url="link", title="head")
    hints = {"link": "http://harbour.example", "head": "Harbour"}
    read = step._read(Document("x", "a", metadata=hints))
    assert (read.url, read.title) == ("http://harbour.example", "Harbour")
    assert step._read(Document("x", "a", metadata={"link": 3, "head": ""})).url is None
    (document,) = step(iter([Document(text(1), "a", metadata=hints)]))
    assert from_json(document.metadata["audit"]).id == "a"


def test_a_record_is_never_overwritten(config):
    documents = [Document(text(1), "a")]
    for _ in CleanerStep(config)(documents):
        pass
    with pytest.raises(InputError, match="document 'a' has metadata 'cleaner' already"):
        list(CleanerStep(config)(documents))
    assert restore(documents[0].text, from_json(documents[0].metadata["cleaner"])) == text(1)


def test_without_datatrove_the_import_says_what_to_install(home):
    code = "import sys; sys.modules['datatrove'] = None; import cleaner.integrations.datatrove"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"pip install 'article-cleaner[datatrove]'" in done.stderr
