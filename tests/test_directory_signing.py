"""Attacks on who signed, and in what order: the root and each member speak for themselves only, one by one."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tests.directory_forgeries import NEXT, admit_wil, change, extend, flaws_of, forge, make_record, publish_school
from tests.one_directory import DAY, FILE, FIRST, IDENTITY, NEW_ROOTS, NOW, ROOTS, SCHOOL, fixed_key, load
from zegel_schemas.directory import (
    Directory,
    append_statement,
    fingerprint,
    join_signatures,
    make_member,
    make_root,
    sign_body,
)
from zegel_schemas.directory.prepared import read_prepared
from zegel_schemas.seal.keys import PrivateKey, PublicKey

WEEK_KEY = make_record("hop", NOW, NOW + 7 * DAY)


def name_root_key_twice() -> Directory:
    """One holder is to count for two."""
    first = make_root(keys=[ROOTS[0].public] * 2, threshold=2, time=NOW, signed_by=ROOTS[:1])
    return Directory.load(first.to_line(), root_fingerprint=fingerprint(first))


def begin_without_root() -> Directory:
    """The fingerprint read out is that of a statement that is no root's."""
    first = admit_wil(after=b"")
    return Directory.load(first.to_line(), root_fingerprint=fingerprint(first))


def begin_with_another_root() -> Directory:
    """Somebody makes a root of one's own."""
    return load(make_root(keys=[NEW_ROOTS[0].public], threshold=1, time=NOW, signed_by=NEW_ROOTS[:1]).to_line())


def sign_twice() -> Directory:
    """One holder's signature stands there twice."""
    once = admit_wil(signed_by=ROOTS[:1])
    return extend(replace(once, signatures=once.signatures * 2))


def hand_over(signed_by: Sequence[PrivateKey]) -> Directory:
    """Name new root keys."""
    publics = [each.public for each in NEW_ROOTS]
    return extend(make_root(keys=publics, threshold=2, time=NOW, signed_by=signed_by, after=FILE))


def hand_over_to_a_member() -> Directory:
    """Name a member's identity key as the root's."""
    taken = PublicKey("root", "root", IDENTITY[SCHOOL].public.raw)
    return extend(make_root(keys=[taken], threshold=1, time=NOW, signed_by=ROOTS[:2], after=FILE))


def publish_for_another() -> Directory:
    """The school publishes a key in the name of the corporation."""
    honest = publish_school(WEEK_KEY)
    return extend(forge(honest, '"issuer":"school_vo"', '"issuer":"jutphaas_wonen"', by=[IDENTITY[SCHOOL]]))


def publish_by_replaced_identity() -> Directory:
    """The root gave the school another identity key; the old one signs on."""
    new = fixed_key("identity", SCHOOL, 1).public
    file = append_statement(FILE, make_member(SCHOOL, identity=[new], time=NOW, signed_by=ROOTS[:2], after=FILE))
    return extend(publish_school(WEEK_KEY, after=file), file)


def publish_after_leaving() -> Directory:
    """The school left and signs on."""
    file = append_statement(FILE, make_member(SCHOOL, identity=[], time=NOW, signed_by=ROOTS[:2], after=FILE))
    return extend(publish_school(WEEK_KEY, after=file), file)


def publish_for_a_stranger() -> Directory:
    """A member publishes keys for an instantie that is none."""
    return extend(forge(publish_school(WEEK_KEY), '"issuer":"school_vo"', '"issuer":"wil"', by=[IDENTITY[SCHOOL]]))


def swap_statements() -> Directory:
    """Two statements of the root change places."""
    lines = FILE.splitlines(keepends=True)
    lines[1], lines[2] = lines[2], lines[1]
    return load(b"".join(lines))


def leave_statement_out() -> Directory:
    """A member's keys are hidden, and its next statement is shown."""
    file = append_statement(FILE, publish_school(WEEK_KEY))
    shown = publish_school(make_record("signing", NOW, NOW + DAY), after=file)
    return extend(shown)


ATTACKS: dict[str, tuple[str, int, Callable[[], object]]] = {
    "another root under the same name": ("ANDERE_WORTEL", 1, begin_with_another_root),
    "no root at the beginning": ("BEGIN_ONTBREEKT", 1, begin_without_root),
    "first root signed by too few": (
        "DREMPEL_NIET_GEHAALD",
        1,
        lambda: load(replace(FIRST, signatures=FIRST.signatures[:1]).to_line()),
    ),
    "first root signed by strangers too": (
        "ONDERTEKENAAR_ONBEVOEGD",
        1,
        lambda: load(sign_body(FIRST.body, [*ROOTS, *NEW_ROOTS]).to_line()),
    ),
    "root's statement signed by too few": (
        "DREMPEL_NIET_GEHAALD",
        NEXT,
        lambda: extend(admit_wil(signed_by=ROOTS[:1])),
    ),
    "one holder's signature joined with itself": (
        "DREMPEL_NIET_GEHAALD",
        NEXT,
        lambda: extend(join_signatures(admit_wil(signed_by=ROOTS[:1]), admit_wil(signed_by=ROOTS[:1]))),
    ),
    "one key signs twice": ("SLEUTEL_DUBBEL_GETELD", NEXT, sign_twice),
    "one key counted twice": ("SLEUTEL_DUBBEL_GETELD", 1, name_root_key_twice),
    "unsigned statement": ("ONDERTEKENAAR_ONBEVOEGD", NEXT, lambda: extend(admit_wil(signed_by=[]))),
    "root's statement signed by a stranger": (
        "ONDERTEKENAAR_ONBEVOEGD",
        NEXT,
        lambda: extend(admit_wil(signed_by=NEW_ROOTS)),
    ),
    "root's statement signed by a member": (
        "ONDERTEKENAAR_ONBEVOEGD",
        NEXT,
        lambda: extend(admit_wil(signed_by=[IDENTITY[SCHOOL]])),
    ),
    "root's statement signed by one holder and a member": (
        "ONDERTEKENAAR_ONBEVOEGD",
        NEXT,
        lambda: extend(admit_wil(signed_by=[ROOTS[0], IDENTITY[SCHOOL]])),
    ),
    "root's statement signed by the root and a stranger": (
        "ONDERTEKENAAR_ONBEVOEGD",
        NEXT,
        lambda: extend(admit_wil(signed_by=[*ROOTS, NEW_ROOTS[0]])),
    ),
    "keys in another member's name": ("ONDERTEKENAAR_ONBEVOEGD", NEXT, publish_for_another),
    "keys for an instantie that is no member": ("GEEN_LID", NEXT, publish_for_a_stranger),
    "keys signed by the root": (
        "ONDERTEKENAAR_ONBEVOEGD",
        NEXT,
        lambda: extend(sign_body(publish_school(WEEK_KEY).body, ROOTS[:2])),
    ),
    "keys signed by an identity key the root replaced": (
        "ONDERTEKENAAR_ONBEVOEGD",
        NEXT + 1,
        publish_by_replaced_identity,
    ),
    "keys of a member that left": ("ONDERTEKENAAR_ONBEVOEGD", NEXT + 1, publish_after_leaving),
    "body changed after signing": (
        "HANDTEKENING_KLOPT_NIET",
        NEXT,
        lambda: extend(change(admit_wil(), '"wil"', '"wul"')),
    ),
    "signatures over another statement": (
        "HANDTEKENING_KLOPT_NIET",
        NEXT,
        lambda: extend(replace(admit_wil(), signatures=FIRST.signatures)),
    ),
    "root not signed by the old root": ("OUDE_WORTEL_TEKENDE_NIET", NEXT, lambda: hand_over([ROOTS[0], *NEW_ROOTS])),
    "root signed by one old holder and a member": (
        "OUDE_WORTEL_TEKENDE_NIET",
        NEXT,
        lambda: hand_over([ROOTS[0], IDENTITY[SCHOOL], *NEW_ROOTS]),
    ),
    "root not signed by the new root": ("NIEUWE_WORTEL_TEKENDE_NIET", NEXT, lambda: hand_over([*ROOTS, NEW_ROOTS[0]])),
    "root signed by the new root only": ("ONDERTEKENAAR_ONBEVOEGD", NEXT, lambda: hand_over(NEW_ROOTS)),
    "root signed by old, new and a member": (
        "ONDERTEKENAAR_ONBEVOEGD",
        NEXT,
        lambda: hand_over([*ROOTS, *NEW_ROOTS, IDENTITY[SCHOOL]]),
    ),
    "root that takes a member's key": ("SLEUTEL_AL_GENOEMD", NEXT, hand_over_to_a_member),
    "more signatures asked than there are keys": (
        "VELD_ONGELDIG",
        NEXT,
        lambda: extend(make_root(keys=[ROOTS[0].public], threshold=2, time=NOW, signed_by=ROOTS[:2], after=FILE)),
    ),
    "statement out of order": ("VOLGORDE", 2, swap_statements),
    "statement left out": ("VOLGORDE", NEXT, leave_statement_out),
    "statement told twice": ("VOLGORDE", NEXT + 1, lambda: extend(admit_wil(), append_statement(FILE, admit_wil()))),
    "number left out": ("VOLGORDE", NEXT, lambda: extend(forge(admit_wil(), '"number":8', '"number":9'))),
    "another predecessor": (
        "VOLGORDE",
        NEXT,
        lambda: extend(forge(admit_wil(), '"previous":"[^"]+"', '"previous":"' + "A" * 43 + '"')),
    ),
    "older than the statement before": ("VOLGORDE", NEXT, lambda: extend(admit_wil(time=NOW - 1))),
}


@pytest.mark.parametrize(("code", "number", "attack"), ATTACKS.values(), ids=ATTACKS)
def test_an_attack_on_the_signatures_fails_with_its_code(code: str, number: int, attack: Callable[[], object]) -> None:
    assert [(each.code, each.number) for each in flaws_of(attack)] == [(code, number)]


@pytest.mark.parametrize(("issuer", "code"), [("root", "GEEN_LID"), (SCHOOL, "ONDERTEKENAAR_ONBEVOEGD")])
def test_a_holder_of_the_root_is_not_asked_to_sign_keys(issuer: str, code: str) -> None:
    prepared = forge(publish_school(WEEK_KEY), '"issuer":"school_vo"', f'"issuer":"{issuer}"', by=ROOTS[:1])

    (flaw,) = flaws_of(lambda: read_prepared(prepared.to_line(), after=load()))

    assert (flaw.code, flaw.field) == (code, "issuer")
