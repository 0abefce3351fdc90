"""Attacks on a recipient's adapter: each by its name, each ends with its own code and nothing in the inbox."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.adapter_scene import (
    CORPORATION,
    DAY,
    NOW,
    REGIE,
    WIL,
    Clock,
    Municipality,
    found_town,
    question,
    seal_draft,
)
from zegel_adapters.receive import Receiver, Taken
from zegel_adapters.side import Side
from zegel_schemas import canonical
from zegel_schemas.claims import Claims
from zegel_schemas.content import example
from zegel_schemas.declaration import MOTIVATION_PART
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Fault
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.hop import HopBox, HopFrame, encode_delivery
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.parts import PlainPart
from zegel_schemas.seal.primitives import unb64u
from zegel_schemas.seal.sealing import Sealed, seal


@dataclass
class Stage:
    """The regieteam sends, the corporation receives."""

    town: Municipality
    clock: Clock
    sender: Side
    recipient: Side

    def seal(self, **changes: Any) -> Sealed:
        """Seal the question; `changes` replace fields of its declaration before it is signed."""
        return seal_draft(self.sender, question(), **changes)

    def take(self, body: bytes) -> Taken:
        """Hand one AMQP body to the corporation's adapter."""
        return Receiver(self.recipient).take(body)

    def deliver(self, container: bytes, **changes: Any) -> Taken:
        """Have a message permitted (with `changes` in the record) and delivered."""
        index = self.town.permit(container, self.sender, **changes)
        return self.take(self.town.deliver(CORPORATION, container, self.town.stamp(index)))

    def codes_aside(self) -> list[str]:
        """Return the codes of what was put aside."""
        return [each.code for each in self.recipient.evidence.aside()]

    def receipts(self) -> list[tuple[str, str]]:
        """Return result and reason of each receipt that waits to be sent."""
        keys = self.recipient.holdings.directory.key
        said = [read(check_frame(each.container, keys)).declaration for each in self.recipient.inbox.receipts_due()]
        return [(each.claims.result, each.claims.reason) for each in said]


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    town, clock = found_town(tmp_path, monkeypatch), Clock()
    return Stage(town, clock, town.side(REGIE, clock), town.side(CORPORATION, clock))


def is_untouched(stage: Stage) -> bool:
    """Return whether nothing reached the inbox and no receipt was made."""
    return not stage.recipient.inbox.items() and not stage.receipts()


def test_an_honest_delivery_is_opened_and_answered_with_a_receipt(stage: Stage) -> None:
    sealed = stage.seal()

    assert stage.deliver(sealed.container) == "opened"
    (item,) = stage.recipient.inbox.items()
    assert (item.sender, item.contents) == (REGIE, {MOTIVATION_PART: example(MOTIVATION_PART)})
    assert stage.receipts() == [("opened", "")]
    assert stage.codes_aside() == []


# -- the stamp -----------------------------------------------------------------------------------------------------


def test_no_stamp(stage: Stage) -> None:
    body = stage.town.deliver(CORPORATION, stage.seal().container, b"")

    assert stage.take(body) == "aside"
    assert stage.codes_aside() == [Fault.STEMPEL_ONTBREEKT]
    assert is_untouched(stage)


def test_stamp_of_another_message(stage: Stage) -> None:
    permitted, other = stage.seal(), stage.seal()
    stamp = stage.town.stamp(stage.town.permit(permitted.container, stage.sender))

    assert stage.take(stage.town.deliver(CORPORATION, other.container, stamp)) == "rejected"
    assert stage.codes_aside() == [Fault.STEMPEL_ANDER_BERICHT]
    assert not stage.recipient.inbox.items()
    assert stage.receipts() == [("rejected", "stempel_klopt_niet")]


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        (Fault.STEMPEL_NIET_TOEGESTAAN, {"outcome": "refused"}),
        (Fault.STEMPEL_ANDERE_SOORT, {"type": "dryrun"}),
        (Fault.STEMPEL_REGEL_PAST_NIET, {"rules": {"huurachterstand": ("CMPG-213",)}}),
        (Fault.STEMPEL_ANDER_REGISTER, {"directory": DirectoryVersion(1, "A" * 43)}),
        (Fault.CONVENANT_NIET_ONDERTEKEND, {"convenant": "A" * 43}),
        (Fault.VERLOPEN, {"time": NOW + 8 * DAY}),
        (Fault.UIT_DE_TOEKOMST, {"time": NOW - 3600}),
    ],
)
def test_a_stamp_that_does_not_permit_it(stage: Stage, code: str, changes: dict[str, Any]) -> None:
    assert stage.deliver(stage.seal().container, **changes) == "rejected"
    assert stage.codes_aside() == [code]
    assert not stage.recipient.inbox.items()


def test_stamp_from_a_log_nobody_signed_for(stage: Stage) -> None:
    container = stage.seal().container
    index = stage.town.permit(container, stage.sender)
    stage.town.log.key = PrivateKey.generate("log", "broker")

    assert stage.take(stage.town.deliver(CORPORATION, container, stage.town.stamp(index))) == "aside"
    assert stage.codes_aside() == [Fault.STEMPEL_VREEMD_LOGBOEK]
    assert is_untouched(stage)


def test_two_histories_of_one_length(stage: Stage) -> None:
    first, second = stage.seal().container, stage.seal().container
    stage.deliver(first)
    stage.town.log.leaves[0] = b"another past"
    stage.town.log.leaves.pop()

    assert stage.deliver(second) == "held"
    assert stage.codes_aside() == [Fault.LOGBOEK_GESPLITST]
    assert [each.kind for each in stage.recipient.evidence.aside()] == ["note"]


# -- whose message it is -------------------------------------------------------------------------------------------


def test_container_for_somebody_else(stage: Stage) -> None:
    container = seal_draft(stage.sender, question(to=WIL, asks=("inkomen_uitkering",))).container

    assert stage.deliver(container) == "aside"
    assert stage.codes_aside() == [Fault.NIET_VOOR_MIJ]
    assert is_untouched(stage)


def test_changed_recipient(stage: Stage) -> None:
    sealed = seal_draft(stage.sender, question(to=WIL, asks=("inkomen_uitkering",)))
    forged = sealed.container.replace(b'"instantie":"wil"', b'"instantie":"uwv"')

    assert stage.take(stage.town.deliver(CORPORATION, forged, b"-")) == "aside"
    assert stage.codes_aside() == [Fault.HANDTEKENING_ONGELDIG]


def test_receipt_presented_as_message(stage: Stage) -> None:
    stage.deliver(stage.seal().container)
    (receipt,) = stage.recipient.inbox.receipts_due()

    assert Receiver(stage.sender).take(stage.town.deliver(REGIE, receipt.container, b"-")) == "aside"
    assert [each.code for each in stage.sender.evidence.aside()] == [Fault.NIET_VOOR_MIJ]


def test_exact_replay(stage: Stage) -> None:
    container = stage.seal().container
    stage.deliver(container)

    assert [stage.deliver(container) for _ in range(3)] == ["again"] * 3
    assert len(stage.recipient.inbox.items()) == 1
    assert stage.receipts() == [("opened", "")]


def test_replay_after_the_casus_was_destroyed(stage: Stage) -> None:
    container = stage.seal().container
    stage.deliver(container)
    stage.recipient.mailbox.destroy(question().casus)

    assert stage.deliver(container) == "again"
    assert stage.recipient.inbox.items() == []


def test_same_id_other_content(stage: Stage) -> None:
    first = stage.seal()
    same_id = read(check_frame(first.container, stage.sender.holdings.directory.key)).declaration.id
    stage.deliver(first.container)

    assert stage.deliver(stage.seal(id=same_id, due=0).container) == "aside"
    assert stage.codes_aside() == [Fault.ANDER_BERICHT_ZELFDE_ID]
    assert len(stage.recipient.inbox.items()) == 1


def test_expired_on_the_recipients_clock(stage: Stage) -> None:
    container = stage.seal().container
    stage.clock.now = NOW + 8 * DAY

    assert stage.deliver(container) == "rejected"
    assert stage.receipts() == [("rejected", "verlopen")]
    assert not stage.recipient.inbox.items()


# -- what is inside ------------------------------------------------------------------------------------------------


def seal_parts(stage: Stage, body: object, **changes: Any) -> bytes:
    """Seal the question with this motivation instead of one the product would write."""
    composed = read(check_frame(stage.seal(**changes).container, stage.sender.holdings.directory.key)).declaration
    content = canonical.encode({"category": MOTIVATION_PART, "schema": 1, "body": body})
    key = stage.sender.holdings.directory.key(unb64u(composed.recipient.key))
    assert key is not None
    return seal(
        composed,
        [PlainPart(MOTIVATION_PART, 1, content)],
        signing=stage.sender.signing_key(NOW),
        recipient=key.public,
        random=secrets.token_bytes,
    ).container


def test_undeclared_field_inside_a_part(stage: Stage) -> None:
    body = example(MOTIVATION_PART).model_dump(mode="json") | {"strafblad": "geen"}

    assert stage.deliver(seal_parts(stage, body)) == "rejected"
    assert stage.receipts() == [("rejected", "inhoud_ongeldig")]
    assert not stage.recipient.inbox.items()


def test_claim_that_does_not_match_the_content(stage: Stage) -> None:
    boast = Claims(motivation={"waarom_nodig": 400}, period_months=12)

    assert stage.deliver(stage.seal(claims=boast).container) == "rejected"
    assert stage.receipts() == [("rejected", "claim_klopt_niet")]
    assert not stage.recipient.inbox.items()


def test_sealed_to_a_key_nobody_holds_any_more(stage: Stage) -> None:
    container = stage.seal().container
    for path in (stage.town.home(CORPORATION) / "keys").glob("sealing-*.key"):
        path.unlink()
    stage.recipient.mailbox.close()
    stage.recipient = stage.town.side(CORPORATION, stage.clock)

    assert stage.deliver(container) == "rejected"
    assert stage.receipts() == [("rejected", "ontvanger_sleutel_onbekend")]


def test_ciphertext_of_another_message(stage: Stage) -> None:
    container = bytearray(stage.seal().container)
    other = stage.seal().container
    container[-len(other) // 4 :] = other[-len(other) // 4 :]

    assert stage.take(stage.town.deliver(CORPORATION, bytes(container), b"-")) == "aside"
    assert stage.codes_aside() == [Fault.DEEL_KLOPT_NIET]


# -- the hop -------------------------------------------------------------------------------------------------------


def test_garbage_in_the_queue(stage: Stage) -> None:
    assert stage.take(b"") == "aside"
    assert stage.take(secrets.token_bytes(4000)) == "aside"
    assert stage.codes_aside() == [Fault.HOP_ONLEESBAAR] * 2


def test_a_delivery_boxed_by_another_instantie(stage: Stage) -> None:
    container = stage.seal().container
    stamp = stage.town.stamp(stage.town.permit(container, stage.sender))
    recipient = stage.recipient.hop_key(NOW).public
    frame = HopFrame("delivery", b"", encode_delivery(container, stamp))
    body = HopBox([stage.sender.hop_key(NOW)]).seal(recipient, frame, random=secrets.token_bytes)

    assert stage.take(body) == "aside"
    assert stage.codes_aside() == [Fault.HOP_SLEUTEL_ONBEKEND]
    assert is_untouched(stage)


def test_a_message_sent_back_as_it_was(stage: Stage) -> None:
    assert stage.take(stage.town.box(CORPORATION, "message", stage.seal().container)) == "aside"
    assert stage.codes_aside() == [Fault.HOP_ONLEESBAAR]


def test_every_kind_of_thing_put_aside_keeps_its_body(stage: Stage) -> None:
    body = secrets.token_bytes(2000)
    stage.take(body)

    assert list(stage.recipient.evidence.set_aside_for({Fault.HOP_ONLEESBAAR})) == [(1, body)]
