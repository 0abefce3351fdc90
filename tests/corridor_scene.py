"""The setting of the corridor's tests: a worker in this process, three instanties, and a real RabbitMQ between them.

Messages are sealed and boxed as an adapter does it. The broker's clock starts an hour after its directory was signed.
"""

import asyncio
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiormq
from aiormq.abc import AbstractChannel, DeliveredMessage
from pamqp.commands import Basic

from deploy.private_node import PrivateNode
from tests.ledger_town import REGISTRY, START
from tests.one_directory import CORPORATION, LOG, MEMBERS, ORIGIN, fixed_key
from zegel_broker.app.run import Shell, open_shell
from zegel_broker.load import Equipment
from zegel_broker.settings import Settings
from zegel_broker.topology import VHOST, Limits, inbox, make_definitions, outbox, print_definitions
from zegel_schemas import canonical
from zegel_schemas.declaration import BROKER
from zegel_schemas.login import hash_password
from zegel_schemas.seal import HopBox, HopFrame, Sealed
from zegel_schemas.stamp import Notice, Proof

PASSWORDS = {name: f"of {name}, on loopback" for name in MEMBERS}
SECONDS = 30.0  # no test waits longer for one thing
GUEST = "guest"  # the node's own administrator, who sees everything


def provision(node: PrivateNode, place: Path, *, limits: Limits | None = None) -> None:
    """Give the node the topology of the directory, with a password per user."""
    hashes = {name: hash_password(text, random=secrets.token_bytes) for name, text in PASSWORDS.items()}
    file = place / "definitions.json"
    file.write_text(print_definitions(make_definitions(MEMBERS, password_hashes=hashes, limits=limits)))
    node.import_definitions(file)
    node.ctl("set_permissions", "-p", VHOST, GUEST, ".*", ".*", ".*")


def box(message: Sealed | bytes, *, sender: str = CORPORATION, note: bytes = b"") -> bytes:
    """Return the hop frame in which an adapter puts a container."""
    container = message.container if isinstance(message, Sealed) else message
    frame = HopFrame("message", note, container)
    return HopBox([fixed_key("hop", sender)]).seal(fixed_key("hop", BROKER).public, frame, random=os.urandom)


def say(proof: Proof) -> dict[str, canonical.Canonical]:
    """Return what one entry of the log says."""
    record = canonical.decode(proof.record)
    assert isinstance(record, dict)
    return record


async def until(is_so: Callable[[], bool]) -> None:
    """Look again and again until it is so; raise TimeoutError."""
    async with asyncio.timeout(SECONDS):
        while not is_so():  # noqa: ASYNC110 - what is waited for knows nothing of events
            await asyncio.sleep(0.01)  # between two looks


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
        return self.node.url(user, PASSWORDS.get(user, GUEST), VHOST)

    @asynccontextmanager
    async def worker(self, **settings: object) -> AsyncIterator[Shell]:
        """Run a worker in this process until the block ends; it has then stopped in order."""
        values = {
            "amqp_url": self.url(BROKER),
            "directory": self.place / "directory",
            "root_fingerprint": "the registry is made by hand here",
            "keys": self.place / "keys",
            "ledger": self.place / "ledger.db",
            "http_port": 0,
            "fault_pause": 0.05,
            "answer_timeout": 5.0,
        }
        made = Settings(**(values | self.settings | settings))  # type: ignore[arg-type]
        async with open_shell(made, Equipment(REGISTRY, ORIGIN, LOG), clock=self.clock) as shell:
            running = asyncio.create_task(shell.run())
            started = asyncio.create_task(shell.started.wait())
            try:
                async with asyncio.timeout(SECONDS):
                    await asyncio.wait([running, started], return_when=asyncio.FIRST_COMPLETED)
                yield shell
            finally:
                started.cancel()
                shell.stop()
                await running

    async def send(self, *bodies: bytes, sender: str = CORPORATION, properties: Basic.Properties | None = None) -> None:
        """Publish hop frames into the sender's inbox, confirmed; with the sender's user_id unless told otherwise."""
        given = properties or Basic.Properties(delivery_mode=2, user_id=sender)
        async with self.channel(sender) as channel:
            await asyncio.gather(
                *(
                    channel.basic_publish(body, exchange=inbox(sender), properties=given, mandatory=True)
                    for body in bodies
                )
            )

    @asynccontextmanager
    async def channel(self, user: str = GUEST) -> AsyncIterator[AbstractChannel]:
        """Give a channel on a connection of one user."""
        async with aiormq.connect(self.url(user)) as connection:
            yield await connection.channel()

    async def receive(self, instantie: str, count: int = 1) -> list[HopFrame]:
        """Take `count` hop frames out of an instantie's queue, waiting for them; raise TimeoutError."""
        async with self.channel(instantie) as channel:
            got = [await self.take(channel, outbox(instantie)) for _ in range(count)]
        own = HopBox([fixed_key("hop", instantie)])
        return [own.open(message.body, REGISTRY.directory.key)[0] for message in got]

    async def notice(self, instantie: str = CORPORATION) -> Notice:
        """Take one notice out of an instantie's queue."""
        (frame,) = await self.receive(instantie)
        assert frame.kind == "notice"
        return Notice.decode(frame.body)

    async def facts(self, count: int, instantie: str = CORPORATION) -> list[dict[str, canonical.Canonical]]:
        """Take notices until they hold `count` entries of the log; return what these say, in order of index."""
        found: dict[int, Proof] = {}
        while len(found) < count:
            found |= {proof.index: proof for proof in (await self.notice(instantie)).proofs}
        return [say(found[index]) for index in sorted(found)]

    async def depth(self, queue: str) -> int:
        """Return how many messages of a queue wait to be handed out."""
        async with self.channel() as channel:
            return (await channel.queue_declare(queue, passive=True)).message_count or 0

    async def until_depth(self, queue: str, depth: int) -> None:
        """Wait until a queue holds that many messages; raise TimeoutError."""
        async with asyncio.timeout(SECONDS), self.channel() as channel:
            while (await channel.queue_declare(queue, passive=True)).message_count != depth:  # noqa: ASYNC110 - RabbitMQ
                await asyncio.sleep(0.01)  # between two looks

    async def take(self, channel: AbstractChannel, queue: str) -> DeliveredMessage:
        """Take one message out of a queue and ack it, waiting for it; raise TimeoutError."""
        async with asyncio.timeout(SECONDS):
            while True:
                message = await channel.basic_get(queue)
                if message.delivery_tag is not None:
                    await channel.basic_ack(message.delivery_tag)
                    return message
                await asyncio.sleep(0.01)  # between two looks

    async def clear(self, extra: Iterable[str] = ()) -> None:
        """Empty every queue, so that the next test finds none of this one's messages."""
        async with self.channel() as channel:
            for name in MEMBERS:
                for queue in (inbox(name), outbox(name)) if name != BROKER else ("quarantine", *extra):
                    with suppress(aiormq.exceptions.ChannelNotFoundEntity):
                        await channel.queue_purge(queue)


@asynccontextmanager
async def full_outbox(scene: Scene, instantie: str) -> AsyncIterator[None]:
    """Let an instantie's queue be full until the block ends; it is empty then."""
    queue = outbox(instantie)
    scene.node.ctl("set_policy", "-p", VHOST, "full", f"^{re.escape(queue)}$", '{"max-length": 1}')
    try:
        async with scene.channel() as channel:
            with suppress(aiormq.exceptions.DeliveryError):
                while True:  # RabbitMQ says no a little after the limit
                    await channel.basic_publish(b"filler", routing_key=queue)
        yield
    finally:
        async with scene.channel() as channel:
            await channel.queue_purge(queue)  # first, for what waits outside comes in at once
        scene.node.ctl("clear_policy", "-p", VHOST, "full")
