"""Notes from outside: what partners, and the anchor on another disk, remember this log to have been.

A validly signed note beyond the local log, or with another root than the local tree had, means that history was lost or
rewritten here, such as by restoring a backup. Nothing may be signed after that.
"""

from collections import OrderedDict

from zegel_broker.ledger.errors import LedgerRolledBack
from zegel_broker.ledger.store import Store, Wanted
from zegel_broker.ledger.tree import Tree, read_range
from zegel_schemas.merkle import fold_hashes, split_size
from zegel_schemas.note import Checkpoint, open_checkpoint
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.keys import PublicKey

MAX_SEEN = 4096  # notes remembered as agreed with, some 2 MB; a batch of messages mostly carries the same few


class Witnesses:
    """Compares notes from outside with the local log, each once."""

    def __init__(self, store: Store, *, origin: str, public: PublicKey) -> None:
        """Compare with what lies in `store`; notes of another origin or key say nothing about this log."""
        self._store = store
        self._origin = origin
        self._public = public
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def remember(self, note: bytes) -> None:
        """Take a note for agreed with: it was signed here just now, and committed."""
        self._seen[note] = None
        if len(self._seen) > MAX_SEEN:
            self._seen.popitem(last=False)

    def knows(self, note: bytes) -> bool:
        """Return whether this very note was compared before."""
        return not note or note in self._seen

    async def compare(self, note: bytes) -> bool:
        """Raise LedgerRolledBack when this note proves that the local log lost or changed its history.

        Return False for a note this log did not sign: it proves nothing, anybody can write one.
        """
        if self.knows(note):
            return True
        try:
            checkpoint = open_checkpoint(note, self._origin, self._public)
        except Refusal:
            return False
        root = await self._root_at(checkpoint)
        if root is None:
            raise LedgerRolledBack(
                "a note signed by this log lies beyond it, as after restoring a backup: see docs/ledger.md"
            )
        if root != checkpoint.root:
            raise LedgerRolledBack("a note signed by this log names another history: see docs/ledger.md")
        self.remember(note)
        return True

    async def _root_at(self, checkpoint: Checkpoint) -> bytes | None:
        """Return the root the local tree had at the note's size, None when it never was that large."""
        names = split_size(checkpoint.size)
        loaded = await self._store.load(Wanted(nodes=names))
        if checkpoint.size > loaded.state.size:
            return None
        tree = Tree(read_range(loaded.state))
        tree.learn(loaded.tiles)
        return fold_hashes([tree.node(level, index) for level, index in names])
