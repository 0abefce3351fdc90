"""Registrations: each fact by who may record it and by who may not, what it changes, and that it can be true."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.casework import (
    ALTRECHT,
    CORPORATION,
    DAY,
    GEYNWIJS,
    REGIE,
    WIL,
    day,
    decide,
    family,
    register,
    say,
    settle,
)
from zegel_broker.casus import Casus, Consent
from zegel_broker.decision import Decision
from zegel_schemas import registrations as facts
from zegel_schemas.registrations import Registration
from zegel_schemas.shapes import NIL_CASUS

OOV, OM, RVDK = "gemeente.oov", "om", "rvdk"
ID = "018f0000-0000-7000-8000-000000000001"
OTHER_ID = "018f0000-0000-7000-8000-000000000002"
ACTION = "5d1f7a52-6a53-4d0e-9a52-6a534d0e9a52"
TWO = ("m-0000000000000001", "m-0000000000000002")
TODAY, LATER = DAY.isoformat(), day(30).isoformat()

CONSENT = facts.ConsentGiven(
    consent=ID, subject="p1", given_by=("p1",), provider=ALTRECHT, receivers=(REGIE,), categories=("handelingsadvies",),
    explicit=True, day=TODAY,
)  # fmt: skip
STATEMENT = facts.Statement(
    statement="geen_bezwaar_pw65", subject="p1", provider=WIL, categories=("inkomen_uitkering",), day=TODAY
)
WITHOUT = facts.WithoutConsent(
    ground="ernstig_gevaar_derden", provider=ALTRECHT, categories=("handelingsadvies",), subjects=("p1",),
    decided_by=TWO, motivation=60, day=TODAY, until=LATER,
)  # fmt: skip
AGREEMENT = facts.SourceAgreement(source=CORPORATION, categories=("huurachterstand",), receivers=(WIL,))
SUPERVISION = facts.Supervision(child="p3", executor="svmn", start=TODAY, until=LATER)
PLAN = facts.PlanSet(day=TODAY, actions=(facts.Action(action=ACTION, kind="schuldhulp_traject", holder=WIL),))
SCALING = facts.Ruling(
    fact="besluit_opschaling", ruling=ID, receivers=("zvh",), categories=("*",), purposes=("overlast",), start=TODAY,
    until=LATER, agreed=TWO,
)  # fmt: skip
RECLASSERING = facts.Ruling(
    fact="besluit_reclassering", ruling=ID, receivers=(REGIE,), categories=("reclassering_toezicht",),
    purposes=("criminaliteit",), start=TODAY, until=LATER,
)  # fmt: skip
WITHDRAWN = facts.ConsentWithdrawn(consent=ID, by="p1")
GIVEN = Consent(ID, "p1", ("p1",), ALTRECHT, (REGIE,), ("handelingsadvies",), explicit=True, day=DAY)


def in_casus(**more: Any) -> Casus:
    casus = family(**more)
    return replace(casus, roles={**casus.roles, "reclassering": ("informant",), RVDK: ("informant",)})


def outcome(fact: Registration, sender: str, casus: Casus | None = None, **rest: Any) -> Decision:
    recipient = "broker" if sender in {REGIE, OOV} else REGIE
    return decide(register(fact, sender, recipient, **rest), in_casus() if casus is None else casus)


BY_REGIE: list[Registration] = [
    facts.Merged(other="4e0c7a52-6a53-4d0e-9a52-6a534d0e9a52", reporter=WIL),
    facts.PersonAdded(person=facts.Person(subject="p5", role="huisgenoot", age_band="16_plus")),
    facts.AgeBandSet(subject="p3", age_band="16_plus"),
    facts.PurposeOpened(purposes=("schooluitval",)),
    facts.RoleGiven(instantie="vitras", role="deelnemer_mdo"),
    PLAN,
    facts.Informed(subjects=("p1", "p2"), day=TODAY),
    facts.ScalingCriteria(domains=("zorg", "strafrecht"), stagnation=True),
    CONSENT,
    STATEMENT,
    SUPERVISION,
]


@pytest.mark.parametrize("fact", BY_REGIE, ids=lambda fact: fact.fact)
def test_the_regisseur_registers_what_the_table_gives_him(fact: Registration) -> None:
    decision = outcome(fact, REGIE)

    assert decision.permitted, decision.failures
    assert decision.rules == {"registers": (f"registraties.{fact.fact}",)}


@pytest.mark.parametrize("fact", BY_REGIE, ids=lambda fact: fact.fact)
def test_no_other_party_registers_these(fact: Registration) -> None:
    assert outcome(fact, CORPORATION).code == "GEEN_REGEL"


@pytest.mark.parametrize("fact", BY_REGIE, ids=lambda fact: fact.fact)
def test_a_regie_party_that_does_not_direct_this_casus_registers_nothing(fact: Registration) -> None:
    assert outcome(fact, OOV).code == "GEEN_ROL_IN_CASUS"


def test_a_regie_party_with_another_role_here_does_not_direct_either() -> None:
    casus = in_casus()
    casus = replace(casus, roles={**casus.roles, OOV: ("informant",)})

    assert outcome(facts.Informed(subjects=("p1",), day=TODAY), OOV, casus).code == "GEEN_REGEL"


@pytest.mark.parametrize(
    ("fact", "sender"),
    [
        (CONSENT, ALTRECHT),
        (STATEMENT, WIL),
        (WITHOUT, ALTRECHT),
        (AGREEMENT, CORPORATION),
        (SUPERVISION, RVDK),
        (RECLASSERING, "reclassering"),
        (WITHOUT, REGIE),
        (SCALING, REGIE),
    ],
    ids=lambda each: getattr(each, "fact", each),
)
def test_a_party_registers_what_is_its_own_to_say(fact: Registration, sender: str) -> None:
    assert outcome(fact, sender).permitted


@pytest.mark.parametrize(
    ("fact", "sender"),
    [
        (CONSENT, GEYNWIJS),
        (STATEMENT, GEYNWIJS),
        (AGREEMENT, REGIE),
        (AGREEMENT, WIL),
        (SUPERVISION, GEYNWIJS),
        (RECLASSERING, REGIE),
        (SCALING, CORPORATION),
    ],
    ids=lambda each: getattr(each, "fact", each),
)
def test_a_party_does_not_register_what_is_another_s_to_say(fact: Registration, sender: str) -> None:
    assert outcome(fact, sender).code == "GEEN_REGEL"


def test_a_party_with_a_role_passes_on_that_consent_is_withdrawn() -> None:
    casus = in_casus(consents=(GIVEN,))

    assert settle(casus, register(WITHDRAWN, GEYNWIJS, REGIE)).consents[0].withdrawn == DAY
    assert outcome(WITHDRAWN, "vitras", casus).code == "GEEN_ROL_IN_CASUS"
    assert outcome(facts.ConsentWithdrawn(consent=OTHER_ID, by="p1"), GEYNWIJS, casus).code == "ONGELDIG_BERICHT"
    assert outcome(facts.ConsentWithdrawn(consent=ID, by="p2"), GEYNWIJS, casus).code == "ONGELDIG_BERICHT"


def test_a_party_that_was_asked_may_register_before_it_has_a_role() -> None:
    asked = settle(in_casus(), say("bekendheidsvraag", REGIE, "vitras", purpose="casusregie", asks=("bekendheid",)))
    own = WITHOUT.model_copy(update={"provider": "vitras"})

    assert outcome(own, "vitras").code == "GEEN_ROL_IN_CASUS"
    assert outcome(own, "vitras", asked).permitted


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        (WITHOUT.model_copy(update={"decided_by": TWO[:1]}), "VW_VIER_OGEN"),
        (WITHOUT.model_copy(update={"decided_by": (TWO[0], TWO[0])}), "VW_VIER_OGEN"),
        (WITHOUT.model_copy(update={"ground": "lastig"}), "ONGELDIG_BERICHT"),
        (WITHOUT.model_copy(update={"until": day(-1).isoformat()}), "ONGELDIG_BERICHT"),
        (WITHOUT.model_copy(update={"subjects": ()}), "ONGELDIG_BERICHT"),
        (WITHOUT.model_copy(update={"subjects": ("p9",)}), "BETROKKENE_NIET_IN_CASUS"),
        (WITHOUT.model_copy(update={"provider": "iemand"}), "ONBEKENDE_PARTIJ"),
        (WITHOUT.model_copy(update={"categories": ("iets",)}), "ONBEKENDE_CATEGORIE"),
        (SCALING.model_copy(update={"agreed": TWO[:1]}), "VW_VIER_OGEN"),
        (SCALING.model_copy(update={"purposes": ("opsporing",)}), "DOEL_UITGESLOTEN"),
        (SCALING.model_copy(update={"purposes": ("iets",)}), "DOEL_ONBEKEND"),
        (SCALING.model_copy(update={"purposes": ("triage_route",)}), "DOEL_NIET_IN_CASUS"),
        (SCALING.model_copy(update={"regime": "cmpg"}), "ONGELDIG_BERICHT"),
        (CONSENT.model_copy(update={"given_by": ()}), "ONGELDIG_BERICHT"),
        (CONSENT.model_copy(update={"given_by": ("p8",)}), "BETROKKENE_NIET_IN_CASUS"),
        (CONSENT.model_copy(update={"day": LATER}), "ONGELDIG_BERICHT"),
        (STATEMENT.model_copy(update={"statement": "iets"}), "ONGELDIG_BERICHT"),
        (PLAN.model_copy(update={"day": LATER}), "ONGELDIG_BERICHT"),
        (PLAN.model_copy(update={"actions": PLAN.actions * 2}), "ONGELDIG_BERICHT"),
        (facts.PlanSet(day=TODAY, actions=(facts.Action(action=ACTION, kind="iets", holder=WIL),)), "ONGELDIG_BERICHT"),
        (facts.PurposeOpened(purposes=("opsporing",)), "DOEL_UITGESLOTEN"),
        (facts.PurposeOpened(purposes=("triage_route",)), "DOEL_NIET_IN_CASUS"),
        (facts.PurposeOpened(purposes=()), "ONGELDIG_BERICHT"),
        (facts.RoleGiven(instantie="iemand", role="informant"), "ONBEKENDE_PARTIJ"),
        (facts.RoleGiven(instantie=WIL, role="regisseur"), "GEEN_REGEL"),
        (facts.PersonAdded(person=facts.Person(subject="p5", role="groepslid")), "ONGELDIG_BERICHT"),
        (facts.PersonAdded(person=facts.Person(subject="p5", role="huisgenoot", holders=("p5",))), "ONGELDIG_BERICHT"),
        (
            facts.PersonAdded(person=facts.Person(subject="p5", role="minderjarige", holders=("p9",))),
            "BETROKKENE_NIET_IN_CASUS",
        ),
        (facts.Informed(subjects=(), day=TODAY), "ONGELDIG_BERICHT"),
        (facts.Informed(subjects=("p1",), day=LATER), "ONGELDIG_BERICHT"),
        (facts.Merged(other="3e0c7a52-6a53-4d0e-9a52-6a534d0e9a52", reporter=WIL), "ONGELDIG_BERICHT"),
    ],
)
def test_a_fact_that_cannot_be_true_is_refused(fact: Registration, code: str) -> None:
    assert outcome(fact, REGIE).code == code


def test_a_source_agrees_only_about_its_own_data() -> None:
    others = AGREEMENT.model_copy(update={"categories": ("inkomen_uitkering",)})

    assert outcome(others, CORPORATION).code == "NIET_DE_BRON"


def test_a_consent_is_registered_once() -> None:
    assert outcome(CONSENT, REGIE, in_casus(consents=(GIVEN,))).code == "ONGELDIG_BERICHT"


def test_a_party_acceded_before_it_gets_a_role() -> None:
    fivoor = facts.RoleGiven(instantie="fivoor", role="informant")
    early = date(2026, 1, 31)

    assert decide(register(fivoor), in_casus(), on=early).code == "PARTIJ_NIET_TOEGETREDEN"
    assert decide(register(fivoor), in_casus(), on=date(2026, 2, 1)).permitted


def test_there_are_never_more_people_than_the_convenant_allows() -> None:
    many = {f"p{number}": in_casus().subjects["p1"] for number in range(1, 13)}
    added = facts.PersonAdded(person=facts.Person(subject="p13", role="huisgenoot"))

    assert outcome(added, REGIE, in_casus(subjects=many)).code == "TE_VEEL_BETROKKENEN"


@pytest.mark.parametrize("fact", [*BY_REGIE, SCALING], ids=lambda fact: fact.fact)
def test_nothing_is_registered_in_a_closed_or_unknown_casus(fact: Registration) -> None:
    assert outcome(fact, REGIE, in_casus(phase="gesloten")).code == "CASUS_GESLOTEN"
    assert decide(register(fact), None).code == "CASUS_ONBEKEND"
    assert decide(register(fact, casus=NIL_CASUS), None).code == "CASUS_ONBEKEND"


def test_a_registration_goes_where_the_regisseur_sees_it() -> None:
    assert decide(register(CONSENT, REGIE, WIL), in_casus()).code == "GEEN_REGEL"
    assert decide(register(CONSENT, ALTRECHT, "broker"), in_casus()).code == "GEEN_REGEL"
    assert decide(register(CONSENT, ALTRECHT, OOV), in_casus()).code == "GEEN_REGEL"


def test_a_registration_encloses_and_asks_nothing() -> None:
    assert decide(register(CONSENT, asks=("bekendheid",)), in_casus()).code == "ONGELDIG_BERICHT"
    assert decide(replace(register(CONSENT), kind="signaal"), in_casus()).code == "ONGELDIG_BERICHT"
    assert decide(replace(register(CONSENT), registers=None), in_casus()).code == "ONGELDIG_BERICHT"


def test_a_registration_takes_the_first_three_steps_like_any_other() -> None:
    assert decide(register(CONSENT, role="stagiair"), in_casus()).code == "MEDEWERKER_NIET_BEVOEGD"
    assert decide(register(CONSENT, convenant="x" * 43), in_casus()).code == "CONVENANT_VERSIE"
    assert decide(register(CONSENT, authenticated=False), in_casus()).code == "AFZENDER_NIET_GEAUTHENTICEERD"
    assert decide(register(CONSENT), in_casus(), on=date(2030, 1, 1)).code == "CONVENANT_NIET_GELDIG"
