"""A scene: one message with all that the judge is given beside it, and short ways to change one thing in it.

`Pick` is all the chance there is: hypothesis draws with it, the oracle and the mutation run give it a seeded random.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Protocol, TypeVar

from zegel_broker.casus import Casus, Standing
from zegel_broker.decision import Decision
from zegel_broker.judge import judge
from zegel_broker.message import ASSIGNMENT, Message
from zegel_schemas.convenant import Category, Convenant, Kind, Regime, Rule

Option = TypeVar("Option")
CASUS_ID = "3e0c7a52-6a53-4d0e-9a52-6a534d0e9a52"
QUESTION_HASH = "q" * 43
ACTION_ID = "5d1f7a52-6a53-4d0e-9a52-6a534d0e9a52"


class Pick(Protocol):
    """Chooses one of some options, which are not empty."""

    def __call__(self, options: Sequence[Option], /) -> Option:
        """Return one of them."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Scene:
    """A message, what is known, the convenant, the day, and the rule it was drawn from."""

    message: Message
    casus: Casus | None
    standing: Standing
    convenant: Convenant
    day: date
    rule: Rule
    regime: Regime  # of the casus, also when that is still unknown

    def __repr__(self) -> str:
        """Return what differs between scenes; a whole convenant is not readable."""
        return f"Scene({self.rule.id}, {self.day}, {self.message}, {self.casus}, {self.standing})"

    def _repr_pretty_(self, printer: Any, _: bool) -> None:  # noqa: FBT001 - called by hypothesis, by position
        printer.text(repr(self))

    def decide(self) -> Decision:
        """Let the judge decide."""
        return judge(self.message, self.casus, self.standing, self.convenant, self.day)

    @property
    def kind(self) -> Kind:
        """Return the kind of the rule's message."""
        return self.convenant.kinds[self.message.kind]

    @property
    def pulls(self) -> bool:
        """Say whether the message asks, so that what it asks goes the other way."""
        return self.kind.question and self.message.kind != ASSIGNMENT

    @property
    def recipient(self) -> str:
        """Return the one recipient."""
        return self.message.recipients[0]

    @property
    def names(self) -> tuple[str, ...]:
        """Return every category asked or enclosed."""
        return (*self.message.asks, *(part.category for part in self.message.parts))

    @property
    def content(self) -> tuple[str, ...]:
        """Return the categories that are no process data."""
        return tuple(name for name in self.names if not self.category(name).process)

    @property
    def known(self) -> Casus:
        """Return the casus; only for scenes whose casus is known."""
        assert self.casus is not None
        return self.casus

    def category(self, name: str) -> Category:
        """Return a category as the regime knows it."""
        return self.regime.categories[name]

    def ends(self, name: str) -> tuple[str, str]:
        """Return supplier and receiver of a category of the message."""
        pulled = self.pulls and name in self.message.asks
        return (self.recipient, self.message.sender) if pulled else (self.message.sender, self.recipient)

    def says(self, **fields: Any) -> "Scene":
        """Return the scene with these fields of the message."""
        return replace(self, message=replace(self.message, **fields))

    def claims(self, **claims: Any) -> "Scene":
        """Return the scene with these claims; their form is not checked."""
        return self.says(claims=self.message.claims.model_copy(update=claims))

    def knows(self, **facts: Any) -> "Scene":
        """Return the scene with these facts of the casus; it stays as it is when there is no casus."""
        return self if self.casus is None else replace(self, casus=replace(self.casus, **facts))

    def later(self, days: int) -> date:
        """Return the day this many days after the scene's."""
        return self.day + timedelta(days=days)


def fact(facts: Any, **fields: Any) -> Any:
    """Return a fact with these fields changed."""
    return replace(facts, **fields)


def subset(pick: Pick, options: Sequence[Option], *, most: int) -> tuple[Option, ...]:
    """Return one or more of the options, at most so many, in the order picked."""
    left, found = list(options), []
    for _ in range(pick(range(1, min(most, len(left)) + 1))):
        found.append(pick(left))
        left.remove(found[-1])
    return tuple(found)
