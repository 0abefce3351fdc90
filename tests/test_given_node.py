"""A town on a RabbitMQ that somebody else runs: it works there, and afterwards that RabbitMQ is as it was."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from deploy.given_node import API, URL, GivenNode, GivenNodeError, open_node
from deploy.node_settings import MANAGEMENT, pick_ports
from deploy.private_node import PrivateNode
from tests.playing import Scene, Story
from tests.story import REGIE, WONEN, report_the_family
from tests.town import build
from zegel_broker.management_api import ManagementApi
from zegel_broker.topology import VHOST, make_definitions, print_definitions
from zegel_schemas.declaration import BROKER


@pytest.fixture(scope="module")
def theirs() -> Iterator[PrivateNode]:
    """Give somebody else's RabbitMQ, with its management API."""
    with PrivateNode.start(plugins=(MANAGEMENT,)) as node:
        yield node


@pytest.fixture(autouse=True)
def left_as_it_was(theirs: PrivateNode) -> Iterator[None]:
    """Hold what is on that RabbitMQ after a test against what was there before."""
    before = everything_on(theirs)
    yield
    assert everything_on(theirs) == before


def everything_on(node: PrivateNode) -> Any:
    """Return all that RabbitMQ exports: vhosts, users and their limits, permissions, exchanges, queues, bindings."""
    port = urlsplit(node.management_url).port or 0
    return ManagementApi(host="127.0.0.1", port=port, user="guest", password="guest").get("definitions")


def names_on(node: PrivateNode, kind: str) -> set[str]:
    return {each["name"] for each in everything_on(node)[kind]}


def borrow(node: PrivateNode, *login: str) -> GivenNode:
    return GivenNode.open(node.url(*login), node.management_url)


def write_definitions(place: Path, *names: str) -> Path:
    path = place / "definitions.json"
    path.write_text(print_definitions(make_definitions(names, password_hashes={})))
    return path


@pytest.fixture
def vhost_of_theirs(theirs: PrivateNode) -> Iterator[None]:
    """Let the owner of that RabbitMQ have a vhost of our name."""
    theirs.ctl("add_vhost", VHOST)
    yield
    theirs.ctl("delete_vhost", VHOST)


@pytest.fixture
def user_of_theirs(theirs: PrivateNode) -> Iterator[str]:
    """Let the owner have a user with the name of an instantie."""
    theirs.ctl("add_user", WONEN, "their own password")
    yield WONEN
    theirs.ctl("authenticate_user", WONEN, "their own password")
    theirs.ctl("delete_user", WONEN)


async def test_a_message_goes_from_sender_to_recipient_over_it(theirs: PrivateNode, tmp_path: Path) -> None:
    told: list[Scene] = []
    with borrow(theirs) as node:
        town = build(tmp_path, node, instanties=(REGIE, WONEN))
        try:
            town.start_broker()
            town.start_adapters()
            desks = {each: town.desk(each) for each in town.instanties}
            await report_the_family(Story(desks, told.append, date.today()))  # noqa: DTZ011 - the adapters' own day
            users = names_on(theirs, "users")
        finally:
            town.stop_all()

    assert [each.outcome.state for each in told] == ["opened"]
    assert users == {"guest", BROKER, REGIE, WONEN}


@pytest.mark.usefixtures("vhost_of_theirs")
def test_a_vhost_that_was_there_is_left_alone(theirs: PrivateNode) -> None:
    with pytest.raises(GivenNodeError, match="has a vhost `zegel` already"):
        borrow(theirs)


@pytest.mark.usefixtures("user_of_theirs")
def test_a_user_that_was_there_is_left_alone(theirs: PrivateNode, tmp_path: Path) -> None:
    with borrow(theirs) as node, pytest.raises(GivenNodeError, match=f"has the users {WONEN} already"):
        node.import_definitions(write_definitions(tmp_path, WONEN, REGIE))

    assert VHOST not in names_on(theirs, "vhosts")


def test_of_two_towns_at_once_the_second_is_refused(theirs: PrivateNode, tmp_path: Path) -> None:
    with borrow(theirs) as first, borrow(theirs) as second:
        first.import_definitions(write_definitions(tmp_path, WONEN))

        with pytest.raises(GivenNodeError, match="has the users broker, jutphaas_wonen already"):
            second.import_definitions(write_definitions(tmp_path, WONEN))
        second.close()

        assert VHOST in names_on(theirs, "vhosts")


def test_a_vhost_made_in_the_last_moment_by_another_is_left_alone(theirs: PrivateNode, tmp_path: Path) -> None:
    with borrow(theirs) as first, borrow(theirs) as second:
        first.import_definitions(write_definitions(tmp_path, WONEN))

        with pytest.raises(GivenNodeError, match="has a vhost `zegel` already"):
            second._claim_vhost()
        second.close()

        assert VHOST in names_on(theirs, "vhosts")


def test_what_a_killed_demo_left_is_recognised(theirs: PrivateNode, tmp_path: Path) -> None:
    with borrow(theirs) as killed:
        killed.import_definitions(write_definitions(tmp_path, WONEN))

        with pytest.raises(GivenNodeError, match="one that was killed left it"):
            borrow(theirs)


def test_definitions_it_does_not_take_leave_nothing(theirs: PrivateNode, tmp_path: Path) -> None:
    path = write_definitions(tmp_path, WONEN)
    definitions = json.loads(path.read_text())
    definitions["queues"][0]["arguments"]["x-max-length"] = "many"
    path.write_text(json.dumps(definitions))

    with borrow(theirs) as node, pytest.raises(GivenNodeError, match="invalid arg 'x-max-length' for queue"):
        node.import_definitions(path)


def test_who_is_no_administrator_is_told_so(theirs: PrivateNode) -> None:
    theirs.ctl("add_user", "somebody", "secret")
    theirs.ctl("set_user_tags", "somebody", "management")
    try:
        with pytest.raises(GivenNodeError, match="user somebody of ZEGEL_AMQP_URL is no administrator"):
            borrow(theirs, "somebody", "secret")
    finally:
        theirs.ctl("delete_user", "somebody")


def test_a_wrong_password_is_told_and_not_repeated(theirs: PrivateNode) -> None:
    with pytest.raises(GivenNodeError, match="does not let user guest in") as told:
        borrow(theirs, "guest", "not-the-password")

    assert "not-the-password" not in str(told.value)


def test_a_missing_management_api_is_told_with_how_to_enable_it(theirs: PrivateNode) -> None:
    nobody = f"http://127.0.0.1:{pick_ports(1)[0]}"

    with pytest.raises(GivenNodeError, match="rabbitmq-plugins enable rabbitmq_management"):
        GivenNode.open(theirs.url(), nobody)


def test_something_else_at_the_address_of_the_management_api_is_told(theirs: PrivateNode) -> None:
    amqp_itself = f"http://127.0.0.1:{theirs.amqp_port}"

    with pytest.raises(GivenNodeError, match="say in ZEGEL_AMQP_API where it is"):
        GivenNode.open(theirs.url(), amqp_itself)


def test_a_rabbitmq_that_does_not_run_is_told() -> None:
    with pytest.raises(GivenNodeError, match="nothing answers at"):
        GivenNode.open(f"amqp://guest:guest@127.0.0.1:{pick_ports(1)[0]}")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("127.0.0.1:5672", "write amqp://USER:PASSWORD@127.0.0.1:5672"),
        ("http://127.0.0.1", "write amqp://"),
        ("amqp://guest:guest@127.0.0.1:many", "write amqp://"),
        ("amqp://guest:guest@rabbit.example", "another machine is reached with amqps://"),
        ("amqps://admin:secret@127.0.0.1?cafile=/nowhere/ca.pem", "cafile, capath, certfile or keyfile"),
    ],
)
def test_a_url_that_cannot_be_used_is_told_without_its_password(url: str, said: str) -> None:
    with pytest.raises(GivenNodeError, match=said) as told:
        GivenNode.open(url)

    assert "secret" not in str(told.value)


def test_the_variables_are_taken_out_of_the_environment(theirs: PrivateNode) -> None:
    environment = {URL: theirs.url(), API: theirs.management_url, "HOME": "/home/somebody"}

    with open_node(environment) as node:
        assert isinstance(node, GivenNode)

    assert environment == {"HOME": "/home/somebody"}


def test_the_towns_urls_keep_host_port_and_tls_files_and_nothing_else(theirs: PrivateNode) -> None:
    given = f"{theirs.url()}?cafile=/etc/ca.pem&auth=external&heartbeat=1&certfile=/etc/own.pem"

    with GivenNode.open(given, theirs.management_url) as node:
        url = urlsplit(node.url("a.b", "p/w", VHOST))

    assert (url.hostname, url.port, url.path) == ("127.0.0.1", theirs.amqp_port, f"/{VHOST}")
    assert (url.username, url.password) == ("a.b", "p%2Fw")
    assert url.query == "cafile=/etc/ca.pem&certfile=/etc/own.pem"
