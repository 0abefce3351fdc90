"""Acks of one channel, as few as its order allows: one frame for everything up to a tag, when all of that is done."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from aiormq.abc import AbstractChannel
from aiormq.exceptions import ChannelInvalidStateError

from zegel_broker.batches import Batches
from zegel_broker.deliver import is_cancelled

TAGS_AT_ONCE: Final = 1024


class Acks:
    """Acks of one channel with one consumer, whose delivery tags are 1, 2, 3 and so on without a gap.

    `multiple` acknowledges all tags up to one, so it is used only up to a tag below which nothing is missing, whether
    or not we ever saw it.
    """

    def __init__(self, channel: AbstractChannel) -> None:
        """Take the channel the messages came on."""
        self._channel = channel
        self._reached = 0  # all tags up to this one are acked or given back
        self._done: set[int] = set()  # carried, not acked yet
        self._gone: set[int] = set()  # above `_reached`, acked or given back one by one
        self._writing: Batches[int, None] = Batches(self._write, limit=TAGS_AT_ONCE)

    async def ack(self, tag: int) -> None:
        """Return when the ack is on the wire; raise ChannelInvalidStateError when the channel ended before."""
        await self._writing.put(tag)

    async def give_back(self, tag: int) -> None:
        """Put the message back into its queue; raise ChannelInvalidStateError when the channel ended: then it is back.

        `reject`, not `nack`: RabbitMQ 4 no longer counts a nack to the delivery limit.
        """
        self._gone.add(tag)
        with _ended():
            await self._channel.basic_reject(tag, requeue=True)

    async def _write(self, tags: Sequence[int]) -> list[Exception | None]:
        with _ended():
            await self._write_all(tags)
        return [None] * len(tags)

    async def _write_all(self, tags: Sequence[int]) -> None:
        self._done.update(tags)
        top = self._advance()
        if top:
            await self._channel.basic_ack(top, multiple=True)
        for tag in sorted(self._done):  # an earlier message is still under way: these cannot wait for it
            await self._channel.basic_ack(tag)
            self._gone.add(tag)
        self._done.clear()

    def _advance(self) -> int:
        """Move `_reached` up as far as nothing is missing; return the highest tag on the way to be acked, or 0."""
        top = 0
        while (following := self._reached + 1) in self._done or following in self._gone:
            self._reached = following
            if following in self._done:
                top = following
                self._done.discard(following)
            self._gone.discard(following)
        return top


@contextmanager
def _ended() -> Iterator[None]:
    """Turn whatever a channel throws when it ends, also a CancelledError that nobody asked for, into one error."""
    try:
        yield
    except (Exception, asyncio.CancelledError) as error:
        if is_cancelled():
            raise
        raise ChannelInvalidStateError("the channel ended") from error
