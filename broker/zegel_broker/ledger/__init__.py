"""The book: what was asked, decided, delivered and received, with proofs; read `ledger.py`, then `arrivals.py`."""

from zegel_broker.ledger.audit import verify_log
from zegel_broker.ledger.errors import (
    ClockBehind,
    DirectoryWentBack,
    LedgerDamaged,
    LedgerError,
    LedgerRolledBack,
    LedgerSchemaWrong,
)
from zegel_broker.ledger.ledger import Ledger
from zegel_broker.ledger.report import Finding, FindingCode, Report, report_lines
from zegel_broker.ledger.settlement import (
    Delivered,
    Outcome,
    OutcomeFault,
    OutcomeSettled,
    Reminder,
    Reminders,
    Settled,
    SettleFault,
    Settlement,
    Undeliverable,
)
from zegel_broker.ledger.showing import Shown

__all__ = [
    "ClockBehind",
    "Delivered",
    "DirectoryWentBack",
    "Finding",
    "FindingCode",
    "Ledger",
    "LedgerDamaged",
    "LedgerError",
    "LedgerRolledBack",
    "LedgerSchemaWrong",
    "Outcome",
    "OutcomeFault",
    "OutcomeSettled",
    "Reminder",
    "Reminders",
    "Report",
    "SettleFault",
    "Settled",
    "Settlement",
    "Shown",
    "Undeliverable",
    "report_lines",
    "verify_log",
]
