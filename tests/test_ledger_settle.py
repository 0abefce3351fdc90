"""Settling: each message is decided once, in one transaction with its casus, and can prove what was decided."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.forgery import forge
from tests.ledger_town import (
    DAY,
    REGISTRY,
    START,
    Book,
    acknowledge,
    arrive,
    draw_casus,
    draw_message_id,
    only,
    register,
    report,
    say,
)
from tests.one_directory import (
    CONVENANT,
    CORPORATION,
    DIRECTORY,
    FILE,
    IDENTITY,
    REGIE,
    SCHOOL,
    SIGNING,
    fixed_key,
    load,
)
from zegel_broker.ledger import Delivered, Ledger, LedgerError, OutcomeFault, Settled, SettleFault, Undeliverable
from zegel_broker.registry import Registry
from zegel_broker.verify import Refused, Unread
from zegel_schemas import canonical
from zegel_schemas.declaration import BROKER, Recipient
from zegel_schemas.directory import append_statement, make_revoke
from zegel_schemas.record import read_record
from zegel_schemas.registrations import PhaseSet, PurposeOpened
from zegel_schemas.seal import PrivateKey, b64u, check_frame, read
from zegel_schemas.stamp import Notice, Stamp, check_notice, check_stamp


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    book = Book(tmp_path)
    yield book
    await book.close()


@pytest.fixture
async def ledger(book: Book) -> Ledger:
    return await book.open()


async def test_a_permitted_message_carries_a_stamp_its_recipient_accepts(ledger: Ledger) -> None:
    message = report()

    settlement = await ledger.settle([arrive(message)])

    settled = only(settlement)
    stamp = Stamp.decode(Stamp(settled.proof, settlement.note).encode())
    verified = read(check_frame(message.container, DIRECTORY.key))
    check_stamp(stamp, verified, directory=DIRECTORY, convenants={CONVENANT.digest: CONVENANT}.get, me=REGIE)
    assert (settled.outcome, settled.fresh, settled.to_deliver) == ("permitted", True, True)
    assert (settled.sender, settled.recipient, settled.tell) == (CORPORATION, REGIE, CORPORATION)


async def test_a_refusal_is_proven_with_its_reasons_in_two_languages(ledger: Ledger) -> None:
    settlement = await ledger.settle([arrive(register(draw_casus()), REGIE)])

    settled = only(settlement)
    notice = Notice(settled.proofs, settlement.note, settled.explanations)
    (proven,) = check_notice(Notice.decode(notice.encode()), DIRECTORY)
    explanation = canonical.decode(settled.explanation)
    assert isinstance(explanation, dict)
    assert (settled.outcome, settled.code, settled.tell) == ("refused", "CASUS_ONBEKEND", REGIE)
    assert proven.record.codes == ("CASUS_ONBEKEND",)
    assert explanation["nl"] == "Deze casus is hier niet bekend."
    assert explanation["en"] == "This casus is not known here."
    assert explanation["failures"]


async def test_messages_of_one_batch_see_what_the_ones_before_did(ledger: Ledger) -> None:
    casus = draw_casus()

    settlement = await ledger.settle(
        [
            arrive(register(casus), REGIE),
            arrive(report(casus)),
            arrive(register(casus, PurposeOpened(purposes=("zelfredzaamheid",))), REGIE),
            arrive(register(casus, PhaseSet(phase="informatieronde")), REGIE),
        ]
    )

    outcomes = [each.outcome for each in settlement.settled if not isinstance(each, SettleFault)]
    assert outcomes == ["refused", "permitted", "permitted", "permitted"]
    view = await ledger.casus_view(casus)
    assert view is not None
    assert view.phase == "informatieronde"
    assert "zelfredzaamheid" in view.purposes


async def test_a_message_that_comes_again_gets_the_decision_it_got(ledger: Ledger) -> None:
    message = report()
    first = only(await ledger.settle([arrive(message)]))

    again = await ledger.settle([arrive(report()), arrive(message)])

    second = again.settled[1]
    assert not isinstance(second, SettleFault)
    assert (second.decision_index, second.fresh, second.outcome) == (first.decision_index, False, "permitted")
    assert second.to_deliver
    check_notice(Notice(second.proofs, again.note), DIRECTORY)


async def test_a_message_twice_in_one_batch_is_decided_once(ledger: Ledger) -> None:
    message = report()

    settlement = await ledger.settle([arrive(message), arrive(message)])

    first, second = settlement.settled
    assert not isinstance(first, SettleFault)
    assert not isinstance(second, SettleFault)
    assert first.decision_index == second.decision_index
    assert (first.fresh, second.fresh) == (True, False)


async def test_a_known_message_keeps_its_decision_whatever_the_clock_says(book: Book, ledger: Ledger) -> None:
    message = report()
    first = only(await ledger.settle([arrive(message)]))

    book.now = START + 30 * DAY
    again = only(await ledger.settle([arrive(message)]))

    assert (again.outcome, again.decision_index) == ("permitted", first.decision_index)


async def test_what_is_known_survives_the_end_of_the_process(book: Book, ledger: Ledger) -> None:
    casus = draw_casus()
    message = report(casus)
    first = only(await ledger.settle([arrive(message)]))
    await book.close()

    reopened = await book.open()
    settlement = await reopened.settle([arrive(message), arrive(register(casus), REGIE)])

    known, new = settlement.settled
    assert not isinstance(known, SettleFault)
    assert not isinstance(new, SettleFault)
    assert known.decision_index == first.decision_index
    assert new.outcome == "permitted"
    check_notice(Notice((*known.proofs, *new.proofs), settlement.note), DIRECTORY)


async def test_another_message_under_a_known_id_is_refused_with_an_alarm(ledger: Ledger) -> None:
    name, casus = draw_message_id(), draw_casus()
    first = only(await ledger.settle([arrive(report(casus, id=name))]))
    other = report(casus, id=name)

    second = only(await ledger.settle([arrive(other)]))
    third = only(await ledger.settle([arrive(other)]))

    assert (second.outcome, second.code, second.alarm) == ("refused", "ANDER_BERICHT_ZELFDE_ID", True)
    assert (third.decision_index, third.fresh, third.alarm) == (second.decision_index, False, True)
    assert only(await ledger.settle([arrive(report(casus, id=name))])).outcome == "refused"
    assert first.outcome == "permitted"


async def test_a_message_in_anothers_inbox_occupies_no_id(ledger: Ledger) -> None:
    message = report()
    stolen = arrive(message, SCHOOL)
    assert isinstance(stolen, Refused)

    turned_away = only(await ledger.settle([stolen]))
    again = only(await ledger.settle([stolen]))
    genuine = only(await ledger.settle([arrive(message)]))

    assert (turned_away.outcome, turned_away.code, turned_away.tell) == ("refused", "VREEMDE_INBOX", SCHOOL)
    assert again.decision_index == turned_away.decision_index
    assert genuine.outcome == "permitted"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"issued": START + 121, "expires": START + DAY}, "UIT_DE_TOEKOMST"),
        ({"issued": START - DAY, "expires": START}, "VERLOPEN"),
        ({"issued": START, "expires": START + 7 * DAY + 1}, "GELDIGHEID_TE_LANG"),
        ({"convenant": "A" * 43}, "CONVENANT_VERSIE"),
    ],
)
async def test_a_new_message_is_held_against_the_clock_and_the_set_in_force(
    ledger: Ledger, changes: dict[str, Any], code: str
) -> None:
    settled = only(await ledger.settle([arrive(report(**changes))]))

    assert (settled.outcome, settled.code) == ("refused", code)


async def test_a_clock_that_runs_ahead_within_two_minutes_is_forgiven(ledger: Ledger) -> None:
    settled = only(await ledger.settle([arrive(report(issued=START + 120, expires=START + DAY))]))

    assert settled.outcome == "permitted"


async def test_who_names_another_convenant_is_told_which_is_in_force(ledger: Ledger) -> None:
    settled = only(await ledger.settle([arrive(report(convenant="A" * 43))]))

    explanation = canonical.decode(settled.explanation)
    assert isinstance(explanation, dict)
    assert explanation["convenant"] == CONVENANT.digest


async def test_a_key_past_its_last_day_signs_nothing_new(book: Book, ledger: Ledger) -> None:
    book.now = START + 91 * DAY

    settled = only(await ledger.settle([arrive(report(issued=START + 91 * DAY, expires=START + 92 * DAY))]))

    assert (settled.outcome, settled.code) == ("refused", "SLEUTEL_NIET_GELDIG")


async def test_a_revoked_key_signs_nothing_new_and_what_it_signed_before_stands(book: Book, ledger: Ledger) -> None:
    before, after = report(), report()
    first = only(await ledger.settle([arrive(before)]))
    await book.close()
    revoked = make_revoke(SIGNING[CORPORATION].id, at=START, time=START, signed_by=IDENTITY[CORPORATION], after=FILE)
    book.registry = Registry(load(append_statement(FILE, revoked)), REGISTRY.convenants, REGISTRY.hop)
    reopened = await book.open()

    settlement = await reopened.settle([arrive(before), arrive(after)])

    known, new = [each for each in settlement.settled if isinstance(each, Settled)]
    assert (known.outcome, known.decision_index) == ("permitted", first.decision_index)
    assert (new.outcome, new.code) == ("refused", "SLEUTEL_INGETROKKEN")


async def test_what_is_sealed_to_a_key_past_its_last_day_is_refused(book: Book, ledger: Ledger) -> None:
    book.now = START + 9 * DAY

    settled = only(await ledger.settle([arrive(report(issued=START + 9 * DAY, expires=START + 10 * DAY))]))

    assert (settled.outcome, settled.code) == ("refused", "ONTVANGER_SLEUTEL_ONBEKEND")


@pytest.mark.parametrize("key", [fixed_key("sealing", SCHOOL), fixed_key("hop", REGIE), SIGNING[REGIE]])
async def test_what_names_another_key_than_a_sealing_key_of_its_recipient_is_refused(
    ledger: Ledger, key: PrivateKey
) -> None:
    honest = check_frame(report().container, DIRECTORY.key)
    declaration = read(honest).declaration
    recipient = Recipient(instantie=REGIE, key=b64u(key.id))
    forged = forge(
        declaration.model_copy(update={"recipient": recipient}),
        honest.sealed,
        honest.table_bytes,
        signing=SIGNING[CORPORATION],
    )

    settled = only(await ledger.settle([arrive(forged)]))

    assert (settled.outcome, settled.code) == ("refused", "ONTVANGER_SLEUTEL_ONBEKEND")


async def test_codes_nobody_knows_leave_no_trace_but_a_hash(book: Book, ledger: Ledger) -> None:
    secret = "het-gezin-jansen-uit-de-kerkstraat"
    message = say(secret, sender=REGIE, recipient=BROKER, purpose=secret, asks=(secret,))

    settled = only(await ledger.settle([arrive(message, REGIE)]))
    await book.close()

    assert (settled.outcome, settled.sender) == ("refused", REGIE)
    assert read_record(settled.proof.record).subjects == ()
    assert secret.encode() not in b"".join(each.read_bytes() for each in book.place.iterdir())


async def test_the_senders_own_bytes_are_kept_for_what_was_decided(book: Book, ledger: Ledger) -> None:
    message = report()

    settled = only(await ledger.settle([arrive(message)]))

    signed = check_frame(message.container, DIRECTORY.key)
    kept = book.rows("SELECT declaration, seal_table, signature FROM sent WHERE idx = ?", settled.decision_index)
    assert kept == [(signed.declaration_bytes, signed.table_bytes, signed.signature)]


async def test_leaves_records_and_explanations_are_canonical(book: Book, ledger: Ledger) -> None:
    casus = draw_casus()
    message = report(casus)
    settled = only(await ledger.settle([arrive(message)]))
    await ledger.settle([arrive(acknowledge(message, casus), REGIE), arrive(register(draw_casus()), REGIE)])
    assert settled.to_deliver

    for table, column in (("entry", "leaf"), ("record", "record"), ("explanation", "explanation")):
        found = book.rows(f"SELECT {column} FROM {table}")  # noqa: S608 - names of this test
        assert found
        for (data,) in found:
            canonical.decode(data)


async def test_unreadable_bodies_of_one_inbox_and_reason_are_one_entry(ledger: Ledger) -> None:
    junk = [Unread(CORPORATION, "HOP_ONLEESBAAR", bytes([number]) * 32) for number in range(3)]
    other = Unread(SCHOOL, "HOP_ONLEESBAAR", bytes(32))

    settlement = await ledger.settle([*junk, other])

    settled = [each for each in settlement.settled if not isinstance(each, SettleFault)]
    assert {each.tell: each.decision_index for each in settled}.keys() == {CORPORATION, SCHOOL}
    assert len({each.decision_index for each in settled[:3]}) == 1
    (proven,) = check_notice(Notice(settled[0].proofs, settlement.note, settled[0].explanations), DIRECTORY)
    assert (proven.record.type, proven.record.count, proven.record.recipient) == ("unreadable", 3, CORPORATION)
    explanation = canonical.decode(settled[0].explanation)
    assert isinstance(explanation, dict)
    assert len(explanation["bodies"]) == 3  # type: ignore[arg-type]


async def test_a_message_we_cannot_settle_harms_no_neighbour(book: Book, ledger: Ledger) -> None:
    broken, casus = draw_casus(), draw_casus()
    await ledger.settle([arrive(report(broken)), arrive(report(casus))])
    await book.close()
    book.edit("UPDATE casus SET state = CAST('{' AS BLOB) WHERE id = ?", broken)
    reopened = await book.open()

    settlement = await reopened.settle([arrive(register(broken), REGIE), arrive(register(casus), REGIE)])

    poison, neighbour = settlement.settled
    assert isinstance(poison, SettleFault)
    assert poison.kind.startswith("JSONDecodeError at ")
    assert not isinstance(neighbour, SettleFault)
    assert neighbour.outcome == "permitted"


async def test_an_outcome_of_what_was_never_permitted_harms_no_neighbour(ledger: Ledger) -> None:
    settlement = await ledger.settle([arrive(report())], [Delivered(0), Undeliverable(99, "NIET_BEZORGBAAR")])

    assert [type(each) for each in settlement.outcomes] == [OutcomeFault, OutcomeFault]
    assert only(settlement).outcome == "permitted"


async def test_a_batch_of_nothing_new_writes_nothing(ledger: Ledger) -> None:
    message = report()
    note = (await ledger.settle([arrive(message)])).note

    again = await ledger.settle([arrive(message)])

    assert again.note == note
    assert (await ledger.settle([])).note == note
    assert await ledger.newest_note() == note


async def test_a_closed_ledger_settles_nothing(book: Book, ledger: Ledger) -> None:
    await book.close()

    with pytest.raises(LedgerError):
        await ledger.settle([arrive(report())])


async def test_a_receipt_for_what_was_never_permitted_is_refused_and_answered_by_nothing(ledger: Ledger) -> None:
    casus = draw_casus()

    settled = only(await ledger.settle([arrive(acknowledge(report(casus), casus), REGIE)]))

    assert (settled.outcome, settled.code, settled.tell) == ("refused", "ONGELDIG_BERICHT", "")
