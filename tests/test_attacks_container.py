"""Attacks on a container by its carrier or another instantie: each must fail, with its own code.

The name of a test says what it defends against. What the sender itself can try stands in
test_attacks_container_declaration.py and test_attacks_container_sender.py, what can be tried years later in
test_attacks_container_disclosure.py.
"""

import dataclasses
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.forgery import (
    FAULTS,
    code_of,
    forge,
    frame_of,
    refusal_of,
)
from tests.two_instanties import (
    CORPORATION,
    HOP,
    IDENTITY,
    LOG,
    REGIE,
    SCHOOL,
    SEALING,
    SIGNING,
    declare,
    fixed_key,
    seal_message,
)
from zegel_schemas.declaration import BROKER, Recipient, Sender
from zegel_schemas.refusals import Fault
from zegel_schemas.seal import (
    MAX_CONTAINER,
    STATEMENT,
    PrivateKey,
    Use,
    b64u,
    seal,
    sign,
)
from zegel_schemas.seal.frame import HEAD_SIZE

# What the carrier can do


def test_every_flipped_bit_is_refused_with_a_code() -> None:
    container = seal_message("huurachterstand").container
    codes = set()
    for bit in range(8 * len(container)):
        changed = bytearray(container)
        changed[bit // 8] ^= 1 << bit % 8
        codes.add(code_of(bytes(changed)))

    assert codes == {
        Fault.FRAME_ONLEESBAAR,
        Fault.VERSIE_ONBEKEND,
        Fault.SLEUTEL_ONBEKEND,
        Fault.HANDTEKENING_ONGELDIG,
        Fault.DEEL_KLOPT_NIET,
    }


def test_every_truncation_is_refused_with_a_code() -> None:
    container = seal_message("huurachterstand").container

    assert {code_of(container[:size]) for size in range(len(container))} <= {
        Fault.FRAME_ONLEESBAAR,
        Fault.VERSIE_ONBEKEND,
    }


@pytest.mark.parametrize("trailer", [b"\0", b"}", b"\0" * 1024], ids=["zero", "brace", "a KiB"])
def test_a_trailing_byte_is_refused(trailer: bytes) -> None:
    assert code_of(seal_message("huurachterstand").container + trailer) == Fault.FRAME_ONLEESBAAR


@pytest.mark.parametrize("length_at", [41, 45, 49], ids=["declaration", "table", "sealed"])
@pytest.mark.parametrize("length", [2**32 - 1, 2**31, 0], ids=["4 GiB", "2 GiB", "nothing"])
def test_an_impossible_length_is_refused_before_anything_is_read(length_at: int, length: int) -> None:
    container = seal_message("huurachterstand").container
    changed = container[:length_at] + length.to_bytes(4, "little") + container[length_at + 4 :]

    assert code_of(changed) == Fault.FRAME_ONLEESBAAR


def test_lengths_that_wrap_around_to_the_right_sum_are_refused() -> None:
    container = seal_message("huurachterstand").container
    declared, tabled, sealed = (int.from_bytes(container[at : at + 4], "little") for at in (41, 45, 49))
    lengths = [declared, (tabled + sealed) % 2**32 + 1, 2**32 - 1]
    changed = container[:41] + b"".join(each.to_bytes(4, "little") for each in lengths) + container[53:]

    assert code_of(changed) == Fault.FRAME_ONLEESBAAR


def test_the_border_between_declaration_and_table_cannot_move() -> None:
    frame = frame_of(seal_message("huurachterstand"))
    moved = dataclasses.replace(frame, declaration=frame.declaration + frame.table[:1], table=frame.table[1:])

    assert code_of(moved.to_bytes()) == Fault.HANDTEKENING_ONGELDIG


def test_more_than_8_mib_is_refused_before_anything_else() -> None:
    assert code_of(bytes(MAX_CONTAINER + 1)) == Fault.TE_GROOT


@pytest.mark.parametrize("magic", [b"zegel/2c", b"zegel/1h", b"zegel/1w"])
def test_another_suite_or_another_thing_of_this_suite_is_refused(magic: bytes) -> None:
    container = seal_message("huurachterstand").container

    assert code_of(magic + container[8:]) == Fault.VERSIE_ONBEKEND


def test_what_is_no_container_at_all_is_refused() -> None:
    for data in (b"", b"{}", b"zegel", bytes(HEAD_SIZE), b"PK\x03\x04" * 99):
        assert code_of(data) == Fault.FRAME_ONLEESBAAR


@pytest.mark.parametrize("use", [0, 5, 255])
def test_an_unknown_use_is_refused(use: int) -> None:
    container = bytearray(seal_message("huurachterstand").container)
    container[8] = use

    assert code_of(bytes(container)) == Fault.FRAME_ONLEESBAAR


def test_a_part_the_carrier_dropped_is_missed() -> None:
    frame = frame_of(seal_message("huurachterstand", "overlast"))
    shorter = dataclasses.replace(frame, sealed=frame.sealed[:-1040])

    assert code_of(shorter.to_bytes()) == Fault.TABEL_KLOPT_NIET


def test_a_part_the_carrier_added_is_found() -> None:
    frame = frame_of(seal_message("huurachterstand"))
    longer = dataclasses.replace(frame, sealed=frame.sealed + frame.sealed[-1040:])

    assert code_of(longer.to_bytes()) == Fault.TABEL_KLOPT_NIET


def test_parts_the_carrier_swapped_are_found() -> None:
    frame = frame_of(seal_message("huurachterstand", "overlast"))
    wrap, first, second = frame.sealed[:152], frame.sealed[152:1192], frame.sealed[1192:]
    swapped = refusal_of(dataclasses.replace(frame, sealed=wrap + second + first).to_bytes())

    assert (swapped.code, swapped.fields) == (Fault.DEEL_KLOPT_NIET, ("parts.0",))


def test_a_wrap_the_carrier_took_from_another_message_is_found() -> None:
    frame, other = frame_of(seal_message("huurachterstand")), frame_of(seal_message("overlast"))
    changed = refusal_of(dataclasses.replace(frame, sealed=other.sealed[:152] + frame.sealed[152:]).to_bytes())

    assert (changed.code, changed.fields) == (Fault.DEEL_KLOPT_NIET, ("wrap",))


def test_a_recipient_the_carrier_changed_breaks_the_signature() -> None:
    frame = frame_of(seal_message("huurachterstand"))
    changed = frame.declaration.replace(CORPORATION.encode(), b"jutphaas_w0nen")

    assert code_of(dataclasses.replace(frame, declaration=changed).to_bytes()) == Fault.HANDTEKENING_ONGELDIG


# What another instantie can do


def test_a_key_nobody_registered_signs_nothing() -> None:
    stranger = fixed_key("signing", REGIE, 1)

    assert code_of(forge(declare(), signing=stranger)) == Fault.SLEUTEL_ONBEKEND


@pytest.mark.parametrize("key", [IDENTITY, LOG, SEALING[REGIE], HOP[REGIE]], ids=lambda key: key.public.use)
def test_a_key_of_another_use_signs_no_message(key: PrivateKey) -> None:
    """An identity key could even make the signature; its use stops it."""
    frame = dataclasses.replace(frame_of(seal_message()), signer=key.id)

    assert code_of(frame.to_bytes()) == Fault.SLEUTEL_ANDER_GEBRUIK


def test_a_statement_of_a_directory_is_no_message_although_the_bytes_fit() -> None:
    frame = frame_of(seal_message())
    stated = sign(IDENTITY, STATEMENT, frame.declaration + frame.table)

    assert code_of(dataclasses.replace(frame, signature=stated).to_bytes()) == Fault.HANDTEKENING_ONGELDIG


def test_nobody_signs_in_anothers_name() -> None:
    """The school writes the regieteam as sender, with its own key."""
    own_key = declare(sender=REGIE, recipient=CORPORATION).model_copy(
        update={"sender": Sender(instantie=REGIE, role="casusregisseur", key=b64u(SIGNING[SCHOOL].id))}
    )

    assert code_of(forge(own_key, signing=SIGNING[SCHOOL])) == Fault.AFZENDER_NIET_DE_SLEUTELHOUDER


def test_a_stripped_message_cannot_be_signed_again_as_ones_own() -> None:
    frame = frame_of(seal_message("huurachterstand"))
    resigned = forge(frame.declaration, frame.sealed, frame.table, signing=SIGNING[SCHOOL])

    assert code_of(resigned) == Fault.ONDERTEKEND_DOOR_ANDER


def test_the_parts_of_another_message_do_not_open_in_ones_own() -> None:
    """The school forwards what the regieteam sealed, under a declaration of its own: the wrap names another message."""
    frame = frame_of(seal_message("huurachterstand"))
    own = declare("huurachterstand", sender=SCHOOL)

    assert code_of(forge(own, frame.sealed, frame.table, signing=SIGNING[SCHOOL])) == Fault.OMSLAG_ONLEESBAAR


def test_a_delivery_handed_to_somebody_else_does_not_open() -> None:
    container = seal_message("huurachterstand").container

    assert code_of(container, SEALING[SCHOOL]) == Fault.NIET_VOOR_MIJ


def test_an_earlier_sealing_key_of_the_recipient_is_not_the_one_named() -> None:
    assert code_of(seal_message("huurachterstand").container, fixed_key("sealing", CORPORATION, 1)) == (
        Fault.NIET_VOOR_MIJ
    )


@pytest.mark.parametrize(("made", "shown"), list(permutations(["message", "receipt", "ask", "dryrun"], 2)))
def test_a_dry_run_receipt_or_question_never_passes_for_a_message_nor_the_other_way(made: Use, shown: Use) -> None:
    kind = {"receipt": "receipt", "ask": "ask"}.get(made, "mdo_informatie")
    to = Recipient(instantie=BROKER if kind == made else CORPORATION)
    declaration = declare(kind=kind).model_copy(update={"recipient": to})
    frame = frame_of(seal(declaration, [], use=made, signing=SIGNING[REGIE], recipient=None, random=bytes))

    assert code_of(dataclasses.replace(frame, use=shown).to_bytes()) == Fault.HANDTEKENING_ONGELDIG


# What nobody thought of


@settings(deadline=None)  # the machine may be busy with other things
@given(st.binary(max_size=400))
def test_no_bytes_cause_more_than_a_refusal(data: bytes) -> None:
    head = seal_message().container[:41]
    for container in (data, b"zegel/1c" + data, head + data):
        assert code_of(container) in FAULTS
