"""What settling yields: per message its decision with proof, per delivery attempt its entry, and the note over both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from zegel_broker.verify import Arrival
from zegel_schemas.stamp import Proof

SettledOutcome = Literal["permitted", "undeliverable", "refused", "receipt", "unreadable", "dryrun"]
EndType = Literal["delivered", "undeliverable", "expired"]


@dataclass(frozen=True, slots=True)
class Delivered:
    """The permitted decision at `index` lies in its recipient's queue, confirmed by the broker's node."""

    index: int


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """The permitted decision at `index` cannot be handed over: BERICHTENBOX_VOL or NIET_BEZORGBAAR."""

    index: int
    code: str


Outcome: TypeAlias = Delivered | Undeliverable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One arrival as the ledger holds it. All proofs stand under the settlement's note.

    What is `to_deliver` goes to `recipient`, with `proof` as its stamp. Everything else is told: a notice of `proofs`
    and `explanations` to `tell`. A receipt is told to the sender of the message it answers, a refused one to nobody
    (`tell` is ""). Telling twice is harmless, so a message that comes again is told again.
    """

    arrival: Arrival
    outcome: SettledOutcome
    proof: Proof  # of the decision; for a receipt or an unreadable body of that entry
    proofs: tuple[
        Proof, ...
    ]  # what a notice carries: the decision and what followed (delivered, undeliverable, receipt)
    fresh: bool  # False: settled earlier, this is that decision
    decision_index: int
    delivered_index: int | None
    recipient: str  # "broker" = nothing to deliver
    sender: str  # whose key signed; of an unreadable body whose inbox it came in
    tell: str
    code: str  # main code of a refusal, an undeliverable or an unreadable one; "" when (or if tried) permitted
    explanations: Mapping[int, bytes]  # by log index, canonical JSON; as a notice carries them
    alarm: bool = False  # another message came under an id in use: two stores share an identity, or worse
    emergency: bool = False  # it used break-glass just now: the FG is to hear of it at once
    unreviewed: bool = False  # so it did, while an earlier use by its sender was not reviewed: an alarm

    @property
    def to_deliver(self) -> bool:
        """Return whether the worker has to put this message into its recipient's queue."""
        return self.outcome == "permitted" and self.delivered_index is None and self.recipient != "broker"

    @property
    def explanation(self) -> bytes:
        """Return the explanation of this outcome, b"" when there is nothing to explain."""
        return next(iter(self.explanations.values()), b"")


@dataclass(frozen=True, slots=True)
class SettleFault:
    """Settling this one arrival failed, by our fault: nothing was written for it. `kind` is what failed and where."""

    arrival: Arrival
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSettled:
    """What `tell` is to hear about its message decided at `decision_index`; `proofs` under the settlement's note."""

    decision_index: int
    index: int  # of the delivered, undeliverable or expired entry
    type: EndType
    code: str  # of an undeliverable one, else ""
    tell: str  # the sender of the message
    recipient: str
    proofs: tuple[Proof, ...]
    explanations: Mapping[int, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """What each of `tell` is to hear about a duty, entered at `index`; told until all of them confirmed."""

    index: int
    tell: tuple[str, ...]
    proof: Proof
    explanation: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """What is to be told about duties, under one note; `overdue` counts by kind, None until all casussen were seen."""

    note: bytes
    reminders: tuple[Reminder, ...]
    overdue: Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class OutcomeFault:
    """Entering this one outcome failed, by our fault: nothing was written for it, so it is to be given again."""

    outcome: Outcome
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """One committed transaction: its note, and the results in the order they were given in."""

    note: bytes
    settled: tuple[Settled | SettleFault, ...]
    outcomes: tuple[OutcomeSettled | OutcomeFault, ...]
