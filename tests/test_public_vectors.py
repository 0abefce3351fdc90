"""What we build on does what its own public vectors say: RFC 8032, RFC 7748, libsodium's, the XChaCha draft, BLAKE2's.

`tests/vectors/public.json` names the source of each. Where the product has a function of its own around a primitive,
the vector goes through that function. The last tests are about odd Ed25519 keys and signatures: libraries disagree.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl import bindings
from nacl.exceptions import BadSignatureError

from tests.two_instanties import REGIE, SIGNING
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import PrivateKey, PublicKey, check_note_text, sign_note_text
from zegel_schemas.seal.primitives import NotAuthenticError, decrypt, digest, encrypt

_PUBLIC: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "public.json").read_text())
_ORDER = 2**252 + 27742317777372353535851937790883648493  # of the main subgroup (RFC 8032 section 5.1)


def cases_of(name: str) -> list[dict[str, Any]]:
    """Return the cases with every text of hex digits as bytes."""
    return [
        {field: value if field in {"name", "about"} else _bytes(value) for field, value in case.items()}
        for case in _PUBLIC[name]["cases"]
    ]


def _bytes(value: Any) -> Any:
    return bytes.fromhex(value) if isinstance(value, str) else value


@pytest.mark.parametrize("case", cases_of("ed25519"), ids=lambda case: case["name"])
def test_ed25519_signs_and_verifies_as_in_rfc_8032(case: dict[str, Any]) -> None:
    key = PrivateKey.from_seed("log", "broker", case["seed"])

    assert key.public.raw == case["public"]
    assert sign_note_text(key, case["message"]) == case["signature"]
    check_note_text(key.public, case["message"], case["signature"])
    with pytest.raises(Refusal, match=Fault.HANDTEKENING_ONGELDIG):
        check_note_text(key.public, case["message"] + b"\0", case["signature"])


@pytest.mark.parametrize("case", cases_of("x25519"))
def test_x25519_is_that_of_rfc_7748(case: dict[str, bytes]) -> None:
    assert bindings.crypto_scalarmult(case["scalar"], case["point"]) == case["shared"]


def test_the_public_half_of_a_sealing_key_is_that_of_rfc_7748() -> None:
    case = cases_of("box")[0]

    for name in ("alice", "bob"):
        assert PrivateKey.from_seed("sealing", REGIE, case[name]).public.raw == case[f"{name}_public"]


def test_a_box_is_that_of_nacl_both_ways() -> None:
    case = cases_of("box")[0]
    shared = bindings.crypto_box_beforenm(case["bob_public"], case["alice"])
    back = bindings.crypto_box_beforenm(case["alice_public"], case["bob"])

    assert bindings.crypto_box_easy_afternm(case["plaintext"], case["nonce"], shared) == case["ciphertext"]
    assert bindings.crypto_box_open_easy_afternm(case["ciphertext"], case["nonce"], back) == case["plaintext"]


@pytest.mark.parametrize("case", cases_of("sealed_box"))
def test_a_sealed_box_is_that_of_libsodium(case: dict[str, bytes]) -> None:
    assert bindings.crypto_box_seal_open(case["box"], case["public"], case["private"]) == case["plaintext"]


@pytest.mark.parametrize("case", cases_of("sealed_box"))
def test_a_wrap_is_built_as_that_sealed_box(case: dict[str, bytes]) -> None:
    """The nonce of a wrap is BLAKE2b-24 over both public keys, without key or personalisation."""
    ephemeral = case["box"][:32]
    nonce = hashlib.blake2b(ephemeral + case["public"], digest_size=24).digest()

    opened = bindings.crypto_box_open_easy(case["box"][32:], nonce, ephemeral, case["private"])

    assert opened == case["plaintext"]


@pytest.mark.parametrize("case", cases_of("xchacha20poly1305"), ids=lambda case: case["name"])
def test_the_aead_is_that_of_the_draft(case: dict[str, Any]) -> None:
    given = {name: case[name] for name in ("key", "nonce", "context")}

    assert encrypt(**given, plaintext=case["plaintext"]) == case["ciphertext"]
    assert decrypt(**given, ciphertext=case["ciphertext"]) == case["plaintext"]
    with pytest.raises(NotAuthenticError):
        decrypt(**(given | {"context": b"another"}), ciphertext=case["ciphertext"])


@pytest.mark.parametrize("case", cases_of("blake2b"))
def test_blake2b_is_that_of_rfc_7693_with_and_without_personalisation(case: dict[str, Any]) -> None:
    given = {name: case[name] for name in ("key", "salt", "person")}

    assert hashlib.blake2b(case["message"], digest_size=case["size"], **given).digest() == case["digest"]


@pytest.mark.parametrize("key", [b"", bytes(range(32))], ids=["unkeyed", "keyed"])
@pytest.mark.parametrize("size", [16, 20, 24, 32])
def test_our_hash_is_what_libsodium_makes_of_the_same(size: int, key: bytes) -> None:
    """Two implementations that share no code: the interpreter's and libsodium's."""
    for length in (0, 1, 127, 128, 129, 5000):
        data, person = hashlib.shake_256(bytes([size])).digest(length), b"zegel/1.part-key"
        theirs = bindings.crypto_generichash_blake2b_salt_personal(data, size, key=key, person=person)

        assert digest(person, data, key=key, size=size) == theirs


@pytest.mark.parametrize("case", cases_of("ed25519_edges"), ids=lambda case: case["about"])
def test_an_odd_key_is_not_registered_and_an_odd_signature_not_taken(case: dict[str, Any]) -> None:
    """Ten of the twelve end at the registration of the key; the two with a sound key have an S that is too large."""
    if case["number"] in {6, 7}:
        with pytest.raises(Refusal, match=Fault.HANDTEKENING_ONGELDIG):
            check_note_text(PublicKey("log", "broker", case["public"]), case["message"], case["signature"])
    else:
        with pytest.raises(Refusal, match=Fault.REGISTER_ONGELDIG):
            PublicKey("log", "broker", case["public"])


def test_without_the_check_of_keys_libraries_would_disagree_about_them() -> None:
    """Which of the twelve this library and another take for good: that is why a key is looked at before it counts."""
    assert [number for number, case in enumerate(cases_of("ed25519_edges")) if _libsodium_takes(case)] == [3]
    assert [number for number, case in enumerate(cases_of("ed25519_edges")) if _openssl_takes(case)] == [
        0, 1, 2, 3, 11,
    ]  # fmt: skip


def test_the_one_disagreement_left_is_about_an_r_of_small_order_by_the_signer_itself() -> None:
    """With R the identity and S = k·a the equation holds: another library takes it, libsodium and this product not.

    Only who holds the key can make it, about a text of its own, so nothing is forged; and the broker's word counts.
    """
    signer, text = SIGNING[REGIE], b"a text of the signer's own"
    odd = _sign_with_identity_for_r(signer, text)
    taken = {"public": signer.public.raw, "message": text, "signature": odd}

    assert _openssl_takes(taken)
    assert not _libsodium_takes(taken)


def _sign_with_identity_for_r(signer: PrivateKey, text: bytes) -> bytes:
    clamped = bytearray(hashlib.sha512(signer.unsafe_seed()).digest()[:32])
    clamped[0] &= 248
    clamped[31] = clamped[31] & 127 | 64
    point = b"\x01" + bytes(31)
    k = int.from_bytes(hashlib.sha512(point + signer.public.raw + text).digest(), "little")
    return point + (k * int.from_bytes(clamped, "little") % _ORDER).to_bytes(32, "little")


def _libsodium_takes(case: dict[str, Any]) -> bool:
    try:
        bindings.crypto_sign_open(case["signature"] + case["message"], case["public"])
    except BadSignatureError:
        return False
    return True


def _openssl_takes(case: dict[str, Any]) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(case["public"]).verify(case["signature"], case["message"])
    except InvalidSignature:
        return False
    return True
