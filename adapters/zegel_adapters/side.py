"""One side of the corridor: everything this instantie's adapter decides by, gathered once and passed on whole."""

from collections.abc import Callable
from dataclasses import dataclass

from zegel_adapters.errors import KeystoreError
from zegel_adapters.evidence import Evidence
from zegel_adapters.freshness import Standing, judge_standing
from zegel_adapters.holdings import Holdings, Shelf
from zegel_adapters.inbox import Inbox
from zegel_adapters.keystore import Keystore
from zegel_adapters.mailbox import Mailbox
from zegel_adapters.outbox import Outbox
from zegel_adapters.witness import Forked, Witness
from zegel_schemas.declaration import BROKER
from zegel_schemas.seal.hop import HopBox
from zegel_schemas.seal.keys import PrivateKey, PublicKey
from zegel_schemas.seal.primitives import Random
from zegel_schemas.stamp import Proven


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """Keys, mailbox and holdings of `instantie`; the clock gives seconds since 1970 UTC."""

    instantie: str
    role: str  # of the employee on whose behalf, when a draft names none; "" = the first the convenant mandates
    shelf: Shelf
    keystore: Keystore
    mailbox: Mailbox
    inbox: Inbox
    outbox: Outbox
    evidence: Evidence
    witness: Witness
    clock: Callable[[], float]
    random: Random

    @property
    def holdings(self) -> Holdings:
        """Return the directory and convenants as they are now."""
        return self.shelf.holdings

    def now(self) -> int:
        """Return the second it is."""
        return int(self.clock())

    def standing(self, now: int) -> Standing:
        """Return how our directory stands to what the log names; only while `fresh` this side seals."""
        return stand(self.holdings, self.witness, now=now)

    def take_entry(self, entry: Proven, note: bytes, now: int) -> None:
        """Hold a proven entry against what the log showed before; raise Refusal when it contradicts that."""
        try:
            self.witness.take(entry, note, now=now)
        except Forked as fork:
            if fork.notes:
                self.evidence.put_aside("note", fork, fork.notes, now=now)
            raise

    def signing_key(self, now: int) -> PrivateKey:
        """Return our newest signing key that the directory knows and that is valid; raise KeystoreError."""
        record = self.holdings.directory.signing_key(self.instantie, now)
        if record is None:
            raise KeystoreError("the directory names no valid signing key of this home: publish new keys")
        return self.keystore.find(record.id).private

    def hop_key(self, now: int) -> PrivateKey:
        """Return our newest hop key that the directory knows and that is valid; raise KeystoreError."""
        record = self.holdings.directory.hop_key(self.instantie, now)
        if record is None:
            raise KeystoreError("the directory names no valid hop key of this home: publish new keys")
        return self.keystore.find(record.id).private

    def hop_box(self) -> HopBox:
        """Return what opens and makes our hop boxes, with every hop key held; raise KeystoreError without one."""
        held = [own.private for own in self.keystore.keys("hop")]
        if not held:
            raise KeystoreError("no hop key of this home is left: run `keys rotate` and hand keys-statement over")
        return HopBox(held)

    def broker_key(self, now: int) -> PublicKey:
        """Return the broker's newest valid hop key; raise KeystoreError when the directory names none."""
        record = self.holdings.directory.hop_key(BROKER, now)
        if record is None:
            raise KeystoreError("the directory names no valid hop key of the broker: fetch a newer directory")
        return record.public


def stand(holdings: Holdings, witness: Witness, *, now: int) -> Standing:
    """Return how the directory held stands to what the log names."""
    return judge_standing(holdings.directory, witness.named(), forked=witness.forked(), now=now)
