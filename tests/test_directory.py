"""The directory says who is who at every version, and grows only by statements that may follow."""

from dataclasses import FrozenInstanceError, replace

import pytest

from tests.one_directory import (
    CONVENANT,
    CORPORATION,
    DAY,
    DIRECTORY,
    DOCUMENTS,
    FILE,
    FINGERPRINT,
    FIRST,
    IDENTITY,
    LOG,
    MEMBERS,
    NEW_ROOTS,
    NOW,
    ORIGIN,
    REGIE,
    ROOTS,
    SCHOOL,
    SIGNING,
    admit,
    fixed_key,
    load,
    publish,
)
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import (
    Directory,
    append_statement,
    fingerprint,
    join_signatures,
    make_convenant,
    make_keys,
    make_log,
    make_member,
    make_revoke,
    make_root,
    require_extends,
    require_valid,
    sign_body,
)
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.keys import KeyRecord


def test_everybody_is_found_with_their_keys() -> None:
    assert set(DIRECTORY.members) == set(MEMBERS)
    assert DIRECTORY.members[SCHOOL] == (IDENTITY[SCHOOL].public,)
    for owner in MEMBERS:
        found = DIRECTORY.signing_key(owner, NOW)
        assert found is not None
        assert found.public == SIGNING[owner].public
        assert DIRECTORY.key(found.id) == found


def test_log_and_convenant_are_those_the_root_named() -> None:
    assert DIRECTORY.log == (ORIGIN, LOG.public)
    assert DIRECTORY.convenant_at(NOW) == CONVENANT.digest
    assert DIRECTORY.convenant_at(NOW - 1) is None
    assert [each.documents for each in DIRECTORY.convenants] == [tuple(DOCUMENTS)]


def test_the_file_is_written_as_it_was_read() -> None:
    assert DIRECTORY.to_bytes() == FILE
    assert DIRECTORY.root_fingerprint == FINGERPRINT
    assert fingerprint(FILE) == FINGERPRINT


def test_a_fingerprint_is_typed_as_it_was_heard() -> None:
    heard = FINGERPRINT.upper().replace("-", " ")

    assert Directory.load(FILE, root_fingerprint=f" {heard} ").head == DIRECTORY.head


def test_every_version_has_its_own_head() -> None:
    heads = [DIRECTORY.head_at(count) for count in range(1, DIRECTORY.count + 1)]

    assert len(set(heads)) == DIRECTORY.count
    assert DIRECTORY.head_at(0) is None
    assert DIRECTORY.head_at(DIRECTORY.count + 1) is None
    assert DIRECTORY.version.head == heads[-1]


def test_an_older_version_knows_what_was_known_then() -> None:
    before = DIRECTORY.at(4)

    assert set(before.members) == {BROKER}
    assert before.signing_key(BROKER, NOW) is None
    assert before.version == DIRECTORY.at(5).at(4).version
    with pytest.raises(IndexError):
        DIRECTORY.at(DIRECTORY.count + 1)


def test_the_newest_valid_key_is_the_one_to_use() -> None:
    week = [fixed_key("sealing", SCHOOL, number) for number in (1, 2)]
    file = publish(SCHOOL, FILE, (week[0], NOW + 7 * DAY, NOW + 15 * DAY), (week[1], NOW + 14 * DAY, NOW + 22 * DAY))
    directory = load(file)

    used = [directory.sealing_key(SCHOOL, NOW + day * DAY) for day in (0, 6, 7, 13, 14, 22, 23)]

    expected = [fixed_key("sealing", SCHOOL)] * 2 + [week[0]] * 2 + [week[1]] * 2
    assert [each.public if each else None for each in used] == [*(each.public for each in expected), None]
    assert directory.published_until(SCHOOL, "sealing") == NOW + 22 * DAY
    assert directory.published_until("nobody", "sealing") == 0


def test_a_revoked_key_is_not_used_and_says_since_when() -> None:
    key = SIGNING[SCHOOL]
    revoked = make_revoke(key.id, at=NOW + DAY, time=NOW + DAY, signed_by=IDENTITY[SCHOOL], after=FILE, index=17)
    directory = load(append_statement(FILE, revoked))

    found = directory.key(key.id)
    assert found is not None
    assert (found.revoked_at, found.revoked_index) == (NOW + DAY, 17)
    assert directory.signing_key(SCHOOL, NOW + DAY - 1) == found
    assert directory.signing_key(SCHOOL, NOW + DAY) is None
    assert directory.at(DIRECTORY.count).signing_key(SCHOOL, NOW + DAY) is not None


def test_whether_a_key_was_valid_depends_on_when() -> None:
    key = DIRECTORY.key(SIGNING[SCHOOL].id)
    assert key is not None

    require_valid(key, NOW)
    require_valid(key, NOW + 90 * DAY)
    for wrong in (NOW - 1, NOW + 90 * DAY + 1):
        with pytest.raises(Refusal) as refused:
            require_valid(key, wrong)
        assert refused.value.code == "SLEUTEL_NIET_GELDIG"
    with pytest.raises(Refusal) as revoked:
        require_valid(replace(key, revoked_at=NOW + DAY), NOW + DAY)
    assert revoked.value.code == "SLEUTEL_INGETROKKEN"
    require_valid(replace(key, revoked_at=NOW + DAY), NOW + DAY - 1)


def test_a_member_that_left_has_no_keys_any_more() -> None:
    left = make_member(SCHOOL, identity=[], time=NOW + DAY, signed_by=ROOTS[:2], after=FILE)
    directory = load(append_statement(FILE, left))

    assert SCHOOL not in directory.members
    assert directory.key(SIGNING[SCHOOL].id) is None
    assert directory.signing_key(SCHOOL, NOW) is None
    assert directory.at(DIRECTORY.count).signing_key(SCHOOL, NOW) is not None


def test_who_left_may_name_its_successor_and_comes_back_without_its_old_keys() -> None:
    left = make_member(SCHOOL, identity=[], successor=REGIE, time=NOW, signed_by=ROOTS[:2], after=FILE)
    file = append_statement(FILE, left)
    new = fixed_key("identity", SCHOOL, 1)
    again = make_member(SCHOOL, identity=[new.public], time=NOW, signed_by=ROOTS[:2], after=file)
    readmitted = load(append_statement(file, again))

    assert load(file).left == {SCHOOL: REGIE}
    assert readmitted.left == {}
    assert readmitted.members[SCHOOL] == (new.public,)
    assert readmitted.signing_key(SCHOOL, NOW) is None
    assert readmitted.at(DIRECTORY.count).signing_key(SCHOOL, NOW) is not None


def test_a_member_may_get_another_identity_key_and_go_on_with_its_numbers() -> None:
    new = fixed_key("identity", SCHOOL, 1)
    changed = make_member(SCHOOL, identity=[new.public], time=NOW, signed_by=ROOTS[:2], after=FILE)
    file = append_statement(FILE, changed)
    key = KeyRecord(fixed_key("signing", SCHOOL, 1).public, NOW + DAY, NOW + 2 * DAY)
    directory = load(append_statement(file, make_keys([key], time=NOW, signed_by=new, after=file)))

    assert directory.members[SCHOOL] == (new.public,)
    assert directory.signing_key(SCHOOL, NOW) == DIRECTORY.signing_key(SCHOOL, NOW)
    assert directory.signing_key(SCHOOL, NOW + DAY) == key


def test_the_root_hands_over_to_new_keys_when_old_and_new_sign() -> None:
    publics = [each.public for each in NEW_ROOTS]
    handed = make_root(keys=publics, threshold=2, time=NOW, signed_by=[*ROOTS[:2], *NEW_ROOTS[:2]], after=FILE)
    file = append_statement(FILE, handed)
    directory = load(
        append_statement(file, make_member("wil", identity=[], time=NOW, signed_by=NEW_ROOTS[1:], after=file))
    )

    assert directory.count == DIRECTORY.count + 2
    assert directory.root_fingerprint == FINGERPRINT


def test_a_holder_who_stays_signs_once_for_old_and_new() -> None:
    kept = [ROOTS[0], ROOTS[1], NEW_ROOTS[0]]
    handed = make_root(keys=[each.public for each in kept], threshold=2, time=NOW, signed_by=ROOTS[:2], after=FILE)

    assert load(append_statement(FILE, handed)).count == DIRECTORY.count + 1


def test_holders_of_the_root_sign_one_after_another() -> None:
    whole = make_member("wil", identity=[], time=NOW, signed_by=[], after=FILE)
    here, there = sign_body(whole.body, [ROOTS[0]]), sign_body(whole.body, [ROOTS[2]])

    together = join_signatures(here, there, here)

    assert load(append_statement(FILE, together)).count == DIRECTORY.count + 1
    with pytest.raises(ValueError, match="different statements"):
        join_signatures(here, FIRST)


def test_a_new_log_takes_over_where_the_old_one_stopped() -> None:
    key = fixed_key("log", BROKER, 1)
    made = make_log(
        "zegel.nieuwegein.example/2", key=key.public, time=NOW, signed_by=ROOTS[:2], after=FILE, old_size=99,
        old_root=bytes(32),
    )  # fmt: skip
    directory = load(append_statement(FILE, made))

    assert directory.log == ("zegel.nieuwegein.example/2", key.public)
    assert directory.logs[ORIGIN].final_size == 99
    assert directory.at(DIRECTORY.count).log == (ORIGIN, LOG.public)


def test_a_later_convenant_takes_over_on_its_day() -> None:
    made = make_convenant(
        "B" * 42 + "A", documents=DOCUMENTS, start=NOW + 30 * DAY, time=NOW, signed_by=ROOTS[:2], after=FILE
    )
    directory = load(append_statement(FILE, made))

    assert directory.convenant_at(NOW + 30 * DAY - 1) == CONVENANT.digest
    assert directory.convenant_at(NOW + 30 * DAY) == "B" * 42 + "A"
    assert directory.signed_convenant(CONVENANT.digest)
    assert not directory.signed_convenant("C" * 42 + "A")


def test_a_directory_goes_on_and_is_the_same_in_one_step_or_two() -> None:
    lines = FILE.splitlines(keepends=True)
    half = load(b"".join(lines[:6]))

    whole = half.extend(b"".join(lines[6:]))

    require_extends(half, whole)
    require_extends(whole, whole)
    assert whole.version == DIRECTORY.version


def test_a_directory_does_not_change_under_its_reader() -> None:
    with pytest.raises(TypeError):
        DIRECTORY.members["evil"] = ()  # type: ignore[index] # that it cannot be written is the test
    with pytest.raises(FrozenInstanceError):
        DIRECTORY.convenants[0].digest = ""  # type: ignore[misc] # that it cannot be written is the test


def test_admission_and_keys_of_one_more_member_follow() -> None:
    assert load(publish(REGIE, FILE, (fixed_key("hop", REGIE, 1), NOW, NOW + DAY))).hop_key(REGIE, NOW) is not None
    with pytest.raises(Refusal):
        load(admit(CORPORATION, FILE, signed_by=ROOTS[:1]))
