"""Reading the past out of a ledger: every decision as it was taken, and what became of it; read only, in log order.

Nothing is believed but what an audit can check: the sender's own declaration, the record and the leaf of each entry.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from zegel_broker.days import day_of
from zegel_broker.ledger.migrate import check_schema
from zegel_broker.message import Message
from zegel_schemas.declaration import Declaration
from zegel_schemas.record import Record, read_leaf, read_record
from zegel_schemas.seal.primitives import b64u

_PAST = """SELECT idx, hash, leaf, record, declaration, closed,
    closing IN ('undeliverable', 'rejected', 'expired')
FROM message JOIN entry USING (idx) JOIN record USING (idx) LEFT JOIN sent USING (idx)
WHERE outcome <> 'receipt' ORDER BY idx"""


@dataclass(frozen=True, slots=True)
class Past:
    """One decision as it was taken; `voided` is the log index that took its effect away, None when none did.

    `message` is None when its bytes were not kept: it held codes nobody knew, or was erased.
    """

    index: int
    message: Message | None
    record: Record
    day: date
    voided: int | None


def read_past(path: Path) -> Iterator[Past]:
    """Yield every decision in the ledger at `path`, oldest first.

    Raise FileNotFoundError, LedgerError (LedgerSchemaWrong) when it is no ledger of this version, sqlite3.Error when it
    cannot be read, and Refusal on a record that is none.
    """
    if not path.is_file():
        raise FileNotFoundError(path)
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        check_schema(connection)
        connection.execute("BEGIN")  # one state throughout, whatever the broker writes meanwhile
        for index, hashed, leaf, record, declaration, closed, void in connection.execute(_PAST):
            said = None if declaration is None else Declaration.from_bytes(declaration)
            yield Past(
                index=index,
                message=None if said is None else Message.from_declaration(said, message_hash=b64u(hashed)),
                record=read_record(record),
                day=day_of(read_leaf(leaf).time),
                voided=closed if void else None,
            )
    finally:
        connection.close()
