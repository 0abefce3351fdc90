"""Folding a casus anew from its settled messages, when one of them turns out to have no effect, and when it is audited.

Each message is folded under the convenant it was decided by, so a casus comes out the same whenever it is folded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from zegel_broker.casus import Casus, Standing
from zegel_broker.days import day_of
from zegel_broker.decision import Decision
from zegel_broker.fold import apply, apply_standing, note_emergency, opens_casus
from zegel_broker.ledger.batch import Batch, Step
from zegel_broker.ledger.errors import LedgerError
from zegel_broker.ledger.rows import HistoryRow
from zegel_broker.message import Message
from zegel_schemas.convenant import Convenant
from zegel_schemas.declaration import Declaration
from zegel_schemas.record import read_leaf, read_record
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.shapes import NIL_CASUS


@dataclass(frozen=True, slots=True)
class SettledMessage:
    """One permitted message as it was settled: what was said, what was decided, by which convenant, on which day."""

    message: Message
    decision: Decision
    convenant: Convenant
    day: date


def refold_casus(batch: Batch, step: Step, casus: str, *, version: int) -> None:
    """Set the casus to what its remaining messages make of it; `version` is the entry that took one away.

    Raise LedgerError when a convenant it was decided by is not loaded any more.
    """
    history = batch.history(casus, step=step)
    fold = fold_history(casus, history, convenants=batch.scene.registry.convenants)
    if isinstance(fold, Standing):
        fold = replace(fold, emergencies=batch.standing().emergencies)  # of other casussen, and a use is never void
    step.fold(casus, version, fold)


def fold_history(
    casus: str, history: Iterable[HistoryRow], *, convenants: Mapping[str, Convenant]
) -> Casus | Standing | None:
    """Return the casus these messages make, None = nothing opened it; of the nil casus what stands beside all casussen.

    That one also takes the messages of other casussen that `may_stand`. Of what is void only break-glass is left: it
    was used, and is to be reviewed, whatever became of its message.
    """
    settled = [(_read_settled(row, convenants), row.void) for row in history if not row.void or may_stand(row)]
    if casus == NIL_CASUS:
        standing = Standing()
        for each, _ in settled:
            standing = apply_standing(standing, each.message, each.decision, convenant=each.convenant)
        return standing
    fold: Casus | None = None
    for each, void in settled:
        if void:
            fold = fold and note_emergency(fold, each.message, each.decision, convenant=each.convenant)
        elif fold is not None or opens_casus(each.message):
            fold = apply(fold, each.message, each.decision, convenant=each.convenant, day=each.day)
    return fold


def may_stand(row: HistoryRow) -> bool:
    """Say whether a message of a casus may change what stands beside all; cheaply, as the fold leaves others out."""
    return b'"emergency"' in row.declaration or b'"spoed_beoordeeld"' in row.declaration


def _read_settled(row: HistoryRow, convenants: Mapping[str, Convenant]) -> SettledMessage:
    declaration, record = Declaration.from_bytes(row.declaration), read_record(row.record)
    convenant = convenants.get(record.convenant)
    if convenant is None:
        raise LedgerError("a convenant that was in force is not loaded: keep the file of every version")
    return SettledMessage(
        message=Message.from_declaration(declaration, message_hash=b64u(row.hash)),
        decision=Decision(permitted=True, rules=record.rules, duties=record.duties),
        convenant=convenant,
        day=day_of(read_leaf(row.leaf).time),
    )
