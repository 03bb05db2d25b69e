import asyncio
import os
import signal
import time

import pytest

from cleaner.errors import ConfigError
from cleaner.serve.pool import NoneFree, Pool, TookTooLong
from cleaner.workers import WorkerError


def _start():
    return _work


def _work(item):
    name, value = item
    if name == "sleep":
        time.sleep(value)
    elif name == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    elif name == "big":
        return bytes(value)
    return os.getpid()


def _refuse():
    raise ConfigError("no such model")


def _break():
    os._exit(3)


def with_pool(test, start=_start, size=1, seconds=60.0):
    async def run():
        pool = Pool(start, size, seconds)
        try:
            await pool.open()
            return await test(pool)
        finally:
            await pool.close()

    return asyncio.run(run())


def test_items_are_shared_out_and_each_gets_its_own_result():
    async def test(pool):
        return await asyncio.gather(*(pool.do(("big", n * 100_000)) for n in range(12)))

    assert [len(r) for r in with_pool(test, size=2)] == [n * 100_000 for n in range(12)]


def test_what_kills_its_worker_is_lost_and_nothing_else():
    async def test(pool):
        items = [("pid", 0), ("die", 0), ("pid", 1)]
        before, lost, after = await asyncio.gather(*map(pool.do, items), return_exceptions=True)
        assert isinstance(lost, WorkerError)
        assert before != after
        assert pool.replaced == pool.ready == 1

    with_pool(test)


def test_what_takes_too_long_is_ended_and_the_event_loop_does_not_wait():
    async def test(pool):
        late = asyncio.create_task(pool.do(("sleep", 1000)))
        ticks = 0
        while not late.done():
            await asyncio.sleep(0.01)
            ticks += 1
        with pytest.raises(TookTooLong):
            await late
        assert ticks > 10
        return await pool.do(("pid", 0))

    assert with_pool(test, seconds=0.5)


def test_who_waits_gives_up_and_leaves_no_trace():
    async def test(pool):
        first = asyncio.create_task(pool.do(("sleep", 1)))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(pool.do(("die", 0)))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(NoneFree):
            await pool.do(("die", 0), patience=0.1)
        assert await first == await pool.do(("pid", 0))
        assert pool.replaced == 0

    with_pool(test)


@pytest.mark.parametrize(("seconds", "replaced"), [(0.5, 0), (1000, 1)])
def test_what_nobody_waits_for_any_more_has_a_moment_to_end(seconds, replaced):
    async def test(pool):
        pid = await pool.do(("pid", 0))
        left = asyncio.create_task(pool.do(("sleep", seconds)))
        await asyncio.sleep(0.1)
        left.cancel()
        with pytest.raises(asyncio.CancelledError):
            await left
        assert (await pool.do(("pid", 0)) != pid) == bool(replaced)
        assert pool.replaced == replaced

    with_pool(test)


def test_a_worker_that_died_while_it_had_nothing_to_do_costs_no_item():
    async def test(pool):
        pid = await pool.do(("pid", 0))
        os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.2)
        assert await pool.do(("pid", 0)) != pid

    with_pool(test)


def test_a_signal_to_stop_that_workers_get_too_is_left_to_the_main_process():
    async def test(pool):
        pid = await pool.do(("pid", 0))
        work = asyncio.create_task(pool.do(("sleep", 0.5)))
        await asyncio.sleep(0.1)
        os.kill(pid, signal.SIGTERM)
        os.kill(pid, signal.SIGINT)
        assert await work == pid

    with_pool(test)


def test_what_is_wrong_with_the_start_is_told():
    async def test(pool):
        return None

    with pytest.raises(ConfigError, match="no such model"):
        with_pool(test, start=_refuse)
    with pytest.raises(WorkerError, match="died"):
        with_pool(test, start=_break)


def test_closing_ends_what_is_at_work_and_what_is_starting():
    async def test(pool):
        work = asyncio.create_task(pool.do(("sleep", 1000)))
        await asyncio.sleep(0.1)
        work.cancel()

    with_pool(test, size=3)
