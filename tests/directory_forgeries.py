"""How one forges a directory: statements with one thing wrong, each added to the honest file of `one_directory.py`."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tests.one_directory import FILE, IDENTITY, NOW, ROOTS, SCHOOL, fixed_key, load
from zegel_schemas.directory import (
    Directory,
    DirectoryInvalid,
    Flaw,
    SignedStatement,
    append_statement,
    make_keys,
    make_member,
    sign_body,
)
from zegel_schemas.seal.keys import KeyRecord, KeyUse, PrivateKey

NEXT = len(FILE.splitlines()) + 1  # the number of a statement added to the honest file


def extend(signed: SignedStatement, file: bytes = FILE) -> Directory:
    """Load a file with one statement more."""
    return load(append_statement(file, signed))


def admit_wil(
    *, signed_by: Sequence[PrivateKey] = ROOTS[:2], time: int = NOW, owner: str = "wil", after: bytes = FILE
) -> SignedStatement:
    """Return the root's statement that wil, or another, is a member."""
    identity = [fixed_key("identity", owner).public]
    return make_member(owner, identity=identity, time=time, signed_by=signed_by, after=after)


def make_record(use: KeyUse, start: int, until: int) -> KeyRecord:
    """Return a new key of the school with its life."""
    return KeyRecord(fixed_key(use, SCHOOL, 9).public, start, until)


def publish_school(
    record: KeyRecord, *, after: bytes = FILE, signed_by: PrivateKey = IDENTITY[SCHOOL]
) -> SignedStatement:
    """Return the school's statement that publishes a key."""
    return make_keys([record], time=NOW, signed_by=signed_by, after=after)


def change(signed: SignedStatement, before: str, after: str) -> SignedStatement:
    """Return the statement with its body changed after signing; `before` is a pattern."""
    body, count = re.subn(before.encode(), after.encode(), signed.body)
    assert count == 1
    return replace(signed, body=body)


def forge(signed: SignedStatement, before: str, after: str, *, by: Sequence[PrivateKey] = ROOTS[:2]) -> SignedStatement:
    """Return a changed statement that `by` really signed."""
    return sign_body(change(signed, before, after).body, by)


def flaws_of(attack: Callable[[], object]) -> list[Flaw]:
    """Return the flaws a call with a forged directory ends in."""
    with pytest.raises(DirectoryInvalid) as refused:
        attack()
    assert refused.value.code == "REGISTER_ONGELDIG"
    for flaw in refused.value.flaws:
        assert flaw.remedy
        assert str(flaw) in refused.value.detail
    return list(refused.value.flaws)
