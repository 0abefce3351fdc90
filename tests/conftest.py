"""What tests share: a private RabbitMQ node per module that asks for one, and the town on it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.private_node import PrivateNode
from tests.town import Town, build

# No test may ask or fill the keyring of who runs it, nor may a process it starts; a test of keyrings brings its own.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"


@pytest.fixture(scope="module")
def node() -> Iterator[PrivateNode]:
    """Give a RabbitMQ node of this module's own, gone afterwards."""
    with PrivateNode.start() as started:
        yield started


@pytest.fixture(scope="module")
def town(node: PrivateNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Give a town whose broker and six adapters run, each as a process of its own."""
    place: Path = tmp_path_factory.mktemp("town")
    town = build(place, node)
    try:
        town.start_broker()
        town.start_adapters()
        yield town
    finally:
        town.stop_all()
