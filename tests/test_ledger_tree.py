"""The tree in tiles: grown in batches, forgotten and read again, it proves each leaf under the one root there is."""

import random
from hashlib import sha256

import pytest

from zegel_broker.ledger.errors import LedgerDamaged
from zegel_broker.ledger.rows import State, TileName, TileRow
from zegel_broker.ledger.tree import Tree, edge_tiles, read_range, tiles_of_leaf
from zegel_schemas.merkle import CompactRange, check_inclusion

LEAVES = [sha256(number.to_bytes(4, "big")).digest() for number in range(70_000)]


def state_of(tree: Tree) -> State:
    """Return the state row that a tree of this size leaves behind."""
    return State(tree.range.size, b"".join(tree.range.hashes), 0, b"", 0, "", "")


def recall(stored: dict[TileName, TileRow], tree: Tree, *leaves: int) -> Tree:
    """Return the tree as a new process reads it: the state row, the right edge, and the tiles of some leaves."""
    again = Tree(read_range(state_of(tree)))
    size = tree.range.size
    names = {*edge_tiles(size), *(name for leaf in leaves for name in tiles_of_leaf(leaf, size))}
    again.learn(stored[name] for name in names if name in stored)
    return again


def grow(sizes: list[int], *, forget: bool) -> tuple[Tree, dict[TileName, TileRow]]:
    """Grow a tree by these batches, keeping its tiles; with `forget` every batch begins from what was stored."""
    tree, stored = Tree(CompactRange()), dict[TileName, TileRow]()
    at = 0
    for size in sizes:
        if forget:
            tree = recall(stored, tree)
        for tile in tree.extend(LEAVES[at : at + size]):
            stored[tile.level, tile.number] = tile
        at += size
    return tree, stored


@pytest.mark.parametrize("forget", [False, True])
@pytest.mark.parametrize("total", [1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000])
def test_batches_make_the_tree_that_all_leaves_make_at_once(total: int, *, forget: bool) -> None:
    drawn = random.Random(total)
    sizes, left = [], total
    while left:
        sizes.append(min(left, drawn.randint(1, 3000)))
        left -= sizes[-1]

    tree, stored = grow(sizes, forget=forget)

    whole = CompactRange().extend(LEAVES[:total]).range
    assert tree.range.root() == whole.root()
    for index in {0, total - 1, total // 2, drawn.randrange(total)}:
        path = recall(stored, tree, index).paths().find(index)
        check_inclusion(LEAVES[index], index, total, path, whole.root())


def test_tiles_are_those_of_c2sp() -> None:
    _, stored = grow([70_000], forget=False)

    assert len(stored[0, 0].hashes) == 256 * 32
    assert len(stored[0, 273].hashes) == (70_000 % 256) * 32
    assert len(stored[1, 1].hashes) == (70_000 // 256 - 256) * 32
    assert len(stored[2, 0].hashes) == 32
    assert stored.keys() == {
        *((0, number) for number in range(274)),
        (1, 0),
        (1, 1),
        (2, 0),
    }


@pytest.mark.parametrize("name", [(0, 0), (0, 1), (1, 0)])
def test_a_tile_with_one_bit_flipped_is_not_believed(name: TileName) -> None:
    tree, stored = grow([600], forget=False)
    tile = stored[name]
    flipped = bytes([tile.hashes[0] ^ 1]) + tile.hashes[1:]

    with pytest.raises(LedgerDamaged):
        recall({**stored, name: TileRow(*name, flipped)}, tree, 0, 300)


def test_a_tile_cut_short_is_not_believed() -> None:
    tree, stored = grow([600], forget=False)

    with pytest.raises(LedgerDamaged):
        recall({**stored, (0, 0): TileRow(0, 0, stored[0, 0].hashes[:-32])}, tree, 0)


def test_a_compact_range_of_another_size_is_not_believed() -> None:
    with pytest.raises(LedgerDamaged):
        read_range(State(3, bytes(32), 0, b"", 0, "", ""))
