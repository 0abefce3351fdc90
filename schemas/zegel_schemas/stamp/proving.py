"""Is this entry in the log the root names? Note first, then path, then commitment; only then is anything read."""

from dataclasses import InitVar, dataclass
from typing import Final, final

from zegel_schemas.directory import Directory
from zegel_schemas.merkle import ProofInvalid, check_inclusion, leaf_hash
from zegel_schemas.note import Checkpoint, open_checkpoint, read_origin
from zegel_schemas.record import Leaf, Record, check_entry, hash_explanation
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.stamp.entry import Proof
from zegel_schemas.stamp.wire import Notice

_DOOR: Final = object()


@final
@dataclass(frozen=True, slots=True, eq=False)
class Proven:
    """An entry that is in the log the root names, at `index` of the tree of `checkpoint`. By `check_proof` only."""

    leaf: Leaf
    record: Record
    index: int
    checkpoint: Checkpoint
    door: InitVar[object]

    def __post_init__(self, door: object) -> None:
        """Refuse to be made elsewhere."""
        if door is not _DOOR:
            raise TypeError("only check_proof and check_notice give a Proven")


def check_note(note: bytes, directory: Directory) -> Checkpoint:
    """Return what a log of the root signed; raise Refusal STEMPEL_VREEMD_LOGBOEK."""
    log = directory.logs.get(read_origin(note))
    if log is None:
        raise Refusal(Fault.STEMPEL_VREEMD_LOGBOEK, "note", detail="the root names no log of this origin")
    checkpoint = open_checkpoint(note, log.origin, log.public)
    if log.final_size is not None and checkpoint.size > log.final_size:
        raise Refusal(Fault.STEMPEL_VREEMD_LOGBOEK, "note", detail="the root closed this log at a smaller size")
    return checkpoint


def check_proof(proof: Proof, note: bytes, directory: Directory) -> Proven:
    """Return the entry once it is proven; raise Refusal STEMPEL_VREEMD_LOGBOEK or STEMPEL_KLOPT_NIET."""
    return _prove(proof, check_note(note, directory))


def check_notice(notice: Notice, directory: Directory) -> tuple[Proven, ...]:
    """Return the entries of a notice once all are proven and each explanation is the one its record names.

    Raises Refusal STEMPEL_VREEMD_LOGBOEK or STEMPEL_KLOPT_NIET; one faulty entry condemns the notice.
    """
    checkpoint = check_note(notice.note, directory)
    proven = tuple(_prove(each, checkpoint) for each in notice.proofs)
    for each in proven:
        text = notice.explanations.get(each.index)
        if text is not None and hash_explanation(text) != each.record.explanation:
            raise Refusal(Fault.STEMPEL_KLOPT_NIET, "explanation", detail="the record names another explanation")
    return proven


def _prove(proof: Proof, checkpoint: Checkpoint) -> Proven:
    try:
        check_inclusion(leaf_hash(proof.leaf), proof.index, checkpoint.size, proof.path, checkpoint.root)
    except ProofInvalid as error:
        raise Refusal(Fault.STEMPEL_KLOPT_NIET, "path", detail=str(error)) from None
    leaf, record = check_entry(proof.leaf, proof.record, proof.salt)
    if leaf.origin != checkpoint.origin:
        raise Refusal(Fault.STEMPEL_KLOPT_NIET, "leaf.origin", detail="a leaf of another log")
    return Proven(leaf, record, proof.index, checkpoint, door=_DOOR)
