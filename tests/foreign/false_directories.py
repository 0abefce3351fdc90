"""Directory files that must be refused, each with the code of its first flaw, and keys nobody may register."""

from collections.abc import Callable, Iterator
from typing import Any

from tests.foreign.ciphers import P
from tests.foreign.directory import DAY, File, write_line
from tests.foreign.directory_check import AHEAD
from tests.foreign.notation import b64u, canonical
from tests.foreign.scene import (
    DOCUMENTS,
    FILE,
    IDENTITY,
    LOG,
    NEXT_LOG,
    NEXT_ORIGIN,
    NEXT_ROOTS,
    ORIGIN,
    ROOTS,
    SHORT_LIVED,
    START,
    key,
    publish,
    raw,
)
from tests.foreign.town import CORPORATION, ISSUED, KEYS, REGIE, SCHOOL

Grow = Callable[[File], object]
BASE_AND_ORDER_2 = bytes.fromhex("95" + "99" * 31)  # the base point plus the point of order 2
FALSE_KEYS: list[tuple[str, str, bytes]] = [
    ("31 bytes", "signing", bytes(30) + b"\x01"),
    ("the identity", "signing", b"\x01" + bytes(31)),
    ("of order 2", "signing", (P - 1).to_bytes(32, "little")),
    ("of order 4", "signing", bytes(32)),
    ("of mixed order", "signing", BASE_AND_ORDER_2),
    ("no point", "signing", b"\x02" + bytes(31)),
    ("not canonical", "signing", (P + 1).to_bytes(32, "little")),
    ("all zeros", "sealing", bytes(32)),
    ("one", "hop", b"\x01" + bytes(31)),
    ("of order 8", "hop", bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")),
    ("p - 1", "sealing", (P - 1).to_bytes(32, "little")),
    ("not below p", "hop", (P + 9).to_bytes(32, "little")),
    ("the highest bit set", "sealing", b"\x09" + bytes(30) + b"\x80"),
]
FRESH = key("signing", CORPORATION, 0x13)


def false_files() -> Iterator[tuple[str, str, bytes]]:
    """Yield name, code and file."""
    whole = b"".join(FILE.lines)
    yield "empty", "REGEL_ONLEESBAAR", b""
    yield "no line end", "REGEL_ONLEESBAAR", whole[:-1]
    yield "an empty line", "REGEL_ONLEESBAAR", whole + b"\n"
    yield "a space", "REGEL_ONLEESBAAR", whole.replace(b',"signatures"', b', "signatures"', 1)
    yield "signatures out of order", "REGEL_ONLEESBAAR", whole + _unordered()
    yield "another root", "ANDERE_WORTEL", _other_root()
    yield "a statement left out", "VOLGORDE", b"".join([FILE.lines[0], *FILE.lines[2:]])
    for name, code, grow in _GROWN:
        grown = FILE.copy()
        grow(grown)
        yield name, code, b"".join(grown.lines)


def _other_root() -> bytes:
    other = File()
    other.add("root", *NEXT_ROOTS, time=START, keys=raw(*NEXT_ROOTS), threshold=2)
    return b"".join(other.lines)


def _statement(**changes: Any) -> dict[str, Any]:
    return {
        "time": ISSUED,
        "instantie": "vitras",
        "identity": raw(key("identity", "vitras", 0x95)),
        "successor": "",
    } | changes


def _unordered() -> bytes:
    file = FILE.copy()
    file.add("member", *ROOTS[:2], **_statement())
    body, _, signatures = file.lines[-1].partition(b',"signatures":[')
    one, two = signatures.removesuffix(b"]}\n").split(b"},")
    return body + b',"signatures":[' + two + b"," + one + b"}]}\n"


def _member(*signed_by: Any, **changes: Any) -> Grow:
    return lambda file: file.add("member", *(signed_by or ROOTS[:2]), **_statement(**changes))


def _own(kind: str, *signed_by: Any, owner: str = CORPORATION, **further: Any) -> Grow:
    return lambda file: file.add(kind, *(signed_by or [IDENTITY[owner]]), issuer=owner, **({"time": ISSUED} | further))


def _keys(**changes: Any) -> Grow:
    said = {"from": ISSUED, "key": raw(FRESH)[0], "until": ISSUED + DAY, "use": "signing"} | changes
    return _own("keys", keys=[said])


def _root(*signed_by: Any, **changes: Any) -> Grow:
    said: dict[str, Any] = {"time": ISSUED, "keys": raw(*NEXT_ROOTS), "threshold": 2}
    return lambda file: file.add("root", *signed_by, **said | changes)


def _log(**changes: Any) -> Grow:
    said: dict[str, Any] = {"origin": NEXT_ORIGIN, "key": raw(NEXT_LOG)[0], "old_size": 9, "old_root": b64u(bytes(32))}
    return lambda file: file.add("log", *ROOTS[:2], time=ISSUED, **said | changes)


def _convenant(**changes: Any) -> Grow:
    said: dict[str, Any] = {"digest": b64u(bytes(32)), "documents": DOCUMENTS, "from_": ISSUED}
    return lambda file: file.add("convenant", *ROOTS[:2], time=ISSUED, **said | changes)


def _revoke(owner: str = CORPORATION, **changes: Any) -> Grow:
    said = {"key": b64u(SHORT_LIVED.id), "at": ISSUED, "index": 0}
    return _own("revoke", owner=owner, **said | changes)


def _root_keys(*signed_by: Any) -> Grow:
    said = {"from": ISSUED, "key": raw(FRESH)[0], "until": ISSUED + DAY, "use": "signing"}
    return _own("keys", *(signed_by or ROOTS[:2]), owner="root", keys=[said])


def _both(*grows: Grow) -> Grow:
    return lambda file: [grow(file) for grow in grows]


def _no_signature(file: File) -> None:
    file.lines.append(write_line(canonical({"v": "zegel/1"})))


def _changed(file: File) -> None:
    _member()(file)
    file.lines[-1] = file.lines[-1].replace(b"vitras", b"vitros")


LEAVES = _member(instantie=SCHOOL, identity=[])
WEEK = ISSUED + 8 * DAY
_GROWN: list[tuple[str, str, Grow]] = [
    ("nobody signed", "ONDERTEKENAAR_ONBEVOEGD", _no_signature),
    ("one of the root too few", "DREMPEL_NIET_GEHAALD", _member(ROOTS[0])),
    ("a key signs twice", "SLEUTEL_DUBBEL_GETELD", _member(ROOTS[0], ROOTS[0], ROOTS[1])),
    ("changed after signing", "HANDTEKENING_KLOPT_NIET", _changed),
    ("a member signs for the root", "ONDERTEKENAAR_ONBEVOEGD", _member(IDENTITY[REGIE])),
    ("a member signs along with the root", "ONDERTEKENAAR_ONBEVOEGD", _member(*ROOTS[:2], IDENTITY[REGIE])),
    ("a stranger signs along", "ONDERTEKENAAR_ONBEVOEGD", _member(*ROOTS[:2], key("root", "root", 0xB9))),
    ("another member signs", "ONDERTEKENAAR_ONBEVOEGD", _own("revoke", IDENTITY[REGIE], key="A" * 43, at=1, index=0)),
    ("a number skipped", "VOLGORDE", _member(number=40)),
    ("another predecessor", "VOLGORDE", _member(previous="A" * 43)),
    ("older than the one before", "VOLGORDE", _member(time=START - 1)),
    ("an extra key", "VELD_ONGELDIG", _member(note="")),
    ("a time in text", "VELD_ONGELDIG", _member(time="0")),
    ("an unknown statement", "VELD_ONGELDIG", lambda file: file.add("wish", *ROOTS[:2], time=ISSUED)),
    ("an instantie called root", "VELD_ONGELDIG", _member(instantie="root")),
    ("a successor of who stays", "VELD_ONGELDIG", _member(successor=REGIE)),
    ("a successor that is no member", "GEEN_LID", _member(instantie=SCHOOL, identity=[], successor="vitras")),
    ("its own successor", "GEEN_LID", _member(instantie=SCHOOL, identity=[], successor=SCHOOL)),
    ("an identity key twice", "SLEUTEL_DUBBEL_GETELD", _member(identity=raw(FRESH, FRESH))),
    ("an identity key of another", "SLEUTEL_AL_GENOEMD", _member(identity=raw(IDENTITY[REGIE]))),
    ("a key that is no key", "SLEUTEL_ONGELDIG", _keys(key=b64u(BASE_AND_ORDER_2))),
    ("a sealing key of small order", "SLEUTEL_ONGELDIG", _keys(key="A" * 43, use="sealing")),
    ("a key published before", "SLEUTEL_AL_GENOEMD", _keys(key=raw(KEYS["signing"])[0])),
    ("a log key as a signing key", "SLEUTEL_AL_GENOEMD", _keys(key=raw(LOG)[0])),
    ("a signing key for 90 days and a second", "SLEUTEL_TE_LANG", _keys(until=ISSUED + 90 * DAY + 1)),
    ("a sealing key for 8 days and a second", "SLEUTEL_TE_LANG", _keys(use="sealing", until=WEEK + 1)),
    (
        "a key more than 26 weeks ahead",
        "SLEUTEL_TE_VER_VOORUIT",
        _keys(**{"from": ISSUED + AHEAD + 1, "until": ISSUED + AHEAD + 2}),
    ),
    ("a key that ends before it begins", "VELD_ONGELDIG", _keys(until=ISSUED - 1)),
    ("a key of another's", "VREEMDE_INTREKKING", _revoke(owner=REGIE)),
    ("a key nobody has", "VREEMDE_INTREKKING", _revoke(key="A" * 43)),
    ("revoked twice", "AL_INGETROKKEN", _both(_revoke(), _revoke())),
    ("revoked from the beginning of time", "VELD_ONGELDIG", _revoke(at=0)),
    ("keys of who left", "ONDERTEKENAAR_ONBEVOEGD", _both(LEAVES, lambda file: publish(file, SCHOOL, FRESH))),
    (
        "admitted again with its old key",
        "SLEUTEL_AL_GENOEMD",
        _both(LEAVES, _member(instantie=SCHOOL, identity=raw(IDENTITY[SCHOOL]))),
    ),
    ("the old root did not sign", "OUDE_WORTEL_TEKENDE_NIET", _root(*NEXT_ROOTS)),
    ("the new root did not sign", "NIEUWE_WORTEL_TEKENDE_NIET", _root(*ROOTS[:2])),
    ("a root with a key twice", "SLEUTEL_DUBBEL_GETELD", _root(*ROOTS, keys=raw(ROOTS[0], ROOTS[0]))),
    ("a threshold above the keys", "VELD_ONGELDIG", _root(*ROOTS, *NEXT_ROOTS[1:], threshold=3)),
    ("an identity key as root", "SLEUTEL_AL_GENOEMD", _root(*ROOTS, keys=raw(IDENTITY[REGIE]), threshold=1)),
    ("a next log without the old root", "LOGBOEK_VOLGT_NIET", _log(old_root="")),
    ("a next log of the same origin", "LOGBOEK_VOLGT_NIET", _log(origin=ORIGIN)),
    ("an origin in capitals", "VELD_ONGELDIG", _log(origin="Zegel.example/log")),
    ("a convenant before the one it follows", "CONVENANT_TERUG", _convenant(from_=START - 1)),
    ("a document twice", "VELD_ONGELDIG", _convenant(documents=DOCUMENTS * 2)),
    ("a convenant without documents", "VELD_ONGELDIG", _convenant(documents=[])),
    ("who is no member", "ONDERTEKENAAR_ONBEVOEGD", _own("revoke", key("identity", "vitras", 0x95), owner="vitras")),
    ("keys of the root", "GEEN_LID", _root_keys()),
    ("keys of the root, signed by one too few", "GEEN_LID", _root_keys(ROOTS[0])),
    ("the root revokes", "GEEN_LID", _own("revoke", *ROOTS[:2], owner="root", key="A" * 43, at=1, index=0)),
    (
        "in the name of who is no member",
        "GEEN_LID",
        _own("revoke", IDENTITY[REGIE], owner="vitras", key="A" * 43, at=1, index=0),
    ),
]
