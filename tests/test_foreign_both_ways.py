"""With fresh keys and fresh randomness each side opens, proves and refuses what the other one made."""

import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.foreign import making, reading
from tests.foreign.directory_check import check_file
from tests.foreign.logbook import check_entry, read_stamp, write_note
from tests.foreign.logbook import check_notice as foreign_check_notice
from tests.foreign.notation import Key, b64u, canonical
from tests.foreign.town import ASK_CLAIMS, BROKER, CORPORATION, REGIE, declare
from tests.one_directory import DIRECTORY, FILE, FINGERPRINT, ORIGIN
from tests.one_stamp import MESSAGE, Log, permit
from tests.product_keys import to_product
from zegel_adapters.receipts import make_receipt
from zegel_schemas.declaration import Declaration
from zegel_schemas.note import open_checkpoint
from zegel_schemas.record import hash_explanation
from zegel_schemas.seal import (
    HopBox,
    HopFrame,
    KeyLookup,
    KeyRecord,
    PlainPart,
    Use,
    check_frame,
    disclose_part,
    open_parts,
    read,
    seal,
)
from zegel_schemas.stamp import Notice

SIZES = st.integers(60, 2200) | st.sampled_from([1022, 1023, 1024, 2047, 2048, 65535, 65536])
Contents = st.lists(SIZES, max_size=4)


def fresh(use: str, owner: str) -> Key:
    return Key(use, owner, os.urandom(32))


def lookup(*keys: Key) -> KeyLookup:
    records = {key.id: KeyRecord(to_product(key).public, 0, 2**40) for key in keys}
    return records.get


def write(category: str, size: int) -> bytes:
    empty = canonical({"body": "", "category": category, "schema": 1})
    return canonical({"body": "y" * (size - len(empty)), "category": category, "schema": 1})


def message_of(signing: Key, sealing: Key, sizes: list[int]) -> tuple[dict[str, Any], list[bytes]]:
    names = [f"category_{at}" for at in range(len(sizes))]
    contents = [write(name, size) for name, size in zip(names, sizes, strict=True)]
    return declare(*names, signing=signing, to=sealing), contents


def product_seals(
    said: dict[str, Any], contents: list[bytes], signing: Key, sealing: Key, use: Use = "message"
) -> bytes:
    declaration = Declaration.from_bytes(canonical(said))
    names = declaration.parts if contents else ()
    return seal(
        declaration,
        [PlainPart(name.category, name.schema_version, text) for name, text in zip(names, contents, strict=True)],
        use=use,
        signing=to_product(signing),
        recipient=to_product(sealing).public if contents else None,
        random=os.urandom,
    ).container


@settings(deadline=None, max_examples=25)  # a busy machine
@given(Contents)
def test_the_second_implementation_opens_what_the_product_seals(sizes: list[int]) -> None:
    signing, sealing = fresh("signing", CORPORATION), fresh("sealing", REGIE)
    said, contents = message_of(signing, sealing, sizes)

    found = reading.read_container(product_seals(said, contents, signing, sealing), {signing.id: signing.public})

    assert found.declaration == said
    assert reading.open_container(found, sealing) == contents


@settings(deadline=None, max_examples=25)
@given(Contents)
def test_the_product_opens_what_the_second_implementation_seals(sizes: list[int]) -> None:
    signing, sealing = fresh("signing", CORPORATION), fresh("sealing", REGIE)
    said, contents = message_of(signing, sealing, sizes)
    draws: dict[str, Any] = {"message_key": os.urandom(32), "ephemeral": os.urandom(32)} if contents else {}
    made = making.seal(said, contents, signing=signing, to=sealing.public if contents else None, **draws)

    verified = read(check_frame(made.container, lookup(signing)))
    opened = open_parts(verified, to_product(sealing) if contents else None)

    assert verified.message_hash == made.message_hash
    assert [part.content for part in opened.contents] == contents
    assert opened.message_key == draws.get("message_key", b"")


@pytest.mark.parametrize("kind", ["message", "delivery", "notice"])
@pytest.mark.parametrize("size", [0, 1, 1020, 1021, 20_000])
def test_a_hop_goes_both_ways(kind: Any, size: int) -> None:
    ours, theirs = fresh("hop", BROKER), fresh("hop", CORPORATION)
    frame = HopFrame(kind, os.urandom(size % 7), os.urandom(size))
    keys, box = {ours.id: ours.public, theirs.id: theirs.public}, HopBox([to_product(ours)])

    made = making.box_hop(kind, frame.note, frame.body, own=theirs, peer=ours.public, nonce=os.urandom(24))
    answer = box.seal(to_product(theirs).public, frame, random=os.urandom)

    assert box.open(made.hop, lookup(theirs))[0] == frame
    assert reading.open_hop(answer, theirs, keys) == (kind, frame.note, frame.body, ours.public)


@pytest.mark.parametrize("reason", ["", "content"])
def test_a_receipt_by_the_product_is_the_one_the_document_describes(reason: Any) -> None:
    signing, sealing, answering = fresh("signing", CORPORATION), fresh("sealing", REGIE), fresh("signing", REGIE)
    said, contents = message_of(signing, sealing, [100])
    verified = read(check_frame(product_seals(said, contents, signing, sealing), lookup(signing)))
    result: Any = "rejected" if reason else "opened"
    container = make_receipt(
        verified, result, reason=reason or None, signing=to_product(answering), now=1_750_000_100, random=os.urandom
    )

    found = reading.read_container(container, {answering.id: answering.public})
    expected = making.receipt_of(
        said,
        verified.message_hash,
        signing=answering,
        message_id=found.declaration["id"],
        now=1_750_000_100,
        reason="inhoud_ongeldig" if reason else "",
    )

    assert found.use == "receipt"
    assert found.declaration == expected


@pytest.mark.parametrize("use", ["dryrun", "ask"])
def test_a_question_without_parts_is_read_on_the_other_side(use: Any) -> None:
    signing, sealing = fresh("signing", CORPORATION), fresh("sealing", REGIE)
    said = declare("huurachterstand", signing=signing, to=sealing)
    if use == "ask":
        said = declare(
            signing=signing, to=Key("hop", BROKER, bytes(32)), kind="ask", claims=ASK_CLAIMS, subjects=[], purpose=""
        )
    made = making.seal(said, signing=signing, use=use)
    verified = read(check_frame(made.container, lookup(signing)))
    found = reading.read_container(product_seals(said, [], signing, sealing, use), {signing.id: signing.public})

    assert (verified.signed.use, verified.message_hash) == (found.use, found.message_hash)
    assert (found.use, found.message_hash) == (use, made.message_hash)


def test_a_part_the_product_discloses_is_shown_by_the_key_alone() -> None:
    signing, sealing = fresh("signing", CORPORATION), fresh("sealing", REGIE)
    said, contents = message_of(signing, sealing, [100, 200])
    verified = read(check_frame(product_seals(said, contents, signing, sealing), lookup(signing)))
    message_key = open_parts(verified, to_product(sealing)).message_key
    shown = disclose_part(verified, message_key, 1)

    context = making.seal_part(making.hash_declaration(shown.declaration), 1, "category_1", b"", message_key).context
    padded = reading.open_part(shown.part_key, context, shown.ciphertext)

    assert reading.read_content(padded, said["parts"][1]) == contents[1]


def test_the_second_implementation_reads_the_directory_the_product_makes() -> None:
    found = check_file(FILE, FINGERPRINT)

    assert found.heads[-1] == DIRECTORY.head
    assert {key: known.until for key, known in found.lookup().items()} == {
        key: record.valid_until for key in found.lookup() if (record := DIRECTORY.key(key)) is not None
    }


@pytest.mark.parametrize("before", [0, 1, 6, 41])
def test_the_second_implementation_proves_the_stamp_and_the_notice_the_product_writes(before: int) -> None:
    logs = {origin: log.public.raw for origin, log in DIRECTORY.logs.items()}
    refused = permit(outcome="refused", codes=("GEEN_REGEL",), rules={}, explanation=hash_explanation(b"{}"))
    permitted, told = Log(size=before).write(permit()), Log(size=before).write(refused)

    _, record = check_entry(*read_stamp(permitted.encode()), logs)
    notice = Notice((told.proof,), told.note, {before: b"{}"}).encode()

    assert record["hash"] == b64u(MESSAGE.message_hash)
    assert [(each["codes"], text) for each, text in foreign_check_notice(notice, logs)] == [(["GEEN_REGEL"], b"{}")]


def test_the_product_opens_the_note_the_second_implementation_signs() -> None:
    root, log = os.urandom(32), fresh("log", BROKER)
    checkpoint = open_checkpoint(write_note(ORIGIN, 7, root, log), ORIGIN, to_product(log).public)

    assert (checkpoint.size, checkpoint.root) == (7, root)
