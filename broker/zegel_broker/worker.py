"""The corridor: the one place that awaits a message's whole way, from the bytes in an inbox to the ack.

`Corridor.carry` is that way, for one message. Behind every `await` in it stands a step that serves many messages at
once (`Batches`): one call on a thread verifies a batch, one transaction settles it, one write publishes it, one notice
tells a party of all that was settled for it.

Nothing that may not be lost lives here: until `carry` returns, the message is un-acked in RabbitMQ, and what was
decided about it is in the ledger. So a worker may be killed anywhere in this file: the message comes again, the ledger
says what was decided about it, and the way is walked from there.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final, TypeAlias

import structlog

from zegel_broker.asks import Asks
from zegel_broker.batches import Batches
from zegel_broker.deliver import Courier
from zegel_broker.ledger import (
    Delivered,
    Ledger,
    Outcome,
    OutcomeFault,
    OutcomeSettled,
    Reminder,
    Settled,
    SettleFault,
    Settlement,
    Undeliverable,
)
from zegel_broker.metrics import Metrics
from zegel_broker.registry import Registry
from zegel_broker.verify import Arrival, Arrived, Inbound, is_ask, read_arrival
from zegel_schemas.stamp import Notice

BATCH: Final = 256  # messages per step; a larger one gains little and makes everybody in it wait longer

FIRST_PAUSE: Final = 0.25  # seconds before a ledger that could not be written is tried again; doubled each time
LONGEST_PAUSE: Final = 10.0


class OurFault(Exception):  # noqa: N818 - says whose
    """One message could not be carried, by no fault of its own: pause, then give it back to RabbitMQ."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something the ledger holds about a message, and the note its proofs stand under."""

    fact: Settled | OutcomeSettled
    note: bytes


Entry: TypeAlias = Arrival | Outcome


class Corridor:
    """Carries messages: verify → settle → deliver → tell. Many calls of `carry` run side by side, sharing steps."""

    def __init__(self, registry: Registry, ledger: Ledger, courier: Courier, metrics: Metrics, asks: Asks) -> None:
        """Take what is known, the book, who delivers, who counts, and who answers asks."""
        self._registry = registry
        self._ledger = ledger
        self._courier = courier
        self._metrics = metrics
        self._asks = asks
        self._log = structlog.get_logger()
        self._verifying: Batches[Inbound, Arrival] = Batches(self._verify, limit=BATCH)
        self._settling: Batches[Entry, Told] = Batches(self._settle, limit=BATCH)
        self._telling: Batches[Told, asyncio.Task[None]] = Batches(self._tell, limit=BATCH)
        self._handing_over: dict[int, asyncio.Task[Told]] = {}  # by decision index
        self._given_up = asyncio.Event()
        self.hurry = asyncio.Event()
        """Set when somebody is to hear of a duty at once: `remind` is to be called now and not in a minute."""

    async def carry(self, inbound: Inbound) -> None:
        """Walk the whole way; return when the message may be acked.

        Raise OurFault, NotDelivered or an error of the ledger when it is to be given back to RabbitMQ instead.
        """
        # 1. Verify: no clock, no ledger. What nobody signed becomes a ticket too, an `Unread` one.
        arrival = await self._verifying.put(inbound)

        #    What asks the broker itself for statements and proofs is answered at once: neither judged nor logged.
        if is_ask(arrival):
            fate = await self._asks.answer(arrival, self._registry) if isinstance(arrival, Arrived) else "dropped"
            self._metrics.count_ask(inbound.inbox, fate)
            return

        # 2. Settle: judged, applied to its casus and written in the log, in one transaction with whatever else waits. A
        #    message that came before gets the decision it got then. From here on a crash loses nothing.
        told = await self._settling.put(arrival)
        settled = told.fact
        if not isinstance(settled, Settled):
            raise TypeError("an arrival is settled as an arrival")
        self._metrics.count_settled(inbound.inbox, settled)
        if settled.emergency:
            self._log.warning("emergency_used", inbox=inbound.inbox, unreviewed_before=settled.unreviewed)
            self.hurry.set()

        # 3. Deliver. What became of it is entered by the next transaction, which a quiet line makes at once.
        if settled.to_deliver:
            told = await self._hand_over(settled, told.note)
        elif settled.outcome == "unreadable":
            await self._courier.quarantine(inbound.body)

        # 4. Tell its sender, with proof: one notice per party, for everything of a batch.
        if told.fact.tell:
            await asyncio.shield(await self._telling.put(told))

    async def follow(self, registry: Registry) -> None:
        """Verify, decide and deliver by this registry from the next batch on; its new statements are in the log first.

        Raise DirectoryInvalid when its directory does not go on from the one in use, or an error of the ledger.
        """
        await self._ledger.follow(registry)
        self._courier.follow(registry)
        self._registry = registry

    def give_up(self) -> None:
        """Hold nothing for the ledger's sake any more: the process is about to stop."""
        self._given_up.set()

    async def sweep(self, now: int) -> None:
        """End what nobody acknowledged in time, and tell its senders; to be called every minute or so."""
        settlement = await self._ledger.sweep(now)
        ends = [Told(each, settlement.note) for each in settlement.outcomes if isinstance(each, OutcomeSettled)]
        notices = await asyncio.gather(*(self._telling.put(end) for end in ends))
        done = await asyncio.gather(*notices, return_exceptions=True)
        told = [end.fact.decision_index for end, result in zip(ends, done, strict=True) if result is None]
        if told:
            await self._ledger.sweep(now, told=told)

    async def remind(self, now: int) -> None:
        """Enter duties that became overdue and tell their holders and directors; to be called with `sweep`."""
        self.hurry.clear()
        found = await self._ledger.remind(now)
        done = await asyncio.gather(
            *(self._tell_reminder(each, found.note) for each in found.reminders), return_exceptions=True
        )
        told = [each.index for each, result in zip(found.reminders, done, strict=True) if result is None]
        if told:
            await self._ledger.remind(now, told=told)
        if found.overdue is not None:
            self._metrics.set_overdue(found.overdue)
        for error in filter(None, done):
            raise error  # who could not be told now is told with the next look

    async def _tell_reminder(self, reminder: Reminder, note: bytes) -> None:
        notice = Notice((reminder.proof,), note, {reminder.index: reminder.explanation})
        await asyncio.gather(*(self._courier.tell(party, notice) for party in reminder.tell))

    async def _verify(self, batch: Sequence[Inbound]) -> list[Arrival | Exception]:
        return await asyncio.to_thread(_read_all, batch, self._registry)

    async def _settle(self, batch: Sequence[Entry]) -> list[Told | Exception]:
        """Settle outcomes and arrivals in one transaction; return what the ledger holds about each, in their order."""
        started = perf_counter()
        outcomes = [each for each in batch if isinstance(each, Delivered | Undeliverable)]
        arrivals = [each for each in batch if not isinstance(each, Delivered | Undeliverable)]
        settlement = await self._insist(arrivals, outcomes)
        self._metrics.observe_settle(seconds=perf_counter() - started, entries=len(batch))
        ends, facts = iter(settlement.outcomes), iter(settlement.settled)
        return [
            _told_or_fault(next(ends if isinstance(each, Delivered | Undeliverable) else facts), settlement.note)
            for each in batch
        ]

    async def _insist(self, arrivals: Sequence[Arrival], outcomes: Sequence[Outcome]) -> Settlement:
        """Settle; while the ledger cannot be written, hold everything and try again, so that nothing more is taken.

        Giving back would spin: RabbitMQ counts every return, and would empty the inboxes into quarantine.
        """
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._ledger.settle(arrivals, outcomes)
            except Exception as error:
                self._metrics.count_settle_failure()
                self._log.error("ledger_not_written", messages=len(arrivals), error=error)
                if self._given_up.is_set():
                    raise
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._given_up.wait()
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _hand_over(self, settled: Settled, note: bytes) -> Told:
        """Deliver and enter the outcome, once at a time per decision: a message may come twice at the same moment."""
        index = settled.decision_index
        task = self._handing_over.get(index)
        if task is None:
            task = asyncio.create_task(self._deliver(settled, note))
            self._handing_over[index] = task
            task.add_done_callback(lambda done: self._handed_over(index, done))
        return await asyncio.shield(task)  # when its message is taken back meanwhile, the delivery is still entered

    def _handed_over(self, index: int, task: asyncio.Task[Told]) -> None:
        del self._handing_over[index]
        _look_at(task)

    async def _deliver(self, settled: Settled, note: bytes) -> Told:
        outcome = await self._courier.deliver(settled, note)
        self._metrics.count_outcome(settled.recipient, outcome)
        return await self._settling.put(outcome)

    async def _tell(self, batch: Sequence[Told]) -> list[asyncio.Task[None] | Exception]:
        """Start one notice per party and note; return for each fact the notice it travels in."""
        facts: dict[tuple[str, bytes], list[Settled | OutcomeSettled]] = {}
        for told in batch:
            facts.setdefault((told.fact.tell, told.note), []).append(told.fact)
        notices = {
            (party, note): asyncio.create_task(self._courier.tell(party, _write_notice(group, note)))
            for (party, note), group in facts.items()
        }
        for notice in notices.values():
            notice.add_done_callback(_look_at)
        return [notices[told.fact.tell, told.note] for told in batch]


def _look_at(task: asyncio.Task[Any]) -> None:
    """Read a task's error even when everybody who waited for it is gone; those who still wait get it as well."""
    if not task.cancelled():
        task.exception()


def _read_all(batch: Sequence[Inbound], registry: Registry) -> list[Arrival | Exception]:
    return [_read_one(inbound, registry) for inbound in batch]


def _read_one(inbound: Inbound, registry: Registry) -> Arrival | Exception:
    try:
        return read_arrival(inbound, registry)
    except Exception as error:  # noqa: BLE001 - our own bug, met by one message, is no reason to fail the others
        return error


def _told_or_fault(fact: Settled | SettleFault | OutcomeSettled | OutcomeFault, note: bytes) -> Told | Exception:
    if isinstance(fact, SettleFault | OutcomeFault):
        return OurFault(f"settling failed with {fact.kind}")
    return Told(fact, note)


def _write_notice(facts: Sequence[Settled | OutcomeSettled], note: bytes) -> Notice:
    proofs = {proof.index: proof for fact in facts for proof in fact.proofs}
    explanations = {index: text for fact in facts for index, text in fact.explanations.items()}
    return Notice(tuple(proofs[index] for index in sorted(proofs)), note, explanations)
