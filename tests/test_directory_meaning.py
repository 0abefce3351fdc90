"""Attacks on what is said: keys that are none, live too long or are another's, foreign revocations, a second log."""

from collections.abc import Callable

import pytest

from tests.directory_forgeries import NEXT, admit_wil, extend, flaws_of, forge, make_record, publish_school
from tests.one_directory import (
    DAY,
    DOCUMENTS,
    FILE,
    IDENTITY,
    LOG,
    NOW,
    ORIGIN,
    REGIE,
    ROOTS,
    SCHOOL,
    SIGNING,
    fixed_key,
    load,
    publish,
)
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import (
    Directory,
    append_statement,
    make_convenant,
    make_keys,
    make_log,
    make_member,
    make_revoke,
)
from zegel_schemas.seal.keys import KeyRecord, KeyUse, PublicKey
from zegel_schemas.seal.primitives import b64u

SMALL_ORDER = bytes([1]) + bytes(31)  # of order 1 on both curves
OFF_CURVE = bytes([2]) + bytes(31)  # no Ed25519 point
NEW_LOG = fixed_key("log", BROKER, 1).public


def publish_raw(use: KeyUse, raw: bytes) -> Directory:
    """The school publishes 32 bytes, more or less, that are no key."""
    honest = publish_school(make_record(use, NOW, NOW + DAY))
    key = b64u(fixed_key(use, SCHOOL, 9).public.raw)
    return extend(forge(honest, key, b64u(raw), by=[IDENTITY[SCHOOL]]))


def publish_for(use: KeyUse, start: int, until: int) -> Directory:
    """The school publishes a key with this life."""
    return extend(publish_school(make_record(use, start, until)))


def copy_key(use: KeyUse, raw: bytes) -> Directory:
    """The school publishes a key that stands there already."""
    return extend(publish_school(KeyRecord(PublicKey(use, SCHOOL, raw), NOW, NOW + DAY)))


def publish_twice_at_once() -> Directory:
    """The school publishes one key for signing twice in one statement."""
    record = make_record("signing", NOW, NOW + DAY)
    return extend(make_keys([record, record], time=NOW, signed_by=IDENTITY[SCHOOL], after=FILE))


def revoke(key: bytes, at: int = NOW, after: bytes = FILE) -> bytes:
    """The school revokes a key."""
    return append_statement(after, make_revoke(key, at=at, time=NOW, signed_by=IDENTITY[SCHOOL], after=after))


def revive() -> Directory:
    """The school publishes a key again that it revoked."""
    return load(publish(SCHOOL, revoke(SIGNING[SCHOOL].id), (SIGNING[SCHOOL], NOW, NOW + DAY)))


def name_log(origin: str, key: PublicKey, size: int = 0, root: bytes = b"") -> Directory:
    """The root names another log."""
    made = make_log(origin, key=key, time=NOW, signed_by=ROOTS[:2], after=FILE, old_size=size, old_root=root)
    return extend(made)


def name_convenant(start: int, documents: list[tuple[str, str, str]]) -> Directory:
    """The root names another convenant."""
    made = make_convenant("A" * 43, documents=documents, start=start, time=NOW, signed_by=ROOTS[:2], after=FILE)
    return extend(made)


def admit_with(*identity: PublicKey) -> Directory:
    """The root admits wil with these identity keys."""
    return extend(make_member("wil", identity=identity, time=NOW, signed_by=ROOTS[:2], after=FILE))


def leave(instantie: str, *, successor: str) -> Directory:
    """The root says that a member left, and who takes its work over."""
    left = make_member(instantie, identity=[], successor=successor, time=NOW, signed_by=ROOTS[:2], after=FILE)
    return extend(left)


ATTACKS: dict[str, tuple[str, int, Callable[[], object]]] = {
    "key of a wrong length": ("VELD_ONGELDIG", NEXT, lambda: publish_raw("signing", bytes(31))),
    "key of 33 bytes": ("VELD_ONGELDIG", NEXT, lambda: publish_raw("sealing", bytes(33))),
    "X25519 key of small order": ("SLEUTEL_ONGELDIG", NEXT, lambda: publish_raw("sealing", SMALL_ORDER)),
    "hop key of small order": ("SLEUTEL_ONGELDIG", NEXT, lambda: publish_raw("hop", bytes(32))),
    "Ed25519 key off the curve": ("SLEUTEL_ONGELDIG", NEXT, lambda: publish_raw("signing", OFF_CURVE)),
    "Ed25519 key of small order": ("SLEUTEL_ONGELDIG", NEXT, lambda: publish_raw("signing", SMALL_ORDER)),
    "key of another member": (
        "SLEUTEL_AL_GENOEMD",
        NEXT,
        lambda: copy_key("signing", SIGNING[REGIE].public.raw),
    ),
    "identity key published for signing": (
        "SLEUTEL_AL_GENOEMD",
        NEXT,
        lambda: copy_key("signing", IDENTITY[SCHOOL].public.raw),
    ),
    "sealing key published for hops": (
        "SLEUTEL_AL_GENOEMD",
        NEXT,
        lambda: copy_key("hop", fixed_key("sealing", SCHOOL).public.raw),
    ),
    "one key twice in one statement": ("SLEUTEL_AL_GENOEMD", NEXT, publish_twice_at_once),
    "revoked key published again": ("SLEUTEL_AL_GENOEMD", NEXT + 1, revive),
    "signing key for over 90 days": (
        "SLEUTEL_TE_LANG",
        NEXT,
        lambda: publish_for("signing", NOW, NOW + 90 * DAY + 1),
    ),
    "sealing key for over 8 days": ("SLEUTEL_TE_LANG", NEXT, lambda: publish_for("sealing", NOW, NOW + 8 * DAY + 1)),
    "hop key for over 90 days": ("SLEUTEL_TE_LANG", NEXT, lambda: publish_for("hop", NOW, NOW + 90 * DAY + 1)),
    "sealing key over 26 weeks ahead": (
        "SLEUTEL_TE_VER_VOORUIT",
        NEXT,
        lambda: publish_for("sealing", NOW + 182 * DAY + 1, NOW + 183 * DAY),
    ),
    "key that ends before it begins": ("VELD_ONGELDIG", NEXT, lambda: publish_for("hop", NOW + 1, NOW)),
    "member with another member's identity key": (
        "SLEUTEL_AL_GENOEMD",
        NEXT,
        lambda: admit_with(PublicKey("identity", "wil", IDENTITY[SCHOOL].public.raw)),
    ),
    "member with one identity key twice": (
        "SLEUTEL_DUBBEL_GETELD",
        NEXT,
        lambda: admit_with(*[fixed_key("identity", "wil").public] * 2),
    ),
    "instantie called root": (
        "VELD_ONGELDIG",
        NEXT,
        lambda: extend(forge(admit_wil(), '"instantie":"wil"', '"instantie":"root"')),
    ),
    "successor of who stays": (
        "VELD_ONGELDIG",
        NEXT,
        lambda: extend(forge(admit_wil(), '"successor":""', f'"successor":"{SCHOOL}"')),
    ),
    "successor that is no member": ("GEEN_LID", NEXT, lambda: leave(SCHOOL, successor="wil")),
    "successor of itself": ("GEEN_LID", NEXT, lambda: leave(SCHOOL, successor=SCHOOL)),
    "foreign revocation": ("VREEMDE_INTREKKING", NEXT, lambda: load(revoke(SIGNING[REGIE].id))),
    "revocation of a key nobody has": ("VREEMDE_INTREKKING", NEXT, lambda: load(revoke(bytes(32)))),
    "second revocation": (
        "AL_INGETROKKEN",
        NEXT + 1,
        lambda: load(revoke(SIGNING[SCHOOL].id, after=revoke(SIGNING[SCHOOL].id))),
    ),
    "revocation without a time": ("VELD_ONGELDIG", NEXT, lambda: load(revoke(SIGNING[SCHOOL].id, at=0))),
    "second log beside the first": ("LOGBOEK_VOLGT_NIET", NEXT, lambda: name_log("zegel.example/2", NEW_LOG)),
    "another key for the same log": ("LOGBOEK_VOLGT_NIET", NEXT, lambda: name_log(ORIGIN, NEW_LOG, 1, bytes(32))),
    "log key used twice": (
        "SLEUTEL_AL_GENOEMD",
        NEXT,
        lambda: name_log("zegel.example/2", LOG.public, 1, bytes(32)),
    ),
    "convenant in force before the one it follows": (
        "CONVENANT_TERUG",
        NEXT,
        lambda: name_convenant(NOW - 1, DOCUMENTS),
    ),
    "convenant with one document in two versions": (
        "VELD_ONGELDIG",
        NEXT,
        lambda: name_convenant(NOW, [("CMPG", "1.0.0", "A" * 43), ("CMPG", "1.0.1", "A" * 43)]),
    ),
}


@pytest.mark.parametrize(("code", "number", "attack"), ATTACKS.values(), ids=ATTACKS)
def test_an_attack_on_what_is_said_fails_with_its_code(code: str, number: int, attack: Callable[[], object]) -> None:
    assert [(each.code, each.number) for each in flaws_of(attack)] == [(code, number)]


@pytest.mark.parametrize(
    ("use", "start", "until"),
    [
        ("signing", NOW, NOW + 90 * DAY),
        ("sealing", NOW + 182 * DAY, NOW + 190 * DAY),
        ("hop", NOW, NOW),
    ],
)
def test_a_key_may_live_to_the_very_limit(use: KeyUse, start: int, until: int) -> None:
    assert publish_for(use, start, until).key(fixed_key(use, SCHOOL, 9).id) is not None
