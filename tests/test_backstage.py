import os
import threading

import pytest

from cleaner.integrations.backstage import Backstage
from cleaner.workers import WorkerError


def where(_: str) -> tuple[int, str]:
    return os.getpid(), threading.current_thread().name


def die_of(item: str) -> str:
    if item == "poison":
        os._exit(3)
    return item.upper()


def refuse(item: str) -> str:
    raise ValueError(item)


@pytest.fixture
def backstage():
    opened = []

    def make(*args):
        opened.append(Backstage(*args))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def test_work_is_done_in_another_thread(backstage):
    process, thread = backstage(where).submit("a").result()
    assert process == os.getpid() and thread != threading.current_thread().name


def test_work_is_done_in_other_processes(backstage):
    assert backstage(where, 1).submit("a").result()[0] != os.getpid()


def test_what_kills_its_process_costs_nobody_else(backstage):
    stage = backstage(die_of, 2)
    futures = [stage.submit(item) for item in ("a", "poison", "b", "c")]
    assert [futures[n].result() for n in (0, 2, 3)] == ["A", "B", "C"]
    with pytest.raises(WorkerError, match="the process that worked on it died, 2 times"):
        futures[1].result()


@pytest.mark.parametrize("processes", [0, 1])
def test_an_error_comes_with_the_result(backstage, processes):
    with pytest.raises(ValueError, match="a"):
        backstage(refuse, processes).submit("a").result()
