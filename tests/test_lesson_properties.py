"""Properties of what a refusal teaches: it is true, nothing can be put back, and it says no more than the refusal."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

from hypothesis import assume, event, given

from tests.judge_scene import Scene
from tests.judge_strategies import CONVENANT, mixed_scenes, prove, scenes
from zegel_broker.casus import Casus, Standing
from zegel_broker.changes import changes_for
from zegel_broker.counterproposal import Proposal
from zegel_broker.ledger.explain import explain_decision
from zegel_broker.lesson import Lesson, teach
from zegel_broker.message import Message
from zegel_broker.trial import World
from zegel_schemas import canonical
from zegel_schemas.claims import Emergency
from zegel_schemas.explanations import all_codes, all_offers

FIELD = re.compile(
    r"^(kind|from\.(instantie|role)|to\.instantie|convenant|casus|purpose|subjects|asks|parts|re|due|registers"
    r"|asks\.\d+|parts\.\d+\.category|subjects\.\d+|claims\.[a-z_.]+)$"
)
LAW = re.compile(r"^[A-Z][A-Za-z]*-[A-Za-z0-9.-]+$")


def lesson_of(scene: Scene) -> Lesson:
    return teach(scene.message, scene.casus, scene.standing, scene.convenant, scene.day, scene.decide())


def mended(scene: Scene, names: tuple[str, ...]) -> World:
    """Return the scene's world in which these changes were made."""
    world = World(scene.message, scene.casus, scene.day)
    for change, conditions in changes_for(scene.decide().failures, scene.convenant):
        if change.name in names:
            world = change.make(world, conditions, scene.convenant)
    return world


def permits(scene: Scene, world: World, message: Message | None = None) -> bool:
    return replace(scene, message=message or world.message, casus=world.casus, day=world.day).decide().permitted


def kept(message: Message, proposal: Proposal) -> tuple[list[int], list[int], list[int]]:
    left = set(proposal.without)
    return (
        [place for place, _ in enumerate(message.asks) if f"asks.{place}" not in left],
        [place for place, _ in enumerate(message.parts) if f"parts.{place}.category" not in left],
        [place for place, _ in enumerate(message.subjects) if f"subjects.{place}" not in left],
    )


def cut(message: Message, asks: list[int], parts: list[int], subjects: list[int]) -> Message:
    return replace(
        message,
        asks=tuple(message.asks[place] for place in sorted(asks)),
        parts=tuple(message.parts[place] for place in sorted(parts)),
        subjects=tuple(message.subjects[place] for place in sorted(subjects)),
    )


def with_more(every: int, own: list[int]) -> Iterator[list[int]]:
    """Yield these places with every choice of the others added, none included."""
    others = [place for place in range(every) if place not in own]
    for size in range(len(others) + 1):
        for more in combinations(others, size):
            yield [*own, *more]


@prove(100)
@given(mixed_scenes())
def test_the_remedies_offered_flip_the_decision_and_none_of_them_can_be_missed(scene: Scene) -> None:
    found = lesson_of(scene)
    event(f"remedies {found.remedies}")
    assume(found.remedies)

    assert permits(scene, mended(scene, found.remedies))
    for name in found.remedies:
        others = tuple(each for each in found.remedies if each != name)
        assert not permits(scene, mended(scene, others)), name


@prove(100)
@given(mixed_scenes())
def test_the_part_offered_is_permitted_and_no_category_can_be_put_back(scene: Scene) -> None:
    part = next((each for each in lesson_of(scene).proposals if each.sort == "part"), None)
    event(f"part {part is not None}")
    assume(part is not None)
    assert part is not None
    world, message = mended(scene, part.remedies), scene.message
    asks, parts, subjects = kept(message, part)
    assert part.without

    assert permits(scene, world, cut(world.message, asks, parts, subjects))
    for more_asks in with_more(len(message.asks), asks):
        for more_parts in with_more(len(message.parts), parts):
            if (more_asks, more_parts) != (asks, parts):
                assert not permits(scene, world, cut(world.message, more_asks, more_parts, subjects))


@prove(100)
@given(mixed_scenes())
def test_subjects_are_only_left_out_where_no_category_passes_about_all(scene: Scene) -> None:
    part = next((each for each in lesson_of(scene).proposals if each.sort == "part"), None)
    assume(part is not None and any(each.startswith("subjects") for each in part.without))
    assert part is not None
    world, message = mended(scene, part.remedies), scene.message
    everybody = list(range(len(message.subjects)))

    for asks in with_more(len(message.asks), []):
        for parts in with_more(len(message.parts), []):
            assert not permits(scene, world, cut(world.message, asks, parts, everybody))


@prove(100)
@given(mixed_scenes())
def test_no_value_of_the_message_and_nothing_to_claim_is_told(scene: Scene) -> None:
    decision, found = scene.decide(), lesson_of(scene)
    told: Any = canonical.decode(explain_decision(decision, convenant=scene.convenant.digest, lesson=found) or b"{}")
    assume(told)
    rules = {rule.id for rule in CONVENANT.rules} | {each.id for each in CONVENANT.prohibitions}
    documents = {each.name for each in CONVENANT.documents}
    for each in told["failures"]:
        assert each["code"] in all_codes()
        assert set(each["rules"]) <= rules
        assert set(each["documents"]) <= documents
        assert all(FIELD.match(name) for name in each["fields"]), each["fields"]
        assert all(LAW.match(name) for name in each["articles"]), each["articles"]
        assert each["remedy"] in all_offers() | {""}
    for each in told["proposals"]:
        assert all(FIELD.match(name) for name in each["without"])
        assert (each["kind"], each["asks"]) in [("", []), ("bekendheidsvraag", ["bekendheid"])]
        assert set(each["remedies"]) <= all_offers()
    assert set(told["remedies"]) <= all_offers()
    assert set(told["texts"]) <= all_codes() | all_offers()


@prove(150)
@given(scenes(lambda rule: not rule.without_role and not rule.afterwards))
def test_who_has_no_role_hears_the_same_whatever_the_casus_holds(scene: Scene) -> None:
    """Hits, consents, decisions, the plan, who was informed: a stranger learns nothing of them."""
    sender = scene.message.sender
    assume(scene.casus is not None and not scene.kind.answers)
    stranger = scene.knows(roles={party: roles for party, roles in scene.known.roles.items() if party != sender})
    decision = stranger.decide()
    event(f"main code {decision.code}")
    emptied = replace(stranger, casus=emptied_of_facts(stranger.known), standing=Standing())

    assert "GEEN_ROL_IN_CASUS" in decision.codes
    assert emptied.decide() == decision
    assert lesson_of(emptied) == lesson_of(stranger)
    assert (lesson_of(stranger).remedies, lesson_of(stranger).proposals) == ((), ())


@prove(100)
@given(mixed_scenes())
def test_nothing_that_only_conditions_look_at_is_told_before_the_first_six_steps_pass(scene: Scene) -> None:
    """But for a part that passes them: the sender could have sent that, and would have been told."""
    decision = scene.decide()
    assume(scene.casus is not None and not decision.permitted and decision.failures[0].step < 7)
    emptied = replace(scene, casus=emptied_of_facts(scene.known), standing=Standing())
    one, other = lesson_of(scene), lesson_of(emptied)

    assert [replace(each, remedy="") for each in one.reasons] == [replace(each, remedy="") for each in other.reasons]
    if not one.proposals and not one.remedies:
        assert not other.proposals


def emptied_of_facts(casus: Casus) -> Casus:
    """Return the casus without anything that only conditions look at."""
    return replace(
        casus, hits={}, consents=(), statements=(), rulings=(), without_consent=(), agreements=(), plan_day=None,
        actions={}, informed={}, plan_discussed={}, deferrals=(), supervisions=(), scaling=None, emergencies=(),
    )  # fmt: skip


@prove(60)
@given(mixed_scenes())
def test_teaching_changes_nothing_and_says_the_same_twice(scene: Scene) -> None:
    before = scene.decide()
    first, again = lesson_of(scene), lesson_of(scene)

    assert first == again
    assert scene.decide() == before
    assert (first == Lesson()) is before.permitted


@prove(60)
@given(mixed_scenes())
def test_break_glass_is_not_told_of_to_who_did_not_break_it(scene: Scene) -> None:
    scene = scene.claims(emergency=Emergency())
    told = explain_decision(scene.decide(), convenant=scene.convenant.digest, lesson=lesson_of(scene)).decode()

    assert "spoed" not in told.lower()
    assert "CMPG-S" not in told
