"""The very edges of the seal: the last length allowed, the first that is not, and what a text form leaves out."""

import dataclasses

import pytest

from tests.forgery import code_of, forge
from tests.two_instanties import (
    CORPORATION,
    HOP,
    REGIE,
    SIGNING,
    content_of,
    counted_bytes,
    declare,
    known_keys,
    receive,
    seal_message,
)
from zegel_schemas.declaration import BROKER, MAX_DECLARATION, Declaration, Recipient
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import (
    MAX_CONTAINER,
    HopBox,
    HopFrame,
    KeyRecord,
    PrivateKey,
    check_frame,
    disclose_part,
    encode_delivery,
    reopen,
    seal,
    verify_part,
)
from zegel_schemas.seal.frame import HEAD_SIZE, Frame
from zegel_schemas.seal.hop import MAX_HOP, MAX_NOTE
from zegel_schemas.seal.keys import _ANY_SCALAR as ANY_SCALAR
from zegel_schemas.seal.primitives import b64u, person


def declare_of_size(size: int) -> Declaration:
    """Return a declaration of that many bytes: fields of a motivation take 69 each, three shorter ones the rest."""
    fields = {"0" * 64: 1}
    room = size - len(_motivated(fields).to_bytes())
    fields |= {f"{number:064}": 1 for number in range(1, room // 69)}
    rest = size - len(_motivated(fields).to_bytes())
    sizes = (rest // 3, rest // 3, rest - 2 * (rest // 3))
    return _motivated(fields | {letter * (each - len('"":1,')): 1 for letter, each in zip("abc", sizes, strict=True)})


def _motivated(fields: dict[str, int]) -> Declaration:
    return declare(kind="escalatie", claims={"motivation": fields})


def test_a_declaration_of_exactly_16_kib_is_sealed_and_read() -> None:
    declaration = declare_of_size(MAX_DECLARATION)
    assert len(declaration.to_bytes()) == MAX_DECLARATION

    sealed = seal(declaration, [], signing=SIGNING[REGIE], recipient=None, random=counted_bytes())

    assert receive(sealed.container).declaration == declaration


def test_a_declaration_of_one_byte_is_cut_out_and_then_found_to_say_nothing() -> None:
    assert code_of(forge(b"1")) == Fault.ONGELDIGE_VERKLARING
    assert code_of(forge(b"x")) == Fault.NIET_CANONIEK


def test_a_container_of_exactly_8_mib_is_cut() -> None:
    frame = Frame.from_bytes(seal_message("huurachterstand").container)
    room = MAX_CONTAINER - HEAD_SIZE - len(frame.declaration) - len(frame.table)
    largest = dataclasses.replace(frame, sealed=bytes(room)).to_bytes()

    assert len(largest) == MAX_CONTAINER
    assert check_frame(largest, known_keys).container == largest
    assert code_of(largest) == Fault.TABEL_KLOPT_NIET
    assert code_of(largest + b"\0") == Fault.TE_GROOT


@pytest.mark.parametrize("to", [declare("huurachterstand").recipient, Recipient(instantie=CORPORATION)], ids=repr)
@pytest.mark.parametrize("categories", [(), ("huurachterstand",)])
def test_a_dry_run_may_name_a_sealing_key_or_not_whatever_parts_it_names(
    categories: tuple[str, ...], to: Recipient
) -> None:
    tried = declare(*categories).model_copy(update={"recipient": to})

    sealed = seal(tried, [], use="dryrun", signing=SIGNING[REGIE], recipient=None, random=counted_bytes())

    assert receive(sealed.container).declaration == tried


def test_a_message_without_parts_is_opened_again_without_a_message_key() -> None:
    assert reopen(receive(seal_message().container), b"").contents == ()


@pytest.mark.parametrize("own", [SIGNING[CORPORATION], HOP[CORPORATION]], ids=["signing", "hop"])
def test_a_message_to_a_key_of_another_use_is_not_for_me_although_the_key_is_mine(own: PrivateKey) -> None:
    honest = Frame.from_bytes(seal_message("huurachterstand").container)
    to = Recipient(instantie=CORPORATION, key=b64u(own.id))
    named = declare("huurachterstand").model_copy(update={"recipient": to})
    forged = forge(named, honest.sealed, honest.table)

    assert code_of(forged, own) == Fault.NIET_VOOR_MIJ
    assert code_of(seal_message("huurachterstand").container, own) == Fault.NIET_VOOR_MIJ


def test_a_key_is_not_revoked_until_somebody_says_so() -> None:
    record = KeyRecord(SIGNING[REGIE].public, 1, 2)

    assert (record.revoked_at, record.revoked_index) == (0, 0)


def test_points_of_small_order_are_looked_for_with_a_whole_clamped_scalar() -> None:
    """The library reads 32 bytes whatever it is given."""
    assert bytes(31) + b"\x40" == ANY_SCALAR


@pytest.mark.parametrize("text", [b"\xe9" * 16, b"\n" * 16, b"zegel/1.short", b"\x7f" * 16])
def test_a_personalisation_is_sixteen_printable_ascii_bytes_and_a_test_says_so(text: bytes) -> None:
    with pytest.raises(ValueError, match="exactly 16 printable ASCII bytes"):
        person(text)


def test_a_text_form_shows_names_and_no_bytes() -> None:
    sealed = seal_message("huurachterstand")
    disclosure = disclose_part(receive(sealed.container), sealed.message_key, 0)

    assert repr(SIGNING[REGIE].public) == "PublicKey(use='signing', owner='gemeente.regieteam')"
    assert repr(sealed) == f"Sealed(message_hash={sealed.message_hash!r})"
    assert repr(disclosure) == "Disclosure(index=0)"
    disclosed = verify_part(disclosure, SIGNING[REGIE].public)
    assert repr(disclosed) == f"Disclosed(message_hash={sealed.message_hash!r}, part={disclosed.part!r})"
    assert repr(content_of("huurachterstand")) == "PlainPart(category='huurachterstand', schema=1)"


def test_a_hop_with_nothing_inside_but_its_kind_opens() -> None:
    frame = HopFrame("message", b"", b"")
    boxed = HopBox([HOP[REGIE]]).seal(HOP[BROKER].public, frame, random=counted_bytes())

    assert HopBox([HOP[BROKER]]).open(boxed, known_keys)[0] == frame


def test_a_hop_with_the_longest_note_opens() -> None:
    frame = HopFrame("message", bytes(MAX_NOTE), b"a container")
    boxed = HopBox([HOP[REGIE]]).seal(HOP[BROKER].public, frame, random=counted_bytes())

    assert HopBox([HOP[BROKER]]).open(boxed, known_keys)[0] == frame


def test_a_hop_of_head_and_tag_only_is_looked_at() -> None:
    for size, code in ((111, Fault.HOP_ONLEESBAAR), (112, Fault.HOP_SLEUTEL_ONBEKEND)):
        with pytest.raises(Refusal, match=code):
            HopBox([HOP[BROKER]]).open(b"zegel/1h".ljust(size, b"\0"), known_keys)


def test_a_hop_of_exactly_the_largest_size_is_looked_at() -> None:
    for data, code in ((bytes(MAX_HOP), Fault.HOP_ONLEESBAAR), (bytes(MAX_HOP + 1), Fault.TE_GROOT)):
        with pytest.raises(Refusal, match=code):
            HopBox([HOP[BROKER]]).open(data, known_keys)


def test_a_delivery_names_the_length_of_its_container_in_four_bytes() -> None:
    assert encode_delivery(b"container", b"stamp") == b"\x09\0\0\0containerstamp"
