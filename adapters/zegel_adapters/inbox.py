"""The receiving half of the mailbox: each message once, with the row that says it was seen and its receipt."""

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from zegel_adapters.errors import UnknownMessageError
from zegel_adapters.mailbox import Mailbox
from zegel_schemas.content import Content, read_content
from zegel_schemas.declaration import Declaration
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.frame import Frame
from zegel_schemas.seal.keys import KeyLookup
from zegel_schemas.seal.opening import Opened, reopen
from zegel_schemas.seal.primitives import b64u

Result = Literal["opened", "rejected"]
_COUNT = "SELECT state, count(*) AS n FROM inbox GROUP BY state"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One verified message as the application gets it, always under the same (`sender`, `id`), until acknowledged."""

    sender: str
    id: str
    declaration: Declaration
    contents: Mapping[str, Content] = field(repr=False)  # category -> content; `motivering` among them
    message_hash: str  # b64u; what an answer names in `re`
    index: int  # of the decision in the log: messages of a casus are ordered by it
    acknowledged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What one delivery leaves behind: the message, how it ended here, and the receipt that says so."""

    declaration: Declaration
    message_hash: bytes
    index: int
    container: bytes
    stamp: bytes
    message_key: bytes | None = field(repr=False)  # None when rejected
    result: Result
    reason: str = ""  # coarse, told to the sender
    code: str = ""  # exact, for this side
    receipt: bytes  # the sealed receipt, a container


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that still has to go out."""

    sender: str
    id: str
    container: bytes


class Inbox:
    """What was delivered to this instantie."""

    def __init__(self, mailbox: Mailbox, keys: KeyLookup) -> None:
        """Work on `mailbox`; `keys` gives what the directory says of a key id."""
        self._box = mailbox
        self._keys = keys

    def seen(self, sender: str, message_id: str) -> bytes | None:
        """Return the hash of the message stored under this id of this sender, or None."""
        row = self._box.row("SELECT hash FROM inbox WHERE sender = ? AND id = ?", sender, message_id)
        return bytes(row["hash"]) if row else None

    def store(self, stored: Stored, *, now: int) -> None:
        """Keep a message, that it was seen, and its receipt, in one transaction; the second time changes nothing."""
        said = stored.declaration
        sender, name = said.sender.instantie, said.id
        with self._box.transaction() as db:
            slot = self._box.take_slot(said.casus)
            done = db.execute(
                "INSERT INTO inbox (sender, id, slot, state, hash, log_index, received, reason, code, container, "
                "stamp, message_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sender, id) DO NOTHING",
                (
                    sender,
                    name,
                    slot,
                    "new" if stored.result == "opened" else "rejected",
                    stored.message_hash,
                    stored.index,
                    now,
                    stored.reason,
                    stored.code,
                    self._encrypt(slot, stored.container, "container", sender, name),
                    self._encrypt(slot, stored.stamp, "stamp", sender, name),
                    self._encrypt(slot, stored.message_key, "key", sender, name) if stored.message_key else None,
                ),
            )
            if done.rowcount:
                box = self._encrypt(slot, stored.receipt, "receipt", sender, name)
                db.execute(
                    "INSERT INTO receipt (sender, id, slot, container) VALUES (?, ?, ?, ?)", (sender, name, slot, box)
                )
            db.execute("DELETE FROM held WHERE hash = ?", (stored.message_hash,))

    def repeat_receipt(self, sender: str, message_id: str) -> None:
        """Let the same receipt go out once more: the message came again, so the first may not have arrived."""
        with self._box.transaction() as db:
            db.execute("UPDATE receipt SET due = 1 WHERE sender = ? AND id = ?", (sender, message_id))

    def receipts_due(self) -> Iterator[Receipt]:
        """Yield the receipts that have to go out; of a destroyed casus there are none."""
        rows = self._box.rows(
            "SELECT sender, id, slot, container FROM receipt WHERE due = 1 AND slot IN (SELECT slot FROM casus_key)"
        )
        for row in rows:
            container = self._decrypt(row["slot"], row["container"], "receipt", row["sender"], row["id"])
            yield Receipt(row["sender"], row["id"], container)

    def mark_receipt_sent(self, receipt: Receipt) -> None:
        """Note that RabbitMQ confirmed a receipt."""
        with self._box.transaction() as db:
            db.execute("UPDATE receipt SET due = 0 WHERE sender = ? AND id = ?", (receipt.sender, receipt.id))

    def items(self, *, acknowledged: bool = False) -> list[Item]:
        """Return the messages not acknowledged yet (or, asked so, the acknowledged ones), in the order of the log."""
        rows = self._box.rows(
            "SELECT * FROM inbox WHERE state = ? AND slot IN (SELECT slot FROM casus_key) ORDER BY log_index",
            "acknowledged" if acknowledged else "new",
        )
        return [self._item(row) for row in rows]

    def item(self, sender: str, message_id: str) -> Item:
        """Return one opened message, acknowledged or not; raise UnknownMessageError."""
        return self._item(self._row(sender, message_id))

    def reopen(self, sender: str, message_id: str) -> tuple[Opened, bytes]:
        """Return a stored message opened again, and its stamp; raise UnknownMessageError, also once it is destroyed."""
        row = self._row(sender, message_id)
        return self._reopen(row), self._decrypt(row["slot"], row["stamp"], "stamp", sender, message_id)

    def acknowledge(self, sender: str, message_id: str) -> None:
        """Note that the application has the message for good; twice does no harm. Raise UnknownMessageError."""
        with self._box.transaction() as db:
            done = db.execute(
                "UPDATE inbox SET state = 'acknowledged' WHERE sender = ? AND id = ? AND state <> 'rejected'",
                (sender, message_id),
            )
        if not done.rowcount:
            raise UnknownMessageError("no opened message of that sender has that id")

    def find_sender(self, message_id: str) -> str:
        """Return who sent the opened message with this id; raise UnknownMessageError when none or several did."""
        rows = self._box.rows("SELECT sender FROM inbox WHERE id = ? AND state <> 'rejected'", message_id)
        if len(rows) != 1:
            raise UnknownMessageError("no opened message has that id" if not rows else "several senders used that id")
        return str(rows[0]["sender"])

    def opened_in(self, slot: int) -> list[Declaration]:
        """Return what the opened messages under one slot declare; their signatures were checked when they came."""
        rows = self._box.rows("SELECT * FROM inbox WHERE slot = ? AND state <> 'rejected' ORDER BY seq", slot)
        boxes = [self._decrypt(slot, row["container"], "container", row["sender"], row["id"]) for row in rows]
        return [Declaration.from_bytes(Frame.from_bytes(each).declaration) for each in boxes]

    def count_due(self, slot: int) -> int:
        """Return how many receipts under one slot still have to go out."""
        return len(self._box.rows("SELECT 1 FROM receipt WHERE slot = ? AND due = 1", slot))

    def count(self) -> Counter[str]:
        """Return how many messages were received, by state: new, acknowledged, rejected."""
        return Counter({row["state"]: row["n"] for row in self._box.rows(_COUNT)})

    def _row(self, sender: str, message_id: str) -> sqlite3.Row:
        query = "SELECT * FROM inbox WHERE sender = ? AND id = ? AND state <> 'rejected'"
        row = self._box.row(query, sender, message_id)
        if row is None:
            raise UnknownMessageError("no opened message of that sender has that id")
        return cast("sqlite3.Row", row)

    def _reopen(self, row: sqlite3.Row) -> Opened:
        sender, name, slot = row["sender"], row["id"], row["slot"]
        container = self._decrypt(slot, row["container"], "container", sender, name)
        sealed = row["message_key"]
        key = self._decrypt(slot, sealed, "key", sender, name) if sealed is not None else b""
        return reopen(read(check_frame(container, self._keys)), key)

    def _item(self, row: sqlite3.Row) -> Item:
        opened = self._reopen(row)
        contents = {part.category: read_content(part.category, part.schema, part.content) for part in opened.contents}
        return Item(
            sender=row["sender"],
            id=row["id"],
            declaration=opened.verified.declaration,
            contents=contents,
            message_hash=b64u(row["hash"]),
            index=row["log_index"],
            acknowledged=row["state"] == "acknowledged",
        )

    def _encrypt(self, slot: int, plaintext: bytes, column: str, sender: str, message_id: str) -> bytes:
        return self._box.encrypt(slot, plaintext, f"inbox.{column}", sender, message_id)

    def _decrypt(self, slot: int, box: bytes, column: str, sender: str, message_id: str) -> bytes:
        return self._box.decrypt(slot, box, f"inbox.{column}", sender, message_id)
