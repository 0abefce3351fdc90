"""While one batch is under way the next collects; nobody waits for a clock, and nobody's error is another's."""

import asyncio
from collections.abc import Sequence

import pytest

from zegel_broker.batches import Batches


class Step:
    """A step that takes as long as the test lets it, and writes down what it got."""

    def __init__(self) -> None:
        """Be open: nothing is held up."""
        self.open = asyncio.Event()
        self.open.set()
        self.begun = asyncio.Event()
        self.got: list[list[int]] = []

    async def double(self, batch: Sequence[int]) -> list[int | Exception]:
        """Return twice each number; an error for a negative one, and fail as a whole on zero."""
        self.got.append(list(batch))
        self.begun.set()
        await self.open.wait()
        if 0 in batch:
            raise RuntimeError("zero")
        return [ValueError("negative") if number < 0 else 2 * number for number in batch]


async def test_a_quiet_line_has_batches_of_one() -> None:
    step = Step()
    batches = Batches(step.double, limit=10)

    assert [await batches.put(number) for number in (1, 2, 3)] == [2, 4, 6]
    assert step.got == [[1], [2], [3]]


async def test_what_comes_while_a_batch_is_under_way_goes_together_up_to_the_limit() -> None:
    step = Step()
    step.open.clear()
    batches = Batches(step.double, limit=3)
    first = asyncio.create_task(batches.put(1))
    await step.begun.wait()
    others = [asyncio.create_task(batches.put(number)) for number in range(2, 7)]
    await asyncio.sleep(0)
    step.open.set()

    assert await asyncio.gather(first, *others) == [2, 4, 6, 8, 10, 12]
    assert step.got == [[1], [2, 3, 4], [5, 6]]


async def test_one_error_is_its_own_and_a_failed_batch_is_everybodys() -> None:
    batches = Batches(Step().double, limit=10)
    one_wrong = await asyncio.gather(*map(batches.put, (1, -1, 2)), return_exceptions=True)
    all_wrong = await asyncio.gather(*map(batches.put, (1, 0)), return_exceptions=True)

    assert (one_wrong[0], one_wrong[2]) == (2, 4)
    assert isinstance(one_wrong[1], ValueError)
    assert [type(each) for each in all_wrong] == [RuntimeError, RuntimeError]


async def test_a_caller_that_is_cancelled_leaves_before_the_batch_and_does_not_disturb_it() -> None:
    step = Step()
    step.open.clear()
    batches = Batches(step.double, limit=10)
    under_way, waiting, staying = (asyncio.create_task(batches.put(number)) for number in (1, 2, 3))
    await step.begun.wait()
    late = asyncio.create_task(batches.put(4))
    gone = asyncio.create_task(batches.put(5))
    await asyncio.sleep(0)
    under_way.cancel()
    gone.cancel()
    await asyncio.sleep(0)
    step.open.set()

    assert [await each for each in (waiting, staying, late)] == [4, 6, 8]
    assert step.got == [[1, 2, 3], [4]]


async def test_when_the_step_itself_is_cancelled_nobody_waits_for_ever() -> None:
    async def give_up(_: Sequence[int]) -> list[int | Exception]:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await Batches(give_up, limit=10).put(1)
