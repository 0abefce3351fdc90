"""A whole journey at level debug: no secret, and nothing of any content, stands anywhere outside its own box.

Every process logs all it can. Searched are the logs of broker, adapters and RabbitMQ, metrics, refusals and what the
tools print, RabbitMQ's definitions, names and disk, the ledger, and every other file of the town but those few that
are there to hold a secret.
"""

import asyncio
import json
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import aiormq
import pytest
from pamqp.commands import Basic

from deploy.private_node import PrivateNode
from tests.leaks import Watched, find_leaks
from tests.playing import Scene, Story
from tests.story import REGIE, WONEN, tell
from tests.town import Town, build
from zegel_adapters.assemble import open_home
from zegel_adapters.keystore import PUBLISHED, Keystore
from zegel_broker.keyfiles import read_kek, read_keys
from zegel_schemas.seal.primitives import b64u

pytestmark = pytest.mark.timeout(400)  # the story is played and six homes are opened before the first test
HOLDS_A_SECRET = ("settings.toml", "amqp-password", "kek")  # and the folder of passphrases: each for its owner only
PUBLIC = ("Nieuwegein",)  # the municipality itself, in the name of its log and of its convenant
LARGEST = 64 * 1024 * 1024  # bytes; no file of a town comes near


@dataclass
class Played:
    """The town after its journey, with what was said in it."""

    town: Town
    node: PrivateNode
    scenes: list[Scene]
    today: date
    carried: Mapping[str, bytes]  # RabbitMQ's own files, before a broken client put plain text into them


@pytest.fixture(scope="module")
def played(node: PrivateNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Play the story with every process at level debug, and put something unreadable into an inbox."""
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZEGEL_LOG_LEVEL", "debug")
        environment.setenv("ZEGEL_ADAPTER_LOG_LEVEL", "debug")
        town = build(tmp_path_factory.mktemp("loud"), node)
        scenes: list[Scene] = []
        try:
            town.start_broker()
            town.start_adapters()
            desks = {each: town.desk(each) for each in town.instanties}
            asyncio.run(tell(Story(desks, scenes.append, today)))
            carried = read_all(node._settings.directory)
            asyncio.run(publish_plainly(town, content_of(scenes[0])))
            for desk in desks.values():
                desk.close()
            yield Played(town, node, scenes, today, carried)
        finally:
            town.stop_all()


async def publish_plainly(town: Town, body: bytes) -> None:
    """Do what a broken client would: put a content into its inbox as it is."""
    async with aiormq.connect(town.url(WONEN)) as connection:
        channel = await connection.channel()
        properties = Basic.Properties(delivery_mode=2, user_id=WONEN)
        await channel.basic_publish(body, exchange=f"in.{WONEN}", properties=properties, mandatory=True)
    async with asyncio.timeout(30):
        while "HOP_ONLEESBAAR" not in town.metrics():  # noqa: ASYNC110 - another process counts
            await asyncio.sleep(0.05)  # between two looks


def content_of(scene: Scene) -> bytes:
    """Return the contents of a message as plain JSON."""
    return json.dumps(contents_of(scene), ensure_ascii=False).encode()


def contents_of(scene: Scene) -> dict[str, object]:
    """Return what was sealed in a message, as JSON values by category."""
    found: dict[str, object] = scene.draft.model_dump(mode="json")["contents"]
    return found


def secrets_of(town: Town) -> dict[str, bytes | str]:
    """Return every secret of the town by name: keys, passphrases, passwords."""
    found: dict[str, bytes | str] = {f"password of {name}": each for name, each in town.passwords.items()}
    for name in town.instanties:
        home, _, key = open_home(town.home(name))
        found[f"passphrase of {name}"] = (town.place / "passphrases" / name).read_text()
        found[f"home key of {name}"] = key._HomeKey__key  # type: ignore[attr-defined]  # it has no other way out
        store = Keystore(home, key, owner=name)
        for use in ("identity", *PUBLISHED):
            for number, own in enumerate(store.keys(use)):
                found[f"{use} key {number} of {name}"] = own.private.unsafe_seed()
    kek = read_kek(next(town.broker_home.rglob("kek*")))
    found["kek of the broker"] = kek
    for key_use in ("identity", "hop", "log"):
        (own_key,) = read_keys(town.broker_home / "keys", use=key_use, kek=kek)
        found[f"{key_use} key of the broker"] = own_key.private.unsafe_seed()
    return found


@pytest.fixture(scope="module")
def secret(played: Played) -> Mapping[str, bytes | str]:
    """Give every secret of the town; to open its homes takes a passphrase each, and so a second each."""
    return secrets_of(played.town)


@pytest.fixture(scope="module")
def watched(played: Played, secret: Mapping[str, bytes | str]) -> Watched:
    """Give all that may stand nowhere."""
    watched = Watched()
    for name, each in secret.items():
        watched.secret(name, each)
    for number, scene in enumerate(played.scenes):
        for category, content in contents_of(scene).items():
            watched.content(f"{category} of message {number}", content, today=played.today, public=PUBLIC)
    return watched


def places_of(played: Played) -> Mapping[str, bytes]:
    """Return every place where something could have been left, with its bytes."""
    town, node = played.town, played.node
    places = {"metrics": town.metrics().encode(), "refusals": repr([each.outcome for each in played.scenes]).encode()}
    places["explanations"] = json.dumps([dict(each.outcome.explanation) for each in played.scenes]).encode()
    node.ctl("export_definitions", town.place / "exported.json")  # names of queues, exchanges, users; read below
    for name in (REGIE, WONEN):
        places[f"doctor of {name}"] = run("zegel_adapters", "doctor", "--home", town.home(name))
    places["log verify"] = run("zegel_broker", "log", "verify", "--config", town.broker_home / "zegel.toml")
    places |= {f"{name}, earlier": data for name, data in played.carried.items()}
    return places | read_all(town.place) | read_all(node._settings.directory / "log")


def read_all(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file under a folder but those whose purpose it is to hold a secret."""
    return {str(file): file.read_bytes() for file in files_of(folder)}


def run(*words: str | Path) -> bytes:
    """Run one of the tools as a person would; return all it prints."""
    done = subprocess.run([sys.executable, "-m", *words], capture_output=True, check=False, timeout=120)
    return done.stdout + done.stderr


def files_of(folder: Path) -> list[Path]:
    """Return the files under a folder but those whose purpose it is to hold a secret."""
    found = [each for each in folder.rglob("*") if each.is_file() and each.stat().st_size < LARGEST]
    return [each for each in found if not holds_a_secret(each)]


def holds_a_secret(file: Path) -> bool:
    """Say whether it is the purpose of a file to hold a secret."""
    return file.parent.name == "passphrases" or file.name.startswith(HOLDS_A_SECRET)


def test_no_secret_and_no_content_stands_anywhere_after_a_whole_journey(played: Played, watched: Watched) -> None:
    places = places_of(played)

    assert len(watched.spellings) > 100
    assert any(name.endswith("exported.json") for name in places)
    assert sum(name.endswith(".log") for name in places) > len(played.town.instanties)
    leaks = find_leaks(places, watched)
    assert not leaks, "\n".join(leaks)


def test_the_search_would_have_found_each_secret_and_each_kind_of_content(
    played: Played, secret: Mapping[str, bytes | str], watched: Watched
) -> None:
    """Planted in a copy of the end of a real log, one by one."""
    log = played.town.log("broker").encode()[-2000:]
    for name, each in secret.items():
        raw = each.encode() if isinstance(each, str) else each
        assert find_leaks({"log": log + b64u(raw).encode()}, watched) == [f"log: {name}"]
    assert find_leaks({"log": log + content_of(played.scenes[0])}, watched)


def test_the_search_finds_what_a_broken_client_left_on_the_disk_of_rabbitmq(played: Played, watched: Watched) -> None:
    """It wrote plain text into its inbox: that is the one place where content stands now, and no log repeats it."""
    assert find_leaks(read_all(played.node._settings.directory / "data"), watched)


def test_the_log_of_every_process_was_at_level_debug(played: Played) -> None:
    """Where nobody says anything at debug, at least the wish to hear it was understood."""
    for name in ("broker", *played.town.instanties):
        assert '"level": "info"' in played.town.log(name)


def test_files_that_hold_a_secret_are_their_owners_only(played: Played) -> None:
    holding = [each for each in played.town.place.rglob("*") if each.is_file() and holds_a_secret(each)]

    assert len(holding) > len(played.town.instanties)
    assert [each.name for each in holding if stat.S_IMODE(each.stat().st_mode) & 0o077] == []
