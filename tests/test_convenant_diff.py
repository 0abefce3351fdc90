"""The difference between two convenants: each kind of change is named for what it is, and nothing is missed."""

from typing import Any

import pytest

from tests.convenant_pages import changed
from zegel_broker.cases.run import read_cases, shipped_cases
from zegel_broker.convenant_tools.diff import WAYS, Change, Difference, diff
from zegel_broker.convenant_tools.diff_text import lines
from zegel_broker.convenant_tools.strength import demand_of, implies
from zegel_schemas.convenant import Condition, Convenant, amend_convenant, read_convenant, shipped_convenant

SHIPPED = shipped_convenant()
CASES = [
    case
    for case in read_cases(shipped_cases().read_bytes(), file="cases", convenant=SHIPPED)
    if "convenant_wijziging" not in case.written and not SHIPPED.kinds[case.written["bericht"]["soort"]].afterwards
]
OPPOSITE = dict(zip(WAYS, ("lost", "gained", "tightened", "loosened", "changed"), strict=True))
VZ2 = "    voorwaarden: [motivering, antwoord_14]\n"


def small(*changes: tuple[str, str]) -> Convenant:
    return read_convenant({"klein.yaml": changed(*changes).encode()})


def against(*changes: tuple[str, str]) -> Difference:
    return diff(small(), small(*changes))


def said(difference: Difference) -> set[tuple[str, str, str, str]]:
    return {(each.what, each.party, each.way, each.category) for each in difference.changes}


def test_a_text_does_not_differ_from_itself() -> None:
    found = diff(SHIPPED, SHIPPED)

    assert found.none
    assert list(lines(found)) == ["0 gained, 0 lost, 0 loosened, 0 tightened, 0 changed, 0 terms"]


def test_other_words_and_another_order_are_no_difference_in_what_passes() -> None:
    found = against(
        ("grondslag: [AVG-6-1-c]", "grondslag: [AVG-6-1-e]"),
        (VZ2, VZ2.replace("motivering, antwoord_14", "antwoord_14, motivering")),
    )

    assert found.changes == ()
    assert [str(term) for term in found.terms] == ["changed: VERZUIM regels.VZ-1.grondslag"]


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("loosened", ("max_dagen: 14", "max_dagen: 21")),
        ("loosened", ("min_dagen: 3", "min_dagen: 2")),
        ("loosened", ("min_tekens: 40", "min_tekens: 20")),
        ("tightened", ("max_dagen: 14", "max_dagen: 7")),
        ("tightened", ("min_dagen: 3", "min_dagen: 5")),
        ("tightened", ("velden: [waarom_nodig]", "velden: [waarom_nodig, waarom_niet_minder]")),
        ("changed", ("min_dagen: 3, max_dagen: 14", "min_dagen: 2, max_dagen: 7")),
        ("loosened", (VZ2, "    voorwaarden: [motivering]\n")),
        ("tightened", (VZ2, "    voorwaarden: [motivering, antwoord_14, toestemming]\n")),
        ("loosened", (VZ2, f"{VZ2}    zonder_rol_toegestaan: true\n")),
        (
            "tightened",
            (
                '    aan: ["sector:onderwijs"]\n    fasen: [informatieronde]',
                '    aan: ["@betrokken"]\n    fasen: [informatieronde]',
            ),
        ),
    ],
)
def test_milder_is_loosened_and_stricter_is_tightened(what: str, change: tuple[str, str]) -> None:
    found = against(change)

    assert (what, "gemeente", "vraagt", "onderwijs_verzuim") in said(found), said(found)
    assert {each.what for each in found.changes} == {what}


def test_what_the_check_asks_by_itself_is_no_difference_when_a_rule_asks_it_too() -> None:
    asking = "\n  correlatie: {toets: correlatie, code: VW_CORRELATIE}\n\nregistraties:"
    answer = ("    voorwaarden: [toestemming]", "    voorwaarden: [toestemming, correlatie]")

    assert against(answer, ("\nregistraties:", asking)).changes == ()


def test_a_category_that_is_added_is_gained_by_who_learns_it() -> None:
    asked = "[onderwijs_verzuim]\n    grondslag: [AVG-6-1-e]\n    voorwaarden: [motivering]"
    found = against((asked, asked.replace("verzuim]", "verzuim, identificatie_contact]")))

    assert said(found) == set()  # an answer gives no more than was asked: nothing can be learned by it
    signal = against(
        ("  weigering: {titel", "  signaal: {titel: Signaal, type: nl.voorbeeld.signaal}\n  weigering: {titel"),
        ("    soort: [aanmelding]\n", "    soort: [aanmelding, signaal]\n"),
    )
    assert ("gained", "gemeente", "krijgt", "onderwijs_verzuim") in said(signal)


def test_a_purpose_or_phase_less_is_lost_for_that_purpose_only() -> None:
    found = against(("doelen: [schooluitval, verzuimregie]", "doelen: [verzuimregie]"))

    assert {each.what for each in found.changes} == {"lost"}
    assert {each.purposes for each in found.changes} == {("schooluitval",)}


def test_a_second_rule_that_asks_less_loosens() -> None:
    text = changed()
    twin = text[text.index("  - id: VZ-2") : text.index("  - id: VZ-3")]
    looser = twin.replace("VZ-2", "VZ-9").replace("[motivering, antwoord_14]", "[motivering]")
    stricter = twin.replace("VZ-2", "VZ-9").replace("antwoord_14]", "antwoord_14, toestemming]")

    assert {each.what for each in against(("\nevaluatie:", f"{looser}\nevaluatie:")).changes} == {"loosened"}
    assert against(("\nevaluatie:", f"{stricter}\nevaluatie:")).changes == ()


@pytest.mark.parametrize(
    ("change", "term"),
    [
        (("max_betrokkenen: 6", "max_betrokkenen: 5"), "changed: VERZUIM max_betrokkenen"),
        (("tot: 2027-12-31", "tot: 2028-12-31"), "changed: VERZUIM geldigheid"),
        (("datum: 2026-01-01}", "datum: 2026-02-01}"), "changed: VERZUIM ondertekening"),
        (('  rol: {van: ["@regie"]}\n', ""), "removed: VERZUIM registraties.rol"),
        (('  fase: {van: ["@regie"]}', '  fase: {van: ["@regie", school]}'), "changed: VERZUIM registraties.fase.van"),
        (("beroepsgeheim: true", "beroepsgeheim: false"), "changed: VERZUIM partijen.jeugdarts.beroepsgeheim"),
        (("code: VW_TERMIJN", "code: VW_MOTIVERING"), "changed: VERZUIM voorwaarden.antwoord_14"),
        ((VZ2, f"{VZ2}    toelichting: nieuw\n"), "added: VERZUIM regels.VZ-2.toelichting"),
        (("code: DOEL_UITGESLOTEN}", "code: DOEL_ONBEKEND}"), "changed: VERZUIM verboden.V-1.code"),
    ],
)
def test_what_no_cell_shows_is_told_as_a_term(change: tuple[str, str], term: str) -> None:
    assert term in {str(each) for each in against(change).terms}


def test_the_other_way_round_everything_is_its_opposite() -> None:
    after = small(
        ("max_dagen: 14", "max_dagen: 21"),
        ("min_tekens: 40", "min_tekens: 60"),
        ("bron: [gezondheid_algemeen]", "bron: []"),
    )
    there, back = diff(small(), after), diff(after, small())

    assert {each.what for each in there.changes} == {"changed", "tightened", "lost"}
    assert {(*_place(each), each.what) for each in there.changes} == {
        (*_place(each), OPPOSITE[each.what]) for each in back.changes
    }


def _place(change: Change) -> tuple[Any, ...]:
    return change.party, change.source, change.category, change.way, change.purposes, change.phases


def variant(section: str, change: dict[str, Any]) -> Convenant:
    """Return the shipped convenant with keys of one section of its first document replaced."""
    base = SHIPPED.trees[0].value
    return amend_convenant(SHIPPED, {"CMPG": {**base, section: {**base[section], **change}}})


def without_rule(rule: str) -> Convenant:
    base = SHIPPED.trees[0].value
    rules = [each for each in base["regels"] if each["id"] != rule and each.get("spoed_bij") != rule]
    return amend_convenant(SHIPPED, {"CMPG": {**base, "regels": rules}})


CONDITIONS = SHIPPED.trees[0].value["voorwaarden"]
VARIANTS = {
    "hit": variant("voorwaarden", {"hit_60": {**CONDITIONS["hit_60"], "max_dagen": 5}}),
    "consent": variant(
        "voorwaarden", {"toestemming_of_grond": {**CONDITIONS["toestemming_of_grond"], "gronden": ["vitaal_belang"]}}
    ),
    "term": variant("voorwaarden", {"antwoord_14": {**CONDITIONS["antwoord_14"], "min_dagen": 11}}),
    "no question to corporations": without_rule("CMPG-210"),
    "no answer of the police": without_rule("CMPG-232"),
    "no source": variant(
        "partijen", {"jutphaas_wonen": {**SHIPPED.trees[0].value["partijen"]["jutphaas_wonen"], "bron": []}}
    ),
    "nobody may have it": variant(
        "partijen",
        {"gemeente.regieteam": {**SHIPPED.trees[0].value["partijen"]["gemeente.regieteam"], "plafond": ["bsn"]}},
    ),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_decided_otherwise_lies_in_the_difference(name: str) -> None:
    after = VARIANTS[name]
    difference = diff(SHIPPED, after)
    touched = {
        (each.party, each.source, each.category, each.kind, purpose)
        for each in difference.changes
        for purpose in each.purposes
    }
    flipped = 0
    for case in CASES:
        now, then = case.decide(SHIPPED).decision, case.decide(after).decision
        if (now.permitted, now.code) == (then.permitted, then.code):
            continue
        flipped += 1
        message = case.situation(SHIPPED).message
        ends = {(message.sender, message.recipients[0]), (message.recipients[0], message.sender)}
        names = (*message.asks, *(part.category for part in message.parts))

        found = any((*end, category, message.kind, message.purpose) in touched for end in ends for category in names)
        assert found or difference.terms, case.written["id"]  # a source counts in a condition as well: that is a term
    assert flipped


def condition(test: str, **values: Any) -> Condition:
    return Condition.model_validate({"toets": test, "code": "VW_X", **values})


@pytest.mark.parametrize(
    ("test", "strict", "loose"),
    [
        ("hit", {"max_dagen": 30}, {"max_dagen": 60}),
        ("geen_herhaling", {"dagen": 60}, {"dagen": 30}),
        ("geen_herhaling", {"dagen": 30}, {"dagen": 30, "tenzij": "nieuwe_feiten"}),
        ("toestemming", {"uitdrukkelijk": True}, {}),
        ("toestemming_of_grond", {"gronden": ["a"], "min_akkoord": 3}, {"gronden": ["a", "b"], "min_akkoord": 2}),
        ("afweging_verstrekker", {"gronden": ["a"]}, {"gronden": ["a"], "alleen_bij_beroepsgeheim": True}),
        ("aardlabel", {"vanaf_niveau": 1, "waarden": ["feit"]}, {"vanaf_niveau": 2, "waarden": ["feit", "vermoeden"]}),
        ("correlatie", {}, {"zonder_doel": True}),
        ("correlatie", {}, {"alleen_bij_antwoord": True}),
        ("uitstelgrond", {"max_dagen": 14, "verlenging_dagen": 7}, {"max_dagen": 28, "verlenging_dagen": 14}),
        ("opschalingscriteria", {"min_domeinen": 3, "stagnatie": True}, {"min_domeinen": 2}),
        ("max_categorieen", {"max": 0}, {"max": 1}),
        (
            "spoed",
            {"gronden": ["a"], "max_uren": 12, "beoordeling_werkdagen": 1},
            {"gronden": ["a", "b"], "max_uren": 24, "beoordeling_werkdagen": 3},
        ),
    ],
)
def test_the_stricter_condition_implies_the_milder_and_not_the_other_way(
    test: str, strict: dict[str, Any], loose: dict[str, Any]
) -> None:
    one, other = demand_of("x", condition(test, **strict)), demand_of("y", condition(test, **loose))

    assert implies(one, other)
    assert implies(one, one)
    assert not implies(other, one)


def test_what_cannot_be_compared_implies_nothing() -> None:
    there_is = demand_of("x", condition("opschalingscriteria", min_domeinen=2, stagnatie=True))
    there_is_not = demand_of("x", condition("opschalingscriteria", min_domeinen=2, stagnatie=False))
    police, justice = (demand_of("x", condition("besluit", soort=kind)) for kind in ("wpg20", "wjsg39f"))

    assert not implies(there_is, there_is_not)
    assert not implies(there_is_not, there_is)
    assert not implies(police, justice)
    assert not implies(police, demand_of("x", condition("hit", max_dagen=60)))


def test_one_way_to_meet_a_choice_implies_the_choice() -> None:
    explicit, any_ground = (
        condition("toestemming", uitdrukkelijk=True),
        condition("toestemming_of_grond", gronden=["a"]),
    )
    ruling, choice = condition("besluit", soort="wpg20"), condition("besluit_of_toestemming", soort="wpg20")

    assert implies(demand_of("x", explicit), demand_of("y", any_ground))
    assert implies(demand_of("x", ruling), demand_of("y", choice))
    assert not implies(demand_of("y", choice), demand_of("x", ruling))
    assert not implies(demand_of("x", ruling), demand_of("y", condition("besluit_of_toestemming", soort="wjsg39f")))


def test_a_condition_that_never_decides_loosens_nothing_when_it_goes_and_is_named() -> None:
    """At most one category of this school can be asked for, so 'no more than three' says nothing."""
    idle = (
        "  toestemming: {toets",
        "  hooguit_drie: {toets: max_categorieen, code: VW_TERMIJN, max: 3}\n  toestemming: {toets",
    )
    asking = small(idle, (VZ2, VZ2.replace("]", ", hooguit_drie]")))

    gone, come = diff(asking, small(idle)), diff(small(idle), asking)

    assert (gone.changes, come.changes) == ((), ())
    assert [str(each) for each in gone.terms] == ["removed: VERZUIM regels.VZ-2.voorwaarden.hooguit_drie"]
    assert [str(each) for each in come.terms] == ["added: VERZUIM regels.VZ-2.voorwaarden.hooguit_drie"]


def test_a_condition_that_decides_loosens_when_it_goes() -> None:
    idle = (
        "  toestemming: {toets",
        "  geen: {toets: max_categorieen, code: VW_TERMIJN, max: 0}\n  toestemming: {toets",
    )
    asking = small(idle, (VZ2, VZ2.replace("]", ", geen]")))

    assert {each.what for each in diff(asking, small(idle)).changes} == {"loosened"}
