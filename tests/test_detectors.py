"""Each detector by itself: what it claims, and the look-alikes it leaves alone."""

from dataclasses import replace

import pytest
from support_rules import rule as a_rule

from cleaner.detectors.base import line_claim
from cleaner.detectors.context import BetweenDetector, SupportDetector, TailDetector
from cleaner.detectors.headline import HeadlineDetector
from cleaner.detectors.phrase import PhraseDetector
from cleaner.detectors.run import RunDetector
from cleaner.detectors.ticker import TickerDetector
from cleaner.detectors.vendor import VendorDetector
from cleaner.model import At, Category, Document, Scope, Takes
from cleaner.observer import Knowledge, Observer
from cleaner.view import View

PROSE = "The harbour reopened on Monday after the storm had kept every ship in the bay for three days."


def rule(name, pattern, category, scope=Scope.LINE, takes=None, at=At.WHOLE):
    return a_rule(pattern, id=f"t.{name}", category=category, scope=scope, takes=takes, at=at)


RULES = (
    rule("next", "read next", Category.RELATED, Scope.HEADING, Takes.ITEMS),
    rule("reply", "leave a reply", Category.COMMENTS, Scope.HEADING, Takes.FORM),
    rule("comments", "comments", Category.COMMENTS, Scope.HEADING, Takes.REST),
    rule("field", "name|email|website|save my name.*", Category.COMMENTS),
    rule("says", ".* says", Category.COMMENTS),
)


WEAK = replace(rule("weak", "share|more", Category.SOCIAL), confidence=0.5)


def claimed(detector, *lines, title=None):
    document = Document("\n".join(lines), title=title)
    view = View.of(document, Observer(Knowledge.of(RULES)))
    claims = detector.detect(view)
    return [document.text[c.span.start : c.span.end].strip() for c in sorted(claims, key=lambda c: c.span)]


def test_bullets_below_a_heading_go_with_it():
    lines = [PROSE, "Read next:", "- One ship too many", "- A storm in June", PROSE]
    assert claimed(RunDetector(), *lines) == ["- One ship too many", "- A storm in June"]


def test_statements_below_a_heading_are_the_articles():
    lines = [PROSE, "Read next:", "- A ship costs about nine million to build.", "- A storm costs the bay far more."]
    assert claimed(RunDetector(), *lines) == []


def test_a_list_of_the_article_below_a_teaser_stays():
    lines = [PROSE, "Read next:", "One ship too many", "", "What to bring", "- Rope", "- Water", PROSE]
    assert claimed(RunDetector(), *lines) == ["One ship too many"]


def test_the_last_bare_line_before_prose_may_be_a_subheading():
    lines = [PROSE, "Read next", "One ship too many", "The Storm", PROSE]
    assert claimed(RunDetector(), *lines) == ["One ship too many"]
    assert claimed(RunDetector(), PROSE, "Read next", "The Storm", PROSE) == []


def test_bare_lines_in_the_tail_go_with_their_heading():
    lines = [PROSE, "", "Read next", "", "One ship too many", "", "A storm in June"]
    assert claimed(RunDetector(), *lines) == ["One ship too many", "A storm in June"]


def test_a_form_goes_to_the_end():
    lines = [PROSE, "Leave a Reply", "Comment *", "Name *", "Email *", "Post"]
    assert claimed(RunDetector(), *lines) == ["Comment *", "Name *", "Email *", "Post"]


def test_of_a_form_in_the_middle_only_what_is_known_goes():
    lines = [PROSE, "Leave a Reply", "Name *", "The Storm", PROSE]
    assert claimed(RunDetector(), *lines) == ["Name *"]


def test_a_comments_section_goes_whole_if_it_speaks_like_one():
    section = ["Ann says", PROSE, "Bob says", f"No, {PROSE}", "Name *"]
    assert claimed(RunDetector(), PROSE, "Comments", *section) == section
    assert claimed(RunDetector(), PROSE, "Comments", PROSE, PROSE) == []
    assert claimed(RunDetector(), "Comments", *section) == []


@pytest.mark.parametrize(
    "line",
    [
        "{} - Harbour Ledger",
        "{} | The Harbour Ledger Online",
        "{} – Professional coverage",
        "{} :: Ledger",
        "\u200b" * 30 + "{} | Ledger",
        "  \t {} - Ledger",
    ],
)
def test_a_headline_with_a_site_suffix(line):
    headline = "Harbour reopens after the “storm”"
    again = line.format('Harbour reopens after the "storm"')
    assert claimed(HeadlineDetector(), headline, "", again, PROSE) == [again.strip()]
    assert claimed(HeadlineDetector(), again, PROSE, title=headline) == [again.strip()]


@pytest.mark.parametrize(
    "line",
    [
        "Harbour reopens after the storm",
        "Harbour reopens after the storm - and closes again on the very next day, to the dismay of all who live there",
        "Harbour reopens after the storms in the north",
        "Storm - Harbour Ledger",
    ],
)
def test_what_is_no_repeated_headline(line):
    assert claimed(HeadlineDetector(), "Harbour reopens after the storm", line, "Storm", PROSE) == []


@pytest.mark.parametrize(
    "line",
    ["(NYSE: ABC)", "NASDAQ: ABCD, NYSE: XY", "$ABC $XYZ", "S&P 500 4,512.30 +0.4%", "ABC 12.40 ▲ 3.1%"],
)
def test_tickers(line):
    assert claimed(TickerDetector(), PROSE, line) == [line]


@pytest.mark.parametrize(
    "line",
    [
        "Shares of Alpha (NYSE: ABC) rose 3.1% to $12.40 on Monday.",
        "Alpha Corp. (NYSE: ABC)",
        "Inflation 3.1%",
        "Margin: 40%",
        "| ABC | 12.40 | +3.1% |",
        "Time 12:30",
    ],
)
def test_what_is_no_ticker(line):
    assert claimed(TickerDetector(), PROSE, line) == []


def test_a_table_below_a_heading_is_the_articles():
    lines = [PROSE, "Read next:", "| Ship | Tons | Year |", "| Ada | 900 | 1931 |", PROSE]
    assert claimed(RunDetector(), *lines) == []


def context_claims(detector, *lines):
    document = Document("\n".join(lines))
    view = View.of(document, Observer(Knowledge.of((*RULES, WEAK))))
    claims = detector.detect(view, list(PhraseDetector().detect(view)))
    return {document.text[c.span.start : c.span.end].strip(): c.base for c in claims}


def test_what_sure_lines_enclose_after_the_article():
    claims = context_claims(TailDetector(), PROSE, "Read next", "Ships of June", "Leave a reply", "Ann Lee", "The end.")
    assert claims["Ships of June"] > claims["Ann Lee"]
    assert claims["Ann Lee"] < 0.8
    assert claims["The end."] < 0.8
    assert context_claims(TailDetector(), PROSE, "Ships of June", "Ann Lee") == {}


def test_what_two_kinds_enclose_among_the_paragraphs():
    box = [PROSE, "Read next", "Ships of June", "Leave a reply", "Comments", PROSE]
    assert context_claims(BetweenDetector(), *box)["Ships of June"] >= 0.8
    layout = [PROSE, "Comments", "The storm", "Comments", PROSE]
    assert context_claims(BetweenDetector(), *layout)["The storm"] < 0.8
    assert context_claims(BetweenDetector(), PROSE, "Comments", PROSE, "Comments", PROSE) == {}


def test_weak_lines_need_something_that_speaks_for_them():
    assert context_claims(SupportDetector(), PROSE, PROSE, "- Share", "Read next", PROSE).keys() == {"- Share"}
    assert context_claims(SupportDetector(), PROSE, PROSE, "- Share", "- More", "- Share", PROSE) != {}
    assert context_claims(SupportDetector(), PROSE, PROSE, "- Share", PROSE, PROSE) == {}


PITCH = "Brenholt Office Systems manufactures the most reliable label printers of all, trusted for thirty years."
MORE = "Brenholt Office Systems also supplies thermal ribbons and rugged scanners with next-day delivery to any depot."


def vendor_claims(*lines, title=None):
    """What goes with an advertiser's sure line; ``PITCH`` stands for that."""
    document = Document("\n".join(lines), title=title)
    view = View.of(document, Observer(Knowledge.of(RULES)))
    sure = [line_claim(view, n, Category.AD, 0.9, "", "phrase") for n in view.filled if view.facts[n].text == PITCH]
    claims = VendorDetector().detect(view, sure)
    return [document.text[c.span.start : c.span.end].strip() for c in claims]


def test_an_advertisers_further_lines_go_with_its_advertisement():
    assert vendor_claims(PROSE, PITCH, PROSE, MORE, PROSE) == [MORE]
    assert vendor_claims(PROSE, PROSE, MORE, PROSE) == []
    assert vendor_claims(PROSE, PITCH, PROSE, PROSE, "Ships waited for days, and the crews with them.") == []


def test_whom_the_article_speaks_of_is_no_advertiser():
    said = "The harbour office buys its printers from Brenholt Office Systems, as the auditors noted in March."
    assert vendor_claims(PROSE, PITCH, PROSE, MORE, PROSE, said) == []
    assert vendor_claims(PROSE, PITCH, PROSE, MORE, PROSE, title="What Brenholt Office Systems did next") == []
    assert vendor_claims(PITCH, MORE, PROSE) == []
