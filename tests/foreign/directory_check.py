"""Section The directory of docs/protocol-log.md, as a reader of the file checks it: every flaw has its code."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.foreign.declaring import exactly, one_of
from tests.foreign.directory import DAY, fingerprint, hash_body, next_head
from tests.foreign.directory_shapes import COMMON, FURTHER, LINE, NOT_EMPTY, OF_ROOT
from tests.foreign.notation import NotCanonical, Public, Refused, from_b64u, pae, parse, verify

LIFE = {"signing": 90 * DAY, "sealing": 8 * DAY, "hop": 90 * DAY}
AHEAD = 26 * 7 * DAY


@dataclass
class Known:
    """A published key of a member."""

    public: Public
    start: int
    until: int
    revoked_at: int = 0
    revoked_index: int = 0


@dataclass
class Directory:
    """What holds after the statements so far."""

    root: dict[bytes, Public] = field(default_factory=dict)
    threshold: int = 1
    members: dict[str, dict[bytes, Public]] = field(default_factory=dict)
    logs: dict[str, list[Any]] = field(default_factory=dict)  # origin -> [key, size at which it was closed or None]
    convenants: list[tuple[str, int]] = field(default_factory=list)
    documents: list[list[str]] = field(default_factory=list)  # hashes, per convenant
    keys: dict[bytes, Known] = field(default_factory=dict)
    published: set[bytes] = field(default_factory=set)
    last: dict[str, tuple[int, str, int]] = field(default_factory=dict)
    heads: list[str] = field(default_factory=list)

    def lookup(self) -> dict[bytes, Known]:
        """Return the keys of those who are members, by key id."""
        return {key: known for key, known in self.keys.items() if known.public.owner in self.members}


def check_file(data: bytes, wanted: str) -> Directory:
    """Return the directory of a file; raise Refused with the code of the first flaw."""
    if not data.endswith(b"\n"):
        raise Refused("REGEL_ONLEESBAAR")
    found = Directory()
    for line in data[:-1].split(b"\n"):
        body, signatures = read_line(line)
        if not found.heads and fingerprint(body) != wanted:
            raise Refused("ANDERE_WORTEL")
        says = _check_first(body, signatures) if not found.heads else _check_next(body, signatures, found)
        _apply(says, body, found)
    return found


def check_line(line: bytes, found: Directory) -> tuple[str, str]:
    """Return issuer and type of a line that may follow on what a directory holds; it is not added."""
    says = _check_next(*read_line(line), found)
    return says["issuer"], says["statement"]


def read_line(line: bytes) -> tuple[bytes, dict[bytes, bytes]]:
    """Return body and signatures by key id."""
    try:
        values = parse(line)
    except NotCanonical:
        raise Refused("REGEL_ONLEESBAAR") from None
    if not LINE(values) or not re.fullmatch(r"[\x20-\x7e]{1,65536}", values["body"]):
        raise Refused("REGEL_ONLEESBAAR")
    ids = [each["key"] for each in values["signatures"]]
    if ids != sorted(ids):
        raise Refused("REGEL_ONLEESBAAR")
    if len(set(ids)) != len(ids):
        raise Refused("SLEUTEL_DUBBEL_GETELD")
    signatures = {from_b64u(each["key"]): from_b64u(each["signature"]) for each in values["signatures"]}
    return values["body"].encode(), signatures


def _read(body: bytes) -> dict[str, Any]:
    try:
        says = parse(body)
    except NotCanonical:
        raise Refused("REGEL_ONLEESBAAR") from None
    kind = says.get("statement") if isinstance(says, dict) else None
    if not isinstance(kind, str) or kind not in FURTHER:
        raise Refused("VELD_ONGELDIG")
    if not exactly(statement=one_of(kind), **COMMON, **FURTHER[kind])(says):
        raise Refused("VELD_ONGELDIG")
    if (kind in OF_ROOT and says["issuer"] != "root") or (kind in NOT_EMPTY and not says[NOT_EMPTY[kind]]):
        raise Refused("VELD_ONGELDIG")
    found: dict[str, Any] = says
    return found


def _hold(body: bytes, signatures: dict[bytes, bytes], known: dict[bytes, Public]) -> set[bytes]:
    for key in signatures.keys() & known.keys():
        verify(known[key], pae(b"zegel/1 statement", body), signatures[key], "HANDTEKENING_KLOPT_NIET")
    return signatures.keys() & known.keys()


def _require(condition: object, code: str) -> None:
    if not condition:
        raise Refused(code)


def _publics(use: str, owner: str, keys: Sequence[str]) -> dict[bytes, Public]:
    publics = [Public(use, owner, from_b64u(key)) for key in keys]
    for each in publics:
        try:
            each.check()
        except Refused:
            raise Refused("SLEUTEL_ONGELDIG") from None
    return {each.id: each for each in publics}


def _check_root(says: dict[str, Any]) -> dict[bytes, Public]:
    _require(len(set(says["keys"])) == len(says["keys"]), "SLEUTEL_DUBBEL_GETELD")
    _require(says["threshold"] <= len(says["keys"]), "VELD_ONGELDIG")
    return _publics("root", "root", says["keys"])


def _check_order(says: dict[str, Any], found: Directory) -> None:
    number, previous, time = found.last.get(says["issuer"], (0, "", 0))
    fits = says["number"] == number + 1 and says["previous"] == previous and says["time"] >= time
    _require(fits, "VOLGORDE")


def _check_first(body: bytes, signatures: dict[bytes, bytes]) -> dict[str, Any]:
    says = _read(body)
    _require(says["statement"] == "root", "BEGIN_ONTBREEKT")
    _check_order(says, Directory())
    keys = _check_root(says)
    signers = _hold(body, signatures, keys)
    _require(len(signers) == len(signatures), "ONDERTEKENAAR_ONBEVOEGD")
    _require(len(signers) >= says["threshold"], "DREMPEL_NIET_GEHAALD")
    return says


def _check_next(body: bytes, signatures: dict[bytes, bytes], found: Directory) -> dict[str, Any]:
    known = dict(found.root)
    for identity in found.members.values():
        known |= identity
    signers = _hold(body, signatures, known)
    _require(signers, "ONDERTEKENAAR_ONBEVOEGD")
    says = _read(body)
    if says["statement"] == "root":
        _check_new_root(says, body, signatures, found)
    else:
        _require(len(signers) == len(signatures), "ONDERTEKENAAR_ONBEVOEGD")
        _check_signers(says, signers, found)
    _check_order(says, found)
    meaning = MEANING.get(says["statement"])
    if meaning is not None:
        meaning(says, found)
    return says


def _check_new_root(says: dict[str, Any], body: bytes, signatures: dict[bytes, bytes], found: Directory) -> None:
    new = _check_root(says)
    _require(len(signatures.keys() & found.root.keys()) >= found.threshold, "OUDE_WORTEL_TEKENDE_NIET")
    _fresh(says["keys"], found, kept={each.raw for each in found.root.values()})
    _require(len(_hold(body, signatures, new)) >= says["threshold"], "NIEUWE_WORTEL_TEKENDE_NIET")
    _require(not signatures.keys() - new.keys() - found.root.keys(), "ONDERTEKENAAR_ONBEVOEGD")


def _check_root_words(says: dict[str, Any]) -> list[str]:
    _require(len(set(says["keys"])) == len(says["keys"]), "SLEUTEL_DUBBEL_GETELD")
    _require(says["threshold"] <= len(says["keys"]), "VELD_ONGELDIG")
    return list(says["keys"])


def _check_signers(says: dict[str, Any], signers: set[bytes], found: Directory) -> None:
    if says["issuer"] == "root" and says["statement"] in OF_ROOT:
        _require(signers <= found.root.keys(), "ONDERTEKENAAR_ONBEVOEGD")
        _require(len(signers) >= found.threshold, "DREMPEL_NIET_GEHAALD")
    else:
        _require(says["issuer"] in found.members, "GEEN_LID")
        _require(signers <= found.members[says["issuer"]].keys(), "ONDERTEKENAAR_ONBEVOEGD")


def _fresh(keys: Sequence[str], found: Directory, kept: set[bytes]) -> None:
    _require(not {from_b64u(key) for key in keys} - kept & found.published, "SLEUTEL_AL_GENOEMD")


def _member(says: dict[str, Any], found: Directory) -> None:
    successor = says["successor"]
    _require(says["instantie"] != "root" and not (successor and says["identity"]), "VELD_ONGELDIG")
    _require(not successor or successor in found.members.keys() - {says["instantie"]}, "GEEN_LID")
    _publics("identity", says["instantie"], says["identity"])
    _fresh(says["identity"], found, {each.raw for each in found.members.get(says["instantie"], {}).values()})
    _require(len(set(says["identity"])) == len(says["identity"]), "SLEUTEL_DUBBEL_GETELD")


def _log(says: dict[str, Any], found: Directory) -> None:
    _publics("log", "broker", [says["key"]])
    _fresh([says["key"]], found, set())
    _require(says["origin"] not in found.logs, "LOGBOEK_VOLGT_NIET")
    _require(bool(says["old_root"]) == bool(found.logs), "LOGBOEK_VOLGT_NIET")
    _require(says["old_root"] or not says["old_size"], "LOGBOEK_VOLGT_NIET")


def _convenant(says: dict[str, Any], found: Directory) -> None:
    _require(not found.convenants or says["from"] >= found.convenants[-1][1], "CONVENANT_TERUG")
    names = [each["document"] for each in says["documents"]]
    _require(len(set(names)) == len(names), "VELD_ONGELDIG")


def _keys(says: dict[str, Any], found: Directory) -> None:
    for each in says["keys"]:
        _require(each["from"] <= each["until"], "VELD_ONGELDIG")
        _require(each["until"] - each["from"] <= LIFE[each["use"]], "SLEUTEL_TE_LANG")
        _require(each["from"] <= says["time"] + AHEAD, "SLEUTEL_TE_VER_VOORUIT")
        _publics(each["use"], says["issuer"], [each["key"]])
        _fresh([each["key"]], found, set())
    _require(len({each["key"] for each in says["keys"]}) == len(says["keys"]), "SLEUTEL_AL_GENOEMD")


def _revoke(says: dict[str, Any], found: Directory) -> None:
    known = found.keys.get(from_b64u(says["key"]))
    if known is None or known.public.owner != says["issuer"]:
        raise Refused("VREEMDE_INTREKKING")
    _require(not known.revoked_at, "AL_INGETROKKEN")
    _require(says["at"], "VELD_ONGELDIG")


MEANING: dict[str, Callable[[dict[str, Any], Directory], None]] = {
    "member": _member,
    "log": _log,
    "convenant": _convenant,
    "keys": _keys,
    "revoke": _revoke,
}


def _apply(says: dict[str, Any], body: bytes, found: Directory) -> None:
    found.last[says["issuer"]] = (says["number"], hash_body(body), says["time"])
    found.heads.append(next_head(found.heads[-1] if found.heads else "", body))
    kind: str = says["statement"]
    match kind:
        case "root":
            found.root, found.threshold = _publics("root", "root", says["keys"]), says["threshold"]
            found.published |= {each.raw for each in found.root.values()}
        case "member":
            found.members.pop(says["instantie"], None)
            if says["identity"]:
                found.members[says["instantie"]] = _publics("identity", says["instantie"], says["identity"])
            else:
                found.keys = {id_: each for id_, each in found.keys.items() if each.public.owner != says["instantie"]}
            found.published |= {from_b64u(key) for key in says["identity"]}
        case "log":
            if found.logs:
                [*found.logs.values()][-1][1] = says["old_size"]
            found.logs[says["origin"]] = [from_b64u(says["key"]), None]
            found.published.add(from_b64u(says["key"]))
        case "convenant":
            found.convenants.append((says["digest"], says["from"]))
            found.documents.append([each["hash"] for each in says["documents"]])
        case "keys":
            for each in says["keys"]:
                public = Public(each["use"], says["issuer"], from_b64u(each["key"]))
                found.keys[public.id] = Known(public, each["from"], each["until"])
                found.published.add(public.raw)
        case "revoke":
            known = found.keys[from_b64u(says["key"])]
            known.revoked_at, known.revoked_index = says["at"], says["index"]
        case _:
            raise AssertionError(kind)
