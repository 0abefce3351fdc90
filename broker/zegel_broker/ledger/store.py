"""The store: where the book lies. One transaction loads, lets the ledger decide, writes and commits.

The ledger's side of it (`decide`, `sign`) is synchronous and awaits nothing, so an embedded database runs it on its own
thread and a database server between two statements. This is the broker's only Protocol.
"""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from zegel_broker.ledger.rows import (
    CasusRow,
    DryrunRow,
    DutyRow,
    Entry,
    HistoryRow,
    MessageRow,
    NewEntry,
    Pair,
    State,
    TileName,
    TileRow,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a transaction has to read. Messages found by any key bring their entries, explanations and tiles.

    `voided` names messages (by hash or by index) whose effect may be taken back: they bring the casus row and the whole
    history of their casus. `overdue` brings messages still open whose `expires` lies before it, `gone` those to these
    recipients, each at most `limit` of them, as voided. `edge` is the note of the tree held in memory: of any other
    tree nothing counts as held, neither `held` tiles nor the versions of `casussen`, and the tiles of the right edge
    come along.
    """

    keys: Sequence[tuple[str, str, str]] = ()  # (sender, id, other id)
    hashes: Sequence[bytes] = ()  # permitted messages, by message hash
    indices: Sequence[int] = ()  # messages, by the index of their decision
    voided: frozenset[bytes | int] = frozenset()
    casussen: Mapping[str, int] = field(default_factory=dict)  # id -> version held already, -1 = none
    pairs: Sequence[Pair] = ()
    entries: Sequence[int] = ()
    nodes: Sequence[tuple[int, int]] = ()  # (level, index): brings the tiles they lie in
    edge: bytes = b""
    held: Container[TileName] = frozenset()
    overdue: int = 0
    gone: Sequence[str] = ()  # recipients
    limit: int = 0
    untold: bool = False
    dryruns: Sequence[tuple[str, str, str]] = ()  # (sender, id, other id) in the space of dry runs
    dryrun_counts: Sequence[tuple[str, str]] = ()  # (sender, casus they count for)
    duties: Sequence[tuple[str, str]] = ()  # (casus, name) of duties entered already
    untold_duties: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was read under the lock."""

    state: State
    messages: Sequence[MessageRow] = ()
    casussen: Mapping[str, CasusRow] = field(default_factory=dict)
    histories: Mapping[str, Sequence[HistoryRow]] = field(default_factory=dict)
    uncollected: Mapping[Pair, int] = field(default_factory=dict)
    entries: Mapping[int, Entry] = field(default_factory=dict)
    explanations: Mapping[int, bytes] = field(default_factory=dict)
    tiles: Sequence[TileRow] = ()
    untold: Sequence[int] = ()  # decisions whose end is not known to have been told
    dryruns: Sequence[DryrunRow] = ()
    dryrun_counts: Mapping[tuple[str, str], tuple[str, int]] = field(default_factory=dict)  # newest day, how many then
    duties: Sequence[DutyRow] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What to write. An empty one writes nothing and signs nothing."""

    entries: Sequence[NewEntry] = ()
    messages: Sequence[MessageRow] = ()  # new ones, and known ones with their new `delivered` and `closed`
    casussen: Sequence[CasusRow] = ()
    gone: Sequence[str] = ()  # casussen nothing is left of
    uncollected: Mapping[Pair, int] = field(default_factory=dict)  # differences
    untold: Sequence[int] = ()
    told: Sequence[int] = ()
    dryruns: Sequence[DryrunRow] = ()
    duties: Sequence[DutyRow] = ()
    duties_told: Sequence[int] = ()
    time: int = 0
    directory_count: int = 0
    directory_head: str = ""
    convenant: str = ""

    @property
    def empty(self) -> bool:
        """Return whether there is nothing to write."""
        return not (self.entries or self.told or self.duties_told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What follows from the entries as they lie in the store: the range after them, the tiles touched, the note."""

    size: int
    hashes: bytes
    tiles: Sequence[TileRow]
    note: bytes


Decide: TypeAlias = Callable[[Loaded], Changes]
Sign: TypeAlias = Callable[[Sequence[Entry]], Sealing]  # takes the new entries as read back from the store


class Store(Protocol):
    """SQLite now, PostgreSQL for several workers. An exception means: nothing was written, or it is not known to be."""

    async def transact(self, wanted: Wanted, decide: Decide, sign: Sign) -> None:
        """Lock the state row, load, `decide`, write, read the new entries back, `sign`, write that, COMMIT."""

    async def load(self, wanted: Wanted) -> Loaded:
        """Read what is wanted of one committed state, without the lock."""

    async def note_at(self, size: int) -> bytes | None:
        """Return the note signed at this size, or None."""

    async def casussen(self, after: str, count: int) -> list[CasusRow]:
        """Return up to `count` casussen behind this id, in order of id, without the lock."""

    async def leaves(self, first: int, count: int) -> list[bytes]:
        """Return up to `count` leaves from log index `first` on, in order."""

    async def close(self) -> None:
        """Give everything back; the store cannot be used afterwards."""
