"""Applies what the broker tells about our own messages: only what the log proves, and all of a notice or nothing."""

from zegel_adapters.anew import replace_refused
from zegel_adapters.evidence import DUTIES
from zegel_adapters.outcome import Outcome, State
from zegel_adapters.side import Side
from zegel_schemas import canonical
from zegel_schemas.declaration import BROKER
from zegel_schemas.record import Record
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.primitives import unb64u
from zegel_schemas.stamp import Notice, Proven, check_notice

_DECISIONS = frozenset({"decision", "registration"})
_ABOUT_A_MESSAGE = _DECISIONS | {"dryrun"} | {"delivered", "undeliverable", "expired", "receipt"}


def apply_notice(data: bytes, side: Side) -> None:
    """Prove every entry of a notice, then move our messages to where it says they are.

    Raise Refusal when one entry does not prove, or is about another's message: nothing of the notice is applied then.
    """
    notice = Notice.decode(data)
    proven = check_notice(notice, side.holdings.directory)
    for each in proven:
        side.take_entry(each, notice.note, side.now())
    told = [(each, _find_message(each.record, side)) for each in proven if each.record.type in _ABOUT_A_MESSAGE]
    proofs = {each.index: each for each in notice.proofs}
    with side.mailbox.transaction() as db:
        for entry, message in told:
            text = notice.explanations.get(entry.index, b"")
            alone = Notice((proofs[entry.index],), notice.note, {entry.index: text} if text else {})
            slot = side.outbox.slot(message)
            if side.mailbox.has_key(slot):  # a destroyed casus keeps no proofs either; its states still move
                side.evidence.keep_proof(db, entry, alone.encode(), slot=slot, message=message)
            if entry.record.type in _DECISIONS | {"dryrun"}:
                side.outbox.set_index(db, message, entry.index)
            news = read_news(entry, message, text)
            if news is not None:
                side.outbox.apply(db, replace_refused(db, news, side))
    _tell_unreadable(proven, data, side)
    _tell_duties(proven, notice, data, side)


def read_news(entry: Proven, message: str, text: bytes) -> Outcome | None:
    """Return what a proven entry says about our message, or None when it moves nothing; `text` is its explanation."""
    record = entry.record
    state = _state_of(record)
    if state is None:
        return None
    return Outcome(
        id=message,
        state=state,
        codes=record.codes,
        reason=record.codes[0].lower() if state == "rejected" and record.codes else "",
        index=entry.index if record.type in _DECISIONS | {"dryrun"} else None,
        registered=record.type == "registration",
        explanation=read_explanation(text),
    )


def _find_message(record: Record, side: Side) -> str:
    """Return the id of our message a record is about; raise Refusal NIET_VOOR_MIJ when it is none of ours."""
    found = side.outbox.find(unb64u(record.hash)) if record.hash and record.sender == side.instantie else None
    if found is None:
        raise Refusal(Fault.NIET_VOOR_MIJ, "hash", detail="a notice about a message this home never sent")
    return found


def _state_of(record: Record) -> State | None:
    match record.type:
        case "decision" | "registration" if record.outcome == "refused":
            return "refused"
        case "decision" | "registration":
            # What is for the broker itself is done once it is decided and logged; anything else is on its way.
            return "delivered" if record.recipient == BROKER else None
        case "dryrun":
            return "would_pass" if record.outcome == "permitted" else "would_fail"
        case "delivered" | "undeliverable" | "expired":
            return record.type
        case "receipt":
            return "opened" if record.kind == "opened" else "rejected"
        case _:
            return None


def read_explanation(text: bytes) -> dict[str, canonical.Canonical]:
    """Return the explanation; its hash stands in the record, so what is no JSON object is shown as none at all."""
    try:
        values = canonical.decode(text) if text else {}
    except canonical.NotCanonicalError:
        return {}
    return values if isinstance(values, dict) else {}


def _tell_duties(proven: tuple[Proven, ...], notice: Notice, data: bytes, side: Side) -> None:
    """Raise a duty of this instantie, or one it watches over, until somebody has looked; the same entry once."""
    known = {each.detail for each in side.evidence.duties()}
    for entry in proven:
        if entry.record.type == "duty":
            said = read_explanation(notice.explanations.get(entry.index, b""))
            due = said.get("due", "")
            about = f", message {entry.record.message}" if entry.record.message else f", due {due}"
            detail = f"entry {entry.index}: {entry.record.kind} of {entry.record.recipient}{about}"
            code = next(iter(entry.record.codes), "")
            if detail not in known and code in DUTIES:
                side.evidence.put_aside("notice", Refusal(code, detail=detail), data, now=side.now())


def _tell_unreadable(proven: tuple[Proven, ...], data: bytes, side: Side) -> None:
    """Alarm when the broker could not read something from our inbox: we, or somebody with our password, wrote it."""
    for entry in proven:
        if entry.record.type == "unreadable":
            code = next(iter(entry.record.codes), str(Fault.HOP_ONLEESBAAR))
            told = Refusal(
                code, "body", detail=f"the broker could not read {entry.record.count} of what lay in our inbox"
            )
            side.evidence.put_aside("notice", told, data, now=side.now())
