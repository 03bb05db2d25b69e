"""Corpora in words of their own for the tests of learning: articles that share nothing, and what is put into them."""

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

_WORDS = """
mayor engineer teacher baker pilot farmer historian nurse sailor judge painter carpenter chemist curator
opened repaired measured painted bought defended described rebuilt closed surveyed moved praised lost found
bridge library orchard tunnel museum ferry archive bakery lighthouse canal theatre glacier railway vineyard
quietly twice slowly again finally together carefully late early alone
valley coast suburb island village capital delta plateau border forest peninsula district marsh strait
flood strike drought festival vote war fire merger discovery lawsuit storm census eclipse harvest
"""
WHO, DID, WHAT, HOW, WHERE, WHY = (line.split() for line in _WORDS.strip().splitlines())
DAY_ONE = date(2025, 1, 6)

Plant = Callable[[int, list[str], Random], list[str]]


def sentence(random: Random) -> str:
    pick = random.choice
    return (
        f"The {pick(WHO)} {pick(HOW)} {pick(DID)} the {pick(WHAT)} in the {pick(WHERE)} after the {pick(WHY)}, while a "
        f"{pick(WHO)} from the {pick(WHERE)} {pick(DID)} {random.randint(2, 90)} {pick(WHAT)} plans."
    )


def article(random: Random, paragraphs: int = 6) -> list[str]:
    """Paragraphs of prose that no other article has."""
    return [f"{sentence(random)} {sentence(random)}" for _ in range(paragraphs)]


def tail(*lines: str) -> Plant:
    """Put lines below the article."""
    return lambda number, text, random: [*text, *lines]


def head(*lines: str) -> Plant:
    """Put lines above the article."""
    return lambda number, text, random: [*lines, *text]


def inside(*lines: str) -> Plant:
    """Put lines between two paragraphs, not always the same ones."""

    def plant(number: int, text: list[str], random: Random) -> list[str]:
        at = random.randint(2, len(text) - 2)
        return [*text[:at], *lines, *text[at:]]

    return plant


def site(
    host: str, documents: int, *plants: Plant, seed: int = 0, every: int = 1, days: int = 3
) -> list[dict[str, str]]:
    """The articles of a site, ``days`` days apart, each ``every`` one with what is planted."""
    rows = []
    for number in range(documents):
        random = Random(f"{host} {number} {seed}")
        text = article(random)
        if number % every == 0:
            for plant in plants:
                text = plant(number, text, random)
        day = DAY_ONE + timedelta(days=days * number)
        url = f"https://www.{host}/{day:%Y/%m/%d}/{number}"
        rows.append({"id": f"{host}-{number}", "url": url, "date": day.isoformat(), "text": "\n\n".join(text)})
    return rows


def write_corpus(path: Path, rows: Iterable[dict[str, str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return path


def shuffled(rows: Sequence[dict[str, str]], seed: int) -> list[dict[str, str]]:
    return Random(seed).sample(list(rows), len(rows))
