"""What verdicts do to documents: rejected texts stay, accepted claims hold, and nothing else changes."""

import pickle
import sys

from conftest import BOILERPLATE, PROSE, texts
from hypothesis import given, settings
from hypothesis import strategies as st
from support_verdicts import accept, config_with, reject

from cleaner.config import Config
from cleaner.fold import fold
from cleaner.memory import DETECTOR, Memory
from cleaner.model import Category, Document
from cleaner.observer import Observer
from cleaner.pipeline import Cleaner
from cleaner.segment import sentences
from cleaner.verdicts import Verdicts, normalised
from cleaner.view import View

COMMON = Cleaner()
#: So hard to convince that it refuses much.
RELUCTANT = Cleaner(Config.make(threshold=0.97))
PLAIN = Cleaner(Config.make(model="none"))
STORY = "The harbour reopened on Monday after the storm had kept every ship in the bay for three days."
END = "Crews had waited outside the breakwater and were glad to come home, said the harbour master on Tuesday."
PITCH = "Sign up for our free newsletter."
HEADED = f"{STORY}\n\n{END}\n\nRelated articles\n- Five ships that never came back\n- The light that failed\n"


def cleaned(text: str, *verdicts, url: str | None = None, **settings: object):
    plain = Cleaner(Config.make(model="none", **settings)) if settings else PLAIN
    return plain.with_verdicts(Verdicts.of(verdicts)).clean(text, url)


def taken(result) -> list[str]:
    return [normalised(removal.text) for removal in result.removals if removal.text.strip()]


def rule_of(text: str, document: str) -> str:
    return next(r.rule or r.detector for r in PLAIN.clean(document).removals if normalised(r.text) == text)


def test_a_rejected_line_stays_and_the_record_says_whose_verdict_kept_it():
    text = f"{STORY}\n\nAdvertisement\n\n{END}\n"
    rule = rule_of("Advertisement", text)
    result = cleaned(text, reject("Advertisement", rule, by="Ann", when="2026-04-02T10:00:00+02:00"))
    assert result.text == text
    (kept,) = result.kept
    assert (kept.text, kept.detector, kept.rule) == ("Advertisement\n", DETECTOR, rule)
    assert kept.refusal == "kept by the verdict of Ann of 2026-04-02"
    assert kept.confidence >= 0.8
    assert kept.reason == PLAIN.clean(text).removals[0].reason
    (pack,) = result.record().packs
    assert pack.name == rule.rpartition(".")[0] or rule.startswith(pack.name.split(".")[0])


def test_a_rejected_text_stays_whoever_claims_it():
    text = f"{STORY}\n\nAdvertisement\n\n{END}\n"
    result = cleaned(text, reject("Advertisement", "en.retired.rule"))
    assert result.text == text
    assert result.kept[0].rule == "en.retired.rule"
    assert "kept by the verdict of Ann of 2026-03-01 on en.retired.rule; claimed by " in result.kept[0].refusal


def test_a_rejected_sentence_stays_while_others_of_its_line_go():
    text = f"{STORY} {PITCH} Follow us on Twitter and Facebook.\n{END}\n"
    both = taken(PLAIN.clean(text))
    assert both == [PITCH, "Follow us on Twitter and Facebook."]
    assert taken(cleaned(text, reject(PITCH))) == both[1:]
    assert taken(cleaned(text, reject(both[1]))) == both[:1]


def test_a_rejected_sentence_keeps_a_line_that_would_go_whole():
    text = f"{STORY}\n{PITCH} {PITCH[:-1]} today.\n{END}\n"
    assert len(taken(PLAIN.clean(text))) >= 1
    assert PITCH in cleaned(text, reject(PITCH)).text


def test_blanks_quotes_and_hidden_characters_make_no_difference_and_capitals_do():
    text = f"{STORY}\n\nSign\u200b  up for our\u00a0free news\u00adletter.\n\n{END}\n"
    assert taken(PLAIN.clean(text)) == [PITCH]
    assert cleaned(text, reject(PITCH)).text == text
    assert taken(cleaned(text, reject(PITCH.upper()))) == [PITCH]


def test_a_verdict_outlives_edits_around_its_text():
    verdict = reject("Advertisement")
    for text in (f"Advertisement\n{STORY}\n", f"{STORY}\r\n\r\n  Advertisement \r\n{END}", f"{STORY}\nAdvertisement"):
        assert taken(PLAIN.clean(text)) == ["Advertisement"]
        assert cleaned(text, verdict).text == text


def test_part_of_a_word_or_of_a_sentence_is_no_rejected_text():
    for rejected in ("Advertise", "up for our free newsletter.", "Sign up for our free", "free newsletter."):
        assert taken(cleaned(f"{STORY}\n\n{PITCH}\n\n{END}\n", reject(rejected))) == [PITCH]


def test_a_rejected_heading_no_longer_takes_what_stands_below_it():
    assert len(taken(PLAIN.clean(HEADED))) == 3
    assert cleaned(HEADED, reject("Related articles")).text == HEADED


def test_neighbours_of_a_rejected_line_go_by_themselves():
    text = f"{STORY}\n\nAdvertisement\n{PITCH}\n\n{END}\n"
    assert taken(cleaned(text, reject("Advertisement"))) == [PITCH]
    assert taken(cleaned(text, reject(PITCH))) == ["Advertisement"]
    assert cleaned(text, reject("Advertisement"), reject(PITCH)).text == text


def test_an_accepted_claim_holds_whatever_its_confidence():
    text = f"{STORY}\n\nGet the app\n\n{END}\n"
    (kept,) = PLAIN.clean(text).kept
    assert kept.confidence < 0.8
    result = cleaned(text, accept(kept.text, kept.rule or kept.detector, by="Ben"))
    (removal,) = [r for r in result.removals if r.text.strip()]
    assert (removal.text, removal.confidence, removal.detector) == (kept.text, 1.0, DETECTOR)
    assert removal.reason == f"Accepted by the verdict of Ben of 2026-03-01: {kept.reason}"
    assert result.restore() == text


def test_an_acceptance_is_for_its_rule_alone():
    text = f"{STORY}\n\nGet the app\n\n{END}\n"
    assert taken(cleaned(text, accept("Get the app", "en.other.rule"))) == []
    assert taken(cleaned(text, accept(STORY, "en.other.rule"))) == []


def test_an_acceptance_removes_no_category_that_is_kept():
    text = f"By Jane Doe\n\n{STORY}\n\n{END}\n"
    kept = next(k for k in PLAIN.clean(text).kept if k.category is Category.META)
    verdict = accept(kept.text, kept.rule or kept.detector)
    assert cleaned(text, verdict).text == text
    assert taken(cleaned(text, verdict, also=["meta"])) == ["By Jane Doe"]


def test_a_rejection_of_any_rule_outweighs_an_acceptance_of_another():
    text = f"{STORY}\n\nAdvertisement\n\n{END}\n"
    rule = rule_of("Advertisement", text)
    later = accept("Advertisement", rule, when="2026-05-01T00:00:00Z")
    assert cleaned(text, reject("Advertisement", "en.other.rule"), later).text == text
    assert taken(cleaned(text, reject("Advertisement", rule), later)) == ["Advertisement"]


def test_a_verdict_with_a_site_holds_on_that_site_alone():
    text = f"{STORY}\n\nAdvertisement\n\n{END}\n"
    verdict = reject("Advertisement", site="news.example")
    assert cleaned(text, verdict, url="https://www.news.example/a").text == text
    assert cleaned(text, verdict, url="https://m.news.example/a").text == text
    assert cleaned(text, verdict, sites=["news.example"]).text == text
    assert taken(cleaned(text, verdict, url="https://old-news.example/a")) == ["Advertisement"]
    assert taken(cleaned(text, verdict)) == ["Advertisement"]


def test_the_model_is_overruled_as_rules_are():
    line = "Follow Ann on the network for more"
    text = f"{STORY}\n\n{END}\n\n{line}\n"
    thorough = Cleaner(Config.make(mode="thorough"))
    (removal,) = [r for r in thorough.clean(text).removals if r.text.strip()]
    assert (removal.detector, removal.rule) == ("model", None)
    result = thorough.with_verdicts(Verdicts.of([reject(line, "model")])).clean(text)
    assert result.text == text
    assert (result.kept[0].detector, result.kept[0].rule) == (DETECTOR, "model")
    assert [stamp.name for stamp in result.record().packs] == ["model"]

    text = f"{STORY}\n\n{END}\n\n{line}\n\n{STORY}\n\n{line}\n"
    assert taken(COMMON.clean(text)) == []
    accepted = COMMON.with_verdicts(Verdicts.of([accept(line, "model")])).clean(text)
    assert line in taken(accepted)


def test_changing_the_verdicts_of_a_cleaner_gives_what_a_new_one_gives():
    verdicts = Verdicts.of([reject("Advertisement")])
    changed, made = PLAIN.with_verdicts(verdicts), Cleaner(config_with(*verdicts.entries, model="none"))
    text = f"{STORY}\nAdvertisement\n{END}\n"
    assert changed.clean(text).record() == made.clean(text).record()
    assert PLAIN.clean(text).record() != made.clean(text).record()
    assert changed.with_verdicts(Verdicts()).clean(text).record() == PLAIN.clean(text).record()


def test_a_cleaner_with_verdicts_survives_pickling():
    cleaner = Cleaner(config_with(reject("Advertisement"), model="none"))
    copy = pickle.loads(pickle.dumps(cleaner))
    text = f"{STORY}\nAdvertisement\n{END}\n"
    assert copy.clean(text).record() == cleaner.clean(text).record()


def test_verdicts_on_other_texts_change_nothing_but_the_digest():
    config = config_with(reject("Nowhere to be seen"), accept("Nor is this", "model"))
    assert config.digest != Config().digest
    text = HEADED + PITCH
    assert Cleaner(config).clean(text).removals == Cleaner().clean(text).removals


def test_a_text_and_a_longer_one_that_holds_it_are_both_protected():
    line = f"{PITCH} Follow us on Twitter and Facebook. Share this article"
    text = f"{STORY}\n{line}\n{END}\n"
    shorter, longer = reject(PITCH, by="Ann"), reject(f"{PITCH} Follow us on Twitter and Facebook.", by="Ben")
    result = cleaned(text, shorter, longer)
    assert f"{PITCH} Follow us on Twitter and Facebook." in result.text


def test_very_many_rejected_texts_in_one_line_all_stay():
    line = " ".join([PITCH] * 4000)
    short, long = reject(PITCH), reject(line)
    for verdicts in ([short], [long], [short, long]):
        assert cleaned(f"{STORY}\n{line}\n", *verdicts).text == f"{STORY}\n{line}\n"


def test_folding_twice_is_folding_once():
    for codepoint in range(sys.maxunicode + 1):
        folded = fold(chr(codepoint))
        assert fold(folded) == folded


@given(st.lists(st.sampled_from([*PROSE, *BOILERPLATE, "Il part. »", "好。", "“No!”", "…", "5.", "«"]), max_size=6))
def test_every_sentence_of_a_line_is_found_in_it(parts):
    line = " ".join(parts)
    for span in sentences(line):
        text = line[span.start : span.end]
        if not normalised(text):
            continue
        memory = Memory(Verdicts.of([reject(text)]))
        view = View.of(Document(line), Observer(PLAIN.knowledge))
        assert any(
            p.span.start <= span.start + len(text) - len(text.lstrip())
            and span.start + len(text.rstrip()) <= p.span.end
            for p in memory.of(view).protected
        ), (line, text)


@settings(max_examples=100)
@given(texts, st.data())
def test_a_rejected_text_stays_in_any_document(text, data):
    before = COMMON.clean(text)
    wanted = [r for r in before.removals if normalised(r.text)]
    if not wanted:
        return
    chosen = data.draw(st.lists(st.sampled_from(wanted), min_size=1, max_size=3))
    rejected = {normalised(r.text) for r in chosen}
    cleaner = COMMON.with_verdicts(Verdicts.of(reject(r.text, r.rule or r.detector) for r in chosen))
    after = cleaner.clean(text)
    assert after.restore() == text
    gone = [(r.start, r.end) for r in after.removals]
    for r in chosen:
        start, end = r.start + len(r.text) - len(r.text.lstrip()), r.start + len(r.text.rstrip())
        assert not any(a < end and start < b for a, b in gone)
    assert not rejected & {normalised(r.text) for r in after.removals}
    again = cleaner.clean(after.text)
    assert (again.text, again.removals) == (after.text, ())


@settings(max_examples=100)
@given(texts, st.data())
def test_cleaning_twice_changes_nothing_with_accepted_claims(text, data):
    before = RELUCTANT.clean(text)
    wanted = [
        k for k in before.kept if normalised(k.text) and "\r" not in k.text.strip() and "\n" not in k.text.strip()
    ]
    if not wanted:
        return
    chosen = data.draw(st.lists(st.sampled_from(wanted), min_size=1, max_size=3))
    cleaner = RELUCTANT.with_verdicts(Verdicts.of(accept(k.text, k.rule or k.detector) for k in chosen))
    after = cleaner.clean(text)
    assert after.restore() == text
    assert cleaner.clean(after.text).removals == ()
