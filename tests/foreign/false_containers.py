"""Containers nobody may accept, each with its code; most are signed all over again, so that one fault shows."""

from collections.abc import Iterator
from typing import Any

from tests.foreign.making import Container, Part, close, hash_declaration, seal, seal_part, seal_under, wrap_key
from tests.foreign.notation import Key, b64u, canonical, le32, pad, part_bucket
from tests.foreign.town import (
    ASK_CLAIMS,
    BROKER,
    DEBT,
    EPHEMERAL,
    KEYS,
    MESSAGE_KEY,
    SEALING,
    SIGNING,
    WHY,
    content,
    declare,
)

False_ = tuple[str, str, bytes]  # name, code, container
OTHER_KEY = b"\xa9" * 32
NOTHING = declare()
ONE = declare("huurachterstand")
RIGHT = seal(ONE, [DEBT], signing=SIGNING, to=SEALING.public, message_key=MESSAGE_KEY, ephemeral=EPHEMERAL)


def false_containers() -> Iterator[False_]:
    """Yield every case, in the order of the steps."""
    yield from _frames()
    yield from _signatures()
    yield from _forms()
    yield from _declarations()
    yield from _senders_and_uses()
    yield from _tables()
    yield from _wraps_and_parts()
    yield from _contents()


def _empty(said: dict[str, Any] | bytes, *, signing: Key = SIGNING, use: str = "message", **false: Any) -> bytes:
    declared = said if isinstance(said, bytes) else canonical(said)
    return close(declared, [], None, signing=signing, use=use, **false).container


def _frames() -> Iterator[False_]:
    right = _empty(NOTHING)
    yield "empty", "FRAME_ONLEESBAAR", b""
    yield "too large", "TE_GROOT", right + bytes(8388609 - len(right))
    yield "the magic of a next suite", "VERSIE_ONBEKEND", b"zegel/2c" + right[8:]
    yield "the magic of a hop", "VERSIE_ONBEKEND", b"zegel/1h" + right[8:]
    yield "a foreign magic", "FRAME_ONLEESBAAR", b"legez/1c" + right[8:]
    yield "cut in the head", "FRAME_ONLEESBAAR", right[:116]
    yield "use 0", "FRAME_ONLEESBAAR", right[:8] + b"\0" + right[9:]
    yield "use 5", "FRAME_ONLEESBAAR", right[:8] + b"\5" + right[9:]
    yield "no declaration", "FRAME_ONLEESBAAR", right[:41] + bytes(4) + right[45:]
    yield "a declaration of 16385 bytes", "FRAME_ONLEESBAAR", right[:41] + le32(16385) + right[45:]
    yield "a declaration of 4 GiB", "FRAME_ONLEESBAAR", right[:41] + b"\xff" * 4 + right[45:]
    yield "no seal table", "FRAME_ONLEESBAAR", right[:45] + bytes(4) + right[49:]
    yield "a seal table of 2210 bytes", "FRAME_ONLEESBAAR", right[:45] + le32(2210) + right[49:]
    yield "a trailing byte", "FRAME_ONLEESBAAR", right + b"\0"
    yield "a byte too few", "FRAME_ONLEESBAAR", right[:-1]


def _signatures() -> Iterator[False_]:
    right = RIGHT.container
    yield "an unknown key", "SLEUTEL_ONBEKEND", right[:9] + bytes(32) + right[41:]
    yield "an identity key signs", "SLEUTEL_ANDER_GEBRUIK", _empty(NOTHING, signing=KEYS["identity"])
    yield "a sealing key is named", "SLEUTEL_ANDER_GEBRUIK", right[:9] + SEALING.id + right[41:]
    yield "another signs in the name of the sender", "HANDTEKENING_ONGELDIG", _resigned()
    yield "a bit of the signature", "HANDTEKENING_ONGELDIG", right[:60] + bytes([right[60] ^ 1]) + right[61:]
    yield "a bit of the declaration", "HANDTEKENING_ONGELDIG", right[:200] + bytes([right[200] ^ 1]) + right[201:]
    at = 117 + len(RIGHT.declaration) + 40
    yield "a bit of the seal table", "HANDTEKENING_ONGELDIG", right[:at] + bytes([right[at] ^ 1]) + right[at + 1 :]
    yield "no signature", "HANDTEKENING_ONGELDIG", right[:53] + bytes(64) + right[117:]
    s = int.from_bytes(right[85:117], "little") + 2**252 + 27742317777372353535851937790883648493
    yield "S is not below L", "HANDTEKENING_ONGELDIG", right[:85] + s.to_bytes(32, "little") + right[117:]
    dryrun = close(RIGHT.declaration, [], None, signing=SIGNING, use="dryrun").container
    yield "a dry run as a message", "HANDTEKENING_ONGELDIG", dryrun[:8] + b"\1" + dryrun[9:]
    stated = close(canonical(NOTHING), [], None, signing=SIGNING, domain="zegel/1 statement").container
    yield "signed as a statement", "HANDTEKENING_ONGELDIG", stated


def _resigned() -> bytes:
    return close(
        RIGHT.declaration, RIGHT.parts, RIGHT.wrap, signing=KEYS["signing_school"], signer=SIGNING.id
    ).container


def _forms() -> Iterator[False_]:
    said = canonical(NOTHING)
    yield "a space", "NIET_CANONIEK", _empty(said.replace(b'"asks":', b'"asks": '))
    yield "a line end behind it", "NIET_CANONIEK", _empty(said + b"\n")
    yield "another order of keys", "NIET_CANONIEK", _empty(said.replace(b'{"asks":[],', b"{")[:-1] + b',"asks":[]}')
    yield "a key twice", "NIET_CANONIEK", _empty(said.replace(b'"asks":[]', b'"asks":[],"asks":[]'))
    yield "null", "NIET_CANONIEK", _empty(said.replace(b'"due":0', b'"due":null'))
    yield "a fraction", "NIET_CANONIEK", _empty(said.replace(b'"due":0', b'"due":0.0'))
    yield "minus zero", "NIET_CANONIEK", _empty(said.replace(b'"due":0', b'"due":-0'))
    yield "a leading zero", "NIET_CANONIEK", _empty(said.replace(b'"due":0', b'"due":00'))
    yield "2^53", "NIET_CANONIEK", _empty(said.replace(b'"due":0', b'"due":9007199254740992'))
    yield "an escape that is not needed", "NIET_CANONIEK", _empty(said.replace(b"zegel/1", b"zegel\\/1"))
    yield "capitals in an escape", "NIET_CANONIEK", _empty(said.replace(b"zegel/1", b"zegel/1\\u00C9"))
    yield "UTF-8", "NIET_CANONIEK", _empty(said.replace(b"zegel/1", "zegel/1é".encode()))
    yield "17 lists inside one another", "NIET_CANONIEK", _empty(b"[" * 17 + b"]" * 17)
    yield "no JSON", "NIET_CANONIEK", _empty(b"zegel")
    yield "a list", "ONGELDIGE_VERKLARING", _empty(b"[]")
    yield "16 lists inside one another", "ONGELDIGE_VERKLARING", _empty(b"[" * 16 + b"]" * 16)


CHANGES: dict[str, dict[str, Any]] = {
    "another version": {"v": "zegel/2"},
    "an id of UUIDv4": {"id": "0197759a-3800-4000-8000-000000000001"},
    "an id in capitals": {"id": "0197759A-3800-7000-8000-000000000001"},
    "a casus of UUIDv7": {"casus": "0197759a-3800-7000-8000-000000000001"},
    "free text as kind": {"kind": "Informatie antwoord"},
    "a code of 65 characters": {"purpose": "x" * 65},
    "no kind": {"kind": ""},
    "a hash with trailing bits": {"convenant": "B" * 43},
    "a hash with padding": {"re": "A" * 43 + "="},
    "subject p0": {"subjects": ["p0"]},
    "subject p100": {"subjects": ["p100"]},
    "100 subjects": {"subjects": ["p1"] * 100},
    "33 questions": {"asks": [f"c{at}" for at in range(33)]},
    "a time that is true": {"issued": True},
    "a time in text": {"issued": "0"},
    "an extra key": {"note": ""},
    "a claim of another kind": {"claims": NOTHING["claims"] | {"outcome": {}}},
    "a claim too few": {"claims": {}},
    "a motivation as text": {"claims": NOTHING["claims"] | {"motivation": {"waarom_nodig": "omdat"}}},
    "a count of 2^31": {"claims": NOTHING["claims"] | {"motivation": {"waarom_nodig": 2**31}}},
    "half an emergency": {"claims": NOTHING["claims"] | {"emergency": {"person": "", "reason": "", "until": 0}}},
    "a registration of an unknown fact": {"registers": [{"fact": "moord"}]},
    "a registration with a key too few": {"registers": [{"fact": "toestemming_ingetrokken", "by": "p1"}]},
    "a day that does not exist": {"registers": [{"fact": "plan", "day": "2026-02-30", "actions": []}]},
    "two registrations": {"registers": [{"fact": "casusdoel", "purposes": []}] * 2},
    "parts without a key to seal to": {"parts": ONE["parts"]},
    "a key to seal to without parts": {"to": ONE["to"]},
}


def _declarations() -> Iterator[False_]:
    for name, changes in CHANGES.items():
        yield name, "ONGELDIGE_VERKLARING", _empty(NOTHING | changes)
    yield "a key too few", "ONGELDIGE_VERKLARING", _empty({key: NOTHING[key] for key in NOTHING if key != "due"})
    yield "schema 0", "ONGELDIGE_VERKLARING", _changed_part(schema=0)
    yield "schema true", "ONGELDIGE_VERKLARING", _changed_part(schema=True)
    yield "schema 1000", "ONGELDIGE_VERKLARING", _changed_part(schema=1000)
    yield "an unknown label", "ONGELDIGE_VERKLARING", _changed_part(label="gerucht")
    twice = declare("huurachterstand", "huurachterstand")
    yield "a category twice", "ONGELDIGE_VERKLARING", _sealed(twice, DEBT, DEBT).container
    to_broker = ONE | {"to": {"instantie": BROKER, "key": b64u(SEALING.id)}}
    yield "a part to the broker", "ONGELDIGE_VERKLARING", _sealed(to_broker, DEBT).container
    most = declare(*(f"c{at}" for at in range(33)))
    yield "33 parts", "ONGELDIGE_VERKLARING", close(canonical(most), [], None, signing=SIGNING).container


def _changed_part(**changes: Any) -> bytes:
    return _sealed(ONE | {"parts": [ONE["parts"][0] | changes]}, DEBT).container


def _sealed(said: dict[str, Any], *contents: bytes) -> Container:
    return seal(said, contents, signing=SIGNING, to=SEALING.public, message_key=MESSAGE_KEY, ephemeral=EPHEMERAL)


def _senders_and_uses() -> Iterator[False_]:
    school, sender = KEYS["signing_school"], NOTHING["from"]
    yield "signed by another than it names", "ONDERTEKEND_DOOR_ANDER", _empty(NOTHING, signing=school)
    own_key = NOTHING | {"from": sender | {"key": b64u(school.id)}}
    yield "in the name of another", "AFZENDER_NIET_DE_SLEUTELHOUDER", _empty(own_key, signing=school)
    receipt = NOTHING | {"kind": "receipt", "claims": {"reason": "", "result": "opened"}}
    to_broker = {"to": {"instantie": BROKER, "key": ""}}
    yield "a receipt as a message", "GEBRUIK_KLOPT_NIET", _empty(receipt | to_broker)
    yield "a message as a receipt", "GEBRUIK_KLOPT_NIET", _empty(NOTHING | to_broker, use="receipt")
    yield "a receipt to an instantie", "GEBRUIK_KLOPT_NIET", _empty(receipt, use="receipt")
    yield "a receipt as a dry run", "GEBRUIK_KLOPT_NIET", _empty(receipt | to_broker, use="dryrun")
    yield (
        "an ask as a message",
        "GEBRUIK_KLOPT_NIET",
        _empty(NOTHING | to_broker | {"kind": "ask", "claims": ASK_CLAIMS}),
    )
    yield (
        "an ask to an instantie",
        "GEBRUIK_KLOPT_NIET",
        _empty(NOTHING | {"kind": "ask", "claims": ASK_CLAIMS}, use="ask"),
    )


def _tables() -> Iterator[False_]:
    declared, parts, wrap, table = RIGHT.declaration, RIGHT.parts, RIGHT.wrap, RIGHT.table

    def closed(**false: Any) -> bytes:
        return close(declared, parts, wrap, signing=SIGNING, **false).container

    row = table[1:69]
    yield "a table without the part", "TABEL_KLOPT_NIET", closed(table=b"\0")
    yield "a table with a part more", "TABEL_KLOPT_NIET", closed(table=b"\2" + row * 2 + table[69:])
    yield "a count that is not the table's", "TABEL_KLOPT_NIET", closed(table=b"\2" + table[1:])
    yield "33 rows", "TABEL_KLOPT_NIET", closed(table=b"\x21" + (row * 33)[:2208])
    yield "a table without the hash of the wrap", "TABEL_KLOPT_NIET", closed(table=table[:69])
    yield "a part of 16 bytes", "TABEL_KLOPT_NIET", closed(table=b"\1" + le32(16) + table[5:])
    yield "a part of no bucket", "TABEL_KLOPT_NIET", closed(table=b"\1" + le32(1041) + table[5:])
    yield "a part of three buckets", "TABEL_KLOPT_NIET", closed(table=b"\1" + le32(3072 + 16) + table[5:])
    yield "a longer part than is sealed", "TABEL_KLOPT_NIET", closed(table=b"\1" + le32(2048 + 16) + table[5:])
    three = seal_under(parts[0].part_key, parts[0].context, b"", padded=(DEBT + b"\x80").ljust(3072, b"\0"))
    yield "sealed in three buckets", "TABEL_KLOPT_NIET", close(declared, [three], wrap, signing=SIGNING).container
    sealed = RIGHT.container[-152 - 1040 :]
    yield "no wrap", "TABEL_KLOPT_NIET", closed(sealed=sealed[152:])
    yield "sealed bytes without parts", "TABEL_KLOPT_NIET", _empty(NOTHING, sealed=sealed)
    dryrun = close(declared, parts, wrap, signing=SIGNING, use="dryrun").container
    yield "a dry run with its parts", "TABEL_KLOPT_NIET", dryrun
    yield "a bit of the wrap", "DEEL_KLOPT_NIET", RIGHT.container[: -1040 - 1] + b"\0" + RIGHT.container[-1040:]
    yield "a bit of the part", "DEEL_KLOPT_NIET", RIGHT.container[:-1] + bytes([RIGHT.container[-1] ^ 1])


def _wraps_and_parts() -> Iterator[False_]:
    declared, hashed = RIGHT.declaration, hash_declaration(RIGHT.declaration)
    part, public = RIGHT.parts[0], SEALING.public

    def wrapped(to: Any = public, message_key: bytes = MESSAGE_KEY, **false: bytes) -> bytes:
        wrap = wrap_key(false.pop("declared", hashed), to, message_key, EPHEMERAL, **false)
        return close(declared, [part], wrap, signing=SIGNING).container

    to_other = ONE | {"to": {"instantie": "school_vo", "key": b64u(SEALING.id)}}
    yield "addressed to another", "NIET_VOOR_MIJ", _sealed(to_other, DEBT).container
    other_key = ONE | {"to": {"instantie": SEALING.owner, "key": b64u(bytes(32))}}
    yield "sealed to another key of the recipient", "NIET_VOOR_MIJ", _sealed(other_key, DEBT).container
    yield "wrapped for another", "OMSLAG_ONLEESBAAR", wrapped(to=KEYS["sealing_corporation"].public)
    yield "the wrap of another message", "OMSLAG_ONLEESBAAR", wrapped(declared=bytes(32))
    inside = b"zegel/1w" + hashed + SEALING.id + MESSAGE_KEY
    yield "another magic in the wrap", "OMSLAG_ONLEESBAAR", wrapped(inside=b"zegel/1v" + inside[8:])
    yield "another key id in the wrap", "OMSLAG_ONLEESBAAR", wrapped(inside=inside[:40] + bytes(32) + inside[72:])
    yield "another message key", "SLEUTELBINDING_KLOPT_NIET", wrapped(message_key=OTHER_KEY)

    def with_part(made: Part) -> bytes:
        return close(declared, [made], RIGHT.wrap, signing=SIGNING).container

    other_at = seal_under(part.part_key, seal_part(hashed, 1, "huurachterstand", DEBT, MESSAGE_KEY).context, DEBT)
    yield "sealed for another place", "DEEL_ONLEESBAAR", with_part(other_at)
    moved = seal_part(hashed, 0, "motivering", DEBT, MESSAGE_KEY)
    yield "sealed for another category", "SLEUTELBINDING_KLOPT_NIET", with_part(moved)
    two = declare("huurachterstand", "motivering")
    swapped = _swap(two)
    yield "two parts swapped", "SLEUTELBINDING_KLOPT_NIET", swapped
    yield "no padding", "OPVULLING_KLOPT_NIET", with_part(_padded(part, bytes(1024)))
    yield "another mark", "OPVULLING_KLOPT_NIET", with_part(_padded(part, (DEBT + b"\x81").ljust(1024, b"\0")))
    yield "a bucket too large", "OPVULLING_KLOPT_NIET", with_part(_padded(part, (DEBT + b"\x80").ljust(2048, b"\0")))


def _swap(said: dict[str, Any]) -> bytes:
    declared = canonical(said)
    made = _sealed(said, DEBT, WHY)
    return close(declared, made.parts[::-1], made.wrap, signing=SIGNING).container


def _padded(part: Part, padded: bytes) -> Part:
    return seal_under(part.part_key, part.context, b"", padded=padded)


def _contents() -> Iterator[False_]:
    said, other = b'{"body":{},"category":"huurachterstand","schema":1}', "INHOUD_ANDERE_CATEGORIE"
    wrong = {
        "no JSON in a part": b"huurachterstand",
        "nothing in a part": b"",
        "a space in a content": said.replace(b":1", b": 1"),
        "a key too few in a content": b'{"category":"huurachterstand","schema":1}',
        "an extra key in a content": said[:-1] + b',"x":0}',
        "a list in a part": b"[]",
        "half a surrogate pair": b'{"body":"\\ud83c","category":"huurachterstand","schema":1}',
    }
    for name, plain in wrong.items():
        yield name, "INHOUD_ONGELDIG", _sealed(ONE, plain).container
    yield "another category in a part", other, _sealed(ONE, content("schulden", {})).container
    yield "another schema in a part", other, _sealed(ONE, content("huurachterstand", {}, 2)).container
    yield "a schema that is true", other, _sealed(ONE, said.replace(b":1}", b":true}")).container
    yield "a schema in text", other, _sealed(ONE, said.replace(b":1}", b':"1"}')).container
    assert len(pad(DEBT, part_bucket)) == 1024
