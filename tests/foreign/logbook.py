"""Sections The tree to Checking an entry of docs/protocol-log.md: what a broker writes and what its readers check."""

import base64
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.foreign import ciphers
from tests.foreign.declaring import (
    CASUS,
    CODE,
    COUNT,
    DIGEST,
    INSTANT,
    ORIGIN,
    SUBJECT,
    UUID7,
    Shape,
    by,
    exactly,
    many,
    maybe,
    one_of,
    text,
)
from tests.foreign.notation import Key, NotCanonical, Refused, b64u, canonical, from_b64u, le16, le32, le64, parse
from tests.foreign.tree import climb, leaf_hash, sha256

TYPES = [
    *("decision", "delivered", "undeliverable", "expired", "receipt", "registration", "dryrun", "duty"),
    *("statement", "tick", "unreadable", "access", "extract", "erasure", "start", "stop"),
]
RULE_ID = text(r"[A-Za-z0-9._-]{1,64}")
RECORD: dict[str, Shape] = {
    "casus": maybe(CASUS),
    "categories": many(CODE, 64),
    "codes": many(text(r"[A-Z0-9_]{1,64}"), 64),
    "convenant": maybe(DIGEST),
    "count": COUNT,
    "directory": exactly(count=COUNT, head=maybe(DIGEST)),
    "duties": many(CODE, 64),
    "earlier": many(INSTANT, 64),
    "explanation": maybe(DIGEST),
    "from_": maybe(CODE),
    "hash": maybe(DIGEST),
    "kind": maybe(CODE),
    "message": maybe(UUID7),
    "outcome": one_of("", "permitted", "refused"),
    "purpose": maybe(CODE),
    "rules": by(CODE, many(RULE_ID, 64)),
    "subjects": many(DIGEST, 99),
    "to": maybe(CODE),
    "type": one_of(*TYPES),
}
LEAF = exactly(commitment=DIGEST, origin=ORIGIN, time=INSTANT, type=one_of(*TYPES), v=one_of("zegel/1"))
EMPTY: dict[str, Any] = {
    "count": 0,
    "directory": {"count": 0, "head": ""},
    "rules": {},
    **dict.fromkeys(("categories", "codes", "duties", "earlier", "subjects"), ()),
}


def write_record(**values: Any) -> bytes:
    """Return a record; `from_` is `from`, what is not given is absent."""
    names = [name.rstrip("_") for name in RECORD]
    given = {name.rstrip("_"): value for name, value in values.items()}
    filled = {name: given.get(name, EMPTY.get(name, "")) for name in names}
    return canonical({name: list(value) if isinstance(value, tuple) else value for name, value in filled.items()})


def commit_record(record: bytes, salt: bytes) -> bytes:
    """Return the commitment to a record."""
    return sha256(b"zegel/1 record\n", salt, record)


def commit_subject(casus: str, subject: str, salt: bytes) -> str:
    """Return the commitment to a subject."""
    assert SUBJECT(subject)
    return b64u(sha256(b"zegel/1 subject\n", salt, casus.encode(), b"\n", subject.encode()))


def hash_explanation(explanation: bytes) -> str:
    """Return the hash of an explanation."""
    return b64u(sha256(b"zegel/1 explanation\n", explanation))


def write_leaf(record: bytes, *, salt: bytes, origin: str, time: int) -> bytes:
    """Return the leaf of a record."""
    values = {"commitment": b64u(commit_record(record, salt)), "origin": origin, "time": time, "v": "zegel/1"}
    return canonical(values | {"type": parse(record)["type"]})


def note_key_id(origin: str, public: bytes) -> bytes:
    """Return the 4 bytes of a key in a note."""
    return sha256(origin.encode(), b"\n\x01", public)[:4]


def write_note(origin: str, size: int, root: bytes, key: Key) -> bytes:
    """Return the signed note of a checkpoint."""
    said = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    signature = note_key_id(origin, key.public.raw) + ciphers.ed25519_sign(key.seed, said.encode())
    return f"{said}\n— {origin} {base64.b64encode(signature).decode()}\n".encode()


def read_note(note: bytes, logs: Mapping[str, bytes]) -> tuple[str, int, bytes]:
    """Return origin, size and root; `logs` gives the public key of each origin the root named."""
    try:
        return _read_note(note, logs)
    except (ValueError, KeyError, ciphers.Unopened):
        raise Refused("STEMPEL_VREEMD_LOGBOEK") from None


def _read_note(note: bytes, logs: Mapping[str, bytes]) -> tuple[str, int, bytes]:
    said, _, signatures = note.decode().rpartition("\n\n")
    origin, size, root = said.split("\n")
    public = logs[origin]
    lines = [re.fullmatch(r"— (\S+) (\S+)", line) for line in signatures.removesuffix("\n").split("\n")]
    found = [(line[1], base64.b64decode(line[2], validate=True)) for line in lines if line]
    mine = [each[4:] for name, each in found if (name, each[:4]) == (origin, note_key_id(origin, public))]
    raw = base64.b64decode(root, validate=True)
    form = note.endswith(b"\n") and len(note) <= 8192 and None not in lines and len(lines) <= 32
    if not form or not mine or not re.fullmatch(r"0|[1-9][0-9]{0,18}", size):
        raise ValueError(note)
    if len(raw) != 32 or base64.b64encode(raw).decode() != root:
        raise ValueError(note)
    for each in mine:
        ciphers.ed25519_verify(public, said.encode() + b"\n", each)
    return origin, int(size), raw


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of the log with its path."""

    index: int
    salt: bytes
    leaf: bytes
    record: bytes
    path: tuple[bytes, ...] = ()

    def to_bytes(self) -> bytes:
        """Return its bytes in a stamp or notice."""
        lengths = le16(len(self.leaf)) + le32(len(self.record)) + bytes([len(self.path)])
        return le64(self.index) + self.salt + lengths + self.leaf + self.record + b"".join(self.path)


def write_stamp(note: bytes, entry: Entry) -> bytes:
    """Return a stamp."""
    return b"zegel/1s" + le16(len(note)) + note + entry.to_bytes()


def write_notice(note: bytes, entries: Sequence[Entry], texts: Mapping[int, bytes]) -> bytes:
    """Return a notice; entries and texts stand in rising order of index."""
    told = [le64(index) + le32(len(texts[index])) + texts[index] for index in sorted(texts)]
    head = b"zegel/1n" + le16(len(note)) + note + le16(len(entries))
    return b"".join([head, *(each.to_bytes() for each in entries), le16(len(told)), *told])


@dataclass
class Reader:
    """Reads forward; what it cannot read is refused with `code`."""

    data: bytes
    at: int = field(default=8)
    code: str = "STEMPEL_KLOPT_NIET"

    def take(self, form: str) -> Any:
        """Return the values of a struct format."""
        size = struct.calcsize(form)
        if self.at + size > len(self.data):
            raise Refused(self.code)
        found = struct.unpack_from(form, self.data, self.at)
        self.at += size
        return found if len(found) != 1 else found[0]

    def bytes(self, length: int, most: int) -> bytes:
        """Return 1 to `most` bytes."""
        if not 1 <= length <= most:
            raise Refused(self.code)
        found: bytes = self.take(f"<{length}s")
        return found

    def entry(self) -> Entry:
        """Return an entry."""
        index, salt, leaf, record, steps = self.take("<Q32sHIB")
        if index >= 2**53 or steps > 63:
            raise Refused(self.code)
        found_leaf, found_record = self.bytes(leaf, 512), self.bytes(record, 32768)
        path = tuple(self.take("<32s") for _ in range(steps))
        return Entry(index=index, salt=salt, leaf=found_leaf, record=found_record, path=path)


def read_stamp(data: bytes) -> tuple[bytes, Entry]:
    """Return note and entry of a stamp."""
    if not data:
        raise Refused("STEMPEL_ONTBREEKT")
    reader = Reader(data)
    note = reader.bytes(reader.take("<H"), 8192) if data[:8] == b"zegel/1s" else b""
    found = reader.entry() if note else None
    if found is None or reader.at != len(data):
        raise Refused("STEMPEL_KLOPT_NIET")
    return note, found


def read_notice(data: bytes) -> tuple[bytes, list[Entry], dict[int, bytes]]:
    """Return note, entries and explanations of a notice."""
    if data[:8] != b"zegel/1n":
        raise Refused("STEMPEL_KLOPT_NIET" if data else "STEMPEL_ONTBREEKT")
    reader = Reader(data)
    note = reader.bytes(reader.take("<H"), 8192)
    entries = [reader.entry() for _ in range(reader.take("<H"))]
    texts: dict[int, bytes] = {}
    order: list[int] = []
    for _ in range(reader.take("<H")):
        index, length = reader.take("<QI")
        texts[index] = reader.bytes(length, 65536)
        order.append(index)
    indices = [each.index for each in entries]
    rising = all(sorted(set(each)) == each for each in (indices, order))
    if not 1 <= len(entries) <= 1024 or not rising or not set(order) <= set(indices) or reader.at != len(data):
        raise Refused("STEMPEL_KLOPT_NIET")
    return note, entries, texts


def check_entry(note: bytes, entry: Entry, logs: Mapping[str, bytes]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return leaf and record once they are proven (section Checking an entry)."""
    origin, size, root = read_note(note, logs)
    if climb(leaf_hash(entry.leaf), entry.index, size, entry.path) != root:
        raise Refused("STEMPEL_KLOPT_NIET")
    leaf, record = _parse(entry.leaf), {}
    if LEAF(leaf) and from_b64u(leaf["commitment"]) == commit_record(entry.record, entry.salt):
        record = _parse(entry.record)
    if not record or not exactly(**RECORD)(record) or record["type"] != leaf["type"] or leaf["origin"] != origin:
        raise Refused("STEMPEL_KLOPT_NIET")
    return leaf, record


def check_notice(data: bytes, logs: Mapping[str, bytes]) -> list[tuple[dict[str, Any], bytes]]:
    """Return the records of a notice, each with its explanation."""
    note, entries, texts = read_notice(data)
    found = [(each.index, check_entry(note, each, logs)[1]) for each in entries]
    for index, record in found:
        if index in texts and hash_explanation(texts[index]) != record["explanation"]:
            raise Refused("STEMPEL_KLOPT_NIET")
    return [(record, texts.get(index, b"")) for index, record in found]


def _parse(data: bytes) -> Any:
    try:
        return parse(data)
    except NotCanonical:
        raise Refused("STEMPEL_KLOPT_NIET") from None
