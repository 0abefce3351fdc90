"""A delivery that names a key of the recipient's own home that does not open messages: rejected, never an error."""

from pathlib import Path

import pytest

from tests.adapter_scene import CORPORATION, NOW, REGIE, found_town, question, seal_draft
from tests.forgery import forge
from zegel_adapters.receive import Receiver
from zegel_schemas.refusals import Fault
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.frame import Frame
from zegel_schemas.seal.keys import KeyUse
from zegel_schemas.seal.primitives import b64u


@pytest.mark.parametrize("use", ["hop", "signing"])
def test_a_delivery_to_an_own_key_of_another_use_is_rejected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, use: KeyUse
) -> None:
    town = found_town(tmp_path, monkeypatch)
    sender, recipient = town.side(REGIE), town.side(CORPORATION)
    named = next(each.public for each in town.made[CORPORATION].keys if each.public.use == use)
    honest = Frame.from_bytes(seal_draft(sender, question()).container)
    said = read(check_frame(honest.to_bytes(), sender.holdings.directory.key)).declaration
    to = said.recipient.model_copy(update={"key": b64u(named.id)})
    forged = forge(
        said.model_copy(update={"recipient": to}), honest.sealed, honest.table, signing=sender.signing_key(NOW)
    )

    taken = Receiver(recipient).take(town.deliver(CORPORATION, forged, town.stamp(town.permit(forged, sender))))

    (receipt,) = recipient.inbox.receipts_due()
    answer = read(check_frame(receipt.container, recipient.holdings.directory.key)).declaration
    assert taken == "rejected"
    assert recipient.inbox.items() == []
    assert (answer.claims.result, answer.claims.reason) == ("rejected", Fault.DEEL_ONLEESBAAR.lower())
