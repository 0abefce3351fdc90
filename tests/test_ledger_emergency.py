"""A use of break-glass nobody reviewed follows its party into every casus, also when its message came to nothing."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ledger_town import START, Book, arrive, draw_casus, only, register, report, say
from tests.one_directory import CORPORATION, REGIE
from zegel_broker.casus import Standing
from zegel_broker.ledger import Ledger, Settled, Undeliverable
from zegel_broker.ledger.arrivals import MAX_UNCOLLECTED
from zegel_broker.metrics import Metrics
from zegel_schemas.claims import Claims, Emergency
from zegel_schemas.record import read_record
from zegel_schemas.registrations import EmergencyReviewed, PhaseSet
from zegel_schemas.seal import Sealed
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.shapes import NIL_CASUS

HOUR = 3600
PERSON, SECOND, REVIEWER = "m-0000000000000001", "m-0000000000000002", "m-0000000000000003"


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    book = Book(tmp_path)
    yield book
    await book.close()


@pytest.fixture
async def ledger(book: Book) -> Ledger:
    return await book.open()


async def opened(ledger: Ledger) -> str:
    """Let a casus be reported and its round of questions begin; return the casus."""
    casus = draw_casus()
    await ledger.settle([arrive(report(casus)), arrive(register(casus, PhaseSet(phase="informatieronde")), REGIE)])
    return casus


def urgent(casus: str, second: str = "") -> Sealed:
    """Seal a question whether the corporation knows the family, for a life is in danger."""
    said = Emergency(reason="levensgevaar", person=PERSON, second=second, until=START + 20 * HOUR)
    return say(
        "bekendheidsvraag",
        "identificatie_contact",
        sender=REGIE,
        recipient=CORPORATION,
        casus=casus,
        purpose="casusregie",
        asks=("bekendheid",),
        expires=START + 12 * HOUR,
        due=START + 8 * HOUR,
        claims=Claims(motivation={"waarom_nodig": 80, "waarom_deze_instantie": 80}, emergency=said),
    )


def review(casus: str, use: Sealed) -> Sealed:
    """Seal that the FG looked at a use and found it right."""
    fact = EmergencyReviewed(use=b64u(use.message_hash), reviewed_by=REVIEWER, finding="terecht")
    return register(casus, fact, role="fg")


async def put(ledger: Ledger, message: Sealed) -> Settled:
    """Settle one message of the regieteam."""
    return only(await ledger.settle([arrive(message, REGIE)]))


def standing(book: Book) -> Standing:
    """Read what stands beside all casussen."""
    ((state,),) = book.rows("SELECT state FROM casus WHERE id = ?", NIL_CASUS)
    return Standing.from_json(state)


async def test_an_unreviewed_use_asks_for_a_second_person_in_another_casus_until_it_is_reviewed(
    book: Book, ledger: Ledger
) -> None:
    first, other = await opened(ledger), await opened(ledger)
    use = urgent(first)
    assert (await put(ledger, use)).outcome == "permitted"

    assert (await put(ledger, urgent(other))).outcome == "refused"
    assert (await ledger.verify()).sound

    assert (await put(ledger, review(first, use))).outcome == "permitted"
    assert standing(book).emergencies == ()
    assert (await put(ledger, urgent(other))).outcome == "permitted"
    assert (await ledger.verify()).sound


async def test_with_a_second_person_it_passes_and_alarms(ledger: Ledger) -> None:
    metrics = Metrics((REGIE, CORPORATION))
    first, other = await opened(ledger), await opened(ledger)

    alone, together = await put(ledger, urgent(first)), await put(ledger, urgent(other, SECOND))
    for each in (alone, together):
        metrics.count_settled(REGIE, each)

    assert [(each.outcome, each.unreviewed) for each in (alone, together)] == [
        ("permitted", False),
        ("permitted", True),
    ]
    assert f'zegel_emergencies_total{{inbox="{REGIE}"}} 2.0'.encode() in metrics.text()
    assert f'zegel_emergencies_unreviewed_total{{inbox="{REGIE}"}} 1.0'.encode() in metrics.text()


async def test_a_use_stands_when_its_message_could_not_be_delivered(book: Book, ledger: Ledger) -> None:
    first, other = await opened(ledger), await opened(ledger)
    use = urgent(first)
    settled = await put(ledger, use)

    await ledger.settle([], [Undeliverable(settled.decision_index, "NIET_BEZORGBAAR")])

    assert [each.use for each in standing(book).emergencies] == [b64u(use.message_hash)]
    assert (await ledger.verify()).sound
    assert (await put(ledger, urgent(other))).outcome == "refused"
    assert (await put(ledger, review(first, use))).outcome == "permitted"
    assert standing(book).emergencies == ()
    assert (await ledger.verify()).sound


async def test_a_use_whose_message_came_to_nothing_is_reviewed_late_like_any_other(book: Book, ledger: Ledger) -> None:
    casus = await opened(ledger)
    use = urgent(casus)
    settled = await put(ledger, use)
    await ledger.settle([], [Undeliverable(settled.decision_index, "NIET_BEZORGBAAR")])
    assert (await ledger.verify()).sound
    book.now = START + 10 * 24 * HOUR

    told = [read_record(each.proof.record) for each in (await ledger.remind(int(book.now))).reminders]

    assert [each.casus for each in told if each.kind == "spoed_beoordelen"] == [casus]
    assert (await ledger.verify()).sound


async def test_the_fg_hears_of_a_use_whose_message_found_a_full_mailbox(book: Book, ledger: Ledger) -> None:
    casus, other = await opened(ledger), await opened(ledger)
    await book.close()
    book.edit("INSERT INTO uncollected VALUES (?, ?, ?)", REGIE, CORPORATION, MAX_UNCOLLECTED)
    again = await book.open()
    use = urgent(casus)

    settled = await put(again, use)
    told = (await again.remind(START)).reminders

    assert (settled.outcome, settled.code, settled.emergency) == ("undeliverable", "BERICHTENBOX_VOL", True)
    assert [read_record(each.proof.record).codes for each in told] == [("SPOED_GEBRUIKT",)]
    folded = await again.casus_view(casus)
    assert folded is not None
    assert [each.use for each in folded.emergencies] == [b64u(use.message_hash)]
    assert folded.questions == {}
    assert (await again.verify()).codes == {"UNCOLLECTED_DIFFERS"}  # the edit above, and nothing else
    assert (await put(again, urgent(other))).outcome == "refused"
    assert (await put(again, review(casus, use))).outcome == "permitted"


async def test_after_reopening_the_use_stands_still(book: Book, ledger: Ledger) -> None:
    first, other = await opened(ledger), await opened(ledger)
    await put(ledger, urgent(first))
    before = standing(book)
    await book.close()

    again = await book.open(whole=True)

    assert standing(book) == before
    assert (await put(again, urgent(other))).outcome == "refused"
    assert (await again.verify()).sound


async def test_a_standing_state_without_the_use_is_found_by_the_audit(book: Book, ledger: Ledger) -> None:
    await put(ledger, urgent(await opened(ledger)))

    book.edit("UPDATE casus SET state = ? WHERE id = ?", Standing().to_json(), NIL_CASUS)

    assert not (await ledger.verify()).sound
