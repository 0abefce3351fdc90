"""Registrations: who may record which fact, instead of steps 4 to 7; and whether the fact is one that can be true here.

A decision under Wpg or Wjsg or of a court is never declared by who needs it: the table `registraties` names who may.
"""

from zegel_broker.casus import Casus
from zegel_broker.facts_of import check_fact
from zegel_broker.hearing import Hearing
from zegel_broker.message import Message
from zegel_broker.transitions import check_transition
from zegel_schemas import registrations as facts
from zegel_schemas.convenant import Convenant, Regime, RegistrationRule
from zegel_schemas.declaration import BROKER
from zegel_schemas.shapes import NIL_CASUS

DIRECTING_ROLE = "regisseur"
_STANDING = "regime"  # `geldt: regime`: it belongs to the convenant, not to a casus


def regime_of_standing(message: Message, convenant: Convenant) -> Regime | None:
    """Return the regime a standing decision is registered for; None when the message is no such registration."""
    if message.casus != NIL_CASUS or not isinstance(message.registers, facts.Ruling):
        return None
    try:
        return convenant.regime(message.registers.regime)
    except KeyError:
        return None


def registration_rule(message: Message) -> dict[str, tuple[str, ...]]:
    """Return what permits a registration: its line in the table `registraties`."""
    return {"registers": (f"registraties.{message.registers.fact}",)} if message.registers else {}


def check_registration(hearing: Hearing) -> None:
    """Step 3 for a registration, then the table, then the fact itself. Steps 1 and 2 were taken."""
    fact = hearing.message.registers
    if fact is None:
        return
    rule = hearing.convenant.registrations.get(fact.fact)
    if rule is None:
        hearing.find("GEEN_REGEL", "registers")
        return
    standing = rule.holds == _STANDING
    if standing:
        _check_standing(hearing, fact)
    else:
        _check_in_casus(hearing, fact)
    _check_recipient(hearing, standing=standing)
    _check_sender(hearing, fact, rule, standing=standing)
    _check_agreement(hearing, fact, rule)
    if hearing.regime is not None:
        check_fact(hearing, fact, hearing.regime)
    if isinstance(fact, facts.PhaseSet) and hearing.casus is not None:
        check_transition(hearing, fact, hearing.casus)


def _check_standing(hearing: Hearing, fact: facts.Registration) -> None:
    if hearing.message.casus != NIL_CASUS:
        hearing.find("ONGELDIG_BERICHT", "casus")
    if hearing.message.subjects:
        hearing.find("BETROKKENE_NIET_IN_CASUS", rules=hearing.prepared.verboden["outsider"])
    if hearing.regime is None:
        hearing.find("ONGELDIG_BERICHT", "registers.regime")
        hearing.foreign = hearing.foreign or isinstance(fact, facts.Ruling)


def _check_in_casus(hearing: Hearing, fact: facts.Registration) -> None:
    casus, prepared = hearing.casus, hearing.prepared
    if isinstance(fact, facts.Ruling) and fact.regime:
        hearing.find("ONGELDIG_BERICHT", "registers.regime")
    if casus is None or hearing.message.casus == NIL_CASUS:
        hearing.find("CASUS_ONBEKEND")
        if isinstance(fact, facts.CasusOpened):
            hearing.find("ONGELDIG_BERICHT", "registers.regime")
            hearing.foreign = True
        return
    phase = hearing.convenant.phases.get(casus.phase)
    closed = casus.closed is not None or (phase is not None and phase.final)
    if closed and not isinstance(fact, facts.EmergencyReviewed):  # what was done in haste is reviewed, also afterwards
        hearing.find("CASUS_GESLOTEN", rules=prepared.verboden["closed"])
    if isinstance(fact, facts.CasusOpened) and not hearing.opening:
        hearing.find("ONGELDIG_BERICHT", "casus")
    if not casus.subjects.keys() >= {*hearing.message.subjects, *subjects_of(fact)}:
        hearing.find("BETROKKENE_NIET_IN_CASUS", "subjects", "registers", rules=prepared.verboden["outsider"])
    added = {fact.person.subject} if isinstance(fact, facts.PersonAdded) else set[str]()
    if len(casus.subjects.keys() | added) > hearing.convenant.max_subjects:
        hearing.find("TE_VEEL_BETROKKENEN", "registers")


def subjects_of(fact: facts.Registration) -> tuple[str, ...]:  # noqa: PLR0911 - one line per fact
    """Return the people a fact is about, who must be in the casus already."""
    match fact:
        case facts.PersonAdded():
            return tuple(each for each in fact.person.holders if each != fact.person.subject)
        case facts.AgeBandSet():
            return (fact.subject,)
        case facts.ConsentGiven():
            return (fact.subject, *fact.given_by)
        case facts.ConsentWithdrawn():
            return (fact.by,)
        case facts.Statement():
            return (fact.subject,)
        case facts.Supervision():
            return (fact.child,)
        case facts.Informed() | facts.WithoutConsent() | facts.SourceAgreement():
            return fact.subjects
        case _:
            return ()


def _check_recipient(hearing: Hearing, *, standing: bool) -> None:
    """A regie party registers with the broker; any other tells the regie party, so that the regisseur sees it."""
    message, directing = hearing.message, hearing.prepared.directing
    if message.sender in directing:
        good = message.recipients == (BROKER,)
    else:
        good = len(message.recipients) == 1 and message.recipients[0] in directing
        if good and not standing and hearing.casus is not None:
            good = DIRECTING_ROLE in hearing.casus.roles.get(message.recipients[0], ())
    if not good:
        hearing.find("GEEN_REGEL", "to.instantie")


def _check_sender(hearing: Hearing, fact: facts.Registration, rule: RegistrationRule, *, standing: bool) -> None:
    casus, sender = hearing.casus, hearing.message.sender
    if not standing and casus is not None and sender not in casus.roles and sender not in casus.partners:
        hearing.find("GEEN_ROL_IN_CASUS", "from.instantie", rules=hearing.prepared.verboden["without_role"])
    if not may_register(hearing, fact, rule):
        hearing.find("GEEN_REGEL", "from.instantie", "registers")


def may_register(hearing: Hearing, fact: facts.Registration, rule: RegistrationRule) -> bool:
    """Say whether the message's sender is one of those this line of the table names."""
    return any(_may(hearing, fact, hearing.casus, each) for each in rule.senders)


def _may(hearing: Hearing, fact: facts.Registration, casus: Casus | None, sender: str) -> bool:
    """Say whether the message's sender is the one meant by this entry of the table."""
    own = hearing.message.sender
    match sender:
        case "@regie":
            directs = own in hearing.prepared.directing
            return directs and (casus is None or DIRECTING_ROLE in casus.roles.get(own, ()))
        case "@zelf":
            return True  # the act decided about is the sender's own: the fold puts the sender's name to it
        case "@verstrekker":
            return getattr(fact, "provider", None) == own
        case "@bron":
            return isinstance(fact, facts.SourceAgreement) and fact.source == own
        case "@betrokken":
            return casus is not None and own in casus.roles
        case _:
            return sender == own


def _check_agreement(hearing: Hearing, fact: facts.Registration, rule: RegistrationRule) -> None:
    """Two people where the table asks for two, and the other parties it names."""
    if len(agreed_by(fact)) < rule.min_agreed:
        hearing.find("VW_VIER_OGEN", "registers")
    together = fact.agreed_parties if isinstance(fact, facts.Ruling) else ()
    if not set(rule.together) <= set(together):
        hearing.find("VW_BESLUIT", "registers.agreed_parties")


def agreed_by(fact: facts.Registration) -> frozenset[str]:
    """Return the employees who stand for a fact, each once."""
    if isinstance(fact, facts.WithoutConsent):
        return frozenset(fact.decided_by)
    return frozenset(fact.agreed if isinstance(fact, facts.Ruling) else ())
