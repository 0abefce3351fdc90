"""What an overdue duty blocks: the kinds the convenant names, sent by its holder, about the people it concerns."""

from zegel_broker.duties import Duty, find_director, owed_duty
from zegel_broker.hearing import Hearing

BLOCKED = "VW_VERPLICHTING"


def check_duties(hearing: Hearing) -> None:
    """Step 7: find VW_VERPLICHTING where the sender is late with a duty. Break-glass is stopped by nothing of this."""
    if any(duty.overdue for duty in blocking_duties(hearing)):
        hearing.find(BLOCKED, "subjects")


def blocking_duties(hearing: Hearing) -> list[Duty]:
    """Return the sender's duties about these people that stop this kind of message once they are late."""
    casus, message, convenant = hearing.casus, hearing.message, hearing.convenant
    if casus is None or not casus.duties or message.claims.emergency.reason:
        return []
    blocking = {name for name, term in convenant.duty_terms.items() if message.kind in term.blocks}
    return [
        owed_duty(owed, casus, convenant, hearing.day, find_director(casus, convenant))
        for owed in (casus.duties if blocking else ())
        if owed.kind in blocking and owed.holder == message.sender and set(owed.subjects) & set(message.subjects)
    ]
