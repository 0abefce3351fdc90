"""Auditing the log itself: every leaf, the tree over them, every note ever signed, and the notes others hold."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from zegel_broker.ledger.report import Finding, FindingCode
from zegel_broker.ledger.tree import HEIGHT, WIDTH
from zegel_schemas.merkle import EMPTY_ROOT, HASH_SIZE, CompactRange, leaf_hash, node_hash
from zegel_schemas.note import Checkpoint, open_checkpoint
from zegel_schemas.record import read_leaf
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.keys import PublicKey

OpenNote = Callable[[bytes], Checkpoint]


@dataclass(slots=True)
class LogAudit:
    """What the log turned out to be: its size by its leaves, and what is wrong with it."""

    size: int = 0
    time: int = 0  # of the last leaf
    notes: int = 0
    witnesses: int = 0
    findings: list[Finding] = field(default_factory=list)

    def find(self, code: FindingCode, index: int | None = None, detail: str = "") -> None:
        """Note something that is wrong."""
        self.findings.append(Finding(code, index, detail))


def check_log(
    connection: sqlite3.Connection, *, origin: str, public: PublicKey, witnesses: Sequence[bytes]
) -> LogAudit:
    """Hash the log anew, leaf by leaf, and hold everything that was said about it against that."""

    def open_note(note: bytes) -> Checkpoint:
        return open_checkpoint(note, origin, public)

    audit = LogAudit()
    outside = _open_witnesses(audit, witnesses, open_note)
    roots = _hash_leaves(connection, audit, origin, {each.size for each in outside})
    _check_state(connection, audit, origin, roots)
    _check_tiles(connection, audit)
    _check_notes(connection, audit, open_note, roots)
    for each in outside:
        _check_witness(audit, each, roots)
    return audit


def _hash_leaves(connection: sqlite3.Connection, audit: LogAudit, origin: str, sizes: set[int]) -> dict[int, bytes]:
    """Return the root at every size somebody signed or witnessed, and at the end; count what is there."""
    sizes = sizes | {size for (size,) in connection.execute("SELECT size FROM note")}
    tree, roots = CompactRange(), {0: EMPTY_ROOT}
    for index, leaf in connection.execute("SELECT idx, leaf FROM entry ORDER BY idx"):
        if index != tree.size:
            audit.find(FindingCode.ENTRY_MISSING, tree.size)
            break
        tree = tree.append(leaf_hash(leaf))
        if tree.size in sizes:
            roots[tree.size] = tree.root()
        _check_leaf(audit, index, leaf, origin)
    audit.size = tree.size
    roots[tree.size] = tree.root()
    return roots


def _check_leaf(audit: LogAudit, index: int, data: bytes, origin: str) -> None:
    try:
        leaf = read_leaf(data)
    except Refusal:
        audit.find(FindingCode.ENTRY_UNREADABLE, index)
        return
    if leaf.origin != origin:
        audit.find(FindingCode.ENTRY_UNREADABLE, index, "a leaf of another log")
    if leaf.time < audit.time:
        audit.find(FindingCode.TIME_BACKWARDS, index)
    audit.time = leaf.time


def _check_state(connection: sqlite3.Connection, audit: LogAudit, origin: str, roots: dict[int, bytes]) -> None:
    row = connection.execute("SELECT origin, size, hashes, note, time FROM state WHERE one = 1").fetchone()
    newest = connection.execute("SELECT size, note FROM note ORDER BY size DESC LIMIT 1").fetchone() or (0, b"")
    if row is None or (row[0], row[1], row[3]) != (origin, *newest):
        audit.find(FindingCode.STATE_DIFFERS, detail="origin, size and note are not those of the newest note")
        return
    size = row[1]
    if size == audit.size and row[4] != audit.time:
        audit.find(FindingCode.STATE_DIFFERS, detail="the time is not that of the newest entry")
    if audit.size < size:
        audit.find(FindingCode.ENTRY_MISSING, audit.size, "the log is shorter than it was when last signed")
    elif audit.size > size:
        audit.find(FindingCode.ENTRY_BEYOND, size, "entries lie behind the end that was signed")
    hashes = [row[2][at : at + HASH_SIZE] for at in range(0, len(row[2]), HASH_SIZE)]
    try:
        same = size not in roots or CompactRange(size, tuple(hashes)).root() == roots[size]
    except ValueError:
        same = False
    if not same:
        audit.find(FindingCode.STATE_DIFFERS, detail="the compact range is not that of the leaves")


def _check_notes(connection: sqlite3.Connection, audit: LogAudit, open_note: OpenNote, roots: dict[int, bytes]) -> None:
    """Every note was signed over a beginning of this very tree, and the newest over all of it."""
    newest = 0
    for size, note in connection.execute("SELECT size, note FROM note ORDER BY size"):
        try:
            checkpoint = open_note(note)
        except Refusal:
            audit.find(FindingCode.NOTE_UNSIGNED, detail=f"the note of size {size} is not signed by the log's key")
            continue
        if checkpoint.size != size or (size in roots and checkpoint.root != roots[size]):
            audit.find(FindingCode.NOTE_DIFFERS, detail=f"the note of size {size} was signed over other leaves")
            continue
        audit.notes += 1
        newest = size
    if newest != audit.size:
        audit.find(FindingCode.ROOT_DIFFERS, detail=f"no valid note over all {audit.size} leaves")


def _check_tiles(connection: sqlite3.Connection, audit: LogAudit) -> None:
    """Make every tile anew, from the leaves up, and compare."""
    stored = {
        (level, number): hashes
        for level, number, hashes in connection.execute("SELECT level, number, hashes FROM tile")
    }
    row = [
        leaf_hash(leaf) for (leaf,) in connection.execute("SELECT leaf FROM entry ORDER BY idx LIMIT ?", (audit.size,))
    ]
    level = 0
    while row:
        for number in range((len(row) + WIDTH - 1) // WIDTH):
            hashes = b"".join(row[number * WIDTH : (number + 1) * WIDTH])
            if stored.pop((level, number), None) != hashes:
                audit.find(FindingCode.TILE_DIFFERS, (number * WIDTH) << (HEIGHT * level), f"tile {level}/{number}")
        row, level = _climb(row), level + 1
    if stored:
        audit.find(FindingCode.TILE_DIFFERS, detail="tiles of leaves that are not there")


def _climb(row: list[bytes]) -> list[bytes]:
    """Return the complete nodes eight levels up."""
    for _ in range(HEIGHT):
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
    return row


def _open_witnesses(audit: LogAudit, witnesses: Sequence[bytes], open_note: OpenNote) -> list[Checkpoint]:
    found = []
    for note in witnesses:
        try:
            found.append(open_note(note))
        except Refusal:
            audit.find(FindingCode.WITNESS_UNSIGNED, detail="a note given as witness is not signed by this log")
    return found


def _check_witness(audit: LogAudit, witness: Checkpoint, roots: dict[int, bytes]) -> None:
    if witness.size > audit.size:
        audit.find(FindingCode.WITNESS_BEYOND, audit.size, f"somebody holds a note of {witness.size} entries")
    elif roots[witness.size] != witness.root:
        audit.find(FindingCode.WITNESS_DIFFERS, detail=f"somebody holds another note of {witness.size} entries")
    else:
        audit.witnesses += 1
