"""The examples in `docs/protocol-log.md` are what this code makes, so an interoperable client can be tested on them."""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from tests.one_directory import CORPORATION, DIRECTORY, FILE, FINGERPRINT, FIRST, LOG, NOW, ORIGIN, REGIE, ROOTS
from zegel_schemas.asking import Answer, Step
from zegel_schemas.convenant import hash_file
from zegel_schemas.directory.request import Request
from zegel_schemas.directory.spoken import speak_key
from zegel_schemas.directory.statements import hash_statement
from zegel_schemas.directory.welcome import Welcome
from zegel_schemas.merkle import leaf_hash
from zegel_schemas.note import Checkpoint, note_key_id, sign_checkpoint
from zegel_schemas.record import DirectoryVersion, Record, commit_subject, hash_explanation, make_entry
from zegel_schemas.seal.primitives import b64u
from zegel_schemas.stamp import Notice, Proof, Stamp

TEXT = (Path(__file__).parent.parent / "docs" / "protocol-log.md").read_text()
CASUS = "3f0c2b52-6f0e-4d5a-9c3f-3d3c64a4b111"
SALT = bytes(range(32))
LEAF, RECORD = make_entry(
    Record(
        type="delivered",
        message="01930000-0000-7000-8000-000000000001",
        hash="A" * 43,
        sender=REGIE,
        recipient=CORPORATION,
        casus=CASUS,
        directory=DirectoryVersion(2, DIRECTORY.head_at(2) or ""),
        explanation=hash_explanation(b"{}"),
        earlier=(41,),
    ),
    origin=ORIGIN,
    time=NOW + 60,
    salt=SALT,
)
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 1, leaf_hash(LEAF)), LOG)
PROOF = Proof(LEAF, RECORD, SALT, 0, ())
STAMP = Stamp(PROOF, NOTE).encode()
NOTICE = Notice((PROOF,), NOTE, {0: b"{}"}).encode()
ANSWER = Answer(
    ask=bytes(32),
    note=NOTE,
    proof=PROOF,
    after=DirectoryVersion(1, DIRECTORY.head_at(1) or ""),
    steps=(Step(1, ()),),
    lines=FILE.splitlines(keepends=True)[1],
    files=(b"document: voorbeeld\n",),
).encode()

VALUES = {
    "fingerprint": FINGERPRINT,
    "words of the root key with number 0": speak_key(ROOTS[0].public),
    "statement hash of 1": b64u(hash_statement(FIRST.body)),
    "head after 1": DIRECTORY.head_at(1),
    "head after 2": DIRECTORY.head_at(2),
    "hash of the explanation `{}`": hash_explanation(b"{}"),
    "commitment to subject `p1` of that casus, same salt": commit_subject(CASUS, "p1", SALT),
    "key id in the note": note_key_id(ORIGIN, LOG.public.raw).hex(),
    "leaf hash, which is the root": leaf_hash(LEAF).hex(),
    "stamp, length": f"{len(STAMP)} bytes",
    "stamp, SHA-256": sha256(STAMP).hexdigest(),
    "notice with the explanation `{}`, length": f"{len(NOTICE)} bytes",
    "notice, SHA-256": sha256(NOTICE).hexdigest(),
    "hash of the document `document: voorbeeld` and 0x0A": hash_file(b"document: voorbeeld\n"),
    "answer, length": f"{len(ANSWER)} bytes",
    "answer, SHA-256": sha256(ANSWER).hexdigest(),
}


@pytest.mark.parametrize("what", VALUES)
def test_a_value_of_the_example_is_ours(what: str) -> None:
    assert f"| {what} | `{VALUES[what]}` |" in TEXT


@pytest.mark.parametrize(
    "written", [*FILE.splitlines()[:2], RECORD, LEAF, *NOTE.splitlines()[:3], NOTE.splitlines()[4]]
)
def test_bytes_of_the_example_are_ours(written: bytes) -> None:
    assert f"\n    {written.decode()}\n" in TEXT


@pytest.mark.parametrize(("model", "begin"), [(Request, "A **request**"), (Welcome, "A **welcome**")])
def test_every_key_of_what_travels_at_joining_stands_there(model: type[Request | Welcome], begin: str) -> None:
    section = TEXT.split(begin)[1].split("|---|---|\n")[1].split("\n\n")[0]
    rows = [name for line in section.splitlines() for name in re.findall(r"`([a-z_]+)`", line.split("|")[1])]

    assert rows == list(model.model_fields)
