"""The page in a real browser: what it shows, hostile texts, keys, access, and reviews whose server is lost."""

import subprocess
import sys
import time

import pytest
from support_browser import browser, opened
from support_report import kept, of, record, removal, write_log

from cleaner.logreading import find_logs, read_logs
from cleaner.report.collect import collect
from cleaner.report.page import page as page_of
from cleaner.report.texts import Texts
from cleaner.verdictfile import read_verdicts

SOURCE = "One line of the story.\nAdvertisement\nTwo lines of it.\nBuy the mug\nThree.\nFollow Ann\n"
HOSTILE = (
    "</script><script>window.hit=1</script><img src=x onerror=window.hit=2><svg onload=window.hit=3>"
    "<!--<script>{{data}} evil \u202edetrever\u202c \x00 \ud800 \u2066x javascript:window.hit=4\n"
)
TOKEN = "a-token-for-the-tests-of-pages"


@pytest.fixture(scope="module")
def context():
    with browser() as context:
        yield context


@pytest.fixture
def log(tmp_path):
    entries = [
        removal(of(SOURCE, "Adv"), "Advertisement\n", confidence=0.97),
        removal(of(SOURCE, "Buy"), "Buy the mug\n", "promo", None, detector="model", confidence=0.85),
        kept(of(SOURCE, "Follow"), "Follow Ann\n", "social"),
    ]
    other = record("other.example/b.txt", removal(0, "Share this\n", "social", "test.social.share"))
    return write_log(tmp_path / "a.jsonl", record("news.example/a.txt", *entries, source=SOURCE), other)


def show(context, tmp_path, log, texts=None, limit=1000):
    found = collect(read_logs(find_logs([str(log)])), limit, texts)
    path = tmp_path / "report.html"
    path.write_text(page_of(found, "A report"), encoding="utf-8")
    return opened(context, path.as_uri())


def rows(page):
    page.wait_for_timeout(120)
    return [text.split("\n")[0] for text in page.locator(".row").all_inner_texts()]


def test_it_shows_what_went_and_what_stayed(context, tmp_path, log):
    page = show(context, tmp_path, log)
    assert rows(page) == ["Advertisement", "Buy the mug", "Follow Ann", "Share this"]
    assert page.inner_text("#summary") == "3 removals and 1 refused detection shown, of 4 in 2 documents."
    page.click(".row >> nth=2")
    detail = page.inner_text("#detail")
    for part in ("news.example/a.txt", "Looks so.", "confidence 0.60 is below 0.80", "social: prompt to follow"):
        assert part in detail
    assert page.said == [] and len(page.asked) == 1


def test_without_the_text_gaps_are_shown_and_with_it_what_stands_around(context, tmp_path, log):
    page = show(context, tmp_path, log)
    page.click(".row >> nth=1")
    assert page.inner_text("#detail .text").split("\n") == [
        "… 23 characters …",
        "Advertisement",
        "… 17 characters …",
        "Buy the mug",
        "… 7 characters …",
        "Follow Ann",
        "",
    ]
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text(SOURCE)
    page = show(context, tmp_path, log, Texts(tmp_path / "texts"))
    page.click(".row >> nth=1")
    assert page.inner_text("#detail .text").strip() == SOURCE.strip()
    assert page.locator("#detail del").all_inner_texts() == ["Advertisement\n", "Buy the mug\n"]
    assert page.inner_text("#detail del.now") == "Buy the mug\n"


@pytest.mark.parametrize(
    ("control", "value", "expected"),
    [
        ("#search", "MUG", ["Buy the mug"]),
        ("#search", "other.example", ["Share this"]),
        ("#category", "social", ["Follow Ann", "Share this"]),
        ("#rule", "model", ["Buy the mug", "Follow Ann"]),
        ("#site", "other.example", ["Share this"]),
        ("#kind", "kept", ["Follow Ann"]),
        ("#low", "0.9", ["Advertisement", "Share this"]),
        ("#high", "0.7", ["Follow Ann"]),
        ("#search", "nowhere at all", []),
    ],
)
def test_filters(context, tmp_path, log, control, value, expected):
    page = show(context, tmp_path, log)
    if control in ("#search", "#low", "#high"):
        page.fill(control, value)
    else:
        options = page.locator(f"{control} option").all_inner_texts()
        page.select_option(control, index=[o.split(" (")[0].split(" after")[0] for o in options].index(value))
    page.wait_for_timeout(150)
    assert rows(page) == expected
    page.click("#reset")
    assert len(rows(page)) == 4


def test_charts_follow_the_filters(context, tmp_path, log):
    page = show(context, tmp_path, log)
    spoken = page.locator("#charts svg")
    assert spoken.nth(0).get_attribute("aria-label") == "By category: social 2, ad 1, promo 1"
    assert "news.example/a.txt 26" in spoken.nth(3).get_attribute("aria-label")
    page.fill("#search", "mug")
    page.wait_for_timeout(150)
    assert spoken.nth(0).get_attribute("aria-label") == "By category: promo 1"


def test_hostile_texts_stay_texts(context, tmp_path):
    entries = (removal(0, HOSTILE, reason=HOSTILE, rule=HOSTILE.strip()), kept(3, HOSTILE, refusal=HOSTILE))
    log = write_log(tmp_path / "a.jsonl", record(HOSTILE, *entries))
    with log.open("a") as file:
        file.write('"</script><script>window.hit=5</script>"\n')
    page = show(context, tmp_path, log)
    assert len(rows(page)) == 2
    for place in range(2):
        page.click(f".row >> nth={place}")
        page.wait_for_timeout(50)
    assert page.evaluate("window.hit") is None
    assert page.said == [] and len(page.asked) == 1
    assert page.locator("main img, main script, svg[onload]").count() == 0
    shown = page.inner_text("#detail .text")
    for name in ("[U+202E]", "[U+202C]", "[U+0000]", "[U+D800]", "[U+2066]"):
        assert name in shown
    assert "</script><script>window.hit=1" in shown
    visible = page.inner_text("body")
    assert not set(visible) & set("\u202e\u202c\u2066\x00")


def test_injected_code_would_be_stopped_by_the_policy_too(context, tmp_path, log):
    page = show(context, tmp_path, log)
    page.evaluate(
        """() => {
            document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.hit=1'>");
            const script = document.createElement("script");
            script.textContent = "window.hit = 2";
            document.body.append(script);
        }"""
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.hit") is None
    refused = page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')")
    assert refused == "refused"


def test_keys_step_through_the_list(context, tmp_path, log):
    page = show(context, tmp_path, log)
    selected = "#list [aria-selected=true]"

    def press(key):
        page.keyboard.press(key)
        page.wait_for_timeout(60)
        return page.locator(selected).inner_text().split("\n")[0]

    assert [press(key) for key in ("j", "j", "k")] == ["Buy the mug", "Follow Ann", "Buy the mug"]
    page.focus("#list")
    assert [press(key) for key in ("End", "ArrowUp", "Home", "ArrowDown")] == [
        "Share this",
        "Follow Ann",
        "Advertisement",
        "Buy the mug",
    ]
    assert page.get_attribute("#list", "aria-activedescendant") == page.locator(selected).get_attribute("id")
    page.keyboard.press("/")
    page.keyboard.type("jjk")
    assert page.input_value("#search") == "jjk"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "list"


def test_only_the_rows_that_are_seen_are_in_the_page(context, tmp_path):
    log = write_log(tmp_path / "a.jsonl", record("a", *(removal(20 * n, f"Text {n}\n") for n in range(5000))))
    page = show(context, tmp_path, log, limit=5000)
    assert len(rows(page)) < 60
    page.focus("#list")
    page.keyboard.press("End")
    page.wait_for_timeout(120)
    assert rows(page)[-1] == "Text 4999"
    assert page.locator(".row").count() < 60


def test_what_is_not_shown_is_said(context, tmp_path, log):
    with log.open("a") as file:
        file.write("{torn")
    page = show(context, tmp_path, log, limit=2)
    notes = page.inner_text("#notes")
    assert "a.jsonl, line 3: not a line of JSON" in notes
    assert "2 decisions left out" in notes
    assert len(rows(page)) == 2


def test_an_empty_log_has_a_page(context, tmp_path):
    page = show(context, tmp_path, write_log(tmp_path / "a.jsonl"))
    assert page.inner_text("#detail-heading") == "Nothing fits the filters"
    assert page.said == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_keeps_people_out(context, tmp_path, log, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = show(context, tmp_path, log)
    page.emulate_media(color_scheme=scheme)
    page.wait_for_timeout(100)
    paper = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}[scheme]
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper
    assert serious(axe, page) == []


def serious(axe, page):
    """What axe finds that keeps people out."""
    found = axe.Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['help']}" for one in found if one["impact"] in ("serious", "critical")]


# Reviews.


class Server:
    """A review that can be ended and begun again at the same address."""

    def __init__(self, home, port):
        self.home, self.port = home, port

    def start(self):
        command = [sys.executable, "-m", "cleaner", "review", "a.jsonl", "--verdicts", "v.jsonl", "--by", "Ann"]
        command += ["--port", str(self.port), "--token", TOKEN]
        self.process = subprocess.Popen(command, cwd=self.home, stdout=subprocess.PIPE)
        self.address = self.process.stdout.readline().decode().strip()
        self.port = int(self.address.split(":")[2].split("/")[0])
        return self.address

    def kill(self):
        self.process.kill()
        self.process.communicate()

    @property
    def verdicts(self):
        path = self.home / "v.jsonl"
        return [placed.verdict for placed in read_verdicts([path]).placed] if path.exists() else []

    def wait_for(self, count):
        for _ in range(200):
            if len(self.verdicts) >= count:
                break
            time.sleep(0.1)
        assert len(self.verdicts) == count


@pytest.fixture
def server(tmp_path, log):
    server = Server(tmp_path, 0)
    server.start()
    yield server
    server.kill()


def test_one_key_decides_and_goes_on(context, server):
    page = opened(context, server.address)
    for key in ("r", "a", "a"):
        page.keyboard.press(key)
    server.wait_for(3)
    assert [(v.ruling.value, v.text, v.rule) for v in server.verdicts] == [
        ("reject", "Advertisement", "test.ad.label"),
        ("accept", "Buy the mug", "model"),
        ("accept", "Follow Ann", "model"),
    ]
    page.wait_for_timeout(100)
    assert page.locator(".row").nth(0).inner_text().split("\n")[1].startswith("removed rejected")
    assert "3 decided" in page.inner_text("#summary")
    page.check("#undecided")
    page.wait_for_timeout(150)
    assert rows(page) == ["Share this"]
    assert page.said == []


def test_a_note_a_site_and_a_rule(context, server):
    page = opened(context, server.address)
    page.keyboard.press("n")
    page.keyboard.type("A heading; jar.")
    page.keyboard.press("Enter")
    page.check("#here")
    page.focus("#list")
    page.keyboard.press("r")
    page.keyboard.press("j")
    page.keyboard.press("g")
    server.wait_for(2)
    first, second = server.verdicts
    assert (first.note, first.site) == ("A heading; jar.", "news.example")
    assert (second.ruling, second.text) == ("accept", "Follow Ann")
    page.locator("#told", has_text="v.toml").wait_for()
    assert (server.home / "v.toml").read_text().count("[[rule]]") == 1


def test_decisions_wait_for_a_server_that_was_killed(context, server):
    page = opened(context, server.address)
    page.keyboard.press("r")
    server.wait_for(1)
    server.kill()
    page.keyboard.press("r")
    page.keyboard.press("r")
    page.wait_for_selector("#outbox:not([hidden])")
    # The first one is on disk, but the server may have been killed before it said so; then the page sends it again.
    assert any(f"{count} decisions wait here" in page.inner_text("#outbox") for count in (2, 3))
    assert f"--port {server.port} --token {TOKEN}" in page.inner_text("#outbox")
    server.start()
    server.wait_for(3)
    page.wait_for_selector("#outbox", state="hidden")


def test_decisions_outlive_a_page_that_was_closed(context, server):
    page = opened(context, server.address)
    server.kill()
    page.keyboard.press("r")
    page.wait_for_selector("#outbox:not([hidden])")
    page.close(run_before_unload=False)
    server.start()
    page = opened(context, server.address)
    server.wait_for(1)
    assert page.locator(".row").nth(0).inner_text().split("\n")[1].startswith("removed rejected")


def test_two_pages_show_each_others_decisions(context, server):
    one, two = opened(context, server.address), opened(context, server.address)
    one.keyboard.press("r")
    two.locator(".row", has_text="rejected").first.wait_for(timeout=15000)
    two.keyboard.press("a")
    one.locator(".row", has_text="accepted").first.wait_for(timeout=15000)
    server.wait_for(2)


def test_the_review_keeps_nobody_out(context, server):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page = opened(context, server.address)
    page.keyboard.press("r")
    page.wait_for_timeout(200)
    assert serious(axe, page) == []
