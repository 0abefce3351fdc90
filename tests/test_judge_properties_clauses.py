"""Clause by clause, for every rule: one thing amiss in a permitted message refuses it, by the code the brief names."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.judge_clause import in_convenant
from tests.judge_clauses import uncorrelated
from tests.judge_drafts import AGE_VALID, MIDDLE, draft
from tests.judge_perturbations import STEPS, Spoil
from tests.judge_scene import Pick, Scene
from tests.judge_strategies import CONVENANT, OWN_CODES, parts_of, picks, prove, scenes, spoilt
from tests.judge_variants import rule_of, with_accession, with_departure, with_rule, without_sender
from zegel_broker.casus import Casus, Consent, Person
from zegel_broker.decision import Decision
from zegel_broker.fold import apply
from zegel_broker.message import Message
from zegel_schemas import registrations as facts
from zegel_schemas.claims import Emergency
from zegel_schemas.convenant import is_emergency

STEP_CODES = {code for code in CONVENANT.codes if CONVENANT.rank[code][0] < 7} | {"VW_CORRELATIE"}
EMERGENCY_SET = {rule.id for rule in CONVENANT.rules if is_emergency(rule, CONVENANT.conditions)}
EMERGENCY_REASONS = {each for one in CONVENANT.conditions.values() if one.test == "spoed" for each in one.grounds or ()}
EVERY_RULE = pytest.mark.parametrize("rule_id", [rule.id for rule in CONVENANT.rules])


@EVERY_RULE
@prove(5)
@given(pick=picks())
def test_whatever_is_amiss_at_a_step_refuses_by_the_code_of_that_step(rule_id: str, pick: Pick) -> None:
    scene = draft(CONVENANT, pick, rule_of(CONVENANT, rule_id))
    for step in STEPS:
        for why, code, amiss in spoilt(scene, pick, step):
            decision = amiss.decide()

            assert decision.code == code, (why, code, decision.codes, amiss)


@EVERY_RULE
@prove(5)
@given(pick=picks())
def test_whatever_breaks_a_condition_takes_the_rule_away(rule_id: str, pick: Pick) -> None:
    scene = draft(CONVENANT, pick, rule_of(CONVENANT, rule_id))
    for part in parts_of(scene.rule)[len(STEPS) :]:
        for why, code, amiss in spoilt(scene, pick, part):
            decision = amiss.decide()

            assert not decision.permitted or not carries(decision, rule_id), (why, amiss)
            assert decision.permitted or failed_by(decision, code, rule_id), (why, decision.codes, amiss)


def carries(decision: Decision, rule_id: str) -> bool:
    """Say whether this rule permits every category."""
    return all(rule_id in rules for rules in decision.rules.values())


def failed_by(decision: Decision, code: str, rule_id: str) -> bool:
    """Say whether the rule failed by this code, or did not even come to its conditions."""
    if decision.failures[0].step < 7:
        return True
    return any(each.code == code and rule_id in each.rules for each in decision.failures)


def test_every_code_and_every_condition_is_reached() -> None:
    reached: Counter[str] = Counter()
    used = {name for rule in CONVENANT.rules for name in rule.conditions}
    broken = {OWN_CODES.conditions[name].code for name in used}

    parts: tuple[Spoil | str, ...] = (*STEPS, uncorrelated, *sorted(used))

    @prove(900)
    @given(pick=picks())
    def count(pick: Pick) -> None:
        part = pick(parts)
        having = [
            [rule for rule in document.rules if not isinstance(part, str) or part in rule.conditions]
            for document in OWN_CODES.documents
        ]
        scene = draft(OWN_CODES, pick, pick(pick([rules for rules in having if rules])))
        for decision in [scene.decide(), *(amiss.decide() for _, _, amiss in spoilt(scene, pick, part))]:
            event("permitted" if decision.permitted else f"refused at step {decision.failures[0].step}")
            reached.update({each.code for each in decision.failures})
            permitting = [rule for rule in CONVENANT.rules if decision.permitted and rule.id in decision.rule_ids]
            reached.update({f"met {name}" for rule in permitting for name in rule.conditions})

    count()

    assert sorted(STEP_CODES - reached.keys()) == []
    assert sorted(broken - reached.keys()) == []
    assert sorted({f"met {name}" for name in used} - reached.keys()) == []


@prove(80)
@given(scenes(lambda rule: is_emergency(rule, CONVENANT.conditions)))
def test_without_a_declared_emergency_its_rules_are_not_tried_nor_told_of(scene: Scene) -> None:
    decision = scene.claims(emergency=Emergency()).decide()

    assert scene.decide().permitted
    assert not any(rule in EMERGENCY_SET for each in decision.failures for rule in each.rules)
    assert not any(rule in EMERGENCY_SET for rules in decision.rules.values() for rule in rules)
    assert "VW_SPOED" not in decision.codes


@prove(80)
@given(scenes(lambda rule: not is_emergency(rule, CONVENANT.conditions)), picks())
def test_declaring_an_emergency_never_refuses_what_passes_without_one(scene: Scene, pick: Pick) -> None:
    claimed = scene.claims(emergency=Emergency(reason=pick(sorted(EMERGENCY_REASONS))))

    assert claimed.decide().permitted
    assert set(scene.decide().rule_ids) <= set(claimed.decide().rule_ids)


# -- consent ---------------------------------------------------------------------------------------------------------


@prove(120)
@given(scenes(lambda rule: "uitdrukkelijke_toestemming" in rule.conditions), picks())
def test_a_withdrawn_consent_refuses_from_that_moment(scene: Scene, pick: Pick) -> None:
    each = pick([one for one in scene.known.consents if one.withdrawn is None or one.withdrawn > scene.day])
    withdrawal = replace(
        scene.message,
        kind="registratie",
        registers=facts.ConsentWithdrawn.model_construct(consent=each.id, by=each.given_by[0]),
    )
    before = scene.knows(consents=tuple(replace(one, withdrawn=None) for one in scene.known.consents))
    after = replace(before, casus=settled(before, withdrawal, scene.day))

    assert before.decide().permitted
    assert after.decide().code == "VW_TOESTEMMING"


def settled(scene: Scene, message: Message, day: date) -> Casus | None:
    """Return the casus after this message, permitted."""
    return apply(scene.casus, message, Decision(permitted=True), convenant=scene.convenant, day=day)


@prove(300)
@given(
    scenes(lambda rule: rule.id == "CMPG-202"),
    st.sampled_from(["", "under_12", "12_15", "16_plus"]),
    st.sets(st.sampled_from(["p1", "p2"])),
    st.lists(st.tuples(st.sampled_from(["p1", "p2", "p3"]), st.booleans(), st.integers(-1, 1)), max_size=4),
    st.integers(AGE_VALID - 1, AGE_VALID + 1),
)
def test_who_must_consent_follows_from_age_and_authority(
    scene: Scene, band: str, holders: set[str], given_by: list[tuple[str, bool, int]], age_days: int
) -> None:
    child = Person("minderjarige", band, scene.day - timedelta(days=age_days), tuple(sorted(holders)))
    consents = tuple(
        Consent(
            id=f"t{place}",
            subject="p3",
            given_by=(giver,),
            provider=scene.recipient,
            receivers=(scene.message.sender,),
            categories=("bekendheid",),
            explicit=explicit,
            day=scene.later(offset),
        )
        for place, (giver, explicit, offset) in enumerate(given_by)
    )
    asked = scene.says(subjects=("p3",), asks=("bekendheid",), parts=()).knows(
        subjects={**scene.known.subjects, "p3": child}, consents=consents, without_consent=(), questions={}
    )
    gave = {giver for giver, _, offset in given_by if offset <= 0}
    needed = {"under_12": holders, "12_15": holders | {"p3"}, "16_plus": {"p3"}}.get(band, set())
    known = band == "16_plus" or bool(holders and band)
    expected = known and age_days <= AGE_VALID and needed <= gave
    event(f"{band or 'unknown'}: {expected}")

    assert asked.decide().permitted is expected


# -- convenant -------------------------------------------------------------------------------------------------------


@prove(150)
@given(scenes(lambda rule: not rule.afterwards), picks(), st.integers(-2, 2), st.integers(-2, 2))
def test_a_party_is_bound_from_accession_until_it_leaves(scene: Scene, pick: Pick, left: int, again: int) -> None:
    party = pick([name for name in (scene.message.sender, scene.recipient) if not CONVENANT.parties[name].external])
    document = pick([each.document for each in scene.regime.memberships])
    gone = with_departure(CONVENANT, document, party, scene.later(left))
    back = with_accession(gone, document, party, scene.later(again))
    acceded = next(each.acceded[party][0] for each in scene.regime.memberships if each.document == document)
    event(f"left {left}, again {again}")

    assert in_convenant(scene, gone).decide().permitted is (left > 0 or scene.later(left) < acceded)
    assert in_convenant(scene, back).decide().permitted is (
        left > 0 or scene.later(left) < acceded or (left < again <= 0)
    )


# -- rules that overlap ----------------------------------------------------------------------------------------------


@prove(120)
@given(scenes(lambda rule: "vier_ogen" not in rule.conditions), picks())
def test_of_rules_that_overlap_those_whose_conditions_hold_are_named_and_their_duties_add_up(
    scene: Scene, pick: Pick
) -> None:
    document = next(each for each in CONVENANT.documents if scene.rule in each.rules)
    twin = scene.rule.model_copy(update={"id": pick(("A-0", "Z-9")), "duties": ("herbeoordeel",)})
    fitting = in_convenant(scene, with_rule(CONVENANT, document.name, twin)).decide()
    stricter = twin.model_copy(update={"conditions": (*twin.conditions, "vier_ogen")})
    failing = in_convenant(scene, with_rule(CONVENANT, document.name, stricter)).claims(approvals=()).decide()
    alone = scene.claims(approvals=()).decide()

    assert all(twin.id in rules and scene.rule.id in rules for rules in fitting.rules.values())
    assert set(fitting.duties) == {*scene.decide().duties, "herbeoordeel"}
    assert failing == alone


@prove(120)
@given(scenes(lambda rule: bool(rule.conditions)), picks())
def test_of_rules_that_overlap_and_fail_alike_all_are_named(scene: Scene, pick: Pick) -> None:
    name = pick(scene.rule.conditions)
    document = next(each for each in CONVENANT.documents if scene.rule in each.rules)
    twin = scene.rule.model_copy(update={"id": pick(("A-0", "Z-9"))})
    for _, code, amiss in spoilt(scene, pick, name):
        alone = amiss.decide()
        both = in_convenant(amiss, with_rule(amiss.convenant, document.name, twin)).decide()

        assert both.permitted is alone.permitted
        if not alone.permitted and alone.failures[0].step == 7 and (code, scene.rule.id) in pairs(alone):
            assert (code, twin.id) in pairs(both)
            assert both.code == alone.code


def pairs(decision: Decision) -> set[tuple[str, str]]:
    """Return each code with each rule it is about."""
    return {(each.code, rule) for each in decision.failures for rule in each.rules}


@prove(100)
@given(scenes())
def test_a_sender_that_a_rule_leaves_out_is_not_permitted_by_it(scene: Scene) -> None:
    decision = in_convenant(scene, without_sender(CONVENANT, scene.rule.id, scene.message.sender)).decide()

    assert scene.rule.id not in decision.rule_ids or not decision.permitted
    assert decision.code in {"", "GEEN_REGEL"} or decision.failures[0].step >= 6


@prove(60)
@given(scenes(lambda rule: rule.id == "CMPG-101"))
def test_a_second_reporter_opens_a_casus_of_his_own(scene: Scene) -> None:
    twice = replace(scene, casus=settled(scene, scene.message, scene.day)) if scene.casus is None else scene
    other = "vitras" if scene.message.sender != "vitras" else "wil"

    assert twice.decide().permitted
    assert twice.says(sender=other, role="contactpersoon").decide().code == "GEEN_ROL_IN_CASUS"
    assert twice.knows(phase="informatieronde").decide().code == "FASE_NIET_TOEGESTAAN"


def test_the_scenes_stand_on_the_edge_of_what_the_documents_allow() -> None:
    assert all(each.start < MIDDLE < each.until for regime in CONVENANT.regimes.values() for each in regime.memberships)
