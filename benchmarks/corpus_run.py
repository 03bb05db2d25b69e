"""Clean a corpus of any size, made up on the spot, and say what that takes.

    python -m benchmarks.corpus_run FOLDER --gigabytes 5 --workers 1 --workers 2

The corpus is text of its own words, from a seed, with boilerplate between, half of it JSON Lines (zstd) and half
Parquet. For each number of workers, the rate and the peak memory of all processes together are printed.
"""

import argparse
import json
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from cleaner.corpus.codecs import Codec, encoded

SHARD_BYTES = 100_000_000
ROW_GROUP = 2_000
#: How often memory is looked at, in seconds.
PERIOD = 0.2

_SYLLABLES = re.findall("[a-z]+", "ba den fi gor hal in ka lem mo nar os pel qui rat sen tor ul ven wis yar zo")
_BOILERPLATE = (
    "Advertisement",
    "Sign up for our free newsletter",
    "Follow us on Twitter and Facebook",
    "Read Next:",
    "Share this article",
    "Leave a Reply",
    "© 2024 Harbour Ledger. All rights reserved.",
)


def main() -> None:
    """Make the corpus if it is not there, run, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="for the corpus and the outputs; the latter are deleted")
    parser.add_argument("--gigabytes", type=float, default=0.05, help="of text; 10^9 bytes each")
    parser.add_argument("--workers", type=int, action="append", help="can be repeated; the default is 1 and then 2")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-model", action="store_true")
    args = parser.parse_args()
    corpus = args.folder / f"corpus-{args.gigabytes}-{args.seed}"
    if not corpus.exists():
        make_corpus(corpus, int(args.gigabytes * 1e9), random.Random(args.seed))
    first = None
    for workers in args.workers or [1, 2]:
        rate, peak, documents = measured(corpus, args.folder / "run", workers, ["--no-model"] * args.no_model)
        first = first or rate
        print(
            f"{workers} workers: {documents} documents, {rate / 1e6:.2f} MB of text a second ({rate / first:.2f} times "
            f"the first), peak memory of all processes {peak / 1e6:.0f} MB",
            flush=True,
        )


def make_corpus(folder: Path, size: int, chance: random.Random, shard: int = SHARD_BYTES) -> None:
    """Shards of so many bytes of text each, and in all."""
    folder.mkdir(parents=True)
    vocabulary = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(5_000)]
    number = 0
    while size > 0:
        texts = list(_texts(vocabulary, min(size, shard), chance))
        rows = [{"id": f"{number}-{n}", "text": text, "score": n / 7} for n, text in enumerate(texts)]
        (_write_parquet if number % 2 else _write_jsonl)(folder, number, rows)
        size -= sum(map(len, texts))
        number += 1


def _texts(vocabulary: Sequence[str], size: int, chance: random.Random) -> Iterator[str]:
    while size > 0:
        lines = []
        for _ in range(chance.randint(3, 30)):
            lines.append(_paragraph(vocabulary, chance))
            if chance.random() < 0.2:
                lines.append(chance.choice(_BOILERPLATE))
        text = "\n\n".join(lines) + "\n"
        size -= len(text)
        yield text


def _paragraph(vocabulary: Sequence[str], chance: random.Random) -> str:
    sentences = (" ".join(chance.choices(vocabulary, k=chance.randint(6, 25))) for _ in range(chance.randint(1, 5)))
    return " ".join(f"{sentence.capitalize()}." for sentence in sentences)


def _write_jsonl(folder: Path, number: int, rows: Sequence[dict[str, object]]) -> None:
    with (folder / f"{number:05}.jsonl.zst").open("wb") as file, encoded(file, Codec.ZSTD) as stream:
        for row in rows:
            stream.write(json.dumps(row).encode() + b"\n")


def _write_parquet(folder: Path, number: int, rows: Sequence[dict[str, object]]) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows)), folder / f"{number:05}.parquet", row_group_size=ROW_GROUP)


def measured(corpus: Path, out: Path, workers: int, options: Sequence[str]) -> tuple[float, int, int]:
    """Bytes of text a second, the peak memory in bytes of all processes, and the number of documents."""
    shutil.rmtree(out, ignore_errors=True)
    places = ["--out", str(out / "clean"), "--audit", str(out / "audit"), "--stats", str(out / "stats.json")]
    command = [sys.executable, "-m", "cleaner", "clean", str(corpus), *places, "--workers", str(workers), *options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    peak = 0
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        time.sleep(PERIOD)
    errors = process.communicate()[1].decode()
    if process.returncode:
        raise SystemExit(errors)
    stats = json.loads((out / "stats.json").read_bytes())
    shutil.rmtree(out)
    return stats["bytes_per_second"], peak, stats["documents"]


def memory(pid: int) -> int:
    """The bytes of memory of a process and all that it started; what they share counts once a process."""
    parents: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue  # It ended meanwhile.
        process = int(status.parent.name)
        parents[process] = int(fields["PPid"])
        sizes[process] = int(fields.get("VmRSS", "0 kB").split()[0]) * 1024
    total = 0
    for process in parents:
        ancestor = process
        while ancestor not in (0, pid):
            ancestor = parents.get(ancestor, 0)
        total += sizes[process] if ancestor == pid else 0
    return total


if __name__ == "__main__":
    main()
