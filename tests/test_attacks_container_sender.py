"""Attacks with a table, wrap or part its own sender signed for: each must fail, with its own code.

`forge` signs any bytes validly; the name of a test says what it defends against.
"""

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.forgery import (
    MESSAGE_KEY,
    code_of,
    forge,
    forge_content,
    forge_padded,
    frame_of,
    table_of,
)
from tests.two_instanties import (
    CORPORATION,
    SEALING,
    content_of,
    counted_bytes,
    declare,
    known_keys,
    receive,
    seal_message,
)
from zegel_schemas import canonical
from zegel_schemas.declaration import BROKER, PartName, Recipient
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal import (
    b64u,
    check_frame,
    open_parts,
)
from zegel_schemas.seal.padding import pad, part_bucket
from zegel_schemas.seal.parts import (
    PART_HASH,
    WRAP_HASH,
    commitment,
    declaration_hash,
    part_context,
    part_key,
    seal_part,
    wrap_key,
)
from zegel_schemas.seal.primitives import digest
from zegel_schemas.seal.table import Row, SealTable


@pytest.mark.parametrize(
    "table",
    [b"\x01", b"\0\0", b"\x01" + bytes(67 + 32), b"\x01" + bytes(68 + 33), bytes(33)],
    ids=["cut", "one more", "short row", "long end", "wrap without parts"],
)
def test_a_table_of_another_size_is_refused(table: bytes) -> None:
    declaration = declare("huurachterstand") if table[0] else declare()

    assert code_of(forge(declaration, b"", table)) == Fault.TABEL_KLOPT_NIET


def test_a_table_of_33_parts_is_refused() -> None:
    table = SealTable((Row(1040, bytes(32), bytes(32)),) * 33, bytes(32)).to_bytes()

    with pytest.raises(Refusal, match=Fault.TABEL_KLOPT_NIET):
        SealTable.from_bytes(table)
    assert code_of(forge(declare("huurachterstand"), b"", table)) == Fault.FRAME_ONLEESBAAR


def test_declaration_and_table_must_name_as_many_parts() -> None:
    frame = frame_of(seal_message("huurachterstand"))
    both = frame_of(seal_message("huurachterstand", "overlast"))

    assert code_of(forge(both.declaration, frame.sealed, frame.table)) == Fault.TABEL_KLOPT_NIET
    assert code_of(forge(frame.declaration, both.sealed, both.table)) == Fault.TABEL_KLOPT_NIET
    assert code_of(forge(frame.declaration)) == Fault.TABEL_KLOPT_NIET
    assert code_of(forge(declare(), frame.sealed, frame.table)) == Fault.TABEL_KLOPT_NIET
    assert code_of(forge(declare(), b"something sealed after all")) == Fault.TABEL_KLOPT_NIET


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 1039, 1041, 3 * 1024 + 16, 96 * 1024 + 16, 2**32 - 1])
def test_an_empty_part_or_one_of_a_telling_length_is_refused_by_the_broker_too(length: int) -> None:
    declaration = declare("huurachterstand")
    box = bytes(min(length, 100_000))
    wrap = bytes(152)
    table = SealTable((Row(length, digest(PART_HASH, box), bytes(32)),), digest(WRAP_HASH, wrap))

    assert code_of(forge(declaration, wrap + box, table)) == Fault.TABEL_KLOPT_NIET


def test_a_dry_run_encloses_nothing() -> None:
    frame = frame_of(seal_message("huurachterstand"))

    assert code_of(forge(frame.declaration, frame.sealed, frame.table, use="dryrun")) == Fault.TABEL_KLOPT_NIET


def test_nothing_is_sealed_to_the_broker() -> None:
    to_broker = declare("huurachterstand").model_copy(
        update={"recipient": Recipient(instantie=BROKER, key=b64u(bytes(32)))}
    )
    frame = frame_of(seal_message("huurachterstand"))

    assert code_of(forge(to_broker, frame.sealed, frame.table)) == Fault.ONGELDIGE_VERKLARING


def test_one_category_has_one_part() -> None:
    twice = PartName(category="huurachterstand", schema_version=1, label="feit")
    frame = frame_of(seal_message("huurachterstand", "overlast"))
    declaration = declare("huurachterstand").model_copy(update={"parts": (twice, twice)})

    assert code_of(forge(declaration, frame.sealed, frame.table)) == Fault.ONGELDIGE_VERKLARING


def test_a_sealing_key_is_named_when_parts_are_and_only_then() -> None:
    frame = frame_of(seal_message("huurachterstand"))
    without = declare("huurachterstand").model_copy(update={"recipient": Recipient(instantie=CORPORATION)})
    needless = declare().model_copy(update={"recipient": declare("huurachterstand").recipient})

    assert code_of(forge(without, frame.sealed, frame.table)) == Fault.ONGELDIGE_VERKLARING
    assert code_of(forge(needless)) == Fault.ONGELDIGE_VERKLARING


def test_two_parts_swapped_by_the_sender_do_not_open() -> None:
    """Both are signed for, yet each was sealed for the other's place and category."""
    frame = frame_of(seal_message("huurachterstand", "overlast"))
    table = SealTable.from_bytes(frame.table)
    swapped = SealTable(table.rows[::-1], table.wrap_hash)
    sealed = frame.sealed[:152] + frame.sealed[1192:] + frame.sealed[152:1192]

    assert code_of(forge(frame.declaration, sealed, swapped)) == Fault.SLEUTELBINDING_KLOPT_NIET


def test_a_wrap_of_another_message_does_not_open_even_when_signed_for() -> None:
    frame, other = frame_of(seal_message("huurachterstand")), frame_of(seal_message("overlast"))
    wrap = other.sealed[:152]
    table = dataclasses.replace(SealTable.from_bytes(frame.table), wrap_hash=digest(WRAP_HASH, wrap))

    assert code_of(forge(frame.declaration, wrap + frame.sealed[152:], table)) == Fault.OMSLAG_ONLEESBAAR


def test_a_wrap_with_an_ephemeral_key_of_small_order_does_not_open() -> None:
    frame = frame_of(seal_message("huurachterstand"))
    wrap = bytes(32) + frame.sealed[32:152]
    table = dataclasses.replace(SealTable.from_bytes(frame.table), wrap_hash=digest(WRAP_HASH, wrap))

    assert code_of(forge(frame.declaration, wrap + frame.sealed[152:], table)) == Fault.OMSLAG_ONLEESBAAR


def test_a_commitment_to_another_key_is_found_before_anything_is_decrypted() -> None:
    content = pad(content_of("huurachterstand").content, part_bucket)

    assert code_of(forge_padded(content, committed=commitment(bytes(32)))) == Fault.SLEUTELBINDING_KLOPT_NIET


def test_a_part_sealed_for_another_place_does_not_open_although_its_key_is_the_one_committed_to() -> None:
    declaration = declare("huurachterstand")
    hashed = declaration_hash(declaration.to_bytes())
    key = part_key(MESSAGE_KEY, part_context(hashed, 0, "huurachterstand"))
    wrap = wrap_key(SEALING[CORPORATION].public, hashed, MESSAGE_KEY, counted_bytes())
    places = [(bytes(32), 0, "huurachterstand"), (hashed, 1, "huurachterstand"), (hashed, 0, "overlast")]

    for place in places:
        box = seal_part(key, part_context(*place), content_of("huurachterstand").content)
        assert code_of(forge(declaration, wrap + box, table_of(wrap, (box, key)))) == Fault.DEEL_ONLEESBAAR


@pytest.mark.parametrize("size", [2048, 4096, 65_536, 131_072])
def test_padding_to_another_bucket_is_refused(size: int) -> None:
    padded = (content_of("huurachterstand").content + b"\x80").ljust(size, b"\0")

    assert code_of(forge_padded(padded)) == Fault.OPVULLING_KLOPT_NIET


@pytest.mark.parametrize(
    "padded",
    [bytes(1024), b"{}".ljust(1024, b"\0"), (b"{}\x81").ljust(1024, b"\0"), b"{}\x80".ljust(1023, b"\0") + b"!"],
)
def test_padding_without_its_mark_is_refused(padded: bytes) -> None:
    assert code_of(forge_padded(padded)) == Fault.OPVULLING_KLOPT_NIET


@pytest.mark.parametrize(
    "content",
    [
        content_of("overlast").content,
        content_of("huurachterstand", schema=2).content,
        canonical.encode({"body": {}, "category": "huurachterstand", "schema": True}),
        canonical.encode({"body": {}, "category": "huurachterstand", "schema": "1"}),
        canonical.encode({"body": {}, "category": ["huurachterstand"], "schema": 1}),
    ],
    ids=["category", "schema", "true for 1", "text for 1", "list for a category"],
)
def test_the_content_of_another_category_or_schema_is_refused(content: bytes) -> None:
    assert code_of(forge_content(content)) == Fault.INHOUD_ANDERE_CATEGORIE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"free text",
        b"[]",
        b"{}",
        canonical.encode({"body": {}, "category": "huurachterstand"}),
        canonical.encode({"body": {}, "category": "huurachterstand", "schema": 1, "remark": "more"}),
        b'{"body": {}, "category": "huurachterstand", "schema": 1}',
        b'{"body":{},"category":"huurachterstand","category":"huurachterstand","schema":1}',
        b'{"body":{"x":1.5},"category":"huurachterstand","schema":1}',
        '{"body":{"x":"é"},"category":"huurachterstand","schema":1}'.encode(),
    ],
    ids=["empty", "text", "list", "no keys", "no schema", "extra", "spaced", "twice", "float", "UTF-8"],
)
def test_a_content_of_another_form_is_refused(content: bytes) -> None:
    assert code_of(forge_content(content)) == Fault.INHOUD_ONGELDIG


def test_one_bad_part_keeps_all_parts_closed() -> None:
    declaration = declare("huurachterstand", "overlast")
    hashed = declaration_hash(declaration.to_bytes())
    contexts = [part_context(hashed, at, name.category) for at, name in enumerate(declaration.parts)]
    keys = [part_key(MESSAGE_KEY, context) for context in contexts]
    contents = [content_of("huurachterstand").content, b"not a content"]
    boxes = [seal_part(*each) for each in zip(keys, contexts, contents, strict=True)]
    wrap = wrap_key(SEALING[CORPORATION].public, hashed, MESSAGE_KEY, counted_bytes())
    table = table_of(wrap, *zip(boxes, keys, strict=True))

    assert code_of(forge(declaration, b"".join([wrap, *boxes]), table)) == Fault.INHOUD_ONGELDIG


@settings(deadline=None)  # the machine may be busy with other things
@given(st.binary(max_size=300))
def test_no_signed_table_causes_more_than_a_refusal(table: bytes) -> None:
    declaration = declare("huurachterstand")

    assert code_of(forge(declaration, bytes(1192), table)) in {Fault.TABEL_KLOPT_NIET, Fault.FRAME_ONLEESBAAR}


@settings(deadline=None)  # the machine may be busy with other things
@given(st.binary(max_size=200))
def test_no_sealed_content_causes_more_than_a_refusal(content: bytes) -> None:
    assert code_of(forge_content(content)) == Fault.INHOUD_ONGELDIG


def test_an_honest_forgery_opens_so_the_forger_of_these_tests_is_not_simply_broken() -> None:
    opened = open_parts(receive(forge_content(content_of("huurachterstand").content)), SEALING[CORPORATION])

    assert opened.contents == (content_of("huurachterstand"),)
    assert check_frame(forge(declare()), known_keys).use == "message"
