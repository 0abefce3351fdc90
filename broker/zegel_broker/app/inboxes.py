"""Reads the inboxes: one channel per instantie on FastStream's connection, opened and closed while the broker runs.

FastStream gives the connection, for each inbox a channel with a prefetch of its own, and the order of starting and
stopping. What comes in is taken from that channel as aiormq hands it over and never passes FastStream's pipeline. There
a message costs twice as much, is decoded as its sender says, may be answered where its sender says, and is acked,
dropped or forgotten by rules that are not ours.

One inbox that cannot be read, say because its queue is missing, is tried again by itself and holds up no other.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

import structlog
from aiormq import Channel as AmqpChannel
from aiormq.abc import DeliveredMessage
from aiormq.exceptions import ChannelNotFoundEntity
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitQueue
from faststream.rabbit.subscriber import RabbitSubscriber

from zegel_broker.topology import inbox

START_SECONDS: Final = 10.0
SAY_AGAIN: Final = 60.0  # seconds until it is said again that an inbox cannot be read
LOOK: Final = 1.0  # seconds between two looks whether every inbox is still being read

Take: TypeAlias = Callable[[str, DeliveredMessage], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Reading:
    """One inbox: FastStream's subscriber for it, and our consumer on the channel it had when it was last started."""

    channel: Channel
    subscriber: RabbitSubscriber
    take: Callable[[DeliveredMessage], Coroutine[Any, Any, None]]
    live_on: AmqpChannel | None = None
    consumer: str = ""

    @property
    def is_live(self) -> bool:
        """Whether RabbitMQ will hand us what comes into this inbox."""
        return self.live_on is not None and not self.live_on.is_closed and self.consumer in self.live_on.consumers

    async def start(self) -> None:
        """Start reading, or start again; raise whatever keeps us from it, such as a queue that is not there."""
        self.live_on = None
        await self.subscriber.start()
        queue = self.subscriber._queue_obj  # noqa: SLF001 - FastStream has no public way to its channel
        channel = None if queue is None else await queue.channel.get_underlay_channel()
        if not isinstance(channel, AmqpChannel):
            raise TypeError("this was written for FastStream 0.7.8 and aiormq 7.2.4")
        answer = await channel.basic_consume(self.subscriber.queue.name, self.take)
        self.live_on, self.consumer = channel, str(answer.consumer_tag)


class Inboxes:
    """The inboxes being read. `take` is given every message, with the instantie whose inbox it lay in."""

    def __init__(self, url: str, take: Take, *, prefetch: int, grace: float) -> None:
        """Take the AMQP URL, who takes messages, how many of an inbox at once, and the seconds to wait at the end."""
        self._take = take
        self._prefetch = prefetch
        self._readings: dict[str, Reading] = {}
        self._changed = asyncio.Event()
        self._starting = asyncio.Lock()  # following a directory and keeping alive must not start one inbox twice
        self._told: dict[str, float] = {}  # inbox that cannot be read -> when that was last said
        self._log = structlog.get_logger()
        self.broker = RabbitBroker(
            url,
            logger=None,
            apply_types=False,
            graceful_timeout=grace,
            reconnect_interval=1.0,
            on_reconnected=[self._reconnected],
        )

    @property
    def live(self) -> int:
        """How many inboxes are being read."""
        return sum(reading.is_live for reading in self._readings.values())

    @property
    def wanted(self) -> int:
        """How many should be."""
        return len(self._readings)

    async def follow(self, instanties: Iterable[str]) -> None:
        """Read the inboxes of these instanties from now on, and of no others. A channel whose instantie left is closed.

        A queue that is missing would otherwise keep the whole connection from recovering.
        """
        names = set(instanties)
        for gone in sorted(self._readings.keys() - names):
            await self._leave(self._readings.pop(gone))
        for new in sorted(names - self._readings.keys()):
            self._readings[new] = self._prepare(new)
        await self._start_all()

    async def keep(self) -> None:
        """Start again, for ever, whatever is not being read: after a reconnect, a cancelled consumer, a new queue."""
        while True:
            try:
                async with asyncio.timeout(LOOK):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            await self._start_all()

    async def stop_taking(self) -> None:
        """Tell RabbitMQ to hand out no more; what we have is still carried. FastStream does it the other way round."""
        for reading in self._readings.values():
            if reading.is_live and reading.live_on is not None:
                await reading.live_on.basic_cancel(reading.consumer)

    def _prepare(self, instantie: str) -> Reading:
        channel = Channel(prefetch_count=self._prefetch)  # one each: on a shared one a noisy inbox starves the rest
        subscriber = self.broker.subscriber(
            # We never make or change a queue (declare=False), and `keep` recovers each by itself (robust=False).
            RabbitQueue(inbox(instantie), declare=False, robust=False),
            channel=channel,
            # It gets no handler. Should one ever be added, then without the default that drops a message on an error,
            # and without the one that publishes to the sender's reply_to with our permissions.
            ack_policy=AckPolicy.NACK_ON_ERROR,
            no_reply=True,
        )
        return Reading(channel, subscriber, partial(self._take, instantie))

    async def _start_all(self) -> None:
        async with self._starting:
            dead = [(name, reading) for name, reading in self._readings.items() if not reading.is_live]
            await asyncio.gather(*(self._start(name, reading) for name, reading in dead))

    async def _start(self, instantie: str, reading: Reading) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await reading.start()
        except Exception as error:  # noqa: BLE001 - one inbox that cannot be read is no reason to stop reading the others
            self._say_why(instantie, error)
        else:
            self._told.pop(instantie, None)
            self._log.info("inbox_read", inbox=instantie)

    def _say_why(self, instantie: str, error: Exception) -> None:
        """Say it at once and then once a minute: it is tried every second."""
        now = asyncio.get_running_loop().time()
        if now - self._told.get(instantie, -SAY_AGAIN) < SAY_AGAIN:
            return
        self._told[instantie] = now
        if isinstance(error, ChannelNotFoundEntity):
            remedy = "import what `zegel-broker rabbitmq definitions` prints; it is read within a second then"
            self._log.error("queue_missing", queue=inbox(instantie), remedy=remedy)
        else:
            self._log.error("inbox_not_read", inbox=instantie, error=error)

    async def _leave(self, reading: Reading) -> None:
        if reading.is_live and reading.live_on is not None:
            await reading.live_on.basic_cancel(reading.consumer)
        await reading.subscriber.stop()
        channel = await self.broker.config.channel_manager.get_channel(reading.channel)
        await channel.close()

    def _reconnected(self, *_: Any) -> None:
        self._changed.set()
