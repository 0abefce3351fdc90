"""The setting of the ask's tests: a log that names the directory, a member that asks, and a broker that answers.

The broker here can lie in every way one with the real log key can.
"""

from dataclasses import replace
from importlib.resources import files
from typing import Any

from tests.one_directory import (
    CONVENANT,
    CORPORATION,
    DAY,
    FILE,
    LOG,
    NOW,
    ORIGIN,
    ROOTS,
    SCHOOL,
    SIGNING,
    fixed_key,
    load,
    publish,
)
from tests.one_stamp import SALT, repeated_bytes
from zegel_schemas.asking import Answer, Asked, Holding, NamedBy, Step, Taken, check_answer, seal_ask
from zegel_schemas.convenant import hash_file
from zegel_schemas.directory import Directory, append_statement, make_convenant
from zegel_schemas.merkle import CompactRange, consistency_path, inclusion_path, leaf_hash
from zegel_schemas.note import Checkpoint, sign_checkpoint
from zegel_schemas.record import DirectoryVersion, EntryType, Record, make_entry
from zegel_schemas.seal.keys import PrivateKey
from zegel_schemas.stamp import Proof

HOUR = 3600
DOCUMENTS = files("zegel_schemas").joinpath("convenants", "nieuwegein.yaml").read_bytes()
DOCUMENT = hash_file(DOCUMENTS)
ASK_ID = "01930000-0000-7000-8000-0000000000aa"


def name_convenant(after: bytes) -> bytes:
    """Return the directory file with the statement that puts the shipped convenant in force, its true hashes in it."""
    named = [(each.document, each.version, each.hash) for each in CONVENANT.named]
    made = make_convenant(
        CONVENANT.digest, documents=named, start=NOW, time=NOW + DAY, signed_by=ROOTS[:2], after=after
    )
    return append_statement(after, made)


OLD = load()
GROWN_FILE = publish(
    SCHOOL,
    name_convenant(FILE),
    (fixed_key("sealing", SCHOOL, 1), NOW + 8 * DAY, NOW + 16 * DAY),
    time=NOW + DAY,
)
GROWN = load(GROWN_FILE)
OTHER = load(publish(SCHOOL, FILE, (fixed_key("sealing", SCHOOL, 9), NOW, NOW + DAY), time=NOW + DAY))


class Book:
    """A log that keeps every node, so it can prove anything; `write` appends an entry that names a directory."""

    def __init__(self, key: PrivateKey = LOG, origin: str = ORIGIN, size: int = 41) -> None:
        self.key, self.origin = key, origin
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.range = CompactRange()
        self.written: dict[int, tuple[bytes, bytes]] = {}
        for each in range(size):
            self._append(bytes([each]))

    def _append(self, leaf: bytes) -> int:
        extension = self.range.extend([leaf_hash(leaf)])
        self.nodes |= extension.new_nodes()
        self.range = extension.range
        return extension.old_size

    def write(self, directory: DirectoryVersion, *, type: EntryType = "tick", time: int = NOW + DAY + HOUR) -> int:  # noqa: A002 - the record's own word
        """Append an entry that names this version of the directory and return its index."""
        leaf, record = make_entry(Record(type=type, directory=directory), origin=self.origin, time=time, salt=SALT)
        index = self._append(leaf)
        self.written[index] = (leaf, record)
        return index

    def prove(self, index: int) -> Proof:
        """Return the entry with its path in the log as it is."""
        leaf, record = self.written[index]
        path = inclusion_path(index, self.range.size, lambda level, at: self.nodes[level, at])
        return Proof(leaf, record, SALT, index, tuple(path))

    def note(self) -> bytes:
        """Return the signed note over the log as it is."""
        return sign_checkpoint(self.checkpoint(), self.key)

    def checkpoint(self) -> Checkpoint:
        """Return what that note says."""
        return Checkpoint(self.origin, self.range.size, self.range.root())

    def steps(self, sizes: tuple[int, ...]) -> tuple[Step, ...]:
        """Return the consistency paths from each size to the next and on to the log as it is."""
        ends = (*sizes[1:], self.range.size) if sizes else ()
        return tuple(
            Step(size, tuple(consistency_path(size, end, lambda level, at: self.nodes[level, at])))
            for size, end in zip(sizes, ends, strict=True)
        )


class Scene:
    """The corporation holds `held` and two notes, and asks; meanwhile the log went on and names `grown`."""

    def __init__(self, held: Directory = OLD, grown: Directory = GROWN) -> None:
        self.held, self.grown, self.book = held, grown, Book()
        self.before = self.book.write(held.version, time=NOW + HOUR)
        self.notes: tuple[Checkpoint, ...] = (self.book.checkpoint(),)
        self.book.write(held.version, time=NOW + 2 * HOUR)
        self.notes += (self.book.checkpoint(),)
        self.tick = self.book.write(grown.version)
        self.files: tuple[bytes, ...] = ()

    def ask(self, *, wanted: tuple[str, ...] = (), sizes: tuple[int, ...] | None = None) -> Asked:
        """Return what the corporation asks."""
        _, asked = seal_ask(
            message=ASK_ID,
            directory=self.held,
            origin=ORIGIN,
            sizes=[each.size for each in self.notes] if sizes is None else sizes,
            files=wanted,
            signing=SIGNING[CORPORATION],
            now=NOW + DAY,
            random=repeated_bytes,
        )
        return asked

    def answer(self, asked: Asked, **changes: Any) -> Answer:
        """Return what an honest broker answers; `changes` replace fields."""
        honest = Answer(
            ask=asked.message_hash,
            note=self.book.note(),
            proof=self.book.prove(self.tick),
            after=asked.directory,
            steps=self.book.steps(asked.sizes) if "steps" not in changes else (),
            lines=self.grown.to_bytes()[len(self.held.to_bytes()) :],
            files=self.files,
        )
        return replace(honest, **changes)

    def holding(self, **changes: Any) -> Holding:
        """Return what the corporation holds; `changes` replace fields."""
        newest = NamedBy(ORIGIN, self.before, self.held.version)
        return replace(Holding(self.held, self.notes, newest), **changes)

    def take(self, *, wanted: tuple[str, ...] = (), holding: Holding | None = None, **changes: Any) -> Taken:
        """Ask, have it answered with these changes, send it over the wire, and check it."""
        asked = self.ask(wanted=wanted)
        answer = Answer.decode(self.answer(asked, **changes).encode())
        return check_answer(answer, asked=asked, holding=holding or self.holding())
