"""Primitives: unambiguous concatenation, personalised hashes, strict base64url, padding and the one AEAD.

Everything here takes and gives bytes and knows nothing of messages. Sharp edges of the library are closed here, so that
no caller meets an exception it did not expect (docs/protocol.md, Notation).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from typing import TypeAlias

from nacl import bindings
from nacl.exceptions import CryptoError

Random: TypeAlias = Callable[[int], bytes]  # n -> n bytes from the system's generator; fixed bytes in test vectors

KEY_SIZE = 32  # bytes, of every key, seed and derived key here
HASH_SIZE = 32
NONCE_SIZE = 24  # XChaCha20-Poly1305 and X25519 Box alike: long enough to draw at random (draft-irtf-cfrg-xchacha)
TAG_SIZE = 16
PERSON_SIZE = 16  # BLAKE2b personalisation (RFC 7693 appendix, libsodium `personal`)

_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_B64U = re.compile(r"[A-Za-z0-9_-]*\Z", re.ASCII)


class NotAuthenticError(Exception):
    """A box does not open under this key and context: other key, other context or changed bytes; which is not told."""


def pae(*parts: bytes) -> bytes:
    """Return LE64(n) ‖ LE64(|p1|) ‖ p1 ‖ …: no two lists of parts have one encoding (PASETO v4, PAE)."""
    pieces = [len(parts).to_bytes(8, "little")]
    for part in parts:
        pieces += (len(part).to_bytes(8, "little"), part)
    return b"".join(pieces)


def digest(person: bytes, data: bytes, *, key: bytes = b"", size: int = HASH_SIZE) -> bytes:
    """Return BLAKE2b of `data` under a personalisation of exactly 16 ASCII bytes; `key` is empty or 32 bytes."""
    if len(person) != PERSON_SIZE:  # shorter ones are zero-padded in silence, and then two names could be one
        raise ValueError("a personalisation is exactly 16 bytes")
    if len(key) not in {0, KEY_SIZE}:
        raise ValueError("a hash key is 32 bytes")
    return hashlib.blake2b(data, digest_size=size, key=key, person=person).digest()


def person(text: bytes) -> bytes:
    """Return `text` as a personalisation constant; raise ValueError at import unless it is 16 printable ASCII bytes."""
    if len(text) != PERSON_SIZE or not text.isascii() or not text.decode("ascii").isprintable():
        raise ValueError("a personalisation is exactly 16 printable ASCII bytes")
    return text


def b64u(data: bytes) -> str:
    """Return base64url without padding (RFC 4648 section 5): 43 characters for 32 bytes."""
    return binascii.b2a_base64(data, newline=False).translate(_URL_SAFE).rstrip(b"=").decode("ascii")


def unb64u(text: str) -> bytes:
    """Return the bytes of canonical base64url; raise ValueError on padding, other characters or stray trailing bits.

    Python's decoder skips unknown characters and ignores trailing bits, so many texts would mean one hash.
    """
    if not _B64U.match(text):
        raise ValueError("not base64url without padding")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise ValueError("not base64url without padding") from None
    if b64u(data) != text:
        raise ValueError("base64url with stray trailing bits")
    return data


def draw(random: Random, size: int) -> bytes:
    """Return `size` fresh bytes; raise ValueError when the source gives another number, for short keys are no keys."""
    fresh = random(size)
    if len(fresh) != size:
        raise ValueError("the source of randomness gave another number of bytes than was asked")
    return fresh


def encrypt(*, key: bytes, nonce: bytes, context: bytes, plaintext: bytes) -> bytes:
    """Return XChaCha20-Poly1305 ciphertext ‖ tag; `context` is authenticated with it and may not be empty."""
    _require_context(context)
    return bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, context, nonce, key)


def decrypt(*, key: bytes, nonce: bytes, context: bytes, ciphertext: bytes) -> bytes:
    """Return the plaintext; raise NotAuthenticError on anything that does not open, however short."""
    _require_context(context)
    if len(ciphertext) < TAG_SIZE:  # PyNaCl would ask for a negative buffer: a builtin ValueError
        raise NotAuthenticError
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(ciphertext, context, nonce, key)
    except CryptoError:
        raise NotAuthenticError from None


def _require_context(context: bytes) -> None:
    if not context:
        raise ValueError("the context that is authenticated along may not be empty")
