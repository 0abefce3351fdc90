"""Sections Parts, Wrap, Seal table, Signature, Container and Hop, as a sender does them, every step to be seen."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.foreign import ciphers
from tests.foreign.declaring import NIL
from tests.foreign.notation import Key, Public, b64u, canonical, h, hop_bucket, le16, le32, pad, pae, part_bucket

USES = ("message", "receipt", "ask", "dryrun")
HASHED_AS = {
    "message": "zegel/1.message.",
    "receipt": "zegel/1.receipt.",
    "ask": "zegel/1.ask.....",
    "dryrun": "zegel/1.dryrun..",
}
HOP_KINDS = ("message", "delivery", "notice")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One sealed part and all values on the way to it."""

    content: bytes
    context: bytes
    part_key: bytes
    commitment: bytes
    encryption_key: bytes
    nonce: bytes
    padded: bytes
    ciphertext: bytes
    ciphertext_hash: bytes


@dataclass(frozen=True, kw_only=True)
class Wrap:
    """The wrap and all values on the way to it."""

    inside: bytes
    ephemeral_public: bytes
    shared: bytes  # the key of the Box
    nonce: bytes
    wrap: bytes
    wrap_hash: bytes


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container and all values on the way to it; the attributes can be replaced to make a false one."""

    use: str
    declaration: bytes
    parts: tuple[Part, ...] = ()
    wrap: Wrap | None = None
    table: bytes
    signed: bytes
    signature: bytes
    message_hash: bytes
    container: bytes = field(repr=False)

    @property
    def head(self) -> bytes:
        """The bytes before the declaration."""
        return self.container[:117]


def hash_declaration(declaration: bytes) -> bytes:
    """Return dh."""
    return h("zegel/1.declared", declaration)


def seal_part(declared: bytes, at: int, category: str, content: bytes, message_key: bytes) -> Part:
    """Return part `at`; `declared` is dh."""
    context = pae(declared, le32(at), category.encode())
    return seal_under(h("zegel/1.part-key", context, key=message_key), context, content)


def seal_under(part_key: bytes, context: bytes, content: bytes, *, padded: bytes = b"") -> Part:
    """Return a part under this CEK; `padded` replaces the padded content."""
    padded = padded or pad(content, part_bucket)
    encryption_key = h("zegel/1.part-enc", b"", key=part_key)
    nonce = h("zegel/1.part-non", b"", key=part_key, size=24)
    ciphertext = ciphers.xchacha_encrypt(encryption_key, nonce, context, padded)
    return Part(
        content=content,
        context=context,
        part_key=part_key,
        commitment=h("zegel/1.part-com", b"", key=part_key),
        encryption_key=encryption_key,
        nonce=nonce,
        padded=padded,
        ciphertext=ciphertext,
        ciphertext_hash=h("zegel/1.part-box", ciphertext),
    )


def wrap_key(declared: bytes, to: Public, message_key: bytes, ephemeral: bytes, *, inside: bytes = b"") -> Wrap:
    """Return the wrap of a message key; `inside` replaces what is boxed."""
    inside = inside or b"zegel/1w" + declared + to.id + message_key
    public = ciphers.x25519_public(ephemeral)
    shared, nonce = ciphers.box_key(ephemeral, to.raw), ciphers.seal_nonce(public, to.raw)
    wrap = public + ciphers.secretbox(shared, nonce, inside)
    return Wrap(
        inside=inside,
        ephemeral_public=public,
        shared=shared,
        nonce=nonce,
        wrap=wrap,
        wrap_hash=h("zegel/1.wrap-box", wrap),
    )


def write_table(parts: Sequence[Part], wrap: Wrap | None) -> bytes:
    """Return the seal table."""
    rows = [le32(len(each.ciphertext)) + each.ciphertext_hash + each.commitment for each in parts]
    return bytes([len(parts)]) + b"".join(rows) + (wrap.wrap_hash if wrap else b"")


def seal(
    declaration: dict[str, Any] | bytes,
    contents: Sequence[bytes] = (),
    *,
    signing: Key,
    to: Public | None = None,
    message_key: bytes = b"",
    ephemeral: bytes = b"",
    use: str = "message",
) -> Container:
    """Return a container; the contents stand in the order of the declaration's parts."""
    declared = declaration if isinstance(declaration, bytes) else canonical(declaration)
    names = [each["category"] for each in declaration["parts"]] if isinstance(declaration, dict) else []
    hashed = hash_declaration(declared)
    parts = [seal_part(hashed, at, names[at], content, message_key) for at, content in enumerate(contents)]
    wrap = wrap_key(hashed, to, message_key, ephemeral) if to is not None else None
    return close(declared, parts, wrap, signing=signing, use=use)


def close(
    declared: bytes,
    parts: Sequence[Part],
    wrap: Wrap | None,
    *,
    signing: Key,
    use: str = "message",
    table: bytes | None = None,
    sealed: bytes | None = None,
    signer: bytes | None = None,
    domain: str = "",
) -> Container:
    """Sign and frame; the last four replace what would be right."""
    table = write_table(parts, wrap) if table is None else table
    if sealed is None:
        sealed = b"".join([wrap.wrap if wrap else b"", *(each.ciphertext for each in parts)])
    signed = pae(domain.encode() or b"zegel/1 " + use.encode(), declared, table)
    signature = ciphers.ed25519_sign(signing.seed, signed)
    head = struct.pack(
        "<8sB32sIII64s",
        b"zegel/1c",
        USES.index(use) + 1,
        signer or signing.id,
        len(declared),
        len(table),
        len(sealed),
        signature,
    )
    return Container(
        use=use,
        declaration=declared,
        parts=tuple(parts),
        wrap=wrap,
        table=table,
        signed=signed,
        signature=signature,
        message_hash=h(HASHED_AS[use], pae(declared, table)),
        container=head + declared + table + sealed,
    )


@dataclass(frozen=True, kw_only=True)
class Hop:
    """A hop and all values on the way to it."""

    inside: bytes
    padded: bytes
    point: bytes  # X25519 of the two keys
    shared: bytes  # HSalsa20 of it: the key of the Box
    nonce: bytes
    hop: bytes = field(repr=False)


def box_hop(kind: str, note: bytes, body: bytes, *, own: Key, peer: Public, nonce: bytes) -> Hop:
    """Return a hop from `own` to `peer`."""
    return box_inside(
        bytes([HOP_KINDS.index(kind) + 1]) + le16(len(note)) + note + body, own=own, peer=peer, nonce=nonce
    )


def box_inside(inside: bytes, *, own: Key, peer: Public, nonce: bytes, padded: bytes = b"") -> Hop:
    """Return a hop with this inside; `padded` replaces the padded one."""
    padded = padded or pad(inside, hop_bucket)
    point = ciphers.x25519(own.seed, peer.raw)
    shared = ciphers.hsalsa(point, bytes(16))
    box = ciphers.secretbox(shared, nonce, padded)
    return Hop(
        inside=inside,
        padded=padded,
        point=point,
        shared=shared,
        nonce=nonce,
        hop=b"zegel/1h" + own.id + peer.id + nonce + box,
    )


def write_delivery(container: bytes, stamp: bytes) -> bytes:
    """Return the body of a hop of kind `delivery`."""
    return le32(len(container)) + container + stamp


def ask_of(*, signing: Key, message_id: str, now: int, convenant: str, claims: dict[str, Any]) -> dict[str, Any]:
    """Return the declaration of an ask; `claims` holds `directory`, `files` and `log`."""
    said = {"casus": NIL, "convenant": convenant}
    asked = receipt_of(said, b"", signing=signing, message_id=message_id, now=now)
    return asked | {"kind": "ask", "claims": claims, "expires": now + 3600, "re": ""}


def receipt_of(
    answered: dict[str, Any], message_hash: bytes, *, signing: Key, message_id: str, now: int, reason: str = ""
) -> dict[str, Any]:
    """Return the declaration of a receipt for a message; `reason` is empty when it was opened."""
    return {
        "asks": [],
        "casus": answered["casus"],
        "claims": {"reason": reason, "result": "rejected" if reason else "opened"},
        "convenant": answered["convenant"],
        "due": 0,
        "expires": now + 604800,
        "from": {"instantie": signing.owner, "key": b64u(signing.id), "role": "adapter"},
        "id": message_id,
        "issued": now,
        "kind": "receipt",
        "parts": [],
        "purpose": "",
        "re": b64u(message_hash),
        "registers": [],
        "subjects": [],
        "to": {"instantie": "broker", "key": ""},
        "v": "zegel/1",
    }
