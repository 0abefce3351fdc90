"""A seventh instantie joins a town that runs, sends, and leaves again: real commands, processes and RabbitMQ."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from deploy.node_settings import MANAGEMENT
from deploy.private_node import PrivateNode
from tests import sayings
from tests.playing import Story
from tests.story import REGIE, WONEN
from tests.town import Town, build
from zegel_adapters.ids import draw_casus_id
from zegel_adapters.keystore import draw
from zegel_adapters.rootkeys import create_root_key, open_root_key
from zegel_broker.management_api import ApiError, ManagementApi
from zegel_broker.topology import inbox, outbox
from zegel_schemas.claims import Claims
from zegel_schemas.content import example
from zegel_schemas.directory import Directory

NEWCOMER = "mitros"
HOLDERS = ("fg", "archief")
SECRET = "zeven groene kikkers op een dijk"
pytestmark = pytest.mark.timeout(400)  # six adapters, a broker and a RabbitMQ, and all commands as processes


@dataclass
class Stage:
    """A town whose root is two holders, and the commands by which somebody joins and leaves."""

    town: Town
    place: Path
    management: ManagementApi

    def zegel(self, program: str, *words: str | Path, code: int = 0) -> Any:
        """Run one command as a process; return the JSON it prints."""
        command = [sys.executable, "-m", f"zegel_{program}", *map(str, words), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.place, timeout=120, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout or done.stderr)

    @property
    def settings(self) -> tuple[str | Path, ...]:
        """Return the words by which the operator names broker and RabbitMQ."""
        return "--config", self.town.broker_home / "zegel.toml", "--management", self.place / "management"

    def sign(self, file: str) -> None:
        """Let both holders sign, one after the other."""
        rest = ("--directory", self.town.directory, "--root-fingerprint", self.town.fingerprint)
        for each in HOLDERS:
            key = self.place / f"{each}.root-key"
            self.zegel("adapters", "root", "sign", file, "--key", key, "--passphrase-file", "secret", *rest)

    def join(self) -> Any:
        """Take the newcomer in, from its own `init` to its own `join`; return what the last one says."""
        home = self.town.home(NEWCOMER)
        self.zegel("adapters", "init", "--instantie", NEWCOMER, "--home", home, "--passphrase-file", "secret")
        self.zegel("broker", "instantie", "admit", home / "request", *self.settings[:2])
        self.sign("members.prepared")
        self.zegel("broker", "instantie", "admit", "--signed", "members.prepared", *self.settings)
        heard = ("--root-fingerprint", self.town.fingerprint)
        return self.zegel("adapters", "join", f"{NEWCOMER}.welcome", "--home", home, *heard)

    def hand_out_directory(self) -> None:
        """Let every other adapter have the directory as it is now."""
        for each in self.town.instanties:
            path = self.town.home(each) / "directory.json"
            path.with_suffix(".new").write_bytes(self.town.directory.read_bytes())
            path.with_suffix(".new").replace(path)

    def await_log(self, name: str, words: str) -> None:
        """Wait until a process has said something in its log."""
        deadline = time.monotonic() + 60
        while words not in self.town.log(name):
            assert time.monotonic() < deadline, self.town.log(name)[-2000:]
            time.sleep(0.05)  # between two looks


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Build a town of two instanties on a RabbitMQ with its management API; two root holders must both sign."""
    place = tmp_path_factory.mktemp("town")
    (place / "secret").touch(mode=0o600)
    (place / "secret").write_text(SECRET)
    roots = []
    for each in HOLDERS:
        made = create_root_key(place, each, passphrase=lambda: SECRET, random=draw)
        roots.append(open_root_key(made.private, passphrase=lambda: SECRET))
    with PrivateNode.start(plugins=(MANAGEMENT,)) as node:
        address = urlsplit(node.management_url)
        (place / "management").touch(mode=0o600)
        (place / "management").write_text(f"http://guest:guest@{address.netloc}\n")
        management = ManagementApi(host="127.0.0.1", port=address.port or 0, user="guest", password="guest")
        town = build(place, node, instanties=(REGIE, WONEN), roots=roots)
        try:
            town.start_broker()
            town.start_adapters()
            yield Stage(town, place, management)
        finally:
            town.stop_all()


@pytest.fixture(scope="module")
def joined(stage: Stage) -> Any:
    """Let the newcomer join while the town runs; what its `join` found."""
    found = stage.join()
    stage.await_log("broker", "directory_taken_in")
    stage.hand_out_directory()
    stage.town.start_adapters([NEWCOMER])
    return found


def play(stage: Stage, desk_of: tuple[str, ...]) -> Story:
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    return Story({each: stage.town.desk(each) for each in desk_of}, lambda _: None, today)


async def report(story: Story) -> None:
    """The newcomer reports a family to the regieteam, which opens a casus."""
    story.casus = draw_casus_id(draw)
    claims = Claims(consultation=sayings.CONSULTED, introduces=sayings.INTRODUCED)
    draft = story.draft(
        "aanmelding", REGIE, "overlast", sayings.report(story.today), labels=sayings.AS_FACTS, claims=claims
    )
    await story.send("Mitros meldt een gezin aan", NEWCOMER, draft)
    await story.hear(REGIE, "aanmelding", NEWCOMER)


def test_joining_ends_with_nothing_wrong(joined: Any) -> None:
    assert {each["check"] for each in joined["findings"] if each["level"] == "error"} == set()
    assert "line" in {each["check"] for each in joined["findings"] if each["level"] == "ok"}


def test_the_newcomer_gets_a_user_that_may_do_as_little_as_the_others(stage: Stage, joined: Any) -> None:
    assert joined
    found = {each["user"]: each for each in stage.management.get("vhosts", "zegel", "permissions")}
    mine, theirs = found[NEWCOMER], found[WONEN]

    assert (mine["configure"], mine["write"], mine["read"]) == ("", rf"^in\.{NEWCOMER}$", rf"^out\.{NEWCOMER}$")
    assert theirs["configure"] == ""
    assert stage.management.get("users", NEWCOMER)["tags"] == []


def test_the_newcomer_sends_and_is_delivered_while_nobody_was_restarted(stage: Stage, joined: Any) -> None:
    assert joined
    story = play(stage, (REGIE, NEWCOMER))
    asyncio.run(report(story))

    assert [each.outcome.state for each in story.scenes] == ["opened"]
    assert stage.town.log("broker").count('"started"') == 1


def test_who_leaves_is_closed_and_what_it_never_collected_comes_back_as_undeliverable(
    stage: Stage, joined: Any
) -> None:
    assert joined
    story = play(stage, (REGIE, NEWCOMER))
    asyncio.run(report(story))
    stage.town.stop(NEWCOMER)
    advice = story.draft("advies_aan_aanmelder", NEWCOMER, "casusregie", [example("proces_casus")], subjects=("p1",))
    desk = story.desks[REGIE]
    message = desk.send(advice)
    assert asyncio.run(desk.outcome(message, timeout=60)).state == "delivered"

    stage.zegel("broker", "instantie", "leave", NEWCOMER, "--successor", WONEN, "--to", "leaving", *stage.settings[:2])
    stage.sign("leaving")
    done = stage.zegel("broker", "instantie", "leave", "--signed", "leaving", *stage.settings)
    end = asyncio.run(desk.outcome(message, timeout=60, until="terminal"))

    assert done["gone"] == [NEWCOMER]
    assert done["uncollected"][NEWCOMER] >= 1
    assert (end.state, end.codes) == ("undeliverable", ("NIET_BEZORGBAAR",))
    directory = Directory.load(stage.town.directory.read_bytes(), root_fingerprint=stage.town.fingerprint)
    assert directory.left == {NEWCOMER: WONEN}
    assert "guest" not in {each["user"] for each in stage.management.get("vhosts", "zegel", "permissions")}
    for path in (("users", NEWCOMER), ("queues", "zegel", inbox(NEWCOMER)), ("queues", "zegel", outbox(NEWCOMER))):
        with pytest.raises(ApiError) as gone:
            stage.management.get(*path)
        assert gone.value.status == 404


def test_the_log_verifies_afterwards(stage: Stage, joined: Any) -> None:
    assert joined
    found = stage.zegel("broker", "log", "verify", "--config", stage.town.broker_home / "zegel.toml")

    assert found["findings"] == []
    assert found["sound"]
