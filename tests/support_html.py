"""Pages for tests."""

PARAGRAPHS = (
    "The harbour reopened on Monday after the storm had kept every ship in the bay for three days.",
    "Crews had waited outside the breakwater and were glad to come home, said the harbour master on Tuesday.",
    "Two of the older boats had lost their nets, and the cooperative will pay for new ones before the season begins.",
    "In the market hall the stalls were set up again, though the roof still leaked above the fish counters.",
    "The town council wants to raise the breakwater by a metre, a plan that has been on its table for eleven years.",
)
#: An article of some 1800 characters.
ARTICLE = "".join(
    f"<p>{number} {text}</p>" for number in ("First,", "Then,", "Later,", "Still,") for text in PARAGRAPHS
)
#: An article of some 500 characters.
SHORT_ARTICLE = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)


def page(body, head="<title>Harbour open again | The Ledger</title>"):
    """A page with a body."""
    return f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


def article(text, head="<title>Harbour open again | The Ledger</title>"):
    """A page that holds an article."""
    return page(f"<main><article><h1>Harbour open again</h1>{text}</article></main>", head)
