"""Registered facts into the casus: what each registration changes; whether it was allowed, the judge has said."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from zegel_broker.casus import (
    Action,
    Agreement,
    Casus,
    Consent,
    Person,
    Ruling,
    Scaling,
    Standing,
    Statement,
    Supervision,
    WithoutConsent,
)
from zegel_broker.days import day_from
from zegel_broker.emergency import note_review
from zegel_schemas import registrations as facts
from zegel_schemas.convenant import RULING_OF_FACT, Convenant


def enrol(  # noqa: PLR0911 - one line per fact that needs more than the casus
    casus: Casus, fact: facts.Registration, *, sender: str, convenant: Convenant, day: date
) -> Casus:
    """Return the casus with this fact, registered by `sender` on `day`."""
    if isinstance(fact, facts.WithoutConsent):
        return _without_consent(casus, fact, sender)
    if isinstance(fact, facts.PhaseSet):
        return _phase(casus, fact, convenant, day)
    if isinstance(fact, facts.PersonAdded):
        return set_person(casus, fact.person, day)
    if isinstance(fact, facts.AgeBandSet):
        return _age_band(casus, fact, day)
    if isinstance(fact, facts.ConsentWithdrawn):
        return _consent_withdrawn(casus, fact, day)
    if isinstance(fact, facts.EmergencyReviewed):
        return replace(casus, emergencies=note_review(casus.emergencies, fact, day))
    change = _CHANGES.get(type(fact))
    return change(casus, fact) if change else casus


def enrol_standing(standing: Standing, fact: facts.Ruling, *, convenant: Convenant) -> Standing:
    """Return the standing decisions with this one, under its regime; raise KeyError on an unknown regime."""
    regime = convenant.regime(fact.regime).name
    rulings = _replaced(standing.rulings.get(regime, ()), _ruling_of(fact))
    return replace(standing, rulings={**standing.rulings, regime: rulings})


def with_role(casus: Casus, party: str, role: str) -> Casus:
    """Return the casus in which this party has this role; it stays a partner when the role ends."""
    held = casus.roles.get(party, ())
    if role in held:
        return casus
    roles = {**casus.roles, party: tuple(sorted((*held, role)))}
    return replace(casus, roles=roles, partners=casus.partners | {party})


def set_person(casus: Casus, person: facts.Person, day: date) -> Casus:
    """Return the casus with this person added or changed; the age band counts from `day`."""
    return replace(casus, subjects={**casus.subjects, person.subject: person_of(person, day)})


def person_of(person: facts.Person, day: date) -> Person:
    """Return what the casus keeps of a person."""
    return Person(
        role=person.role,
        age_band=person.age_band,
        band_day=day if person.age_band else None,
        holders=person.holders,
        criteria=person.criteria,
        reassess=day_from(person.reassess),
    )


def _without_role(casus: Casus, party: str, role: str) -> Casus:
    held = tuple(each for each in casus.roles.get(party, ()) if each != role)
    others = {name: roles for name, roles in casus.roles.items() if name != party}
    return replace(casus, roles={**others, party: held} if held else others)


def _role(casus: Casus, fact: facts.RoleGiven) -> Casus:
    change = _without_role if fact.withdrawn else with_role
    return change(casus, fact.instantie, fact.role)


def _merged(casus: Casus, fact: facts.Merged) -> Casus:
    return with_role(replace(casus, merged=(*casus.merged, fact.other)), fact.reporter, "aanmelder")


def _age_band(casus: Casus, fact: facts.AgeBandSet, day: date) -> Casus:
    if fact.subject not in casus.subjects:  # what introduced the person is void
        return casus
    person = replace(casus.subjects[fact.subject], age_band=fact.age_band, band_day=day if fact.age_band else None)
    return replace(casus, subjects={**casus.subjects, fact.subject: person})


def _phase(casus: Casus, fact: facts.PhaseSet, convenant: Convenant, day: date) -> Casus:
    taken_up = "besluit_in_behandeling" in fact.attested
    phase = convenant.phases.get(fact.phase)
    return replace(
        casus,
        phase=fact.phase,
        phase_day=casus.phase_day if fact.phase == casus.phase else day,
        closed=day if phase is not None and phase.final else casus.closed,
        taken_up=day if taken_up else casus.taken_up,
        criteria=fact.criteria if taken_up else casus.criteria,
    )


def _plan(casus: Casus, fact: facts.PlanSet) -> Casus:
    """Replace the plan; an action that goes on keeps its status, and who acts gets the role `actiehouder`."""
    actions = {
        each.action: Action(
            kind=each.kind,
            holder=each.holder,
            together_with=each.together_with,
            due=day_from(each.due),
            status=casus.actions[each.action].status if each.action in casus.actions else "",
        )
        for each in fact.actions
    }
    casus = replace(casus, plan_day=day_from(fact.day), actions=actions)
    for action in actions.values():
        for party in (action.holder, *action.together_with):
            casus = with_role(casus, party, "actiehouder")
    return casus


def _informed(casus: Casus, fact: facts.Informed) -> Casus:
    return tell(casus, fact.subjects, date.fromisoformat(fact.day), plan=fact.about == "plan")


def tell(casus: Casus, subjects: tuple[str, ...], day: date, *, plan: bool) -> Casus:
    """Return the casus in which these subjects were informed on a day, about the plan too if so."""
    informed = {**casus.informed, **{each: min(day, casus.informed.get(each, day)) for each in subjects}}
    discussed = {**casus.plan_discussed, **dict.fromkeys(subjects, day)} if plan else casus.plan_discussed
    return replace(casus, informed=informed, plan_discussed=discussed)


def _consent(casus: Casus, fact: facts.ConsentGiven) -> Casus:
    given = Consent(
        id=fact.consent,
        subject=fact.subject,
        given_by=fact.given_by,
        provider=fact.provider,
        receivers=fact.receivers,
        categories=fact.categories,
        explicit=fact.explicit,
        day=date.fromisoformat(fact.day),
    )
    return replace(casus, consents=(*casus.consents, given))


def _consent_withdrawn(casus: Casus, fact: facts.ConsentWithdrawn, day: date) -> Casus:
    consents = tuple(
        replace(each, withdrawn=min(day, each.withdrawn or day)) if each.id == fact.consent else each
        for each in casus.consents
    )
    return replace(casus, consents=consents)


def _statement(casus: Casus, fact: facts.Statement) -> Casus:
    said = Statement(
        statement=fact.statement,
        subject=fact.subject,
        provider=fact.provider,
        categories=fact.categories,
        day=date.fromisoformat(fact.day),
        withdrawn=day_from(fact.withdrawn),
    )
    withdrawn = said.withdrawn
    if withdrawn is None:
        return replace(casus, statements=(*casus.statements, said))
    earlier = tuple(
        replace(each, withdrawn=min(withdrawn, each.withdrawn or withdrawn)) if _lifts_same(each, said) else each
        for each in casus.statements
    )
    return replace(casus, statements=(*earlier, said))


def _lifts_same(one: Statement, other: Statement) -> bool:
    """A withdrawal ends every statement of this kind about this subject and provider, whatever categories it names."""
    return (one.statement, one.subject, one.provider) == (other.statement, other.subject, other.provider)


def _without_consent(casus: Casus, fact: facts.WithoutConsent, sender: str) -> Casus:
    decided = WithoutConsent(
        party=sender,
        ground=fact.ground,
        provider=fact.provider,
        categories=fact.categories,
        subjects=fact.subjects,
        decided_by=fact.decided_by,
        motivation=fact.motivation,
        day=date.fromisoformat(fact.day),
        until=date.fromisoformat(fact.until),
    )
    return replace(casus, without_consent=(*casus.without_consent, decided))


def _agreement(casus: Casus, fact: facts.SourceAgreement) -> Casus:
    agreed = Agreement(fact.source, fact.categories, fact.receivers, fact.subjects)
    return replace(casus, agreements=(*casus.agreements, agreed))


def _supervision(casus: Casus, fact: facts.Supervision) -> Casus:
    order = Supervision(fact.child, fact.executor, date.fromisoformat(fact.start), date.fromisoformat(fact.until))
    return replace(casus, supervisions=(*casus.supervisions, order))


def _ruling(casus: Casus, fact: facts.Ruling) -> Casus:
    return replace(casus, rulings=_replaced(casus.rulings, _ruling_of(fact)))


def _replaced(rulings: tuple[Ruling, ...], ruling: Ruling) -> tuple[Ruling, ...]:
    """A decision registered again under its own id replaces what stood there, so it can be ended early."""
    return (*(each for each in rulings if each.id != ruling.id), ruling)


def _ruling_of(fact: facts.Ruling) -> Ruling:
    return Ruling(
        kind=RULING_OF_FACT[fact.fact],
        id=fact.ruling,
        receivers=fact.receivers,
        categories=fact.categories,
        purposes=fact.purposes,
        start=date.fromisoformat(fact.start),
        until=date.fromisoformat(fact.until),
        agreed=fact.agreed,
    )


def _purposes(casus: Casus, fact: facts.PurposeOpened) -> Casus:
    return replace(casus, purposes=casus.purposes | frozenset(fact.purposes))


def _scaling(casus: Casus, fact: facts.ScalingCriteria) -> Casus:
    return replace(casus, scaling=Scaling(fact.domains, fact.stagnation))


_CHANGES: dict[type, Callable[[Casus, Any], Casus]] = {
    facts.Merged: _merged,
    facts.PurposeOpened: _purposes,
    facts.RoleGiven: _role,
    facts.PlanSet: _plan,
    facts.Informed: _informed,
    facts.ScalingCriteria: _scaling,
    facts.ConsentGiven: _consent,
    facts.Statement: _statement,
    facts.SourceAgreement: _agreement,
    facts.Supervision: _supervision,
    facts.Ruling: _ruling,
}
