"""What became of a message: the states its sender can rely on, and which may follow which."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from zegel_schemas.canonical import Canonical

State = Literal[
    "queued",  # accepted here; not yet sealed, or its publish not yet confirmed
    "sent",  # in the broker's inbox queue
    "refused",  # the broker refused it, or this adapter could not seal it (then without a log index)
    "undeliverable",  # permitted, yet it could not be handed over
    "delivered",  # decided, logged and in the recipient's queue; a registration: decided and logged
    "opened",  # the recipient's adapter verified and stored it
    "rejected",  # the recipient's adapter found it unfit
    "expired",  # nobody opened it in time
    "would_pass",  # of a dry run: the broker has no objection
    "would_fail",  # of a dry run: the broker would refuse it
    "no_answer",  # no word from the broker by `expires` + 48 h
]

# What has a higher rank is later; news never takes a message back. `no_answer` is a guess, so any news may follow it.
RANK: Mapping[State, int] = {
    "queued": 0,
    "sent": 1,
    "no_answer": 2,
    "delivered": 3,
    "refused": 4,
    "undeliverable": 4,
    "opened": 4,
    "rejected": 4,
    "expired": 4,
    "would_pass": 4,
    "would_fail": 4,
}
TERMINAL: frozenset[State] = frozenset(
    {"refused", "undeliverable", "opened", "rejected", "expired", "would_pass", "would_fail", "no_answer"}
)
DECIDED: frozenset[State] = frozenset(TERMINAL | {"delivered"})  # after these the next message of the casus may go


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where message `id` stands. `codes` come main one first; `explanation` is the broker's, for a refusal."""

    id: str
    state: State
    codes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()  # of a refusal found here: which fields
    reason: str = ""  # of a rejection: the recipient's coarse word
    index: int | None = None  # of the decision in the log
    message_hash: str = ""  # b64u; what an answer names in `re`
    again: str = ""  # of a refusal because this side was behind: id of the new message its draft became by itself
    instead_of: str = ""  # id of the refused message this one goes instead of
    registered: bool = False  # it was for the broker itself: `delivered` is the last state
    explanation: Mapping[str, Canonical] = field(default_factory=dict)

    @property
    def decided(self) -> bool:
        """Return whether there is word about it: an application waiting for the decision can go on."""
        return self.state in DECIDED

    @property
    def terminal(self) -> bool:
        """Return whether nothing more will follow."""
        return self.state in TERMINAL or (self.registered and self.state == "delivered")


def may_follow(old: State, new: State) -> bool:
    """Return whether news `new` moves a message that stands at `old`."""
    return RANK[new] > RANK[old]
