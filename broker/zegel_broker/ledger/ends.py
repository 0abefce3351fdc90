"""How a permitted message ends: delivered, undeliverable, or expired because nobody opened it in time."""

from collections.abc import Container, Iterable, Sequence

from zegel_broker.ledger.batch import Batch, Step
from zegel_broker.ledger.drafts import EndDraft
from zegel_broker.ledger.entries import record_end
from zegel_broker.ledger.errors import LedgerError, name_fault
from zegel_broker.ledger.explain import explain_code
from zegel_broker.ledger.refolding import refold_casus
from zegel_broker.ledger.rows import MessageRow
from zegel_broker.ledger.settlement import Delivered, Outcome, OutcomeFault, Undeliverable
from zegel_schemas.refusals import Fault

EXPIRED_AFTER = 24 * 3600  # seconds after `expires`: a receipt under way comes first


def settle_outcomes(batch: Batch, outcomes: Sequence[Outcome]) -> list[EndDraft | OutcomeFault]:
    """Enter what happened to permitted messages; one that ended already keeps its first end."""
    drafts: list[EndDraft | OutcomeFault] = []
    for outcome in outcomes:
        try:
            drafts.append(_settle_outcome(batch, outcome))
        except Exception as error:  # noqa: BLE001 - one message we cannot end must not stop its neighbours
            drafts.append(OutcomeFault(outcome, name_fault(error)))
    return drafts


def settle_overdue(batch: Batch, rows: Iterable[MessageRow], *, gone: Container[str] = ()) -> list[EndDraft]:
    """End messages nobody acknowledged: `expired`, or `undeliverable` when they never reached the recipient's queue.

    Undeliverable too are those to who is `gone`: it left before it collected them, and its queue went with it.
    """
    drafts = []
    for row in rows:
        step = batch.begin()
        if row.delivered is None or row.recipient in gone:
            enter_undeliverable(batch, step, row, Fault.NIET_BEZORGBAAR)
        else:
            step.close(row, step.append(record_end(row, "expired", scene=batch.scene)), "expired")
        refold_casus(batch, step, row.casus, version=step.last)
        batch.take(step)
        drafts.append(EndDraft(row.idx))
    return drafts


def enter_delivered(batch: Batch, step: Step, row: MessageRow) -> MessageRow:
    """Enter that a message lies in its recipient's queue."""
    index = step.append(record_end(row, "delivered", scene=batch.scene))
    return step.deliver(row, index)


def enter_undeliverable(batch: Batch, step: Step, row: MessageRow, code: str) -> MessageRow:
    """Enter that a message could not be handed over; what it did to its casus is the caller's to take back."""
    explanation = explain_code(code)
    record = record_end(row, "undeliverable", scene=batch.scene, code=code, explanation=explanation)
    index = step.append(record, explanation=explanation)
    return step.close(row, index, "undeliverable", code=code)


def _settle_outcome(batch: Batch, outcome: Outcome) -> EndDraft:
    row = batch.row(outcome.index)
    if row.outcome != "permitted":
        raise LedgerError(f"log index {outcome.index} is no permitted decision: nothing can have been delivered for it")
    if row.delivered is None and row.closed is None:
        step = batch.begin()
        match outcome:
            case Delivered():
                enter_delivered(batch, step, row)
            case Undeliverable(code=code):
                enter_undeliverable(batch, step, row, code)
                refold_casus(batch, step, row.casus, version=step.last)
        batch.take(step)
    return EndDraft(row.idx)
