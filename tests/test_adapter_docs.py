"""`docs/adapter.md` is run: its program, its tables and its commands are the product's own."""

import asyncio
import re
import time
from collections.abc import Callable
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any, get_args

import pytest
from typer import Typer

from tests.adapter_scene import CASUS, DAY, REGIE, found_town
from zegel_adapters import keystore, keytable, outcome, settings, terminal
from zegel_adapters.cli import app
from zegel_adapters.cli_keys import keys_app
from zegel_adapters.desk import Desk
from zegel_adapters.doctor import examine
from zegel_adapters.home import Home

TEXT = (Path(__file__).parents[1] / "docs" / "adapter.md").read_text()


def block(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def table(heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading."""
    section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = dropwhile(lambda line: not line.startswith("|"), section.splitlines())
    rows = [*takewhile(lambda line: line.startswith("|"), lines)]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_the_program_runs_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = found_town(tmp_path, monkeypatch, now=int(time.time()))
    (program,) = block("python")
    names: dict[str, Any] = {"WAIT": 0.01, "HOME": str(town.home(REGIE)), "CASUS": CASUS}
    exec(compile(program, "docs/adapter.md", "exec"), names)  # noqa: S102 - our own document

    with Desk(town.home(REGIE)) as desk:
        assert [each.state for each in desk.sent()] == ["queued"]


def test_every_setting_stands_there_with_its_default() -> None:
    rows = {name: default.strip("`") for name, default, _ in table("Settings")}

    assert rows.keys() == settings.Settings.model_fields.keys()
    for name in ("prefetch", "poll", "resend_after", "log_level"):
        assert rows[name] == str(settings.Settings.model_fields[name].default)


def test_every_state_stands_there_with_whether_it_is_the_last() -> None:
    rows = {state: last == "yes" for state, _, last in table("What becomes of a message")}

    assert rows.keys() == set(get_args(outcome.State))
    assert {state for state, last in rows.items() if last} == outcome.TERMINAL


def test_every_finding_of_the_doctor_stands_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    town = found_town(tmp_path, monkeypatch, url="amqp://127.0.0.1:1/zegel", now=int(time.time()) - 85 * DAY)
    found = asyncio.run(examine(Home(town.home(REGIE)), passphrase=None, clock=time.time))
    rows = [name.strip("` ") for cell, _ in table("What the doctor finds") for name in cell.split(",")]

    assert rows == list(dict.fromkeys(each.check for each in found))


def test_every_exit_code_stands_there() -> None:
    rows = [int(code) for code, _ in table("Exit codes")]
    codes = {terminal.OWN_SIDE, terminal.REFUSED_HERE, terminal.SAID_NO, terminal.NO_WORD, terminal.ILL}
    codes.add(terminal.NOT_PROVEN)

    assert rows == sorted({0, 2, *codes})


def test_the_lives_of_keys_are_the_keystores() -> None:
    lives = {name: life for name, life, _ in table("Keys, backups, retention")}

    assert lives["signing"] == lives["hop"] == f"{keystore.LONG_LIFE // keystore.DAY} days"
    assert lives["sealing"].startswith(f"{keystore.SEALING_LIFE // keystore.DAY} days each")
    assert f"less than {keystore.WARN_UNDER // keystore.DAY} days" in TEXT


def test_every_state_of_a_key_stands_there() -> None:
    section = TEXT.split("**See them.**")[1].split("**Make the next ones**")[0]
    rows = re.findall(r"^\| `([a-z ]+)` \|", section, re.MULTILINE)

    assert rows == list(get_args(keytable.State))


def _commands(group: Typer) -> dict[str, Callable[..., Any]]:
    found = {each.name or each.callback.__name__: each.callback for each in group.registered_commands if each.callback}
    return {name.replace("_", "-"): callback for name, callback in found.items()}


def test_every_command_named_exists_with_its_options() -> None:
    commands = {**_commands(app), **{f"keys {name}": command for name, command in _commands(keys_app).items()}}
    used = re.findall(r"zegel-adapter (keys [\w-]+|[\w-]+)([^\n`]*)", TEXT)

    assert {name for name, _ in used} == set(commands)
    for name, rest in used:
        known = {each.replace("_", "-") for each in commands[name].__annotations__}
        for option in re.findall(r"--([a-z-]+)", rest):
            assert option in known, f"{name} has no --{option}"
