"""The seal table: of each part length, ciphertext hash and key commitment; the hash of the wrap (protocol, layer 4).

Binary, signed with the declaration. A message without parts has the one byte 0x00.
"""

from dataclasses import dataclass
from typing import Final

from zegel_schemas.declaration import MAX_PARTS
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.padding import part_bucket
from zegel_schemas.seal.primitives import HASH_SIZE, TAG_SIZE

_LENGTH_SIZE: Final = 4
_ROW_SIZE: Final = _LENGTH_SIZE + 2 * HASH_SIZE
MAX_TABLE: Final = 1 + MAX_PARTS * _ROW_SIZE + HASH_SIZE


@dataclass(frozen=True, slots=True)
class Row:
    """One sealed part: ciphertext length in bytes (tag included), ciphertext hash, commitment to its key."""

    length: int
    ciphertext_hash: bytes
    commitment: bytes


@dataclass(frozen=True, slots=True)
class SealTable:
    """All rows in the order of the declaration's parts; `wrap_hash` is empty when there are no parts."""

    rows: tuple[Row, ...] = ()
    wrap_hash: bytes = b""

    def to_bytes(self) -> bytes:
        """Return count ‖ per part LE32 length ‖ hash ‖ commitment ‖ hash of the wrap."""
        pieces = [len(self.rows).to_bytes(1, "little")]
        for row in self.rows:
            pieces += (row.length.to_bytes(_LENGTH_SIZE, "little"), row.ciphertext_hash, row.commitment)
        return b"".join([*pieces, self.wrap_hash])

    @classmethod
    def from_bytes(cls, data: bytes) -> "SealTable":
        """Parse a signed table; raise Refusal TABEL_KLOPT_NIET on another size or a length no part can have."""
        count = data[0] if data else 0
        size = 1 + count * _ROW_SIZE + (HASH_SIZE if count else 0)
        if count > MAX_PARTS or len(data) != size:
            raise Refusal(Fault.TABEL_KLOPT_NIET, detail="a table of another size than its count of parts")
        rows = tuple(_read_row(data, 1 + index * _ROW_SIZE) for index in range(count))
        return cls(rows, data[1 + count * _ROW_SIZE :])


def _read_row(data: bytes, start: int) -> Row:
    hash_at, commitment_at = start + _LENGTH_SIZE, start + _LENGTH_SIZE + HASH_SIZE
    length = int.from_bytes(data[start:hash_at], "little")
    padded = length - TAG_SIZE
    if part_bucket(padded) != padded:  # so an empty part, or one of a telling length, goes no further
        raise Refusal(Fault.TABEL_KLOPT_NIET, detail="a part is 1 KiB times a power of two, or a multiple of 64 KiB")
    return Row(length, data[hash_at:commitment_at], data[commitment_at : commitment_at + HASH_SIZE])
