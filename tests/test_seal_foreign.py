"""A client written from docs/protocol.md alone, on another crypto library, reads and makes what the product does.

The functions here follow the document section by section and import nothing of the seal; only the tests at the end do.
"""

import hashlib
import json
import struct
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import foreign_crypto as crypto

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "protocol-1.json").read_text())
KEYS: dict[str, dict[str, str]] = VECTORS["keys"]
MESSAGE: dict[str, Any] = VECTORS["message"]


def h(person: bytes, data: bytes, key: bytes = b"", size: int = 32) -> bytes:
    return hashlib.blake2b(data, digest_size=size, key=key, person=person).digest()


def pae(*parts: bytes) -> bytes:
    return struct.pack("<Q", len(parts)) + b"".join(struct.pack("<Q", len(part)) + part for part in parts)


def key_bytes(name: str, field: str) -> bytes:
    return bytes.fromhex(KEYS[name][field])


def open_hop(hop: bytes) -> tuple[bytes, bytes]:
    """Section Hop: return note and container."""
    assert hop[:8] == b"zegel/1h"
    assert (hop[8:40], hop[40:72]) == (key_bytes("hop_adapter", "id"), key_bytes("hop_broker", "id"))
    shared = crypto.box_key(key_bytes("hop_broker", "seed"), key_bytes("hop_adapter", "public"))
    inside = crypto.xsalsa_decrypt(shared, hop[72:96], hop[96:]).rstrip(b"\0")
    kind, noted = struct.unpack("<BH", inside[:3])
    assert (kind, inside[-1]) == (1, 0x80)
    return inside[3 : 3 + noted], inside[3 + noted : -1]


def cut(container: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Section Container: return declaration, table, sealed, signature."""
    magic, use, signer, *lengths, signature = struct.unpack("<8sB32sIII64s", container[:117])
    assert (magic, use, signer) == (b"zegel/1c", 1, key_bytes("signing", "id"))
    ends = [117 + sum(lengths[:at]) for at in range(4)]
    assert ends[3] == len(container)
    declaration, table, sealed = (container[a:b] for a, b in pairwise(ends))
    return declaration, table, sealed, signature


def open_wrap(wrap: bytes, declaration: bytes) -> bytes:
    """Section Wrap: return the message key."""
    public = key_bytes("sealing", "public")
    nonce = hashlib.blake2b(wrap[:32] + public, digest_size=24).digest()
    inside = crypto.xsalsa_decrypt(crypto.box_key(key_bytes("sealing", "seed"), wrap[:32]), nonce, wrap[32:])
    assert inside[:72] == b"zegel/1w" + h(b"zegel/1.declared", declaration) + key_bytes("sealing", "id")
    return inside[72:]


def open_part(message_key: bytes, declaration: bytes, at: int, row: bytes, box: bytes) -> bytes:
    """Section Parts: return the content."""
    category = json.loads(declaration)["parts"][at]["category"].encode()
    context = pae(h(b"zegel/1.declared", declaration), struct.pack("<I", at), category)
    key = h(b"zegel/1.part-key", context, message_key)
    assert row == struct.pack("<I", len(box)) + h(b"zegel/1.part-box", box) + h(b"zegel/1.part-com", b"", key)
    plain = crypto.xchacha_decrypt(h(b"zegel/1.part-enc", b"", key), h(b"zegel/1.part-non", b"", key, 24), context, box)
    content = plain.rstrip(b"\0")
    assert content[-1] == 0x80
    return content[:-1]


def test_it_reads_the_whole_message() -> None:
    note, container = open_hop(bytes.fromhex(MESSAGE["hop"]))
    declaration, table, sealed, signature = cut(container)
    message_key = open_wrap(sealed[:152], declaration)
    rows = [table[1 + at * 68 :][:68] for at in range(table[0])]
    boxes = [sealed[152 + at * 1040 :][:1040] for at in range(table[0])]

    assert note.decode() == VECTORS["note"]
    signed = pae(b"zegel/1 message", declaration, table)
    assert crypto.ed25519_verify(key_bytes("signing", "public"), signed, signature)
    assert h(b"zegel/1.message.", pae(declaration, table)).hex() == MESSAGE["message_hash"]
    assert table[-32:] == h(b"zegel/1.wrap-box", sealed[:152])
    contents = [
        open_part(message_key, declaration, at, row, box) for at, (row, box) in enumerate(zip(rows, boxes, strict=True))
    ]
    assert contents == [part["content"].encode() for part in MESSAGE["parts"]]


@pytest.mark.parametrize("name", KEYS)
def test_it_computes_the_same_key_ids(name: str) -> None:
    key = KEYS[name]
    names = pae(key["use"].encode(), key["owner"].encode(), bytes.fromhex(key["public"]))

    assert h(b"zegel/1.key-id..", names).hex() == key["id"]


def test_it_signs_the_same_bytes_the_same_way() -> None:
    signed = bytes.fromhex(MESSAGE["signed"])

    assert crypto.ed25519_sign(key_bytes("signing", "seed"), signed).hex() == MESSAGE["signature"]
    assert not crypto.ed25519_verify(
        key_bytes("signing", "public"), signed + b"\0", bytes.fromhex(MESSAGE["signature"])
    )


@pytest.mark.parametrize("name", ["sealing", "hop_adapter", "hop_broker"])
def test_it_computes_the_same_public_keys(name: str) -> None:
    assert crypto.x25519(key_bytes(name, "seed"), b"\x09" + bytes(31)) == key_bytes(name, "public")
