"""Rules for tests that say one thing about them each."""

from cleaner.model import At, Category, Rule, Scope


def rule(pattern, **changes):
    """A rule with a pattern, and what else is changed about it."""
    settings = {
        "id": "t.rule",
        "category": Category.PROMO,
        "pattern": pattern,
        "confidence": 0.9,
        "scope": Scope.LINE,
        "at": At.ANYWHERE,
        "why": "A test.",
        "examples": ("x",),
        "counterexamples": ("y",),
        "pack": "t",
    }
    return Rule(**{**settings, **changes})
