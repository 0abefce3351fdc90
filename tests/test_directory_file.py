"""A file with a typo, a cut or another past: every flaw is named with its statement, field and remedy."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.directory_forgeries import NEXT, admit_wil, extend, flaws_of, make_record, publish_school
from tests.one_directory import DAY, DIRECTORY, FILE, FINGERPRINT, FIRST, LOG, NOW, ROOTS, load
from zegel_schemas import canonical
from zegel_schemas.directory import (
    Directory,
    DirectoryInvalid,
    make_log,
    make_member,
    require_extends,
    sign_body,
)


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ('"instantie":"wil"', '"instantie":"Wil Nieuwegein"', "instantie"),
        ('"instantie":', '"instantei":', "instantie"),
        ('"statement":"member"', '"statement":"members"', "statement"),
        ('"time":', '"time":"later","tyme":', "time"),
        ('"number":8', '"number":"8"', "number"),
        ('"number":8', '"number":8.5', "body"),
        ('"number":8', '"number": 8', "body"),
        ('"v":"zegel/1"', '"v":"zegel/2"', "v"),
    ],
)
def test_a_typo_in_a_signed_statement_names_its_field(before: str, after: str, field: str) -> None:
    text = admit_wil().body.decode()
    assert before in text
    body = text.replace(before, after).encode()
    if field != "body":
        body = canonical.encode(json.loads(body))

    flaw = flaws_of(lambda: extend(sign_body(body, ROOTS[:2])))[0]

    assert (flaw.number, flaw.field) == (NEXT, field)
    assert "Nieuwegein" not in str(flaw)
    assert "instantei" not in str(flaw)


def test_every_flaw_of_a_file_is_named_at_once() -> None:
    lines = FILE.splitlines(keepends=True)
    lines[2] = lines[2].replace(b'\\"v\\":\\"zegel/1\\"', b'\\"v\\":\\"zegel/2\\"')
    lines[4] = b"{}\n"
    lines.append(publish_school(make_record("hop", NOW, NOW + 99 * DAY)).to_line())

    flaws = flaws_of(lambda: load(b"".join(lines)))

    assert [(each.number, each.field, each.code) for each in flaws] == [
        (3, "signatures", "HANDTEKENING_KLOPT_NIET"),
        (5, "line", "REGEL_ONLEESBAAR"),
        (NEXT, "keys.0.until", "SLEUTEL_TE_LANG"),
    ]


@pytest.mark.parametrize(
    "file", [b"", FILE[:-1], FILE + b"\n", FILE + b"{}\n", b"\n" + FILE, FILE.replace(b"\n", b"\r\n"), b"\xff" + FILE]
)
def test_a_file_that_is_cut_off_or_damaged_is_refused(file: bytes) -> None:
    assert {each.code for each in flaws_of(lambda: load(file))} == {"REGEL_ONLEESBAAR"}


def test_a_file_without_its_last_line_end_is_named_as_cut_off() -> None:
    assert [(each.number, each.field) for each in flaws_of(lambda: load(FILE[:-1]))] == [(0, "file")]


def test_a_field_that_was_left_out_is_missed_even_when_it_would_be_empty() -> None:
    made = make_member("wil", identity=[], time=NOW, signed_by=ROOTS[:2], after=FILE)
    first = make_log("zegel.example/log", key=LOG.public, time=NOW, signed_by=[], after=FIRST.to_line())
    left_out = sign_body(first.body.replace(b'"old_root":"","old_size":0,', b""), ROOTS[:2])

    assert extend(made).count == NEXT
    flaws = flaws_of(lambda: extend(left_out, FIRST.to_line()))
    assert [(each.code, each.field) for each in flaws] == [("VELD_ONGELDIG", "body")]


def test_signatures_stand_in_one_order() -> None:
    line = json.loads(admit_wil().to_line())
    line["signatures"].reverse()

    flaws = flaws_of(lambda: load(FILE + canonical.encode(line) + b"\n"))

    assert [(each.code, each.field) for each in flaws] == [("REGEL_ONLEESBAAR", "signatures")]


@pytest.mark.parametrize("code", [FINGERPRINT[:-1] + "z", FINGERPRINT[:-1], "", FINGERPRINT + "a"])
def test_a_wrong_fingerprint_says_what_to_compare(code: str) -> None:
    flaw = flaws_of(lambda: Directory.load(FILE, root_fingerprint=code))[0]

    assert flaw.code == "ANDERE_WORTEL"
    assert "compare the fingerprint" in flaw.remedy


@given(st.integers(0, len(FILE) - 1), st.integers(0, 7))
@settings(max_examples=40)
def test_no_bit_of_a_directory_can_be_flipped(place: int, bit: int) -> None:
    flipped = bytearray(FILE)
    flipped[place] ^= 1 << bit

    with pytest.raises(DirectoryInvalid):
        load(bytes(flipped))


@given(st.binary(max_size=200))
@settings(max_examples=40)
def test_whatever_bytes_come_the_answer_is_a_refusal(data: bytes) -> None:
    with pytest.raises(DirectoryInvalid):
        load(data)
    with pytest.raises(DirectoryInvalid):
        load(FILE + data + b"\n")


def test_rollback_an_older_directory_is_not_taken() -> None:
    flaws = flaws_of(lambda: require_extends(DIRECTORY, DIRECTORY.at(5)))

    assert [(each.code, each.number) for each in flaws] == [("TERUG", 0)]


def test_fork_a_directory_with_another_past_is_not_taken() -> None:
    mine, theirs = extend(admit_wil()), extend(admit_wil(owner="politie"))

    longer = theirs.extend(publish_school(make_record("hop", NOW, NOW + DAY)).to_line())
    assert [each.code for each in flaws_of(lambda: require_extends(mine, theirs))] == ["SPLITSING"]
    assert [each.code for each in flaws_of(lambda: require_extends(mine, longer))] == ["SPLITSING"]
