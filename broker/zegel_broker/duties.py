"""The duties of a casus on a day: who must still do what by when, what is overdue, and what that blocks.

A pure reading of the casus and of the convenant's `naleving`: nothing here is stored, so a duty is discharged at the
moment the fact is there that discharges it. Duties without a term stand for ever and are never overdue.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from zegel_broker.casus import Action, Casus, Owed
from zegel_broker.informed import deferred, informed_of
from zegel_broker.owing import FORGET
from zegel_broker.working_days import is_working_day, next_working_day, review_due
from zegel_schemas.convenant import Convenant, DutyTerm

ANSWER = "antwoord"  # the term of an open question
PHASE = "fase"  # the longest a phase may last
REASSESS = "herijking"  # of the plan, every so many days (`herijking_dagen`)
REVIEW = "spoed_beoordelen"
DONE = frozenset({"gereed", "gestopt", "teruggegeven"})  # statuses that report an action's outcome
_DAYS = {"D": 1, "W": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One duty of `holder`; whom it concerns is for this process only, outside it is told how many (`subjects`)."""

    kind: str
    holder: str
    since: date | None = None
    due: date | None = None  # the last day in time; None = it stands, or its term has not begun
    overdue: bool = False
    discharged: bool = False
    blocks: tuple[str, ...] = ()  # kinds of message its holder may not send about these people while it is overdue
    also: str = ""  # who else hears that it is overdue
    ref: str = ""  # hash of the question, id of the action: tells two duties of one kind apart
    about: tuple[str, ...] = field(default=(), repr=False)

    @property
    def subjects(self) -> int:
        """Return how many people it concerns."""
        return len(self.about)

    @property
    def name(self) -> str:
        """Return what tells it from every other duty of its casus, with its term: a later term is a new one."""
        return "/".join((self.kind, self.holder, self.ref, str(self.since or ""), str(self.due or "")))

    def remind(self, day: date) -> bool:
        """Say whether its parties hear of it: from the day after the term as the Algemene termijnenwet extends it."""
        if not self.overdue or self.due is None:
            return False
        last = self.due if is_working_day(self.due) else next_working_day(self.due)
        return day > last


def duties(casus: Casus, convenant: Convenant, day: date) -> tuple[Duty, ...]:
    """Return every duty of this casus as it stands on this day, discharged ones too, those due first in front."""
    director = find_director(casus, convenant)
    found = [
        *(owed_duty(each, casus, convenant, day, director) for each in casus.duties),
        *_answers(casus, day, director, convenant),
        *_phase(casus, convenant, day, director),
        *_reassessment(casus, convenant, day, director),
        *_reviews(casus, day, director),
    ]
    return tuple(sorted(found, key=lambda each: (each.due or date.max, each.name)))


def overdue_duties(casus: Casus, convenant: Convenant, day: date) -> tuple[Duty, ...]:
    """Return those that are overdue."""
    return tuple(each for each in duties(casus, convenant, day) if each.overdue)


def find_director(casus: Casus, convenant: Convenant) -> str:
    """Return the regisseur of a casus; who keeps the casus when nobody has that role."""
    named = sorted(party for party, roles in casus.roles.items() if "regisseur" in roles)
    regime = convenant.regimes.get(casus.regime)
    return named[0] if named else regime.controller if regime is not None else ""


def owed_duty(owed: Owed, casus: Casus, convenant: Convenant, day: date, director: str) -> Duty:
    """Return a duty that a message brought."""
    term = convenant.duty_terms.get(owed.kind)
    if term is None:
        return Duty(kind=owed.kind, holder=owed.holder, since=owed.day, about=owed.subjects)
    due, discharged = _judge_term(owed, term, casus, day)
    return Duty(
        kind=owed.kind,
        holder=owed.holder,
        since=owed.day,
        due=due,
        overdue=due is not None and day > due and not discharged,
        discharged=discharged,
        blocks=term.blocks,
        also="" if owed.kind == FORGET else director,  # who was not asked does not learn the answer
        ref=owed.action,
        about=owed.subjects,
    )


def add_term(day: date, term: str) -> date:
    """Return the last day of a term such as P28D, P1M or P2Y that begins on `day`; a month ends on its own last day."""
    count, unit = int(term[1:-1]), term[-1]
    if unit in _DAYS:
        return day + timedelta(days=count * _DAYS[unit])
    months = day.month - 1 + count * (12 if unit == "Y" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _judge_term(owed: Owed, term: DutyTerm, casus: Casus, day: date) -> tuple[date | None, bool]:
    """Return the last day in time, and whether it is done."""
    if term.term == "actie":
        return _action_term(owed, casus)
    if term.term == "uitstel_tot":
        return _deferral_term(owed, casus, day)
    if "vernietiging" in term.discharged_by and not owed.categories:
        return None, True
    span, _, after = term.term.partition("_")
    start = casus.closed if after else owed.day
    due = add_term(start, span) if start is not None else None
    return due, _knows("geinformeerd", owed, term, casus, day)


def _knows(word: str, owed: Owed, term: DutyTerm, casus: Casus, day: date) -> bool:
    """Say whether everybody concerned was informed, or that is put off, as far as the convenant lets that count."""
    if word not in term.discharged_by:
        return False
    waits = "uitstel" in term.discharged_by
    concerned = [each for each in owed.subjects if each in casus.subjects]  # who introduced the others is void
    return all(informed_of(casus, each, day) or (waits and deferred(casus, each, day)) for each in concerned)


def _action_term(owed: Owed, casus: Casus) -> tuple[date | None, bool]:
    """An action's own day counts as the plan has it now; one that left the plan needs no report."""
    if not owed.action:
        return owed.due, False
    action: Action | None = casus.actions.get(owed.action)
    if action is None:
        return owed.due, True
    return action.due or owed.due, action.status in DONE


def _deferral_term(owed: Owed, casus: Casus, day: date) -> tuple[date | None, bool]:
    """Each person's newest deferral says until when; a later one, with its re-assessment, moves the day."""
    waiting = {
        each.subject: max(found.until for found in casus.deferrals if found.subject == each.subject)
        for each in casus.deferrals
        if each.subject in owed.subjects and not informed_of(casus, each.subject, day)
    }
    return (min(waiting.values()), False) if waiting else (None, True)


def _answers(casus: Casus, day: date, director: str, convenant: Convenant) -> Iterator[Duty]:
    """Open questions with a term; of what two other parties ask each other the regisseur hears nothing."""
    for name, question in casus.questions.items():
        kind = convenant.kinds.get(question.kind)
        if question.status != "open" or question.due is None or casus.closed or kind is None or not kind.question:
            continue
        yield Duty(
            kind=ANSWER,
            holder=question.addressee,
            since=question.day,
            due=question.due,
            overdue=day > question.due,
            also=director if director in {question.asker, question.addressee} else question.asker,
            ref=name,
            about=question.subjects,
        )


def _phase(casus: Casus, convenant: Convenant, day: date, director: str) -> Iterator[Duty]:
    phase = convenant.phases.get(casus.phase)
    if phase is None or phase.max_days is None or casus.phase_day is None:
        return
    due = casus.phase_day + timedelta(days=phase.max_days)
    yield Duty(kind=PHASE, holder=director, since=casus.phase_day, due=due, overdue=day > due, ref=casus.phase)


def _reassessment(casus: Casus, convenant: Convenant, day: date, director: str) -> Iterator[Duty]:
    """The plan is looked at again so many days after the phase began, or after it was last established."""
    phase = convenant.phases.get(casus.phase)
    if phase is None or phase.review_days is None or casus.phase_day is None:
        return
    since = max(casus.phase_day, casus.plan_day or casus.phase_day)
    due = since + timedelta(days=phase.review_days)
    yield Duty(kind=REASSESS, holder=director, since=since, due=due, overdue=day > due, ref=casus.phase)


def _reviews(casus: Casus, day: date, director: str) -> Iterator[Duty]:
    """Break-glass: each use is reviewed within three working days, by another than who used it."""
    for use in casus.emergencies:
        due, done = review_due(use.day), use.reviewed is not None
        yield Duty(
            kind=REVIEW,
            holder=director,
            since=use.day,
            due=due,
            overdue=not done and day > due,
            discharged=done,
            also=use.party,
            ref=use.use,
        )
