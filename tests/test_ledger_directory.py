"""The ledger holds the directory statement by statement, never goes back, and shows what it names to who asks."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ledger_town import REGISTRY, START, Book, arrive, only, report
from tests.one_directory import (
    CORPORATION,
    DAY,
    DIRECTORY,
    FILE,
    IDENTITY,
    LOG,
    NOW,
    ORIGIN,
    REGIE,
    ROOTS,
    SCHOOL,
    SIGNING,
    fixed_key,
    load,
    publish,
)
from zegel_broker.ledger import Delivered, DirectoryWentBack, Ledger, OutcomeSettled, verify_log
from zegel_broker.ledger.audit_directory import DirectoryTrail
from zegel_broker.registry import Registry
from zegel_schemas.directory import NOT_STOLEN, DirectoryInvalid, append_statement, make_member, make_revoke
from zegel_schemas.merkle import check_consistency
from zegel_schemas.note import open_checkpoint
from zegel_schemas.record import DirectoryVersion, EntryType, Record
from zegel_schemas.stamp import Notice, check_notice, check_proof

GROWN = publish(SCHOOL, FILE, (fixed_key("sealing", SCHOOL, 1), NOW, NOW + DAY), time=NOW)
OTHER = publish(SCHOOL, FILE, (fixed_key("sealing", SCHOOL, 2), NOW, NOW + DAY), time=NOW)
STATEMENTS = (
    "SELECT idx, json_extract(CAST(record AS TEXT), '$.directory.count'), json_extract(CAST(record AS TEXT), '$.hash')"
    " FROM record WHERE json_extract(CAST(record AS TEXT), '$.kind') = 'directory' ORDER BY idx"
)
VERSIONS = "SELECT json_extract(CAST(record AS TEXT), '$.directory.count') FROM record ORDER BY idx"


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    """A ledger that does not exist yet."""
    book = Book(tmp_path)
    yield book
    await book.close()


@pytest.fixture
async def ledger(book: Book) -> Ledger:
    """That ledger, open."""
    return await book.open()


def registry(file: bytes) -> Registry:
    return Registry(load(file), REGISTRY.convenants, REGISTRY.hop)


async def test_every_statement_is_an_entry_in_the_order_of_the_directory(book: Book, ledger: Ledger) -> None:
    await ledger.follow(registry(GROWN))

    grown = load(GROWN)
    assert [row[1:] for row in book.rows(STATEMENTS)] == [
        (count, grown.head_at(count)) for count in range(1, grown.count + 1)
    ]


async def test_in_the_order_of_the_log_a_directory_only_grows(book: Book, ledger: Ledger) -> None:
    await ledger.settle([arrive(report())])
    await ledger.follow(registry(GROWN))
    await ledger.tick()

    versions = [count for (count,) in book.rows(VERSIONS)]
    assert versions == sorted(versions)
    assert versions[-1] == DIRECTORY.count + 1


async def test_following_what_is_held_already_enters_nothing(ledger: Ledger) -> None:
    before = await ledger.newest_note()

    assert await ledger.follow(registry(FILE)) == before


@pytest.mark.parametrize("file", [FILE, OTHER])
async def test_a_directory_that_goes_back_or_forks_is_not_followed(ledger: Ledger, file: bytes) -> None:
    await ledger.follow(registry(GROWN))

    with pytest.raises(DirectoryInvalid):
        await ledger.follow(registry(file))

    settled = only(await ledger.settle([arrive(report())]))
    assert (settled.outcome, ledger.trouble) == ("permitted", "")


@pytest.mark.parametrize("file", [FILE, OTHER])
async def test_a_broker_does_not_start_on_a_directory_older_than_its_log(
    book: Book, ledger: Ledger, file: bytes
) -> None:
    await ledger.follow(registry(GROWN))
    await book.close()
    book.registry = registry(file)

    with pytest.raises(DirectoryWentBack):
        await book.open()


async def test_a_key_revoked_while_a_message_was_on_its_way_signs_it_no_more(ledger: Ledger) -> None:
    decided, waiting = report(), report()
    first = only(await ledger.settle([arrive(decided)]))
    arrival = arrive(waiting)  # verified by the directory of before
    revoked = make_revoke(SIGNING[CORPORATION].id, at=START, time=START, signed_by=IDENTITY[CORPORATION], after=FILE)
    await ledger.follow(registry(append_statement(FILE, revoked)))

    refused = only(await ledger.settle([arrival]))
    again = only(await ledger.settle([arrive(decided)]))

    assert (refused.outcome, refused.code) == ("refused", "SLEUTEL_INGETROKKEN")
    assert (again.outcome, again.decision_index) == ("permitted", first.decision_index)


async def test_a_key_replaced_for_later_signs_until_then(book: Book, ledger: Ledger) -> None:
    made = make_revoke(
        SIGNING[CORPORATION].id,
        at=START + DAY,
        time=START,
        signed_by=IDENTITY[CORPORATION],
        after=FILE,
        index=NOT_STOLEN,
    )
    await ledger.follow(registry(append_statement(FILE, made)))
    before = only(await ledger.settle([arrive(report())]))
    book.now = START + DAY

    after = only(await ledger.settle([arrive(report())]))

    assert (before.outcome, after.code) == ("permitted", "SLEUTEL_INGETROKKEN")


async def test_a_member_that_left_while_its_message_was_on_its_way_signs_it_no_more(ledger: Ledger) -> None:
    arrival = arrive(report())
    left = make_member(CORPORATION, identity=[], time=START, signed_by=ROOTS[:2], after=FILE)
    await ledger.follow(registry(append_statement(FILE, left)))

    refused = only(await ledger.settle([arrival]))

    assert (refused.outcome, refused.code) == ("refused", "SLEUTEL_NIET_GELDIG")


async def test_the_log_shows_what_counts_and_that_it_goes_on_from_every_size(ledger: Ledger) -> None:
    # The tree passes several powers of two.
    seen = [open_checkpoint(await ledger.tick(), ORIGIN, LOG.public) for _ in range(40)]
    await ledger.settle([arrive(report())])
    sizes = [each.size for each in seen]

    shown = await ledger.show(sizes)

    proven = check_proof(shown.proof, shown.note, DIRECTORY)
    assert (proven.record.type, proven.record.directory) == ("tick", DIRECTORY.version)
    for old, new, step in zip(seen, [*seen[1:], proven.checkpoint], shown.steps, strict=True):
        check_consistency(first=old.size, second=new.size, first_root=old.root, second_root=new.root, path=step.path)


async def test_a_new_statement_is_shown_at_once(ledger: Ledger) -> None:
    await ledger.follow(registry(GROWN))

    shown = await ledger.show()

    assert check_proof(shown.proof, shown.note, load(GROWN)).record.type == "statement"
    assert shown.directory == load(GROWN).version


async def test_a_size_the_log_never_had_is_not_shown(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="beyond"):
        await ledger.show([10_000])


async def test_the_book_is_sound_after_a_change_of_directory(ledger: Ledger) -> None:
    await ledger.settle([arrive(report())])
    await ledger.follow(registry(GROWN))
    await ledger.settle([arrive(report())])

    assert (await ledger.verify()).sound


@pytest.mark.parametrize("delivered", [True, False], ids=["in its queue", "on its way"])
async def test_what_who_left_never_collected_ends_as_undeliverable_at_once_and_its_sender_is_told(
    ledger: Ledger, *, delivered: bool
) -> None:
    decided = only(await ledger.settle([arrive(report())]))
    if delivered:
        await ledger.settle([], [Delivered(decided.decision_index)])
    before = await ledger.sweep(START)
    left = make_member(REGIE, identity=[], time=NOW, signed_by=ROOTS[:2], after=FILE)
    file = append_statement(FILE, left)
    await ledger.follow(registry(file))

    after = await ledger.sweep(START)

    assert not before.outcomes
    (end,) = after.outcomes
    assert isinstance(end, OutcomeSettled)
    assert (end.decision_index, end.type, end.code) == (decided.decision_index, "undeliverable", "NIET_BEZORGBAAR")
    told = check_notice(Notice.decode(Notice(end.proofs, after.note, end.explanations).encode()), load(file))
    assert told[-1].record.type == "undeliverable"
    assert (await ledger.verify()).findings == ()


@pytest.mark.parametrize("file", [FILE, OTHER])
async def test_a_log_that_names_another_directory_than_the_one_it_is_held_against_is_found(
    book: Book, ledger: Ledger, file: bytes
) -> None:
    await ledger.follow(registry(GROWN))

    report_ = verify_log(book.path, directory=load(file), convenants=REGISTRY.convenants)

    assert "DIRECTORY_DIFFERS" in report_.codes


def test_the_trail_finds_what_goes_back_skips_or_was_never_entered() -> None:
    def name(count: int, kind: EntryType = "tick") -> Record:
        version = DirectoryVersion(count, DIRECTORY.head_at(count) or "")
        statement = kind == "statement"
        return Record(
            type=kind, kind="directory" if statement else "", hash=version.head if statement else "", directory=version
        )

    def follow(*records: Record) -> list[int | None]:
        trail = DirectoryTrail(DIRECTORY)
        for index, record in enumerate(records):
            trail.follow(index, record)
        return sorted({each.index for each in trail.findings}, key=str)

    honest = [name(1, "statement"), name(2, "statement"), name(2)]
    assert follow(*honest) == []
    assert follow(*honest, name(1)) == [3]
    assert follow(*honest, name(3)) == [3]
    assert follow(name(1, "statement"), name(3, "statement")) == [1]
    assert follow(*honest, replace(name(3, "statement"), hash="A" * 43)) == [3]
    assert follow(*honest, Record(type="tick", directory=DirectoryVersion(2, "A" * 43))) == [3]
