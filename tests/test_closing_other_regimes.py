"""A casus of L-PGA, of triage or about a group comes to its end, and by no other regime's way."""

from dataclasses import replace

import pytest

from tests.casework import CASUS, DAY, decide, register, say, settle
from zegel_broker.casus import Casus, Person
from zegel_broker.message import Message
from zegel_schemas import registrations as facts

OOV, REGIE, POLICE, CORPORATION = "gemeente.oov", "gemeente.regieteam", "politie", "jutphaas_wonen"


def casus(regime: str, phase: str, **roles: tuple[str, ...]) -> Casus:
    return Casus(
        id=CASUS,
        regime=regime,
        phase=phase,
        purposes=frozenset({"casusregie", "triage_route", "problematisch_groepsgedrag"}),
        subjects={"p1": Person("gezinslid", "16_plus", DAY)},
        roles={OOV: ("regisseur",), **roles},
        opened=DAY,
    )


def to(phase: str, *attested: facts.Attested) -> Message:
    return register(facts.PhaseSet(phase=phase, attested=attested), sender=OOV)


def farewell(recipient: str) -> Message:
    return say("afsluitbericht", OOV, recipient, purpose="casusregie", parts=("proces_casus",))


@pytest.mark.parametrize("regime", ["L-PGA", "GROEP"])
def test_it_ends_when_everybody_with_a_role_was_told(regime: str) -> None:
    going = casus(regime, "uitvoering", politie=("informant",))
    closing = settle(going, to("afsluiting", "doelen_bereikt_of_stagnatie"))

    assert decide(to("gesloten"), closing).code == "FASE_NIET_TOEGESTAAN"
    told = settle(closing, farewell(POLICE))
    assert settle(told, to("gesloten")).closed == DAY


@pytest.mark.parametrize("regime", ["L-PGA", "GROEP"])
@pytest.mark.parametrize("phase", ["aanmelding", "informatieronde"])
def test_it_ends_early_without_a_reporter_to_advise(regime: str, phase: str) -> None:
    early = casus(regime, phase, politie=("informant",))

    assert decide(to("gesloten"), early).code == "FASE_NIET_TOEGESTAAN"
    assert settle(settle(early, farewell(POLICE)), to("gesloten")).closed == DAY


def test_a_family_casus_still_ends_early_only_with_advice_to_its_reporter() -> None:
    family = replace(
        casus("CMPG", "aanmelding", jutphaas_wonen=("aanmelder",)),
        roles={REGIE: ("regisseur",), CORPORATION: ("aanmelder",)},
        told_closing=frozenset({CORPORATION}),
    )
    closing = register(facts.PhaseSet(phase="gesloten"))

    assert decide(closing, family).code == "FASE_NIET_TOEGESTAAN"
    assert decide(closing, replace(family, advised=frozenset({CORPORATION}))).permitted


def triage(**facts_: object) -> Casus:
    joint = casus("TRIAGE", "gezamenlijke_triage", jutphaas_wonen=("aanmelder",), geynwijs=("informant",))
    return replace(joint, roles={**joint.roles, REGIE: ("regisseur",)}, **facts_)  # type: ignore[arg-type]  # names of fields


def route(recipient: str) -> Message:
    return say("triagebesluit", OOV, recipient, purpose="triage_route", parts=("proces_casus",))


def test_triage_ends_when_the_reporter_knows_the_route() -> None:
    told = settle(triage(), route(CORPORATION))

    assert decide(to("gesloten"), triage()).code == "FASE_NIET_TOEGESTAAN"
    assert settle(told, to("gesloten")).closed == DAY


def test_triage_does_not_end_when_only_the_other_director_knows_the_route() -> None:
    assert not decide(to("gesloten"), settle(triage(), route(REGIE))).permitted


def test_triage_without_a_reporter_ends_when_the_route_went_to_who_directs_next() -> None:
    joint = triage()
    opened_by_regie = replace(joint, roles={OOV: ("regisseur",), REGIE: ("regisseur",)})

    assert not decide(to("gesloten"), opened_by_regie).permitted
    assert settle(settle(opened_by_regie, route(REGIE)), to("gesloten")).closed == DAY


@pytest.mark.parametrize("phase", ["informatieronde", "mdo_plan", "uitvoering"])
def test_triage_does_not_go_on_as_another_approach(phase: str) -> None:
    """Nothing moves along to the route chosen: that is a casus of its own."""
    step = to(phase, "besluit_in_behandeling")

    assert decide(step, triage()).code == "FASE_NIET_TOEGESTAAN"
