"""The topology on a real RabbitMQ: everybody writes to their own inbox, reads their own queue, and that is all."""

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
from aiormq.abc import AbstractChannel
from aiormq.exceptions import AMQPError, ChannelAccessRefused, ConnectionClosed, DeliveryError, InvalidFrameError
from pamqp.commands import Basic

from deploy.private_node import PrivateNode
from tests.corridor_scene import Scene, provision
from tests.one_directory import CORPORATION, MEMBERS, REGIE, SCHOOL
from zegel_broker.topology import (
    DELIVERY_LIMIT,
    OUT,
    QUARANTINE,
    Limits,
    inbox,
    make_definitions,
    outbox,
    print_definitions,
)
from zegel_schemas.declaration import BROKER
from zegel_schemas.login import hash_password

INBOX_HOLDS = 5


@pytest.fixture(scope="module")
def provisioned(node: PrivateNode, tmp_path_factory: pytest.TempPathFactory) -> PrivateNode:
    """The module's node, with inboxes that hold five messages."""
    provision(node, tmp_path_factory.mktemp("definitions"), limits=Limits(inbox_messages=INBOX_HOLDS))
    return node


@pytest.fixture
async def scene(provisioned: PrivateNode, tmp_path: Path) -> AsyncIterator[Scene]:
    """Empty queues."""
    scene = Scene(provisioned, tmp_path)
    yield scene
    await scene.clear()


async def publish(scene: Scene, user: str, exchange: str, routing_key: str = "", user_id: str | None = None) -> None:
    """Publish one message as `user` and wait for RabbitMQ's answer."""
    async with scene.channel(user) as channel:
        properties = Basic.Properties(delivery_mode=2, user_id=user_id)
        await channel.basic_publish(
            b"body", exchange=exchange, routing_key=routing_key, properties=properties, mandatory=True
        )


async def test_an_instantie_writes_into_its_own_inbox_and_only_there(scene: Scene) -> None:
    await publish(scene, CORPORATION, inbox(CORPORATION), "whatever it says", CORPORATION)

    assert await scene.depth(inbox(CORPORATION)) == 1
    assert await scene.depth(inbox(REGIE)) == 0


@pytest.mark.parametrize(
    ("exchange", "routing_key"),
    [
        (inbox(REGIE), ""),  # another's inbox
        (OUT, REGIE),  # the way to another's queue
        ("", outbox(REGIE)),  # the default exchange, which reaches every queue
        ("", inbox(CORPORATION)),  # also to its own inbox: past the fanout no routing key is ignored
        (QUARANTINE, ""),
        ("amq.direct", outbox(REGIE)),
    ],
)
async def test_an_instantie_reaches_no_other_exchange(exchange: str, routing_key: str, scene: Scene) -> None:
    with pytest.raises(ChannelAccessRefused):
        await publish(scene, CORPORATION, exchange, routing_key)


@pytest.mark.parametrize("queue", [outbox(REGIE), inbox(CORPORATION), inbox(REGIE), QUARANTINE])
async def test_an_instantie_reads_no_queue_but_its_own(queue: str, scene: Scene) -> None:
    async with scene.channel(CORPORATION) as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.basic_get(queue)
    async with scene.channel(CORPORATION) as channel:
        assert (await channel.basic_get(outbox(CORPORATION))).delivery_tag is None


async def test_a_dot_in_an_id_stands_for_a_dot_only(scene: Scene) -> None:
    lookalike = "gemeenteXregieteam"
    more = make_definitions([lookalike], password_hashes={}) | {"users": [], "permissions": []}
    scene.place.joinpath("more.json").write_text(print_definitions(more))
    scene.node.import_definitions(scene.place / "more.json")

    with pytest.raises(ChannelAccessRefused):
        await publish(scene, REGIE, inbox(lookalike))
    await publish(scene, REGIE, inbox(REGIE))


ATTEMPTS: dict[str, Callable[[AbstractChannel], Awaitable[object]]] = {
    "declare": lambda channel: channel.queue_declare("of my own", durable=True),
    "bind": lambda channel: channel.queue_bind(outbox(CORPORATION), OUT, REGIE),
    "delete": lambda channel: channel.queue_delete(outbox(CORPORATION)),
}


@pytest.mark.parametrize("user", [CORPORATION, BROKER])
@pytest.mark.parametrize("what", ATTEMPTS)
async def test_nobody_declares_binds_or_deletes_anything(what: str, user: str, scene: Scene) -> None:
    async with scene.channel(user) as channel:
        with pytest.raises(ChannelAccessRefused):
            await ATTEMPTS[what](channel)


async def test_nobody_can_put_anothers_name_into_user_id(scene: Scene) -> None:
    with pytest.raises(AMQPError):
        await publish(scene, CORPORATION, inbox(CORPORATION), user_id=REGIE)


async def test_the_broker_reads_inboxes_delivers_and_quarantines_and_that_is_all(scene: Scene) -> None:
    await publish(scene, BROKER, OUT, REGIE)
    await publish(scene, BROKER, QUARANTINE)
    async with scene.channel(BROKER) as channel:
        assert (await channel.basic_get(inbox(CORPORATION))).delivery_tag is None

    assert (await scene.depth(outbox(REGIE)), await scene.depth(QUARANTINE)) == (1, 1)
    for exchange in ("", inbox(CORPORATION)):
        with pytest.raises(ChannelAccessRefused):
            await publish(scene, BROKER, exchange, outbox(REGIE))
    async with scene.channel(BROKER) as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.basic_get(outbox(REGIE))


async def test_a_full_inbox_says_no_and_loses_nothing_it_accepted(scene: Scene) -> None:
    accepted = 0
    with suppress(DeliveryError):
        for _ in range(100 * INBOX_HOLDS):
            await publish(scene, CORPORATION, inbox(CORPORATION), user_id=CORPORATION)
            accepted += 1

    assert INBOX_HOLDS <= accepted < 100 * INBOX_HOLDS
    assert await scene.depth(inbox(CORPORATION)) == accepted


async def test_what_is_given_back_too_often_ends_in_quarantine(scene: Scene) -> None:
    await publish(scene, SCHOOL, inbox(SCHOOL), user_id=SCHOOL)
    returned = 0
    async with scene.channel(BROKER) as channel:
        while (message := await channel.basic_get(inbox(SCHOOL))).delivery_tag is not None:
            await channel.basic_reject(message.delivery_tag, requeue=True)
            returned += 1
    await scene.until_depth(QUARANTINE, 1)

    assert returned >= DELIVERY_LIMIT


async def test_an_instantie_has_a_bounded_number_of_connections(scene: Scene) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(Limits().connections):
            await stack.enter_async_context(scene.channel(SCHOOL))
        with pytest.raises((ConnectionClosed, InvalidFrameError)):  # aiormq waits for another answer here
            await stack.enter_async_context(scene.channel(SCHOOL))


def test_definitions_hold_hashes_and_never_a_password() -> None:
    hashed = hash_password("a secret", random=os.urandom)
    text = print_definitions(make_definitions(MEMBERS, password_hashes={CORPORATION: hashed}))

    assert "a secret" not in text
    assert [user["password_hash"] for user in json.loads(text)["users"] if user["name"] == CORPORATION] == [hashed]
    assert {user["password_hash"] for user in json.loads(text)["users"] if user["name"] != CORPORATION} == {""}


def test_every_queue_is_bounded_refuses_when_full_and_gives_up_late() -> None:
    queues = json.loads(print_definitions(make_definitions(MEMBERS, password_hashes={})))["queues"]

    assert {queue["name"] for queue in queues} == {
        *(name for each in MEMBERS if each != BROKER for name in (inbox(each), outbox(each))),
        QUARANTINE,
    }
    for queue in queues:
        arguments = queue["arguments"]
        assert arguments["x-queue-type"] == "quorum"
        assert arguments["x-overflow"] == "reject-publish"
        assert arguments["x-delivery-limit"] >= 1000
        assert arguments["x-max-length"] > 0
        assert arguments["x-max-length-bytes"] > 0
        assert queue["name"] == QUARANTINE or arguments["x-dead-letter-exchange"] == QUARANTINE
