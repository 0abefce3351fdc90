"""Auditing which directory the log names: statement by statement, never back, and of the history the root signed."""

from zegel_broker.ledger.report import Finding, FindingCode
from zegel_schemas.directory import Directory
from zegel_schemas.record import Record


class DirectoryTrail:
    """Follows the versions entries name, in the order of the log; `findings` says what is wrong with them."""

    def __init__(self, directory: Directory) -> None:
        """Take the directory the log is held against: the newest there is."""
        self._directory = directory
        self._entered = 0  # the version the last statement entry made
        self._named = 0
        self.findings: list[Finding] = []

    def follow(self, index: int, record: Record) -> None:
        """Take in the next entry."""
        version = record.directory
        if record.type == "statement" and record.kind == "directory":
            if record.hash != version.head or (self._entered and version.count != self._entered + 1):
                self._find(index, "a statement that is not the next one")
            self._entered = version.count
        elif self._entered and version.count and version.count != self._entered:
            self._find(index, "a version that was not entered before it")
        if version.count < self._named:
            self._find(index, "an older version than an entry before it")
        if version.count and self._directory.head_at(version.count) != version.head:
            self._find(index, "a version this directory does not have: take the newest one")
        self._named = max(self._named, version.count)

    def _find(self, index: int, detail: str) -> None:
        self.findings.append(Finding(FindingCode.DIRECTORY_DIFFERS, index, detail))
