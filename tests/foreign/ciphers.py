"""Another crypto library: pyca/cryptography, and plain Python for XSalsa20, HChaCha20 and the Ed25519 point check.

RFC 7748 (X25519), RFC 8032 (Ed25519), RFC 8439 and draft-irtf-cfrg-xchacha (XChaCha20-Poly1305), NaCl (XSalsa20, Box,
SealedBox). Slow, for tests only; it shares nothing with the library the product uses.
"""

import hashlib
import struct
from collections.abc import Callable
from functools import cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.poly1305 import Poly1305

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
POLY = 2**130 - 5
CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
SIGMA = struct.unpack("<4I", b"expand 32-byte k")
BASE_U = b"\x09" + bytes(31)
Point = tuple[int, int]
IDENTITY: Point = (0, 1)


class Unopened(Exception):  # noqa: N818 - what a box does under another key
    """A box or signature does not hold under this key."""


def _turn(value: int, by: int) -> int:
    value &= 0xFFFFFFFF
    return (value << by | value >> 32 - by) & 0xFFFFFFFF


def chacha_rounds(state: list[int]) -> list[int]:
    """Return the state after the 20 rounds of ChaCha (RFC 8439 section 2.3)."""
    x = list(state)
    columns = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)]
    diagonals = [(0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)]
    for a, b, c, d in (columns + diagonals) * 10:
        for left, right, turned, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            x[left] = (x[left] + x[right]) & 0xFFFFFFFF
            x[turned] = _turn(x[turned] ^ x[left], by)
    return x


def salsa_rounds(state: list[int]) -> list[int]:
    """Return the state after the 20 rounds of Salsa20 (Bernstein, Salsa20 specification)."""
    x = list(state)
    columns = [(0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11)]
    rows = [(0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14)]
    for a, b, c, d in (columns + rows) * 10:
        for target, one, two, by in ((b, a, d, 7), (c, b, a, 9), (d, c, b, 13), (a, d, c, 18)):
            x[target] ^= _turn(x[one] + x[two], by)
    return x


def hchacha(key: bytes, nonce16: bytes) -> bytes:
    """Return the subkey of XChaCha20."""
    x = chacha_rounds([*SIGMA, *struct.unpack("<12I", key + nonce16)])
    return struct.pack("<8I", *x[:4], *x[12:])


def hsalsa(key: bytes, nonce16: bytes) -> bytes:
    """Return the subkey of XSalsa20, and the shared key of Box."""
    x = salsa_rounds(_salsa_state(key, nonce16))
    return struct.pack("<8I", x[0], x[5], x[10], x[15], *x[6:10])


def chacha_block(key: bytes, nonce12: bytes, counter: int) -> bytes:
    """Return one 64-byte block of the ChaCha20 key stream."""
    return _block(chacha_rounds, [*SIGMA, *struct.unpack("<12I", key + counter.to_bytes(4, "little") + nonce12)])


def salsa_block(key: bytes, nonce8: bytes, counter: int) -> bytes:
    """Return one 64-byte block of the Salsa20 key stream."""
    return _block(salsa_rounds, _salsa_state(key, nonce8 + counter.to_bytes(8, "little")))


def _salsa_state(key: bytes, middle: bytes) -> list[int]:
    k, n = struct.unpack("<8I", key), struct.unpack("<4I", middle)
    return [SIGMA[0], *k[:4], SIGMA[1], *n, SIGMA[2], *k[4:], SIGMA[3]]


def _block(rounds: Callable[[list[int]], list[int]], state: list[int]) -> bytes:
    return struct.pack("<16I", *((a + b) & 0xFFFFFFFF for a, b in zip(rounds(state), state, strict=True)))


def xchacha_encrypt(key: bytes, nonce: bytes, context: bytes, plain: bytes) -> bytes:
    """Return ciphertext ‖ tag of XChaCha20-Poly1305."""
    return ChaCha20Poly1305(hchacha(key, nonce[:16])).encrypt(bytes(4) + nonce[16:], plain, context)


def xchacha_decrypt(key: bytes, nonce: bytes, context: bytes, box: bytes) -> bytes:
    """Open XChaCha20-Poly1305; raise Unopened when the tag is another one."""
    try:
        return ChaCha20Poly1305(hchacha(key, nonce[:16])).decrypt(bytes(4) + nonce[16:], box, context)
    except InvalidTag:
        raise Unopened from None


def _salsa_stream(key: bytes, nonce: bytes, size: int) -> tuple[bytes, bytes]:
    """Return the Poly1305 key and the key stream of XSalsa20-Poly1305."""
    subkey = hsalsa(key, nonce[:16])
    stream = b"".join(salsa_block(subkey, nonce[16:], at) for at in range((32 + size) // 64 + 1))
    return stream[:32], stream[32 : 32 + size]


def secretbox(key: bytes, nonce: bytes, plain: bytes) -> bytes:
    """Return tag ‖ ciphertext of XSalsa20-Poly1305."""
    tag_key, stream = _salsa_stream(key, nonce, len(plain))
    cipher = _xor(plain, stream)
    return Poly1305.generate_tag(tag_key, cipher) + cipher


def secretbox_open(key: bytes, nonce: bytes, box: bytes) -> bytes:
    """Open XSalsa20-Poly1305; raise Unopened when the tag is another one."""
    tag_key, stream = _salsa_stream(key, nonce, len(box) - 16)
    try:
        Poly1305.verify_tag(tag_key, box[16:], box[:16])
    except InvalidSignature:
        raise Unopened from None
    return _xor(box[16:], stream)


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left, "big") ^ int.from_bytes(right, "big")).to_bytes(len(left), "big")


def x25519(secret: bytes, public: bytes) -> bytes:
    """Return X25519 (RFC 7748 section 5); raise Unopened when it is all zeros."""
    try:
        return X25519PrivateKey.from_private_bytes(secret).exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise Unopened from None


@cache
def x25519_public(secret: bytes) -> bytes:
    """Return the public key of an X25519 private key."""
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()


def box_key(secret: bytes, public: bytes) -> bytes:
    """Return the shared key of NaCl Box."""
    return hsalsa(x25519(secret, public), bytes(16))


def seal_nonce(ephemeral: bytes, recipient: bytes) -> bytes:
    """Return the nonce of libsodium's crypto_box_seal."""
    return hashlib.blake2b(ephemeral + recipient, digest_size=24).digest()


@cache
def ed25519_public(seed: bytes) -> bytes:
    """Return the public key of a seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """Return the signature of RFC 8032 section 5.1.6."""
    return Ed25519PrivateKey.from_private_bytes(seed).sign(message)


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> None:
    """Raise Unopened unless the signature holds, without cofactor, and its R is not of small order."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        raise Unopened from None
    if ed25519_times(8, ed25519_point(signature[:32])) == IDENTITY:
        raise Unopened


def ed25519_point(data: bytes) -> Point:
    """Return the point of a canonical encoding; raise ValueError when it is none (RFC 8032 section 5.1.3)."""
    number = int.from_bytes(data, "little")
    y, sign = number % 2**255, number >> 255
    if y >= P:
        raise ValueError("not canonical")
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or (x == 0 and sign):
        raise ValueError("not on the curve")
    return (P - x if x % 2 != sign else x), y


def ed25519_times(scalar: int, point: Point) -> Point:
    """Return a multiple of a point."""
    total = IDENTITY
    for bit in f"{scalar:b}":
        total = _add(total, total)
        if bit == "1":
            total = _add(total, point)
    return total


def _add(one: Point, two: Point) -> Point:
    (x1, y1), (x2, y2) = one, two
    both = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + both, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P


@cache
def is_ed25519_key(raw: bytes) -> bool:
    """Tell whether a public key is the canonical encoding of a point of the main subgroup other than the identity."""
    try:
        point = ed25519_point(raw)
    except ValueError:
        return False
    return point != IDENTITY and ed25519_times(L, point) == IDENTITY


@cache
def is_x25519_key(raw: bytes) -> bool:
    """Tell whether a public key is canonical and not of small order."""
    if int.from_bytes(raw, "little") >= P:
        return False
    try:
        x25519(b"\x40" * 32, raw)
    except Unopened:
        return False
    return True
