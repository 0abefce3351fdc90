"""Another crypto library: the primitives of zegel/1 in plain Python, from their specifications; slow, for tests only.

RFC 7748 (X25519), RFC 8032 (Ed25519), RFC 8439 and draft-irtf-cfrg-xchacha (XChaCha20-Poly1305), NaCl (XSalsa20). It
shares nothing with the library the product uses, so agreement means that docs/protocol.md says enough.
"""

import hashlib
import struct
from collections.abc import Callable

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
POLY = 2**130 - 5
CLAMP = 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
SIGMA = struct.unpack("<4I", b"expand 32-byte k")
Point = tuple[int, int]
IDENTITY: Point = (0, 1)


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


def poly1305(key: bytes, data: bytes) -> bytes:
    """Return the 16-byte tag (RFC 8439 section 2.5)."""
    r, s, total = int.from_bytes(key[:16], "little") & CLAMP, int.from_bytes(key[16:], "little"), 0
    for at in range(0, len(data), 16):
        total = (total + int.from_bytes(data[at : at + 16] + b"\x01", "little")) * r % POLY
    return ((total + s) % 2**128).to_bytes(16, "little")


def xchacha_decrypt(key: bytes, nonce: bytes, context: bytes, box: bytes) -> bytes:
    """Open XChaCha20-Poly1305; raise ValueError when the tag is another one."""
    subkey, rest, cipher = hchacha(key, nonce[:16]), bytes(4) + nonce[16:], box[:-16]
    padded = b"".join(part.ljust(-(-len(part) // 16) * 16, b"\0") for part in (context, cipher))
    lengths = struct.pack("<QQ", len(context), len(cipher))
    if poly1305(chacha_block(subkey, rest, 0)[:32], padded + lengths) != box[-16:]:
        raise ValueError("tag")
    return _xor(cipher, lambda at: chacha_block(subkey, rest, at + 1))


def xsalsa_decrypt(key: bytes, nonce: bytes, box: bytes) -> bytes:
    """Open the XSalsa20-Poly1305 of Box and SealedBox (tag first); raise ValueError when the tag is another one."""
    subkey, rest = hsalsa(key, nonce[:16]), nonce[16:]
    first = salsa_block(subkey, rest, 0)
    if poly1305(first[:32], box[16:]) != box[:16]:
        raise ValueError("tag")
    stream = first[32:] + b"".join(salsa_block(subkey, rest, at) for at in range(1, len(box) // 64 + 2))
    return bytes(a ^ b for a, b in zip(box[16:], stream, strict=False))


def _xor(data: bytes, block: Callable[[int], bytes]) -> bytes:
    stream = b"".join(block(at) for at in range(-(-len(data) // 64)))
    return bytes(a ^ b for a, b in zip(data, stream, strict=False))


def x25519(private: bytes, public: bytes) -> bytes:
    """Return the shared point (RFC 7748 section 5)."""
    scalar = int.from_bytes(bytes([private[0] & 248]) + private[1:31] + bytes([private[31] & 127 | 64]), "little")
    x1 = int.from_bytes(public, "little") % 2**255
    x2, z2, x3, z3 = 1, 0, x1, 1
    for bit in range(254, -1, -1):
        swap = scalar >> bit & 1
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        x3, z3 = pow(d * a + c * b, 2, P), x1 * pow(d * a - c * b, 2, P) % P
        e = a * a - b * b
        x2, z2 = a * a * b * b % P, e * (a * a + 121665 * e) % P
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, -1, P) % P).to_bytes(32, "little")


def box_key(private: bytes, public: bytes) -> bytes:
    """Return the shared key of NaCl's Box."""
    return hsalsa(x25519(private, public), bytes(16))


def _add(a: Point, b: Point) -> Point:
    product = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + product, -1, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P


def _times(scalar: int, point: Point) -> Point:
    total = IDENTITY
    for bit in f"{scalar:b}":
        total = _add(total, total)
        if bit == "1":
            total = _add(total, point)
    return total


def _decode(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y, sign = number % 2**255, number >> 255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square:
        raise ValueError("not on the curve")
    return (P - x if x % 2 != sign else x), y


def _encode(point: Point) -> bytes:
    return (point[1] | (point[0] % 2) << 255).to_bytes(32, "little")


BASE = _decode(bytes.fromhex("58" + "66" * 31))


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature holds, without cofactor (RFC 8032 section 5.1.7)."""
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus_a = (-_decode(public)[0] % P, _decode(public)[1])
    return s < L and _encode(_add(_times(s, BASE), _times(k, minus_a))) == signature[:32]


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """Return the signature of RFC 8032 section 5.1.6."""
    hashed = hashlib.sha512(seed).digest()
    a = int.from_bytes(bytes([hashed[0] & 248]) + hashed[1:31] + bytes([hashed[31] & 127 | 64]), "little")
    public = _encode(_times(a, BASE))
    r = int.from_bytes(hashlib.sha512(hashed[32:] + message).digest(), "little") % L
    point = _encode(_times(r, BASE))
    k = int.from_bytes(hashlib.sha512(point + public + message).digest(), "little") % L
    return point + ((r + k * a) % L).to_bytes(32, "little")
