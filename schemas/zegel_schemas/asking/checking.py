"""What an asker demands of an answer: it goes on from what is held, never back, and every word of it is proven.

Pure: what is held goes in, what is held afterwards comes out. Nothing is taken from an answer in which anything fails.
"""

from collections.abc import Iterable, Mapping
from dataclasses import InitVar, dataclass, field
from itertools import pairwise
from typing import Final, final

from zegel_schemas.asking.documents import check_documents
from zegel_schemas.asking.making import Asked
from zegel_schemas.asking.wire import Answer
from zegel_schemas.directory import Directory
from zegel_schemas.merkle import ProofInvalid, check_consistency
from zegel_schemas.note import Checkpoint
from zegel_schemas.record import DirectoryVersion
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.stamp.proving import Proven, check_proof

_DOOR: Final = object()


@dataclass(frozen=True, slots=True)
class NamedBy:
    """The newest entry proven here that names a version of the directory: its index, its log and that version."""

    origin: str
    index: int
    directory: DirectoryVersion


@dataclass(frozen=True, slots=True, eq=False)
class Holding:
    """What an asker holds: its directory, the notes it named in the ask, and the newest entry that names a directory.

    `notes` are checkpoints of proven notes, at least those of the sizes asked about.
    """

    directory: Directory
    notes: tuple[Checkpoint, ...] = ()
    newest: NamedBy | None = None


@final
@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """What is held after an answer. Made by `check_answer` only.

    `proven` is the entry that names the directory of the log at `time`; `sizes` are those of the notes now known to be
    beginnings of `proven.checkpoint`; `files` are documents the root named, by hash.
    """

    directory: Directory
    proven: Proven
    note: bytes = field(repr=False)
    sizes: tuple[int, ...]
    files: Mapping[str, bytes] = field(repr=False)
    door: InitVar[object]

    def __post_init__(self, door: object) -> None:
        """Refuse to be made elsewhere."""
        if door is not _DOOR:
            raise TypeError("only check_answer gives a Taken")

    @property
    def time(self) -> int:
        """When the log named this version of the directory, in seconds since 1970: how fresh it is."""
        return self.proven.leaf.time

    @property
    def is_complete(self) -> bool:
        """Whether the directory holds all the log named then; else ask again, an answer has its bounds."""
        return self.directory.count >= self.proven.record.directory.count

    @property
    def newest(self) -> NamedBy:
        """The proven entry as the next `Holding` wants it."""
        return NamedBy(self.proven.leaf.origin, self.proven.index, self.proven.record.directory)


def check_answer(answer: Answer, *, asked: Asked, holding: Holding) -> Taken:
    """Return what is held after this answer; raise Refusal, and nothing is taken.

    ANTWOORD_ANDERE_VRAAG: it answers something else. REGISTER_GESPLITST: two histories of the directory.
    REGISTER_ONGELDIG: a statement that may not follow. STEMPEL_VREEMD_LOGBOEK, STEMPEL_KLOPT_NIET: note or entry is not
    proven. REGISTER_ONBEWEZEN: the log does not name what is sent. REGISTER_TERUG: the log went back to an older
    directory. LOGBOEK_TERUG, LOGBOEK_GESPLITST, LOGBOEK_ONBEWEZEN: the log went back, has two histories, or does not
    show that it has one. CONVENANT_NIET_ONDERTEKEND: a document the root never named.
    """
    if answer.ask != asked.message_hash:
        raise Refusal(Fault.ANTWOORD_ANDERE_VRAAG, "ask", detail="it answers an ask that is not open here")
    directory = _extend(answer, holding.directory)
    proven = check_proof(answer.proof, answer.note, directory)
    _check_version(proven, answer, directory)
    _check_order(proven, holding.newest)
    sizes = _check_steps(answer, asked, proven.checkpoint, holding.notes)
    files = check_documents(answer.files, directory)
    if not files.keys() <= set(asked.files):
        raise Refusal(Fault.ANTWOORD_ANDERE_VRAAG, "files", detail="a document that was not asked for")
    return Taken(directory, proven, answer.note, sizes, files, door=_DOOR)


def _extend(answer: Answer, held: Directory) -> Directory:
    """Return the directory with the statements sent; `held` may have grown since the ask, so they may overlap."""
    after = answer.after
    if after.count > held.count:
        raise Refusal(Fault.ANTWOORD_ANDERE_VRAAG, "after", detail="it follows on statements nobody asked about")
    if after.count and held.head_at(after.count) != after.head:
        raise _split("the statements follow on another history than mine")
    if not answer.lines:
        return held
    if not after.count:
        found = Directory.load(answer.lines, root_fingerprint=held.root_fingerprint)
    else:
        found = held.at(after.count).extend(answer.lines)
    together = min(found.count, held.count)
    if found.head_at(together) != held.head_at(together):
        raise _split("other statements stand where mine stand")
    return found if found.count > held.count else held


def _check_version(proven: Proven, answer: Answer, directory: Directory) -> None:
    """The log names the directory: what it does not name yet is not taken, and what it names is no other history."""
    version = proven.record.directory
    if not version.count:
        raise Refusal(Fault.REGISTER_ONBEWEZEN, "directory", detail="the entry names no version of the directory")
    sent = answer.after.count + answer.lines.count(b"\n")
    if answer.lines and sent > version.count:
        raise Refusal(Fault.REGISTER_ONBEWEZEN, "lines", detail="statements beyond those the log names")
    if version.count <= directory.count and directory.head_at(version.count) != version.head:
        raise _split("the log names another history of the directory than mine")


def _check_order(proven: Proven, newest: NamedBy | None) -> None:
    """In the order of the log a directory only grows: a later entry that names less is a broker that went back."""
    if newest is None or newest.origin != proven.leaf.origin:
        return
    version = proven.record.directory
    earlier, later = newest.directory.count, version.count
    if proven.index < newest.index:
        earlier, later = later, earlier
    if later < earlier:
        raise Refusal(Fault.REGISTER_TERUG, "directory", detail="a later entry names an older directory")


def _check_steps(answer: Answer, asked: Asked, shown: Checkpoint, notes: Iterable[Checkpoint]) -> tuple[int, ...]:
    """Return the sizes of the notes that are beginnings of the log shown, every one that was asked about."""
    if asked.origin != shown.origin:  # a successor: the root's statement about it names where the old one ended
        if answer.steps:
            raise Refusal(Fault.LOGBOEK_ONBEWEZEN, "steps", detail="steps of another log than was asked about")
        return ()
    if asked.sizes and shown.size < asked.sizes[-1]:
        raise Refusal(Fault.LOGBOEK_TERUG, "note", detail="the log is shorter than it was")
    if tuple(each.size for each in answer.steps) != asked.sizes:
        raise Refusal(Fault.LOGBOEK_ONBEWEZEN, "steps", detail="not a step for each size asked about")
    held = {each.size: each for each in notes if each.origin == shown.origin}
    if any(size not in held for size in asked.sizes):
        raise Refusal(Fault.LOGBOEK_ONBEWEZEN, "steps", detail="a note that is no longer held")
    if shown.size in asked.sizes and held[shown.size].root != shown.root:
        raise Refusal(Fault.LOGBOEK_GESPLITST, "note", detail="one size, two roots")
    chain = [*(held[size] for size in asked.sizes), shown]
    for (old, new), step in zip(pairwise(chain), answer.steps, strict=True):
        _check_step(old, new, step.path)
    return asked.sizes


def _check_step(old: Checkpoint, new: Checkpoint, path: tuple[bytes, ...]) -> None:
    try:
        check_consistency(first=old.size, second=new.size, first_root=old.root, second_root=new.root, path=path)
    except ProofInvalid as error:
        raise Refusal(Fault.LOGBOEK_ONBEWEZEN, "steps", detail=str(error)) from None


def _split(detail: str) -> Refusal:
    return Refusal(Fault.REGISTER_GESPLITST, "directory", detail=detail)
