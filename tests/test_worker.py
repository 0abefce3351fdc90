"""A message's way through the corridor ends in one of five outcomes, each told with proof, over a real RabbitMQ."""

import asyncio
import os
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import pytest
from pamqp.commands import Basic

from deploy.private_node import PrivateNode
from tests.corridor_scene import Scene, box, full_outbox, provision, say
from tests.ledger_town import DAY, REGISTRY, acknowledge, arrive, draw_casus, only, register, report
from tests.one_directory import CORPORATION, DIRECTORY, LOG, ORIGIN, REGIE
from zegel_broker.ledger import Ledger
from zegel_broker.topology import OUT, QUARANTINE, inbox, outbox
from zegel_schemas.seal import Sealed, b64u, decode_delivery
from zegel_schemas.stamp import Stamp, check_notice, check_proof

FOREIGN_CONVENANT = "A" * 43


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


async def decide_only(scene: Scene, message: Sealed) -> int:
    """Do what a worker did that was killed before it could deliver; return the index of its decision."""
    ledger = await Ledger.open(
        scene.place / "ledger.db", origin=ORIGIN, log_key=LOG, clock=scene.clock, random=os.urandom, registry=REGISTRY
    )
    settled = only(await ledger.settle([arrive(message)]))
    await ledger.close()
    assert settled.to_deliver
    return settled.decision_index


async def test_a_permitted_message_is_delivered_with_its_stamp(scene: Scene) -> None:
    message = report()
    async with scene.worker():
        await scene.send(box(message))
        (frame,) = await scene.receive(REGIE)

    container, stamp_bytes = decode_delivery(frame.body)
    stamp = Stamp.decode(stamp_bytes)
    proven = check_proof(stamp.proof, stamp.note, DIRECTORY)
    assert frame.kind == "delivery"
    assert container == message.container
    assert (proven.record.outcome, proven.record.hash) == ("permitted", b64u(message.message_hash))


async def test_its_sender_hears_once_with_proof_of_decision_and_delivery(scene: Scene) -> None:
    async with scene.worker():
        await scene.send(box(report()))
        notice = await scene.notice()
        decision, delivered = check_notice(notice, DIRECTORY)

    assert (decision.record.type, delivered.record.type) == ("decision", "delivered")
    assert delivered.record.earlier == (decision.index,)
    assert await scene.depth(outbox(CORPORATION)) == 0
    assert await scene.depth(inbox(CORPORATION)) == 0


async def test_a_refused_message_reaches_nobody_and_its_sender_hears_why(scene: Scene) -> None:
    async with scene.worker():
        await scene.send(box(report(convenant=FOREIGN_CONVENANT)))
        notice = await scene.notice()

    (decision,) = notice.proofs
    assert (say(decision)["outcome"], say(decision)["codes"]) == ("refused", ["CONVENANT_VERSIE"])
    assert notice.explanations[decision.index]
    assert await scene.depth(outbox(REGIE)) == 0
    assert await scene.depth(QUARANTINE) == 0


async def test_an_unreadable_body_is_quarantined_as_it_came_and_told_to_the_inboxs_owner(scene: Scene) -> None:
    rubbish = b"nobody signed for this"
    async with scene.worker():
        await scene.send(rubbish)
        (told,) = await scene.facts(1)
        await scene.until_depth(inbox(CORPORATION), 0)

    async with scene.channel() as channel:
        kept = await scene.take(channel, QUARANTINE)
    assert (told["type"], told["codes"]) == ("unreadable", ["HOP_ONLEESBAAR"])
    assert told["hash"] == b64u(sha256(rubbish).digest())
    assert kept.body == rubbish


async def test_a_message_to_the_broker_is_settled_and_told_with_nothing_to_deliver(scene: Scene) -> None:
    casus = draw_casus()
    async with scene.worker():
        await scene.send(box(report(casus)))
        await scene.receive(REGIE)
        await scene.send(box(register(casus), sender=REGIE), sender=REGIE)
        notice = await scene.notice(REGIE)

    assert [(say(each)["type"], say(each)["outcome"]) for each in notice.proofs] == [("registration", "permitted")]


async def test_a_receipt_is_told_to_the_sender_of_what_was_received(scene: Scene) -> None:
    casus = draw_casus()
    message = report(casus)
    async with scene.worker():
        await scene.send(box(message))
        await scene.facts(2)
        await scene.send(box(acknowledge(message, casus), sender=REGIE), sender=REGIE)
        notice = await scene.notice()

    assert "receipt" in [say(each)["type"] for each in notice.proofs]


async def test_a_message_that_comes_again_is_not_delivered_again_and_keeps_its_decision(scene: Scene) -> None:
    message = report()
    async with scene.worker():
        await scene.send(box(message))
        first = await scene.notice()
        await scene.send(box(message))
        second = await scene.notice()

    assert [each.index for each in second.proofs] == [each.index for each in first.proofs]
    assert await scene.depth(outbox(REGIE)) == 1


async def test_a_message_that_comes_twice_at_the_same_moment_is_delivered_once(scene: Scene) -> None:
    message = report()
    await scene.send(*(box(message) for _ in range(8)))
    async with scene.worker():
        await scene.until_depth(inbox(CORPORATION), 0)
        await scene.facts(2)

    assert await scene.depth(outbox(REGIE)) == 1


async def test_what_was_decided_by_a_worker_that_died_is_delivered_under_that_decision(scene: Scene) -> None:
    message = report()
    index = await decide_only(scene, message)
    async with scene.worker():
        await scene.send(box(message))
        (frame,) = await scene.receive(REGIE)

    assert Stamp.decode(decode_delivery(frame.body)[1]).proof.index == index


async def test_what_was_decided_but_expired_since_ends_undeliverable(scene: Scene) -> None:
    message = report()
    await decide_only(scene, message)
    scene.began -= 8 * DAY
    async with scene.worker():
        await scene.send(box(message))
        _, end = await scene.facts(2)

    assert (end["type"], end["codes"]) == ("undeliverable", ["NIET_BEZORGBAAR"])
    assert await scene.depth(outbox(REGIE)) == 0


async def test_a_recipient_without_a_queue_makes_a_message_undeliverable(scene: Scene) -> None:
    async with scene.channel() as channel:
        await channel.queue_unbind(outbox(REGIE), OUT, REGIE)
        try:
            async with scene.worker():
                await scene.send(box(report()))
                decision, end = await scene.facts(2)
        finally:
            await channel.queue_bind(outbox(REGIE), OUT, REGIE)

    assert decision["outcome"] == "permitted"
    assert (end["type"], end["codes"]) == ("undeliverable", ["NIET_BEZORGBAAR"])


async def test_a_queue_that_stays_full_makes_a_message_undeliverable(scene: Scene) -> None:
    async with full_outbox(scene, REGIE), scene.worker(patience=0.5):
        await scene.send(box(report()))
        _, end = await scene.facts(2)

    assert (end["type"], end["codes"]) == ("undeliverable", ["BERICHTENBOX_VOL"])


async def test_a_full_queue_is_tried_again_and_holds_up_nobody_else(scene: Scene) -> None:
    async with scene.worker(patience=120):
        async with full_outbox(scene, REGIE):
            await scene.send(box(report()))
            await scene.send(box(report(convenant=FOREIGN_CONVENANT)))
            (other,) = await scene.facts(1)
        (frame,) = await scene.receive(REGIE)

    assert other["outcome"] == "refused"
    assert frame.kind == "delivery"


async def test_one_batch_of_everything_ends_each_message_in_its_own_way(scene: Scene) -> None:
    await scene.send(box(report()), box(report(convenant=FOREIGN_CONVENANT)), b"rubbish")
    await scene.send(box(report()), properties=Basic.Properties(delivery_mode=2))
    async with scene.worker():
        told = await scene.facts(5)

    assert sorted(str(each["codes"]) for each in told) == sorted(
        ["[]", "[]", "['CONVENANT_VERSIE']", "['HOP_ONLEESBAAR']", "['GEEN_USER_ID']"]
    )
    assert (await scene.depth(outbox(REGIE)), await scene.depth(QUARANTINE)) == (1, 2)


async def test_a_party_hears_of_a_whole_batch_in_one_notice(scene: Scene) -> None:
    await scene.send(*(box(report(convenant=FOREIGN_CONVENANT)) for _ in range(40)))
    async with scene.worker():
        await scene.until_depth(inbox(CORPORATION), 0)
    notices = await scene.depth(outbox(CORPORATION))
    told = await scene.facts(40)

    assert len(told) == 40
    assert notices < 20


async def test_many_messages_are_each_delivered_once(scene: Scene) -> None:
    messages = [report() for _ in range(200)]
    async with scene.worker():
        await asyncio.gather(*(scene.send(*(box(each) for each in messages[at::4])) for at in range(4)))
        frames = await scene.receive(REGIE, len(messages))

    assert {decode_delivery(frame.body)[0] for frame in frames} == {each.container for each in messages}
    assert await scene.depth(outbox(REGIE)) == 0
