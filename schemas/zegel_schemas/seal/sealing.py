"""Sealing: from a declaration and its contents to a container only the recipient opens (protocol, layers 2 to 5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from zegel_schemas.declaration import MAX_DECLARATION, Declaration
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.container import check_use
from zegel_schemas.seal.frame import DOMAIN_OF_USE, Frame, Use, message_hash, write_frame
from zegel_schemas.seal.keys import PrivateKey, PublicKey
from zegel_schemas.seal.parts import (
    PART_HASH,
    WRAP_HASH,
    PlainPart,
    check_content,
    commitment,
    declaration_hash,
    part_context,
    part_key,
    seal_part,
    wrap_key,
)
from zegel_schemas.seal.primitives import KEY_SIZE, Random, b64u, digest, draw
from zegel_schemas.seal.signatures import sign_parts
from zegel_schemas.seal.table import Row, SealTable


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed message: its container, its hash (32 bytes) and its message key (32 bytes; empty without parts).

    The message key opens every part: the sender's own mailbox keeps it, encrypted, to read and disclose what it sent.
    """

    container: bytes = field(repr=False)
    message_hash: bytes
    message_key: bytes = field(repr=False)


def seal(
    declaration: Declaration,
    parts: Sequence[PlainPart],
    *,
    use: Use = "message",
    signing: PrivateKey,
    recipient: PublicKey | None,
    random: Random,
) -> Sealed:
    """Seal `parts`, in the order the declaration names them, to `recipient` (None: nothing is sealed) and sign.

    Raise Refusal TE_GROOT when it becomes too large, GEBRUIK_KLOPT_NIET or ONGELDIGE_VERKLARING when the declaration
    may not be said so, INHOUD_… when a content is not what the declaration announces, and ValueError when keys, parts
    and declaration were not made for each other.
    """
    check_use(use, declaration)
    _check_fits(declaration, parts, use=use, signing=signing, recipient=recipient)
    declared = declaration.to_bytes()
    if len(declared) > MAX_DECLARATION:
        raise Refusal(Fault.TE_GROOT, detail=f"a declaration holds at most {MAX_DECLARATION} bytes")
    message_key, table, sealed = b"", SealTable(), list[bytes]()
    if recipient is not None:
        message_key = draw(random, KEY_SIZE)
        table, sealed = _seal_parts(declared, parts, message_key, recipient, random)
    tabled = table.to_bytes()
    frame = Frame(
        use=use,
        signer=signing.public.id,
        declaration=declared,
        table=tabled,
        sealed=b"",
        signature=sign_parts(signing, DOMAIN_OF_USE[use], declared, tabled),
    )
    return Sealed(write_frame(frame, sealed), message_hash(use, declared, tabled), message_key)


def _seal_parts(
    declared: bytes, parts: Sequence[PlainPart], message_key: bytes, recipient: PublicKey, random: Random
) -> tuple[SealTable, list[bytes]]:
    hashed = declaration_hash(declared)
    rows, ciphertexts = [], []
    for index, part in enumerate(parts):
        check_content(part.content, part.category, part.schema)
        context = part_context(hashed, index, part.category)
        key = part_key(message_key, context)
        ciphertext = seal_part(key, context, part.content)
        rows.append(Row(len(ciphertext), digest(PART_HASH, ciphertext), commitment(key)))
        ciphertexts.append(ciphertext)
    wrap = wrap_key(recipient, hashed, message_key, random)
    return SealTable(tuple(rows), digest(WRAP_HASH, wrap)), [wrap, *ciphertexts]


def _check_fits(
    declaration: Declaration,
    parts: Sequence[PlainPart],
    *,
    use: Use,
    signing: PrivateKey,
    recipient: PublicKey | None,
) -> None:
    sender, to = declaration.sender, declaration.recipient
    if (sender.instantie, sender.key) != (signing.public.owner, b64u(signing.public.id)):
        raise ValueError("the declaration names another sender than this signing key")
    declared = [(part.category, part.schema_version) for part in declaration.parts] if use == "message" else []
    if [(part.category, part.schema) for part in parts] != declared:
        raise ValueError("the parts are not the ones the declaration names, in that order")
    if (recipient is not None) != bool(parts):
        raise ValueError("a recipient's sealing key goes with parts, and only with parts")
    if recipient is not None and (
        recipient.use != "sealing" or (to.instantie, to.key) != (recipient.owner, b64u(recipient.id))
    ):
        raise ValueError("the declaration names another recipient than this sealing key")
