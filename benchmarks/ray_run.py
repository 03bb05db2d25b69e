"""Clean a corpus on Ray and on this machine alone, and say what a core does and what a billion documents cost at that.

    python -m benchmarks.ray_run FOLDER --gigabytes 0.05 --workers 2
    python -m benchmarks.ray_run /shared/FOLDER --gigabytes 100 --address HEAD:6379 --workers 512

The corpus is that of corpus_run, in shards of equal size. What a run takes before the first document, found by a run
over one document, is told apart from the rate. The price is a parameter; take that of your provider.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus_run import make_corpus

BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """What a run took; ``start`` are the seconds of one over a single document."""

    documents: int
    size: int
    seconds: float
    start: float
    workers: int

    @property
    def rate(self) -> float:
        """Documents a second and worker, without the start."""
        return self.documents / (self.seconds - self.start) / self.workers

    def __str__(self) -> str:
        """For people."""
        seconds = self.seconds - self.start
        return (
            f"{self.workers} workers: {self.documents} documents in {self.seconds:.1f} s, of which {self.start:.1f} s to "
            f"start: {self.documents / seconds:.0f} documents and {self.size / seconds / 1e6:.2f} MB of text a second, "
            f"{self.rate:.0f} documents a second and worker"
        )


def main() -> None:
    """Make the corpora if they are not there, run, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="for corpora and outputs, where all machines reach it")
    parser.add_argument("--gigabytes", type=float, default=0.05, help="of text; 10^9 bytes each")
    parser.add_argument("--shards", type=int, help="the default is four for each worker")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--address", help="of a cluster; if none is named, Ray runs on this machine")
    parser.add_argument("--price", type=float, default=0.04, help="of an hour of one core, in any currency")
    parser.add_argument("--no-model", action="store_true")
    args = parser.parse_args()
    size, shards = int(args.gigabytes * 1e9), args.shards or 4 * args.workers
    corpus, single = args.folder / f"corpus-{size}-{shards}", args.folder / "corpus-1"
    for folder, total in ((corpus, size), (single, 1)):
        if not folder.exists():
            make_corpus(folder, total, random.Random(1), max(1, total // shards))
    common = ["--workers", str(args.workers), *["--no-model"] * args.no_model]
    ray = ["--engine", "ray", *(["--address", args.address] if args.address else [])]
    for name, options in (("one machine", common), ("Ray", [*common, *ray])):
        run = measured(corpus, single, args.folder / "run", options, args.workers)
        hours = BILLION / run.rate / 3600
        print(f"{name}: {run}", flush=True)
        print(
            f"  a billion documents: {hours:.0f} core hours, {hours * args.price:.0f} at {args.price} an hour",
            flush=True,
        )


def measured(corpus: Path, single: Path, out: Path, options: Sequence[str], workers: int) -> Run:
    """Clean both corpora."""
    start = stats(single, out, options)
    found = stats(corpus, out, options)
    return Run(found["documents"], found["bytes_in"], found["seconds"], start["seconds"], workers)


def stats(corpus: Path, out: Path, options: Sequence[str]) -> dict[str, float]:
    """What ``--stats`` says of a run."""
    shutil.rmtree(out, ignore_errors=True)
    places = ["--out", out / "clean", "--audit", out / "audit", "--stats", out / "stats.json"]
    command = [sys.executable, "-m", "cleaner", "clean", corpus, *places, *options]
    done = subprocess.run([str(part) for part in command], stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    content: dict[str, float] = json.loads((out / "stats.json").read_bytes())
    shutil.rmtree(out)
    return content


if __name__ == "__main__":
    main()
