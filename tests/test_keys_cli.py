"""`zegel-adapter keys` as its users meet it: what it prints, what it writes, and with which code it ends."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.adapter_scene import CORPORATION, DAY, Municipality, found_town
from zegel_adapters.cli import app
from zegel_adapters.home import Home
from zegel_adapters.homekey import read_source
from zegel_adapters.settings import load_settings
from zegel_schemas.directory import Directory, SignedStatement, append_statement

OLD = int(time.time()) - 20 * DAY


@pytest.fixture
def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Municipality:
    return found_town(tmp_path, monkeypatch, now=OLD)


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Return a file with a passphrase that is long enough for anything."""
    file = tmp_path / "words"
    file.touch(mode=0o600)
    file.write_text("een lange zin die niemand raadt\n")
    return file


def call(*arguments: str | Path, code: int = 0) -> Any:
    result = CliRunner().invoke(app, ["keys", *map(str, arguments), "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.output.splitlines()[-1])


def test_the_list_is_for_people_and_for_programs(town: Municipality) -> None:
    home = town.home(CORPORATION)
    rows = call("list", "--home", home)
    shown = CliRunner().invoke(app, ["keys", "list", "--home", str(home)]).output.splitlines()

    assert [row["use"] for row in rows] == ["identity", "signing", "hop", *["sealing"] * 6]
    assert [row["state"] for row in rows][3:] == ["over", "grace", "in use", *["ahead"] * 3]
    assert len(shown) == len(rows)
    assert all(row["id"][:12] in line and row["state"] in line for row, line in zip(rows, shown, strict=True))


def test_rotate_destroys_makes_and_publishes(town: Municipality) -> None:
    home = town.home(CORPORATION)
    told = call("rotate", "--home", home)
    town.publish(append_statement(town.directory, _statement(told["file"])))

    assert (told["keys"], told["signed"]) == (3, True)
    assert [row["state"] for row in call("list", "--home", home)][3:5] == ["destroyed", "grace"]
    assert call("rotate", "--home", home)["keys"] == 0


def test_with_the_identity_elsewhere_it_is_signed_there(town: Municipality, words: Path, tmp_path: Path) -> None:
    home, file, signed = town.home(CORPORATION), tmp_path / "identity", tmp_path / "signed"
    call("detach", file, "--home", home, "--identity-passphrase-file", words)
    told = call("rotate", "--home", home)
    shown = call("sign", told["file"], "--identity-file", file, "--to", signed, "--identity-passphrase-file", words)
    town.publish(append_statement(town.directory, _statement(signed)))

    assert not told["signed"]
    assert shown["says"][0].startswith(f"keys of {CORPORATION}, number 2")
    assert len(shown["says"]) == 4
    again = call("rotate", "--at-once", "--home", home, "--identity-file", file, "--identity-passphrase-file", words)
    assert again["signed"]


def test_revoke_writes_what_the_directory_takes(town: Municipality) -> None:
    home = town.home(CORPORATION)
    key = next(row["id"] for row in call("list", "--home", home) if row["state"] == "ahead")
    told = call("revoke", key[:12], "--home", home)
    town.publish(append_statement(town.directory, _statement(told["file"])))

    assert Directory.load(town.directory, root_fingerprint=town.fingerprint).count
    assert [row["id"] for row in call("list", "--home", home) if row["state"] == "revoked"] == [key]


def test_export_and_restore(town: Municipality, words: Path, tmp_path: Path) -> None:
    home, file, new = town.home(CORPORATION), tmp_path / "backup", tmp_path / "new"
    saved = call("export", file, "--home", home, "--backup-passphrase-file", words)
    restored = call("restore", file, "--home", new, "--backup-passphrase-file", words, "--passphrase-file", words)
    refused = call("restore", file, "--home", new, "--backup-passphrase-file", words, code=1)

    assert saved["keys"] == restored["keys"] == {"identity": 1, "signing": 1, "hop": 1, "sealing": 5}
    assert "is not empty" in refused["error"]
    assert len(call("list", "--home", new)) == len(call("list", "--home", home))


def test_rekey_changes_what_opens_the_home(town: Municipality, words: Path) -> None:
    home = town.home(CORPORATION)
    call("rekey", "--home", home, "--to", "passphrase", "--passphrase-file", words)

    assert read_source(Home(home)) == "passphrase"
    assert load_settings(Home(home)).passphrase_file == words
    assert call("list", "--home", home)
    call("rekey", "--home", home, "--to", "credential")
    assert load_settings(Home(home)).passphrase_file is None
    assert call("list", "--home", home)
    assert (
        "--to passphrase"
        in call("rekey", "--home", home, "--to", "credential", "--passphrase-file", words, code=1)["error"]
    )


def _statement(path: str | Path) -> SignedStatement:
    return SignedStatement.from_line(Path(path).read_bytes().removesuffix(b"\n"))
