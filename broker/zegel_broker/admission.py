"""Steps 1 to 4: is it a message at all, of whom, under which convenant, in which casus, for which purpose."""

from collections.abc import Collection
from datetime import date
from functools import lru_cache

from zegel_broker.casus import Casus
from zegel_broker.hearing import Hearing
from zegel_broker.message import DESTROYING, REPORT
from zegel_schemas.claims import SubjectClaim
from zegel_schemas.convenant import PROCESS_CASUS, Convenant
from zegel_schemas.declaration import BROKER, REGISTRATION

ANY = "*"
_NOT_BOUND = {True: "AANVULLING_NIET_ONDERTEKEND", False: "PARTIJ_NIET_TOEGETREDEN"}  # by whether it is an amendment


def check_envelope(hearing: Hearing) -> None:
    """Step 1: a well-formed message between known parties, sent by somebody who may."""
    message, convenant = hearing.message, hearing.convenant
    registers = message.kind == REGISTRATION
    if hearing.kind is None and not registers:
        hearing.find("ONGELDIG_BERICHT", "kind")
        hearing.foreign = True
    if registers is (message.registers is None):
        hearing.find("ONGELDIG_BERICHT", "registers")
    if registers:
        if message.asks or message.parts:
            hearing.find("ONGELDIG_BERICHT", "asks", "parts")
    else:
        _check_shape(hearing)
    _check_doubles(hearing)
    if message.sender not in convenant.parties:
        hearing.find("ONBEKENDE_PARTIJ", "from.instantie")
        hearing.foreign = True
    for each in message.recipients:
        anyone = hearing.asking and each == ANY  # told of as RONDVRAAG
        if each not in convenant.parties and not anyone and not (registers and each == BROKER):
            hearing.find("ONBEKENDE_PARTIJ", "to.instantie")
            hearing.foreign = True
    if not message.authenticated:
        hearing.find("AFZENDER_NIET_GEAUTHENTICEERD")
    _check_role(hearing)
    if hearing.asking and (len(message.recipients) > 1 or ANY in message.recipients or ANY in message.asks):
        hearing.find("RONDVRAAG", "to.instantie", "asks", rules=hearing.prepared.verboden["round_robin"])


def _check_shape(hearing: Hearing) -> None:
    """What a kind asks and what it encloses (table in the brief)."""
    message = hearing.message
    if hearing.kind is None:
        return
    if hearing.asking:
        _check_question(hearing)
    elif message.kind == DESTROYING:
        if not message.asks and not message.parts:
            hearing.find("ONGELDIG_BERICHT", "asks")
        for place, part in enumerate(message.parts):
            if part.category != PROCESS_CASUS:
                hearing.find("ONGELDIG_BERICHT", f"parts.{place}.category")
    elif message.asks or not message.parts:
        hearing.find("ONGELDIG_BERICHT", "asks" if message.asks else "parts")


def _check_question(hearing: Hearing) -> None:
    """A question asks for at least one category, and encloses only what may be enclosed; the two do not mix."""
    categories = hearing.convenant.categories
    if not hearing.message.asks:
        hearing.find("ONGELDIG_BERICHT", "asks")
    for place, name in enumerate(hearing.message.asks):
        if name in categories and categories[name].enclosable:
            hearing.find("ONGELDIG_BERICHT", f"asks.{place}")
    for place, part in enumerate(hearing.message.parts):
        if part.category in categories and not categories[part.category].enclosable:
            hearing.find("ONGELDIG_BERICHT", f"parts.{place}.category")


def _check_doubles(hearing: Hearing) -> None:
    message = hearing.message
    if not message.subjects and message.kind != REGISTRATION:
        hearing.find("ONGELDIG_BERICHT", "subjects")
    if len(set(message.subjects)) != len(message.subjects):
        hearing.find("ONGELDIG_BERICHT", "subjects")
    if len({*message.asks, *[part.category for part in message.parts]}) != len(message.asks) + len(message.parts):
        hearing.find("ONGELDIG_BERICHT", "asks", "parts")
    recipients = message.recipients
    if not recipients or len(set(recipients)) != len(recipients) or message.sender in recipients:
        hearing.find("ONGELDIG_BERICHT", "to.instantie")


def _check_role(hearing: Hearing) -> None:
    message, prepared = hearing.message, hearing.prepared
    allowed = message.role in prepared.roles.get(message.sender, ()) or message.role in prepared.roles_by_kind.get(
        message.kind, ()
    )
    rule = hearing.convenant.registrations.get(message.registers.fact) if message.registers is not None else None
    if rule is not None and rule.roles:
        allowed = message.role in rule.roles
    if not allowed:
        hearing.find("MEDEWERKER_NIET_BEVOEGD")
        hearing.foreign = hearing.foreign or message.role not in prepared.employee_roles


def check_convenant(hearing: Hearing) -> None:
    """Step 2: the set in force, its documents in force, and both parties acceded to each of them."""
    message, convenant, regime, day = hearing.message, hearing.convenant, hearing.regime, hearing.day
    if message.convenant != convenant.digest:
        hearing.find("CONVENANT_VERSIE")
    if regime is None:
        if hearing.casus is not None:  # its regime is in no document of this set
            hearing.find("CONVENANT_NIET_GELDIG")
        return
    if hearing.afterwards:
        return
    bound = _bound_parties(convenant, regime.name, day)
    if message.sender in bound and bound.issuperset(message.recipients):
        return
    ends = [("from.instantie", message.sender), *[("to.instantie", each) for each in message.recipients]]
    for membership in regime.memberships:
        if not membership.holds(day):
            hearing.find("CONVENANT_NIET_GELDIG")
        for field, name in ends:
            party = convenant.parties.get(name)
            if party is not None and not party.external and not membership.binds(name, day):
                hearing.find(_NOT_BOUND[membership.amendment], field)


@lru_cache(maxsize=64)  # a few regimes and days of the sets in use; worked out once a day, asked for every message
def _bound_parties(convenant: Convenant, regime: str, day: date) -> frozenset[str]:
    """Return the parties of whom step 2 has nothing to say: all documents are in force, and bind them where needed."""
    memberships = convenant.regimes[regime].memberships
    if not all(each.holds(day) for each in memberships):
        return frozenset()
    return frozenset(
        name
        for name, party in convenant.parties.items()
        if party.external or all(each.binds(name, day) for each in memberships)
    )


def check_casus(hearing: Hearing) -> None:
    """Step 3: a casus that is known and open, with these subjects, and not too many of them."""
    message, casus, prepared = hearing.message, hearing.casus, hearing.prepared
    if casus is None:
        hearing.find("CASUS_ONBEKEND")
        return
    phase = hearing.convenant.phases.get(casus.phase)
    if not hearing.afterwards and (casus.closed is not None or (phase is not None and phase.final)):
        hearing.find("CASUS_GESLOTEN", rules=prepared.verboden["closed"])
    known: Collection[str] = casus.subjects
    if message.kind == REPORT:
        known = {*known, *(each.subject for each in message.claims.introduces)}
        _check_introduced(hearing, casus, known)
    if not all(each in known for each in message.subjects):
        hearing.find("BETROKKENE_NIET_IN_CASUS", rules=prepared.verboden["outsider"])
    most = hearing.convenant.max_subjects
    if len(message.subjects) > most or (message.kind == REPORT and len(known) > most):
        hearing.find("TE_VEEL_BETROKKENEN")


def _check_introduced(hearing: Hearing, casus: Casus, known: Collection[str]) -> None:
    """A report introduces each person once, holders of authority are among them, and nobody known is changed by it."""
    introduced = hearing.message.claims.introduces
    twice = len({each.subject for each in introduced}) != len(introduced)
    strangers = any(each.subject in each.holders or not set(each.holders) <= set(known) for each in introduced)
    changed = not hearing.opening and any(_differs(casus, each) for each in introduced)
    if twice or strangers or changed:
        hearing.find("ONGELDIG_BERICHT", "claims.introduces")


def _differs(casus: Casus, said: SubjectClaim) -> bool:
    person = casus.subjects.get(said.subject)
    return person is not None and (person.role, person.age_band, person.holders) != (
        said.role,
        said.age_band,
        said.holders,
    )


def check_purpose(hearing: Hearing) -> None:
    """Step 4: a purpose the convenant has, does not exclude, and that was opened in this casus."""
    message, convenant, casus, regime = hearing.message, hearing.convenant, hearing.casus, hearing.regime
    purpose = message.purpose
    if purpose in convenant.excluded_purposes:
        hearing.find("DOEL_UITGESLOTEN", rules=hearing.prepared.verboden["purpose"])
    elif purpose not in convenant.purposes:
        hearing.find("DOEL_ONBEKEND")
        hearing.foreign = True
    elif hearing.afterwards or casus is None or regime is None:
        return
    elif purpose not in casus.purposes or purpose not in regime.purposes:
        hearing.find("DOEL_NIET_IN_CASUS")
