"""The line to RabbitMQ: one connection per direction, own reconnecting, nothing ever declared.

Two connections, because during a memory alarm RabbitMQ blocks one that published, and it could then not consume
either. A dead connection shows as one of LOST, or as a CancelledError although nobody cancelled: see `is_cancelled`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractIncomingMessage
from aiormq.exceptions import AMQPError, ChannelInvalidStateError
from yarl import URL

from zegel_adapters.sender import Parcel

LOST = (AMQPError, ChannelInvalidStateError, OSError, TimeoutError)
PUBLISH_SECONDS = 30.0  # until RabbitMQ confirmed; a quorum queue does in milliseconds
LIVELINESS = {"heartbeat": "10", "timeout": "10"}  # seconds; a half-open connection is noticed within 30 s
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between attempts to connect


class Line:
    """One open channel on a connection of its own; `lost` is set once it is gone, whoever closed it."""

    def __init__(self, channel: AbstractChannel, lost: asyncio.Event) -> None:
        """Use `open_line`."""
        self.channel = channel
        self.lost = lost


@contextlib.asynccontextmanager
async def open_line(url: str, *, confirms: bool) -> AsyncIterator[Line]:
    """Connect and open a channel; raise one of LOST. With `confirms`, an unroutable publish is an error too."""
    connection = await aio_pika.connect(_keep_lively(url))
    lost = asyncio.Event()
    connection.close_callbacks.add(lambda *_: lost.set())
    try:
        channel = connection.channel(publisher_confirms=confirms, on_return_raises=confirms)
        channel.close_callbacks.add(lambda *_: lost.set())
        await channel.initialize()
        yield Line(channel, lost)
    finally:
        try:
            with contextlib.suppress(*LOST):
                await connection.close()
        except asyncio.CancelledError:
            if is_cancelled():
                raise


async def start_consuming(line: Line, queue: str, *, prefetch: int) -> "asyncio.Queue[AbstractIncomingMessage]":
    """Start to consume `queue` and return where its messages arrive; `prefetch` of them wait there at most."""
    arrivals: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    await line.channel.set_qos(prefetch_count=prefetch)
    # RabbitMQ takes a consumer away without closing anything, such as when the queue's leader moves.
    under = await line.channel.get_underlay_channel()
    under.on_consumer_cancel_callbacks.add(lambda _: line.lost.set())
    found = await line.channel.get_queue(queue, ensure=False)
    await found.consume(arrivals.put)
    return arrivals


async def publish(exchange: AbstractExchange, parcels: Sequence[Parcel], *, user: str) -> list[BaseException | None]:
    """Publish all, persistent and mandatory, and return per parcel None once confirmed, or what went wrong.

    The properties say nothing but who we are, which RabbitMQ checks: the message id is fresh and random, because aiormq
    finds returned messages by it.
    """
    outcomes = await asyncio.gather(*(_publish(exchange, each, user=user) for each in parcels), return_exceptions=True)
    return [each if isinstance(each, BaseException) else None for each in outcomes]


def is_cancelled() -> bool:
    """Return whether somebody really cancelled this task: a dying connection raises CancelledError by itself."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _publish(exchange: AbstractExchange, parcel: Parcel, *, user: str) -> None:
    message = aio_pika.Message(
        parcel.body,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        message_id=uuid4().hex,
        user_id=user,
    )
    await exchange.publish(message, routing_key="", mandatory=True, timeout=PUBLISH_SECONDS)


def _keep_lively(url: str) -> str:
    found = URL(url)
    missing = {name: value for name, value in LIVELINESS.items() if name not in found.query}
    return str(found.update_query(missing))
