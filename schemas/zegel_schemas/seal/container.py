"""The container's two doors: `check_frame` until the signature holds, `read` for what was signed.

A door raises a Refusal or gives a ticket that only it can make. Nothing is parsed before its signature holds, and both
doors are pure: whether a key was valid depends on when, so the ticket carries what the directory says about it.
"""

from dataclasses import InitVar, dataclass
from typing import Final, final

from zegel_schemas.declaration import ASK, BROKER, RECEIPT, Declaration
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.frame import DOMAIN_OF_USE, Frame, Use, message_hash
from zegel_schemas.seal.keys import KeyLookup, KeyRecord, PublicKey
from zegel_schemas.seal.parts import PART_HASH, WRAP_HASH, WRAP_SIZE
from zegel_schemas.seal.primitives import b64u, digest
from zegel_schemas.seal.signatures import check_parts_signed
from zegel_schemas.seal.table import SealTable

_OWN_KINDS: Final = {"receipt": RECEIPT, "ask": ASK}  # these uses and these kinds go together, both ways
_DOOR: Final = object()


@final
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Signed:
    """Somebody the directory knows signed these bytes; what they say was not read yet. Made by `check_frame` only."""

    use: Use
    signer: KeyRecord
    message_hash: bytes  # 32 bytes
    declaration_bytes: bytes
    table_bytes: bytes
    signature: bytes
    container: bytes
    sealed: bytes  # wrap ‖ ciphertexts
    door: InitVar[object]

    def __post_init__(self, door: object) -> None:
        """Refuse to be made elsewhere."""
        if door is not _DOOR:
            raise TypeError("only check_frame gives a Signed")


@final
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Verified:
    """A message of one form, by the owner of its key, whose sealed parts are the ones signed for. By `read` only."""

    signed: Signed
    declaration: Declaration
    table: SealTable
    wrap: bytes  # 152 bytes, or empty without parts
    ciphertexts: tuple[bytes, ...]
    door: InitVar[object]

    def __post_init__(self, door: object) -> None:
        """Refuse to be made elsewhere."""
        if door is not _DOOR:
            raise TypeError("only read gives a Verified")

    @property
    def message_hash(self) -> bytes:
        """The hash records, stamps and answers name it by, 32 bytes."""
        return self.signed.message_hash

    @property
    def signer(self) -> KeyRecord:
        """The sender's signing key, as the directory gives it."""
        return self.signed.signer

    @property
    def container(self) -> bytes:
        """All of it, byte for byte as received."""
        return self.signed.container


def check_frame(container: bytes, keys: KeyLookup) -> Signed:
    """Return what somebody known signed.

    Raise Refusal TE_GROOT, VERSIE_ONBEKEND, FRAME_ONLEESBAAR, SLEUTEL_ONBEKEND, SLEUTEL_ANDER_GEBRUIK or
    HANDTEKENING_ONGELDIG: all of them end `unreadable`.
    """
    frame = Frame.from_bytes(container)
    signer = keys(frame.signer)
    if signer is None:
        raise Refusal(Fault.SLEUTEL_ONBEKEND)
    hashed = check_sender_bytes(
        frame.use, frame.declaration, frame.table, signature=frame.signature, signer=signer.public
    )
    return Signed(
        use=frame.use,
        signer=signer,
        message_hash=hashed,
        declaration_bytes=frame.declaration,
        table_bytes=frame.table,
        signature=frame.signature,
        container=container,
        sealed=frame.sealed,
        door=_DOOR,
    )


def check_sender_bytes(use: Use, declaration: bytes, table: bytes, *, signature: bytes, signer: PublicKey) -> bytes:
    """Return the message hash of the bytes a ledger keeps of a sender: declaration and seal table.

    Raise Refusal SLEUTEL_ANDER_GEBRUIK or HANDTEKENING_ONGELDIG unless `signer` signed them for this use.
    """
    check_parts_signed(signer, DOMAIN_OF_USE[use], declaration, table, signature=signature)
    return message_hash(use, declaration, table)


def read(signed: Signed) -> Verified:
    """Return what the signed message says, parsed only now that its signature holds.

    Raise Refusal NIET_CANONIEK, ONGELDIGE_VERKLARING, ONDERTEKEND_DOOR_ANDER, AFZENDER_NIET_DE_SLEUTELHOUDER,
    GEBRUIK_KLOPT_NIET, TABEL_KLOPT_NIET or DEEL_KLOPT_NIET: the message's own fault.
    """
    declaration, table = read_signed_bytes(
        signed.use, signed.declaration_bytes, signed.table_bytes, signer=signed.signer.public
    )
    wrap, ciphertexts = _cut(signed.sealed, table)
    return Verified(signed=signed, declaration=declaration, table=table, wrap=wrap, ciphertexts=ciphertexts, door=_DOOR)


def read_signed_bytes(
    use: Use, declaration_bytes: bytes, table_bytes: bytes, *, signer: PublicKey
) -> tuple[Declaration, SealTable]:
    """Parse bytes whose signature by `signer` held; raise Refusal as `read` does, parts and wrap aside."""
    declaration = Declaration.from_bytes(declaration_bytes)
    _check_sender(declaration, signer)
    check_use(use, declaration)
    table = SealTable.from_bytes(table_bytes)
    if len(table.rows) != (len(declaration.parts) if use == "message" else 0):
        raise Refusal(Fault.TABEL_KLOPT_NIET, "parts", detail="declaration and table name other numbers of parts")
    return declaration, table


def check_use(use: Use, declaration: Declaration) -> None:
    """Raise Refusal GEBRUIK_KLOPT_NIET or ONGELDIGE_VERKLARING unless a container of this use may say this."""
    for own_use, own_kind in _OWN_KINDS.items():
        if (use == own_use) != (declaration.kind == own_kind):
            raise Refusal(Fault.GEBRUIK_KLOPT_NIET, "kind", detail=f"kind {own_kind} and use {own_use} go together")
    to_broker = declaration.recipient.instantie == BROKER
    if use in _OWN_KINDS and not to_broker:
        raise Refusal(Fault.GEBRUIK_KLOPT_NIET, "to.instantie", detail="it is addressed to the broker")
    if to_broker and declaration.parts:
        raise Refusal(Fault.ONGELDIGE_VERKLARING, "parts", detail="nothing is sealed to the broker")
    categories = [part.category for part in declaration.parts]
    if len(set(categories)) != len(categories):
        raise Refusal(Fault.ONGELDIGE_VERKLARING, "parts", detail="one part per category")
    if use != "dryrun" and bool(declaration.parts) != bool(declaration.recipient.key):
        raise Refusal(Fault.ONGELDIGE_VERKLARING, "to.key", detail="a sealing key goes with parts, and only then")


def _check_sender(declaration: Declaration, signer: PublicKey) -> None:
    if declaration.sender.key != b64u(signer.id):
        raise Refusal(Fault.ONDERTEKEND_DOOR_ANDER, "from.key")
    if declaration.sender.instantie != signer.owner:
        raise Refusal(Fault.AFZENDER_NIET_DE_SLEUTELHOUDER, "from.instantie")


def _cut(sealed: bytes, table: SealTable) -> tuple[bytes, tuple[bytes, ...]]:
    expected = sum(row.length for row in table.rows) + (WRAP_SIZE if table.rows else 0)
    if len(sealed) != expected:
        raise Refusal(Fault.TABEL_KLOPT_NIET, detail="wrap and parts are not as long as the table says")
    if not table.rows:
        return b"", ()
    wrap, at, ciphertexts = sealed[:WRAP_SIZE], WRAP_SIZE, []
    if digest(WRAP_HASH, wrap) != table.wrap_hash:
        raise Refusal(Fault.DEEL_KLOPT_NIET, "wrap")
    for index, row in enumerate(table.rows):
        ciphertext = sealed[at : at + row.length]
        if digest(PART_HASH, ciphertext) != row.ciphertext_hash:
            raise Refusal(Fault.DEEL_KLOPT_NIET, f"parts.{index}")
        ciphertexts.append(ciphertext)
        at += row.length
    return wrap, tuple(ciphertexts)
