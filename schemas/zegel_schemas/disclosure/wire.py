"""The bytes of an exhibit: all a third party needs beside the fingerprint of the root (docs/protocol.md, Disclosure).

    exhibit = "zegel/1d" ‖ signer key id 32 ‖ U8 part ‖ part key 32 ‖ signature 64
              ‖ LE32 declaration ‖ LE32 table ‖ LE32 ciphertext ‖ LE32 stamp ‖ LE32 directory ‖ the five themselves

Every length has one form, and nothing may follow. It holds the content of one part readable by whoever has it.
"""

import struct
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Final

from zegel_schemas.declaration import MAX_DECLARATION
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import MAX_CONTAINER, Disclosure

MAGIC: Final = b"zegel/1d"
MAX_STAMP: Final = 64 * 1024  # bytes; a note, a record of the largest size and its path stay below 44 KiB
MAX_DIRECTORY: Final = 64 * 1024 * 1024  # bytes; forty years of weekly keys of thirty instanties
MAX_TABLE: Final = 4 * 1024  # bytes; 32 rows of 68 and a hash

_HEAD: Final = struct.Struct("<8s32sB32s64s5I")
_MOST: Final = (MAX_DECLARATION, MAX_TABLE, MAX_CONTAINER, MAX_STAMP, MAX_DIRECTORY)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What is handed over: one part as the sender signed it, the log's stamp, and the statements up to the root."""

    signer: bytes  # key id, 32 bytes
    disclosure: Disclosure = field(repr=False)
    stamp: bytes = field(repr=False)
    directory: bytes = field(repr=False)  # a directory file, up to the newest statement its holder has

    def encode(self) -> bytes:
        """Return the bytes of the exhibit."""
        shown = self.disclosure
        pieces = (shown.declaration, shown.table, shown.ciphertext, self.stamp, self.directory)
        head = _HEAD.pack(MAGIC, self.signer, shown.index, shown.part_key, shown.signature, *map(len, pieces))
        return b"".join((head, *pieces))

    @classmethod
    def decode(cls, data: bytes) -> "Exhibit":
        """Read an exhibit; raise Refusal BEWIJS_ONLEESBAAR. Nothing of it is checked yet."""
        if len(data) < _HEAD.size or not data.startswith(MAGIC):
            raise _unreadable("this is no exhibit of this protocol, or it ends too early")
        _, signer, index, part_key, signature, *lengths = _HEAD.unpack_from(data)
        if any(length > most for length, most in zip(lengths, _MOST, strict=True)):
            raise _unreadable("a length that is too large")
        ends = list(accumulate(lengths, initial=_HEAD.size))
        if ends[-1] != len(data):  # so a trailing byte goes no further
            raise _unreadable("the lengths do not add up to the file")
        pieces = [data[start:end] for start, end in pairwise(ends)]
        declaration, table, ciphertext, stamp, directory = pieces
        shown = Disclosure(declaration, table, signature, index, ciphertext, part_key)
        return cls(signer, shown, stamp, directory)


def _unreadable(detail: str) -> Refusal:
    return Refusal(Fault.BEWIJS_ONLEESBAAR, "file", detail=detail)
