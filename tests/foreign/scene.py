"""The directory and the log of the vectors: a root of three holders, a broker, three instanties, and nine entries."""

from dataclasses import dataclass
from typing import Any

from tests.foreign.containers import make_cases
from tests.foreign.directory import DAY, File, fingerprint
from tests.foreign.directory_check import Directory, check_file, read_line
from tests.foreign.logbook import (
    Entry,
    commit_subject,
    hash_explanation,
    write_leaf,
    write_note,
    write_notice,
    write_record,
    write_stamp,
)
from tests.foreign.notation import Key, b64u, canonical, h
from tests.foreign.town import BROKER, CONVENANT, CORPORATION, ISSUED, KEYS, REGIE, SCHOOL
from tests.foreign.tree import consistency_of, leaf_hash, path_of, root_of

ORIGIN, NEXT_ORIGIN = "zegel.example/log", "zegel.example/log/2"
START = ISSUED - DAY
REPLACED = 2**53 - 1


def key(use: str, owner: str, byte: int) -> Key:
    """Return the key whose seed is this byte, 32 times."""
    return Key(use, owner, bytes([byte]) * 32)


ROOTS = [key("root", "root", byte) for byte in (0xB0, 0xB1, 0xB2)]
NEXT_ROOTS = [ROOTS[2], key("root", "root", 0xB3)]
IDENTITY = {name: key("identity", name, 0x90 + at) for at, name in enumerate((BROKER, REGIE, CORPORATION, SCHOOL))}
LOG, NEXT_LOG = KEYS["log"], key("log", BROKER, 0xAB)
SHORT_LIVED = key("signing", CORPORATION, 0x12)
PUBLISHED = {
    BROKER: [KEYS["hop_broker"]],
    REGIE: [KEYS["signing_regie"], KEYS["sealing"], KEYS["hop_regie"]],
    CORPORATION: [KEYS["signing"], KEYS["sealing_corporation"], KEYS["hop_adapter"], SHORT_LIVED],
    SCHOOL: [KEYS["signing_school"]],
}
DOCUMENT = b"document: voorbeeld\n"
DOCUMENTS = [{"document": "CMPG", "hash": b64u(h("zegel/1conv-file", DOCUMENT)), "version": "2017.1"}]
EXPLANATION = canonical({"code": "GEEN_REGEL", "v": "zegel/1"})
SALT = bytes(range(32))


def raw(*keys: Key) -> list[str]:
    """Return public keys as statements name them."""
    return [b64u(each.public.raw) for each in keys]


def publish(file: File, owner: str, *keys: Key, time: int = START, **changes: int) -> None:
    """Add a statement of keys; each is valid a day before `ISSUED` and as long as its use may be."""
    life = {"signing": 90, "sealing": 8, "hop": 90}
    said = [
        {"from": time, "key": raw(each)[0], "until": time + life[each.use] * DAY, "use": each.use} | changes
        for each in keys
    ]
    file.add("keys", IDENTITY[owner], issuer=owner, time=time, keys=said)


def admit(file: File, owner: str, time: int = START) -> None:
    """Add the statement that this instantie is a member."""
    file.add("member", *ROOTS[:2], time=time, instantie=owner, identity=raw(IDENTITY[owner]), successor="")


def make_file() -> File:
    """Return the directory that holds when the messages of the vectors are decided."""
    file = File()
    file.add("root", *ROOTS[:2], time=START, keys=raw(*ROOTS), threshold=2)
    file.add("log", *ROOTS[:2], time=START, origin=ORIGIN, key=raw(LOG)[0], old_size=0, old_root="")
    in_force: dict[str, Any] = {"digest": CONVENANT, "documents": DOCUMENTS, "from_": START}
    file.add("convenant", *ROOTS[1:], time=START, **in_force)
    for owner, keys in PUBLISHED.items():
        admit(file, owner)
        publish(file, owner, *keys)
    return file


def grow_file(file: File) -> File:
    """Return it as it goes on: a revocation, a next root, a next log, another convenant, a member that leaves."""
    grown, later = file.copy(), ISSUED + DAY
    revoked = {"key": b64u(SHORT_LIVED.id), "at": later, "index": REPLACED}
    grown.add("revoke", IDENTITY[CORPORATION], issuer=CORPORATION, time=later, **revoked)
    grown.add("root", *ROOTS[1:], NEXT_ROOTS[1], time=later, keys=raw(*NEXT_ROOTS), threshold=1)
    old: dict[str, Any] = {"old_size": len(RECORDS), "old_root": b64u(root_of(HASHES))}
    grown.add("log", NEXT_ROOTS[0], time=later, origin=NEXT_ORIGIN, key=raw(NEXT_LOG)[0], **old)
    changed: dict[str, Any] = {"digest": b64u(b"\xc2" * 32), "documents": DOCUMENTS, "from_": later + DAY}
    grown.add("convenant", NEXT_ROOTS[1], time=later, **changed)
    grown.add("member", NEXT_ROOTS[1], time=later, instantie=SCHOOL, identity=[], successor=REGIE)
    return grown


FILE = make_file()
FINGERPRINT = fingerprint(read_line(FILE.lines[0].removesuffix(b"\n"))[0])
DIRECTORY = check_file(b"".join(FILE.lines), FINGERPRINT)
VERSION: dict[str, Any] = {"count": len(DIRECTORY.heads), "head": DIRECTORY.heads[-1]}
CASES = {case.name: case for case in make_cases()}


def decide(name: str, **changes: Any) -> bytes:
    """Return the record of the decision that permits a message of containers.json."""
    said, made = CASES[name].declaration, CASES[name].made
    categories = [*said["asks"], *(each["category"] for each in said["parts"] if each["category"] != "motivering")]
    values: dict[str, Any] = {
        "type": "decision",
        "message": said["id"],
        "hash": b64u(made.message_hash),
        "from_": said["from"]["instantie"],
        "to": said["to"]["instantie"],
        "kind": said["kind"],
        "casus": said["casus"],
        "purpose": said["purpose"],
        "categories": categories,
        "subjects": [commit_subject(said["casus"], each, SALT) for each in said["subjects"]],
        "convenant": CONVENANT,
        "directory": VERSION,
        "outcome": "permitted",
        "rules": {each: ["CMPG-230"] for each in categories},
    }
    return write_record(**values | changes)


def follow(of_type: str, *earlier: int, **changes: Any) -> bytes:
    """Return the record of what became of `two_parts`."""
    said, made = CASES["two_parts"].declaration, CASES["two_parts"].made
    names = {"from_": CORPORATION, "to": REGIE, "casus": said["casus"], "message": said["id"]}
    tied = {"convenant": CONVENANT, "directory": VERSION, "earlier": list(earlier), "hash": b64u(made.message_hash)}
    return write_record(type=of_type, **names | tied | changes)


REFUSAL = {"outcome": "refused", "rules": {}, "codes": ["GEEN_REGEL"], "explanation": hash_explanation(EXPLANATION)}
RECORDS = [
    write_record(type="start", convenant=CONVENANT, directory=VERSION),
    write_record(type="statement", kind="directory", hash=VERSION["head"], convenant=CONVENANT, directory=VERSION),
    decide("two_parts"),
    follow("delivered", 2),
    decide("question", **REFUSAL),
    follow("receipt", 2, 3, kind="opened"),
    decide("registration", type="registration", rules={"registers": ["registraties.toestemming_ingetrokken"]}),
    decide("dryrun", type="dryrun"),
    write_record(type="tick", convenant=CONVENANT, directory=VERSION),
]
SALTS = [bytes([at]) * 32 for at in range(len(RECORDS))]
LEAVES = [write_leaf(record, salt=SALTS[at], origin=ORIGIN, time=ISSUED + 60 + at) for at, record in enumerate(RECORDS)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The log at one size: its note and its entries with their paths."""

    size: int

    @property
    def note(self) -> bytes:
        """The note of this size."""
        return write_note(ORIGIN, self.size, root_of(HASHES[: self.size]), LOG)

    def entry(self, at: int) -> Entry:
        """Entry `at`."""
        path = tuple(path_of(at, HASHES[: self.size]))
        return Entry(index=at, salt=SALTS[at], leaf=LEAVES[at], record=RECORDS[at], path=path)

    def stamp(self, at: int) -> bytes:
        """The stamp of entry `at`."""
        return write_stamp(self.note, self.entry(at))

    def notice(self, *indices: int, explained: int | None = None) -> bytes:
        """A notice of these entries."""
        texts = {} if explained is None else {explained: EXPLANATION}
        return write_notice(self.note, [self.entry(at) for at in indices], texts)


WHOLE = Shown(size=len(RECORDS))
STAMP = Shown(size=3).stamp(2)
NOTICES = {
    "delivered": WHOLE.notice(2, 3),
    "refused": WHOLE.notice(4, explained=4),
    "opened": WHOLE.notice(2, 3, 5),
    "registered": WHOLE.notice(6),
    "would_pass": WHOLE.notice(7),
}


def write_log() -> dict[str, Any]:
    """Return what log.json says."""
    sizes = range(len(RECORDS) + 1)
    entries = [
        {
            "record": RECORDS[at].decode(),
            "salt": SALTS[at].hex(),
            "leaf": LEAVES[at].decode(),
            "leaf_hash": HASHES[at].hex(),
        }
        for at in range(len(RECORDS))
    ]
    casus = CASES["two_parts"].declaration["casus"]
    return {
        "origin": ORIGIN,
        "log_key": LOG.public.raw.hex(),
        "subject_commitment": {
            "casus": casus,
            "subject": "p1",
            "salt": SALT.hex(),
            "commitment": commit_subject(casus, "p1", SALT),
        },
        "explanation": {"text": EXPLANATION.decode(), "hash": hash_explanation(EXPLANATION)},
        "entries": entries,
        "roots": [root_of(HASHES[:size]).hex() for size in sizes],
        "notes": [Shown(size=size).note.decode() for size in sizes],
        "inclusion": [
            {"index": at, "size": size, "path": [each.hex() for each in path_of(at, HASHES[:size])]}
            for size in sizes
            for at in range(size)
        ],
        "consistency": [
            {"first": one, "second": two, "path": [each.hex() for each in consistency_of(one, HASHES[:two])]}
            for two in sizes
            for one in range(1, two + 1)
        ],
        "stamp": {"of": "two_parts", "size": 3, "index": 2, "stamp": STAMP.hex()},
        "notices": {name: notice.hex() for name, notice in NOTICES.items()},
    }


def write_directory() -> dict[str, Any]:
    """Return what directory.json says."""
    grown = grow_file(FILE)
    found = check_file(b"".join(grown.lines), FINGERPRINT)
    return {
        "fingerprint": FINGERPRINT,
        "lines": [line.decode().removesuffix("\n") for line in grown.lines],
        "heads": found.heads,
        "keys": _write_keys(found),
        "members": sorted(found.members),
        "logs": {origin: {"key": each[0].hex(), "closed_at": each[1]} for origin, each in found.logs.items()},
    }


def _write_keys(found: Directory) -> list[dict[str, Any]]:
    return [
        {
            "id": key_id.hex(),
            "use": known.public.use,
            "owner": known.public.owner,
            "public": known.public.raw.hex(),
            "from": known.start,
            "until": known.until,
            "revoked_at": known.revoked_at,
            "revoked_index": known.revoked_index,
        }
        for key_id, known in sorted(found.lookup().items())
    ]
