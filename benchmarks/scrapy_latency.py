"""How late Scrapy's event loop is while an item pipeline cleans: on the loop itself, in a thread, in processes.

    python -m benchmarks.scrapy_latency seeds --items 200 --workers 1

A spider yields the articles of a folder again and again, and a clock on the event loop asks to be called every few
milliseconds and notes how late it is. Each way runs in a process of its own. The first items, in which packs are
loaded and processes start, count as well: they are what a crawl meets.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

WAYS = ("none", "loop", "thread", "processes")
_TICK = 0.005


def main() -> None:
    """Run every way and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="of .txt files")
    parser.add_argument("--items", type=int, default=200)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--way", choices=WAYS, help="run this one alone, and print JSON")
    args = parser.parse_args()
    if args.way:
        print(json.dumps(crawl(args.way, args.folder, args.items, args.workers)))
        return
    print("| cleaning | items a second | late by, median | 99 % | most |\n|---|---|---|---|---|")
    for way in WAYS:
        command = [sys.executable, "-m", "benchmarks.scrapy_latency", *sys.argv[1:], "--way", way]
        found = json.loads(subprocess.run(command, check=True, capture_output=True).stdout.splitlines()[-1])
        late = sorted(found["late"])
        shown = " | ".join(f"{late[int(share * (len(late) - 1))] * 1000:.0f} ms" for share in (0.5, 0.99, 1))
        print(f"| {way} | {args.items / found['seconds']:.0f} | {shown} |")


def crawl(way: str, folder: Path, items: int, workers: int) -> dict[str, Any]:
    """One crawl: its seconds, and how late each tick of the clock was, in seconds."""
    import scrapy
    from scrapy.crawler import CrawlerProcess

    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.txt"))]
    late: list[float] = []

    class Articles(scrapy.Spider):
        name = "articles"

        async def start(self) -> Any:
            clock = asyncio.get_running_loop().create_task(_clock(late))
            for text in islice(cycle(texts), items):
                yield {"text": text}
            self.clock = clock  # a task that nothing holds may be collected

    pipelines = {
        "none": {},
        "loop": {OnTheLoop: 300},
        "thread": {"cleaner.integrations.scrapy.CleanArticlePipeline": 300},
        "processes": {"cleaner.integrations.scrapy.CleanArticlePipeline": 300},
    }[way]
    settings = {
        "ITEM_PIPELINES": pipelines,
        "CLEANER_AUDIT_FIELD": "audit",
        "CLEANER_WORKERS": workers if way == "processes" else 0,
        "LOG_LEVEL": "ERROR",
    }
    process = CrawlerProcess(settings)
    began = time.perf_counter()
    process.crawl(Articles)
    process.start()
    return {"seconds": time.perf_counter() - began, "late": late or [0.0]}


class OnTheLoop:
    """What the pipeline avoids."""

    def process_item(self, item: Any) -> Any:
        """Clean an item, with all else waiting."""
        import cleaner

        item["text"] = cleaner.clean(item["text"]).text
        return item


async def _clock(late: list[float]) -> None:
    while True:
        due = time.perf_counter() + _TICK
        await asyncio.sleep(_TICK)
        late.append(time.perf_counter() - due)


if __name__ == "__main__":
    main()
