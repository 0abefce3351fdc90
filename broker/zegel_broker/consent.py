"""Consent: who must have given it, whether all of them did, and what may stand in its place.

Consent lifts a duty of secrecy here; it is never the legal basis of a public task. Under 12 those who hold authority
decide, from 12 to 15 they and the child, from 16 the person (BW 7:447, 7:450; Jeugdwet 7.3.4).
"""

from datetime import date

from zegel_broker.casus import Casus, Person
from zegel_broker.matter import Matter

AGE_VALID_DAYS = (
    182  # an age band older than half a year counts as unknown (`registraties.leeftijdsgroep.geldig_dagen`)
)


def age_band(person: Person, *, day: date, valid_days: int) -> str:
    """Return the age band of a person on a day, "" when it is unknown or was established too long ago."""
    if person.band_day is None or (day - person.band_day).days > valid_days:
        return ""
    return person.age_band


def givers_needed(person: Person, subject: str, *, day: date, valid_days: int) -> frozenset[str] | None:
    """Return who must all have consented for this person; None when that cannot be said, so nobody can."""
    band = age_band(person, day=day, valid_days=valid_days)
    if band == "16_plus":
        return frozenset({subject})
    if band not in {"under_12", "12_15"} or not person.holders:
        return None
    return frozenset(person.holders) | ({subject} if band == "12_15" else frozenset())


def has_consent(
    casus: Casus,
    subject: str,
    *,
    provider: str,
    receiver: str,
    category: str,
    explicit: bool,
    day: date,
    valid_days: int = AGE_VALID_DAYS,
) -> bool:
    """Say whether those who must consent have: the givers of all consents valid that day are taken together."""
    person = casus.subjects.get(subject)
    if person is None:
        return False
    needed = givers_needed(person, subject, day=day, valid_days=valid_days)
    if not needed:
        return False
    given: set[str] = set()
    for consent in casus.consents:
        if (
            consent.subject == subject
            and consent.provider == provider
            and receiver in consent.receivers
            and category in consent.categories
            and consent.day <= day
            and (consent.withdrawn is None or day < consent.withdrawn)
            and (consent.explicit or not explicit)
        ):
            given.update(consent.given_by)
    return needed <= given


def consents(matter: Matter, subject: str, *, explicit: bool, provider: str = "") -> bool:
    """Say whether there is consent about this subject for the matter; of a special category it must be explicit."""
    rule = matter.convenant.registrations.get("leeftijdsgroep")
    valid = rule.valid_days if rule and rule.valid_days is not None else AGE_VALID_DAYS
    return has_consent(
        matter.casus,
        subject,
        provider=provider or matter.supplier,
        receiver=matter.receiver,
        category=matter.name,
        explicit=explicit or matter.category.special,
        day=matter.day,
        valid_days=valid,
    )


def acts_without(matter: Matter, subject: str, *, grounds: frozenset[str], min_agreed: int, min_length: int) -> bool:
    """Say whether the party that acts has decided, with enough others, to go without consent about this subject."""
    return any(
        each.party == matter.message.sender
        and each.provider == matter.supplier
        and matter.name in each.categories
        and subject in each.subjects
        and each.ground in grounds
        and each.day <= matter.day <= each.until
        and len(set(each.decided_by)) >= min_agreed
        and each.motivation >= min_length
        for each in matter.casus.without_consent
    )
