"""Whether the family knows: each person was informed or that was put off; for a child, who holds authority counts."""

from datetime import date

from zegel_broker.casus import Casus
from zegel_broker.consent import AGE_VALID_DAYS, age_band


def knows_or_waits(casus: Casus, subject: str, *, day: date) -> bool:
    """Say whether this subject was informed on or before this day, or informing him or her is put off on it."""
    return any(_told(casus, each, day) or deferred(casus, each, day) for each in _addressees(casus, subject, day))


def knows_plan_or_waits(casus: Casus, subject: str, *, day: date) -> bool:
    """Say whether the plan as it stands was discussed with this subject, or informing is put off.

    Without a plan nothing was discussed; that there is one is a requirement of its own.
    """
    plan = casus.plan_day or date.max
    return any(
        plan <= casus.plan_discussed.get(each, date.min) <= day or deferred(casus, each, day)
        for each in _addressees(casus, subject, day)
    )


def informed_of(casus: Casus, subject: str, day: date) -> bool:
    """Say whether this subject, or who is informed for him or her, was informed on or before this day."""
    return any(_told(casus, each, day) for each in _addressees(casus, subject, day))


def deferred(casus: Casus, subject: str, day: date) -> bool:
    """Say whether informing this subject is put off on this day."""
    return any(each.subject == subject and each.day <= day <= each.until for each in casus.deferrals)


def _told(casus: Casus, subject: str, day: date) -> bool:
    return casus.informed.get(subject, date.max) <= day


def _addressees(casus: Casus, subject: str, day: date) -> tuple[str, ...]:
    """Return who is informed for this subject: a child's holders of authority, else the person."""
    person = casus.subjects.get(subject)
    if person is None:
        return ()
    grown = age_band(person, day=day, valid_days=AGE_VALID_DAYS) == "16_plus"
    child = person.role == "minderjarige" or bool(person.holders)
    return person.holders if child and not grown else (subject,)
