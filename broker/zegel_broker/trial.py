"""Deciding again about a message that is a little different: nothing is offered to a sender that was not tried first.

What tries cost is counted and ends at a limit, so that a refusal costs a bounded time whatever was sent.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from zegel_broker.casus import Casus, Standing
from zegel_broker.judge import judge
from zegel_broker.message import Message
from zegel_schemas.convenant import Convenant

# What all tries of one refusal may cost together; past it less is offered than could be. One unit is some 1.5
# microseconds: a decision takes 15, and one more for each category about each person. So a refusal costs some 0.4 ms.
MAX_COST = 200
_PER_TRY = 15
_DAY = 24 * 3600  # seconds


@dataclass(frozen=True, slots=True)
class World:
    """A message, with the casus and the day it would be decided on."""

    message: Message
    casus: Casus | None
    day: date

    def later(self, days: int) -> "World":
        """Return the world in which the same message is sent so many days later."""
        message, delay = self.message, timedelta(days=days)
        sent = replace(
            message,
            issued=message.issued + delay,
            due=message.due + delay if message.due is not None else None,
            issued_at=message.issued_at + days * _DAY,
            expires_at=message.expires_at + days * _DAY,
        )
        return World(sent, self.casus, self.day + delay)


class Trial:
    """What the judge would say, for one refusal."""

    __slots__ = ("_left", "convenant", "standing")

    def __init__(self, standing: Standing, convenant: Convenant, *, cost: int = MAX_COST) -> None:
        """Keep what does not differ between tries."""
        self.standing = standing
        self.convenant = convenant
        self._left = cost

    @property
    def spent(self) -> bool:
        """Say whether nothing more is tried for this refusal."""
        return self._left <= 0

    def permits(self, world: World) -> bool:
        """Say whether the judge would permit it; no when there are no tries left."""
        if self.spent:
            return False
        message = world.message
        self._left -= _PER_TRY + (len(message.asks) + len(message.parts)) * len(message.subjects)
        return judge(world.message, world.casus, self.standing, self.convenant, world.day).permitted
