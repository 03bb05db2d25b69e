"""What pages that are made to take time and memory without end take: seconds and peak memory of each, in processes.

    python -m benchmarks.hostile_pages [--extractor resiliparse] [NAME…]

Each page is extracted as ``cleaner.html.extraction.extract`` does it, limits included, in a process of its own that is
ended after two minutes. Prints a table: the page, its size in MB, what came of it, seconds, peak memory in MB.
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

_P = "<p>Ships waited for days at the harbour, and the crews were glad when the gate opened again on Monday.</p>"
_STORY = "".join(_P.replace("days", f"{n} days") for n in range(2, 9))
_SECONDS = 120


def _page(body: str) -> str:
    return (
        f"<!DOCTYPE html><html><head><title>Harbour</title></head><body><article>{_STORY}{body}</article></body></html>"
    )


def _entity_bomb() -> str:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "boom">{entities}]>{_page("<p>&e9;</p>")}'


def _bold(bold: int, paragraphs: int) -> str:
    return _page("<p>" + "".join(f"<b id={n}>" for n in range(bold)) + "<p>x" * paragraphs)


#: The pages by name. Those that end in "limit" are as bad as the limits let them be for trafilatura.
PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "an article": lambda: _page(""),
        "20 MB of nested elements": lambda: _page("<div>" * 4_000_000),
        "250 deep, closed": lambda: _page("<div>" * 250 + _STORY + "</div>" * 250),
        "2000 deep": lambda: _page("<div>" * 2_000 + _STORY),
        "a million elements": lambda: _page("<p></p>" * 1_000_000),
        "a million line breaks": lambda: _page("x<br>" * 1_000_000),
        "paragraphs, at the limit": lambda: _page(_P * 29_900),
        "elements, at the limit": lambda: _page("<div>some words</div>" * 29_900),
        "spans, at the limit": lambda: _page("<p>" + "<span>some words</span>" * 29_900),
        "trees of depth 200, at the limit": lambda: _page(("<div>" * 200 + _P + "</div>" * 200) * 148),
        "links in one paragraph, at the limit": lambda: _page("<p>" + '<a href="/x">link</a> word ' * 3_990),
        "links in paragraphs, at the limit": lambda: _page(("<p>" + '<a href="/x">link</a> word ' * 3_900) * 7),
        "bold never closed": lambda: _bold(250, 100_000),
        "bold never closed, at the limit": lambda: _bold(200, 4_700),
        "a million attributes": lambda: _page("<p " + " ".join(f"a{n}=1" for n in range(1_000_000)) + ">"),
        "an attribute of 20 MB": lambda: _page('<p class="' + "a " * 10_000_000 + '">'),
        "a word of 5 MB": lambda: _page("<p>" + "x" * 5_000_000),
        "a paragraph of 20 MB": lambda: _page("<p>" + "word " * 4_000_000),
        "paragraphs of 20 MB in all": lambda: _page(("<p>" + "word " * 20_000) * 200),
        "a script of 20 MB": lambda: _page("<script>" + "x=1;" * 5_000_000),
        "a million comments": lambda: _page("<!---->" * 1_000_000),
        "a comment without end": lambda: _page("<!--" + "x" * 5_000_000),
        "5 MB of <": lambda: _page("<" * 5_000_000),
        "5 MB of &": lambda: _page("&" * 5_000_000),
        "a million references": lambda: _page("<p>" + "&nbsp;&amp;" * 1_000_000),
        "an entity bomb": _entity_bomb,
        "JSON-LD nested 100 000 deep": lambda: _page(f"<script type=application/ld+json>{'[' * 100_000}</script>"),
        "5 MB of NULs": lambda: _page("\0" * 5_000_000),
        "too large": lambda: _page("x" * 40_000_000),
    }
)


def main() -> None:
    """Run the pages that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--extractor", default="trafilatura")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.here:
        print(_measured(given.names[0], given.extractor))
        return
    print("| Page | MB | Gives | Seconds | MB of memory |\n|---|---:|---|---:|---:|")
    for name in given.names or PAGES:
        print(_row(name, given.extractor), flush=True)


def _row(name: str, extractor: str) -> str:
    command = [sys.executable, "-m", "benchmarks.hostile_pages", "--here", "--extractor", extractor, name]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"| {name} | | ended after {_SECONDS} s | | |"
    if done.returncode:
        return f"| {name} | | **ended with {done.returncode}** | | |"
    return done.stdout.strip().splitlines()[-1]


def _measured(name: str, extractor: str) -> str:
    from cleaner.errors import InputError
    from cleaner.html.extraction import extract
    from cleaner.html.extractor import Extractor
    from cleaner.html.judge import builtin_page_model

    kind = Extractor.named(extractor)
    extract(PAGES["an article"](), extractor=kind, model=builtin_page_model())  # Imports don't count.
    page = PAGES[name]().encode()
    start = time.perf_counter()
    try:
        found = extract(page, extractor=kind, model=builtin_page_model())
        gives = f"{len(found.text)} characters{', incomplete' if found.incomplete else ''}"
    except InputError:
        gives = "refused"
    seconds = time.perf_counter() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return f"| {name} | {len(page) / 1e6:.1f} | {gives} | {seconds:.2f} | {memory:.0f} |"


if __name__ == "__main__":
    main()
