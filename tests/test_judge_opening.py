"""Opening a casus and walking its phases: who may, with what, and what each transition requires."""

from dataclasses import replace
from typing import Any

import pytest

from tests.casework import CONVENANT, CORPORATION, DAY, REGIE, WIL, day, decide, family, register, say, settle
from zegel_broker.casus import Casus
from zegel_broker.decision import Decision
from zegel_broker.fold import open_casus
from zegel_broker.message import Message
from zegel_schemas import registrations as facts
from zegel_schemas.claims import SubjectClaim

OOV = "gemeente.oov"
TODAY = DAY.isoformat()
EVERYBODY = ("p1", "p2", "p3", "p4")
PEOPLE = (
    SubjectClaim(subject="p1", role="ouder_met_gezag", age_band="16_plus"),
    SubjectClaim(subject="p2", role="minderjarige", age_band="under_12", holders=("p1",)),
)


def report(sender: str = CORPORATION, people: tuple[SubjectClaim, ...] = PEOPLE, **rest: Any) -> Message:
    claims = {"introduces": people, "consultation": {"status": "besproken"}, **rest.pop("claims", {})}
    values: dict[str, Any] = {"subjects": ("p1", "p2"), "parts": ("proces_casus", "identificatie_contact"), **rest}
    return say("aanmelding", sender, REGIE, claims=claims, **values)


def test_a_professional_opens_a_casus_by_reporting_it() -> None:
    decision = decide(report(), None)

    assert decision.permitted
    assert decision.rule_ids == ("CMPG-101",)
    assert decision.duties == ("informeer_betrokkene",)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (report(subjects=("p1", "p3")), "BETROKKENE_NIET_IN_CASUS"),
        (report(purpose="opsporing"), "DOEL_UITGESLOTEN"),
        (report(purpose="triage_route"), "DOEL_NIET_IN_CASUS"),
        (report(claims={"consultation": {"status": "niet_besproken"}}), "VW_OVERLEG"),
        (report(claims={"consultation": {"status": "uitzondering", "ground": "iets", "length": 60}}), "VW_OVERLEG"),
        (report(sender="zvh"), "GEEN_REGEL"),
        (replace(report(), recipients=(WIL,)), "GEEN_REGEL"),
        (report(people=(*PEOPLE, SubjectClaim(subject="p3", role="groepslid"))), "ONGELDIG_BERICHT"),
        (report(people=(*PEOPLE, PEOPLE[0])), "ONGELDIG_BERICHT"),
        (report(people=(PEOPLE[0], PEOPLE[1].model_copy(update={"holders": ("p9",)}))), "ONGELDIG_BERICHT"),
        (
            report(people=tuple(SubjectClaim(subject=f"p{each}", role="gezinslid") for each in range(1, 14))),
            "TE_VEEL_BETROKKENEN",
        ),
    ],
)
def test_a_report_that_does_not_hold_opens_nothing(message: Message, code: str) -> None:
    assert decide(message, None).code == code


def test_a_provisional_casus_opens_no_purpose_of_another_regime() -> None:
    provisional = open_casus(report(purpose="triage_route"), convenant=CONVENANT, day=DAY)

    assert provisional.purposes == {"casusregie", "verantwoording_rechten"}


def test_nothing_but_a_report_names_a_casus_the_broker_does_not_know() -> None:
    assert decide(say("signaal", CORPORATION, REGIE, parts=("overlast_leefbaarheid",)), None).code == "CASUS_ONBEKEND"
    assert decide(register(facts.Informed(subjects=("p1",), day=TODAY)), None).code == "CASUS_ONBEKEND"


def test_a_further_report_comes_from_the_same_reporter_in_the_first_phase() -> None:
    casus = settle(None, report())
    more = report(people=(SubjectClaim(subject="p3", role="huisgenoot"),), subjects=("p1", "p3"))

    assert set(settle(casus, more).subjects) == {"p1", "p2", "p3"}
    assert decide(report(sender=WIL, people=()), casus).code == "GEEN_ROL_IN_CASUS"
    assert decide(report(people=()), replace(casus, phase="informatieronde")).code == "FASE_NIET_TOEGESTAAN"


def test_a_further_report_does_not_change_who_is_known() -> None:
    other = (PEOPLE[0].model_copy(update={"role": "minderjarige"}),)

    assert decide(report(people=other), settle(None, report())).code == "ONGELDIG_BERICHT"


# -- casus_openen ----------------------------------------------------------------------------------------------------


def opened(regime: str = "triage", sender: str = OOV, **rest: Any) -> Message:
    values: dict[str, Any] = {
        "purposes": ("triage_route",),
        "persons": (facts.Person(subject="p1", role="gezinslid"),),
        **rest,
    }
    return register(facts.CasusOpened(regime=regime, **values), sender)


MEMBER = facts.Person(subject="p1", role="groepslid", criteria=(1, 2, 3), reassess=day(182).isoformat())


def test_a_regie_party_opens_a_triage_in_its_own_first_phase() -> None:
    casus = settle(None, opened())

    assert (casus.regime, casus.phase) == ("TRIAGE", "gezamenlijke_triage")
    assert casus.roles == {OOV: ("regisseur",)}
    assert casus.purposes == {"triage_route", "casusregie", "verantwoording_rechten"}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (opened("cmpg", purposes=("overlast",)), "GEEN_REGEL"),
        (opened("iets"), "ONGELDIG_BERICHT"),
        (opened(sender=CORPORATION), "GEEN_REGEL"),
        (opened("groep", sender=REGIE, purposes=("problematisch_groepsgedrag",)), "AANVULLING_NIET_ONDERTEKEND"),
        (opened(purposes=("overlast",)), "DOEL_NIET_IN_CASUS"),
        (opened(persons=()), "ONGELDIG_BERICHT"),
        (opened(persons=(facts.Person(subject="p1", role="gezinslid", holders=("p2",)),)), "ONGELDIG_BERICHT"),
    ],
)
def test_a_casus_of_another_regime_is_not_opened_otherwise(message: Message, code: str) -> None:
    assert decide(message, None).code == code


def test_a_casus_is_opened_once() -> None:
    assert decide(opened(), settle(None, opened())).code == "ONGELDIG_BERICHT"


@pytest.mark.parametrize(
    ("change", "permitted"),
    [
        ({}, True),
        ({"criteria": (1, 2)}, False),
        ({"criteria": ()}, False),
        ({"reassess": ""}, False),
        ({"reassess": TODAY}, False),
    ],
)
def test_a_member_of_a_group_has_every_criterion_and_a_day_to_look_again(
    change: dict[str, Any],
    permitted: bool,  # noqa: FBT001 - a column of the table
) -> None:
    person = MEMBER.model_copy(update=change)
    message = opened("groep", purposes=("problematisch_groepsgedrag",), persons=(person,))

    assert decide(message, None).permitted is permitted


# -- phases ----------------------------------------------------------------------------------------------------------

INFORMED: dict[str, Any] = {"informed": dict.fromkeys(EVERYBODY, day(-3))}
PLANNED: dict[str, Any] = {"plan_day": day(-2), "plan_discussed": dict.fromkeys(EVERYBODY, day(-1))}
TAKEN_UP: dict[str, Any] = {"attested": ("besluit_in_behandeling",), "criteria": ("gezin", "financien", "huisvesting")}
ALL_TOLD = frozenset({"jutphaas_wonen", "school_vo", "wil", "politie", "altrecht", "geynwijs", "ggd.jgz"})


def enter(casus: Casus, phase: str, **rest: Any) -> Decision:
    return decide(register(facts.PhaseSet(phase=phase, **rest)), casus)


@pytest.mark.parametrize(
    ("casus", "phase", "rest"),
    [
        (family("aanmelding"), "informatieronde", {}),
        (family("aanmelding", advised=frozenset({CORPORATION})), "gesloten", {}),
        (family("informatieronde", **INFORMED), "mdo_plan", TAKEN_UP),
        (family("informatieronde", advised=frozenset({CORPORATION})), "gesloten", {}),
        (family("mdo_plan", **INFORMED, **PLANNED), "uitvoering", {}),
        (family("uitvoering"), "mdo_plan", {"attested": ("herijking",)}),
        (family("uitvoering"), "afsluiting", {"attested": ("doelen_bereikt_of_stagnatie",)}),
        (family("afsluiting", told_closing=ALL_TOLD), "gesloten", {}),
    ],
)
def test_each_transition_is_taken_when_what_it_requires_is_there(
    casus: Casus, phase: str, rest: dict[str, Any]
) -> None:
    message = register(facts.PhaseSet(phase=phase, **rest))
    after = settle(casus, message)

    assert after.phase == phase
    assert (after.closed == DAY) is (phase == "gesloten")


@pytest.mark.parametrize(
    ("casus", "phase", "rest", "code"),
    [
        (family("aanmelding"), "mdo_plan", {}, "FASE_NIET_TOEGESTAAN"),
        (family("aanmelding"), "aanmelding", {}, "FASE_NIET_TOEGESTAAN"),
        (family("aanmelding"), "nergens", {}, "ONGELDIG_BERICHT"),
        (family("aanmelding"), "gesloten", {}, "FASE_NIET_TOEGESTAAN"),
        (family("informatieronde", **INFORMED), "mdo_plan", {}, "FASE_NIET_TOEGESTAAN"),
        (family("informatieronde", **INFORMED), "mdo_plan", TAKEN_UP | {"criteria": ()}, "ONGELDIG_BERICHT"),
        (family("informatieronde", **INFORMED), "mdo_plan", TAKEN_UP | {"criteria": ("iets",)}, "ONGELDIG_BERICHT"),
        (family("informatieronde"), "mdo_plan", TAKEN_UP, "VW_INFORMEREN"),
        (family("informatieronde", informed={"p1": day(-3)}), "mdo_plan", TAKEN_UP, "VW_INFORMEREN"),
        (family("informatieronde", informed=dict.fromkeys(EVERYBODY, day(1))), "mdo_plan", TAKEN_UP, "VW_INFORMEREN"),
        (family("mdo_plan", **INFORMED), "uitvoering", {}, "VW_INFORMEREN"),
        (family("mdo_plan", **INFORMED, plan_day=day(-2)), "uitvoering", {}, "VW_INFORMEREN"),
        (family("mdo_plan", **INFORMED, **PLANNED | {"plan_day": DAY}), "uitvoering", {}, "VW_INFORMEREN"),
        (family("uitvoering"), "mdo_plan", {}, "FASE_NIET_TOEGESTAAN"),
        (family("uitvoering"), "afsluiting", {"attested": ("herijking",)}, "FASE_NIET_TOEGESTAAN"),
        (family("afsluiting"), "gesloten", {}, "FASE_NIET_TOEGESTAAN"),
        (family("afsluiting", told_closing=ALL_TOLD - {"wil"}), "gesloten", {}, "FASE_NIET_TOEGESTAAN"),
    ],
)
def test_no_transition_is_taken_without_it(casus: Casus, phase: str, rest: dict[str, Any], code: str) -> None:
    assert enter(casus, phase, **rest).code == code


def test_the_day_a_casus_is_taken_up_is_kept_with_what_was_found() -> None:
    casus = settle(family(**INFORMED), register(facts.PhaseSet(phase="mdo_plan", **TAKEN_UP)))

    assert (casus.taken_up, casus.criteria) == (DAY, ("gezin", "financien", "huisvesting"))


def test_only_the_regisseur_moves_a_casus_on() -> None:
    message = register(facts.PhaseSet(phase="informatieronde"), WIL, REGIE)

    assert decide(message, family("aanmelding")).code == "GEEN_REGEL"
