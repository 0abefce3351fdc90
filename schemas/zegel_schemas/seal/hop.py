"""The hop: a container, delivery or notice boxed for the next stop only, adapter to broker or broker to recipient.

RabbitMQ, its disk and its operators see queue, time and rounded size. Nothing relies on the box for authenticity: what
counts is signed inside. The shared key of two hop keys is computed once and kept (protocol, layer 6).
"""

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Never, final, get_args

from nacl import bindings
from nacl.exceptions import CryptoError

from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.frame import MAX_CONTAINER
from zegel_schemas.seal.keys import KeyLookup, KeyRecord, PrivateKey, PublicKey
from zegel_schemas.seal.padding import WrongPaddingError, hop_bucket, pad, unpad
from zegel_schemas.seal.primitives import NONCE_SIZE, TAG_SIZE, Random, draw

HopKind = Literal["message", "delivery", "notice"]

MAGIC: Final = b"zegel/1h"
MAX_NOTE: Final = 8 * 1024  # bytes; a checkpoint with its signature is some 250
MAX_HOP: Final = MAX_CONTAINER + 1024 * 1024  # bytes: room for note, stamp and padding, or for a large notice

_KINDS: Final[tuple[HopKind, ...]] = get_args(HopKind)  # on the wire 1, 2, 3
_HEAD: Final = struct.Struct("<8s32s32s24s")
_INSIDE: Final = struct.Struct("<BH")
_LENGTH_SIZE: Final = 4


@dataclass(frozen=True, slots=True)
class HopFrame:
    """What travels one hop: a `message` to the broker, or a `delivery` or `notice` from it.

    `note` is the newest checkpoint its sender holds (empty when none yet); `body` is a container, a delivery
    (`encode_delivery`) or a notice.
    """

    kind: HopKind
    note: bytes = field(repr=False)
    body: bytes = field(repr=False)


@final
class HopBox:
    """Boxes and opens hops with our own hop keys; keeps one shared key per pair. Safe to use from several threads."""

    __slots__ = ("_own", "_shared")

    def __init__(self, own: Mapping[bytes, PrivateKey] | Iterable[PrivateKey]) -> None:
        """Take our hop keys, the one to seal with first; older ones only open. Raise ValueError on other keys."""
        keys = tuple(own.values()) if isinstance(own, Mapping) else tuple(own)
        if not keys or any(key.public.use != "hop" for key in keys):
            raise ValueError("a hop is boxed with one hop key or more, and only with those")
        self._own = {key.public.id: key for key in keys}
        self._shared: dict[tuple[bytes, bytes], bytes] = {}

    def seal(self, peer: PublicKey, frame: HopFrame, *, own_id: bytes | None = None, random: Random) -> bytes:
        """Return the frame boxed for `peer`; raise Refusal TE_GROOT when note or whole is too large."""
        if peer.use != "hop":
            raise ValueError("a hop is boxed for a hop key")
        own = next(iter(self._own.values())) if own_id is None else self._own[own_id]
        if len(frame.note) > MAX_NOTE:
            raise Refusal(Fault.TE_GROOT, "note", detail=f"a note holds at most {MAX_NOTE} bytes")
        inside = _INSIDE.pack(_KINDS.index(frame.kind) + 1, len(frame.note)) + frame.note + frame.body
        nonce = draw(random, NONCE_SIZE)
        box = bindings.crypto_box_easy_afternm(pad(inside, hop_bucket), nonce, self._shared_key(own, peer))
        sealed = _HEAD.pack(MAGIC, own.public.id, peer.id, nonce) + box
        _check_size(len(sealed))
        return sealed

    def holds(self, own_id: bytes) -> bool:
        """Tell whether the hop key with this id is one of ours."""
        return own_id in self._own

    def open(self, data: bytes, keys: KeyLookup) -> tuple[HopFrame, KeyRecord]:
        """Return the frame and the key it came from.

        Raise Refusal TE_GROOT, HOP_ONLEESBAAR, HOP_SLEUTEL_ONBEKEND or SLEUTEL_ANDER_GEBRUIK. A receiver also refuses a
        kind it does not expect: that keeps a hop from being sent back to whom it came from.
        """
        _check_size(len(data))
        if len(data) < _HEAD.size + TAG_SIZE or not data.startswith(MAGIC):
            raise Refusal(Fault.HOP_ONLEESBAAR)
        _, peer_id, own_id, nonce = _HEAD.unpack_from(data)
        own, peer = self._own.get(own_id), keys(peer_id)
        if own is None or peer is None:
            raise Refusal(Fault.HOP_SLEUTEL_ONBEKEND)
        if peer.public.use != "hop":
            raise Refusal(Fault.SLEUTEL_ANDER_GEBRUIK)
        try:
            padded = bindings.crypto_box_open_easy_afternm(
                data[_HEAD.size :], nonce, self._shared_key(own, peer.public)
            )
            return _read_inside(unpad(padded, hop_bucket)), peer
        except (CryptoError, WrongPaddingError):
            raise Refusal(Fault.HOP_ONLEESBAAR) from None

    def __getstate__(self) -> Never:
        """Refuse: it holds private and shared keys."""
        raise TypeError("a hop box cannot be copied or pickled")

    def __reduce_ex__(self, protocol: object) -> Never:
        """Refuse pickle, copy and deepcopy."""
        raise TypeError("a hop box cannot be copied or pickled")

    def _shared_key(self, own: PrivateKey, peer: PublicKey) -> bytes:
        pair = (own.public.id, peer.id)
        shared = self._shared.get(pair)
        if shared is None:  # two threads may both compute it: the same bytes
            shared = bindings.crypto_box_beforenm(peer.raw, own.unsafe_seed())
            self._shared[pair] = shared
        return shared


def encode_delivery(container: bytes, stamp: bytes) -> bytes:
    """Return the body of a delivery: LE32 length ‖ container ‖ stamp."""
    return len(container).to_bytes(_LENGTH_SIZE, "little") + container + stamp


def decode_delivery(body: bytes) -> tuple[bytes, bytes]:
    """Return container and stamp; raise Refusal HOP_ONLEESBAAR or, without a stamp, STEMPEL_ONTBREEKT."""
    length = int.from_bytes(body[:_LENGTH_SIZE], "little")
    end = _LENGTH_SIZE + length
    if len(body) < end or length == 0:
        raise Refusal(Fault.HOP_ONLEESBAAR, detail="a delivery is shorter than it says")
    if len(body) == end:
        raise Refusal(Fault.STEMPEL_ONTBREEKT)
    return body[_LENGTH_SIZE:end], body[end:]


def _read_inside(inside: bytes) -> HopFrame:
    if len(inside) < _INSIDE.size:
        raise Refusal(Fault.HOP_ONLEESBAAR)
    kind, noted = _INSIDE.unpack_from(inside)
    end = _INSIDE.size + noted
    if not 1 <= kind <= len(_KINDS) or noted > MAX_NOTE or len(inside) < end:
        raise Refusal(Fault.HOP_ONLEESBAAR)
    return HopFrame(_KINDS[kind - 1], inside[_INSIDE.size : end], inside[end:])


def _check_size(size: int) -> None:
    if size > MAX_HOP:
        raise Refusal(Fault.TE_GROOT, detail=f"a hop holds at most {MAX_HOP} bytes")
