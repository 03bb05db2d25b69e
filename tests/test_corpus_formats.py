import base64
import gzip
import io
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_cli import make_home, tree
from support_corpus import (
    AD,
    CLEAN,
    DIRTY,
    STORY,
    clean,
    clean_text,
    parquet_table,
    quarantine,
    read_jsonl,
    read_rows,
    record,
    records,
    text,
    wet,
    write_jsonl,
    write_parquet,
    zstd,
)

from cleaner.corpus.formats import format_of
from cleaner.corpus.rows import CHUNK_BYTES, CHUNK_ROWS, Layout
from cleaner.corpus.splice import members, spliced
from cleaner.model import Span


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(make_home(tmp_path))
    return tmp_path


# JSON Lines


@pytest.mark.parametrize("ending", [".jsonl", ".ndjson", ".jsonl.gz", ".jsonl.zst", ".json.gz"])
def test_only_the_text_of_a_row_changes(home, ending):
    dirty = json.dumps(DIRTY)
    rows = [
        b'{"id":"a", "n": 1.50e2 ,"text":%s,"z":"caf\\u00e9 \\/","big":%s}\r\n' % (dirty.encode(), b"9" * 6000),
        b'  {"text" : "nothing to \\u0072emove", "id": 7}\n',
        b"\n",
        b'{"z": [1, {"text": "inner"}], "text": %s}' % dirty.encode(),
    ]
    write_jsonl(Path("raw/a" + ending), rows)
    report = clean(home, "raw")
    after = json.dumps(CLEAN).encode()
    assert read_jsonl(Path("out/a" + ending)) == b"".join(rows).replace(dirty.encode(), after)
    assert [r and r["id"] for r in records(f"audit/a{ending}.audit.jsonl")] == ["a", "7", None, f"a{ending}#3"]
    assert (report.totals.documents, report.totals.changed, report.totals.rows) == (3, 2, 4)
    assert not Path("audit/quarantine.jsonl").exists()


def test_escapes_of_what_stays_keep_their_spelling(home):
    body = r"Caf\u00e9 \ud83d\ude00 \/ 😀 \u0041.\n\nAdvertisement\n\nThe \"end\" came \u2028 on Tuesday\ud83d"
    write_jsonl(Path("a.jsonl"), [f'{{"text":"{body}"}}\n'.encode()])
    clean(home, "a.jsonl")
    assert Path("out/a.jsonl").read_text(encoding="utf-8") == f'{{"text":"{body}"}}\n'.replace(r"Advertisement\n\n", "")


character = st.one_of(
    st.characters(exclude_categories=["Cs"]), st.sampled_from(['"', "\\", "/", "\n", "\u00e9", "\U0001f600"])
)


@given(st.lists(st.tuples(character, st.booleans(), st.booleans()), max_size=30), st.text(max_size=5))
def test_splicing_gives_the_text_without_the_spans(parts, key):
    """Each character spelled as itself or as an escape, and staying or going."""
    spelled = [json.dumps(c, ensure_ascii=escaped)[1:-1] for c, escaped, _ in parts]
    expected = [s for s, (_, _, goes) in zip(spelled, parts, strict=True) if not goes]
    spans = [Span(i, i + 1) for i, (_, _, goes) in enumerate(parts) if goes]
    row = f'{{{json.dumps(key)} : "{"".join(spelled)}", "x":1.0}}'
    member = next(members(row))
    assert member.value == "".join(c for c, _, _ in parts)
    text = "".join(c for c, _, goes in parts if not goes)
    assert spliced(row, member, text, spans) == f'{{{json.dumps(key)} : "{"".join(expected)}", "x":1.0}}'


@given(st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.text(), st.lists), max_size=5))
def test_members_read_what_json_reads(content):
    row = json.dumps(content, indent=1)
    found = list(members(row))
    assert {m.key: m.value for m in found} == content
    assert all(json.loads(row[m.start : m.end]) == m.value for m in found)


@pytest.mark.parametrize(
    "row", ["", "[]", "{", '{"a"}', '{"a":1,}', '{"a":1} x', "{a:1}", '{"a":}', '{"a":' + "[" * 100_000]
)
def test_what_is_no_object_is_refused(row):
    with pytest.raises(ValueError):
        list(members(row))


def test_bad_rows_are_set_aside_by_name_and_the_others_are_not_touched(home):
    good = b'{"id":"good","text":"Fine."}\n'
    bad = {
        1: (b'{"id":"cut","text":"x\n', "is not a JSON object"),
        2: (b'{"id":"bytes","text":"\xff"}\n', "is not UTF-8"),
        3: (b'{"id":"number","text":12}\n', "holds no text"),
        5: (b'{"id":"list","text":["a"]}\n', "holds no text"),
        6: (b'{"id":"none"}\n', "has no column 'text'"),
        7: (b'{"id":"halves","text":"\\udc00 and \\ud83d and \\ude00"}\n', "halves of characters"),
        8: (b'{"id":"long","text":"' + b"a" * 500 + b'"}\n', "524 bytes are more than --max-document 300"),
        9: (b"[1, 2]\n", "is not a JSON object"),
    }
    null = b'{"id":"null","text":null}\n'
    rows = [good, *[bad[n][0] if n in bad else null for n in range(1, 10)], good.replace(b"good", b"last")]
    write_jsonl(Path("a.jsonl"), rows)
    report = clean(home, "a.jsonl", layout={"limit": 300})
    assert Path("out/a.jsonl").read_bytes() == good + null + good.replace(b"good", b"last")
    entries = quarantine()
    assert [e["row"] for e in entries] == list(bad)
    for entry in entries:
        line, reason = bad[entry["row"]]
        assert reason in entry["reason"]
        assert entry["shard"] == "a.jsonl"
        if entry["row"] == 2:
            assert base64.b64decode(entry["original_base64"]) == line
        elif entry["row"] == 8:
            assert entry["original"] is None
        else:
            assert entry["original"].encode() == line
    assert {e["id"] for e in entries if e["row"] in (3, 5, 6, 7)} == {"number", "list", "none", "halves"}
    assert entries[0]["id"] == "a.jsonl#1"
    assert (report.totals.quarantined, report.totals.nulls, report.totals.documents) == (8, 1, 2)


def test_a_misnamed_text_column_is_an_error_and_not_a_full_quarantine(home):
    write_jsonl(Path("a.jsonl"), [{"id": str(n), "body": "Fine."} for n in range(200)])
    write_jsonl(Path("b.jsonl"), [{"id": "b", "text": DIRTY}])
    report = clean(home, "a.jsonl", "b.jsonl")
    assert len(report.failures) == 1
    assert "a.jsonl: none of its first 100 rows has the column 'text'" in report.failures[0]
    assert "'id', 'body'" in report.failures[0] and "--text-column" in report.failures[0]
    assert not quarantine()
    assert list(tree(Path("out"))) == ["b.jsonl"]


@pytest.mark.parametrize("ending", [".jsonl.gz", ".jsonl.zst"])
@pytest.mark.parametrize("kind", ["cut", "flipped"])
def test_what_stands_before_damage_is_kept_and_the_rest_is_named(home, ending, kind):
    noise = random.Random(7)
    rows = [{"id": f"d{n}", "text": text(n), "x": noise.randbytes(400).hex()} for n in range(1000)]
    path = Path("raw/b" + ending)
    write_jsonl(path, rows)
    data = bytearray(path.read_bytes())
    if kind == "cut":
        del data[len(data) * 3 // 4 :]
    else:
        data[len(data) * 3 // 4 :] = bytes(len(data) - len(data) * 3 // 4)
    path.write_bytes(data)
    write_jsonl(Path("raw/a.jsonl"), rows[:1])
    write_jsonl(Path("raw/c.jsonl"), rows[1:2])
    report = clean(home, "raw")
    (entry,) = quarantine()
    assert entry["shard"] == path.name and entry["rows"] is None and "from here on the file is" in entry["reason"]
    kept = read_jsonl(Path("out") / path.name).splitlines()
    assert len(kept) == entry["row"] > 200
    sure = len(kept) if kind == "cut" else 700  # What damaged gzip data decode to is not always wrong at once.
    assert [json.loads(line)["text"] for line in kept[:sure]] == [clean_text(n) for n in range(sure)]
    assert sorted(tree(Path("out"))) == ["a.jsonl", path.name, "c.jsonl"]
    assert report.totals.gaps == 1


def test_several_frames_and_members_are_read_as_one():
    row = b'{"text":"Fine."}\n'
    assert len(read_rows(gzip.compress(row) + gzip.compress(row), "a.jsonl.gz")) == 2
    assert len(read_rows(zstd().compress(row) + zstd().compress(row), "a.jsonl.zst")) == 2


def test_a_byte_order_mark_and_an_empty_file_pass(home):
    write_jsonl(Path("a.jsonl"), [b'\xef\xbb\xbf{"text":"Fine."}\n'])
    write_jsonl(Path("b.jsonl"), [])
    assert clean(home, "a.jsonl", "b.jsonl").totals.documents == 1
    assert Path("out/a.jsonl").read_bytes() == Path("a.jsonl").read_bytes()
    assert Path("out/b.jsonl").read_bytes() == b""
    assert Path("audit/b.jsonl.audit.jsonl").read_bytes() == b""


# Parquet


def without_text(table):
    return table.drop_columns(["text"])


@pytest.mark.parametrize("codec", ["snappy", "zstd", "none"])
def test_parquet_keeps_columns_types_metadata_and_row_groups(home, codec):
    table = parquet_table(1000)
    write_parquet(Path("raw/a.parquet"), table, row_group_size=300, compression=codec)
    clean(home, "raw")
    after = pq.ParquetFile("out/a.parquet")
    assert after.schema_arrow.equals(pq.read_schema("raw/a.parquet"), check_metadata=True)
    assert after.schema_arrow.metadata == table.schema.metadata
    assert [after.metadata.row_group(i).num_rows for i in range(4)] == [300, 300, 300, 100]
    assert after.metadata.row_group(0).column(0).compression == codec.upper().replace("NONE", "UNCOMPRESSED")
    result = after.read()
    assert without_text(result).equals(without_text(pq.read_table("raw/a.parquet")))
    assert result.column("text").to_pylist() == [clean_text(n) for n in range(1000)]
    lines = records("audit/a.parquet.audit.jsonl")
    assert [line["id"] for line in lines] == [f"p{n}" for n in range(1000)]


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_texts_keep_their_type_and_nulls_pass(home, kind):
    values = [None, DIRTY, None, STORY, DIRTY]
    plain = pa.array(values)
    column = plain.dictionary_encode() if pa.types.is_dictionary(kind) else plain.cast(kind)
    write_parquet(Path("a.parquet"), pa.table({"text": column, "id": [1, 2, 3, 4, 5]}))
    report = clean(home, "a.parquet")
    result = pq.ParquetFile("out/a.parquet").read()
    assert result.schema.field("text").type == kind
    assert result.column("text").to_pylist() == [None, CLEAN, None, STORY, CLEAN]
    assert report.totals.nulls == 2
    assert [line and line["id"] for line in records("audit/a.parquet.audit.jsonl")] == [None, "2", None, "4", "5"]


def test_parquet_without_rows_keeps_its_columns(home):
    write_parquet(Path("a.parquet"), parquet_table(5).slice(0, 0))
    clean(home, "a.parquet", audit_format="parquet")
    assert pq.read_schema("out/a.parquet").equals(pq.read_schema("a.parquet"), check_metadata=True)
    assert pq.read_table("audit/a.parquet.audit.parquet").num_rows == 0


def test_rows_of_parquet_that_are_set_aside_can_be_read_back(home):
    broken = pa.Array.from_buffers(
        pa.string(), 3, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0\4\0\0\0"), pa.py_buffer(b"a\xff\xc3\xa9")]
    )
    write_parquet(Path("a.parquet"), pa.table({"text": broken, "id": ["x", "y", "z"]}))
    write_parquet(Path("b.parquet"), pa.table({"text": ["a" * 400, "b"], "id": ["long", "b"]}))
    report = clean(home, "a.parquet", "b.parquet", layout={"limit": 300})
    assert report.totals.quarantined == 2
    assert pq.read_table("out/a.parquet").column("id").to_pylist() == ["x", "z"]
    assert pq.read_table("out/b.parquet").column("id").to_pylist() == ["b"]
    not_utf8, long = quarantine()
    assert (not_utf8["row"], not_utf8["id"]) == (1, "y") and "not UTF-8" in not_utf8["reason"]
    assert (long["row"], long["id"]) == (0, "long") and "400 bytes" in long["reason"]
    original = pa.ipc.open_stream(base64.b64decode(not_utf8["original_base64"])).read_all()
    assert original.column("id").to_pylist() == ["y"]


def test_a_damaged_page_costs_no_more_than_its_row_group(home):
    noise = random.Random(3)
    table = pa.table(
        {"id": [str(n) for n in range(900)], "text": [f"{text(n)}{noise.randbytes(200).hex()}\n" for n in range(900)]}
    )
    write_parquet(
        Path("a.parquet"), table, row_group_size=300, write_page_checksum=True, use_dictionary=False, compression="none"
    )
    column = pq.ParquetFile("a.parquet").metadata.row_group(1).column(1)
    data = bytearray(Path("a.parquet").read_bytes())
    place = column.data_page_offset + column.total_compressed_size // 2
    data[place : place + 8] = b"\0" * 8
    Path("a.parquet").write_bytes(data)
    report = clean(home, "a.parquet")
    (entry,) = quarantine()
    assert 300 <= entry["row"] < 600 and entry["row"] + entry["rows"] == 600
    assert "row group 1 is damaged" in entry["reason"]
    ids = pq.read_table("out/a.parquet").column("id").to_pylist()
    assert ids == [str(n) for n in range(900) if not entry["row"] <= n < 600]
    assert report.totals.rows == 900
    lines = records("audit/a.parquet.audit.jsonl")
    assert [line and line["id"] for line in lines] == [None if entry["row"] <= n < 600 else str(n) for n in range(900)]


def test_parquet_that_is_no_use_is_an_error_by_name(home):
    write_parquet(Path("a.parquet"), pa.table({"body": ["x"], "id": ["a"]}))
    write_parquet(Path("b.parquet"), pa.table({"text": [1], "id": ["a"]}))
    Path("c.parquet").write_bytes(b"PAR1 nothing of the kind PAR1")
    write_parquet(Path("d.parquet"), pa.table({"text": [DIRTY], "id": ["d"]}))
    report = clean(home, "a.parquet", "b.parquet", "c.parquet", "d.parquet")
    missing, number, damaged = report.failures
    assert "a.parquet: has no column 'text'; its columns are 'body', 'id': say with --text-column" in missing
    assert "b.parquet: column 'text' holds int64, not text" in number
    assert "c.parquet: is no Parquet file, or damaged" in damaged
    assert list(tree(Path("out"))) == ["d.parquet"]
    assert "has no column 'key'" in clean(home, "d.parquet", out="o2", audit="a2", layout={"id": "key"}).failures[0]


# WARC


@pytest.mark.parametrize("ending", [".warc.wet", ".warc.wet.gz", ".wet.gz", ".warc"])
def test_text_records_are_cleaned_and_others_pass(home, ending):
    parts = [
        (record(0, b"software: x\r\n", "warcinfo", "application/warc-fields"),) * 2,
        (wet(1, DIRTY.encode()), wet(1, CLEAN.encode())),
        (record(2, b"<p>Advertisement</p>", "response", "application/http"),) * 2,
        (wet(3, text(3).encode()),) * 2,
        (record(4, DIRTY.encode(), "resource"), record(4, CLEAN.encode(), "resource")),
        (record(5, AD.encode(), "resource", "text/html"),) * 2,
    ]
    pack = gzip.compress if ending.endswith("gz") else bytes
    Path("raw").mkdir()
    Path("raw/a" + ending).write_bytes(b"".join(pack(before) for before, _ in parts))
    report = clean(home, "raw")
    data = Path("out/a" + ending).read_bytes()
    assert (gzip.decompress(data) if ending.endswith("gz") else data) == b"".join(after for _, after in parts)
    lines = records(f"audit/a{ending}.audit.jsonl")
    assert [line and line["id"] for line in lines] == [
        None,
        *(n and f"<urn:uuid:{n:08}>" for n in (1, None, 3, 4, None)),
    ]
    assert report.totals.documents == 3


def test_damaged_records_are_named_and_those_before_are_kept(home):
    good = [wet(n, text(n).encode()) for n in range(4)]
    whole = b"".join(good)
    cases = {
        "cut": whole[:-40],
        "head": whole[: len(good[0])] + good[1] + whole[len(good[0] + good[1]) :].replace(b"WARC/1.0", b"XXXX/1.0", 1),
        "gzip": b"".join(map(gzip.compress, good))[:-20],
    }
    for name, data in cases.items():
        Path(f"{name}.wet{'.gz' if name == 'gzip' else ''}").write_bytes(data)
    report = clean(home, "cut.wet", "head.wet", "gzip.wet.gz")
    assert report.totals.gaps == 3
    rows = {entry["shard"]: entry["row"] for entry in quarantine()}
    assert rows == {"cut.wet": 3, "head.wet": 2, "gzip.wet.gz": 3}
    assert Path("out/cut.wet").read_bytes().count(b"WARC/1.0") == 3


def test_records_that_are_too_long_or_no_text_are_set_aside(home):
    Path("a.wet").write_bytes(wet(0, b"a" * 5000) + wet(1, b"\xff\xfe") + wet(2, DIRTY.encode()))
    clean(home, "a.wet", layout={"limit": 1000})
    long, broken = quarantine()
    assert (long["row"], long["id"], long["original"]) == (0, "<urn:uuid:00000000>", None)
    assert broken["row"] == 1 and "is not UTF-8" in broken["reason"] and "original_base64" in broken
    assert Path("out/a.wet").read_bytes() == wet(2, CLEAN.encode())


def test_chunks_are_bounded():
    lines = b"".join(json.dumps({"text": "a" * n}).encode() + b"\n" for n in [300_000] * 9 + [1] * 700)
    chunks = list(format_of("a.jsonl").handler(Layout()).read(io.BytesIO(lines), "a.jsonl"))
    assert [r.number for c in chunks for r in c.rows] == list(range(709))
    assert all(len(c.rows) <= CHUNK_ROWS for c in chunks)
    assert all(sum(r.size for r in c.rows[:-1]) < CHUNK_BYTES for c in chunks)
