"""How fast and in how much memory a corpus is learned from: ``python -m benchmarks.learn_run [--megabytes 100]``.

Writes a corpus of its own words (seeded, so always the same), with boilerplate planted on every site, learns from it in
a process of its own, and prints the rate, the peak memory of that process, and how much of the planted was found.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

from cleaner.packs import read_pack_file

_SEED = 5
_SYLLABLES = tuple("bakelominupaResotivadafegohijukalemoneporasetovizu".lower()[i : i + 2] for i in range(0, 50, 2))
_DOCUMENTS_A_SITE = 400
_SHARD = 5000
_VENDOR = "Pupils of the Merchant School learn to read a price chart in a week. Claim your seat today."
_TAILS = (
    "{name} is a member of the regional press council and prints corrections on page two.",
    "Tell the desk of {name} what you saw: ring {number} at any hour.",
)
_MARKS = ("Merchant School", "press council", "Tell the desk")


def main() -> None:
    """Read the command line, write the corpus, learn, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--memory", default="512MB")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        corpus, out = Path(folder) / "corpus", Path(folder) / "learned.toml"
        documents, sites = _write(corpus, arguments.megabytes * 10**6)
        command = [
            sys.executable,
            "-m",
            "cleaner",
            "learn",
            str(corpus),
            "--out",
            str(out),
            "--memory",
            arguments.memory,
        ]
        start = time.monotonic()
        subprocess.run(command, check=True)
        seconds = time.monotonic() - start
        found = [rule.examples[0] for rule in read_pack_file(out).rule]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    planted = sum(any(mark in line for line in found) for mark in _MARKS)
    print(
        f"{arguments.megabytes} MB, {documents:,} documents of {sites} sites in {seconds:.0f} s "
        f"({arguments.megabytes / seconds:.1f} MB/s), peak {peak:.0f} MB with --memory {arguments.memory}; "
        f"{planted} of {len(_MARKS)} planted templates found, {len(found) - planted} others"
    )


def _write(folder: Path, size: int) -> tuple[int, int]:
    """Write shards of so many bytes in all; how many documents and sites they hold."""
    folder.mkdir()
    written = documents = 0
    rows = _rows()
    while written < size:
        with (folder / f"{documents // _SHARD:05}.jsonl").open("w", encoding="utf-8") as file:
            for _ in range(_SHARD):
                written += file.write(f"{json.dumps(next(rows))}\n")
                documents += 1
                if written >= size:
                    break
    return documents, -(-documents // _DOCUMENTS_A_SITE)


def _rows() -> Iterator[dict[str, str]]:
    number = 0
    while True:
        random = Random(f"{_SEED} {number}")
        site, place = divmod(number, _DOCUMENTS_A_SITE)
        name = f"The {_word(Random(site)).capitalize()} {_word(Random(site + 0.5)).capitalize()} Gazette"
        lines = [_paragraph(random) for _ in range(random.randint(6, 14))]
        if place % 50 == 0:
            lines.insert(random.randint(2, len(lines) - 2), _VENDOR)
        lines += [tail.format(name=name, number=random.randint(1000, 9999)) for tail in _TAILS]
        day = date(2024, 1, 1) + timedelta(days=place)
        yield {"url": f"https://site{site}.example/{number}", "date": day.isoformat(), "text": "\n\n".join(lines)}
        number += 1


def _paragraph(random: Random) -> str:
    sentences = (" ".join(_word(random) for _ in range(random.randint(8, 18))) for _ in range(3))
    return " ".join(f"{sentence.capitalize()}." for sentence in sentences)


def _word(random: Random) -> str:
    return "".join(random.choices(_SYLLABLES, k=random.randint(1, 4)))


if __name__ == "__main__":
    main()
