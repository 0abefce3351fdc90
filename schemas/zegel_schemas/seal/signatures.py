"""Signatures: Ed25519 over PAE(domain, …), one domain per use, so no signature means two things (protocol, layer 5).

The log key signs C2SP notes without PAE, for foreign tools must be able to check those; it signs nothing else.
"""

from typing import Final

from nacl import bindings
from nacl.exceptions import BadSignatureError

from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.keys import PrivateKey, PublicKey
from zegel_schemas.seal.primitives import pae

SIGNATURE_SIZE: Final = 64

MESSAGE: Final = b"zegel/1 message"
RECEIPT: Final = b"zegel/1 receipt"
ASK: Final = b"zegel/1 ask"
DRYRUN: Final = b"zegel/1 dryrun"
STATEMENT: Final = b"zegel/1 statement"
REQUEST: Final = b"zegel/1 request"  # to be admitted as a member; no statement, so never taken for one

_SIGNING: Final = frozenset({"signing"})
_USES_OF_DOMAIN: Final = {
    MESSAGE: _SIGNING,
    RECEIPT: _SIGNING,
    ASK: _SIGNING,
    DRYRUN: _SIGNING,
    STATEMENT: frozenset({"root", "identity"}),
    REQUEST: frozenset({"identity"}),
}


def sign(key: PrivateKey, domain: bytes, message: bytes) -> bytes:
    """Return the 64-byte signature over PAE(domain, message); raise ValueError when the key is for other use."""
    return sign_parts(key, domain, message)


def sign_parts(key: PrivateKey, domain: bytes, *parts: bytes) -> bytes:
    """Return the signature over PAE(domain, *parts); raise ValueError when the key is for other use."""
    if key.public.use not in _USES_OF_DOMAIN[domain]:
        raise ValueError("a key of this use does not sign in this domain")
    return _sign(key, pae(domain, *parts))


def check_signature_of(public: PublicKey, domain: bytes, message: bytes, signature: bytes) -> None:
    """Raise Refusal SLEUTEL_ANDER_GEBRUIK or HANDTEKENING_ONGELDIG unless `public` signed PAE(domain, message)."""
    check_parts_signed(public, domain, message, signature=signature)


def check_parts_signed(public: PublicKey, domain: bytes, *parts: bytes, signature: bytes) -> None:
    """Raise Refusal SLEUTEL_ANDER_GEBRUIK or HANDTEKENING_ONGELDIG unless `public` signed PAE(domain, *parts)."""
    if public.use not in _USES_OF_DOMAIN[domain]:
        raise Refusal(Fault.SLEUTEL_ANDER_GEBRUIK, detail="a key of this use does not sign in this domain")
    _check(public, pae(domain, *parts), signature)


def sign_note_text(key: PrivateKey, text: bytes) -> bytes:
    """Return the plain Ed25519 signature of a C2SP note's text; raise ValueError unless it is a log key."""
    if key.public.use != "log":
        raise ValueError("only a log key signs notes")
    return _sign(key, text)


def check_note_text(public: PublicKey, text: bytes, signature: bytes) -> None:
    """Raise Refusal SLEUTEL_ANDER_GEBRUIK or HANDTEKENING_ONGELDIG unless this log key signed the note's text."""
    if public.use != "log":
        raise Refusal(Fault.SLEUTEL_ANDER_GEBRUIK, detail="only a log key signs notes")
    _check(public, text, signature)


def _sign(key: PrivateKey, data: bytes) -> bytes:
    # libsodium's secret key is seed ‖ public key; PyNaCl does not check its length, our key type did.
    return bindings.crypto_sign(data, key.unsafe_seed() + key.public.raw)[:SIGNATURE_SIZE]


def _check(public: PublicKey, data: bytes, signature: bytes) -> None:
    if len(signature) != SIGNATURE_SIZE:  # else bytes could move between signature and text
        raise Refusal(Fault.HANDTEKENING_ONGELDIG, detail="a signature is 64 bytes")
    try:
        bindings.crypto_sign_open(signature + data, public.raw)
    except BadSignatureError:
        raise Refusal(Fault.HANDTEKENING_ONGELDIG) from None
