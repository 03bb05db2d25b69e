import pickle
import re
import threading
from pathlib import Path

import pytest

import cleaner
from cleaner.errors import PackError, RoundTripError
from cleaner.pipeline import MAX_PASSES

A = "The harbour reopened on Monday after the storm had kept every ship in the bay for three days."
B = "Two of the ferries will stay in dock until the end of the month, the company said on Tuesday."


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (f"{A}\nAdvertisement\n{B}\n", f"{A}\n{B}\n"),
        (f"{A}\n\nAdvertisement\n\n{B}", f"{A}\n\n{B}"),
        (f"{A}\r\n\r\nAdvertisement\r\n\r\n{B}\r\n", f"{A}\r\n\r\n{B}\r\n"),
        (f"{A}\n\n\nAdvertisement\n\n{B}\n", f"{A}\n\n\n{B}\n"),
        (f"\ufeffAdvertisement\n\n{A}\n", f"\ufeff{A}\n"),
        (f"{A}\n\nAdvertisement", f"{A}\n"),
        (f"{A}\n\n\n{B}\n\nAdvertisement\n{A}\n", f"{A}\n\n\n{B}\n\n{A}\n"),
        (f"{A}\nAdvertisement\nAdvertisement\n\n{B}\n", f"{A}\n\n{B}\n"),
        (f"{A}\nAdvertisement\n\nAdvertisement\n\n{B}\n", f"{A}\n\n{B}\n"),
        (f"{A}\n\nFollow us on Twitter. Sign up for our newsletter here.\n\n{B}\n", f"{A}\n\n{B}\n"),
        ("Advertisement\n", ""),
        ("Advertisement", ""),
    ],
)
def test_a_line_goes_with_its_ending_and_one_of_two_blank_runs(raw, clean):
    result = cleaner.clean(raw)
    assert result.text == clean
    assert result.restore() == raw


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (f"{A} Sign up for our newsletter here.\n{B}\n", f"{A}\n{B}\n"),
        (f"{A} Sign up for our newsletter here. {B}\n", f"{A} {B}\n"),
        (f"Sign up for our newsletter here. {B}\n", f"{B}\n"),
    ],
)
def test_a_promo_sentence_goes_alone(raw, clean):
    assert cleaner.clean(raw).text == clean


def test_a_result_is_frozen_and_tells_why():
    result = cleaner.clean(f"{A}\nAdvertisement\n")
    with pytest.raises(AttributeError):
        result.text = ""
    (removal,) = result.removals
    assert (removal.category, removal.detector) == ("ad", "phrase")
    assert removal.rule
    assert 0.8 <= removal.confidence <= 1


def test_refused_detections_have_their_reason():
    strict = cleaner.Cleaner(cleaner.Config.make(threshold=1.0))
    (kept,) = strict.clean(f"{A}\nAdvertisement\n").kept
    assert re.fullmatch(r"confidence 0\.\d\d is below 1\.00", kept.refusal)


def test_modes_differ_in_what_they_risk():
    text = f"{A}\nRead more\n{A}\nOur experts can help you plan the trip.\n{A}\nShare\nSubscribe\n"
    taken = [
        {r.text for r in cleaner.Cleaner(cleaner.Config.make(mode=m)).clean(text).removals}
        for m in ("safe", "balanced", "thorough")
    ]
    assert taken[0] <= taken[1] <= taken[2]
    assert taken[0] < taken[2]


def test_site_rules_need_their_site(tmp_path):
    (tmp_path / "site.toml").write_text(
        '[pack]\nname="t.site"\nversion="1.0.0"\ndescription="A test."\n'
        '[[rule]]\nid="t.site.pitch"\ncategory="promo"\nphrases=["the ledger club"]\nconfidence=0.95\n'
        'sites=["ledger.example"]\nwhy="A club."\nexamples=["Join the Ledger Club"]\ncounterexamples=["a club"]\n'
    )
    text = f"{A}\nCome to the Ledger Club tonight\n{B}\n"
    instance = cleaner.Cleaner(cleaner.Config.make(packs=[tmp_path], builtin=False))
    assert instance.clean(text).text == text
    assert instance.clean(text, url="https://www.ledger.example/a").text == f"{A}\n{B}\n"
    assert instance.clean(text, url="https://news.ledger.example/a").text == f"{A}\n{B}\n"
    assert instance.clean(text, url="https://notledger.example/a").text == text
    everywhere = cleaner.Cleaner(cleaner.Config.make(packs=[tmp_path], builtin=False, sites=["ledger.example"]))
    assert everywhere.clean(text).text == f"{A}\n{B}\n"


def test_disabled_rules_and_other_languages_are_not_used(tmp_path):
    (tmp_path / "own.toml").write_text(
        '[pack]\nname="t.own"\nversion="1.0.0"\nlanguage="en"\ndescription="A test."\n'
        '[[rule]]\nid="t.own.pitch"\ncategory="promo"\nphrases=["the ledger club"]\nconfidence=0.95\n'
        'why="A club."\nexamples=["Join the Ledger Club"]\ncounterexamples=["a club"]\n'
    )
    text = f"{A}\nCome to the Ledger Club tonight\n{B}\n"

    def cleaned(**settings):
        config = cleaner.Config.make(packs=[tmp_path], builtin=False, **settings)
        return cleaner.Cleaner(config).clean(text).text

    assert cleaned() == cleaned(languages=["en"]) == cleaned(disable=["t.ow", "t.own.other"]) == f"{A}\n{B}\n"
    assert cleaned(languages=["de"]) == cleaned(disable=["t.own."]) == cleaned(disable=["t.own.pitch"]) == text


def test_a_bad_pack_is_refused_when_the_cleaner_is_made(tmp_path):
    (tmp_path / "x.toml").write_text("nonsense")
    with pytest.raises(PackError, match=r"x\.toml"):
        cleaner.Cleaner(cleaner.Config.make(packs=[tmp_path], builtin=False))


def test_tidying_is_removals_too():
    tidy = cleaner.Cleaner(cleaner.Config.make(tidy=True))
    raw = f"\n{A}  \n\n\n{B}\t\n"
    result = tidy.clean(raw)
    assert result.text == f"{A}\n\n{B}\n"
    assert result.restore() == raw
    assert {r.category for r in result.removals} == {"tidy"}
    assert tidy.clean(f"{A} Sign up for our newsletter here. \n\n\n{B}\n").text == f"{A}\n\n{B}\n"


def test_one_cleaner_serves_many_threads():
    instance = pickle.loads(pickle.dumps(cleaner.Cleaner()))
    raw = [f"{A} {n}\n\nAdvertisement\n\n{B}\n" for n in range(40)]
    results = [None] * len(raw)

    def work(n):
        results[n] = instance.clean(raw[n]).text

    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(raw))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [f"{A} {n}\n\n{B}\n" for n in range(40)]


def test_many_is_lazy():
    def endless():
        while True:
            yield A

    assert next(iter(cleaner.clean_many(endless()))).text == A


def test_a_result_that_does_not_restore_is_withheld(monkeypatch):
    monkeypatch.setattr("cleaner.pipeline.join", lambda *_: "something else")
    with pytest.raises(RoundTripError, match="source untouched"):
        cleaner.clean(A)


def test_a_document_that_does_not_settle_is_left_as_it_was(monkeypatch):
    monkeypatch.setattr("cleaner.pipeline.MAX_PASSES", 1)
    result = cleaner.clean(f"{A}\nAdvertisement\n")
    assert result.text == f"{A}\nAdvertisement\n"
    assert "nothing was removed" in result.incomplete[0]
    assert MAX_PASSES > 1


def test_a_long_line_is_named():
    result = cleaner.clean(f"Sign up for our newsletter {'x' * 9000}\n")
    assert "longer than 4000 characters" in result.incomplete[0]


@pytest.mark.parametrize("size", [50_000_000])
def test_one_huge_line_passes(size):
    text = "word " * (size // 5)
    assert cleaner.clean(text).text == text


def test_a_million_lines_pass():
    text = "A short line of a table\n" * 1_000_000
    assert cleaner.clean(text).text == text


SHARED = Path(__file__).parent.parent.parent / "shared" / "seeds"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real seed articles lie beside the project, and are not here")
@pytest.mark.parametrize("name", sorted(p.name for p in SHARED.glob("*.txt")))
def test_real_seeds(name):
    raw = (SHARED / name).read_bytes().decode()
    expected = (SHARED / "expected" / name).read_bytes().decode()
    result = cleaner.clean(raw)
    assert result.text.rstrip("\n") == expected.rstrip("\n")
    assert result.restore() == raw
