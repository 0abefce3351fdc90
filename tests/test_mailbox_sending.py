"""The sending half of the mailbox: what goes when, what goes again, and what an answer takes from its question."""

from pathlib import Path

import pytest

from tests.adapter_scene import (
    CASUS,
    CORPORATION,
    NOW,
    REGIE,
    Clock,
    Municipality,
    answer_contents,
    found_town,
    new_casus,
    question,
    seal_draft,
)
from zegel_adapters.desk import Desk
from zegel_adapters.receive import Receiver
from zegel_adapters.sender import Sender


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch)


def test_a_resend_is_the_same_container_in_a_new_box(town: Municipality) -> None:
    clock = Clock(NOW + 60)
    with Desk(town.home(REGIE), clock=clock) as desk:
        sent = desk.send(question())
        side = town.side(REGIE, clock)
        (first,) = Sender(side, resend_after=600).due()
        stored = side.outbox.outcome(sent).message_hash
        Sender(side, resend_after=600).confirm([first])

        assert Sender(side, resend_after=600).due() == []
        clock.now += 1300  # the second time after twice as long: it was published once
        (second,) = Sender(side, resend_after=600).due()
        assert first.body != second.body
        assert side.outbox.outcome(sent).message_hash == stored


def test_the_next_message_of_a_casus_waits_for_word_and_other_casussen_do_not(town: Municipality) -> None:
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        first, _ = desk.send(question()), desk.send(question())
        other = desk.send(question(casus=new_casus()))
    sender = Sender(town.side(REGIE), resend_after=600)
    parcels = sender.due()
    sender.confirm(parcels)

    assert {parcel.carries for parcel in parcels} == {first, other}
    assert sender.due() == []


def test_a_message_nobody_speaks_of_ends_without_answer(town: Municipality) -> None:
    clock = Clock()
    with Desk(town.home(REGIE), clock=clock) as desk:
        sent = desk.send(question(valid_for=3600))
    side = town.side(REGIE, clock)
    sender = Sender(side, resend_after=600)
    sender.confirm(sender.due())

    assert side.outbox.give_up(now=NOW + 60 + 3600 + 48 * 3600 - 1) == 0
    assert side.outbox.give_up(now=NOW + 60 + 3600 + 48 * 3600) == 1
    assert side.outbox.outcome(sent).state == "no_answer"


def test_an_answer_follows_from_its_question_in_one_call(town: Municipality) -> None:
    sender = town.side(REGIE)
    container = seal_draft(sender, question()).container
    stamp = town.stamp(town.permit(container, sender))
    Receiver(town.side(CORPORATION)).take(town.deliver(CORPORATION, container, stamp))
    with Desk(town.home(CORPORATION), clock=Clock()) as desk:
        (asked,) = desk.inbox()
        sent = desk.answer(
            asked, answer_contents(), labels={"huurachterstand": "feit"}, claims={"completeness": "volledig"}
        )
        draft = desk.draft(sent)

    assert (draft.kind, draft.to, draft.re) == ("informatieantwoord", REGIE, asked.message_hash)
    assert (draft.casus, draft.purpose, draft.subjects) == (CASUS, "armoede_schulden", ("p1", "p2"))
