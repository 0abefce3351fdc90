"""The commands an operator types, as processes: what they print, what they write, and with which code they end."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.private_node import PrivateNode
from tests.town import Town, build

FOUND, TYPED_WRONG, MISCONFIGURED, UNUSABLE = 1, 2, 3, 4


def zegel(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one command."""
    command = [sys.executable, "-m", "zegel_broker", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def town(node: PrivateNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town in which nobody runs yet."""
    town = build(tmp_path_factory.mktemp("town"), node)
    yield town
    town.stop_all()


@pytest.fixture
def config(town: Town) -> Path:
    """The settings of the town's broker."""
    return town.broker_home / "zegel.toml"


@pytest.fixture
def changed(config: Path, tmp_path: Path) -> Path:
    """A copy of the settings beside the home, for a test to change; paths are made whole."""
    whole = tmp_path / "zegel.toml"
    text = config.read_text()
    for name in ("keys", "kek", "ledger.db", "anchor/note"):
        text = text.replace(f'"{name}"', json.dumps(str(config.parent / name)))
    whole.write_text(text)
    return whole


def test_help_says_in_which_order_and_with_which_codes() -> None:
    shown = zegel("--help")

    assert shown.returncode == 0
    for word in ("keys init", "rabbitmq definitions", "connect", "doctor", "run", "Exit codes"):
        assert word in " ".join(shown.stdout.split())


def test_keys_init_prints_what_is_public_and_nothing_else(tmp_path: Path) -> None:
    made = zegel("keys", "init", "--home", tmp_path / "broker", "--origin", "zegel.example/here", "--json")
    answer = json.loads(made.stdout)

    assert made.returncode == 0
    assert answer.keys() == {"identity", "log", "origin", "request", "words"}
    assert json.loads(Path(answer["request"]).read_text())["instantie"] == "broker"
    assert len(answer["words"].split()) == 12
    assert zegel("keys", "init", "--home", tmp_path / "broker", "--origin", "x").returncode == MISCONFIGURED


def test_definitions_are_printed_from_the_signed_directory_with_the_hashes_that_were_handed_in(
    town: Town, tmp_path: Path
) -> None:
    directory = Path(shutil.copy(town.directory, tmp_path))
    (tmp_path / "requests").mkdir()
    shutil.copy(town.home("wil") / "request", tmp_path / "requests" / "wil.request")
    source, password = ("--directory", directory, "--root-fingerprint", town.fingerprint), tmp_path / "password"
    shown = zegel("rabbitmq", "definitions", *source, "--broker-password", password)
    bare = zegel("rabbitmq", "definitions", *source, "--no-passwords")
    hashes = {user["name"]: user["password_hash"] for user in json.loads(shown.stdout)["users"]}

    assert (shown.returncode, bare.returncode) == (0, 0)
    assert hashes.keys() == {"broker", *town.instanties}
    assert {name for name, each in hashes.items() if each} == {"broker", "wil"}
    assert hashes["wil"] == json.loads((town.home("wil") / "request").read_text())["login"]
    assert all(user["password_hash"] == "" for user in json.loads(bare.stdout)["users"])
    assert password.stat().st_mode & 0o077 == 0
    assert password.read_text().strip() not in shown.stdout


def test_definitions_want_to_be_told_how_users_log_in(town: Town) -> None:
    source = ("--directory", town.directory, "--root-fingerprint", town.fingerprint)

    assert zegel("rabbitmq", "definitions", *source).returncode == TYPED_WRONG


def test_definitions_of_a_directory_another_root_signed_are_refused(town: Town) -> None:
    refused = zegel(
        "rabbitmq", "definitions", "--directory", town.directory, "--root-fingerprint", "aaaa", "--no-passwords"
    )

    assert (refused.returncode, refused.stdout) == (MISCONFIGURED, "")


def test_a_broker_that_is_ready_passes_its_doctor_and_ends_with_0_when_stopped(town: Town, config: Path) -> None:
    before = zegel("doctor", "--config", config, "--json")
    town.start_broker()
    running = zegel("doctor", "--config", config)
    town.running["broker"].terminate()
    code = town.running.pop("broker").wait(60)
    audit = zegel("log", "verify", "--config", config)

    assert (before.returncode, running.returncode, code, audit.returncode) == (0, 0, 0, 0)
    assert {check["name"] for check in json.loads(before.stdout)["checks"]} >= {
        "settings",
        "directory",
        "convenant",
        "hop key",
        "log key",
        "kek",
        "ledger",
        "anchor",
        "clock",
        "rabbitmq",
    }
    assert "ok    rabbitmq: 6 inboxes" in running.stdout
    assert audit.stdout.startswith("ledger verified: ")
    lines = [json.loads(line) for line in town.log("broker").splitlines()]
    assert [line["event"] for line in lines][-1] == "stopped"


def test_the_doctor_fails_on_a_missing_queue_and_says_what_to_do(town: Town, node: PrivateNode, config: Path) -> None:
    node.ctl("delete_queue", "in.wil", "-p", "zegel")
    ill = zegel("doctor", "--config", config)
    node.import_definitions(town.place / "definitions.json")

    assert ill.returncode == FOUND
    assert "fail  rabbitmq: queue in.wil is missing" in ill.stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('root_fingerprint = "aaaa-bbbb"', "directory"),
        ('kek_file = "nowhere"', "nowhere"),
        ("prefech = 8", "did you mean `prefetch`"),
    ],
)
def test_run_does_not_start_on_wrong_settings_and_says_which(line: str, said: str, changed: Path) -> None:
    name = line.partition(" ")[0]
    kept = [each for each in changed.read_text().splitlines() if not each.startswith(f"{name} ")]
    changed.write_text("\n".join([*kept, line]) + "\n")
    refused = zegel("run", "--config", changed)

    assert refused.returncode == MISCONFIGURED
    assert said in refused.stderr


def test_run_ends_with_its_own_code_when_rabbitmq_is_not_there(changed: Path) -> None:
    text = changed.read_text().splitlines()
    changed.write_text(
        "\n".join('amqp_url = "amqp://broker@127.0.0.1:9/zegel"' if "amqp_url" in each else each for each in text)
    )
    refused = zegel("run", "--config", changed)

    assert refused.returncode == UNUSABLE
    assert "zegel-broker doctor" in refused.stderr


def test_a_tampered_ledger_is_found(config: Path) -> None:
    connection = sqlite3.connect(config.parent / "ledger.db")
    changed = connection.execute(
        "UPDATE record SET record = CAST(replace(record, '\"start\"', '\"stop\"') AS BLOB)"
        " WHERE instr(CAST(record AS TEXT), '\"start\"')"
    ).rowcount
    connection.commit()
    connection.close()
    found = zegel("log", "verify", "--config", config, "--json")

    assert changed
    assert found.returncode == FOUND
    assert json.loads(found.stdout)["sound"] is False
