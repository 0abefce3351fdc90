"""Break-glass is told to who keeps the casus, for its FG, at once: an entry beside the decision, a notice, a metric."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.dryrun_scene import try_out
from tests.ledger_town import START, Book, arrive, draw_casus, only, register, report, say
from tests.one_directory import CORPORATION, REGIE
from zegel_broker.ledger import Ledger, Settled
from zegel_broker.metrics import Metrics
from zegel_schemas.claims import Claims, Emergency
from zegel_schemas.record import read_record
from zegel_schemas.registrations import PhaseSet
from zegel_schemas.seal import Sealed

HOUR = 3600


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


def urgent(casus: str, reason: str = "levensgevaar") -> Sealed:
    """Seal a question whether the corporation knows the family, due within hours, for a life is in danger."""
    said = Emergency(reason=reason, person="m-0000000000000001", until=START + 20 * HOUR) if reason else Emergency()
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


async def ask(ledger: Ledger, message: Sealed) -> Settled:
    """Settle one message of the regieteam."""
    return only(await ledger.settle([arrive(message, REGIE)]))


async def test_it_is_entered_beside_the_decision_and_told_to_who_keeps_the_casus(book: Book, ledger: Ledger) -> None:
    casus = await opened(ledger)

    settled = await ask(ledger, urgent(casus))

    assert (settled.outcome, settled.emergency) == ("permitted", True)
    (reminder,) = (await ledger.remind(int(book.now))).reminders
    entry = read_record(reminder.proof.record)
    assert reminder.tell == (REGIE,)
    assert (entry.type, entry.kind, entry.casus, entry.codes) == ("duty", "spoed_melden_fg", casus, ("SPOED_GEBRUIKT",))
    assert (await ledger.verify()).sound


async def test_the_same_message_again_is_no_second_use(ledger: Ledger, book: Book) -> None:
    message = urgent(await opened(ledger))

    first, again = await ask(ledger, message), await ask(ledger, message)

    assert (first.emergency, again.emergency) == (True, False)
    assert book.rows("SELECT count(*) FROM duty") == [(1,)]


async def test_a_message_without_it_or_refused_or_only_tried_tells_nobody(book: Book, ledger: Ledger) -> None:
    casus = await opened(ledger)

    ordinary = await ask(ledger, urgent(casus, reason=""))
    refused = await ask(ledger, urgent(draw_casus()))
    tried = await ask(ledger, try_out(urgent(casus)))

    assert [each.emergency for each in (ordinary, refused, tried)] == [False] * 3
    assert read_record(tried.proof.record).outcome == "permitted"
    assert book.rows("SELECT count(*) FROM duty") == [(0,)]


async def test_it_is_counted_by_who_used_it(ledger: Ledger) -> None:
    metrics = Metrics((REGIE, CORPORATION))

    metrics.count_settled(REGIE, await ask(ledger, urgent(await opened(ledger))))

    assert f'zegel_emergencies_total{{inbox="{REGIE}"}} 1.0'.encode() in metrics.text()
