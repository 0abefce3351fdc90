"""Migrations: numbered SQL files, applied in order, remembered with their digest; any other schema is refused."""

import sqlite3
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources

from zegel_broker.ledger.errors import LedgerSchemaWrong

APPLICATION_ID = 0x5A45474C  # "ZEGL": this file is a ledger and no other SQLite database

_KEPT = """CREATE TABLE migration (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    digest BLOB NOT NULL
) STRICT"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema: `number` counts from 1 without gaps."""

    number: int
    name: str
    sql: str

    @property
    def digest(self) -> bytes:
        """Return the SHA-256 of the SQL: a step that was applied may never be edited afterwards."""
        return sha256(self.sql.encode()).digest()


@cache
def list_migrations() -> tuple[Migration, ...]:
    """Return the steps this version of the product brings, in order."""
    folder = resources.files("zegel_broker.ledger") / "schema"
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".sql"))
    return tuple(Migration(int(name[:4]), name, (folder / name).read_text("utf-8")) for name in names)


def prepare_schema(connection: sqlite3.Connection) -> None:
    """Create or upgrade the schema in one transaction, then check it; raise LedgerSchemaWrong."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = _read_applied(connection)
        for step in list_migrations()[len(done) :]:
            for statement in _split(step.sql):
                connection.execute(statement)
            connection.execute("INSERT INTO migration VALUES (?, ?, ?)", (step.number, step.name, step.digest))
        check_schema(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def check_schema(connection: sqlite3.Connection) -> None:
    """Raise LedgerSchemaWrong unless tables and indexes are exactly those of this version."""
    if len(_read_applied(connection)) != len(list_migrations()):
        raise LedgerSchemaWrong("this ledger needs an upgrade: start the broker of this version on it once")
    if _read_shape(connection) != _expected_shape():
        raise LedgerSchemaWrong(
            "tables or indexes differ from what the migrations made: restore the ledger from a backup"
        )


def _read_applied(connection: sqlite3.Connection) -> list[tuple[int, str, bytes]]:
    """Return what was applied; an empty database becomes a ledger that has had no step yet."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    if not tables and mark == 0 and connection.in_transaction:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(_KEPT)
    elif "migration" not in tables or mark != APPLICATION_ID:
        raise LedgerSchemaWrong("this file is not a ledger of Zegel: check the path in the settings")
    done = list(connection.execute("SELECT number, name, digest FROM migration ORDER BY number"))
    known = [(each.number, each.name, each.digest) for each in list_migrations()]
    if len(done) > len(known):
        raise LedgerSchemaWrong("this ledger was written by a newer version of the product: install that version")
    if done != known[: len(done)]:
        raise LedgerSchemaWrong("this ledger went through other migrations than this version knows")
    return done


def _read_shape(connection: sqlite3.Connection) -> list[tuple[str, str, str, str | None]]:
    # sqlite_stat tables are statistics that ANALYZE leaves behind, not schema
    sql = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY name"
    return list(connection.execute(sql))


@cache
def _expected_shape() -> list[tuple[str, str, str, str | None]]:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(_KEPT)
        for step in list_migrations():
            connection.executescript(step.sql)
        return _read_shape(connection)
    finally:
        connection.close()


def _split(sql: str) -> list[str]:
    """Return the statements of a migration; `executescript` would commit between them."""
    found, rest = [], ""
    for line in sql.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest)
            rest = ""
    return found
