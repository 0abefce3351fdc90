"""The fold: one casus out of the former and a permitted message; a casus is nothing but its settled messages.

Only permitted messages are folded. When one is void afterwards (undeliverable, expired, rejected) the casus is folded
anew from the remaining events, in the order they were settled.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from zegel_broker.casus import Casus, Consultation, Deferral, Person, Question, Shared, Standing
from zegel_broker.days import day_from
from zegel_broker.decision import Decision
from zegel_broker.emergency import note_use, uses_emergency
from zegel_broker.enrol import enrol, enrol_standing, person_of, tell, with_role
from zegel_broker.message import ASSIGNMENT, REPORT, Message
from zegel_broker.owing import owe
from zegel_schemas import registrations as facts
from zegel_schemas.convenant import Convenant
from zegel_schemas.shapes import NIL_CASUS


@dataclass(frozen=True, slots=True)
class Event:
    """One settled, permitted message of a casus, as the ledger holds it: what was said, under which rules, and when."""

    message: Message
    rules: tuple[str, ...]
    day: date


def apply(
    casus: Casus | None, message: Message, decision: Decision, *, convenant: Convenant, day: date
) -> Casus | None:
    """Return the casus after this message; the same one when it was refused. None = the casus is still unknown."""
    if not decision.permitted or message.casus == NIL_CASUS:
        return casus
    advanced = _advance(casus, message, _rules(message, decision), convenant=convenant, day=day)
    return owe(advanced, message, decision.duties, convenant=convenant, day=day)


def apply_standing(standing: Standing, message: Message, decision: Decision, *, convenant: Convenant) -> Standing:
    """Return what stands beside all casussen after this message, of whatever casus; the same when it was refused.

    A decision registered under the nil casus changes it, and so does break-glass in any casus, and its review.
    """
    if not decision.permitted:
        return standing
    return _advance_standing(standing, message, _rules(message, decision), convenant)


def note_emergency(casus: Casus, message: Message, decision: Decision, *, convenant: Convenant) -> Casus:
    """Return the casus with the use of break-glass by a permitted message that came to nothing: a use is never void."""
    if not uses_emergency(message, _rules(message, decision), convenant=convenant):
        return casus
    return replace(casus, emergencies=note_use(casus.emergencies, message))


def _rules(message: Message, decision: Decision) -> tuple[str, ...]:
    """Return the rules that let it through, where the fold looks at them: only for break-glass."""
    return decision.rule_ids if message.claims.emergency.reason else ()


def refold(events: Iterable[Event], *, convenant: Convenant) -> Casus | None:
    """Return the casus these events make, in the order they were settled; None when nothing opens it any more."""
    casus: Casus | None = None
    for event in events:
        if casus is not None or opens_casus(event.message):
            casus = _advance(casus, event.message, event.rules, convenant=convenant, day=event.day)
    return casus


def refold_standing(events: Iterable[Event], *, convenant: Convenant) -> Standing:
    """Return what these events, of whatever casus, make to stand beside all casussen."""
    standing = Standing()
    for event in events:
        standing = _advance_standing(standing, event.message, event.rules, convenant)
    return standing


def _advance_standing(standing: Standing, message: Message, rules: tuple[str, ...], convenant: Convenant) -> Standing:
    fact = message.registers
    if isinstance(fact, facts.Ruling) and message.casus == NIL_CASUS:
        return enrol_standing(standing, fact, convenant=convenant)
    if isinstance(fact, facts.EmergencyReviewed):
        left = tuple(each for each in standing.emergencies if each.use != fact.use)
        return replace(standing, emergencies=left)
    if uses_emergency(message, rules, convenant=convenant):
        return replace(standing, emergencies=note_use(standing.emergencies, message))
    return standing


def opens_casus(message: Message) -> bool:
    """Say whether this message may name a casus the broker does not know yet."""
    return message.kind == REPORT or isinstance(message.registers, facts.CasusOpened)


def open_casus(message: Message, *, convenant: Convenant, day: date) -> Casus:
    """Return the provisional casus that what opens it is judged against; raise KeyError on an unknown regime."""
    fact = message.registers
    regime = convenant.regime(fact.regime) if isinstance(fact, facts.CasusOpened) else convenant.base_regime
    casus = Casus(id=message.casus, regime=regime.name, phase=regime.first_phase, opened=day, phase_day=day)
    if isinstance(fact, facts.CasusOpened):
        people = {each.subject: person_of(each, day) for each in fact.persons}
        wanted = frozenset(fact.purposes)
        casus = with_role(casus, message.sender, "regisseur")
    else:
        people = _introduced(message, day)
        wanted = frozenset({message.purpose})
        casus = with_role(with_role(casus, message.sender, "aanmelder"), regime.controller, "regisseur")
    return replace(casus, subjects=people, purposes=(regime.process_purposes | wanted) & regime.purposes)


def _introduced(message: Message, day: date) -> dict[str, Person]:
    return {
        each.subject: Person(each.role, each.age_band, day if each.age_band else None, each.holders)
        for each in message.claims.introduces
    }


def _advance(
    casus: Casus | None, message: Message, rules: tuple[str, ...], *, convenant: Convenant, day: date
) -> Casus:
    """Fold one permitted message."""
    if casus is None:
        casus = open_casus(message, convenant=convenant, day=day)
    if uses_emergency(message, rules, convenant=convenant):
        casus = replace(casus, emergencies=note_use(casus.emergencies, message))
    if message.registers is not None:
        return enrol(casus, message.registers, sender=message.sender, convenant=convenant, day=day)
    kind = convenant.kinds.get(message.kind)  # None: a later convenant has it no more
    casus = _share(casus, message, day)
    if kind is not None and kind.question:
        return _ask(casus, message, day)
    change = _EFFECTS.get(message.kind)
    return change(casus, message, day) if change else casus


def _share(casus: Casus, message: Message, day: date) -> Casus:
    """What was enclosed was delivered: who has which category about whom, and who exchanged something here."""
    partners = casus.partners | {message.sender, *message.recipients}
    categories = tuple(sorted({part.category for part in message.parts}))
    shared = casus.shared
    for recipient in message.recipients if categories else ():
        now = Shared(message.sender, recipient, categories, tuple(sorted(message.subjects)), day)
        if now not in shared:
            shared = (*(each for each in shared if not _is_same_share(each, now)), now)
    if shared is casus.shared and len(partners) == len(casus.partners):
        return casus
    return replace(casus, partners=partners, shared=shared)


def _is_same_share(one: Shared, other: Shared) -> bool:
    """Say whether these differ in their day at most."""
    return (one.sender, one.recipient, one.categories, one.subjects) == (
        other.sender,
        other.recipient,
        other.categories,
        other.subjects,
    )


def _ask(casus: Casus, message: Message, day: date) -> Casus:
    asks = tuple(part.category for part in message.parts) if message.kind == ASSIGNMENT else message.asks
    question = Question(
        kind=message.kind,
        asker=message.sender,
        addressee=message.recipients[0],
        asks=asks,
        rest=asks,
        subjects=message.subjects,
        purpose=message.purpose,
        phase=casus.phase,
        day=day,
        due=message.due,
        action=message.claims.action,
    )
    return replace(casus, questions={**casus.questions, message.hash: question})


def _close(casus: Casus, message: Message, status: str) -> Casus:
    question = casus.questions.get(message.re)
    if question is None:
        return casus
    return replace(casus, questions={**casus.questions, message.re: replace(question, status=status, rest=())})


def _report(casus: Casus, message: Message, day: date) -> Casus:
    """The reporter knows whom it reports; a further report may introduce further people."""
    known = {**_introduced(message, day), **casus.subjects}
    said = message.claims.consultation
    casus = replace(casus, subjects=known, consultation=Consultation(said.status, said.ground, said.length))
    return _hit(casus, message.sender, message.subjects, day)


def _hit(casus: Casus, party: str, subjects: Iterable[str], day: date) -> Casus:
    """Keep the newest hit of this party on each of these subjects."""
    return replace(casus, hits={**casus.hits, party: {**casus.hits.get(party, {}), **dict.fromkeys(subjects, day)}})


def _known_answer(casus: Casus, message: Message, day: date) -> Casus:
    """`bekend` makes a hit and an informant; `niet_bekend` leaves none, but the duty to forget it."""
    casus = _close(casus, message, "answered")
    known = tuple(sorted(subject for subject, outcome in message.claims.outcome.items() if outcome == "bekend"))
    if not known:
        return casus
    return with_role(_hit(casus, message.sender, known, day), message.sender, "informant")


def _answer(casus: Casus, message: Message, _: date) -> Casus:
    """A partial answer leaves open what it did not answer about every subject of the question."""
    question = casus.questions.get(message.re)
    if question is None or message.claims.completeness != "gedeeltelijk":
        return _close(casus, message, "answered")
    whole = set(question.subjects) <= set(message.subjects)
    given = {part.category for part in message.parts} if whole else set[str]()
    rest = tuple(category for category in question.rest if category not in given)
    if not rest:
        return _close(casus, message, "answered")
    return replace(casus, questions={**casus.questions, message.re: replace(question, rest=rest)})


def _decline(casus: Casus, message: Message, _: date) -> Casus:
    return _close(casus, message, "refused")


def _withdraw(casus: Casus, message: Message, _: date) -> Casus:
    return _close(casus, message, "withdrawn")


def _accept(casus: Casus, message: Message, day: date) -> Casus:
    return _progress(_close(casus, message, "answered"), message, day)


def _progress(casus: Casus, message: Message, _: date) -> Casus:
    name, status = message.claims.action, message.claims.action_status
    if name not in casus.actions or not status:
        return casus
    return replace(casus, actions={**casus.actions, name: replace(casus.actions[name], status=status)})


def _told(casus: Casus, message: Message, day: date) -> Casus:
    """Another party informed the family; once there is a plan, on or after its day, that was about the plan too."""
    on = day_from(message.claims.informed_on) or day
    return tell(casus, message.subjects, on, plan=casus.plan_day is not None and on >= casus.plan_day)


def _defer(casus: Casus, message: Message, _: date) -> Casus:
    """Informing is put off; copies to other parties carry the same last day and add nothing."""
    said = message.claims.deferral
    until = message.issued + timedelta(days=said.days)
    new = tuple(
        Deferral(subject, said.ground, until, message.issued)
        for subject in message.subjects
        if not any(each.subject == subject and each.until == until for each in casus.deferrals)
    )
    return replace(casus, deferrals=(*casus.deferrals, *new))


def _advise(casus: Casus, message: Message, _: date) -> Casus:
    return replace(casus, advised=casus.advised | frozenset(message.recipients))


def _tell_closing(casus: Casus, message: Message, _: date) -> Casus:
    return replace(casus, told_closing=casus.told_closing | frozenset(message.recipients))


_EFFECTS: dict[str, Callable[[Casus, Message, date], Casus]] = {
    REPORT: _report,
    "advies_aan_aanmelder": _advise,
    "bekendheidsantwoord": _known_answer,
    "triageantwoord": _known_answer,
    "informatieantwoord": _answer,
    "weigering": _decline,
    "intrekking": _withdraw,
    "actieaanvaarding": _accept,
    "voortgang": _progress,
    "melding_geinformeerd": _told,
    "uitstel_informeren": _defer,
    "afsluitbericht": _tell_closing,
    "triagebesluit": _tell_closing,
}
