"""The setting of the seal's tests: three instanties and the broker, fixed test keys, and messages between them.

All keys here are test keys: their seeds are hashes of their names, so every run sees the same bytes.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from zegel_schemas import canonical
from zegel_schemas.declaration import BROKER, Declaration, PartName, Recipient, Sender
from zegel_schemas.seal import KeyRecord, KeyUse, PlainPart, PrivateKey, Sealed, Verified, check_frame, read, seal
from zegel_schemas.seal.primitives import b64u

REGIE = "gemeente.regieteam"
CORPORATION = "jutphaas_wonen"
SCHOOL = "school_vo"

ISSUED = 1_750_000_000
WEEK = 7 * 24 * 3600


def fixed_key(use: KeyUse, owner: str, number: int = 0) -> PrivateKey:
    """Return the fixed test key of this use, owner and number."""
    return PrivateKey.from_seed(use, owner, hashlib.sha256(f"test key {use} {owner} {number}".encode()).digest())


SIGNING = {owner: fixed_key("signing", owner) for owner in (REGIE, CORPORATION, SCHOOL)}
SEALING = {owner: fixed_key("sealing", owner) for owner in (REGIE, CORPORATION, SCHOOL)}
HOP = {owner: fixed_key("hop", owner) for owner in (REGIE, CORPORATION, SCHOOL, BROKER)}
IDENTITY = fixed_key("identity", REGIE)
LOG = fixed_key("log", BROKER)
_KNOWN = {
    key.public.id: KeyRecord(key.public, ISSUED - WEEK, ISSUED + WEEK)
    for key in (*SIGNING.values(), *SEALING.values(), *HOP.values(), IDENTITY, LOG)
}


def known_keys(key_id: bytes) -> KeyRecord | None:
    """Look a key up among those of the setting."""
    return _KNOWN.get(key_id)


def counted_bytes(name: str = "draw") -> Callable[[int], bytes]:
    """Return a source of fixed bytes that never gives the same twice: randomness one can repeat."""
    count = 0

    def draw(size: int) -> bytes:
        nonlocal count
        count += 1
        return hashlib.shake_256(f"{name} {count}".encode()).digest(size)

    return draw


def content_of(category: str, text: str = "a fictitious text", schema: int = 1) -> PlainPart:
    """Return a part with a body of one field."""
    content = canonical.encode({"body": {"text": text}, "category": category, "schema": schema})
    return PlainPart(category, schema, content)


def declare(*categories: str, sender: str = REGIE, recipient: str = CORPORATION, **changes: Any) -> Declaration:
    """Return a declaration that encloses these categories; `changes` replace fields."""
    fields: dict[str, Any] = {
        "id": "0197759a-3800-7000-8000-000000000001",
        "kind": "mdo_informatie",
        "casus": "3f0a1c5e-8f6b-4c2d-9a7e-1b2c3d4e5f60",
        "convenant": b64u(hashlib.sha256(b"convenant").digest()),
        "sender": Sender(instantie=sender, role="casusregisseur", key=b64u(SIGNING[sender].id)),
        "recipient": Recipient(instantie=recipient, key=b64u(SEALING[recipient].id) if categories else ""),
        "purpose": "casusregie",
        "subjects": ("p1",),
        "parts": tuple(PartName(category=category, schema_version=1, label="feit") for category in categories),
        "issued": ISSUED,
        "expires": ISSUED + WEEK,
    }
    return Declaration(**(fields | changes))


def seal_message(*categories: str, text: str = "a fictitious text", **changes: Any) -> Sealed:
    """Seal a message with one small part per category, from the regieteam to the corporation unless changed."""
    declaration = declare(*categories, **changes)
    return seal(
        declaration,
        [content_of(category, text) for category in categories],
        signing=SIGNING[declaration.sender.instantie],
        recipient=SEALING[declaration.recipient.instantie].public if categories else None,
        random=counted_bytes(),
    )


def receive(container: bytes) -> Verified:
    """Pass both doors."""
    return read(check_frame(container, known_keys))
