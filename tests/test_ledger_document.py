"""The ledger's document says what there is: every finding, every table."""

import re
import sqlite3
from pathlib import Path

from zegel_broker.ledger.migrate import prepare_schema
from zegel_broker.ledger.report import Finding, FindingCode, Report, report_lines

DOCUMENT = (Path(__file__).parents[1] / "docs" / "ledger.md").read_text()
ROWS = re.findall(r"^\| `(\w+)` \|", DOCUMENT, re.MULTILINE)


def test_every_finding_is_explained_and_no_other() -> None:
    assert {row for row in ROWS if row.isupper()} == set(map(str, FindingCode))


def test_every_table_is_described_and_no_other() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    prepare_schema(connection)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    connection.close()

    assert {row for row in ROWS if row.islower()} == tables


def test_a_sound_ledger_ends_in_one_line_that_says_so() -> None:
    report = Report(entries=12, notes=5, witnesses=1, findings=())

    assert list(report_lines(report)) == ["ledger verified: 12 entries (5 notes, 1 from outside)"]


def test_a_ledger_that_is_not_sound_shows_what_was_found_first() -> None:
    findings = tuple(Finding(FindingCode.RECORD_MISSING, index) for index in range(60))

    lines = list(report_lines(Report(entries=60, notes=0, witnesses=0, findings=findings)))

    assert lines[0] == "RECORD_MISSING at entry 0"
    assert lines[-2:] == ["... and 10 more", "LEDGER NOT SOUND: 60 findings in 60 entries (0 notes, 0 from outside)"]
