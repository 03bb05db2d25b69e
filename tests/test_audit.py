import json

import pytest
from conftest import texts
from hypothesis import given

import cleaner
from cleaner.audit import SCHEMA, from_json, read_records, to_json
from cleaner.errors import AuditError


@given(texts)
def test_a_record_survives_json_on_one_line(text):
    record = cleaner.clean(text).record()
    line = to_json(record)
    assert len(line.splitlines()) == 1
    line.encode("utf-8")
    assert from_json(line) == record


def test_a_record_says_what_it_comes_from():
    result = cleaner.clean("Text.\nAdvertisement\n")
    content = json.loads(to_json(result.record()))
    assert content["schema"] == SCHEMA
    assert content["cleaner"] == cleaner.__version__
    assert len(content["config"]) == len(content["packs_sha256"]) == len(content["source_sha256"]) == 64
    (removal,) = content["removals"]
    assert (removal["start"], removal["end"], removal["text"]) == (6, 20, "Advertisement\n")
    assert removal["reason"].endswith(".")
    assert any(removal["rule"].startswith(p["name"].split(".")[0]) for p in content["packs"])


def test_config_and_packs_have_their_say_in_the_digests():
    one = cleaner.Cleaner().clean("x").record()
    two = cleaner.Cleaner(cleaner.Config.make(mode="safe")).clean("x").record()
    three = cleaner.Cleaner(cleaner.Config.make(languages=["de"])).clean("x").record()
    assert len({one.config, two.config, three.config}) == 3


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("nonsense", "not a line of JSON"),
        ("[]", "no schema number"),
        ('{"schema": 99}', "schema 99 is not known"),
        ('{"schema": 1}', "not a complete audit record"),
    ],
)
def test_what_is_no_record_is_refused(line, message):
    with pytest.raises(AuditError, match=message):
        from_json(line)


def test_a_span_that_does_not_fit_its_text_is_refused():
    line = to_json(cleaner.clean("Text.\nAdvertisement\n").record()).replace('"start":6', '"start":5')
    with pytest.raises(AuditError, match="does not fit its text"):
        from_json(line)


def test_reading_names_the_log_and_the_line():
    good = to_json(cleaner.clean("x").record())
    with pytest.raises(AuditError, match=r"a\.jsonl, line 3: "):
        list(read_records([good, "\n", "{"], "a.jsonl"))


def test_a_record_of_a_page_says_what_extracted_it_and_comes_back():
    page = (
        "<html><head><title>Harbour</title></head><body><article><p>Ships waited for days.</p></article></body></html>"
    )
    record = cleaner.clean_html(page, url="https://example.com/a").record()
    assert (record.page.extractor, record.page.url) == ("trafilatura", "https://example.com/a")
    assert from_json(to_json(record)) == record


def test_a_record_of_the_form_before_is_read():
    content = json.loads(to_json(cleaner.clean("Text.\nAdvertisement\n").record()))
    del content["page"]
    record = from_json(json.dumps({**content, "schema": 1}))
    assert (record.schema, record.page) == (SCHEMA, None)
