"""Edges of the judge that only a changed judge showed to be unguarded: each test stands for a mutant that lived."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.casework import (
    CONVENANT,
    CORPORATION,
    DAY,
    FAMILY,
    REGIE,
    WIL,
    ask,
    day,
    decide,
    family,
    register,
    say,
    signal,
)
from zegel_broker.casus import Casus, Consent, Deferral, EmergencyUse, Owed, Person, Question, Standing
from zegel_broker.consent import has_consent
from zegel_broker.decision import Decision
from zegel_broker.duties import duties
from zegel_broker.fold import apply
from zegel_broker.informed import knows_or_waits
from zegel_broker.judge import matter_of, open_hearing
from zegel_broker.message import Enclosure
from zegel_broker.rules import Fit
from zegel_schemas import registrations as facts
from zegel_schemas.claims import SubjectClaim
from zegel_schemas.registrations import Registration

HASH = "q" * 43
TODAY = DAY.isoformat()
TOMORROW = day(1).isoformat()
ID = "018f0000-0000-7000-8000-000000000001"
ACTION = "5d1f7a52-6a53-4d0e-9a52-6a534d0e9a52"
AHEAD: list[Registration] = [
    facts.PlanSet(day=TOMORROW, actions=(facts.Action(action=ACTION, kind="schuldhulp_traject", holder=WIL),)),
    facts.Informed(subjects=("p1",), day=TOMORROW),
    facts.Statement(
        statement="geen_bezwaar_pw65", subject="p1", provider=WIL, categories=("inkomen_uitkering",), day=TOMORROW
    ),
    facts.ConsentGiven(
        consent=ID, subject="p1", given_by=("p1",), provider=WIL, receivers=(REGIE,),
        categories=("schulden_financien",), explicit=True, day=TOMORROW,
    ),
]  # fmt: skip


def outsider() -> Casus:
    """Return a casus in which the corporation has no role, and was asked something all the same."""
    known = family()
    roles = {name: each for name, each in known.roles.items() if name != CORPORATION}
    asked = Question(
        kind="informatieverzoek",
        asker=REGIE,
        addressee=CORPORATION,
        asks=("overlast_leefbaarheid",),
        rest=("overlast_leefbaarheid",),
        subjects=("p1",),
        purpose="overlast",
        phase="informatieronde",
        day=day(-1),
    )
    return replace(known, roles=roles, questions={HASH: asked})


def test_naming_a_question_gives_no_role_to_a_message_that_answers_nothing() -> None:
    assert decide(signal(), outsider()).code == "GEEN_ROL_IN_CASUS"
    assert decide(signal(re=HASH), outsider()).code == "GEEN_ROL_IN_CASUS"


def test_about_somebody_nobody_knows_there_is_no_consent() -> None:
    assert "p77" not in FAMILY
    assert not has_consent(
        family(), "p77", provider=WIL, receiver=REGIE, category="schulden_financien", explicit=False, day=DAY
    )


def test_nobody_holds_authority_over_himself() -> None:
    people = (SubjectClaim(subject="p1", role="minderjarige", age_band="under_12", holders=("p1",)),)
    said = {"introduces": people, "consultation": {"status": "besproken"}}
    parts = ("proces_casus", "identificatie_contact")

    assert decide(say("aanmelding", CORPORATION, REGIE, parts=parts, claims=said), None).code == "ONGELDIG_BERICHT"


def test_an_adult_whose_age_nobody_established_is_informed_himself() -> None:
    casus = family(subjects={"p9": Person("gezinslid")}, informed={"p9": day(-1)})

    assert knows_or_waits(casus, "p9", day=DAY)


def test_what_a_question_encloses_goes_the_other_way_than_what_it_asks() -> None:
    message = replace(ask(), parts=(Enclosure("identificatie_contact"),))
    hearing = open_hearing(message, family(), Standing(), CONVENANT, DAY)
    kind = CONVENANT.kinds[message.kind]
    category = CONVENANT.categories["huurachterstand"]
    asked = matter_of(hearing, Fit(CORPORATION, "huurachterstand", category, "", asked=True, candidates=1), kind)
    enclosed = matter_of(hearing, Fit(CORPORATION, "huurachterstand", category, "", asked=False, candidates=1), kind)

    assert (asked.supplier, asked.receiver) == (CORPORATION, REGIE)
    assert (enclosed.supplier, enclosed.receiver) == (REGIE, CORPORATION)


@pytest.mark.parametrize("fact", AHEAD, ids=lambda fact: str(fact.fact))
def test_what_is_registered_to_have_happened_did_not_happen_tomorrow(fact: Registration) -> None:
    today = fact.model_copy(update={"day": DAY.isoformat()})

    assert "registers.day" in fields_at_fault(fact)
    assert "registers.day" not in fields_at_fault(today)


def test_an_action_of_a_kind_nobody_knows_is_free_text_for_the_ledger() -> None:
    plan = facts.PlanSet(day=DAY.isoformat(), actions=(facts.Action(action=ACTION, kind="geheim", holder=WIL),))
    decision = decide(register(plan), family())

    assert not decision.permitted
    assert decision.foreign


def test_of_two_consents_the_one_that_was_given_is_withdrawn() -> None:
    one = Consent(ID, "p1", ("p1",), WIL, (REGIE,), ("schulden_financien",), explicit=True, day=DAY)
    other = replace(one, id="018f0000-0000-7000-8000-000000000002", given_by=("p2",), subject="p2")
    casus = family(consents=(one, other))

    assert "registers.consent" not in fields_at_fault(facts.ConsentWithdrawn(consent=ID, by="p1"), casus)
    assert "registers.consent" in fields_at_fault(facts.ConsentWithdrawn(consent=ID, by="p2"), casus)


def test_a_casus_may_hold_as_many_people_as_the_convenant_says_and_no_more() -> None:
    full = family(subjects={f"p{each}": Person("gezinslid") for each in range(1, CONVENANT.max_subjects + 1)})
    more = facts.PersonAdded(person=facts.Person(subject="p99", role="gezinslid"))

    assert "TE_VEEL_BETROKKENEN" not in decide(register(facts.Informed(subjects=("p1",), day=TODAY)), full).codes
    assert "TE_VEEL_BETROKKENEN" in decide(register(more), full).codes


def fields_at_fault(fact: Registration, casus: Casus | None = None) -> set[str]:
    """Return every field named in the reasons to refuse this registration."""
    return {field for each in decide(register(fact), casus or family()).failures for field in each.fields}


# -- duties and what is folded -----------------------------------------------------------------------------------------


def test_break_glass_may_still_be_reviewed_on_the_last_day_of_its_term() -> None:
    friday, wednesday = date(2026, 10, 2), date(2026, 10, 7)
    casus = family(emergencies=(EmergencyUse("u" * 43, CORPORATION, "c", "levensgevaar", "a1b2c3d4", "", 0, friday),))

    assert not overdue(casus, wednesday)
    assert overdue(casus, wednesday + timedelta(days=1))


def overdue(casus: Casus, on: date) -> list[str]:
    return [each.kind for each in duties(casus, CONVENANT, on) if each.overdue]


def test_deferrals_of_two_people_are_looked_at_again_when_the_first_ends() -> None:
    owed = Owed(kind="herbeoordeel", holder=REGIE, day=DAY, subjects=("p1", "p2"))
    deferrals = (Deferral("p1", "strafbare_feiten", day(20), DAY), Deferral("p2", "strafbare_feiten", day(10), DAY))
    (duty,) = [each for each in duties(family(deferrals=deferrals, duties=(owed,)), CONVENANT, DAY) if each.due]

    assert duty.due == day(10)


def test_a_consent_withdrawn_twice_was_withdrawn_the_first_time() -> None:
    given = Consent(ID, "p1", ("p1",), WIL, (REGIE,), ("schulden_financien",), explicit=True, day=day(-9))
    first = fold(family(consents=(given,)), facts.ConsentWithdrawn(consent=ID, by="p1"), on=day(-5))
    second = fold(first, facts.ConsentWithdrawn(consent=ID, by="p1"), on=DAY)

    assert [each.withdrawn for each in second.consents] == [day(-5)]


def test_the_age_of_somebody_who_is_not_in_the_casus_changes_nothing() -> None:
    casus = family()

    assert fold(casus, facts.AgeBandSet(subject="p77", age_band="16_plus")) == casus
    assert fold(casus, facts.AgeBandSet(subject="p1", age_band="under_12")).subjects["p1"].age_band == "under_12"


def test_a_phase_that_is_set_again_began_when_it_began() -> None:
    casus = family(phase_day=day(-20))
    again = fold(casus, facts.PhaseSet(phase=casus.phase))
    next_one = fold(casus, facts.PhaseSet(phase="mdo_plan"))

    assert again.phase_day == day(-20)
    assert next_one.phase_day == DAY


def fold(casus: Casus, fact: Registration, on: date = DAY) -> Casus:
    """Return the casus after a registration that was permitted."""
    found = apply(casus, register(fact, issued=on), Decision(permitted=True), convenant=CONVENANT, day=on)
    assert found is not None
    return found


def test_a_purpose_opened_later_comes_beside_the_others() -> None:
    casus = family()
    opened = fold(casus, facts.PurposeOpened(purposes=("schooluitval",)))

    assert opened.purposes == casus.purposes | {"schooluitval"}
