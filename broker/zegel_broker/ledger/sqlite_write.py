"""Writing to SQLite: the rows of one transaction, entries first, for everything else points at them."""

import sqlite3

from zegel_broker.ledger import sqlite_duties as duty_rows
from zegel_broker.ledger.errors import LedgerSchemaWrong
from zegel_broker.ledger.sqlite_many import write_rows
from zegel_broker.ledger.store import Changes, Sealing

_DELIVERED = "AS new WHERE message.idx = new.column1"
_ENDED = "UPDATE message SET code = ?, delivered = ?, closed = ?, closing = ? WHERE idx = ?"
_CASUS = "ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state"
_UNCOLLECTED = """INSERT INTO uncollected VALUES (?, ?, ?)
ON CONFLICT (sender, recipient) DO UPDATE SET count = count + excluded.count"""
_TILE = """INSERT INTO tile VALUES (?, ?, ?)
ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes"""


def found_log(connection: sqlite3.Connection, origin: str) -> None:
    """Make the state row of a new log; raise LedgerSchemaWrong when the file holds another log."""
    connection.execute(
        "INSERT INTO state VALUES (1, ?, 0, x'', 0, x'', 0, '', '') ON CONFLICT (one) DO NOTHING", (origin,)
    )
    (found,) = connection.execute("SELECT origin FROM state").fetchone()
    if found != origin:
        raise LedgerSchemaWrong("this file holds the log of another origin: check path and origin in the settings")


def save(connection: sqlite3.Connection, changes: Changes) -> None:
    """Write everything but tiles, note and state."""
    _save_entries(connection, changes)
    _save_messages(connection, changes)
    write_rows(connection, "INSERT INTO casus", changes.casussen, _CASUS)
    if changes.gone:
        connection.executemany("DELETE FROM casus WHERE id = ?", [(each,) for each in changes.gone])
    if changes.uncollected:
        _add_uncollected(connection, changes)
    if changes.untold:
        connection.executemany(
            "INSERT INTO untold VALUES (?) ON CONFLICT DO NOTHING", [(each,) for each in changes.untold]
        )
    duty_rows.save(connection, changes)
    if changes.dryruns:
        connection.executemany("INSERT INTO dryrun VALUES (?, ?, ?, ?, ?, ?, ?)", changes.dryruns)
    if changes.told:
        connection.executemany("DELETE FROM untold WHERE idx = ?", [(each,) for each in changes.told])


def seal(connection: sqlite3.Connection, sealing: Sealing, changes: Changes) -> None:
    """Write tiles, note and state."""
    connection.executemany(_TILE, [(each.level, each.number, each.hashes) for each in sealing.tiles])
    connection.execute("INSERT INTO note VALUES (?, ?)", (sealing.size, sealing.note))
    connection.execute(
        "UPDATE state SET size = ?, hashes = ?, time = ?, note = ?,"
        " directory_count = ?, directory_head = ?, convenant = ?",
        (
            sealing.size,
            sealing.hashes,
            changes.time,
            sealing.note,
            changes.directory_count,
            changes.directory_head,
            changes.convenant,
        ),
    )


def _save_entries(connection: sqlite3.Connection, changes: Changes) -> None:
    new = changes.entries
    write_rows(connection, "INSERT INTO entry", [(each.entry.idx, each.entry.leaf) for each in new])
    records = [(each.entry.idx, each.entry.record, each.entry.salt, each.entry.subject_salts) for each in new]
    write_rows(connection, "INSERT INTO record", records)
    sent = [(each.entry.idx, *each.sent) for each in new if each.sent is not None]
    write_rows(connection, "INSERT INTO sent", sent)
    texts = [(each.entry.idx, each.explanation) for each in new if each.explanation]
    write_rows(connection, "INSERT INTO explanation", texts)


def _save_messages(connection: sqlite3.Connection, changes: Changes) -> None:
    """Most changes say only that a message was delivered: then no index has to be touched."""
    first = changes.entries[0].entry.idx if changes.entries else 0
    write_rows(connection, "INSERT INTO message", [row for row in changes.messages if row.idx >= first])
    known = [row for row in changes.messages if row.idx < first]
    delivered = [(row.idx, row.delivered) for row in known if not row.closing]
    write_rows(connection, "UPDATE message SET delivered = new.column2 FROM (", delivered, f") {_DELIVERED}")
    ended = [(row.code, row.delivered, row.closed, row.closing, row.idx) for row in known if row.closing]
    connection.executemany(_ENDED, ended)


def _add_uncollected(connection: sqlite3.Connection, changes: Changes) -> None:
    # Growth and decline are two statements: the CHECK on an inserted negative would fire before the conflict is seen.
    up = [(*pair, count) for pair, count in changes.uncollected.items() if count > 0]
    down = [(-count, *pair) for pair, count in changes.uncollected.items() if count < 0]
    if up:
        connection.executemany(_UNCOLLECTED, up)
    if down:
        connection.executemany("UPDATE uncollected SET count = count - ? WHERE sender = ? AND recipient = ?", down)
