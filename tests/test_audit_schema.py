import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from support_cli import AD, DIRTY, END, STORY, make_home, run

from cleaner.audit import SCHEMA, from_json, read_records, to_json
from cleaner.config import Config
from cleaner.model import AuditRecord, Category, Kept, PackStamp, Page, Removal
from cleaner.pipeline import Cleaner

DOCS = Path(__file__).parent.parent / "docs"
SCHEMA_FILE = json.loads((DOCS / "audit.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA_FILE)

QUOTED = "Sign up for our newsletter, she said.\n"


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA_FILE)


def test_the_schema_has_just_the_fields_and_categories_of_the_types():
    definitions = SCHEMA_FILE["$defs"]
    for kind, described in (
        (AuditRecord, SCHEMA_FILE),
        (Removal, definitions["removal"]),
        (Kept, definitions["kept"]),
        (PackStamp, definitions["pack"]),
        (Page, definitions["page"]),
    ):
        assert list(described["properties"]) == described["required"] == list(kind.__dataclass_fields__)
        assert described["additionalProperties"] is False
    assert definitions["category"]["enum"] == [c.value for c in Category]
    assert SCHEMA_FILE["properties"]["schema"]["const"] == SCHEMA


@pytest.fixture
def cleaner(tmp_path):
    return Cleaner(Config(builtin=False, packs=(make_home(tmp_path) / "packs",)))


@pytest.mark.parametrize("encoding", [None, "utf-8", "utf-16-le"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        DIRTY,
        DIRTY.replace("\n", "\r\n"),
        f"{AD}\n{AD}",
        f"{STORY}\n{QUOTED}\n{END}",
        f"\ufeff{AD}{STORY}",
        f"{STORY}\nAdvertisement\u2028\n\n\x85{END}\x0c",
        f"\ud800{STORY}\n{AD}\n\U0001f600{END}\udfff",
        f"{STORY}{AD}\0{END}",
        f"{STORY}\nSign up for our newsletter \U0001f4e7 \ud83d today\n\n{END}",
        f"{STORY}\nSign up for our newsletter " + "and wait " * 2000 + f"\n\n{END}",
        '"\\\n' + DIRTY,
    ],
)
def test_records_fit_the_schema_and_are_one_line_of_ascii_safe_json(cleaner, text, encoding):
    record = cleaner.clean(text, id='folder/"odd" \u2028\ud800.txt').record(encoding=encoding)
    line = to_json(record)
    VALIDATOR.validate(json.loads(line))
    assert len(line.splitlines()) == 1
    assert from_json(line) == record
    line.encode("utf-8")


def test_records_of_a_run_fit_the_schema(tmp_path):
    home = make_home(tmp_path)
    (home / "raw").mkdir()
    for name, data in (("a", DIRTY.encode()), ("b", DIRTY.encode("utf-16")), ("c", b""), ("d", b"d\xe9j\xe0 vu")):
        (home / "raw" / f"{name}.txt").write_bytes(data)
    assert run("clean", "raw", "--out", "clean", "--audit", "audit.jsonl", cwd=home).returncode == 0
    lines = (home / "audit.jsonl").read_bytes().decode("utf-8").split("\n")
    assert lines.pop() == ""
    for line in lines:
        VALIDATOR.validate(json.loads(line))
    assert [json.loads(line)["id"] for line in lines] == ["raw/a.txt", "raw/b.txt", "raw/c.txt", "raw/d.txt"]


def test_the_schema_refuses_what_is_no_record(cleaner):
    good = json.loads(to_json(cleaner.clean(DIRTY).record()))
    assert VALIDATOR.is_valid(good)
    for change in ({"extra": 1}, {"schema": 99}, {"clean_sha256": "00"}, {"removals": [{}]}, {"encoding": ""}):
        assert not VALIDATOR.is_valid(good | change)
    assert not VALIDATOR.is_valid({k: v for k, v in good.items() if k != "kept"})


def test_the_example_in_the_documentation_is_a_record():
    text = (DOCS / "audit-format.md").read_text(encoding="utf-8")
    (example,) = [block for block in text.split("```")[1::2] if block.startswith("json\n")]
    record = json.loads(example.removeprefix("json\n"))
    VALIDATOR.validate(record)
    (read,) = read_records([json.dumps(record)], "example")
    assert [r.text for r in read.removals] == ["Advertisement\n", "\n"]
