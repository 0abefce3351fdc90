"""Conditions of rules, each at its edge: a day more, a character less, a subject without."""

from dataclasses import replace
from typing import Any

import pytest

from tests.casework import (
    CORPORATION,
    DAY,
    FAMILY,
    MOTIVATION,
    POLICE,
    REGIE,
    WIL,
    ask,
    day,
    decide,
    family,
    say,
    signal,
    with_claim,
)
from zegel_broker.casus import (
    Casus,
    Deferral,
    Person,
    Question,
    Ruling,
    Statement,
)
from zegel_broker.message import Message

ACTION = "5d1f7a52-6a53-4d0e-9a52-6a534d0e9a52"
TWO = ("m-0000000000000001", "m-0000000000000002")


def earlier(**rest: Any) -> Casus:
    values: dict[str, Any] = {
        "kind": "informatieverzoek",
        "asker": REGIE,
        "addressee": CORPORATION,
        "asks": ("huurachterstand", "huisvesting"),
        "rest": (),
        "subjects": ("p1", "p2"),
        "purpose": "overlast",
        "phase": "informatieronde",
        "day": day(-30),
        "status": "answered",
        **rest,
    }
    return family(questions={"e" * 43: Question(**values)})


def ruled(**rest: Any) -> Casus:
    values: dict[str, Any] = {
        "kind": "wpg20",
        "id": "w",
        "receivers": (REGIE,),
        "categories": ("politiegegevens",),
        "purposes": ("overlast",),
        "start": day(-1),
        "until": day(1),
        **rest,
    }
    return family(rulings=(Ruling(**values),))


TO_POLICE = say("informatieverzoek", REGIE, POLICE, asks=("politiegegevens",))
TO_WIL = say("informatieverzoek", REGIE, WIL, purpose="armoede_schulden", asks=("inkomen_uitkering",))
STATEMENT = Statement("geen_bezwaar_pw65", "p1", WIL, ("inkomen_uitkering",), DAY)
INFORMED: dict[str, Any] = {"informed": dict.fromkeys(FAMILY, day(-7))}
INVITE = say("mdo_uitnodiging", REGIE, WIL, purpose="casusregie", parts=("proces_casus",))


@pytest.mark.parametrize(
    ("message", "casus", "code"),
    [
        # motivation
        (ask(claims={"motivation": MOTIVATION | {"waarom_niet_minder": 40}}), family(), ""),
        (ask(claims={"motivation": MOTIVATION | {"waarom_niet_minder": 39}}), family(), "VW_MOTIVERING"),
        (ask(claims={"motivation": {"waarom_nodig": 80}}), family(), "VW_MOTIVERING"),
        (ask(claims={"motivation_per_category": {"huurachterstand": 20}}), family(), ""),
        (ask(claims={"motivation_per_category": {"huurachterstand": 19}}), family(), "VW_MOTIVERING"),
        (ask(claims={"motivation_per_category": {"huisvesting": 40}}), family(), "VW_MOTIVERING"),
        # hit
        (ask(), family(hits={CORPORATION: {"p1": day(-60)}}), ""),
        (ask(), family(hits={CORPORATION: {"p1": day(-61)}}), "VW_HIT"),
        (ask(), family(hits={CORPORATION: {"p1": day(1)}}), "VW_HIT"),
        (ask(), family(hits={WIL: {"p1": DAY}}), "VW_HIT"),
        (ask(subjects=("p1", "p2")), family(hits={CORPORATION: {"p1": DAY}}), "VW_HIT"),
        # period and term
        (ask(claims={"period_months": 24}), family(), ""),
        (ask(claims={"period_months": 25}), family(), "VW_PERIODE"),
        (ask(claims={"period_months": 0}), family(), "VW_PERIODE"),
        (ask(term=3), family(), ""),
        (ask(term=2), family(), "VW_TERMIJN"),
        (ask(term=14), family(), ""),
        (ask(term=15), family(), "VW_TERMIJN"),
        (ask(term=None), family(), "VW_TERMIJN"),
        # repetition
        (ask(), earlier(), "VW_HERHALING"),
        (ask(), earlier(day=day(-31)), ""),
        (ask(), earlier(day=None), ""),
        (ask(), earlier(asks=("huisvesting",)), ""),
        (ask(), earlier(subjects=("p2",)), ""),
        (ask(), earlier(addressee=WIL), ""),
        (ask(), earlier(asker=WIL), ""),
        (ask(), earlier(status="withdrawn"), "VW_HERHALING"),
        (ask(claims={"new_facts": 40}), earlier(), ""),
        (ask(claims={"new_facts": 39}), earlier(), "VW_HERHALING"),
        # label
        (signal(label="vermoeden"), family(), ""),
        (signal(label=""), family(), "VW_LABEL"),
        (signal(parts=("huisvesting",), label=""), family(), ""),
        # ruling
        (TO_POLICE, ruled(), ""),
        (TO_POLICE, ruled(until=DAY), ""),
        (TO_POLICE, ruled(start=DAY), ""),
        (TO_POLICE, ruled(until=day(-1)), "VW_BESLUIT"),
        (TO_POLICE, ruled(start=day(1)), "VW_BESLUIT"),
        (TO_POLICE, ruled(receivers=(WIL,)), "VW_BESLUIT"),
        (TO_POLICE, ruled(purposes=("criminaliteit",)), "VW_BESLUIT"),
        (TO_POLICE, ruled(categories=("bekendheid",)), "VW_BESLUIT"),
        (TO_POLICE, ruled(categories=("*",)), "VW_BESLUIT"),
        (TO_POLICE, ruled(kind="wjsg39f"), "VW_BESLUIT"),
        # statement
        (TO_WIL, family(statements=(STATEMENT,)), ""),
        (TO_WIL, family(statements=(replace(STATEMENT, day=day(1)),)), "VW_VERKLARING"),
        (TO_WIL, family(statements=(replace(STATEMENT, withdrawn=DAY),)), "VW_VERKLARING"),
        (TO_WIL, family(statements=(replace(STATEMENT, withdrawn=day(1)),)), ""),
        (TO_WIL, family(statements=(replace(STATEMENT, statement="toestemming_suwi"),)), "VW_VERKLARING"),
        (TO_WIL, family(statements=(replace(STATEMENT, provider="uwv"),)), "VW_VERKLARING"),
        (TO_WIL, family(statements=(replace(STATEMENT, categories=("werk_dagbesteding",)),)), "VW_VERKLARING"),
        (replace(TO_WIL, subjects=("p1", "p2")), family(statements=(STATEMENT,)), "VW_VERKLARING"),
        # informed
        (INVITE, family("mdo_plan", **INFORMED), ""),
        (INVITE, family("mdo_plan", informed={"p1": day(1)}), "VW_INFORMEREN"),
        (INVITE, family("mdo_plan", deferrals=(Deferral("p1", "x", DAY, day(-3)),)), ""),
        (INVITE, family("mdo_plan", deferrals=(Deferral("p1", "x", day(-1), day(-3)),)), "VW_INFORMEREN"),
        (INVITE, family("mdo_plan", deferrals=(Deferral("p2", "x", day(9), day(-3)),)), "VW_INFORMEREN"),
        (replace(INVITE, subjects=("p1", "p2")), family("mdo_plan", informed={"p1": DAY}), "VW_INFORMEREN"),
        (replace(INVITE, subjects=("p4",)), family("mdo_plan", informed={"p1": DAY}), ""),
        (replace(INVITE, subjects=("p4",)), family("mdo_plan", informed={"p4": DAY}), "VW_INFORMEREN"),
    ],
)
def test_a_condition_holds_up_to_its_edge(message: Message, casus: Casus, code: str) -> None:
    assert decide(message, casus).code == code


def test_a_child_of_sixteen_is_told_itself() -> None:
    grown = {**FAMILY, "p3": Person("minderjarige", "16_plus", DAY, ("p1", "p2"))}
    invite = replace(INVITE, subjects=("p3",))

    assert decide(invite, family("mdo_plan", subjects=grown, informed={"p3": DAY})).code == ""
    assert decide(invite, family("mdo_plan", subjects=grown, informed={"p1": DAY})).code == "VW_INFORMEREN"


def test_a_child_is_told_through_who_has_authority_when_its_age_is_not_known_any_more() -> None:
    old = {**FAMILY, "p4": Person("minderjarige", "16_plus", day(-183), ("p1",))}

    assert decide(replace(INVITE, subjects=("p4",)), family("mdo_plan", subjects=old, informed={"p4": DAY})).code


DEFER = say(
    "uitstel_informeren",
    REGIE,
    POLICE,
    purpose="casusregie",
    parts=("proces_casus",),
    claims={"deferral": {"ground": "strafbare_feiten", "days": 28}, "approvals": TWO},
)
DEFERRED = family(deferrals=(Deferral("p1", "strafbare_feiten", day(5), day(-9)),))


def deferral(**values: Any) -> Message:
    return with_claim(DEFER, deferral=DEFER.claims.deferral.model_copy(update=values))


@pytest.mark.parametrize(
    ("message", "casus", "code"),
    [
        (DEFER, family(), ""),
        (deferral(days=29), family(), "VW_UITSTEL"),
        (deferral(days=0), family(), "VW_UITSTEL"),
        (deferral(ground="praktisch"), family(), "VW_UITSTEL"),
        (with_claim(DEFER, approvals=TWO[:1]), family(), "VW_VIER_OGEN"),
        (with_claim(DEFER, approvals=(TWO[0], TWO[0])), family(), "VW_VIER_OGEN"),
        (deferral(days=14), DEFERRED, "VW_UITSTEL"),
        (deferral(days=14, reassessed=DAY.isoformat()), DEFERRED, ""),
        (deferral(days=14, reassessed=day(1).isoformat()), DEFERRED, "VW_UITSTEL"),
        (deferral(days=15, reassessed=DAY.isoformat()), DEFERRED, "VW_UITSTEL"),
        (deferral(days=5), DEFERRED, ""),  # a copy to another party ends on the same day
    ],
)
def test_putting_off_takes_a_ground_two_people_and_a_second_look(message: Message, casus: Casus, code: str) -> None:
    assert decide(message, casus).code == code
