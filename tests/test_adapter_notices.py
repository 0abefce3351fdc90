"""What the broker tells about our messages: applied when proven, in any order, once, and never in part."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.adapter_scene import CORPORATION, NOW, ORIGIN, REGIE, Clock, Municipality, found_town, question
from zegel_adapters.desk import Desk
from zegel_adapters.draft import Draft
from zegel_adapters.outcome import Outcome
from zegel_adapters.receive import Receiver, Taken
from zegel_adapters.sender import Sender
from zegel_adapters.side import Side
from zegel_schemas import canonical
from zegel_schemas.record import Record, hash_explanation
from zegel_schemas.refusals import Fault
from zegel_schemas.registrations import PurposeOpened
from zegel_schemas.stamp import Notice

WHY = canonical.encode({"code": "GEEN_REGEL", "fields": ["asks"], "failures": []})


@dataclass
class Story:
    """One question of the regieteam, sealed and out; what is told about it is up to the test."""

    town: Municipality
    side: Side
    message: str
    container: bytes

    def decide(self, **changes: Any) -> int:
        """Enter the decision about the question."""
        return self.town.permit(self.container, self.side, **changes)

    def enter(self, decision: int, what: str, /, **changes: Any) -> int:
        """Enter what became of it."""
        return self.town.tell(decision, self.side, self.container, what, **changes)

    def tell(self, *indices: int, explanations: dict[int, bytes] | None = None) -> Taken:
        """Send a notice about these entries to the regieteam."""
        return Receiver(self.side).take(self.town.notice(REGIE, *indices, explanations=explanations))

    @property
    def outcome(self) -> Outcome:
        """Where the question stands."""
        return self.side.outbox.outcome(self.message)

    @property
    def aside(self) -> list[str]:
        """The codes of what was put aside."""
        return [each.code for each in self.side.evidence.aside()]


def send(town: Municipality, draft: Draft) -> Story:
    with Desk(town.home(REGIE), clock=Clock()) as desk:
        message = desk.send(draft)
    side = town.side(REGIE)
    sender = Sender(side, resend_after=600)
    sender.confirm(sender.due())
    row = side.mailbox.row("SELECT slot, container FROM outbox WHERE id = ?", message)
    assert row is not None
    return Story(town, side, message, side.mailbox.decrypt(row["slot"], row["container"], "outbox.container", message))


@pytest.fixture
def story(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    told = send(found_town(tmp_path, monkeypatch), question())
    yield told
    told.side.mailbox.close()


def test_permitted_and_delivered_under_one_note(story: Story) -> None:
    decision = story.decide()

    assert story.tell(decision, story.enter(decision, "delivered")) == "noted"
    assert (story.outcome.state, story.outcome.index, story.outcome.decided) == ("delivered", decision, True)


def test_a_bare_permission_is_not_delivery(story: Story) -> None:
    story.tell(story.decide())

    assert story.outcome.state == "sent"


def test_opened_by_the_recipient(story: Story) -> None:
    decision = story.decide()
    delivered = story.enter(decision, "delivered")
    story.tell(decision, delivered)
    story.tell(decision, delivered, story.enter(decision, "receipt", kind="opened"))

    assert (story.outcome.state, story.outcome.terminal) == ("opened", True)


def test_rejected_by_the_recipient_with_its_coarse_reason(story: Story) -> None:
    decision = story.decide()
    receipt = story.enter(decision, "receipt", kind="rejected", codes=("INHOUD_ONGELDIG",))
    story.tell(decision, story.enter(decision, "delivered"), receipt)

    assert (story.outcome.state, story.outcome.reason) == ("rejected", "inhoud_ongeldig")


@pytest.mark.parametrize("end", ["undeliverable", "expired"])
def test_the_negative_ends(story: Story, end: str) -> None:
    decision = story.decide()
    story.tell(decision, story.enter(decision, end, codes=("BERICHTENBOX_VOL",)))

    assert (story.outcome.state, story.outcome.codes) == (end, ("BERICHTENBOX_VOL",))


def test_refused_with_the_brokers_reasons(story: Story) -> None:
    decision = story.decide(outcome="refused", rules={}, codes=("GEEN_REGEL",), explanation=hash_explanation(WHY))

    assert story.tell(decision, explanations={decision: WHY}) == "noted"
    assert (story.outcome.state, story.outcome.codes, story.outcome.index) == ("refused", ("GEEN_REGEL",), decision)
    assert story.outcome.explanation["fields"] == ["asks"]


def test_another_explanation_than_the_record_names_is_not_applied(story: Story) -> None:
    decision = story.decide(outcome="refused", rules={}, codes=("GEEN_REGEL",), explanation=hash_explanation(WHY))

    assert story.tell(decision, explanations={decision: WHY.replace(b"asks", b"role")}) == "aside"
    assert story.outcome.state == "sent"
    assert story.aside == [Fault.STEMPEL_KLOPT_NIET]


def test_news_that_overtook_each_other_moves_only_forward(story: Story) -> None:
    decision = story.decide()
    delivered = story.enter(decision, "delivered")
    receipt = story.enter(decision, "receipt", kind="opened")
    for indices in ((receipt,), (decision, delivered), (delivered,), (receipt,)):
        assert story.tell(*indices) == "noted"

    assert story.outcome.state == "opened"
    with Desk(story.town.home(REGIE), clock=Clock()) as desk:
        proofs = [Notice.decode(each).proofs[0].index for each in desk.proofs(story.message)]
    assert proofs == [decision, delivered, receipt]


def test_word_after_all_follows_on_no_answer(story: Story) -> None:
    story.side.outbox.give_up(now=NOW + 60 * 24 * 3600)
    before = story.outcome
    decision = story.decide()
    story.tell(decision, story.enter(decision, "delivered"))

    assert (before.state, story.outcome.state) == ("no_answer", "delivered")


def test_one_entry_that_does_not_prove_condemns_the_whole_notice(story: Story) -> None:
    decision = story.decide()
    delivered = story.enter(decision, "delivered")
    story.town.log.records[delivered] = story.town.log.records[decision]

    assert story.tell(decision, delivered) == "aside"
    assert (story.outcome.state, story.aside) == ("sent", [Fault.STEMPEL_KLOPT_NIET])


def test_a_notice_about_a_message_we_never_sent(story: Story) -> None:
    decision = story.decide(hash="A" * 43)

    assert story.tell(decision) == "aside"
    assert story.aside == [Fault.NIET_VOOR_MIJ]


def test_a_notice_about_another_instanties_message(story: Story) -> None:
    decision = story.decide(sender=CORPORATION)

    assert story.tell(decision) == "aside"
    assert (story.outcome.state, story.aside) == ("sent", [Fault.NIET_VOOR_MIJ])


def test_something_unreadable_in_our_inbox_raises_an_alarm_and_hides_nothing(story: Story) -> None:
    decision = story.decide()
    delivered = story.enter(decision, "delivered")
    record = Record(type="unreadable", recipient=REGIE, codes=("HOP_ONLEESBAAR",), count=3)
    unread = story.town.log.write(record, time=NOW + 63)

    assert story.tell(decision, delivered, unread) == "noted"
    assert story.outcome.state == "delivered"
    assert story.aside == ["HOP_ONLEESBAAR"]


def test_a_registration_to_the_broker_is_done_once_it_is_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fact = PurposeOpened(purposes=("armoede_schulden",))
    draft = Draft(kind="registratie", casus=question().casus, registers=fact)
    story = send(found_town(tmp_path, monkeypatch), draft)
    index = story.decide(type="registration")

    assert story.tell(index) == "noted"
    assert (story.outcome.state, story.outcome.index, story.outcome.terminal) == ("delivered", index, True)


def test_the_newest_note_goes_along_with_what_we_send_next(story: Story) -> None:
    story.tell(story.decide())

    assert story.side.witness.newest_note(ORIGIN) == story.town.log.note()
