"""A member that reaches RabbitMQ over a network joins with a certificate, and is nobody but itself there."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import aio_pika
import pytest
from aio_pika.abc import AbstractRobustChannel
from aiormq.exceptions import ChannelAccessRefused
from typer.testing import CliRunner

from deploy.private_node import PrivateNode
from tests.adapter_scene import give_credential
from tests.ceremony_scene import HOLDERS, Ceremony
from tests.certificates import AFAR, Authority
from zegel_adapters.cli import app
from zegel_adapters.home import Home
from zegel_adapters.settings import load_settings
from zegel_broker.topology import make_definitions, outbox, print_definitions

pytestmark = pytest.mark.timeout(300)


@dataclass
class Stage:
    """A directory that has begun, an authority, and a RabbitMQ that lets in whom it certified."""

    table: Ceremony
    authority: Authority
    node: PrivateNode
    port: int

    def join(self, instantie: str) -> tuple[Home, dict[str, str]]:
        """Let an instantie join over the network; return its home, and how bad each thing is that `join` looked at."""
        table, home = self.table, self.table.place / f"home-{instantie}"
        run("init", "--instantie", instantie, "--home", home)
        table.call(*table.admitting(home / "request"))
        table.sign("fg", "archief")
        self.authority.sign(table.place / "requests" / f"{instantie}.csr", name=instantie)
        where = ("--address", f"amqps://{AFAR}:{self.port}/zegel", "--management", table.place / "management")
        table.call(*table.finishing(*where, *self.authority.papers))
        table.prepared.unlink()
        paper, heard = table.place / f"{instantie}.welcome", table.show()["fingerprint"]
        told = json.loads(run("join", paper, "--home", home, "--root-fingerprint", heard, "--json", code=6))
        return Home(home), {each["check"]: each["level"] for each in told["findings"]}


def run(*arguments: str | Path, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    assert result.exit_code == code, result.output
    return result.stdout


@asynccontextmanager
async def channel_of(home: Home) -> AsyncIterator[AbstractRobustChannel]:
    """Give a channel under the login of a home."""
    async with await aio_pika.connect_robust(load_settings(home).require_line()) as connection:
        yield await connection.channel()


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Begin a directory, found an authority, start RabbitMQ."""
    table = Ceremony(tmp_path_factory.mktemp("town"))
    authority = Authority.make(tmp_path_factory.mktemp("authority"))
    for each in HOLDERS:
        table.create(each)
    table.name_root(*HOLDERS, after=False)
    table.sign("fg", "griffie", after=False)
    table.add()
    node, port = authority.start_node()
    with node, pytest.MonkeyPatch.context() as patch:
        give_credential(table.place / "credentials")
        patch.setenv("CREDENTIALS_DIRECTORY", str(table.place / "credentials"))
        definitions = table.place / "definitions.json"
        definitions.write_text(print_definitions(make_definitions([], password_hashes={})))
        node.import_definitions(definitions)
        (table.place / "management").touch(mode=0o600)
        (table.place / "management").write_text(f"http://guest:guest@{urlsplit(node.management_url).netloc}\n")
        yield Stage(table, authority, node, port)


async def test_a_certified_member_reads_its_own_queue_and_no_other(stage: Stage) -> None:
    wil, found = await asyncio.to_thread(stage.join, "wil")
    await asyncio.to_thread(stage.join, "uwv")

    assert found["line"] == "ok"
    async with channel_of(wil) as channel:
        assert (await channel.get_queue(outbox("wil"))).name == outbox("wil")
        other = await channel.get_queue(outbox("uwv"), ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await other.get()
