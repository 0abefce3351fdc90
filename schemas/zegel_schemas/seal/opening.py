"""Opening: the recipient's way into the sealed parts, all or none, after every check (protocol, layers 2 and 3)."""

from dataclasses import InitVar, dataclass
from typing import Final, final

from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.container import Verified
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.seal.parts import (
    PlainPart,
    check_commitment,
    declaration_hash,
    open_part,
    part_context,
    part_key,
    read_part,
    unwrap_key,
)
from zegel_schemas.seal.primitives import KEY_SIZE, b64u

_DOOR: Final = object()


@final
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Opened:
    """The contents of a message in the order of its parts, and the message key that opens it again. Made here only."""

    verified: Verified
    contents: tuple[PlainPart, ...]
    message_key: bytes  # 32 bytes; empty without parts
    door: InitVar[object]

    def __post_init__(self, door: object) -> None:
        """Refuse to be made elsewhere."""
        if door is not _DOOR:
            raise TypeError("only open_parts and reopen give an Opened")


def open_parts(verified: Verified, sealing_key: PrivateKey | None) -> Opened:
    """Open all parts with the recipient's sealing key; without parts it may be None, and nothing is opened.

    Raise Refusal NIET_VOOR_MIJ, OMSLAG_ONLEESBAAR, SLEUTELBINDING_KLOPT_NIET, DEEL_ONLEESBAAR, OPVULLING_KLOPT_NIET,
    INHOUD_ONGELDIG or INHOUD_ANDERE_CATEGORIE. The closed schema of each body and the claims about it come after this.
    """
    if not verified.ciphertexts:
        return Opened(verified=verified, contents=(), message_key=b"", door=_DOOR)
    if sealing_key is None:
        raise ValueError("parts are opened with a sealing key")
    recipient = verified.declaration.recipient
    # The sender chooses which of our keys it names: one of another use is its fault, not ours.
    if sealing_key.public.use != "sealing":
        raise Refusal(Fault.NIET_VOOR_MIJ, "to.key", detail="the key named is no sealing key")
    if (recipient.instantie, recipient.key) != (sealing_key.public.owner, b64u(sealing_key.public.id)):
        raise Refusal(Fault.NIET_VOOR_MIJ, "to")
    message_key = unwrap_key(sealing_key, declaration_hash(verified.signed.declaration_bytes), verified.wrap)
    return reopen(verified, message_key)


def reopen(verified: Verified, message_key: bytes) -> Opened:
    """Open all parts with a message key stored in the recipient's or the sender's mailbox; raise as `open_parts`."""
    if not verified.ciphertexts:
        return Opened(verified=verified, contents=(), message_key=b"", door=_DOOR)
    if len(message_key) != KEY_SIZE:
        raise ValueError("a message key is 32 bytes")
    hashed = declaration_hash(verified.signed.declaration_bytes)
    names = verified.declaration.parts
    contexts = [part_context(hashed, index, name.category) for index, name in enumerate(names)]
    keys = [part_key(message_key, context) for context in contexts]
    # Each step for all parts before the next step for any: no plaintext exists while a commitment is in doubt.
    for key, row in zip(keys, verified.table.rows, strict=True):
        check_commitment(key, row.commitment)
    padded = [open_part(*sealed) for sealed in zip(keys, contexts, verified.ciphertexts, strict=True)]
    contents = tuple(
        read_part(text, name.category, name.schema_version) for text, name in zip(padded, names, strict=True)
    )
    return Opened(verified=verified, contents=contents, message_key=message_key, door=_DOOR)
