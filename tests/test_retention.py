"""The end of retention: content gone for good, and who gave it told so, whatever happens in between."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapter_scene import (
    CASUS,
    CORPORATION,
    NOW,
    REGIE,
    WIL,
    Clock,
    Municipality,
    found_town,
    new_casus,
    question,
    seal_draft,
)
from zegel_adapters.desk import Desk, Destruction
from zegel_adapters.draft import Draft
from zegel_adapters.errors import UnderwayError, UnknownCasusError, UnknownMessageError
from zegel_adapters.home import Home
from zegel_adapters.outcome import Outcome, State
from zegel_adapters.receive import Receiver
from zegel_adapters.sender import Parcel, Sender
from zegel_adapters.side import Side
from zegel_schemas.content import example
from zegel_schemas.content.process import ProcesCasus
from zegel_schemas.content.process_rights import Vernietiging
from zegel_schemas.declaration import Declaration
from zegel_schemas.seal.container import check_frame, read

GIVEN = {CORPORATION: "huurachterstand", WIL: "schulden_financien"}


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch)


def give(town: Municipality, giver: str, *, casus: str = CASUS, subjects: tuple[str, ...] = ("p1", "p2")) -> str:
    """Deliver what `giver` answers to the regieteam, receipt sent, and return its id."""
    draft = Draft(
        kind="informatieantwoord",
        to=REGIE,
        casus=casus,
        purpose="armoede_schulden",
        subjects=subjects,
        contents={GIVEN[giver]: _content(GIVEN[giver], subjects)},
        labels={GIVEN[giver]: "feit"},
        re="A" * 43,
    )
    sender, side = town.side(giver), town.side(REGIE)
    container = seal_draft(sender, draft).container
    taken = Receiver(side).take(town.deliver(REGIE, container, town.stamp(town.permit(container, sender))))
    for receipt in side.inbox.receipts_due():
        side.inbox.mark_receipt_sent(receipt)
    side.mailbox.close()
    sender.mailbox.close()
    assert taken == "opened"
    return read(check_frame(container, side.holdings.directory.key)).declaration.id


def _content(category: str, subjects: tuple[str, ...]) -> object:
    """Return the example of a category, about the first of these persons where it is about one."""
    return json.loads(example(category).model_dump_json().replace('"p1"', f'"{subjects[0]}"'))


def destroy(town: Municipality, casus: str = CASUS, *, at: int = NOW + 60, anyway: bool = False) -> Destruction:
    with Desk(town.home(REGIE), clock=Clock(at)) as desk:
        return desk.destroy(casus, anyway=anyway)


def send_all(side: Side) -> list[Declaration]:
    """Let everything go out that may go now, and return what it declares."""
    parcels = Sender(side, resend_after=600).due()
    return [_declared(side, parcel) for parcel in parcels]


def _declared(side: Side, parcel: Parcel) -> Declaration:
    assert isinstance(parcel.carries, str)
    row = side.mailbox.row("SELECT slot, container FROM outbox WHERE id = ?", parcel.carries)
    assert row is not None
    container = side.mailbox.decrypt(row["slot"], row["container"], "outbox.container", parcel.carries)
    return read(check_frame(container, side.holdings.directory.key)).declaration


def end(town: Municipality, message_id: str, state: State) -> None:
    """Let word come that a message of the regieteam ended so."""
    side = town.side(REGIE)
    with side.mailbox.transaction() as db:
        side.outbox.apply(db, Outcome(id=message_id, state=state))
    side.mailbox.close()


def written(town: Municipality) -> bytes:
    return b"".join(path.read_bytes() for path in town.home(REGIE).glob("mailbox.sqlite*"))


def casus_keys(town: Municipality) -> list[bytes]:
    with sqlite3.connect(Home(town.home(REGIE)).mailbox) as db:
        found = [bytes(row[0]) for row in db.execute("SELECT box FROM casus_key")]
    db.close()
    return found


# -- who hears what ------------------------------------------------------------------------------------------------


def test_each_giver_hears_that_what_it_gave_is_gone_and_nothing_else(town: Municipality) -> None:
    give(town, CORPORATION)
    give(town, WIL, subjects=("p1",))
    done = destroy(town)

    assert done.destroyed
    assert {(each.to, each.categories, each.subjects) for each in done.confirmations} == {
        (CORPORATION, ("huurachterstand",), ("p1", "p2")),
        (WIL, ("schulden_financien",), ("p1",)),
    }


def test_a_category_is_confirmed_about_everybody_it_was_given_about(town: Municipality) -> None:
    give(town, WIL, subjects=("p1",))
    give(town, WIL, subjects=("p2",))
    (told,) = destroy(town).confirmations

    assert (told.categories, told.subjects) == (("schulden_financien",), ("p1", "p2"))


def test_the_confirmation_says_what_was_destroyed_on_which_day_and_why(town: Municipality) -> None:
    give(town, CORPORATION)
    (told,) = destroy(town).confirmations
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        draft = desk.draft(told.outcome.id)
    (topic,) = ProcesCasus.model_validate(draft.contents["proces_casus"]).onderwerpen

    assert isinstance(topic, Vernietiging)
    assert (topic.fase, topic.vernietigd_op, topic.reden) == ("bevestiging", "2027-01-15", "bewaartermijn")
    assert topic.categorieen == draft.asks == ("huurachterstand",)


def test_the_adapter_seals_and_sends_the_confirmation(town: Municipality) -> None:
    give(town, CORPORATION)
    destroy(town)
    side = town.side(REGIE)
    (said,) = send_all(side)
    side.mailbox.close()

    assert (said.kind, said.recipient.instantie, said.casus) == ("vernietiging", CORPORATION, CASUS)
    assert [each.category for each in said.parts] == ["proces_casus"]


def test_who_only_asked_has_nothing_to_confirm(town: Municipality) -> None:
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        end(town, desk.send(question()), "refused")
        done = desk.destroy(CASUS)

    assert done.destroyed
    assert done.confirmations == ()


def test_a_confirmation_received_is_not_itself_confirmed(town: Municipality) -> None:
    told = Draft(
        kind="vernietiging",
        to=REGIE,
        casus=CASUS,
        purpose="verantwoording_rechten",
        subjects=("p1",),
        asks=("bekendheid",),
        contents={"proces_casus": example("proces_casus", "vernietiging")},
    )
    sender, side = town.side(CORPORATION), town.side(REGIE)
    container = seal_draft(sender, told).container
    Receiver(side).take(town.deliver(REGIE, container, town.stamp(town.permit(container, sender))))

    assert destroy(town, anyway=True).confirmations == ()


# -- what is left --------------------------------------------------------------------------------------------------


def test_nothing_of_the_casus_can_be_read_and_of_others_everything(town: Municipality) -> None:
    other = new_casus()
    gone, left = give(town, CORPORATION), give(town, CORPORATION, casus=other)
    destroy(town)
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        assert [each.id for each in desk.inbox()] == [left]
        with pytest.raises(UnknownMessageError, match="destroyed"):
            desk.item(gone)


def test_the_ciphertexts_go_with_their_key(town: Municipality) -> None:
    message_id = give(town, CORPORATION)
    destroy(town)
    with sqlite3.connect(Home(town.home(REGIE)).mailbox) as db:
        (row,) = db.execute("SELECT container, stamp, message_key FROM inbox WHERE id = ?", (message_id,))
    db.close()

    assert row == (b"", b"", None)


def test_word_about_a_message_of_a_destroyed_casus_still_moves_its_state(town: Municipality) -> None:
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        sent = desk.send(question())
        side = town.side(REGIE)
        (parcel,) = Sender(side, resend_after=600).due()
        row = side.mailbox.row("SELECT slot, container FROM outbox WHERE id = ?", sent)
        assert row is not None
        container = side.mailbox.decrypt(row["slot"], row["container"], "outbox.container", sent)
        Sender(side, resend_after=600).confirm([parcel])
        desk.destroy(CASUS, anyway=True)
        decided = town.permit(container, side)
        opened = town.tell(decided, side, container, "receipt", kind="opened")
        taken = Receiver(side).take(town.notice(REGIE, decided, opened))
        side.mailbox.close()

        assert taken == "noted"
        assert desk.sent()[0].state == "opened"


# -- asked again, asked too early, asked in vain -------------------------------------------------------------------


def test_asked_twice_it_is_destroyed_once_and_confirmed_once(town: Municipality) -> None:
    give(town, CORPORATION)
    first, second = destroy(town), destroy(town)

    assert (first.destroyed, second.destroyed) == (True, False)
    assert [each.outcome.id for each in second.confirmations] == [each.outcome.id for each in first.confirmations]


@pytest.mark.parametrize("state", ["refused", "undeliverable", "rejected", "expired", "no_answer"])
def test_a_confirmation_that_did_not_arrive_goes_again_when_asked(town: Municipality, state: State) -> None:
    give(town, CORPORATION)
    (first,) = destroy(town).confirmations
    end(town, first.outcome.id, state)
    (again,) = destroy(town).confirmations

    assert again.outcome.id != first.outcome.id
    assert again.outcome.state == "queued"
    assert (again.to, again.categories, again.subjects) == (first.to, first.categories, first.subjects)


def test_one_that_arrived_does_not_go_again(town: Municipality) -> None:
    give(town, CORPORATION)
    (first,) = destroy(town).confirmations
    end(town, first.outcome.id, "opened")

    assert destroy(town).confirmations[0].outcome.id == first.outcome.id


def test_what_comes_in_later_is_destroyed_and_confirmed_on_its_own(town: Municipality) -> None:
    give(town, CORPORATION)
    destroy(town)
    give(town, WIL)
    done = destroy(town)

    assert done.destroyed
    assert [each.to for each in done.confirmations] == [CORPORATION, WIL]


def test_an_unknown_casus_is_refused_and_nothing_happens(town: Municipality) -> None:
    give(town, CORPORATION)

    with pytest.raises(UnknownCasusError, match="holds nothing of that casus"):
        destroy(town, new_casus())
    assert casus_keys(town)


def test_while_messages_are_on_their_way_it_is_refused_unless_meant(town: Municipality) -> None:
    give(town, CORPORATION)
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        desk.send(question())
        with pytest.raises(UnderwayError, match="1 messages or receipts"):
            desk.destroy(CASUS)
        assert len(desk.inbox()) == 1

        desk.destroy(CASUS, anyway=True)
        assert desk.inbox() == []
        assert desk.sent()[0].state == "no_answer"


def test_a_receipt_still_due_counts_as_on_its_way(town: Municipality) -> None:
    message_id = give(town, CORPORATION)
    side = town.side(REGIE)
    side.inbox.repeat_receipt(CORPORATION, message_id)
    side.mailbox.close()

    with pytest.raises(UnderwayError):
        destroy(town)


# -- power cuts ----------------------------------------------------------------------------------------------------


DESTROY_AND_DIE = """
import os, signal, sys
from tests.adapter_scene import CASUS, NOW, Clock
from zegel_adapters.desk import Desk
from zegel_adapters.mailbox import Mailbox
from zegel_adapters.outbox import Outbox

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "inside":  # the key is dropped, the confirmation is not entered yet
    Outbox.put = die
else:  # committed, the write-ahead log not wiped yet
    Mailbox.scrub = die
Desk(sys.argv[1], clock=Clock()).destroy(CASUS)
"""


def destroy_and_die(town: Municipality, moment: str) -> None:
    command = [sys.executable, "-c", DESTROY_AND_DIE, str(town.home(REGIE)), moment]
    died = subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    assert died.returncode == -signal.SIGKILL


def test_killed_before_the_end_nothing_was_destroyed_and_nothing_is_said(town: Municipality) -> None:
    give(town, CORPORATION)
    destroy_and_die(town, "inside")
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        assert len(desk.inbox()) == 1
        assert desk.sent() == []


def test_killed_after_it_the_confirmation_goes_out_and_the_key_is_wiped(town: Municipality) -> None:
    give(town, CORPORATION)
    (box,) = casus_keys(town)
    destroy_and_die(town, "after")
    assert box in written(town)
    side = town.side(REGIE)

    assert side.inbox.items() == []
    assert [each.recipient.instantie for each in send_all(side)] == [CORPORATION]
    assert side.mailbox.scrub()  # as the running adapter does every second
    assert box not in written(town)
    side.mailbox.close()


def test_a_reader_in_the_way_only_puts_off_the_wiping(town: Municipality) -> None:
    give(town, CORPORATION)
    (box,) = casus_keys(town)
    reader = sqlite3.connect(Home(town.home(REGIE)).mailbox, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM inbox").fetchone()
    side = town.side(REGIE)
    with side.mailbox.transaction() as db:
        side.mailbox.drop_key(db, CASUS)

    assert not side.mailbox.scrub()
    reader.execute("COMMIT")
    reader.close()
    assert side.mailbox.scrub()
    assert box not in written(town)
    side.mailbox.close()
