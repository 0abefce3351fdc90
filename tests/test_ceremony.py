"""`docs/ceremony.md` is run: its commands in their order, at a terminal, make a directory that everybody accepts."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

TEXT = (Path(__file__).parents[1] / "docs" / "ceremony.md").read_text()
PASSPHRASE = b"zeven groene kikkers op een dijk\n"
FINGERPRINT = re.compile(r"([a-z2-7]{4}-){7}[a-z2-7]{4}")
INSTANTIES = {"regieteam": "gemeente.regieteam", "wil": "wil"}
NEEDS_RABBITMQ = {"rabbitmq", "line"}  # what a doctor cannot find well without one
LOOKING = (" doctor ", " join ")  # commands that end with what a doctor finds
SECONDS = 60
pytestmark = pytest.mark.timeout(600)  # some thirty processes, one after the other


@dataclass(frozen=True)
class Done:
    """What a command printed, what it said on stderr, and its exit code."""

    code: int
    output: str
    errors: str


def read_commands() -> list[str]:
    blocks = re.findall(r"^```console\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    return [line.partition("$ ")[2] for block in blocks for line in block.splitlines()]


@contextmanager
def answering() -> Iterator[int]:
    """Give a terminal at which somebody types the passphrase whenever it is asked for."""
    master, slave = pty.openpty()
    typist = Thread(target=answer_prompts, args=(master,))
    typist.start()
    try:
        yield slave
    finally:
        os.close(slave)
        typist.join()
        os.close(master)


def answer_prompts(master: int) -> None:
    seen = b""
    while True:
        try:
            seen += os.read(master, 1024)
        except OSError:  # EIO: nobody has the terminal open any more
            return
        if seen.endswith(b": "):
            os.write(master, PASSPHRASE)
            seen = b""


def run(command: str, place: Path, *, fingerprint: str = "") -> Done:
    """Run one line in a shell that has a terminal of its own, as a person would type it."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    env = {"PATH": path, "HOME": str(place), "LC_ALL": "C.UTF-8", "FINGERPRINT": fingerprint}
    env |= {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    with answering() as terminal:
        done = subprocess.run(
            ["/usr/bin/setsid", "--ctty", "--wait", "/bin/bash", "-euc", command],
            stdin=terminal,
            capture_output=True,
            cwd=place,
            env=env,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    return Done(done.returncode, done.stdout, done.stderr)


@dataclass(frozen=True)
class Played:
    """The ceremony as it was played: where, the fingerprint that was heard, and what each command said."""

    place: Path
    fingerprint: str
    said: dict[str, Done]

    def ask(self, command: str) -> Any:
        """Run one command more and return the JSON it prints."""
        return json.loads(run(command, self.place, fingerprint=self.fingerprint).output)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Play the whole document once."""
    place, fingerprint, said = tmp_path_factory.mktemp("ceremony"), "", {}
    for command in read_commands():
        said[command] = run(command, place, fingerprint=fingerprint)
        if heard := FINGERPRINT.search(said[command].output):
            fingerprint = fingerprint or heard.group()
    return Played(place, fingerprint, said)


def test_every_command_of_the_document_does_what_it_says(played: Played) -> None:
    failed = {command: done for command, done in played.said.items() if done.code != 0}

    assert {command: done.errors for command, done in failed.items() if not any(map(command.count, LOOKING))} == {}
    assert {done.code for command, done in failed.items() if " join " in command} <= {6}


def test_the_directory_names_all_three_members_with_their_keys_the_log_and_the_convenant(played: Played) -> None:
    shown = played.ask("zegel-broker directory show directory.json --json")

    assert shown["fingerprint"] == played.fingerprint
    assert (shown["root"]["threshold"], len(shown["root"]["keys"])) == (2, 3)
    assert shown["members"].keys() == {"broker", *INSTANTIES.values()}
    assert {each["use"] for each in shown["members"]["broker"]["keys"]} == {"hop"}
    assert {each["use"] for each in shown["members"]["wil"]["keys"]} == {"signing", "sealing", "hop"}
    assert [each["origin"] for each in shown["logs"]] == ["zegel.example/voorbeeldstad"]
    assert len(shown["convenants"]) == 1


def test_the_brokers_doctor_finds_nothing_wrong_but_that_there_is_no_rabbitmq(played: Played) -> None:
    found = played.ask("zegel-broker doctor --config broker/zegel.toml --json")["checks"]
    wrong = {each["name"]: each["text"] for each in found if each["state"] == "fail"}

    assert wrong.keys() <= NEEDS_RABBITMQ
    assert {"directory", "convenant", "hop key", "log key"} <= {each["name"] for each in found if each["state"] == "ok"}


@pytest.mark.parametrize("home", INSTANTIES)
def test_an_adapters_doctor_finds_nothing_wrong_but_that_there_is_no_rabbitmq(played: Played, home: str) -> None:
    found = played.ask(f"zegel-adapter doctor --home {home} --json")
    wrong = {each["check"]: each["text"] for each in found if each["level"] == "error"}

    assert wrong.keys() <= NEEDS_RABBITMQ
    assert {"directory", "signing keys", "convenant"} <= {each["check"] for each in found if each["level"] == "ok"}


def test_only_the_owner_can_read_a_root_key(played: Played) -> None:
    keys = sorted(played.place.glob("*/*.root-key"))

    assert [each.name for each in keys] == ["archief.root-key", "fg.root-key", "griffie.root-key"]
    assert {each.stat().st_mode & 0o777 for each in keys} == {0o600}


def test_no_command_says_a_passphrase_or_a_password(played: Played) -> None:
    passwords = [each.read_text().strip() for each in find_passwords(played)]
    everything = "".join(done.output + done.errors for done in played.said.values())

    assert len(passwords) == 3
    assert not [each for each in (*passwords, PASSPHRASE.decode().strip()) if each in everything]


def test_nothing_that_travels_holds_a_password_or_a_private_key(played: Played) -> None:
    passwords = [each.read_bytes().strip() for each in find_passwords(played)]
    patterns = ("*.welcome", "*/request", "*.prepared", "requests/*", "definitions.json", "directory.json")
    travelling = b"".join(each.read_bytes() for pattern in patterns for each in sorted(played.place.glob(pattern)))

    assert len(travelling) > 10_000
    assert b"PRIVATE KEY" not in travelling
    assert not [each for each in passwords if each in travelling]


def test_the_words_an_instantie_reads_out_are_those_a_holder_signs_under(played: Played) -> None:
    said = {command: done.output for command, done in played.said.items()}
    (told,) = (output for command, output in said.items() if "--instantie wil " in command)
    words = told.split("bits):\n")[1].splitlines()[0].strip()

    assert len(words.split()) == 12
    for command, output in said.items():
        if "root sign fg/members" in command or "admit broker/request" in command:
            assert f"compare by voice: {words}" in output


def find_passwords(played: Played) -> list[Path]:
    return [*played.place.glob("*/amqp-password"), played.place / "broker.password"]
