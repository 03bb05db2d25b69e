"""How time grows with a text's size and with the number of rules: ``python -m benchmarks.growth [--plot FILE]``.

Prints seconds and megabytes a second for one line of many megabytes, for very many short lines, for very many
removals, and for a text under ever more rules. Linear growth is a column of equal rates.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from cleaner.config import Config
from cleaner.pipeline import Cleaner

SEED = 11
RULES = (200, 2_000, 20_000)

T = TypeVar("T")

_SYLLABLES = ("ba", "den", "ki", "lor", "mu", "nes", "po", "ras", "ti", "vel", "wo", "zin")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=50, help="the largest text, in MB")
    parser.add_argument("--mode", default="balanced")
    parser.add_argument("--plot", type=Path, help="draw seconds over megabytes to this .svg or .png (needs matplotlib)")
    arguments = parser.parse_args()
    cleaner = Cleaner(Config.make(mode=arguments.mode))
    cleaner.clean("Started.\n")
    print("| text | MB | seconds | MB/s | removals |", "|---|---|---|---|---|", sep="\n")
    seconds_by: dict[str, list[tuple[int, float]]] = {}
    for name, make in (("one line", _one_line), ("short lines", _short_lines), ("removals", _removals)):
        for megabytes in (arguments.most // 50, arguments.most // 5, arguments.most):
            if megabytes:
                seconds = _show(name, cleaner, make, megabytes * 1_000_000)
                seconds_by.setdefault(name, []).append((megabytes, seconds))
    if arguments.plot:
        _draw(arguments.plot, seconds_by)
    text = _prose(2_000_000)
    print("", "| rules | seconds to build | seconds to load | MB/s |", "|---|---|---|---|", sep="\n")
    for count in RULES:
        with tempfile.TemporaryDirectory() as folder:
            _write_pack(Path(folder) / "many.toml", count)
            config = Config.make(packs=[folder], builtin=False, model="none")
            build, _ = _timed(lambda config=config: Cleaner(config))
            load, many = _timed(lambda config=config: Cleaner(config))
            seconds, _ = _timed(lambda many=many: many.clean(text))
        print(f"| {count} | {build:.1f} | {load:.1f} | {len(text) / 1e6 / seconds:.1f} |", flush=True)


def _show(name: str, cleaner: Cleaner, make: Callable[[int], str], size: int) -> float:
    text = make(size)
    seconds, result = _timed(lambda: cleaner.clean(text))
    megabytes = len(text) / 1e6
    rate = megabytes / seconds
    print(f"| {name} | {megabytes:.0f} | {seconds:.1f} | {rate:.2f} | {len(result.removals)} |", flush=True)
    return seconds


def _draw(path: Path, seconds_by: Mapping[str, Sequence[tuple[int, float]]]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    for name, points in seconds_by.items():
        axes.loglog([size for size, _ in points], [seconds for _, seconds in points], marker="o", label=name)
    axes.set_xlabel("MB of text in one document")
    axes.set_ylabel("seconds")
    axes.grid(which="both", alpha=0.3)
    axes.legend()
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _words(generator: random.Random, count: int) -> list[str]:
    return ["".join(generator.choices(_SYLLABLES, k=generator.randint(1, 4))) for _ in range(count)]


def _prose(size: int) -> str:
    """Paragraphs of made-up words, 60 to a paragraph."""
    generator = random.Random(SEED)
    vocabulary = _words(generator, 5_000)
    paragraphs, length = [], 0
    while length < size:
        paragraph = " ".join(generator.choices(vocabulary, k=60)).capitalize() + "."
        paragraphs.append(paragraph)
        length += len(paragraph) + 1
    return "\n".join(paragraphs)


def _one_line(size: int) -> str:
    return _prose(size).replace("\n", " ")


def _short_lines(size: int) -> str:
    generator = random.Random(SEED)
    vocabulary = _words(generator, 5_000)
    return "\n".join(" ".join(generator.choices(vocabulary, k=8)) for _ in range(size // 50))


def _removals(size: int) -> str:
    """A label between any two paragraphs: in 50 MB more than 100 000 of them."""
    return _prose(size).replace("\n", "\nAdvertisement\n")


def _write_pack(path: Path, count: int) -> None:
    generator = random.Random(SEED)
    phrases = list(dict.fromkeys(" ".join(_words(generator, 3)) for _ in range(2 * count)))[:count]
    rules = [
        f'[[rule]]\nid = "any.many.rule-{number}"\ncategory = "promo"\nconfidence = 0.9\nphrases = ["{phrase}"]\n'
        f'why = "A made-up phrase."\nexamples = ["{phrase}"]\ncounterexamples = ["Nothing of it."]\n'
        for number, phrase in enumerate(phrases)
    ]
    head = '[pack]\nname = "any.many"\nversion = "1.0.0"\nlanguage = "any"\ndescription = "Made-up phrases."\n\n'
    path.write_text(head + "\n".join(rules), encoding="utf-8")


if __name__ == "__main__":
    main()
