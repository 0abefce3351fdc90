"""Settling what arrived: known ones keep their decision; new ones are admitted, judged, entered and take effect."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from zegel_broker.emergency import concerns_emergencies, unreviewed_before
from zegel_broker.fold import apply, apply_standing, note_emergency
from zegel_broker.judge import judge
from zegel_broker.ledger.admit import admit_message, admit_new
from zegel_broker.ledger.batch import Batch, Step
from zegel_broker.ledger.drafts import Draft, is_dryrun
from zegel_broker.ledger.dryruns import settle_dryrun
from zegel_broker.ledger.ends import enter_undeliverable
from zegel_broker.ledger.entries import (
    Subjects,
    Verdict,
    record_decision,
    record_turned_away,
    record_unread,
    sent_bytes,
)
from zegel_broker.ledger.errors import name_fault
from zegel_broker.ledger.explain import explain_unread
from zegel_broker.ledger.names import aside_name
from zegel_broker.ledger.receipts import settle_receipt
from zegel_broker.ledger.reminding import TELL_FG, report_emergency
from zegel_broker.ledger.rows import HistoryRow, MessageRow
from zegel_broker.ledger.settlement import SettleFault
from zegel_broker.lesson import teach
from zegel_broker.message import Message
from zegel_broker.verify import Arrival, Arrived, Refused, Unread
from zegel_schemas.declaration import BROKER, RECEIPT
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.container import Signed, Verified
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.shapes import NIL_CASUS

MAX_UNCOLLECTED = 1000  # messages of one sender waiting for one recipient, so that nobody fills another's queue

_Groups: TypeAlias = Mapping[tuple[str, str], list[Unread]]  # (inbox, code) -> what came so in this batch


def settle_arrivals(batch: Batch, arrivals: Sequence[Arrival], *, dryruns: int) -> list[Draft | SettleFault]:
    """Settle in order; what fails by our own fault becomes a SettleFault and leaves no trace.

    `dryruns`: how many a party may have answered per casus and day.
    """
    groups: dict[tuple[str, str], list[Unread]] = {}
    for arrival in arrivals:
        if isinstance(arrival, Unread):
            groups.setdefault((arrival.inbox, arrival.code), []).append(arrival)
    entered: dict[tuple[str, str], int] = {}
    drafts: list[Draft | SettleFault] = []
    for arrival in arrivals:
        try:
            if not isinstance(arrival, Unread) and is_dryrun(arrival):
                drafts.append(settle_dryrun(batch, arrival, per_day=dryruns))
            else:
                drafts.append(_settle(batch, arrival, groups, entered))
        except Exception as error:  # noqa: BLE001 - one message we cannot settle must not stop its neighbours
            drafts.append(SettleFault(arrival, name_fault(error)))
    return drafts


def _settle(batch: Batch, arrival: Arrival, groups: _Groups, entered: dict[tuple[str, str], int]) -> Draft:
    match arrival:
        case Unread():
            return _settle_unread(batch, arrival, groups, entered)
        case Refused(inbox=inbox, signed=signed, refusal=refusal):
            return _turn_away(batch, arrival, inbox, signed, refusal)
        case Arrived():
            return _settle_arrived(batch, arrival)


def _settle_unread(batch: Batch, arrival: Unread, groups: _Groups, entered: dict[tuple[str, str], int]) -> Draft:
    """Enter all unreadable bodies of one inbox and code at once: junk must not be able to fill the log."""
    group = arrival.inbox, arrival.code
    if group not in entered:
        bodies = groups[group]
        step = batch.begin()
        explanation = explain_unread(arrival.code, [each.body_hash for each in bodies])
        record = record_unread(*group, bodies, explanation=explanation, scene=batch.scene)
        entered[group] = step.append(record, explanation=explanation)
        batch.take(step)
    return Draft(arrival, entered[group], fresh=True)


def _settle_arrived(batch: Batch, arrival: Arrived) -> Draft:
    verified = arrival.verified
    declaration = verified.declaration
    row = batch.known(declaration.sender.instantie, declaration.id)
    if row is not None and row.hash == verified.message_hash:
        return Draft(arrival, row.idx, fresh=False)
    if row is not None:
        refusal = Refusal(Fault.ANDER_BERICHT_ZELFDE_ID, "id")
        return _turn_away(batch, arrival, arrival.inbox, verified.signed, refusal, alarm=True)
    step = batch.begin()
    row = (
        _settle_receipt(batch, step, verified)
        if declaration.kind == RECEIPT
        else _settle_message(batch, step, verified)
    )
    batch.take(step)
    return Draft(arrival, row.idx, fresh=True, emergency=bool(step.duties), unreviewed=step.unreviewed)


def _turn_away(
    batch: Batch, arrival: Arrived | Refused, inbox: str, signed: Signed, refusal: Refusal, *, alarm: bool = False
) -> Draft:
    """Refuse a message that may not occupy an id; it is remembered by its hash, so that it is refused once only."""
    name = aside_name(signed.message_hash)
    row = batch.known(inbox, name)
    if row is not None:
        return Draft(arrival, row.idx, fresh=False)
    verdict = Verdict.refused(refusal, batch.scene)
    step = batch.begin()
    record = record_turned_away(signed, inbox, verdict=verdict, scene=batch.scene)
    index = step.append(record, explanation=verdict.explanation)
    step.put(
        MessageRow(
            idx=index,
            sender=inbox,
            id=name,
            hash=signed.message_hash,
            recipient=BROKER,
            casus="",
            outcome="refused",
            code=verdict.code,
            expires=0,
            alarm=alarm,
        )
    )
    batch.take(step)
    return Draft(arrival, index, fresh=True)


def _settle_receipt(batch: Batch, step: Step, verified: Verified) -> MessageRow:
    try:
        return settle_receipt(batch, step, verified)
    except Refusal as refusal:
        return _enter(step, verified, Verdict.refused(refusal, batch.scene), batch)


def _settle_message(batch: Batch, step: Step, verified: Verified) -> MessageRow:
    declaration, scene = verified.declaration, batch.scene
    try:
        admit_new(declaration, verified.signer, scene)
        convenant = admit_message(declaration, scene)
    except Refusal as refusal:
        return _enter(step, verified, Verdict.refused(refusal, scene), batch)
    message = Message.from_declaration(declaration, message_hash=b64u(verified.message_hash))
    casus, standing = batch.casus(declaration.casus), batch.standing()
    decision = judge(message, casus, standing, convenant, scene.day)
    lesson = teach(message, casus, standing, convenant, scene.day, decision)
    row = _enter(step, verified, Verdict.judged(decision, scene, lesson), batch)
    if not decision.permitted:
        return row
    if row.casus != NIL_CASUS and concerns_emergencies(message, decision.rule_ids, convenant=convenant):
        # whatever becomes of the message afterwards: the glass was broken
        step.unreviewed = not message.registers and bool(unreviewed_before(casus, standing, message))
        step.fold(NIL_CASUS, row.idx, apply_standing(standing, message, decision, convenant=convenant))
    if row.recipient != BROKER and batch.uncollected(row.sender, row.recipient) >= MAX_UNCOLLECTED:
        step.expect(row)
        if casus is not None and TELL_FG in decision.duties:
            used = note_emergency(casus, message, decision, convenant=convenant)
            step.fold(row.casus, row.idx, used)
            report_emergency(step, used, message, convenant, scene)
        return enter_undeliverable(batch, step, row, Fault.BERICHTENBOX_VOL)
    if row.recipient != BROKER:
        step.expect(row)
    if row.casus == NIL_CASUS:
        step.fold(NIL_CASUS, row.idx, apply_standing(standing, message, decision, convenant=convenant))
    else:
        folded = apply(casus, message, decision, convenant=convenant, day=scene.day)
        step.fold(row.casus, row.idx, folded)
        if folded is not None and TELL_FG in decision.duties:
            report_emergency(step, folded, message, convenant, scene)
    return row


def _enter(step: Step, verified: Verified, verdict: Verdict, batch: Batch) -> MessageRow:
    """Enter a decision; from here on the message occupies its id."""
    declaration, scene = verified.declaration, batch.scene
    subjects = Subjects() if verdict.foreign else Subjects.commit(declaration, scene)
    record = record_decision(
        declaration, message_hash=verified.message_hash, verdict=verdict, subjects=subjects, scene=scene
    )
    sent = None if verdict.foreign else sent_bytes(verified.signed)
    index = step.append(record, sent=sent, explanation=verdict.explanation, subject_salts=subjects.salts)
    if verdict.permitted and sent is not None:
        entry = step.entries[-1].entry
        event = HistoryRow(index, verified.message_hash, entry.leaf, entry.record, sent.declaration, void=False)
        step.remember(declaration.casus, event)
    return step.put(
        MessageRow(
            idx=index,
            sender=declaration.sender.instantie,
            id=declaration.id,
            hash=verified.message_hash,
            recipient=record.recipient,
            casus=declaration.casus,
            outcome="permitted" if verdict.permitted else "refused",
            code=verdict.code,
            expires=declaration.expires,
        )
    )
