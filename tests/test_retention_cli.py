"""`zegel-adapter destroy` as its users meet it."""

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.adapter_scene import CASUS, REGIE, Municipality, found_town, new_casus, question
from zegel_adapters.cli import app
from zegel_adapters.desk import Desk


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch, now=int(time.time()))


def call(town: Municipality, casus: str, *more: str, answer: str | None = None) -> Result:
    home = str(town.home(REGIE))
    return CliRunner().invoke(app, ["destroy", "--home", home, "--casus", casus, *more], input=answer)


def keep_something(town: Municipality) -> None:
    with Desk(town.home(REGIE)) as desk:
        desk.send(question(due=""))


def test_it_asks_first_and_no_is_no(town: Municipality) -> None:
    keep_something(town)
    result = call(town, CASUS, answer="n\n")

    assert result.exit_code == 1
    assert "cannot be undone" in result.output
    with Desk(town.home(REGIE)) as desk:
        assert desk.draft(desk.sent()[0].id).casus == CASUS


def test_yes_is_yes_and_twice_is_told(town: Municipality) -> None:
    keep_something(town)
    first = call(town, CASUS, "--anyway", answer="y\n")
    second = call(town, CASUS, "--yes", "--json")

    assert first.exit_code == 0
    assert "niets ervan is nog te lezen" in first.output
    assert json.loads(second.output) == {"casus": CASUS, "destroyed": False, "confirmations": []}


def test_what_is_on_its_way_is_named_with_the_remedy(town: Municipality) -> None:
    keep_something(town)
    result = call(town, CASUS, "--yes")

    assert result.exit_code == 1
    assert "--anyway" in result.output


def test_an_unknown_casus_is_refused_in_clear_words(town: Municipality) -> None:
    result = call(town, new_casus(), "--yes", "--json")

    assert result.exit_code == 1
    assert "holds nothing of that casus" in json.loads(result.output)["error"]
