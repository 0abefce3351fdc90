"""Primitives of the seal: nothing is ambiguous, nothing is lax, and short input raises what callers expect."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings

from zegel_schemas.seal.padding import WrongPaddingError, hop_bucket, pad, part_bucket, unpad
from zegel_schemas.seal.primitives import NotAuthenticError, b64u, decrypt, digest, draw, encrypt, pae, person, unb64u

KEY, NONCE = bytes(32), bytes(24)


def test_pae_is_that_of_paseto_v4() -> None:
    """The three examples of the PASETO specification, Common.md, PAE."""
    assert pae() == b"\0" * 8
    assert pae(b"") == b"\x01" + b"\0" * 7 + b"\0" * 8
    assert pae(b"test") == b"\x01" + b"\0" * 7 + b"\x04" + b"\0" * 7 + b"test"


@settings(deadline=None)  # the machine may be busy with other things
@given(st.lists(st.binary(max_size=9), max_size=4), st.lists(st.binary(max_size=9), max_size=4))
def test_two_lists_never_have_one_encoding(first: list[bytes], second: list[bytes]) -> None:
    assert (pae(*first) == pae(*second)) == (first == second)


def test_a_digest_is_personalised_keyed_blake2b_as_libsodium_computes_it() -> None:
    name, key, data = b"zegel/1.example.", bytes(range(32)), b"data"

    assert digest(name, data, key=key) == bindings.crypto_generichash_blake2b_salt_personal(data, 32, key, b"", name)


@pytest.mark.parametrize("name", [b"", b"short", b"seventeen bytes!!", b"fifteen bytes!!"])
def test_a_personalisation_of_another_length_is_refused_and_not_padded(name: bytes) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        digest(name, b"data")
    with pytest.raises(ValueError, match="16 printable ASCII bytes"):
        person(name)


def test_a_personalisation_that_is_not_readable_is_refused() -> None:
    with pytest.raises(ValueError, match="printable ASCII"):
        person(b"sixteen bytes !\0")


def test_a_hash_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        digest(b"zegel/1.example.", b"", key=b"short")


@settings(deadline=None)  # the machine may be busy with other things
@given(st.binary(max_size=70))
def test_base64url_returns_what_went_in(data: bytes) -> None:
    assert unb64u(b64u(data)) == data


@pytest.mark.parametrize(
    "lax",
    ["QQ==", "QR", "Q", "QUI\n", "Q Q", "Q+", "Q/", "QQ=", "QQ\0", "é", "Q.Q", "٣٣", "\nQQ"],
    ids=repr,
)
def test_base64url_in_another_form_is_refused(lax: str) -> None:
    """Python's own decoder takes most of these: it skips what it does not know and forgets trailing bits."""
    with pytest.raises(ValueError, match="base64url"):
        unb64u(lax)


@pytest.mark.parametrize("size", range(17))
def test_a_box_shorter_than_its_tag_is_no_surprise(size: int) -> None:
    """PyNaCl raises a builtin ValueError below 16 bytes, which nobody expects from a decryption."""
    with pytest.raises(NotAuthenticError):
        decrypt(key=KEY, nonce=NONCE, context=b"context", ciphertext=bytes(size))


def test_what_is_authenticated_along_must_be_there_and_must_be_the_same() -> None:
    box = encrypt(key=KEY, nonce=NONCE, context=b"context", plaintext=b"text")

    assert decrypt(key=KEY, nonce=NONCE, context=b"context", ciphertext=box) == b"text"
    with pytest.raises(NotAuthenticError):
        decrypt(key=KEY, nonce=NONCE, context=b"other", ciphertext=box)
    with pytest.raises(ValueError, match="empty"):
        encrypt(key=KEY, nonce=NONCE, context=b"", plaintext=b"text")
    with pytest.raises(ValueError, match="empty"):
        decrypt(key=KEY, nonce=NONCE, context=b"", ciphertext=box)


def test_a_source_of_randomness_that_gives_too_little_is_refused() -> None:
    with pytest.raises(ValueError, match="another number of bytes"):
        draw(lambda size: bytes(size - 1), 32)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (0, 1024),
        (1023, 1024),
        (1024, 2048),
        (2047, 2048),
        (2048, 4096),
        (65535, 65536),
        (65536, 131072),
        (131071, 131072),
    ],
)
def test_a_part_is_padded_to_the_next_power_of_two_and_above_64_kib_to_the_next_64_kib(content: int, size: int) -> None:
    assert len(pad(bytes(content), part_bucket)) == size
    assert unpad(pad(b"x" * content, part_bucket), part_bucket) == b"x" * content


@settings(deadline=None)  # the machine may be busy with other things
@given(st.integers(1, 300_000))
def test_a_bucket_is_a_bucket_of_itself(needed: int) -> None:
    assert part_bucket(part_bucket(needed)) == part_bucket(needed) >= needed
    assert hop_bucket(hop_bucket(needed)) == hop_bucket(needed) >= needed


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        bytes(1024),
        b"text\x80".ljust(1023, b"\0"),
        b"text\x80".ljust(2048, b"\0"),
        b"text\x81".ljust(1024, b"\0"),
        b"text".ljust(1024, b"\0"),
        b"text\x80".ljust(1023, b"\0") + b"\x01",
    ],
    ids=["nothing", "zeros", "too short", "too long", "other mark", "no mark", "no zero"],
)
def test_padding_of_any_other_form_is_refused(padded: bytes) -> None:
    with pytest.raises(WrongPaddingError):
        unpad(padded, part_bucket)


def test_hashes_agree_with_the_standard_library() -> None:
    assert (
        digest(b"zegel/1.example.", b"x") == hashlib.blake2b(b"x", digest_size=32, person=b"zegel/1.example.").digest()
    )
