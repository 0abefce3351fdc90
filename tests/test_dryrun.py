"""A dry run is answered as the message would be, and has no other effect: nothing delivered, no id taken, no casus."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.dryrun_scene import declared, try_out
from tests.forgery import forge
from tests.ledger_town import DAY, START, Book, arrive, draw_casus, draw_message_id, only, register, report, say
from tests.one_directory import CORPORATION, DIRECTORY, REGIE, SIGNING
from zegel_broker.ledger import Ledger, Settled
from zegel_broker.verify import Unread
from zegel_schemas import canonical
from zegel_schemas.declaration import Recipient
from zegel_schemas.record import Record, read_record
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal import Sealed, b64u, check_frame, read
from zegel_schemas.seal.frame import Frame
from zegel_schemas.stamp import Notice, Stamp, check_notice, check_stamp

PER_DAY = 20


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    book = Book(tmp_path)
    yield book
    await book.close()


@pytest.fixture
async def ledger(book: Book) -> Ledger:
    return await book.open()


async def ask(ledger: Ledger, message: Sealed | bytes, inbox: str = CORPORATION) -> Settled:
    """Settle one message or dry run."""
    return only(await ledger.settle([arrive(message, inbox)]))


def told(settled: Settled) -> Record:
    """Return what the entry of an answer says."""
    return read_record(settled.proof.record)


async def test_a_message_that_would_pass_is_answered_with_its_rules_and_goes_nowhere(ledger: Ledger) -> None:
    message = report()

    answer = await ask(ledger, try_out(message))

    record = told(answer)
    assert (record.type, record.outcome) == ("dryrun", "permitted")
    assert "CMPG-101" in record.rules["identificatie_contact"]
    assert (answer.outcome, answer.to_deliver, answer.tell) == ("dryrun", False, CORPORATION)
    assert await ledger.casus_view(declared(message).casus) is None


async def test_the_answer_is_what_the_message_then_gets(ledger: Ledger) -> None:
    message = report(purpose="kinderbijslag")

    tried, sent = await ask(ledger, try_out(message)), await ask(ledger, message)

    assert told(tried).codes == told(sent).codes
    assert told(tried).codes[0] == "DOEL_ONBEKEND"
    assert tried.explanation == sent.explanation


async def test_a_refusal_explains_itself_no_further_than_that_of_a_message(ledger: Ledger) -> None:
    casus = draw_casus()
    await ask(ledger, report(casus))

    early = say("mdo_uitnodiging", "proces_casus", sender=REGIE, recipient=CORPORATION, casus=casus)
    tried, sent = await ask(ledger, try_out(early), REGIE), await ask(ledger, early, REGIE)

    assert sent.outcome == "refused"
    assert tried.explanation
    assert canonical.decode(tried.explanation) == canonical.decode(sent.explanation)


async def test_the_answer_travels_in_a_notice_that_proves_it(ledger: Ledger) -> None:
    settlement = await ledger.settle([arrive(try_out(report(purpose="kinderbijslag")))])
    answer = only(settlement)

    (proven,) = check_notice(Notice(answer.proofs, settlement.note, answer.explanations), DIRECTORY)

    assert proven.record.type == "dryrun"


async def test_a_dry_run_takes_no_message_id(ledger: Ledger) -> None:
    message = report()

    await ask(ledger, try_out(message))
    sent = await ask(ledger, message)

    assert (sent.outcome, sent.fresh, sent.alarm) == ("permitted", True, False)


async def test_a_message_takes_no_id_of_a_dry_run(ledger: Ledger) -> None:
    message = report()

    await ask(ledger, message)
    tried = await ask(ledger, try_out(message))

    assert told(tried).codes != ("ANDER_BERICHT_ZELFDE_ID",)
    assert tried.fresh


async def test_the_same_dry_run_again_gets_the_answer_it_got(book: Book, ledger: Ledger) -> None:
    tried = try_out(report(purpose="kinderbijslag"))

    first = await ask(ledger, tried)
    await book.close()
    again = await ask(await book.open(), tried)

    assert not again.fresh
    assert (again.decision_index, again.explanation) == (first.decision_index, first.explanation)


async def test_another_dry_run_under_its_id_is_refused_and_entered_as_a_dry_run(ledger: Ledger) -> None:
    message = report()

    await ask(ledger, try_out(message))
    other = await ask(ledger, try_out(message, purpose="huiselijk_geweld"))

    assert (told(other).type, told(other).codes) == ("dryrun", ("ANDER_BERICHT_ZELFDE_ID",))


async def test_one_whose_form_is_wrong_is_a_dry_run_too(ledger: Ledger) -> None:
    said = try_out(report())
    frame = Frame.from_bytes(said.container)
    wrong = forge(frame.declaration + b" ", use="dryrun", signing=SIGNING[CORPORATION])

    answer = await ask(ledger, wrong)

    assert (told(answer).type, told(answer).codes) == ("dryrun", ("NIET_CANONIEK",))


# ---- attacks ---------------------------------------------------------------------------------------------------------


async def test_attack_a_dry_run_replayed_as_message_is_nobodys(ledger: Ledger) -> None:
    """The use stands outside the signed bytes, and the signature's domain binds it all the same."""
    tried = try_out(report(), parts=(), recipient=Recipient(instantie=REGIE))
    await ask(ledger, tried)
    head = bytearray(tried.container)
    head[8] = 1  # use: message

    arrival = arrive(bytes(head))

    assert isinstance(arrival, Unread)
    assert arrival.code == "HANDTEKENING_ONGELDIG"


async def test_attack_the_proof_of_a_dry_run_opens_no_message(ledger: Ledger) -> None:
    message = report()
    settlement = await ledger.settle([arrive(try_out(message))])
    verified = read(check_frame(message.container, DIRECTORY.key))

    with pytest.raises(Refusal) as refused:
        check_stamp(
            Stamp(only(settlement).proof, settlement.note),
            verified,
            directory=DIRECTORY,
            convenants=lambda _: None,
            me=REGIE,
        )

    assert refused.value.code == "STEMPEL_ANDERE_SOORT"


async def test_attack_a_dry_run_earns_no_receipt_and_no_answer(book: Book, ledger: Ledger) -> None:
    casus = draw_casus()
    await ask(ledger, report(casus))
    before = await ledger.casus_view(casus)

    await ask(ledger, try_out(register(casus)), REGIE)

    assert await ledger.casus_view(casus) == before
    assert book.rows("SELECT count(*) FROM message WHERE outcome = 'permitted'") == [(1,)]


async def test_attack_a_dry_run_in_anothers_inbox_is_refused(ledger: Ledger) -> None:
    answer = await ask(ledger, try_out(report()), REGIE)

    assert (told(answer).type, told(answer).codes) == ("dryrun", ("VREEMDE_INBOX",))


# ---- the limit -------------------------------------------------------------------------------------------------------


async def test_more_than_so_many_a_day_about_one_casus_are_not_answered(ledger: Ledger) -> None:
    casus = draw_casus()
    await ask(ledger, report(casus))

    answers = [await ask(ledger, try_out(report(casus))) for _ in range(PER_DAY + 1)]

    codes = [told(each).codes for each in answers]
    assert ("TE_VEEL_PROEVEN",) not in codes[:PER_DAY]
    assert codes[PER_DAY] == ("TE_VEEL_PROEVEN",)


async def test_the_limit_holds_within_one_transaction_and_after_a_restart(book: Book, ledger: Ledger) -> None:
    casus = draw_casus()
    await ask(ledger, report(casus))

    settlement = await ledger.settle([arrive(try_out(report(casus))) for _ in range(PER_DAY)])
    await book.close()
    more = await ask(await book.open(), try_out(report(casus)))

    assert all(isinstance(each, Settled) and each.code != "TE_VEEL_PROEVEN" for each in settlement.settled)
    assert told(more).codes == ("TE_VEEL_PROEVEN",)


async def test_the_next_day_and_another_casus_are_answered_again(book: Book, ledger: Ledger) -> None:
    casus, other = draw_casus(), draw_casus()
    await ask(ledger, report(casus))
    await ask(ledger, report(other))
    await ledger.settle([arrive(try_out(report(casus))) for _ in range(PER_DAY)])

    elsewhere = await ask(ledger, try_out(report(other)))
    book.now += DAY
    tomorrow = await ask(ledger, try_out(report(casus, issued=START + DAY, expires=START + 2 * DAY)))

    assert "TE_VEEL_PROEVEN" not in (*told(elsewhere).codes, *told(tomorrow).codes)


async def test_casus_ids_drawn_for_the_purpose_count_as_one(ledger: Ledger) -> None:
    await ledger.settle([arrive(try_out(report())) for _ in range(PER_DAY)])

    more = await ask(ledger, try_out(report()))

    assert told(more).codes == ("TE_VEEL_PROEVEN",)


async def test_messages_are_never_limited_by_it(ledger: Ledger) -> None:
    await ledger.settle([arrive(try_out(report())) for _ in range(PER_DAY + 1)])

    sent = await ask(ledger, report())

    assert sent.outcome == "permitted"


# ---- the audit -------------------------------------------------------------------------------------------------------


async def test_the_audit_knows_dry_runs(ledger: Ledger) -> None:
    message = report()
    await ledger.settle([arrive(try_out(message)), arrive(try_out(report(purpose="kinderbijslag"))), arrive(message)])
    await ask(ledger, try_out(message, purpose="huiselijk_geweld"))

    assert (await ledger.verify()).codes == frozenset()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM dryrun",
        "UPDATE dryrun SET code = 'GEEN_REGEL'",
        "UPDATE dryrun SET counted = ''",
        "UPDATE dryrun SET day = '2000-01-01'",
    ],
)
async def test_a_memory_of_dry_runs_that_was_changed_is_found(book: Book, ledger: Ledger, sql: str) -> None:
    await ask(ledger, try_out(report(id=draw_message_id())))
    book.edit(sql)

    assert (await ledger.verify()).codes == {"DRYRUN_DIFFERS"}


async def test_the_senders_own_bytes_prove_that_it_asked(book: Book, ledger: Ledger) -> None:
    tried = try_out(report())
    await ask(ledger, tried)

    ((declaration,),) = book.rows("SELECT declaration FROM sent")

    assert b64u(tried.message_hash) == told(await ask(ledger, tried)).hash
    assert declaration == Frame.from_bytes(tried.container).declaration
