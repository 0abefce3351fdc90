"""Reading and writing overdue duties in SQLite, and paging through the casussen to find them."""

import sqlite3

from zegel_broker.ledger.rows import CasusRow, DutyRow
from zegel_broker.ledger.store import Changes, Wanted
from zegel_schemas.shapes import NIL_CASUS

_DUTY = "SELECT idx, casus, name, holder, also, told FROM duty "


def load(connection: sqlite3.Connection, wanted: Wanted) -> list[DutyRow]:
    """Return the duties asked for by casus and name, and, if wanted, all that were not told."""
    found = {
        row[0]: row for key in wanted.duties for row in connection.execute(_DUTY + "WHERE casus = ? AND name = ?", key)
    }
    if wanted.untold_duties:
        found |= {row[0]: row for row in connection.execute(_DUTY + "WHERE told = 0")}
    return [DutyRow(*found[index]) for index in sorted(found)]  # SQLite has no booleans: 0 and 1 serve


def save(connection: sqlite3.Connection, changes: Changes) -> None:
    """Write new duties, and which were told."""
    if changes.duties:
        connection.executemany("INSERT INTO duty VALUES (?, ?, ?, ?, ?, ?)", changes.duties)
    if changes.duties_told:
        connection.executemany("UPDATE duty SET told = 1 WHERE idx = ?", [(each,) for each in changes.duties_told])


def casussen(connection: sqlite3.Connection, after: str, count: int) -> list[CasusRow]:
    """Return up to `count` casussen behind this id, in order of id."""
    sql = "SELECT id, version, state FROM casus WHERE id > ? AND id <> ? ORDER BY id LIMIT ?"
    return [CasusRow(*row) for row in connection.execute(sql, (after, NIL_CASUS, count))]
