"""The promise, held against the books: each permitted message once in its mailbox, no delivery without a decision."""

import asyncio
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from tests import sayings as say
from tests.story import REGIE
from tests.town import Town
from zegel_adapters.desk import Desk
from zegel_adapters.draft import Draft
from zegel_adapters.ids import draw_casus_id
from zegel_adapters.outcome import Outcome
from zegel_schemas.claims import Claims
from zegel_schemas.content import Content


def report_families(desk: Desk, count: int) -> list[str]:
    """Hand in `count` aanmeldingen, each opening a casus of its own, and return their message ids."""
    return [desk.send(draft_report(draw_casus_id(secrets.token_bytes))) for _ in range(count)]


def draft_report(casus: str) -> Draft:
    """Return an aanmelding that the convenant permits to every party outside care and justice."""
    contents: list[Content] = say.report(date.today())  # noqa: DTZ011 - any day near now will do
    return Draft(
        kind="aanmelding",
        to=REGIE,
        casus=casus,
        purpose="overlast",
        subjects=say.FAMILY,
        contents={each.category: each for each in contents},
        labels=say.AS_FACTS,
        claims=Claims(consultation=say.CONSULTED, introduces=say.INTRODUCED),
    )


async def await_ends(desk: Desk, ids: Iterable[str], *, seconds: float = 90.0) -> list[Outcome]:
    """Wait until there is a last word about every message, and return the words in the same order."""
    return list(await asyncio.gather(*(desk.outcome(each, timeout=seconds, until="terminal") for each in ids)))


def check_once_each(town: Town, reader: str, ids: Iterable[str]) -> None:
    """Raise AssertionError unless every one of `ids` lies in the reader's mailbox exactly once."""
    with town.desk(reader) as desk:
        found = [each.id for each in desk.inbox()]
    wanted = list(ids)
    missing, doubled = set(wanted) - set(found), {each for each in found if found.count(each) > 1}
    assert not missing, f"{len(missing)} of {len(wanted)} messages never reached {reader}"
    assert not doubled, f"{len(doubled)} messages stand twice in the mailbox of {reader}"


def check_book(town: Town) -> str:
    """Run `zegel-broker log verify`, which demands a permitting decision before each delivery; return its text."""
    command = [sys.executable, "-m", "zegel_broker", "log", "verify", "--config", str(town.broker_home / "zegel.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ledger_of(town: Town) -> Path:
    """Return the database file of the town's ledger."""
    return town.broker_home / "ledger.db"


def count_rows(town: Town, question: str) -> int:
    """Return the one number a question to the ledger gives; read only, beside the running broker."""
    with sqlite3.connect(f"file:{ledger_of(town)}?mode=ro", uri=True, timeout=10) as book:
        return int(book.execute(question).fetchone()[0])
