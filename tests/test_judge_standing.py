"""Standing decisions: registered by who takes them, for a regime and not for a casus, and what they then cover."""

from dataclasses import replace
from typing import Any

from tests.casework import (
    CONVENANT,
    DAY,
    POLICE,
    REGIE,
    day,
    decide,
    family,
    register,
    say,
)
from zegel_broker.casus import Casus, Standing
from zegel_broker.fold import apply_standing, refold_standing
from zegel_schemas import registrations as facts
from zegel_schemas.shapes import NIL_CASUS

OOV, OM, RVDK = "gemeente.oov", "om", "rvdk"
ID = "018f0000-0000-7000-8000-000000000001"
OTHER_ID = "018f0000-0000-7000-8000-000000000002"
ACTION = "5d1f7a52-6a53-4d0e-9a52-6a534d0e9a52"
TWO = ("m-0000000000000001", "m-0000000000000002")
TODAY, LATER = DAY.isoformat(), day(30).isoformat()

WPG20 = facts.Ruling(
    fact="besluit_wpg20", regime="cmpg", ruling=ID, receivers=(REGIE,), categories=("politiegegevens",),
    purposes=("overlast",), start=TODAY, until=LATER,
)  # fmt: skip
TRIANGLE = facts.Ruling(
    fact="besluit_driehoek", regime="groep", ruling=ID, receivers=(OOV, POLICE), categories=("groepsrelatie",),
    purposes=("problematisch_groepsgedrag",), start=TODAY, until=LATER, agreed_parties=(OM, POLICE),
)  # fmt: skip


def in_casus(**more: Any) -> Casus:
    casus = family(**more)
    return replace(casus, roles={**casus.roles, "reclassering": ("informant",), RVDK: ("informant",)})


def test_the_police_itself_registers_its_standing_decision_and_it_then_covers_a_question() -> None:
    message = register(WPG20, POLICE, REGIE, casus=NIL_CASUS)
    decision = decide(message, None)
    standing = apply_standing(Standing(), message, decision, convenant=CONVENANT)
    question = say("informatieverzoek", REGIE, POLICE, asks=("politiegegevens",))

    assert decision.permitted
    assert [each.kind for each in standing.rulings["CMPG"]] == ["wpg20"]
    assert decide(question, in_casus()).code == "VW_BESLUIT"
    assert decide(question, in_casus(), standing=standing).permitted
    assert decide(question, in_casus(), standing=standing, on=day(31)).code == "VW_BESLUIT"


def test_nobody_who_needs_a_standing_decision_declares_it() -> None:
    assert decide(register(WPG20, REGIE, casus=NIL_CASUS), None).code == "GEEN_REGEL"
    assert decide(register(WPG20, OM, REGIE, casus=NIL_CASUS), None).code == "GEEN_REGEL"


def test_a_standing_decision_belongs_to_no_casus_and_to_a_regime_there_is() -> None:
    assert decide(register(WPG20, POLICE, REGIE), in_casus()).code == "ONGELDIG_BERICHT"
    unknown = WPG20.model_copy(update={"regime": "iets"})
    decision = decide(register(unknown, POLICE, REGIE, casus=NIL_CASUS), None)
    assert decision.code == "ONGELDIG_BERICHT"
    assert decision.foreign


def test_a_decision_of_the_triangle_names_the_others_that_took_it() -> None:
    alone = TRIANGLE.model_copy(update={"agreed_parties": (OM,)})

    assert decide(register(TRIANGLE, OOV, casus=NIL_CASUS), None).permitted
    assert decide(register(alone, OOV, casus=NIL_CASUS), None).code == "VW_BESLUIT"


def test_a_standing_decision_registered_again_replaces_the_one_before() -> None:
    shorter = WPG20.model_copy(update={"until": TODAY})
    messages = [register(each, POLICE, REGIE, casus=NIL_CASUS) for each in (WPG20, shorter)]
    standing = Standing()
    for message in messages:
        standing = apply_standing(standing, message, decide(message, None), convenant=CONVENANT)

    assert [each.until for each in standing.rulings["CMPG"]] == [DAY]
    assert Standing.from_json(standing.to_json()) == standing
    assert refold_standing([], convenant=CONVENANT) == Standing()
