"""Dry runs: "would this pass?" is judged as the message would be, entered as `dryrun`, and has no other effect.

Its ids are a space of their own: it never occupies a message id, and as the signature is over another domain it can
never be replayed as the message it tried. How often a party may ask per casus and day is limited, for what many small
questions together would teach. A dry run that would open a casus counts with the others about casussen unknown here.
"""

from dataclasses import replace

from zegel_broker.judge import judge
from zegel_broker.ledger.admit import admit_message, admit_new
from zegel_broker.ledger.batch import Batch
from zegel_broker.ledger.drafts import Draft
from zegel_broker.ledger.entries import Subjects, Verdict, record_decision, record_turned_away, sent_bytes
from zegel_broker.ledger.names import aside_name
from zegel_broker.ledger.rows import DryrunRow
from zegel_broker.lesson import teach
from zegel_broker.message import Message
from zegel_broker.verify import Arrived, Refused
from zegel_schemas.declaration import Declaration
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.container import Verified
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.shapes import NIL_CASUS

PER_DAY = 20  # dry runs of one party about one casus on one day, unless the settings say otherwise


def settle_dryrun(batch: Batch, arrival: Arrived | Refused, *, per_day: int) -> Draft:
    """Judge and enter a dry run; a known one keeps the answer it got."""
    if isinstance(arrival, Refused):
        return _turn_away(batch, arrival, arrival.refusal)
    verified = arrival.verified
    row = batch.dryrun(arrival.inbox, verified.declaration.id)
    if row is not None and row.hash == verified.message_hash:
        return Draft(arrival, row.idx, fresh=False)
    if row is not None:
        return _turn_away(batch, arrival, Refusal(Fault.ANDER_BERICHT_ZELFDE_ID, "id"))
    counted = counted_under(verified.declaration, known=batch.casus(verified.declaration.casus) is not None)
    verdict = _judge(batch, verified, counted, per_day)
    return Draft(arrival, _enter(batch, verified, verdict, counted), fresh=True)


def counted_under(declaration: Declaration, *, known: bool) -> str:
    """Return the casus a dry run counts for; ids of casussen nobody knows are free, so they all count as one."""
    return declaration.casus if known else NIL_CASUS


def _judge(batch: Batch, verified: Verified, counted: str, per_day: int) -> Verdict:
    declaration, scene = verified.declaration, batch.scene
    try:
        admit_new(declaration, verified.signer, scene)
        _check_limit(batch, declaration, counted, per_day)
        convenant = admit_message(declaration, scene)
    except Refusal as refusal:
        return Verdict.refused(refusal, scene)
    message = Message.from_declaration(declaration, message_hash=b64u(verified.message_hash))
    casus, standing = batch.casus(declaration.casus), batch.standing()
    decision = judge(message, casus, standing, convenant, scene.day)
    return Verdict.judged(decision, scene, teach(message, casus, standing, convenant, scene.day, decision))


def _check_limit(batch: Batch, declaration: Declaration, counted: str, per_day: int) -> None:
    if batch.dryruns_today(declaration.sender.instantie, counted) >= per_day:
        raise Refusal(Fault.TE_VEEL_PROEVEN, "casus")


def _enter(batch: Batch, verified: Verified, verdict: Verdict, counted: str) -> int:
    declaration, scene = verified.declaration, batch.scene
    subjects = Subjects() if verdict.foreign else Subjects.commit(declaration, scene)
    record = record_decision(
        declaration, message_hash=verified.message_hash, verdict=verdict, subjects=subjects, scene=scene
    )
    step = batch.begin()
    index = step.append(
        replace(record, type="dryrun"),
        sent=None if verdict.foreign else sent_bytes(verified.signed),
        explanation=verdict.explanation,
        subject_salts=subjects.salts,
    )
    step.dryruns.append(
        DryrunRow(
            idx=index,
            sender=declaration.sender.instantie,
            id=declaration.id,
            hash=verified.message_hash,
            counted=counted,
            day=scene.day.isoformat(),
            code=verdict.code,
        )
    )
    batch.take(step)
    return index


def _turn_away(batch: Batch, arrival: Arrived | Refused, refusal: Refusal) -> Draft:
    """Refuse one that may not occupy an id, not even in its own space; once only."""
    signed = arrival.verified.signed if isinstance(arrival, Arrived) else arrival.signed
    name = aside_name(signed.message_hash)
    row = batch.dryrun(arrival.inbox, name)
    if row is not None:
        return Draft(arrival, row.idx, fresh=False)
    verdict = Verdict.refused(refusal, batch.scene)
    record = record_turned_away(signed, arrival.inbox, verdict=verdict, scene=batch.scene)
    step = batch.begin()
    index = step.append(replace(record, type="dryrun"), explanation=verdict.explanation)
    step.dryruns.append(
        DryrunRow(index, arrival.inbox, name, signed.message_hash, "", batch.scene.day.isoformat(), verdict.code)
    )
    batch.take(step)
    return Draft(arrival, index, fresh=True)
