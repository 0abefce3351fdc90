"""Properties of the judge that hold for every message: what it never permits, and what makes no difference to it."""

from dataclasses import replace

from hypothesis import assume, event, given
from hypothesis import strategies as st

from tests.judge_clause import in_convenant
from tests.judge_drafts import MIDDLE
from tests.judge_scene import Pick, Scene
from tests.judge_strategies import CONVENANT, about, mixed_scenes, picks, prove, scenes
from tests.judge_variants import (
    drawn_prohibition,
    drawn_rule,
    shuffle,
    shuffled,
    with_prohibition,
    with_rule,
    without_document,
    without_rules,
)
from zegel_broker.casus import Casus
from zegel_broker.decision import Decision
from zegel_broker.message import Enclosure
from zegel_schemas.convenant import BSN, PROCESS_CASUS

EMPTY = without_rules(CONVENANT)
WINDING_UP = {"correctie", "vernietiging", "rechtenverzoek", "incident"}
AMENDED = {"TRIAGE": "A1", "GROEP": "A2"}


def reasons(decision: Decision) -> set[tuple[str, tuple[str, ...]]]:
    """Return what a refusal says but for the places of fields, which move with the order of the message."""
    return {(each.code, each.rules) for each in decision.failures}


@prove(250)
@given(scenes())
def test_what_is_drawn_from_a_rule_is_permitted_by_it_with_its_duties(scene: Scene) -> None:
    decision = scene.decide()
    event(f"rule {scene.rule.id}")

    assert decision.permitted, (scene.rule.id, decision.failures)
    assert set(decision.rules) == set(scene.names)
    assert all(scene.rule.id in rules for rules in decision.rules.values())
    assert set(scene.rule.duties) <= set(decision.duties)


@prove(100)
@given(mixed_scenes())
def test_a_convenant_without_rules_permits_nothing(scene: Scene) -> None:
    assert not in_convenant(scene, EMPTY).decide().permitted


@prove(150)
@given(mixed_scenes(), picks())
def test_the_order_of_the_convenant_makes_no_difference(scene: Scene, pick: Pick) -> None:
    assert in_convenant(scene, shuffled(scene.convenant, pick)).decide() == scene.decide()


@prove(150)
@given(mixed_scenes(), picks())
def test_the_order_of_the_message_and_of_the_facts_makes_no_difference(scene: Scene, pick: Pick) -> None:
    message = scene.message
    turned = scene.says(
        asks=shuffle(message.asks, pick),
        parts=shuffle(message.parts, pick),
        subjects=shuffle(message.subjects, pick),
        recipients=shuffle(message.recipients, pick),
    )
    if scene.casus is not None:
        turned = turned.knows(
            consents=shuffle(scene.casus.consents, pick),
            rulings=shuffle(scene.casus.rulings, pick),
            deferrals=shuffle(scene.casus.deferrals, pick),
            shared=shuffle(scene.casus.shared, pick),
            subjects=dict(shuffle(tuple(scene.casus.subjects.items()), pick)),
            roles=dict(shuffle(tuple(scene.casus.roles.items()), pick)),
        )
    one, other = scene.decide(), turned.decide()

    assert (one.code, one.rule_ids, one.duties, one.foreign) == (
        other.code,
        other.rule_ids,
        other.duties,
        other.foreign,
    )
    assert dict(one.rules) == dict(other.rules)
    assert reasons(one) == reasons(other)


@prove(150)
@given(scenes(), picks())
def test_one_rule_more_never_refuses_what_was_permitted(scene: Scene, pick: Pick) -> None:
    document, rule = drawn_rule(scene, pick)
    before = scene.decide()
    after = in_convenant(scene, with_rule(scene.convenant, document, rule)).decide()
    event(f"the rule added also permits it: {any(rule.id in each for each in after.rules.values())}")

    assert before.permitted
    assert after.permitted
    assert all(set(before.rules[name]) <= set(after.rules[name]) for name in before.rules)
    assert set(before.duties) <= set(after.duties)


@prove(200)
@given(mixed_scenes(), picks())
def test_one_verbod_more_never_permits_what_was_refused(scene: Scene, pick: Pick) -> None:
    document, verbod = drawn_prohibition(scene, pick)
    after = in_convenant(scene, with_prohibition(scene.convenant, document, verbod, extra=pick((True, False)))).decide()
    before = scene.decide()
    event(f"permitted before {before.permitted}, after {after.permitted}")

    assert before.permitted or not after.permitted


@prove(150)
@given(scenes(), picks())
def test_a_verbod_wins_over_every_rule(scene: Scene, pick: Pick) -> None:
    _, verbod = drawn_prohibition(scene, pick, category=pick(scene.names))
    decision = in_convenant(scene, with_prohibition(scene.convenant, "CMPG", verbod, extra=False)).decide()

    assert decision.code == verbod.code
    assert decision.rule_ids == (verbod.id,)


@prove(200)
@given(mixed_scenes())
def test_what_passes_together_passes_category_by_category(scene: Scene) -> None:
    assume(scene.decide().permitted)
    message = scene.message
    parts = tuple(part.category for part in message.parts)
    for name in message.asks:
        assert about(scene, asks=(name,), parts=parts).decide().permitted, name
        assert about(scene, asks=(name,), parts=()).decide().permitted, name
    for name in parts:
        assert about(scene, asks=message.asks[:1], parts=(name,)).decide().permitted, name


@prove(200)
@given(mixed_scenes())
def test_what_passes_about_all_passes_about_each(scene: Scene) -> None:
    decision = scene.decide()
    used = {rule for rules in decision.rules.values() for rule in rules}
    by_order = any("ots_actief" in each.conditions for each in scene.convenant.rules if each.id in used)
    assume(decision.permitted and not by_order)  # under a supervision order the child must be among them
    for subject in scene.message.subjects:
        assert scene.says(subjects=(subject,)).decide().permitted


@prove(200)
@given(mixed_scenes(lambda rule: any(CONVENANT.kinds[kind].answers for kind in rule.kinds)))
def test_an_answer_that_passes_is_never_wider_than_its_question(scene: Scene) -> None:
    message = scene.message
    kind = scene.convenant.kinds.get(message.kind)
    assume(kind is not None and kind.answers and scene.decide().permitted and message.kind != "weigering")
    question = scene.known.questions[message.re]

    assert {part.category for part in message.parts} <= {*question.rest, PROCESS_CASUS}
    assert set(message.subjects) <= set(question.subjects)
    assert (question.asker, question.addressee, question.status) == (scene.recipient, message.sender, "open")


@prove(200)
@given(mixed_scenes(), picks())
def test_a_closed_casus_only_winds_up(scene: Scene, pick: Pick) -> None:
    closed = pick((scene.knows(closed=scene.day), scene.knows(phase="gesloten")))
    assume(closed.casus is not None)
    decision = closed.decide()
    event(f"winding up {scene.message.kind in WINDING_UP}, permitted {decision.permitted}")

    assert scene.message.kind in WINDING_UP or not decision.permitted
    if scene.message.kind in WINDING_UP:
        assert decision.permitted is scene.decide().permitted


@prove(200)
@given(mixed_scenes(lambda rule: "*" in rule.regimes or rule.id.startswith(("A1", "A2"))))
def test_under_an_amendment_nothing_passes_between_others_than_who_signed_it(scene: Scene) -> None:
    amendment = AMENDED.get(scene.casus.regime if scene.casus else scene.regime.name)
    assume(amendment is not None and scene.message.kind not in WINDING_UP and scene.decide().permitted)
    document = next(each for each in CONVENANT.documents if each.name == amendment)
    signed = {name for each in document.accessions if each.day <= scene.day for name in each.parties}

    assert {scene.message.sender, *scene.message.recipients} <= signed | {"zvh"}


@prove(150)
@given(mixed_scenes())
def test_an_amendment_changes_nothing_under_the_documents_it_leaves_alone(scene: Scene) -> None:
    assume(scene.regime.name not in AMENDED)
    for amendment in AMENDED.values():
        without = in_convenant(scene, without_document(scene.convenant, amendment))

        assert without.decide().permitted is scene.decide().permitted


@prove(150)
@given(mixed_scenes())
def test_deciding_twice_is_deciding_once(scene: Scene) -> None:
    before = None if scene.casus is None else scene.casus.to_json()
    one, other = scene.decide(), scene.decide()

    assert one == other
    if scene.casus is not None:
        assert scene.casus.to_json() == before
        assert replace(scene, casus=Casus.from_json(scene.casus.to_json())).decide() == one


@prove(200)
@given(mixed_scenes())
def test_a_refusal_names_codes_rules_and_sources_of_the_convenant_and_fields_not_values(scene: Scene) -> None:
    decision = scene.decide()
    assume(not decision.permitted)
    known = {*(rule.id for rule in CONVENANT.rules), *(verbod.id for verbod in CONVENANT.prohibitions)}
    ranks = [CONVENANT.rank[each.code] for each in decision.failures]

    assert decision.code == decision.failures[0].code
    assert ranks == sorted(ranks)
    assert len({step == 7 for step, _ in ranks}) == 1, "conditions are told only when all else passes"
    for each in decision.failures:
        assert set(each.rules) <= known
        assert set(each.articles) <= set(CONVENANT.grounds)
        assert all(field.split(".")[0] in FIELDS for field in each.fields), each.fields


FIELDS = {
    "kind", "subjects", "to", "from", "asks", "parts", "convenant", "casus", "purpose", "re", "due", "claims",
}  # fmt: skip


@prove(120)
@given(scenes(lambda rule: BSN in rule.categories), st.sampled_from(sorted(CONVENANT.parties)))
def test_a_citizen_number_only_goes_between_parties_with_a_ground_for_it(scene: Scene, other: str) -> None:
    parts = tuple(part for part in scene.message.parts if part.category != BSN)
    numbered = scene.says(parts=(*parts, Enclosure(BSN)))
    for message in (numbered, numbered.says(recipients=(other,)), numbered.says(sender=other)):
        decision = message.decide()
        held = all(CONVENANT.parties[name].citizen_number for name in (message.message.sender, message.recipient))
        event(f"both hold it: {held}, permitted {decision.permitted}")

        assert held or not decision.permitted
        assert held or "BSN_NIET_TOEGESTAAN" in decision.codes


@prove(60)
@given(scenes(lambda rule: rule.id in {"CMPG-601", "CMPG-602", "CMPG-603"}), st.integers(0, 4000))
def test_winding_up_is_asked_no_accession_and_no_opened_purpose(scene: Scene, days: int) -> None:
    later = replace(scene.knows(purposes=frozenset()), day=MIDDLE.replace(year=2026 + days // 365))

    assert later.decide().permitted
