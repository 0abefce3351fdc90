"""What a store holds, row by row, in the words of the ledger; any store gives and takes exactly these.

Named tuples, not dataclasses: thousands a second are made and changed.
"""

from typing import Literal, NamedTuple, TypeAlias

Closing = Literal["", "undeliverable", "opened", "rejected", "expired"]
RowOutcome = Literal["permitted", "refused", "receipt"]
VOID: frozenset[str] = frozenset({"undeliverable", "rejected", "expired"})  # closings that take a message's effect back


class State(NamedTuple):
    """The one row that is locked while anything is settled: where the log stands and under which versions."""

    size: int
    hashes: bytes  # the compact range: 32 bytes per complete subtree, largest first
    time: int  # of the newest entry, seconds since 1970 UTC
    note: bytes  # the newest signed checkpoint, b"" before the first entry
    directory_count: int
    directory_head: str
    convenant: str


class Entry(NamedTuple):
    """One log entry with what opens its leaf; `subject_salts` is 32 bytes per subject of the sender's declaration."""

    idx: int
    leaf: bytes
    record: bytes
    salt: bytes
    subject_salts: bytes = b""


class Sent(NamedTuple):
    """The sender's own bytes: with them an outsider sees that the sender said it."""

    declaration: bytes
    table: bytes
    signature: bytes


class MessageRow(NamedTuple):
    """What became of one message; `idx` is the log index of its decision, registration or receipt entry.

    `id` is the message id, or `#` and the hash for one that may not occupy an id: its form was wrong, or the id is
    taken. `delivered` and `closed` are log indices, None while there is no such entry. `answers` is the decision a
    receipt is about. `alarm` marks the refusal of another message under an id in use.
    """

    idx: int
    sender: str
    id: str
    hash: bytes
    recipient: str
    casus: str
    outcome: RowOutcome
    code: str
    expires: int
    delivered: int | None = None
    closed: int | None = None
    closing: Closing = ""
    answers: int | None = None
    alarm: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Return what makes a message known: its sender and its id."""
        return self.sender, self.id

    @property
    def void(self) -> bool:
        """Return whether the message has no effect on its casus (any more)."""
        return self.closing in VOID

    @property
    def entries(self) -> tuple[int, ...]:
        """Return the log indices that tell this message's story so far, oldest first."""
        if self.delivered is None:
            return (self.idx,) if self.closed is None else (self.idx, self.closed)
        return (self.idx, self.delivered) if self.closed is None else (self.idx, self.delivered, self.closed)


class DryrunRow(NamedTuple):
    """One dry run and its answer; `id` is its id in the space of dry runs, or `#` and the hash as in `MessageRow`.

    `counted` is the casus it counts for, the nil id for all unknown ones together, "" for none; `day` is the day of the
    answer (ISO 8601), `code` the main code, "" when the message would pass.
    """

    idx: int
    sender: str
    id: str
    hash: bytes
    counted: str
    day: str
    code: str

    @property
    def key(self) -> tuple[str, str]:
        """Return what makes a dry run known."""
        return self.sender, self.id


class DutyRow(NamedTuple):
    """One overdue duty as it was entered; `name` tells it from the others of its casus, `also` is who else hears."""

    idx: int
    casus: str
    name: str
    holder: str
    also: str
    told: bool


class CasusRow(NamedTuple):
    """The fold of a casus (or, under the nil id, the standing decisions); `version` is the last entry folded in.

    `state` is None when the caller holds this version already.
    """

    id: str
    version: int
    state: bytes | None


class HistoryRow(NamedTuple):
    """One permitted message of a casus, as it is needed to fold that casus anew."""

    idx: int
    hash: bytes
    leaf: bytes
    record: bytes
    declaration: bytes
    void: bool


class TileRow(NamedTuple):
    """Up to 256 neighbouring hashes of one tile level, 32 bytes each (C2SP tlog-tiles, tiles of height 8)."""

    level: int
    number: int
    hashes: bytes


class NewEntry(NamedTuple):
    """An entry to be appended, with what lies beside it."""

    entry: Entry
    sent: Sent | None = None
    explanation: bytes = b""


Pair: TypeAlias = tuple[str, str]  # sender, recipient
TileName: TypeAlias = tuple[int, int]  # tile level, number
