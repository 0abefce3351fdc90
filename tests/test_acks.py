"""Acks are as few as the order of a channel allows, and never one for a message that is still under way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiormq.abc import AbstractChannel, DeliveredMessage
from aiormq.exceptions import ChannelInvalidStateError

from deploy.private_node import PrivateNode
from tests.corridor_scene import Scene, provision
from tests.one_directory import SCHOOL
from zegel_broker.app.acks import Acks
from zegel_broker.topology import inbox

QUEUE = inbox(SCHOOL)


@pytest.fixture(scope="module")
def provisioned(node: PrivateNode, tmp_path_factory: pytest.TempPathFactory) -> PrivateNode:
    """The module's node with the town's topology on it."""
    provision(node, tmp_path_factory.mktemp("definitions"))
    return node


@pytest.fixture
async def scene(provisioned: PrivateNode, tmp_path: Path) -> AsyncIterator[Scene]:
    """Ten messages in the school's inbox."""
    scene = Scene(provisioned, tmp_path)
    await scene.send(*(bytes([number]) for number in range(1, 11)), sender=SCHOOL)
    yield scene
    await scene.clear()


async def consume(channel: AbstractChannel) -> None:
    """Have ten messages handed out, with tags 1 to 10."""
    got: asyncio.Queue[DeliveredMessage] = asyncio.Queue()
    await channel.basic_consume(QUEUE, got.put)
    async with asyncio.timeout(20):
        assert [(await got.get()).delivery_tag for _ in range(10)] == list(range(1, 11))


async def left_after(scene: Scene, done: list[int], given_back: list[int]) -> int:
    """Ack and give back these tags in this order, all at once; return how many messages RabbitMQ still has."""
    async with scene.channel() as channel:
        await consume(channel)
        acks = Acks(channel)
        await asyncio.gather(*(acks.give_back(tag) for tag in given_back), *(acks.ack(tag) for tag in done))
        await channel.queue_declare(QUEUE, passive=True)  # RabbitMQ has read what came before
    return await scene.depth(QUEUE)


@pytest.mark.parametrize(
    ("done", "left"),
    [
        (list(range(1, 11)), 0),
        (list(range(10, 0, -1)), 0),
        ([2, 3, 4, 5, 6, 7, 8, 9, 10], 1),  # the first is still under way
        ([1, 2, 4, 10], 6),
        ([5], 9),
    ],
)
async def test_what_is_acked_is_gone_and_nothing_else(done: list[int], left: int, scene: Scene) -> None:
    assert await left_after(scene, done, []) == left


async def test_what_was_given_back_is_not_acked_by_a_later_one(scene: Scene) -> None:
    assert await left_after(scene, [1, 2, 4, 5, 6, 7, 8, 9, 10], [3]) == 1


async def test_a_straggler_closes_the_gap_and_the_channel_lives_on(scene: Scene) -> None:
    async with scene.channel() as channel:
        await consume(channel)
        acks = Acks(channel)
        for tag in (2, 4, 3, 1, 10, 9, 5, 8, 7, 6):
            await acks.ack(tag)
        await channel.queue_declare(QUEUE, passive=True)

        assert not channel.is_closed
    assert await scene.depth(QUEUE) == 0


async def test_an_ack_on_a_channel_that_ended_says_so(scene: Scene) -> None:
    async with scene.channel() as channel:
        await consume(channel)
        acks = Acks(channel)
    with pytest.raises(ChannelInvalidStateError):
        await acks.ack(1)
    with pytest.raises(ChannelInvalidStateError):
        await acks.give_back(2)
