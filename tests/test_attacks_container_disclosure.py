"""Attacks on what is shown of a message later, to a court or from a mailbox: each must fail, with its own code."""

import dataclasses
from typing import Any

import pytest

from tests.forgery import (
    MESSAGE_KEY,
    forge,
    table_of,
)
from tests.two_instanties import (
    CORPORATION,
    IDENTITY,
    REGIE,
    SCHOOL,
    SEALING,
    SIGNING,
    counted_bytes,
    declare,
    receive,
    seal_message,
)
from tests.two_key_ciphertext import two_key_ciphertext
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import (
    Disclosure,
    disclose_part,
    reopen,
    verify_part,
)
from zegel_schemas.seal.frame import DOMAIN_OF_USE
from zegel_schemas.seal.parts import (
    declaration_hash,
    open_part,
    part_context,
    part_key,
    wrap_key,
)
from zegel_schemas.seal.signatures import sign_parts


def _changed(disclosure: Disclosure, change: dict[str, Any]) -> Disclosure:
    return dataclasses.replace(disclosure, **change)


def test_one_ciphertext_that_opens_under_two_keys_proves_only_what_was_committed_to() -> None:
    """The sender prepares a second key for the same ciphertext, to show the court another text than was read."""
    declaration = declare("huurachterstand")
    hashed = declaration_hash(declaration.to_bytes())
    context = part_context(hashed, 0, "huurachterstand")
    first, second = part_key(MESSAGE_KEY, context), bytes(32)
    box = two_key_ciphertext(first, second, context, 1040)
    wrap = wrap_key(SEALING[CORPORATION].public, hashed, MESSAGE_KEY, counted_bytes())
    verified = receive(forge(declaration, wrap + box, table_of(wrap, (box, first))))
    false = dataclasses.replace(disclose_part(verified, MESSAGE_KEY, 0), part_key=second)

    assert open_part(first, context, box) != open_part(second, context, box)  # the AEAD takes both keys
    with pytest.raises(Refusal, match=Fault.SLEUTELBINDING_KLOPT_NIET):
        verify_part(false, SIGNING[REGIE].public)


def test_a_second_message_key_does_not_open_a_stored_message() -> None:
    verified = receive(seal_message("huurachterstand").container)

    with pytest.raises(Refusal, match=Fault.SLEUTELBINDING_KLOPT_NIET):
        reopen(verified, bytes(32))


def test_every_flipped_bit_of_a_disclosure_is_refused_with_a_code() -> None:
    sealed = seal_message("huurachterstand")
    disclosure = disclose_part(receive(sealed.container), sealed.message_key, 0)
    codes = set()
    for name in ("declaration", "table", "signature", "ciphertext", "part_key"):
        value = getattr(disclosure, name)
        for bit in range(8 * len(value)):
            changed = bytearray(value)
            changed[bit // 8] ^= 1 << bit % 8
            with pytest.raises(Refusal) as caught:
                verify_part(_changed(disclosure, {name: bytes(changed)}), SIGNING[REGIE].public)
            codes.add(caught.value.code)

    assert codes == {Fault.HANDTEKENING_ONGELDIG, Fault.DEEL_KLOPT_NIET, Fault.SLEUTELBINDING_KLOPT_NIET}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"index": 1}, Fault.DEEL_KLOPT_NIET),
        ({"index": 2}, Fault.DEEL_KLOPT_NIET),
        ({"index": -1}, Fault.DEEL_KLOPT_NIET),
        ({"part_key": b""}, Fault.SLEUTELBINDING_KLOPT_NIET),
        ({"part_key": bytes(33)}, Fault.SLEUTELBINDING_KLOPT_NIET),
        ({"ciphertext": b""}, Fault.DEEL_KLOPT_NIET),
        ({"signature": b""}, Fault.HANDTEKENING_ONGELDIG),
    ],
    ids=repr,
)
def test_a_false_disclosure_proves_nothing(change: dict[str, Any], code: Fault) -> None:
    sealed = seal_message("huurachterstand", "overlast")
    disclosure = disclose_part(receive(sealed.container), sealed.message_key, 0)

    with pytest.raises(Refusal) as caught:
        verify_part(_changed(disclosure, change), SIGNING[REGIE].public)

    assert caught.value.code == code


def test_a_part_before_the_first_is_no_part() -> None:
    """Python counts -1 from the end, where a message of one part has the very part that was shown."""
    sealed = seal_message("huurachterstand")
    disclosure = disclose_part(receive(sealed.container), sealed.message_key, 0)

    with pytest.raises(Refusal, match=Fault.DEEL_KLOPT_NIET):
        verify_part(_changed(disclosure, {"index": -1}), SIGNING[REGIE].public)


def test_a_disclosure_cannot_be_pinned_on_somebody_else() -> None:
    sealed = seal_message("huurachterstand")
    disclosure = disclose_part(receive(sealed.container), sealed.message_key, 0)

    with pytest.raises(Refusal, match=Fault.HANDTEKENING_ONGELDIG):
        verify_part(disclosure, SIGNING[SCHOOL].public)
    with pytest.raises(Refusal, match=Fault.SLEUTEL_ANDER_GEBRUIK):
        verify_part(disclosure, IDENTITY.public)


def test_who_re_signs_anothers_disclosure_is_found() -> None:
    """The school signs the regieteam's declaration and table itself, to pass for the one who knew."""
    sealed = seal_message("huurachterstand")
    disclosure = disclose_part(receive(sealed.container), sealed.message_key, 0)
    signature = sign_parts(SIGNING[SCHOOL], DOMAIN_OF_USE["message"], disclosure.declaration, disclosure.table)

    with pytest.raises(Refusal, match=Fault.ONDERTEKEND_DOOR_ANDER):
        verify_part(dataclasses.replace(disclosure, signature=signature), SIGNING[SCHOOL].public)
