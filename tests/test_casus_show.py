"""`zegel-broker casus show`: phase, parties and duties, persons counted; looking is an entry, the broker runs on."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from importlib.resources import files

from tests.invariants import ledger_of
from tests.test_dryrun_adapter import WONEN, report
from tests.test_journey import verify_log
from tests.town import Town

SHIPPED = files("zegel_schemas").joinpath("convenants", "nieuwegein.yaml")
LOOKER = "m-0123456789abcdef"


def show(town: Town, casus: str, *more: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as an FG would, while the broker runs."""
    settings = str(town.broker_home / "zegel.toml")
    command = [sys.executable, "-m", "zegel_broker", "casus", "show", casus, "--config", settings, *more]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_it_shows_duties_and_that_it_was_shown_is_logged(town: Town) -> None:
    with town.desk(WONEN) as desk:
        sent = desk.send(report())
        assert asyncio.run(desk.outcome(sent, timeout=30, until="terminal")).state == "opened"
        casus = desk.draft(sent).casus

    done = show(town, casus, "--by", LOOKER, "--json")

    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert (shown["phase"], shown["roles"]["gemeente.regieteam"]) == ("aanmelding", ["regisseur"])
    assert {"informeer_betrokkene", "fase"} <= {each["kind"] for each in shown["duties"]}
    assert isinstance(shown["subjects"], int)
    with sqlite3.connect(f"file:{ledger_of(town)}?mode=ro", uri=True) as book:
        records = [json.loads(row[0]) for row in book.execute("SELECT record FROM record")]
    (entry,) = (each for each in records if (each["type"], each["kind"]) == ("access", "casus"))
    assert (entry["casus"], entry["to"]) == (casus, LOOKER)
    assert verify_log(town).returncode == 0


def test_a_replay_of_the_ledger_is_logged_with_who_looked(town: Town) -> None:
    with town.desk(WONEN) as desk:
        assert asyncio.run(desk.outcome(desk.send(report()), timeout=30, until="terminal")).state == "opened"
    settings, book = str(town.broker_home / "zegel.toml"), str(ledger_of(town))
    command = [sys.executable, "-m", "zegel_broker", "convenant", "replay", book, str(SHIPPED)]

    done = subprocess.run(
        [*command, "--config", settings, "--by", LOOKER], capture_output=True, text=True, check=False, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert " judged again: 0 flips" in done.stdout
    with sqlite3.connect(f"file:{book}?mode=ro", uri=True) as opened:
        records = [json.loads(row[0]) for row in opened.execute("SELECT record FROM record")]
    looks = [(each["casus"], each["to"]) for each in records if (each["type"], each["kind"]) == ("access", "ledger")]
    assert looks == [("", LOOKER)]
    assert verify_log(town).returncode == 0


def test_the_broker_goes_on_as_if_nobody_looked(town: Town) -> None:
    with town.desk(WONEN) as desk:
        sent = asyncio.run(desk.outcome(desk.send(report()), timeout=30, until="terminal"))

    assert sent.state == "opened"
    assert town.is_ready()


def test_an_unknown_casus_and_a_name_instead_of_a_pseudonym(town: Town) -> None:
    unknown = show(town, "9d1c8f40-2b7e-4c57-8a11-0c5f1f2d3e4a", "--by", LOOKER)
    named = show(town, "9d1c8f40-2b7e-4c57-8a11-0c5f1f2d3e4a", "--by", "jansen")

    assert (unknown.returncode, named.returncode) == (1, 2)
    assert "Traceback" not in unknown.stderr + named.stderr
