"""The outgoing connection to RabbitMQ: persistent, mandatory, every letter confirmed; apart from the one we consume on.

A memory alarm blocks a connection that publishes, so one shared with the consumers could not even take messages in.
All letters that wait are written in one go on one aiormq channel, and each one's confirm is awaited by who sent it.
This reaches past `Channel.basic_publish` of the pinned aiormq 7.2.4, which costs four times as much per letter.
"""

import asyncio
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

import aiormq
import structlog
from aiormq.abc import ChannelFrame
from aiormq.exceptions import AMQPError, DeliveryError, PublishError
from pamqp import frame as wire
from pamqp.commands import Basic

from zegel_broker.batches import Batches

Posted = Literal["confirmed", "full", "unroutable", "lost"]
Random: TypeAlias = Callable[[int], bytes]

MESSAGE_ID_SIZE: Final = 16  # bytes; aiormq finds the publish a returned letter belongs to by its message_id
PERSISTENT: Final = 2
CLASS_BASIC: Final = 60
PROPERTY_FLAGS: Final = 1 << 12 | 1 << 7  # delivery_mode and message_id, in this order
HEADER_FRAME, BODY_FRAME, FRAME_END = 2, 3, b"\xce"
WRITE_SIZE: Final = 1024 * 1024  # bytes put on the wire before we wait until the socket took them
LETTERS_AT_ONCE: Final = 256
CLOSE_SECONDS: Final = 5.0
LOOK: Final = 1.0  # seconds between two looks whether the connection is there


@dataclass(frozen=True, slots=True)
class Letter:
    """A body for one exchange and routing key. It has no headers and no properties of any sender's: ever."""

    exchange: str
    routing_key: str
    body: bytes


class LetterLostError(Exception):
    """The connection ended, or the confirm did not come in time: the letter lies in its queue, or it does not."""


class Post:
    """Publishes; connects when there is something to publish and no connection."""

    def __init__(self, url: str, *, random: Random, timeout: float) -> None:
        """Take the AMQP URL and the seconds to wait, for a connection as for a confirm."""
        self._url = url
        self._random = random
        self._timeout = timeout
        self._connection: aiormq.abc.AbstractConnection | None = None
        self._channel: aiormq.Channel | None = None
        self._connecting = asyncio.Lock()
        self._log = structlog.get_logger()
        self._outgoing = Batches(self._write, limit=LETTERS_AT_ONCE)

    async def open(self) -> None:
        """Connect; raise AMQPError or OSError when RabbitMQ cannot be reached or refuses us."""
        await self._live_channel()

    async def keep(self) -> None:
        """Connect again, for ever, whenever the connection is gone: also when there is nothing to publish."""
        while True:
            await asyncio.sleep(LOOK)
            with suppress(AMQPError, OSError, TimeoutError):
                async with asyncio.timeout(self._timeout):
                    await self._live_channel()

    async def close(self) -> None:
        """End the connection; letters without a confirm are lost."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_SECONDS):
                    await connection.close()

    @property
    def is_open(self) -> bool:
        """Whether there is a channel to publish on."""
        return self._channel is not None and not self._channel.is_closed

    async def publish(self, letter: Letter) -> Posted:
        """Return what became of the letter, as soon as RabbitMQ says so, or can no longer say."""
        try:
            confirm = await self._outgoing.put(letter)
            await asyncio.shield(confirm)  # who stops waiting must not change what aiormq finds
        except PublishError:
            return "unroutable"
        except DeliveryError:
            return "full"
        except LetterLostError:
            return "lost"
        return "confirmed"

    async def _write(self, letters: Sequence[Letter]) -> list["asyncio.Future[object] | Exception"]:
        try:
            async with asyncio.timeout(self._timeout):
                channel = await self._live_channel()
                confirms = await self._write_on(channel, letters)
        except (Exception, asyncio.CancelledError) as error:
            # A connection that dies raises what it died of, and cancels who waits for it though nobody asked for that.
            if is_cancelled():
                raise
            self._log.warning("letters_lost", letters=len(letters), error=error)
            raise self._lost() from error
        asyncio.get_running_loop().call_later(self._timeout, self._drop_if_unanswered, channel, confirms)
        return list(confirms)

    async def _live_channel(self) -> aiormq.Channel:
        async with self._connecting:
            if self._channel is not None and not self._channel.is_closed:
                return self._channel
            await self.close()
            self._connection = await aiormq.connect(self._url)
            channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
            if not isinstance(channel, aiormq.Channel):
                raise TypeError("this was written for the channel of aiormq 7.2.4")
            channel.closing.add_done_callback(lambda _: _fail_all(channel))
            self._channel = channel
            return channel

    async def _write_on(self, channel: aiormq.Channel, letters: Sequence[Letter]) -> list["asyncio.Future[object]"]:
        confirms: list[asyncio.Future[object]] = []
        pending: list[bytes] = []
        size = 0
        for letter in letters:
            confirms.append(self._expect_confirm(channel, pending, letter))
            size += len(letter.body)
            if size >= WRITE_SIZE:
                await _put_on_wire(channel, pending)
                pending, size = [], 0
        await _put_on_wire(channel, pending)
        return confirms

    def _expect_confirm(
        self, channel: aiormq.Channel, pending: list[bytes], letter: Letter
    ) -> "asyncio.Future[object]":
        """Add the frames of one letter to `pending`, numbered as RabbitMQ will count it; return its confirm."""
        message_id = self._random(MESSAGE_ID_SIZE).hex()
        channel.delivery_tag += 1
        tag, confirm = channel.delivery_tag, asyncio.get_running_loop().create_future()
        channel.confirmations[tag] = confirm
        channel.message_id_delivery_tag[message_id] = tag
        confirm.add_done_callback(lambda done: _forget(channel, message_id, done))
        pending += _frames(channel, letter, message_id)
        return confirm

    def _drop_if_unanswered(self, channel: aiormq.Channel, confirms: Sequence["asyncio.Future[object]"]) -> None:
        if not all(confirm.done() for confirm in confirms):
            _fail_all(channel)
            if self._channel is channel:
                self._channel = None

    def _lost(self) -> LetterLostError:
        channel, self._channel = self._channel, None
        if channel is not None:
            _fail_all(channel)  # numbers were given out that may never have been sent: nothing on it counts any more
        return LetterLostError("the connection ended, or gave no answer in time")


def _frames(channel: aiormq.Channel, letter: Letter, message_id: str) -> list[bytes]:
    """Return the frames of one letter (AMQP 0-9-1, section 4.2): method, header with two properties, body."""
    number, body, size = channel.number, letter.body, channel.max_content_size
    properties = struct.pack(">HHQHB", CLASS_BASIC, 0, len(body), PROPERTY_FLAGS, PERSISTENT) + _short(message_id)
    bodies = [body[at : at + size] for at in range(0, len(body), size)]
    return [
        _publish_frame(number, letter.exchange, letter.routing_key),
        *_frame(HEADER_FRAME, number, properties),
        *(piece for each in bodies for piece in _frame(BODY_FRAME, number, each)),
    ]


@lru_cache(maxsize=1024)  # one per recipient
def _publish_frame(number: int, exchange: str, routing_key: str) -> bytes:
    return wire.marshal(Basic.Publish(exchange=exchange, routing_key=routing_key, mandatory=True), number)


def _frame(kind: int, number: int, payload: bytes) -> tuple[bytes, bytes, bytes]:
    return struct.pack(">BHI", kind, number, len(payload)), payload, FRAME_END


def _short(text: str) -> bytes:
    return bytes([len(text)]) + text.encode("ascii")


async def _put_on_wire(channel: aiormq.Channel, pending: Sequence[bytes]) -> None:
    if pending:
        written = channel.create_future()
        await channel.write_queue.put(ChannelFrame(b"".join(pending), should_close=False, drain_future=written))
        await written


def _forget(channel: aiormq.Channel, message_id: str, confirm: "asyncio.Future[object]") -> None:
    channel.message_id_delivery_tag.pop(message_id, None)
    if not confirm.cancelled():
        confirm.exception()  # looked at, also when nobody waits any more


def _fail_all(channel: aiormq.Channel) -> None:
    for confirm in list(channel.confirmations.values()):
        if not confirm.done():
            confirm.set_exception(LetterLostError("the channel ended"))


def is_cancelled() -> bool:
    """Whether somebody cancelled the running task; aiormq raises CancelledError also when nobody did."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
