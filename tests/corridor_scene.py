"""The setting of the corridor's tests: a worker in this process, three instanties, and a real RabbitMQ between them.

Messages are sealed and boxed as an adapter does it. The broker's clock starts when the directory was signed and runs on.
"""

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiormq
from pamqp.commands import Basic

from deploy.private_node import PrivateNode
from tests.ledger_town import REGISTRY, START
from tests.one_directory import CORPORATION, LOG, MEMBERS, ORIGIN, fixed_key
from zegel_broker.app.run import Shell, open_shell
from zegel_broker.load import Equipment
from zegel_broker.settings import Settings
from zegel_broker.topology import VHOST, Limits, hash_password, inbox, make_definitions, outbox, print_definitions
from zegel_schemas.declaration import BROKER
from zegel_schemas.seal import HopBox, HopFrame, Sealed
from zegel_schemas.stamp import Notice

PASSWORDS = {name: f"of {name}, on loopback" for name in MEMBERS}
SECONDS = 30.0  # no test waits longer for one thing


def provision(node: PrivateNode, place: Path, *, limits: Limits | None = None) -> None:
    """Give the node the topology of the directory, with a password per user."""
    hashes = {name: hash_password(text, random=secrets.token_bytes) for name, text in PASSWORDS.items()}
    file = place / "definitions.json"
    file.write_text(print_definitions(make_definitions(MEMBERS, password_hashes=hashes, limits=limits)))
    node.import_definitions(file)


def empty(node: PrivateNode) -> None:
    """Throw away every queue with what is in it, and the topology's exchanges with them."""
    node.ctl("delete_vhost", VHOST)


def box(message: Sealed | bytes, *, sender: str = CORPORATION, note: bytes = b"") -> bytes:
    """Return the hop frame in which an adapter puts a container."""
    container = message.container if isinstance(message, Sealed) else message
    frame = HopFrame("message", note, container)
    return HopBox([fixed_key("hop", sender)]).seal(fixed_key("hop", BROKER).public, frame, random=os.urandom)


@dataclass
class Scene:
    """A node with the town's topology, and a folder for the ledger."""

    node: PrivateNode
    place: Path
    settings: dict[str, object] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def clock(self) -> float:
        """Return the time of the town: seconds since 1970, from the day its directory was signed."""
        return START + time.monotonic() - self.began

    def url(self, user: str) -> str:
        """Return the AMQP URL of one user of the topology."""
        return self.node.url(user, PASSWORDS[user], VHOST)

    @asynccontextmanager
    async def worker(self, **settings: object) -> AsyncIterator[Shell]:
        """Run a worker in this process until the block ends; it has then stopped in order."""
        values = {
            "amqp_url": self.url(BROKER),
            "directory": self.place / "directory",
            "root_fingerprint": "not read here",
            "keys": self.place / "keys",
            "ledger": self.place / "ledger.db",
            "http_port": 0,
            "fault_pause": 0.05,
            "answer_timeout": 5.0,
        }
        made = Settings(**(values | self.settings | settings))  # type: ignore[arg-type]
        async with open_shell(made, Equipment(REGISTRY, ORIGIN, LOG), clock=self.clock) as shell:
            running = asyncio.create_task(shell.run())
            try:
                async with asyncio.timeout(SECONDS):
                    await asyncio.wait([running, asyncio.create_task(shell.started.wait())], return_when="FIRST_COMPLETED")
                yield shell
            finally:
                shell.stop()
                await running

    async def send(self, bodies: Iterable[bytes], *, sender: str = CORPORATION, user_id: str | None = "") -> None:
        """Publish hop frames into the sender's inbox, confirmed; `user_id` is the sender's unless told otherwise."""
        async with self.channel(sender) as channel:
            properties = Basic.Properties(delivery_mode=2, user_id=sender if user_id == "" else user_id)
            for body in bodies:
                await channel.basic_publish(body, exchange=inbox(sender), properties=properties, mandatory=True)

    @asynccontextmanager
    async def channel(self, user: str) -> AsyncIterator[aiormq.abc.AbstractChannel]:
        """Give a channel on a connection of one user."""
        async with aiormq.connect(self.url(user)) as connection:
            yield await connection.channel()

    async def receive(self, instantie: str, count: int = 1) -> list[HopFrame]:
        """Take `count` hop frames out of an instantie's queue, waiting for them; raise TimeoutError."""
        async with self.channel(instantie) as channel:
            bodies = [await self._next(channel, outbox(instantie)) for _ in range(count)]
        own = HopBox([fixed_key("hop", instantie)])
        return [own.open(body, REGISTRY.directory.key)[0] for body in bodies]

    async def notice(self, instantie: str = CORPORATION) -> Notice:
        """Take one notice out of an instantie's queue."""
        (frame,) = await self.receive(instantie)
        assert frame.kind == "notice"
        return Notice.decode(frame.body)

    def depths(self) -> dict[str, int]:
        """Return how many messages each queue holds, those being carried included."""
        lines = self.node.ctl("list_queues", "-p", VHOST, "name", "messages").split("\n")[1:]
        return {name: int(count) for name, count in (line.split("\t") for line in lines if line)}

    async def _next(self, channel: aiormq.abc.AbstractChannel, queue: str) -> bytes:
        async with asyncio.timeout(SECONDS):
            while True:
                message = await channel.basic_get(queue)
                if message.delivery_tag is not None:
                    await channel.basic_ack(message.delivery_tag)
                    return message.body
                await asyncio.sleep(0.01)  # between two looks
