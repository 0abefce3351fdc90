"""Behind is not wrong: what names a newer directory waits unopened, and is taken in once this side caught up."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.adapter_scene import (
    CONVENANT,
    CORPORATION,
    NOW,
    REGIE,
    WIL,
    Clock,
    Municipality,
    found_town,
    question,
    seal_draft,
)
from zegel_adapters.adapter import Adapter
from zegel_adapters.desk import Desk
from zegel_adapters.home import write_file
from zegel_adapters.initialise import connect_home, init_home
from zegel_adapters.receive import Receiver
from zegel_adapters.rotation import rotate_keys
from zegel_adapters.side import Side
from zegel_schemas.directory import append_statement, make_member, make_revoke
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.primitives import b64u

NEWCOMER = "school_vo"


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch, url="amqp://127.0.0.1:1/zegel")


def admit_newcomer(town: Municipality) -> bytes:
    """Return the directory with one member more, who has a home; nobody holds it yet."""
    made = init_home(town.home(NEWCOMER), NEWCOMER, now=NOW)
    town.made[NEWCOMER] = made
    member = make_member(NEWCOMER, identity=[made.identity], time=NOW, signed_by=[town.root], after=town.directory)
    return append_statement(append_statement(town.directory, member), made.statement)


def leave(town: Municipality, directory: bytes) -> bytes:
    """Return the directory in which the regieteam is no member any more."""
    return append_statement(
        directory, make_member(REGIE, identity=[], time=NOW, signed_by=[town.root], after=directory)
    )


def give(town: Municipality, instantie: str, directory: bytes) -> None:
    connect_home(town.home(instantie), directory=directory, root_fingerprint=town.fingerprint)


def deliver(town: Municipality, sender: Side, **changes: Any) -> bytes:
    container = seal_draft(sender, question(**changes)).container
    return town.deliver(CORPORATION, container, town.stamp(town.permit(container, sender)))


def test_a_decision_under_a_newer_directory_waits_until_it_is_here(town: Municipality) -> None:
    newer, recipient = admit_newcomer(town), town.side(CORPORATION)
    give(town, REGIE, newer)
    receiver = Receiver(recipient)

    assert receiver.take(deliver(town, town.side(REGIE))) == "held"
    assert list(recipient.inbox.receipts_due()) == []
    assert not recipient.shelf.refresh()
    give(town, CORPORATION, newer)
    assert recipient.shelf.refresh()
    assert receiver.retry() == ["opened"]
    assert len(recipient.inbox.items()) == 1
    assert receiver.retry() == []


def test_what_is_held_outlives_the_process_and_is_held_once(town: Municipality) -> None:
    newer = admit_newcomer(town)
    give(town, REGIE, newer)
    body = deliver(town, town.side(REGIE))
    for _ in range(2):
        recipient = town.side(CORPORATION)
        Receiver(recipient).take(body)
        recipient.mailbox.close()

    assert len(town.side(CORPORATION).evidence.held()) == 1


def test_what_was_held_too_long_is_rejected_and_never_opened(town: Municipality) -> None:
    give(town, REGIE, admit_newcomer(town))
    clock = Clock()
    recipient = town.side(CORPORATION, clock)
    receiver = Receiver(recipient)
    receiver.take(deliver(town, town.side(REGIE)))
    clock.now = NOW + 8 * 24 * 3600

    assert receiver.retry() == ["rejected"]
    assert recipient.evidence.held() == []
    assert recipient.inbox.items() == []


def test_a_sender_nobody_told_us_of_is_heard_once_the_directory_came(town: Municipality) -> None:
    newer, recipient = admit_newcomer(town), town.side(CORPORATION)
    give(town, NEWCOMER, newer)
    receiver = Receiver(recipient)
    report = deliver(town, town.side(NEWCOMER), kind="signaal", asks=(), claims={}, due="")

    assert receiver.take(report) == "aside"
    assert [each.code for each in recipient.evidence.aside()] == [Fault.SLEUTEL_ONBEKEND]
    give(town, CORPORATION, newer)
    recipient.shelf.refresh()
    assert receiver.retry() == ["rejected"]  # nothing but a motivation: no rule of the convenant permits that
    assert [each.code for each in recipient.evidence.aside()] == [Fault.STEMPEL_REGEL_PAST_NIET]


def test_a_key_revoked_as_stolen_shuts_what_it_signed_and_raises_the_alarm(town: Municipality) -> None:
    sender, recipient = town.side(REGIE), town.side(CORPORATION)
    body = deliver(town, sender)
    stolen = sender.signing_key(NOW).public.id
    identity = sender.keystore.keys("identity")[0].private
    revoked = make_revoke(stolen, at=NOW + 3600, time=NOW, signed_by=identity, after=town.directory, index=0)
    give(town, CORPORATION, append_statement(town.directory, revoked))
    recipient.shelf.refresh()
    receiver = Receiver(recipient)

    assert receiver.take(body) == "held"
    assert receiver.retry() == ["held"]
    assert [each.what for each in recipient.evidence.held()] == ["revocation"]
    assert [each.code for each in recipient.evidence.aside()] == [Fault.SLEUTEL_INGETROKKEN]
    assert list(recipient.inbox.receipts_due()) == []


def test_a_stolen_key_of_a_member_that_left_still_shuts_what_it_signed(town: Municipality) -> None:
    sender, recipient = town.side(REGIE), town.side(CORPORATION)
    body = deliver(town, sender)
    stolen = sender.signing_key(NOW).public.id
    identity = sender.keystore.keys("identity")[0].private
    revoked = make_revoke(stolen, at=NOW + 3600, time=NOW, signed_by=identity, after=town.directory, index=0)
    give(town, CORPORATION, leave(town, append_statement(town.directory, revoked)))
    recipient.shelf.refresh()

    assert Receiver(recipient).take(body) == "held"
    assert [each.what for each in recipient.evidence.held()] == ["revocation"]


def test_a_key_replaced_later_shuts_nothing_it_signed_before(town: Municipality) -> None:
    sender, recipient = town.side(REGIE), town.side(CORPORATION)
    body = deliver(town, sender)
    identity = sender.keystore.keys("identity")[0].private
    replaced = sender.signing_key(NOW).public.id
    revoked = make_revoke(replaced, at=NOW + 3600, time=NOW, signed_by=identity, after=town.directory)
    give(town, CORPORATION, append_statement(town.directory, revoked))
    recipient.shelf.refresh()

    assert Receiver(recipient).take(body) == "opened"


def test_what_a_member_was_permitted_before_it_left_is_opened_and_stays_readable(town: Municipality) -> None:
    recipient = town.side(CORPORATION)
    first, second = (deliver(town, town.side(REGIE)) for _ in range(2))
    assert Receiver(recipient).take(first) == "opened"
    give(town, CORPORATION, leave(town, town.directory))
    recipient.shelf.refresh()

    assert Receiver(recipient).take(second) == "opened"
    assert len(recipient.inbox.items()) == 2


def test_keys_renewed_while_the_adapter_runs_are_taken_in_with_the_directory(town: Municipality) -> None:
    later = NOW + 65 * 24 * 3600
    adapter = Adapter(town.home(CORPORATION), clock=Clock(later))
    made = rotate_keys(town.home(CORPORATION), now=later)
    assert made is not None
    newer = append_statement(town.directory, made.statement)
    give(town, REGIE, newer)
    town.made[CORPORATION] = replace(town.made[CORPORATION], keys=made.keys)
    sender = town.side(REGIE, Clock(later))
    container = seal_draft(sender, question(due=""), now=later).container
    stamp = town.stamp(town.permit(container, sender, time=later))

    assert adapter._take_or_set_aside(town.deliver(CORPORATION, container, stamp)) == "held"
    give(town, CORPORATION, newer)
    adapter._tidy()
    assert len(adapter._side.inbox.items()) == 1
    assert adapter._side.evidence.aside() == []


def test_a_directory_that_goes_back_is_refused_and_the_newer_stays(town: Municipality) -> None:
    recipient = town.side(CORPORATION)
    older = b"".join(town.directory.splitlines(keepends=True)[:-1])
    write_file(town.home(CORPORATION) / "directory.json", older)

    with pytest.raises(Refusal, match="TERUG"):
        recipient.shelf.refresh()
    assert recipient.holdings.directory.to_bytes() == town.directory


def test_a_fault_of_our_own_program_keeps_the_body_and_does_not_block_the_queue(town: Municipality) -> None:
    body = deliver(town, town.side(REGIE))
    adapter = Adapter(town.home(CORPORATION), clock=Clock(), random=lambda _: b"")

    assert adapter._take_or_set_aside(body) == "aside"
    (fault,) = adapter._side.evidence.aside()
    assert (fault.code, fault.kind) == ("INTERNE_FOUT", "frame")
    assert list(adapter._side.evidence.set_aside_for({"INTERNE_FOUT"})) == [(fault.seq, body)]
    assert b64u(body) not in fault.detail


def test_a_stamp_by_a_convenant_whose_file_is_not_here_waits(town: Municipality) -> None:
    sender, recipient = town.side(REGIE), town.side(CORPORATION)
    held: dict[str, Any] = recipient.holdings.convenants  # type: ignore[assignment] # a test takes the file away
    held.clear()

    assert Receiver(recipient).take(deliver(town, sender)) == "held"
    assert [each.what for each in recipient.evidence.held()] == ["convenant"]
    held[CONVENANT.digest] = CONVENANT
    assert Receiver(recipient).retry() == ["opened"]
    assert len(recipient.inbox.items()) == 1
    assert recipient.evidence.held() == []


def test_who_writes_to_a_member_that_left_hears_who_took_its_work_over(town: Municipality) -> None:
    left = make_member(WIL, identity=[], successor=CORPORATION, time=NOW, signed_by=[town.root], after=town.directory)
    give(town, REGIE, append_statement(town.directory, left))
    with Desk(town.home(REGIE), clock=Clock(NOW)) as desk, pytest.raises(Refusal) as refused:
        desk.send(question(to=WIL, due=""))

    assert (refused.value.code, refused.value.fields) == ("ONBEKENDE_PARTIJ", ("to",))
    assert f"{WIL} left, and {CORPORATION} took its work over" in refused.value.detail
