"""A stamp and a notice travel as exact bytes, and an honest one opens the message it is for."""

import struct
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.one_directory import (
    CONVENANT,
    DAY,
    DIRECTORY,
    FILE,
    IDENTITY,
    NOW,
    REGIE,
    ROOTS,
    SIGNING,
    load,
)
from tests.one_stamp import MESSAGE, SALT, WITHDRAWAL, Log, check, permit, verify
from zegel_schemas.directory import append_statement, make_member, make_revoke
from zegel_schemas.merkle import CompactRange, leaf_hash
from zegel_schemas.note import Checkpoint, sign_checkpoint
from zegel_schemas.record import DirectoryVersion, Record, hash_explanation, make_entry
from zegel_schemas.refusals import Refusal
from zegel_schemas.stamp import (
    Behind,
    Held,
    Notice,
    Proof,
    Proven,
    Stamp,
    Stamped,
    check_notice,
    check_proof,
)

STAMP = Log().write(permit())
BYTES = STAMP.encode()
EXPLANATION = b'{"code":"BOVEN_PLAFOND"}'


def make_notice() -> Notice:
    """Return a notice of a refusal with its explanation and of a delivery, under one note."""
    log = Log()
    refused = log.write(permit(outcome="refused", codes=("BOVEN_PLAFOND",), explanation=hash_explanation(EXPLANATION)))
    grown = CompactRange(size=41, hashes=Log()._grown.hashes)
    delivered = make_entry(Record(type="delivered", earlier=(41,)), origin=log.origin, time=NOW, salt=SALT)
    extension = grown.extend([leaf_hash(refused.proof.leaf), leaf_hash(delivered[0])])
    note = sign_checkpoint(Checkpoint(log.origin, extension.range.size, extension.range.root()), log.key)
    proofs = (
        Proof(refused.proof.leaf, refused.proof.record, SALT, 41, tuple(extension.path(41))),
        Proof(*delivered, SALT, 42, tuple(extension.path(42))),
    )
    return Notice(proofs, note, {41: EXPLANATION})


NOTICE = make_notice()


def test_an_honest_stamp_opens_its_message() -> None:
    stamped = check(Stamp.decode(BYTES))

    assert stamped.verified is MESSAGE
    assert stamped.convenant is CONVENANT
    assert stamped.proven.index == 41
    assert stamped.proven.leaf.time == NOW + 60


def test_a_stamp_comes_back_as_it_was_sent() -> None:
    assert Stamp.decode(BYTES) == STAMP
    assert Stamp.decode(BYTES).encode() == BYTES


def test_a_notice_comes_back_as_it_was_sent_in_order_of_the_log() -> None:
    turned = replace(NOTICE, proofs=(*reversed(NOTICE.proofs), NOTICE.proofs[0]))

    assert Notice.decode(turned.encode()) == NOTICE
    assert Notice.decode(NOTICE.encode()).encode() == NOTICE.encode()


def test_every_entry_of_a_notice_is_proven() -> None:
    proven = check_notice(Notice.decode(NOTICE.encode()), DIRECTORY)

    assert [each.record.type for each in proven] == ["decision", "delivered"]
    assert [each.index for each in proven] == [41, 42]


def test_an_explanation_that_was_changed_condemns_the_notice() -> None:
    changed = replace(NOTICE, explanations={41: b'{"code":"MAG"}'})

    with pytest.raises(Refusal) as refused:
        check_notice(changed, DIRECTORY)

    assert refused.value.code == "STEMPEL_KLOPT_NIET"


def test_one_unproven_entry_condemns_the_notice() -> None:
    wrong = replace(NOTICE.proofs[1], index=40)

    with pytest.raises(Refusal) as refused:
        check_notice(replace(NOTICE, proofs=(NOTICE.proofs[0], wrong)), DIRECTORY)

    assert refused.value.code == "STEMPEL_KLOPT_NIET"


def test_a_notice_holds_at_least_one_entry_and_explains_only_those() -> None:
    with pytest.raises(ValueError, match="1 to 1024"):
        replace(NOTICE, proofs=()).encode()
    with pytest.raises(ValueError, match="1 to 1024"):
        replace(NOTICE, explanations={7: EXPLANATION}).encode()


def patch(data: bytes, at: int, new: bytes) -> bytes:
    """Return `data` with `new` written over it at `at`."""
    return data[:at] + new + data[at + len(new) :]


NOTE_AT = 8 + 2
ENTRY_AT = NOTE_AT + len(STAMP.note)
MALFORMED = {
    "trailing byte": BYTES + b"\0",
    "byte too few": BYTES[:-1],
    "only the magic": BYTES[:8],
    "another magic": patch(BYTES, 0, b"zegel/2s"),
    "a notice": NOTICE.encode(),
    "no note": patch(BYTES, 8, bytes(2)),
    "a note of 64 KiB": patch(BYTES, 8, b"\xff\xff"),
    "an index of 2^64-1": patch(BYTES, ENTRY_AT, b"\xff" * 8),
    "no leaf": patch(BYTES, ENTRY_AT + 40, bytes(2)),
    "a leaf of 64 KiB": patch(BYTES, ENTRY_AT + 40, b"\xff\xff"),
    "a leaf of 513 bytes": Stamp(replace(STAMP.proof, leaf=bytes(513)), STAMP.note).encode(),
    "a record of 32769 bytes": Stamp(replace(STAMP.proof, record=bytes(32769)), STAMP.note).encode(),
    "a path of 64 steps": Stamp(replace(STAMP.proof, path=(bytes(32),) * 64), STAMP.note).encode(),
    "no record": patch(BYTES, ENTRY_AT + 42, bytes(4)),
    "a record of 4 GiB": patch(BYTES, ENTRY_AT + 42, b"\xff" * 4),
    "a path of 255 steps": patch(BYTES, ENTRY_AT + 46, b"\xff"),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=MALFORMED)
def test_bytes_that_are_no_stamp_are_refused(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        Stamp.decode(data)

    assert refused.value.code == "STEMPEL_KLOPT_NIET"


def write_notice(proofs: Sequence[Proof], *texts: tuple[int, bytes]) -> bytes:
    """Return a notice as no honest broker writes it: entries and explanations in any order, as often as told."""
    head = BYTES[:7] + b"n" + BYTES[8:ENTRY_AT]
    entries = [Stamp(each, STAMP.note).encode()[ENTRY_AT:] for each in proofs]
    written = [struct.pack("<QI", index, len(text)) + text for index, text in texts]
    return b"".join((head, struct.pack("<H", len(entries)), *entries, struct.pack("<H", len(written)), *written))


FIRST, SECOND = NOTICE.proofs
NO_NOTICE = {
    "trailing byte": NOTICE.encode() + b"\0",
    "byte too few": NOTICE.encode()[:-1],
    "a stamp": BYTES,
    "no entry": write_notice([]),
    "entries out of order": write_notice([SECOND, FIRST]),
    "one entry twice": write_notice([FIRST, FIRST]),
    "explanation of an entry that is not there": write_notice([FIRST], (42, EXPLANATION)),
    "explanations out of order": write_notice([FIRST, SECOND], (42, EXPLANATION), (41, EXPLANATION)),
    "one explanation twice": write_notice([FIRST, SECOND], (41, EXPLANATION), (41, EXPLANATION)),
    "more explanations than entries": write_notice([FIRST], (41, EXPLANATION), (42, EXPLANATION)),
    "empty explanation": write_notice([FIRST], (41, b"")),
    "explanation of over 64 KiB": write_notice([FIRST], (41, bytes(64 * 1024 + 1))),
}


@pytest.mark.parametrize("data", NO_NOTICE.values(), ids=NO_NOTICE)
def test_bytes_that_are_no_notice_are_refused(data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        Notice.decode(data)

    assert refused.value.code == "STEMPEL_KLOPT_NIET"


def test_the_forger_of_notices_writes_honest_ones_too() -> None:
    assert Notice.decode(write_notice([FIRST, SECOND], (41, EXPLANATION))).proofs == NOTICE.proofs


@given(st.integers(0, len(BYTES) * 8 - 1))
def test_no_bit_of_a_stamp_can_be_flipped(bit: int) -> None:
    flipped = bytearray(BYTES)
    flipped[bit // 8] ^= 1 << bit % 8

    with pytest.raises(Refusal):
        check(Stamp.decode(bytes(flipped)))


@given(st.binary(max_size=200), st.sampled_from([b"", b"zegel/1s", b"zegel/1n"]))
def test_whatever_bytes_come_the_answer_is_a_refusal(data: bytes, magic: bytes) -> None:
    with pytest.raises(Refusal):
        Stamp.decode(magic + data)
    with pytest.raises(Refusal):
        Notice.decode(magic + data)


def test_tickets_are_made_by_their_door_only() -> None:
    proven = check_proof(STAMP.proof, STAMP.note, DIRECTORY)

    with pytest.raises(TypeError):
        Proven(proven.leaf, proven.record, 0, proven.checkpoint, door=object())
    with pytest.raises(TypeError):
        Stamped(MESSAGE, proven, CONVENANT, door=object())


def test_a_registration_names_the_line_of_its_fact() -> None:
    stamp = Log().write(permit(WITHDRAWAL, rules={"registers": ("registraties.toestemming_ingetrokken",)}))

    assert check(stamp, WITHDRAWAL, me=REGIE).proven.record.kind == "registratie"


def test_behind_a_newer_directory_is_not_wrong() -> None:
    newer = load(append_statement(FILE, make_member("wil", identity=[], time=NOW, signed_by=ROOTS[:2], after=FILE)))
    stamp = Log().write(permit(directory=newer.version))

    with pytest.raises(Behind) as behind:
        check(stamp)

    assert behind.value.directory == newer.version
    assert check(stamp, directory=newer).proven.record.directory == newer.version


def test_behind_a_newer_convenant_is_not_wrong() -> None:
    with pytest.raises(Behind) as behind:
        check(STAMP, convenants={})

    assert behind.value.convenant == CONVENANT.digest


def test_a_key_revoked_after_the_decision_does_not_undo_it() -> None:
    replaced = make_revoke(SIGNING[REGIE].id, at=NOW + DAY, time=NOW + DAY, signed_by=IDENTITY[REGIE], after=FILE)

    assert check(STAMP, directory=load(append_statement(FILE, replaced))).proven.index == 41


@pytest.mark.parametrize(("first", "held"), [(0, True), (41, True), (42, False)])
def test_a_key_stolen_before_the_decision_holds_the_message(first: int, held: bool) -> None:  # noqa: FBT001 - a case
    stolen = make_revoke(
        SIGNING[REGIE].id, at=NOW + DAY, time=NOW + DAY, signed_by=IDENTITY[REGIE], after=FILE, index=first
    )
    directory = load(append_statement(FILE, stolen))

    if not held:
        check(STAMP, directory=directory)
        return
    with pytest.raises(Held) as holding:
        check(STAMP, directory=directory)
    assert holding.value.index == first


@pytest.mark.parametrize("time", [NOW - 120, NOW, NOW + 7 * DAY])
def test_a_decision_at_the_edge_of_its_time_counts(time: int) -> None:
    message = verify(issued=NOW + 120, expires=NOW + 7 * DAY) if time < NOW else MESSAGE
    decided = max(time, NOW)

    assert check(Log().write(permit(message), time=decided), message).proven.leaf.time == decided


def test_a_directory_without_statements_is_named_by_no_decision() -> None:
    with pytest.raises(Refusal) as refused:
        check(Log().write(permit(directory=DirectoryVersion())))

    assert refused.value.code == "STEMPEL_ANDER_REGISTER"
