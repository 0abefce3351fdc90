"""One family's casus from aanmelding to afsluiting, over a real RabbitMQ, between processes with keys of their own."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.invariants import ledger_of
from tests.playing import Scene, Story
from tests.story import GEYNWIJS, PARTNERS, POLITIE, REGIE, SCHOOL, WIL, WONEN, tell
from tests.town import Town
from zegel_adapters.desk import Destruction

REFUSED = ["BOVEN_PLAFOND", "ANTWOORD_BREDER_DAN_VRAAG", "DOORVERSTREKKING_VERBODEN", "CASUS_GESLOTEN"]
# Words that stand in sealed parts of the story and nowhere else.
SEALED_WORDS = [b"Marterkoog", b"geslachtsnaam", b"Anouk", b"Zonder dit gegeven", b"bedrag_centen"]


@pytest.fixture(scope="module")
def scenes(town: Town) -> list[Scene]:
    """Give every step of the story, played once for this module; it fails at the first step that goes wrong."""
    found: list[Scene] = []
    today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
    desks = {each: town.desk(each) for each in town.instanties}
    asyncio.run(tell(Story(desks, found.append, today)))
    for desk in desks.values():
        desk.close()
    return found


def test_each_refusal_names_its_code_reason_and_what_would_be_allowed(scenes: list[Scene]) -> None:
    refused = [each.outcome for each in scenes if each.outcome.state == "refused"]

    assert sorted(each.codes[0] for each in refused) == sorted(REFUSED)
    for outcome in refused:
        said = outcome.explanation
        assert said["code"] == outcome.codes[0]
        assert said["nl"]
        assert said["en"]
        assert said["remedy_nl"]
        assert said["failures"]


def test_every_permitted_message_is_opened_by_its_recipient(scenes: list[Scene]) -> None:
    ends = Counter(each.outcome.state for each in scenes)

    assert ends["refused"] == len(REFUSED)
    assert ends["opened"] > 0
    assert set(ends) == {"opened", "delivered", "refused"}  # a registration at the broker ends `delivered`


def test_every_party_took_part(scenes: list[Scene]) -> None:
    assert {each.sender for each in scenes} == {REGIE, *PARTNERS}
    assert {each.recipient for each in scenes} == {REGIE, *PARTNERS, "broker"}


def test_the_log_verifies_and_counts_every_decision(town: Town, scenes: list[Scene]) -> None:
    done = verify_log(town)

    assert done.returncode == 0, done.stdout + done.stderr
    verified = re.search(r"ledger verified: (\d+) entries", done.stdout)
    assert verified
    assert int(verified[1]) > 2 * len(scenes)  # each has a decision or registration, most a delivery and a receipt


def test_every_recipient_checked_a_proof_for_all_it_got(town: Town, scenes: list[Scene]) -> None:
    for instantie in town.instanties:
        with town.desk(instantie) as desk:
            tally = desk.tally()
            received = [each for each in scenes if each.recipient == instantie and each.outcome.state == "opened"]

            assert tally.opened == len(received)
            assert tally.proven >= tally.opened
            assert tally.aside == 0


def test_no_content_lies_readable_outside_its_recipients_mailbox(town: Town, scenes: list[Scene]) -> None:
    assert scenes
    for file in files_of(town):
        data = file.read_bytes()
        for word in SEALED_WORDS:
            assert word not in data, f"{file.name} holds {word!r}"


def test_the_ledger_names_no_outcome_of_a_bekendheidsvraag_in_a_record(town: Town, scenes: list[Scene]) -> None:
    assert scenes
    with sqlite3.connect(f"file:{ledger_of(town)}?mode=ro", uri=True) as book:
        records = [row[0] for row in book.execute("SELECT record FROM record")]

    assert records
    assert not [each for each in records if b'"bekend"' in each or b"niet_bekend" in each]


def test_a_logs_line_names_no_casus_and_no_subject(town: Town, scenes: list[Scene]) -> None:
    casus = {each.draft.casus for each in scenes if each.draft.casus}
    for name in ("broker", *town.instanties):
        text = town.log(name)

        assert not [each for each in casus if each in text and not each.startswith("00000000")]
        assert '"p1"' not in text


def test_what_is_known_elsewhere_only_goes_to_who_asked(town: Town, scenes: list[Scene]) -> None:
    asked = {(each.sender, each.recipient) for each in scenes if each.draft.kind == "informatieverzoek"}
    answers = {
        (each.recipient, each.sender)
        for each in scenes
        if each.draft.kind == "informatieantwoord" and each.outcome.state == "opened"
    }

    assert answers == {(REGIE, each) for each in (WONEN, WIL, SCHOOL, POLITIE, GEYNWIJS)}
    assert answers < asked | {(SCHOOL, POLITIE)}
    assert town.is_ready()


def test_at_the_end_of_retention_everybody_destroys_and_who_gave_the_data_hears_it(
    town: Town, scenes: list[Scene]
) -> None:
    """The last test here, for nothing of the casus is left to read afterwards."""
    casus = scenes[-1].draft.casus
    ends = {each: asyncio.run(destroy(town, each, casus)) for each in (*PARTNERS, REGIE)}
    duties = duties_of(town, casus)

    assert all(each.destroyed for each in ends.values())
    assert {each.to for each in ends[REGIE].confirmations} == set(PARTNERS)
    assert all({each.to for each in ends[party].confirmations} >= {REGIE} for party in PARTNERS)
    for party in (*PARTNERS, REGIE):
        assert {each.outcome.state for each in ends[party].confirmations} == {"opened"}
        with town.desk(party) as desk:
            left = {each.declaration.kind for each in desk.inbox() if each.declaration.casus == casus}
        assert left <= {"vernietiging"}
    assert {each["holder"] for each in duties if each["kind"] == "bewaar"} >= {REGIE, WIL}
    assert all(each["discharged"] for each in duties if each["kind"] == "bewaar")


async def destroy(town: Town, party: str, casus: str) -> Destruction:
    """Destroy the casus at one party's desk, and follow its confirmations to their end."""
    with town.desk(party) as desk:
        done = desk.destroy(casus)
        waiting = [desk.outcome(each.outcome.id, 30.0, until="terminal") for each in done.confirmations]
        ends = await asyncio.gather(*waiting)
    found = [replace(each, outcome=end) for each, end in zip(done.confirmations, ends, strict=True)]
    return replace(done, confirmations=tuple(found))


def duties_of(town: Town, casus: str) -> list[dict[str, Any]]:
    """Return the duties of a casus as `zegel-broker casus show` gives them."""
    settings = str(town.broker_home / "zegel.toml")
    command = [sys.executable, "-m", "zegel_broker", "casus", "show", casus, "--by", "m-00000000000000a1"]
    done = subprocess.run([*command, "--config", settings, "--json"], capture_output=True, check=True, timeout=60)
    found: list[dict[str, Any]] = json.loads(done.stdout)["duties"]
    return found


def verify_log(town: Town) -> subprocess.CompletedProcess[str]:
    """Run `zegel-broker log verify` as an operator would."""
    settings = str(town.broker_home / "zegel.toml")
    command = [sys.executable, "-m", "zegel_broker", "log", "verify", "--config", settings]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def files_of(town: Town) -> list[Path]:
    """Return every file of the town and of RabbitMQ, but no key (they are random) and no passphrase."""
    return [each for each in town.place.rglob("*") if each.is_file() and each.stat().st_size < 64 * 1024 * 1024]
