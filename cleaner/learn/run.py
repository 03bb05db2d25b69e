"""The steps of learning in order: read, count, look into, judge, write as rules."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from cleaner.config import Config
from cleaner.duck import MEMORY, database
from cleaner.learn.corpus import Columns, find_corpus, stories
from cleaner.learn.evidence import Observer
from cleaner.learn.judge import hopeless, judge
from cleaner.learn.rules import rule_entry
from cleaner.learn.store import Recurrence, Store
from cleaner.packs import Header, RuleEntry
from cleaner.pipeline import Cleaner

# Cleaner is asked about every line of which it has any doubt, and not about what was learned before.
_ATTENTIVE = 0.02
_LEARNED = "learned."

#: Where a template has no pattern that its own lines match.
NO_PATTERN = "no pattern tells it from other lines"


@dataclass(frozen=True, slots=True)
class Order:
    """What to learn from, and from how much on a line counts as recurring.

    It recurs in at least ``documents`` documents that are at least a ``share`` (0-1) of their site's, or on ``sites``
    sites. At most ``candidates`` templates are looked into, those with the most documents. ``site`` is that of
    documents of which nothing else tells it.
    """

    paths: tuple[str, ...]
    columns: Columns = field(default_factory=Columns)
    site: str | None = None
    documents: int = 8
    share: float = 0.02
    sites: int = 3
    candidates: int = 2000
    memory: str = MEMORY


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of it: the rules by id, and how many templates were not proposed, by the reason why.

    ``documents`` counts different documents, ``homeless`` those of no known site, which are not learned from.
    """

    rules: tuple[RuleEntry, ...]
    refused: Counter[str]
    documents: int
    homeless: int
    sites: int


def learn(order: Order, config: Config, header: Header, tell: Callable[[str], None] = lambda _: None) -> Learned:
    """Learn rules from a corpus; ``tell`` is called with what comes next. The order of files makes no difference.

    Raises ``InputError`` for what cannot be read and ``ConfigError`` if a library is missing or the memory too small.
    """
    cleaner = Cleaner(replace(config, threshold=_ATTENTIVE, disable=(*config.disable, _LEARNED)))
    with database(order.memory, on_disk=True) as opened:
        store = Store(opened)
        tell("Reading the corpus")
        store.add(stories(find_corpus(order.paths), order.columns, order.site))
        tell("Counting what recurs")
        store.settle(least=order.documents, share=order.share, sites=order.sites, limit=order.candidates)
        refused: Counter[str] = Counter()
        rules = sorted(_rules(store, cleaner, header, refused, tell), key=lambda rule: rule.id)
        documents, homeless, sites = store.summary()
    return Learned(tuple(rules), refused, documents, homeless, sites)


def _rules(
    store: Store, cleaner: Cleaner, header: Header, refused: Counter[str], tell: Callable[[str], None]
) -> Iterator[RuleEntry]:
    found = {recurrence.key: recurrence for recurrence in store.recurrences()}
    tell(f"Looking into {len(found):,} lines that recur")
    observer = Observer(store, cleaner, found)
    for key, places in store.samples():
        rule = _rule(observer, found[key], places, header)
        if isinstance(rule, RuleEntry):
            yield rule
        else:
            refused[rule] += 1


def _rule(
    observer: Observer, recurrence: Recurrence, places: Sequence[tuple[int, int]], header: Header
) -> RuleEntry | str:
    """The rule that a template makes, or what speaks against one."""
    evidence = observer.observe(recurrence, places)
    if against := hopeless(evidence):
        return against
    evidence = observer.ask(evidence, places)
    verdict = judge(evidence)
    return (rule_entry(evidence, verdict, header) or NO_PATTERN) if verdict.proposed else verdict.against
