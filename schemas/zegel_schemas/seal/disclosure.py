"""Disclosure: proof of one part to a third party (FG, supervisor, court), without any private key.

Sender cannot deny: the signature covers the commitment to the part's key. Recipient cannot frame: no other key passes.
Together with the stamp for `message_hash` it shows that the broker permitted it.
"""

from dataclasses import dataclass, field

from zegel_schemas.declaration import Declaration
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.container import Verified, check_sender_bytes, read_signed_bytes
from zegel_schemas.seal.keys import PublicKey
from zegel_schemas.seal.parts import (
    PART_HASH,
    PlainPart,
    check_commitment,
    declaration_hash,
    open_part,
    part_context,
    part_key,
    read_part,
)
from zegel_schemas.seal.primitives import KEY_SIZE, digest


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is handed over to show part `index` (from 0): the sender's signed bytes, one ciphertext and its part key."""

    declaration: bytes = field(repr=False)
    table: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    index: int
    ciphertext: bytes = field(repr=False)
    part_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What was proved: that the sender said `part` in the message of this hash (32 bytes), with this declaration."""

    message_hash: bytes
    declaration: Declaration = field(repr=False)
    part: PlainPart


def disclose_part(verified: Verified, message_key: bytes, index: int) -> Disclosure:
    """Return the proof of one part, from a stored container and its message key; the other parts stay sealed."""
    signed = verified.signed
    category = verified.declaration.parts[index].category
    context = part_context(declaration_hash(signed.declaration_bytes), index, category)
    return Disclosure(
        declaration=signed.declaration_bytes,
        table=signed.table_bytes,
        signature=signed.signature,
        index=index,
        ciphertext=verified.ciphertexts[index],
        part_key=part_key(message_key, context),
    )


def verify_part(disclosure: Disclosure, signer: PublicKey) -> Disclosed:
    """Return what `signer` provably said; raise Refusal as check_frame, read and open_parts do for one part."""
    shown = disclosure
    hashed = check_sender_bytes("message", shown.declaration, shown.table, signature=shown.signature, signer=signer)
    declaration, table = read_signed_bytes("message", shown.declaration, shown.table, signer=signer)
    if not 0 <= shown.index < len(table.rows):
        raise Refusal(Fault.DEEL_KLOPT_NIET, "index")
    row, name = table.rows[shown.index], declaration.parts[shown.index]
    if digest(PART_HASH, shown.ciphertext) != row.ciphertext_hash:
        raise Refusal(Fault.DEEL_KLOPT_NIET, f"parts.{shown.index}")
    if len(shown.part_key) != KEY_SIZE:
        raise Refusal(Fault.SLEUTELBINDING_KLOPT_NIET)
    check_commitment(shown.part_key, row.commitment)
    context = part_context(declaration_hash(shown.declaration), shown.index, name.category)
    padded = open_part(shown.part_key, context, shown.ciphertext)
    return Disclosed(hashed, declaration, read_part(padded, name.category, name.schema_version))
