"""Section Checking a stamp of docs/protocol-log.md, and stamps that must be refused."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from tests.foreign.directory_check import Directory, Known, check_file
from tests.foreign.logbook import (
    Entry,
    check_entry,
    commit_record,
    read_stamp,
    write_leaf,
    write_note,
    write_notice,
    write_stamp,
)
from tests.foreign.notation import Key, Refused, b64u, canonical
from tests.foreign.reading import Read
from tests.foreign.scene import (
    DIRECTORY,
    EXPLANATION,
    HASHES,
    LOG,
    NEXT_LOG,
    ORIGIN,
    SALT,
    STAMP,
    VERSION,
    Shown,
    decide,
    follow,
)
from tests.foreign.town import ISSUED
from tests.foreign.tree import leaf_hash, path_of, root_of

Fits = Callable[[str, str], bool]  # rule, category -> whether the rule of the convenant fits
RULES = {"huurachterstand": ["CMPG-230"]}


def fits(rule: str, category: str) -> bool:
    """Tell what the convenant of the vectors says: one rule fits."""
    return rule in RULES.get(category, ())


def check_stamp(data: bytes, read: Read, *, file: bytes, fingerprint: str, me: str, fits: Fits) -> dict[str, Any]:
    """Return the record of the decision; raise Refused. What is behind or held is no matter of these vectors."""
    held = check_file(file, fingerprint)
    note, entry = read_stamp(data)
    leaf, record = check_entry(note, entry, {origin: each[0] for origin, each in held.logs.items()})
    said = read.declaration
    _require(record["type"] == "decision", "STEMPEL_ANDERE_SOORT")
    _require(read.use == "message", "GEBRUIK_KLOPT_NIET")
    _require(record["hash"] == b64u(read.message_hash), "STEMPEL_ANDER_BERICHT")
    _require(_tells(record, said), "STEMPEL_ANDER_BERICHT")
    _require(record["to"] == said["to"]["instantie"] == me, "NIET_VOOR_MIJ")
    _require(record["outcome"] == "permitted", "STEMPEL_NIET_TOEGESTAAN")
    count = record["directory"]["count"]
    _require(count > 0 and held.heads[count - 1] == record["directory"]["head"], "STEMPEL_ANDER_REGISTER")
    lines = file.split(b"\n")[:count]
    named = check_file(b"\n".join(lines) + b"\n", fingerprint)
    _check_times(named.lookup().get(read.signer.id), leaf["time"], said)
    _check_convenant(named, record["convenant"], leaf["time"])
    categories = _categories(said)
    _require(record["rules"].keys() == categories, "STEMPEL_REGEL_PAST_NIET")
    for category in categories:
        rules = record["rules"][category]
        _require(rules and all(fits(rule, category) for rule in rules), "STEMPEL_REGEL_PAST_NIET")
    found: dict[str, Any] = record
    return found


def _require(condition: object, code: str) -> None:
    if not condition:
        raise Refused(code)


def _categories(said: Mapping[str, Any]) -> set[str]:
    return {*said["asks"], *(each["category"] for each in said["parts"])} - {"motivering"}


def _tells(record: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    same = all(record[name] == said[name] for name in ("kind", "casus", "purpose"))
    told = record["message"] == said["id"] and record["from"] == said["from"]["instantie"]
    many = len(record["subjects"]) == len(said["subjects"])
    return same and told and many and set(record["categories"]) == _categories(said)


def _check_times(key: Known | None, time: int, said: Mapping[str, Any]) -> None:
    if key is None:
        raise Refused("SLEUTEL_NIET_GELDIG")
    _require(not 0 < key.revoked_at <= time, "SLEUTEL_INGETROKKEN")
    _require(key.start <= time <= key.until, "SLEUTEL_NIET_GELDIG")
    _require(said["issued"] - 120 <= time, "UIT_DE_TOEKOMST")
    _require(time <= said["expires"], "VERLOPEN")


def _check_convenant(named: Directory, digest: str, time: int) -> None:
    _require(digest in {each for each, _ in named.convenants}, "CONVENANT_NIET_ONDERTEKEND")
    in_force = [each for each, start in named.convenants if start <= time]
    _require(in_force and in_force[-1] == digest, "CONVENANT_NIET_VAN_KRACHT")


def log_with(
    record: bytes, *, time: int = ISSUED + 60, leaf: bytes = b"", log: Key = LOG, origin: str = ORIGIN
) -> bytes:
    """Return the stamp of a record that a log wrote after the two first entries of the vectors."""
    leaf = leaf or write_leaf(record, salt=SALT, origin=origin, time=time)
    hashes = [*HASHES[:2], leaf_hash(leaf)]
    entry = Entry(index=2, salt=SALT, leaf=leaf, record=record, path=tuple(path_of(2, hashes)))
    return write_stamp(write_note(origin, 3, root_of(hashes), log), entry)


def false_stamps() -> Iterator[tuple[str, str, bytes]]:
    """Yield name, code and stamp for the message `two_parts`, received by who it is addressed to."""
    yield from _unproven()
    right = decide("two_parts")
    yield "an entry of another type", "STEMPEL_ANDERE_SOORT", log_with(follow("delivered", 2))
    yield "a dry run", "STEMPEL_ANDERE_SOORT", log_with(decide("two_parts", type="dryrun"))
    yield "of another message", "STEMPEL_ANDER_BERICHT", log_with(decide("question"))
    changes: dict[str, Any] = {
        "another message id": {"message": "0197759a-3800-7000-8000-0000000000ff"},
        "another kind": {"kind": "signaal"},
        "another casus": {"casus": "3f0a1c5e-8f6b-4c2d-9a7e-1b2c3d4e5f61"},
        "another purpose": {"purpose": "zorg"},
        "another sender": {"from_": "school_vo"},
        "another category": {"categories": ["schulden"]},
        "a subject too few": {"subjects": [b64u(bytes(32))]},
    }
    for name, change in changes.items():
        yield name, "STEMPEL_ANDER_BERICHT", log_with(decide("two_parts", **change))
    yield "for another", "NIET_VOOR_MIJ", log_with(decide("two_parts", to="school_vo"))
    refused = {"outcome": "refused", "rules": {}, "codes": ["GEEN_REGEL"]}
    yield "a refusal", "STEMPEL_NIET_TOEGESTAAN", log_with(decide("two_parts", **refused))
    other = VERSION | {"head": b64u(bytes(32))}
    yield "by another directory", "STEMPEL_ANDER_REGISTER", log_with(decide("two_parts", directory=other))
    none = {"count": 0, "head": ""}
    yield "by no directory", "STEMPEL_ANDER_REGISTER", log_with(decide("two_parts", directory=none))
    young = {"count": 3, "head": DIRECTORY.heads[2]}
    yield "before the sender had a key", "SLEUTEL_NIET_GELDIG", log_with(decide("two_parts", directory=young))
    yield "after the sender's key", "SLEUTEL_NIET_GELDIG", log_with(right, time=ISSUED + 90 * 86_400)
    yield "decided long before it was issued", "UIT_DE_TOEKOMST", log_with(right, time=ISSUED - 121)
    yield "decided after it expired", "VERLOPEN", log_with(right, time=ISSUED + 604_801)
    unsigned = decide("two_parts", convenant=b64u(bytes(32)))
    yield "by a convenant the root never signed", "CONVENANT_NIET_ONDERTEKEND", log_with(unsigned)
    rules: dict[str, dict[str, list[str]]] = {
        "a category without rules": {},
        "a category with no rule": {"huurachterstand": []},
        "a rule that does not fit": {"huurachterstand": ["CMPG-210"]},
        "a rule nobody knows": {"huurachterstand": ["CMPG-230", "CMPG-999"]},
        "a category too many": RULES | {"motivering": ["CMPG-230"]},
    }
    for name, said in rules.items():
        yield name, "STEMPEL_REGEL_PAST_NIET", log_with(decide("two_parts", rules=said))


def _unproven() -> Iterator[tuple[str, str, bytes]]:
    broken, foreign = "STEMPEL_KLOPT_NIET", "STEMPEL_VREEMD_LOGBOEK"
    right = decide("two_parts")
    leaf = write_leaf(right, salt=SALT, origin=ORIGIN, time=ISSUED + 60)
    yield "none", "STEMPEL_ONTBREEKT", b""
    yield "another magic", broken, b"zegel/2s" + STAMP[8:]
    yield "a trailing byte", broken, STAMP + b"\0"
    yield "cut", broken, STAMP[:-1]
    yield "an empty note", broken, b"zegel/1s\0\0" + STAMP[8:]
    yield "the magic of a notice", broken, b"zegel/1n" + STAMP[8:]
    yield "another step of the path", broken, STAMP[:-1] + bytes([STAMP[-1] ^ 1])
    yield "signed by another log key", foreign, log_with(right, log=NEXT_LOG)
    yield "a log the root never named", foreign, log_with(right, origin="elsewhere.example/log")
    yield "a root that was changed", foreign, STAMP.replace(b"log\n3\n", b"log\n4\n")
    yield (
        "a leaf of another log",
        broken,
        log_with(right, leaf=leaf.replace(b"zegel.example/log", b"other.example/log")),
    )
    yield "a leaf of another type", broken, log_with(right, leaf=leaf.replace(b'"decision"', b'"delivered"'))
    yield "a leaf with a space", broken, log_with(right, leaf=leaf.replace(b'"time":', b'"time": '))
    yield "a leaf that commits to another record", broken, log_with(follow("delivered", 2), leaf=leaf)
    yield "a record with a space", broken, _spaced()
    yield "a record with a key too few", broken, _without_count()


def _spaced() -> bytes:
    record = decide("two_parts").replace(b'"count":', b'"count": ')
    return log_with(record, leaf=_leaf_over(record))


def _without_count() -> bytes:
    record = decide("two_parts").replace(b'"count":0,"directory"', b'"directory"')
    return log_with(record, leaf=_leaf_over(record))


def _leaf_over(record: bytes) -> bytes:
    """Return a leaf that commits to bytes which are no record."""
    said = {"commitment": b64u(commit_record(record, SALT)), "origin": ORIGIN, "time": ISSUED + 60}
    return canonical(said | {"type": "decision", "v": "zegel/1"})


def false_notices(right: Mapping[str, bytes]) -> Iterator[tuple[str, str, bytes]]:
    """Yield name, code and notice; `right` are those of log.json."""
    broken, refused = "STEMPEL_KLOPT_NIET", right["refused"]
    yield "none", "STEMPEL_ONTBREEKT", b""
    yield "a stamp", broken, STAMP
    yield "a trailing byte", broken, right["delivered"] + b"\0"
    yield "cut", broken, right["delivered"][:-1]
    yield "an explanation that was changed", broken, refused.replace(b'GEEN_REGEL","v', b'VW_HIT____","v')
    yield "a refusal that was changed", broken, refused.replace(b'"outcome":"refused"', b'"outcome":"permitted"')
    whole = Shown(size=9)
    yield "entries out of order", broken, _notice(whole, whole.entry(3), whole.entry(2))
    yield "an entry twice", broken, _notice(whole, whole.entry(2), whole.entry(2))
    yield "no entries", broken, _notice(whole)
    yield "an explanation of another entry", broken, _notice(whole, whole.entry(4), texts={5: EXPLANATION})
    yield "an empty explanation", broken, _notice(whole, whole.entry(4), texts={4: b""})
    faulty = replace(whole.entry(3), salt=SALT)
    yield "one faulty entry among others", broken, _notice(whole, whole.entry(2), faulty)
    changed = right["delivered"].replace(b"log\n9\n", b"log\n8\n")
    yield "under a note that was changed", "STEMPEL_VREEMD_LOGBOEK", changed


def _notice(shown: Shown, *entries: Entry, texts: Mapping[int, bytes] | None = None) -> bytes:
    return write_notice(shown.note, entries, texts or {})
