"""Whether a registered fact can be true here: its codes known, its days in order, its people and parties real."""

from collections.abc import Callable, Iterable
from typing import Any

from zegel_broker.hearing import Hearing
from zegel_schemas import registrations as facts
from zegel_schemas.convenant import Regime

_ANY = "*"
_DIRECTING_ROLE = "regisseur"


def check_fact(hearing: Hearing, fact: facts.Registration, regime: Regime) -> None:
    """Note what is wrong with the fact under this regime; a fact without a check of its own has nothing to check."""
    check = _CHECKS.get(type(fact))
    if check:
        check(hearing, fact, regime)


def _invalid(hearing: Hearing, *fields: str) -> None:
    hearing.find("ONGELDIG_BERICHT", *(f"registers.{field}" for field in fields))


def _parties(hearing: Hearing, names: Iterable[str]) -> None:
    if not hearing.convenant.parties.keys() >= set(names):
        hearing.find("ONBEKENDE_PARTIJ", "registers")
        hearing.foreign = True


def _categories(hearing: Hearing, names: Iterable[str], regime: Regime) -> None:
    if not regime.categories.keys() >= set(names):
        hearing.find("ONBEKENDE_CATEGORIE", "registers.categories")
        hearing.foreign = True


def _purposes(hearing: Hearing, names: Iterable[str], regime: Regime) -> None:
    """Only purposes of the regime's own documents."""
    for name in names:
        if name in hearing.convenant.excluded_purposes:
            hearing.find("DOEL_UITGESLOTEN", "registers.purposes", rules=hearing.prepared.verboden["purpose"])
        elif name not in hearing.convenant.purposes:
            hearing.find("DOEL_ONBEKEND", "registers.purposes")
            hearing.foreign = True
        elif name not in regime.purposes:
            hearing.find("DOEL_NIET_IN_CASUS", "registers.purposes")


def _person(hearing: Hearing, person: facts.Person, regime: Regime) -> None:
    """A role of the regime; nobody holds authority over himself; of a group member each criterion is established."""
    if person.role not in regime.person_roles:
        _invalid(hearing, "person.role")
        hearing.foreign = True
    if person.subject in person.holders or len(set(person.holders)) != len(person.holders):
        _invalid(hearing, "person.holders")
    if person.role in regime.group_roles:
        established = set(person.criteria) == set(range(1, regime.group_criteria + 1))
        if not established or person.reassess <= hearing.day.isoformat():
            _invalid(hearing, "person.criteria", "person.reassess")
    elif person.criteria or person.reassess:
        _invalid(hearing, "person.criteria")


def _opened(hearing: Hearing, fact: facts.CasusOpened, regime: Regime) -> None:
    """A casus of the base regime is opened by a report and nothing else."""
    if regime is hearing.convenant.base_regime:
        hearing.find("GEEN_REGEL", "registers.regime")
    _purposes(hearing, fact.purposes, regime)
    names = [each.subject for each in fact.persons]
    if not names or len(set(names)) != len(names):
        _invalid(hearing, "persons")
    for person in fact.persons:
        _person(hearing, person, regime)
        if not set(person.holders) <= set(names):
            _invalid(hearing, "persons")


def _added(hearing: Hearing, fact: facts.PersonAdded, regime: Regime) -> None:
    _person(hearing, fact.person, regime)


def _opened_purposes(hearing: Hearing, fact: facts.PurposeOpened, regime: Regime) -> None:
    if not fact.purposes:
        _invalid(hearing, "purposes")
    _purposes(hearing, fact.purposes, regime)


def _merged(hearing: Hearing, fact: facts.Merged, _: Regime) -> None:
    _parties(hearing, (fact.reporter,))
    if fact.other == hearing.message.casus:
        _invalid(hearing, "other")


def _role(hearing: Hearing, fact: facts.RoleGiven, regime: Regime) -> None:
    """A role goes to a party that acceded to all the regime rests on; the regie only to a regie party."""
    _parties(hearing, (fact.instantie,))
    party = hearing.convenant.parties.get(fact.instantie)
    if party is None or fact.withdrawn:
        return
    for membership in regime.memberships:
        if not party.external and not membership.binds(fact.instantie, hearing.day):
            code = "AANVULLING_NIET_ONDERTEKEND" if membership.amendment else "PARTIJ_NIET_TOEGETREDEN"
            hearing.find(code, "registers.instantie")
    if fact.role == _DIRECTING_ROLE and not party.directs:
        hearing.find("GEEN_REGEL", "registers.role")


def _plan(hearing: Hearing, fact: facts.PlanSet, _: Regime) -> None:
    _parties(hearing, (party for each in fact.actions for party in (each.holder, *each.together_with)))
    if len({each.action for each in fact.actions}) != len(fact.actions):
        _invalid(hearing, "actions")
    if not hearing.prepared.tasks.issuperset(each.kind for each in fact.actions):
        _invalid(hearing, "actions")
        hearing.foreign = True
    _not_ahead(hearing, fact.day)


def _informed(hearing: Hearing, fact: facts.Informed, _: Regime) -> None:
    if not fact.subjects:
        _invalid(hearing, "subjects")
    _not_ahead(hearing, fact.day)


def _consent(hearing: Hearing, fact: facts.ConsentGiven, regime: Regime) -> None:
    _parties(hearing, (fact.provider, *fact.receivers))
    _categories(hearing, fact.categories, regime)
    if not fact.given_by:
        _invalid(hearing, "given_by")
    if hearing.casus is not None and any(each.id == fact.consent for each in hearing.casus.consents):
        _invalid(hearing, "consent")
    _not_ahead(hearing, fact.day)


def _withdrawn(hearing: Hearing, fact: facts.ConsentWithdrawn, _: Regime) -> None:
    consents = hearing.casus.consents if hearing.casus is not None else ()
    if not any(each.id == fact.consent and fact.by in each.given_by for each in consents):
        _invalid(hearing, "consent", "by")


def _statement(hearing: Hearing, fact: facts.Statement, regime: Regime) -> None:
    _parties(hearing, (fact.provider,))
    _categories(hearing, fact.categories, regime)
    if fact.statement not in hearing.prepared.statements:
        _invalid(hearing, "statement")
        hearing.foreign = True
    _not_ahead(hearing, fact.day)


def _without_consent(hearing: Hearing, fact: facts.WithoutConsent, regime: Regime) -> None:
    _parties(hearing, (fact.provider,))
    _categories(hearing, fact.categories, regime)
    if not fact.subjects:
        _invalid(hearing, "subjects")
    if fact.ground not in hearing.prepared.consent_grounds:
        _invalid(hearing, "ground")
        hearing.foreign = True
    _in_order(hearing, fact.day, fact.until)


def _agreement(hearing: Hearing, fact: facts.SourceAgreement, regime: Regime) -> None:
    """A source agrees only about what it is a source of."""
    _parties(hearing, (fact.source, *fact.receivers))
    _categories(hearing, fact.categories, regime)
    if not regime.sources.get(fact.source, frozenset()).issuperset(fact.categories):
        hearing.find("NIET_DE_BRON", "registers.categories")


def _supervision(hearing: Hearing, fact: facts.Supervision, _: Regime) -> None:
    _parties(hearing, (fact.executor,))
    _in_order(hearing, fact.start, fact.until)


def _review(hearing: Hearing, fact: facts.EmergencyReviewed, _: Regime) -> None:
    """A use of this casus that nobody reviewed yet, reviewed by somebody who took no part in it.

    One whose message came to nothing stands beside the casus only, and is reviewed all the same.
    """
    own = hearing.casus.emergencies if hearing.casus is not None else ()
    uses = (*own, *(each for each in hearing.standing.emergencies if each.casus == hearing.message.casus))
    use = next((each for each in uses if each.use == fact.use and each.reviewed is None), None)
    if use is None:
        _invalid(hearing, "use")
    elif fact.reviewed_by in {use.person, use.second}:
        hearing.find("VW_VIER_OGEN", "registers.reviewed_by")


def _ruling(hearing: Hearing, fact: facts.Ruling, regime: Regime) -> None:
    """`*` stands for all categories only in an opschaling."""
    scaling = fact.fact == "besluit_opschaling"
    _parties(hearing, (*fact.receivers, *fact.agreed_parties))
    _categories(hearing, (each for each in fact.categories if not (scaling and each == _ANY)), regime)
    _purposes(hearing, fact.purposes, regime)
    _in_order(hearing, fact.start, fact.until)


def _not_ahead(hearing: Hearing, day: str) -> None:
    """What has happened, happened today or before."""
    if day > hearing.day.isoformat():
        _invalid(hearing, "day")


def _in_order(hearing: Hearing, start: str, until: str) -> None:
    if until < start:
        _invalid(hearing, "until")


_CHECKS: dict[type, Callable[[Hearing, Any, Regime], None]] = {
    facts.CasusOpened: _opened,
    facts.Merged: _merged,
    facts.PersonAdded: _added,
    facts.PurposeOpened: _opened_purposes,
    facts.RoleGiven: _role,
    facts.PlanSet: _plan,
    facts.Informed: _informed,
    facts.ConsentGiven: _consent,
    facts.ConsentWithdrawn: _withdrawn,
    facts.Statement: _statement,
    facts.WithoutConsent: _without_consent,
    facts.SourceAgreement: _agreement,
    facts.Supervision: _supervision,
    facts.EmergencyReviewed: _review,
    facts.Ruling: _ruling,
}
