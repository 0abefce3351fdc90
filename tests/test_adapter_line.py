"""The adapter on a real RabbitMQ: what it publishes, when it acknowledges, and what a lost line costs: nothing."""

import asyncio
import json
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

from deploy.private_node import PrivateNode
from tests.adapter_scene import CORPORATION, REGIE, Clock, Municipality, found_town, new_casus, question, seal_draft
from zegel_adapters.adapter import Adapter, AlreadyRunningError
from zegel_adapters.desk import Desk
from zegel_adapters.side import Side
from zegel_broker.topology import VHOST, inbox, make_definitions, outbox, print_definitions
from zegel_schemas.declaration import BROKER
from zegel_schemas.login import hash_password
from zegel_schemas.seal.container import check_frame, read
from zegel_schemas.seal.hop import HopBox, HopFrame

PASSWORD = "town"
OPERATOR = "operator"
DELIVERIES = 60
SOON = 20.0  # seconds a step may take on a busy machine


@dataclass
class Corridor:
    """A town of now, its RabbitMQ, and the broker's hands: what it gets from an inbox and puts into an outbox."""

    town: Municipality
    node: PrivateNode
    regie: Side

    def url(self, user: str) -> str:
        """Return the URL with which one party logs in."""
        return self.node.url(user, PASSWORD, VHOST)

    @asynccontextmanager
    async def broker(self, user: str = BROKER) -> AsyncIterator[AbstractChannel]:
        """Open the broker's channel, or that of an operator who looks and tidies."""
        async with await aio_pika.connect(self.url(user)) as connection:
            yield await connection.channel(publisher_confirms=True, on_return_raises=True)

    async def fetch(self, instantie: str) -> AbstractIncomingMessage:
        """Take the next message out of an inbox queue; asks, which nobody answers here, are taken out too."""
        async with self.broker() as channel:
            queue = await channel.get_queue(inbox(instantie), ensure=False)
            async with asyncio.timeout(SOON), queue.iterator() as messages:
                async for message in messages:
                    await message.ack()
                    if check_frame(self.open(message).body, self.regie.shelf.key).use != "ask":
                        return message
        raise AssertionError("the queue was closed")

    async def put(self, instantie: str, *bodies: bytes) -> None:
        """Put bodies into an outbox queue, confirmed."""
        async with self.broker() as channel:
            exchange = await channel.get_exchange("out", ensure=False)
            for body in bodies:
                await exchange.publish(aio_pika.Message(body, delivery_mode=2), instantie, mandatory=True)

    def open(self, message: AbstractIncomingMessage) -> HopFrame:
        """Open the hop of a message to the broker."""
        return HopBox([self.town.hop]).open(message.body, self.regie.holdings.directory.key)[0]

    def delivery(self, casus: str = "") -> bytes:
        """Return the body of a fresh permitted question to the corporation."""
        now = int(time.time())
        container = seal_draft(self.regie, question(casus=casus or new_casus(), due=""), now=now).container
        index = self.town.permit(container, self.regie, time=now)
        return self.town.deliver(CORPORATION, container, self.town.stamp(index))

    def send(self, **changes: object) -> str:
        """Leave the regieteam's question in its outbox."""
        with Desk(self.town.home(REGIE)) as desk:
            return desk.send(question(**{"casus": new_casus(), "due": "", **changes}))

    async def drain(self) -> None:
        """Empty all queues, so that each test begins with its own messages."""
        async with self.broker(OPERATOR) as channel:
            for queue in (inbox(REGIE), inbox(CORPORATION), outbox(REGIE), outbox(CORPORATION)):
                await (await channel.get_queue(queue, ensure=False)).purge()

    async def left(self, queue: str) -> int:
        """Return how many messages a queue holds now that nobody consumes it: what was not acknowledged came back."""
        async with self.broker(OPERATOR) as channel:
            return (await channel.declare_queue(queue, passive=True)).declaration_result.message_count or 0


@pytest.fixture(scope="module")
def corridor(node: PrivateNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corridor]:
    """Give a town provisioned on the node; its adapters are started by the tests."""
    place = tmp_path_factory.mktemp("line")
    with pytest.MonkeyPatch.context() as patch:
        town = found_town(
            place, patch, url=node.url("USER", PASSWORD, VHOST).replace("USER", "{user}"), now=int(time.time())
        )
        users = (BROKER, *town.made)
        hashes = {user: hash_password(PASSWORD, random=secrets.token_bytes) for user in users}
        definitions = place / "definitions.json"
        definitions.write_text(print_definitions(make_definitions(users, password_hashes=hashes)))
        node.import_definitions(definitions)
        node.ctl("add_user", OPERATOR, PASSWORD)
        node.ctl("set_permissions", "--vhost", VHOST, OPERATOR, ".*", ".*", ".*")
        yield Corridor(town, node, town.side(REGIE, Clock(time.time())))


@asynccontextmanager
async def running(corridor: Corridor, instantie: str) -> AsyncIterator[Adapter]:
    """Run an adapter in this process until the block ends, and see that it stops in order."""
    adapter = Adapter(corridor.town.home(instantie))
    task = asyncio.create_task(adapter.run())
    try:
        async with asyncio.timeout(SOON):
            await adapter.connected.wait()
        yield adapter
    finally:
        adapter.stop()
        async with asyncio.timeout(SOON):
            await task


async def await_items(corridor: Corridor, number: int) -> list[str]:
    """Wait until the corporation's inbox holds `number` messages, and return their ids."""
    with Desk(corridor.town.home(CORPORATION)) as desk:
        await await_so(lambda: len(desk.inbox()) >= number)
        return [each.id for each in desk.inbox()]


async def await_so(is_so: Callable[[], bool]) -> None:
    """Wait until something holds that only looking can tell: a mailbox or queue of another process."""
    async with asyncio.timeout(SOON):
        while not is_so():  # noqa: ASYNC110 - no event crosses the process border
            await asyncio.sleep(0.02)


@pytest.fixture(autouse=True)
async def _fresh(corridor: Corridor) -> None:
    await corridor.drain()
    with Desk(corridor.town.home(CORPORATION)) as desk:
        for item in desk.inbox():
            desk.acknowledge(item)


async def test_a_draft_goes_out_persistent_under_our_user_and_says_nothing_in_its_properties(
    corridor: Corridor,
) -> None:
    sent = corridor.send()
    async with running(corridor, REGIE):
        message = await corridor.fetch(REGIE)
        verified = read(check_frame(corridor.open(message).body, corridor.regie.holdings.directory.key))

    assert verified.declaration.id == sent
    assert (message.user_id, message.delivery_mode, message.headers) == (REGIE, 2, {})
    assert message.message_id
    assert sent not in str(message.message_id)
    assert (message.content_type, message.reply_to, message.correlation_id, message.type) == (None,) * 4
    with Desk(corridor.town.home(REGIE)) as desk:
        assert (await desk.outcome(sent)).state == "sent"


async def test_a_delivery_is_acknowledged_once_it_is_stored_and_answered_with_a_receipt(corridor: Corridor) -> None:
    await corridor.put(CORPORATION, corridor.delivery())
    async with running(corridor, CORPORATION):
        (item,) = await await_items(corridor, 1)
        receipt = read(check_frame(corridor.open(await corridor.fetch(CORPORATION)).body, corridor.regie.shelf.key))

    assert await corridor.left(outbox(CORPORATION)) == 0
    with Desk(corridor.town.home(CORPORATION)) as desk:
        assert receipt.declaration.re == desk.item(item).message_hash
    assert (receipt.signed.use, receipt.declaration.claims.result) == ("receipt", "opened")


async def test_poison_is_acknowledged_and_its_neighbours_arrive(corridor: Corridor) -> None:
    poison = [b"", secrets.token_bytes(3000), corridor.town.box(CORPORATION, "delivery", b"\xff" * 50)]
    await corridor.put(CORPORATION, corridor.delivery(), *poison, corridor.delivery())
    async with running(corridor, CORPORATION):
        await await_items(corridor, 2)

    assert await corridor.left(outbox(CORPORATION)) == 0
    side = corridor.town.side(CORPORATION)
    assert len(side.evidence.aside()) >= len(poison)
    side.mailbox.close()


async def test_a_closed_connection_loses_nothing_and_doubles_nothing(corridor: Corridor) -> None:
    async with running(corridor, CORPORATION), running(corridor, REGIE):
        for _ in range(3):
            corridor.node.ctl("close_all_connections", "--vhost", VHOST, "maintenance")
            await corridor.put(CORPORATION, corridor.delivery(), corridor.delivery())
            corridor.send()
        ids = await await_items(corridor, 6)
        sent = {corridor.open(await corridor.fetch(REGIE)).body for _ in range(3)}

    assert await corridor.left(outbox(CORPORATION)) == 0
    assert len(set(ids)) == 6
    assert len(sent) == 3


async def test_rabbitmq_restarted_the_adapter_comes_back_by_itself(corridor: Corridor) -> None:
    async with running(corridor, CORPORATION), running(corridor, REGIE):
        corridor.node.stop_app()
        sent = corridor.send()
        with Desk(corridor.town.home(REGIE)) as desk:
            assert (await desk.outcome(sent)).state == "queued"
        corridor.node.start_app()
        await corridor.put(CORPORATION, corridor.delivery())
        await await_items(corridor, 1)
        verified = read(check_frame(corridor.open(await corridor.fetch(REGIE)).body, corridor.regie.shelf.key))

    assert verified.declaration.id == sent


async def test_a_full_inbox_queue_delays_and_loses_nothing(corridor: Corridor) -> None:
    corridor.node.ctl(
        "set_policy", "full", f"^{inbox(REGIE)}$".replace(".", r"\."), '{"max-length": 1}', "--vhost", VHOST
    )
    try:
        sent = {corridor.send() for _ in range(4)}
        async with running(corridor, REGIE):
            got = set()
            for _ in range(4):
                frame = corridor.open(await corridor.fetch(REGIE))
                got.add(read(check_frame(frame.body, corridor.regie.shelf.key)).declaration.id)
    finally:
        corridor.node.ctl("clear_policy", "full", "--vhost", VHOST)

    assert got == sent


async def test_two_adapters_never_run_on_one_home(corridor: Corridor) -> None:
    async with running(corridor, REGIE):
        with pytest.raises(AlreadyRunningError, match="already"):
            await Adapter(corridor.town.home(REGIE)).run()


async def test_a_killed_adapter_process_loses_nothing(corridor: Corridor) -> None:
    command = [sys.executable, "-m", "zegel_adapters", "run", "--home", str(corridor.town.home(CORPORATION))]
    await corridor.put(CORPORATION, *(corridor.delivery() for _ in range(DELIVERIES)))
    for _ in range(3):
        process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
        await _await_progress(corridor)
        process.kill()
        await process.wait()
    async with running(corridor, CORPORATION):
        ids = await await_items(corridor, DELIVERIES)

    assert await corridor.left(outbox(CORPORATION)) == 0
    assert len(set(ids)) == DELIVERIES


async def test_the_process_stops_in_order_on_sigterm(corridor: Corridor) -> None:
    await corridor.put(CORPORATION, corridor.delivery())
    command = [sys.executable, "-m", "zegel_adapters", "run", "--home", str(corridor.town.home(CORPORATION))]
    process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.PIPE)
    await await_items(corridor, 1)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(SOON):
        _, written = await process.communicate()
    log = written.decode()

    assert process.returncode == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert {"receiving", "sending", "taken in"} <= {line["event"] for line in lines}
    assert PASSWORD not in log.replace("instantie", "")


async def _await_progress(corridor: Corridor) -> None:
    """Wait until the corporation's inbox holds more than before, or all there is."""
    with Desk(corridor.town.home(CORPORATION)) as desk:
        before = len(desk.inbox())
        await await_so(lambda: len(desk.inbox()) > before or before == DELIVERIES)
