"""The bytes of an answer (docs/protocol-log.md): statements, documents and proofs that need no word of the broker.

answer = "zegel/1a" ‖ ask 32 ‖ LE16 note ‖ note ‖ entry ‖ LE32 count ‖ head 32 ‖ U8 steps ‖ step…
         ‖ LE32 lines ‖ lines ‖ LE16 files ‖ file…
step   = LE64 size ‖ U8 hashes ‖ hashes of 32 bytes
file   = LE32 document ‖ document
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from zegel_schemas.claims import MAX_FILES, MAX_SIZES
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.frame import MAX_CONTAINER
from zegel_schemas.seal.primitives import b64u, unb64u
from zegel_schemas.stamp.entry import MAX_INDEX, Proof, Reader, write_note, write_path, write_proof

MAGIC: Final = b"zegel/1a"
MAX_ANSWER: Final = MAX_CONTAINER  # bytes: fits a hop with its note
MAX_LINES: Final = 2 * 1024 * 1024  # bytes of statements in one answer; one statement takes at most 150 KiB
MAX_FILE: Final = 4 * 1024 * 1024  # bytes of one document, as the convenant's reader demands

_HASH: Final = 32
_MAX_COUNT: Final = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Step:
    """From the tree of `size` leaves to that of the next step, or of the note: a consistency proof (RFC 9162 2.1.4)."""

    size: int
    path: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the broker sends on an ask; nothing in it counts before `check_answer`.

    `lines` are statements, as in a directory file, that follow on version `after`; `proof` is an entry of the log that
    names a version of the directory, under `note`.
    """

    ask: bytes
    note: bytes = field(repr=False)
    proof: Proof
    after: DirectoryVersion
    steps: tuple[Step, ...] = ()
    lines: bytes = field(default=b"", repr=False)
    files: tuple[bytes, ...] = field(default=(), repr=False)

    def encode(self) -> bytes:
        """Return the bytes; raise ValueError when something is too large or out of order."""
        if len(self.lines) > MAX_LINES or len(self.steps) > MAX_SIZES or len(self.files) > MAX_FILES:
            raise ValueError("an answer holds 2 MiB of statements, 64 steps and 64 documents at most")
        if any(not 1 <= len(each) <= MAX_FILE for each in self.files) or not _is_rising(self.steps):
            raise ValueError("a document is 1 byte to 4 MiB, and steps rise")
        pieces = [MAGIC, self.ask, write_note(self.note), write_proof(self.proof), _write_version(self.after)]
        pieces.append(len(self.steps).to_bytes(1, "little"))
        for step in self.steps:
            pieces += (step.size.to_bytes(8, "little"), write_path(step.path))
        pieces += (len(self.lines).to_bytes(4, "little"), self.lines, len(self.files).to_bytes(2, "little"))
        for each in self.files:
            pieces += (len(each).to_bytes(4, "little"), each)
        data = b"".join(pieces)
        if len(data) > MAX_ANSWER or len(self.ask) != _HASH:
            raise ValueError("an answer holds at most 8 MiB, and names the hash of one ask")
        return data

    @classmethod
    def decode(cls, data: bytes) -> "Answer":
        """Read an answer; raise Refusal ANTWOORD_ONLEESBAAR."""
        fault = Fault.ANTWOORD_ONLEESBAAR
        if len(data) > MAX_ANSWER:
            raise Refusal(fault, "bytes", detail=f"an answer holds at most {MAX_ANSWER} bytes")
        reader = Reader(data, MAGIC, fault=fault)
        answer = cls(
            ask=reader.take(_HASH),
            note=reader.take_note(),
            proof=reader.take_proof(),
            after=_take_version(reader),
            steps=tuple(_take_step(reader) for _ in range(reader.take_number(1, 0, MAX_SIZES))),
            lines=reader.take(reader.take_number(4, 0, MAX_LINES)),
            files=tuple(
                reader.take(reader.take_number(4, 1, MAX_FILE)) for _ in range(reader.take_number(2, 0, MAX_FILES))
            ),
        )
        reader.end()
        if not _is_rising(answer.steps):
            raise reader.wrong("steps rise")
        return answer


def is_answer(body: bytes) -> bool:
    """Tell whether the body of a hop of kind `notice` is the answer to an ask, and not a notice about messages."""
    return body.startswith(MAGIC)


def _write_version(version: DirectoryVersion) -> bytes:
    return version.count.to_bytes(4, "little") + (unb64u(version.head) if version.head else bytes(_HASH))


def _take_version(reader: Reader) -> DirectoryVersion:
    count, head = reader.take_number(4, 0, _MAX_COUNT), reader.take(_HASH)
    if (count == 0) != (head == bytes(_HASH)):
        raise reader.wrong("the empty directory, and no other, has a head of zeros")
    return DirectoryVersion(count, b64u(head) if count else "")


def _take_step(reader: Reader) -> Step:
    return Step(reader.take_number(8, 0, MAX_INDEX - 1), reader.take_path())


def _is_rising(steps: Sequence[Step]) -> bool:
    return all(earlier.size < later.size for earlier, later in pairwise(steps))
