"""Our own faults: a full disk, a locked file, a clock set back, a damaged file; nothing is lost or half written."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ledger_town import DAY, START, Book, arrive, draw_casus, only, register, report
from tests.one_directory import DIRECTORY, LOG, ORIGIN, REGIE
from zegel_broker.ledger import (
    ClockBehind,
    Ledger,
    LedgerDamaged,
    LedgerError,
    LedgerRolledBack,
    LedgerSchemaWrong,
    SettleFault,
    sqlite,
)
from zegel_schemas.merkle import EMPTY_ROOT
from zegel_schemas.note import Checkpoint, open_checkpoint, sign_checkpoint
from zegel_schemas.registrations import PhaseSet
from zegel_schemas.stamp import Notice, check_notice


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    book = Book(tmp_path)
    yield book
    await book.close()


@pytest.fixture
async def ledger(book: Book) -> Ledger:
    return await book.open()


async def fill_disk(ledger: Ledger) -> None:
    """Let the database file grow no further, as on a full disk: SQLite then answers SQLITE_FULL."""
    store = ledger._store
    assert isinstance(store, sqlite.SqliteStore)
    await store._run(lambda connection: connection.execute("PRAGMA max_page_count = 1"))


def spoil_note(book: Book) -> None:
    """Flip a bit in the signature of the newest note."""
    ((note,),) = book.rows("SELECT note FROM state")
    place = note.rindex(b" ") + 20
    book.edit("UPDATE state SET note = ?", note[:place] + bytes([note[place] ^ 1]) + note[place + 1 :])


async def test_a_full_disk_fails_the_whole_batch_and_the_next_one_works(ledger: Ledger) -> None:
    casus = draw_casus()
    batch = [arrive(report(casus)), *(arrive(report()) for _ in range(40))]
    note = await ledger.newest_note()
    await fill_disk(ledger)

    with pytest.raises(sqlite3.OperationalError):
        await ledger.settle(batch)

    assert ledger.trouble
    assert await ledger.newest_note() == note
    assert await ledger.casus_view(casus) is None
    settlement = await ledger.settle(batch)
    assert ledger.trouble == ""
    assert all(not isinstance(each, SettleFault) and each.fresh for each in settlement.settled)
    assert (await ledger.verify()).findings == ()


async def test_a_locked_file_fails_the_batch_and_the_next_one_works(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LOCK_TIMEOUT", 0.05)
    ledger = await book.open()
    message = arrive(report())
    other = sqlite3.connect(book.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(sqlite3.OperationalError):
        await ledger.settle([message])

    other.close()
    assert only(await ledger.settle([message])).fresh


async def test_what_is_read_back_otherwise_than_it_was_written_is_never_signed(book: Book, ledger: Ledger) -> None:
    note = await ledger.newest_note()
    size = len(book.rows("SELECT idx FROM entry"))
    connection = sqlite3.connect(book.path, isolation_level=None)
    connection.execute(
        "CREATE TRIGGER bad_disk AFTER INSERT ON record BEGIN"
        " UPDATE record SET salt = zeroblob(32) WHERE idx = new.idx; END"
    )
    connection.close()

    with pytest.raises(LedgerDamaged):
        await ledger.settle([arrive(report())])

    assert await ledger.newest_note() == note
    assert len(book.rows("SELECT idx FROM entry")) == size
    with pytest.raises(LedgerDamaged):
        await ledger.settle([arrive(report())])


async def test_a_transaction_that_fails_after_signing_leaves_nothing_behind(book: Book, ledger: Ledger) -> None:
    message, note = arrive(report()), await ledger.newest_note()
    with contextlib.closing(sqlite3.connect(book.path, isolation_level=None)) as disk:
        disk.execute("CREATE TRIGGER bad_disk BEFORE INSERT ON note BEGIN SELECT RAISE(ABORT, 'bad disk'); END")
        with pytest.raises(sqlite3.IntegrityError):
            await ledger.settle([message])
        disk.execute("DROP TRIGGER bad_disk")

    assert await ledger.newest_note() == note
    settlement = await ledger.settle([message])
    assert only(settlement).fresh
    check_notice(Notice(only(settlement).proofs, settlement.note), DIRECTORY)
    assert (await ledger.verify()).findings == ()


async def test_after_a_failure_the_newest_note_is_checked_again(book: Book, ledger: Ledger) -> None:
    await fill_disk(ledger)
    with pytest.raises(sqlite3.OperationalError):
        await ledger.settle([arrive(report()) for _ in range(40)])
    spoil_note(book)

    with pytest.raises(LedgerDamaged):
        await ledger.settle([arrive(report())])


async def test_two_ledgers_on_one_file_take_turns_without_harm(book: Book, ledger: Ledger) -> None:
    other, casus = await book.open(), draw_casus()
    await ledger.settle([arrive(report(casus))])
    await other.settle([arrive(register(casus, PhaseSet(phase="informatieronde")), REGIE)])

    settlement = await ledger.settle([arrive(register(casus), REGIE) for _ in range(3)])
    await other.settle([arrive(report())])
    unmoved = only(await ledger.settle([arrive(register(casus), REGIE)]))

    assert unmoved.outcome == "permitted"
    view = await ledger.casus_view(casus)
    assert view is not None
    assert (view.phase, "zelfredzaamheid" in view.purposes) == ("informatieronde", True)
    settled = [each for each in settlement.settled if not isinstance(each, SettleFault)]
    check_notice(Notice(tuple(each.proof for each in settled), settlement.note), DIRECTORY)
    assert (await ledger.verify()).findings == ()


async def test_a_batch_given_up_by_its_caller_is_settled_whole_or_not_at_all(ledger: Ledger) -> None:
    batch = [arrive(report()) for _ in range(50)]

    task = asyncio.create_task(ledger.settle(batch))
    await asyncio.sleep(0)  # let it begin
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    settlement = await ledger.settle(batch)

    assert len({each.fresh for each in settlement.settled if not isinstance(each, SettleFault)}) == 1
    assert (await ledger.verify()).findings == ()


async def test_calls_that_overlap_are_settled_one_after_another(ledger: Ledger) -> None:
    batches = [[arrive(report()), arrive(report())] for _ in range(10)]

    settlements = await asyncio.gather(*(ledger.settle(each) for each in batches))

    indices = [each.decision_index for one in settlements for each in one.settled if not isinstance(each, SettleFault)]
    assert len(set(indices)) == 20
    for one in settlements:
        check_notice(
            Notice(tuple(each.proof for each in one.settled if not isinstance(each, SettleFault)), one.note), DIRECTORY
        )


async def test_a_clock_set_back_by_more_than_two_minutes_stops_the_ledger(book: Book, ledger: Ledger) -> None:
    message = arrive(report())
    book.now = START - 121

    with pytest.raises(ClockBehind):
        await ledger.settle([message])

    assert ledger.trouble
    book.now = START - 120
    assert only(await ledger.settle([message])).outcome == "permitted"
    assert (await ledger.verify()).findings == ()


@pytest.mark.parametrize(
    "damage",
    [
        "DROP INDEX message_permitted",
        "ALTER TABLE casus ADD COLUMN remark TEXT",
        "CREATE TABLE notes_of_mine (text TEXT)",
        "UPDATE migration SET digest = zeroblob(32)",
        "INSERT INTO migration VALUES (99, '0099.sql', zeroblob(32))",
        "PRAGMA application_id = 1",
    ],
)
async def test_a_ledger_of_another_schema_is_not_opened(book: Book, ledger: Ledger, damage: str) -> None:
    await book.close()
    connection = sqlite3.connect(book.path, isolation_level=None)
    connection.execute(damage)
    connection.close()

    with pytest.raises(LedgerSchemaWrong):
        await book.open()

    assert ledger.trouble == ""


async def test_a_database_that_is_no_ledger_is_left_as_it_is(book: Book) -> None:
    connection = sqlite3.connect(book.path, isolation_level=None)
    connection.execute("CREATE TABLE recipe (name TEXT)")
    connection.close()

    with pytest.raises(LedgerSchemaWrong):
        await book.open()

    assert book.rows("SELECT name FROM sqlite_schema") == [("recipe",)]


async def test_the_log_of_another_origin_is_not_opened(book: Book) -> None:
    await book.open()
    await book.close()
    book.edit("UPDATE state SET origin = 'other.example/log'")

    with pytest.raises(LedgerSchemaWrong):
        await book.open()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entry SET leaf = CAST(replace(CAST(leaf AS TEXT), 'statement', 'stop') AS BLOB) WHERE idx = 0",
        "UPDATE record SET salt = randomblob(32) WHERE idx = 3",
        "UPDATE tile SET hashes = randomblob(length(hashes))",
        "UPDATE state SET hashes = randomblob(length(hashes))",
        "UPDATE state SET note = (SELECT note FROM note ORDER BY size LIMIT 1)",
        "DELETE FROM state",
    ],
)
async def test_a_damaged_end_of_the_log_is_found_at_start(book: Book, ledger: Ledger, damage: str) -> None:
    await ledger.settle([arrive(report())])
    await book.close()
    connection = sqlite3.connect(book.path, isolation_level=None)
    connection.execute(damage)
    connection.close()

    with pytest.raises(LedgerDamaged):
        await book.open()


async def test_damage_far_back_is_found_at_start_when_the_whole_is_checked(book: Book, ledger: Ledger) -> None:
    await ledger.settle([arrive(report())])
    await book.close()
    book.edit("UPDATE uncollected SET count = count + 1")

    assert (await book.open()).trouble == ""
    await book.close()
    with pytest.raises(LedgerDamaged):
        await book.open(whole=True)


async def test_a_broken_signature_of_the_newest_note_is_found_at_start(book: Book) -> None:
    await book.open()
    await book.close()
    spoil_note(book)

    with pytest.raises(LedgerDamaged):
        await book.open()


async def test_a_restored_backup_is_found_at_start_by_the_anchor(book: Book) -> None:
    book.anchored = True
    ledger = await book.open()
    await book.close()
    backup = book.path.read_bytes()
    ledger = await book.open()
    await ledger.settle([arrive(report())])
    await book.close()
    book.path.write_bytes(backup)

    with pytest.raises(LedgerRolledBack):
        await book.open()


async def test_a_ledger_that_was_thrown_away_is_found_at_start_by_the_anchor(book: Book) -> None:
    book.anchored = True
    await book.open()
    await book.close()
    book.path.unlink()

    with pytest.raises(LedgerRolledBack):
        await book.open()


async def test_an_anchor_of_another_log_is_no_anchor(book: Book) -> None:
    book.anchored = True
    book.anchor.write_bytes(sign_checkpoint(Checkpoint("other.example/log", 0, EMPTY_ROOT), LOG))

    with pytest.raises(LedgerError):
        await book.open()


async def test_the_anchor_holds_the_newest_note(book: Book) -> None:
    book.anchored = True
    ledger = await book.open()

    note = (await ledger.settle([arrive(report())])).note

    assert book.anchor.read_bytes() == note


async def test_an_anchor_that_cannot_be_written_makes_the_ledger_not_ready(book: Book) -> None:
    book.anchored = True
    ledger = await book.open()
    book.anchor.unlink()
    book.anchor.mkdir()

    settled = only(await ledger.settle([arrive(report())]))

    assert settled.outcome == "permitted"
    assert "anchor" in ledger.trouble
    book.anchor.rmdir()
    await ledger.settle([arrive(report())])
    assert ledger.trouble == ""


async def test_a_partners_note_beyond_the_log_stops_all_signing(ledger: Ledger) -> None:
    checkpoint = open_checkpoint(await ledger.newest_note(), ORIGIN, LOG.public)
    ahead = sign_checkpoint(Checkpoint(ORIGIN, checkpoint.size + 1, checkpoint.root), LOG)

    with pytest.raises(LedgerRolledBack):
        await ledger.settle([arrive(report(), note=ahead)])

    assert ledger.trouble
    with pytest.raises(LedgerRolledBack):
        await ledger.settle([arrive(report())])


async def test_a_partners_note_of_another_history_stops_all_signing(ledger: Ledger) -> None:
    size = open_checkpoint(await ledger.newest_note(), ORIGIN, LOG.public).size
    forked = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), LOG)

    with pytest.raises(LedgerRolledBack):
        await ledger.settle([arrive(report(), note=forked)])

    assert ledger.trouble


async def test_old_notes_and_notes_of_strangers_are_harmless(ledger: Ledger) -> None:
    notes = [(await ledger.settle([arrive(report()), arrive(report())])).note for _ in range(5)]
    stranger = sign_checkpoint(Checkpoint("other.example/log", 10**6, bytes(32)), LOG)

    settlement = await ledger.settle([arrive(report(), note=each) for each in (*notes, stranger, b"junk", b"")])

    assert all(not isinstance(each, SettleFault) and each.outcome == "permitted" for each in settlement.settled)
    assert ledger.trouble == ""


async def test_an_old_note_is_compared_with_the_tree_of_its_time(book: Book, ledger: Ledger) -> None:
    note = (await ledger.settle([arrive(report()) for _ in range(300)])).note
    await ledger.settle([arrive(report()) for _ in range(300)])
    await book.close()
    reopened = await book.open()

    await reopened.witness(note)

    size = open_checkpoint(note, ORIGIN, LOG.public).size
    with pytest.raises(LedgerRolledBack):
        await reopened.witness(sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), LOG))


async def test_start_stop_and_what_is_in_force_are_entries(book: Book) -> None:
    await book.open()
    await book.close()
    await book.open()

    kinds = book.rows(
        "SELECT json_extract(CAST(record AS TEXT), '$.type'), json_extract(CAST(record AS TEXT), '$.kind')"
        " FROM record ORDER BY idx"
    )
    assert kinds == [
        *[("statement", "directory")] * DIRECTORY.count,
        ("statement", "convenant"),
        ("start", ""),
        ("stop", ""),
        ("start", ""),
    ]


async def test_a_tick_names_directory_and_convenant(book: Book, ledger: Ledger) -> None:
    book.now += 3600

    note = await ledger.tick()

    assert note == await ledger.newest_note()
    ((record,),) = book.rows("SELECT CAST(record AS TEXT) FROM record ORDER BY idx DESC LIMIT 1")
    assert f'"head":"{DIRECTORY.head}"' in record
    assert '"type":"tick"' in record


async def test_a_year_of_entries_goes_through_many_tiles(book: Book, ledger: Ledger) -> None:
    casus, first = draw_casus(), report()
    early = only(await ledger.settle([arrive(first)]))
    await ledger.settle([arrive(report(casus))])
    for _ in range(6):
        await ledger.settle([arrive(register(casus), REGIE) for _ in range(120)])
    book.now += DAY
    await book.close()
    reopened = await book.open()

    settlement = await reopened.settle([arrive(first), arrive(report())])

    known, new = settlement.settled
    assert not isinstance(known, SettleFault)
    assert not isinstance(new, SettleFault)
    assert known.decision_index == early.decision_index
    check_notice(Notice((*known.proofs, *new.proofs), settlement.note), DIRECTORY)
    assert (await reopened.verify()).findings == ()
