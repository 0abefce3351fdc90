"""Section Notation: PAE, hashes, base64url, canonical JSON, padding; and sections Keys and Signatures."""

import base64
import hashlib
import json
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.foreign import ciphers

SHORT = {0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r", 0x22: '\\"', 0x5C: "\\\\"}
DEPTH = 16


class Refused(Exception):  # noqa: N818 - the word of the protocol
    """What a receiver answers: one of the codes of the protocol."""

    def __init__(self, code: str) -> None:
        """Take the code."""
        super().__init__(code)
        self.code = code


class NotCanonical(ValueError):  # noqa: N818 - a verdict
    """The bytes are no canonical JSON."""


def le16(number: int) -> bytes:
    """Return 2 bytes."""
    return struct.pack("<H", number)


def le32(number: int) -> bytes:
    """Return 4 bytes."""
    return struct.pack("<I", number)


def le64(number: int) -> bytes:
    """Return 8 bytes."""
    return struct.pack("<Q", number)


def pae(*parts: bytes) -> bytes:
    """Return LE64(n) and then each part behind its LE64 length."""
    return le64(len(parts)) + b"".join(le64(len(part)) + part for part in parts)


def h(person: str, data: bytes, *, key: bytes = b"", size: int = 32) -> bytes:
    """Return BLAKE2b with a personalisation of 16 bytes."""
    assert len(person) == 16
    return hashlib.blake2b(data, digest_size=size, key=key, person=person.encode()).digest()


def b64u(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_b64u(text: str) -> bytes:
    """Return the bytes of canonical base64url; raise ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9_-]*", text):
        raise ValueError("characters")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(data) != text:
        raise ValueError("trailing bits")
    return data


def canonical(value: Any, depth: int = 1) -> bytes:
    """Return canonical JSON; raise NotCanonical."""
    if value is True or value is False:
        return b"true" if value else b"false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int) and 0 <= value < 2**53:
        return str(value).encode()
    if isinstance(value, (list, dict)) and depth <= DEPTH:
        if isinstance(value, list):
            return b"[" + b",".join(canonical(each, depth + 1) for each in value) + b"]"
        pairs = [_text(key) + b":" + canonical(value[key], depth + 1) for key in sorted(value)]
        return b"{" + b",".join(pairs) + b"}"
    raise NotCanonical


def _text(value: str) -> bytes:
    return b'"' + "".join(map(_character, value)).encode("ascii") + b'"'


def _character(character: str) -> str:
    code = ord(character)
    if code in SHORT:
        return SHORT[code]
    if 0x20 <= code <= 0x7E:
        return character
    if 0xD800 <= code <= 0xDFFF:
        raise NotCanonical
    units = struct.unpack(f">{1 + (code > 0xFFFF)}H", character.encode("utf-16-be"))
    return "".join(f"\\u{unit:04x}" for unit in units)


def parse(data: bytes) -> Any:
    """Return what canonical JSON says; raise NotCanonical."""
    try:
        value = json.loads(data.decode("ascii"))
    except (ValueError, RecursionError):
        raise NotCanonical from None
    if canonical(value) != data:
        raise NotCanonical
    return value


def part_bucket(needed: int) -> int:
    """Return the size a part of so many bytes, mark included, is padded to."""
    size = 1024
    while size < needed and size < 65536:
        size *= 2
    while size < needed:
        size += 65536
    return size


def hop_bucket(needed: int) -> int:
    """Return the next multiple of 1024."""
    return (needed + 1023) // 1024 * 1024


def pad(data: bytes, bucket: Callable[[int], int]) -> bytes:
    """Return the data, 0x80 and zeros."""
    return data + b"\x80" + bytes(bucket(len(data) + 1) - len(data) - 1)


def unpad(data: bytes, bucket: Callable[[int], int], code: str) -> bytes:
    """Return what was padded; raise Refused(code)."""
    marked = data.rstrip(b"\0")
    if marked[-1:] != b"\x80" or bucket(len(marked)) != len(data):
        raise Refused(code)
    return marked[:-1]


@dataclass(frozen=True)
class Public:
    """A public key as the directory gives it."""

    use: str
    owner: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """The key id."""
        return h("zegel/1.key-id..", pae(self.use.encode(), self.owner.encode(), self.raw))

    def check(self) -> None:
        """Raise Refused unless it may be registered."""
        test = ciphers.is_x25519_key if self.use in {"sealing", "hop"} else ciphers.is_ed25519_key
        if len(self.raw) != 32 or not test(self.raw):
            raise Refused("REGISTER_ONGELDIG")


@dataclass(frozen=True)
class Key:
    """A key pair, from its 32 secret bytes."""

    use: str
    owner: str
    seed: bytes

    @property
    def public(self) -> Public:
        """The public half."""
        make = ciphers.x25519_public if self.use in {"sealing", "hop"} else ciphers.ed25519_public
        return Public(self.use, self.owner, make(self.seed))

    @property
    def id(self) -> bytes:
        """The key id."""
        return self.public.id


Keys = Mapping[bytes, Public]


def verify(public: Public, signed: bytes, signature: bytes, code: str = "HANDTEKENING_ONGELDIG") -> None:
    """Raise Refused(code) unless the signature holds."""
    if len(signature) != 64:
        raise Refused(code)
    try:
        ciphers.ed25519_verify(public.raw, signed, signature)
    except ciphers.Unopened:
        raise Refused(code) from None
