"""Takes in what the broker sends, in the order the protocol gives; nothing is opened before all about it was proven.

hop → signature → form → seen before? → stamp → my clock → wrap, commitments, AEAD, padding → category and schema of the
content → claims about the content → one transaction: content, that it was seen, and the receipt. Only then may the AMQP
message be acknowledged. What does not hold never raises: it is rejected with a receipt when somebody signed it and it
was decided about, held when this side must catch up first, and put aside with an alarm otherwise.
"""

from typing import Literal

from zegel_adapters.asker import CURABLE, Asker
from zegel_adapters.errors import KeystoreError
from zegel_adapters.evidence import AsideKind, HeldFor
from zegel_adapters.inbox import Stored
from zegel_adapters.notices import apply_notice
from zegel_adapters.receipts import Reason, Result, make_receipt
from zegel_adapters.side import Side
from zegel_adapters.witness import Forked, Unshown
from zegel_schemas.asking import is_answer
from zegel_schemas.content import check_claims, read_content
from zegel_schemas.declaration import BROKER
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.container import Verified, check_frame, read
from zegel_schemas.seal.hop import MAGIC as HOP_MAGIC
from zegel_schemas.seal.hop import HopFrame, decode_delivery
from zegel_schemas.seal.opening import Opened, open_parts
from zegel_schemas.seal.primitives import unb64u
from zegel_schemas.stamp import Behind, Held, Proven, Stamp, check_stamp

Taken = Literal["opened", "rejected", "again", "held", "noted", "caught_up", "aside"]

RELOAD_EVERY = 60  # seconds between looks for new keys because of a hop that does not open: anybody could send such


class _Unfit(Exception):  # noqa: N818 - carries a refusal with its coarse word to where the receipt is made
    def __init__(self, reason: Reason, refusal: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason
        self.refusal = refusal


class Receiver:
    """Takes in bodies from our queue, one at a time."""

    def __init__(self, side: Side, asker: Asker | None = None) -> None:
        """Decide by `side`; `asker` takes the answers to what it asked."""
        self._side = side
        self._asker = asker or Asker(side)
        self._reloaded = 0
        self.load_keys()

    def load_keys(self) -> None:
        """Take the hop keys as the key store has them now."""
        self._hop = self._side.hop_box()

    def take(self, body: bytes) -> Taken:
        """Take in one AMQP body and say what became of it; raise only when this side fails (disk, keys)."""
        now = self._side.now()
        kind: AsideKind = "frame"
        try:
            frame = self._open_hop(body, now)
            kind = frame.kind if frame.kind != "message" else "frame"
            if kind == "delivery":
                return self._deliver(frame.body, now)
            if is_answer(frame.body):
                new = self._asker.take(frame.body, now)
                return "caught_up" if new or self._side.evidence.held() else "noted"
            apply_notice(frame.body, self._side)
        except Refusal as fault:
            self._side.evidence.put_aside(kind, fault, body, now=now)
            return "aside"
        return "noted"

    def retry(self) -> list[Taken]:
        """Try again what could not be taken in before this side caught up; call it when the directory changed."""
        found = [self._take_again(each) for each in list(self._side.evidence.held_deliveries())]
        for seq, body in self._side.evidence.set_aside_for(CURABLE):
            found.append(self._take_again(body))
            self._side.evidence.drop_aside(seq)  # after: a crash in between leaves it twice, not never
        return found

    def _open_hop(self, body: bytes, now: int) -> HopFrame:
        try:
            frame, peer = self._hop.open(body, self._side.holdings.directory.key)
        except Refusal as refusal:
            if refusal.code != Fault.HOP_SLEUTEL_ONBEKEND or 0 <= now - self._reloaded < RELOAD_EVERY:
                raise
            self._reloaded = now
            self._side.keystore.reload()  # another process may have made new keys, and the broker boxes to them already
            self.load_keys()
            frame, peer = self._hop.open(body, self._side.holdings.directory.key)
        if peer.owner != BROKER or 0 < peer.revoked_at <= now:
            raise Refusal(Fault.HOP_SLEUTEL_ONBEKEND, detail="not boxed with a hop key of the broker")
        if frame.kind == "message":
            raise Refusal(Fault.HOP_ONLEESBAAR, detail="the broker sends deliveries and notices, nothing else")
        return frame

    def _take_again(self, data: bytes) -> Taken:
        if data.startswith(HOP_MAGIC):
            return self.take(data)
        now = self._side.now()
        try:
            return self._deliver(data, now)
        except Refusal as fault:
            self._side.evidence.put_aside("delivery", fault, data, now=now)
            return "aside"

    def _deliver(self, delivery: bytes, now: int) -> Taken:
        side = self._side
        container, stamp = decode_delivery(delivery)
        verified = read(check_frame(container, side.shelf.key))
        said = verified.declaration
        if said.recipient.instantie != side.instantie:
            raise Refusal(Fault.NIET_VOOR_MIJ, "to", detail="addressed to another instantie")
        seen = side.inbox.seen(said.sender.instantie, said.id)
        if seen == verified.message_hash:
            side.inbox.repeat_receipt(said.sender.instantie, said.id)
            return "again"
        if seen is not None:
            raise Refusal(Fault.ANDER_BERICHT_ZELFDE_ID, "id", detail="this sender used the id for another message")
        index = 0
        try:
            index = self._check_stamp(stamp, verified, now)
            opened = self._open(verified, now)
        except (Behind, Held, Forked, Unshown) as waiting:
            return self._hold(waiting, verified, delivery, now)
        except _Unfit as unfit:
            if unfit.reason == "stamp":
                side.evidence.put_aside("delivery", unfit.refusal, delivery, now=now)
            self._store(verified, None, stamp, index, now, unfit)
            return "rejected"
        self._store(verified, opened, stamp, index, now, None)
        return "opened"

    def _check_stamp(self, data: bytes, verified: Verified, now: int) -> int:
        """Return the log index of the decision."""
        side = self._side
        try:
            stamp = Stamp.decode(data)
            proven, behind = self._prove(stamp, verified)
        except Refusal as refusal:
            if refusal.code in CURABLE:
                raise
            raise _Unfit("stamp", refusal) from None
        side.take_entry(proven, stamp.note, now)
        if side.witness.is_overdue(proven.checkpoint.origin, now=now):
            raise Unshown
        if behind is not None:
            raise behind
        return proven.index

    def _prove(self, stamp: Stamp, verified: Verified) -> tuple[Proven, Behind | None]:
        """Return the decision, and what must be fetched before it can be checked to the end."""
        side = self._side
        try:
            stamped = check_stamp(
                stamp,
                verified,
                directory=side.holdings.directory,
                convenants=side.holdings.convenant,
                me=side.instantie,
            )
        except Behind as behind:
            return behind.proven, behind
        return stamped.proven, None

    def _open(self, verified: Verified, now: int) -> Opened:
        said = verified.declaration
        if now > said.expires:
            raise _Unfit("expired", Refusal(Fault.VERLOPEN, "expires"))
        try:
            own = self._side.keystore.find(unb64u(said.recipient.key)) if said.parts else None
        except KeystoreError:
            raise _Unfit("key", Refusal(Fault.ONTVANGER_SLEUTEL_ONBEKEND, "to.key")) from None
        try:
            opened = open_parts(verified, own.private if own else None)
        except Refusal as refusal:
            raise _Unfit("seal", refusal) from None
        try:
            contents = {
                part.category: read_content(part.category, part.schema, part.content) for part in opened.contents
            }
        except Refusal as refusal:
            raise _Unfit("content", refusal) from None
        try:
            check_claims(said, contents)
        except Refusal as refusal:
            raise _Unfit("claims", refusal) from None
        return opened

    def _hold(self, waiting: Behind | Held | Forked | Unshown, verified: Verified, delivery: bytes, now: int) -> Taken:
        side, said = self._side, verified.declaration
        what = _waits_for(waiting)
        if isinstance(waiting, Held) and not side.evidence.is_held(verified.message_hash, what):
            fault = Refusal(Fault.SLEUTEL_INGETROKKEN, "from.key", detail=str(waiting))
            side.evidence.put_aside("delivery", fault, delivery, now=now)
        if now > said.expires and not isinstance(waiting, Held):
            unfit = _Unfit("expired", Refusal(Fault.VERLOPEN, "expires"))
            self._store(verified, None, decode_delivery(delivery)[1], 0, now, unfit)
            return "rejected"
        side.evidence.hold(said, verified.message_hash, delivery, what=what, now=now)
        return "held"

    def _store(
        self, verified: Verified, opened: Opened | None, stamp: bytes, index: int, now: int, unfit: _Unfit | None
    ) -> None:
        side = self._side
        result: Result = "opened" if unfit is None else "rejected"
        receipt = make_receipt(
            verified,
            result,
            reason=unfit.reason if unfit else None,
            signing=side.signing_key(now),
            now=now,
            random=side.random,
        )
        stored = Stored(
            declaration=verified.declaration,
            message_hash=verified.message_hash,
            index=index,
            container=verified.container,
            stamp=stamp,
            message_key=opened.message_key if opened else None,
            result=result,
            reason=unfit.reason if unfit else "",
            code=unfit.refusal.code if unfit else "",
            receipt=receipt,
        )
        side.inbox.store(stored, now=now)


def _waits_for(waiting: Behind | Held | Forked | Unshown) -> HeldFor:
    if isinstance(waiting, Behind):
        return "directory" if waiting.directory is not None else "convenant"
    if isinstance(waiting, Unshown):
        return "history"
    return "revocation" if isinstance(waiting, Held) else "fork"
