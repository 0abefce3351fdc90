"""Notes and checkpoints are those of C2SP: published ones open, and one changed character closes them."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zegel_schemas.note import (
    MAX_NOTE,
    Checkpoint,
    note_key_id,
    open_checkpoint,
    open_note,
    read_checkpoint,
    read_origin,
    sign_checkpoint,
)
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.keys import PrivateKey, PublicKey
from zegel_schemas.seal.signatures import sign_note_text

VECTORS = json.loads((Path(__file__).parent / "vectors" / "notes.json").read_text())
PETER, GO_SUM, POEM = VECTORS["peter_neumann"], VECTORS["go_sum"], VECTORS["c2sp_note"]

ORIGIN = "zegel.nieuwegein.example/log"
KEY = PrivateKey.from_seed("log", "broker", b"l" * 32)
OTHER = PrivateKey.from_seed("log", "broker", b"m" * 32)
CHECKPOINT = Checkpoint(ORIGIN, 10_000_000, bytes(range(32)))
NOTE = sign_checkpoint(CHECKPOINT, KEY)


def log_key(vector: dict[str, str]) -> PublicKey:
    """Return the key of a published vector."""
    return PublicKey("log", "broker", bytes.fromhex(vector["public"]))


@pytest.mark.parametrize("vector", [PETER, GO_SUM])
def test_a_published_key_has_its_published_id(vector: dict[str, str]) -> None:
    assert note_key_id(vector["name"], bytes.fromhex(vector["public"])).hex() == vector["key_id"]


@pytest.mark.parametrize("vector", [PETER, GO_SUM])
def test_a_published_note_opens(vector: dict[str, str]) -> None:
    text = open_note(vector["note"].encode(), vector["name"], log_key(vector))

    assert vector["note"].startswith(text + "\n— ")


def test_a_published_checkpoint_is_read() -> None:
    text = open_note(GO_SUM["note"].encode(), GO_SUM["name"], log_key(GO_SUM))

    found = read_checkpoint(text, GO_SUM["origin"])

    assert (found.size, found.root.hex()) == (GO_SUM["size"], GO_SUM["root"])
    assert found.to_text() == text


def test_signing_the_published_text_gives_the_published_signature() -> None:
    key = PrivateKey.from_seed("log", "broker", bytes.fromhex(PETER["seed"]))

    signature = sign_note_text(key, PETER["text"].encode())

    line = b64encode(bytes.fromhex(PETER["key_id"]) + signature).decode()
    assert PETER["note"] == f"{PETER['text']}\n— PeterNeumann {line}\n"


def test_the_example_of_c2sp_is_a_note_of_somebody_else() -> None:
    note = POEM["note"].encode()

    with pytest.raises(Refusal, match="did not sign this note"):
        open_note(note, POEM["name"], KEY.public)


def test_a_checkpoint_comes_back_as_it_was_signed() -> None:
    assert open_checkpoint(NOTE, ORIGIN, KEY.public) == CHECKPOINT
    assert read_origin(NOTE) == ORIGIN


def test_signatures_of_witnesses_beside_the_log_s_are_ignored() -> None:
    witness = b64encode(b"abcd" + b"w" * 72).decode()
    witnessed = NOTE + f"— witness.example/w1 {witness}\n".encode()

    assert open_checkpoint(witnessed, ORIGIN, KEY.public) == CHECKPOINT


def test_a_second_signature_of_the_log_must_hold_too() -> None:
    bad = b64encode(note_key_id(ORIGIN, KEY.public.raw) + bytes(64)).decode()

    with pytest.raises(Refusal, match="does not hold"):
        open_checkpoint(NOTE + f"— {ORIGIN} {bad}\n".encode(), ORIGIN, KEY.public)


def resign(text: str) -> bytes:
    """Return any text as a note the log's key really signed."""
    key_id = note_key_id(ORIGIN, KEY.public.raw)
    return f"{text}\n— {ORIGIN} {b64encode(key_id + sign_note_text(KEY, text.encode())).decode()}\n".encode()


ROOT = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"other.example/log\n7\n{ROOT}\n",
        f"{ORIGIN}\n07\n{ROOT}\n",
        f"{ORIGIN}\n-7\n{ROOT}\n",
        f"{ORIGIN}\n+7\n{ROOT}\n",
        f"{ORIGIN}\n7 \n{ROOT}\n",
        f"{ORIGIN}\n٧\n{ROOT}\n",
        f"{ORIGIN}\n{10**20}\n{ROOT}\n",
        f"{ORIGIN}\n7\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n7\n{b64encode(bytes(31)).decode()}\n",
        f"{ORIGIN}\n7\n{ROOT[:-2]}B=\n",
        f"{ORIGIN}\n7\n",
        f"{ORIGIN}\n7\n{ROOT}\nextension\n",
        f"{ORIGIN}\n7\n{ROOT}\n\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused_even_when_signed(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        open_checkpoint(resign(text), ORIGIN, KEY.public)

    assert refused.value.code == "STEMPEL_VREEMD_LOGBOEK"


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\n",
        NOTE[:-1],
        NOTE + b"\n",
        NOTE.replace(b"\n\n", b"\n"),
        NOTE.replace("— ".encode(), b"- "),
        NOTE.replace(b"\n\n", b"\n\n\n"),
        NOTE.replace(b"\n", b"\r\n"),
        NOTE + b"\xff\n",
        NOTE + "— w AAAA\n".encode(),
        NOTE + "— w+x AAAAAAAA\n".encode(),
        NOTE + ("— w AAAAAAAA\n" * 32).encode(),
        NOTE + b"x" * MAX_NOTE,
    ],
)
def test_bytes_that_are_no_note_are_refused(note: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        open_checkpoint(note, ORIGIN, KEY.public)

    assert refused.value.code == "STEMPEL_VREEMD_LOGBOEK"


@pytest.mark.parametrize("text", ["a\tb\n", "a\rb\n", "a\0b\n", "a\x1fb\n"])
def test_a_signed_text_with_control_characters_is_no_note(text: str) -> None:
    assert open_note(resign("a b\n"), ORIGIN, KEY.public) == "a b\n"

    with pytest.raises(Refusal):
        open_note(resign(text), ORIGIN, KEY.public)


@pytest.mark.parametrize(("origin", "key"), [(ORIGIN, OTHER), ("other.example/log", KEY)])
def test_another_log_s_note_is_refused(origin: str, key: PrivateKey) -> None:
    with pytest.raises(Refusal):
        open_checkpoint(sign_checkpoint(Checkpoint(origin, 1, bytes(32)), key), ORIGIN, KEY.public)


@given(st.integers(0, len(NOTE) * 8 - 1))
def test_no_bit_of_a_note_can_be_flipped(bit: int) -> None:
    flipped = bytearray(NOTE)
    flipped[bit // 8] ^= 1 << bit % 8

    with pytest.raises(Refusal) as refused:
        open_checkpoint(bytes(flipped), ORIGIN, KEY.public)

    assert refused.value.code == "STEMPEL_VREEMD_LOGBOEK"


@given(st.binary(max_size=300))
def test_whatever_bytes_come_the_answer_is_a_refusal(data: bytes) -> None:
    with pytest.raises(Refusal):
        open_checkpoint(data, ORIGIN, KEY.public)
