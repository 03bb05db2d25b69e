"""Small corpora in every format, and runs over them."""

import base64
import gzip
import hashlib
import io
import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from support_cli import AD, CLEAN, DIRTY, END, STORY

from cleaner.config import Config
from cleaner.corpus.audits import AuditFormat
from cleaner.corpus.formats import format_of
from cleaner.corpus.order import Order
from cleaner.corpus.rows import Layout
from cleaner.corpus.run import clean_corpus
from cleaner.corpus.shards import find_shards
from cleaner.corpus.work import clean_chunk

__all__ = ["AD", "CLEAN", "DIRTY", "END", "STORY"]


def text(number):
    """A dirty text for most numbers, a clean one for every third."""
    return f"{STORY if number % 3 == 0 else DIRTY}Number {number} of the stories is this one, „naïve“ as it may be.\n"


def clean_text(number):
    return text(number).replace(f"\n{AD}", "")


def write_jsonl(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    data = b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows)
    if path.suffix == ".gz":
        data = gzip.compress(data, mtime=0)
    elif path.suffix == ".zst":
        data = zstd().compress(data)
    path.write_bytes(data)


def zstd():
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd
    return zstd


def read_jsonl(path):
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    elif path.suffix == ".zst":
        data = zstd().decompress(data)
    return data


def write_parquet(path, table, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, **options)


def record(number, body, kind="conversion", mime="text/plain", **headers):
    """A WARC record."""
    fields = {
        "WARC-Type": kind,
        "WARC-Target-URI": f"http://harbour.example/{number}",
        "WARC-Date": "2024-01-01T00:00:00Z",
        "WARC-Record-ID": f"<urn:uuid:{number:08}>",
        "Content-Type": mime,
        **{name.replace("_", "-"): value for name, value in headers.items()},
        "Content-Length": str(len(body)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"WARC/1.0\r\n{head}\r\n".encode() + body + b"\r\n\r\n"


def digest(body):
    return "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()


def wet(number, body, **headers):
    """A record of extracted text."""
    return record(number, body, WARC_Block_Digest=digest(body), **headers)


def order(home, paths, out="out", audit="audit", **settings):
    """What to do in a home of ``support_cli``, from its working directory."""
    shards, problems = find_shards(paths, [Path(audit)])
    assert not problems, problems
    config = Config(builtin=False, packs=(home / "packs",))
    layout = Layout(**settings.pop("layout", {}))
    form = AuditFormat(settings.pop("audit_format", "jsonl"))
    return Order(shards, out, Path(audit), config, layout, form, **settings)


def clean(home, *paths, **settings):
    return clean_corpus(order(home, paths, **settings))


def quarantine(audit="audit"):
    path = Path(audit) / "quarantine.jsonl"
    return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def records(path):
    """The audit lines of a shard, by row."""
    return [json.loads(line) if line else None for line in Path(path).read_bytes().decode().split("\n")[:-1]]


def read_rows(data, name, **layout):
    """The rows of a shard's bytes, as the reader of its format gives them."""
    handler = format_of(name).handler(replace(Layout(), **layout))
    return [
        row
        for chunk in handler.read(io.BytesIO(data), name)
        for row in chunk.rows or ([chunk.gap] if chunk.gap else [])
    ]


def parquet_table(count):
    numbers = list(range(count))
    return pa.table(
        {
            "id": pa.array([f"p{n}" for n in numbers]),
            "text": pa.array([text(n) for n in numbers], pa.large_string()),
            "kind": pa.array([["news", "blog"][n % 2] for n in numbers]).dictionary_encode(),
            "meta": pa.array([{"n": n, "tags": [f"t{n}"], "when": None} for n in numbers]),
            "price": pa.array(numbers, pa.decimal128(10, 2)),
            "day": pa.array(numbers, pa.timestamp("us", "Europe/Berlin")),
        }
    ).replace_schema_metadata({"origin": "the harbour"})


def deadly(documents, config, once=None):
    """The work of a worker that some documents kill; with ``once``, a file, only until it is there."""
    for document in documents:
        if "deadly" in document.text:
            if once is not None and Path(once).exists():
                continue
            if once is not None:
                Path(once).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if "greedy" in document.text:
            raise MemoryError
    return clean_chunk(documents, config)
