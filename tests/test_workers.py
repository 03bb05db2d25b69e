import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from cleaner.errors import InputError
from cleaner.workers import AHEAD, Pool, Rescue, WorkerError, ordered_map


def _split(item):
    return [(n,) for n in item]


def _join(results):
    return tuple(n for result in results for n in result)


def _lost(item, reason):
    return tuple((n, reason) for n in item)


RESCUE = Rescue(_split, _join, _lost, (MemoryError, InputError))


def _negated(item, deadly=(), once=None, greedy=()):
    for n in item:
        if n in deadly and (once is None or not Path(f"{once}-{n}").exists()):
            if once is not None:
                Path(f"{once}-{n}").touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if n in greedy:
            raise InputError("too much")
    return tuple(-n for n in item)


def _slow(n):
    time.sleep(0.2 if n == 0 else 0)
    return n


def _big(n):
    return bytes(n * 300_000)


def _fail(n):
    raise ZeroDivisionError(f"at {n}")


def _unpicklable(n):
    return lambda: n


BATCHES = [tuple(range(start, start + 5)) for start in range(0, 60, 5)]


def flat(results):
    return [one for result in results for one in result]


@pytest.mark.parametrize("workers", [2, 3])
def test_what_kills_a_worker_twice_is_lost_and_nothing_else(workers):
    work = partial(_negated, deadly=(7, 33, 34, 59))
    results = flat(ordered_map(work, BATCHES, workers, RESCUE))
    assert [r if isinstance(r, int) else -r[0] for r in results] == [-n for n in range(60)]
    lost = [r for r in results if not isinstance(r, int)]
    assert [n for n, _ in lost] == [7, 33, 34, 59]
    assert {reason for _, reason in lost} == {"its worker process died (signal 9), 2 times"}


def test_what_killed_a_worker_once_gets_its_result(tmp_path):
    work = partial(_negated, deadly=(7, 33), once=tmp_path / "died")
    assert flat(ordered_map(work, BATCHES, 2, RESCUE)) == [-n for n in range(60)]
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("workers", [1, 2])
def test_errors_that_are_named_lose_one_piece_and_others_end_it(workers):
    results = flat(ordered_map(partial(_negated, greedy=(7,)), BATCHES, workers, RESCUE))
    ((n, reason),) = [r for r in results if not isinstance(r, int)]
    assert n == 7 and reason.startswith("too much")
    with pytest.raises(ZeroDivisionError, match="at 0"):
        list(ordered_map(_fail, range(3), workers, RESCUE))


def test_an_error_tells_where_in_the_worker_it_came_from():
    with pytest.raises(ZeroDivisionError) as caught:
        list(ordered_map(_fail, range(3), 2))
    assert "in _fail" in caught.value.__notes__[0]


def test_results_larger_than_a_pipe_come_in_order():
    assert [len(r) for r in ordered_map(_big, range(12), 3)] == [n * 300_000 for n in range(12)]


def test_items_are_taken_no_further_than_agreed():
    taken = []
    items = (taken.append(n) or n for n in range(1000))
    results = ordered_map(_slow, items, 2)
    assert next(results) == 0
    assert len(taken) <= 2 * AHEAD + 1
    results.close()


def test_a_result_that_cannot_be_sent_is_an_error_and_not_a_death():
    with pytest.raises(Exception, match=r"pickle|local object"):
        list(ordered_map(_unpicklable, range(3), 2, RESCUE))


def test_a_worker_that_cannot_start_is_told_apart(monkeypatch):
    monkeypatch.setattr("cleaner.workers.start_worker", None)  # Not in the worker, which has its own.
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setattr("multiprocessing.spawn.get_executable", lambda: b"/bin/false")
    with pytest.raises(WorkerError, match="before it could start"):
        list(ordered_map(_slow, range(3), 2))


def _pid(_):
    return os.getpid()


def test_the_workers_of_a_pool_stay_from_run_to_run_but_not_past_one_that_is_left():
    pool = Pool(_pid, 1, None)
    try:
        first, second = (set(pool.run(range(3))) for _ in range(2))
        assert first == second and os.getpid() not in first
        left = pool.run(range(100))
        next(left)
        left.close()
        assert set(pool.run(range(3))).isdisjoint(first)
        assert len(list(pool.run(range(3)))) == 3
    finally:
        pool.close()
