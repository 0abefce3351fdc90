"""Conditions about the plan, agreements of a source, supervision and scaling up, each with what just misses it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.casework import (
    ALTRECHT,
    CORPORATION,
    DAY,
    FAMILY,
    GEYNWIJS,
    REGIE,
    SCHOOL,
    WIL,
    day,
    decide,
    family,
    say,
    with_claim,
)
from zegel_broker.casus import (
    Action,
    Agreement,
    Casus,
    Ruling,
    Scaling,
    Supervision,
)
from zegel_broker.conditions import make_test, met
from zegel_broker.message import Message
from zegel_schemas.convenant import Condition

ACTION = "5d1f7a52-6a53-4d0e-9a52-6a534d0e9a52"
TWO = ("m-0000000000000001", "m-0000000000000002")


INFORMED: dict[str, Any] = {"informed": dict.fromkeys(FAMILY, day(-7))}
INVITE = say("mdo_uitnodiging", REGIE, WIL, purpose="casusregie", parts=("proces_casus",))
SVMN = "svmn"


def planned(kind: str = "schuldhulp_traject", holder: str = WIL, others: tuple[str, ...] = ()) -> Casus:
    return family("uitvoering", **INFORMED, plan_day=DAY, actions={ACTION: Action(kind, holder, others)})


ASSIGN = say(
    "actietoewijzing", REGIE, WIL, purpose="afstemming_hulp", parts=("plan_acties",), claims={"action": ACTION}
)
BILATERAL = say(
    "informatieverzoek",
    WIL,
    CORPORATION,
    purpose="armoede_schulden",
    asks=("huurachterstand",),
    claims={"action": ACTION},
)


@pytest.mark.parametrize(
    ("message", "casus", "code"),
    [
        (ASSIGN, planned(), ""),
        (ASSIGN, planned(holder=CORPORATION, others=(WIL,)), ""),
        (ASSIGN, planned(holder=CORPORATION), "VW_ACTIE"),
        (ASSIGN, planned(kind="huisbezoek"), "VW_ACTIE"),
        (ASSIGN, replace(planned(), plan_day=None), "VW_ACTIE"),
        (ASSIGN, replace(planned(), plan_day=day(1)), "VW_ACTIE"),
        (with_claim(ASSIGN, action=""), planned(), "VW_ACTIE"),
        (BILATERAL, planned(others=(CORPORATION,)), ""),
        (BILATERAL, planned(), "VW_ACTIE"),
        (BILATERAL, planned(holder=SCHOOL, others=(WIL, CORPORATION)), ""),
    ],
)
def test_an_action_stands_in_the_plan_with_who_acts(message: Message, casus: Casus, code: str) -> None:
    assert decide(message, casus).code == code


PASS_ON = say("mdo_informatie", REGIE, WIL, purpose="armoede_schulden", parts=("huurachterstand",))
OF_CARE = say("mdo_informatie", REGIE, GEYNWIJS, purpose="afstemming_hulp", parts=("betrokken_hulpverlening",))


def agreed(source: str = CORPORATION, category: str = "huurachterstand", **rest: Any) -> Casus:
    receivers = rest.pop("receivers", (WIL, GEYNWIJS))
    agreement = Agreement(source, (category,), receivers, rest.pop("subjects", ()))
    return family("mdo_plan", **INFORMED, agreements=(agreement,), **rest)


@pytest.mark.parametrize(
    ("message", "casus", "code"),
    [
        (PASS_ON, agreed(), ""),
        (PASS_ON, agreed(receivers=(SCHOOL,)), "VW_INSTEMMING_BRON"),
        (PASS_ON, agreed(category="huisvesting"), "VW_INSTEMMING_BRON"),
        (PASS_ON, agreed(source=SCHOOL), "VW_INSTEMMING_BRON"),
        (PASS_ON, agreed(subjects=("p1",)), ""),
        (PASS_ON, agreed(subjects=("p2",)), "VW_INSTEMMING_BRON"),
        (OF_CARE, agreed(ALTRECHT, "betrokken_hulpverlening"), "VW_INSTEMMING_BRON"),
        (replace(PASS_ON, parts=()), agreed(), "ONGELDIG_BERICHT"),
    ],
)
def test_the_regieteam_passes_on_what_the_source_agreed_to(message: Message, casus: Casus, code: str) -> None:
    assert decide(message, casus).code == code


UNDER_OTS = say(
    "informatieverzoek", SVMN, SCHOOL, purpose="schooluitval", subjects=("p3",), asks=("onderwijs_verzuim",)
)


def supervised(**rest: Any) -> Casus:
    values: dict[str, Any] = {"child": "p3", "executor": SVMN, "start": DAY, "until": DAY, **rest}
    casus = family("uitvoering", supervisions=(Supervision(**values),))
    return replace(casus, roles={**casus.roles, SVMN: ("informant",)})


@pytest.mark.parametrize(
    ("message", "casus", "code"),
    [
        (UNDER_OTS, supervised(), ""),
        (UNDER_OTS, supervised(until=day(-1), start=day(-9)), "VW_BESLUIT"),
        (UNDER_OTS, supervised(start=day(1), until=day(9)), "VW_BESLUIT"),
        (UNDER_OTS, supervised(executor="rvdk"), "VW_BESLUIT"),
        (UNDER_OTS, supervised(child="p4"), "VW_BESLUIT"),
        (replace(UNDER_OTS, subjects=("p3", "p1")), supervised(), ""),
        (replace(UNDER_OTS, subjects=("p3", "p4")), supervised(), "VW_BESLUIT"),
        (replace(UNDER_OTS, subjects=("p1",)), supervised(), "VW_BESLUIT"),
    ],
)
def test_a_supervision_order_opens_what_is_about_that_child(message: Message, casus: Casus, code: str) -> None:
    assert decide(message, casus).code == code


SCALE_UP = say("opschaling", REGIE, "zvh", parts=("proces_casus",))


@pytest.mark.parametrize(
    ("ruling", "scaling", "code"),
    [
        ({}, Scaling(("zorg", "strafrecht"), stagnation=True), ""),
        ({}, Scaling(("zorg", "zorg"), stagnation=True), "VW_OPSCHALING"),
        ({}, Scaling(("zorg", "strafrecht"), stagnation=False), "VW_OPSCHALING"),
        ({}, None, "VW_OPSCHALING"),
        ({"agreed": TWO[:1]}, Scaling(("zorg", "strafrecht"), stagnation=True), "VW_BESLUIT"),
        ({"agreed": (TWO[0], TWO[0])}, Scaling(("zorg", "strafrecht"), stagnation=True), "VW_BESLUIT"),
    ],
)
def test_scaling_up_takes_two_people_and_criteria(ruling: dict[str, Any], scaling: Scaling | None, code: str) -> None:
    decision = Ruling("opschaling", "o", ("zvh",), ("*",), ("overlast",), DAY, DAY, TWO)
    casus = family("uitvoering", rulings=(replace(decision, **ruling),), scaling=scaling, **INFORMED)

    assert decide(SCALE_UP, casus).code == code


@pytest.mark.parametrize(("spoken", "code"), [(0, ""), (-3, ""), (1, "VW_ACTIE"), (None, "VW_ACTIE")])
def test_who_escalates_spoke_to_the_regisseur_first(spoken: int | None, code: str) -> None:
    on = day(spoken).isoformat() if spoken is not None else ""
    escalate = say("escalatie", SCHOOL, REGIE, purpose="casusregie", parts=("proces_casus",))

    assert decide(with_claim(escalate, direction_consulted=on), family()).code == code


def test_an_error_inside_a_condition_refuses() -> None:
    broken = family(
        plan_day="yesterday", phase="uitvoering", actions={ACTION: Action("schuldhulp_traject", WIL)}, **INFORMED
    )

    assert decide(ASSIGN, broken).code == "VW_ACTIE"


NOTHING: Any = None  # such a test must not even look at the matter


def test_a_condition_of_an_unknown_name_is_never_met() -> None:
    unknown = make_test(Condition.model_validate({"toets": "iets", "code": "VW_ACTIE"}))

    assert not met(unknown, NOTHING)
