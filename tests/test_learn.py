import gzip
import json
import os
import pty
import select
import subprocess
import sys
import termios
import time
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cleaner.config import THRESHOLDS, Config, Mode
from cleaner.errors import ConfigError, InputError, PackError
from cleaner.learn.corpus import Columns
from cleaner.learn.packfile import decided, merged, read_learned, write_learned
from cleaner.learn.run import Learned, Order, learn
from cleaner.learn.template import template_of
from cleaner.packs import Header, RuleEntry, load_packs, read_pack_file
from cleaner.pipeline import Cleaner
from tests.support_cli import run
from tests.support_learn import Plant, article, head, inside, sentence, shuffled, site, tail, write_corpus

HEADER = Header(name="learned", version="1.0.0", description="Learned.")

COUNCIL = "The Alpha Courier is a member of the Northern Press Council."
VENDOR = "Traders Academy students learn to spot the next breakout before everyone else does. Claim your seat today."
REPORTERS = "Send what you know to our reporters in confidence at {n} Harbour Street, or ring the desk."

SUBHEAD = "What happened after that"
QUESTION = "What was the first record that you bought?"
QUOTED_LAW = "“Everyone has the right to leave any country, including his own, and to return to his country,” it says."
PLAIN_LAW = (
    "The tenant shall return the dwelling in the condition in which it was received, fair wear and tear excepted."
)
INGREDIENTS = "Ingredients for the dough and the filling"
STEP = "Preheat the oven to {n} degrees and butter a large tin."
REFRAIN = "Oh carry me over the wide grey water"
DATELINE = "LONDON, 12 May (Reuters) -"
AGENCY = "(Reuters) -"
NEWS = "The ministry said late on Friday that the crossing would stay shut until the inquiry had reported."
WIRE = article(Random("wire"), 8)


def varied(plant, line: str) -> Plant:
    """Plant a line with a number of its own in every document."""
    return lambda number, text, random: plant(line.format(n=random.randint(100, 9999)))(number, text, random)


def wire(number: int, text: list[str], random: Random) -> list[str]:
    """A wire story in place of the article, as each site prints it: cut from below, with a line of its own."""
    return [*WIRE[: 8 - number % 3], "This desk has edited the story."]


def song(number: int, text: list[str], random: Random) -> list[str]:
    """A song in place of the article, with verses of its own and a refrain that other songs have too."""
    verses = [line.split(",")[0] for line in text]
    return [*verses[:2], REFRAIN, *verses[2:4], REFRAIN, *verses[4:], REFRAIN]


def corpus() -> list[dict[str, str]]:
    """Sites with lines to learn, and sites with lines that are the articles' own though they recur."""
    rows = [
        *site("alpha.example", 40, tail(COUNCIL), inside(SUBHEAD), inside(QUESTION)),
        *site("beta.example", 40, varied(tail, REPORTERS), inside(QUOTED_LAW), head(DATELINE)),
        *site("law.example", 40, inside(PLAIN_LAW), head(AGENCY)),
        *site("cook.example", 40, inside(INGREDIENTS), varied(inside, STEP)),
        *site("news.example", 60, inside(NEWS), every=6, days=0),
        *site("songs.example", 40, song, every=2),
    ]
    for number in range(6):
        rows += site(f"host{number}.example", 12, inside(VENDOR), every=3)
    for number in range(10):
        rows += site(f"paper{number}.example", 2, lambda _, text, random, n=number: wire(n, text, random), every=2)
    return rows


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Learned:
    file = write_corpus(tmp_path_factory.mktemp("corpus") / "corpus.jsonl", corpus())
    return learn(Order((str(file),)), Config(), HEADER)


@pytest.fixture(scope="module")
def by_example(learned: Learned) -> dict[str, RuleEntry]:
    return {rule.examples[0]: rule for rule in learned.rules}


@pytest.mark.parametrize(
    ("line", "template"),
    [
        ("Join 4,200 readers on 3 May 2026!", "join {number} readers on {date}"),
        ("Updated May 3, 2026", "updated {date}"),
        ("Stand vom 3. März 2026 um 12:30 Uhr", "stand vom {date} um {number} {name}"),
        ("Publicado el 3 de mayo de 2026", "publicado el {date}"),
        ("Write to a.b@desk.example or see https://desk.example/x?y=1", "write to {mail} or see {url}"),
        ("By our reporter Mara Quill in Rotterdam today", "by our reporter {name} in {name} today"),
        ("Die Brücke im Hafen von Köln", "die brucke im hafen von koln"),
        ("ALL ABOUT THE HARBOUR", "all about the harbour"),
        ("Room 12 may be free", "room {number} may be free"),
    ],
)
def test_templates_leave_open_what_varies(line: str, template: str) -> None:
    assert template_of(line).text == template


@pytest.mark.parametrize("line", [DATELINE, AGENCY, "Ingredients", "The verdict", "12 May 2026", "Mara Quill"])
def test_what_has_few_fixed_words_makes_no_template(line: str) -> None:
    assert not template_of(line).telling


def test_a_line_below_the_articles_of_a_site_is_learned_for_that_site(by_example: dict[str, RuleEntry]) -> None:
    rule = by_example[COUNCIL]
    assert rule.sites == ["alpha.example"]
    assert rule.phrases == [COUNCIL.rstrip(".")]
    evidence = rule.evidence
    assert evidence is not None
    assert (evidence.documents, evidence.sites, evidence.share, evidence.tail, evidence.last) == (40, 1, 1.0, 1.0, 1.0)
    assert (str(evidence.first_seen), str(evidence.last_seen)) == ("2025-01-06", "2025-05-03")
    assert evidence.contexts[0].line == COUNCIL


def test_a_line_that_varies_is_learned_as_a_pattern(learned: Learned) -> None:
    (rule,) = [rule for rule in learned.rules if rule.examples[0].startswith("Send what you know")]
    assert rule.pattern == (
        r"send what you know to our reporters in confidence at \d[\d.,:']{0,15} harbour street, or ring the desk"
    )
    assert len(rule.examples) == 3


def test_a_vendors_line_on_several_sites_is_learned_for_all(by_example: dict[str, RuleEntry]) -> None:
    rule = by_example[VENDOR]
    assert rule.sites == []
    assert rule.evidence is not None
    assert (rule.evidence.documents, rule.evidence.sites) == (24, 6)
    assert rule.category == "promo"


def test_nothing_else_is_learned(learned: Learned) -> None:
    starts = sorted(rule.examples[0][:18] for rule in learned.rules)
    assert starts == ["Send what you know", "The Alpha Courier ", "Traders Academy st"]
    assert learned.refused["it recurs with the text around it"] >= 6  # the wire story's paragraphs


@pytest.mark.parametrize(
    "line", [SUBHEAD, QUESTION, QUOTED_LAW, PLAIN_LAW, INGREDIENTS, NEWS, REFRAIN, DATELINE, AGENCY, STEP, *WIRE[:5]]
)
def test_the_articles_own_lines_are_not_learned(learned: Learned, line: str) -> None:
    key = f"{template_of(line).key:016x}"
    assert not [rule.id for rule in learned.rules if rule.id.endswith(key)]


def test_what_is_learned_waits_for_review(learned: Learned) -> None:
    for rule in learned.rules:
        assert THRESHOLDS[Mode.THOROUGH] <= rule.confidence < THRESHOLDS[Mode.BALANCED]
        assert rule.reviewed is None


def write_and_load(folder: Path, learned: Learned, *, accept: str = "", reject: str = "") -> Path:
    file = merged(read_learned(folder / "learned.toml"), learned.rules)
    ids = {rule.examples[0]: rule.id for rule in file.rule}
    chosen = decided(file, [ids[accept]] if accept else [], [ids[reject]] if reject else [])
    write_learned(folder / "learned.toml", chosen)
    return folder / "learned.toml"


def test_the_pack_passes_lint_and_its_rules_serve_by_mode_and_site(learned: Learned, tmp_path: Path) -> None:
    path = write_and_load(tmp_path, learned, accept=COUNCIL, reject=VENDOR)
    assert run("packs", "lint", path, cwd=tmp_path).returncode == 0
    (pack,) = load_packs([path])
    assert {rule.examples[0][:6] for rule in pack.rules} == {"The Al", "Send w"}
    text = "\n\n".join([*article(Random("a"), 3), COUNCIL])
    balanced = Cleaner(Config.make(packs=[path], builtin=False, model="none", remove=[r.category for r in pack.rules]))
    assert COUNCIL not in balanced.clean(text, url="https://www.alpha.example/x").text
    assert COUNCIL in balanced.clean(text, url="https://other.example/x").text


def test_learned_rules_may_not_reach_balanced_before_review(learned: Learned, tmp_path: Path) -> None:
    path = write_and_load(tmp_path, learned)
    path.write_text(path.read_text(encoding="utf-8").replace("confidence = 0.4", "confidence = 0.9"), encoding="utf-8")
    with pytest.raises(PackError, match="a learned rule that nobody has reviewed"):
        load_packs([path])


def test_the_order_and_form_of_files_make_no_difference(learned: Learned, tmp_path: Path) -> None:
    rows = shuffled(corpus(), 7)
    write_corpus(tmp_path / "in" / "z.jsonl", rows[:100])
    packed = "".join(f"{json.dumps(row)}\n" for row in rows[100:200]).encode()
    (tmp_path / "in" / "a.jsonl.gz").write_bytes(gzip.compress(packed))
    pq.write_table(pa.Table.from_pylist(rows[200:]), tmp_path / "in" / "m.parquet")
    again = learn(Order((str(tmp_path / "in"),)), Config(), HEADER)
    assert again == learned
    written = [write_and_load(tmp_path / name, one).read_bytes() for name, one in (("1", learned), ("2", again))]
    assert written[0] == written[1]


def test_learning_again_keeps_decisions_and_takes_new_evidence(learned: Learned, tmp_path: Path) -> None:
    path = write_and_load(tmp_path, learned, accept=COUNCIL, reject=VENDOR)
    before = read_pack_file(path)
    newer = [
        rule.model_copy(update={"evidence": rule.evidence.model_copy(update={"documents": 999}), "category": "ad"})
        for rule in learned.rules
        if rule.evidence
    ]
    write_learned(path, merged(before, newer))
    after = read_pack_file(path)
    assert [(r.id, r.reviewed, r.confidence, r.category) for r in after.rule] == [
        (r.id, r.reviewed, r.confidence, r.category) for r in before.rule
    ]
    assert {r.evidence.documents for r in after.rule if r.evidence} == {999}


def test_decisions_by_id_are_checked(learned: Learned, tmp_path: Path) -> None:
    file = read_pack_file(write_and_load(tmp_path, learned))
    with pytest.raises(ConfigError, match=r"learned\.nothing"):
        decided(file, ["learned.nothing"], [])
    with pytest.raises(ConfigError, match="both accepted and rejected"):
        decided(file, [file.rule[0].id], [file.rule[0].id])


def test_a_story_printed_again_and_again_by_one_site_teaches_nothing(tmp_path: Path) -> None:
    text = article(Random("again"))
    rows = site("alpha.example", 12, lambda number, _, random: [*text[:5], f"Read {number + 100} times so far by all."])
    result = learn(Order((str(write_corpus(tmp_path / "c.jsonl", rows)),)), Config(), HEADER)
    assert result.rules == ()


def versions(random: Random, count: int) -> list[str]:
    """One article as several extractors give it: lines joined, lines left out, bullets, another line on top."""
    text = article(random, 10)
    made = []
    for number in range(count):
        lines = [line for line in text if random.random() > 0.1]
        at = random.randrange(len(lines) - 1)
        lines[at : at + 2] = (
            [" ".join(lines[at : at + 2])] if number % 2 else [f"- {line}" for line in lines[at : at + 2]]
        )
        made.append("\n\n".join([sentence(random), *lines]))
    return made


def test_versions_of_a_page_count_once_and_versions_elsewhere_are_one_text(tmp_path: Path) -> None:
    rows = site("alpha.example", 12, tail(COUNCIL))
    for number, text in enumerate(versions(Random("versions"), 12)):
        rows.append({"url": f"http://alpha.example/page/#{number}", "text": text})
        rows.append({"url": f"https://alpha.example/copy?of={number}", "text": text})
        rows.append({"url": f"https://one.example/{number}", "text": text})
    result = learn(Order((str(write_corpus(tmp_path / "c.jsonl", rows)),)), Config(), HEADER)
    assert [rule.examples for rule in result.rules] == [[COUNCIL]]
    assert result.documents == 12 + 1 + 12 + 12
    assert result.refused["it recurs with the text around it"] >= 8


def test_the_site_of_texts_is_their_folder_or_named(tmp_path: Path) -> None:
    for row in site("alpha.example", 12, tail(COUNCIL)):
        for folder in ("alpha.example", "somewhere"):
            (tmp_path / folder).mkdir(exist_ok=True)
            (tmp_path / folder / f"{row['id']}.txt").write_text(row["text"], encoding="utf-8")
    by_folder = learn(Order((str(tmp_path / "alpha.example"),)), Config(), HEADER)
    named = learn(Order((str(tmp_path / "somewhere"),), site="alpha.example"), Config(), HEADER)
    homeless = learn(Order((str(tmp_path / "somewhere"),)), Config(), HEADER)
    assert by_folder.rules == named.rules
    assert [rule.examples for rule in named.rules] == [[COUNCIL]]
    assert (homeless.rules, homeless.homeless) == ((), 12)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"text": "a"', "line 2: is not JSON"),
        ('{"body": "a"}', "line 2: has no field 'text'"),
        ("[1]", "line 2: has no"),
    ],
)
def test_a_corpus_that_cannot_be_read_is_named(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "c.jsonl").write_text(f'{{"text": "One."}}\n{line}\n', encoding="utf-8")
    with pytest.raises(InputError, match=message):
        learn(Order((str(tmp_path / "c.jsonl"),)), Config(), HEADER)
    pq.write_table(pa.table({"body": ["a"]}), tmp_path / "c.parquet")
    with pytest.raises(InputError, match=r"c\.parquet: has no column 'text'"):
        learn(Order((str(tmp_path / "c.parquet"),), Columns()), Config(), HEADER)


def test_the_command_learns_reviews_and_learns_again(learned: Learned, tmp_path: Path) -> None:
    write_corpus(tmp_path / "c.jsonl", corpus())
    done = run("learn", "c.jsonl", "--out", "learned.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert b"3 rules proposed, 3 of them new" in done.stdout
    path = tmp_path / "learned.toml"
    assert read_pack_file(path).rule == list(learned.rules)
    ids = [rule.id for rule in learned.rules]
    done = run("learn", "--review", path.name, "--accept", ids[0], "--reject", ids[1], cwd=tmp_path)
    assert done.stdout == b"1 accepted, 1 rejected in learned.toml.\n"
    done = run("learn", "--review", path.name, cwd=tmp_path, stdin=b"x\ne\nsocial\na\n")
    assert b"1 decided, 0 left" in done.stdout
    decisions = [(r.id, r.reviewed, str(r.category)) for r in read_pack_file(path).rule]
    assert [reviewed for _, reviewed, _ in decisions] == ["accepted", "rejected", "accepted"]
    assert decisions[2][2] == "social"
    before = path.read_bytes()
    assert b"0 of them new" in run("learn", "c.jsonl", "--out", "learned.toml", cwd=tmp_path).stdout
    assert path.read_bytes() == before


def wait_for(controller: int, screen: bytes, mark: bytes) -> bytes:
    """What a terminal shows, once it shows a mark."""
    while mark not in screen:
        assert select.select([controller], [], [], 60)[0], screen
        screen += os.read(controller, 65536)
    return screen


def test_the_review_takes_single_keys_in_a_terminal(learned: Learned, tmp_path: Path) -> None:
    path = write_and_load(tmp_path, learned)
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "cleaner", "learn", "--review", str(path)]
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    shown = []
    with subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=env) as process:
        os.close(terminal)
        for key in b"arq":
            shown.append(wait_for(controller, b"", b"q quit"))
            while termios.tcgetattr(controller)[3] & termios.ICANON:  # Keys are not awaited yet.
                time.sleep(0.01)
            os.write(controller, bytes([key]))
        assert b"2 decided, 1 left" in wait_for(controller, b"", b" left in ")
    os.close(controller)
    assert process.returncode == 0
    assert [f"[{n} of 3]".encode() in screen for n, screen in enumerate(shown, 1)] == [True] * 3
    assert b"\x1b[9;31m" in shown[0]  # the line that would go is struck out in red
    assert [rule.reviewed for rule in read_pack_file(path).rule] == ["accepted", "rejected", None]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], b"say what to learn from"),
        (["c.jsonl"], b"say what to learn from"),
        (["c.jsonl", "--review", "l.toml"], b"leave CORPUS and --out out"),
        (["c.jsonl", "--out", "l.toml", "--accept", "a.b"], b"go with --review"),
        (["--review", "none.toml"], b"none.toml: cannot be read"),
    ],
)
def test_the_command_says_what_is_wrong(tmp_path: Path, arguments: list[str], message: bytes) -> None:
    done = run("learn", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in b" ".join(done.stderr.replace("│".encode(), b" ").split())
