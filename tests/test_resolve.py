import random

import pytest

from cleaner.config import Config
from cleaner.model import At, Category, Detection, Document, Guard, GuardScope, Outcome, Provenance, Rule, Scope, Span
from cleaner.observer import Knowledge, Observer
from cleaner.resolve import combined, resolve
from cleaner.view import View

TEXT = "Sign up now.\nA second line, which is quoted.\n"
RULE = Rule(
    id="t.rule",
    category=Category.PROMO,
    pattern="quoted|sign up",
    confidence=0.9,
    scope=Scope.LINE,
    at=At.ANYWHERE,
    why="A test.",
    examples=("x",),
    counterexamples=("y",),
    pack="t",
)
GUARD = Guard(
    id="t.guard",
    against=frozenset({Category.PROMO}),
    pattern="quoted",
    weight=-0.5,
    scope=GuardScope.LINE,
    at=At.ANYWHERE,
    why="A test.",
    examples=("x",),
    counterexamples=("y",),
    pack="t",
)


def view(text=TEXT, guards=()):
    return View.of(Document(text), Observer(Knowledge.of([RULE], guards)))


def claim(start, end, base, category=Category.PROMO, detector="phrase", rule=None):
    return Detection(Span(start, end), category, base, f"Says {detector}.", Provenance(detector, rule))


def test_independent_detectors_add_up_and_one_detector_does_not():
    assert combined([claim(0, 1, 0.5), claim(0, 1, 0.5, detector="shape")]) == 0.75
    assert combined([claim(0, 1, 0.5), claim(0, 1, 0.6)]) == 0.6


def test_the_threshold_decides():
    (kept,) = resolve(view(), [claim(0, 13, 0.79)], Config())
    assert (kept.outcome, kept.reason) == (Outcome.KEEP, "confidence 0.79 is below 0.80")
    (gone,) = resolve(view(), [claim(0, 13, 0.8)], Config())
    assert gone.outcome is Outcome.REMOVE


def test_a_guard_refuses_and_is_named():
    (decision,) = resolve(view(guards=[GUARD]), [claim(13, 45, 0.9)], Config())
    assert decision.outcome is Outcome.KEEP
    assert "lowered by t.guard" in decision.reason
    assert decision.leading.base == 0.9
    assert decision.leading.confidence == pytest.approx(0.4)


def test_categories_that_are_kept_by_default_need_asking():
    claims = [claim(0, 13, 0.99, Category.META)]
    (kept,) = resolve(view(), claims, Config())
    assert "category meta is kept" in kept.reason
    (gone,) = resolve(view(), claims, Config.make(also=["meta"]))
    assert gone.outcome is Outcome.REMOVE


def test_a_kept_category_does_not_shield_a_line():
    claims = [claim(0, 13, 0.99, Category.META), claim(0, 13, 0.9, Category.AD, detector="shape")]
    (gone,) = resolve(view(), claims, Config())
    assert (gone.outcome, gone.category, len(gone.detections)) == (Outcome.REMOVE, Category.AD, 2)


def test_a_removal_inside_another_joins_it_with_its_provenance():
    (gone,) = resolve(view(), [claim(0, 13, 0.9), claim(0, 5, 0.95, detector="shape")], Config())
    assert gone.span == Span(0, 13)
    assert {d.provenance.detector for d in gone.detections} == {"phrase", "shape"}


def test_removals_that_overlap_in_part_do_not_take_a_character_twice():
    decisions = resolve(view(), [claim(0, 8, 0.9), claim(5, 12, 0.9)], Config())
    assert [d.span for d in decisions] == [Span(0, 8), Span(8, 12)]


def test_the_order_of_detections_changes_nothing():
    claims = [
        claim(0, 13, 0.5, Category.AD, "a"),
        claim(0, 13, 0.5, Category.PROMO, "b"),
        claim(0, 13, 0.5, Category.PROMO, "b", "t.x"),
        claim(5, 20, 0.9, Category.NAV, "c"),
        claim(13, 45, 0.4, Category.NAV, "c"),
    ]
    expected = resolve(view(), claims, Config())
    for seed in range(20):
        shuffled = list(claims)
        random.Random(seed).shuffle(shuffled)
        assert resolve(view(), shuffled, Config()) == expected
