"""Keys: checked public halves, private halves that cannot leak by accident, and what a directory says of them.

A key id binds use and owner to the key, so a key of one use or owner never counts as another (protocol, Keys).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, Never, TypeAlias, final, get_args

from nacl import bindings
from nacl.exceptions import CryptoError
from nacl.utils import random as system_random

from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.primitives import KEY_SIZE, digest, pae, person
from zegel_schemas.shapes import CODE

KeyUse = Literal["root", "identity", "signing", "sealing", "hop", "log"]

KEY_ID: Final = person(b"zegel/1.key-id..")
ENCRYPTING: Final = frozenset({"sealing", "hop"})  # X25519; every other use is Ed25519

_USES: Final = frozenset(get_args(KeyUse))
_OWNER: Final = re.compile(CODE)
_FIELD: Final = 2**255 - 19  # u-coordinates lie below this prime (RFC 7748 section 4.1)
_ANY_SCALAR: Final = bytes(KEY_SIZE - 1) + b"\x40"  # one clamped scalar serves to find points of small order
# The base point plus the point of order 2: on the curve, canonical, yet outside the main subgroup.
# The libsodium that PyNaCl carried before 1.6.2 takes it for valid (CVE-2025-69277).
_BASE_PLUS_ORDER_2: Final = bytes.fromhex("95" + "99" * 31)

if bindings.crypto_core_ed25519_is_valid_point(_BASE_PLUS_ORDER_2):
    raise ImportError("this libsodium takes points outside the main subgroup for valid: use PyNaCl 1.6.2 or newer")


def key_id(use: KeyUse, owner: str, public: bytes) -> bytes:
    """Return the 32-byte id of a key: H(use, owner, public key); `owner` is the id of an instantie or `broker`."""
    return digest(KEY_ID, pae(use.encode("ascii"), owner.encode("ascii"), public))


@final
@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key whose form, point and order were checked; raise Refusal REGISTER_ONGELDIG when one fails.

    `raw` is 32 bytes: an Ed25519 point of the main subgroup, or an X25519 u-coordinate that is canonical and not of
    small order. Its `id` is what frames, declarations and directories name it by.
    """

    use: KeyUse
    owner: str
    raw: bytes = field(repr=False)
    id: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check use, owner and point, then fix the id."""
        if self.use not in _USES:
            raise _unfit("use", "unknown use of a key")
        if not _OWNER.fullmatch(self.owner):
            raise _unfit("owner", "an owner is a code: a-z, 0-9, dot, dash, underscore")
        _check_point(self.use, self.raw)
        object.__setattr__(self, "id", key_id(self.use, self.owner, self.raw))


@final
class PrivateKey:
    """A private key of one use and owner. It has no text form, no comparison, no copy and no pickle.

    Python cannot wipe memory: a seed stays in the process until its page is reused (SECURITY.md says so).
    """

    __slots__ = ("_seed", "public")

    _seed: bytes
    public: PublicKey

    def __init__(self, use: KeyUse, owner: str, seed: bytes) -> None:
        """Take the 32-byte seed: an Ed25519 seed (RFC 8032) or the X25519 private key itself (RFC 7748)."""
        if len(seed) != KEY_SIZE:
            raise ValueError("a seed is 32 bytes")
        object.__setattr__(self, "_seed", seed)
        object.__setattr__(self, "public", PublicKey(use, owner, _public_half(use, seed)))

    @classmethod
    def generate(cls, use: KeyUse, owner: str) -> "PrivateKey":
        """Return a new key from libsodium's generator; in tests use `from_seed`."""
        return cls(use, owner, system_random(KEY_SIZE))

    @classmethod
    def from_seed(cls, use: KeyUse, owner: str, seed: bytes) -> "PrivateKey":
        """Return the key of a stored 32-byte seed; raise ValueError on another length."""
        return cls(use, owner, seed)

    @property
    def id(self) -> bytes:
        """The id of the public half."""
        return self.public.id

    def unsafe_seed(self) -> bytes:
        """Return the secret itself: for the key store, which encrypts it, and for this package. Never show it."""
        return self._seed

    def __setattr__(self, name: str, value: object) -> Never:
        """Refuse: a key does not change."""
        raise AttributeError("a private key does not change")

    def __repr__(self) -> str:
        """Show nothing at all, not even whose key it is."""
        return "PrivateKey(...)"

    def __getstate__(self) -> Never:
        """Refuse: Python would hand out every slot."""
        raise TypeError("a private key cannot be copied or pickled")

    def __reduce_ex__(self, protocol: object) -> Never:
        """Refuse pickle, copy and deepcopy, which all pass here."""
        raise TypeError("a private key cannot be copied or pickled")


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A public key as the directory gives it. Times are seconds since 1970 UTC, bounds inclusive; 0 = not revoked.

    A door hands this over as data: whether the key was valid depends on when, and no door knows the time.
    `revoked_index` is the log index of the revocation, and from where it counts.
    """

    public: PublicKey
    valid_from: int
    valid_until: int
    revoked_at: int = 0
    revoked_index: int = 0

    @property
    def id(self) -> bytes:
        """The id of the key."""
        return self.public.id

    @property
    def owner(self) -> str:
        """The instantie the key belongs to."""
        return self.public.owner


KeyLookup: TypeAlias = Callable[[bytes], KeyRecord | None]  # key id (32 bytes) -> what the directory says, or None


def _public_half(use: KeyUse, seed: bytes) -> bytes:
    if use in ENCRYPTING:
        return bindings.crypto_scalarmult_base(seed)
    return bindings.crypto_sign_seed_keypair(seed)[0]


def _check_point(use: KeyUse, raw: bytes) -> None:
    if len(raw) != KEY_SIZE:  # crypto_scalarmult reads 32 bytes, whatever it is given
        raise _unfit("key", "a public key is 32 bytes")
    if use in ENCRYPTING:
        _check_x25519(raw)
    elif not bindings.crypto_core_ed25519_is_valid_point(raw):
        raise _unfit("key", "not an Ed25519 point of the main subgroup")


def _check_x25519(raw: bytes) -> None:
    # Two encodings of one point would be one key under two ids.
    if int.from_bytes(raw, "little") >= _FIELD:
        raise _unfit("key", "not a canonical X25519 public key")
    try:
        bindings.crypto_scalarmult(_ANY_SCALAR, raw)
    except CryptoError:
        raise _unfit("key", "an X25519 public key of small order") from None


def _unfit(name: str, why: str) -> Refusal:
    return Refusal(Fault.REGISTER_ONGELDIG, name, detail=why)
