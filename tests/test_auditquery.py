import csv
import gzip
import io
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.audit import SCHEMA, from_json, to_json
from cleaner.auditquery import UNKNOWN_SITE, open_logs
from cleaner.duck import amount_of, database
from cleaner.errors import AuditError, ConfigError, InputError
from cleaner.model import AuditRecord, Category, Kept, Removal
from tests.support_cli import run

LOGS = sorted((Path(__file__).parent.parent / "fixtures").glob("*/audit.jsonl"))


def record(id: str, *removals: Removal, kept: tuple[Kept, ...] = (), incomplete: tuple[str, ...] = ()) -> AuditRecord:
    clean = "0" * 64 if not removals else "1" * 64
    return AuditRecord(SCHEMA, id, "0" * 64, clean, "0.1.0", "c", "p", (), removals, kept, incomplete, "utf-8")


def removal(text: str, category: str = "ad", rule: str | None = "test.ad.label", confidence: float = 0.9) -> Removal:
    detector = "phrase" if rule else "model"
    return Removal(3, 3 + len(text), text, Category(category), confidence, detector, rule, "A reason.")


def refusal(text: str) -> Kept:
    return Kept(0, len(text), text, Category.PROMO, 0.4, "phrase", "test.promo.weak", "A reason.", "too weak")


def write(path: Path, *records: AuditRecord) -> Path:
    path.write_text("".join(f"{to_json(r)}\n" for r in records), encoding="utf-8")
    return path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write(
        tmp_path / "log.jsonl",
        record("https://www.one.example/a", removal("Buy it\n"), removal("Buy it\n"), removal("Buy now\n")),
        record("https://one.example/b", removal("Follow us\n", "social", None, 0.8), kept=(refusal("Try it\n"),)),
        record("raw/two.example/c.txt", removal("Buy it"), incomplete=("1 line is too long",)),
        record("d.txt"),
    )


def test_summary_is_what_the_records_say() -> None:
    records = [from_json(line) for log in LOGS for line in log.read_text(encoding="utf-8").splitlines()]
    removals = [r for one in records for r in one.removals]
    characters: Counter[str] = Counter()
    for one in removals:
        characters[one.category.value] += one.end - one.start
    with open_logs([str(log) for log in LOGS]) as query:
        assert query.summary() == {
            "documents": len(records),
            "changed": sum(r.source_sha256 != r.clean_sha256 for r in records),
            "records": len(records),
            "removals": len(removals),
            "characters": characters.total(),
            "refused": sum(len(r.kept) for r in records),
            "incomplete": sum(bool(r.incomplete) for r in records),
        }
        assert {row["category"]: row["characters"] for row in query.categories().objects()} == characters


zstd = pytest.importorskip("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")


@pytest.mark.parametrize("form", ["jsonl.gz", "jsonl.zst", "parquet"])
def test_every_form_gives_the_same_answers(log: Path, tmp_path: Path, form: str) -> None:
    other = tmp_path / "other" / f"log.{form}"
    other.parent.mkdir()
    if form == "parquet":
        lines = log.read_text(encoding="utf-8").splitlines()
        pq.write_table(pa.table({"row": range(len(lines)), "record": lines}), other)
    else:
        pack = gzip.compress if form.endswith("gz") else zstd.compress
        other.write_bytes(pack(b"\n" + log.read_bytes()))
    (other.parent / "quarantine.jsonl").write_text('{"not": "a record"}\n', encoding="utf-8")
    with open_logs([str(log)]) as plain, open_logs([str(other.parent)]) as packed:
        assert packed.summary() == plain.summary()
        assert list(packed.top_rules().rows) == list(plain.top_rules().rows)
        assert list(packed.by_site().rows) == list(plain.by_site().rows)


def test_top_rules_name_their_most_frequent_text(log: Path) -> None:
    with open_logs([str(log)]) as query:
        first, second = query.top_rules().objects()
        (refused,) = query.top_rules(refused=True).objects()
        assert len(list(query.top_rules(limit=1).rows)) == 1
    assert first == {
        "rule": "test.ad.label",
        "category": "ad",
        "removals": 4,
        "documents": 2,
        "characters": 28,
        "share": pytest.approx(28 / 38),
        "confidence": 0.9,
        "example": "Buy it",
    }
    assert (second["rule"], second["removals"], second["example"]) == ("model", 1, "Follow us")
    assert (refused["rule"], refused["kept"], refused["example"]) == ("test.promo.weak", 1, "Try it")


def test_sites_come_from_ids_that_are_urls_or_have_a_folder_called_like_a_host(log: Path) -> None:
    with open_logs([str(log)]) as query:
        rows = {row["site"]: row for row in query.by_site().objects()}
    assert list(rows) == ["one.example", "two.example", UNKNOWN_SITE]
    assert rows["one.example"] == {
        "site": "one.example",
        "documents": 2,
        "changed": 2,
        "removals": 4,
        "characters": 32,
        "refused": 1,
        "top_category": "ad",
    }
    assert rows[UNKNOWN_SITE]["documents"] == 1


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "parquet"])
def test_sites_come_from_the_corpus(tmp_path: Path, form: str) -> None:
    log = write(tmp_path / "log.jsonl", record("1", removal("Buy it")), record("2", removal("Buy")), record("3"))
    corpus = tmp_path / f"corpus.{form}"
    rows = [{"doc": 1, "link": "https://user@www.One.example:80/x?y"}, {"doc": 2, "link": "two.example/z"}]
    lines = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    if form == "parquet":
        with database() as opened:
            opened.connection.execute(f"COPY (VALUES (1, '{rows[0]['link']}'), (2, '{rows[1]['link']}')) TO '{corpus}'")
        columns = ("col0", "col1")
    else:
        corpus.write_bytes(gzip.compress(lines) if form.endswith("gz") else lines)
        columns = ("doc", "link")
    with open_logs([str(log)]) as query:
        sites = [(r["site"], r["documents"]) for r in query.by_site(0, [str(corpus)], *columns).objects()]
    assert sites == [("one.example", 1), ("two.example", 1), (UNKNOWN_SITE, 1)]


def test_lone_surrogates_in_a_log_are_read_and_files_keep_their_names(tmp_path: Path) -> None:
    log = write(tmp_path / "log.jsonl", record("a", removal("\ud83d Buy \\ud800 \U0001f600\n")))
    assert "\\ud83d" in log.read_text(encoding="utf-8")
    with open_logs([str(log)]) as query:
        assert list(query.sql('SELECT file, "text" FROM removals').rows) == [
            (str(log), "\ufffd Buy \\ufffd \U0001f600\n")
        ]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ('{"schema":1,"id":"a"', "log.jsonl, line 2: is not JSON"),
        ('{"schema":1,"id":"a"}', "log.jsonl, line 2: not a complete audit record"),
        ('{"schema":9,"id":"a","packs":[],"removals":[],"kept":[],"incomplete":[]}', "log.jsonl, line 2: "),
        ("[]", "log.jsonl, line 2: not an audit record"),
    ],
)
def test_a_damaged_log_is_named_with_its_line(tmp_path: Path, damage: str, message: str) -> None:
    log = write(tmp_path / "log.jsonl", record("a"))
    log.write_text(log.read_text(encoding="utf-8") + damage, encoding="utf-8")
    with pytest.raises(AuditError, match=message), open_logs([str(log)]) as query:
        query.summary()


def test_what_is_not_there_is_named(tmp_path: Path, log: Path) -> None:
    for path, message in (
        ("none.jsonl", "no such file"),
        ("*.jsonlx", "no file matches"),
        (str(tmp_path / "x"), "x: "),
    ):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(AuditError, match=message), open_logs([path]):
            pass
    with open_logs([str(log)]) as query, pytest.raises(InputError, match="no such file"):
        query.by_site(documents=[str(tmp_path / "corpus.jsonl")])


def test_memory_is_an_amount() -> None:
    assert amount_of("2 gb") == 2_000_000_000
    for wrong in ("much", "1", "1MB"):
        with pytest.raises(ConfigError, match="memory"):
            amount_of(wrong)


def test_a_query_of_ones_own(log: Path) -> None:
    with open_logs([str(log)]) as query:
        answer = query.sql('SELECT source, sum("end" - start) AS n FROM removals GROUP BY source ORDER BY n')
        assert answer.columns == ("source", "n")
        assert list(answer.rows) == [("model", 10), ("test.ad.label", 28)]
        with pytest.raises(ConfigError, match="nothing"):
            query.sql("SELECT nothing FROM removals")


def test_a_log_larger_than_the_memory_is_grouped_by_its_texts(tmp_path: Path) -> None:
    log = tmp_path / "log.parquet"
    span = """{'start': 0, 'end': 400, 'text': repeat(md5(i::VARCHAR), 13), 'category': 'ad', 'confidence': 0.9,
        'detector': 'phrase', 'rule': 'r' || i % 3, 'reason': '', 'others': []}"""
    record = f"""{{'schema': {SCHEMA}, 'id': 'id' || i, 'source_sha256': 'a', 'clean_sha256': 'b', 'cleaner': '',
        'config': '', 'packs_sha256': '', 'packs': [], 'removals': [{span}], 'kept': [], 'incomplete': [],
        'encoding': NULL, 'page': NULL}}"""
    with duckdb.connect() as connection:
        rows = f"SELECT to_json({record})::VARCHAR AS record FROM range(450_001) t(i)"
        connection.execute(f"COPY ({rows}) TO '{log}' (ROW_GROUP_SIZE 8192)")
    with open_logs([str(log)], "256MB") as query:
        assert [row["removals"] for row in query.top_rules().objects()] == [150_001, 150_000, 150_000]


def test_the_command_prints_tables_json_and_csv(log: Path) -> None:
    table = run("audit", "summary", log.name, cwd=log.parent)
    assert table.returncode == 0
    assert b"4 documents, 3 with removals, 4 records, 5 removals, 38 characters removed" in table.stdout
    summary = json.loads(run("audit", "summary", log.name, "--json", cwd=log.parent).stdout)
    assert summary["documents"] == 4
    assert [row["category"] for row in summary["categories"]] == ["ad", "social"]
    rows = csv.DictReader(io.StringIO(run("audit", "top-rules", "*.jsonl", "--csv", cwd=log.parent).stdout.decode()))
    assert [row["removals"] for row in rows] == ["4", "1"]
    assert json.loads(run("audit", "sql", log.name, "SELECT 1 WHERE false", "--json", cwd=log.parent).stdout) == []
    assert b"test.promo.weak" in run("audit", "top-rules", "--refused", log.name, cwd=log.parent).stdout
    sites = run("audit", "by-site", log.name, "--limit", "0", "--json", cwd=log.parent)
    assert [row["site"] for row in json.loads(sites.stdout)] == ["one.example", "two.example", UNKNOWN_SITE]
    assert b"--documents" in sites.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["summary", "log.jsonl", "--json", "--csv"], 2, b"exclude each other"),
        (["sql", "log.jsonl", "SELECT"], 2, b"the query is refused"),
        (["summary", "log.jsonl", "--memory", "lots"], 2, b"not an amount"),
        (["summary", "none.jsonl"], 4, b"none.jsonl: no such file"),
        (["by-site", "log.jsonl", "--documents", "none.jsonl"], 4, b"none.jsonl: no such file"),
    ],
)
def test_the_command_says_what_is_wrong(log: Path, arguments: list[str], code: int, message: bytes) -> None:
    done = run("audit", *arguments, cwd=log.parent)
    assert done.returncode == code
    assert message in done.stderr


def test_without_duckdb_the_message_says_what_to_install(log: Path) -> None:
    program = "import sys; sys.modules['duckdb'] = None; from cleaner.__main__ import main; main()"
    command = [sys.executable, "-c", program, "audit", "summary", str(log)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"pip install 'article-cleaner[query]'" in done.stderr


def test_the_command_line_loads_no_database_before_it_is_asked_for() -> None:
    program = "import sys, cleaner.cli; print({'duckdb', 'pyarrow', 'rich.table'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", program]) == b"set()\n"
