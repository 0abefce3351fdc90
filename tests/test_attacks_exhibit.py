"""Attacks on what is shown to a court: an exhibit proves one part with the root's fingerprint alone, or is refused."""

import random
from dataclasses import replace
from itertools import accumulate, pairwise

import pytest

from tests.one_directory import (
    CORPORATION,
    DAY,
    DIRECTORY,
    FILE,
    IDENTITY,
    NEW_ROOTS,
    NOW,
    REGIE,
    ROOTS,
    SIGNING,
    fixed_key,
    load,
    publish,
)
from tests.one_exhibit import CATEGORIES, answer, changed, check
from tests.one_stamp import Log
from tests.two_key_ciphertext import two_key_ciphertext
from zegel_schemas import canonical
from zegel_schemas.content import example
from zegel_schemas.directory import append_statement, fingerprint, make_log, make_member, make_revoke, make_root
from zegel_schemas.disclosure import Exhibit, make_exhibit
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal import PrivateKey
from zegel_schemas.seal.frame import DOMAIN_OF_USE
from zegel_schemas.seal.parts import PART_HASH, commitment, declaration_hash, open_part, part_context
from zegel_schemas.seal.primitives import digest
from zegel_schemas.seal.signatures import sign_parts
from zegel_schemas.seal.table import Row, SealTable

HONEST = answer()
EXHIBIT = HONEST.exhibit()
OTHER_MESSAGE = answer(id="01930000-0000-7000-8000-000000000002")


def code_of(exhibit: Exhibit | bytes, **given: object) -> str:
    """Return the code with which an exhibit is refused."""
    with pytest.raises(Refusal) as refused:
        check(exhibit, **given)  # type: ignore[arg-type] # handed on as they are
    return refused.value.code


def revoke(owner: str, key: PrivateKey, *, at: int, index: int, after: bytes = FILE) -> bytes:
    made = make_revoke(key.id, at=at, index=index, time=at, signed_by=IDENTITY[owner], after=after)
    return append_statement(after, made)


# -- what an honest exhibit proves -----------------------------------------------------------------------------------


@pytest.mark.parametrize("category", CATEGORIES)
def test_each_part_is_proven_by_itself_with_nothing_but_the_fingerprint_of_the_root(category: str) -> None:
    shown = check(HONEST.exhibit(category))

    assert shown.content == example(category)
    assert shown.disclosed.declaration.sender.instantie == CORPORATION
    assert shown.disclosed.message_hash == HONEST.sealed.message_hash
    assert shown.rules_checked


def test_an_exhibit_holds_no_private_key_and_nothing_of_the_other_parts() -> None:
    data = EXHIBIT.encode()

    assert HONEST.sealed.message_key not in data
    assert HONEST.opened.verified.wrap not in data
    assert HONEST.opened.verified.ciphertexts[1] not in data


def test_without_the_text_of_the_convenant_the_rules_are_said_to_be_unchecked() -> None:
    shown = check(EXHIBIT, convenants={})

    assert not shown.rules_checked


def test_an_exhibit_is_read_back_as_it_was_written() -> None:
    assert Exhibit.decode(EXHIBIT.encode()) == EXHIBIT


def test_no_exhibit_is_made_of_a_part_the_message_has_not() -> None:
    with pytest.raises(ValueError, match="no part of that category"):
        make_exhibit(HONEST.opened, "inkomen", stamp=b"", directory=DIRECTORY)


# -- another part, another message, another text ---------------------------------------------------------------------


def test_a_part_shown_as_another_part_is_refused() -> None:
    assert code_of(changed(EXHIBIT, index=1)) == "DEEL_KLOPT_NIET"
    assert code_of(changed(EXHIBIT, index=2)) == "DEEL_KLOPT_NIET"


def test_the_key_of_another_part_is_refused() -> None:
    other = HONEST.exhibit(CATEGORIES[1]).disclosure.part_key

    assert code_of(changed(EXHIBIT, part_key=other)) == "SLEUTELBINDING_KLOPT_NIET"


def test_the_ciphertext_of_another_message_is_refused() -> None:
    other = OTHER_MESSAGE.exhibit().disclosure

    assert code_of(changed(EXHIBIT, ciphertext=other.ciphertext)) == "DEEL_KLOPT_NIET"


def test_a_part_moved_into_the_declaration_of_another_message_is_refused() -> None:
    other = OTHER_MESSAGE.exhibit().disclosure

    assert code_of(changed(EXHIBIT, declaration=other.declaration)) == "HANDTEKENING_ONGELDIG"


def test_a_changed_ciphertext_is_refused() -> None:
    box = bytearray(EXHIBIT.disclosure.ciphertext)
    box[100] ^= 1

    assert code_of(changed(EXHIBIT, ciphertext=bytes(box))) == "DEEL_KLOPT_NIET"


def test_a_second_key_for_one_ciphertext_is_refused() -> None:
    """The sender built a ciphertext that opens to two texts, and later shows the court the other one."""
    hashed = declaration_hash(EXHIBIT.disclosure.declaration)
    context = part_context(hashed, 0, CATEGORIES[0])
    first, second = EXHIBIT.disclosure.part_key, bytes(range(32))
    box = two_key_ciphertext(first, second, context, 1040)
    row = Row(len(box), digest(PART_HASH, box), commitment(first))
    table = SealTable((row, HONEST.opened.verified.table.rows[1]), bytes(32)).to_bytes()
    signature = sign_parts(SIGNING[CORPORATION], DOMAIN_OF_USE["message"], EXHIBIT.disclosure.declaration, table)
    false = changed(EXHIBIT, table=table, signature=signature, ciphertext=box, part_key=second)

    assert open_part(first, context, box) != open_part(second, context, box)  # the AEAD takes both keys
    assert code_of(false) == "SLEUTELBINDING_KLOPT_NIET"


def test_an_undeclared_field_inside_a_part_is_refused() -> None:
    body = example(CATEGORIES[0]).model_dump(mode="json") | {"geloof": "-"}
    content = canonical.encode({"body": body, "category": CATEGORIES[0], "schema": 1})

    assert code_of(answer(contents={CATEGORIES[0]: content}).exhibit()) == "INHOUD_ONGELDIG"


def test_a_part_pinned_on_somebody_else_is_refused() -> None:
    false = replace(EXHIBIT, signer=SIGNING[REGIE].id)

    assert code_of(false) == "HANDTEKENING_ONGELDIG"


def test_a_part_that_another_signed_anew_is_refused() -> None:
    shown = EXHIBIT.disclosure
    signature = sign_parts(SIGNING[REGIE], DOMAIN_OF_USE["message"], shown.declaration, shown.table)

    assert code_of(replace(changed(EXHIBIT, signature=signature), signer=SIGNING[REGIE].id)) == "ONDERTEKEND_DOOR_ANDER"


def test_a_signer_nobody_knows_is_refused() -> None:
    assert code_of(replace(EXHIBIT, signer=bytes(32))) == "SLEUTEL_ONBEKEND"


# -- the stamp -------------------------------------------------------------------------------------------------------


def test_an_exhibit_without_a_stamp_is_refused() -> None:
    assert code_of(replace(EXHIBIT, stamp=b"")) == "STEMPEL_ONTBREEKT"


def test_the_stamp_of_another_message_is_refused() -> None:
    assert code_of(replace(EXHIBIT, stamp=OTHER_MESSAGE.stamp.encode())) == "STEMPEL_ANDER_BERICHT"


def test_a_stamp_of_a_foreign_log_is_refused() -> None:
    elsewhere = answer(Log(origin="elders.example/log"))
    forged = answer(Log(key=fixed_key("log", "broker", 7)))

    assert code_of(elsewhere.exhibit()) == "STEMPEL_VREEMD_LOGBOEK"
    assert code_of(forged.exhibit()) == "STEMPEL_VREEMD_LOGBOEK"


def test_the_stamp_of_a_refusal_is_refused() -> None:
    refused = answer(record={"outcome": "refused", "rules": {}, "codes": ("GEEN_REGEL",)})

    assert code_of(refused.exhibit()) == "STEMPEL_NIET_TOEGESTAAN"


def test_an_entry_of_another_type_is_no_stamp() -> None:
    dry = answer(record={"type": "dryrun"})

    assert code_of(dry.exhibit()) == "STEMPEL_ANDERE_SOORT"


def test_a_rule_that_does_not_fit_is_refused_where_the_convenant_is_at_hand() -> None:
    lied = answer(record={"rules": dict.fromkeys(CATEGORIES, ("CMPG-101",))}).exhibit()

    assert code_of(lied) == "STEMPEL_REGEL_PAST_NIET"
    assert not check(lied, convenants={}).rules_checked


def test_a_convenant_the_root_never_signed_is_refused() -> None:
    assert code_of(answer(record={"convenant": "A" * 43}).exhibit()) == "CONVENANT_NIET_ONDERTEKEND"


def test_a_decision_after_the_message_expired_is_refused() -> None:
    late = answer(record={"time": NOW + 7 * DAY + 1})

    assert code_of(late.exhibit()) == "VERLOPEN"


# -- directory and keys ----------------------------------------------------------------------------------------------


def test_another_directory_is_refused() -> None:
    """Somebody makes a root of his own, with the same names in it."""
    first = make_root(keys=[each.public for each in NEW_ROOTS], threshold=1, time=NOW, signed_by=NEW_ROOTS)
    own_log = make_log(
        "zegel.nieuwegein.example/log",
        key=fixed_key("log", "broker", 7).public,
        time=NOW,
        signed_by=NEW_ROOTS,
        after=first.to_line(),
    )
    file = append_statement(first.to_line(), own_log)

    assert code_of(replace(EXHIBIT, directory=file)) == "REGISTER_ONGELDIG"
    assert code_of(replace(EXHIBIT, directory=file), root_fingerprint=fingerprint(first)) == "STEMPEL_VREEMD_LOGBOEK"


def test_a_directory_with_another_history_than_the_decision_names_is_refused() -> None:
    elsewhere = answer(record={"directory": DirectoryVersion(DIRECTORY.count, "A" * 43)})

    assert code_of(elsewhere.exhibit()) == "STEMPEL_ANDER_REGISTER"


@pytest.mark.parametrize("left_out", range(len(FILE.splitlines()) - 1))
def test_a_chain_of_statements_with_one_taken_out_is_refused(left_out: int) -> None:
    """Others may hang on it; where none does the file holds, yet it is not the version the decision names."""
    lines = FILE.splitlines(keepends=True)
    cut = b"".join(line for place, line in enumerate(lines) if place != left_out)

    assert code_of(replace(EXHIBIT, directory=cut)) in {"REGISTER_ONGELDIG", "BEWIJS_ONVOLLEDIG"}


@pytest.mark.parametrize("kept", range(len(FILE.splitlines())))
def test_a_chain_of_statements_cut_off_before_the_decision_is_refused(kept: int) -> None:
    cut = b"".join(FILE.splitlines(keepends=True)[:kept])

    assert code_of(replace(EXHIBIT, directory=cut)) in {
        "REGISTER_ONGELDIG",
        "STEMPEL_VREEMD_LOGBOEK",
        "BEWIJS_ONVOLLEDIG",
    }
    assert kept < 2 or code_of(replace(EXHIBIT, directory=cut)) == "BEWIJS_ONVOLLEDIG"


def test_a_key_revoked_before_the_decision_is_refused() -> None:
    file = revoke(CORPORATION, SIGNING[CORPORATION], at=NOW + 30, index=2**40)
    revoked = load(file)
    late = answer(record={"directory": revoked.version})

    assert code_of(late.exhibit(directory=revoked)) == "SLEUTEL_INGETROKKEN"


def test_a_key_revoked_later_for_this_entry_too_is_refused() -> None:
    file = revoke(CORPORATION, SIGNING[CORPORATION], at=NOW + DAY, index=HONEST.stamp.proof.index)

    assert code_of(HONEST.exhibit(directory=load(file))) == "SLEUTEL_INGETROKKEN"


def test_a_key_revoked_later_from_a_later_entry_on_still_proves_this_one() -> None:
    file = revoke(CORPORATION, SIGNING[CORPORATION], at=NOW + DAY, index=HONEST.stamp.proof.index + 1)

    assert check(HONEST.exhibit(directory=load(file))).proven.index == HONEST.stamp.proof.index


def test_a_revocation_left_out_of_the_exhibit_is_found_with_a_newer_directory() -> None:
    newer = revoke(CORPORATION, SIGNING[CORPORATION], at=NOW + DAY, index=HONEST.stamp.proof.index)

    assert check(EXHIBIT).directory.count == DIRECTORY.count
    assert code_of(EXHIBIT, newer=newer) == "SLEUTEL_INGETROKKEN"


def test_a_newer_directory_with_another_history_is_refused() -> None:
    other = publish(CORPORATION, FILE, (fixed_key("hop", CORPORATION, 5), NOW, NOW + DAY), time=NOW + 5)
    mine = publish(REGIE, FILE, (fixed_key("hop", REGIE, 5), NOW, NOW + DAY), time=NOW + 5)

    assert code_of(HONEST.exhibit(directory=load(mine)), newer=other) == "REGISTER_ONGELDIG"


def test_a_member_that_left_later_is_still_held_to_what_it_said() -> None:
    gone = make_member(CORPORATION, identity=[], time=NOW + DAY, signed_by=ROOTS[:2], after=FILE)
    file = append_statement(FILE, gone)

    assert check(HONEST.exhibit(directory=load(file))).content == example(CATEGORIES[0])


# -- the file --------------------------------------------------------------------------------------------------------


def test_an_exhibit_cut_off_or_with_something_behind_it_is_refused() -> None:
    data = EXHIBIT.encode()

    assert {code_of(data[:end]) for end in (0, 7, 8, 100, len(data) - 1)} == {"BEWIJS_ONLEESBAAR"}
    assert code_of(data + b"\n") == "BEWIJS_ONLEESBAAR"


def test_a_length_of_four_gibibytes_is_refused() -> None:
    data = bytearray(EXHIBIT.encode())
    data[137:141] = b"\xff" * 4

    assert code_of(bytes(data)) == "BEWIJS_ONLEESBAAR"


def _fields(exhibit: Exhibit) -> list[tuple[int, int]]:
    """Return where each piece of the file begins and ends."""
    shown = exhibit.disclosure
    pieces = (shown.declaration, shown.table, shown.ciphertext, exhibit.stamp, exhibit.directory)
    ends = list(accumulate((8, 32, 1, 32, 64, 20, *map(len, pieces)), initial=0))
    return list(pairwise(ends))


@pytest.mark.parametrize("piece", range(11))
def test_no_flipped_bit_of_an_exhibit_is_accepted(piece: int) -> None:
    """All bits of the fixed fields, and 150 drawn from each of the long ones."""
    data = EXHIBIT.encode()
    start, end = _fields(EXHIBIT)[piece]
    bits = range(8 * start, 8 * end)
    drawn = bits if len(bits) <= 512 else random.Random(piece).sample(bits, 150)

    for bit in drawn:
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        assert code_of(bytes(flipped)), bit
