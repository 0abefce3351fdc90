"""Clauses about what the message itself claims: motivation, terms, period, labels, weighing, correlation, four eyes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from tests.judge_clause import Clause, someone_else, with_condition
from tests.judge_scene import QUESTION_HASH, Pick, Scene
from zegel_broker.casus import Deferral as RunningDeferral
from zegel_broker.casus import Question
from zegel_broker.message import DECLINING, WITHDRAWING, Enclosure
from zegel_schemas.claims import Consultation, Deferral
from zegel_schemas.convenant import Condition

Spoiled = Iterator[tuple[str, Scene]]
TWO = ("m-0000000000000001", "m-0000000000000002")
LABELLED_LEVELS = {2, 3, "X"}


def _motivated(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    least = condition.min_length or 0
    said = dict(scene.message.claims.motivation)
    for field in condition.fields or ():
        said[field] = max(said.get(field, 0), pick((least, least + 60)))
    return scene.claims(motivation=said)


def _unmotivated(scene: Scene, condition: Condition, pick: Pick) -> Spoiled:
    field, said = pick(condition.fields or ()), scene.message.claims.motivation
    yield "too short", scene.claims(motivation={**said, field: (condition.min_length or 0) - 1})
    yield "absent", scene.claims(motivation={name: length for name, length in said.items() if name != field})


def _motivated_each(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    least = condition.min_length or 0
    return scene.claims(motivation_per_category={name: pick((least, least + 9)) for name in scene.message.asks})


def _unmotivated_each(scene: Scene, condition: Condition, pick: Pick) -> Spoiled:
    if scene.message.asks:
        name, said = pick(scene.message.asks), scene.message.claims.motivation_per_category
        short = {**said, name: (condition.min_length or 0) - 1}
        yield "too short", scene.claims(motivation_per_category=short)
        others = {each: length for each, length in said.items() if each != name}
        yield "absent", scene.claims(motivation_per_category=others)


def _few(scene: Scene, _: Condition, __: Pick) -> Scene:
    return scene  # a draft never asks for more


def _many(scene: Scene, condition: Condition, _: Pick) -> Spoiled:
    yield "one too many", with_condition(scene, condition, max=len(scene.message.asks) - 1)


def _period(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    return scene.claims(period_months=pick((1, condition.max_months or 0)))


def _no_period(scene: Scene, condition: Condition, _: Pick) -> Spoiled:
    yield "a month too long", scene.claims(period_months=(condition.max_months or 0) + 1)
    yield "none", scene.claims(period_months=0)


def earlier_question(scene: Scene, days: int, **fields: object) -> Scene:
    """Return the scene in which the same was asked this many days ago; `fields` say what differs."""
    message, casus = scene.message, scene.known
    question = Question(
        kind=message.kind, asker=message.sender, addressee=scene.recipient, asks=message.asks, rest=(),
        subjects=message.subjects, purpose=message.purpose, phase=casus.phase, day=scene.later(-days),
        status="answered",
    )  # fmt: skip
    asked = replace(question, **fields)  # type: ignore[arg-type]  # names of fields of a Question, by their caller
    return scene.knows(questions={**casus.questions, "e" * 43: asked})


def _not_repeated(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    days = condition.days or 0
    options: tuple[Callable[[], Scene], ...] = (
        lambda: scene,
        lambda: earlier_question(scene, days + 1),
        lambda: earlier_question(scene, days, subjects=("p9",)),
        lambda: earlier_question(scene, days, asks=("proces_casus",)),
        lambda: earlier_question(scene, days, addressee=someone_else(scene)),
        lambda: earlier_question(scene, days, asker=someone_else(scene)),
        lambda: earlier_question(scene, 0, day=None),
        lambda: earlier_question(scene, days).claims(new_facts=40),
    )
    return pick(options)()


def _repeated(scene: Scene, condition: Condition, pick: Pick) -> Spoiled:
    if scene.message.asks:
        days, subject, name = condition.days or 0, pick(scene.message.subjects), pick(scene.message.asks)
        scene = scene.claims(new_facts=pick((0, 39)))
        yield "on the last day", earlier_question(scene, days)
        yield "today", earlier_question(scene, 0)
        yield "one of the subjects", earlier_question(scene, 1, subjects=(subject, "p9"))
        yield "one of the categories", earlier_question(scene, 1, asks=(name, "proces_casus"))


def _term(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    days = pick((condition.min_days or 0, condition.max_days or 0))
    return scene.says(due=scene.message.issued + timedelta(days=days))


def _no_term(scene: Scene, condition: Condition, _: Pick) -> Spoiled:
    issued = scene.message.issued
    yield "too soon", scene.says(due=issued + timedelta(days=(condition.min_days or 0) - 1))
    yield "too late", scene.says(due=issued + timedelta(days=(condition.max_days or 0) + 1))
    yield "none", scene.says(due=None)


def _must_weigh(scene: Scene, condition: Condition) -> bool:
    secrecy = scene.convenant.parties[scene.message.sender].secrecy
    return bool(scene.content) and (secrecy or not condition.only_secrecy)


def _weighed(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    needed = _must_weigh(scene, condition) or pick((True, False))
    return scene.claims(weighing=pick(condition.grounds or ())) if needed else scene


def _unweighed(scene: Scene, condition: Condition, _: Pick) -> Spoiled:
    if _must_weigh(scene, condition):
        yield "none", scene.claims(weighing="")
        yield "no ground", scene.claims(weighing="zomaar")


def _labelled(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    values = condition.values or ()

    def label(part: Enclosure) -> Enclosure:
        free = scene.category(part.category).level not in LABELLED_LEVELS
        return Enclosure(part.category, pick(("", *values) if free else values))

    return scene.says(parts=tuple(label(part) for part in scene.message.parts))


def _unlabelled(scene: Scene, _: Condition, pick: Pick) -> Spoiled:
    parts = scene.message.parts
    sensitive = [part for part in parts if scene.category(part.category).level in LABELLED_LEVELS]
    if sensitive:
        one = pick(sensitive)
        for name, label in ("none", ""), ("unknown", "gerucht"):
            yield name, scene.says(parts=tuple(replace(each, label=label) if each is one else each for each in parts))


def _correlated(scene: Scene, _: Condition, __: Pick) -> Scene:
    return scene  # a draft answers or withdraws an open question


def _uncorrelated(scene: Scene, condition: Condition, _: Pick) -> Spoiled:
    if scene.kind.answers or not condition.only_answers:
        yield from spoil_question(scene, for_any_purpose=condition.without_purpose is True)


def spoil_question(scene: Scene, *, for_any_purpose: bool) -> Spoiled:
    """Yield scenes in which this answers, declines or withdraws nothing that is open between these two."""
    question = scene.known.questions[QUESTION_HASH]

    def other(**fields: object) -> Scene:
        changed = replace(question, **fields)  # type: ignore[arg-type]  # as in `earlier_question`
        return scene.knows(questions={**scene.known.questions, QUESTION_HASH: changed})

    yield "answers nothing", scene.says(re="")
    yield "answers what is not there", scene.says(re="x" * 43)
    for status in ("answered", "refused", "withdrawn"):
        yield status, other(status=status)
    yield "asked by another", other(asker=someone_else(scene))
    yield "asked of another", other(addressee=someone_else(scene))
    if scene.kind.answers:
        yield "of another kind", other(kind="signaal")
    if not (for_any_purpose or scene.message.kind in {DECLINING, WITHDRAWING}):
        yield "for another purpose", other(purpose="schooluitval" if question.purpose != "schooluitval" else "overlast")


def _consulted(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    exception = Consultation(
        status="uitzondering", ground="strafbare_feiten", length=pick((condition.min_length or 0, 99))
    )
    return scene.claims(consultation=pick((Consultation(status="besproken"), exception)))


def _unconsulted(scene: Scene, condition: Condition, _: Pick) -> Spoiled:
    long, ground = condition.min_length or 0, "strafbare_feiten"
    yield "said nothing", scene.claims(consultation=Consultation())
    yield "not consulted", scene.claims(consultation=Consultation(status="niet_besproken", ground=ground, length=long))
    short = Consultation(status="uitzondering", ground=ground, length=long - 1)
    yield "too short an exception", scene.claims(consultation=short)
    yield "no ground", scene.claims(consultation=Consultation(status="uitzondering", length=long))
    yield (
        "unknown ground",
        scene.claims(consultation=Consultation(status="uitzondering", ground="zomaar", length=long)),
    )


def _four_eyes(scene: Scene, _: Condition, __: Pick) -> Scene:
    return scene.claims(approvals=TWO)


def _two_eyes(scene: Scene, _: Condition, __: Pick) -> Spoiled:
    for name, who in ("nobody", ()), ("one", TWO[:1]), ("one, twice", TWO[:1] * 2):
        yield name, scene.claims(approvals=who)


def _deferred(scene: Scene, condition: Condition, pick: Pick) -> Scene:
    ground = pick(condition.grounds or ())
    if pick((True, False)):
        return scene.claims(deferral=Deferral(ground=ground, days=pick((1, condition.max_days or 0))))
    days = pick((1, condition.extension_days or 0))
    reassessed = pick((scene.day, scene.later(-1))).isoformat()
    scene = scene.claims(deferral=Deferral(ground=ground, days=days, reassessed=reassessed))
    return scene.knows(deferrals=_running(scene))


def _running(scene: Scene) -> tuple[RunningDeferral, ...]:
    return (RunningDeferral(scene.message.subjects[0], "strafbare_feiten", scene.later(-1), scene.later(-9)),)


def _undeferred(scene: Scene, condition: Condition, _: Pick) -> Spoiled:
    said, most, longer = scene.message.claims.deferral, condition.max_days or 0, condition.extension_days or 0

    def claims(**fields: object) -> Scene:
        return scene.claims(deferral=said.model_copy(update=fields))

    yield "no days", claims(days=0)
    yield "too long", claims(days=most + 1)
    yield "no ground", claims(ground="")
    yield "unknown ground", claims(ground="zomaar")
    again = scene.knows(deferrals=_running(scene))
    reassessed = {"reassessed": scene.day.isoformat()}
    for name, fields in (
        ("too long again", {"days": longer + 1, **reassessed}),
        ("again without looking", {"days": 1, "reassessed": ""}),
        ("to be looked at tomorrow", {"days": 1, "reassessed": scene.later(1).isoformat()}),
    ):
        yield name, again.claims(deferral=said.model_copy(update=fields))


def _spoken(scene: Scene, _: Condition, pick: Pick) -> Scene:
    return scene.claims(direction_consulted=pick((scene.day, scene.later(-1))).isoformat())


def _unspoken(scene: Scene, _: Condition, __: Pick) -> Spoiled:
    yield "never", scene.claims(direction_consulted="")
    yield "tomorrow", scene.claims(direction_consulted=scene.later(1).isoformat())


CLAIM_CLAUSES = {
    "motivering": Clause(_motivated, _unmotivated),
    "motivering_per_categorie": Clause(_motivated_each, _unmotivated_each),
    "max_categorieen": Clause(_few, _many),
    "periode": Clause(_period, _no_period),
    "geen_herhaling": Clause(_not_repeated, _repeated),
    "antwoordtermijn": Clause(_term, _no_term),
    "afweging_verstrekker": Clause(_weighed, _unweighed),
    "aardlabel": Clause(_labelled, _unlabelled),
    "correlatie": Clause(_correlated, _uncorrelated),
    "overleg_betrokkene": Clause(_consulted, _unconsulted),
    "vier_ogen": Clause(_four_eyes, _two_eyes),
    "uitstelgrond": Clause(_deferred, _undeferred),
    "eerst_regie_gesproken": Clause(_spoken, _unspoken),
}
