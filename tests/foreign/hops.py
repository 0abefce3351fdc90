"""The hops of the vectors: each kind, without and with a note, with an inside at the border of a bucket."""

from collections.abc import Iterator
from typing import Any

from tests.foreign.containers import make_cases
from tests.foreign.making import box_hop, box_inside, write_delivery
from tests.foreign.town import HOP_NONCE, KEYS, NOTE


def write_hops(stamp: bytes, notice: bytes) -> list[dict[str, Any]]:
    """Return what hops.json says; the delivery and the notice carry these."""
    containers = {case.name: case.made.container for case in make_cases()}
    delivery = write_delivery(containers["two_parts"], stamp)
    hops = [
        ("message", "hop_adapter", "hop_broker", "message", NOTE, containers["two_parts"]),
        ("first_message", "hop_adapter", "hop_broker", "message", b"", containers["no_parts"]),
        ("receipt", "hop_regie", "hop_broker", "message", NOTE, containers["receipt_opened"]),
        ("delivery", "hop_broker", "hop_regie", "delivery", NOTE, delivery),
        ("notice", "hop_broker", "hop_adapter", "notice", NOTE, notice),
        ("fills_a_bucket", "hop_adapter", "hop_broker", "message", b"", bytes(1020)),
        ("opens_a_bucket", "hop_adapter", "hop_broker", "message", b"", bytes(1021)),
    ]
    return [_write(*each) for each in hops]


def _write(name: str, own: str, peer: str, kind: str, note: bytes, body: bytes) -> dict[str, Any]:
    made = box_hop(kind, note, body, own=KEYS[own], peer=KEYS[peer].public, nonce=HOP_NONCE)
    values = {each: getattr(made, each).hex() for each in ("inside", "point", "shared", "nonce", "hop")}
    return {
        "name": name,
        "from_key": own,
        "to_key": peer,
        "kind": kind,
        "note": note.decode(),
        "body": body.hex(),
        "padded_length": len(made.padded),
        **values,
    }


def false_hops() -> Iterator[tuple[str, str, bytes]]:
    """Yield name, code and hop of what the broker must refuse."""
    adapter, broker, nonce = KEYS["hop_adapter"], KEYS["hop_broker"].public, HOP_NONCE
    container = b"a container"
    right = box_hop("message", NOTE, container, own=adapter, peer=broker, nonce=nonce).hop

    def boxed(inside: bytes, padded: bytes = b"") -> bytes:
        return box_inside(inside, own=adapter, peer=broker, nonce=nonce, padded=padded).hop

    yield "too large", "TE_GROOT", right + bytes(9437184)
    yield "empty", "HOP_ONLEESBAAR", b""
    yield "cut before the tag", "HOP_ONLEESBAAR", right[:111]
    yield "another magic", "HOP_ONLEESBAAR", b"zegel/2h" + right[8:]
    yield "an unknown hop key of the sender", "HOP_SLEUTEL_ONBEKEND", right[:8] + bytes(32) + right[40:]
    yield "for another receiver", "HOP_SLEUTEL_ONBEKEND", right[:40] + bytes(32) + right[72:]
    yield "the sender's key is no hop key", "SLEUTEL_ANDER_GEBRUIK", right[:8] + KEYS["signing"].id + right[40:]
    yield "one bit of the box", "HOP_ONLEESBAAR", right[:-1] + bytes([right[-1] ^ 1])
    yield "another nonce", "HOP_ONLEESBAAR", right[:72] + bytes(24) + right[96:]
    yield "a byte more", "HOP_ONLEESBAAR", right + b"\0"
    yield "kind 0", "HOP_ONLEESBAAR", boxed(b"\0\0\0" + container)
    yield "kind 4", "HOP_ONLEESBAAR", boxed(b"\4\0\0" + container)
    yield "a note longer than the inside", "HOP_ONLEESBAAR", boxed(b"\1\x09\0" + b"too short"[:8])
    yield "a note longer than 8192 bytes", "HOP_ONLEESBAAR", boxed(b"\1\x01\x20" + bytes(8193) + container)
    yield "no room for kind and length", "HOP_ONLEESBAAR", boxed(b"\1\0")
    yield "no padding", "HOP_ONLEESBAAR", boxed(b"", padded=bytes(1024))
    yield "a bucket too large", "HOP_ONLEESBAAR", boxed(b"", padded=(b"\1\0\0x\x80").ljust(2048, b"\0"))
    yield "not a multiple of 1024", "HOP_ONLEESBAAR", boxed(b"", padded=b"\1\0\0x\x80")
