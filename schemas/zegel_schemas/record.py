"""What the log says: the leaf that everybody may mirror, and beside it the record that says what happened.

A leaf holds type, time and a salted commitment, so it tells a mirror nothing about anybody. The record holds no content
either: codes, ids, pseudonyms' commitments. All types of entry share one closed record; absent is "", 0, [] or {}.
Writing is fast and unchecked (the ledger writes thousands a second from checked values); reading is strict.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.primitives import b64u, unb64u
from zegel_schemas.shapes import UUID4, UUID7, Closed, Code, Count, Hash, Instant, OptionalCode, OptionalHash, Origin

EntryType = Literal[
    "decision",
    "delivered",
    "undeliverable",
    "expired",
    "receipt",
    "registration",
    "dryrun",
    "duty",
    "statement",
    "tick",
    "unreadable",
    "access",
    "extract",
    "erasure",
    "start",
    "stop",
]
Outcome = Literal["", "permitted", "refused"]

RuleId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
FaultCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_]{1,64}$")]
OptionalMessageId = Annotated[str, StringConstraints(pattern=f"^$|{UUID7}")]
OptionalCasusId = Annotated[str, StringConstraints(pattern=f"^$|{UUID4}|^00000000-0000-0000-0000-000000000000$")]

SALT_SIZE = 32  # bytes; guessing a record or a subject behind its commitment means guessing this
MAX_LEAF = 512  # bytes; a leaf with the longest origin stays below 350
MAX_RECORD = 32 * 1024  # bytes; 99 subjects and 32 categories with their rules stay below 12 KiB
_RECORD_DOMAIN = b"zegel/1 record\n"
_SUBJECT_DOMAIN = b"zegel/1 subject\n"
_EXPLANATION_DOMAIN = b"zegel/1 explanation\n"
_EXTRA = frozenset(
    {"extra_forbidden", "unexpected_keyword_argument"}
)  # an unknown key would be free text: its name goes nowhere


class Leaf(Closed):
    """One leaf of the log: which log, what type of entry, when (seconds UTC), and the commitment to its record."""

    v: Literal["zegel/1"] = "zegel/1"
    origin: Origin
    type: EntryType
    time: Instant
    commitment: Hash


@dataclass(frozen=True, slots=True)
class DirectoryVersion:
    """A version of the directory: how many statements, and the head of the hash chain over them ("" = none yet)."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)
    count: Count = 0
    head: OptionalHash = ""


_Subjects = Annotated[tuple[Hash, ...], Field(strict=False, max_length=99)]
_Codes = Annotated[tuple[Code, ...], Field(strict=False, max_length=64)]
_RuleIds = Annotated[tuple[RuleId, ...], Field(strict=False, max_length=64)]
_Faults = Annotated[tuple[FaultCode, ...], Field(strict=False, max_length=64)]
_Indices = Annotated[tuple[Instant, ...], Field(strict=False, max_length=64)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What happened, in one shape for every type of entry; `sender` and `recipient` are `from` and `to` on the wire."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)
    type: EntryType
    message: OptionalMessageId = ""
    hash: OptionalHash = ""  # of the message, of an unreadable body, or of a statement
    sender: Annotated[OptionalCode, Field(alias="from")] = ""
    recipient: Annotated[OptionalCode, Field(alias="to")] = ""
    kind: OptionalCode = ""
    casus: OptionalCasusId = ""
    purpose: OptionalCode = ""
    categories: _Codes = ()  # what is asked and what is enclosed
    subjects: _Subjects = ()  # one salted commitment each, in the order of the declaration
    convenant: OptionalHash = ""  # digest of the set of documents judged by
    directory: DirectoryVersion = DirectoryVersion()
    outcome: Outcome = ""
    rules: dict[Code, _RuleIds] = field(default_factory=dict)  # category -> the rules that permit it
    codes: _Faults = ()  # why refused, undeliverable or rejected; the main code first
    duties: _Codes = ()  # those the other party may see
    explanation: OptionalHash = ""  # of the canonical bytes that travel beside the record
    earlier: _Indices = ()  # log indices of earlier entries about the same message
    count: Count = 0  # of an entry that stands for several, such as `unreadable`


_RECORDS: TypeAdapter[Record] = TypeAdapter(Record)


def make_entry(record: Record, *, origin: str, time: int, salt: bytes) -> tuple[bytes, bytes]:
    """Return (leaf, record) as they are stored, hashed and sent; `salt`: 32 fresh random bytes, `time`: seconds."""
    written = write_record(record)
    return _write_leaf(origin, record.type, time, b64u(commit_record(written, salt))), written


def write_record(record: Record) -> bytes:
    """Return the canonical bytes of a record made from checked values; the values are not checked again.

    No value of a record can hold a character that JSON escapes, so it is filled in as it stands: a quarter of the time.
    """
    directory = record.directory
    rules = ",".join(f'"{category}":{_list(found)}' for category, found in sorted(record.rules.items()))
    return (
        f'{{"casus":"{record.casus}","categories":{_list(record.categories)},"codes":{_list(record.codes)},'
        f'"convenant":"{record.convenant}","count":{record.count},'
        f'"directory":{{"count":{directory.count},"head":"{directory.head}"}},"duties":{_list(record.duties)},'
        f'"earlier":[{",".join(map(str, record.earlier))}],"explanation":"{record.explanation}",'
        f'"from":"{record.sender}","hash":"{record.hash}","kind":"{record.kind}","message":"{record.message}",'
        f'"outcome":"{record.outcome}","purpose":"{record.purpose}","rules":{{{rules}}},'
        f'"subjects":{_list(record.subjects)},"to":"{record.recipient}","type":"{record.type}"}}'
    ).encode("ascii")


def _list(values: Sequence[str]) -> str:
    return '["' + '","'.join(values) + '"]' if values else "[]"


def check_entry(leaf: bytes, record: bytes, salt: bytes) -> tuple[Leaf, Record]:
    """Read an entry: the leaf commits to exactly this record, and both are of one type; raise STEMPEL_KLOPT_NIET."""
    opened = read_leaf(leaf)
    if unb64u(opened.commitment) != commit_record(record, salt):
        raise Refusal(Fault.STEMPEL_KLOPT_NIET, "commitment", detail="the leaf commits to another record or salt")
    read = read_record(record)
    if read.type != opened.type:
        raise Refusal(Fault.STEMPEL_KLOPT_NIET, "type", detail="leaf and record are of different types")
    return opened, read


def _write_leaf(origin: str, entry: EntryType, time: int, commitment: str) -> bytes:
    leaf = f'{{"commitment":"{commitment}","origin":"{origin}","time":{time},"type":"{entry}","v":"zegel/1"}}'
    return leaf.encode("ascii")


def read_leaf(data: bytes) -> Leaf:
    """Read the canonical bytes of a leaf; raise Refusal STEMPEL_KLOPT_NIET with the fields that do not fit."""
    _require_size(data, "leaf", MAX_LEAF)
    try:
        leaf = Leaf.model_validate_json(data)
    except ValidationError as error:
        raise _unfit("leaf", error) from None
    _require_same(data, _write_leaf(leaf.origin, leaf.type, leaf.time, leaf.commitment), "leaf")
    return leaf


def read_record(data: bytes) -> Record:
    """Read the canonical bytes of a record; raise Refusal STEMPEL_KLOPT_NIET with the fields that do not fit."""
    _require_size(data, "record", MAX_RECORD)
    try:
        record = _RECORDS.validate_json(data)
    except ValidationError as error:
        raise _unfit("record", error) from None
    _require_same(data, write_record(record), "record")
    return record


def commit_record(record: bytes, salt: bytes) -> bytes:
    """Return the 32-byte commitment SHA-256(domain, salt, record) that stands in the leaf."""
    _require_salt(salt)
    return sha256(_RECORD_DOMAIN + salt + record).digest()


def commit_subject(casus: str, subject: str, salt: bytes) -> str:
    """Return the commitment (b64u) to one subject of a casus; who gets the salt can recognise this person only."""
    _require_salt(salt)
    return b64u(sha256(_SUBJECT_DOMAIN + salt + casus.encode("ascii") + b"\n" + subject.encode("ascii")).digest())


def hash_explanation(explanation: bytes) -> str:
    """Return the hash (b64u) a record holds of the explanation that travels beside it."""
    return b64u(sha256(_EXPLANATION_DOMAIN + explanation).digest())


def _require_salt(salt: bytes) -> None:
    if len(salt) != SALT_SIZE:
        raise ValueError("a salt is 32 bytes")


def _require_size(data: bytes, part: str, most: int) -> None:
    if len(data) > most:
        raise Refusal(Fault.STEMPEL_KLOPT_NIET, part, detail=f"holds at most {most} bytes")


def _require_same(data: bytes, written: bytes, part: str) -> None:
    """Writing again what was read gives these very bytes: no other order, spacing, double or missing key is left."""
    if data != written:
        raise Refusal(Fault.STEMPEL_KLOPT_NIET, part, detail="canonical JSON with exactly the keys of the protocol")


def _unfit(part: str, error: ValidationError) -> Refusal:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    fields = sorted({f"{part}.{each['loc'][0]}" for each in found if each["loc"] and each["type"] not in _EXTRA})
    return Refusal(Fault.STEMPEL_KLOPT_NIET, *(fields or [part]), detail="not of the form the protocol gives")
