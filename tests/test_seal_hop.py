"""The hop: boxed for one next stop, of rounded size, and unreadable in every other case."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import Box
from nacl.public import PrivateKey as NaclPrivateKey
from nacl.public import PublicKey as NaclPublicKey

from tests.two_instanties import CORPORATION, HOP, LOG, REGIE, SCHOOL, counted_bytes, fixed_key, known_keys
from zegel_schemas.declaration import BROKER
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import HopBox, HopFrame, HopKind, KeyRecord, decode_delivery, encode_delivery
from zegel_schemas.seal.hop import MAX_HOP, MAX_NOTE

ADAPTER = HopBox([HOP[REGIE]])
AT_BROKER = HopBox([HOP[BROKER]])
FRAME = HopFrame("message", b"a note\n", b"a container")


def boxed(frame: HopFrame = FRAME) -> bytes:
    return ADAPTER.seal(HOP[BROKER].public, frame, random=counted_bytes())


def refusal_of(data: bytes, box: HopBox = AT_BROKER) -> str:
    with pytest.raises(Refusal) as caught:
        box.open(data, known_keys)
    return caught.value.code


@pytest.mark.parametrize("kind", ["message", "delivery", "notice"])
@pytest.mark.parametrize("body", [b"", b"a container", b"\x80\0\0", bytes(5000)], ids=len)
def test_what_is_boxed_for_the_next_stop_opens_there(kind: HopKind, body: bytes) -> None:
    frame = HopFrame(kind, b"a note\n", body)

    opened, sender = AT_BROKER.open(boxed(frame), known_keys)

    assert opened == frame
    assert sender.owner == REGIE


@pytest.mark.parametrize(("body", "boxes"), [(0, 1), (1013, 1), (1014, 2), (5000, 5)])
def test_its_size_says_only_how_many_kib_there_are(body: int, boxes: int) -> None:
    head_and_tag = 8 + 32 + 32 + 24 + 16

    assert len(boxed(HopFrame("message", b"a note\n", bytes(body)))) == head_and_tag + 1024 * boxes


def test_the_box_is_that_of_nacl() -> None:
    data = boxed()
    theirs = Box(NaclPrivateKey(HOP[BROKER].unsafe_seed()), NaclPublicKey(HOP[REGIE].public.raw))

    inside = theirs.decrypt(data[96:], data[72:96])

    assert inside == b"\x01\x07\0a note\na container\x80".ljust(1024, b"\0")


def test_an_older_hop_key_still_opens_and_the_first_one_seals() -> None:
    older, newer = fixed_key("hop", BROKER, 1), HOP[BROKER]
    both = HopBox({newer.id: newer, older.id: older})

    assert both.open(ADAPTER.seal(older.public, FRAME, random=counted_bytes()), known_keys)[0] == FRAME
    assert both.seal(HOP[REGIE].public, FRAME, random=counted_bytes())[8:40] == newer.id
    sealed = both.seal(HOP[REGIE].public, FRAME, own_id=older.id, random=counted_bytes())
    assert sealed[8:40] == older.id


def test_every_flipped_bit_makes_a_hop_unreadable() -> None:
    data = boxed()
    codes = set()
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        codes.add(refusal_of(bytes(changed)))

    assert codes == {Fault.HOP_ONLEESBAAR, Fault.HOP_SLEUTEL_ONBEKEND}


def test_every_truncation_makes_a_hop_unreadable() -> None:
    data = boxed()

    assert {refusal_of(data[:size]) for size in range(len(data))} == {Fault.HOP_ONLEESBAAR}
    assert refusal_of(data + b"\0") == Fault.HOP_ONLEESBAAR


def test_a_hop_for_somebody_else_does_not_open() -> None:
    assert refusal_of(boxed(), HopBox([HOP[SCHOOL]])) == Fault.HOP_SLEUTEL_ONBEKEND


def test_a_hop_by_somebody_the_directory_does_not_know_does_not_open() -> None:
    stranger = HopBox([fixed_key("hop", "onbekend")])

    assert refusal_of(stranger.seal(HOP[BROKER].public, FRAME, random=counted_bytes())) == Fault.HOP_SLEUTEL_ONBEKEND


def test_a_hop_cannot_be_passed_off_as_another_adapters() -> None:
    """With another key id in the frame the shared key is another one too."""
    data = boxed()

    assert refusal_of(data[:8] + HOP[CORPORATION].id + data[40:]) == Fault.HOP_ONLEESBAAR


def test_a_key_of_another_use_is_no_hop_key() -> None:
    data = boxed()

    assert refusal_of(data[:8] + LOG.id + data[40:]) == Fault.SLEUTEL_ANDER_GEBRUIK
    with pytest.raises(ValueError, match="only with those"):
        HopBox([LOG])
    with pytest.raises(ValueError, match="for a hop key"):
        ADAPTER.seal(LOG.public, FRAME, random=counted_bytes())


def test_a_hop_box_needs_a_key() -> None:
    with pytest.raises(ValueError, match="one hop key or more"):
        HopBox([])


def test_what_is_too_large_is_refused_before_it_is_opened_and_before_it_is_sent() -> None:
    assert refusal_of(bytes(MAX_HOP + 1)) == Fault.TE_GROOT
    for frame in (HopFrame("message", bytes(MAX_NOTE + 1), b""), HopFrame("message", b"", bytes(MAX_HOP))):
        with pytest.raises(Refusal, match=Fault.TE_GROOT):
            boxed(frame)


@pytest.mark.parametrize(
    "inside",
    [
        b"",
        b"\x80",
        b"\x01\x07\0a note\n\x80".ljust(1023, b"\0"),
        b"\x01\x07\0a note\n\x80".ljust(2048, b"\0"),
        b"\0\x07\0a note\n\x80".ljust(1024, b"\0"),
        b"\x04\x07\0a note\n\x80".ljust(1024, b"\0"),
        b"\x01\xff\xffa note\n\x80".ljust(1024, b"\0"),
        b"\x01\x08\0a note\n\x80".ljust(1024, b"\0"),
        b"\x01\x80".ljust(1024, b"\0"),
        bytes(1024),
        (b"\x01" + (MAX_NOTE + 1).to_bytes(2, "little") + bytes(MAX_NOTE + 1) + b"\x80").ljust(9216, b"\0"),
    ],
    ids=[
        "nothing",
        "mark",
        "short",
        "long",
        "kind 0",
        "kind 4",
        "long note",
        "note past the end",
        "cut",
        "no mark",
        "vast",
    ],
)
def test_an_inside_of_another_form_is_unreadable(inside: bytes) -> None:
    theirs = Box(NaclPrivateKey(HOP[REGIE].unsafe_seed()), NaclPublicKey(HOP[BROKER].public.raw))
    nonce = bytes(24)
    data = b"zegel/1h" + HOP[REGIE].id + HOP[BROKER].id + nonce + theirs.encrypt(inside, nonce).ciphertext

    assert refusal_of(data) == Fault.HOP_ONLEESBAAR


def test_the_shared_key_is_computed_once_per_pair() -> None:
    looked_up = []

    def keys(key_id: bytes) -> KeyRecord | None:
        looked_up.append(key_id)
        return known_keys(key_id)

    box = HopBox([HOP[BROKER]])
    for _ in range(3):
        box.open(boxed(), keys)

    assert len(looked_up) == 3  # the directory is asked every time, so a key it drops is dropped at once
    assert len(box._shared) == 1


def test_nothing_of_a_frame_shows_in_its_text_form() -> None:
    assert repr(FRAME) == "HopFrame(kind='message')"


def test_a_delivery_is_a_container_and_its_stamp() -> None:
    assert decode_delivery(encode_delivery(b"container", b"stamp")) == (b"container", b"stamp")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", Fault.HOP_ONLEESBAAR),
        (b"\x01\0\0", Fault.HOP_ONLEESBAAR),
        (bytes(4), Fault.HOP_ONLEESBAAR),
        (bytes(4) + b"stamp", Fault.HOP_ONLEESBAAR),
        (b"\xff\xff\xff\xffcontainer", Fault.HOP_ONLEESBAAR),
        (encode_delivery(b"container", b""), Fault.STEMPEL_ONTBREEKT),
    ],
    ids=["nothing", "cut", "empty", "empty with stamp", "4 GiB", "no stamp"],
)
def test_a_delivery_of_another_form_is_refused(body: bytes, code: Fault) -> None:
    with pytest.raises(Refusal) as caught:
        decode_delivery(body)

    assert caught.value.code == code


@settings(deadline=None)  # the machine may be busy with other things
@given(st.binary(max_size=300))
def test_no_bytes_at_all_cause_more_than_a_refusal(data: bytes) -> None:
    for head in (b"", b"zegel/1h" + HOP[REGIE].id + HOP[BROKER].id):
        refusal_of(head + data)
