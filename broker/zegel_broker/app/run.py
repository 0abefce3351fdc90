"""Runs one worker: opens ledger and outgoing line, reads the inboxes until told to stop, finishes what it has, closes.

What happens to a message stands in `worker.py`. Here stand the two ends of it: taking it from FastStream, and acking it
or, after a fault of ours, holding it for a while and giving it back.
"""

import asyncio
import gc
import secrets
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

import structlog
from aiormq.abc import AbstractChannel, DeliveredMessage
from aiormq.exceptions import ChannelInvalidStateError
from faststream import FastStream

from zegel_broker import tolerant
from zegel_broker.app.acks import Acks
from zegel_broker.app.changing import KeyWatch
from zegel_broker.app.inboxes import Inboxes
from zegel_broker.asks import Asks
from zegel_broker.deliver import Courier, Post
from zegel_broker.following import LOOK_EVERY, Follower
from zegel_broker.health import HealthServer, find_trouble
from zegel_broker.ledger import Ledger
from zegel_broker.load import Equipment
from zegel_broker.metrics import Metrics
from zegel_broker.randomness import Randomness
from zegel_broker.registry import Registry
from zegel_broker.settings import Settings
from zegel_broker.verify import Inbound
from zegel_broker.worker import Corridor

# Seconds a busy thread keeps the interpreter while another waits. The loop waits for the ledger's thread at every turn:
# at Python's 5 ms a message took half as long again (p50 at 100 messages/s), and shorter than this costs throughput.
TURN: Final = 0.0005
COLLECT_AFTER: Final = (50_000, 20, 100)  # new objects, then younger collections, before a look for cycles
SWEEP_EVERY: Final = 60.0  # seconds between two looks for messages nobody acknowledged in time
Clock: TypeAlias = Callable[[], float]
TICK_EVERY: Final = 3600.0  # seconds between two entries that say: nothing happened, under this directory


async def run_broker(settings: Settings, equipment: Equipment) -> None:
    """Live until SIGTERM or Ctrl-C, then return; raise the ledger's or RabbitMQ's error when it cannot start."""
    sys.setswitchinterval(TURN)
    _collect_seldom()
    async with open_shell(settings, equipment) as shell:
        await shell.run()


def _collect_seldom() -> None:
    """Let the cycle collector pass over what lives as long as the process, and look at the rest less often.

    Convenants, directory and code are some hundred thousand objects: looking at all of them again and again while
    thousands of messages are in hand took a sixth of the worker's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


@asynccontextmanager
async def open_shell(settings: Settings, equipment: Equipment, *, clock: Clock = time.time) -> AsyncIterator["Shell"]:
    """Give a worker that can run: ledger and outgoing line are open before the first message and after the last ack."""
    tolerant.install()
    async with _open_ledger(settings, equipment, clock) as ledger, _open_post(settings) as post:
        yield Shell(settings, equipment.registry, ledger, post, clock=clock)


class Shell:
    """What surrounds the corridor in one process: inboxes, acks, chores, health, and the order of stopping."""

    def __init__(self, settings: Settings, registry: Registry, ledger: Ledger, post: Post, *, clock: Clock) -> None:
        """Take everything that is open already; `clock` gives seconds since 1970."""
        self._settings, self._registry, self._ledger, self._post = settings, registry, ledger, post
        self._clock = clock
        self._log = structlog.get_logger()
        self._metrics = Metrics(registry.instanties)
        courier = Courier(
            post, registry, clock=clock, random=Randomness(secrets.token_bytes), patience=settings.patience
        )
        asks = Asks(ledger, courier, clock=clock)
        self._corridor = Corridor(registry, ledger, courier, self._metrics, asks)
        self._follower = Follower(settings, registry, clock=clock)
        self._key_watch = KeyWatch(self._metrics)
        line = settings.amqp_line("zegel-broker in")
        self._inboxes = Inboxes(line, self._take, prefetch=settings.prefetch, grace=settings.grace)
        self._acks: WeakKeyDictionary[AbstractChannel, Acks] = WeakKeyDictionary()  # per channel, and gone with it
        self._in_hand = 0
        self._empty_handed = asyncio.Event()
        self._stopping = False
        self.started, self.stopped = asyncio.Event(), asyncio.Event()
        self.http_port = 0  # the real one, once it listens
        self._app = FastStream(
            self._inboxes.broker, logger=None, after_startup=[self._begin], on_shutdown=[self._drain]
        )

    @property
    def registry(self) -> Registry:
        """Return what this worker decides by now."""
        return self._registry

    async def run(self) -> None:
        """Answer health questions and read the inboxes, until told to stop."""
        self._metrics.watch(
            carrying=lambda: self._in_hand,
            consumers=lambda: self._inboxes.live,
            ready=lambda: float(not self._trouble()),
            directory=lambda: self._registry.directory.count,
            refused=lambda: self._follower.refused,
        )
        health = HealthServer(checks=self._trouble, metrics=self._metrics.text)
        self.http_port = await health.open(self._settings.http_host, self._settings.http_port)
        self._log.info("starting", http_port=self.http_port)
        chores = asyncio.create_task(self._do_chores())
        try:
            await self._app.run(sleep_time=0.05)
        finally:
            chores.cancel()
            await health.close()
            self.stopped.set()
            self._log.info("stopped", given_back=self._in_hand)

    def stop(self) -> None:
        """Do what SIGTERM does."""
        self._app.exit()

    async def _begin(self) -> None:
        await self._inboxes.follow(self._registry.instanties)
        self.started.set()
        self._log.info("started", inboxes=self._inboxes.live)

    async def _drain(self) -> None:
        """Take no more, finish what is in hand, give back the rest: FastStream's own order gives back everything."""
        self._stopping = True
        self._log.info("stopping", in_hand=self._in_hand)
        await self._inboxes.stop_taking()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.grace):
                while self._in_hand:
                    self._empty_handed.clear()
                    await self._empty_handed.wait()
        self._corridor.give_up()

    async def _take(self, inbox: str, message: DeliveredMessage) -> None:
        """Carry one message to its ack; after a fault of ours hold it, so that it does not spin, and give it back."""
        started = time.perf_counter()
        self._in_hand += 1
        try:
            said = message.header.properties
            garbled = tolerant.is_unreadable(said.headers)
            await self._corridor.carry(Inbound(message.body, inbox, said.user_id or None, garbled=garbled))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours: the message waits and comes again
            self._metrics.count_fault(inbox)
            self._log.error("message_given_back", inbox=inbox, error=error)
            await asyncio.sleep(self._settings.fault_pause)
            await self._finish(message, give_back=True)
        else:
            await self._finish(message, give_back=False)
            self._metrics.observe_carry(time.perf_counter() - started)
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._empty_handed.set()

    async def _finish(self, message: DeliveredMessage, *, give_back: bool) -> None:
        channel, tag = message.channel, message.delivery_tag
        if tag is None:
            raise TypeError("a consumed message has a delivery tag")
        acks = self._acks.get(channel)
        if acks is None:
            acks = self._acks.setdefault(channel, Acks(channel))
        with suppress(ChannelInvalidStateError):  # then RabbitMQ has the message back already
            await (acks.give_back(tag) if give_back else acks.ack(tag))

    async def _do_chores(self) -> None:
        """Keep reading every inbox, end what nobody acknowledged, and let the log say that time passes."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._inboxes.keep())
            group.create_task(self._post.keep())
            group.create_task(self._repeat("sweep", SWEEP_EVERY))
            group.create_task(self._repeat("tick", TICK_EVERY))
            group.create_task(self._follow())

    async def _follow(self) -> None:
        """Take in every directory file that goes on from the one in use, within seconds and while all else goes on."""
        while True:
            try:
                await asyncio.to_thread(self._follower.look)
                if self._follower.registry is not self._registry:
                    await self._take_in(self._follower.registry)
            except Exception as error:  # noqa: BLE001 - it is tried again; meanwhile the directory held stays in use
                self._log.error("chore_failed", chore="follow", error=error)
            await asyncio.sleep(LOOK_EVERY)

    async def _take_in(self, registry: Registry) -> None:
        before = self._registry
        await self._corridor.follow(registry)
        self._metrics.follow(registry.instanties)
        self._registry = registry
        self._log.info(
            "directory_taken_in",
            count=registry.directory.count,
            new=sorted(set(registry.instanties) - set(before.instanties)),
            gone=sorted(set(before.instanties) - set(registry.instanties)),
        )
        await self._inboxes.follow(registry.instanties)
        self._corridor.hurry.set()  # what lies there for who left ends now

    async def _repeat(self, chore: str, seconds: float) -> None:
        while True:
            if chore == "tick":  # a sweep comes at once: what became overdue while nobody looked is told now
                await asyncio.sleep(seconds)
            try:
                if chore == "tick":
                    await self._ledger.tick()
                else:
                    self._key_watch.look(self._registry.directory, now=int(self._clock()))
                    await self._corridor.sweep(int(self._clock()))
                    await self._corridor.remind(int(self._clock()))
            except Exception as error:  # noqa: BLE001 - it is tried again; meanwhile /readyz says what is wrong
                self._log.error("chore_failed", chore=chore, error=error)
            if chore != "tick":
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._corridor.hurry.wait(), seconds)

    def _trouble(self) -> dict[str, str]:
        return find_trouble(
            self._registry,
            now=int(self._clock()),
            stopping=self._stopping,
            ledger=self._ledger.trouble,
            directory=self._follower.trouble,
            posting=self._post.is_open,
            inboxes=(self._inboxes.live, self._inboxes.wanted),
        )


@asynccontextmanager
async def _open_ledger(settings: Settings, equipment: Equipment, clock: Clock) -> AsyncIterator[Ledger]:
    ledger = await Ledger.open(
        settings.ledger,
        origin=equipment.origin,
        log_key=equipment.log_key,
        clock=clock,
        random=Randomness(secrets.token_bytes),
        registry=equipment.registry,
        anchor=settings.anchor,
        dryruns=settings.dryruns_per_day,
    )
    try:
        yield ledger
    finally:
        await ledger.close()


@asynccontextmanager
async def _open_post(settings: Settings) -> AsyncIterator[Post]:
    line = settings.amqp_line("zegel-broker out")
    post = Post(line, random=Randomness(secrets.token_bytes), timeout=settings.answer_timeout)
    await post.open()
    try:
        yield post
    finally:
        await post.close()
