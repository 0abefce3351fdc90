"""The sending half of the mailbox: drafts wait, containers stay byte for byte what they were, news moves a state."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from zegel_adapters.draft import Draft
from zegel_adapters.errors import UnknownMessageError
from zegel_adapters.mailbox import Mailbox
from zegel_adapters.outcome import Outcome, State, may_follow
from zegel_schemas import canonical
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.keys import KeyLookup
from zegel_schemas.seal.opening import Opened, reopen
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.seal.sealing import Sealed

NO_ANSWER_AFTER = 48 * 3600  # seconds after `expires`; the broker enters `expired` after 24 h, so by then word had come


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that may go now: sealed already (`container`), or still a draft."""

    id: str
    slot: int
    casus: str
    draft: Draft
    container: bytes | None
    instead_of: str = ""  # id of the refused message it goes instead of


class Outbox:
    """What this instantie wants to send, sent, and heard about it."""

    def __init__(self, mailbox: Mailbox) -> None:
        """Work on `mailbox`."""
        self._box = mailbox

    def add(self, draft: Draft, *, message_id: str, now: int) -> None:
        """Take a checked draft; on return it is on the disk, encrypted."""
        with self._box.transaction() as db:
            self.put(db, draft, message_id=message_id, slot=self._box.take_slot(draft.casus), now=now)

    def put(self, db: sqlite3.Connection, draft: Draft, *, message_id: str, slot: int, now: int) -> None:
        """Take a checked draft into `slot`. Needs an open transaction."""
        box = self._box.encrypt(slot, draft.model_dump_json().encode(), "outbox.draft", message_id)
        db.execute(
            "INSERT INTO outbox (id, slot, state, accepted, draft) VALUES (?, ?, 'queued', ?, ?)",
            (message_id, slot, now, box),
        )

    def put_anew(self, db: sqlite3.Connection, refused: Outcome, *, message_id: str, now: int) -> Outcome:
        """Put the draft of a refused message into the outbox as `message_id`, in its place; needs an open transaction.

        Return the refusal with the id of the new message; as it was when its casus was destroyed, or it moved before.
        """
        old = self._row(refused.id)
        if not may_follow(cast("State", old["state"]), refused.state) or not self._box.has_key(old["slot"]):
            return refused
        draft = self._waiting(old).draft
        # The one it goes instead of is named, unless `re` says already which question this answers.
        named = draft.model_copy(update={"re": draft.re or b64u(old["hash"])})
        self.put(db, named, message_id=message_id, slot=old["slot"], now=now)
        result = _pack(Outcome(id=message_id, state="queued", instead_of=refused.id))
        box = self._box.encrypt(old["slot"], result, "outbox.result", message_id)
        new = self._row(message_id)["seq"]
        db.execute("UPDATE outbox SET result = ?, seq = 0 WHERE id = ?", (box, message_id))
        db.execute("UPDATE outbox SET seq = ? WHERE id = ?", (new, refused.id))
        db.execute("UPDATE outbox SET seq = ? WHERE id = ?", (old["seq"], message_id))
        return replace(refused, again=message_id)

    def next_to_send(self, *, now: int, resend_after: float, drafts: bool = True) -> Iterator[Waiting]:
        """Yield per casus the one message that may go: its oldest undecided one, unless that is out already.

        Without `drafts` only what is sealed already: while nothing may be sealed, drafts lie where they are.

        A message that is out without notice goes again once `resend_after` seconds passed, then after twice as long
        and so on: the broker answers a known message with its earlier decision, so nothing is doubled.
        """
        rows = self._box.rows(
            "SELECT id, slot, state, draft, container, result, accepted, published, tries FROM outbox WHERE seq IN "
            "(SELECT min(seq) FROM outbox WHERE state IN ('queued', 'sent') GROUP BY slot) "
            "AND slot IN (SELECT slot FROM casus_key) ORDER BY seq"
        )
        for row in rows:
            if row["container"] is None and not drafts:
                continue
            if row["state"] == "queued" or row["published"] + resend_after * 2 ** min(row["tries"], 10) <= now:
                yield self._waiting(row)

    def store_sealed(self, message_id: str, sealed: Sealed, *, expires: int) -> None:
        """Keep the container this draft became; from here on it is these bytes or nothing."""
        slot = self._row(message_id)["slot"]
        container = self._box.encrypt(slot, sealed.container, "outbox.container", message_id)
        key = self._box.encrypt(slot, sealed.message_key, "outbox.key", message_id) if sealed.message_key else None
        with self._box.transaction() as db:
            db.execute(
                "UPDATE outbox SET container = ?, message_key = ?, hash = ?, expires = ? "
                "WHERE id = ? AND container IS NULL",
                (container, key, sealed.message_hash, expires, message_id),
            )

    def reopen(self, message_id: str, keys: KeyLookup) -> Opened:
        """Return what was sent, opened again; raise UnknownMessageError, also once its casus is destroyed."""
        row = self._row(message_id)
        if row["container"] is None or row["message_key"] is None:
            raise UnknownMessageError("of that message no sealed part is kept here")
        container = self._box.decrypt(row["slot"], row["container"], "outbox.container", message_id)
        key = self._box.decrypt(row["slot"], row["message_key"], "outbox.key", message_id)
        return reopen(read(check_frame(container, keys)), key)

    def mark_published(self, message_id: str, *, now: int) -> None:
        """Note that RabbitMQ confirmed the message; a state further on stays."""
        with self._box.transaction() as db:
            db.execute("UPDATE outbox SET published = ?, tries = tries + 1 WHERE id = ?", (now, message_id))
            db.execute("UPDATE outbox SET state = 'sent' WHERE id = ? AND state = 'queued'", (message_id,))

    def apply(self, db: sqlite3.Connection, news: Outcome) -> bool:
        """Move a message to the state of `news` when that is later; False when it stays. Needs an open transaction."""
        row = self._row(news.id)
        if not may_follow(cast("State", row["state"]), news.state):
            return False
        index = news.index if news.index is not None else row["log_index"]
        # Of a destroyed casus only the state moves on: what was said about it has no key to lie under any more.
        kept = self._box.has_key(row["slot"])
        whole = replace(news, instead_of=self._instead_of(row))
        box = self._box.encrypt(row["slot"], _pack(whole), "outbox.result", news.id) if kept else None
        db.execute(
            "UPDATE outbox SET state = ?, result = ?, log_index = ? WHERE id = ?", (news.state, box, index, news.id)
        )
        return True

    def set_index(self, db: sqlite3.Connection, message_id: str, index: int) -> None:
        """Note at which log index a message was decided, whatever was decided. Needs an open transaction."""
        db.execute("UPDATE outbox SET log_index = ? WHERE id = ?", (index, message_id))

    def fail(self, news: Outcome) -> None:
        """Enter an outcome found on this side, such as a draft that can no longer be sealed."""
        with self._box.transaction() as db:
            self.apply(db, news)

    def give_up(self, *, now: int) -> int:
        """Mark `no_answer` what the broker never spoke of in time, and return how many; later news still counts."""
        with self._box.transaction() as db:
            done = db.execute(
                "UPDATE outbox SET state = 'no_answer' WHERE state = 'sent' AND expires + ? <= ?",
                (NO_ANSWER_AFTER, now),
            )
            return done.rowcount

    def outcome(self, message_id: str) -> Outcome:
        """Return where a message stands; raise UnknownMessageError."""
        row = self._row(message_id)
        found = {"id": message_id, "state": row["state"], "index": row["log_index"]}
        if row["hash"] is not None:
            found["message_hash"] = b64u(row["hash"])
        if row["result"] is not None and self._box.has_key(row["slot"]):
            found |= _unpack(self._box.decrypt(row["slot"], row["result"], "outbox.result", message_id))
        return Outcome(**found)

    def draft(self, message_id: str) -> Draft:
        """Return what was asked to be sent; raise UnknownMessageError, also after its casus was destroyed."""
        return self._waiting(self._row(message_id)).draft

    def __contains__(self, message_id: str) -> bool:
        """Say whether this is a message of ours."""
        return self._box.row("SELECT 1 FROM outbox WHERE id = ?", message_id) is not None

    def container(self, message_id: str) -> bytes | None:
        """Return what was sealed and sent, or None while it is a draft; raise UnknownMessageError."""
        return self._waiting(self._row(message_id)).container

    def ids(self) -> list[str]:
        """Return the ids of all messages, the oldest first."""
        return [row["id"] for row in self._box.rows("SELECT id FROM outbox ORDER BY seq")]

    def ids_in(self, slot: int) -> list[str]:
        """Return the ids of the messages that lie under one slot, the oldest first."""
        return [row["id"] for row in self._box.rows("SELECT id FROM outbox WHERE slot = ? ORDER BY seq", slot)]

    def count_underway(self, slot: int) -> int:
        """Return how many messages under one slot wait to go out, or for word about them."""
        return len(self._box.rows("SELECT 1 FROM outbox WHERE slot = ? AND state IN ('queued', 'sent')", slot))

    def find(self, message_hash: bytes) -> str | None:
        """Return the id of the message with this hash, or None when it is not ours."""
        row = self._box.row("SELECT id FROM outbox WHERE hash = ?", message_hash)
        return str(row["id"]) if row else None

    def slot(self, message_id: str) -> int:
        """Return the slot a message lies under; raise UnknownMessageError."""
        return int(self._row(message_id)["slot"])

    def stuck(self, *, now: int, over: int) -> int:
        """Return how many messages have waited longer than `over` seconds without a word."""
        row = self._box.row(
            "SELECT count(*) AS n FROM outbox WHERE state IN ('queued', 'sent') AND accepted + ? <= ?", over, now
        )
        return int(row["n"]) if row else 0

    def _waiting(self, row: sqlite3.Row) -> Waiting:
        slot, name = row["slot"], row["id"]
        draft = Draft.model_validate_json(self._box.decrypt(slot, row["draft"], "outbox.draft", name))
        sealed = row["container"]
        container = self._box.decrypt(slot, sealed, "outbox.container", name) if sealed is not None else None
        return Waiting(name, slot, draft.casus, draft, container, self._instead_of(row))

    def _instead_of(self, row: sqlite3.Row) -> str:
        if row["result"] is None or not self._box.has_key(row["slot"]):
            return ""
        return str(_unpack(self._box.decrypt(row["slot"], row["result"], "outbox.result", row["id"]))["instead_of"])

    def _row(self, message_id: str) -> sqlite3.Row:
        row = self._box.row("SELECT * FROM outbox WHERE id = ?", message_id)
        if row is None:
            raise UnknownMessageError("no message of this home has that id")
        return cast("sqlite3.Row", row)


def _pack(news: Outcome) -> bytes:
    return canonical.encode(
        {
            "codes": list(news.codes),
            "fields": list(news.fields),
            "reason": news.reason,
            "again": news.again,
            "instead_of": news.instead_of,
            "registered": news.registered,
            "explanation": dict(news.explanation),
        }
    )


def _unpack(data: bytes) -> dict[str, object]:
    values = canonical.decode(data)
    if not isinstance(values, dict):
        raise TypeError("a stored result is an object")
    lists = {name: tuple(cast("list[str]", values[name])) for name in ("codes", "fields")}
    return {"again": "", "instead_of": "", **values, **lists}  # rows of before there were such
