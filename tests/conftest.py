"""What several tests need: the built-in packs, and texts with everything a text can hold."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from cleaner.packfiles import builtin_packs_dir
from cleaner.packs import load_packs

ROOT = Path(__file__).parent.parent

settings.register_profile("default", max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", parent=settings.get_profile("default"), max_examples=10_000)
settings.register_profile("longest", parent=settings.get_profile("default"), max_examples=100_000)
settings.load_profile("default")

PROSE = (
    "The harbour reopened on Monday after the storm had kept every ship in the bay for three days.",
    "„Wir haben lange gewartet“, sagte die Bürgermeisterin, „und nun geht es endlich weiter mit dem Bau der Brücke.“",
    "Les travaux reprendront au printemps, selon la mairie, qui promet un pont ouvert à tous avant la fin de l'année.",
    "港口在风暴过后于星期一重新开放，三天来所有船只都停泊在海湾里，等待天气好转。",
    "Officials said the bridge (NYSE: ABC) would cost $4.2 million, up 3.1% from last year.",
    "Next Steps",
    "1. Mix the flour with two eggs.",
    "| Ship | Tons |",
    "- Salt, pepper, and a little oil",
)
BOILERPLATE = (
    "Advertisement",
    "Read Next:",
    "- Five ships that never came back",
    "Leave a Reply",
    "Your email address will not be published. Required fields are marked *",
    "Sign up for our free newsletter.",
    "Sign\u200b up for our free news\u00adletter.",
    "Follow us on Twitter and Facebook",
    "Photo: Shutterstock",
    "© 2024 Harbour Ledger. All rights reserved.",
    "Share this article",
    "Facebook",
    "Related articles",
    "Lesen Sie auch: Hafen wieder offen",
    "Anzeige",
    "Suscríbete a nuestro boletín",
    "3 Comments",
    "Already a subscriber? Log in",
)
ODD = ("", " ", "\t", "\ufeff", "\u2028", "\x0c", "\x00", "\ud800", "a" * 5000, "\u202eabc\u202c", "ﬀ", "e\u0301")
ENDINGS = ("\n", "\r\n", "\r", "\n\n", "\n\n\n", "\r\n\r\n", "")

pieces = st.one_of(
    st.sampled_from(PROSE),
    st.sampled_from(BOILERPLATE),
    st.sampled_from(ODD),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=40),
    st.builds(lambda a, b: f"{a} {b}", st.sampled_from(PROSE), st.sampled_from(BOILERPLATE)),
)
#: Any text: articles with boilerplate planted anywhere, mixed line endings, and characters nobody expects.
texts = st.lists(st.tuples(pieces, st.sampled_from(ENDINGS)), max_size=24).map(
    lambda parts: "".join(text + ending for text, ending in parts)
)


@pytest.fixture(scope="session")
def packs():
    return load_packs([builtin_packs_dir()])
