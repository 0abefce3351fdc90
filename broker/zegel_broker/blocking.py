"""What an overdue duty blocks: the kinds the convenant names, sent by its holder, about the people it concerns."""

from zegel_broker.duties import find_director, owed_duty
from zegel_broker.hearing import Hearing

BLOCKED = "VW_VERPLICHTING"


def check_duties(hearing: Hearing) -> None:
    """Step 7: find VW_VERPLICHTING where the sender is late with a duty. Break-glass is stopped by nothing of this."""
    casus, message, convenant = hearing.casus, hearing.message, hearing.convenant
    if casus is None or not casus.duties or message.claims.emergency.reason:
        return
    blocking = {name for name, term in convenant.duty_terms.items() if message.kind in term.blocks}
    for owed in casus.duties if blocking else ():
        if owed.kind in blocking and owed.holder == message.sender and set(owed.subjects) & set(message.subjects):
            duty = owed_duty(owed, casus, convenant, hearing.day, find_director(casus, convenant))
            if duty.overdue:
                hearing.find(BLOCKED, "subjects")
