"""The explanation beside a refusal: canonical bytes that say why, by what law, and what may be sent instead."""

from typing import Any

from tests.casework import CONVENANT, DAY, REGIE, SCHOOL, ask, decide, family, say
from zegel_broker.casus import Casus, Standing
from zegel_broker.ledger.explain import explain_decision
from zegel_broker.lesson import teach
from zegel_broker.message import Message
from zegel_schemas import canonical


def explained(message: Message, casus: Casus | None) -> Any:
    decision = decide(message, casus)
    lesson = teach(message, casus, Standing(), CONVENANT, DAY, decision)
    return canonical.decode(explain_decision(decision, convenant=CONVENANT.digest, lesson=lesson))


def test_it_says_what_may_be_left_out_and_in_two_languages() -> None:
    told = explained(ask(asks=("huurachterstand", "politiegegevens")), family())

    assert told["code"] == "NIET_DE_BRON"
    assert told["failures"][0] == {
        "step": 5,
        "code": "NIET_DE_BRON",
        "documents": ["CMPG"],
        "sections": ["partijen.bron"],
        "rules": [],
        "articles": ["WPG-20-1", "UAVG-33-1-a", "AVG-10", "AVG-5-1-d"],
        "fields": ["asks.1"],
        "remedy": "without_category",
    }
    assert told["proposals"] == [{"sort": "part", "without": ["asks.1"], "kind": "", "asks": [], "remedies": []}]
    assert told["remedies"] == []
    assert set(told["texts"]) == {"GEEN_REGEL", "without_category", "part"}
    assert set(told["texts"]["part"]) == {"nl", "en"}


def test_it_says_what_flips_the_decision_and_which_lighter_question_comes_first() -> None:
    told = explained(ask(), family(hits={}))

    assert told["remedies"] == ["bekendheid_first"]
    assert told["proposals"] == [
        {"sort": "lower_step", "without": [], "kind": "bekendheidsvraag", "asks": ["bekendheid"], "remedies": []}
    ]
    assert {"bekendheid_first", "lower_step"} <= set(told["texts"])


def test_without_a_lesson_it_says_why_and_offers_nothing() -> None:
    decision = decide(ask(term=1), family())
    told: Any = canonical.decode(explain_decision(decision, convenant=CONVENANT.digest))

    assert [each["code"] for each in told["failures"]] == ["VW_TERMIJN"]
    assert (told["remedies"], told["proposals"], told["failures"][0]["remedy"]) == ([], [], "")


def test_all_failures_of_the_first_six_steps_are_told_and_conditions_only_when_those_pass() -> None:
    message = say("informatieverzoek", SCHOOL, REGIE, purpose="opsporing", asks=("politiegegevens",), term=1)
    told = explained(message, family(hits={}))

    assert [(each["step"], each["code"]) for each in told["failures"]] == [
        (4, "DOEL_UITGESLOTEN"),
        (5, "DOORVERSTREKKING_VERBODEN"),
        (5, "BOVEN_PLAFOND"),
        (6, "GEEN_REGEL"),
    ]


def test_what_was_permitted_needs_no_explanation() -> None:
    assert explain_decision(decide(ask(), family()), convenant=CONVENANT.digest) == b""
