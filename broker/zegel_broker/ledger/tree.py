"""The Merkle tree as the ledger holds it between two transactions: the right edge and the tiles used lately.

On disk lie tiles of height 8 (C2SP tlog-tiles): tile (L, n) holds the nodes (8L, 256n) up to (8L, 256n+255). All
that is held here follows from what was committed; whenever in doubt it is forgotten, and read and checked again.
"""

from collections.abc import Iterable, Sequence

from zegel_broker.ledger.errors import LedgerDamaged
from zegel_broker.ledger.rows import State, TileName, TileRow
from zegel_schemas.merkle import HASH_SIZE, CompactRange, Paths, node_hash, split_size

HEIGHT = 8  # levels in a tile
WIDTH = 1 << HEIGHT  # hashes in a full tile
MAX_NODES = 200_000  # nodes held before all but the edge is dropped, some 30 MB

_DAMAGED = "the tree on disk does not lead to the root that was signed: run `zegel-broker log verify`"


def tiles_of_leaf(index: int, size: int) -> list[TileName]:
    """Return the tiles that hold the path of a leaf in a tree of `size` leaves, the lowest first."""
    found, level = [], 0
    while size >> (HEIGHT * level):
        found.append((level, index >> (HEIGHT * (level + 1))))
        level += 1
    return found


def edge_tiles(size: int) -> list[TileName]:
    """Return the tiles that are not full in a tree of `size` leaves: what appending goes on from."""
    return [(level, count >> HEIGHT) for level, count in enumerate(_counts(size)) if count % WIDTH]


def read_range(state: State) -> CompactRange:
    """Return the compact range of the state row; raise LedgerDamaged."""
    hashes = state.hashes
    try:
        return CompactRange(state.size, tuple(hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)))
    except ValueError:
        raise LedgerDamaged(_DAMAGED) from None


class Tree:
    """A tree that grows by batches and gives paths; anything that does not fit raises LedgerDamaged."""

    def __init__(self, start: CompactRange) -> None:
        """Begin with the compact range alone; `learn` brings the tiles."""
        self.range = start
        self.held: set[TileName] = set()
        self._nodes = dict(zip(split_size(start.size), start.hashes, strict=True))

    def learn(self, tiles: Iterable[TileRow]) -> None:
        """Take in tiles from disk, each checked against what is known above it; raise LedgerDamaged."""
        for tile in sorted(tiles, key=lambda each: -each.level):
            self._learn(tile)

    def extend(self, leaves: Sequence[bytes]) -> list[TileRow]:
        """Append leaf hashes; return the tiles that changed, whole."""
        before = self.range.size
        extension = self.range.extend(leaves)
        self._nodes.update(extension.new_nodes())
        self.range = extension.range
        return self._changed_tiles(before)

    def paths(self) -> Paths:
        """Return the inclusion paths of this tree; a path whose tiles were not learned raises KeyError."""
        nodes = self._nodes
        return Paths(self.range.size, lambda level, index: nodes[level, index])

    def node(self, level: int, index: int) -> bytes:
        """Return a complete node whose tile was learned."""
        return self._nodes[level, index]

    @property
    def crowded(self) -> bool:
        """Return whether it holds so much that it is time to forget it."""
        return len(self._nodes) > MAX_NODES

    def _learn(self, tile: TileRow) -> None:
        width = len(tile.hashes) // HASH_SIZE
        count = self.range.size >> (HEIGHT * tile.level)
        if width != min(WIDTH, count - (tile.number << HEIGHT)):
            raise LedgerDamaged(_DAMAGED)
        row = [tile.hashes[at : at + HASH_SIZE] for at in range(0, len(tile.hashes), HASH_SIZE)]
        level, first = HEIGHT * tile.level, tile.number << HEIGHT
        while row:
            for offset, node in enumerate(row):
                self._know(level, first + offset, node)
            row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
            level, first = level + 1, first >> 1
        self.held.add((tile.level, tile.number))

    def _know(self, level: int, index: int, node: bytes) -> None:
        if self._nodes.setdefault((level, index), node) != node:
            raise LedgerDamaged(_DAMAGED)

    def _changed_tiles(self, before: int) -> list[TileRow]:
        found = []
        counts = _counts(self.range.size)
        for level, (old, new) in enumerate(zip(_counts(before, len(counts)), counts, strict=True)):
            if old == new:
                break
            for number in range(old >> HEIGHT, ((new - 1) >> HEIGHT) + 1):
                places = range(number << HEIGHT, min(new, (number + 1) << HEIGHT))
                found.append(TileRow(level, number, b"".join(self._nodes[HEIGHT * level, at] for at in places)))
                self.held.add((level, number))
        return found


def _counts(size: int, levels: int = 0) -> list[int]:
    """Return how many nodes each tile level has in a tree of `size` leaves; at least `levels` numbers."""
    found: list[int] = []
    while size or len(found) < levels:
        found.append(size)
        size >>= HEIGHT
    return found
