"""Reading from SQLite: what one transaction needs, in few statements by key."""

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from zegel_broker.ledger import sqlite_duties as duty_rows
from zegel_broker.ledger.errors import LedgerDamaged
from zegel_broker.ledger.rows import CasusRow, DryrunRow, Entry, HistoryRow, MessageRow, Pair, State, TileName, TileRow
from zegel_broker.ledger.sqlite_many import read_in, read_rows
from zegel_broker.ledger.store import Loaded, Wanted
from zegel_broker.ledger.tree import HEIGHT, edge_tiles, tiles_of_leaf

_MESSAGE = (
    "SELECT idx, sender, id, hash, recipient, casus, outcome, code, expires, delivered, closed, closing, answers, alarm"
    " FROM "
)
_NAMED = "AS named CROSS JOIN message ON sender = named.column1 AND id = named.column2"
_BY_HASH = _MESSAGE + "message WHERE outcome = 'permitted' AND hash"
_BY_INDEX = _MESSAGE + "message WHERE idx"
_UNTOLD = _MESSAGE + "message JOIN untold USING (idx)"
_WAITING = "message WHERE outcome = 'permitted' AND closed IS NULL AND recipient <> 'broker' AND expires < ?"
_OPEN = _MESSAGE + _WAITING + " ORDER BY expires LIMIT ?"
_OPEN_TO = (  # the first words are those of the index `message_open`
    _MESSAGE
    + "message WHERE outcome = 'permitted' AND closed IS NULL AND recipient <> 'broker' AND recipient = ? LIMIT ?"
)
_ENTRY = "SELECT idx, leaf, record, salt, subject_salts FROM entry JOIN record USING (idx) "
_HISTORY = """SELECT idx, hash, leaf, record, declaration, closing IN ('undeliverable', 'rejected', 'expired')
FROM message JOIN entry USING (idx) JOIN record USING (idx) JOIN sent USING (idx)
WHERE casus = ? AND outcome = 'permitted' ORDER BY idx"""


def load(connection: sqlite3.Connection, wanted: Wanted) -> Loaded:
    """Return what is wanted; raise LedgerDamaged when the state row is missing."""
    state = _read_state(connection)
    current = bool(wanted.edge) and wanted.edge == state.note
    messages, voided = _read_messages(connection, wanted)
    held = dict.fromkeys(voided, -1) | {name: at if current else -1 for name, at in wanted.casussen.items()}
    dryruns = _read_dryruns(connection, wanted)
    indices = {index for row in messages for index in row.entries} | set(wanted.entries)
    duties = duty_rows.load(connection, wanted)
    indices |= {*(row.idx for row in dryruns), *(row.idx for row in duties)}
    tiles = _list_tiles(state, wanted, indices)
    return Loaded(
        state=state,
        messages=messages,
        casussen=_read_casussen(connection, held),
        histories={name: _read_history(connection, name) for name in voided},
        uncollected=_read_uncollected(connection, wanted.pairs),
        entries=_read_entries(connection, indices),
        explanations=_read_explanations(
            connection,
            [
                *(index for row in messages if row.code for index in row.entries),
                *(row.idx for row in dryruns),
                *(row.idx for row in duties),
            ],
        ),
        tiles=_read_tiles(connection, (each for each in tiles if not (current and each in wanted.held))),
        untold=_read_untold(connection) if wanted.untold else (),
        dryruns=dryruns,
        duties=duties,
        dryrun_counts=_count_dryruns(connection, wanted),
    )


def entries_from(connection: sqlite3.Connection, first: int) -> list[Entry]:
    """Return all entries from log index `first` on, in order."""
    return [Entry(*row) for row in connection.execute(_ENTRY + "WHERE idx >= ? ORDER BY idx", (first,))]


def note_at(connection: sqlite3.Connection, size: int) -> bytes | None:
    """Return the note signed at this size, or None."""
    row = connection.execute("SELECT note FROM note WHERE size = ?", (size,)).fetchone()
    return None if row is None else row[0]


def leaves(connection: sqlite3.Connection, first: int, count: int) -> list[bytes]:
    """Return up to `count` leaves from log index `first` on."""
    sql = "SELECT leaf FROM entry WHERE idx >= ? ORDER BY idx LIMIT ?"
    return [leaf for (leaf,) in connection.execute(sql, (first, count))]


def _read_state(connection: sqlite3.Connection) -> State:
    row = connection.execute(
        "SELECT size, hashes, time, note, directory_count, directory_head, convenant FROM state"
    ).fetchone()
    if row is None:
        raise LedgerDamaged("the state row of the ledger is missing: restore the ledger from a backup")
    return State(*row)


def _read_messages(connection: sqlite3.Connection, wanted: Wanted) -> tuple[list[MessageRow], set[str]]:
    """Return the messages, and the casussen of those whose effect may be taken back."""
    found: dict[int, MessageRow] = {}
    names = [(sender, name) for sender, *both in wanted.keys for name in dict.fromkeys(both)]
    _add_messages(found, read_rows(connection, _MESSAGE, names, _NAMED))
    _add_messages(found, read_in(connection, _BY_HASH, wanted.hashes))
    _add_messages(found, read_in(connection, _BY_INDEX, wanted.indices))
    if wanted.untold:
        _add_messages(found, connection.execute(_UNTOLD))
    answered = {row.answers for row in found.values() if row.answers is not None} - found.keys()
    _add_messages(found, read_in(connection, _BY_INDEX, list(answered)))
    voided = {row.casus for row in found.values() if row.idx in wanted.voided or row.hash in wanted.voided}
    if wanted.limit:
        overdue: dict[int, MessageRow] = {}
        _add_messages(overdue, connection.execute(_OPEN, (wanted.overdue, wanted.limit)))
        for recipient in wanted.gone:
            _add_messages(overdue, connection.execute(_OPEN_TO, (recipient, wanted.limit)))
        voided |= {row.casus for row in overdue.values()}
        found |= overdue
    return list(found.values()), voided


def _add_messages(found: dict[int, MessageRow], rows: Iterable[tuple[Any, ...]]) -> None:
    for row in rows:
        found[row[0]] = MessageRow(*row)  # SQLite has no booleans: 0 and 1 serve


def _read_casussen(connection: sqlite3.Connection, held: Mapping[str, int]) -> dict[str, CasusRow]:
    """Return the casussen there are; one whose version is held comes without its state."""
    sql = "SELECT id, version, CASE WHEN version = held.column2 THEN NULL ELSE state END FROM"
    rows = read_rows(connection, sql, list(held.items()), "AS held CROSS JOIN casus ON id = held.column1")
    return {row[0]: CasusRow(*row) for row in rows}


def _read_history(connection: sqlite3.Connection, casus: str) -> list[HistoryRow]:
    return [HistoryRow(*row) for row in connection.execute(_HISTORY, (casus,))]


def _read_uncollected(connection: sqlite3.Connection, pairs: Iterable[Pair]) -> dict[Pair, int]:
    found = {}
    for pair in pairs:
        row = connection.execute("SELECT count FROM uncollected WHERE sender = ? AND recipient = ?", pair).fetchone()
        found[pair] = row[0] if row else 0
    return found


def _read_entries(connection: sqlite3.Connection, indices: Iterable[int]) -> dict[int, Entry]:
    return {row[0]: Entry(*row) for row in read_in(connection, _ENTRY + "WHERE idx", list(indices))}


def _read_explanations(connection: sqlite3.Connection, indices: Iterable[int]) -> dict[int, bytes]:
    return dict(read_in(connection, "SELECT idx, explanation FROM explanation WHERE idx", list(indices)))


def _read_dryruns(connection: sqlite3.Connection, wanted: Wanted) -> list[DryrunRow]:
    sql = "SELECT idx, sender, id, hash, counted, day, code FROM dryrun WHERE sender = ? AND id IN (?, ?)"
    found = {row[0]: DryrunRow(*row) for key in wanted.dryruns for row in connection.execute(sql, key)}
    return list(found.values())


def _count_dryruns(connection: sqlite3.Connection, wanted: Wanted) -> dict[tuple[str, str], tuple[str, int]]:
    """Count those of the newest day only: time in the log never goes back, so no other day can be today."""
    sql = "SELECT day, count(*) FROM dryrun WHERE sender = ? AND counted = ? GROUP BY day ORDER BY day DESC LIMIT 1"
    return {each: row for each in wanted.dryrun_counts if (row := connection.execute(sql, each).fetchone())}


def _list_tiles(state: State, wanted: Wanted, indices: Iterable[int]) -> set[TileName]:
    tiles = {tile for index in indices for tile in tiles_of_leaf(index, state.size)}
    # with the tiles above it, for a tile is checked against what stands over it
    tiles |= {tile for level, at in wanted.nodes for tile in tiles_of_leaf(at << level, state.size)[level // HEIGHT :]}
    return tiles | set(edge_tiles(state.size))


def _read_tiles(connection: sqlite3.Connection, names: Iterable[TileName]) -> list[TileRow]:
    sql = "SELECT level, number, hashes FROM tile WHERE level = ? AND number = ?"
    return [TileRow(*row) for name in names for row in connection.execute(sql, name)]


def _read_untold(connection: sqlite3.Connection) -> list[int]:
    return [index for (index,) in connection.execute("SELECT idx FROM untold ORDER BY idx")]
