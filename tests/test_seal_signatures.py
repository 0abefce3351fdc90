"""Signatures of the seal: one domain per use, and one answer where libraries disagree."""

import hashlib
from itertools import permutations

import pytest
from nacl import bindings

from tests.two_instanties import HOP, IDENTITY, LOG, REGIE, SEALING, SIGNING, fixed_key
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import (
    ASK,
    DRYRUN,
    MESSAGE,
    RECEIPT,
    STATEMENT,
    PrivateKey,
    check_note_text,
    check_signature_of,
    sign,
    sign_note_text,
)
from zegel_schemas.seal.primitives import pae
from zegel_schemas.seal.signatures import check_parts_signed, sign_parts

KEY = SIGNING[REGIE]
L = 2**252 + 27742317777372353535851937790883648493  # order of the main subgroup (RFC 8032 section 5.1)
P = 2**255 - 19
IDENTITY_POINT = b"\x01" + bytes(31)
ORDER_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


def refusal_of(signature: bytes, message: bytes = b"text", domain: bytes = MESSAGE) -> str:
    with pytest.raises(Refusal) as caught:
        check_signature_of(KEY.public, domain, message, signature)
    return caught.value.code


def test_a_signature_holds_for_its_key_domain_and_message() -> None:
    check_signature_of(KEY.public, MESSAGE, b"text", sign(KEY, MESSAGE, b"text"))


def test_it_is_plain_ed25519_over_the_domain_and_the_message_so_any_library_can_make_it() -> None:
    secret = KEY.unsafe_seed() + KEY.public.raw

    assert sign(KEY, RECEIPT, b"text") == bindings.crypto_sign(pae(b"zegel/1 receipt", b"text"), secret)[:64]


@pytest.mark.parametrize(("made", "shown"), list(permutations([MESSAGE, RECEIPT, ASK, DRYRUN], 2)))
def test_a_signature_of_one_use_never_holds_for_another(made: bytes, shown: bytes) -> None:
    assert refusal_of(sign(KEY, made, b"text"), domain=shown) == Fault.HANDTEKENING_ONGELDIG


def test_bytes_cannot_move_from_one_part_to_the_next() -> None:
    signature = sign_parts(KEY, MESSAGE, b"declaration", b"table")

    check_parts_signed(KEY.public, MESSAGE, b"declaration", b"table", signature=signature)
    with pytest.raises(Refusal, match=Fault.HANDTEKENING_ONGELDIG):
        check_parts_signed(KEY.public, MESSAGE, b"declarationt", b"able", signature=signature)
    with pytest.raises(Refusal, match=Fault.HANDTEKENING_ONGELDIG):
        check_parts_signed(KEY.public, MESSAGE, b"declarationtable", signature=signature)


@pytest.mark.parametrize("size", [0, 1, 63, 65, 128])
def test_a_signature_of_another_length_is_refused(size: int) -> None:
    assert refusal_of((sign(KEY, MESSAGE, b"text") * 2)[:size]) == Fault.HANDTEKENING_ONGELDIG


def test_bytes_cannot_move_between_signature_and_note() -> None:
    """PyNaCl verifies signature ‖ text as one string: without a length check the border would be anywhere."""
    signature = sign_note_text(LOG, b"a note\n")

    check_note_text(LOG.public, b"a note\n", signature)
    with pytest.raises(Refusal, match=Fault.HANDTEKENING_ONGELDIG):
        check_note_text(LOG.public, b" note\n", signature + b"a")


@pytest.mark.parametrize(
    ("key", "domain"),
    [
        (KEY, STATEMENT),
        (IDENTITY, MESSAGE),
        (LOG, MESSAGE),
        (LOG, STATEMENT),
        (SEALING[REGIE], MESSAGE),
        (HOP[REGIE], ASK),
    ],
    ids=["signing", "identity", "log", "log too", "sealing", "hop"],
)
def test_a_key_signs_only_in_the_domains_of_its_use(key: PrivateKey, domain: bytes) -> None:
    with pytest.raises(ValueError, match="does not sign in this domain"):
        sign(key, domain, b"text")
    with pytest.raises(Refusal, match=Fault.SLEUTEL_ANDER_GEBRUIK):
        check_signature_of(key.public, domain, b"text", bytes(64))


def test_statements_are_signed_by_root_and_identity_keys() -> None:
    for key in (IDENTITY, fixed_key("root", "root")):
        check_signature_of(key.public, STATEMENT, b"text", sign(key, STATEMENT, b"text"))


def test_only_a_log_key_signs_notes() -> None:
    with pytest.raises(ValueError, match="only a log key"):
        sign_note_text(KEY, b"a note\n")
    with pytest.raises(Refusal, match=Fault.SLEUTEL_ANDER_GEBRUIK):
        check_note_text(KEY.public, b"a note\n", bytes(64))


def test_where_libraries_disagree_about_a_signature_this_is_our_answer() -> None:
    """Keys of the main subgroup leave only odd points R, which nobody but the signer can make: all are refused.

    With R the identity and S = k·a the equation of RFC 8032 holds and other libraries accept; libsodium refuses an R of
    small order. With R of mixed order the cofactored equation holds and cofactored libraries accept; libsodium does not
    multiply by the cofactor (Chalkias, Garillot, Nikolaenko: "Taming the many EdDSAs").
    """
    nonce = 123_456_789
    genuine = bindings.crypto_scalarmult_ed25519_base_noclamp(nonce.to_bytes(32, "little"))

    assert refusal_of(_signed_with(IDENTITY_POINT, 0)) == Fault.HANDTEKENING_ONGELDIG
    assert refusal_of(_signed_with(ORDER_8, 0)) == Fault.HANDTEKENING_ONGELDIG
    mixed = bindings.crypto_core_ed25519_add(genuine, ORDER_8)
    assert refusal_of(_signed_with(mixed, nonce)) == Fault.HANDTEKENING_ONGELDIG
    check_signature_of(KEY.public, MESSAGE, b"text", _signed_with(genuine, nonce))


def test_a_signature_has_one_form_only() -> None:
    """S + L would verify as well where S is not compared with L (RFC 8032 section 8.4)."""
    signature = sign(KEY, MESSAGE, b"text")
    larger = int.from_bytes(signature[32:], "little") + L

    assert refusal_of(signature[:32] + larger.to_bytes(32, "little")) == Fault.HANDTEKENING_ONGELDIG


def _signed_with(point: bytes, nonce: int) -> bytes:
    """Return (R, nonce + k·a mod L): what a signer makes who picks R freely."""
    hashed = bytearray(hashlib.sha512(KEY.unsafe_seed()).digest()[:32])
    hashed[0] &= 248
    hashed[31] = hashed[31] & 127 | 64
    k = int.from_bytes(hashlib.sha512(point + KEY.public.raw + pae(MESSAGE, b"text")).digest(), "little")
    return point + ((nonce + k * int.from_bytes(hashed, "little")) % L).to_bytes(32, "little")
