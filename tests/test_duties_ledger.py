"""Overdue duties are entered once each and told to holder and director until both know, also after a restart."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ledger_town import DAY, START, Book, arrive, draw_casus, only, register, report
from tests.one_directory import DIRECTORY, REGIE
from zegel_broker.ledger import Ledger, Reminder
from zegel_schemas import canonical
from zegel_schemas.record import Record, read_record
from zegel_schemas.registrations import Informed
from zegel_schemas.stamp import Notice, check_notice

LATER = 40 * DAY  # by then a month and the 28 days of the first phase are over


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    book = Book(tmp_path)
    yield book
    await book.close()


@pytest.fixture
async def ledger(book: Book) -> Ledger:
    return await book.open()


async def report_and_wait(book: Book, ledger: Ledger, *, inform: bool = False) -> str:
    """Let a casus be reported, perhaps its family informed, and 40 days pass; return the casus."""
    casus = draw_casus()
    settled = [only(await ledger.settle([arrive(report(casus))]))]
    if inform:
        told = register(casus, Informed(subjects=("p1", "p2"), day="2027-01-15"))
        settled.append(only(await ledger.settle([arrive(told, REGIE)])))
    assert [each.outcome for each in settled] == ["permitted"] * len(settled), settled
    book.now = START + LATER
    return casus


async def remind(book: Book, ledger: Ledger, *told: Reminder) -> tuple[Reminder, ...]:
    """Look for overdue duties; `told` are reminders whose notices were confirmed."""
    return (await ledger.remind(int(book.now), told=[each.index for each in told])).reminders


def said(reminder: Reminder) -> Record:
    """Return what the entry of a duty says."""
    return read_record(reminder.proof.record)


async def test_an_overdue_duty_is_entered_with_its_holder_and_how_many_it_concerns(book: Book, ledger: Ledger) -> None:
    casus = await report_and_wait(book, ledger)

    reminders = await remind(book, ledger)

    (inform,) = (said(each) for each in reminders if said(each).kind == "informeer_betrokkene")
    assert (inform.type, inform.recipient, inform.casus, inform.count) == ("duty", REGIE, casus, 2)
    assert inform.subjects == ()


async def test_it_is_proven_to_its_holder_with_its_term(book: Book, ledger: Ledger) -> None:
    await report_and_wait(book, ledger)

    found = await ledger.remind(int(book.now))

    (first, *_) = found.reminders
    notice = Notice((first.proof,), found.note, {first.index: first.explanation})
    (proven,) = check_notice(notice, DIRECTORY)
    text = canonical.decode(first.explanation)
    assert (proven.record.type, first.tell) == ("duty", (REGIE,))
    assert isinstance(text, dict)
    assert text["code"] == "VERPLICHTING_TE_LAAT"


async def test_each_is_entered_once_and_told_until_it_is_told(book: Book, ledger: Ledger) -> None:
    await report_and_wait(book, ledger)

    first, again = await remind(book, ledger), await remind(book, ledger)
    after = await remind(book, ledger, *again)

    assert [each.index for each in again] == [each.index for each in first]
    assert after == ()
    assert book.rows("SELECT count(*) FROM duty") == [(len(first),)]


async def test_a_restart_forgets_none_and_doubles_none(book: Book, ledger: Ledger) -> None:
    await report_and_wait(book, ledger)
    first = await remind(book, ledger)
    await book.close()

    again = await remind(book, await book.open())

    assert [each.index for each in again] == [each.index for each in first]


async def test_who_informed_in_time_hears_nothing_of_it(book: Book, ledger: Ledger) -> None:
    await report_and_wait(book, ledger, inform=True)

    assert "informeer_betrokkene" not in {said(each).kind for each in await remind(book, ledger)}


async def test_nothing_is_entered_before_the_term_is_over(book: Book, ledger: Ledger) -> None:
    await report_and_wait(book, ledger)
    book.now = START + 20 * DAY

    assert await remind(book, ledger) == ()


async def test_overdue_ones_are_counted_by_kind_and_the_discharged_are_not(book: Book, ledger: Ledger) -> None:
    await ledger.settle([arrive(report())])
    await report_and_wait(book, ledger)

    counted = (await ledger.remind(int(book.now))).overdue

    assert counted == {"informeer_betrokkene": 2, "fase": 2}


async def test_the_audit_knows_duties_and_finds_a_changed_memory_of_them(book: Book, ledger: Ledger) -> None:
    await report_and_wait(book, ledger)
    await remind(book, ledger)

    assert (await ledger.verify()).codes == frozenset()
    book.edit("UPDATE duty SET holder = 'wil'")
    assert (await ledger.verify()).codes == {"DUTY_DIFFERS"}


async def test_looking_through_the_whole_ledger_is_an_entry(book: Book, ledger: Ledger) -> None:
    await ledger.access_all("m-0123456789abcdef")

    ((record,),) = book.rows("SELECT record FROM record JOIN entry USING (idx) ORDER BY idx DESC LIMIT 1")
    entry = read_record(record)
    assert (entry.type, entry.kind, entry.casus, entry.recipient) == ("access", "ledger", "", "m-0123456789abcdef")
    assert (await ledger.verify()).sound


async def test_looking_into_a_casus_is_an_entry(book: Book, ledger: Ledger) -> None:
    casus = await report_and_wait(book, ledger)

    found = await ledger.access(casus, "m-0123456789abcdef")

    assert found is not None
    ((record,),) = book.rows("SELECT record FROM record JOIN entry USING (idx) ORDER BY idx DESC LIMIT 1")
    entry = read_record(record)
    assert (entry.type, entry.kind, entry.casus, entry.recipient) == ("access", "casus", casus, "m-0123456789abcdef")
    assert (await ledger.verify()).sound
