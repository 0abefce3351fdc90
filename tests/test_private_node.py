"""A private RabbitMQ node starts, keeps what it confirmed, dies when told, and leaves nothing behind."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from deploy.node_settings import RabbitMQMissingError, find_sbin, pick_ports
from deploy.private_node import NodeFailedError, PrivateNode
from tests.processes import find_running, wait_until


@pytest.fixture(scope="module")
def node() -> Iterator[PrivateNode]:
    """One node for this file: starting takes seconds."""
    with PrivateNode.start() as node:
        yield node


@asynccontextmanager
async def open_channel(url: str) -> AsyncIterator[AbstractChannel]:
    """Open a channel on which a publish returns only when RabbitMQ has confirmed it."""
    connection = await aio_pika.connect(url, timeout=10)
    async with connection:
        yield await connection.channel(publisher_confirms=True, on_return_raises=True)


async def put(node: PrivateNode, queue: str, body: bytes) -> None:
    """Put one persistent message in a quorum queue of that name, confirmed."""
    async with open_channel(node.url()) as channel:
        await channel.declare_queue(queue, durable=True, arguments={"x-queue-type": "quorum"})
        message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, queue, mandatory=True, timeout=10)


async def take(node: PrivateNode, queue: str) -> bytes:
    """Take the one message out of a queue."""
    async with open_channel(node.url()) as channel:
        found = await (await channel.get_queue(queue)).get(timeout=10)
        await found.ack()
        return found.body


@contextmanager
def running_program(definitions: Path, *, temporary: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the program as a person would; the process, and the URL it printed."""
    command = [sys.executable, "-m", "deploy.private_node", str(definitions)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"TMPDIR": str(temporary)}
    ) as program:
        try:
            assert program.stdout is not None
            yield program, program.stdout.readline().strip()
        finally:
            program.kill()


async def test_a_confirmed_message_comes_out_again(node: PrivateNode) -> None:
    await put(node, "confirmed", b"one")

    assert await take(node, "confirmed") == b"one"


async def test_a_confirmed_message_survives_a_restart_and_a_kill(node: PrivateNode) -> None:
    await put(node, "kept", b"two")
    node.restart()
    assert await take(node, "kept") == b"two"

    await put(node, "kept", b"three")
    node.kill()
    with pytest.raises(OSError, match="Connect"):
        await put(node, "kept", b"not taken")
    node.restart()
    assert await take(node, "kept") == b"three"


async def test_connections_end_with_stop_app_and_work_after_start_app(node: PrivateNode) -> None:
    async with open_channel(node.url()) as channel:
        node.stop_app()
        await channel.closed()
    node.start_app()

    await put(node, "app", b"four")
    assert await take(node, "app") == b"four"


async def test_imported_definitions_make_users_and_vhosts(node: PrivateNode, tmp_path: Path) -> None:
    node.import_definitions(write_definitions(tmp_path, vhost="imported"))

    assert "imported" in node.ctl("list_vhosts")


def test_a_failing_rabbitmqctl_says_why(node: PrivateNode) -> None:
    with pytest.raises(NodeFailedError, match=r"rabbitmqctl delete_user failed: (?s:.*)nobody"):
        node.ctl("delete_user", "nobody")


async def test_the_program_starts_with_definitions_and_leaves_nothing_when_it_is_killed(tmp_path: Path) -> None:
    with running_program(write_definitions(tmp_path, vhost="town"), temporary=tmp_path) as (program, url):
        async with open_channel(url.replace("%2F", "town")):
            assert find_running(str(tmp_path))

        program.kill()

        program.wait(10)
        wait_until(lambda: not find_running(str(tmp_path)))
        wait_until(lambda: not list(tmp_path.glob("zegel-rabbitmq-*")))


def test_a_node_that_cannot_start_says_why_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nodes"))
    (tmp_path / "nodes").mkdir()
    broken = tmp_path / "broken.json"
    broken.write_text("{")

    with pytest.raises(NodeFailedError, match="import_definitions failed"):
        PrivateNode.start(broken)

    assert not find_running(str(tmp_path))
    assert not list((tmp_path / "nodes").iterdir())


def test_a_machine_without_rabbitmq_is_told_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(RabbitMQMissingError, match="install the package rabbitmq-server"):
        find_sbin(tmp_path)


def test_the_newest_of_two_rabbitmqs_is_taken(tmp_path: Path) -> None:
    for version in ("3.9.13", "3.10.8"):
        (tmp_path / f"usr/lib/rabbitmq/lib/rabbitmq_server-{version}/sbin").mkdir(parents=True)

    assert find_sbin(tmp_path).parent.name == "rabbitmq_server-3.10.8"


def test_picked_ports_differ_and_are_below_those_of_outgoing_connections() -> None:
    ports = pick_ports(20)

    assert len(set(ports)) == 20
    assert all(1024 < port < 32_768 for port in ports)


def write_definitions(place: Path, *, vhost: str) -> Path:
    """Write definitions of one vhost that guest may use."""
    path = place / "definitions.json"
    permission = {"user": "guest", "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"}
    # Hash of "guest" with the salt 00000000, as RabbitMQ's rabbit_password_hashing_sha256 makes it.
    guest = {"name": "guest", "password_hash": "AAAAAPEoQ8a3jY6DABRiJzkoKooQbXiBp2iGLke7d+FVKzJx", "tags": []}
    path.write_text(json.dumps({"vhosts": [{"name": vhost}], "users": [guest], "permissions": [permission]}))
    return path
