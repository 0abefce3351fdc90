"""Receipts: the recipient's adapter says that it opened or rejected a delivery; settled, never judged."""

from zegel_broker.ledger.admit import admit_new
from zegel_broker.ledger.batch import Batch, Step
from zegel_broker.ledger.ends import enter_delivered
from zegel_broker.ledger.entries import record_end, sent_bytes
from zegel_broker.ledger.refolding import refold_casus
from zegel_broker.ledger.rows import Closing, MessageRow
from zegel_schemas.declaration import Declaration
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.container import Verified
from zegel_schemas.seal.primitives import unb64u

INVALID = "ONGELDIG_BERICHT"
ROLE = "adapter"  # a receipt is nobody's act: the recipient's program answers by itself
_WORDS: dict[str, Closing] = {"opened": "opened", "rejected": "rejected"}
_REASONS = frozenset(str(fault).lower() for fault in Fault)  # what a recipient's adapter may find wrong


def settle_receipt(batch: Batch, step: Step, verified: Verified) -> MessageRow:
    """Enter a receipt behind the message it answers; raise Refusal when it may not be given (any more).

    Receipts overtake the broker's own word that it delivered: then `delivered` is entered first.
    """
    declaration, scene = verified.declaration, batch.scene
    admit_new(declaration, verified.signer, scene)
    answered = _find_answered(batch, declaration)
    closing = _read_word(declaration)
    if answered.delivered is None:
        answered = enter_delivered(batch, step, answered)
    code = declaration.claims.reason.upper()
    record = record_end(answered, "receipt", scene=scene, word=closing, code=code)
    index = step.append(record, sent=sent_bytes(verified.signed))
    step.close(answered, index, closing, code=code)
    if closing == "rejected":
        refold_casus(batch, step, answered.casus, version=index)
    return step.put(
        MessageRow(
            idx=index,
            sender=declaration.sender.instantie,
            id=declaration.id,
            hash=verified.message_hash,
            recipient=declaration.recipient.instantie,
            casus=declaration.casus,
            outcome="receipt",
            code="",
            expires=declaration.expires,
            answers=answered.idx,
        )
    )


def _find_answered(batch: Batch, declaration: Declaration) -> MessageRow:
    row = batch.permitted(unb64u(declaration.re)) if declaration.re else None
    if row is None or row.recipient != declaration.sender.instantie or row.casus != declaration.casus:
        raise Refusal(INVALID, "re", detail="a receipt names a message that was permitted and addressed to its sender")
    if row.closed is not None:
        raise Refusal(INVALID, "re", detail="there is a receipt for this message, or it ended without one")
    return row


def _read_word(declaration: Declaration) -> Closing:
    """Return opened or rejected. Anything else a receipt could carry would be a free text into the ledger."""
    claims = declaration.claims
    if claims.result not in _WORDS:
        raise Refusal(INVALID, "claims.result", detail="opened or rejected")
    if claims.reason and (claims.result != "rejected" or claims.reason not in _REASONS):
        raise Refusal(INVALID, "claims.reason", detail="a code of the protocol in lower case, and only when rejected")
    if declaration.sender.role != ROLE:
        raise Refusal(INVALID, "from.role", detail=f"a receipt is sent in the role {ROLE}")
    if declaration.purpose or declaration.subjects or declaration.asks or declaration.registers or declaration.due:
        raise Refusal(INVALID, detail="a receipt names the message and its word for it, nothing else")
    return _WORDS[claims.result]
