"""Makes of drafts and receipts what goes onto the line: sealed once, stored, and boxed anew for every attempt."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from zegel_adapters.anew import is_as_before
from zegel_adapters.asker import Asker
from zegel_adapters.compose import compose
from zegel_adapters.inbox import Receipt
from zegel_adapters.outbox import Waiting
from zegel_adapters.outcome import Outcome
from zegel_adapters.side import Side
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.hop import HopFrame
from zegel_schemas.seal.primitives import unb64u
from zegel_schemas.seal.sealing import seal

# Our own side must catch up first (a convenant file, a published key): the draft waits, it is not refused.
WAITS = frozenset({"CONVENANT_VERSIE", Fault.SLEUTEL_NIET_GELDIG})
BATCH = 64  # parcels at a time: enough to fill the line, few enough to hear of a dead one soon


@dataclass(frozen=True, slots=True)
class Parcel:
    """One AMQP body on its way to the broker, and what it carries: a message id, a receipt, or None for an ask."""

    body: bytes = field(repr=False)
    carries: str | Receipt | None


class Sender:
    """The sending side without its line: gives parcels, takes back which of them RabbitMQ confirmed."""

    def __init__(self, side: Side, *, resend_after: float, asker: Asker | None = None) -> None:
        """Send for `side`; see Outbox.next_to_send about `resend_after` (seconds). Without `asker` nothing is asked."""
        self._side = side
        self._asker = asker
        self._resend_after = resend_after
        self.load_keys()

    def load_keys(self) -> None:
        """Take the hop keys as the key store has them now."""
        self._hop = self._side.hop_box()

    def due(self) -> list[Parcel]:
        """Return what may go now: an ask, receipts, messages. Seals drafts on the way, while the directory is fresh.

        Raise KeystoreError without valid keys.
        """
        side, now = self._side, self._side.now()
        ask = self._asker.due(now) if self._asker else None
        parcels = [Parcel(self._box(ask, now), None)] if ask is not None else []
        parcels += [Parcel(self._box(each.container, now), each) for each in side.inbox.receipts_due()][:BATCH]
        # Sealing with a directory that may be old would seal to a key that was stolen meanwhile.
        drafts = side.standing(now) == "fresh"
        for waiting in side.outbox.next_to_send(now=now, resend_after=self._resend_after, drafts=drafts):
            if len(parcels) >= BATCH:
                break
            container = waiting.container if waiting.container is not None else self._seal(waiting, now)
            if container is not None:
                parcels.append(Parcel(self._box(container, now), waiting.id))
        return parcels

    def confirm(self, parcels: Sequence[Parcel]) -> None:
        """Note what RabbitMQ confirmed; what is not noted goes again."""
        for parcel in parcels:
            if isinstance(parcel.carries, Receipt):
                self._side.inbox.mark_receipt_sent(parcel.carries)
            elif parcel.carries is not None:
                self._side.outbox.mark_published(parcel.carries, now=self._side.now())

    def _seal(self, waiting: Waiting, now: int) -> bytes | None:
        """Return the container a draft became, stored already; None when it cannot be sealed (now, or ever)."""
        side = self._side
        try:
            composed = compose(
                waiting.draft,
                message_id=waiting.id,
                instantie=side.instantie,
                role=side.role,
                holdings=side.holdings,
                now=now,
            )
            said = composed.declaration
            if waiting.instead_of and is_as_before(said, waiting.instead_of, side):
                return None
            tries = waiting.draft.dry_run  # names its parts, and encloses none
            key = said.recipient.key if not tries else ""
            recipient = side.holdings.directory.key(unb64u(key)) if key else None
            sealed = seal(
                said,
                [] if tries else composed.parts(),
                use="dryrun" if tries else "message",
                signing=side.keystore.find(unb64u(said.sender.key)).private,
                recipient=recipient.public if recipient else None,
                random=side.random,
            )
        except Refusal as refusal:
            if refusal.code not in WAITS:
                side.outbox.fail(Outcome(id=waiting.id, state="refused", codes=(refusal.code,), fields=refusal.fields))
            return None
        side.outbox.store_sealed(waiting.id, sealed, expires=said.expires)
        return sealed.container

    def _box(self, container: bytes, now: int) -> bytes:
        side = self._side
        log = side.holdings.directory.log
        note = side.witness.newest_note(log[0]) if log else b""
        frame = HopFrame("message", note, container)
        return self._hop.seal(side.broker_key(now), frame, own_id=side.hop_key(now).public.id, random=side.random)
