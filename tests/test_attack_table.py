"""docs/attacks.md is complete and true: every attack we promised, with a code that exists and tests that name it."""

import ast
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from zegel_schemas.directory import FlawCode
from zegel_schemas.refusals import Fault

ROOT = Path(__file__).parent.parent
PROMISED = (
    "any single bit turned over", "unknown key", "signing in another's name",
    "stripped signature, re-signed as one's own", "valid message over another's channel", "changed recipient",
    "R's delivery handed to Q", "exact replay", "same id, other content", "expired", "future", "validity too long",
    "revoked key", "key of another use", "other suite", "valid but spaced JSON", "duplicate JSON key",
    "extra clear field", "trailing byte", "4 GiB length", "no stamp", "stamp of another message", "deny-stamp",
    "stamp from an unsigned log", "stamp from a forked log", "convenant the root never signed",
    "convenant not in force on the day of the decision", "dry run replayed as message", "receipt presented as message",
    "entry of another type presented as stamp", "part dropped", "part added", "part swapped", "wrap of another message",
    "second key for one ciphertext", "other category's content in a part", "undeclared field inside a part",
    "wrong padding bucket", "small-order keys", "empty part", "false disclosure",
    "claim that does not match the content", "directory rollback", "directory fork", "one key counted twice",
    "foreign revocation", "stale directory", "root not signed by the old root",
)  # fmt: skip
CODES = {str(each) for each in (*Fault, *FlawCode)}
WITHOUT_CODE = {"exact replay", "stale directory"}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    attack: str
    codes: tuple[str, ...]
    tests: tuple[str, ...]


@cache
def rows() -> tuple[Row, ...]:
    """Return every line of every table of the document."""
    table = (ROOT / "docs" / "attacks.md").read_text()
    lines = re.findall(r"^\| ([^|`]+) \| ([^|]*) \| ([^|]*`) \|$", table, re.MULTILINE)
    return tuple(Row(name, *(tuple(re.findall(r"`([^`]+)`", cell)) for cell in cells)) for name, *cells in lines)


def test_every_promised_attack_stands_in_the_table_once() -> None:
    named = [row.attack for row in rows()]

    assert set(PROMISED) <= set(named)
    assert len(set(named)) == len(named)


def test_every_code_exists_and_only_two_attacks_end_without_one() -> None:
    assert {code for row in rows() for code in row.codes} <= CODES
    assert {row.attack for row in rows() if not row.codes} == WITHOUT_CODE


def test_every_test_of_the_table_is_there_to_be_run() -> None:
    named = sorted({f"tests/{test}" for row in rows() for test in row.tests})
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *named],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert found.returncode == 0, found.stdout[-3000:] + found.stderr[-1000:]


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.attack)
def test_the_tests_of_an_attack_ask_for_its_code(row: Row) -> None:
    said = "\n".join(source_of(test) for test in row.tests).upper()

    assert row.tests
    assert [code for code in row.codes if code not in said] == []


def source_of(test: str) -> str:
    """Return the text of a test with its parameters; of a test that is fed from a table, the lines of that one case."""
    file, _, name = test.partition("::")
    name, _, case = name.partition("[")
    text = (ROOT / "tests" / file).read_text()
    functions = [
        each
        for each in ast.walk(ast.parse(text))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name == name
    ]
    (found,) = functions
    start = min([found.lineno, *(each.lineno for each in found.decorator_list)])
    lines = text.splitlines()
    own = "\n".join(lines[start - 1 : found.end_lineno])
    if f'"{case.rstrip("]")}": (' in text:
        return own + text.partition(f'"{case.rstrip("]")}": (')[2][:300]
    return own + _table_of(own, text)


def _table_of(own: str, text: str) -> str:
    """Return the constant of the module that a test is parametrized with, when it is."""
    named = re.findall(r"parametrize\([^)]*?\b([A-Z_]{3,})\b", own)
    found = [
        ast.unparse(each)
        for each in ast.parse(text).body
        if isinstance(each, ast.Assign | ast.AnnAssign) and any(ast.unparse(each).startswith(name) for name in named)
    ]
    return "\n".join(found)
