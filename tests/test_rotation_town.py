"""Keys change in a running town: what was on its way to the old ones arrives, what comes after uses the new."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from tests import sayings as say
from tests.story import REGIE, WONEN
from tests.town import Town
from zegel_adapters.desk import Draft, Item
from zegel_adapters.initialise import connect_home
from zegel_adapters.rotation import Written, rotate_keys
from zegel_schemas.claims import Claims
from zegel_schemas.directory import append_statement
from zegel_schemas.seal.primitives import b64u

SECONDS = 60.0


def report() -> Draft:
    """Return what the corporation reports: a family each time."""
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    contents = {each.category: each for each in say.report(today)}
    claims = Claims(consultation=say.CONSULTED, introduces=say.INTRODUCED)
    return Draft(
        kind="aanmelding",
        to=REGIE,
        purpose="overlast",
        subjects=say.FAMILY,
        contents=contents,
        labels=say.AS_FACTS,
        claims=claims,
    )


def publish(town: Town, made: Written) -> None:
    """Let the operator add the statement, and the instantie take the directory in; everybody else learns of it."""
    file = append_statement(town.directory.read_bytes(), made.statement)
    new = town.directory.with_suffix(".new")
    new.write_bytes(file)
    new.replace(town.directory)
    connect_home(town.home(REGIE), directory=file)
    told = f"zegel_directory_statements {len(file.splitlines())}.0"
    until(lambda: told in town.metrics())


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)  # between two looks


def find(town: Town, message_id: str) -> Item:
    with town.desk(REGIE) as desk:
        return desk.item(message_id, WONEN)


def test_a_message_on_its_way_across_a_rotation_is_opened_and_the_next_uses_the_new_keys(town: Town) -> None:
    town.stop(REGIE)
    with town.desk(WONEN) as desk:
        early = desk.send(report())
        waiting = asyncio.run(desk.outcome(early, SECONDS))
        made = rotate_keys(town.home(REGIE), now=int(time.time()), at_once=True)
        assert made is not None
        publish(town, made)
        town.start_adapters([REGIE])
        opened = asyncio.run(desk.outcome(early, SECONDS, until="terminal"))
        late = desk.send(report())
        after = asyncio.run(desk.outcome(late, SECONDS, until="terminal"))
    new = {each.public.use: b64u(each.id) for each in made.keys}

    assert (waiting.state, opened.state, after.state) == ("delivered", "opened", "opened")
    assert find(town, early).declaration.recipient.key != new["sealing"]
    assert find(town, late).declaration.recipient.key == new["sealing"]
