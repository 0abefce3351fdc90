"""The seal: everything cryptographic, and the only package that imports nacl; read `container.py` first.

The way of a message: `seal` (sealing.py) → `HopBox` (hop.py) → `check_frame`, `read` (container.py) → `open_parts`
(opening.py) → years later `disclose_part`, `verify_part` (disclosure.py). Underneath lie frame.py (the bytes of a
container), table.py (seal table), parts.py (part keys, commitments, wrap), signatures.py, keys.py, padding.py and
primitives.py; beside it stands vault.py, for what is stored. The normative text is docs/protocol.md.
"""

from zegel_schemas.seal.container import Signed, Verified, check_frame, check_sender_bytes, read
from zegel_schemas.seal.disclosure import Disclosed, Disclosure, disclose_part, verify_part
from zegel_schemas.seal.frame import MAX_CONTAINER, Use, message_hash
from zegel_schemas.seal.hop import HopBox, HopFrame, HopKind, decode_delivery, encode_delivery
from zegel_schemas.seal.keys import KeyLookup, KeyRecord, KeyUse, PrivateKey, PublicKey, key_id
from zegel_schemas.seal.opening import Opened, open_parts, reopen
from zegel_schemas.seal.parts import PlainPart
from zegel_schemas.seal.primitives import Random, b64u, digest, pae, person, unb64u
from zegel_schemas.seal.sealing import Sealed, seal
from zegel_schemas.seal.signatures import (
    ASK,
    DRYRUN,
    MESSAGE,
    RECEIPT,
    STATEMENT,
    check_note_text,
    check_signature_of,
    sign,
    sign_note_text,
)
from zegel_schemas.seal.vault import VaultError, decrypt, derive_kek, encrypt

__all__ = [
    "ASK",
    "DRYRUN",
    "MAX_CONTAINER",
    "MESSAGE",
    "RECEIPT",
    "STATEMENT",
    "Disclosed",
    "Disclosure",
    "HopBox",
    "HopFrame",
    "HopKind",
    "KeyLookup",
    "KeyRecord",
    "KeyUse",
    "Opened",
    "PlainPart",
    "PrivateKey",
    "PublicKey",
    "Random",
    "Sealed",
    "Signed",
    "Use",
    "VaultError",
    "Verified",
    "b64u",
    "check_frame",
    "check_note_text",
    "check_sender_bytes",
    "check_signature_of",
    "decode_delivery",
    "decrypt",
    "derive_kek",
    "digest",
    "disclose_part",
    "encode_delivery",
    "encrypt",
    "key_id",
    "message_hash",
    "open_parts",
    "pae",
    "person",
    "read",
    "reopen",
    "seal",
    "sign",
    "sign_note_text",
    "unb64u",
    "verify_part",
]
