"""What settling yields: per message its decision with proof, per delivery attempt its entry, and the note over both."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from zegel_broker.verify import Arrival
from zegel_schemas.stamp import Proof

SettledOutcome = Literal["permitted", "undeliverable", "refused", "receipt", "unreadable"]


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

    `permitted` with `delivered_index` None and a recipient other than `broker` is to be delivered (`proof` is its stamp);
    anything else is told with a notice of `proofs` to `tell`. `tell` is "" when nobody is to hear: receipts refused, and
    receipts known already keep telling the sender of the message they answer. Telling twice is harmless.
    """

    arrival: Arrival
    outcome: SettledOutcome
    proof: Proof  # of the decision; for a receipt or an unreadable body of that entry
    proofs: tuple[Proof, ...]  # what a notice carries: the decision and what followed it (delivered, undeliverable, ...)
    fresh: bool  # False: settled earlier, this is that decision
    decision_index: int
    delivered_index: int | None
    recipient: str  # "broker" = nothing to deliver
    sender: str
    tell: str
    code: str  # main code of a refusal, an undeliverable or an unreadable one; "" when permitted
    explanation: bytes  # canonical JSON, b"" when there is nothing to explain
    alarm: bool = False  # another message came under an id in use: somebody replays or two stores run with one identity

    @property
    def to_deliver(self) -> bool:
        """Return whether the worker has to put this message into its recipient's queue."""
        return self.outcome == "permitted" and self.delivered_index is None and self.recipient != "broker"

    @property
    def explanations(self) -> dict[int, bytes]:
        """Return the explanation by log index, as a notice carries it."""
        return {self.decision_index: self.explanation} if self.explanation else {}


@dataclass(frozen=True, slots=True)
class SettleFault:
    """Settling this one arrival failed, by our fault: nothing was written for it. `kind` is the exception's type name."""

    arrival: Arrival
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeSettled:
    """What is to be told to `tell` about its message decided at `decision_index`: `proofs` under the settlement's note."""

    decision_index: int
    index: int  # of the delivered, undeliverable or expired entry
    type: Literal["delivered", "undeliverable", "expired"]
    code: str  # of an undeliverable one, else ""
    tell: str  # the sender of the message
    recipient: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """One committed transaction: its note, and the results in the order they were given in."""

    note: bytes
    settled: tuple[Settled | SettleFault, ...]
    outcomes: tuple[OutcomeSettled, ...]
