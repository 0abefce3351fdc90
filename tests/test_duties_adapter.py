"""What an adapter does with word about a duty: it is shown until somebody looks, and it is no fault of anybody."""

from pathlib import Path

import pytest

from tests.adapter_scene import (
    CASUS,
    CORPORATION,
    DAY,
    NOW,
    REGIE,
    Clock,
    Municipality,
    answer_contents,
    found_town,
    question,
    seal_draft,
)
from zegel_adapters.desk import Desk
from zegel_adapters.receive import Receiver
from zegel_schemas import canonical
from zegel_schemas.record import DirectoryVersion, Record, hash_explanation

SAID = "Kom haar alsnog na."
WORDS = canonical.encode(
    {"code": "VERPLICHTING_TE_LAAT", "due": "2027-01-10", "duty": "informeer_betrokkene", "nl": SAID}
)


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch)


def enter(town: Municipality, words: bytes = WORDS) -> int:
    """Enter an overdue duty of the regieteam in the log, explained in these words."""
    record = Record(
        type="duty",
        sender="broker",
        recipient=REGIE,
        kind="informeer_betrokkene",
        casus=CASUS,
        directory=DirectoryVersion(),
        codes=("VERPLICHTING_TE_LAAT",),
        duties=("informeer_betrokkene",),
        explanation=hash_explanation(words),
        count=2,
    )
    return town.log.write(record, time=NOW)


def test_an_overdue_duty_is_shown_once_however_often_it_is_told(town: Municipality) -> None:
    index, side = enter(town), town.side(REGIE)

    taken = [Receiver(side).take(town.notice(REGIE, index, explanations={index: WORDS})) for _ in range(2)]

    (told,) = side.evidence.duties()
    side_aside = side.evidence.aside()
    side.mailbox.close()
    assert taken == ["noted", "noted"]
    assert told.code == "VERPLICHTING_TE_LAAT"
    assert told.detail == f"entry {index}: informeer_betrokkene of {REGIE}, due 2027-01-10"
    assert side_aside == []


def test_a_message_to_be_sealed_anew_is_named_until_somebody_looks(town: Municipality) -> None:
    words = canonical.encode({"code": "SLEUTEL_GELEKT", "duty": "opnieuw_verzegelen"})
    message = "01930000-0000-7000-8000-000000000001"
    record = Record(
        type="duty",
        message=message,
        sender="broker",
        recipient=REGIE,
        kind="opnieuw_verzegelen",
        casus=CASUS,
        directory=DirectoryVersion(),
        codes=("SLEUTEL_GELEKT",),
        explanation=hash_explanation(words),
    )
    index, side = town.log.write(record, time=NOW), town.side(REGIE)

    taken = Receiver(side).take(town.notice(REGIE, index, explanations={index: words}))

    (told,) = side.evidence.duties()
    side.mailbox.close()
    assert taken == "noted"
    assert (told.code, told.detail) == (
        "SLEUTEL_GELEKT",
        f"entry {index}: opnieuw_verzegelen of {REGIE}, message {message}",
    )


def test_a_desk_lists_a_late_duty_once_with_its_term_and_what_to_do(town: Municipality) -> None:
    index, side = enter(town), town.side(REGIE)
    for _ in range(2):
        Receiver(side).take(town.notice(REGIE, index, explanations={index: WORDS}))
    side.mailbox.close()

    with Desk(town.home(REGIE), clock=Clock()) as desk:
        (owed,) = desk.owed()

    assert (owed.kind, owed.casus, owed.due, owed.late) == ("informeer_betrokkene", CASUS, "2027-01-10", True)
    assert (owed.holder, owed.subjects, owed.words) == (REGIE, 2, {"nl": SAID})


@pytest.mark.parametrize("words", [b"{", b'{"due": "2027-01-10"}', b"[]"], ids=["no JSON", "spaced", "no object"])
def test_a_late_duty_whose_explanation_cannot_be_read_is_listed_without_one(town: Municipality, words: bytes) -> None:
    index, side = enter(town, words), town.side(REGIE)
    Receiver(side).take(town.notice(REGIE, index, explanations={index: words}))
    side.mailbox.close()

    with Desk(town.home(REGIE), clock=Clock()) as desk:
        (owed,) = desk.owed()

    assert (owed.kind, owed.due, owed.words) == ("informeer_betrokkene", "", {})


def test_a_desk_lists_a_question_with_its_term_until_it_is_answered(town: Municipality) -> None:
    asker = town.side(REGIE)
    container = seal_draft(asker, question()).container
    Receiver(town.side(CORPORATION)).take(
        town.deliver(CORPORATION, container, town.stamp(town.permit(container, asker)))
    )

    with Desk(town.home(CORPORATION), clock=Clock()) as desk:
        (item,), (owed,) = desk.inbox(), desk.owed()
        desk.answer(item, answer_contents())
        after = desk.owed()
    with Desk(town.home(REGIE), clock=Clock()) as other:
        assert other.owed() == []

    assert (owed.kind, owed.due, owed.late, owed.message) == ("antwoord", "2027-01-25", False, item.id)
    assert (owed.holder, owed.subjects) == (CORPORATION, 2)
    assert after == []


def test_a_question_is_late_from_the_day_after_its_term(town: Municipality) -> None:
    asker, clock = town.side(REGIE), Clock()
    container = seal_draft(asker, question()).container
    Receiver(town.side(CORPORATION)).take(
        town.deliver(CORPORATION, container, town.stamp(town.permit(container, asker)))
    )

    with Desk(town.home(CORPORATION), clock=clock) as desk:
        (item,) = desk.inbox()
        desk.acknowledge(item)
        clock.now = item.declaration.due
        on_the_day = [each.late for each in desk.owed()]
        clock.now = item.declaration.due + DAY
        after = [each.late for each in desk.owed()]

    assert (on_the_day, after) == ([False], [True])
