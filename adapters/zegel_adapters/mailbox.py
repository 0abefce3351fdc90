"""The mailbox: one SQLite file that survives a power cut and whose rows mean nothing without the home key.

Every row that holds something of a casus lies under that casus's own key, and the keys under the home key. Destroying a
casus key is the end of retention: what was stored under it can never be read again, here or in any backup without the
home key. The casus id itself stands nowhere in the clear, only as a keyed hash.
"""

import contextlib
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from zegel_adapters.errors import AdapterError, KeystoreError, UnknownMessageError
from zegel_adapters.home import PRIVATE_FILE, require_private
from zegel_adapters.homekey import KEY_BYTES, HomeKey
from zegel_adapters.tables import EMPTYING, TABLES, UPGRADES, VERSION
from zegel_schemas.seal import vault
from zegel_schemas.seal.primitives import pae

Kept = Literal["content", "confirmation"]  # a casus has a key for its content, and one for what says that it is gone

SCRUB = "scrub"  # row of `meta`: a destroyed key may still stand in the write-ahead log
BUSY_SECONDS = 30.0  # how long one process waits for another's transaction; each lasts milliseconds


class MailboxError(AdapterError):
    """The file is no mailbox of this version, or belongs to another instantie."""


class Mailbox:
    """One connection to the mailbox of `instantie`; several processes may each hold one. Threads take turns."""

    def __init__(self, path: Path, key: HomeKey, *, instantie: str) -> None:
        """Open the file at `path`, or make it; raise MailboxError or KeystoreError when it is not ours to open."""
        self._key = key
        self._lock = threading.RLock()
        self._db = _connect(path)
        try:
            self._prepare(instantie)
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the connection; what was committed stays."""
        with self._lock:
            self._db.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection inside one writing transaction: all of it is on the disk at the end, or none of it."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, query: str, *values: object) -> list[Any]:
        """Return all rows of a reading `query`."""
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def row(self, query: str, *values: object) -> Any | None:
        """Return the first row of a reading `query`, or None."""
        with self._lock:
            return self._db.execute(query, values).fetchone()

    def changes(self) -> tuple[int, int]:
        """Return a value that differs after any commit, by this or another process: cheap to ask often."""
        with self._lock:
            (others,) = self._db.execute("PRAGMA data_version").fetchone()
            return int(others), self._db.total_changes

    def slot_of(self, casus: str, kept: Kept = "content") -> int | None:
        """Return the slot under which rows of `casus` lie, or None when there are none (any more)."""
        row = self.row("SELECT slot FROM casus_key WHERE lookup = ?", self._lookup(casus, kept))
        return int(row["slot"]) if row else None

    def take_slot(self, casus: str, kept: Kept = "content") -> int:
        """Return the slot of `casus`; make it, with a fresh key, when there is none. Needs an open transaction."""
        slot = self.slot_of(casus, kept)
        if slot is None:
            lookup = self._lookup(casus, kept)
            box = self._key.encrypt(secrets.token_bytes(KEY_BYTES), context=pae(b"zegel casus key", lookup))
            made = self._db.execute("INSERT INTO casus_key (lookup, box) VALUES (?, ?)", (lookup, box))
            slot = int(made.lastrowid or 0)
        return slot

    def has_key(self, slot: int) -> bool:
        """Return whether the casus key of `slot` is still there."""
        return self.row("SELECT 1 FROM casus_key WHERE slot = ?", slot) is not None

    def encrypt(self, slot: int, plaintext: bytes, *names: str) -> bytes:
        """Return `plaintext` boxed under the casus key of `slot`, bound to the place `names` say it lies in."""
        return vault.encrypt(self._casus_key(slot), plaintext, context=_place(slot, names), random=secrets.token_bytes)

    def decrypt(self, slot: int, box: bytes, *names: str) -> bytes:
        """Return what lies in `box`; raise UnknownMessageError when the casus key was destroyed."""
        try:
            return vault.decrypt(self._casus_key(slot), box, context=_place(slot, names))
        except vault.VaultError:
            raise MailboxError(f"a row of the mailbox does not open ({', '.join(names[:2])}): damaged") from None

    def encrypt_aside(self, plaintext: bytes, *names: str) -> bytes:
        """Return `plaintext`, of which no casus is known, boxed under the home key."""
        return self._key.encrypt(plaintext, context=_place(0, names))

    def decrypt_aside(self, box: bytes, *names: str) -> bytes:
        """Return what `encrypt_aside` boxed."""
        return self._key.decrypt(box, context=_place(0, names))

    def destroy(self, casus: str) -> bool:
        """Destroy the key of `casus` and with it all content stored under it; False when there was none.

        Ids, hashes and states stay, so that a repeated delivery is still known and never opened a second time.
        """
        with self.transaction() as db:
            gone = self.drop_key(db, casus)
        self.scrub()
        return gone

    def drop_key(self, db: sqlite3.Connection, casus: str) -> bool:
        """Destroy key and content of `casus` inside an open transaction; call `scrub` once it is committed."""
        slot = self.slot_of(casus)
        if slot is None:
            return False
        db.execute("DELETE FROM casus_key WHERE slot = ?", (slot,))
        for statement in EMPTYING:
            db.execute(statement, (slot,))
        db.execute("INSERT OR IGNORE INTO meta (name, value) VALUES (?, x'')", (SCRUB,))
        return True

    def scrub(self) -> bool:
        """Wipe what was destroyed from the write-ahead log too; False when a reader is in the way: try again later.

        secure_delete overwrote the pages of the file itself. That this is still to be done survives a power cut.
        """
        if self.row("SELECT 1 FROM meta WHERE name = ?", SCRUB) is None:
            return True
        with self._lock:
            (busy, _, _) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                return False
            with self.transaction() as db:
                db.execute("DELETE FROM meta WHERE name = ?", (SCRUB,))
        return True

    def _casus_key(self, slot: int) -> bytes:
        row = self.row("SELECT lookup, box FROM casus_key WHERE slot = ?", slot)
        if row is None:
            raise UnknownMessageError("the key of this casus was destroyed: its content can no longer be read")
        return self._key.decrypt(row["box"], context=pae(b"zegel casus key", row["lookup"]))

    def _lookup(self, casus: str, kept: Kept) -> bytes:
        name = casus.encode()
        return self._key.blind(name if kept == "content" else pae(kept.encode(), name))

    def _prepare(self, instantie: str) -> None:
        with self.transaction() as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version == 0:
                self._create(db, instantie)
            elif version in UPGRADES:
                for statement in UPGRADES[version]:
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {VERSION}")
            elif version != VERSION:
                raise MailboxError(
                    f"the mailbox has format {version}, this program reads {VERSION}: update the program"
                )
        row = self.row("SELECT value FROM meta WHERE name = 'owner'")
        try:
            owner = self._key.decrypt(row["value"], context=b"zegel mailbox owner").decode() if row else ""
        except KeystoreError:
            raise MailboxError("the mailbox was made under another home key") from None
        if owner != instantie:
            raise MailboxError("the mailbox belongs to another instantie than the settings name")

    def _create(self, db: sqlite3.Connection, instantie: str) -> None:
        for statement in TABLES:
            db.execute(statement)
        box = self._key.encrypt(instantie.encode(), context=b"zegel mailbox owner")
        db.execute("INSERT INTO meta (name, value) VALUES ('owner', ?)", (box,))
        db.execute(f"PRAGMA user_version = {VERSION}")


def _place(slot: int, names: tuple[str, ...]) -> bytes:
    return pae(b"zegel mailbox", str(slot).encode(), *(name.encode() for name in names))


def _connect(path: Path) -> sqlite3.Connection:
    path.touch(mode=PRIVATE_FILE)
    require_private(path, path.stat())
    db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    try:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "foreign_keys = ON"):
            db.execute(f"PRAGMA {pragma}")
    except sqlite3.DatabaseError:
        db.close()
        raise MailboxError(f"{path}: not a mailbox") from None
    return db
