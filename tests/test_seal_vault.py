"""The vault: what is stored opens with its key, in its own place, unchanged; else it is our fault and says so."""

import pytest

from tests.two_instanties import counted_bytes
from zegel_schemas.seal.vault import SALT_SIZE, VaultError, decrypt, derive_kek, encrypt

KEY = bytes(range(32))
PLACE = b"mailbox/inbox/1"


def stored(text: bytes = b"a fictitious text") -> bytes:
    return encrypt(KEY, text, context=PLACE, random=counted_bytes())


@pytest.mark.parametrize("text", [b"", b"x", bytes(70_000)], ids=len)
def test_what_was_stored_comes_back(text: bytes) -> None:
    assert decrypt(KEY, stored(text), context=PLACE) == text


def test_the_same_text_is_never_stored_the_same_way_twice() -> None:
    random = counted_bytes()

    assert encrypt(KEY, b"x", context=PLACE, random=random) != encrypt(KEY, b"x", context=PLACE, random=random)


@pytest.mark.parametrize("place", [b"", b"mailbox/inbox/2", PLACE + b"0"], ids=repr)
def test_a_row_that_was_moved_to_another_place_does_not_open(place: bytes) -> None:
    with pytest.raises(VaultError):
        decrypt(KEY, stored(), context=place)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(VaultError):
        decrypt(bytes(32), stored(), context=PLACE)


def test_every_flipped_bit_and_every_truncation_is_found() -> None:
    box = stored()
    damaged = [box[:size] for size in range(len(box))]
    for bit in range(8 * len(box)):
        changed = bytearray(box)
        changed[bit // 8] ^= 1 << bit % 8
        damaged.append(bytes(changed))

    for each in damaged:
        with pytest.raises(VaultError):
            decrypt(KEY, each, context=PLACE)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        encrypt(bytes(size), b"x", context=PLACE, random=counted_bytes())
    with pytest.raises(ValueError, match="32 bytes"):
        decrypt(bytes(size), stored(), context=PLACE)


def test_a_passphrase_gives_one_key_per_salt_and_slowly() -> None:
    salt, other = bytes(SALT_SIZE), b"\x01" * SALT_SIZE

    assert derive_kek(b"a passphrase", salt).hex() == "23b6a98577ef66da1030ad5506a4237727fc84735cdb90a50fbf8c7be2038f4a"
    assert derive_kek(b"a passphrase", other) != derive_kek(b"another passphrase", other)


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        derive_kek(b"a passphrase", b"short")
