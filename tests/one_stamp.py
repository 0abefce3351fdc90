"""The setting of the stamp's tests: one message the log permitted, and the means to have it permitted wrongly.

`Log` does what a broker with the real log key can do, lies included: it writes any record, at any time, and signs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import shake_256
from typing import Any

from tests.one_directory import CONVENANT, CORPORATION, DAY, DIRECTORY, LOG, NOW, ORIGIN, REGIE, SIGNING
from zegel_schemas.convenant import Convenant
from zegel_schemas.declaration import Declaration, Recipient, Sender
from zegel_schemas.directory import Directory
from zegel_schemas.merkle import CompactRange, leaf_hash
from zegel_schemas.note import Checkpoint, sign_checkpoint
from zegel_schemas.record import Record, commit_subject, make_entry
from zegel_schemas.registrations import ConsentWithdrawn, Registration
from zegel_schemas.seal.container import Verified, check_frame, read
from zegel_schemas.seal.frame import Use
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.seal.sealing import seal
from zegel_schemas.stamp import Proof, Stamp, Stamped, check_stamp

SALT = bytes(range(32))
QUESTION: dict[str, Any] = {
    "id": "01930000-0000-7000-8000-000000000001",
    "kind": "informatieverzoek",
    "casus": "3f0c2b52-6f0e-4d5a-9c3f-3d3c64a4b111",
    "convenant": CONVENANT.digest,
    "sender": Sender(instantie=REGIE, role="casusregisseur", key=b64u(SIGNING[REGIE].id)),
    "recipient": Recipient(instantie=CORPORATION),
    "purpose": "armoede_schulden",
    "subjects": ("p1", "p2"),
    "asks": ("huurachterstand", "huisvesting"),
    "issued": NOW,
    "expires": NOW + 7 * DAY,
}


def repeated_bytes(size: int) -> bytes:
    """Return `size` bytes that are the same in every run."""
    return shake_256(b"one stamp").digest(size)


def verify(*, use: Use = "message", **changes: Any) -> Verified:
    """Return the question of this setting, sealed, signed and verified; `changes` replace fields of it."""
    declaration = Declaration(**(QUESTION | changes))
    signing = SIGNING[declaration.sender.instantie]
    sealed = seal(declaration, (), use=use, signing=signing, recipient=None, random=repeated_bytes)
    return read(check_frame(sealed.container, DIRECTORY.key))


def verify_registration(fact: Registration, sender: str = CORPORATION) -> Verified:
    """Return a registration of this fact by a party, to the regie party."""
    return verify(
        kind="registratie",
        sender=Sender(instantie=sender, role="contactpersoon", key=b64u(SIGNING[sender].id)),
        recipient=Recipient(instantie=REGIE),
        asks=(),
        registers=(fact,),
    )


MESSAGE = verify()
WITHDRAWAL = verify_registration(ConsentWithdrawn(consent="01930000-0000-7000-8000-00000000000c", by="p1"))


def permit(verified: Verified = MESSAGE, **changes: Any) -> Record:
    """Return the record an honest broker writes of a permitted message; `changes` replace fields of it."""
    declaration = verified.declaration
    honest = Record(
        type="decision",
        message=declaration.id,
        hash=b64u(verified.message_hash),
        sender=declaration.sender.instantie,
        recipient=declaration.recipient.instantie,
        kind=declaration.kind,
        casus=declaration.casus,
        purpose=declaration.purpose,
        categories=declaration.asks,
        subjects=tuple(commit_subject(declaration.casus, each, SALT) for each in declaration.subjects),
        convenant=CONVENANT.digest,
        directory=DIRECTORY.version,
        outcome="permitted",
        rules=dict.fromkeys(declaration.asks, ("CMPG-210",)),
    )
    return replace(honest, **changes)


@dataclass
class Log:
    """A log with its key; `write` appends an entry and gives its stamp under a note signed over all so far."""

    key: PrivateKey = LOG
    origin: str = ORIGIN
    size: int = 41  # entries written before, so that a path has steps
    _grown: CompactRange = field(default_factory=CompactRange)

    def __post_init__(self) -> None:
        """Fill the log with entries of others."""
        self._grown = CompactRange().extend(leaf_hash(each.to_bytes(4, "big")) for each in range(self.size)).range

    def write(self, record: Record, *, time: int = NOW + 60, leaf: bytes = b"") -> Stamp:
        """Append a record decided at `time` and return its stamp; `leaf` replaces the leaf."""
        made, written = make_entry(record, origin=self.origin, time=time, salt=SALT)
        extension = self._grown.extend([leaf_hash(leaf or made)])
        index, self._grown = self._grown.size, extension.range
        path = tuple(extension.path(index))
        return Stamp(Proof(leaf or made, written, SALT, index, path), self.sign())

    def root(self) -> bytes:
        """Return the root of the log as it is."""
        return self._grown.root()

    def sign(self) -> bytes:
        """Return the note over the log as it is."""
        return sign_checkpoint(Checkpoint(self.origin, self._grown.size, self._grown.root()), self.key)


HELD: Mapping[str, Convenant] = {CONVENANT.digest: CONVENANT}


def check(
    stamp: Stamp,
    verified: Verified = MESSAGE,
    *,
    directory: Directory = DIRECTORY,
    convenants: Mapping[str, Convenant] = HELD,
    me: str = CORPORATION,
) -> Stamped:
    """Check a stamp as the corporation does."""
    return check_stamp(stamp, verified, directory=directory, convenants=convenants.get, me=me)
