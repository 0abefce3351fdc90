"""Parts and their wrap: content sealed under a key of its own that the table commits to (protocol, layers 2 and 3).

XChaCha20-Poly1305 does not commit to its key: a ciphertext that opens to two texts under two keys takes under a second
to build. So every part key has a public commitment in the signed table, checked before anything is decrypted.
"""

from dataclasses import dataclass, field
from typing import Final

from nacl import bindings
from nacl.exceptions import CryptoError

from zegel_schemas import canonical
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.keys import PrivateKey, PublicKey
from zegel_schemas.seal.padding import WrongPaddingError, pad, part_bucket, unpad
from zegel_schemas.seal.primitives import (
    HASH_SIZE,
    KEY_SIZE,
    NONCE_SIZE,
    NotAuthenticError,
    Random,
    decrypt,
    digest,
    draw,
    encrypt,
    pae,
    person,
)

DECLARATION: Final = person(b"zegel/1.declared")
PART_KEY: Final = person(b"zegel/1.part-key")
PART_COMMITMENT: Final = person(b"zegel/1.part-com")
PART_ENCRYPTION: Final = person(b"zegel/1.part-enc")
PART_NONCE: Final = person(b"zegel/1.part-non")
PART_HASH: Final = person(b"zegel/1.part-box")
WRAP_HASH: Final = person(b"zegel/1.wrap-box")

WRAP_MAGIC: Final = b"zegel/1w"
WRAP_PLAIN_SIZE: Final = len(WRAP_MAGIC) + HASH_SIZE + HASH_SIZE + KEY_SIZE
WRAP_SIZE: Final = WRAP_PLAIN_SIZE + bindings.crypto_box_SEALBYTES  # 152 bytes


@dataclass(frozen=True, slots=True)
class PlainPart:
    """One part in the clear: `content` is the canonical JSON {body, category, schema} the content models write."""

    category: str
    schema: int
    content: bytes = field(repr=False)


def declaration_hash(declaration: bytes) -> bytes:
    """Return what parts and wrap are bound to: the hash of the declaration's bytes."""
    return digest(DECLARATION, declaration)


def part_context(declared: bytes, index: int, category: str) -> bytes:
    """Return PAE(declaration hash, LE32(index), category): a part's place, in its key derivation and as AAD."""
    return pae(declared, index.to_bytes(4, "little"), category.encode("ascii"))


def part_key(message_key: bytes, context: bytes) -> bytes:
    """Return the 32-byte key of one part; disclosing it shows that part and no other."""
    return digest(PART_KEY, context, key=message_key)


def commitment(key: bytes) -> bytes:
    """Return the public 32-byte commitment to a part key."""
    return digest(PART_COMMITMENT, b"", key=key)


def seal_part(key: bytes, context: bytes, content: bytes) -> bytes:
    """Return the ciphertext of padded `content` under a part key."""
    return encrypt(key=_encryption_key(key), nonce=_nonce(key), context=context, plaintext=pad(content, part_bucket))


def check_commitment(key: bytes, committed: bytes) -> None:
    """Raise Refusal SLEUTELBINDING_KLOPT_NIET unless the table committed to this very part key."""
    if commitment(key) != committed:
        raise Refusal(Fault.SLEUTELBINDING_KLOPT_NIET)


def open_part(key: bytes, context: bytes, ciphertext: bytes) -> bytes:
    """Return the padded content of a part whose commitment was checked; raise Refusal DEEL_ONLEESBAAR."""
    try:
        return decrypt(key=_encryption_key(key), nonce=_nonce(key), context=context, ciphertext=ciphertext)
    except NotAuthenticError:
        raise Refusal(Fault.DEEL_ONLEESBAAR) from None


def read_part(padded: bytes, category: str, schema: int) -> PlainPart:
    """Return the part; raise Refusal OPVULLING_KLOPT_NIET, INHOUD_ONGELDIG or INHOUD_ANDERE_CATEGORIE."""
    try:
        content = unpad(padded, part_bucket)
    except WrongPaddingError:
        raise Refusal(Fault.OPVULLING_KLOPT_NIET) from None
    check_content(content, category, schema)
    return PlainPart(category, schema, content)


def check_content(content: bytes, category: str, schema: int) -> None:
    """Raise Refusal INHOUD_ONGELDIG or INHOUD_ANDERE_CATEGORIE unless the content is what the declaration announces."""
    try:
        values = canonical.decode(content)
    except canonical.NotCanonicalError as error:
        raise Refusal(Fault.INHOUD_ONGELDIG, detail=str(error)) from None
    if not isinstance(values, dict) or values.keys() != {"body", "category", "schema"}:
        raise Refusal(Fault.INHOUD_ONGELDIG, detail="a content is an object with body, category and schema")
    # `True == 1` in Python: a schema that is no integer must not pass for one.
    if values["category"] != category or values["schema"] is True or values["schema"] != schema:
        raise Refusal(Fault.INHOUD_ANDERE_CATEGORIE)


def wrap_key(recipient: PublicKey, declared: bytes, message_key: bytes, random: Random) -> bytes:
    """Return the SealedBox of magic ‖ declaration hash ‖ key id ‖ message key: 152 bytes only `recipient` opens.

    Built as libsodium's `crypto_box_seal`, with the ephemeral key drawn from `random`, so that vectors can be made.
    """
    plaintext = WRAP_MAGIC + declared + recipient.id + message_key
    ephemeral = draw(random, KEY_SIZE)
    ephemeral_public = bindings.crypto_scalarmult_base(ephemeral)
    nonce = bindings.crypto_generichash_blake2b_salt_personal(ephemeral_public + recipient.raw, NONCE_SIZE)
    return ephemeral_public + bindings.crypto_box_easy(plaintext, nonce, recipient.raw, ephemeral)


def unwrap_key(own: PrivateKey, declared: bytes, wrap: bytes) -> bytes:
    """Return the message key; raise Refusal OMSLAG_ONLEESBAAR unless the wrap is for this key and this declaration."""
    if len(wrap) != WRAP_SIZE:  # PyNaCl raises its own TypeError on a short box, and a long one is not ours
        raise Refusal(Fault.OMSLAG_ONLEESBAAR, detail=f"a wrap is {WRAP_SIZE} bytes")
    try:
        plaintext = bindings.crypto_box_seal_open(wrap, own.public.raw, own.unsafe_seed())
    except CryptoError:
        raise Refusal(Fault.OMSLAG_ONLEESBAAR) from None
    bound = WRAP_MAGIC + declared + own.public.id
    if plaintext[: len(bound)] != bound:
        raise Refusal(Fault.OMSLAG_ONLEESBAAR, detail="the wrap belongs to another message or key")
    return plaintext[len(bound) :]


def _encryption_key(key: bytes) -> bytes:
    return digest(PART_ENCRYPTION, b"", key=key)


def _nonce(key: bytes) -> bytes:
    return digest(PART_NONCE, b"", key=key, size=NONCE_SIZE)
