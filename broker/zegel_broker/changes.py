"""Changes that may be offered after a refusal: to what the sender asks and when, or by doing first what was skipped.

Never another purpose, ground or label, new facts, consent to be obtained or any other attestation: who reads a refusal
must not learn what to claim. Each change is tried by the judge before it is offered (`lesson.py`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache

from zegel_broker.decision import Failure
from zegel_broker.trial import World
from zegel_schemas.convenant import Condition, Convenant, Rule

Make = Callable[[World, Iterable[Condition], Convenant], World]


@dataclass(frozen=True, slots=True)
class Change:
    """`name` has a text in two languages. `at_once`: the sender can do it in the message, waiting for nobody."""

    name: str
    make: Make
    at_once: bool


def changes_for(failures: Iterable[Failure], convenant: Convenant) -> list[tuple[Change, tuple[Condition, ...]]]:
    """Return the changes for these failures, each once, with the conditions of the rules that failed."""
    rules = _rules_by_id(convenant)
    found: dict[str, tuple[Change, tuple[Condition, ...]]] = {}
    for failure in failures:
        change = CHANGES.get(failure.code)
        if change is None:
            continue
        names = [name for each in failure.rules if each in rules for name in rules[each].conditions]
        failed = [each for name in names if (each := convenant.conditions[name]).code == failure.code]
        known = found.get(change.name, (change, ()))[1]
        found[change.name] = (change, (*known, *failed))
    return list(found.values())


@lru_cache(maxsize=16)
def _rules_by_id(convenant: Convenant) -> dict[str, Rule]:
    return {rule.id: rule for rule in convenant.rules}


def _newest_convenant(world: World, _: Iterable[Condition], convenant: Convenant) -> World:
    return replace(world, message=replace(world.message, convenant=convenant.digest))


def _shorter_period(world: World, conditions: Iterable[Condition], _: Convenant) -> World:
    """Ask for no longer than the strictest of the rules allows."""
    longest = min((each.max_months for each in conditions if each.max_months), default=0)
    claims = world.message.claims.model_copy(update={"period_months": longest})
    return replace(world, message=replace(world.message, claims=claims))


def _other_term(world: World, conditions: Iterable[Condition], _: Convenant) -> World:
    """Ask for the answer on the last day that every one of the rules allows."""
    days = min((each.max_days for each in conditions if each.max_days is not None), default=0)
    return replace(world, message=replace(world.message, due=world.message.issued + timedelta(days=days)))


def _open_question(world: World, _: Iterable[Condition], __: Convenant) -> World:
    """Answer the question between these two that is open and asked for the same purpose."""
    message, casus = world.message, world.casus
    if casus is None or not message.recipients:
        return world
    ends = {message.sender, message.recipients[0]}
    for name, question in casus.questions.items():
        open_between = question.status == "open" and {question.asker, question.addressee} == ends
        if open_between and question.purpose == message.purpose and set(message.subjects) <= set(question.subjects):
            return replace(world, message=replace(message, re=name))
    return world


def _first_ask_whether_known(world: World, _: Iterable[Condition], __: Convenant) -> World:
    """The instantie would have said today that it knows them."""
    casus, message = world.casus, world.message
    if casus is None:
        return world
    known = {
        each: {**casus.hits.get(each, {}), **dict.fromkeys(message.subjects, world.day)} for each in message.recipients
    }
    return replace(world, casus=replace(casus, hits={**casus.hits, **known}))


def _first_inform(world: World, _: Iterable[Condition], __: Convenant) -> World:
    """The people concerned would have been told today, of the plan too; for a registration everybody in the casus."""
    casus, message = world.casus, world.message
    if casus is None:
        return world
    meant = message.subjects if message.registers is None else tuple(casus.subjects)
    holders = {holder for each in meant if each in casus.subjects for holder in casus.subjects[each].holders}
    told = dict.fromkeys((*meant, *sorted(holders)), world.day)
    plan = {**casus.plan_discussed, **told} if message.registers is not None else casus.plan_discussed
    return replace(world, casus=replace(casus, informed={**told, **casus.informed}, plan_discussed=plan))


def _wait(world: World, conditions: Iterable[Condition], _: Convenant) -> World:
    """The same question, on the first day on which it is no longer a repetition."""
    casus, longest = world.casus, max((each.days or 0 for each in conditions), default=0)
    asked = [
        each.day
        for each in (casus.questions.values() if casus is not None else ())
        if each.day is not None and each.asker == world.message.sender and each.addressee in world.message.recipients
    ]
    if not asked:
        return world
    return world.later(max(1, (max(asked) - world.day).days + longest + 1))


CHANGES: Mapping[str, Change] = {
    "CONVENANT_VERSIE": Change("fetch_convenant", _newest_convenant, at_once=True),
    "VW_PERIODE": Change("shorter_period", _shorter_period, at_once=True),
    "VW_TERMIJN": Change("other_term", _other_term, at_once=True),
    "VW_CORRELATIE": Change("name_open_question", _open_question, at_once=True),
    "VW_HIT": Change("bekendheid_first", _first_ask_whether_known, at_once=False),
    "VW_INFORMEREN": Change("inform_first", _first_inform, at_once=False),
    "VW_HERHALING": Change("await_answer", _wait, at_once=False),
}
