"""The vault: encryption at rest for mailboxes and key stores, and the key a passphrase stands for (protocol)."""

from typing import Final

from nacl import pwhash

from zegel_schemas.seal.primitives import (
    KEY_SIZE,
    NONCE_SIZE,
    NotAuthenticError,
    Random,
    draw,
    pae,
)
from zegel_schemas.seal.primitives import decrypt as open_box
from zegel_schemas.seal.primitives import encrypt as make_box

MAGIC: Final = b"zegel/1v"
SALT_SIZE: Final = pwhash.argon2id.SALTBYTES  # 16 bytes
_OPS: Final = pwhash.argon2id.OPSLIMIT_MODERATE  # 3 passes
_MEMORY: Final = pwhash.argon2id.MEMLIMIT_MODERATE  # 256 MiB: above the second choice of RFC 9106 section 4 (64 MiB)


class VaultError(Exception):
    """Stored bytes do not open: other key, other place than they were written for, or damage. Our own fault."""


def encrypt(key: bytes, plaintext: bytes, *, context: bytes, random: Random) -> bytes:
    """Return magic 8 ‖ nonce 24 ‖ XChaCha20-Poly1305; `context` names the place, so that rows cannot be swapped."""
    _require_key(key)
    nonce = draw(random, NONCE_SIZE)
    return MAGIC + nonce + make_box(key=key, nonce=nonce, context=pae(MAGIC, context), plaintext=plaintext)


def decrypt(key: bytes, box: bytes, *, context: bytes) -> bytes:
    """Return the plaintext; raise VaultError when key, context or bytes are others than when it was written."""
    _require_key(key)
    nonce_end = len(MAGIC) + NONCE_SIZE
    if not box.startswith(MAGIC):
        raise VaultError("not a box of this vault")
    try:
        return open_box(
            key=key, nonce=box[len(MAGIC) : nonce_end], context=pae(MAGIC, context), ciphertext=box[nonce_end:]
        )
    except NotAuthenticError:
        raise VaultError("the box does not open under this key in this place") from None


def derive_kek(passphrase: bytes, salt: bytes) -> bytes:
    """Return the 32-byte key of a passphrase with Argon2id (3 passes, 256 MiB, one lane); `salt` is 16 random bytes.

    Raise ValueError on a salt of another length.
    """
    return pwhash.argon2id.kdf(KEY_SIZE, passphrase, salt, opslimit=_OPS, memlimit=_MEMORY)


def _require_key(key: bytes) -> None:
    if len(key) != KEY_SIZE:
        raise ValueError("a vault key is 32 bytes")
