"""What the log shows to somebody who asks: an entry with its path, and that it goes on from what they saw before."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from zegel_broker.ledger.store import Store, Wanted
from zegel_broker.ledger.tree import Tree, read_range
from zegel_schemas.asking import Step
from zegel_schemas.merkle import HASH_SIZE, NodeLookup, Paths, consistency_path
from zegel_schemas.record import DirectoryVersion, read_record
from zegel_schemas.stamp import Proof


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry proven under `note`, the version of the directory it names, and steps from each size to the note's."""

    note: bytes
    proof: Proof
    directory: DirectoryVersion
    steps: tuple[Step, ...]


async def show_entry(store: Store, index: int, sizes: Sequence[int]) -> Shown:
    """Return the entry at `index` under the newest note, and the steps of `sizes`, which rise.

    Raise ValueError when a size lies beyond the log, LedgerDamaged when the tree on disk does not hold.
    """
    state = (await store.load(Wanted())).state
    if sizes and sizes[-1] > state.size:
        raise ValueError("a size beyond the log")
    needed: set[tuple[int, int]] = set()

    def need(level: int, at: int) -> bytes:
        needed.add((level, at))
        return bytes(HASH_SIZE)  # only which nodes are asked for counts here

    _walk(index, sizes, state.size, need)
    # The log may have grown since: complete nodes of the smaller tree are nodes of the larger one.
    loaded = await store.load(Wanted(entries=[index], nodes=sorted(needed)))
    tree = Tree(read_range(loaded.state))
    tree.learn(loaded.tiles)
    path, steps = _walk(index, sizes, state.size, tree.node)
    entry = loaded.entries[index]
    proof = Proof(entry.leaf, entry.record, entry.salt, index, path)
    return Shown(state.note, proof, read_record(entry.record).directory, steps)


def _walk(index: int, sizes: Sequence[int], size: int, node: NodeLookup) -> tuple[tuple[bytes, ...], tuple[Step, ...]]:
    steps = tuple(Step(old, tuple(consistency_path(old, new, node))) for old, new in pairwise((*sizes, size)))
    return tuple(Paths(size, node).find(index)), steps
