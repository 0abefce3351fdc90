"""The attack that makes key commitment necessary: one XChaCha20-Poly1305 ciphertext that opens under two keys.

Poly1305 is a polynomial over GF(2^130-5). With two free blocks in the ciphertext, "the tag is T under both keys" is two
linear equations in two unknowns; one in sixteen solutions has both blocks in range (Len, Grubbs, Ristenpart:
"Partitioning Oracle Attacks", 2021; Albertini et al.: "How to Abuse and Fix Authenticated Encryption").
"""

import struct
from dataclasses import dataclass
from itertools import count

from tests.foreign.ciphers import CLAMP, POLY, chacha_block, hchacha
from zegel_schemas.seal.parts import _encryption_key, _nonce

BLOCK = 16


@dataclass(frozen=True)
class Authenticator:
    """The Poly1305 key of one part key: r and s (RFC 8439 section 2.6)."""

    r: int
    s: int

    @classmethod
    def of_part_key(cls, part_key: bytes) -> "Authenticator":
        """Take the first 32 bytes of the ChaCha20 key stream of block 0."""
        key, nonce = _encryption_key(part_key), _nonce(part_key)
        stream = chacha_block(hchacha(key, nonce[:16]), bytes(4) + nonce[16:], 0)
        return cls(int.from_bytes(stream[:16], "little") & CLAMP, int.from_bytes(stream[16:32], "little"))


def two_key_ciphertext(first: bytes, second: bytes, context: bytes, size: int) -> bytes:
    """Return `size` bytes, tag included, that open under both part keys in this context."""
    keys = [Authenticator.of_part_key(first), Authenticator.of_part_key(second)]
    blocks = (size - BLOCK) // BLOCK
    head = context.ljust(-(-len(context) // BLOCK) * BLOCK, b"\0")
    tail = struct.pack("<QQ", len(context), blocks * BLOCK)
    known = [_number(head[at : at + BLOCK]) for at in range(0, len(head), BLOCK)]
    data = [*known, *[_number(bytes(BLOCK))] * blocks, _number(tail)]
    free = (len(known), len(known) + 1)  # the first two ciphertext blocks
    for tag in count(1):
        solved = _solve(keys, data, free, tag)
        if all(0 <= x - 2**128 < 2**128 for x in solved):
            cipher = b"".join((x - 2**128).to_bytes(BLOCK, "little") for x in solved)
            return cipher + bytes(BLOCK) * (blocks - 2) + tag.to_bytes(BLOCK, "little")
    raise AssertionError("unreachable")


def _number(block: bytes) -> int:
    return int.from_bytes(block, "little") + 2**128


def _solve(keys: list[Authenticator], data: list[int], free: tuple[int, int], tag: int) -> tuple[int, int]:
    rows = []
    for key in keys:
        powers = [pow(key.r, len(data) - at, POLY) for at in range(len(data))]
        rest = sum(power * block for at, (power, block) in enumerate(zip(powers, data, strict=True)) if at not in free)
        rows.append((powers[free[0]], powers[free[1]], ((tag - key.s) % 2**128 - rest) % POLY))
    (a, b, e), (c, d, f) = rows
    inverse = pow(a * d - b * c, -1, POLY)
    return (e * d - b * f) * inverse % POLY, (a * f - e * c) * inverse % POLY
