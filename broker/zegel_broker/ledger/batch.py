"""A transaction in the making: what was loaded, and over it what this batch adds; nothing here touches a store.

Every message is one `Step`. A step is taken whole or not at all, so a message that fails by our fault leaves no trace
and harms no neighbour; the next message of the same casus sees what the steps before it did.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from zegel_broker.casus import Casus, Standing
from zegel_broker.ledger.errors import LedgerError
from zegel_broker.ledger.rows import (
    CasusRow,
    Closing,
    DryrunRow,
    DutyRow,
    Entry,
    HistoryRow,
    MessageRow,
    NewEntry,
    Pair,
    Sent,
)
from zegel_broker.ledger.scene import Scene
from zegel_broker.ledger.store import Changes, Loaded
from zegel_broker.packing import Packed, pack_after
from zegel_schemas.record import SALT_SIZE, Record, make_entry
from zegel_schemas.shapes import NIL_CASUS


@dataclass(frozen=True, slots=True)
class Held:
    """A fold kept in memory: `version` is the last entry folded in; None = nothing is left of the casus."""

    version: int
    fold: Casus | Standing | None
    packed: Packed | None = None  # what is to be written of it; None for one that was read


class Step:
    """What one message or outcome adds; the batch knows nothing of it before `Batch.take`."""

    def __init__(self, batch: "Batch") -> None:
        self._batch = batch
        self.entries: list[NewEntry] = []
        self.messages: dict[int, MessageRow] = {}
        self.folds: dict[str, Held] = {}
        self.history: dict[str, list[HistoryRow]] = {}
        self.uncollected: dict[Pair, int] = {}
        self.dryruns: list[DryrunRow] = []
        self.duties: list[DutyRow] = []
        self.unreviewed = False

    @property
    def last(self) -> int:
        """Return the log index of the entry added last."""
        return self._batch.size + len(self.entries) - 1

    def append(
        self, record: Record, *, sent: Sent | None = None, explanation: bytes = b"", subject_salts: bytes = b""
    ) -> int:
        """Add an entry; return its log index."""
        scene = self._batch.scene
        index = self._batch.size + len(self.entries)
        salt = scene.random(SALT_SIZE)
        leaf, written = make_entry(record, origin=scene.origin, time=scene.now, salt=salt)
        self.entries.append(NewEntry(Entry(index, leaf, written, salt, subject_salts), sent, explanation))
        return index

    def put(self, row: MessageRow) -> MessageRow:
        """Add or change what is known of a message."""
        self.messages[row.idx] = row
        return row

    def deliver(self, row: MessageRow, index: int) -> MessageRow:
        """Note that `index` is the delivered entry of a message."""
        return self.put(row._replace(delivered=index))

    def close(self, row: MessageRow, index: int, closing: Closing, *, code: str = "") -> MessageRow:
        """Note how a message ended; it is no longer waiting for anybody."""
        self._count(row, -1)
        return self.put(row._replace(closed=index, closing=closing, code=code))

    def expect(self, row: MessageRow) -> None:
        """Count a permitted message that waits for its recipient."""
        self._count(row, 1)

    def fold(self, casus: str, version: int, fold: Casus | Standing | None) -> None:
        """Set a casus (or the standing decisions, under the nil id) to its new fold.

        It is written out here and not later, so that one that cannot be written fails its own message only.
        """
        held = self.folds.get(casus) or self._batch.held(casus)
        before = held.packed if held is not None and type(held.fold) is type(fold) else None
        same = before is not None and before.facts is fold  # most messages change nothing the fold keeps
        packed = None if fold is None else before if same else pack_after(before, fold)
        self.folds[casus] = Held(version, fold, packed)

    def remember(self, casus: str, event: HistoryRow) -> None:
        """Keep a permitted message of this batch, should its casus be folded anew in the same transaction."""
        self.history.setdefault(casus, []).append(event)

    def _count(self, row: MessageRow, difference: int) -> None:
        pair = row.sender, row.recipient
        self.uncollected[pair] = self.uncollected.get(pair, 0) + difference


class Batch:
    """All that one transaction knows and adds."""

    def __init__(self, loaded: Loaded, scene: Scene, held: dict[str, Held]) -> None:
        """Lay an empty batch over what was loaded; `held` are folds in memory, used where their version counts."""
        self.scene = scene
        self.start = loaded.state.size
        self._loaded = loaded
        self._held = held
        self._entries: list[NewEntry] = []
        self._rows = {row.idx: row for row in loaded.messages}
        self._index_of = {row.key: row.idx for row in loaded.messages}
        self._permitted = {row.hash: row.idx for row in loaded.messages if row.outcome == "permitted"}
        self._changed: set[int] = set()
        self._folds: dict[str, Held] = {}
        self._history: dict[str, list[HistoryRow]] = {}
        self._uncollected: dict[Pair, int] = {}
        self._dryruns = {row.key: row for row in loaded.dryruns}
        self._tried: list[DryrunRow] = []
        self._duties = {(row.casus, row.name): row for row in loaded.duties}
        self._owed: list[DutyRow] = []

    @property
    def size(self) -> int:
        """Return the log index the next entry gets."""
        return self.start + len(self._entries)

    def begin(self) -> Step:
        """Return a step that adds nothing yet."""
        return Step(self)

    def take(self, step: Step) -> None:
        """Make a step part of the transaction."""
        self._entries += step.entries
        for index, row in step.messages.items():
            self._rows[index] = row
            self._index_of[row.key] = index
            if row.outcome == "permitted":
                self._permitted[row.hash] = index
        self._changed |= step.messages.keys()
        self._folds |= step.folds
        for casus, events in step.history.items():
            self._history.setdefault(casus, []).extend(events)
        for pair, difference in step.uncollected.items():
            self._uncollected[pair] = self._uncollected.get(pair, 0) + difference
        self._dryruns |= {row.key: row for row in step.dryruns}
        self._tried += step.dryruns
        self._duties |= {(row.casus, row.name): row for row in step.duties}
        self._owed += step.duties

    def known(self, sender: str, name: str) -> MessageRow | None:
        """Return what is known of (sender, message id)."""
        index = self._index_of.get((sender, name))
        return None if index is None else self._rows[index]

    def knows_duty(self, casus: str, name: str) -> bool:
        """Return whether this overdue duty was entered, if it was asked to be loaded or is of this batch."""
        return (casus, name) in self._duties

    def untold_duties(self, told: Collection[int]) -> list[DutyRow]:
        """Return the duties entered of which not everybody is known to have been told, these apart."""
        return [row for row in self._duties.values() if not row.told and row.idx not in told]

    def dryrun(self, sender: str, name: str) -> DryrunRow | None:
        """Return what is known of (sender, id) in the space of dry runs."""
        return self._dryruns.get((sender, name))

    def dryrun_at(self, index: int) -> DryrunRow:
        """Return the dry run entered at `index`; raise LedgerError for one that was not loaded."""
        for row in self._dryruns.values():
            if row.idx == index:
                return row
        raise LedgerError(f"no dry run stands at log index {index}")

    def dryruns_today(self, sender: str, casus: str) -> int:
        """Return how many dry runs of this sender count for this casus on the day of this transaction."""
        today = self.scene.day.isoformat()
        day, count = self._loaded.dryrun_counts.get((sender, casus), ("", 0))
        new = sum((row.sender, row.counted) == (sender, casus) for row in self._tried)
        return new + (count if day == today else 0)

    def permitted(self, message_hash: bytes) -> MessageRow | None:
        """Return the permitted message with this hash, if it was asked to be loaded or is of this batch."""
        index = self._permitted.get(message_hash)
        return None if index is None else self._rows[index]

    def row(self, index: int) -> MessageRow:
        """Return the message decided at `index`; raise LedgerError for one that was not loaded."""
        if index not in self._rows:
            raise LedgerError(f"no decision stands at log index {index}")
        return self._rows[index]

    def casus(self, name: str) -> Casus | None:
        """Return the casus as it stands now in this transaction, None when the broker does not know it."""
        fold = self._fold(name)
        return fold if isinstance(fold, Casus) else None

    def standing(self) -> Standing:
        """Return the standing decisions as they stand now in this transaction."""
        fold = self._fold(NIL_CASUS)
        return fold if isinstance(fold, Standing) else Standing()

    def history(self, casus: str, *, step: Step) -> Iterator[HistoryRow]:
        """Yield the permitted messages of a casus, each with whether it is void by now, in the order of the log."""
        for event in (*self._loaded.histories.get(casus, ()), *self._history.get(casus, ())):
            row = step.messages.get(event.idx) or self._rows.get(event.idx)
            yield event if row is None or row.void is event.void else event._replace(void=row.void)

    def uncollected(self, sender: str, recipient: str) -> int:
        """Return how many messages of this sender wait for this recipient."""
        pair = sender, recipient
        return self._loaded.uncollected.get(pair, 0) + self._uncollected.get(pair, 0)

    def entry(self, index: int) -> Entry:
        """Return an entry, loaded or new."""
        if index >= self.start:
            return self._entries[index - self.start].entry
        return self._loaded.entries[index]

    def explanation(self, index: int) -> bytes:
        """Return the explanation beside an entry, b"" when it has none."""
        if index >= self.start:
            return self._entries[index - self.start].explanation
        return self._loaded.explanations.get(index, b"")

    def changes(
        self, *, untold: tuple[int, ...] = (), told: tuple[int, ...] = (), duties_told: tuple[int, ...] = ()
    ) -> Changes:
        """Return what is to be written."""
        scene = self.scene
        return Changes(
            entries=self._entries,
            messages=[self._rows[index] for index in sorted(self._changed)],
            casussen=[
                CasusRow(name, held.version, held.packed.data)
                for name, held in self._folds.items()
                if held.packed is not None
            ],
            gone=[name for name, held in self._folds.items() if held.packed is None],
            uncollected={pair: difference for pair, difference in self._uncollected.items() if difference},
            untold=untold,
            told=told,
            dryruns=self._tried,
            duties=self._owed,
            duties_told=duties_told,
            time=scene.now,
            directory_count=scene.directory.count,
            directory_head=scene.directory.head,
            convenant=scene.digest,
        )

    def folds(self) -> dict[str, Held]:
        """Return the folds that changed: what may be held in memory once the transaction is committed."""
        return self._folds

    def _fold(self, name: str) -> Casus | Standing | None:
        held = self.held(name)
        return None if held is None else held.fold

    def held(self, name: str) -> Held | None:
        """Return the fold of this name as it stands now in this transaction, None when there is none yet."""
        if name in self._folds:
            return self._folds[name]
        row = self._loaded.casussen.get(name)
        if row is None:
            return None
        held = self._held.get(name)
        if held is None or held.version != row.version:
            held = Held(row.version, _read_fold(row))
            self._held[name] = held
        return held


def _read_fold(row: CasusRow) -> Casus | Standing:
    if row.state is None:
        raise LedgerError("a fold that is held in memory was forgotten")
    return Standing.from_json(row.state) if row.id == NIL_CASUS else Casus.from_json(row.state)
