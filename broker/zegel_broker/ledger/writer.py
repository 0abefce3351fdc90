"""The writer: one transaction from lock to commit; the only place that signs, and it signs what it read back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from zegel_broker.ledger.batch import Batch
from zegel_broker.ledger.errors import ClockBehind, LedgerDamaged
from zegel_broker.ledger.memory import Memory
from zegel_broker.ledger.rows import Entry
from zegel_broker.ledger.scene import Scene
from zegel_broker.ledger.start import check_note_of
from zegel_broker.ledger.store import Changes, Loaded, Sealing, Store, Wanted
from zegel_broker.ledger.tree import Tree
from zegel_broker.registry import Registry
from zegel_schemas.declaration import MAX_SKEW
from zegel_schemas.merkle import Paths, leaf_hash
from zegel_schemas.note import Checkpoint, sign_checkpoint
from zegel_schemas.record import commit_record
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.primitives import Random, b64u

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Written(Generic[T]):
    """A committed transaction: its note, what was decided in it, and the paths to its root."""

    note: bytes
    batch: Batch
    paths: Paths
    result: T


class Writer:
    """Writes transactions of one log, signed with its key."""

    def __init__(
        self, store: Store, *, origin: str, log_key: PrivateKey, clock: Callable[[], float], random: Random
    ) -> None:
        self._store = store
        self.origin = origin
        self._key = log_key
        self._clock = clock
        self._random = random
        self.memory = Memory()

    async def write(
        self,
        want: Callable[[Memory], Wanted],
        work: Callable[[Batch, Loaded], tuple[T, Changes]],
        *,
        registry: Registry,
    ) -> Written[T]:
        """Run one transaction; on any exception, ours or the store's, all that is held in memory is forgotten."""
        turn = _Turn(self, self.memory, registry, work)
        try:
            await self._store.transact(want(self.memory), turn.decide, turn.sign)
        except BaseException:
            self.memory = Memory()  # a new one: a cancelled transaction may still be using the old one on its thread
            raise
        return turn.finish()

    def scene(self, loaded: Loaded, registry: Registry) -> Scene:
        """Return the scene of this moment; raise ClockBehind. Time in the log never goes back."""
        now, last = int(self._clock()), loaded.state.time
        if now < last - MAX_SKEW:
            raise ClockBehind("the clock of this machine is more than 120 s behind the ledger: set it right")
        return Scene.at(max(now, last), origin=self.origin, registry=registry, random=self._random)

    def check_note(self, tree: Tree, note: bytes) -> None:
        """Raise LedgerDamaged unless the newest note holds over the tree."""
        check_note_of(tree, note, origin=self.origin, public=self._key.public)

    def sign(self, tree: Tree) -> bytes:
        """Return the signed note over the tree."""
        return sign_checkpoint(Checkpoint(self.origin, tree.range.size, tree.range.root()), self._key)


class _Turn(Generic[T]):
    """What one transaction passes from step to step; runs on the store's thread until it is finished."""

    def __init__(
        self,
        writer: Writer,
        memory: Memory,
        registry: Registry,
        work: Callable[[Batch, Loaded], tuple[T, Changes]],
    ) -> None:
        self._writer = writer
        self._memory = memory
        self._registry = registry
        self._work = work
        self._batch: Batch
        self._tree: Tree
        self._result: T
        self._note = b""

    def decide(self, loaded: Loaded) -> Changes:
        fresh = not self._memory.lays(loaded)
        self._tree = self._memory.lay(loaded)
        if fresh:
            self._writer.check_note(self._tree, loaded.state.note)
        self._note = loaded.state.note
        self._batch = Batch(loaded, self._writer.scene(loaded, self._registry), self._memory.folds)
        self._result, changes = self._work(self._batch, loaded)
        return changes

    def sign(self, stored: Sequence[Entry]) -> Sealing:
        """Hash what lies on disk, not what was meant to: one flipped bit in between has killed a log before."""
        _check_stored(self._batch, stored)
        tiles = self._tree.extend([leaf_hash(entry.leaf) for entry in stored])
        self._note = self._writer.sign(self._tree)
        grown = self._tree.range
        return Sealing(size=grown.size, hashes=b"".join(grown.hashes), tiles=tiles, note=self._note)

    def finish(self) -> Written[T]:
        self._memory.leave(self._note, self._batch.folds())
        return Written(self._note, self._batch, self._tree.paths(), self._result)


def _check_stored(batch: Batch, stored: Sequence[Entry]) -> None:
    whole = [entry.idx for entry in stored] == list(range(batch.start, batch.size))
    if not whole or any(
        entry != batch.entry(entry.idx) or b64u(commit_record(entry.record, entry.salt)).encode() not in entry.leaf
        for entry in stored
    ):
        raise LedgerDamaged("what was read back from the store is not what was written: check memory and disk")
