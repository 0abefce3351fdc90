"""An adapter that missed something catches up by itself, over a real RabbitMQ: nobody touches its home."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from deploy.private_node import PrivateNode
from tests.test_journey import verify_log
from tests.town import Town, build
from zegel_adapters.draft import Draft, read_draft
from zegel_adapters.examples import make_example
from zegel_adapters.holdings import Shelf
from zegel_adapters.home import Home
from zegel_adapters.outcome import Outcome
from zegel_adapters.settings import load_settings
from zegel_schemas.convenant import Convenant, load_convenant, shipped_convenant
from zegel_schemas.directory import append_statement, make_convenant
from zegel_schemas.seal.keys import PrivateKey

REGIE, WONEN = "gemeente.regieteam", "jutphaas_wonen"
ROOT = PrivateKey.generate("root", "root")
SECONDS = 60.0


@pytest.fixture(scope="module")
def town(node: PrivateNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Give a town of two whose root is at hand; everything runs."""
    town = build(tmp_path_factory.mktemp("town"), node, instanties=(REGIE, WONEN), roots=(ROOT,))
    try:
        town.start_broker()
        town.start_adapters()
        yield town
    finally:
        town.stop_all()


def report() -> Draft:
    """Return the corporation's aanmelding of a fictitious family."""
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    return read_draft(make_example("aanmelding", shipped_convenant(), sender=WONEN, today=today))


def send(town: Town) -> Outcome:
    with town.desk(WONEN) as desk:
        return asyncio.run(desk.outcome(desk.send(report()), timeout=SECONDS, until="terminal"))


def held(town: Town, instantie: str) -> Shelf:
    """Return what lies in the home of an instantie now, checked from the fingerprint up."""
    home = Home(town.home(instantie))
    return Shelf(home, load_settings(home))


def put_in_force(town: Town, place: Path) -> Convenant:
    """Let the root put the next version of the convenant in force, and give it to the broker alone."""
    shipped = files("zegel_schemas").joinpath("convenants", "nieuwegein.yaml")
    place.write_bytes(shipped.read_bytes() + b"# a next version\n")
    convenant = load_convenant(place)
    file, now = town.directory.read_bytes(), int(time.time())
    made = make_convenant(
        convenant.digest, documents=convenant.named, start=now, time=now, signed_by=[ROOT], after=file
    )
    _replace(town, append_statement(file, made))
    return convenant


def _replace(town: Town, file: bytes) -> None:
    new = town.directory.with_suffix(".new")
    new.write_bytes(file)
    new.replace(town.directory)


def test_a_message_under_yesterdays_convenant_is_sealed_anew_under_todays_and_opened(town: Town) -> None:
    first = send(town)
    town.stop("broker")
    convenant = put_in_force(town, town.place / "next.yaml")
    town.start_broker(ZEGEL_BROKER_CONVENANTS=json.dumps([str(town.place / "next.yaml")]))
    second = send(town)

    assert (first.state, first.instead_of) == ("opened", "")
    assert second.state == "opened"
    assert second.instead_of
    with town.desk(WONEN) as desk:
        (refused,) = [each for each in desk.sent() if each.id == second.instead_of]
    assert (refused.state, refused.codes, refused.again) == ("refused", ("CONVENANT_VERSIE",), second.id)
    for each in (REGIE, WONEN):
        assert held(town, each).holdings.convenant(convenant.digest) is not None
        assert held(town, each).holdings.directory.to_bytes() == town.directory.read_bytes()
    verify_log(town)
