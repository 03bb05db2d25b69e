"""What a run over a corpus is told to do, and what it tells of itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cleaner.config import Config
from cleaner.corpus.audits import AuditFormat
from cleaner.corpus.engines import Engine
from cleaner.corpus.rows import Layout
from cleaner.corpus.shards import Shard
from cleaner.corpus.totals import Totals


@dataclass(frozen=True, slots=True)
class Order:
    """What to clean, how, where to, and with what.

    ``out`` is a folder or a url, ``audit`` a folder of this machine, ``records`` where audit records go if not there.
    ``workers`` are processes; unless given, an engine takes as many as it thinks fit. ``address`` is that of a cluster,
    and ``per_shard`` how many of its workers share a shard. Without ``duplicates``, ids are not compared.
    """

    shards: tuple[Shard, ...]
    out: str
    audit: Path
    config: Config = field(default_factory=Config)
    layout: Layout = field(default_factory=Layout)
    audit_format: AuditFormat = AuditFormat.JSONL
    workers: int | None = None
    resume: bool = False
    records: str | None = None
    duplicates: bool = True
    engine: Engine = Engine.LOCAL
    address: str | None = None
    per_shard: int = 1

    @property
    def audit_place(self) -> str:
        """The folder or url that audit records go to."""
        return self.records or str(self.audit)


@dataclass
class Report:
    """What became of a run. ``totals`` count all shards, ``fresh`` those of this run, ``earlier`` is their number."""

    totals: Totals = field(default_factory=Totals)
    fresh: Totals = field(default_factory=Totals)
    done: int = 0
    earlier: int = 0
    failures: list[str] = field(default_factory=list)


#: Is told how many bytes of the inputs have been dealt with.
Progress = Callable[[int], None]
