"""How messages end: delivered, undeliverable, opened, rejected, expired; and what then remains of their effect."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.ledger_town import (
    DAY,
    START,
    Book,
    acknowledge,
    arrive,
    draw_casus,
    only,
    register,
    report,
    say,
)
from tests.one_directory import CORPORATION, DIRECTORY, REGIE, SCHOOL
from zegel_broker.ledger import Delivered, Ledger, OutcomeSettled, Settled, Settlement, Undeliverable
from zegel_broker.ledger.arrivals import MAX_UNCOLLECTED
from zegel_schemas.claims import Claims
from zegel_schemas.seal import Sealed
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.stamp import Notice, check_notice


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    book = Book(tmp_path)
    yield book
    await book.close()


@pytest.fixture
async def ledger(book: Book) -> Ledger:
    return await book.open()


def end_of(settlement: Settlement) -> OutcomeSettled:
    """Return the single end in a settlement."""
    (end,) = settlement.outcomes
    assert isinstance(end, OutcomeSettled)
    return end


def types_told(settlement: Settlement, fact: Settled | OutcomeSettled) -> list[str]:
    """Prove what a notice about `fact` tells, as its reader does, and return the types of its entries."""
    notice = Notice(fact.proofs, settlement.note, fact.explanations)
    return [each.record.type for each in check_notice(Notice.decode(notice.encode()), DIRECTORY)]


def say_advice(casus: str) -> Sealed:
    """Seal the regieteam's advice to the reporter."""
    return say(
        "advies_aan_aanmelder",
        "proces_casus",
        sender=REGIE,
        recipient=CORPORATION,
        casus=casus,
        purpose="casusregie",
    )


async def test_a_notice_of_a_delivery_proves_decision_and_delivered(ledger: Ledger) -> None:
    decided = only(await ledger.settle([arrive(report())]))

    settlement = await ledger.settle([], [Delivered(decided.decision_index)])

    end = end_of(settlement)
    assert types_told(settlement, end) == ["decision", "delivered"]
    assert (end.type, end.tell, end.decision_index) == ("delivered", CORPORATION, decided.decision_index)


async def test_a_delivery_is_entered_once_however_often_it_is_reported(ledger: Ledger) -> None:
    message = report()
    decided = only(await ledger.settle([arrive(message)]))
    outcome = Delivered(decided.decision_index)

    first = await ledger.settle([], [outcome, outcome])
    second = await ledger.settle([arrive(message)], [outcome])

    known = only(second)
    assert end_of(second).index == known.delivered_index
    assert {each.index for each in first.outcomes if isinstance(each, OutcomeSettled)} == {known.delivered_index}
    assert not known.to_deliver
    assert types_told(second, known) == ["decision", "delivered"]


async def test_what_cannot_be_delivered_is_told_and_has_no_effect(ledger: Ledger) -> None:
    casus = draw_casus()
    message = report(casus)
    decided = only(await ledger.settle([arrive(message)]))
    assert await ledger.casus_view(casus) is not None

    settlement = await ledger.settle([], [Undeliverable(decided.decision_index, "NIET_BEZORGBAAR")])

    end = end_of(settlement)
    assert types_told(settlement, end) == ["decision", "undeliverable"]
    assert (end.type, end.code, list(end.explanations)) == ("undeliverable", "NIET_BEZORGBAAR", [end.index])
    assert await ledger.casus_view(casus) is None
    again = only(await ledger.settle([arrive(message)]))
    assert (again.outcome, again.code, again.to_deliver) == ("undeliverable", "NIET_BEZORGBAAR", False)
    late = await ledger.settle([], [Delivered(decided.decision_index)])
    assert types_told(late, end_of(late)) == ["decision", "undeliverable"]


async def test_a_void_message_takes_back_only_its_own_effect(ledger: Ledger) -> None:
    casus = draw_casus()
    opening, advice = report(casus), say_advice(casus)
    await ledger.settle([arrive(opening), arrive(register(casus), REGIE)])
    decided = only(await ledger.settle([arrive(advice, REGIE)]))
    before = await ledger.casus_view(casus)
    assert before is not None
    assert before.advised

    await ledger.settle([], [Undeliverable(decided.decision_index, "NIET_BEZORGBAAR")])

    after = await ledger.casus_view(casus)
    assert after is not None
    assert not after.advised
    assert after.purposes == before.purposes


async def test_an_effect_taken_back_is_seen_by_the_next_message_of_the_same_batch(ledger: Ledger) -> None:
    casus = draw_casus()
    decided = only(await ledger.settle([arrive(report(casus))]))

    settlement = await ledger.settle(
        [arrive(register(casus), REGIE)], [Undeliverable(decided.decision_index, "NIET_BEZORGBAAR")]
    )

    assert only(settlement).code == "CASUS_ONBEKEND"


async def test_a_receipt_tells_the_sender_that_the_message_was_opened(ledger: Ledger) -> None:
    casus = draw_casus()
    message = report(casus)
    decided = only(await ledger.settle([arrive(message)]))
    await ledger.settle([], [Delivered(decided.decision_index)])

    settlement = await ledger.settle([arrive(acknowledge(message, casus), REGIE)])

    settled = only(settlement)
    assert (settled.outcome, settled.tell, settled.recipient) == ("receipt", CORPORATION, "broker")
    assert types_told(settlement, settled) == ["decision", "delivered", "receipt"]


async def test_a_receipt_that_overtook_the_delivery_enters_it_first(ledger: Ledger) -> None:
    casus = draw_casus()
    message = report(casus)
    decided = only(await ledger.settle([arrive(message)]))

    settlement = await ledger.settle([arrive(acknowledge(message, casus), REGIE)])

    settled = only(settlement)
    assert types_told(settlement, settled) == ["decision", "delivered", "receipt"]
    late = await ledger.settle([], [Delivered(decided.decision_index)])
    assert types_told(late, end_of(late)) == ["decision", "delivered", "receipt"]


async def test_a_rejected_message_has_no_effect(ledger: Ledger) -> None:
    casus = draw_casus()
    message = report(casus)
    await ledger.settle([arrive(message)])
    rejected = Claims(result="rejected", reason="inhoud_ongeldig")

    settlement = await ledger.settle([arrive(acknowledge(message, casus, claims=rejected), REGIE)])

    settled = only(settlement)
    notice = check_notice(Notice(settled.proofs, settlement.note), DIRECTORY)
    assert (notice[-1].record.kind, notice[-1].record.codes) == ("rejected", ("INHOUD_ONGELDIG",))
    assert await ledger.casus_view(casus) is None


async def test_a_receipt_that_comes_again_is_told_again_and_entered_once(ledger: Ledger) -> None:
    casus = draw_casus()
    message = report(casus)
    receipt = acknowledge(message, casus)
    await ledger.settle([arrive(message)])
    first = only(await ledger.settle([arrive(receipt, REGIE)]))

    settlement = await ledger.settle([arrive(receipt, REGIE)])

    again = only(settlement)
    assert (again.outcome, again.fresh, again.decision_index) == ("receipt", False, first.decision_index)
    assert types_told(settlement, again) == ["decision", "delivered", "receipt"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"re": ""}, "ONGELDIG_BERICHT"),
        ({"purpose": "overlast"}, "ONGELDIG_BERICHT"),
        ({"role": "de-familie-jansen"}, "ONGELDIG_BERICHT"),
        ({"issued": START - DAY, "expires": START}, "VERLOPEN"),
    ],
)
async def test_a_receipt_that_is_not_one_is_refused(ledger: Ledger, changes: dict[str, Any], code: str) -> None:
    casus = draw_casus()
    message = report(casus)
    await ledger.settle([arrive(message)])

    settled = only(await ledger.settle([arrive(acknowledge(message, casus, **changes), REGIE)]))

    assert (settled.outcome, settled.code, settled.tell) == ("refused", code, "")


@pytest.mark.parametrize(
    "claims",
    [
        Claims(),
        Claims(result="opened", reason="inhoud_ongeldig"),
        Claims(result="rejected", reason="de-familie-jansen"),
    ],
)
async def test_a_receipt_says_opened_or_rejected_and_nothing_else(ledger: Ledger, claims: Claims) -> None:
    casus = draw_casus()
    message = report(casus)
    await ledger.settle([arrive(message)])

    settled = only(await ledger.settle([arrive(acknowledge(message, casus, claims=claims), REGIE)]))

    assert (settled.outcome, settled.code) == ("refused", "ONGELDIG_BERICHT")


async def test_a_receipt_names_the_casus_of_its_message(ledger: Ledger) -> None:
    message = report()
    await ledger.settle([arrive(message)])

    settled = only(await ledger.settle([arrive(acknowledge(message, draw_casus()), REGIE)]))

    assert (settled.outcome, settled.code) == ("refused", "ONGELDIG_BERICHT")


async def test_only_the_recipient_gives_a_receipt(ledger: Ledger) -> None:
    casus = draw_casus()
    message = report(casus)
    await ledger.settle([arrive(message)])
    foreign = say(
        "receipt",
        sender=SCHOOL,
        recipient="broker",
        casus=casus,
        purpose="",
        subjects=(),
        re=b64u(message.message_hash),
        claims=Claims(result="opened"),
        role="adapter",
    )

    settled = only(await ledger.settle([arrive(foreign, SCHOOL)]))

    assert (settled.outcome, settled.code, settled.tell) == ("refused", "ONGELDIG_BERICHT", "")


async def test_the_first_receipt_stands(ledger: Ledger) -> None:
    casus = draw_casus()
    message = report(casus)
    await ledger.settle([arrive(message), arrive(acknowledge(message, casus), REGIE)])

    second = only(await ledger.settle([arrive(acknowledge(message, casus, "rejected"), REGIE)]))

    assert (second.outcome, second.code) == ("refused", "ONGELDIG_BERICHT")
    assert await ledger.casus_view(casus) is not None


async def test_nobody_fills_anothers_mailbox(ledger: Ledger) -> None:
    casus = draw_casus()
    waiting = [arrive(report()) for _ in range(MAX_UNCOLLECTED)]
    for at in range(0, MAX_UNCOLLECTED, 250):
        await ledger.settle(waiting[at : at + 250])

    settlement = await ledger.settle([arrive(report(casus))])

    settled = only(settlement)
    assert (settled.outcome, settled.code, settled.to_deliver) == ("undeliverable", "BERICHTENBOX_VOL", False)
    assert types_told(settlement, settled) == ["decision", "undeliverable"]
    assert await ledger.casus_view(casus) is None
    assert (await ledger.verify()).findings == ()


async def test_a_receipt_makes_room_in_the_mailbox(book: Book, ledger: Ledger) -> None:
    casus = draw_casus()
    message = report(casus)
    await ledger.settle([arrive(message)])
    await book.close()
    book.edit("UPDATE uncollected SET count = ?", MAX_UNCOLLECTED)
    reopened = await book.open()

    settlement = await reopened.settle([arrive(report()), arrive(acknowledge(message, casus), REGIE), arrive(report())])

    full, _, room = [each.outcome for each in settlement.settled if isinstance(each, Settled)]
    assert (full, room) == ("undeliverable", "permitted")


async def test_what_nobody_opened_expires_a_day_after_its_time(book: Book, ledger: Ledger) -> None:
    casus = draw_casus()
    decided = only(await ledger.settle([arrive(report(casus))]))
    await ledger.settle([], [Delivered(decided.decision_index)])

    book.now = START + 8 * DAY
    early = await ledger.sweep(int(book.now))
    book.now += 1
    late = await ledger.sweep(int(book.now))

    assert early.outcomes == ()
    assert types_told(late, end_of(late)) == ["decision", "delivered", "expired"]
    assert (end_of(late).type, end_of(late).tell) == ("expired", CORPORATION)
    assert await ledger.casus_view(casus) is None


async def test_what_never_reached_its_recipient_ends_undeliverable(book: Book, ledger: Ledger) -> None:
    await ledger.settle([arrive(report())])

    book.now = START + 9 * DAY
    settlement = await ledger.sweep(int(book.now))

    assert (end_of(settlement).type, end_of(settlement).code) == ("undeliverable", "NIET_BEZORGBAAR")


async def test_an_end_is_returned_until_it_is_known_to_be_told(book: Book, ledger: Ledger) -> None:
    await ledger.settle([arrive(report())])
    book.now = START + 9 * DAY
    first = await ledger.sweep(int(book.now))
    await book.close()
    reopened = await book.open()

    again = await reopened.sweep(int(book.now))
    told = await reopened.sweep(int(book.now), told=[end_of(again).decision_index])

    assert end_of(again).index == end_of(first).index
    assert types_told(again, end_of(again)) == ["decision", "undeliverable"]
    assert told.outcomes == ()
    assert (await reopened.sweep(int(book.now))).outcomes == ()
