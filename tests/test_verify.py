"""The first door: who wrote into which inbox, and did anybody sign; in the protocol's order, each with its code."""

import os
from dataclasses import replace
from hashlib import sha256

import pytest

from tests.corridor_scene import box
from tests.ledger_town import REGISTRY, acknowledge, draw_casus, report
from tests.one_directory import CORPORATION, REGIE, SCHOOL, fixed_key
from zegel_broker.verify import Arrived, Inbound, Refused, Unread, read_arrival, verify
from zegel_schemas.declaration import BROKER
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import HopBox, HopFrame, HopKind, Sealed

MESSAGE = report()
INBOUND = Inbound(box(MESSAGE), CORPORATION, CORPORATION)


def send(message: Sealed | bytes, *, sender: str = CORPORATION) -> Inbound:
    """Put a container into the inbox of `sender`, as it would."""
    return Inbound(box(message, sender=sender), sender, sender)


def wrap(kind: HopKind, *, sender: str = CORPORATION) -> bytes:
    """Return a hop of another kind, or by another than whose inbox it is put in."""
    frame = HopFrame(kind, b"", MESSAGE.container)
    return HopBox([fixed_key("hop", sender)]).seal(fixed_key("hop", BROKER).public, frame, random=os.urandom)


def flip(data: bytes, at: int) -> bytes:
    """Return the bytes with one bit turned over."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


UNREADABLE = {
    Fault.EIGENSCHAPPEN_ONLEESBAAR: replace(INBOUND, garbled=True),
    Fault.GEEN_USER_ID: replace(INBOUND, user_id=None),
    Fault.USER_ID_NIET_VAN_INBOX: replace(INBOUND, user_id=REGIE),
    Fault.HOP_ONLEESBAAR: replace(INBOUND, body=flip(INBOUND.body, len(INBOUND.body) - 1)),
    Fault.HOP_SLEUTEL_ONBEKEND: replace(INBOUND, body=flip(INBOUND.body, 10)),
    Fault.TE_GROOT: replace(INBOUND, body=bytes(10 * 1024 * 1024)),
    Fault.VERSIE_ONBEKEND: send(b"zegel/9c" + MESSAGE.container[8:]),
    Fault.FRAME_ONLEESBAAR: send(MESSAGE.container[:60]),
    Fault.HANDTEKENING_ONGELDIG: send(flip(MESSAGE.container, MESSAGE.container.index(b'"id":"') + 8)),
}


@pytest.mark.parametrize("code", UNREADABLE)
def test_what_nobody_signed_for_is_unread(code: Fault) -> None:
    inbound = UNREADABLE[code]

    assert read_arrival(inbound, REGISTRY) == Unread(CORPORATION, code, sha256(inbound.body).digest())


def test_a_sound_message_goes_on_with_the_note_its_sender_holds() -> None:
    arrived = verify(Inbound(box(MESSAGE, note=b"a note"), CORPORATION, CORPORATION), REGISTRY)

    assert isinstance(arrived, Arrived)
    assert (arrived.inbox, arrived.note, arrived.verified.container) == (CORPORATION, b"a note", MESSAGE.container)


def test_a_message_in_another_ones_inbox_is_refused_though_its_signature_holds() -> None:
    refused = verify(send(MESSAGE, sender=SCHOOL), REGISTRY)

    assert isinstance(refused, Refused)
    assert (refused.inbox, refused.refusal.code) == (SCHOOL, Fault.VREEMDE_INBOX)


def test_a_hop_boxed_by_another_than_the_inboxs_owner_is_unread() -> None:
    with pytest.raises(Refusal, match="HOP_ONLEESBAAR"):
        verify(replace(INBOUND, body=wrap("message", sender=REGIE)), REGISTRY)


@pytest.mark.parametrize("kind", ["delivery", "notice"])
def test_what_the_broker_itself_sends_is_not_taken_back(kind: HopKind) -> None:
    with pytest.raises(Refusal, match="HOP_ONLEESBAAR"):
        verify(replace(INBOUND, body=wrap(kind)), REGISTRY)


def test_a_receipt_passes_the_same_door() -> None:
    receipt = acknowledge(MESSAGE, draw_casus())

    assert isinstance(verify(send(receipt, sender=REGIE), REGISTRY), Arrived)


def test_the_inbox_is_looked_at_before_the_hop_is_opened() -> None:
    with pytest.raises(Refusal, match="GEEN_USER_ID"):
        verify(Inbound(b"rubbish", CORPORATION, None), REGISTRY)


def test_no_bit_of_a_hop_can_be_turned_over_unseen() -> None:
    for at in range(0, len(INBOUND.body), 97):
        assert isinstance(read_arrival(replace(INBOUND, body=flip(INBOUND.body, at)), REGISTRY), Unread)
