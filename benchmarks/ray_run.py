"""Clean a corpus on Ray and on this machine alone, and say what a core does and what a billion documents cost at that.

    python -m benchmarks.ray_run FOLDER --gigabytes 0.05 --workers 2
    python -m benchmarks.ray_run /shared/FOLDER --gigabytes 100 --address HEAD:6379 --workers 512

The corpus is that of corpus_run, in shards of equal size. A core's rate is by the processor time of a single worker, so
other work on the machine changes it little. The rates of several workers are by the clock, from the moment when as many
shards are done as there are workers, so that starting them does not count. The price is a parameter.
"""

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus_run import make_corpus

BILLION = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """A run: what it cleaned, the seconds of processor time that it took here, and when its shards were done.

    ``done`` are seconds since it was started, in order. ``size`` is in bytes of text.
    """

    documents: int
    size: int
    processor: float
    done: tuple[float, ...]

    def rate(self, workers: int) -> float:
        """Documents a second by the clock, once all workers are at it."""
        share = (len(self.done) - workers) / len(self.done)
        return self.documents * share / (self.done[-1] - self.done[workers - 1])


def main() -> None:
    """Make the corpora if they are not there, run, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="for corpora and outputs, where all machines reach it")
    parser.add_argument("--gigabytes", type=float, default=0.05, help="of text; 10^9 bytes each")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--shards", type=int, help="more than there are workers; the default is eight times as many")
    parser.add_argument("--address", help="of a cluster; if none is named, Ray runs on this machine")
    parser.add_argument("--price", type=float, default=0.04, help="of an hour of one core, in any currency")
    parser.add_argument("--no-model", action="store_true")
    args = parser.parse_args()
    size, shards = int(args.gigabytes * 1e9), args.shards or 8 * args.workers
    corpus = made(args.folder / f"corpus-{size}-{shards}", size, shards)
    sample = made(args.folder / "corpus-sample", 3_000_000, 2)
    single = made(args.folder / "corpus-single", 1, 1)
    out, options = args.folder / "run", ["--no-model"] * args.no_model

    start, one = (measured(folder, out, options) for folder in (single, sample))
    rate = (one.documents - start.documents) / (one.processor - start.processor)
    hours = BILLION / rate / 3600
    print(f"one core: {rate:.0f} documents a second, {rate * one.size / one.documents / 1e6:.2f} MB of text")
    print(f"a billion documents: {hours:.0f} core hours, {hours * args.price:.0f} at {args.price} an hour", flush=True)
    workers = ["--workers", str(args.workers)]
    ray = ["--engine", "ray", *(["--address", args.address] if args.address else [])]
    for name, engine in (("one machine", []), ("Ray", ray)):
        run = measured(corpus, out, [*options, *workers, *engine])
        print(
            f"{name}, {args.workers} workers: {run.rate(args.workers):.0f} documents a second; "
            f"first shard after {run.done[0]:.0f} s, {run.documents} documents after {run.done[-1]:.0f} s",
            flush=True,
        )


def made(folder: Path, size: int, shards: int) -> Path:
    """A corpus of so many bytes of text in so many shards."""
    if not folder.exists():
        make_corpus(folder, size, random.Random(1), -(-size // shards))
    return folder


def measured(corpus: Path, out: Path, options: Sequence[str]) -> Run:
    """Clean a corpus."""
    shutil.rmtree(out, ignore_errors=True)
    places = ["--out", out / "clean", "--audit", out / "audit", "--stats", out / "stats.json"]
    command = [sys.executable, "-m", "cleaner", "clean", corpus, *places, *options]
    before, start = processor(), time.time()
    done = subprocess.run([str(part) for part in command], stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.decode())
    taken = processor() - before
    times = sorted(file.stat().st_mtime - start for file in (out / "clean").iterdir())
    stats = json.loads((out / "stats.json").read_bytes())
    shutil.rmtree(out)
    return Run(stats["documents"], stats["bytes_in"], taken, tuple(times))


def processor() -> float:
    """The seconds of processor time of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
