"""Auditing what the broker remembers beside messages: dry runs answered, and overdue duties entered."""

import sqlite3

from zegel_broker.days import day_of
from zegel_broker.ledger.audit_records import RecordAudit
from zegel_broker.ledger.names import aside_name
from zegel_broker.ledger.report import Finding, FindingCode
from zegel_broker.ledger.rows import DryrunRow
from zegel_schemas.record import Record, read_leaf
from zegel_schemas.seal.primitives import unb64u
from zegel_schemas.shapes import NIL_CASUS

_DRYRUNS = """SELECT idx, sender, id, hash, counted, day, code, leaf
FROM dryrun JOIN entry USING (idx) ORDER BY idx"""


def check_beside(connection: sqlite3.Connection, records: RecordAudit) -> list[Finding]:
    """Hold both memories against the entries of the log."""
    return [*_check_dryruns(connection, records), *_check_duties(connection, records)]


def _check_dryruns(connection: sqlite3.Connection, records: RecordAudit) -> list[Finding]:
    logged = {index: record for index, record in records.beside.items() if record.type == "dryrun"}
    stored = {row[0]: (DryrunRow(*row[:-1]), row[-1]) for row in connection.execute(_DRYRUNS)}
    wrong = {index for index, record in logged.items() if index not in stored or not _tells(record, *stored[index])}
    wrong |= stored.keys() - logged.keys() - records.erased
    seen: set[tuple[str, str]] = set()
    for index in sorted(logged.keys() & stored.keys()):
        key = stored[index][0].key
        if key in seen:
            wrong.add(index)
        seen.add(key)
    return [Finding(FindingCode.DRYRUN_DIFFERS, index) for index in sorted(wrong)]


def _tells(record: Record, row: DryrunRow, leaf: bytes) -> bool:
    """Say whether a row is what the entry makes of it; whether the casus was known then, only the counting knew."""
    hashed = unb64u(record.hash)
    key = (record.sender, record.message) if record.message else (record.recipient, aside_name(hashed))
    counted = {record.casus, NIL_CASUS} if record.message else {""}
    told = (row.key, row.hash, row.day, row.code)
    return row.counted in counted and told == (
        key,
        hashed,
        day_of(read_leaf(leaf).time).isoformat(),
        record.codes[0] if record.codes else "",
    )


def _check_duties(connection: sqlite3.Connection, records: RecordAudit) -> list[Finding]:
    logged = {
        index: (record.casus, record.recipient) for index, record in records.beside.items() if record.type == "duty"
    }
    stored = {
        index: (casus, holder) for index, casus, holder in connection.execute("SELECT idx, casus, holder FROM duty")
    }
    wrong = {index for index, told in logged.items() if stored.get(index) != told}
    wrong |= stored.keys() - logged.keys() - records.erased
    return [Finding(FindingCode.DUTY_DIFFERS, index) for index in sorted(wrong)]
