"""The frame: where in a container each thing stands. Nothing is parsed here but lengths (docs/protocol.md, Container).

Magic 8 ‖ use 1 ‖ signer key id 32 ‖ LE32 declaration ‖ LE32 table ‖ LE32 sealed ‖ signature 64 ‖ the three themselves.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from zegel_schemas.declaration import MAX_DECLARATION
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import signatures
from zegel_schemas.seal.primitives import digest, pae, person
from zegel_schemas.seal.table import MAX_TABLE

Use = Literal["message", "receipt", "ask", "dryrun"]

MAGIC: Final = b"zegel/1c"
SUITE: Final = b"zegel/"  # what every version of the magic begins with
MAX_CONTAINER: Final = 8 * 1024 * 1024  # bytes (protocol, layer 1)

DOMAIN_OF_USE: Final[dict[Use, bytes]] = {
    "message": signatures.MESSAGE,
    "receipt": signatures.RECEIPT,
    "ask": signatures.ASK,
    "dryrun": signatures.DRYRUN,
}
_HASH_OF_USE: Final[dict[Use, bytes]] = {
    "message": person(b"zegel/1.message."),
    "receipt": person(b"zegel/1.receipt."),
    "ask": person(b"zegel/1.ask....."),
    "dryrun": person(b"zegel/1.dryrun.."),
}
_USES: Final[tuple[Use, ...]] = get_args(Use)  # on the wire 1, 2, 3, 4
_HEAD: Final = struct.Struct("<8sB32sIII64s")
HEAD_SIZE: Final = _HEAD.size  # 117 bytes


@dataclass(frozen=True, slots=True, repr=False)
class Frame:
    """The pieces of a container as they lie in it; `sealed` is wrap ‖ ciphertexts, empty without parts."""

    use: Use
    signer: bytes
    declaration: bytes
    table: bytes
    sealed: bytes
    signature: bytes

    def to_bytes(self) -> bytes:
        """Return the container; raise Refusal TE_GROOT above 8 MiB."""
        return write_frame(self, (self.sealed,))

    @classmethod
    def from_bytes(cls, container: bytes) -> "Frame":
        """Cut a container; raise Refusal TE_GROOT, VERSIE_ONBEKEND or FRAME_ONLEESBAAR before anything is hashed."""
        _check_size(len(container))
        _check_magic(container)
        _, use, signer, *lengths, signature = _HEAD.unpack_from(container)
        if not 1 <= use <= len(_USES):
            raise Refusal(Fault.FRAME_ONLEESBAAR, "use", detail="an unknown use of a container")
        declared, tabled, sealed = lengths
        if not 1 <= declared <= MAX_DECLARATION or not 1 <= tabled <= MAX_TABLE:
            raise Refusal(Fault.FRAME_ONLEESBAAR, detail="a declaration or table of impossible length")
        if HEAD_SIZE + declared + tabled + sealed != len(container):  # so a trailing byte goes no further
            raise Refusal(Fault.FRAME_ONLEESBAAR, detail="the lengths do not add up to the container")
        table_at = HEAD_SIZE + declared
        sealed_at = table_at + tabled
        return cls(
            use=_USES[use - 1],
            signer=signer,
            declaration=container[HEAD_SIZE:table_at],
            table=container[table_at:sealed_at],
            sealed=container[sealed_at:],
            signature=signature,
        )


def write_frame(frame: Frame, sealed: Sequence[bytes]) -> bytes:
    """Return the container of `frame` with these pieces as its `sealed`: megabytes are joined once, not twice."""
    lengths = (len(frame.declaration), len(frame.table), sum(map(len, sealed)))
    _check_size(HEAD_SIZE + sum(lengths))
    head = _HEAD.pack(MAGIC, _USES.index(frame.use) + 1, frame.signer, *lengths, frame.signature)
    return b"".join((head, frame.declaration, frame.table, *sealed))


def message_hash(use: Use, declaration: bytes, table: bytes) -> bytes:
    """Return H(PAE(declaration, table)) under the personalisation of the use: what records, stamps and `re` name."""
    return digest(_HASH_OF_USE[use], pae(declaration, table))


def _check_size(size: int) -> None:
    if size > MAX_CONTAINER:
        raise Refusal(Fault.TE_GROOT, detail=f"a container holds at most {MAX_CONTAINER} bytes")


def _check_magic(container: bytes) -> None:
    if container.startswith(SUITE) and not container.startswith(MAGIC):
        raise Refusal(Fault.VERSIE_ONBEKEND)
    if not container.startswith(MAGIC) or len(container) < HEAD_SIZE:
        raise Refusal(Fault.FRAME_ONLEESBAAR)
