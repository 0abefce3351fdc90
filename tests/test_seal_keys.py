"""Keys of the seal: what is no proper key never becomes one, and what is private never shows."""

import copy
import pickle

import pytest
from nacl import bindings
from nacl.exceptions import CryptoError

from tests.two_instanties import CORPORATION, IDENTITY, REGIE, SEALING, SIGNING, fixed_key
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import HopBox, KeyUse, PrivateKey, PublicKey, key_id
from zegel_schemas.seal.primitives import digest, pae

P = 2**255 - 19  # the field of both curves

# Points of small order, as in libsodium's own block list and "May the Fourth Be With You" (Cremers, Jackson).
SMALL_X25519 = {
    "0": bytes(32),
    "1": b"\x01" + bytes(31),
    "order 8": bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    "order 8, other": bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    "p-1": (P - 1).to_bytes(32, "little"),
}
DOUBLE_X25519 = {
    "p": P.to_bytes(32, "little"),
    "p+1": (P + 1).to_bytes(32, "little"),
    "high bit": (9 + 2**255).to_bytes(32, "little"),
}
SMALL_ED25519 = {
    "identity": b"\x01" + bytes(31),
    "order 2": (P - 1).to_bytes(32, "little"),
    "order 4": bytes(32),
    "order 4, negative": bytes(31) + b"\x80",
    "order 8": bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    "order 8, other": bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
}
BASE = bytes.fromhex("58" + "66" * 31)


def refused(use: KeyUse, raw: bytes, owner: str = REGIE) -> Refusal:
    with pytest.raises(Refusal) as caught:
        PublicKey(use, owner, raw)
    return caught.value


@pytest.mark.parametrize("raw", [*SMALL_X25519.values(), *DOUBLE_X25519.values()], ids=[*SMALL_X25519, *DOUBLE_X25519])
@pytest.mark.parametrize("use", ["sealing", "hop"])
def test_an_x25519_key_of_small_order_or_in_a_second_form_is_refused(use: KeyUse, raw: bytes) -> None:
    assert refused(use, raw).code == Fault.REGISTER_ONGELDIG


@pytest.mark.parametrize("raw", SMALL_ED25519.values(), ids=SMALL_ED25519)
@pytest.mark.parametrize("use", ["root", "identity", "signing", "log"])
def test_the_identity_and_points_of_small_order_are_no_ed25519_keys(use: KeyUse, raw: bytes) -> None:
    assert refused(use, raw).code == Fault.REGISTER_ONGELDIG


def test_a_key_with_a_component_of_order_2_is_refused() -> None:
    """The point that libsodium took for valid until PyNaCl 1.6.2 (CVE-2025-69277); every order-8 component too."""
    genuine = SIGNING[REGIE].public.raw
    mixed = [bindings.crypto_core_ed25519_add(genuine, small) for small in list(SMALL_ED25519.values())[1:]]

    assert all(refused("signing", raw).code == Fault.REGISTER_ONGELDIG for raw in mixed)


@pytest.mark.parametrize(
    "raw",
    [P.to_bytes(32, "little"), (P + 3).to_bytes(32, "little"), b"\x02" + bytes(31)],
    ids=["y = p", "y = p + 3", "not on the curve"],
)
def test_an_ed25519_key_that_is_not_canonical_or_not_on_the_curve_is_refused(raw: bytes) -> None:
    assert refused("signing", raw).code == Fault.REGISTER_ONGELDIG


@pytest.mark.parametrize("size", [0, 1, 31, 33, 64])
@pytest.mark.parametrize("use", ["signing", "sealing", "hop", "log"])
def test_a_public_key_of_another_length_is_refused_before_the_library_sees_it(use: KeyUse, size: int) -> None:
    """`crypto_scalarmult` reads 32 bytes from whatever it is given."""
    assert refused(use, BASE[:1] * size).code == Fault.REGISTER_ONGELDIG


@pytest.mark.parametrize("owner", ["", "Geméénte", "a b", "x" * 65, "naam\n", "A"], ids=repr)
def test_an_owner_is_a_code(owner: str) -> None:
    refusal = refused("signing", SIGNING[REGIE].public.raw, owner)

    assert (refusal.code, refusal.fields) == (Fault.REGISTER_ONGELDIG, ("owner",))


def test_a_use_that_does_not_exist_is_refused() -> None:
    assert refused("printing", BASE).fields == ("use",)  # type: ignore[arg-type]  # that is what is tried


@pytest.mark.parametrize("size", [0, 31, 33, 64])
@pytest.mark.parametrize("use", ["signing", "sealing"])
def test_a_seed_of_another_length_is_refused(use: KeyUse, size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        PrivateKey.from_seed(use, REGIE, bytes(size))


def test_the_id_of_a_key_binds_use_and_owner() -> None:
    raw = SEALING[CORPORATION].public.raw

    assert key_id("sealing", CORPORATION, raw) == digest(
        b"zegel/1.key-id..", pae(b"sealing", CORPORATION.encode(), raw)
    )
    assert len({key_id(use, owner, raw) for use in ("sealing", "hop") for owner in (CORPORATION, REGIE)}) == 4


def test_two_new_keys_differ_and_a_stored_seed_gives_the_key_back() -> None:
    first, second = (PrivateKey.generate("sealing", REGIE) for _ in range(2))

    assert first.public != second.public
    assert PrivateKey.from_seed("sealing", REGIE, first.unsafe_seed()).public == first.public


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r}".format, "%s".__mod__, ascii], ids=lambda f: f.__name__)
@pytest.mark.parametrize("key", [IDENTITY, SEALING[REGIE]], ids=["ed25519", "x25519"])
def test_a_private_key_has_no_text_form(key: PrivateKey, show: object) -> None:
    """`str()` of PyNaCl's own key objects prints the secret."""
    shown = show(key)  # type: ignore[operator]  # a function that shows something

    assert shown == "PrivateKey(...)"


@pytest.mark.parametrize(
    "take",
    [pickle.dumps, copy.copy, copy.deepcopy, lambda key: key.__getstate__(), vars],
    ids=["pickle", "copy", "deepcopy", "getstate", "vars"],
)
def test_a_private_key_cannot_be_pickled_or_copied(take: object) -> None:
    with pytest.raises(TypeError):
        take(IDENTITY)  # type: ignore[operator]  # a function that takes something apart


def test_a_private_key_does_not_change_and_compares_by_identity_only() -> None:
    twin = fixed_key("identity", REGIE)

    assert twin.public == IDENTITY.public
    assert twin != IDENTITY
    with pytest.raises(AttributeError):
        twin.public = IDENTITY.public


def test_a_hop_box_cannot_be_pickled_or_copied_either() -> None:
    box = HopBox([fixed_key("hop", REGIE)])

    for take in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            take(box)


def test_the_library_itself_still_has_the_edges_that_are_closed_here() -> None:
    """If one of these stops failing, a guard may have become a habit: look again."""
    with pytest.raises(ValueError, match="negative"):
        bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(bytes(15), b"c", bytes(24), bytes(32))
    with pytest.raises(CryptoError):
        bindings.crypto_box_beforenm(bytes(32), bytes(range(32)))
    assert len(bindings.crypto_scalarmult(b"\x01" * 40, BASE + bytes(8))) == 32
