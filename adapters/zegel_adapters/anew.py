"""A message refused only because this side was behind is sealed anew, as a new message, once this side caught up.

The broker judges by the convenant and the keys in force now. What named others was refused for good, under its own id;
its draft becomes the draft of a new message, which waits until it can be sealed under another convenant or to another
key. So it goes round once per change the root or the recipient signed, and never by itself.
"""

import sqlite3

from zegel_adapters.ids import draw_message_id
from zegel_adapters.outcome import Outcome
from zegel_adapters.side import Side
from zegel_schemas.declaration import Declaration
from zegel_schemas.refusals import Fault
from zegel_schemas.seal.container import check_frame, read

# What a newer convenant or directory cures; everything else a person must look at.
CURED = frozenset({"CONVENANT_VERSIE", Fault.ONTVANGER_SLEUTEL_ONBEKEND})


def replace_refused(db: sqlite3.Connection, refused: Outcome, side: Side) -> Outcome:
    """Put the draft of a refused message into the outbox anew if that can cure it; return the news with its new id.

    Needs an open transaction. The new message takes the place of the old one in the order of its casus.
    """
    if refused.state not in {"refused", "would_fail"} or not refused.codes or refused.codes[0] not in CURED:
        return refused
    now = side.now()
    anew = draw_message_id(side.random, now=now)
    return side.outbox.put_anew(db, refused, message_id=anew, now=now)


def is_as_before(said: Declaration, refused: str, side: Side) -> bool:
    """Return whether `said` would be refused as message `refused` was: same convenant, same keys."""
    container = side.outbox.container(refused)
    if container is None:
        return False
    before = read(check_frame(container, side.shelf.key)).declaration
    return (said.convenant, said.recipient.key) == (before.convenant, before.recipient.key)
