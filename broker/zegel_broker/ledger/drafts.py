"""Drafts: what settling decided per arrival, by log index; they become results once the tree is known."""

from collections.abc import Callable
from dataclasses import dataclass

from zegel_broker.ledger.batch import Batch
from zegel_broker.ledger.rows import DutyRow, MessageRow
from zegel_broker.ledger.settlement import EndType, OutcomeSettled, Reminder, Settled, SettleFault
from zegel_broker.verify import Arrival, Arrived, Refused
from zegel_schemas.declaration import BROKER, RECEIPT
from zegel_schemas.merkle import Paths
from zegel_schemas.stamp import Proof


@dataclass(frozen=True, slots=True)
class Draft:
    """One arrival and the entry that settles it: a decision, registration, receipt or `unreadable`."""

    arrival: Arrival
    index: int
    fresh: bool
    emergency: bool = False  # it used break-glass: its duty entry is to be told at once
    unreviewed: bool = False  # it used break-glass while an earlier use by its sender was not reviewed


@dataclass(frozen=True, slots=True)
class EndDraft:
    """One message of which is now known that it was delivered, cannot be, or was not opened in time."""

    decision: int


_ENDS: dict[str, EndType] = {"undeliverable": "undeliverable", "expired": "expired"}
Prove = Callable[[int], Proof]


def make_prover(batch: Batch, paths: Paths) -> Prove:
    """Return the function that proves an entry of this transaction under its note; each entry is proven once."""
    made: dict[int, Proof] = {}

    def prove(index: int) -> Proof:
        proof = made.get(index)
        if proof is None:
            entry = batch.entry(index)
            proof = Proof(entry.leaf, entry.record, entry.salt, index, tuple(paths.find(index)))
            made[index] = proof
        return proof

    return prove


def is_dryrun(arrival: Arrived | Refused) -> bool:
    """Return whether the sender signed this as a dry run."""
    signed = arrival.verified.signed if isinstance(arrival, Arrived) else arrival.signed
    return signed.use == "dryrun"


def finish(draft: Draft | SettleFault, batch: Batch, prove: Prove) -> Settled | SettleFault:
    """Return the result of an arrival, as its message stands at the end of the transaction."""
    if isinstance(draft, SettleFault):
        return draft
    if not isinstance(draft.arrival, (Arrived, Refused)):
        return _finish_unread(draft, batch, prove)
    if is_dryrun(draft.arrival):
        return _finish_dryrun(draft, draft.arrival, batch, prove)
    row = batch.row(draft.index)
    told = row if row.answers is None else batch.row(row.answers)
    return Settled(
        arrival=draft.arrival,
        outcome="undeliverable" if row.closing == "undeliverable" else row.outcome,
        proof=prove(row.idx),
        proofs=tuple(prove(index) for index in told.entries),
        fresh=draft.fresh,
        decision_index=row.idx,
        delivered_index=row.delivered,
        recipient=row.recipient,
        sender=row.sender,
        tell=_tell(draft.arrival, row, told),
        code=row.code,
        explanations=_explanations(told, batch),
        alarm=row.alarm,
        emergency=draft.emergency,
        unreviewed=draft.unreviewed,
    )


def finish_end(draft: EndDraft, batch: Batch, prove: Prove) -> OutcomeSettled:
    """Return what the sender of a message is to be told about its end."""
    row = batch.row(draft.decision)
    kind: EndType = "delivered"
    if row.closing in _ENDS:
        kind = _ENDS[row.closing]
    return OutcomeSettled(
        decision_index=row.idx,
        index=row.entries[-1],
        type=kind,
        code=row.code,
        tell=row.sender,
        recipient=row.recipient,
        proofs=tuple(prove(index) for index in row.entries),
        explanations=_explanations(row, batch),
    )


def _finish_dryrun(draft: Draft, arrival: Arrived | Refused, batch: Batch, prove: Prove) -> Settled:
    """Nothing follows a dry run: its answer is all there is, and its sender hears it."""
    row, proof, text = batch.dryrun_at(draft.index), prove(draft.index), batch.explanation(draft.index)
    return Settled(
        arrival=arrival,
        outcome="dryrun",
        proof=proof,
        proofs=(proof,),
        fresh=draft.fresh,
        decision_index=row.idx,
        delivered_index=None,
        recipient=BROKER,
        sender=row.sender,
        tell=arrival.inbox,
        code=row.code,
        explanations={row.idx: text} if text else {},
    )


def finish_reminder(row: DutyRow, batch: Batch, prove: Prove) -> Reminder:
    """Return what holder and director are to be told; who is no member any more has no queue to be told in."""
    members = batch.scene.registry.directory.members
    parties = dict.fromkeys(each for each in (row.holder, row.also) if each in members)
    return Reminder(index=row.idx, tell=tuple(parties), proof=prove(row.idx), explanation=batch.explanation(row.idx))


def _finish_unread(draft: Draft, batch: Batch, prove: Prove) -> Settled:
    proof = prove(draft.index)
    arrival = draft.arrival
    return Settled(
        arrival=arrival,
        outcome="unreadable",
        proof=proof,
        proofs=(proof,),
        fresh=True,
        decision_index=draft.index,
        delivered_index=None,
        recipient=BROKER,
        sender=arrival.inbox,
        tell=arrival.inbox,
        code=getattr(arrival, "code", ""),
        explanations={draft.index: batch.explanation(draft.index)},
    )


def _tell(arrival: Arrived | Refused, row: MessageRow, told: MessageRow) -> str:
    """Return who is to hear: the inbox always says whose message it was; a receipt is answered by nothing."""
    if row.answers is not None:
        return told.sender
    if isinstance(arrival, Arrived) and arrival.verified.declaration.kind == RECEIPT:
        return ""
    return arrival.inbox


def _explanations(row: MessageRow, batch: Batch) -> dict[int, bytes]:
    if not row.code:
        return {}  # nothing was refused and nothing went wrong
    found = {index: batch.explanation(index) for index in row.entries}
    return {index: text for index, text in found.items() if text}
