"""What an audit of the ledger found; every finding has one stable code, and none says anything of a message."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class FindingCode(StrEnum):
    """The ways in which a ledger can be wrong. docs/ledger.md says what each means and what to do."""

    DATABASE_DAMAGED = "DATABASE_DAMAGED"
    SCHEMA_WRONG = "SCHEMA_WRONG"
    STATE_DIFFERS = "STATE_DIFFERS"
    # the log
    ENTRY_MISSING = "ENTRY_MISSING"
    ENTRY_BEYOND = "ENTRY_BEYOND"
    ENTRY_UNREADABLE = "ENTRY_UNREADABLE"
    TIME_BACKWARDS = "TIME_BACKWARDS"
    TILE_DIFFERS = "TILE_DIFFERS"
    ROOT_DIFFERS = "ROOT_DIFFERS"
    NOTE_UNSIGNED = "NOTE_UNSIGNED"
    NOTE_DIFFERS = "NOTE_DIFFERS"
    # what others hold
    WITNESS_UNSIGNED = "WITNESS_UNSIGNED"
    WITNESS_BEYOND = "WITNESS_BEYOND"
    WITNESS_DIFFERS = "WITNESS_DIFFERS"
    # what lies beside the leaves
    RECORD_MISSING = "RECORD_MISSING"
    RECORD_DIFFERS = "RECORD_DIFFERS"
    SUBJECTS_DIFFER = "SUBJECTS_DIFFER"
    SENT_MISSING = "SENT_MISSING"
    SENT_DIFFERS = "SENT_DIFFERS"
    EXPLANATION_MISSING = "EXPLANATION_MISSING"
    EXPLANATION_DIFFERS = "EXPLANATION_DIFFERS"
    # the directory
    DIRECTORY_DIFFERS = "DIRECTORY_DIFFERS"
    # the story
    DECISION_TWICE = "DECISION_TWICE"
    END_TWICE = "END_TWICE"
    DELIVERED_WITHOUT_DECISION = "DELIVERED_WITHOUT_DECISION"
    END_WITHOUT_DECISION = "END_WITHOUT_DECISION"
    RECEIPT_WITHOUT_DELIVERED = "RECEIPT_WITHOUT_DELIVERED"
    # the broker's memory
    MESSAGE_DIFFERS = "MESSAGE_DIFFERS"
    CASUS_DIFFERS = "CASUS_DIFFERS"
    UNCOLLECTED_DIFFERS = "UNCOLLECTED_DIFFERS"
    DRYRUN_DIFFERS = "DRYRUN_DIFFERS"
    DUTY_DIFFERS = "DUTY_DIFFERS"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `index` is the log index it is about, None when it is about the whole."""

    code: FindingCode
    index: int | None = None
    detail: str = ""

    def __str__(self) -> str:
        """Return code, place and detail on one line."""
        place = "" if self.index is None else f" at entry {self.index}"
        return f"{self.code}{place}{': ' + self.detail if self.detail else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The result of an audit; `notes` counts the checkpoints that hold, `witnesses` those from outside that agree."""

    entries: int
    notes: int
    witnesses: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Return whether nothing was found."""
        return not self.findings

    @property
    def codes(self) -> frozenset[str]:
        """Return the codes found."""
        return frozenset(str(finding.code) for finding in self.findings)


MAX_LINES = 50  # findings printed; one altered entry in the middle can make thousands


def report_lines(report: Report) -> Iterator[str]:
    """Yield what `zegel-broker log verify` prints: findings first, then one line that says how it ended."""
    yield from map(str, report.findings[:MAX_LINES])
    if len(report.findings) > MAX_LINES:
        yield f"... and {len(report.findings) - MAX_LINES} more"
    held = f"{report.notes} notes, {report.witnesses} from outside"
    if report.sound:
        yield f"ledger verified: {report.entries} entries ({held})"
    else:
        yield f"LEDGER NOT SOUND: {len(report.findings)} findings in {report.entries} entries ({held})"
