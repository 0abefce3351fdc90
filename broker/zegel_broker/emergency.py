"""Break-glass: which message uses it, which uses nobody has reviewed yet, and what that asks of the next one.

An emergency is declared in `claims.emergency` and judged by the rules of the emergency set only; see the convenant's
`spoed`. The same reason, person and end in one casus are one use, however many messages it takes. While a use is not
reviewed, the next one by that party needs a second person: never impossible, always noticed.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from zegel_broker.casus import Casus, EmergencyUse, Standing
from zegel_broker.message import Message
from zegel_schemas.convenant import Convenant, is_emergency
from zegel_schemas.registrations import EmergencyReviewed


def uses_emergency(message: Message, rules: Iterable[str], *, convenant: Convenant) -> bool:
    """Say whether a permitted message was let through by a rule of the emergency set."""
    if not message.claims.emergency.reason:
        return False
    known = {rule.id: rule for rule in convenant.rules}
    return any(name in known and is_emergency(known[name], convenant.conditions) for name in rules)


def concerns_emergencies(message: Message, rules: Iterable[str], *, convenant: Convenant) -> bool:
    """Say whether a permitted message of a casus changes the standing memory too: it uses break-glass or reviews it."""
    return isinstance(message.registers, EmergencyReviewed) or uses_emergency(message, rules, convenant=convenant)


def unreviewed_before(casus: Casus | None, standing: Standing, message: Message) -> tuple[EmergencyUse, ...]:
    """Return the other uses by this sender that nobody has reviewed: with one, a second person is needed and it alarms.

    A message of a use that is running already does not count its own use.
    """
    own = casus.emergencies if casus is not None else ()
    every = {each.use: each for each in (*standing.emergencies, *own)}
    return tuple(
        each
        for each in every.values()
        if each.party == message.sender and each.reviewed is None and not _same_use(each, message)
    )


def note_use(uses: tuple[EmergencyUse, ...], message: Message) -> tuple[EmergencyUse, ...]:
    """Return the uses with the one of this message; a further message of the same use adds nothing."""
    if any(_same_use(each, message) for each in uses):
        return uses
    said = message.claims.emergency
    new = EmergencyUse(
        use=message.hash,
        party=message.sender,
        casus=message.casus,
        reason=said.reason,
        person=said.person,
        second=said.second,
        until=said.until,
        day=message.issued,
    )
    return (*uses, new)


def note_review(uses: tuple[EmergencyUse, ...], fact: EmergencyReviewed, day: date) -> tuple[EmergencyUse, ...]:
    """Return the uses in which the one reviewed says so."""
    return tuple(replace(each, reviewed=day, finding=fact.finding) if each.use == fact.use else each for each in uses)


def _same_use(use: EmergencyUse, message: Message) -> bool:
    said = message.claims.emergency
    return (use.party, use.casus, use.reason, use.person, use.until) == (
        message.sender,
        message.casus,
        said.reason,
        said.person,
        said.until,
    )
