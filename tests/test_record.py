"""Entries are written fast and read strictly: every form but the one has a refusal, and a salt hides what it must."""

import json
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zegel_schemas import canonical
from zegel_schemas.record import (
    MAX_LEAF,
    MAX_RECORD,
    DirectoryVersion,
    EntryType,
    Record,
    check_entry,
    commit_subject,
    hash_explanation,
    make_entry,
    read_leaf,
    read_record,
    write_record,
)
from zegel_schemas.refusals import Refusal

ORIGIN = "zegel.nieuwegein.example/log"
SALT = bytes(range(32))
HASH = "A" * 43
DECISION = Record(
    type="decision",
    message="01930000-0000-7000-8000-000000000001",
    hash=HASH,
    sender="gemeente.regieteam",
    recipient="jutphaas_wonen",
    kind="informatieverzoek",
    casus="3f0c2b52-6f0e-4d5a-9c3f-3d3c64a4b111",
    purpose="armoede_schulden",
    categories=("huurachterstand", "proces_casus"),
    subjects=(HASH, HASH),
    convenant=HASH,
    directory=DirectoryVersion(7, HASH),
    outcome="permitted",
    rules={"huurachterstand": ("CMPG-210", "CMPG-211"), "proces_casus": ("CMPG-210",)},
    codes=(),
    duties=("geheimhouding",),
    explanation=HASH,
    earlier=(3, 9),
    count=0,
)
LEAF, RECORD = make_entry(DECISION, origin=ORIGIN, time=1_800_000_000, salt=SALT)


@pytest.mark.parametrize("entry", get_args(EntryType))
def test_every_type_of_entry_is_read_as_it_was_written(entry: EntryType) -> None:
    written = replace(DECISION, type=entry)
    leaf, record = make_entry(written, origin=ORIGIN, time=1_800_000_000, salt=SALT)

    opened, read = check_entry(leaf, record, SALT)

    assert read == written
    assert (opened.origin, opened.type, opened.time) == (ORIGIN, entry, 1_800_000_000)


def test_an_entry_without_anything_is_read_as_it_was_written() -> None:
    leaf, record = make_entry(Record(type="tick"), origin=ORIGIN, time=0, salt=SALT)

    assert check_entry(leaf, record, SALT)[1] == Record(type="tick")


def test_leaf_and_record_are_canonical_json() -> None:
    assert canonical.encode(canonical.decode(LEAF)) == LEAF
    assert canonical.encode(canonical.decode(RECORD)) == RECORD


def test_a_leaf_tells_a_mirror_type_and_time_and_nothing_else() -> None:
    assert set(json.loads(LEAF)) == {"v", "origin", "type", "time", "commitment"}
    assert b"jutphaas" not in LEAF


def test_the_same_record_under_another_salt_is_another_leaf() -> None:
    again, record = make_entry(DECISION, origin=ORIGIN, time=1_800_000_000, salt=bytes(32))

    assert record == RECORD
    assert again != LEAF


@pytest.mark.parametrize(
    ("leaf", "record", "salt"),
    [
        (LEAF, RECORD.replace(b"permitted", b"refused"), SALT),
        (LEAF, RECORD, bytes(32)),
        (LEAF.replace(b'"decision"', b'"receipt"'), RECORD, SALT),
    ],
    ids=["another record", "another salt", "another type"],
)
def test_what_the_leaf_does_not_commit_to_is_refused(leaf: bytes, record: bytes, salt: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        check_entry(leaf, record, salt)

    assert refused.value.code == "STEMPEL_KLOPT_NIET"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"count":0', b'"count": 0'),
        (b'"count":0', b'"count":-1'),
        (b'"count":0', b'"count":0.0'),
        (b'"count":0', b'"count":"0"'),
        (b'"count":0', b'"count":null'),
        (b'"count":0', b'"count":true'),
        (b'"count":0,', b""),
        (b'"count":0', b'"count":0,"count":0'),
        (b'"count":0', b'"count":0,"note":"free text"'),
        (b'"purpose":"armoede_schulden"', b'"purpose":"de familie J."'),
        (b'"purpose":"armoede_schulden"', b'"purpose":"\\u0061rmoede_schulden"'),
        (b'"outcome":"permitted"', b'"outcome":"maybe"'),
        (b'"type":"decision"', b'"type":"decisions"'),
        (b'"codes":[]', b'"codes":["lower"]'),
        (b'"head":"AAA', b'"head":"BBA='),
        (b'"directory":{"count":7', b'"directory":{"count":7,"extra":1'),
        (b'"message":"01930000', b'"message":"0193 000'),
        (b"}", b"}\n"),
    ],
)
def test_any_other_form_of_a_record_is_refused(before: bytes, after: bytes) -> None:
    changed = RECORD.replace(before, after)
    assert changed != RECORD

    with pytest.raises(Refusal) as refused:
        read_record(changed)

    assert refused.value.code == "STEMPEL_KLOPT_NIET"
    assert "free text" not in str(refused.value)
    assert "note" not in str(refused.value)


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"[]",
        b"null",
        LEAF + b" ",
        LEAF.replace(b'"time":', b'"time": '),
        LEAF.replace(b"zegel/1", b"zegel/2"),
        LEAF.replace(b"zegel.nieuwegein", b"Zegel nieuwegein"),
        LEAF.replace(b"decision", b"decided"),
        LEAF.replace(b'"v":', b'"w":1,"v":'),
        LEAF.ljust(MAX_LEAF + 1),
    ],
)
def test_any_other_form_of_a_leaf_is_refused(leaf: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        read_leaf(leaf)

    assert refused.value.code == "STEMPEL_KLOPT_NIET"


def test_a_record_that_is_too_large_is_not_even_parsed() -> None:
    with pytest.raises(Refusal, match="at most"):
        read_record(b" " * (MAX_RECORD + 1))


def test_the_largest_record_a_message_can_cause_fits() -> None:
    category = "c" * 64
    largest = replace(
        DECISION,
        categories=tuple(f"{at:02}{category[2:]}" for at in range(64)),
        rules={f"{at:02}{category[2:]}": ("CMPG-201", "CMPG-202") for at in range(64)},
        subjects=(HASH,) * 99,
        duties=(category,) * 10,
    )
    leaf, record = make_entry(largest, origin="a" * 128, time=2**53 - 1, salt=SALT)

    assert len(record) < MAX_RECORD
    assert len(leaf) < MAX_LEAF
    check_entry(leaf, record, SALT)


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)])
def test_a_salt_of_another_length_is_our_own_mistake(salt: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        make_entry(DECISION, origin=ORIGIN, time=0, salt=salt)
    with pytest.raises(ValueError, match="32 bytes"):
        commit_subject(DECISION.casus, "p1", salt)


def test_a_citizen_recognises_oneself_and_nobody_else() -> None:
    mine, theirs = bytes([1]) * 32, bytes([2]) * 32
    subjects = (commit_subject(DECISION.casus, "p1", mine), commit_subject(DECISION.casus, "p2", theirs))

    assert commit_subject(DECISION.casus, "p1", mine) == subjects[0]
    assert all(commit_subject(DECISION.casus, f"p{each}", mine) != subjects[1] for each in range(1, 100))


def test_an_explanation_is_named_by_its_hash() -> None:
    assert hash_explanation(b"{}") != hash_explanation(b"{ }")
    assert replace(DECISION, explanation=hash_explanation(b"{}")) == read_record(
        write_record(replace(DECISION, explanation=hash_explanation(b"{}")))
    )


@given(st.integers(0, len(RECORD) * 8 - 1))
def test_no_bit_of_a_record_can_be_flipped(bit: int) -> None:
    flipped = bytearray(RECORD)
    flipped[bit // 8] ^= 1 << bit % 8

    with pytest.raises(Refusal):
        check_entry(LEAF, bytes(flipped), SALT)
