"""What this side saw of the log, and holds against it: its notes, and which directory its entries name.

Kept are the newest note that was shown to go on from the ones before, and every note since that was not shown to yet.
Two roots for one size are a fork, proven by the two notes alone: from then on that log vouches for nothing here. Until
a note was shown to go on from the others, a stamp under it is as good as the log's key.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from zegel_adapters.freshness import Named, follow, read_named
from zegel_adapters.mailbox import Mailbox
from zegel_schemas.note import Checkpoint
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.stamp import Proven

KEPT_NOTES = 10_000  # some 400 bytes each; hours of a busy town, months of a small one
NAMED_EVERY = 60  # seconds: how much newer an entry must be to be worth a write; a day is what counts
UNSHOWN_AFTER = 4 * 3600  # seconds a note may wait to be shown to go on from the others; then nothing is opened
_NAMED, _FORK, _SHOWN = "named", "fork", "shown"


@dataclass(frozen=True, slots=True)
class Kept:
    """A note of the log kept here, and the second it was seen first."""

    checkpoint: Checkpoint
    note: bytes
    seen: int


class Forked(Refusal):
    """LOGBOEK_GESPLITST: the log showed two histories; `notes` are the two that prove it, when this one is new."""

    def __init__(self, notes: bytes = b"") -> None:
        """Take both notes, one after the other."""
        super().__init__(Fault.LOGBOEK_GESPLITST, "note", detail="two roots for one size: this log vouches for nothing")
        self.notes = notes


class Unshown(Exception):  # noqa: N818 - a state of this side, not an error of anybody
    """A note waits longer than four hours to be shown to be of one history with the rest: nothing is opened."""


class Witness:
    """Notes of the log, and what its entries name, in one mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        """Work on `mailbox`."""
        self._box = mailbox

    def take(self, entry: Proven, note: bytes, *, now: int) -> None:
        """Hold a proven entry and its note against what was seen before, and keep what is new of it.

        Raise Forked (keep its notes aside), or Refusal REGISTER_TERUG or REGISTER_GESPLITST, as `follow` does.
        """
        self._take_note(entry.checkpoint, note, now)
        shown = read_named(entry, now=now)
        if shown is None:
            return
        held = self.named()
        newest = follow(held, shown)
        if held is None or newest.version != held.version or newest.time >= held.time + NAMED_EVERY:
            self._write(_NAMED, json.dumps(asdict(newest)))

    def named(self) -> Named | None:
        """Return what the newest proven entry says of the directory; None before the first."""
        text = self._read(_NAMED)
        if not text:
            return None
        values = json.loads(text)
        return Named(**{**values, "version": DirectoryVersion(**values["version"])})

    def newest_note(self, origin: str) -> bytes:
        """Return the note of the largest size of this log proven here; b"" before the first."""
        row = self._box.row("SELECT note FROM checkpoint WHERE origin = ? ORDER BY size DESC LIMIT 1", origin)
        return bytes(row["note"]) if row else b""

    def is_forked(self, origin: str) -> bool:
        """Return whether this log showed two histories here."""
        return bool(self._read(_FORK, origin))

    def forked(self) -> list[str]:
        """Return the logs that showed two histories here."""
        return [name.removeprefix(f"{_FORK}:") for name in self._names(_FORK)]

    def shown(self, origin: str) -> int:
        """Return the size up to which the notes of this log were shown to be one history; 0 before the first."""
        return int(self._read(_SHOWN, origin) or 0)

    def unshown(self, origin: str) -> list[Kept]:
        """Return the notes not shown yet to be of one history with the rest, the smallest first."""
        rows = self._box.rows(
            "SELECT * FROM checkpoint WHERE origin = ? AND size <> ? ORDER BY size",
            origin,
            self.shown(origin),
        )
        return [_read_kept(row) for row in rows]

    def is_overdue(self, origin: str, *, now: int) -> bool:
        """Return whether a note has waited too long to be shown to be of one history with the rest."""
        query = "SELECT min(seen) AS since FROM checkpoint WHERE origin = ? AND size <> ?"
        row = self._box.row(query, origin, self.shown(origin))
        return row is not None and row["since"] is not None and now - int(row["since"]) > UNSHOWN_AFTER

    def chain(self, origin: str, *, most: int) -> list[Kept]:
        """Return at most `most` notes to have shown to be one history, by size: the newest shown, then the oldest."""
        query = "SELECT * FROM checkpoint WHERE origin = ? ORDER BY size = ? DESC, seen, size LIMIT ?"
        rows = self._box.rows(query, origin, self.shown(origin), most)
        return sorted(map(_read_kept, rows), key=lambda each: each.checkpoint.size)

    def mark_shown(self, origin: str, sizes: Sequence[int]) -> None:
        """Note that the kept notes of these sizes were shown to be one history; all but the largest may go."""
        largest = max(sizes)
        with self._box.transaction() as db:
            db.executemany(
                "DELETE FROM checkpoint WHERE origin = ? AND size = ?",
                [(origin, each) for each in sizes if each != largest],
            )
            self._put(db, f"{_SHOWN}:{origin}", str(largest))

    def _take_note(self, shown: Checkpoint, note: bytes, now: int) -> None:
        if self.is_forked(shown.origin):
            raise Forked
        query = "SELECT root, note FROM checkpoint WHERE origin = ? AND size = ?"
        row = self._box.row(query, shown.origin, shown.size)
        if row is not None:
            if bytes(row["root"]) != shown.root:
                self.mark_forked(shown.origin, now=now)
                raise Forked(b"\n".join((bytes(row["note"]), note)))
            return
        with self._box.transaction() as db:
            self._keep(db, shown, note, now)

    def mark_forked(self, origin: str, *, now: int) -> None:
        """Note that this log showed two histories: only another log, named by the root, goes on from there."""
        self._write(_FORK, str(now), origin)

    def _keep(self, db: sqlite3.Connection, shown: Checkpoint, note: bytes, now: int) -> None:
        if not self.newest_note(shown.origin):  # the first one of all: there is nothing it could go on from
            self._put(db, f"{_SHOWN}:{shown.origin}", str(shown.size))
        db.execute(
            "INSERT OR IGNORE INTO checkpoint (origin, size, root, note, seen) VALUES (?, ?, ?, ?, ?)",
            (shown.origin, shown.size, shown.root, note, now),
        )
        db.execute(
            "DELETE FROM checkpoint WHERE rowid IN "
            "(SELECT rowid FROM checkpoint WHERE origin = ? AND size <> ? ORDER BY size DESC LIMIT -1 OFFSET ?)",
            (shown.origin, self.shown(shown.origin), KEPT_NOTES),
        )

    def _read(self, name: str, origin: str = "") -> str:
        whole = f"{name}:{origin}" if origin else name
        row = self._box.row("SELECT value FROM meta WHERE name = ?", whole)
        return self._box.decrypt_aside(row["value"], "meta", whole).decode() if row else ""

    def _write(self, name: str, value: str, origin: str = "") -> None:
        with self._box.transaction() as db:
            self._put(db, f"{name}:{origin}" if origin else name, value)

    def _put(self, db: sqlite3.Connection, name: str, value: str) -> None:
        box = self._box.encrypt_aside(value.encode(), "meta", name)
        db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, box))

    def _names(self, name: str) -> list[str]:
        rows = self._box.rows("SELECT name FROM meta WHERE name GLOB ?", f"{name}:*")
        return [str(row["name"]) for row in rows]


def _read_kept(row: sqlite3.Row) -> Kept:
    checkpoint = Checkpoint(row["origin"], row["size"], bytes(row["root"]))
    return Kept(checkpoint, bytes(row["note"]), row["seen"])
