"""Random bytes come by the page, and no byte is handed out twice."""

import os
from concurrent.futures import ThreadPoolExecutor

from zegel_broker.randomness import PAGE, Randomness


def test_one_fetch_serves_many_and_a_large_wish_is_fetched_by_itself() -> None:
    fetched: list[int] = []

    def fetch(size: int) -> bytes:
        fetched.append(size)
        return os.urandom(size)

    random = Randomness(fetch)
    sizes = [len(random(size)) for size in (16, 24, 32, PAGE + 1, 0)]

    assert sizes == [16, 24, 32, PAGE + 1, 0]
    assert fetched == [PAGE, PAGE + 1]


def test_several_threads_never_get_the_same_bytes() -> None:
    random = Randomness(os.urandom)
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(random, [24] * 20_000))

    assert len(set(drawn)) == len(drawn)
