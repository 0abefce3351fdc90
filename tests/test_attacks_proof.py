"""Named attacks with a stamp: each must fail, and each with its own code. Those on the directory stand beside this."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.one_directory import (
    CONVENANT,
    CORPORATION,
    DAY,
    DIRECTORY,
    DOCUMENTS,
    FILE,
    IDENTITY,
    NOW,
    ORIGIN,
    REGIE,
    ROOTS,
    SCHOOL,
    SIGNING,
    fixed_key,
    load,
)
from tests.one_stamp import HELD, MESSAGE, SALT, WITHDRAWAL, Log, check, permit, verify, verify_registration
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory, append_statement, make_convenant, make_log, make_revoke
from zegel_schemas.note import Checkpoint
from zegel_schemas.record import DirectoryVersion, Record, make_entry
from zegel_schemas.refusals import Refusal
from zegel_schemas.registrations import Ruling
from zegel_schemas.stamp import Stamp

Attack = Callable[[], object]
REGISTERED = {"registers": ("registraties.toestemming_ingetrokken",)}
OTHER_DIGEST = "B" * 42 + "A"


def refusal_of(attack: Attack) -> Refusal:
    """Return the refusal an attack ends in."""
    with pytest.raises(Refusal) as refused:
        attack()
    return refused.value


def forge_leaf(entry: str) -> bytes:
    """Return a leaf of another type over the honest record."""
    leaf, _ = make_entry(replace(permit(), type="decision"), origin=ORIGIN, time=NOW + 60, salt=SALT)
    return leaf.replace(b'"type":"decision"', f'"type":"{entry}"'.encode())


def swap_proof(stamp: Stamp, **changes: Any) -> Stamp:
    """Return the stamp with parts of its proof replaced."""
    return replace(stamp, proof=replace(stamp.proof, **changes))


def stamp_under(file: bytes, **changes: Any) -> tuple[Stamp, Directory]:
    """Return an honest stamp that names the directory in `file`, and that directory."""
    directory = load(file)
    return Log().write(permit(directory=directory.version, **changes)), directory


def convenant_from(start: int, digest: str = OTHER_DIGEST) -> bytes:
    """Return the file with another convenant that is in force from `start`."""
    made = make_convenant(digest, documents=DOCUMENTS, start=start, time=NOW, signed_by=ROOTS[:2], after=FILE)
    return append_statement(FILE, made)


def present_after_convenant_change() -> object:
    stamp, directory = stamp_under(convenant_from(NOW + 30))
    return check(stamp, directory=directory)


def present_before_convenant_begins() -> object:
    stamp, directory = stamp_under(convenant_from(NOW + DAY), convenant=OTHER_DIGEST)
    return check(stamp, directory=directory, convenants={OTHER_DIGEST: CONVENANT})


def present_by_revoked_key() -> object:
    revoked = make_revoke(SIGNING[REGIE].id, at=NOW + 30, time=NOW + 30, signed_by=IDENTITY[REGIE], after=FILE)
    stamp, directory = stamp_under(append_statement(FILE, revoked))
    return check(stamp, directory=directory)


def present_by_key_of_later() -> object:
    """The sender's key stands in the newest directory, but not in the one the record names."""
    return check(Log().write(permit(directory=DirectoryVersion(5, DIRECTORY.head_at(5) or ""))))


def present_from_closed_log() -> object:
    """The old log's key signs on after the root closed that log at 41 leaves."""
    other = make_log(
        "zegel.nieuwegein.example/2", key=fixed_key("log", BROKER, 1).public, time=NOW, signed_by=ROOTS[:2], after=FILE,
        old_size=41, old_root=bytes(32),
    )  # fmt: skip
    return check(Log().write(permit()), directory=load(append_statement(FILE, other)))


def register_police_ruling() -> object:
    ruling = Ruling(
        fact="besluit_wpg20", ruling="01930000-0000-7000-8000-00000000000d", receivers=(CORPORATION,),
        categories=("politiegegevens",), purposes=("casusregie",), start="2027-01-15", until="2027-12-31",
    )  # fmt: skip
    forged = verify_registration(ruling)
    return check(Log().write(permit(forged, rules={"registers": ("registraties.besluit_wpg20",)})), forged, me=REGIE)


STAMP_ATTACKS: dict[str, tuple[str, Attack]] = {
    "no stamp": ("STEMPEL_ONTBREEKT", lambda: Stamp.decode(b"")),
    "stamp of another message": (
        "STEMPEL_ANDER_BERICHT",
        lambda: check(Log().write(permit(verify(id="01930000-0000-7000-8000-000000000002")))),
    ),
    "stamp of the same message sealed again": (
        "STEMPEL_ANDER_BERICHT",
        lambda: check(Log().write(permit(hash="A" * 43))),
    ),
    "record that tells of another kind": (
        "STEMPEL_ANDER_BERICHT",
        lambda: check(Log().write(permit(kind="bekendheidsvraag"))),
    ),
    "record that tells of another casus": (
        "STEMPEL_ANDER_BERICHT",
        lambda: check(Log().write(permit(casus="3f0c2b52-6f0e-4d5a-9c3f-3d3c64a4b112"))),
    ),
    "record that tells of another purpose": (
        "STEMPEL_ANDER_BERICHT",
        lambda: check(Log().write(permit(purpose="overlast"))),
    ),
    "record that tells of another sender": (
        "STEMPEL_ANDER_BERICHT",
        lambda: check(Log().write(permit(sender=SCHOOL))),
    ),
    "record that leaves a category out": (
        "STEMPEL_ANDER_BERICHT",
        lambda: check(Log().write(permit(categories=("huisvesting",)))),
    ),
    "record that leaves a subject out": (
        "STEMPEL_ANDER_BERICHT",
        lambda: check(Log().write(permit(subjects=()))),
    ),
    "deny-stamp": (
        "STEMPEL_NIET_TOEGESTAAN",
        lambda: check(Log().write(permit(outcome="refused", codes=("GEEN_REGEL",)))),
    ),
    "stamp without an outcome": ("STEMPEL_NIET_TOEGESTAAN", lambda: check(Log().write(permit(outcome="")))),
    "stamp from a log with another key": (
        "STEMPEL_VREEMD_LOGBOEK",
        lambda: check(Log(key=fixed_key("log", BROKER, 1)).write(permit())),
    ),
    "stamp from a log the root never named": (
        "STEMPEL_VREEMD_LOGBOEK",
        lambda: check(Log(origin="evil.example/log").write(permit())),
    ),
    "stamp from an unsigned log": (
        "STEMPEL_VREEMD_LOGBOEK",
        lambda: check(
            replace(Log().write(permit()), note=Checkpoint(ORIGIN, 42, bytes(32)).to_text().encode() + b"\n")
        ),
    ),
    "stamp from a log the root closed": ("STEMPEL_VREEMD_LOGBOEK", present_from_closed_log),
    "leaf of another log in this log": (
        "STEMPEL_KLOPT_NIET",
        lambda: check(Log().write(permit(), leaf=forge_leaf("decision").replace(ORIGIN.encode(), b"evil.example/log"))),
    ),
    "stamp under the note of a log without it": (
        "STEMPEL_KLOPT_NIET",
        lambda: check(replace(Log().write(permit()), note=Log(size=42).sign())),
    ),
    "stamp at another index": ("STEMPEL_KLOPT_NIET", lambda: check(swap_proof(Log().write(permit()), index=40))),
    "another record under the leaf": (
        "STEMPEL_KLOPT_NIET",
        lambda: check(
            swap_proof(
                Log().write(permit(outcome="refused")),
                record=make_entry(permit(), origin=ORIGIN, time=NOW, salt=SALT)[1],
            )
        ),
    ),
    "another salt": ("STEMPEL_KLOPT_NIET", lambda: check(swap_proof(Log().write(permit()), salt=bytes(32)))),
    "leaf of another type than its record": (
        "STEMPEL_KLOPT_NIET",
        lambda: check(Log().write(permit(), leaf=forge_leaf("dryrun"))),
    ),
    "dry run presented as stamp": ("STEMPEL_ANDERE_SOORT", lambda: check(Log().write(permit(type="dryrun")))),
    "dry run delivered as a message": (
        "GEBRUIK_KLOPT_NIET",
        lambda: check(Log().write(permit(tried := verify(use="dryrun"))), tried),
    ),
    "delivery entry presented as stamp": ("STEMPEL_ANDERE_SOORT", lambda: check(Log().write(permit(type="delivered")))),
    "registration entry presented as stamp": (
        "STEMPEL_ANDERE_SOORT",
        lambda: check(Log().write(permit(WITHDRAWAL, type="registration")), WITHDRAWAL, me=REGIE),
    ),
    "tick presented as stamp": ("STEMPEL_ANDERE_SOORT", lambda: check(Log().write(Record(type="tick")))),
    "convenant the root never signed": (
        "CONVENANT_NIET_ONDERTEKEND",
        lambda: check(Log().write(permit(convenant=OTHER_DIGEST)), convenants={**HELD, OTHER_DIGEST: CONVENANT}),
    ),
    "no convenant at all": ("CONVENANT_NIET_ONDERTEKEND", lambda: check(Log().write(permit(convenant="")))),
    "convenant no longer in force on the day": ("CONVENANT_NIET_VAN_KRACHT", present_after_convenant_change),
    "convenant not yet in force on the day": ("CONVENANT_NIET_VAN_KRACHT", present_before_convenant_begins),
    "rule that does not fit": (
        "STEMPEL_REGEL_PAST_NIET",
        lambda: check(Log().write(permit(rules=dict.fromkeys(MESSAGE.declaration.asks, ("CMPG-211",))))),
    ),
    "rule that fits beside one that does not": (
        "STEMPEL_REGEL_PAST_NIET",
        lambda: check(Log().write(permit(rules=dict.fromkeys(MESSAGE.declaration.asks, ("CMPG-210", "CMPG-211"))))),
    ),
    "rule that does not exist": (
        "STEMPEL_REGEL_PAST_NIET",
        lambda: check(Log().write(permit(rules=dict.fromkeys(MESSAGE.declaration.asks, ("CMPG-999",))))),
    ),
    "category without a rule": (
        "STEMPEL_REGEL_PAST_NIET",
        lambda: check(Log().write(permit(rules={"huurachterstand": ("CMPG-210",)}))),
    ),
    "category with an empty list of rules": (
        "STEMPEL_REGEL_PAST_NIET",
        lambda: check(Log().write(permit(rules={"huurachterstand": ("CMPG-210",), "huisvesting": ()}))),
    ),
    "rule for a category that is not in the message": (
        "STEMPEL_REGEL_PAST_NIET",
        lambda: check(
            Log().write(permit(rules={**permit().rules, "overlast_leefbaarheid": ("CMPG-210",)})),
        ),
    ),
    "question that registers something": (
        "STEMPEL_REGEL_PAST_NIET",
        lambda: check(
            Log().write(permit(odd := verify(asks=(), registers=WITHDRAWAL.declaration.registers), rules=REGISTERED)),
            odd,
        ),
    ),
    "category no rule allows": (
        "STEMPEL_REGEL_PAST_NIET",
        lambda: check(Log().write(permit(message := verify(asks=("politiegegevens",)))), message),
    ),
    "message that asks and encloses nothing": (
        "STEMPEL_REGEL_PAST_NIET",
        lambda: check(Log().write(permit(message := verify(asks=()))), message),
    ),
    "registration of another party's fact": ("STEMPEL_REGEL_PAST_NIET", register_police_ruling),
    "registration under the line of another fact": (
        "STEMPEL_REGEL_PAST_NIET",
        lambda: check(
            Log().write(permit(WITHDRAWAL, rules={"registers": ("registraties.fase",)})), WITHDRAWAL, me=REGIE
        ),
    ),
    "R's delivery handed to Q": ("NIET_VOOR_MIJ", lambda: check(Log().write(permit()), me=SCHOOL)),
    "record addressed to me, message to another": (
        "NIET_VOOR_MIJ",
        lambda: check(Log().write(permit(recipient=SCHOOL)), me=SCHOOL),
    ),
    "message addressed to me, record to another": (
        "NIET_VOOR_MIJ",
        lambda: check(Log().write(permit(recipient=SCHOOL))),
    ),
    "key not yet in the directory the record names": ("SLEUTEL_NIET_GELDIG", present_by_key_of_later),
    "key used after its last day": (
        "SLEUTEL_NIET_GELDIG",
        lambda: check(
            Log().write(permit(late := verify(issued=NOW + 90 * DAY, expires=NOW + 96 * DAY)), time=NOW + 91 * DAY),
            late,
        ),
    ),
    "key revoked before the decision": ("SLEUTEL_INGETROKKEN", present_by_revoked_key),
    "decided after it expired": (
        "VERLOPEN",
        lambda: check(Log().write(permit(), time=NOW + 7 * DAY + 1)),
    ),
    "decided before it was issued": (
        "UIT_DE_TOEKOMST",
        lambda: check(Log().write(permit(early := verify(issued=NOW + 200)), time=NOW + 79), early),
    ),
    "directory with another history": (
        "STEMPEL_ANDER_REGISTER",
        lambda: check(Log().write(permit(directory=DirectoryVersion(DIRECTORY.count, "A" * 43)))),
    ),
}


@pytest.mark.parametrize(("code", "attack"), STAMP_ATTACKS.values(), ids=STAMP_ATTACKS)
def test_an_attack_with_a_stamp_fails_with_its_code(code: str, attack: Attack) -> None:
    assert refusal_of(attack).code == code
