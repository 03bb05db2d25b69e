"""Cleaner as an item pipeline of Scrapy."""

import asyncio
import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from cleaner.audit import to_json
from cleaner.auditlog import AuditLog
from cleaner.batch import cleaner_for, tally
from cleaner.config import Config
from cleaner.errors import InputError
from cleaner.integrations.backstage import Backstage
from cleaner.integrations.scrapy_settings import CleanerSettings, Fields
from cleaner.model import Form

try:
    from itemadapter import ItemAdapter
    from scrapy.utils.asyncio import is_asyncio_available
except ImportError as error:
    raise ImportError(
        f"cleaner.integrations.scrapy needs Scrapy, which cannot be used here ({error}); "
        "pip install 'article-cleaner[scrapy]'"
    ) from error

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.statscollectors import StatsCollector

R = TypeVar("R")

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Job:
    """What there is to clean: a text, or a web page."""

    text: str
    html: str | bytes
    url: str | None
    title: str | None
    id: str


@dataclass(frozen=True, slots=True)
class _Done:
    """What came of a job; ``line`` is the record, ``tally`` counts as ``cleaner.batch.tally``."""

    text: str
    line: str
    source_sha256: str
    clean_sha256: str
    tally: tuple[tuple[tuple[str, str], tuple[int, int]], ...]
    incomplete: tuple[str, ...]


class CleanArticlePipeline:
    """Cleans the text of each item, or of its web page if it has no text, and keeps the audit record of it.

    Which fields it reads and writes, where records go, and how it cleans, is said by ``CLEANER_…`` settings. An item
    that cannot be cleaned passes as it is, and is counted and logged. Cleaning goes on beside the event loop, in a
    thread or in ``CLEANER_WORKERS`` processes.

    ``from_crawler`` raises ``ConfigError`` for settings that cannot be used; ``open_spider`` raises ``OutputError`` or
    ``AuditError`` for an audit log that cannot be added to.
    """

    def __init__(self, settings: CleanerSettings, stats: "StatsCollector") -> None:
        self._settings = settings
        self._stats = stats
        self._backstage: Backstage[_Job, _Done] | None = None
        self._log: AuditLog | None = None
        # The log puts every record on disk, in a thread of its own, since that takes a while.
        self._writer: ThreadPoolExecutor | None = None

    @classmethod
    def from_crawler(cls, crawler: "Crawler") -> "CleanArticlePipeline":
        """This is what Scrapy calls."""
        assert crawler.stats is not None
        return cls(CleanerSettings.of(crawler.settings), crawler.stats)

    def open_spider(self) -> None:
        """Open the audit log, and get the thread or processes ready."""
        if self._settings.log is not None:
            self._log = AuditLog(self._settings.log, append=True, durable=True).__enter__()
            self._writer = ThreadPoolExecutor(1, thread_name_prefix="cleaner-log")
        work = partial(_clean, config=self._settings.config, form=self._settings.form)
        self._backstage = Backstage(work, self._settings.workers)

    def close_spider(self) -> None:
        """End the thread or processes, and close the audit log; all items are through by then."""
        documents = self._stats.get_value("cleaner/documents", 0)
        if documents and self._stats.get_value("cleaner/missing", 0) == documents:
            _LOGGER.warning("none of %s items had anything to clean; see CLEANER_TEXT_FIELD", documents)
        if self._backstage is not None:
            self._backstage.close()
        if self._writer is not None:
            self._writer.shutdown()
        if self._log is not None:
            self._log.__exit__(None, None, None)

    async def process_item(self, item: Any) -> Any:
        """Clean an item, in place; whatever happens, it passes."""
        adapter = ItemAdapter(item)
        self._count("documents")
        try:
            job = _job(adapter, self._settings.fields)
            if job is None:
                self._count("missing")
                _LOGGER.debug("nothing to clean in an item of type %s", type(item).__name__)
            else:
                await self._clean(adapter, job)
        # In Scrapy an error of any kind would drop the item, and with it what the spider found.
        except Exception as error:
            self._count("errors")
            _LOGGER.warning("an item passes as it is, since it cannot be cleaned: %s", _told(error, adapter, self))
        return item

    async def _clean(self, adapter: ItemAdapter, job: _Job) -> None:
        fields = self._settings.fields
        _refuse_unwritable(adapter, fields)
        assert self._backstage is not None
        done = await _outcome(self._backstage.submit(job))
        if done.incomplete:
            self._count("incomplete")
            _LOGGER.info("%s: %s", job.id or "an item", "; ".join(done.incomplete))
        if job.html and not done.text and not done.tally:
            return  # nothing was found in the page
        if self._log is not None and self._writer is not None:
            record = (done.line, job.id, done.source_sha256, done.clean_sha256)
            await _outcome(self._writer.submit(self._log.add, *record))
        if fields.audit:
            adapter[fields.audit] = done.line
        adapter[fields.output] = done.text
        self._count_removals(done)

    def _count_removals(self, done: _Done) -> None:
        if done.tally:
            self._count("changed")
        for (category, _), (removals, characters) in done.tally:
            self._count("removals", removals)
            self._count(f"removals/{category}", removals)
            self._count("characters_removed", characters)

    def _count(self, name: str, count: int = 1) -> None:
        self._stats.inc_value(f"cleaner/{name}", count)


def _clean(job: _Job, config: Config, form: Form) -> _Done:
    """The work itself, in the thread or in a process."""
    cleaner = cleaner_for(config)
    if job.html:
        result = cleaner.clean_html(job.html, job.url, id=job.id)
    else:
        result = cleaner.clean(job.text, job.url, job.title, id=job.id, form=form)
    record = result.record()
    return _Done(
        result.text, to_json(record), record.source_sha256, record.clean_sha256, tally(result), result.incomplete
    )


def _job(adapter: ItemAdapter, fields: Fields) -> _Job | None:
    """What an item has to be cleaned, if there is anything. Raises ``InputError`` for a field of a wrong type."""
    text = adapter.get(fields.text) or ""
    html = (adapter.get(fields.html) if fields.html and not text else None) or ""
    if not html and not text:
        return None
    if not isinstance(text, str):
        raise InputError(f"field {fields.text!r} is not text, but {type(text).__name__}")
    if not isinstance(html, str | bytes):
        raise InputError(f"field {fields.html!r} is neither text nor bytes, but {type(html).__name__}")
    if fields.audit and adapter.get(fields.audit):
        raise InputError(f"field {fields.audit!r} holds something already, as after an earlier run of Cleaner")
    hint = _hint(adapter, fields.url)
    name = _hint(adapter, fields.id) or hint or ""
    return _Job(text, html, hint, _hint(adapter, fields.title), name)


def _hint(adapter: ItemAdapter, name: str) -> str | None:
    value = adapter.get(name) if name else None
    return value if isinstance(value, str) and value else None


def _refuse_unwritable(adapter: ItemAdapter, fields: Fields) -> None:
    """Find out before anything is changed whether an item takes the results. Raises ``InputError``."""
    for name in filter(None, (fields.audit, fields.output)):
        if not isinstance(adapter.item, dict) and name not in adapter.field_names():
            raise InputError(f"{type(adapter.item).__name__} has no field {name!r}; declare it, or name another")
        if name in adapter:
            adapter[name] = adapter[name]  # frozen classes refuse


def _told(error: Exception, adapter: ItemAdapter, pipeline: CleanArticlePipeline) -> str:
    """The error, and which item it is about."""
    name = _hint(adapter, pipeline._settings.fields.url)
    said = str(error) or type(error).__name__
    return f"{name}: {said}" if name else said


async def _outcome(future: "Future[R]") -> R:
    """Wait for a future of another thread, on whichever event loop Scrapy uses."""
    if is_asyncio_available():
        return await asyncio.wrap_future(future)
    from twisted.internet import reactor
    from twisted.internet.defer import Deferred

    waiting: Deferred[Future[R]] = Deferred()
    future.add_done_callback(lambda done: reactor.callFromThread(waiting.callback, done))
    return (await waiting).result()
