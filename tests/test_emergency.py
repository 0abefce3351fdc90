"""Break-glass from the first use to its review: who needs a second person, what is remembered, and what is told."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.casework import CASUS, DAY, GEYNWIJS, GGD, REGIE, day, decide, family, register, say, settle
from zegel_broker.casus import Casus, Standing
from zegel_broker.emergency import concerns_emergencies, unreviewed_before
from zegel_broker.fold import Event, apply_standing, refold, refold_standing
from zegel_broker.message import Message
from zegel_broker.working_days import is_working_day, review_due
from zegel_schemas import registrations as facts
from zegel_schemas.claims import Emergency
from zegel_schemas.convenant import shipped_convenant

CONVENANT = shipped_convenant()
NOON, HOUR = 1_791_194_400, 3600  # seconds since 1970 UTC, on DAY
ONE, TWO, THREE = "m-0000000000000001", "m-0000000000000002", "m-0000000000000003"
FIRST, SECOND = "a" * 42 + "A", "b" * 42 + "A"
ELSEWHERE = "4e0c7a52-6a53-4d0e-9a52-6a534d0e9a52"
UNTIL = NOON + 4 * HOUR


def urgent(*, message: str = FIRST, second: str = "", until: int = UNTIL, at: int = NOON, **rest: Any) -> Message:
    """Ask the GGD in an emergency what nobody consented to."""
    said = Emergency(reason="acuut_gevaar_kind", person=rest.pop("person", ONE), second=second, until=until)
    values: dict[str, Any] = {"purpose": "huiselijk_geweld", "asks": ("gezondheid_algemeen",), "term": 0, **rest}
    return say(
        "informatieverzoek", REGIE, GGD, claims={"emergency": said}, hash=message, issued_at=at,
        expires_at=min(at + HOUR, until), **values,
    )  # fmt: skip


def review(use: str = FIRST, *, by: str = THREE, **rest: Any) -> Message:
    return register(
        facts.EmergencyReviewed(use=use, reviewed_by=by, finding="terecht"), **{"role": "fg", "hash": SECOND, **rest}
    )


def test_it_lifts_consent_and_hits_and_the_fg_is_to_hear_at_once() -> None:
    decision = decide(urgent(), family(hits={}))

    assert decision.rules == {"gezondheid_algemeen": ("CMPG-S218",)}
    assert {"spoed_melden_fg", "spoed_beoordelen", "verstrekker_beslist"} <= set(decision.duties)


def test_a_use_is_remembered_in_its_casus_until_it_is_reviewed() -> None:
    casus = settle(family(), urgent())
    (use,) = casus.emergencies
    reviewed = settle(casus, review())

    assert (use.use, use.party, use.casus, use.person, use.day, use.reviewed) == (FIRST, REGIE, CASUS, ONE, DAY, None)
    assert [(each.reviewed, each.finding) for each in reviewed.emergencies] == [(DAY, "terecht")]


def test_further_messages_in_the_same_emergency_are_the_same_use() -> None:
    casus = settle(family(), urgent())
    again = urgent(message=SECOND, at=NOON + HOUR, asks=("handelingsadvies",))

    assert unreviewed_before(casus, Standing(), again) == ()
    assert len(settle(casus, again).emergencies) == 1


@pytest.mark.parametrize("changed", [{"until": UNTIL + 1}, {"person": TWO}])
def test_another_emergency_needs_a_second_person_while_the_first_is_not_reviewed(changed: dict[str, Any]) -> None:
    casus = settle(family(), urgent())

    assert decide(urgent(message=SECOND, **changed), casus).code == "VW_SPOED"
    assert decide(urgent(message=SECOND, second=THREE, **changed), casus).permitted
    assert decide(urgent(message=SECOND, **changed), settle(casus, review())).permitted


def test_a_use_in_another_casus_counts_too() -> None:
    first = replace(urgent(), casus=ELSEWHERE)
    elsewhere = replace(family(), id=ELSEWHERE)
    standing = apply_standing(Standing(), first, decide(first, elsewhere), convenant=CONVENANT)

    assert [each.casus for each in standing.emergencies] == [ELSEWHERE]
    assert decide(urgent(message=SECOND), family(), standing=standing).code == "VW_SPOED"
    assert decide(urgent(message=SECOND, second=TWO), family(), standing=standing).permitted
    assert [each.use for each in unreviewed_before(family(), standing, urgent(message=SECOND))] == [FIRST]


def test_a_review_takes_the_use_from_the_standing_memory() -> None:
    casus = settle(family(), urgent())
    standing = apply_standing(Standing(), urgent(), decide(urgent(), family()), convenant=CONVENANT)
    cleared = apply_standing(standing, review(), decide(review(), casus), convenant=CONVENANT)

    assert cleared == Standing()


def test_another_partys_use_does_not_count() -> None:
    casus = settle(family(), urgent())
    signal = say(
        "signaal", GEYNWIJS, REGIE, purpose="huiselijk_geweld", parts=("opvoeding_gezinsfunctioneren",),
        claims={
            "weighing": "vitaal_belang",
            "emergency": Emergency(reason="acuut_gevaar_kind", person=TWO, until=UNTIL),
        },
        issued_at=NOON, expires_at=UNTIL,
    )  # fmt: skip

    assert decide(signal, casus).permitted


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (review(by=ONE), "VW_VIER_OGEN"),
        (review(SECOND), "ONGELDIG_BERICHT"),
        (review(role="casusregisseur"), "MEDEWERKER_NIET_BEVOEGD"),
        (review(sender=GGD, recipient=REGIE), "GEEN_REGEL"),
    ],
)
def test_who_took_part_or_is_no_reviewer_cannot_review(message: Message, code: str) -> None:
    decision = decide(message, settle(family(), urgent()))

    assert decision.code == code


def test_the_second_person_cannot_review_either() -> None:
    casus = settle(family(), urgent(second=TWO))

    assert decide(review(by=TWO), casus).code == "VW_VIER_OGEN"


def test_a_use_is_reviewed_once() -> None:
    casus = settle(settle(family(), urgent()), review())

    assert decide(review(), casus).code == "ONGELDIG_BERICHT"


def test_a_use_is_reviewed_also_after_the_casus_was_closed() -> None:
    casus = replace(settle(family(), urgent()), phase="gesloten", closed=DAY)

    assert decide(review(), casus).permitted


def test_declaring_an_emergency_that_no_rule_needs_is_no_use() -> None:
    message = say(
        "mdo_uitnodiging", REGIE, GGD, purpose="casusregie", parts=("proces_casus",),
        claims={"emergency": Emergency(reason="acuut_gevaar_kind", person=ONE, until=UNTIL)},
    )  # fmt: skip
    casus = family("mdo_plan", informed={"p1": DAY})

    assert decide(message, casus).rule_ids == ("CMPG-301",)  # it does not say when it ends: the ordinary rule holds
    assert settle(casus, message).emergencies == ()


def test_a_refused_use_leaves_no_trace() -> None:
    message = urgent(asks=("volledig_dossier",))
    decision = decide(message, family())

    assert not decision.permitted
    assert apply_standing(Standing(), message, decision, convenant=CONVENANT) == Standing()


def test_folding_anew_gives_the_same_memory() -> None:
    opening = family()
    use, checked = urgent(), review()
    events = [Event(use, ("CMPG-S218",), DAY), Event(checked, ("registraties.spoed_beoordeeld",), DAY)]

    assert refold_standing(events[:1], convenant=CONVENANT).emergencies == settle(opening, use).emergencies
    assert refold_standing(events, convenant=CONVENANT) == Standing()
    assert refold(events, convenant=CONVENANT) is None  # nothing opened that casus


def test_what_the_ledger_keeps_for_all_casussen_is_said_by_the_fold() -> None:
    assert concerns_emergencies(urgent(), ("CMPG-S218",), convenant=CONVENANT)
    assert concerns_emergencies(review(), (), convenant=CONVENANT)
    assert not concerns_emergencies(urgent(), ("CMPG-218",), convenant=CONVENANT)
    assert not concerns_emergencies(say("signaal", GGD, REGIE), ("CMPG-S103",), convenant=CONVENANT)


def test_the_memory_survives_its_bytes() -> None:
    casus = settle(settle(family(), urgent(second=TWO)), review())
    standing = Standing(emergencies=casus.emergencies)

    assert Casus.from_json(casus.to_json()) == casus
    assert Standing.from_json(standing.to_json()) == standing


@pytest.mark.parametrize(
    ("used", "due"),
    [
        (date(2026, 10, 5), date(2026, 10, 8)),  # Monday: Thursday
        (date(2026, 10, 8), date(2026, 10, 13)),  # Thursday: over the weekend
        (date(2026, 10, 10), date(2026, 10, 14)),  # Saturday: from Monday
        (date(2026, 4, 1), date(2026, 4, 8)),  # Good Friday and Easter Monday
        (date(2026, 4, 24), date(2026, 4, 30)),  # the King's birthday
        (date(2026, 5, 4), date(2026, 5, 8)),  # 5 May, in any year
        (date(2026, 5, 12), date(2026, 5, 18)),  # Ascension Day
        (date(2026, 12, 23), date(2026, 12, 29)),  # Christmas
        (date(2026, 12, 30), date(2027, 1, 5)),  # New Year
    ],
)
def test_a_review_is_due_on_the_third_working_day(used: date, due: date) -> None:
    assert review_due(used) == due
    assert is_working_day(due)


def test_a_day_in_the_weekend_is_no_working_day() -> None:
    assert [is_working_day(day(offset)) for offset in range(7)] == [True, True, True, True, True, False, False]
