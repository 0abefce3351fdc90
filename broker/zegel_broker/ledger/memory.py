"""What is held between two transactions: the tree's edge and the folds used lately. Nothing in it is a source of truth.

It counts only while the newest note on disk is the one it was left at; then nothing can have changed. After any failure
it is thrown away and read anew.
"""

from zegel_broker.ledger.batch import Held
from zegel_broker.ledger.rows import TileName
from zegel_broker.ledger.store import Loaded
from zegel_broker.ledger.tree import Tree, read_range

MAX_FOLDS = 4096  # casussen held, some kilobytes each


class Memory:
    """One log's tree and folds, as of the note it was left at."""

    def __init__(self) -> None:
        self.note = b""
        self.folds: dict[str, Held] = {}
        self._tree: Tree | None = None

    @property
    def tiles(self) -> frozenset[TileName] | set[TileName]:
        """Return the tiles that need not be read again."""
        return frozenset() if self._tree is None else self._tree.held

    def version(self, casus: str) -> int:
        """Return the version of a fold held, -1 when it is not."""
        held = self.folds.get(casus)
        return -1 if held is None else held.version

    def lays(self, loaded: Loaded) -> bool:
        """Return whether this memory still counts over what was loaded."""
        return self._tree is not None and self.note == loaded.state.note

    def lay(self, loaded: Loaded) -> Tree:
        """Return the tree over what was loaded; anything held that no longer counts is dropped."""
        if self._tree is None or not self.lays(loaded):
            self.folds = {}
            self._tree = Tree(read_range(loaded.state))
            self.note = loaded.state.note
        self._tree.learn(loaded.tiles)
        return self._tree

    def leave(self, note: bytes, folds: dict[str, Held]) -> None:
        """Note what the transaction just committed left behind."""
        self.note = note
        for name, held in folds.items():
            self.folds.pop(name, None)
            if held.fold is not None:
                self.folds[name] = held
        while len(self.folds) > MAX_FOLDS:
            del self.folds[next(iter(self.folds))]
        if self._tree is not None and self._tree.crowded:
            self._tree = None
