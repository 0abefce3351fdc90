"""Deciding again about a message that is a little different: nothing is offered to a sender that was not tried first.

Tries are counted and end at a limit, so that a refusal costs a bounded time whatever was sent.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from zegel_broker.casus import Casus, Standing
from zegel_broker.judge import judge
from zegel_broker.message import Message
from zegel_schemas.convenant import Convenant

MAX_TRIES = 24  # decisions per refusal, some 20 microseconds each; past it less is offered than could be
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

    def __init__(self, standing: Standing, convenant: Convenant, *, tries: int = MAX_TRIES) -> None:
        """Keep what does not differ between tries."""
        self.standing = standing
        self.convenant = convenant
        self._left = tries

    def permits(self, world: World) -> bool:
        """Say whether the judge would permit it; no when there are no tries left."""
        if self._left <= 0:
            return False
        self._left -= 1
        return judge(world.message, world.casus, self.standing, self.convenant, world.day).permitted
