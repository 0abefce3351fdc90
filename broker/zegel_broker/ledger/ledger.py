"""The ledger: settles batches one after another, each in one transaction; nothing leaves it that is not committed."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from zegel_broker.casus import Casus
from zegel_broker.ledger.anchor import read_anchor, write_anchor
from zegel_broker.ledger.arrivals import settle_arrivals
from zegel_broker.ledger.audit import verify_log
from zegel_broker.ledger.batch import Batch
from zegel_broker.ledger.drafts import EndDraft, finish_reminder, make_prover
from zegel_broker.ledger.dryruns import PER_DAY
from zegel_broker.ledger.ends import EXPIRED_AFTER, settle_outcomes, settle_overdue
from zegel_broker.ledger.entries import record_event
from zegel_broker.ledger.errors import LedgerDamaged, LedgerError, LedgerRolledBack
from zegel_broker.ledger.finishing import Drafts, finish_all
from zegel_broker.ledger.memory import Memory
from zegel_broker.ledger.reminding import Overdue, enter_overdue, record_access
from zegel_broker.ledger.report import Report
from zegel_broker.ledger.rows import DutyRow
from zegel_broker.ledger.scene import Scene
from zegel_broker.ledger.settlement import Outcome, Reminders, Settlement
from zegel_broker.ledger.showing import Shown, show_entry
from zegel_broker.ledger.sqlite import SqliteStore
from zegel_broker.ledger.start import check_tail
from zegel_broker.ledger.store import Changes, Loaded, Store, Wanted
from zegel_broker.ledger.versions import enter_versions
from zegel_broker.ledger.wanting import want_batch, want_duties, want_nothing, want_overdue
from zegel_broker.ledger.witness import Witnesses
from zegel_broker.ledger.writer import Writer, Written
from zegel_broker.registry import Registry
from zegel_broker.verify import Arrival, Unread
from zegel_schemas.directory import require_extends
from zegel_schemas.record import EntryType, Record
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.primitives import Random

T = TypeVar("T")


class Ledger:
    """One log with its memory. Calls may overlap; they are settled one after another, in the order they were made."""

    def __init__(
        self,
        store: Store,
        writer: Writer,
        witnesses: Witnesses,
        registry: Registry,
        *,
        path: Path,
        anchor: Path | None,
        dryruns: int = PER_DAY,
    ) -> None:
        """Take the parts; outside this module use `open`."""
        self._path = path
        self._store = store
        self._writer = writer
        self._witnesses = witnesses
        self._registry = registry
        self._anchor = anchor
        self._dryruns = dryruns
        self._overdue = Overdue()
        self._turn = asyncio.Lock()
        self._halted: LedgerError | None = None
        self._trouble = ""
        self._note = b""
        self._named = 0  # the newest entry whose whole meaning is which directory counts: a start, statement or tick

    @classmethod
    async def open(
        cls,
        path: Path,
        *,
        origin: str,
        log_key: PrivateKey,
        clock: Callable[[], float],
        random: Random,
        registry: Registry,
        anchor: Path | None = None,
        whole: bool = False,
        dryruns: int = PER_DAY,
    ) -> "Ledger":
        """Open or create the ledger at `path`, check it, enter `start`.

        Checked are the end of the log against its note, or all of it when `whole`, and the note in `anchor`: a file on
        another disk that keeps the newest one. `dryruns`: how many are answered per party, casus and day. Raise
        LedgerSchemaWrong, LedgerDamaged, LedgerRolledBack, ClockBehind, LedgerError for an anchor of another log, or
        the store's own error.
        """
        store = await SqliteStore.open(path, origin=origin)
        try:
            writer = Writer(store, origin=origin, log_key=log_key, clock=clock, random=random)
            witnesses = Witnesses(store, origin=origin, public=log_key.public)
            ledger = cls(store, writer, witnesses, registry, path=path, anchor=anchor, dryruns=dryruns)
            await check_tail(store, origin=origin, public=log_key.public)
            if whole:
                await ledger._check_whole()
            await ledger._compare_anchor()
            await ledger._enter("start")
        except BaseException:
            await store.close()
            raise
        return ledger

    @property
    def origin(self) -> str:
        """Return the name of the log."""
        return self._writer.origin

    @property
    def trouble(self) -> str:
        """Return why the ledger is not ready, "" when it is; it recovers, unless history was lost or damaged."""
        return str(self._halted) if self._halted else self._trouble

    async def settle(self, batch: Sequence[Arrival], outcomes: Sequence[Outcome] = ()) -> Settlement:
        """Enter outcomes, then settle arrivals in order, all in one transaction.

        Any exception means: nothing is known to be written, so give the same again; known messages keep their decision.
        Raise LedgerRolledBack when a message carries a note that proves lost history, LedgerDamaged, ClockBehind,
        or the store's own error.
        """
        for note in {arrival.note for arrival in batch if not isinstance(arrival, Unread)}:
            if not self._witnesses.knows(note):
                await self.witness(note)

        def work(transaction: Batch, _: Loaded) -> tuple[Drafts, Changes]:
            ends = settle_outcomes(transaction, outcomes)
            return (settle_arrivals(transaction, batch, dryruns=self._dryruns), ends), transaction.changes()

        written = await self.transact(lambda memory: want_batch(batch, outcomes, memory), work)
        return finish_all(written, *written.result)

    async def sweep(self, now: int, *, told: Iterable[int] = ()) -> Settlement:
        """End messages nobody acknowledged 24 h after their `expires`; return all ends that are not known to be told.

        Those to who is a member no more end at once. `told` are the `decision_index`es of ends an earlier sweep
        returned, whose notice was confirmed since.
        """
        done, gone = frozenset(told), (*self._registry.directory.left,)

        def work(transaction: Batch, loaded: Loaded) -> tuple[Drafts, Changes]:
            new = settle_overdue(transaction, [row for row in loaded.messages if row.closed is None], gone=gone)
            old = [EndDraft(index) for index in loaded.untold if index not in done]
            found = tuple(each.decision for each in new)
            return ([], [*old, *new]), transaction.changes(untold=found, told=tuple(done & set(loaded.untold)))

        written = await self.transact(lambda memory: want_overdue(now - EXPIRED_AFTER, memory, gone=gone), work)
        return finish_all(written, *written.result)

    async def remind(self, now: int, *, told: Iterable[int] = ()) -> Reminders:
        """Enter duties that became overdue, of the next casussen in turn; return all that is not known to be told.

        `told` are the indices of reminders an earlier call returned, whose notices were all confirmed since.
        """
        overdue = await self._overdue.look(self._store, self._registry, now)
        done = frozenset(told)

        def work(transaction: Batch, _: Loaded) -> tuple[list[DutyRow], Changes]:
            enter_overdue(transaction, overdue)
            return transaction.untold_duties(done), transaction.changes(duties_told=tuple(done))

        written = await self.transact(lambda memory: want_duties(overdue, memory), work)
        prove = make_prover(written.batch, written.paths)
        reminders = tuple(finish_reminder(row, written.batch, prove) for row in written.result)
        return Reminders(note=written.note, reminders=reminders, overdue=self._overdue.counts)

    async def access(self, casus: str, by: str) -> Casus | None:
        """Enter that `by` (a code for an employee) looks into a casus, then return it; None when it is unknown."""
        await self._enter_record(lambda scene: record_access(casus, by, scene))
        return await self.casus_view(casus)

    async def access_all(self, by: str) -> None:
        """Enter that `by` (a code for an employee) looks through the whole ledger; to be called before reading it."""
        await self._enter_record(lambda scene: record_access("", by, scene))

    async def tick(self) -> bytes:
        """Enter that nothing happened, under which directory and convenant; return the note. To be called hourly."""
        return await self._enter("tick")

    async def follow(self, registry: Registry) -> bytes:
        """Decide by `registry` from the next transaction on, and enter its new statements now; return the note.

        Raise DirectoryInvalid when its directory does not go on from the one held: that one stays in use then.
        """
        require_extends(self._registry.directory, registry.directory)
        async with self._turn:
            self._registry = registry
            return (await self._write(want_nothing, lambda batch, _: (None, batch.changes()))).note

    async def show(self, sizes: Sequence[int] = ()) -> Shown:
        """Return the newest entry that tells which directory counts, proven, with steps from `sizes` to its note.

        Raise ValueError when a size lies beyond the log, LedgerError when history was lost or damaged.
        """
        if self._halted is not None:
            raise self._halted
        return await show_entry(self._store, self._named, sizes)

    async def transact(
        self, want: Callable[[Memory], Wanted], work: Callable[[Batch, Loaded], tuple[T, Changes]]
    ) -> Written[T]:
        """Run one transaction of another kind in its turn: load what is wanted, then `work` decides what is entered."""
        async with self._turn:
            return await self._write(want, work)

    async def witness(self, note: bytes) -> None:
        """Compare a note from outside with the log; raise LedgerRolledBack, then and ever after, if it was lost."""
        try:
            await self._witnesses.compare(note)
        except (LedgerRolledBack, LedgerDamaged) as error:
            self._halted = error
            raise

    async def newest_note(self) -> bytes:
        """Return the newest committed note."""
        return self._note

    async def casus_view(self, casus: str) -> Casus | None:
        """Return a casus as it stands, None when the broker does not know it."""
        row = (await self._store.load(Wanted(casussen={casus: -1}))).casussen.get(casus)
        return None if row is None or row.state is None else Casus.from_json(row.state)

    async def verify(self, witnesses: Sequence[bytes] = ()) -> Report:
        """Audit the whole ledger as it stands, beside the work that goes on; `witnesses` are notes from outside."""
        held = self._registry
        return await asyncio.to_thread(
            verify_log, self._path, directory=held.directory, convenants=held.convenants, witnesses=witnesses
        )

    async def close(self) -> None:
        """Enter `stop` and give everything back."""
        try:
            if self._halted is None:
                await self._enter("stop")
        finally:
            await self._store.close()

    async def _check_whole(self) -> None:
        if not (await self.verify()).sound:
            raise LedgerDamaged("the ledger is not sound: run `zegel-broker log verify`")

    async def _compare_anchor(self) -> None:
        note = b"" if self._anchor is None else read_anchor(self._anchor)
        if note and not await self._witnesses.compare(note):
            raise LedgerError(
                "the anchor file holds no note of this log: check its path, or the origin in the settings"
            )

    async def _enter(self, kind: EntryType) -> bytes:
        written = await self._enter_record(lambda scene: record_event(kind, scene))
        self._named = written.batch.size - 1
        return written.note

    async def _enter_record(self, make: Callable[[Scene], Record]) -> Written[None]:
        def work(batch: Batch, _: Loaded) -> tuple[None, Changes]:
            step = batch.begin()
            step.append(make(batch.scene))
            batch.take(step)
            return None, batch.changes()

        return await self.transact(want_nothing, work)

    async def _write(
        self, want: Callable[[Memory], Wanted], work: Callable[[Batch, Loaded], tuple[T, Changes]]
    ) -> Written[T]:
        if self._halted is not None:
            raise self._halted
        named: list[int | None] = []

        def work_under(transaction: Batch, loaded: Loaded) -> tuple[T, Changes]:
            named.append(enter_versions(transaction, loaded.state))
            return work(transaction, loaded)

        try:
            written = await self._writer.write(want, work_under, registry=self._registry)
        except LedgerDamaged as error:
            self._halted = error
            raise
        except Exception as error:
            self._trouble = f"the ledger cannot be written ({type(error).__name__})"
            raise
        self._trouble = ""
        self._named = next((each for each in named if each is not None), self._named)
        if written.note != self._note:
            self._note = written.note
            self._witnesses.remember(written.note)
            await self._keep_anchor(written.note)
        return written

    async def _keep_anchor(self, note: bytes) -> None:
        """Write the anchor after the commit; when that fails the results stand, but the ledger is not ready."""
        if self._anchor is None:
            return
        try:
            await asyncio.to_thread(write_anchor, self._anchor, note)
        except OSError as error:
            self._trouble = f"the anchor file cannot be written ({error.strerror})"
