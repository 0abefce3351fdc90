"""The one answer every delivery gets: opened, or rejected with one coarse word; signed once, sent until confirmed."""

from typing import Literal

from zegel_adapters.ids import draw_message_id
from zegel_schemas.claims import Claims
from zegel_schemas.declaration import BROKER, MAX_VALIDITY, RECEIPT, Declaration, Recipient, Sender
from zegel_schemas.refusals import Fault
from zegel_schemas.seal.container import Verified
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.primitives import Random, b64u
from zegel_schemas.seal.sealing import seal

Result = Literal["opened", "rejected"]
# Coarse on purpose: which byte was wrong would help whoever made it wrong. The exact code stays in our mailbox.
Reason = Literal["stamp", "expired", "key", "seal", "content", "claims"]
_TOLD: dict[Reason, Fault] = {
    "stamp": Fault.STEMPEL_KLOPT_NIET,  # the log's proof does not permit this message
    "expired": Fault.VERLOPEN,  # it came too late to be opened
    "key": Fault.ONTVANGER_SLEUTEL_ONBEKEND,  # sealed to a key we no longer hold
    "seal": Fault.DEEL_ONLEESBAAR,  # wrap, commitment, ciphertext or padding
    "content": Fault.INHOUD_ONGELDIG,  # not of the closed schema
    "claims": Fault.CLAIM_KLOPT_NIET,  # what was claimed in the clear is not what is inside
}
ROLE = "adapter"  # nobody's act: the program answers by itself


def make_receipt(
    verified: Verified, result: Result, *, reason: Reason | None, signing: PrivateKey, now: int, random: Random
) -> bytes:
    """Return the container of the receipt for a message, addressed to the broker; `re` names the message's hash."""
    said = verified.declaration
    receipt = Declaration(
        id=draw_message_id(random, now=now),
        kind=RECEIPT,
        casus=said.casus,
        convenant=said.convenant,
        sender=Sender(instantie=signing.public.owner, role=ROLE, key=b64u(signing.id)),
        recipient=Recipient(instantie=BROKER),
        purpose="",
        subjects=(),
        re=b64u(verified.message_hash),
        issued=now,
        expires=now + MAX_VALIDITY,
        claims=Claims(result=result, reason=_TOLD[reason].lower() if reason else ""),
    )
    return seal(receipt, (), use="receipt", signing=signing, recipient=None, random=random).container
