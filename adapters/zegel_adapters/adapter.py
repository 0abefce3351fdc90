"""The adapter: the one process of an instantie that holds its keys and its line; read this first, then `receive.py`.

    queue out.<id> ─► Receiver.take ─► mailbox ─► ack
    application ─► Desk ─► mailbox ─► Sender.due ─► exchange in.<id> ─► confirmed

Everything that may not be lost is in the mailbox before it is acknowledged or called sent. Storing, sealing and opening
run on one thread of their own, in order; the event loop only speaks AMQP. An adapter that is killed loses nothing: what
was not acknowledged comes again, what was not confirmed goes again.
"""

import asyncio
import contextlib
import fcntl
import os
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage

from zegel_adapters.asker import Asker
from zegel_adapters.assemble import open_side
from zegel_adapters.errors import AdapterError
from zegel_adapters.home import PRIVATE_FILE
from zegel_adapters.homekey import Passphrase
from zegel_adapters.keystore import draw
from zegel_adapters.line import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    LOST,
    Line,
    is_cancelled,
    open_line,
    publish,
    start_consuming,
)
from zegel_adapters.lives import find_endings
from zegel_adapters.receive import Receiver, Taken
from zegel_adapters.sender import Sender
from zegel_schemas.convenant import ConvenantInvalid
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.primitives import Random

T = TypeVar("T")
HOUSEKEEPING = 1.0  # seconds between looks at the directory file and at what is overdue
LOCK = "adapter.lock"
PRUNING = 3600  # seconds between looks at keys whose term is over
OURS = (
    AdapterError,
    sqlite3.Error,
    OSError,
)  # disk, keys, settings: pause and try again, the message stays in its queue


class AlreadyRunningError(AdapterError):
    """Another adapter runs on this home: two would send everything twice."""


class Adapter:
    """Connects one home to the broker until it is stopped."""

    def __init__(
        self,
        home: Path | str,
        *,
        passphrase: Passphrase | None = None,
        clock: Callable[[], float] = time.time,
        random: Random = draw,
    ) -> None:
        """Open the home; raise AdapterError, or Refusal REGISTER_ONGELDIG when its directory does not hold."""
        self._side, self._settings = open_side(home, passphrase=passphrase, clock=clock, random=random)
        self._url = self._settings.require_line()
        asker = Asker(self._side)
        self._side.keystore.prune(now=self._side.now())  # before anything is opened: it may have been off for long
        self._receiver = Receiver(self._side, asker)
        self._sender = Sender(self._side, resend_after=self._settings.resend_after, asker=asker)
        self._lock = Path(home) / LOCK
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mailbox")
        self._log = structlog.get_logger("zegel.adapter").bind(instantie=self._side.instantie)
        self._pruned = 0
        self._stop = asyncio.Event()
        self._wake = asyncio.Event()
        self.connected = asyncio.Event()
        """Set while the receiving line is open: a moment a starter may wait for."""

    def stop(self) -> None:
        """Ask `run` to finish what is in hand and return; may be called from a signal handler of the loop."""
        self._stop.set()
        self._wake.set()

    async def run(self) -> None:
        """Work until `stop`; raise AlreadyRunningError when another adapter has this home."""
        with _hold_lock(self._lock):
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._keep("receiving", self._receive))
                    tasks.create_task(self._keep("sending", self._send))
                    tasks.create_task(self._keep("housekeeping", self._keep_house))
            finally:
                self._thread.shutdown(wait=True)
                self._side.mailbox.close()

    async def _keep(self, name: str, session: Callable[[], Awaitable[None]]) -> None:
        """Run `session` again and again until stopped, pausing longer after every failure in a row."""
        pause = FIRST_PAUSE
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                await session()
            except LOST as error:
                self._log.warning("line lost", part=name, error=type(error).__name__)
            except OURS as error:
                self._log.error("own side fails", part=name, error=type(error).__name__, detail=str(error))
            except asyncio.CancelledError:
                if is_cancelled():
                    raise
                self._log.warning("line lost", part=name, error="cancelled")
            pause = FIRST_PAUSE if time.monotonic() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
            await _wait(self._stop, pause)

    async def _receive(self) -> None:
        async with open_line(self._url, confirms=False) as line:
            queue = f"out.{self._side.instantie}"
            arrivals = await start_consuming(line, queue, prefetch=self._settings.prefetch)
            self._log.info("receiving", queue=queue)
            self.connected.set()
            try:
                while (message := await self._next(arrivals, line)) is not None:
                    await self._take(message)
            finally:
                self.connected.clear()

    async def _next(
        self, arrivals: "asyncio.Queue[AbstractIncomingMessage]", line: Line
    ) -> AbstractIncomingMessage | None:
        """Return the next message, or None once the line is lost or the adapter is to stop."""
        getting = asyncio.ensure_future(arrivals.get())
        ends = [asyncio.ensure_future(line.lost.wait()), asyncio.ensure_future(self._stop.wait())]
        try:
            await asyncio.wait([getting, *ends], return_when=asyncio.FIRST_COMPLETED)
            return getting.result() if getting.done() and not self._stop.is_set() else None
        finally:
            for task in (getting, *ends):
                task.cancel()

    async def _take(self, message: AbstractIncomingMessage) -> None:
        taken = await self._on_thread(lambda: self._take_or_set_aside(message.body))
        if taken == "caught_up":
            await self._on_thread(self._catch_up)
        await message.ack()
        self._wake.set()  # a receipt is due, or a notice lets the next message of its casus go
        tell = self._log.warning if taken in {"aside", "held"} else self._log.info
        tell("taken in", became=taken)

    def _take_or_set_aside(self, body: bytes) -> Taken:
        """Take in a body; one that makes this program fail is kept aside, so that it cannot block what comes after."""
        try:
            return self._receiver.take(body)
        except OURS:
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours: the body is kept, the alarm is raised, life goes on
            fault = Refusal("INTERNE_FOUT", detail=type(error).__name__)
            self._side.evidence.put_aside("frame", fault, body, now=self._side.now())
            return "aside"

    async def _send(self) -> None:
        async with open_line(self._url, confirms=True) as line:
            exchange = await line.channel.get_exchange(f"in.{self._side.instantie}", ensure=False)
            self._log.info("sending")
            seen: tuple[object, int] | None = None
            while not (line.lost.is_set() or self._stop.is_set()):
                self._wake.clear()
                # Once a second also without a change: what is overdue goes again.
                now = await self._on_thread(self._side.mailbox.changes), self._side.now()
                if now != seen:
                    await self._send_due(exchange)
                    seen = now
                await _wait(self._wake, self._settings.poll)

    async def _send_due(self, exchange: AbstractExchange) -> None:
        while parcels := await self._on_thread(self._sender.due):
            outcomes = await publish(exchange, parcels, user=self._side.instantie)
            confirmed = [each for each, error in zip(parcels, outcomes, strict=True) if error is None]
            await self._on_thread(partial(self._sender.confirm, confirmed))
            for error in filter(None, outcomes):
                raise error

    async def _keep_house(self) -> None:
        while not self._stop.is_set():
            await self._on_thread(self._tidy)
            await _wait(self._stop, HOUSEKEEPING)

    def _tidy(self) -> None:
        """Take in a newer directory, try again what waited for it, and let go of what is over."""
        side, now = self._side, self._side.now()
        try:
            if side.shelf.refresh():
                self._catch_up()
        except (Refusal, ConvenantInvalid) as error:
            self._log.error("directory or convenant refused; the earlier one stays", detail=str(error))
        side.mailbox.scrub()
        silent = side.outbox.give_up(now=now)
        if silent:
            self._log.warning("no answer from the broker", messages=silent)
        if now - self._pruned >= PRUNING:
            self._pruned = now
            destroyed = side.keystore.prune(now=now)
            if destroyed:
                self._load_keys()  # so that no box keeps one of them in memory
                self._log.info("keys destroyed after their term", keys=destroyed)
            for each in find_endings(side.holdings.directory, now=now):
                self._log.warning("published keys run out", of=each.instantie, use=each.use, days=each.days)
            self._receiver.retry()

    def _catch_up(self) -> None:
        """Use a newer directory or convenant: keys that were made for it, and what waited for it."""
        self._load_keys()
        self._log.info("directory", count=self._side.holdings.directory.count, again=self._receiver.retry())

    def _load_keys(self) -> None:
        """Take in keys that were made meanwhile: they count from when the directory names them."""
        self._side.keystore.reload()
        self._receiver.load_keys()
        self._sender.load_keys()

    async def _on_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Return when `event` is set, or after `seconds`."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


@contextlib.contextmanager
def _hold_lock(path: Path) -> Iterator[None]:
    """Hold the home while the adapter runs; the system lets go when the process ends, however it ends."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(f"an adapter runs on {path.parent} already") from None
        yield
    finally:
        os.close(handle)
