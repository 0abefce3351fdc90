"""The setting of the directory's and the stamp's tests: a root of three holders, a broker and three instanties.

All keys are test keys: their seeds are hashes of their names, so every run sees the same bytes.
"""

from collections.abc import Sequence
from hashlib import sha256

from zegel_schemas.convenant import shipped_convenant
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import (
    ROOT,
    Directory,
    append_statement,
    fingerprint,
    make_convenant,
    make_keys,
    make_log,
    make_member,
    make_root,
)
from zegel_schemas.seal.keys import KeyRecord, KeyUse, PrivateKey

NOW = 1_800_000_000  # 15 January 2027; when everything in this setting was signed
DAY = 24 * 3600
ORIGIN = "zegel.nieuwegein.example/log"
REGIE, CORPORATION, SCHOOL = "gemeente.regieteam", "jutphaas_wonen", "school_vo"
MEMBERS = (BROKER, REGIE, CORPORATION, SCHOOL)
CONVENANT = shipped_convenant()
DOCUMENTS = [(each.name, each.version, "A" * 43) for each in CONVENANT.documents]


def fixed_key(use: KeyUse, owner: str, number: int = 0) -> PrivateKey:
    """Return the fixed test key of this use, owner and number."""
    return PrivateKey.from_seed(use, owner, sha256(f"test key {use} {owner} {number}".encode()).digest())


ROOTS = [fixed_key("root", ROOT, number) for number in range(3)]
NEW_ROOTS = [fixed_key("root", ROOT, number) for number in range(10, 13)]
IDENTITY = {owner: fixed_key("identity", owner) for owner in MEMBERS}
SIGNING = {owner: fixed_key("signing", owner) for owner in MEMBERS}
LOG = fixed_key("log", BROKER)

FIRST = make_root(keys=[each.public for each in ROOTS], threshold=2, time=NOW, signed_by=ROOTS[:2])
FINGERPRINT = fingerprint(FIRST)


def publish(owner: str, after: bytes, *keys: tuple[PrivateKey, int, int], time: int = NOW) -> bytes:
    """Return the file with a statement of keys, each with its first and last second."""
    records = [KeyRecord(key.public, start, until) for key, start, until in keys]
    return append_statement(after, make_keys(records, time=time, signed_by=IDENTITY[owner], after=after))


def admit(owner: str, after: bytes, signed_by: Sequence[PrivateKey] = ROOTS[:2]) -> bytes:
    """Return the file with the statement that `owner` is a member."""
    made = make_member(owner, identity=[IDENTITY[owner].public], time=NOW, signed_by=signed_by, after=after)
    return append_statement(after, made)


def build_file() -> bytes:
    """Return the directory file of this setting: root, log, convenant, members, and a week of keys of each."""
    file = FIRST.to_line()
    file = append_statement(file, make_log(ORIGIN, key=LOG.public, time=NOW, signed_by=ROOTS[:2], after=file))
    in_force = make_convenant(
        CONVENANT.digest, documents=DOCUMENTS, start=NOW, time=NOW, signed_by=ROOTS[1:], after=file
    )
    file = append_statement(file, in_force)
    for owner in MEMBERS:
        file = admit(owner, file)
        sealing, hop = fixed_key("sealing", owner), fixed_key("hop", owner)
        file = publish(
            owner,
            file,
            (SIGNING[owner], NOW, NOW + 90 * DAY),
            (sealing, NOW, NOW + 8 * DAY),
            (hop, NOW, NOW + 90 * DAY),
        )
    return file


FILE = build_file()


def load(file: bytes = FILE) -> Directory:
    """Return the directory in this file."""
    return Directory.load(file, root_fingerprint=FINGERPRINT)


DIRECTORY = load()
