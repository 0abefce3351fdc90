"""Padding: ISO/IEC 7816-4 to fixed sizes, so that a length says little; the receiver recomputes the size."""

from collections.abc import Callable
from typing import Final, TypeAlias

KIB: Final = 1024
_LARGEST_POWER: Final = 64 * KIB
_MARK: Final = b"\x80"

Bucket: TypeAlias = Callable[[int], int]  # bytes to hold, the mark included -> bytes they are padded to


class WrongPaddingError(Exception):
    """The padding is not the one this content must have."""


def part_bucket(needed: int) -> int:
    """Return the size of a part: a power of two from 1 KiB to 64 KiB, above that the next multiple of 64 KiB."""
    if needed <= _LARGEST_POWER:
        return max(KIB, 1 << (needed - 1).bit_length())
    return -(-needed // _LARGEST_POWER) * _LARGEST_POWER


def hop_bucket(needed: int) -> int:
    """Return the size of a hop's inside: the next multiple of 1 KiB."""
    return -(-needed // KIB) * KIB


def pad(content: bytes, bucket: Bucket) -> bytes:
    """Return content ‖ 0x80 ‖ zeros, as long as `bucket` says for content and mark together."""
    # Joined at once: content may be megabytes, and each further copy of it costs as much as a hash of it.
    return b"".join((content, _MARK, bytes(bucket(len(content) + 1) - len(content) - 1)))


def unpad(padded: bytes, bucket: Bucket) -> bytes:
    """Return the content; raise WrongPaddingError unless mark and size are exactly those of `pad`."""
    at = padded.rfind(_MARK)
    if at < 0 or bucket(at + 1) != len(padded) or padded[at + 1 :] != bytes(len(padded) - at - 1):
        raise WrongPaddingError
    return padded[:at]
