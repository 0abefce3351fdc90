"""The bytes of a stamp and of a notice: entries of the log with their paths, under one note (docs/protocol-log.md).

    entry   = see entry.py
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

from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.stamp.entry import Proof, Reader, write_note, write_proof

STAMP_MAGIC: Final = b"zegel/1s"
NOTICE_MAGIC: Final = b"zegel/1n"
MAX_PROOFS: Final = 1024  # entries in one notice
MAX_EXPLANATION: Final = 64 * 1024  # bytes of one explanation

_U16: Final = struct.Struct("<H")
_EXPLANATION: Final = struct.Struct("<QI")


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the log decided about one message, with its proof: goes with the container to the recipient."""

    proof: Proof
    note: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the bytes of the stamp."""
        return STAMP_MAGIC + write_note(self.note) + write_proof(self.proof)

    @classmethod
    def decode(cls, data: bytes) -> "Stamp":
        """Read a stamp; raise Refusal STEMPEL_ONTBREEKT when there is none, else STEMPEL_KLOPT_NIET."""
        reader = _read(data, STAMP_MAGIC)
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
        pieces = [NOTICE_MAGIC, write_note(self.note), _U16.pack(len(proofs)), *map(write_proof, proofs.values())]
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
        reader = _read(data, NOTICE_MAGIC)
        note = reader.take_note()
        proofs = tuple(reader.take_proof() for _ in range(reader.take_number(2, 1, MAX_PROOFS)))
        _require_rising([each.index for each in proofs], reader)
        texts = [_take_explanation(reader) for _ in range(reader.take_number(2, 0, len(proofs)))]
        reader.end()
        _require_rising([index for index, _ in texts], reader)
        if not {index for index, _ in texts} <= {each.index for each in proofs}:
            raise reader.wrong("an explanation of an entry that is not there")
        return cls(proofs, note, MappingProxyType(dict(texts)))


def _read(data: bytes, magic: bytes) -> Reader:
    if not data:
        raise Refusal(Fault.STEMPEL_ONTBREEKT, "stamp")
    return Reader(data, magic)


def _take_explanation(reader: Reader) -> tuple[int, bytes]:
    index, size = _EXPLANATION.unpack(reader.take(_EXPLANATION.size))
    if not 1 <= size <= MAX_EXPLANATION:
        raise reader.wrong("an explanation that is too large, or empty")
    return index, reader.take(size)


def _require_rising(indices: Sequence[int], reader: Reader) -> None:
    if any(later <= earlier for earlier, later in pairwise(indices)):
        raise reader.wrong("entries stand in rising order, each once")
