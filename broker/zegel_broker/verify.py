"""The first door: from the bytes of one inbox to a message whose signature held. No clock, no ledger.

Order (protocol, "Order of verification"): inbox and `user_id` → hop → frame, key, signature → only then parse, canon,
schema, tables, part hashes → the sender owns the inbox. Until the signature holds nobody has said anything, so a fault
before it is `Unread` and told to the inbox's owner; a fault after it is `Refused` and the message's own.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from zegel_broker.registry import Registry
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.container import Signed, Verified, check_frame, read


@dataclass(frozen=True, slots=True)
class Inbound:
    """One AMQP message as it lay in `inbox`: body, the `user_id` RabbitMQ vouches for (None when absent).

    `garbled` is set when its properties could not be decoded; nothing in them is used then.
    """

    body: bytes
    inbox: str
    user_id: str | None
    garbled: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message whose signature and form hold, in the inbox of its sender; `note` is the newest its sender holds."""

    inbox: str
    note: bytes
    verified: Verified


@dataclass(frozen=True, slots=True)
class Refused:
    """A message whose signature held but whose form did not; `refusal` says why. The inbox's owner hears of it."""

    inbox: str
    note: bytes
    signed: Signed
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Unread:
    """A body nobody could be shown to have signed: `body_hash` is the SHA-256 of the AMQP body, 32 bytes."""

    inbox: str
    code: str
    body_hash: bytes


Arrival: TypeAlias = Arrived | Refused | Unread


def verify(inbound: Inbound, registry: Registry) -> Arrived | Refused:
    """Open, check the signature, then read; raise Refusal with an "unreadable" code while no signature holds."""
    _check_channel(inbound)
    frame, hop_key = registry.hop.open(inbound.body, registry.directory.key)
    if frame.kind != "message" or hop_key.public.owner != inbound.inbox:
        raise Refusal(Fault.HOP_ONLEESBAAR, detail="the hop frame is not a message from the owner of this inbox")
    signed = check_frame(frame.body, registry.directory.key)
    try:
        verified = read(signed)
        _check_sender(verified, inbound.inbox)
    except Refusal as refusal:
        return Refused(inbound.inbox, frame.note, signed, refusal)
    return Arrived(inbound.inbox, frame.note, verified)


def read_arrival(inbound: Inbound, registry: Registry) -> Arrival:
    """Do what `verify` does, with a ticket for an unreadable message too; no message can make it raise."""
    try:
        return verify(inbound, registry)
    except Refusal as refusal:
        return Unread(inbound.inbox, refusal.code, sha256(inbound.body).digest())


def is_ask(arrival: Arrival) -> bool:
    """Return whether somebody asks the broker itself; unlike all else that is signed, it does not go into the log."""
    match arrival:
        case Arrived(verified=verified):
            return verified.signed.use == "ask"
        case Refused(signed=signed):
            return signed.use == "ask"
        case Unread():
            return False


def _check_channel(inbound: Inbound) -> None:
    if inbound.garbled:
        raise Refusal(Fault.EIGENSCHAPPEN_ONLEESBAAR)
    # RabbitMQ validates user_id only when it is there: without it, who wrote into this inbox is anybody's guess.
    if inbound.user_id is None:
        raise Refusal(Fault.GEEN_USER_ID)
    if inbound.user_id != inbound.inbox:
        raise Refusal(Fault.USER_ID_NIET_VAN_INBOX)


def _check_sender(verified: Verified, inbox: str) -> None:
    if verified.declaration.sender.instantie != inbox:
        raise Refusal(Fault.VREEMDE_INBOX, "from.instantie")
