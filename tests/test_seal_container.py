"""The way of a sealed message: sealed, checked at both doors, opened, opened again, and one part shown to others."""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey as NaclPrivateKey
from nacl.public import PublicKey as NaclPublicKey
from nacl.public import SealedBox

from tests.two_instanties import (
    CORPORATION,
    ISSUED,
    REGIE,
    SCHOOL,
    SEALING,
    SIGNING,
    content_of,
    counted_bytes,
    declare,
    known_keys,
    receive,
    seal_message,
)
from zegel_schemas.declaration import BROKER, PartName, Recipient, Sender
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import (
    Opened,
    Signed,
    Use,
    Verified,
    check_frame,
    check_sender_bytes,
    disclose_part,
    message_hash,
    open_parts,
    read,
    reopen,
    seal,
    unb64u,
    verify_part,
)
from zegel_schemas.seal.frame import HEAD_SIZE
from zegel_schemas.seal.parts import WRAP_SIZE, declaration_hash, unwrap_key, wrap_key


def test_what_is_sealed_opens_with_the_recipients_key_and_nothing_is_lost() -> None:
    sealed = seal_message("huurachterstand", "overlast", text="één fictieve tekst 🔒")

    opened = open_parts(receive(sealed.container), SEALING[CORPORATION])

    assert opened.contents == tuple(
        content_of(name, "één fictieve tekst 🔒") for name in ("huurachterstand", "overlast")
    )
    assert opened.message_key == sealed.message_key
    assert opened.verified.message_hash == sealed.message_hash


def test_sender_and_recipient_open_it_again_with_the_stored_message_key() -> None:
    sealed = seal_message("huurachterstand")

    assert reopen(receive(sealed.container), sealed.message_key).contents == (content_of("huurachterstand"),)


def test_a_message_without_parts_has_a_table_of_one_byte_and_no_wrap() -> None:
    sealed = seal_message()
    verified = receive(sealed.container)

    assert verified.signed.table_bytes == b"\0"
    assert verified.wrap == b""
    assert sealed.message_key == b""
    assert open_parts(verified, None).contents == ()
    assert len(sealed.container) == HEAD_SIZE + len(verified.signed.declaration_bytes) + 1


@pytest.mark.parametrize("count", [1, 2, 32])
def test_up_to_32_parts_travel_together(count: int) -> None:
    names = [f"categorie-{number}" for number in range(count)]

    opened = open_parts(receive(seal_message(*names).container), SEALING[CORPORATION])

    assert [part.category for part in opened.contents] == names


@pytest.mark.parametrize(("text", "length"), [(10, 1024), (2000, 4096), (60_000, 65_536), (70_000, 131_072)])
def test_the_container_shows_only_a_rounded_length_per_part(text: int, length: int) -> None:
    verified = receive(seal_message("huurachterstand", text="x" * text).container)

    assert [len(each) for each in verified.ciphertexts] == [length + 16]


@settings(deadline=None)  # the machine may be busy with other things
@given(st.text(max_size=3000))
def test_any_text_survives(text: str) -> None:
    sealed = seal_message("huurachterstand", text=text)

    assert open_parts(receive(sealed.container), SEALING[CORPORATION]).contents == (
        content_of("huurachterstand", text),
    )


def test_doors_hand_over_what_the_directory_says_of_the_signing_key() -> None:
    verified = receive(seal_message("huurachterstand").container)

    assert verified.signer == known_keys(SIGNING[REGIE].id)
    assert verified.signed.use == "message"


def test_the_message_hash_depends_on_the_use() -> None:
    hashes = {message_hash(use, b"declaration", b"table") for use in ("message", "receipt", "ask", "dryrun")}

    assert len(hashes) == 4


def test_the_bytes_a_ledger_keeps_of_a_sender_prove_who_said_it() -> None:
    sealed = seal_message("huurachterstand")
    signed = check_frame(sealed.container, known_keys)

    def check(signer: str) -> bytes:
        return check_sender_bytes(
            "message",
            signed.declaration_bytes,
            signed.table_bytes,
            signature=signed.signature,
            signer=SIGNING[signer].public,
        )

    assert check(REGIE) == sealed.message_hash
    with pytest.raises(Refusal, match=Fault.HANDTEKENING_ONGELDIG):
        check(SCHOOL)


@pytest.mark.parametrize(("use", "kind"), [("receipt", "receipt"), ("ask", "ask"), ("message", "registratie")])
def test_receipts_questions_and_registrations_go_to_the_broker_without_parts(use: Use, kind: str) -> None:
    declaration = declare(kind=kind).model_copy(update={"recipient": Recipient(instantie=BROKER)})

    sealed = seal(declaration, [], use=use, signing=SIGNING[REGIE], recipient=None, random=counted_bytes())

    assert receive(sealed.container).signed.use == use


def test_a_dry_run_names_its_parts_and_encloses_none() -> None:
    sealed = seal(
        declare("huurachterstand"), [], use="dryrun", signing=SIGNING[REGIE], recipient=None, random=counted_bytes()
    )
    verified = receive(sealed.container)

    assert [part.category for part in verified.declaration.parts] == ["huurachterstand"]
    assert verified.ciphertexts == ()


def test_the_wrap_is_a_sealed_box_of_libsodium_both_ways() -> None:
    own = SEALING[CORPORATION]
    wrap = wrap_key(own.public, bytes(32), b"k" * 32, counted_bytes())
    inside = b"zegel/1w" + bytes(32) + own.id + b"k" * 32

    assert len(wrap) == WRAP_SIZE == 152
    assert SealedBox(NaclPrivateKey(own.unsafe_seed())).decrypt(wrap) == inside
    theirs = SealedBox(NaclPublicKey(own.public.raw)).encrypt(inside)
    assert unwrap_key(own, bytes(32), theirs) == b"k" * 32


@pytest.mark.parametrize("size", [0, 1, 47, 48, 151, 153, 4096])
def test_a_wrap_of_another_length_is_refused_before_it_is_opened(size: int) -> None:
    """PyNaCl raises its own TypeError on a box shorter than 48 bytes."""
    with pytest.raises(Refusal, match=Fault.OMSLAG_ONLEESBAAR):
        unwrap_key(SEALING[CORPORATION], bytes(32), bytes(size))


def test_a_wrap_that_holds_more_than_it_should_is_refused() -> None:
    own = SEALING[CORPORATION]
    longer = SealedBox(NaclPublicKey(own.public.raw)).encrypt(b"zegel/1w" + bytes(32) + own.id + b"k" * 33)

    with pytest.raises(Refusal, match=Fault.OMSLAG_ONLEESBAAR):
        unwrap_key(own, bytes(32), longer)


def test_a_third_party_verifies_one_part_without_any_private_key_and_sees_no_other() -> None:
    sealed = seal_message("huurachterstand", "overlast")
    disclosure = disclose_part(receive(sealed.container), sealed.message_key, 1)

    disclosed = verify_part(disclosure, SIGNING[REGIE].public)

    assert disclosed.part == content_of("overlast")
    assert disclosed.message_hash == sealed.message_hash
    assert disclosed.declaration.id == declare().id
    assert sealed.message_key not in dataclasses.astuple(disclosure)


def test_tickets_are_made_by_their_doors_only() -> None:
    verified = receive(seal_message("huurachterstand").container)
    opened = open_parts(verified, SEALING[CORPORATION])

    for ticket in (verified.signed, verified, opened):
        fields = {field.name: getattr(ticket, field.name) for field in dataclasses.fields(ticket)}
        with pytest.raises(TypeError, match="only "):
            type(ticket)(**fields, door=object())
        with pytest.raises((TypeError, ValueError)):
            dataclasses.replace(ticket)  # type: ignore[call-arg]  # that is what is tried


@pytest.mark.parametrize("ticket", [Signed, Verified, Opened])
def test_no_ticket_shows_what_it_holds(ticket: type) -> None:
    sealed = seal_message("huurachterstand", text="geheim")
    verified = receive(sealed.container)
    shown = {type(each): repr(each) for each in (verified.signed, verified, open_parts(verified, SEALING[CORPORATION]))}

    assert shown[ticket].startswith("<zegel_schemas.seal.")
    assert "geheim" not in repr(content_of("huurachterstand", "geheim"))
    assert repr(sealed.message_key) not in repr(sealed)


def test_parts_are_opened_with_a_key_and_a_whole_message_key() -> None:
    verified = receive(seal_message("huurachterstand").container)

    with pytest.raises(ValueError, match="sealing key"):
        open_parts(verified, None)
    with pytest.raises(ValueError, match="32 bytes"):
        reopen(verified, b"")


def test_the_names_on_the_wire_are_those_of_the_declaration() -> None:
    declaration = receive(seal_message("huurachterstand").container).declaration

    assert declaration.sender == Sender(instantie=REGIE, role="casusregisseur", key=declaration.sender.key)
    assert unb64u(declaration.sender.key) == SIGNING[REGIE].id
    assert unb64u(declaration.recipient.key) == SEALING[CORPORATION].id
    assert declaration.parts == (PartName(category="huurachterstand", schema_version=1, label="feit"),)
    assert declaration.issued == ISSUED
    assert len(declaration_hash(declaration.to_bytes())) == 32


def test_reading_twice_gives_the_same() -> None:
    signed = check_frame(seal_message("huurachterstand").container, known_keys)

    assert read(signed).declaration == read(signed).declaration
