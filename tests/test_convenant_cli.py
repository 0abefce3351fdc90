"""`zegel-broker convenant`: what each command prints, its JSON, and the exit code for good, found and bad input."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.convenant_pages import CASES, SMALL, changed, lay_out
from tests.ledger_town import Book, arrive, draw_casus, report
from zegel_broker.cli import app
from zegel_schemas.convenant import shipped_convenant

SHIPPED = Path(shipped_convenant().trees[0].file)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test works in a folder with the files of docs/convenant.md."""
    lay_out(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str) -> Result:
    return CliRunner().invoke(app, ["convenant", *words])


def answer(*words: str) -> dict[str, Any]:
    found = json.loads(call(*words, "--json").stdout)
    assert isinstance(found, dict)
    return found


def test_the_shipped_cases_pass_with_the_shipped_convenant() -> None:
    result = call("test")

    assert result.exit_code == 0
    last = result.stdout.splitlines()[-1]
    passed, failed = last.split(", ")
    assert int(passed.removesuffix(" passed")) > 100
    assert failed == "0 failed"


def test_a_failing_case_is_one_line_with_what_was_expected_and_what_came(place: Path) -> None:
    (place / "gevallen.yaml").write_text(CASES.replace("regel: [VZ-2]", "regel: [VZ-4]"))
    result = call("test", "gevallen.yaml", "--convenant", "klein.yaml")

    assert result.exit_code == 1
    first, last = result.stdout.splitlines()
    assert first.startswith(
        "K1 Gemeente vraagt de school naar verzuim: verwacht toestaan [VZ-4], kreeg toestaan [VZ-2]"
    )
    assert last == "4 passed, 1 failed"
    failed = answer("test", "gevallen.yaml", "--convenant", "klein.yaml")
    assert failed == {
        "passed": 4,
        "failed": [
            {
                "id": "K1",
                "title": "Gemeente vraagt de school naar verzuim",
                "expected": "toestaan [VZ-4]",
                "got": "toestaan [VZ-2]",
                "differs": "regel",
            }
        ],
    }


def test_a_folder_is_one_convenant(place: Path) -> None:
    folder = place / "map"
    folder.mkdir()
    (folder / "klein.yaml").write_text(SMALL)
    (folder / "gevallen.yaml").write_text(CASES)

    assert call("test", "gevallen.yaml", "--convenant", "map").stdout == "5 passed, 0 failed\n"
    assert call("lint", "map").exit_code == 0


def test_lint_exits_with_one_for_an_error_and_with_nought_for_a_remark() -> None:
    wrong = answer("lint", "fout2.yaml")

    assert call("lint").exit_code == 0
    assert call("lint", "klein.yaml").exit_code == 0
    assert call("lint", "fout2.yaml").exit_code == 1
    assert [(each["code"], each["file"], each["severe"]) for each in wrong["errors"]] == [
        ("no-special-ground", "fout2.yaml", True)
    ]
    assert wrong["remarks"][0]["code"] == "no-condition"


def test_lint_tells_every_fault_of_a_text_that_cannot_be_read(place: Path) -> None:
    (place / "x.yaml").write_text(
        changed(("    aan: [jeugdarts]", "    aan: [jeugdart]"), ("  - id: VZ-6", "  - id: VZ-5"))
    )
    wrong = answer("lint", "x.yaml")

    assert {each["code"] for each in wrong["errors"]} == {"names"}
    assert len(wrong["errors"]) == 2
    assert call("lint", "x.yaml").exit_code == 1


def test_explain_names_the_case_and_says_whether_it_is_as_expected(place: Path) -> None:
    good = answer("explain", "gevallen.yaml", "--case", "K3", "--convenant", "klein.yaml")
    (place / "gevallen.yaml").write_text(CASES.replace("code: NIET_DE_BRON", "code: BOVEN_PLAFOND"))
    other = call("explain", "gevallen.yaml", "--case", "K2", "--convenant", "klein.yaml", "--lang", "nl")

    assert (good["case"], good["as_expected"], good["code"]) == ("K3", True, "VW_TOESTEMMING")
    assert other.exit_code == 1
    assert other.stdout.splitlines()[-1] == "verwacht weigeren BOVEN_PLAFOND [], kreeg weigeren NIET_DE_BRON []"


def test_a_file_with_one_case_needs_no_name(place: Path) -> None:
    (place / "een.yaml").write_text(CASES[: CASES.index("  - id: K2")])

    assert call("explain", "een.yaml", "--convenant", "klein.yaml").exit_code == 0


def test_the_matrix_is_filtered_by_party_category_and_purpose() -> None:
    rows = answer("matrix", "--convenant", "klein.yaml", "--party", "jeugdarts", "--category", "gezondheid_algemeen")

    assert [(row["way"], row["learner"], row["rule"], row["conditions"]) for row in rows["rows"]] == [
        ("krijgt", "gemeente", "VZ-5", ["toestemming"]),
        ("vraagt", "gemeente", "VZ-4", ["motivering", "antwoord_14", "toestemming"]),
    ]
    assert call("matrix", "--convenant", "klein.yaml", "--purpose", "verzuimregie").stdout.endswith("2 rows\n")


def test_diff_exits_with_one_when_there_is_a_difference() -> None:
    found = answer("diff", "klein.yaml", "ontwerp.yaml")

    assert call("diff", "klein.yaml", "klein.yaml").exit_code == 0
    assert call("diff", "klein.yaml", "ontwerp.yaml").exit_code == 1
    assert {each["what"] for each in found["changes"]} == {"loosened"}
    assert found["terms"] == [{"document": "VERZUIM", "key": "ondertekening", "what": "changed"}]


async def test_replay_exits_with_one_when_something_flips(place: Path) -> None:
    book = Book(place)
    ledger = await book.open()
    await ledger.settle([arrive(report(draw_casus()))])
    await book.close()
    shipped = Path(__file__).parent.parent / "schemas" / "zegel_schemas" / "convenants" / SHIPPED.name
    stricter = shipped.read_text().replace(
        "velden: [waarom_nodig], min_tekens: 40", "velden: [waarom_nodig], min_tekens: 90"
    )
    (place / "ontwerp2.yaml").write_text(stricter)

    same, other = call("replay", "ledger.db", str(shipped)), call("replay", "ledger.db", "ontwerp2.yaml")

    assert (same.exit_code, same.stdout) == (
        0,
        "1 decision judged again: 0 flips, 0 refused for another reason; 0 could not be\n",
    )
    assert other.exit_code == 1
    assert other.stdout.splitlines()[0].partition(": ")[2] == (
        "permitted [CMPG-101, CMPG-102] -> refused VW_MOTIVERING [CMPG-101, CMPG-102]"
    )
    assert answer("replay", "ledger.db", "ontwerp2.yaml")["flips"][0]["new_code"] == "VW_MOTIVERING"
    assert "in no log" in same.stderr


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["test", "nergens.yaml"], "nergens.yaml: No such file"),
        (["test", "klein.yaml"], "klein.yaml:1: "),
        (["test", "gevallen.yaml", "--convenant", "fout.yaml"], "jeugdart"),
        (["lint", "nergens.yaml"], "nergens.yaml: No such file"),
        (["explain", "gevallen.yaml", "--convenant", "klein.yaml"], "choose one with --case: K1, K2, K3, K4, K5"),
        (["explain", "gevallen.yaml", "--case", "K9", "--convenant", "klein.yaml"], "choose one with --case"),
        (["matrix", "--party", "polite"], "'polite' is no party, category or purpose"),
        (["diff", "klein.yaml", "fout.yaml"], "jeugdart"),
        (["diff", "klein.yaml"], "Missing argument"),
        (["replay", "nergens.db", "klein.yaml"], "nergens.db"),
        (["replay", "ledger.db", "klein.yaml", "--by", "m-0123456789abcdef"], "--config"),
        (["replay", "ledger.db", "klein.yaml", "--config", "klein.yaml", "--by", "jansen"], "16 hexadecimal digits"),
        (["replay", "klein.yaml", "klein.yaml"], "ledger"),
        (["verzin"], "No such command"),
    ],
)
def test_bad_input_exits_with_two_and_says_what_is_wrong(words: list[str], says: str) -> None:
    result = call(*words)

    assert result.exit_code == 2, result.output
    assert says in result.stderr
    assert result.stdout == ""


def test_bad_input_is_json_for_programs() -> None:
    result = call("matrix", "--party", "polite", "--json")

    assert json.loads(result.stderr)["error"].startswith("'polite'")


def test_the_help_teaches_the_order_of_work_and_the_exit_codes() -> None:
    text = " ".join(call("--help").stdout.split())

    assert "Exit codes: 0 all is well" in text.replace("│", "").replace("  ", " ")
    for command in ("test", "lint", "explain", "matrix", "diff", "replay"):
        assert call(command, "--help").exit_code == 0
        assert command in text
