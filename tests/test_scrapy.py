import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from support_docs import run_page
from support_site import BOILERPLATE, FERRY, LOOK_ALIKE, MILL, PAGES, served

import cleaner
from cleaner.audit import from_json
from cleaner.auditlog import read_log
from cleaner.errors import ConfigError

pytest.importorskip(
    "scrapy", reason="scrapy is not installed; pip install 'article-cleaner[scrapy]'", exc_type=ImportError
)

from scrapy.settings import Settings

from cleaner.integrations.scrapy_settings import CleanerSettings

CRAWL = """
import json, sys
from dataclasses import dataclass
from pathlib import Path
import attrs, scrapy
from itemadapter import ItemAdapter
from scrapy.crawler import CrawlerProcess

class Declared(scrapy.Item):
    url, html, text, audit = scrapy.Field(), scrapy.Field(), scrapy.Field(), scrapy.Field()

@dataclass
class AsDataclass:
    url: str
    html: object = None
    text: object = None
    audit: str = ""

@attrs.define
class AsAttrs:
    url: str
    html: object = None
    text: object = None
    audit: str = ""

@dataclass(frozen=True)
class Frozen:
    url: str
    html: object = None
    text: object = None
    audit: str = ""

@dataclass
class Narrow:
    url: str
    text: str

KINDS = {k.__name__: k for k in (dict, Declared, AsDataclass, AsAttrs, Frozen, Narrow)}

class NoBytes:
    "Feeds cannot hold bytes."
    def process_item(self, item):
        adapter = ItemAdapter(item)
        if isinstance(adapter.get("html"), bytes):
            adapter["html"] = ""
        return item

class Site(scrapy.Spider):
    name = "site"
    custom_settings = {"ITEM_PIPELINES": {"cleaner.integrations.scrapy.CleanArticlePipeline": 300, NoBytes: 900}}

    def parse(self, response):
        for kind in self.kinds:
            yield KINDS[kind](url=f"{response.url}#{kind}", html=response.body)

class Given(Site):
    "Yields what it was given."
    async def start(self):
        for item, kind in zip(self.items, self.kinds):
            yield KINDS[kind](**item)

if __name__ == "__main__":
    plan = json.loads(sys.argv[1])
    feed = {"FEEDS": {"items.jsonl": {"format": "jsonlines"}}, "LOG_LEVEL": "INFO"}
    process = CrawlerProcess({**feed, **plan["settings"]})
    crawler = process.create_crawler(Given if "items" in plan else Site)
    process.crawl(crawler, **{k: v for k, v in plan.items() if k != "settings"})
    process.start()
    stats = {k: v for k, v in crawler.stats.get_stats().items() if k.startswith(("cleaner/", "item_"))}
    Path("stats.json").write_text(json.dumps(stats))
"""
KINDS = ("dict", "Declared", "AsDataclass", "AsAttrs")
HTML = {"CLEANER_HTML_FIELD": "html", "CLEANER_AUDIT_FIELD": "audit"}


@dataclass
class Crawl:
    """What a crawl left behind: items by url, stats, and what was logged."""

    items: dict[str, dict[str, object]]
    stats: dict[str, int]
    said: str


@pytest.fixture
def crawl(tmp_path):
    (tmp_path / "crawl.py").write_text(CRAWL)

    def run(settings: Mapping[str, object], kinds: Sequence[str] = ("dict",) * 99, **plan: object) -> Crawl:
        plan = {"settings": settings, "kinds": kinds, **plan}
        command = [sys.executable, "crawl.py", json.dumps(plan)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
        said = done.stderr.decode()
        assert done.returncode == 0, said
        rows = [json.loads(line) for line in (tmp_path / "items.jsonl").read_text("utf-8").splitlines()]
        (tmp_path / "items.jsonl").unlink()
        return Crawl({row["url"]: row for row in rows}, json.loads((tmp_path / "stats.json").read_text()), said)

    return run


def page_of(url: str, site: str) -> bytes:
    return PAGES[url[len(site) :].removesuffix("#dict")]


def urls(site: str) -> list[str]:
    return [site + path for path in PAGES]


def test_a_crawl_of_pages_gives_what_clean_html_gives_in_items_of_every_kind(crawl):
    with served() as site:
        done = crawl(HTML, KINDS, start_urls=urls(site))
    assert set(done.items) == {f"{url}#{kind}" for url in urls(site) for kind in KINDS}
    changed = 0
    for path, body in PAGES.items():
        expected = cleaner.clean_html(body, url=site + path)
        changed += bool(expected.removals)
        for kind in KINDS:
            item = done.items[f"{site}{path}#{kind}"]
            if not expected.document.text:
                assert not item.get("text") and not item.get("audit")
                continue
            assert item["text"] == expected.text
            assert cleaner.restore(item["text"], from_json(item["audit"])) == expected.document.text
    text = str(done.items[f"{site}/ferry#dict"]["text"])
    assert all(line in text for line in FERRY) and not any(line in text for line in BOILERPLATE)
    assert all(line in str(done.items[f"{site}/look-alike#dict"]["text"]) for line in LOOK_ALIKE)
    assert all(line in str(done.items[f"{site}/clean#dict"]["text"]) for line in MILL)
    assert "Oberlinde" in str(done.items[f"{site}/latin#dict"]["text"])
    assert done.stats["cleaner/documents"] == done.stats["item_scraped_count"] == len(PAGES) * len(KINDS)
    # The page of no bytes has nothing to clean; in the one without an article nothing is found.
    assert done.stats["cleaner/missing"] == done.stats["cleaner/incomplete"] == len(KINDS)
    assert done.stats["cleaner/changed"] == changed * len(KINDS) and changed >= 4
    assert "cleaner/errors" not in done.stats
    assert "/no-article#dict: nothing was found in the page" in done.said


@pytest.mark.parametrize(
    "engine",
    [
        {"TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor"},
        {"TWISTED_REACTOR": "twisted.internet.selectreactor.SelectReactor"},
        {"CLEANER_WORKERS": 2},
    ],
    ids=["asyncio", "no asyncio", "processes"],
)
def test_feed_log_and_stats_agree_on_every_engine(crawl, tmp_path, engine):
    settings = {"CLEANER_HTML_FIELD": "html", "CLEANER_AUDIT_LOG": "audit.jsonl", **engine}
    with served() as site:
        done = crawl(settings, ["dict"], start_urls=urls(site))
    records = {record.id: record for record in read_log(tmp_path / "audit.jsonl")}
    cleaned = {url: item for url, item in done.items.items() if item.get("text")}
    assert set(records) == set(cleaned) and len(cleaned) == len(PAGES) - 2
    for url, item in cleaned.items():
        assert "audit" not in item
        assert cleaner.restore(item["text"], records[url]) == cleaner.clean_html(page_of(url, site)).document.text
    removals = [removal for record in records.values() for removal in record.removals]
    assert done.stats["cleaner/removals"] == len(removals)
    assert done.stats["cleaner/characters_removed"] == sum(len(removal.text) for removal in removals)
    assert done.stats["cleaner/removals/ad"] == sum(removal.category == "ad" for removal in removals) >= 4


def test_a_second_crawl_adds_to_the_log_only_what_is_new(crawl, tmp_path):
    settings = {"CLEANER_HTML_FIELD": "html", "CLEANER_AUDIT_LOG": "audit.jsonl"}
    with served() as site:
        crawl(settings, ["dict"], start_urls=[f"{site}/ferry"])
        crawl(settings, ["dict"], start_urls=[f"{site}/ferry", f"{site}/mill"])
    ids = [record.id for record in read_log(tmp_path / "audit.jsonl")]
    assert ids == [f"{site}/ferry#dict", f"{site}/mill#dict"]


STORY = "\n".join(FERRY)
PITCHED = f"{FERRY[0]}\nAdvertisement\n{FERRY[1]}\n"


def test_no_item_is_lost_whatever_its_fields_hold(crawl):
    items = [
        {"url": "good", "text": PITCHED},
        {"url": "none", "text": None},
        {"url": "without"},
        {"url": "number", "text": 7},
        {"url": "list", "text": [PITCHED]},
        {"url": "page of a wrong type", "html": {"a": 1}},
        {"url": "cleaned before", "text": PITCHED, "audit": "{}"},
        {"url": "empty", "text": ""},
        {"url": "lone surrogate", "text": PITCHED + "\ud800"},
        {"url": "odd url hints", "text": PITCHED, "title": 3},
    ]
    done = crawl(HTML, items=items)
    assert len(done.items) == len(items)
    for item in items:
        row = done.items[item["url"]]
        if item["url"] in ("good", "odd url hints", "lone surrogate"):
            assert "Advertisement" not in str(row["text"])
        else:
            assert row == item
    assert done.stats["cleaner/errors"] == 4 and done.stats["cleaner/missing"] == 3
    assert "number: field 'text' is not text, but int" in done.said
    assert "cleaned before: field 'audit' holds something already" in done.said


def test_text_is_taken_before_the_page_so_that_neither_is_lost(crawl):
    done = crawl(HTML, items=[{"url": "both", "text": PITCHED, "html": "<p>Something else.</p>"}])
    assert done.items["both"]["text"] == f"{FERRY[0]}\n{FERRY[1]}\n"


def test_items_that_cannot_take_the_result_pass_as_they_are(crawl):
    items = [{"url": "a", "text": PITCHED}, {"url": "b", "text": PITCHED}]
    done = crawl(HTML, ["Narrow", "Frozen"], items=items)
    assert [done.items[url]["text"] for url in "ab"] == [PITCHED, PITCHED]
    assert not any(item.get("audit") for item in done.items.values())
    assert done.stats["cleaner/errors"] == 2
    assert "a: Narrow has no field 'audit'; declare it" in done.said and "b: cannot assign to field" in done.said


def test_an_item_whose_record_cannot_be_written_keeps_its_text(crawl, tmp_path):
    (tmp_path / "no").write_text("a file, not a folder")
    done = crawl({"CLEANER_AUDIT_LOG": "no/audit.jsonl"}, items=[{"url": "a", "text": PITCHED}])
    assert done.items["a"]["text"] == PITCHED
    assert done.stats["cleaner/errors"] == 1 and "no/audit.jsonl: cannot be written" in done.said


def test_a_crawl_without_anything_to_clean_says_so(crawl):
    done = crawl({**HTML, "CLEANER_TEXT_FIELD": "body"}, items=[{"url": "a", "text": PITCHED}])
    assert "none of 1 items had anything to clean; see CLEANER_TEXT_FIELD" in done.said


def test_fields_and_settings_can_be_chosen(crawl):
    settings = {"CLEANER_OUTPUT_FIELD": "clean", "CLEANER_KEEP": "ad", "CLEANER_FORM": "markdown"}
    marked = f"{FERRY[0]}\n\n**[Share this article](/share)**\n"
    done = crawl(settings, items=[{"url": "a", "text": PITCHED}, {"url": "b", "text": marked}])
    assert done.items["a"] == {"url": "a", "text": PITCHED, "clean": PITCHED}
    assert done.items["b"]["clean"] == f"{FERRY[0]}\n"


def test_settings_are_read_as_from_a_command_line(tmp_path):
    (tmp_path / "cleaner.toml").write_text('mode = "thorough"\ntidy = true\n')
    given = {
        "CLEANER_CONFIG": str(tmp_path / "cleaner.toml"),
        "CLEANER_ALSO": "meta,bio",
        "CLEANER_THRESHOLD": "0.9",
        "CLEANER_TIDY": "False",
        "CLEANER_AUDIT_LOG": "audit.jsonl",
        "CLEANER_WORKERS": "3",
    }
    read = CleanerSettings.of(Settings(given))
    assert read.config == cleaner.Config.make(mode="thorough", threshold=0.9, also=["meta", "bio"])
    assert read.log == Path("audit.jsonl") and read.workers == 3


def test_every_setting_of_a_config_can_be_given(tmp_path):
    (tmp_path / "verdicts.jsonl").write_text("")
    given = {f"CLEANER_{field.name.upper()}": None for field in fields(cleaner.Config)}
    given |= {"CLEANER_VERDICTS": str(tmp_path / "verdicts.jsonl"), "CLEANER_AUDIT_FIELD": "audit"}
    assert CleanerSettings.of(Settings(given)).config == cleaner.Config()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"CLEANER_TXT_FIELD": "body"}, "unknown setting CLEANER_TXT_FIELD; known are CLEANER_ALSO"),
        ({}, "what is removed from CLEANER_TEXT_FIELD 'text' would be lost"),
        ({"CLEANER_AUDIT_FIELD": "audit", "CLEANER_MODE": "wild"}, "mode: 'wild' is not one of"),
        ({"CLEANER_AUDIT_FIELD": "audit", "CLEANER_THRESHOLD": "high"}, "threshold: 'high' is not a number"),
    ],
)
def test_settings_that_cannot_be_used_are_named(settings, said):
    with pytest.raises(ConfigError, match=said):
        CleanerSettings.of(Settings(settings))


def test_the_example_of_the_docs_prints_what_the_docs_show(tmp_path):
    with served() as site:
        run_page("integrations/scrapy.md", tmp_path, {"https://harbour.example": site})


def test_without_scrapy_the_import_says_what_to_install():
    code = "import sys; sys.modules['scrapy'] = None; import cleaner.integrations.scrapy"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert b"pip install 'article-cleaner[scrapy]'" in done.stderr
