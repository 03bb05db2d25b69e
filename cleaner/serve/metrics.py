"""What the service counts, for Prometheus."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The counters of one service; nothing in them tells what documents hold."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.requests = Counter(
            "cleaner_requests", "Requests that were answered.", ("route", "status"), registry=registry
        )
        self.request_seconds = Histogram(
            "cleaner_request_seconds",
            "From the head of a request to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.documents = Counter(
            "cleaner_documents",
            "Documents, by what came of them: ok, or a kind of problem.",
            ("outcome",),
            registry=registry,
        )
        self.document_seconds = Histogram(
            "cleaner_document_seconds",
            "How long a document waited for a worker and was at work.",
            buckets=_SECONDS,
            registry=registry,
        )
        self.characters = Counter("cleaner_characters", "Characters of documents that were cleaned.", registry=registry)
        self.removals = Counter("cleaner_removals", "Removals, by category.", ("category",), registry=registry)
        self.at_work = Gauge("cleaner_requests_at_work", "Requests at work.", registry=registry)

    def watch(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """Have a gauge whose value is asked for when the metrics are read."""
        Gauge(name, meaning, registry=self._registry).set_function(value)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)
