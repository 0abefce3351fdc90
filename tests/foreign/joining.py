"""Section Joining of docs/protocol-log.md: the request of a new member, as it is made and as it is checked."""

import re
from collections.abc import Iterator
from typing import Any

from tests.foreign import ciphers
from tests.foreign.declaring import CODE, DIGEST, Shape, exactly, maybe, one_of, text
from tests.foreign.directory import File
from tests.foreign.directory_check import Directory, check_file, check_line
from tests.foreign.false_directories import BASE_AND_ORDER_2
from tests.foreign.notation import Key, NotCanonical, Public, Refused, b64u, canonical, from_b64u, h, pae, parse, verify
from tests.foreign.scene import FILE, FINGERPRINT, IDENTITY, key, raw
from tests.foreign.town import ISSUED, KEYS, REGIE

NAME = "vitras"
OWN = key("identity", NAME, 0x95)
NEW_KEYS = [key("signing", NAME, 0x14), key("sealing", NAME, 0x15), key("hop", NAME, 0x16)]
PEM: Shape = lambda value: isinstance(value, str) and re.fullmatch(r"[\x20-\x7e\n]{0,16384}", value) is not None  # noqa: E731 - a shape like the others
SHAPE = exactly(
    v=one_of("zegel-request/1"),
    instantie=CODE,
    identity=DIGEST,
    keys=lambda value: isinstance(value, str),
    login=maybe(text(r"[A-Za-z0-9+/]{48}")),
    certificate_request=PEM,
    signature=maybe(text(r"[A-Za-z0-9_-]{85}[AQgw]")),
)


def words_entropy(public: Public) -> bytes:
    """Return the 16 bytes that the twelve words of a key say."""
    return h("zegel/1.keywords", pae(public.use.encode(), public.owner.encode(), public.raw), size=16)


def keys_line(owner: str = NAME, signed_by: Key = OWN, **changes: Any) -> str:
    """Return the line of the first `keys` statement of a new member."""
    days = {"signing": 90, "sealing": 8, "hop": 90}
    said = [
        {"from": ISSUED, "key": raw(each)[0], "until": ISSUED + days[each.use] * 86_400, "use": each.use}
        for each in NEW_KEYS
    ]
    file = File()
    file.add("keys", signed_by, issuer=owner, **{"time": ISSUED, "keys": said} | changes)
    return file.lines[0].decode()


def make_request(signed_by: Key = OWN, **changes: Any) -> bytes:
    """Return a request; `changes` replace what it says before it is signed."""
    said = {
        "v": "zegel-request/1",
        "instantie": NAME,
        "identity": raw(OWN)[0],
        "keys": keys_line(),
        "login": "A" * 48,
        "certificate_request": "",
        "signature": "",
    } | changes
    unsigned = canonical(said) + b"\n"
    signature = ciphers.ed25519_sign(signed_by.seed, pae(b"zegel/1 request", unsigned))
    return canonical(said | {"signature": b64u(signature)}) + b"\n"


def check_request(data: bytes, found: Directory) -> None:
    """Raise Refused unless this request may be admitted after what a directory holds."""
    try:
        said = parse(data[:-1])
    except NotCanonical:
        raise Refused("REGEL_ONLEESBAAR") from None
    if len(data) > 262144 or data[-1:] != b"\n":
        raise Refused("REGEL_ONLEESBAAR")
    if not SHAPE(said) or said["instantie"] == "root":
        raise Refused("VELD_ONGELDIG")
    identity = Public("identity", said["instantie"], from_b64u(said["identity"]))
    try:
        identity.check()
    except Refused:
        raise Refused("SLEUTEL_ONGELDIG") from None
    unsigned = canonical(said | {"signature": ""}) + b"\n"
    verify(identity, pae(b"zegel/1 request", unsigned), from_b64u(said["signature"]), "HANDTEKENING_KLOPT_NIET")
    if said["keys"]:
        found.members[said["instantie"]] = {identity.id: identity}
        found.published.add(identity.raw)
        if not said["keys"].endswith("\n"):
            raise Refused("REGEL_ONLEESBAAR")
        issuer, statement = check_line(said["keys"][:-1].encode(), found)
        if (issuer, statement) != (said["instantie"], "keys"):
            raise Refused("ONDERTEKENAAR_ONBEVOEGD")
    elif said["instantie"] not in found.members:
        raise Refused("VELD_ONGELDIG")


def check(data: bytes) -> None:
    """Check a request after the directory of the vectors."""
    check_request(data, check_file(b"".join(FILE.lines), FINGERPRINT))


def false_requests() -> Iterator[tuple[str, str, bytes]]:
    """Yield name, code and file."""
    right = make_request()
    yield "cut", "REGEL_ONLEESBAAR", right[:-3]
    yield "a space", "REGEL_ONLEESBAAR", right.replace(b'"login":', b'"login": ')
    yield "no line end", "REGEL_ONLEESBAAR", right[:-1]
    yield "two line ends", "REGEL_ONLEESBAAR", right + b"\n"
    yield "a key left out", "VELD_ONGELDIG", right.replace(b'"certificate_request":"",', b"")
    yield "keys without their line end", "REGEL_ONLEESBAAR", make_request(keys=keys_line()[:-1])
    yield "an extra key", "VELD_ONGELDIG", make_request(note="")
    yield "another version", "VELD_ONGELDIG", make_request(v="zegel-request/2")
    yield "a password instead of its hash", "VELD_ONGELDIG", make_request(login="geheim")
    yield "in the name of the root", "VELD_ONGELDIG", make_request(instantie="root")
    yield "no keys of a new member", "VELD_ONGELDIG", make_request(keys="")
    yield "a key that is no key", "SLEUTEL_ONGELDIG", make_request(identity=b64u(BASE_AND_ORDER_2))
    yield "changed after signing", "HANDTEKENING_KLOPT_NIET", right.replace(b'"AAAA', b'"BAAA')
    yield "signed by another", "HANDTEKENING_KLOPT_NIET", make_request(signed_by=IDENTITY[REGIE])
    stranger = key("identity", NAME, 0x96)
    yield "keys signed by another", "ONDERTEKENAAR_ONBEVOEGD", make_request(keys=keys_line(signed_by=stranger))
    yield "keys of another", "ONDERTEKENAAR_ONBEVOEGD", make_request(keys=_keys_of_regie())
    yield "not the next statement", "VOLGORDE", make_request(keys=keys_line(number=2))
    published = [{"from": ISSUED, "key": raw(KEYS["signing"])[0], "until": ISSUED, "use": "signing"}]
    yield "a key of another", "SLEUTEL_AL_GENOEMD", make_request(keys=keys_line(keys=published))


def _keys_of_regie() -> str:
    file = FILE.copy()
    said = [{"from": ISSUED, "key": raw(NEW_KEYS[0])[0], "until": ISSUED, "use": "signing"}]
    file.add("keys", IDENTITY[REGIE], issuer=REGIE, time=ISSUED, keys=said)
    return file.lines[-1].decode()


def write_joining() -> dict[str, Any]:
    """Return what joining.json says, the false requests aside."""
    return {
        "directory_lines": len(FILE.lines),
        "instantie": NAME,
        "identity_seed": OWN.seed.hex(),
        "words_entropy": words_entropy(OWN.public).hex(),
        "request": make_request().decode(),
    }
