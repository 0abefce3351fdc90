"""Faults that must lose nothing and double nothing: each test is named after what happens to the town."""

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest

from deploy.private_node import PrivateNode
from tests.invariants import await_ends, check_book, check_once_each, count_rows, report_families
from tests.story import REGIE, WONEN
from tests.town import Town
from zegel_broker.topology import VHOST
from zegel_schemas.declaration import BROKER

DECIDED = "SELECT count(*) FROM message WHERE outcome = 'permitted'"
DELIVERED = "SELECT count(*) FROM message WHERE delivered IS NOT NULL"
BLOCK = '{"max-length": 1, "overflow": "reject-publish"}'


@pytest.fixture(scope="module", autouse=True)
def with_the_directory_known(town: Town) -> None:
    """Let the reporter hear which directory the log names, before anything is broken: without that it seals nothing."""
    with town.desk(WONEN) as desk:
        (outcome,) = asyncio.run(await_ends(desk, report_families(desk, 1)))
    assert outcome.state == "opened"


@pytest.fixture
def sent(town: Town) -> Iterator[list[str]]:
    """Give an empty list for a test's message ids, and afterwards hold mailbox and book against it."""
    ids: list[str] = []
    yield ids
    check_once_each(town, REGIE, ids)
    check_book(town)


def wait_until(holds: Callable[[], bool], what: str, *, seconds: float = 60.0) -> None:
    """Look again and again until `holds`; raise AssertionError naming what never came."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.01)  # between two looks, not instead of one


async def test_a_worker_killed_between_settle_and_publish_loses_and_doubles_nothing(
    town: Town, node: PrivateNode, sent: list[str]
) -> None:
    before, delivered = count_rows(town, DECIDED), count_rows(town, DELIVERED)
    forbid_deliveries(node)
    with town.desk(WONEN) as desk:
        sent += report_families(desk, 5)
        wait_until(lambda: count_rows(town, DECIDED) == before + 5, "five decisions in the ledger")
        town.kill(BROKER)
        assert count_rows(town, DELIVERED) == delivered
        allow_deliveries(node)
        town.start_broker()
        outcomes = await await_ends(desk, sent)

    assert {each.state for each in outcomes} == {"opened"}
    assert count_rows(town, DECIDED) == before + 5  # decided once, before the kill


async def test_a_worker_killed_between_publish_and_ack_loses_and_doubles_nothing(
    town: Town, node: PrivateNode, sent: list[str]
) -> None:
    """The sender's queue takes no notice, so the worker cannot acknowledge: everything was published, nothing acked."""
    before = count_rows(town, DELIVERED)
    town.stop(WONEN)  # it would empty the queue that is to stay full
    node.ctl("set_policy", "-p", VHOST, "block", rf"^out\.{WONEN}$", BLOCK, "--apply-to", "queues")
    with town.desk(WONEN) as desk:
        sent += report_families(desk, 6)
        town.start_adapters([WONEN])
        wait_until(lambda: count_rows(town, DELIVERED) >= before + 1, "deliveries in the ledger")
        town.kill(BROKER)
        node.ctl("clear_policy", "-p", VHOST, "block")
        town.start_broker()
        outcomes = await await_ends(desk, sent)

    assert {each.state for each in outcomes} == {"opened"}


async def test_a_worker_killed_again_and_again_under_load_loses_and_doubles_nothing(
    town: Town, sent: list[str]
) -> None:
    with town.desk(WONEN) as desk:
        for _ in range(4):
            decided = count_rows(town, DECIDED)
            sent += report_families(desk, 25)
            wait_until(lambda: count_rows(town, DECIDED) > decided, "a decision after the start")  # noqa: B023 - called at once
            town.kill(BROKER)
            town.start_broker()
        outcomes = await await_ends(desk, sent)

    assert {each.state for each in outcomes} == {"opened"}


async def test_rabbitmq_restarted_under_load_loses_and_doubles_nothing(
    town: Town, node: PrivateNode, sent: list[str]
) -> None:
    with town.desk(WONEN) as desk:
        decided = count_rows(town, DECIDED)
        sent += report_families(desk, 60)
        wait_until(lambda: count_rows(town, DECIDED) > decided, "a decision before the restart")
        await asyncio.to_thread(node.restart)
        outcomes = await await_ends(desk, sent)

    assert {each.state for each in outcomes} == {"opened"}
    wait_until(town.is_ready, "the broker ready again")


async def test_rabbitmq_killed_under_load_loses_and_doubles_nothing(
    town: Town, node: PrivateNode, sent: list[str]
) -> None:
    with town.desk(WONEN) as desk:
        decided = count_rows(town, DECIDED)
        sent += report_families(desk, 40)
        wait_until(lambda: count_rows(town, DECIDED) > decided, "a decision before the kill")
        node.kill()
        await asyncio.to_thread(node.restart)
        outcomes = await await_ends(desk, sent)

    assert {each.state for each in outcomes} == {"opened"}


async def test_an_adapter_killed_under_load_loses_and_doubles_nothing(town: Town, sent: list[str]) -> None:
    with town.desk(WONEN) as desk:
        decided = count_rows(town, DECIDED)
        sent += report_families(desk, 40)
        wait_until(lambda: count_rows(town, DECIDED) > decided, "a decision before the kill")
        town.kill(REGIE)
        town.kill(WONEN)
        town.start_adapters([REGIE, WONEN])
        outcomes = await await_ends(desk, sent)

    assert {each.state for each in outcomes} == {"opened"}


async def test_a_stopped_worker_finishes_what_is_in_flight(town: Town, sent: list[str]) -> None:
    with town.desk(WONEN) as desk:
        sent += report_families(desk, 30)
        town.stop(BROKER)
        town.start_broker()
        outcomes = await await_ends(desk, sent)

    assert {each.state for each in outcomes} == {"opened"}


def forbid_deliveries(node: PrivateNode) -> None:
    """Take from the broker the right to publish, and so hold it between settle and publish."""
    node.ctl("set_permissions", "-p", VHOST, BROKER, "", "^$", r"^in\.")
    node.ctl("close_all_user_connections", BROKER, "rights changed")  # a channel remembers what it was allowed


def allow_deliveries(node: PrivateNode) -> None:
    """Give the broker its rights back, as `zegel-broker rabbitmq definitions` draws them."""
    node.ctl("set_permissions", "-p", VHOST, BROKER, "", "^(out|quarantine)$", r"^in\.")
