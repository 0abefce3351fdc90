"""Ways in which RabbitMQ, aio-pika and FastStream lose, double or misdirect messages by default, and do not do so here.

Each test names one. They were met with faststream 0.7.8, aio-pika 10.2.1, aiormq 7.2.4, pamqp 4.0.1, RabbitMQ 3.10.8.
"""

import asyncio
import json
import sqlite3
import struct
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiormq.abc import AbstractChannel, ChannelFrame
from pamqp import frame as wire
from pamqp.body import ContentBody
from pamqp.commands import Basic
from pamqp.common import FieldTable

from deploy.private_node import PrivateNode
from tests.corridor_scene import Scene, box, full_outbox, provision, until
from tests.ledger_town import report
from tests.one_directory import CORPORATION, MEMBERS, REGIE, SCHOOL
from zegel_broker.app.run import Shell
from zegel_broker.deliver import Letter
from zegel_broker.metrics import Metrics
from zegel_broker.topology import QUARANTINE, VHOST, inbox, outbox
from zegel_schemas.declaration import BROKER
from zegel_schemas.seal import b64u, decode_delivery

CLASS_BASIC = 60  # AMQP 0-9-1, section 4.2.6.1
HEADER_FRAME = 2
MESSAGE_ID, TIMESTAMP, HEADERS = 1 << 7, 1 << 6, 1 << 13


@pytest.fixture(scope="module")
def provisioned(node: PrivateNode, tmp_path_factory: pytest.TempPathFactory) -> PrivateNode:
    """The module's node with the town's topology on it."""
    provision(node, tmp_path_factory.mktemp("definitions"))
    return node


@pytest.fixture
async def scene(provisioned: PrivateNode, tmp_path: Path) -> AsyncIterator[Scene]:
    """Empty queues, and a ledger that does not exist yet."""
    scene = Scene(provisioned, tmp_path)
    yield scene
    await scene.clear()


def nest(levels: int) -> bytes:
    """Return a field table within a field table, and so on."""
    table = b""
    for _ in range(levels):
        inside = b"\x01aF" + struct.pack(">I", len(table)) + table
        table = inside
    return struct.pack(">I", len(table)) + table


POISON = {
    "a message_id that is not UTF-8": (MESSAGE_ID, b"\x02\xff\xfe"),
    "a timestamp beyond all years": (TIMESTAMP, struct.pack(">Q", 2**63 - 1)),
    "headers nested 2000 deep": (HEADERS, nest(2000)),
    "a header with a name that is not UTF-8": (HEADERS, struct.pack(">I", 4) + b"\x02\xff\xfeV"),
}


async def publish_raw(channel: Any, flags: int, properties: bytes, body: bytes) -> None:
    """Publish into the corporation's inbox with these bytes for properties."""
    publish = wire.marshal(Basic.Publish(exchange=inbox(CORPORATION)), channel.number)
    payload = struct.pack(">HHQH", CLASS_BASIC, 0, len(body), flags) + properties
    header = struct.pack(">BHI", HEADER_FRAME, channel.number, len(payload)) + payload + b"\xce"
    frames = publish + header + wire.marshal(ContentBody(body), channel.number)
    await channel.write_queue.put(ChannelFrame(frames, should_close=False))
    await channel.queue_declare(inbox(CORPORATION), passive=True)  # RabbitMQ has read what came before


async def close_connections(scene: Scene, name: str) -> None:
    """Close the broker's connections of this name from RabbitMQ's side."""
    listed = await asyncio.to_thread(scene.node.ctl, "list_connections", "pid", "client_properties")
    for line in listed.splitlines():
        pid, _, properties = line.partition("\t")
        if name in properties:
            await asyncio.to_thread(scene.node.ctl, "close_connection", pid, "a test asked for it")


async def deliveries(scene: Scene, count: int) -> set[bytes]:
    """Take messages out of the regieteam's queue until `count` different containers came; return them."""
    found: set[bytes] = set()
    while len(found) < count:
        (frame,) = await scene.receive(REGIE)
        found.add(decode_delivery(frame.body)[0])
    return found


def read_number(shell: Shell, name: str) -> float:
    """Return the sum of a metric over its labels."""
    lines = shell._metrics.text().decode().splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


# -- trap 1 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", POISON)
async def test_broken_properties_are_quarantined_and_their_neighbours_arrive(what: str, scene: Scene) -> None:
    before, after = report(), report()
    await scene.send(box(before))
    async with scene.channel(CORPORATION) as channel:
        await publish_raw(channel, *POISON[what], b"with poison")
    await scene.send(box(after))
    async with scene.worker() as shell:
        channels = {reading.live_on for reading in shell._inboxes._readings.values()}
        told = await scene.facts(5)
        arrived = await deliveries(scene, 2)
        await scene.until_depth(inbox(CORPORATION), 0)

        assert {reading.live_on for reading in shell._inboxes._readings.values()} == channels
    async with scene.channel() as channel:
        assert (await scene.take(channel, QUARANTINE)).body == b"with poison"
    assert arrived == {before.container, after.container}
    assert ["EIGENSCHAPPEN_ONLEESBAAR"] in [each["codes"] for each in told]


# -- traps 2, 3 and 6 -------------------------------------------------------------------------------------------------


async def test_every_letter_has_a_message_id_of_its_own_is_persistent_and_carries_nothing_else(scene: Scene) -> None:
    await scene.send(*(box(report()) for _ in range(20)))
    async with scene.worker():
        await scene.until_depth(outbox(REGIE), 20)
    async with scene.channel(REGIE) as channel:
        letters = [(await scene.take(channel, outbox(REGIE))).header.properties for _ in range(20)]

    assert len({letter.message_id for letter in letters}) == 20
    for letter in letters:
        assert {name for name, value in letter if value} - {"headers"} == {"delivery_mode", "message_id"}
        assert (letter.headers or {}).keys() <= {"x-delivery-count"}  # RabbitMQ's own
        assert letter.delivery_mode == 2


async def test_a_returned_letter_is_told_from_the_ones_around_it(scene: Scene) -> None:
    async with scene.worker() as shell:
        letters = [Letter("out", REGIE if number % 2 else "nobody", b"letter") for number in range(40)]
        posted = await asyncio.gather(*(shell._post.publish(letter) for letter in letters))

    assert posted == ["unroutable", "confirmed"] * 20


async def test_what_a_sender_writes_into_its_properties_is_not_obeyed(scene: Scene) -> None:
    everywhere: FieldTable = {"CC": [outbox(SCHOOL)], "BCC": [outbox(SCHOOL)]}
    properties = Basic.Properties(
        delivery_mode=2, user_id=CORPORATION, reply_to=outbox(SCHOOL), headers=everywhere, correlation_id="c"
    )
    async with scene.worker():
        await scene.send(box(report()), properties=properties)
        await scene.facts(2)

    assert await scene.depth(outbox(SCHOOL)) == 0


# -- trap 4 -----------------------------------------------------------------------------------------------------------


async def test_an_outgoing_connection_that_dies_is_a_retry_not_an_end(scene: Scene) -> None:
    messages = [report() for _ in range(60)]
    async with scene.worker():
        sending = asyncio.create_task(scene.send(*map(box, messages)))
        await close_connections(scene, "zegel-broker out")
        await sending

        assert await deliveries(scene, 60) == {each.container for each in messages}
        await scene.until_depth(inbox(CORPORATION), 0)


async def test_a_connection_that_aiormq_itself_gives_up_is_a_retry_too(scene: Scene) -> None:
    large = b"x" * 4 * 1024 * 1024  # so that writing it takes a while
    async with scene.worker() as shell:
        posting = asyncio.create_task(shell._post.publish(Letter(QUARANTINE, "", large)))
        await asyncio.sleep(0)  # it begins to write
        await asyncio.sleep(0)
        connection = shell._post._connection
        assert connection is not None
        await connection.close()  # as after a missed heartbeat: whoever writes is cancelled by nobody

        assert await posting in {"lost", "confirmed"}
        assert await shell._post.publish(Letter(QUARANTINE, "", b"after")) == "confirmed"


async def test_both_connections_die_and_every_message_arrives(scene: Scene) -> None:
    messages = [report() for _ in range(60)]
    await scene.send(*map(box, messages))
    async with scene.worker() as shell:
        await asyncio.to_thread(scene.node.ctl, "close_all_connections", "--vhost", VHOST, "a test asked for it")

        assert await deliveries(scene, 60) == {each.container for each in messages}
        await until(lambda: not shell._trouble())
        await scene.until_depth(inbox(CORPORATION), 0)


# -- trap 5 -----------------------------------------------------------------------------------------------------------


async def test_after_a_fault_of_ours_a_message_is_held_given_back_and_comes_again(scene: Scene) -> None:
    refused = report(convenant="A" * 43)
    async with scene.worker(patience=0.2) as shell:
        async with full_outbox(scene, CORPORATION):  # nobody can be told, and telling is ours to do
            await scene.send(box(refused))
            await until(lambda: read_number(shell, "zegel_faults_total") > 1)
        (told,) = await scene.facts(1)
        await scene.until_depth(inbox(CORPORATION), 0)

    assert told["hash"] == b64u(refused.message_hash)
    assert await scene.depth(QUARANTINE) == 0


async def test_while_the_ledger_cannot_be_written_messages_are_held_and_none_is_given_back(scene: Scene) -> None:
    message = report()
    async with scene.worker() as shell:
        other = sqlite3.connect(scene.place / "ledger.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")  # a backup that holds the ledger too long
        try:
            await scene.send(box(message))
            await until(lambda: read_number(shell, "zegel_settle_failures_total") > 0)
            trouble = shell._trouble()
        finally:
            other.execute("ROLLBACK")
            other.close()

        assert "ledger" in trouble
        assert await deliveries(scene, 1) == {message.container}
        await scene.until_depth(inbox(CORPORATION), 0)
        assert not shell._trouble()
        assert read_number(shell, "zegel_faults_total") == 0


async def test_a_worker_whose_ledger_cannot_be_written_can_be_stopped(scene: Scene) -> None:
    async with scene.worker(grace=1.0) as shell:
        other = sqlite3.connect(scene.place / "ledger.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await scene.send(box(report()))
        await until(lambda: read_number(shell, "zegel_settle_failures_total") > 0)
        shell.stop()
        async with asyncio.timeout(20):
            await shell.stopped.wait()
        other.execute("ROLLBACK")
        other.close()

    assert await scene.depth(inbox(CORPORATION)) == 1


# -- trap 7 -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-nothing"])
async def test_a_body_is_never_decoded_by_what_its_sender_calls_it(content_type: str, scene: Scene) -> None:
    message = report()
    properties = Basic.Properties(
        delivery_mode=2, user_id=CORPORATION, content_type=content_type, content_encoding="utf-16"
    )
    async with scene.worker():
        await scene.send(box(message), properties=properties)

        assert await deliveries(scene, 1) == {message.container}


# -- trap 9 -----------------------------------------------------------------------------------------------------------


def test_no_word_of_a_sender_becomes_a_label() -> None:
    metrics = Metrics(["wil"])
    for number in range(100):
        metrics.count_fault(f"invented-{number}")
    metrics.count_fault("wil")
    lines = [line for line in metrics.text().decode().splitlines() if line.startswith("zegel_faults_total")]

    assert sorted(lines) == ['zegel_faults_total{inbox="other"} 100.0', 'zegel_faults_total{inbox="wil"} 1.0']


# -- trap 10 ----------------------------------------------------------------------------------------------------------


async def test_during_a_memory_alarm_messages_are_taken_and_afterwards_delivered(scene: Scene) -> None:
    messages = [report() for _ in range(5)]
    await scene.send(*map(box, messages))
    async with scene.worker(answer_timeout=2.0) as shell:
        await scene.facts(10)
        await deliveries(scene, 5)
        more = [report() for _ in range(5)]
        await scene.send(*map(box, more))
        await asyncio.to_thread(scene.node.ctl, "set_vm_memory_high_watermark", "absolute", "1MiB")
        try:
            await scene.until_depth(inbox(CORPORATION), 0)
        finally:
            await asyncio.to_thread(scene.node.ctl, "set_vm_memory_high_watermark", "0.4")

        assert await deliveries(scene, 5) == {each.container for each in more}
        await until(lambda: not shell._trouble())


# -- trap 11 ----------------------------------------------------------------------------------------------------------


async def test_a_worker_that_is_stopped_under_load_hands_nothing_back(scene: Scene) -> None:
    await scene.send(*(box(report()) for _ in range(300)))
    async with scene.worker(prefetch=50), scene.channel() as channel:
        await until_some(channel, outbox(REGIE))
    left, handed_back = 0, 0
    async with scene.channel() as channel:
        while (message := await channel.basic_get(inbox(CORPORATION))).delivery_tag is not None:
            left += 1
            handed_back += bool(message.redelivered)
            await channel.basic_ack(message.delivery_tag)

    assert left > 0, "it was stopped when nothing was left to do: send more"
    assert handed_back == 0
    assert await scene.depth(outbox(REGIE)) == 300 - left


async def until_some(channel: AbstractChannel, queue: str) -> None:
    """Wait until a queue holds something."""
    async with asyncio.timeout(30):
        while not (await channel.queue_declare(queue, passive=True)).message_count:  # noqa: ASYNC110 - RabbitMQ knows
            await asyncio.sleep(0.001)  # between two looks


async def test_a_worker_can_be_stopped_while_rabbitmq_is_away(scene: Scene) -> None:
    async with scene.worker(grace=2.0) as shell:
        await asyncio.to_thread(scene.node.stop_app)
        try:
            await until(lambda: not shell._inboxes.live)
            shell.stop()
            async with asyncio.timeout(20):
                await shell.stopped.wait()
        finally:
            await asyncio.to_thread(scene.node.start_app)


# -- trap 12 ----------------------------------------------------------------------------------------------------------


async def test_every_inbox_has_a_small_prefetch_of_its_own(scene: Scene) -> None:
    async with scene.worker(prefetch=7):
        listed = await asyncio.to_thread(
            scene.node.ctl, "list_consumers", "-p", VHOST, "queue_name", "channel_pid", "prefetch_count"
        )
    consumers = [line.split("\t") for line in listed.splitlines()[1:] if line]

    assert {queue for queue, _, _ in consumers} == {inbox(each) for each in MEMBERS if each != BROKER}
    assert len({channel for _, channel, _ in consumers}) == len(consumers)
    assert {prefetch for _, _, prefetch in consumers} == {"7"}


# -- trap 13 ----------------------------------------------------------------------------------------------------------


async def test_an_instantie_that_left_does_not_keep_the_others_from_recovering(scene: Scene) -> None:
    message = report()
    async with scene.worker() as shell:
        await shell._inboxes.follow([CORPORATION, REGIE])
        async with scene.channel() as channel:
            await channel.queue_delete(inbox(SCHOOL))
        try:
            await close_connections(scene, "zegel-broker in")
            await until(lambda: not shell._trouble())
            await scene.send(box(message))

            assert await deliveries(scene, 1) == {message.container}
        finally:
            await asyncio.to_thread(provision, scene.node, scene.place)


async def test_a_queue_that_is_missing_keeps_only_itself_from_being_read_until_it_is_back(scene: Scene) -> None:
    message = report()
    async with scene.worker() as shell:
        async with scene.channel() as channel:
            await channel.queue_delete(inbox(SCHOOL))
        try:
            await close_connections(scene, "zegel-broker in")
            await until(lambda: shell._inboxes.live == 2)
            await scene.send(box(message))

            assert await deliveries(scene, 1) == {message.container}
            assert shell._trouble() == {"inboxes": "2 of 3 are being read"}
        finally:
            await asyncio.to_thread(provision, scene.node, scene.place)
        await until(lambda: not shell._trouble())


async def test_what_waited_in_an_inbox_is_taken_at_the_moment_reading_starts(scene: Scene) -> None:
    messages = [report() for _ in range(64)]
    await scene.send(*map(box, messages))
    async with scene.worker(prefetch=64):
        assert await deliveries(scene, 64) == {each.container for each in messages}
        await scene.until_depth(inbox(CORPORATION), 0)


# -- trap 14 ----------------------------------------------------------------------------------------------------------


async def test_ready_means_that_inboxes_are_read_not_that_a_port_answers(scene: Scene) -> None:
    async with scene.worker() as shell:
        port = shell.http_port
        well = await ask(port, "/readyz")
        async with scene.channel() as channel:
            await channel.queue_delete(inbox(SCHOOL))
        try:
            await until(lambda: bool(shell._trouble()))
            ill, alive = await ask(port, "/readyz"), await ask(port, "/livez")
        finally:
            await asyncio.to_thread(provision, scene.node, scene.place)
        metrics = await ask(port, "/metrics")

    assert well == (200, b'{"ready": true, "trouble": {}}\n')
    assert (ill[0], json.loads(ill[1])["trouble"]) == (503, {"inboxes": "2 of 3 are being read"})
    assert alive[0] == 200
    assert b"zegel_live_consumers" in metrics[1]


async def ask(port: int, path: str) -> tuple[int, bytes]:
    """Return the status and body of an HTTP answer."""

    def get() -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    return await asyncio.to_thread(get)
