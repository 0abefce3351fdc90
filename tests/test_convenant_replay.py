"""Replay: a real ledger, judged again by a draft; each flip is of the draft alone, and nothing is told of anybody."""

import json
from collections.abc import AsyncIterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from tests.ledger_town import DAY, START, Book, arrive, draw_casus, only, register, report, say
from tests.one_directory import CONVENANT, CORPORATION, DIRECTORY, REGIE
from zegel_broker.convenant_tools.past import Past, read_past
from zegel_broker.convenant_tools.replay import ConvenantMissing, Replay, lines, replay
from zegel_broker.ledger import Ledger, Undeliverable
from zegel_broker.ledger.errors import LedgerSchemaWrong
from zegel_schemas.claims import Claims
from zegel_schemas.convenant import Convenant, amend_convenant
from zegel_schemas.registrations import PhaseSet

BASE = CONVENANT.trees[0].value
KNOWN = {CONVENANT.digest: CONVENANT}
SPOKEN = Claims(motivation={"waarom_nodig": 80})


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[Book]:
    book = Book(tmp_path)
    yield book
    await book.close()


@pytest.fixture
async def ledger(book: Book) -> Ledger:
    return await book.open()


def draft(**changes: object) -> Convenant:
    """Return the convenant with other keys in its base document."""
    return amend_convenant(CONVENANT, {"CMPG": {**BASE, **changes}})


def without_rule(rule: str) -> Convenant:
    return draft(regels=[each for each in BASE["regels"] if each["id"] != rule])


def with_condition(rule: str, condition: str) -> Convenant:
    return draft(
        regels=[
            {**each, "voorwaarden": [*each.get("voorwaarden", ()), condition]} if each["id"] == rule else each
            for each in BASE["regels"]
        ]
    )


def judged(book: Book, proposed: Convenant = CONVENANT) -> Replay:
    return replay(read_past(book.path), convenants=KNOWN, draft=proposed)


def signal(casus: str) -> bytes:
    """Return a signal of the corporation, which is permitted once the casus is in its second phase."""
    message = say("signaal", "overlast_leefbaarheid", sender=CORPORATION, recipient=REGIE, casus=casus, claims=SPOKEN)
    return message.container


async def tell(ledger: Ledger, casus: str) -> dict[str, int]:
    """Let a casus be reported, brought into its second phase, and signalled about; return the indices."""
    indices = {"too early": only(await ledger.settle([arrive(register(casus), REGIE)])).decision_index}
    indices["report"] = only(await ledger.settle([arrive(report(casus))])).decision_index
    indices["purpose"] = only(await ledger.settle([arrive(register(casus), REGIE)])).decision_index
    indices["phase"] = only(
        await ledger.settle([arrive(register(casus, PhaseSet(phase="informatieronde")), REGIE)])
    ).decision_index
    indices["signal"] = only(await ledger.settle([arrive(signal(casus))])).decision_index
    return indices


async def test_the_convenant_that_was_in_force_flips_nothing(book: Book, ledger: Ledger) -> None:
    await tell(ledger, draw_casus())

    found = judged(book)

    assert (found.judged, found.unread, found.flips, found.other_reasons) == (5, 0, (), ())


async def test_a_rule_taken_away_flips_what_it_permitted_and_nothing_after_it(book: Book, ledger: Ledger) -> None:
    """The report would be refused; what came after is judged in the casus there was, not in none at all."""
    at = await tell(ledger, draw_casus())

    (flip,) = judged(book, without_rule("CMPG-102")).flips

    assert (flip.index, flip.was, flip.would_be, flip.new_code) == (at["report"], "permitted", "refused", "GEEN_REGEL")
    assert flip.rules == ("CMPG-101", "CMPG-102")


async def test_a_stricter_condition_flips_just_the_message_it_stops(book: Book, ledger: Ledger) -> None:
    at = await tell(ledger, draw_casus())

    (flip,) = judged(book, with_condition("CMPG-250", "geinformeerd_of_uitstel")).flips

    assert (flip.index, flip.new_code, flip.new_rules) == (at["signal"], "VW_INFORMEREN", ("CMPG-250",))


async def test_what_was_refused_may_pass_under_the_draft(book: Book, ledger: Ledger) -> None:
    casus = draw_casus()
    await ledger.settle([arrive(report(casus))])
    early = only(await ledger.settle([arrive(signal(casus))]))
    wider = draft(
        regels=[
            {**each, "fasen": ["aanmelding", *each["fasen"]]} if each["id"] == "CMPG-250" else each
            for each in BASE["regels"]
        ]
    )

    (flip,) = judged(book, wider).flips

    assert (early.outcome, early.code) == ("refused", "FASE_NIET_TOEGESTAAN")
    assert (flip.index, flip.was, flip.code) == (early.decision_index, "refused", "FASE_NIET_TOEGESTAAN")
    assert (flip.would_be, flip.new_code, flip.new_rules) == ("permitted", "", ("CMPG-250",))


async def test_another_reason_for_the_same_refusal_is_no_flip(book: Book, ledger: Ledger) -> None:
    casus = draw_casus()
    await ledger.settle([arrive(report(casus))])
    await ledger.settle([arrive(signal(casus))])

    found = judged(book, without_rule("CMPG-250"))

    assert found.flips == ()
    assert [(each.code, each.new_code) for each in found.other_reasons] == [("FASE_NIET_TOEGESTAAN", "GEEN_REGEL")]


async def test_a_message_whose_effect_was_taken_back_has_none_from_then_on(book: Book, ledger: Ledger) -> None:
    """Before its end the casus was known, so the first registration was permitted; after it, refused."""
    casus = draw_casus()
    opened = only(await ledger.settle([arrive(report(casus))]))
    before = only(await ledger.settle([arrive(register(casus), REGIE)]))
    await ledger.settle([], [Undeliverable(opened.decision_index, "NIET_BEZORGBAAR")])
    after = only(await ledger.settle([arrive(register(casus), REGIE)]))

    found = judged(book)

    assert (before.outcome, after.outcome, after.code) == ("permitted", "refused", "CASUS_ONBEKEND")
    assert (found.judged, found.flips, found.other_reasons) == (3, (), ())


async def test_what_still_had_effect_is_kept_when_another_effect_is_taken_back(book: Book, ledger: Ledger) -> None:
    casus = draw_casus()
    opened = only(await ledger.settle([arrive(report(casus))]))
    again = only(await ledger.settle([arrive(report(casus))]))
    await ledger.settle([], [Undeliverable(again.decision_index, "NIET_BEZORGBAAR")])
    between = only(await ledger.settle([arrive(register(casus), REGIE)]))
    await ledger.settle([], [Undeliverable(opened.decision_index, "NIET_BEZORGBAAR")])

    found = judged(book)

    assert (again.outcome, between.outcome) == ("permitted", "permitted")
    assert (found.judged, found.flips, found.other_reasons) == (3, (), ())


async def test_what_was_refused_leaves_no_trace_in_the_casus(book: Book, ledger: Ledger) -> None:
    casus = draw_casus()
    refused = only(await ledger.settle([arrive(report(casus, purpose="opsporing"))]))
    unknown = only(await ledger.settle([arrive(register(casus), REGIE)]))

    found = judged(book)

    assert (refused.code, unknown.code) == ("DOEL_UITGESLOTEN", "CASUS_ONBEKEND")
    assert (found.judged, found.flips, found.other_reasons) == (2, (), ())


async def test_a_draft_counts_as_in_force_from_the_first_entry_but_its_signatures_do_not(
    book: Book, ledger: Ledger
) -> None:
    at = await tell(ledger, draw_casus())
    next_year = draft(geldigheid={"van": date(2028, 1, 1), "tot": date(2029, 12, 31)})
    signed = [
        {**each, "partijen": [name for name in each["partijen"] if name != CORPORATION]}
        for each in BASE["ondertekening"]
    ]
    late = draft(ondertekening=[*signed, {"partijen": [CORPORATION], "datum": date(2028, 1, 1)}])

    assert judged(book, next_year).flips == ()
    assert {flip.index: flip.new_code for flip in judged(book, late).flips} == {
        at["report"]: "PARTIJ_NIET_TOEGETREDEN",
        at["signal"]: "PARTIJ_NIET_TOEGETREDEN",
    }


async def test_what_no_convenant_decided_is_not_judged_again(book: Book, ledger: Ledger) -> None:
    """A message that had expired, one that named another convenant, one whose bytes were not kept."""
    await ledger.settle([arrive(report(expires=START - DAY))])
    await ledger.settle([arrive(report(convenant="A" * 43))])
    await ledger.settle([arrive(report(purpose="iets-anders"))])

    found = judged(book, without_rule("CMPG-101"))

    assert (found.judged, found.unread, found.flips) == (0, 3, ())


async def test_a_convenant_of_the_past_must_be_at_hand(book: Book, ledger: Ledger) -> None:
    await tell(ledger, draw_casus())

    with pytest.raises(ConvenantMissing, match=CONVENANT.digest):
        replay(read_past(book.path), convenants={}, draft=CONVENANT)


async def test_an_empty_ledger_has_no_past(book: Book, ledger: Ledger) -> None:
    assert ledger.trouble == ""
    assert judged(book) == Replay(judged=0, unread=0, flips=(), other_reasons=())


async def test_nothing_is_written_and_nobody_named(book: Book, ledger: Ledger) -> None:
    casus = draw_casus()
    await tell(ledger, casus)
    await book.close()
    before = sha256(book.path.read_bytes()).digest()

    found = judged(book, without_rule("CMPG-102"))

    shown = json.dumps([each.as_json() for each in found.flips]) + "\n".join(lines(found))
    assert found.flips
    assert not any(word in shown for word in (casus, '"p1"', "p2", CORPORATION, REGIE, "overlast"))
    assert sha256(book.path.read_bytes()).digest() == before


async def test_the_past_is_read_in_order_with_its_days(book: Book, ledger: Ledger) -> None:
    at = await tell(ledger, draw_casus())
    past: list[Past] = list(read_past(book.path))

    assert [each.index for each in past] == sorted(at.values())
    assert {each.record.convenant for each in past} == {DIRECTORY.convenant_at(START)}
    assert {each.voided for each in past} == {None}


def test_a_file_that_is_no_ledger_is_told(tmp_path: Path) -> None:
    stranger = tmp_path / "x.db"
    stranger.write_bytes(b"")

    with pytest.raises(FileNotFoundError):
        list(read_past(tmp_path / "nergens.db"))
    with pytest.raises(LedgerSchemaWrong):
        list(read_past(stranger))
