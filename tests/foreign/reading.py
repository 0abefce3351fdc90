"""Section Order of verification, steps 1 to 8, and opening, as a receiver does them; every MUST broken has its code."""

import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.foreign import ciphers
from tests.foreign.declaring import is_declaration
from tests.foreign.making import HASHED_AS, HOP_KINDS, USES, hash_declaration
from tests.foreign.notation import (
    Key,
    Keys,
    NotCanonical,
    Public,
    Refused,
    b64u,
    h,
    hop_bucket,
    le32,
    pae,
    parse,
    part_bucket,
    unpad,
    verify,
)

OWN_KINDS = {"receipt": "receipt", "ask": "ask"}


@dataclass(frozen=True, kw_only=True)
class Read:
    """A message whose steps 1 to 8 held."""

    use: str
    signer: Public
    declaration: dict[str, Any]
    declaration_bytes: bytes
    message_hash: bytes
    rows: tuple[tuple[int, bytes, bytes], ...]
    wrap: bytes
    ciphertexts: tuple[bytes, ...]


def read_container(container: bytes, keys: Keys) -> Read:
    """Return what a container says; raise Refused with the code of the first step that fails."""
    if len(container) > 8388608:
        raise Refused("TE_GROOT")
    if container[:6] == b"zegel/" and container[:8] != b"zegel/1c":
        raise Refused("VERSIE_ONBEKEND")
    if container[:8] != b"zegel/1c" or len(container) < 117:
        raise Refused("FRAME_ONLEESBAAR")
    _, number, signer_id, *lengths, signature = struct.unpack("<8sB32sIII64s", container[:117])
    ends = [117 + sum(lengths[:at]) for at in range(4)]
    if not 1 <= number <= 4 or not 1 <= lengths[0] <= 16384 or not 1 <= lengths[1] <= 2209 or ends[3] != len(container):
        raise Refused("FRAME_ONLEESBAAR")
    use = USES[number - 1]
    declared, table, sealed = (container[a:b] for a, b in pairwise(ends))
    signer = keys.get(signer_id)
    if signer is None:
        raise Refused("SLEUTEL_ONBEKEND")
    if signer.use != "signing":
        raise Refused("SLEUTEL_ANDER_GEBRUIK")
    verify(signer, pae(f"zegel/1 {use}".encode(), declared, table), signature)
    declaration = read_declaration(declared)
    check_sender(declaration, signer)
    check_use(use, declaration)
    rows, wrap_hash = read_table(table)
    if len(rows) != (len(declaration["parts"]) if use == "message" else 0):
        raise Refused("TABEL_KLOPT_NIET")
    wrap, boxes = cut(sealed, rows, wrap_hash)
    return Read(
        use=use,
        signer=signer,
        declaration=declaration,
        declaration_bytes=declared,
        message_hash=h(HASHED_AS[use], pae(declared, table)),
        rows=rows,
        wrap=wrap,
        ciphertexts=boxes,
    )


def read_declaration(declared: bytes) -> dict[str, Any]:
    """Step 4."""
    try:
        declaration = parse(declared)
    except NotCanonical:
        raise Refused("NIET_CANONIEK") from None
    if not is_declaration(declaration):
        raise Refused("ONGELDIGE_VERKLARING")
    found: dict[str, Any] = declaration
    return found


def check_sender(declaration: dict[str, Any], signer: Public) -> None:
    """Step 5."""
    if declaration["from"]["key"] != b64u(signer.id):
        raise Refused("ONDERTEKEND_DOOR_ANDER")
    if declaration["from"]["instantie"] != signer.owner:
        raise Refused("AFZENDER_NIET_DE_SLEUTELHOUDER")


def check_use(use: str, declaration: dict[str, Any]) -> None:
    """Step 6."""
    if OWN_KINDS.get(use) != (declaration["kind"] if declaration["kind"] in OWN_KINDS.values() else None):
        raise Refused("GEBRUIK_KLOPT_NIET")
    to, categories = declaration["to"], [each["category"] for each in declaration["parts"]]
    if use in OWN_KINDS and to["instantie"] != "broker":
        raise Refused("GEBRUIK_KLOPT_NIET")
    if (to["instantie"] == "broker" and categories) or len(set(categories)) != len(categories):
        raise Refused("ONGELDIGE_VERKLARING")
    if use != "dryrun" and bool(categories) != bool(to["key"]):
        raise Refused("ONGELDIGE_VERKLARING")


def read_table(table: bytes) -> tuple[tuple[tuple[int, bytes, bytes], ...], bytes]:
    """Return the rows and the hash of the wrap (step 7)."""
    count = table[0]
    if count > 32 or len(table) != 1 + 68 * count + (32 if count else 0):
        raise Refused("TABEL_KLOPT_NIET")
    rows = tuple(struct.unpack("<I32s32s", table[1 + 68 * at :][:68]) for at in range(count))
    if any(size < 16 + 1024 or part_bucket(size - 16) != size - 16 for size, _, _ in rows):
        raise Refused("TABEL_KLOPT_NIET")
    return rows, table[1 + 68 * count :]


def cut(sealed: bytes, rows: tuple[tuple[int, bytes, bytes], ...], wrap_hash: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Return wrap and ciphertexts (steps 7 and 8)."""
    if len(sealed) != sum(size for size, _, _ in rows) + (152 if rows else 0):
        raise Refused("TABEL_KLOPT_NIET")
    if not rows:
        return b"", ()
    ends = [152 + sum(size for size, _, _ in rows[:at]) for at in range(len(rows) + 1)]
    boxes = tuple(sealed[a:b] for a, b in pairwise(ends))
    hashes = [h("zegel/1.wrap-box", sealed[:152]), *(h("zegel/1.part-box", box) for box in boxes)]
    if hashes != [wrap_hash, *(row[1] for row in rows)]:
        raise Refused("DEEL_KLOPT_NIET")
    return sealed[:152], boxes


def open_container(read: Read, own: Key) -> list[bytes]:
    """Return the contents, in the order of the parts."""
    to = read.declaration["to"]
    if not read.ciphertexts:
        return []
    if own.use != "sealing" or (to["instantie"], to["key"]) != (own.owner, b64u(own.id)):
        raise Refused("NIET_VOOR_MIJ")
    return open_parts(read, unwrap(read, own))


def unwrap(read: Read, own: Key) -> bytes:
    """Return the message key."""
    try:
        shared = ciphers.box_key(own.seed, read.wrap[:32])
        inside = ciphers.secretbox_open(shared, ciphers.seal_nonce(read.wrap[:32], own.public.raw), read.wrap[32:])
    except ciphers.Unopened:
        raise Refused("OMSLAG_ONLEESBAAR") from None
    if inside[:72] != b"zegel/1w" + hash_declaration(read.declaration_bytes) + own.id:
        raise Refused("OMSLAG_ONLEESBAAR")
    return inside[72:]


def open_parts(read: Read, message_key: bytes) -> list[bytes]:
    """Return the contents once every check of every part held, each check for all parts before the next."""
    declared = hash_declaration(read.declaration_bytes)
    names = read.declaration["parts"]
    contexts = [pae(declared, le32(at), name["category"].encode()) for at, name in enumerate(names)]
    keys = [h("zegel/1.part-key", context, key=message_key) for context in contexts]
    if [h("zegel/1.part-com", b"", key=key) for key in keys] != [row[2] for row in read.rows]:
        raise Refused("SLEUTELBINDING_KLOPT_NIET")
    padded = [open_part(*each) for each in zip(keys, contexts, read.ciphertexts, strict=True)]
    return [read_content(each, name) for each, name in zip(padded, names, strict=True)]


def open_part(part_key: bytes, context: bytes, box: bytes) -> bytes:
    """Return the padded content."""
    key, nonce = h("zegel/1.part-enc", b"", key=part_key), h("zegel/1.part-non", b"", key=part_key, size=24)
    try:
        return ciphers.xchacha_decrypt(key, nonce, context, box)
    except ciphers.Unopened:
        raise Refused("DEEL_ONLEESBAAR") from None


def read_content(padded: bytes, name: dict[str, Any]) -> bytes:
    """Return the content as far as the container says what it is."""
    content = unpad(padded, part_bucket, "OPVULLING_KLOPT_NIET")
    try:
        values = parse(content)
    except NotCanonical:
        raise Refused("INHOUD_ONGELDIG") from None
    if not isinstance(values, dict) or values.keys() != {"body", "category", "schema"}:
        raise Refused("INHOUD_ONGELDIG")
    if values["category"] != name["category"] or values["schema"] is True or values["schema"] != name["schema"]:
        raise Refused("INHOUD_ANDERE_CATEGORIE")
    return content


def open_hop(data: bytes, own: Key, keys: Keys) -> tuple[str, bytes, bytes, Public]:
    """Return kind, note, body and whose hop key it came from."""
    if len(data) > 9437184:
        raise Refused("TE_GROOT")
    if data[:8] != b"zegel/1h" or len(data) < 112:
        raise Refused("HOP_ONLEESBAAR")
    peer = keys.get(data[8:40])
    if data[40:72] != own.id or peer is None:
        raise Refused("HOP_SLEUTEL_ONBEKEND")
    if peer.use != "hop":
        raise Refused("SLEUTEL_ANDER_GEBRUIK")
    try:
        padded = ciphers.secretbox_open(ciphers.box_key(own.seed, peer.raw), data[72:96], data[96:])
    except ciphers.Unopened:
        raise Refused("HOP_ONLEESBAAR") from None
    inside = unpad(padded, hop_bucket, "HOP_ONLEESBAAR")
    if len(inside) < 3:
        raise Refused("HOP_ONLEESBAAR")
    kind, noted = struct.unpack("<BH", inside[:3])
    if not 1 <= kind <= 3 or noted > 8192 or len(inside) < 3 + noted:
        raise Refused("HOP_ONLEESBAAR")
    return HOP_KINDS[kind - 1], inside[3 : 3 + noted], inside[3 + noted :], peer


def read_delivery(body: bytes) -> tuple[bytes, bytes]:
    """Return container and stamp."""
    end = 4 + int.from_bytes(body[:4], "little")
    if len(body) < end or end == 4:
        raise Refused("HOP_ONLEESBAAR")
    if len(body) == end:
        raise Refused("STEMPEL_ONTBREEKT")
    return body[4:end], body[end:]
