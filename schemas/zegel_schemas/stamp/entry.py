"""The bytes of one entry of the log with its path, and a reader that trusts no length, for stamp, notice and answer.

entry = LE64 index ‖ salt 32 ‖ LE16 leaf ‖ LE32 record ‖ U8 path ‖ leaf ‖ record ‖ path of 32-byte hashes
"""

import struct
from dataclasses import dataclass, field
from typing import Final

from zegel_schemas.merkle import HASH_SIZE, MAX_PATH
from zegel_schemas.note import MAX_NOTE
from zegel_schemas.record import MAX_LEAF, MAX_RECORD, SALT_SIZE
from zegel_schemas.refusals import Fault, Refusal

MAX_INDEX: Final = 2**53  # as every integer in the protocol

_ENTRY: Final = struct.Struct("<Q32sHIB")
_U16: Final = struct.Struct("<H")


@dataclass(frozen=True, slots=True)
class Proof:
    """One entry of the log and the path from its leaf (at `index`, from 0) to the root of a note; still unchecked."""

    leaf: bytes = field(repr=False)
    record: bytes = field(repr=False)
    salt: bytes = field(repr=False)  # 32 bytes
    index: int
    path: tuple[bytes, ...] = field(repr=False)


class Reader:
    """Reads forward through bytes nobody vouches for; every length is checked before it is used.

    What does not fit is a Refusal of the code it was made with.
    """

    def __init__(self, data: bytes, magic: bytes, *, fault: Fault = Fault.STEMPEL_KLOPT_NIET) -> None:
        """Start behind `magic`; raise Refusal `fault` when other bytes stand there."""
        self._fault = fault
        if not data.startswith(magic):
            raise self.wrong("other bytes than this protocol's")
        self._data = data
        self._at = len(magic)

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes."""
        end = self._at + size
        if end > len(self._data):
            raise self.wrong("it ends too early")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def take_number(self, width: int, least: int, most: int) -> int:
        """Return a little-endian integer of `width` bytes within these bounds."""
        number = int.from_bytes(self.take(width), "little")
        if not least <= number <= most:
            raise self.wrong("too few or too many of something")
        return number

    def take_note(self) -> bytes:
        """Return a note, behind its length."""
        return self.take(self.take_number(2, 1, MAX_NOTE))

    def take_path(self) -> tuple[bytes, ...]:
        """Return the hashes of a path, behind their number."""
        return tuple(self.take(HASH_SIZE) for _ in range(self.take_number(1, 0, MAX_PATH)))

    def take_proof(self) -> Proof:
        """Return an entry with its path."""
        index, salt, leaf, record, steps = _ENTRY.unpack(self.take(_ENTRY.size))
        if not (1 <= leaf <= MAX_LEAF and 1 <= record <= MAX_RECORD and steps <= MAX_PATH and index < MAX_INDEX):
            raise self.wrong("a length that is too large, or nothing at all")
        taken_leaf, taken_record = self.take(leaf), self.take(record)
        path = tuple(self.take(HASH_SIZE) for _ in range(steps))
        return Proof(taken_leaf, taken_record, salt, index, path)

    def end(self) -> None:
        """Refuse bytes behind the end."""
        if self._at != len(self._data):
            raise self.wrong("bytes follow after its end")

    def wrong(self, detail: str) -> Refusal:
        """Return the refusal of these bytes."""
        return Refusal(self._fault, "bytes", detail=detail)


def write_note(note: bytes) -> bytes:
    """Return a note behind its length."""
    if not 1 <= len(note) <= MAX_NOTE:
        raise ValueError("a note holds 1 byte to 8 KiB")
    return _U16.pack(len(note)) + note


def write_path(path: tuple[bytes, ...]) -> bytes:
    """Return the hashes of a path behind their number."""
    if len(path) > MAX_PATH or any(len(each) != HASH_SIZE for each in path):
        raise ValueError("a path has at most 63 hashes of 32 bytes")
    return len(path).to_bytes(1, "little") + b"".join(path)


def write_proof(proof: Proof) -> bytes:
    """Return an entry with its path."""
    if len(proof.salt) != SALT_SIZE or not {HASH_SIZE}.issuperset(map(len, proof.path)):
        raise ValueError("a salt and each step of a path is 32 bytes")
    head = _ENTRY.pack(proof.index, proof.salt, len(proof.leaf), len(proof.record), len(proof.path))
    return b"".join((head, proof.leaf, proof.record, *proof.path))
