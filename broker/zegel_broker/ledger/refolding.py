"""Folding a casus anew when a message of it turns out to have no effect."""

from collections.abc import Iterable

from zegel_broker.days import day_of
from zegel_broker.fold import Event, refold, refold_standing
from zegel_broker.ledger.batch import Batch, Step
from zegel_broker.ledger.errors import LedgerError
from zegel_broker.ledger.rows import HistoryRow
from zegel_broker.message import Message
from zegel_schemas.declaration import Declaration
from zegel_schemas.record import read_leaf, read_record
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.shapes import NIL_CASUS


def refold_casus(batch: Batch, step: Step, casus: str, *, version: int) -> None:
    """Set the casus to what its remaining messages make of it; `version` is the entry that took one away."""
    convenant = batch.scene.convenant
    if convenant is None:
        raise LedgerError("a casus can be folded anew only while a convenant is in force")
    events = read_events(batch.history(casus, step=step))
    if casus == NIL_CASUS:
        step.fold(casus, version, refold_standing(events, convenant=convenant))
    else:
        step.fold(casus, version, refold(events, convenant=convenant))


def read_events(history: Iterable[HistoryRow]) -> list[Event]:
    """Return the events a casus is folded from, out of the sender's own bytes and the records of the decisions."""
    return [_read_event(row) for row in history]


def _read_event(row: HistoryRow) -> Event:
    declaration = Declaration.from_bytes(row.declaration)
    record = read_record(row.record)
    return Event(
        message=Message.from_declaration(declaration, message_hash=b64u(row.hash)),
        rules=tuple(sorted({rule for rules in record.rules.values() for rule in rules})),
        day=day_of(read_leaf(row.leaf).time),
    )
