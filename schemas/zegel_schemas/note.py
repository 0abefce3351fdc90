"""The signed statement of the log's size and root: a C2SP checkpoint in a C2SP signed note, for foreign tools too.

C2SP signed-note and tlog-checkpoint: three lines of text, an empty line, one or more signature lines. Signatures of
others (witnesses) are ignored; the log's own must hold. The key name is the origin, the signature type Ed25519 (0x01).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from zegel_schemas.merkle import HASH_SIZE, ProofInvalid, check_consistency
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.keys import PrivateKey, PublicKey
from zegel_schemas.seal.signatures import check_note_text, sign_note_text

MAX_NOTE = 8 * 1024  # bytes, as in a hop; 16 Ed25519 signatures (C2SP asks no less) take under 4 KiB
MAX_SIGNATURES = 32
_ED25519 = b"\x01"  # signature type byte of C2SP signed-note
_SIGNATURE_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The log `origin` had `size` leaves under `root` (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def to_text(self) -> str:
        """Return the note text that is signed (C2SP tlog-checkpoint), without extension lines."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode('ascii')}\n"


def sign_checkpoint(checkpoint: Checkpoint, log_key: PrivateKey) -> bytes:
    """Return the signed note of a checkpoint; `log_key` is the log's Ed25519 key, the key name is the origin."""
    text = checkpoint.to_text()
    signature = sign_note_text(log_key, text.encode("utf-8"))
    stamped = b64encode(note_key_id(checkpoint.origin, log_key.public.raw) + signature).decode("ascii")
    return f"{text}\n— {checkpoint.origin} {stamped}\n".encode()


def open_checkpoint(note: bytes, origin: str, public: PublicKey) -> Checkpoint:
    """Return the checkpoint once the log's signature holds; raise Refusal STEMPEL_VREEMD_LOGBOEK."""
    return read_checkpoint(open_note(note, origin, public), origin)


def read_checkpoint(text: str, origin: str) -> Checkpoint:
    """Return what the text of a note says, whose signature held; raise Refusal STEMPEL_VREEMD_LOGBOEK."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[0] != origin or not _SIZE.fullmatch(lines[1]):  # noqa: PLR2004 - 3 lines, each ended
        raise _foreign("a checkpoint is this log's origin, a size and a root")
    root = _decode_base64(lines[2])
    if len(root) != HASH_SIZE:
        raise _foreign("a root is 32 bytes")
    return Checkpoint(origin, int(lines[1]), root)


def require_consistent(held: Checkpoint, shown: Checkpoint, path: Sequence[bytes] = ()) -> None:
    """Raise Refusal unless one of two proven checkpoints of a log goes on from the other (RFC 9162 section 2.1.4).

    LOGBOEK_GESPLITST: one size, two roots, which is a fork, and both notes prove it. STEMPEL_KLOPT_NIET: `path`, the
    consistency proof from the smaller to the larger size, does not lead there. Different sizes need a path.
    """
    if held.origin != shown.origin:
        raise _foreign("notes of two logs say nothing about each other")
    if held.size == shown.size and held.root != shown.root:
        raise Refusal(Fault.LOGBOEK_GESPLITST, "note", detail="one size, two roots")
    old, new = sorted((held, shown), key=lambda each: each.size)
    try:
        check_consistency(first=old.size, second=new.size, first_root=old.root, second_root=new.root, path=path)
    except ProofInvalid as error:
        raise Refusal(Fault.STEMPEL_KLOPT_NIET, "consistency", detail=str(error)) from None


def read_origin(note: bytes) -> str:
    """Return the first line of a note, unproven: only to look up which log's key must have signed it."""
    line, _, _ = note[:MAX_NOTE].partition(b"\n")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        raise _foreign("a note is UTF-8") from None


def open_note(note: bytes, name: str, public: PublicKey) -> str:
    """Return the text of a C2SP signed note once the signature of this key holds; raise STEMPEL_VREEMD_LOGBOEK."""
    text, lines = _split_note(note)
    wanted = note_key_id(name, public.raw)
    found = [
        signature[4:] for signer, signature in map(_read_signature, lines) if (signer, signature[:4]) == (name, wanted)
    ]
    if not found:
        raise _foreign("the log the root names did not sign this note")
    for signature in found:
        _check_signature(public, text.encode("utf-8"), signature)
    return text


def note_key_id(name: str, public: bytes) -> bytes:
    """Return the 4-byte key id of an Ed25519 note key (C2SP signed-note, Signatures)."""
    return sha256(name.encode("utf-8") + b"\n" + _ED25519 + public).digest()[:4]


def _split_note(note: bytes) -> tuple[str, list[str]]:
    if len(note) > MAX_NOTE:
        raise _foreign(f"a note holds at most {MAX_NOTE} bytes")
    try:
        whole = note.decode("utf-8")
    except UnicodeDecodeError:
        raise _foreign("a note is UTF-8") from None
    text, gap, signatures = whole.rpartition("\n\n")
    if not gap or not signatures.endswith("\n") or _CONTROL.search(whole):
        raise _foreign("a note is text, an empty line and signature lines")
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise _foreign(f"a note carries at most {MAX_SIGNATURES} signatures")
    return text + "\n", lines


def _read_signature(line: str) -> tuple[str, bytes]:
    match = _SIGNATURE_LINE.fullmatch(line)
    if match is None:
        raise _foreign("a signature line is a dash, a key name and base64")
    signature = _decode_base64(match[2])
    if len(signature) < 5:  # noqa: PLR2004 - 4 bytes of key id and at least one of signature
        raise _foreign("a signature line is too short")
    return match[1], signature


def _check_signature(public: PublicKey, text: bytes, signature: bytes) -> None:
    try:
        check_note_text(public, text, signature)
    except Refusal:
        raise _foreign("the signature of the log does not hold") from None


def _decode_base64(text: str) -> bytes:
    try:
        found = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise _foreign("not base64") from None
    if b64encode(found).decode("ascii") != text:  # lax decoders take several spellings of one value
        raise _foreign("not canonical base64")
    return found


def _foreign(detail: str) -> Refusal:
    return Refusal(Fault.STEMPEL_VREEMD_LOGBOEK, "note", detail=detail)
