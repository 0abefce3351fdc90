"""`keys sweep`: what a stolen key signed or received is listed, and the sender of what is still open is asked once."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.broker_home import Home
from tests.ledger_town import REGISTRY, START, Book, acknowledge, arrive, draw_casus, only, report
from tests.one_directory import (
    CORPORATION,
    DIRECTORY,
    FILE,
    IDENTITY,
    REGIE,
    SIGNING,
    fixed_key,
    load,
)
from zegel_broker.cli_sweep import find_keys
from zegel_broker.ledger import Delivered, Ledger
from zegel_broker.ledger.anew import SEAL_ANEW, STOLEN, ask_anew
from zegel_broker.ledger.key_sweep import Touched, sweep_keys
from zegel_broker.registry import Registry
from zegel_schemas import canonical
from zegel_schemas.directory import (
    NOT_STOLEN,
    Directory,
    append_statement,
    make_revoke,
)
from zegel_schemas.record import read_record
from zegel_schemas.seal import Sealed
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.stamp import Notice, check_notice

SEALING = fixed_key("sealing", REGIE)


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    book = Book(tmp_path)
    yield book
    await book.close()


@pytest.fixture
async def ledger(book: Book) -> Ledger:
    return await book.open()


def revoke(key: PrivateKey, *, index: int, file: bytes = FILE) -> Directory:
    """Return the directory in which the owner of this key revoked it from `index` on."""
    made = make_revoke(key.id, at=START, time=START, index=index, signed_by=IDENTITY[key.public.owner], after=file)
    return load(append_statement(file, made))


def sweep(book: Book, directory: Directory, **which: str) -> list[Touched]:
    keys = find_keys(directory, **which)
    assert keys is not None
    return sweep_keys(book.path, keys)


async def send(ledger: Ledger, *, deliver: bool = True) -> tuple[Sealed, str, int]:
    """Let the corporation report a family; return message, casus and the index of the decision."""
    casus = draw_casus()
    message = report(casus)
    settled = only(await ledger.settle([arrive(message)]))
    if deliver:
        await ledger.settle([], [Delivered(settled.decision_index)])
    return message, casus, settled.decision_index


async def test_all_that_was_sealed_to_a_stolen_key_is_listed_with_what_became_of_it(book: Book, ledger: Ledger) -> None:
    opened, casus, first = await send(ledger)
    await ledger.settle([arrive(acknowledge(opened, casus), REGIE)])
    _, _, second = await send(ledger)
    _, _, third = await send(ledger, deliver=False)

    found = sweep(book, revoke(SEALING, index=third))

    assert [(each.index, each.state, each.delivered, each.open) for each in found] == [
        (first, "opened", True, False),
        (second, "delivered", True, True),
        (third, "waiting", False, True),
    ]
    assert {(each.bond, each.kind, each.sender, each.recipient) for each in found} == {
        ("sealed_to", "aanmelding", CORPORATION, REGIE)
    }
    assert all(each.in_doubt for each in found)  # who holds the key opens what was recorded before, too
    assert found[0].casus == casus
    assert found[0].hash == opened.message_hash
    assert found[0].time == START


async def test_what_a_stolen_key_signed_is_in_doubt_from_the_index_its_owner_names(book: Book, ledger: Ledger) -> None:
    _, _, before = await send(ledger)
    _, _, after = await send(ledger)

    found = sweep(book, revoke(SIGNING[CORPORATION], index=after))

    assert [(each.index, each.bond, each.in_doubt) for each in found] == [
        (before, "signed_by", False),
        (after, "signed_by", True),
    ]


async def test_a_receipt_a_stolen_key_signed_is_listed_too(book: Book, ledger: Ledger) -> None:
    message, casus, _ = await send(ledger)
    await ledger.settle([arrive(acknowledge(message, casus), REGIE)])

    found = sweep(book, revoke(SIGNING[REGIE], index=0))

    assert [(each.kind, each.state, each.open) for each in found] == [("receipt", "settled", False)]


async def test_a_key_that_was_only_replaced_touches_nothing(book: Book, ledger: Ledger) -> None:
    await send(ledger)
    replaced = revoke(SEALING, index=NOT_STOLEN)

    assert sweep(book, replaced) == []
    assert [each.in_doubt for each in sweep(book, replaced, key=b64u(SEALING.id))] == [False]


def test_a_key_or_instantie_nobody_knows_is_said_so() -> None:
    assert find_keys(DIRECTORY, key="A" * 43) is None
    assert find_keys(DIRECTORY, key="geen sleutel") is None
    assert find_keys(DIRECTORY, instantie="niemand") is None
    assert find_keys(DIRECTORY, key=b64u(SEALING.id), instantie=CORPORATION) is None
    assert find_keys(DIRECTORY) == []


async def test_the_sender_of_what_nobody_opened_is_asked_once_with_proof_until_it_is_told(
    book: Book, ledger: Ledger
) -> None:
    opened, casus, _ = await send(ledger)
    await ledger.settle([arrive(acknowledge(opened, casus), REGIE)])
    waiting, _, decided = await send(ledger)
    await ledger.follow(Registry(revoke(SEALING, index=0), REGISTRY.convenants, REGISTRY.hop))
    touched = sweep(book, revoke(SEALING, index=0))

    asked = await ask_anew(ledger, touched)
    again = await ask_anew(ledger, touched)
    reminders = await ledger.remind(int(book.now))
    (reminder,) = reminders.reminders
    told = await ledger.remind(int(book.now), told=[reminder.index])

    record = read_record(reminder.proof.record)
    text = canonical.decode(reminder.explanation)
    check_notice(Notice((reminder.proof,), reminders.note, {reminder.index: reminder.explanation}), DIRECTORY)
    assert [each.index for each in asked] == [decided]
    assert again == []
    assert reminder.tell == (CORPORATION,)
    assert (record.type, record.kind, record.codes) == ("duty", SEAL_ANEW, (STOLEN,))
    assert (record.hash, record.earlier[0]) == (b64u(waiting.message_hash), decided)
    assert isinstance(text, dict)
    assert text["message"] == record.message
    assert told.reminders == ()
    assert (await ledger.verify()).sound


async def test_what_was_opened_meanwhile_is_not_asked_about(book: Book, ledger: Ledger) -> None:
    message, casus, _ = await send(ledger)
    touched = sweep(book, revoke(SEALING, index=0))
    await ledger.settle([arrive(acknowledge(message, casus), REGIE)])

    assert await ask_anew(ledger, touched) == []


def answer(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_the_command_lists_and_asks_and_asks_nobody_twice(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.send()
    home.revoke(SEALING)

    looked = answer(home.sweep("--list-only", "--json"))
    first = answer(home.sweep("--json"))
    again = answer(home.sweep("--instantie", REGIE, "--json"))
    others = answer(home.sweep("--instantie", CORPORATION, "--json"))
    shown = home.sweep()

    assert (looked["asked"], first["asked"], again["asked"]) == (0, 1, 0)
    (message,) = first["messages"]
    assert (message["sender"], message["recipient"], message["state"], message["asked"]) == (
        CORPORATION,
        REGIE,
        "delivered",
        True,
    )
    assert [each["key"] for each in first["keys"]] == [b64u(SEALING.id)]
    assert others["messages"] == []
    assert message["message"] in shown.stdout
    assert shown.stdout.splitlines()[-1].startswith("1 messages of 1 keys; 1 of them not opened")


def test_a_key_nobody_revoked_is_listed_and_nobody_is_asked(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.send()

    found = answer(home.sweep("--key", b64u(SEALING.id), "--json"))

    assert [each["state"] for each in found["messages"]] == ["delivered"]
    assert found["asked"] == 0


def test_the_command_ends_with_1_for_a_key_nobody_knows(tmp_path: Path) -> None:
    assert Home(tmp_path).sweep("--key", "A" * 43).exit_code == 1
