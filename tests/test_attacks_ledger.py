"""Tampering with the book: whoever holds the disk, and even the log key, is found out; each attack with its own code.

What an intruder can do with the disk alone is done with SQL on the file. What the holder of the log key can do besides
is done by `Forger`: it writes any entry, rebuilds the tree and signs. The last test states what nobody can find.
"""

import asyncio
import os
import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.ledger_town import Book, acknowledge, arrive, draw_casus, draw_message_id, only, register, report
from tests.one_directory import CONVENANT, DIRECTORY, LOG, ORIGIN, REGIE, SIGNING, fixed_key
from zegel_broker.ledger import Delivered, Report, Settled, verify_log
from zegel_broker.ledger.tree import Tree
from zegel_schemas.declaration import Declaration
from zegel_schemas.merkle import CompactRange, leaf_hash
from zegel_schemas.note import Checkpoint, sign_checkpoint
from zegel_schemas.record import Record, make_entry, read_record
from zegel_schemas.seal import MESSAGE, PrivateKey, b64u, message_hash
from zegel_schemas.seal.signatures import sign_parts

CASUS, LATER = draw_casus(), draw_casus()
WRONG_KEY = fixed_key("log", "broker", 7)


@dataclass(frozen=True)
class History:
    """A finished ledger: its bytes at two moments, the notes that left it, and where things stand in it."""

    early: bytes
    late: bytes
    early_note: bytes
    late_note: bytes
    decided: int  # log index of a permitted decision with delivered entry and receipt
    waiting: int  # of one that was delivered and has no receipt yet


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return asyncio.run(write_history(Book(tmp_path_factory.mktemp("history"))))


async def write_history(book: Book) -> History:
    """Let two casussen be opened, one message be opened, one be rejected, one be refused."""
    message, other, third = report(CASUS), report(LATER), report(LATER)
    ledger = await book.open()
    first = only(await ledger.settle([arrive(message)]))
    early_note = (await ledger.settle([arrive(register(CASUS), REGIE)], [Delivered(first.decision_index)])).note
    await book.close()
    early = book.path.read_bytes()
    ledger = await book.open()
    await ledger.settle([arrive(acknowledge(message, CASUS), REGIE), arrive(register(draw_casus()), REGIE)])
    settled = (await ledger.settle([arrive(other), arrive(third)])).settled
    indices = [each.decision_index for each in settled if isinstance(each, Settled)]
    await ledger.settle([], [Delivered(each) for each in indices])
    await ledger.settle([arrive(acknowledge(third, LATER, "rejected"), REGIE)])
    late_note = await ledger.newest_note()
    await book.close()
    return History(early, book.path.read_bytes(), early_note, late_note, first.decision_index, indices[0])


@pytest.fixture
def book(tmp_path: Path, history: History) -> Book:
    book = Book(tmp_path)
    book.path.write_bytes(history.late)
    return book


def audit(book: Book, *witnesses: bytes) -> Report:
    """Run what `zegel-broker log verify` runs."""
    return verify_log(
        book.path, directory=DIRECTORY, convenants={CONVENANT.digest: CONVENANT}, witnesses=list(witnesses)
    )


class Forger:
    """Somebody with the disk and a log key: rewrites entries, rebuilds the tree from a place on, and signs it."""

    def __init__(self, book: Book, key: PrivateKey = LOG) -> None:
        self._book = book
        self._key = key

    def size(self) -> int:
        """Return how many entries there are."""
        return int(self._book.rows("SELECT count(*) FROM entry")[0][0])

    def record(self, index: int) -> Record:
        """Return the record of an entry."""
        return read_record(self._book.rows("SELECT record FROM record WHERE idx = ?", index)[0][0])

    def append(self, record: Record) -> int:
        """Add an entry behind the end; return its index."""
        index = self.size()
        leaf, written, salt = self._make(record)
        self._book.edit("INSERT INTO entry VALUES (?, ?)", index, leaf)
        self._book.edit("INSERT INTO record VALUES (?, ?, ?, x'')", index, written, salt)
        return index

    def rewrite(self, index: int, record: Record) -> None:
        """Put another record in the place of an entry, with a leaf that commits to it."""
        leaf, written, salt = self._make(record)
        self._book.edit("UPDATE entry SET leaf = ? WHERE idx = ?", leaf, index)
        self._book.edit("UPDATE record SET record = ?, salt = ? WHERE idx = ?", written, salt, index)

    def sign(self) -> None:
        """Rebuild tiles, range and newest note over the leaves as they lie there now; earlier notes go."""
        leaves = [leaf_hash(leaf) for (leaf,) in self._book.rows("SELECT leaf FROM entry ORDER BY idx")]
        tree = Tree(CompactRange())
        tiles = tree.extend(leaves)
        note = sign_checkpoint(Checkpoint(ORIGIN, len(leaves), tree.range.root()), self._key)
        self._book.edit("DELETE FROM tile")
        for tile in tiles:
            self._book.edit("INSERT INTO tile VALUES (?, ?, ?)", tile.level, tile.number, tile.hashes)
        self._book.edit("DELETE FROM note")
        self._book.edit("INSERT INTO note VALUES (?, ?)", len(leaves), note)
        sql = "UPDATE state SET size = ?, hashes = ?, note = ?"
        self._book.edit(sql, len(leaves), b"".join(tree.range.hashes), note)

    def _make(self, record: Record) -> tuple[bytes, bytes, bytes]:
        salt = os.urandom(32)
        leaf, written = make_entry(record, origin=ORIGIN, time=int(self._book.now), salt=salt)
        return leaf, written, salt


def delete_entries(book: Book, condition: str) -> None:
    """Delete entries with all that lies beside them."""
    for table in ("message", "record", "sent", "explanation"):
        if book.rows(f"SELECT 1 FROM {table} WHERE {condition}"):  # noqa: S608
            book.edit(f"DELETE FROM {table} WHERE {condition}")  # noqa: S608
    book.edit(f"DELETE FROM entry WHERE {condition}")  # noqa: S608


def test_an_untouched_ledger_is_sound(book: Book, history: History) -> None:
    found = audit(book, history.early_note, history.late_note)

    assert found.findings == ()
    assert found.witnesses == 2


def test_deleting_the_last_entry_is_found(book: Book) -> None:
    delete_entries(book, "idx = (SELECT max(idx) FROM entry)")

    assert "ENTRY_MISSING" in audit(book).codes


def test_cutting_off_the_end_with_all_traces_is_found_by_a_note_outside(book: Book, history: History) -> None:
    book.path.write_bytes(history.early)

    assert audit(book).findings == ()
    assert audit(book, history.late_note).codes == {"WITNESS_BEYOND"}


def test_deleting_an_entry_in_the_middle_is_found(book: Book, history: History) -> None:
    delete_entries(book, f"idx = {history.decided + 1}")

    assert "ENTRY_MISSING" in audit(book).codes


def test_changing_a_record_is_found(book: Book, history: History) -> None:
    sql = (
        "UPDATE record SET record = CAST(replace(CAST(record AS TEXT), 'overlast', 'opsporing') AS BLOB) WHERE idx = ?"
    )
    book.edit(sql, history.decided)

    assert "RECORD_DIFFERS" in audit(book).codes


def test_changing_record_and_leaf_is_found(book: Book, history: History) -> None:
    forger = Forger(book)
    forger.rewrite(history.decided, replace(forger.record(history.decided), purpose="opsporing"))

    assert {"TILE_DIFFERS", "NOTE_DIFFERS", "ROOT_DIFFERS"} <= audit(book).codes


def test_swapping_two_entries_is_found(book: Book, history: History) -> None:
    first, second = history.decided, history.decided + 1
    leaves = dict(book.rows("SELECT idx, leaf FROM entry WHERE idx IN (?, ?)", first, second))
    book.edit("UPDATE entry SET leaf = ? WHERE idx = ?", leaves[second], first)
    book.edit("UPDATE entry SET leaf = ? WHERE idx = ?", leaves[first], second)

    assert {"TILE_DIFFERS", "NOTE_DIFFERS"} <= audit(book).codes


def test_taking_one_out_and_numbering_anew_is_found(book: Book, history: History) -> None:
    delete_entries(book, f"idx = {history.decided + 1}")
    for table in ("entry", "record", "sent", "explanation"):
        if book.rows(f"SELECT 1 FROM {table} WHERE idx > ?", history.decided):  # noqa: S608
            book.edit(f"UPDATE {table} SET idx = idx + 1000 WHERE idx > ?", history.decided)  # noqa: S608
            book.edit(f"UPDATE {table} SET idx = idx - 1001 WHERE idx > 1000")  # noqa: S608

    assert {"ENTRY_MISSING", "NOTE_DIFFERS", "TILE_DIFFERS"} <= audit(book).codes


def test_signing_a_changed_log_with_another_key_is_found(book: Book, history: History) -> None:
    forger = Forger(book, WRONG_KEY)
    forger.rewrite(history.decided, replace(forger.record(history.decided), purpose="opsporing"))
    forger.sign()

    assert "NOTE_UNSIGNED" in audit(book).codes


def test_signing_a_changed_log_with_the_real_key_is_found_by_a_note_outside(book: Book) -> None:
    forger = Forger(book)
    last = forger.size() - 1
    assert forger.record(last).type == "stop"
    forger.rewrite(last, replace(forger.record(last), type="tick"))
    note = book.rows("SELECT note FROM state")[0][0]
    forger.sign()

    assert audit(book).findings == ()
    assert audit(book, note).codes == {"WITNESS_DIFFERS"}


def test_changing_what_was_decided_with_the_real_key_contradicts_the_senders_bytes(
    book: Book, history: History
) -> None:
    forger = Forger(book)
    forger.rewrite(history.decided, replace(forger.record(history.decided), purpose="opsporing"))
    forger.sign()

    assert "SENT_DIFFERS" in audit(book).codes


def test_inventing_a_question_with_the_real_key_lacks_the_senders_signature(book: Book, history: History) -> None:
    forger = Forger(book)
    invented = replace(forger.record(history.decided), message="01930000-0000-7000-8000-000000000009", hash="A" * 43)
    forger.append(invented)
    forger.sign()

    assert "SENT_MISSING" in audit(book).codes


def test_a_question_signed_by_somebody_else_than_who_it_names_is_found(book: Book, history: History) -> None:
    declared, table = book.rows("SELECT declaration, seal_table FROM sent WHERE idx = ?", history.waiting)[0]
    said = Declaration.from_bytes(declared)
    framed = said.model_copy(
        update={"id": draw_message_id(), "sender": said.sender.model_copy(update={"key": b64u(SIGNING[REGIE].id)})}
    ).to_bytes()
    forger = Forger(book)
    record = forger.record(history.waiting)
    hashed = message_hash("message", framed, table)
    index = forger.append(replace(record, message=Declaration.from_bytes(framed).id, hash=b64u(hashed)))
    book.edit(
        "INSERT INTO sent VALUES (?, ?, ?, ?)", index, framed, table, sign_parts(SIGNING[REGIE], MESSAGE, framed, table)
    )
    forger.sign()

    assert "SENT_DIFFERS" in audit(book).codes


@pytest.mark.parametrize("kept", [0, 100, 4096, 5000, 40_000])
def test_a_truncated_file_is_found(book: Book, history: History, kept: int) -> None:
    assert kept < len(history.late)
    book.path.write_bytes(history.late[:kept])

    assert audit(book).codes & {"DATABASE_DAMAGED", "SCHEMA_WRONG"}


@pytest.mark.parametrize("part", range(8))
def test_a_flipped_bit_is_found_or_touched_nothing_that_counts(book: Book, history: History, part: int) -> None:
    drawn = random.Random(part)
    before = dump(book.path)
    found = 0
    for _ in range(30):
        flipped = bytearray(history.late)
        flipped[drawn.randrange(len(flipped))] ^= 1 << drawn.randrange(8)
        book.path.write_bytes(flipped)

        sound = audit(book).sound

        assert not sound or dump(book.path) == before
        found += not sound
    assert found


def test_a_flipped_bit_in_the_schema_is_found(book: Book, history: History) -> None:
    before = dump(book.path)
    for at in range(600, 4096, 50):
        flipped = bytearray(history.late)
        flipped[at] ^= 0x80
        book.path.write_bytes(flipped)

        assert not audit(book).sound or dump(book.path) == before


@pytest.mark.parametrize(
    ("table", "column", "code"),
    [
        ("entry", "leaf", "TILE_DIFFERS"),
        ("record", "record", "RECORD_DIFFERS"),
        ("record", "salt", "RECORD_DIFFERS"),
        ("record", "subject_salts", "SUBJECTS_DIFFER"),
        ("sent", "declaration", "SENT_DIFFERS"),
        ("sent", "seal_table", "SENT_DIFFERS"),
        ("sent", "signature", "SENT_DIFFERS"),
        ("explanation", "explanation", "EXPLANATION_DIFFERS"),
        ("tile", "hashes", "TILE_DIFFERS"),
        ("note", "note", "NOTE_UNSIGNED"),
        ("state", "hashes", "STATE_DIFFERS"),
        ("state", "note", "STATE_DIFFERS"),
        ("message", "hash", "MESSAGE_DIFFERS"),
        ("casus", "state", "CASUS_DIFFERS"),
    ],
)
def test_a_flipped_bit_in_any_column_has_its_own_code(book: Book, table: str, column: str, code: str) -> None:
    sql = f"SELECT rowid, {column} FROM {table} WHERE length({column}) > 9 LIMIT 1"  # noqa: S608
    if table == "casus":
        sql = sql.replace("rowid", "id")
    ((row, value),) = book.rows(sql)
    key = "id" if table == "casus" else "rowid"
    book.edit(
        f"UPDATE {table} SET {column} = ? WHERE {key} = ?",  # noqa: S608
        value[:9] + bytes([value[9] ^ 1]) + value[10:],
        row,
    )

    assert code in audit(book).codes


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE message SET code = 'GEEN_REGEL' WHERE outcome = 'permitted'", "MESSAGE_DIFFERS"),
        ("UPDATE message SET outcome = 'permitted' WHERE outcome = 'refused'", "MESSAGE_DIFFERS"),
        ("UPDATE message SET delivered = NULL WHERE delivered IS NOT NULL", "MESSAGE_DIFFERS"),
        ("UPDATE message SET closed = NULL, closing = '' WHERE closing = 'rejected'", "MESSAGE_DIFFERS"),
        ("UPDATE message SET expires = expires + 1", "MESSAGE_DIFFERS"),
        ("DELETE FROM message WHERE outcome = 'refused'", "MESSAGE_DIFFERS"),
        ("UPDATE uncollected SET count = count + 1", "UNCOLLECTED_DIFFERS"),
        ("DELETE FROM casus", "CASUS_DIFFERS"),
        ("UPDATE casus SET version = 0", "CASUS_DIFFERS"),
        ("UPDATE state SET convenant = ''", "STATE_DIFFERS"),
        ("UPDATE state SET directory_count = 1", "STATE_DIFFERS"),
        ("UPDATE state SET size = size - 1", "STATE_DIFFERS"),
        ("UPDATE state SET time = time + 1", "STATE_DIFFERS"),
        ("DELETE FROM note WHERE size = (SELECT max(size) FROM note)", "STATE_DIFFERS"),
        ("DELETE FROM tile", "TILE_DIFFERS"),
        ("DELETE FROM explanation", "EXPLANATION_MISSING"),
        ("DELETE FROM sent", "SENT_MISSING"),
        ("DROP INDEX message_of_casus", "SCHEMA_WRONG"),
    ],
)
def test_what_the_broker_remembers_must_be_what_the_log_says(book: Book, sql: str, code: str) -> None:
    connection = sqlite3.connect(book.path, isolation_level=None)
    connection.execute(sql)
    connection.close()

    assert code in audit(book).codes


def test_a_restored_backup_is_found_by_a_note_outside(book: Book, history: History) -> None:
    book.path.write_bytes(history.early)

    assert audit(book, history.late_note).codes == {"WITNESS_BEYOND"}


def test_a_backup_that_grew_again_is_found_by_a_note_outside(book: Book, history: History) -> None:
    book.path.write_bytes(history.early)
    asyncio.run(grow_again(book))

    assert audit(book).findings == ()
    assert audit(book, history.late_note).codes == {"WITNESS_DIFFERS"}


async def grow_again(book: Book) -> None:
    """Write as many entries as were lost, and more."""
    ledger = await book.open()
    for _ in range(30):
        await ledger.settle([arrive(report())])
    await book.close()


def test_a_delivery_entered_twice_is_found(book: Book, history: History) -> None:
    forger = Forger(book)
    delivered = book.rows("SELECT delivered FROM message WHERE idx = ?", history.waiting)[0][0]
    forger.append(forger.record(delivered))
    forger.sign()

    assert audit(book).codes == {"END_TWICE"}


def test_a_decision_entered_twice_is_found(book: Book, history: History) -> None:
    forger = Forger(book)
    forger.append(forger.record(history.waiting))
    forger.sign()

    assert "DECISION_TWICE" in audit(book).codes


def test_a_delivery_without_decision_is_found(book: Book, history: History) -> None:
    forger = Forger(book)
    delivered = forger.record(history.decided + 1)
    assert delivered.type == "delivered"
    forger.append(replace(delivered, hash="A" * 43, earlier=(0,)))
    forger.sign()

    assert audit(book).codes == {"DELIVERED_WITHOUT_DECISION"}


def test_a_delivery_of_what_was_refused_is_found(book: Book, history: History) -> None:
    forger = Forger(book)
    refused = next(index for (index,) in book.rows("SELECT idx FROM message WHERE outcome = 'refused' ORDER BY idx"))
    delivered = forger.record(history.decided + 1)
    forger.append(replace(delivered, hash=forger.record(refused).hash, earlier=(refused,)))
    forger.sign()

    assert audit(book).codes == {"DELIVERED_WITHOUT_DECISION"}


def test_an_end_without_decision_is_found(book: Book, history: History) -> None:
    forger = Forger(book)
    delivered = forger.record(history.decided + 1)
    forger.append(replace(delivered, type="expired", hash="A" * 43, earlier=(0,)))
    forger.sign()

    assert audit(book).codes == {"END_WITHOUT_DECISION"}


def test_a_receipt_before_its_delivery_is_found(book: Book, history: History) -> None:
    forger = Forger(book)
    delivered = book.rows("SELECT delivered FROM message WHERE idx = ?", history.decided)[0][0]
    forger.rewrite(delivered, Record(type="tick"))
    forger.sign()

    assert "RECEIPT_WITHOUT_DELIVERED" in audit(book).codes


def test_a_record_removed_without_erasure_is_found(book: Book, history: History) -> None:
    book.edit("DELETE FROM record WHERE idx = ?", history.decided + 1)

    assert "RECORD_MISSING" in audit(book).codes


def test_a_record_removed_with_an_erasure_entry_is_no_finding(book: Book) -> None:
    forger = Forger(book)
    last = forger.size() - 1
    sample = forger.record(last)
    forger.append(replace(sample, type="erasure", earlier=(last,)))
    forger.sign()
    book.edit("DELETE FROM record WHERE idx = ?", last)

    assert audit(book).findings == ()


def test_a_record_that_was_said_to_be_erased_and_is_still_there_is_found(book: Book) -> None:
    forger = Forger(book)
    last = forger.size() - 1
    forger.append(replace(forger.record(last), type="erasure", earlier=(last,)))
    forger.sign()

    assert audit(book).codes == {"RECORD_DIFFERS"}


def test_time_that_runs_backwards_is_found(book: Book) -> None:
    forger = Forger(book)
    book.now -= 3600
    forger.append(Record(type="tick", convenant=CONVENANT.digest, directory=DIRECTORY.version))
    forger.sign()

    assert "TIME_BACKWARDS" in audit(book).codes


def test_a_note_no_log_signed_is_no_witness(book: Book) -> None:
    stranger = sign_checkpoint(Checkpoint(ORIGIN, 3, bytes(32)), WRONG_KEY)

    assert audit(book, stranger).codes == {"WITNESS_UNSIGNED"}


def test_known_limit_an_end_nobody_saw_can_be_rewritten_by_who_holds_the_log_key(book: Book, history: History) -> None:
    """Until a note of it left the house, the end of a log is as good as the log key: SECURITY.md says so."""
    book.path.write_bytes(history.early)
    forger = Forger(book)
    last = forger.size() - 1
    forger.rewrite(last, replace(forger.record(last), type="tick"))
    forger.sign()

    assert audit(book, history.early_note).findings == ()


def dump(path: Path) -> list[str] | None:
    """Return all that a database says, None when it cannot be read."""
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        return sorted(map(repr, rows_of(connection)))
    except (sqlite3.Error, ValueError):
        return None
    finally:
        connection.close()


def rows_of(connection: sqlite3.Connection) -> Iterator[tuple[object, ...]]:
    """Yield every row of every table, and the schema."""
    schema = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema").fetchall()
    yield from schema
    for kind, name, _, _ in schema:
        if kind == "table":
            yield from ((name, *row) for row in connection.execute(f"SELECT * FROM {name}"))  # noqa: S608
