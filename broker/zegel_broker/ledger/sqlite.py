"""The store on SQLite: one file, one connection, one thread; every commit is on disk before it counts."""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from zegel_broker.ledger import sqlite_duties as duty_rows
from zegel_broker.ledger import sqlite_read as read
from zegel_broker.ledger import sqlite_write as write
from zegel_broker.ledger.errors import LedgerError
from zegel_broker.ledger.migrate import prepare_schema
from zegel_broker.ledger.rows import CasusRow
from zegel_broker.ledger.store import Decide, Loaded, Sign, Wanted

T = TypeVar("T")

LOCK_TIMEOUT = 5.0  # seconds to wait for another process that holds the file
CACHE_KIB = 65536  # pages SQLite keeps in memory
CHECKPOINT_PAGES = (
    4096  # 16 MB in the write-ahead log before it is folded into the file; the default makes it a quarter
)
STATEMENTS = 256  # prepared statements kept; more than this store uses


def connect(path: Path) -> sqlite3.Connection:
    """Open the file for writing with the settings the ledger's promises rest on; raise sqlite3.Error."""
    connection = sqlite3.connect(path, timeout=LOCK_TIMEOUT, isolation_level=None, cached_statements=STATEMENTS)
    try:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",  # in WAL mode NORMAL would lose the last commits on power loss
            "foreign_keys = ON",
            "secure_delete = ON",  # what is erased is overwritten, not only unlinked
            "trusted_schema = OFF",
            "cell_size_check = ON",
            f"cache_size = -{CACHE_KIB}",
            f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


class SqliteStore:
    """A `Store` in one file. After any failure the connection is dropped and opened anew by the next call."""

    def __init__(self, path: Path, origin: str) -> None:
        """Remember where; nothing is opened before `open`."""
        self._path = path
        self._origin = origin
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._closed = False

    @classmethod
    async def open(cls, path: Path, *, origin: str) -> "SqliteStore":
        """Open or create the ledger of the log `origin`; raise LedgerSchemaWrong, LedgerError or sqlite3.Error."""
        store = cls(path, origin)
        try:
            await store._run(store._prepare)
        except BaseException:
            await store.close()
            raise
        return store

    async def transact(self, wanted: Wanted, decide: Decide, sign: Sign) -> None:
        """Do what `Store.transact` says, on the store's thread; a cancelled caller does not stop what has begun."""
        await self._run(lambda connection: _transact(connection, wanted, decide, sign))

    async def load(self, wanted: Wanted) -> Loaded:
        """Read what is wanted of one committed state."""
        return await self._run(lambda connection: _load(connection, wanted))

    async def note_at(self, size: int) -> bytes | None:
        """Return the note signed at this size, or None."""
        return await self._run(lambda connection: read.note_at(connection, size))

    async def casussen(self, after: str, count: int) -> list[CasusRow]:
        """Return up to `count` casussen behind this id, in order of id."""
        return await self._run(lambda connection: duty_rows.casussen(connection, after, count))

    async def leaves(self, first: int, count: int) -> list[bytes]:
        """Return up to `count` leaves from log index `first` on, in order."""
        return await self._run(lambda connection: read.leaves(connection, first, count))

    async def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        if not self._closed:
            self._closed = True
            await asyncio.get_running_loop().run_in_executor(self._thread, self._drop)
            self._thread.shutdown()

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._closed:
            raise LedgerError("the ledger is closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._guard, work)

    def _guard(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._connection is None:
                self._connection = connect(self._path)
            return work(self._connection)
        except BaseException:
            # Whatever it was: after an I/O error a connection is in no state worth reasoning about.
            self._drop()
            raise

    def _prepare(self, connection: sqlite3.Connection) -> None:
        prepare_schema(connection)
        write.found_log(connection, self._origin)

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()  # an open transaction is rolled back by this


def _transact(connection: sqlite3.Connection, wanted: Wanted, decide: Decide, sign: Sign) -> None:
    connection.execute("BEGIN IMMEDIATE")
    loaded = read.load(connection, wanted)
    changes = decide(loaded)
    if changes.empty:
        connection.execute("ROLLBACK")
        return
    write.save(connection, changes)
    if changes.entries:
        stored = read.entries_from(connection, loaded.state.size)
        write.seal(connection, sign(stored), changes)
    connection.execute("COMMIT")


def _load(connection: sqlite3.Connection, wanted: Wanted) -> Loaded:
    connection.execute("BEGIN")
    loaded = read.load(connection, wanted)
    connection.execute("ROLLBACK")
    return loaded
