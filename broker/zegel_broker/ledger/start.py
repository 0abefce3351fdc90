"""The check at start: the end of the log is what was signed, and the log is not shorter than somebody remembers."""

from zegel_broker.ledger.errors import LedgerDamaged
from zegel_broker.ledger.store import Loaded, Store, Wanted
from zegel_broker.ledger.tree import Tree, read_range
from zegel_schemas.merkle import leaf_hash
from zegel_schemas.note import open_checkpoint
from zegel_schemas.record import commit_record, read_leaf
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.keys import PublicKey
from zegel_schemas.seal.primitives import b64u

TAIL = 1024  # entries looked at when the whole log is not


async def check_tail(store: Store, *, origin: str, public: PublicKey) -> None:
    """Raise LedgerDamaged unless the newest note holds, and the last entries are the ones it was signed over."""
    size = (await store.load(Wanted())).state.size
    first = max(0, size - TAIL)
    indices = range(first, size)
    loaded = await store.load(Wanted(entries=indices, nodes=[(0, index) for index in indices]))
    leaves = await store.leaves(first, TAIL + 1)
    tree = Tree(read_range(loaded.state))
    tree.learn(loaded.tiles)
    check_note_of(tree, loaded.state.note, origin=origin, public=public)
    if len(leaves) != len(indices):
        raise LedgerDamaged("the log on disk has another length than its newest note: run `zegel-broker log verify`")
    for index, leaf in zip(indices, leaves, strict=True):
        if leaf_hash(leaf) != tree.node(0, index):
            raise LedgerDamaged(f"entry {index} is not what was signed: run `zegel-broker log verify`")
    _check_records(loaded, dict(zip(indices, leaves, strict=True)))


def check_note_of(tree: Tree, note: bytes, *, origin: str, public: PublicKey) -> None:
    """Raise LedgerDamaged unless `note` is this log's signature over exactly this tree; an empty tree has none."""
    if not note and not tree.range.size:
        return
    try:
        checkpoint = open_checkpoint(note, origin, public)
    except Refusal:
        raise LedgerDamaged(
            "the newest note of the ledger is not signed by this log key: check key and origin"
        ) from None
    if (checkpoint.size, checkpoint.root) != (tree.range.size, tree.range.root()):
        raise LedgerDamaged("the newest note was signed over another tree: run `zegel-broker log verify`")


def _check_records(loaded: Loaded, leaves: dict[int, bytes]) -> None:
    """A record that was erased is no longer there; one that is must be the one its leaf commits to."""
    for index, entry in loaded.entries.items():
        if read_leaf(leaves[index]).commitment != b64u(commit_record(entry.record, entry.salt)):
            raise LedgerDamaged(f"the record of entry {index} was changed: run `zegel-broker log verify`")
