"""Shards spread over a Ray cluster: a shard is a task, and one actor reads, cleans and writes it from end to end."""

import hashlib
import logging
import os
import pickle
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cleaner.config import BUILTIN_MODEL, NO_MODEL
from cleaner.corpus import storage
from cleaner.corpus.books import Books
from cleaner.corpus.manifest import Head
from cleaner.corpus.node import Failed, Finished, Job, ShardCleaner
from cleaner.corpus.order import Order, Progress
from cleaner.corpus.shards import Shard
from cleaner.errors import CleanerError, ConfigError
from cleaner.extras import for_corpus, needed
from cleaner.workers import WorkerError

#: How often the actor that has a shard may come to an end, alone or with its machine, before the shard is given up.
ATTEMPTS = 5
#: How long to wait for an answer of the cluster's head.
CONNECT_SECONDS = 10


def load_ray() -> Any:
    """Ray with its data library. Raises ``ConfigError`` if they are not installed."""
    for module in ("ray.data", "ray.util.scheduling_strategies"):
        needed(module, "ray", "--engine ray needs")
    return needed("ray", "ray", "--engine ray needs")


def clean_on_ray(order: Order, head: Head, shards: Sequence[Shard], books: Books, progress: Progress) -> None:
    """Clean shards on a cluster, and enter each into the books when it is done, in whatever order that is.

    Raises ``ConfigError`` if there is no cluster, ``WorkerError`` if the cluster gives up, and what ends a run on one
    machine.
    """
    if not shards:
        return
    job = _job(order, head, shards)
    waiting = {shard.name: shard.size for shard in shards}
    position = 0
    with _cluster(order) as ray:
        _sweep(job)  # An earlier run may have been killed.
        for result in _results(ray, job, shards):
            if isinstance(result, CleanerError):
                raise result
            if result.shard not in waiting:
                continue  # An actor that was taken for dead has told it before.
            if isinstance(result, Failed):
                books.fail(result.shard, result.error)
            else:
                books.accept(result)
            position += waiting.pop(result.shard)
            progress(position)
    _sweep(job)


def _job(order: Order, head: Head, shards: Sequence[Shard]) -> Job:
    models = [] if order.config.model in (BUILTIN_MODEL, NO_MODEL) else [order.config.model]
    paths = [order.out, order.audit_place, *map(str, order.config.packs), *models, *(shard.path for shard in shards)]
    relative = any(not storage.is_url(path) and not Path(path).is_absolute() for path in paths)
    tag = hashlib.sha256(os.fsencode(os.path.realpath(order.audit))).hexdigest()[:16]
    stamps = head.cleaner, head.config, head.packs_sha256
    return Job(replace(order, shards=()), stamps, str(Path.cwd()) if relative else None, f"-{tag}")


def _sweep(job: Job) -> None:
    for place in (job.order.out, job.order.audit_place):
        storage.sweep(place, job.tag)


@contextmanager
def _cluster(order: Order) -> Iterator[Any]:
    """Ray, connected to a cluster; to one that is made up of this machine for as long as it takes, if none is named."""
    ray = load_ray()
    if ray.is_initialized():
        yield ray
        return
    address = order.address or os.environ.get("RAY_ADDRESS")
    alone = {} if address else {"num_cpus": order.workers, "include_dashboard": False}
    if address:
        _refuse_silent(address)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    try:
        ray.init(address or "local", logging_level=logging.ERROR, **alone)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise _unreachable(address or "this machine", error) from None
    try:
        ray.data.DataContext.get_current().enable_progress_bars = False
        yield ray
    finally:
        ray.shutdown()


def _refuse_silent(address: str) -> None:
    """Raise ``ConfigError`` if nobody listens at a host and port; Ray itself would go on trying for many minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        return  # Such as "auto".
    try:
        socket.create_connection((host.rpartition("/")[2].strip("[]"), int(port)), CONNECT_SECONDS).close()
    except OSError as error:
        raise _unreachable(address, error) from None


def _unreachable(address: str, error: Exception) -> ConfigError:
    return ConfigError(f"no Ray cluster can be reached at {address}: {error}; look at --address, and at `ray status`")


def _results(ray: Any, job: Job, shards: Sequence[Shard]) -> Iterator[Finished | Failed | CleanerError]:
    """What becomes of each shard, as soon as it is known."""
    rows = [{"name": shard.name, "shard": pickle.dumps(shard)} for shard in shards]
    here = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), False)
    attempts = ray.remote(num_cpus=0, scheduling_strategy=here)(_Attempts).remote()
    done = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        _Actor,
        batch_size=1,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=_actors(ray, job.order, len(rows)), max_tasks_in_flight_per_actor=1),
        fn_constructor_args=(job, attempts),
        num_cpus=job.order.per_shard,
    )
    try:
        for batch in done.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
            for value in batch.column("result"):
                yield pickle.loads(value.as_py())
    except ray.exceptions.RayTaskError:
        raise  # A bug, with the place where it happened.
    except (ray.exceptions.RayError, OSError) as error:  # the latter if this machine is cut off from the cluster
        raise WorkerError(f"the Ray cluster gave up: {error}") from None


def _actors(ray: Any, order: Order, shards: int) -> int:
    workers = order.workers or int(ray.cluster_resources().get("CPU", 1))
    return max(1, min(shards, workers // order.per_shard))


class _Attempts:
    """Knows how often each shard was begun, also when the actor that began it is gone."""

    def __init__(self) -> None:
        self._begun: Counter[str] = Counter()

    def begin(self, shard: str) -> int:
        """Count a beginning; gives how many there were before."""
        self._begun[shard] += 1
        return self._begun[shard] - 1


class _Actor:
    """Has a cleaner, whose workers stay for all the shards that it is given."""

    def __init__(self, job: Job, attempts: Any) -> None:
        self._cleaner = ShardCleaner(job)
        self._attempts = attempts

    def __call__(self, batch: Any) -> Any:
        """Clean the shards of a table, and give a table of what became of them."""
        results = [self._clean(row["name"], row["shard"]) for row in batch.to_pylist()]
        return for_corpus("pyarrow").table({"result": [pickle.dumps(result) for result in results]})

    def _clean(self, name: str, shard: bytes) -> Finished | Failed | CleanerError:
        import ray

        if ray.get(self._attempts.begin.remote(name)) >= ATTEMPTS:
            return Failed(name, f"{name}: was given up, since it ended its actor or its machine {ATTEMPTS} times")
        return self._cleaner.clean(pickle.loads(shard))
