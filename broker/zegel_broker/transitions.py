"""From one phase to another: only along `overgangen`, and only when each thing it requires is a fact or attested."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from zegel_broker.casus import Casus
from zegel_broker.hearing import Hearing
from zegel_broker.informed import knows_or_waits, knows_plan_or_waits
from zegel_schemas import registrations as facts
from zegel_schemas.convenant import ATTESTED

_TAKEN_UP = "besluit_in_behandeling"


def check_transition(hearing: Hearing, fact: facts.PhaseSet, casus: Casus) -> None:
    """Note why this casus may not enter that phase on this day."""
    convenant = hearing.convenant
    if fact.phase not in convenant.phases:
        hearing.find("ONGELDIG_BERICHT", "registers.phase")
        hearing.foreign = True
        return
    required = requirements(hearing, fact, casus)
    if required is None:
        hearing.find("FASE_NIET_TOEGESTAAN", "registers.phase")
        return
    for each in required:
        if not each.met:
            hearing.find(each.code, "registers.attested" if each.name in ATTESTED else "registers.phase")
    _check_criteria(hearing, fact)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a step requires, the code when it is not met, and whether it is."""

    name: str
    code: str
    met: bool


def requirements(hearing: Hearing, fact: facts.PhaseSet, casus: Casus) -> tuple[Requirement, ...] | None:
    """Return what the step to that phase requires, by name; None when there is no such step."""
    known = hearing.regime.transitions if hearing.regime is not None else ()
    steps = [each for each in known if (each.start, each.to) == (casus.phase, fact.phase)]
    names = sorted({each for step in steps for each in step.requires})
    return tuple(_requirement(name, fact, casus, hearing.day) for name in names) if steps else None


def _requirement(name: str, fact: facts.PhaseSet, casus: Casus, day: date) -> Requirement:
    if name in ATTESTED:
        return Requirement(name, "FASE_NIET_TOEGESTAAN", name in fact.attested)
    code, shown = FACTS.get(name, ("FASE_NIET_TOEGESTAAN", _never))
    return Requirement(name, code, shown(casus, day))


def _check_criteria(hearing: Hearing, fact: facts.PhaseSet) -> None:
    """Taking a casus up names the leefgebieden found; nothing else does."""
    if not hearing.convenant.domains.issuperset(fact.criteria):
        hearing.find("ONGELDIG_BERICHT", "registers.criteria")
        hearing.foreign = True
    if (_TAKEN_UP in fact.attested) is not bool(fact.criteria):
        hearing.find("ONGELDIG_BERICHT", "registers.criteria")


def _never(_: Casus, __: date) -> bool:
    return False


def _opened(casus: Casus, _: date) -> bool:
    return casus.opened is not None


def _advised(casus: Casus, _: date) -> bool:
    """Every reporter got the advice."""
    reporters = {party for party, roles in casus.roles.items() if "aanmelder" in roles}
    return bool(reporters) and reporters <= casus.advised


def _informed(casus: Casus, day: date) -> bool:
    return all(knows_or_waits(casus, subject, day=day) for subject in casus.subjects)


def _planned(casus: Casus, day: date) -> bool:
    return casus.plan_day is not None and casus.plan_day <= day


def _discussed(casus: Casus, day: date) -> bool:
    return all(knows_plan_or_waits(casus, subject, day=day) for subject in casus.subjects)


def _closing_told(casus: Casus, _: date) -> bool:
    """Every party with a role, but who directs, got the message that closes the casus."""
    others = {party for party, roles in casus.roles.items() if "regisseur" not in roles}
    return others <= casus.told_closing


def _route_told(casus: Casus, _: date) -> bool:
    """The decision on the route went to every reporter, and to somebody at all: whoever directs what follows."""
    reporters = {party for party, roles in casus.roles.items() if "aanmelder" in roles}
    return bool(casus.told_closing) and reporters <= casus.told_closing


# requirement -> the code when it fails, and whether the casus shows it
FACTS: Mapping[str, tuple[str, Callable[[Casus, date], bool]]] = {
    "aanmelding_ontvangen": ("FASE_NIET_TOEGESTAAN", _opened),
    "advies_aan_aanmelder": ("FASE_NIET_TOEGESTAAN", _advised),
    "betrokkene_geinformeerd_of_uitstel": ("VW_INFORMEREN", _informed),
    "plan_vastgesteld": ("VW_ACTIE", _planned),
    "plan_besproken_of_uitstel": ("VW_INFORMEREN", _discussed),
    "afsluitbericht": ("FASE_NIET_TOEGESTAAN", _closing_told),
    "triagebesluit": ("FASE_NIET_TOEGESTAAN", _route_told),
}
