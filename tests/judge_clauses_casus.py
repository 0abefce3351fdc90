"""Clauses about the state of the casus: hits, who was informed, the plan, its actions, supervision and scaling."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from tests.judge_clause import Clause, someone_else
from tests.judge_scene import ACTION_ID, Pick, Scene
from zegel_broker.casus import Action, Deferral, Scaling, Supervision
from zegel_broker.message import ASSIGNMENT
from zegel_schemas.convenant import Condition

Spoiled = Iterator[tuple[str, Scene]]


def _hit(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    known = {subject: scene.later(-pick((0, 1, condition.max_days or 0))) for subject in scene.message.subjects}
    return scene.knows(hits={scene.recipient: known})


def _no_hit(scene: Scene, condition: Condition, pick: Pick) -> Spoiled:
    subject, known = pick(scene.message.subjects), scene.known.hits[scene.recipient]

    def said(day: date) -> Scene:
        return scene.knows(hits={scene.recipient: {**known, subject: day}})

    yield "too old", said(scene.later(-(condition.max_days or 0) - 1))
    yield "tomorrow", said(scene.later(1))
    others = {name: day for name, day in known.items() if name != subject}
    yield "not about one of them", scene.knows(hits={scene.recipient: others})
    yield "of another party", scene.knows(hits={someone_else(scene): known})


def _addressees(scene: Scene, subject: str) -> tuple[str, ...]:
    """Return who is told for this subject: a child's holders of authority, else the person."""
    person = scene.known.subjects[subject]
    return person.holders if person.role == "minderjarige" else (subject,)


def _informed(scene: Scene, _: Condition, pick: Pick) -> Scene:
    informed, deferrals = dict(scene.known.informed), list(scene.known.deferrals)
    for subject in scene.message.subjects:
        addressee = pick(_addressees(scene, subject))
        if pick((True, False)):
            informed[addressee] = scene.later(pick((0, -30)))
        else:
            start, until = scene.later(pick((0, -9))), scene.later(pick((0, 9)))
            deferrals.append(Deferral(addressee, "strafbare_feiten", until, start))
    return scene.knows(informed=informed, deferrals=tuple(deferrals))


def _uninformed(scene: Scene, _: Condition, pick: Pick) -> Spoiled:
    told = set(_addressees(scene, pick(scene.message.subjects)))
    informed = {name: day for name, day in scene.known.informed.items() if name not in told}
    deferrals = tuple(each for each in scene.known.deferrals if each.subject not in told)
    left = scene.knows(informed=informed, deferrals=deferrals)
    one = pick(sorted(told))
    yield "neither", left
    yield "informed tomorrow", left.knows(informed={**informed, one: scene.later(1)})
    over = Deferral(one, "strafbare_feiten", scene.later(-1), scene.later(-9))
    yield "deferral over", left.knows(deferrals=(*deferrals, over))
    ahead = Deferral(one, "strafbare_feiten", scene.later(9), scene.later(1))
    yield "deferral from tomorrow", left.knows(deferrals=(*deferrals, ahead))


def _planned(scene: Scene, _: Condition, pick: Pick) -> Scene:
    return scene.knows(plan_day=scene.later(pick((0, -9))))


def _unplanned(scene: Scene, _: Condition, __: Pick) -> Spoiled:
    yield "no plan", scene.knows(plan_day=None)
    yield "tomorrow", scene.knows(plan_day=scene.later(1))


def _acting(scene: Scene) -> tuple[str, str]:
    """Return whose part in the action counts, and the other."""
    ends = (scene.message.sender, scene.recipient)
    return ends if scene.message.kind != ASSIGNMENT else (ends[1], ends[0])


def _with_action(scene: Scene, _: Condition, pick: Pick) -> Scene:
    acting, other = _acting(scene)
    if ACTION_ID in scene.known.actions:
        return scene
    holder, partner = pick(((acting, other), (other, acting)))
    kind = pick(scene.convenant.parties[acting].tasks or ("huisbezoek",))
    action = Action(kind, holder, (partner, "vitras"))
    return scene.claims(action=ACTION_ID).knows(actions={ACTION_ID: action})


def _spoil_action(scene: Scene, **fields: object) -> Scene:
    changed = replace(scene.known.actions[ACTION_ID], **fields)  # type: ignore[arg-type]  # fields of an Action
    return scene.knows(actions={ACTION_ID: changed})


def _not_in_plan(scene: Scene, _: Condition, __: Pick) -> Spoiled:
    yield "names none", scene.claims(action="")
    yield "names another", scene.claims(action="7d1f7a52-6a53-4d0e-9a52-6a534d0e9a52")
    yield "of others", _spoil_action(scene, holder=someone_else(scene), together_with=())
    yield "of the other alone", _spoil_action(scene, holder=_acting(scene)[1], together_with=())


def _not_its_task(scene: Scene, _: Condition, pick: Pick) -> Spoiled:
    parties = scene.convenant.parties
    tasks = {task for party in parties.values() for task in party.tasks} - set(parties[_acting(scene)[0]].tasks)
    yield "not its task", _spoil_action(scene, kind=pick(sorted(tasks)))
    yield "names none", scene.claims(action="")


def _not_joint(scene: Scene, _: Condition, __: Pick) -> Spoiled:
    one, other = _acting(scene)
    yield "names none", scene.claims(action="")
    for name, who in ("of the one", one), ("of the other", other):
        yield name, _spoil_action(scene, holder=who, together_with=(someone_else(scene),))


def _supervised(scene: Scene, _: Condition, pick: Pick) -> Scene:
    people = scene.known.subjects
    children = [name for name in scene.message.subjects if people[name].role == "minderjarige"]
    executor = pick((scene.message.sender, scene.recipient))
    start, until = scene.later(pick((0, -90))), scene.later(pick((0, 90)))
    order = Supervision(pick(children), executor, start, until)
    return scene.knows(supervisions=(*scene.known.supervisions, order))


def _unsupervised(scene: Scene, _: Condition, __: Pick) -> Spoiled:
    one = scene.known.supervisions[-1]
    child, people = scene.known.subjects[one.child], scene.known.subjects

    def order(**fields: object) -> Scene:
        return scene.knows(supervisions=(replace(one, **fields),))  # type: ignore[arg-type]  # fields of an order

    yield "over", order(until=scene.later(-1))
    yield "not yet", order(start=scene.later(1))
    yield "by another", order(executor=someone_else(scene))
    yield "about another child", order(child="p4" if one.child == "p3" else "p3")
    yield "about nobody in the casus", order(child="p9")
    if len(scene.message.subjects) > 1:
        yield "others without authority", scene.knows(subjects={**people, one.child: replace(child, holders=())})


def _scaled(scene: Scene, condition: Condition, _: Pick) -> Scene:
    domains = ("zorg", "strafrecht", "gemeentelijk")[: condition.min_domains]
    return scene.knows(scaling=Scaling(domains, condition.stagnation is not False))


def _unscaled(scene: Scene, condition: Condition, _: Pick) -> Spoiled:
    least = condition.min_domains or 0
    yield "no criteria", scene.knows(scaling=None)
    yield "one domain twice", scene.knows(scaling=Scaling(("zorg",) * least, stagnation=True))
    yield "no stagnation", scene.knows(scaling=Scaling(("zorg", "strafrecht"), stagnation=False))


CASUS_CLAUSES = {
    "hit": Clause(_hit, _no_hit),
    "geinformeerd_of_uitstel": Clause(_informed, _uninformed),
    "plan_vastgesteld": Clause(_planned, _unplanned),
    "actie_in_plan": Clause(_with_action, _not_in_plan),
    "actie_past_bij_taak": Clause(_with_action, _not_its_task),
    "gezamenlijke_actie": Clause(_with_action, _not_joint),
    "ots_actief": Clause(_supervised, _unsupervised),
    "opschalingscriteria": Clause(_scaled, _unscaled),
}
