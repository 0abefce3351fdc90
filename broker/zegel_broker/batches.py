"""Collects what many put in and hands it on in batches: while one batch is under way, the next collects.

There is no window and no timer. A quiet line has batches of one and no delay; a busy one has batches of what came while
the step was busy. That is how one commit, one signature and one write serve many messages.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batches(Generic[Item, Result]):
    """One step of the corridor; `carry_out` gets at most `limit` items and returns a result or an error for each.

    One batch is under way at a time. When `carry_out` itself raises, every item of that batch gets the error.
    """

    def __init__(
        self, carry_out: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]], *, limit: int
    ) -> None:
        """Take the step and the largest batch it wants."""
        self._carry_out = carry_out
        self._limit = limit
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def put(self, item: Item) -> Result:
        """Return what the step made of `item`; raise its error. A cancelled caller is forgotten, its batch is not."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None:
            # Starts in the next turn of the loop, so everybody who is awake now still gets into this batch.
            self._running = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while batch := self._take():
                for (_, future), result in zip(batch, await self._results(batch), strict=True):
                    if future.done():  # its caller was cancelled
                        continue
                    if isinstance(result, Exception):
                        future.set_exception(result)
                    else:
                        future.set_result(result)
        finally:
            self._running = None

    def _take(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        batch: list[tuple[Item, asyncio.Future[Result]]] = []
        while self._waiting and len(batch) < self._limit:
            item, future = self._waiting.popleft()
            if not future.done():
                batch.append((item, future))
        return batch

    async def _results(self, batch: Sequence[tuple[Item, asyncio.Future[Result]]]) -> Sequence[Result | Exception]:
        try:
            return await self._carry_out([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - it is handed to every caller, who decides
            return [error] * len(batch)
        except asyncio.CancelledError:  # at the end of the loop, or by a library whose connection died
            for _, future in batch:
                future.cancel()
            raise
