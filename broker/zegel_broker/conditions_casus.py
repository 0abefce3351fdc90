"""Conditions about the plan, who was informed, agreements of a source, a supervision order and an opschaling."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from zegel_broker.casus import Action
from zegel_broker.consent import consents
from zegel_broker.days import day_from
from zegel_broker.emergency import unreviewed_before
from zegel_broker.informed import knows_or_waits
from zegel_broker.matter import Matter
from zegel_broker.message import ASSIGNMENT
from zegel_schemas.convenant import EMERGENCY, Condition

Test = Callable[[Matter], bool]


def _plain(test: Test) -> Callable[[Condition], Test]:
    """A test without values of its own."""
    return lambda _: test


def _informed(matter: Matter) -> bool:
    return all(knows_or_waits(matter.casus, subject, day=matter.day) for subject in matter.message.subjects)


def _action(matter: Matter) -> Action | None:
    return matter.casus.actions.get(matter.message.claims.action)


def _acting(matter: Matter) -> str:
    """Return whose part in the action counts: the one it is assigned to, else the one who sends."""
    return matter.recipient if matter.message.kind == ASSIGNMENT else matter.message.sender


def _action_in_plan(matter: Matter) -> bool:
    action = _action(matter)
    return action is not None and _acting(matter) in {action.holder, *action.together_with}


def _action_fits_task(matter: Matter) -> bool:
    action = _action(matter)
    return action is not None and action.kind in matter.convenant.parties[_acting(matter)].tasks


def _joint_action(matter: Matter) -> bool:
    action = _action(matter)
    return action is not None and {action.holder, *action.together_with} >= {matter.message.sender, matter.recipient}


def _plan_established(matter: Matter) -> bool:
    return matter.casus.plan_day is not None and matter.casus.plan_day <= matter.day


def _source_agrees(matter: Matter) -> bool:
    """The source agrees to this receiver; where the source keeps a professional secret, so do its subjects."""
    if matter.category.onward != "instemming_bron":
        return True
    return any(
        matter.name in each.categories
        and matter.receiver in each.receivers
        and matter.name in matter.regime.sources.get(each.source, ())
        and (not each.subjects or set(matter.message.subjects) <= set(each.subjects))
        and _secrecy_lifted(matter, each.source)
        for each in matter.casus.agreements
    )


def _secrecy_lifted(matter: Matter, source: str) -> bool:
    if not matter.convenant.parties[source].secrecy:
        return True
    return all(consents(matter, subject, explicit=False, provider=source) for subject in matter.message.subjects)


def _supervised(matter: Matter) -> bool:
    """An order in force, carried out by one of the two, about a child among the subjects; the others hold authority."""
    subjects, ends = set(matter.message.subjects), {matter.message.sender, matter.recipient}
    return any(
        each.start <= matter.day <= each.until
        and each.executor in ends
        and each.child in subjects
        and subjects - {each.child} <= set(matter.casus.subjects[each.child].holders)
        for each in matter.casus.supervisions
        if each.child in matter.casus.subjects
    )


def _four_eyes(matter: Matter) -> bool:
    return len(set(matter.message.claims.approvals)) >= 2  # noqa: PLR2004 - four eyes are two people


def _deferral_ground(condition: Condition) -> Test:
    grounds, most = frozenset(condition.grounds or ()), condition.max_days or 0
    extension = condition.extension_days or 0

    def test(matter: Matter) -> bool:
        said = matter.message.claims.deferral
        if said.ground not in grounds or not 1 <= said.days <= most:
            return False
        until = matter.message.issued + timedelta(days=said.days)
        earlier = _other_deferrals(matter, until)
        if not earlier:
            return True
        # Looked at again while the newest one ran, not before it was taken.
        return said.days <= extension and max(earlier) <= (day_from(said.reassessed) or date.min) <= matter.day

    return test


def _other_deferrals(matter: Matter, until: date) -> list[date]:
    """Return the days of earlier deferrals about one of the subjects; a copy of the same one ends on the same day."""
    subjects = matter.message.subjects
    return [each.day for each in matter.casus.deferrals if each.subject in subjects and each.until != until]


def _emergency(condition: Condition) -> Test:
    """A known reason, somebody who answers for it, an end soon enough that the message does not outlive."""
    reasons, longest = frozenset(condition.grounds or ()), (condition.max_hours or 0) * 3600

    def test(matter: Matter) -> bool:
        message, said = matter.message, matter.message.claims.emergency
        if said.reason not in reasons or not said.person or said.second == said.person:
            return False
        if not message.issued_at < message.expires_at <= said.until <= message.issued_at + longest:
            return False
        return bool(said.second) or not unreviewed_before(matter.casus, matter.standing, message)

    return test


def _scaling_criteria(condition: Condition) -> Test:
    least, stagnation = condition.min_domains or 0, condition.stagnation

    def test(matter: Matter) -> bool:
        scaling = matter.casus.scaling
        return (
            scaling is not None
            and len(set(scaling.domains)) >= least
            and (stagnation is None or scaling.stagnation is stagnation)
        )

    return test


def _direction_consulted(matter: Matter) -> bool:
    return (day_from(matter.message.claims.direction_consulted) or date.max) <= matter.day


CASUS_TESTS: Mapping[str, Callable[[Condition], Test]] = {
    "geinformeerd_of_uitstel": _plain(_informed),
    "actie_in_plan": _plain(_action_in_plan),
    "actie_past_bij_taak": _plain(_action_fits_task),
    "gezamenlijke_actie": _plain(_joint_action),
    "plan_vastgesteld": _plain(_plan_established),
    "instemming_bron": _plain(_source_agrees),
    "ots_actief": _plain(_supervised),
    "vier_ogen": _plain(_four_eyes),
    "uitstelgrond": _deferral_ground,
    "opschalingscriteria": _scaling_criteria,
    "eerst_regie_gesproken": _plain(_direction_consulted),
    EMERGENCY: _emergency,
}
