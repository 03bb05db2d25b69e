"""How long a report with many removals takes to be made, to open and to be filtered, in Chromium.

``python -m benchmarks.report_speed 10000 100000`` prints a row for each number of removals. The page is opened from
disk in a browser of its own; opening is until the list can be used, the rest until the next frame after it is drawn.
"""

import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

from cleaner.audit import SCHEMA, to_json
from cleaner.logreading import find_logs, read_logs
from cleaner.model import AuditRecord, Category, Removal
from cleaner.report.collect import collect
from cleaner.report.page import page
from tests.support_browser import browser, opened

_WORDS = (*"abcdefgh", "harbour", "bridge", "ferry", "orchard", "museum", "canal", "storm", "vote", "reply", "offer")
_CATEGORIES = [c for c in Category if c is not Category.TIDY]
_A_DOCUMENT = 12
_STEPS = {
    "filter by category": "document.getElementById('category').selectedIndex = 3;",
    "search, first time": "document.getElementById('search').value = 'harbour ferry';",
    "search again": "document.getElementById('search').value = 'harbour vote';",
}
# Until the frame after the list was drawn; the page waits 60 ms after the last key before it filters.
_MEASURE = """async () => {
    const start = performance.now();
    %s
    document.getElementById('filters').dispatchEvent(new Event('input'));
    await new Promise((done) => {
        new MutationObserver((_, observer) => { observer.disconnect(); requestAnimationFrame(() => done()); })
            .observe(document.getElementById('rows'), { childList: true });
    });
    return performance.now() - start;
}"""
_SCROLL = """async () => {
    const list = document.getElementById('list');
    let slowest = 0;
    for (let n = 0; n < 60; n++) {
        const start = performance.now();
        list.scrollTop = (list.scrollHeight / 60) * n;
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        slowest = Math.max(slowest, performance.now() - start);
    }
    return slowest;
}"""


def records(removals: int) -> list[AuditRecord]:
    """Documents with twelve removals each, of texts of two to forty words."""
    random = Random(0)
    made = []
    for number in range(removals // _A_DOCUMENT + 1):
        entries = []
        start = 0
        for _ in range(min(_A_DOCUMENT, removals - number * _A_DOCUMENT)):
            text = " ".join(random.choices(_WORDS, k=random.randint(2, 40))) + "\n"
            rule, category = f"en.rules.number-{random.randint(1, 300)}", random.choice(_CATEGORIES)
            confidence = round(random.uniform(0.5, 1), 4)
            reason = f"The line says something of kind {random.randint(1, 300)}."
            entries.append(Removal(start, start + len(text), text, category, confidence, "phrase", rule, reason))
            start += len(text) + random.randint(50, 900)
        id = f"raw/site{number % 40}.example/{number}.txt"
        made.append(AuditRecord(SCHEMA, id, "0", "1", "0.1.0", "0", "0", (), tuple(entries), ()))
    return made


def measure(removals: int, folder: Path, context: Any) -> dict[str, float]:
    """Seconds to make the page, its megabytes, and milliseconds of what is done in it."""
    log = folder / f"{removals}.jsonl"
    log.write_text("".join(f"{to_json(record)}\n" for record in records(removals)), encoding="utf-8")
    start = time.perf_counter()
    text = page(collect(read_logs(find_logs([str(log)])), removals), "Speed")
    figures = {"make (s)": time.perf_counter() - start, "size (MB)": len(text.encode()) / 1e6}
    path = folder / f"{removals}.html"
    path.write_text(text, encoding="utf-8")
    start = time.perf_counter()
    view = opened(context, path.as_uri())
    figures["open (ms)"] = (time.perf_counter() - start) * 1000
    for name, change in _STEPS.items():
        figures[f"{name} (ms)"] = view.evaluate(_MEASURE % change)
        view.click("#reset")
        view.wait_for_timeout(500)
    figures["slowest of 60 scroll steps (ms)"] = view.evaluate(_SCROLL)
    view.close()
    return figures


def main() -> None:
    """Measure for the numbers of removals on the command line."""
    sizes = [int(n) for n in sys.argv[1:]] or [10_000, 100_000]
    with tempfile.TemporaryDirectory() as folder, browser() as context:
        for number, size in enumerate(sizes):
            figures = measure(size, Path(folder), context)
            if not number:
                print("| removals | " + " | ".join(figures) + " |\n|---|" + "---|" * len(figures))
            print(f"| {size:,} | " + " | ".join(f"{value:,.1f}" for value in figures.values()) + " |", flush=True)


if __name__ == "__main__":
    main()
