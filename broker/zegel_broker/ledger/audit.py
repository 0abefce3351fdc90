"""The audit: reads a whole ledger as a stranger would and reports all that is wrong; `zegel-broker log verify`.

Nothing of what the broker remembers is believed: tree, decisions, deliveries, messages and casussen are made anew from
leaves, records and the senders' own bytes, and compared. Read-only, also while the broker runs.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from zegel_broker.ledger.audit_log import check_log
from zegel_broker.ledger.audit_memory import check_memory
from zegel_broker.ledger.audit_records import check_records
from zegel_broker.ledger.errors import LedgerSchemaWrong
from zegel_broker.ledger.migrate import check_schema
from zegel_broker.ledger.report import Finding, FindingCode, Report
from zegel_schemas.convenant import Convenant
from zegel_schemas.directory import Directory

# A damaged page also gives NULL where none can be, text that is no text, and numbers where there were bytes.
_UNREADABLE = (sqlite3.Error, AttributeError, LookupError, TypeError, ValueError)


def verify_log(
    path: Path, *, directory: Directory, convenants: Mapping[str, Convenant], witnesses: Sequence[bytes] = ()
) -> Report:
    """Audit the ledger at `path` against the log the root names in `directory`; never raises on what it finds.

    `convenants` are the sets of documents by digest, every version the ledger names. `witnesses` are notes from
    outside: out of receipts, stamps, a partner's mailbox, the anchor file. Raise ValueError when the directory names no
    log, and FileNotFoundError when there is no ledger.
    """
    if directory.log is None:
        raise ValueError("this directory names no log: take the newest one")
    if not path.is_file():
        raise FileNotFoundError(path)
    origin, public = directory.log
    findings: list[Finding] = []
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        return _damaged(error)
    try:
        connection.execute("BEGIN")  # one state throughout, whatever the broker writes meanwhile
        findings += _check_database(connection)
        log = check_log(connection, origin=origin, public=public, witnesses=witnesses)
        records = check_records(connection, directory=directory)
        memory = check_memory(connection, records, convenants=convenants)
    except _UNREADABLE as error:
        return _damaged(error, *findings)
    finally:
        connection.close()
    return Report(
        entries=log.size,
        notes=log.notes,
        witnesses=log.witnesses,
        findings=(*findings, *log.findings, *records.findings, *memory),
    )


def _check_database(connection: sqlite3.Connection) -> list[Finding]:
    try:
        check_schema(connection)
    except LedgerSchemaWrong as error:
        return [Finding(FindingCode.SCHEMA_WRONG, detail=str(error))]
    found = []
    # SQLite's own check knows pages, types and indexes, not what a value should be.
    if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        found.append(Finding(FindingCode.DATABASE_DAMAGED, detail="SQLite's own integrity check fails"))
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        found.append(Finding(FindingCode.DATABASE_DAMAGED, detail="a row points at an entry that is not there"))
    return found


def _damaged(error: Exception, *findings: Finding) -> Report:
    reason = Finding(FindingCode.DATABASE_DAMAGED, detail=f"the file cannot be read ({type(error).__name__})")
    return Report(entries=0, notes=0, witnesses=0, findings=(*findings, reason))
