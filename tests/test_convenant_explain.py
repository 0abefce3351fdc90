"""Explaining: the judge's own decision, with what each step saw, and the rules that nearly fit."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from zegel_broker.cases.run import Case, Situation, read_cases, shipped_case_files
from zegel_broker.casus import Standing
from zegel_broker.convenant_tools.explain import Explanation, explain
from zegel_broker.convenant_tools.explain_text import explain_json, explain_lines
from zegel_broker.convenant_tools.nearest import Near, nearest_rules
from zegel_broker.judge import judge
from zegel_broker.message import Message
from zegel_schemas.claims import Emergency
from zegel_schemas.convenant import shipped_convenant
from zegel_schemas.explanations import Language

SHIPPED = shipped_convenant()
CASES = {
    case.written["id"]: case
    for path in shipped_case_files()
    for case in read_cases(path.read_bytes(), file=path.name, convenant=SHIPPED)
}
MESSAGES = [case for case in CASES.values() if "registreert" not in case.written["bericht"]]
LEFT = [{"partij": "portaal", "per": date(2026, 10, 1)}]
ASK = {
    "kind": "informatieverzoek",
    "sender": "gemeente.regieteam",
    "recipient": "jutphaas_wonen",
    "phase": "informatieronde",
    "purpose": "overlast",
    "category": "huurachterstand",
    "regime": "CMPG",
}


def near_to(asked: dict[str, str]) -> tuple[Near, ...]:
    return nearest_rules(
        SHIPPED,
        kind=asked["kind"],
        sender=asked["sender"],
        recipient=asked["recipient"],
        phase=asked["phase"],
        purpose=asked["purpose"],
        category=asked["category"],
        regime=asked["regime"],
        among=SHIPPED.index.every,
    )


def situation(case: str) -> Situation:
    return CASES[case].situation(SHIPPED)


def explained(found: Situation) -> Explanation:
    return explain(found.message, found.casus, Standing(), found.convenant, found.day)


def text(found: Situation, lang: Language = "nl") -> str:
    return "\n".join(explain_lines(explained(found), lang))


@pytest.mark.parametrize("case", MESSAGES, ids=[case.written["id"] for case in MESSAGES])
def test_every_step_sees_why_the_judge_decides_so(case: Case) -> None:
    """A step that fails has seen something that does not fit, and one that passes has not."""
    found = case.situation(SHIPPED)
    explanation = explained(found)

    assert explanation.decision == judge(found.message, found.casus, Standing(), found.convenant, found.day)
    for step in range(1, 6):
        wrong = [look for look in explanation.looks if look.step == step and look.fits is False]
        assert bool(wrong) is explanation.failed(step), (step, wrong, explanation.decision.codes)
    if explanation.reached(6) and not any(failure.step < 5 for failure in explanation.decision.failures):
        without = [each for each in explanation.fittings if not each.rules]
        assert bool(without) >= explanation.failed(6)
    assert bool(explanation.held) <= explanation.reached(7)
    if explanation.failed(7):
        failing = {(each.rule, each.code) for each in explanation.held if not each.holds}
        assert {(rule, failure.code) for failure in explanation.decision.failures for rule in failure.rules} <= failing


def test_what_permits_is_named_with_its_rule_and_duties() -> None:
    lines = text(situation("D10")).splitlines()

    assert lines[0] == "Geen bezwaar; u beslist zelf."
    assert "  bekendheid: CMPG-201 Bekendheidsvraag (hit/no-hit)" in lines
    assert "  Verplichtingen: verstrekker_beslist" in lines
    assert "stap 7 voorwaarden: goed" in lines
    assert "  + bekendheid (CMPG-201): geen_herhaling_30" in lines


def test_a_refusal_is_told_in_words_with_rule_and_source_of_law() -> None:
    lines = text(situation("D12")).splitlines()

    assert lines[0] == "Geweigerd: VW_TOESTEMMING"
    assert any("geheimhouding niet opgeheven" in line for line in lines)
    assert any("BW-7-457 (medisch beroepsgeheim; toestemming)" in line for line in lines)
    assert "  - bekendheid (CMPG-202): toestemming_of_grond" in lines
    assert "  + bekendheid (CMPG-202): antwoord_14" in lines


def test_the_english_words_stand_in_for_the_dutch() -> None:
    lines = text(situation("D12"), "en").splitlines()

    assert lines[0] == "Refused: VW_TOESTEMMING"
    assert "step 7 voorwaarden: fails" in lines
    assert not any("Geweigerd" in line or "stap" in line for line in lines)


def test_conditions_are_not_reached_while_an_earlier_step_fails() -> None:
    explanation = explained(situation("D15"))

    assert explanation.decision.code == "ANTWOORD_BREDER_DAN_VRAAG"
    assert not explanation.reached(7)
    assert explanation.held == ()
    assert "stap 7 voorwaarden: niet bereikt" in text(situation("D15"))


def test_a_round_is_seen_in_the_first_step_and_is_no_category() -> None:
    explanation = explained(situation("D115"))

    assert explanation.decision.code == "RONDVRAAG"
    assert [look.about for look in explanation.looks if look.fits is False] == ["een instantie, genoemde categorieën"]
    assert explanation.fittings == ()


def test_an_unknown_casus_and_unknown_words_are_explained_and_never_an_error() -> None:
    base = situation("D10")
    strange = replace(base.message, kind="kletspraat", sender="niemand", purpose="zomaar", asks=("alles",))

    assert explained(replace(base, casus=None)).decision.code == "CASUS_ONBEKEND"
    assert explained(replace(base, message=strange)).decision.code == "ONGELDIG_BERICHT"
    assert "- soort: kletspraat" in text(replace(base, message=strange))
    assert "geen regel in de buurt" in text(replace(base, message=strange))


@pytest.mark.parametrize(
    ("change", "misses"),
    [
        ({"purpose": "schooluitval"}, ("doelen",)),
        ({"phase": "afsluiting"}, ("fasen",)),
        ({"category": "politiegegevens"}, ("categorieen",)),
        ({"recipient": "school_vo", "category": "huisvesting"}, ("aan",)),
        ({"regime": "GROEP"}, ("regimes",)),
        ({"kind": "signaal"}, ("soort",)),
        ({"sender": "wil"}, ("van",)),
        ({}, ("rol",)),
    ],
)
def test_the_nearest_rule_differs_in_just_what_is_wrong(change: dict[str, str], misses: tuple[str, ...]) -> None:
    near = near_to({**ASK, **change})

    assert ("CMPG-210", misses) in {(each.rule, each.misses) for each in near}
    assert near == tuple(sorted(near))
    assert near[0].distance == (0 if misses == ("rol",) else 1)


def test_what_is_far_from_every_rule_has_no_nearest() -> None:
    far = dict.fromkeys(ASK, "onbekend")

    assert near_to(far) == ()


def test_the_emergency_set_is_not_near_unless_an_emergency_is_declared() -> None:
    base = situation("D10")
    said = replace(base.message, kind="informatieverzoek", recipients=("jutphaas_wonen",), purpose="schooluitval")
    asked = replace(said, asks=("huisvesting",), parts=())
    urgent = asked.claims.model_copy(update={"emergency": Emergency.model_construct(reason="levensgevaar")})

    def near(message: Message) -> set[str]:
        fittings = explained(replace(base, message=message)).fittings
        return {each.rule for fitting in fittings for each in fitting.near}

    assert "CMPG-210" in near(asked)
    assert not any(re.match(r"CMPG-S\d", rule) for rule in near(asked))
    assert "CMPG-S210" in near(replace(asked, claims=urgent))


def test_the_json_holds_codes_and_can_be_read_back() -> None:
    answer = json.loads(json.dumps(explain_json(explained(situation("D12")))))

    assert answer["permitted"] is False
    assert answer["code"] == "VW_TOESTEMMING"
    assert {each["condition"] for each in answer["conditions"] if not each["holds"]} == {"toestemming_of_grond"}
    assert {each["step"] for each in answer["looks"]} == {1, 2, 3, 4, 5}


def test_a_change_of_the_convenant_in_a_case_is_explained_under_that_change() -> None:
    case = CASES["D10"]
    changing = replace(case, written={**case.written, "convenant_wijziging": {"opzegging": LEFT}})

    explanation = explained(changing.situation(SHIPPED))

    assert explanation.convenant.digest != SHIPPED.digest
    assert explanation.convenant.digest in {look.found for look in explanation.looks}
    assert explanation.decision.code == "PARTIJ_NIET_TOEGETREDEN"


def test_of_a_registration_it_shows_the_line_of_the_table_and_what_the_step_requires() -> None:
    said = text(situation("F-informatieronde-mdo_plan.3"))

    assert "+ registraties.fase: van @regie" in said
    assert "+ overgang: informatieronde -> mdo_plan" in said
    assert "+ vereist: besluit_in_behandeling" in said
    assert "- vereist: betrokkene_geinformeerd_of_uitstel" in said


@pytest.mark.parametrize(
    ("case", "line"),
    [
        ("R-spoed_beoordeeld.1", "+ rol medewerker: fg (fg, privacycoordinator)"),
        ("R-besluit_driehoek.1", ". casus: -"),
        ("R-besluit_driehoek.2", "- mede: om, politie"),
        ("R-besluit_opschaling.2", "- akkoord: 1 >= 2"),
        ("R-rol.2", "- registraties.rol: van @regie"),
        ("F-aanmelding-mdo_plan.1", "- overgang: aanmelding -> mdo_plan"),
        ("V-informeer.1", "- verplichting informeer_betrokkene: tot en met 2026-10-01"),
        ("V-informeer.3", "+ verplichting informeer_betrokkene: tot en met 2026-10-01"),
    ],
)
def test_what_is_looked_at_beside_the_rules_is_shown(case: str, line: str) -> None:
    assert line in text(situation(case))
