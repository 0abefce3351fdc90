"""Auditing what lies beside the leaves: records, explanations, the senders' own bytes; and the story they tell."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field

from zegel_broker.ledger.audit_directory import DirectoryTrail
from zegel_broker.ledger.audit_sent import Beside, Sending, check_sent
from zegel_broker.ledger.names import aside_name
from zegel_broker.ledger.report import Finding, FindingCode
from zegel_broker.ledger.rows import Closing, HistoryRow, MessageRow
from zegel_schemas.declaration import BROKER
from zegel_schemas.directory import Directory
from zegel_schemas.record import Record, check_entry, hash_explanation
from zegel_schemas.refusals import Fault, Refusal
from zegel_schemas.seal.primitives import unb64u

_BESIDE = """SELECT entry.idx, leaf, record, salt, subject_salts, declaration, seal_table, signature, explanation
FROM entry LEFT JOIN record USING (idx) LEFT JOIN sent USING (idx) LEFT JOIN explanation USING (idx)
ORDER BY entry.idx"""


@dataclass(slots=True)
class Told:
    """A message as the log tells it: what the broker must remember of it."""

    index: int
    key: tuple[str, str]  # sender and id, or inbox and the name of a message set aside
    hash: bytes
    record: Record
    sending: Sending | None
    declaration: bytes | None
    leaf: bytes
    raw: bytes
    delivered: int | None = None
    closed: int | None = None
    closing: Closing = ""
    code: str = ""
    answers: int | None = None

    @property
    def permitted(self) -> bool:
        """Return whether it was permitted."""
        return self.record.outcome == "permitted"

    def row(self, expires: int) -> MessageRow:
        """Return the row the broker must hold; `expires` is taken from it when the sender's bytes were not kept."""
        record, aside = self.record, self.key[1].startswith("#")
        receipt = record.type == "receipt"
        codes = () if receipt else record.codes
        return MessageRow(
            idx=self.index,
            sender=self.key[0],
            id=self.key[1],
            hash=self.hash,
            recipient=BROKER if aside or receipt else record.recipient,
            casus="" if aside else record.casus,
            outcome="receipt" if receipt else "permitted" if self.permitted else "refused",
            code=self.code or (codes[0] if codes else ""),
            expires=self.sending.expires if self.sending else expires,
            delivered=self.delivered,
            closed=self.closed,
            closing=self.closing,
            answers=self.answers,
            alarm=Fault.ANDER_BERICHT_ZELFDE_ID in codes,
        )

    def history(self) -> HistoryRow | None:
        """Return what a casus is folded from, None for what never took effect."""
        if not self.permitted or self.record.type == "receipt" or self.declaration is None:
            return None
        void = self.closing in {"undeliverable", "rejected", "expired"}
        return HistoryRow(self.index, self.hash, self.leaf, self.raw, self.declaration, void)


@dataclass(slots=True)
class RecordAudit:
    """The story so far, and what is wrong with it."""

    messages: dict[int, Told] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    last: Record | None = None
    keys: set[tuple[str, str]] = field(default_factory=set)
    beside: dict[int, Record] = field(default_factory=dict)  # dry runs and duties, by log index

    def find(self, code: FindingCode, index: int | None = None, detail: str = "") -> None:
        """Note something that is wrong."""
        self.findings.append(Finding(code, index, detail))


def check_records(connection: sqlite3.Connection, *, directory: Directory) -> RecordAudit:
    """Open every leaf with the record and salt beside it, and follow each message from decision to end."""
    audit, trail = RecordAudit(), DirectoryTrail(directory)
    for beside in _read_beside(connection):
        try:
            _check_beside(audit, beside, directory, trail)
        except (Refusal, TypeError, ValueError):
            audit.find(FindingCode.RECORD_DIFFERS, beside.index)
    for index in sorted(audit.missing - audit.erased):
        audit.find(FindingCode.RECORD_MISSING, index, "no erasure entry names it")
    for index in sorted(audit.erased - audit.missing):
        audit.find(FindingCode.RECORD_DIFFERS, index, "an erasure entry names it, and yet it is there")
    audit.findings += trail.findings
    return audit


def _read_beside(connection: sqlite3.Connection) -> Iterator[Beside]:
    for row in connection.execute(_BESIDE):
        yield Beside(*row)


def _check_beside(audit: RecordAudit, beside: Beside, directory: Directory, trail: DirectoryTrail) -> None:
    if beside.record is None or beside.salt is None:
        audit.missing.add(beside.index)
        return
    _, record = check_entry(beside.leaf, beside.record, beside.salt)
    audit.last = record
    trail.follow(beside.index, record)
    _check_explanation(audit, beside, record)
    sending = check_sent(audit.findings, beside, record, directory)
    match record.type:
        case "decision" | "registration":
            _follow_decision(audit, beside, record, sending)
        case "delivered" | "undeliverable" | "expired" | "receipt":
            _follow_end(audit, beside, record, sending)
        case "dryrun" | "duty":
            audit.beside[beside.index] = record
        case "erasure":
            audit.erased.update(record.earlier)
        case _:
            pass


def _check_explanation(audit: RecordAudit, beside: Beside, record: Record) -> None:
    if beside.explanation is None:
        if record.explanation:
            audit.find(FindingCode.EXPLANATION_MISSING, beside.index)
    elif hash_explanation(beside.explanation) != record.explanation:
        audit.find(FindingCode.EXPLANATION_DIFFERS, beside.index)


def _follow_decision(audit: RecordAudit, beside: Beside, record: Record, sending: Sending | None) -> None:
    hashed = unb64u(record.hash)
    key = (record.sender, record.message) if record.message else (record.recipient, aside_name(hashed))
    if key in audit.keys:
        audit.find(FindingCode.DECISION_TWICE, beside.index, "this message was decided before")
    _tell(
        audit, Told(beside.index, key, hashed, record, sending, beside.declaration, beside.leaf, beside.record or b"")
    )


def _follow_end(audit: RecordAudit, beside: Beside, record: Record, sending: Sending | None) -> None:
    first = record.earlier[0] if record.earlier else beside.index
    if first in audit.missing:
        return  # its decision was erased: nothing to compare with
    told = audit.messages.get(first)
    if told is None or not told.permitted or told.record.hash != record.hash:
        code = (
            FindingCode.DELIVERED_WITHOUT_DECISION if record.type == "delivered" else FindingCode.END_WITHOUT_DECISION
        )
        audit.find(code, beside.index, "no earlier entry permits this message")
        return
    if told.closed is not None or (record.type == "delivered" and told.delivered is not None):
        audit.find(FindingCode.END_TWICE, beside.index, "the message was delivered, or ended, before")
        return
    if record.type in {"receipt", "expired"} and told.delivered is None:
        audit.find(FindingCode.RECEIPT_WITHOUT_DELIVERED, beside.index)
    _end(audit, told, beside, record, sending)


def _end(audit: RecordAudit, told: Told, beside: Beside, record: Record, sending: Sending | None) -> None:
    if record.type == "delivered":
        told.delivered = beside.index
        return
    told.closed, told.code = beside.index, record.codes[0] if record.codes else ""
    match record.type:
        case "undeliverable" | "expired":
            told.closing = record.type
        case _:
            told.closing = "rejected" if record.kind == "rejected" else "opened"
            if sending is not None:
                key = sending.sender, sending.id
                receipt = Told(beside.index, key, sending.hash, record, sending, None, beside.leaf, b"")
                receipt.answers = told.index
                _tell(audit, receipt)


def _tell(audit: RecordAudit, told: Told) -> None:
    audit.keys.add(told.key)
    audit.messages[told.index] = told
