"""Auditing the broker's memory: messages, casussen and counts must be exactly what the log makes of them."""

import sqlite3
from collections.abc import Mapping

from zegel_broker.casus import Casus, Standing
from zegel_broker.ledger.audit_beside import check_beside
from zegel_broker.ledger.audit_records import RecordAudit
from zegel_broker.ledger.errors import LedgerError
from zegel_broker.ledger.refolding import fold_history, may_stand
from zegel_broker.ledger.report import Finding, FindingCode
from zegel_broker.ledger.rows import HistoryRow, MessageRow
from zegel_schemas.convenant import Convenant
from zegel_schemas.declaration import BROKER
from zegel_schemas.refusals import Refusal
from zegel_schemas.shapes import NIL_CASUS

_MESSAGES = """SELECT
    idx, sender, id, hash, recipient, casus, outcome, code, expires, delivered, closed, closing, answers, alarm
FROM message ORDER BY idx"""


def check_memory(
    connection: sqlite3.Connection, records: RecordAudit, *, convenants: Mapping[str, Convenant]
) -> list[Finding]:
    """Make anew what the broker remembers, and compare."""
    return [
        *_check_state(connection, records),
        *_check_messages(connection, records),
        *_check_uncollected(connection, records),
        *_check_casussen(connection, records, convenants),
        *check_beside(connection, records),
    ]


def _check_state(connection: sqlite3.Connection, records: RecordAudit) -> list[Finding]:
    row = connection.execute("SELECT directory_count, directory_head, convenant FROM state").fetchone()
    last = records.last
    if row is None or last is None or row == (last.directory.count, last.directory.head, last.convenant):
        return []
    return [Finding(FindingCode.STATE_DIFFERS, detail="directory and convenant are not those of the newest entry")]


def _check_messages(connection: sqlite3.Connection, records: RecordAudit) -> list[Finding]:
    found, stored = [], {row[0]: MessageRow(*row) for row in connection.execute(_MESSAGES)}
    for index, told in records.messages.items():
        row = stored.pop(index, None)
        if row is None:
            found.append(Finding(FindingCode.MESSAGE_DIFFERS, index, "the broker forgot this message"))
        elif row != told.row(row.expires):
            found.append(Finding(FindingCode.MESSAGE_DIFFERS, index, "the broker remembers another outcome"))
    strange = stored.keys() - records.erased
    return found + [
        Finding(FindingCode.MESSAGE_DIFFERS, index, "the log tells of no such message") for index in strange
    ]


def _read_state(name: str, state: bytes | None) -> Casus | Standing | None:
    """Return a fold as it is stored, None when there is none or it cannot be read."""
    try:
        if state is None:
            return None
        return Standing.from_json(state) if name == NIL_CASUS else Casus.from_json(state)
    except (AttributeError, LookupError, TypeError, ValueError):
        return None


def _check_uncollected(connection: sqlite3.Connection, records: RecordAudit) -> list[Finding]:
    waiting: dict[tuple[str, str], int] = {}
    for told in records.messages.values():
        if told.permitted and told.record.type != "receipt" and told.closed is None and told.record.recipient != BROKER:
            pair = told.record.sender, told.record.recipient
            waiting[pair] = waiting.get(pair, 0) + 1
    stored = {
        (sender, recipient): count
        for sender, recipient, count in connection.execute("SELECT sender, recipient, count FROM uncollected")
        if count
    }
    if stored == waiting:
        return []
    return [Finding(FindingCode.UNCOLLECTED_DIFFERS, detail="counts of messages waiting for their recipient")]


def _check_casussen(
    connection: sqlite3.Connection, records: RecordAudit, convenants: Mapping[str, Convenant]
) -> list[Finding]:
    histories: dict[str, list[HistoryRow]] = {}
    touched: dict[str, set[int]] = {}
    for told in records.messages.values():
        touched.setdefault(told.record.casus, set()).update(
            (told.index, told.index if told.closed is None else told.closed)
        )
        row = told.history()
        if row is not None:
            histories.setdefault(told.record.casus, []).append(row)
        if row is not None and told.record.casus != NIL_CASUS and may_stand(row):
            histories.setdefault(NIL_CASUS, []).append(row)
            touched.setdefault(NIL_CASUS, set()).add(told.index)
    stored = {
        name: (version, state) for name, version, state in connection.execute("SELECT id, version, state FROM casus")
    }
    found = []
    for name in sorted(histories.keys() | stored.keys()):
        version, state = stored.get(name, (None, None))
        detail = _compare_casus(name, state, histories.get(name, []), convenants)
        if not detail and version is not None and version not in touched.get(name, ()):
            detail = "its version is no entry about it"
        if detail:
            found.append(Finding(FindingCode.CASUS_DIFFERS, version, detail))
    return found


def _compare_casus(
    name: str, state: bytes | None, history: list[HistoryRow], convenants: Mapping[str, Convenant]
) -> str:
    """Return what is wrong with a casus, "" when it is what its messages make of it."""
    try:
        fold = fold_history(name, history, convenants=convenants)
    except (LedgerError, Refusal, LookupError, TypeError, ValueError) as error:
        return f"it cannot be folded anew ({type(error).__name__})"
    if fold == Standing() and state is None:
        return ""  # nothing was ever registered
    return "" if fold == _read_state(name, state) else "its messages make another casus"
