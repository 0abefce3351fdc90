"""An overdue duty reaches its holder over a real RabbitMQ, with proof, after a restart too; the metric counts it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.private_node import PrivateNode
from tests.corridor_scene import Scene, box, provision, say, until
from tests.ledger_town import DAY, acknowledge, draw_casus, report
from tests.one_directory import DIRECTORY, REGIE
from zegel_broker.topology import outbox
from zegel_schemas.stamp import check_notice

LATER = 40 * DAY
COUNTED = b'zegel_duties_overdue{kind="informeer_betrokkene"} 1.0'


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


async def test_after_a_restart_forty_days_on_the_regieteam_hears_what_is_overdue(scene: Scene) -> None:
    casus = draw_casus()
    message = report(casus)
    async with scene.worker():
        await scene.send(box(message))
        await scene.receive(REGIE)
        await scene.send(box(acknowledge(message, casus), sender=REGIE), sender=REGIE)
        await scene.facts(3)
    scene.began -= LATER

    async with scene.worker() as shell:
        notices = [await scene.notice(REGIE) for _ in range(2)]
        await until(lambda: COUNTED in shell._metrics.text())

    told = [say(proof) for notice in notices for proof in notice.proofs]
    assert {each["kind"] for each in told} == {"informeer_betrokkene", "fase"}
    assert {(each["type"], each["casus"], each["to"]) for each in told} == {("duty", casus, REGIE)}
    assert all(check_notice(each, DIRECTORY) for each in notices)

    async with scene.worker() as shell:
        await until(lambda: COUNTED in shell._metrics.text())

    assert await scene.depth(outbox(REGIE)) == 0  # told once: nothing of it comes again
