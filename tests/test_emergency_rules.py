"""An emergency rule is never a bypass: a convenant in which one is wider than its ordinary rule is not loaded."""

from copy import deepcopy
from typing import Any

import pytest

from tests.casework import CONVENANT
from zegel_schemas.convenant import ConvenantInvalid, amend_convenant, is_emergency, read_convenant, static_rules
from zegel_schemas.convenant.loading import read_files

BASE: dict[str, Any] = next(tree.value for tree in CONVENANT.trees if tree.value["document"] == "CMPG")
LIFTED = {"hit", "geen_herhaling", "antwoordtermijn", "geinformeerd_of_uitstel", "toestemming_of_grond", "toestemming"}


def faults_of(rule_id: str, **changes: Any) -> str:
    base = deepcopy(BASE)
    next(rule for rule in base["regels"] if rule["id"] == rule_id).update(changes)
    with pytest.raises(ConvenantInvalid) as caught:
        amend_convenant(CONVENANT, {"CMPG": base})
    return str(caught.value)


def test_every_emergency_rule_of_the_shipped_convenant_lifts_only_what_it_may() -> None:
    rules = {rule.id: rule for rule in CONVENANT.rules}
    special = [rule for rule in CONVENANT.rules if is_emergency(rule, CONVENANT.conditions)]

    assert len(special) == 12
    for rule in special:
        ordinary = rules[rule.emergency_of]
        gone = {CONVENANT.conditions[name].test for name in set(ordinary.conditions) - set(rule.conditions)}
        assert gone <= LIFTED, rule.id
        assert gone, f"{rule.id} lifts nothing"
        assert set(rule.categories) <= set(ordinary.categories)
        assert {"spoed_melden_fg", "spoed_beoordelen"} <= set(rule.duties)
        assert "AVG-6-1-d" in rule.grounds
        assert rule.assumption  # a jurist has not confirmed it yet


@pytest.mark.parametrize(
    ("rule", "changes", "says"),
    [
        ("CMPG-S218", {"soort": ["informatieverzoek", "signaal"]}, "'soort' is ruimer"),
        ("CMPG-S218", {"van": ["gemeente.regieteam", "politie"]}, "'van' is ruimer"),
        ("CMPG-S218", {"aan": ["ggd.jgz", "altrecht"]}, "'aan' is ruimer"),
        ("CMPG-S218", {"fasen": ["aanmelding"]}, "'fasen' is ruimer"),
        ("CMPG-S218", {"doelen": ["criminaliteit"]}, "'doelen' is ruimer"),
        ("CMPG-S218", {"categorieen": ["ggz_verslaving"]}, "'categorieen' is ruimer"),
        ("CMPG-S218", {"regimes": ["*"]}, "'regimes' is ruimer"),
        ("CMPG-S218", {"zonder_rol_toegestaan": True}, "staat meer toe"),
        ("CMPG-S218", {"verplichtingen": ["spoed_melden_fg", "spoed_beoordelen"]}, "'verplichtingen' is ruimer"),
        ("CMPG-S218", {"verplichtingen": ["verstrekker_beslist", "geheimhouding", "niet_doorverstrekken"]}, "ruimer"),
        ("CMPG-S218", {"grondslag": ["AVG-6-1-e", "AVG-9-2-c"]}, "'AVG-6-1-d' ontbreekt"),
        ("CMPG-S218", {"grondslag": ["AVG-6-1-d", "AVG-9-2-a"]}, "'AVG-9-2-c' ontbreekt"),
        ("CMPG-S218", {"voorwaarden": ["spoed", "motivering", "motivering_per_categorie"]}, "'periode_12m' mag niet"),
        ("CMPG-S218", {"voorwaarden": ["spoed", "periode_12m", "motivering", "motivering_per_categorie"]}, "antwoord"),
        ("CMPG-S220", {"voorwaarden": ["spoed", "antwoord_spoed"]}, "'besluit_wpg20' mag niet vervallen"),
        ("CMPG-S231", {"voorwaarden": ["spoed", "labels_bij_gevoelig"]}, "'afweging_verstrekker' mag niet vervallen"),
        ("CMPG-S301", {"voorwaarden": []}, "horen bij elkaar"),
        ("CMPG-301", {"voorwaarden": ["spoed"]}, "horen bij elkaar"),
        ("CMPG-S301", {"spoed_bij": "CMPG-999"}, "geen gewone regel"),
        ("CMPG-S301", {"spoed_bij": "CMPG-S302"}, "geen gewone regel"),
    ],
)
def test_a_rule_that_lifts_more_or_reaches_further_is_a_fault(rule: str, changes: dict[str, Any], says: str) -> None:
    assert says in faults_of(rule, **changes)


def test_the_longest_term_stays() -> None:
    base = deepcopy(BASE)
    base["voorwaarden"]["antwoord_spoed"]["max_dagen"] = 15
    with pytest.raises(ConvenantInvalid, match="antwoord_14"):
        amend_convenant(CONVENANT, {"CMPG": base})


def test_a_text_of_the_older_format_has_no_emergency_set() -> None:
    base = deepcopy(BASE) | {"schema": "convenant/v0"}
    with pytest.raises(ConvenantInvalid, match="convenant/v1"):
        amend_convenant(CONVENANT, {"CMPG": base})


def test_a_sender_who_looks_a_rule_up_is_not_shown_the_emergency_set() -> None:
    found = static_rules(
        CONVENANT, kind="informatieverzoek", category="gezondheid_algemeen", purpose="zelfredzaamheid",
        sender="gemeente.regieteam", recipient="ggd.jgz",
    )  # fmt: skip

    assert found == ("CMPG-218",)


def test_an_emergency_of_more_than_a_day_is_a_fault_at_its_line() -> None:
    (text,) = (data.decode() for data in read_files().values())
    line = next(place for place, each in enumerate(text.splitlines(), 1) if "max_uren: 24" in each)

    with pytest.raises(ConvenantInvalid) as caught:
        read_convenant({"n.yaml": text.replace("max_uren: 24", "max_uren: 25").encode()})

    assert [(each.file, each.line) for each in caught.value.faults] == [("n.yaml", line)]
    assert "ten hoogste 24 uur" in caught.value.faults[0].text
