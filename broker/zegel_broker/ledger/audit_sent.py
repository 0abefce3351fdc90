"""Auditing the senders' own bytes: signed by who the record says, and saying what the record says."""

from dataclasses import dataclass

from zegel_broker.ledger.report import Finding, FindingCode
from zegel_schemas.declaration import MOTIVATION_PART, Declaration
from zegel_schemas.directory import Directory
from zegel_schemas.record import SALT_SIZE, Record, commit_subject
from zegel_schemas.refusals import Refusal
from zegel_schemas.seal.container import check_sender_bytes
from zegel_schemas.seal.frame import Use
from zegel_schemas.seal.keys import KeyRecord
from zegel_schemas.seal.primitives import b64u, unb64u

_USE_OF_TYPE: dict[str, Use] = {"receipt": "receipt", "dryrun": "dryrun"}


@dataclass(frozen=True, slots=True)
class Beside:
    """One entry with all that lies beside its leaf; None where there is nothing."""

    index: int
    leaf: bytes
    record: bytes | None
    salt: bytes | None
    subject_salts: bytes | None
    declaration: bytes | None
    table: bytes | None
    signature: bytes | None
    explanation: bytes | None


@dataclass(frozen=True, slots=True)
class Sending:
    """What the sender's own bytes say of a message, once its signature held."""

    sender: str
    id: str
    hash: bytes
    re: str
    expires: int


def check_sent(findings: list[Finding], beside: Beside, record: Record, directory: Directory) -> Sending | None:
    """Return what the sender said; note what is wrong. A record without `kind` tells of a message kept by hash only."""
    said = record.type in {"decision", "registration", "dryrun"}
    needed = record.type == "receipt" or (said and record.kind != "")
    if beside.declaration is None or beside.table is None or beside.signature is None:
        if needed:
            findings.append(Finding(FindingCode.SENT_MISSING, beside.index))
        return None
    if not needed:
        findings.append(Finding(FindingCode.SENT_DIFFERS, beside.index, "nothing of it may be kept but its hash"))
        return None
    try:
        declaration = Declaration.from_bytes(beside.declaration)
        hashed = _check_signature(beside, record, declaration, directory)
    except (Refusal, ValueError):
        findings.append(Finding(FindingCode.SENT_DIFFERS, beside.index, "not signed by who the record names"))
        return None
    wrong = _compare_receipt(declaration, record) if record.type == "receipt" else _compare(declaration, record, hashed)
    if wrong:
        findings.append(
            Finding(FindingCode.SENT_DIFFERS, beside.index, f"the record says otherwise: {', '.join(wrong)}")
        )
    if record.type != "receipt" and _commit_subjects(declaration, beside.subject_salts or b"") != record.subjects:
        findings.append(Finding(FindingCode.SUBJECTS_DIFFER, beside.index))
    sender = declaration.sender.instantie
    return Sending(sender, declaration.id, hashed, declaration.re, declaration.expires)


def _check_signature(beside: Beside, record: Record, declaration: Declaration, directory: Directory) -> bytes:
    key = _find_key(declaration, record, directory)
    if key is None or key.owner != declaration.sender.instantie:
        raise ValueError("no such key of this sender")
    return check_sender_bytes(
        _USE_OF_TYPE.get(record.type, "message"),
        beside.declaration or b"",
        beside.table or b"",
        signature=beside.signature or b"",
        signer=key.public,
    )


def _find_key(declaration: Declaration, record: Record, directory: Directory) -> KeyRecord | None:
    """Return the sender's key, also of one that has left since: then as the directory knew it at the decision."""
    key_id = unb64u(declaration.sender.key)
    key = directory.key(key_id)
    if key is None and 1 <= record.directory.count <= directory.count:
        key = directory.at(record.directory.count).key(key_id)
    return key


def _compare(declaration: Declaration, record: Record, hashed: bytes) -> list[str]:
    enclosed = (part.category for part in declaration.parts if part.category != MOTIVATION_PART)
    pairs = {
        "hash": (b64u(hashed), record.hash),
        "message": (declaration.id, record.message),
        "from": (declaration.sender.instantie, record.sender),
        "to": (declaration.recipient.instantie, record.recipient),
        "kind": (declaration.kind, record.kind),
        "casus": (declaration.casus, record.casus),
        "purpose": (declaration.purpose, record.purpose),
        "categories": (tuple(dict.fromkeys((*declaration.asks, *enclosed))), record.categories),
    }
    return [name for name, (said, recorded) in pairs.items() if said != recorded]


def _compare_receipt(declaration: Declaration, record: Record) -> list[str]:
    """A receipt's record tells of the message it answers: `to` is who receipted."""
    pairs = {
        "hash": (declaration.re, record.hash),
        "to": (declaration.sender.instantie, record.recipient),
        "casus": (declaration.casus, record.casus),
        "kind": (declaration.claims.result, record.kind),
        "codes": (declaration.claims.reason.upper(), record.codes[0] if record.codes else ""),
    }
    return [name for name, (said, recorded) in pairs.items() if said != recorded]


def _commit_subjects(declaration: Declaration, salts: bytes) -> tuple[str, ...]:
    parts = [salts[at : at + SALT_SIZE] for at in range(0, len(salts), SALT_SIZE)]
    if len(parts) != len(declaration.subjects):
        return ()
    return tuple(
        commit_subject(declaration.casus, subject, salt)
        for subject, salt in zip(declaration.subjects, parts, strict=True)
    )
