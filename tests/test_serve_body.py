import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.serve.body import Lines, read_body
from cleaner.serve.problems import ClientGone, Declined, Kind


def receiver(pieces, gone=False, slow=False):
    """What an ASGI server gives for a body that comes in these pieces."""
    messages = [{"type": "http.request", "body": p, "more_body": True} for p in pieces]
    messages.append({"type": "http.disconnect"} if gone else {"type": "http.request"})

    async def receive():
        if slow and len(messages) == 1:
            await asyncio.sleep(1000)
        return messages.pop(0)

    receive.left = messages
    return receive


async def _lines(receive, limit=100, seconds=60):
    lines = Lines(receive, limit, seconds)
    found = []
    while (line := await lines.next()) is not None:
        found.append((line.number, line.data))
    return found


def lines(receive, **limits):
    return asyncio.run(_lines(receive, **limits))


pieces = st.lists(st.lists(st.sampled_from([b"a", b"\n", b"bc", b" ", b"\r\n", b"x" * 9]), max_size=6).map(b"".join))


@given(pieces, st.integers(1, 12))
def test_lines_are_the_same_however_they_arrive(parts, limit):
    numbered = enumerate(b"".join(parts).split(b"\n"), 1)
    expected = [(n, line if len(line) <= limit else None) for n, line in numbered if line.strip() or len(line) > limit]
    assert lines(receiver(parts), limit=limit) == expected


def test_a_line_that_is_too_long_is_not_kept():
    async def test():
        receive = receiver([b"x" * 50] * 1000 + [b"\nshort"])
        reader = Lines(receive, 100, 60)
        assert (await reader.next()).data is None
        assert len(reader._held) < 200
        assert (await reader.next()).data == b"short"

    asyncio.run(test())


def test_no_more_is_read_than_is_asked_for():
    async def test():
        receive = receiver([b"one\n", b"two\n", b"three\n"])
        assert (await Lines(receive, 100, 60).next()).data == b"one"
        assert len(receive.left) == 3

    asyncio.run(test())


def test_a_body_has_to_be_small_and_quick_and_whole():
    def read(receive, limit=10):
        return asyncio.run(read_body(receive, limit, 0.1))

    assert read(receiver([b"12345", b"67890"])) == b"1234567890"
    with pytest.raises(Declined) as large:
        read(receiver([b"12345", b"67890", b"1"]))
    with pytest.raises(Declined) as slow:
        read(receiver([b"1"], slow=True))
    assert (large.value.mishap.kind, slow.value.mishap.kind) == (Kind.TOO_LARGE, Kind.TOO_SLOW)
    with pytest.raises(ClientGone):
        read(receiver([b"1"], gone=True))


def test_lines_have_to_be_quick_and_whole():
    with pytest.raises(Declined, match="not there after"):
        lines(receiver([b"one\ntw"], slow=True), seconds=0.1)
    with pytest.raises(ClientGone):
        lines(receiver([b"one\ntw"], gone=True))
