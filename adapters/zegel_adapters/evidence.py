"""What the mailbox keeps besides messages: proofs about our own, deliveries it may not open yet, and what is wrong."""

import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from zegel_adapters.mailbox import Mailbox
from zegel_schemas.declaration import Declaration
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.stamp import Proven

AsideKind = Literal["frame", "delivery", "notice", "note"]
# What a delivery waits for unopened: a newer directory or convenant, a proof that the log has one history, a person who
# looks at a stolen key, another log.
HeldFor = Literal["directory", "convenant", "history", "revocation", "fork"]

KEPT_ASIDE = 10_000  # who can write into our queue must not be able to fill our disk
# What the broker tells about duties, and about messages a stolen key touched: true, and urgent.
DUTIES = frozenset({"VERPLICHTING_TE_LAAT", "SPOED_GEBRUIKT", "SLEUTEL_GELEKT"})


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery this adapter may not open before it fetched `what`."""

    message_hash: bytes
    slot: int
    since: int
    what: HeldFor


@dataclass(frozen=True, slots=True)
class Aside:
    """Something from the broker's side that does not hold; the body lies encrypted in the mailbox."""

    seq: int
    at: int
    kind: str
    code: str
    detail: str


class Evidence:
    """Proofs, held deliveries and oddities of one mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        """Work on `mailbox`."""
        self._box = mailbox

    def keep_proof(self, db: sqlite3.Connection, entry: Proven, notice: bytes, *, slot: int, message: str) -> None:
        """Keep a proof about a message of ours, alone in `notice`; once per entry. Needs an open transaction."""
        leaf, index = entry.leaf, entry.index
        box = self._box.encrypt(slot, notice, "proof", leaf.origin, str(index))
        db.execute(
            "INSERT OR IGNORE INTO proof (origin, log_index, message, slot, type, time, notice) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (leaf.origin, index, message, slot, leaf.type, leaf.time, box),
        )

    def count_proofs(self) -> int:
        """Return how many entries about messages of ours were proven here."""
        row = self._box.row("SELECT count(*) AS n FROM proof")
        return int(row["n"]) if row else 0

    def log_time(self) -> int:
        """Return the newest time of the log seen here, in seconds since 1970; 0 before the first."""
        row = self._box.row("SELECT max(time) AS newest FROM proof")
        return int(row["newest"] or 0) if row else 0

    def proofs(self, message: str) -> list[bytes]:
        """Return the proofs about one message of ours, each as an encoded notice, in the order of the log."""
        rows = self._box.rows("SELECT * FROM proof WHERE message = ? ORDER BY time, log_index", message)
        return [
            self._box.decrypt(row["slot"], row["notice"], "proof", row["origin"], str(row["log_index"])) for row in rows
        ]

    def hold(self, said: Declaration, message_hash: bytes, delivery: bytes, *, what: HeldFor, now: int) -> None:
        """Keep a delivery unopened until this adapter caught up; what it waits for may change on the way."""
        with self._box.transaction() as db:
            slot = self._box.take_slot(said.casus)
            box = self._box.encrypt(slot, delivery, "held", b64u(message_hash))
            db.execute(
                "INSERT INTO held (hash, slot, since, what, delivery) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (hash) DO UPDATE SET what = excluded.what",
                (message_hash, slot, now, what, box),
            )

    def held(self) -> list[Held]:
        """Return what waits for a newer directory or convenant."""
        rows = self._box.rows(
            "SELECT hash, slot, since, what FROM held WHERE slot IN (SELECT slot FROM casus_key) ORDER BY since"
        )
        return [Held(bytes(row["hash"]), row["slot"], row["since"], row["what"]) for row in rows]

    def is_held(self, message_hash: bytes, what: HeldFor) -> bool:
        """Return whether this message waits here already, for this."""
        return self._box.row("SELECT 1 FROM held WHERE hash = ? AND what = ?", message_hash, what) is not None

    def held_deliveries(self) -> Iterator[bytes]:
        """Yield the held deliveries as they came, to be tried again."""
        for each in self.held():
            row = self._box.row("SELECT delivery FROM held WHERE hash = ?", each.message_hash)
            if row is not None:
                yield self._box.decrypt(each.slot, row["delivery"], "held", b64u(each.message_hash))

    def put_aside(self, kind: AsideKind, fault: Refusal, body: bytes, *, now: int) -> None:
        """Keep what does not hold, encrypted, with its code; the oldest goes when there is too much."""
        with self._box.transaction() as db:
            done = db.execute(
                "INSERT INTO aside (at, kind, code, detail, body) VALUES (?, ?, ?, ?, x'')",
                (now, kind, fault.code, ", ".join(filter(None, (*fault.fields, fault.detail)))),
            )
            seq = done.lastrowid
            box = self._box.encrypt_aside(body, "aside", str(seq))
            db.execute("UPDATE aside SET body = ? WHERE seq = ?", (box, seq))
            db.execute("DELETE FROM aside WHERE seq <= ? - ?", (seq, KEPT_ASIDE))

    def aside(self) -> list[Aside]:
        """Return what does not hold, the oldest first; each is an alarm until an operator has looked."""
        return [each for each in self._all_aside() if each.code not in DUTIES]

    def duties(self) -> list[Aside]:
        """Return what the broker told about duties of this instantie, or ones it watches over, the oldest first."""
        return [each for each in self._all_aside() if each.code in DUTIES]

    def duty_notices(self) -> Iterator[bytes]:
        """Yield the notices kept about duties, as they came."""
        for each in self.duties():
            row = self._box.row("SELECT body FROM aside WHERE seq = ?", each.seq)
            if row is not None:
                yield self._box.decrypt_aside(row["body"], "aside", str(each.seq))

    def _all_aside(self) -> list[Aside]:
        rows = self._box.rows("SELECT seq, at, kind, code, detail FROM aside ORDER BY seq")
        return [Aside(row["seq"], row["at"], row["kind"], row["code"], row["detail"]) for row in rows]

    def set_aside_for(self, codes: Collection[str]) -> Iterator[tuple[int, bytes]]:
        """Yield number and body of what was put aside with one of `codes`."""
        for each in self.aside():
            row = self._box.row("SELECT body FROM aside WHERE seq = ?", each.seq)
            if each.code in codes and row is not None:
                yield each.seq, self._box.decrypt_aside(row["body"], "aside", str(each.seq))

    def newest_aside(self, codes: Collection[str]) -> int:
        """Return the number of the newest thing put aside with one of `codes`; 0 when there is none."""
        wanted = json.dumps(sorted(codes))
        row = self._box.row(
            "SELECT max(seq) AS newest FROM aside WHERE code IN (SELECT value FROM json_each(?))", wanted
        )
        return int(row["newest"] or 0) if row else 0

    def drop_aside(self, seq: int) -> None:
        """Forget something put aside, because it was taken in after all."""
        with self._box.transaction() as db:
            db.execute("DELETE FROM aside WHERE seq = ?", (seq,))
