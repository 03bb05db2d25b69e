"""How the service does under load: requests a second, time to answer, memory of its processes before and after.

    python -m benchmarks.serve_load [FOLDER] [--seconds 20] [--clients 64] [--workers N]

Starts ``cleaner serve`` on a free port and has so many clients send the texts of a folder (``seeds``), one request
after the other, for so long. Needs the extra ``test`` and Linux.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

# Not counted: connections are opened, and workers have their first documents.
_WARM_UP = 3.0


@dataclass(slots=True)
class Figures:
    """What the clients saw."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    characters: int = 0


def _started(workers: int, clients: int) -> tuple["subprocess.Popen[bytes]", str]:
    flags = ["--port", "0", "--workers", str(workers), "--max-requests", str(clients), "--log-level", "info"]
    command = [sys.executable, "-m", "cleaner", "serve", *flags]
    service = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert service.stderr is not None
    port = next(line["port"] for line in map(json.loads, service.stderr) if line["event"] == "listening")
    # Its log has to be read, or it would wait for that.
    subprocess.Popen(["cat"], stdin=service.stderr, stdout=subprocess.DEVNULL)
    return service, f"http://127.0.0.1:{port}"


def _megabytes(pid: int) -> int:
    """What a process and those it started hold in memory."""
    children = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")).split()
    own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4 // 1024
    return own + sum(_megabytes(int(child)) for child in children)


async def _client(http: httpx.AsyncClient, texts: Sequence[str], figures: Figures, since: float, until: float) -> None:
    while (begun := time.perf_counter()) < until:
        text = random.choice(texts)
        response = await http.post("/v1/clean", json={"text": text})
        if begun >= since:
            figures.seconds.append(time.perf_counter() - begun)
            figures.statuses[response.status_code] += 1
            figures.characters += len(text)


async def _load(url: str, texts: Sequence[str], clients: int, seconds: float) -> Figures:
    figures = Figures()
    since = time.perf_counter() + _WARM_UP
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=120) as http:
        await asyncio.gather(*(_client(http, texts, figures, since, since + seconds) for _ in range(clients)))
    return figures


def main() -> None:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", default="seeds", type=Path)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    texts = [path.read_text(encoding="utf-8") for path in sorted(given.folder.glob("*.txt"))]
    service, url = _started(given.workers, given.clients)
    try:
        asyncio.run(_load(url, texts, 4, 1))
        before = _megabytes(service.pid)
        figures = asyncio.run(_load(url, texts, given.clients, given.seconds))
        after = _megabytes(service.pid)
    finally:
        service.terminate()
        service.wait()
    _print(figures, given.seconds, before, after)


def _print(figures: Figures, seconds: float, before: int, after: int) -> None:
    times = sorted(figures.seconds)
    rate = len(times) / seconds
    print(f"requests a second: {rate:.0f}, {figures.characters / seconds / 1e6:.2f} million characters a second")
    print(f"seconds to answer: p50 {times[len(times) // 2]:.2f}, p99 {times[len(times) * 99 // 100]:.2f}")
    print(f"answers by status: {dict(figures.statuses)}")
    print(f"memory of all processes: {before} MB before, {after} MB after")


if __name__ == "__main__":
    main()
