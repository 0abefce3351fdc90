"""The records the ledger writes: per type of entry what is said, and what is left out of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from zegel_broker.decision import Decision
from zegel_broker.ledger.explain import explain_decision, explain_refusal
from zegel_broker.ledger.rows import MessageRow, Sent
from zegel_broker.ledger.scene import Scene
from zegel_broker.lesson import Lesson
from zegel_broker.verify import Unread
from zegel_schemas.declaration import BROKER, MOTIVATION_PART, REGISTRATION, Declaration
from zegel_schemas.record import SALT_SIZE, DirectoryVersion, EntryType, Record, commit_subject, hash_explanation
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.container import Signed
from zegel_schemas.seal.primitives import b64u

RecordedEnd = Literal["delivered", "undeliverable", "expired", "receipt"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is written of a decision. `foreign`: it may hold unknown codes, so only the hash of its bytes is kept."""

    permitted: bool
    codes: tuple[str, ...] = ()
    rules: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    duties: tuple[str, ...] = ()
    foreign: bool = True
    explanation: bytes = b""

    @property
    def code(self) -> str:
        """Return the main code, "" when permitted."""
        return self.codes[0] if self.codes else ""

    @classmethod
    def judged(cls, decision: Decision, scene: Scene, lesson: Lesson) -> "Verdict":
        """Return what is written of the judge's decision, and what its refusal teaches."""
        return cls(
            permitted=decision.permitted,
            codes=decision.codes,
            rules=decision.rules if decision.permitted else {},
            duties=decision.duties,
            foreign=decision.foreign,
            explanation=explain_decision(decision, convenant=scene.digest, lesson=lesson),
        )

    @classmethod
    def refused(cls, refusal: Refusal, scene: Scene) -> "Verdict":
        """Return what is written of a refusal before the convenant was asked: its codes were compared with nothing."""
        return cls(permitted=False, codes=(refusal.code,), explanation=explain_refusal(refusal, convenant=scene.digest))


@dataclass(frozen=True, slots=True)
class Subjects:
    """The commitments to the subjects of one message, in the order of its declaration, and the salts that open them."""

    commitments: tuple[str, ...] = ()
    salts: bytes = b""

    @classmethod
    def commit(cls, declaration: Declaration, scene: Scene) -> "Subjects":
        """Draw a salt per subject: who gets one of them recognises one person in one record and nobody else."""
        salts = scene.random(SALT_SIZE * len(declaration.subjects)) if declaration.subjects else b""
        parts = [salts[at : at + SALT_SIZE] for at in range(0, len(salts), SALT_SIZE)]
        named = zip(declaration.subjects, parts, strict=True)
        return cls(tuple(commit_subject(declaration.casus, subject, salt) for subject, salt in named), salts)


def sent_bytes(signed: Signed) -> Sent:
    """Return what proves to an outsider that the sender said it."""
    return Sent(signed.declaration_bytes, signed.table_bytes, signed.signature)


def record_decision(
    declaration: Declaration, *, message_hash: bytes, verdict: Verdict, subjects: Subjects, scene: Scene
) -> Record:
    """Return the record of a decision, or of a registration to the broker itself."""
    known = not verdict.foreign
    registers = declaration.kind == REGISTRATION and declaration.recipient.instantie == BROKER
    return Record(
        type="registration" if registers else "decision",
        message=declaration.id,
        hash=b64u(message_hash),
        sender=declaration.sender.instantie,
        recipient=declaration.recipient.instantie if known else _known_recipient(declaration, scene),
        kind=declaration.kind if known else "",
        casus=declaration.casus,
        purpose=declaration.purpose if known else "",
        categories=_categories(declaration) if known else (),
        subjects=subjects.commitments,
        convenant=scene.digest,
        directory=scene.directory,
        outcome="permitted" if verdict.permitted else "refused",
        rules=dict(verdict.rules),
        codes=verdict.codes,
        duties=verdict.duties,
        explanation=hash_explanation(verdict.explanation) if verdict.explanation else "",
    )


def record_turned_away(signed: Signed, inbox: str, *, verdict: Verdict, scene: Scene) -> Record:
    """Return the record of a message that may not occupy an id: who signed, whose inbox it came in, and why not."""
    return Record(
        type="decision",
        hash=b64u(signed.message_hash),
        sender=signed.signer.owner,
        recipient=inbox,  # who hears of it; whom it was meant for is not known to be true
        convenant=scene.digest,
        directory=scene.directory,
        outcome="refused",
        codes=verdict.codes,
        explanation=hash_explanation(verdict.explanation),
    )


def record_end(
    row: MessageRow,
    kind: RecordedEnd,
    *,
    scene: Scene,
    word: str = "",
    code: str = "",
    explanation: bytes = b"",
) -> Record:
    """Return the record of what became of a permitted message; a receipt's `kind` is its word: opened or rejected."""
    return Record(
        type=kind,
        message=row.id,
        hash=b64u(row.hash),
        sender=row.sender,
        recipient=row.recipient,
        kind=word,
        casus=row.casus,
        convenant=scene.digest,
        directory=scene.directory,
        codes=(code,) if code else (),
        explanation=hash_explanation(explanation) if explanation else "",
        earlier=row.entries,
    )


def record_unread(inbox: str, code: str, bodies: Iterable[Unread], *, explanation: bytes, scene: Scene) -> Record:
    """Return the record of everything unreadable that came in one inbox for one reason in this batch."""
    hashes = [each.body_hash for each in bodies]
    return Record(
        type="unreadable",
        hash=b64u(hashes[0]) if len(hashes) == 1 else "",
        recipient=inbox,  # told to the inbox's owner; who wrote it, nobody knows
        convenant=scene.digest,
        directory=scene.directory,
        codes=(code,),
        explanation=hash_explanation(explanation),
        count=len(hashes),
    )


def record_event(kind: EntryType, scene: Scene) -> Record:
    """Return the record of an event of the log itself: start, stop, tick."""
    return Record(type=kind, convenant=scene.digest, directory=scene.directory)


def record_statement(version: DirectoryVersion, scene: Scene) -> Record:
    """Return the record that the directory counts one statement more: its version is {count, head} from here on."""
    return Record(type="statement", kind="directory", hash=version.head, convenant=scene.digest, directory=version)


def record_convenant(scene: Scene) -> Record:
    """Return the record that another set of documents is in force from here on, by its digest."""
    return Record(
        type="statement", kind="convenant", hash=scene.digest, convenant=scene.digest, directory=scene.directory
    )


def _known_recipient(declaration: Declaration, scene: Scene) -> str:
    name = declaration.recipient.instantie
    return name if name in scene.registry.directory.members else ""


def _categories(declaration: Declaration) -> tuple[str, ...]:
    enclosed = (part.category for part in declaration.parts if part.category != MOTIVATION_PART)
    return tuple(dict.fromkeys((*declaration.asks, *enclosed)))
