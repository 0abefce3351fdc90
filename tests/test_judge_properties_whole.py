"""Properties of the whole: any condition on any rule, all that fail are told, all recipients must pass."""

from dataclasses import replace

from hypothesis import assume, event, given, reject

from tests.judge_clause import in_convenant
from tests.judge_drafts import draft
from tests.judge_scene import Pick, Scene
from tests.judge_strategies import CONVENANT, mixed_scenes, picks, prove, scenes, spoilt
from tests.judge_variants import rule_of, with_conditions
from zegel_broker.message import Enclosure, Message
from zegel_schemas import registrations as facts
from zegel_schemas.convenant import is_emergency
from zegel_schemas.shapes import NIL_CASUS

ORDINARY = [rule for rule in CONVENANT.rules if not is_emergency(rule, CONVENANT.conditions)]
# an answer and a withdrawal must correlate whatever their rule says; of other kinds nobody asks it
EXTRA = sorted(name for name, each in CONVENANT.conditions.items() if each.test != "correlatie" or each.only_answers)


@prove(300)
@given(picks())
def test_any_condition_works_on_any_rule(pick: Pick) -> None:
    rule, extra = pick(ORDINARY), pick(EXTRA)
    tests = [CONVENANT.conditions[name].test for name in (*rule.conditions, extra)]
    assume(len(set(tests)) == len(tests))  # two terms, periods or the like may leave nothing that meets both
    variant = with_conditions(CONVENANT, rule.id, (*rule.conditions, extra))
    try:
        scene = draft(variant, pick, rule_of(variant, rule.id))
    except IndexError:  # no people, parties or tasks for it, such as no child under the group approach
        reject()
    decision = scene.decide()
    event(f"{extra}")

    assert decision.permitted, (extra, decision.codes)
    for why, code, amiss in spoilt(scene, pick, extra):
        found = amiss.decide()

        assert not all(rule.id in each for each in found.rules.values()) or not found.permitted, (why, amiss)
        assert found.permitted or found.failures[0].step < 7 or code in found.codes, (why, found.codes)


@prove(200)
@given(scenes(lambda rule: len(rule.conditions) > 1), picks())
def test_all_conditions_that_fail_are_told(scene: Scene, pick: Pick) -> None:
    names = pick([(one, other) for one in scene.rule.conditions for other in scene.rule.conditions if one != other])
    said = [amiss for _, _, amiss in spoilt(scene, pick, names[0]) if replace(amiss, message=scene.message) == scene]
    known = [amiss for _, _, amiss in spoilt(scene, pick, names[1]) if amiss.message == scene.message]
    assume(said and known)
    one, other = pick(said), pick(known)
    both = replace(other, message=one.message).decide()
    alone = {each.decide().failures[0].step for each in (one, other) if not each.decide().permitted}
    assume(alone == {7})
    codes = {CONVENANT.conditions[name].code for name in names}
    event(" and ".join(sorted(codes)))

    assert codes <= set(both.codes)
    assert both.code == min(both.codes, key=lambda code: CONVENANT.rank[code])


@prove(200)
@given(mixed_scenes(), picks())
def test_what_passes_to_each_passes_to_both_and_no_question_does(scene: Scene, pick: Pick) -> None:
    message = scene.message
    assume(message.recipients and message.kind in CONVENANT.kinds)
    second = pick(sorted(CONVENANT.parties.keys() - {message.sender, *message.recipients}))
    casus = scene.casus
    if casus is not None and pick((True, True, False)):  # as good a standing as the first
        first = message.recipients[0]
        roles = {**casus.roles, **({second: casus.roles[first]} if first in casus.roles else {})}
        known = {**casus.hits, **({second: casus.hits[first]} if first in casus.hits else {})}
        scene = scene.knows(roles=roles, hits=known, partners=casus.partners | {second})
    each = [scene.says(recipients=(name,)).decide() for name in (*message.recipients, second)]
    both = scene.says(recipients=(*message.recipients, second)).decide()
    event(f"each {[one.permitted for one in each]}, both {both.permitted}")

    if scene.pulls:
        assert not both.permitted
    else:
        assert both.permitted is all(one.permitted for one in each)


@prove(60)
@given(scenes(lambda rule: "aanmelding" in rule.kinds))
def test_a_report_opens_a_casus_of_its_own_number(scene: Scene) -> None:
    assume(scene.casus is None)

    assert scene.says(casus=NIL_CASUS).decide().code == "CASUS_ONBEKEND"
    assert replace(scene, casus=None).decide().permitted


@prove(60)
@given(scenes(), picks())
def test_a_registration_asks_and_encloses_nothing(scene: Scene, pick: Pick) -> None:
    assume(scene.casus is not None and not scene.kind.afterwards and scene.regime.controller in scene.known.roles)
    said = replace(
        scene.message,
        kind="registratie",
        sender=scene.regime.controller,
        role="casusregisseur" if scene.regime.controller == "gemeente.regieteam" else "contactpersoon",
        recipients=("broker",),
        registers=facts.Informed(subjects=("p1",), day=scene.day.isoformat()),
        asks=(),
        parts=(),
    )

    def decide(message: Message) -> str:
        return replace(scene, message=message).decide().code

    assert decide(said) == ""
    assert decide(replace(said, asks=("huisvesting",))) == "ONGELDIG_BERICHT"
    assert decide(replace(said, parts=(Enclosure(pick(("proces_casus", "huisvesting"))),))) == "ONGELDIG_BERICHT"


@prove(60)
@given(scenes())
def test_the_same_scene_under_the_same_text_read_again_is_decided_alike(scene: Scene) -> None:
    again = with_conditions(CONVENANT, scene.rule.id, scene.rule.conditions)

    assert in_convenant(scene, again).decide() == scene.decide()
