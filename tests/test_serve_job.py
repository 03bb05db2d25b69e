import json

import pytest
from support_cli import DIRTY, make_home
from test_html_article import PARAGRAPHS

from cleaner.audit import from_json
from cleaner.config import Config, read_config
from cleaner.html.extraction import extract
from cleaner.pipeline import Cleaner, default_cleaner
from cleaner.serve.job import Work
from cleaner.serve.problems import Kind

PAGE = "<html><head><title>Harbour</title></head><body><article>{}</article></body></html>"


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    return read_config(make_home(tmp_path_factory.mktemp("home")) / "cleaner.toml")


@pytest.fixture(scope="module")
def work(config):
    return Work(config)


def answer(done):
    assert done.mishap is None, done
    return json.loads(done.result)


def test_a_text_gets_what_the_library_gives(work, config):
    got = answer(work(json.dumps({"text": DIRTY, "id": "a"}).encode()))
    result = Cleaner(config).clean(DIRTY, id="a")
    assert from_json(json.dumps(got["record"])) == result.record()
    assert got["text"] == result.text and got["id"] == "a" and got["page"] is None
    assert (got["removals"], got["kept"]) == (got["record"]["removals"], got["record"]["kept"])


def test_a_page_gets_what_the_library_gives(work, config):
    page = PAGE.format("".join(f"<p>{line}</p>" for line in DIRTY.splitlines() if line))
    got = answer(work(json.dumps({"html": page, "url": "https://example.com/a"}).encode()))
    result = Cleaner(config).clean_html(page, "https://example.com/a")
    assert from_json(json.dumps(got["record"])) == result.record()
    assert got["page"]["title"] == "Harbour"


def test_a_page_is_judged_by_the_model_of_pages_as_in_the_library():
    story = "".join(f"<p>{line}</p>" for line in PARAGRAPHS)
    # trafilatura takes the button for one; the model takes it for a question.
    answer_to_it = "<p>The council speaks of nine million, of which the state pays half.</p>"
    answered = f"<button>What does it cost?</button><div>{answer_to_it}</div>"
    page = PAGE.format(f"<h1>Harbour</h1>{story}<div class='faq accordion'>{answered}</div>")
    got = answer(Work(Config())(json.dumps({"html": page}).encode()))
    result = default_cleaner().clean_html(page)
    assert from_json(json.dumps(got["record"])) == result.record()
    assert "What does it cost?" in got["text"]
    assert "What does it cost?" not in extract(page).text


def test_a_request_has_its_own_settings_and_the_next_one_has_not(work):
    text = "Written by the staff\nA story of ships.\nAdvertisement\n"
    bodies = [{"text": text, "also": ["meta"]}, {"text": text, "keep": ["ad"]}, {"text": text}]
    texts = [answer(work(json.dumps(body).encode()))["text"] for body in bodies]
    assert texts == [
        "A story of ships.\n",
        text,
        "Written by the staff\nA story of ships.\n",
    ]


def test_characters_that_nobody_expects_pass(work):
    text = "A\0 story.\u2028\ufeff\x85 \U0001f6a2\nAdvertisement\n"
    done = work(json.dumps({"text": text}).encode())
    assert answer(done)["text"] == "A\0 story.\u2028\ufeff\x85 \U0001f6a2\n"
    assert done.result.isascii() is False and b"\n" not in done.result
    assert len(done.result.decode().splitlines()) == 1


BAD = [
    (b"", Kind.BAD_JSON),
    (b"{", Kind.BAD_JSON),
    (b'{"text": "a"} {"text": "b"}', Kind.BAD_JSON),
    (b'{"text": "\xff"}', Kind.BAD_JSON),
    (b'{"text": "a\0b"}', Kind.BAD_JSON),
    (rb'{"text": "\ud800"}', Kind.BAD_JSON),
    (rb'{"text": "a", "id": "\udc00"}', Kind.BAD_JSON),
    ('{"text": "a"}'.encode("utf-16"), Kind.BAD_JSON),
    (b"[" * 100_000, Kind.BAD_JSON),
    (b'{"text": "a", "threshold": ' + b"9" * 5000 + b"}", Kind.BAD_JSON),
    (b"[]", Kind.INVALID),
    (b'"text"', Kind.INVALID),
    (b"{}", Kind.INVALID),
    (b'{"text": null}', Kind.INVALID),
    (b'{"text": ["a"]}', Kind.INVALID),
    (b'{"text": "a", "html": "b"}', Kind.INVALID),
    (b'{"text": "a", "extractor": "trafilatura"}', Kind.INVALID),
    (b'{"html": "a", "extractor": "lynx"}', Kind.INVALID),
    (b'{"text": "a", "mode": "wild"}', Kind.INVALID),
    (b'{"text": "a", "also": "meta"}', Kind.INVALID),
    (b'{"text": "a", "tidy": "yes"}', Kind.INVALID),
    (b'{"text": "a", "threshold": NaN}', Kind.INVALID),
    (b'{"text": "a", "threshold": 0}', Kind.INVALID),
    (b'{"text": "a", "packs": ["/etc"]}', Kind.INVALID),
    (b'{"text": "a", "model": "/etc/passwd"}', Kind.INVALID),
    (b'{"html": "' + b"<p>" * 30_001 + b'"}', Kind.REFUSED),
]


@pytest.mark.parametrize(("body", "kind"), BAD, ids=range(len(BAD)))
def test_what_is_no_request_is_told_and_no_bug(work, body, kind):
    done = work(body)
    assert done.mishap.kind is kind
    assert not done.trouble and 400 <= kind.status < 500


@pytest.mark.parametrize("url", ["http://[::", "//", "http://a:99999/", "\0", "x" * 8000, "http://xn--/", "mailto:a"])
@pytest.mark.parametrize("what", ["text", "html"])
def test_urls_that_are_none_harm_nothing(work, url, what):
    answer(work(json.dumps({what: PAGE.format("<p>A story.</p>"), "url": url, "title": url[:4000]}).encode()))


def test_what_is_wrong_is_told_by_field_and_without_the_text(work):
    made_up = "secret words " * 10
    done = work(json.dumps({"text": "secret words", "mode": "secret words", made_up: 1}).encode())
    told = json.loads(done.mishap.to_json("r"))
    assert [e["field"] for e in told["errors"]] == ["mode", made_up[:60]]
    assert "secret" not in told["errors"][0]["message"] + told["errors"][1]["message"] + told["detail"]


def test_a_bug_costs_the_document_alone_and_its_text_is_not_told(work, monkeypatch):
    def fail(*given, **more):
        raise ZeroDivisionError("secret words")

    with monkeypatch.context() as patch:
        patch.setattr(Cleaner, "clean", fail)
        done = work(b'{"text": "secret words"}')
    assert done.mishap.kind is Kind.FAILED
    assert done.trouble[0] == "ZeroDivisionError" and done.trouble[-1].endswith(" fail")
    assert "secret" not in done.mishap.detail + str(done.trouble)
    answer(work(b'{"text": "secret words"}'))
