"""Reads the inboxes: one FastStream subscriber and one channel per instantie, opened and closed while the broker runs.

FastStream's defaults lose, answer or decode messages in ways that do not fit here; each option below says which. One
inbox that fails, say because its queue is missing, is tried again by itself and holds up no other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiormq import Channel as AmqpChannel
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue
from faststream.rabbit.subscriber import RabbitSubscriber

from zegel_broker.topology import inbox

START_SECONDS: Final = 10.0
LOOK: Final = 1.0  # seconds between two looks whether every inbox is still being read

Take = Callable[[str, RabbitMessage], Awaitable[None]]


@dataclass(slots=True)
class Reading:
    """One inbox: its subscriber, and the consumer on the channel it had when it was last started."""

    channel: Channel
    subscriber: RabbitSubscriber
    live_on: AmqpChannel | None = None
    consumer: str = ""

    @property
    def is_live(self) -> bool:
        """Whether RabbitMQ will hand us what comes into this inbox."""
        return self.live_on is not None and not self.live_on.is_closed and self.consumer in self.live_on.consumers

    async def start(self) -> None:
        """Start reading, or start again; raise whatever keeps us from it."""
        self.live_on = None
        await self.subscriber.stop()
        # FastStream drops what comes between `consume` and the end of `start`, unless it believes that it runs.
        self.subscriber.running = True
        await self.subscriber.start()
        queue, tag = self.subscriber._queue_obj, self.subscriber._consumer_tag  # noqa: SLF001 - there is no public way
        channel = None if queue is None else await queue.channel.get_underlay_channel()
        if not isinstance(channel, AmqpChannel) or tag is None:
            raise TypeError("this was written for FastStream 0.7.8 and aiormq 7.2.4")
        self.live_on, self.consumer = channel, tag


class Inboxes:
    """The inboxes being read. `take` is given every message, with the instantie whose inbox it lay in."""

    def __init__(self, url: str, take: Take, *, prefetch: int, grace: float) -> None:
        """Take the AMQP URL, who takes messages, how many of an inbox at once, and the seconds to wait at the end."""
        self._take = take
        self._prefetch = prefetch
        self._readings: dict[str, Reading] = {}
        self._changed = asyncio.Event()
        self._log = structlog.get_logger()
        self.broker = RabbitBroker(
            url,
            logger=None,  # a log record per message otherwise
            apply_types=False,  # nothing of a message is decoded, cast or injected
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
            self._readings[new] = self._subscribe(new)
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

    def _subscribe(self, instantie: str) -> Reading:
        channel = Channel(prefetch_count=self._prefetch, on_return_raises=True)
        subscriber = self.broker.subscriber(
            # We never make or change a queue (declare=False), and `keep` recovers each by itself (robust=False).
            RabbitQueue(inbox(instantie), declare=False, robust=False),
            channel=channel,  # one each, so its prefetch is its own
            ack_policy=AckPolicy.NACK_ON_ERROR,  # the net below ours; the default drops a message on an error
            no_reply=True,  # else the sender's reply_to is obeyed, with our permissions
            decoder=_hand_over,  # else the sender's content type says how its body is decoded
        )

        async def handle(message: RabbitMessage) -> None:
            await self._take(instantie, message)

        subscriber(handle)
        return Reading(channel, subscriber)

    async def _start_all(self) -> None:
        dead = [(name, reading) for name, reading in self._readings.items() if not reading.is_live]
        await asyncio.gather(*(self._start(name, reading) for name, reading in dead))

    async def _start(self, instantie: str, reading: Reading) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await reading.start()
        except Exception as error:  # noqa: BLE001 - one inbox that cannot be read is no reason to stop reading the others
            self._log.error("inbox_not_read", inbox=instantie, error=error)
        else:
            self._log.info("inbox_read", inbox=instantie)

    async def _leave(self, reading: Reading) -> None:
        await reading.subscriber.stop()
        channel = await self.broker.config.channel_manager.get_channel(reading.channel)
        await channel.close()

    def _reconnected(self, *_: Any) -> None:
        self._changed.set()


async def _hand_over(message: Any) -> Any:
    return message
