"""The bytes of a stamp and of a notice: entries of the log with their paths, under one note (docs/protocol-log.md).

    entry   = LE64 index ‖ salt 32 ‖ LE16 leaf ‖ LE32 record ‖ U8 path ‖ leaf ‖ record ‖ path of 32-byte hashes
    stamp   = "zegel/1s" ‖ LE16 note ‖ note ‖ entry
    notice  = "zegel/1n" ‖ LE16 note ‖ note ‖ LE16 entries ‖ entries ‖ LE16 texts ‖ texts
    text    = LE64 index of its entry ‖ LE32 explanation ‖ explanation

Every length has one form, entries and explanations stand in rising order of index, and nothing may follow.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from zegel_schemas.merkle import HASH_SIZE, MAX_PATH
from zegel_schemas.note import MAX_NOTE
from zegel_schemas.record import MAX_LEAF, MAX_RECORD, SALT_SIZE
from zegel_schemas.refusals import Fault, Refusal

STAMP_MAGIC: Final = b"zegel/1s"
NOTICE_MAGIC: Final = b"zegel/1n"
MAX_PROOFS: Final = 1024  # entries in one notice
MAX_EXPLANATION: Final = 64 * 1024  # bytes of one explanation

_ENTRY: Final = struct.Struct("<Q32sHIB")
_U16: Final = struct.Struct("<H")
_EXPLANATION: Final = struct.Struct("<QI")
_MAX_INDEX: Final = 2**53  # as every integer in the protocol


@dataclass(frozen=True, slots=True)
class Proof:
    """One entry of the log and the path from its leaf (at `index`, from 0) to the root of a note; still unchecked."""

    leaf: bytes = field(repr=False)
    record: bytes = field(repr=False)
    salt: bytes = field(repr=False)  # 32 bytes
    index: int
    path: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the log decided about one message, with its proof: goes with the container to the recipient."""

    proof: Proof
    note: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the bytes of the stamp."""
        return STAMP_MAGIC + _write_note(self.note) + _write_proof(self.proof)

    @classmethod
    def decode(cls, data: bytes) -> "Stamp":
        """Read a stamp; raise Refusal STEMPEL_ONTBREEKT when there is none, else STEMPEL_KLOPT_NIET."""
        reader = _Reader(data, STAMP_MAGIC)
        note = reader.take_note()
        proof = reader.take_proof()
        reader.end()
        return cls(proof, note)


@dataclass(frozen=True, slots=True)
class Notice:
    """Entries of the log for one party under one note; `explanations` (canonical JSON) by the index of their entry."""

    proofs: tuple[Proof, ...]
    note: bytes = field(repr=False)
    explanations: Mapping[int, bytes] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def encode(self) -> bytes:
        """Return the bytes of the notice, each entry once; raise ValueError when it holds none, or too much."""
        proofs = {each.index: each for each in sorted(self.proofs, key=lambda each: each.index)}
        if not 1 <= len(proofs) <= MAX_PROOFS or not self.explanations.keys() <= proofs.keys():
            raise ValueError("a notice holds 1 to 1024 entries, and explanations of those only")
        pieces = [NOTICE_MAGIC, _write_note(self.note), _U16.pack(len(proofs)), *map(_write_proof, proofs.values())]
        pieces.append(_U16.pack(len(self.explanations)))
        for index in sorted(self.explanations):
            text = self.explanations[index]
            if len(text) > MAX_EXPLANATION:
                raise ValueError("an explanation holds at most 64 KiB")
            pieces += (_EXPLANATION.pack(index, len(text)), text)
        return b"".join(pieces)

    @classmethod
    def decode(cls, data: bytes) -> "Notice":
        """Read a notice; raise Refusal STEMPEL_ONTBREEKT when there is none, else STEMPEL_KLOPT_NIET."""
        reader = _Reader(data, NOTICE_MAGIC)
        note = reader.take_note()
        proofs = tuple(reader.take_proof() for _ in range(reader.take_count(1, MAX_PROOFS)))
        _require_rising([each.index for each in proofs])
        texts = [reader.take_explanation() for _ in range(reader.take_count(0, len(proofs)))]
        reader.end()
        _require_rising([index for index, _ in texts])
        if not {index for index, _ in texts} <= {each.index for each in proofs}:
            raise _wrong("an explanation of an entry that is not there")
        return cls(proofs, note, MappingProxyType(dict(texts)))


class _Reader:
    """Reads forward through bytes nobody vouches for; every length is checked before it is used."""

    def __init__(self, data: bytes, magic: bytes) -> None:
        if not data:
            raise Refusal(Fault.STEMPEL_ONTBREEKT, "stamp")
        if not data.startswith(magic):
            raise _wrong("other bytes than this protocol's")
        self._data = data
        self._at = len(magic)

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise _wrong("it ends too early")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def take_count(self, least: int, most: int) -> int:
        count = int(_U16.unpack(self.take(_U16.size))[0])
        if not least <= count <= most:
            raise _wrong("too few or too many of something")
        return count

    def take_note(self) -> bytes:
        return self.take(self.take_count(1, MAX_NOTE))

    def take_proof(self) -> Proof:
        index, salt, leaf, record, steps = _ENTRY.unpack(self.take(_ENTRY.size))
        if not (1 <= leaf <= MAX_LEAF and 1 <= record <= MAX_RECORD and steps <= MAX_PATH and index < _MAX_INDEX):
            raise _wrong("a length that is too large, or nothing at all")
        taken_leaf, taken_record = self.take(leaf), self.take(record)
        path = tuple(self.take(HASH_SIZE) for _ in range(steps))
        return Proof(taken_leaf, taken_record, salt, index, path)

    def take_explanation(self) -> tuple[int, bytes]:
        index, size = _EXPLANATION.unpack(self.take(_EXPLANATION.size))
        if not 1 <= size <= MAX_EXPLANATION:
            raise _wrong("an explanation that is too large, or empty")
        return index, self.take(size)

    def end(self) -> None:
        if self._at != len(self._data):
            raise _wrong("bytes follow after its end")


def _write_note(note: bytes) -> bytes:
    if not 1 <= len(note) <= MAX_NOTE:
        raise ValueError("a note holds 1 byte to 8 KiB")
    return _U16.pack(len(note)) + note


def _write_proof(proof: Proof) -> bytes:
    if len(proof.salt) != SALT_SIZE or any(len(each) != HASH_SIZE for each in proof.path):
        raise ValueError("a salt and each step of a path is 32 bytes")
    head = _ENTRY.pack(proof.index, proof.salt, len(proof.leaf), len(proof.record), len(proof.path))
    return b"".join((head, proof.leaf, proof.record, *proof.path))


def _require_rising(indices: Sequence[int]) -> None:
    if any(later <= earlier for earlier, later in pairwise(indices)):
        raise _wrong("entries stand in rising order, each once")


def _wrong(detail: str) -> Refusal:
    return Refusal(Fault.STEMPEL_KLOPT_NIET, "stamp", detail=detail)
