"""docs/convenant.md is run: its commands print what stands there, and it leaves out no key, test or code."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.convenant_pages import COMMANDS, FILES, PAGE, Shown, lay_out
from zegel_broker.cases.facts import FACT_KEYS
from zegel_broker.cases.messages import MESSAGE_KEYS
from zegel_broker.cli import app
from zegel_broker.convenant_tools.finding import ERRORS, Code
from zegel_schemas.convenant.documents import KEYS
from zegel_schemas.convenant.words import TESTS

WORDS = set(re.findall(r"`([^`]+)`", re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)))
BARE = {word.split(":")[0].strip('"') for word in WORDS}
IN_FILES = set(re.findall(r"(\w+):", "\n".join(FILES.values())))


@pytest.mark.parametrize("shown", COMMANDS, ids=[shown.command for shown in COMMANDS])
def test_a_command_on_the_page_prints_what_stands_there(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(app, ["convenant", *shown.command.split()])

    assert result.output == shown.output
    assert result.exit_code in {0, 1}


def test_every_command_is_shown() -> None:
    shown = {command.command.split()[0] for command in COMMANDS}

    assert shown == {"lint", "test", "explain", "matrix", "diff"}  # replay needs a ledger; its own test has one


def test_every_key_of_the_format_is_on_the_page() -> None:
    assert sorted(KEYS - BARE - IN_FILES) == []


def test_every_test_of_a_condition_is_on_the_page() -> None:
    assert sorted(TESTS.keys() - BARE) == []


def test_every_key_of_a_case_is_on_the_page() -> None:
    assert sorted((FACT_KEYS | MESSAGE_KEYS) - BARE - IN_FILES) == []


@pytest.mark.parametrize("code", Code)
def test_every_finding_of_lint_stands_in_the_table_where_it_belongs(code: Code) -> None:
    errors, remarks = PAGE.split("| code | error:")[1].split("| code | remark:")

    assert f"| `{code}` |" in (errors if code in ERRORS else remarks)
