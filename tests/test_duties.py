"""Duties are read from the casus: who must still do what, by when, what ends it, and what it blocks while overdue."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.casework import (
    CONVENANT,
    CORPORATION,
    DAY,
    REGIE,
    SCHOOL,
    WIL,
    ask,
    day,
    decide,
    family,
    register,
    say,
    settle,
    signal,
)
from zegel_broker.casus import Action, Casus, Deferral, EmergencyUse, Owed, Shared
from zegel_broker.duties import Duty, add_term, duties, overdue_duties
from zegel_broker.message import Message
from zegel_schemas.registrations import Informed

FOUR_EYES = {"approvals": ("m-0123456789abcdef", "m-fedcba9876543210")}


def of_kind(kind: str, casus: Casus, on: date = DAY) -> list[Duty]:
    """Return the duties of one kind on a day."""
    return [each for each in duties(casus, CONVENANT, on) if each.kind == kind]


def one(kind: str, casus: Casus, on: date = DAY) -> Duty:
    """Return the only duty of one kind on a day."""
    (found,) = of_kind(kind, casus, on)
    return found


def asked(**facts: Any) -> Casus:
    """Return the casus after the regieteam asked about p1 and p2: it must inform them within a month."""
    return settle(family(**facts), ask(subjects=("p1", "p2")))


def defer(days: int = 14, reassessed: str = "", on: date = DAY) -> Any:
    """Return a decision not to inform p1 and p2 yet."""
    said = {"ground": "strafbare_feiten", "days": days, "reassessed": reassessed}
    return say(
        "uitstel_informeren",
        REGIE,
        CORPORATION,
        purpose="casusregie",
        subjects=("p1", "p2"),
        parts=("proces_casus",),
        label="",
        term=None,
        on=on,
        claims={"deferral": said, **FOUR_EYES},
    )


# ---- informing the people concerned (AVG 14) -------------------------------------------------------------------------


def test_who_asks_about_people_must_inform_them_within_a_month() -> None:
    duty = one("informeer_betrokkene", asked())

    assert (duty.holder, duty.subjects, duty.since, duty.due) == (REGIE, 2, DAY, date(2026, 11, 5))
    assert not duty.overdue
    assert not duty.discharged


def test_it_is_overdue_from_the_day_after_its_term() -> None:
    casus = asked()

    assert not one("informeer_betrokkene", casus, date(2026, 11, 5)).overdue
    assert one("informeer_betrokkene", casus, date(2026, 11, 6)).overdue


def test_a_letter_to_all_of_them_ends_it_and_to_one_of_them_does_not() -> None:
    casus, late = asked(), date(2026, 11, 6)
    half = settle(casus, register(Informed(subjects=("p1",), day="2026-10-05")))
    whole = settle(half, register(Informed(subjects=("p2",), day="2026-10-05")))

    assert one("informeer_betrokkene", half, late).overdue
    assert one("informeer_betrokkene", whole, late).discharged


def test_a_deferral_holds_it_off_as_long_as_it_runs() -> None:
    until = date(2026, 11, 10)
    running = tuple(Deferral(each, "strafbare_feiten", until, DAY) for each in ("p1", "p2"))
    casus = replace(asked(), deferrals=running)

    assert not one("informeer_betrokkene", casus, until).overdue
    assert one("informeer_betrokkene", casus, date(2026, 11, 11)).overdue


def test_a_second_question_about_the_same_people_starts_no_second_term() -> None:
    casus = asked()
    again = settle(casus, ask(subjects=("p1", "p2"), asks=("huisvesting",), hash="i" * 43), on=DAY)

    assert len(of_kind("informeer_betrokkene", again)) == 1


def test_of_a_child_its_holders_of_authority_are_informed() -> None:
    casus = replace(asked(), duties=(Owed("informeer_betrokkene", REGIE, DAY, ("p4",)),))
    told = settle(casus, register(Informed(subjects=("p1",), day="2026-10-05")))

    assert one("informeer_betrokkene", told).discharged


# ---- re-assessing a deferral -----------------------------------------------------------------------------------------


def test_a_deferral_is_assessed_again_on_its_last_day() -> None:
    casus = settle(family(), defer())

    duty = one("herbeoordeel", casus)

    assert (duty.holder, duty.due) == (REGIE, day(14))
    assert one("herbeoordeel", casus, day(15)).overdue


def test_a_later_deferral_moves_that_day_and_informing_ends_it() -> None:
    casus = settle(family(), defer())
    longer = settle(casus, defer(reassessed=day(14).isoformat(), on=day(14)), on=day(14))
    told = settle(longer, register(Informed(subjects=("p1", "p2"), day=day(15).isoformat())), on=day(15))

    assert one("herbeoordeel", longer, day(15)).due == day(28)
    assert one("herbeoordeel", told, day(40)).discharged


@pytest.mark.parametrize(
    ("days", "reassessed"),
    [(14, ""), (15, day(13).isoformat()), (14, day(15).isoformat()), (14, day(-1).isoformat())],
    ids=["not assessed again", "longer than may be added", "assessed in the future", "assessed before it was taken"],
)
def test_a_later_deferral_is_short_and_carries_its_assessment(days: int, reassessed: str) -> None:
    casus = settle(family(), defer())

    decision = decide(defer(days, reassessed, on=day(14)), casus, on=day(14))

    assert decision.code == "VW_UITSTEL"


def test_a_deferral_by_one_person_is_refused() -> None:
    alone = defer()
    claims = alone.claims.model_copy(update={"approvals": ("m-0123456789abcdef", "m-0123456789abcdef")})

    assert decide(replace(alone, claims=claims), family()).code == "VW_VIER_OGEN"


# ---- answers, actions, phases, retention, break-glass ----------------------------------------------------------------


def test_an_open_question_is_answered_by_its_due_day() -> None:
    duty = one("antwoord", asked())

    assert (duty.holder, duty.also, duty.due) == (CORPORATION, REGIE, day(10))
    assert one("antwoord", asked(), day(11)).overdue


def test_of_a_question_between_two_others_the_regisseur_hears_nothing() -> None:
    casus = asked()
    ((name, question),) = casus.questions.items()
    bilateral = replace(casus, questions={name: replace(question, asker=WIL)})

    assert one("antwoord", bilateral).also == WIL


def test_a_question_that_was_answered_waits_for_nobody() -> None:
    casus = asked()
    ((name, question),) = casus.questions.items()

    assert of_kind("antwoord", replace(casus, questions={name: replace(question, status="answered")})) == []


ACTION = "3e0c7a52-6a53-4d0e-9a52-6a534d0e9a53"


@pytest.mark.parametrize(("status", "overdue"), [("", True), ("gestart", True), ("gereed", False)])
def test_an_action_is_reported_on_by_its_day(status: str, overdue: bool) -> None:  # noqa: FBT001 - a table
    owed = Owed("terugkoppeling", SCHOOL, DAY, ("p1",), action=ACTION)
    plan = {ACTION: Action(kind="begeleiden", holder=SCHOOL, due=day(30), status=status)}
    casus = family(duties=(owed,), actions=plan)

    assert one("terugkoppeling", casus, day(31)).overdue is overdue


def test_a_phase_lasts_no_longer_than_the_convenant_says() -> None:
    casus = family("informatieronde", phase_day=DAY)

    duty = one("fase", casus, day(43))

    assert (duty.holder, duty.due, duty.overdue) == (REGIE, day(42), True)


def test_what_was_received_is_destroyed_two_years_after_closure() -> None:
    casus = settle(family(), signal())
    assert one("bewaar", casus, day(5000)).due is None

    closed = replace(casus, phase="gesloten", closed=DAY)
    duty = one("bewaar", closed, date(2028, 10, 6))
    assert (duty.holder, duty.due, duty.overdue) == (REGIE, date(2028, 10, 5), True)


def gone(*categories: str, about: tuple[str, ...] = ("p1",)) -> Message:
    """Return the regieteam's confirmation that it destroyed what the corporation gave."""
    return say(
        "vernietiging",
        REGIE,
        CORPORATION,
        purpose="verantwoording_rechten",
        subjects=about,
        asks=categories,
        parts=("proces_casus",),
        label="",
        term=None,
    )


def test_a_confirmation_ends_the_duty_to_destroy() -> None:
    casus = replace(settle(family(), signal()), phase="gesloten", closed=DAY)

    assert one("bewaar", settle(casus, gone("overlast_leefbaarheid")), date(2030, 1, 1)).discharged


def test_what_was_received_about_one_person_is_confirmed_about_that_person() -> None:
    owed = Owed("bewaar", REGIE, DAY, ("p1", "p2"), ("huurachterstand", "overlast_leefbaarheid", "proces_casus"))
    shared = (
        Shared(CORPORATION, REGIE, ("overlast_leefbaarheid", "proces_casus"), ("p1", "p2"), DAY),
        Shared(CORPORATION, REGIE, ("huurachterstand",), ("p1",), DAY),
    )
    casus = family(phase="gesloten", closed=DAY, duties=(owed,), shared=shared)
    rent = settle(casus, gone("huurachterstand"))
    both = settle(rent, gone("overlast_leefbaarheid", about=("p1", "p2")))
    half = settle(rent, gone("overlast_leefbaarheid"))

    assert not one("bewaar", rent, date(2030, 1, 1)).discharged
    assert not one("bewaar", half, date(2030, 1, 1)).discharged
    assert one("bewaar", both, date(2030, 1, 1)).discharged


def test_break_glass_is_reviewed_within_three_working_days() -> None:
    friday = date(2026, 10, 2)
    use = EmergencyUse("u" * 43, CORPORATION, "c", "levensgevaar", "a1b2c3d4", "", 0, friday)

    duty = one("spoed_beoordelen", family(emergencies=(use,)), date(2026, 10, 8))
    reviewed = one("spoed_beoordelen", family(emergencies=(replace(use, reviewed=DAY),)), date(2026, 10, 8))

    assert (duty.due, duty.overdue, duty.also) == (date(2026, 10, 7), True, CORPORATION)
    assert reviewed.discharged


def test_standing_duties_never_end_and_are_never_overdue() -> None:
    casus = family(duties=(Owed("geheimhouding", REGIE, DAY, ("p1",)),))

    duty = one("geheimhouding", casus, day(5000))

    assert (duty.due, duty.overdue, duty.discharged) == (None, False, False)


# ---- days ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "term", "end"),
    [
        (date(2026, 1, 31), "P1M", date(2026, 2, 28)),
        (date(2028, 2, 29), "P2Y", date(2030, 2, 28)),
        (date(2026, 12, 15), "P1M", date(2027, 1, 15)),
        (date(2026, 10, 5), "P28D", date(2026, 11, 2)),
        (date(2026, 10, 5), "P4W", date(2026, 11, 2)),
    ],
)
def test_a_term_ends_on_its_own_day_or_the_last_of_the_month(start: date, term: str, end: date) -> None:
    assert add_term(start, term) == end


def test_a_reminder_waits_for_a_working_day() -> None:
    casus = family(duties=(Owed("informeer_betrokkene", REGIE, date(2026, 9, 26), ("p1",)),))  # due Monday 26 October
    christmas = family(duties=(Owed("informeer_betrokkene", REGIE, date(2026, 11, 25), ("p1",)),))  # due 25 December

    assert one("informeer_betrokkene", casus, date(2026, 10, 27)).remind(date(2026, 10, 27))
    waits = [one("informeer_betrokkene", christmas, date(2026, 12, each)) for each in (26, 28, 29)]
    assert [each.overdue for each in waits] == [True, True, True]
    assert [each.remind(date(2026, 12, on)) for each, on in zip(waits, (26, 28, 29), strict=True)] == [
        False,
        False,
        True,
    ]


# ---- blocking --------------------------------------------------------------------------------------------------------


def late(**facts: Any) -> Casus:
    """Return a casus in which the regieteam did not inform p1 and p2 in time."""
    return family(duties=(Owed("informeer_betrokkene", REGIE, day(-60), ("p1", "p2")),), **facts)


def test_who_did_not_inform_in_time_asks_nothing_more_about_them() -> None:
    assert decide(ask(subjects=("p1",)), late()).codes == ("VW_VERPLICHTING",)


def test_it_blocks_nothing_about_others_nothing_of_others_and_no_other_kind() -> None:
    assert decide(ask(subjects=("p3",)), late()).permitted
    assert decide(ask(subjects=("p1",)), family(duties=(replace(late().duties[0], holder=WIL),))).permitted
    assert decide(signal(), late()).permitted


def test_informing_or_putting_it_off_opens_the_way_again() -> None:
    told = settle(late(), register(Informed(subjects=("p1", "p2"), day=DAY.isoformat())))

    assert decide(ask(subjects=("p1",)), told).permitted
    assert decide(ask(subjects=("p1",)), settle(late(), defer())).permitted


def test_a_duty_that_is_in_time_blocks_nothing() -> None:
    assert overdue_duties(asked(), CONVENANT, DAY) == ()
    assert decide(ask(subjects=("p1",), asks=("huisvesting",)), asked()).permitted


# ---- looking at the plan again, and forgetting who is not known ------------------------------------------------------


def test_the_plan_is_looked_at_again_half_a_year_after_it_was_established() -> None:
    casus = replace(family("uitvoering"), phase_day=DAY, plan_day=day(-3))
    again = replace(casus, plan_day=day(100))

    assert (one("herijking", casus).holder, one("herijking", casus).due) == (REGIE, day(182))
    assert not one("herijking", casus, day(182)).overdue
    assert one("herijking", casus, day(183)).overdue
    assert not one("herijking", again, day(183)).overdue
    assert of_kind("herijking", family("informatieronde", phase_day=DAY)) == []


def answered(outcome: dict[str, str]) -> Casus:
    """Return the casus after the corporation said whom of p1 and p2 it knows."""
    question = say(
        "bekendheidsvraag", REGIE, CORPORATION, purpose="casusregie", subjects=("p1", "p2"), asks=("bekendheid",),
        parts=("identificatie_contact",), claims={"new_facts": 60},
    )  # fmt: skip
    answer = say(
        "bekendheidsantwoord", CORPORATION, REGIE, purpose="casusregie", subjects=("p1", "p2"), parts=("bekendheid",),
        re=question.hash, term=None, hash="a" * 43, claims={"outcome": outcome},
    )  # fmt: skip
    return settle(settle(family(), question), answer)


def forgotten(sender: str, recipient: str, *subjects: str) -> Message:
    """Say that the answer about these people was destroyed."""
    return say(
        "vernietiging", sender, recipient, purpose="verantwoording_rechten", subjects=subjects, asks=("bekendheid",),
        term=None, hash="v" * 43,
    )  # fmt: skip


def test_that_somebody_is_not_known_is_forgotten_on_both_sides_within_four_weeks() -> None:
    casus = answered({"p1": "bekend", "p2": "niet_bekend"})

    found = {each.holder: each for each in of_kind("bekendheid_nee", casus)}

    assert set(found) == {REGIE, CORPORATION}
    for each in found.values():
        assert (each.due, each.about, each.also) == (day(28), ("p2",), "")
    assert {each.overdue for each in of_kind("bekendheid_nee", casus, day(29))} == {True}


def test_who_is_known_is_not_to_be_forgotten() -> None:
    assert of_kind("bekendheid_nee", answered({"p1": "bekend", "p2": "geen_antwoord"})) == []


def test_a_destruction_confirmed_leaves_no_trace_of_whom_it_was_about() -> None:
    casus = settle(answered({"p1": "niet_bekend", "p2": "niet_bekend"}), forgotten(REGIE, CORPORATION, "p1", "p2"))
    both = settle(casus, forgotten(CORPORATION, REGIE, "p1", "p2"))

    assert [each.holder for each in of_kind("bekendheid_nee", casus)] == [CORPORATION]
    assert [each for each in both.duties if each.kind == "bekendheid_nee"] == []
